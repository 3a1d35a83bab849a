/* SPDX-License-Identifier: MIT
 * answer_table_learn.c: how an answer of the responder becomes a template. */
#include <string.h>

#include "answer_table.h"
#include "cnedge/base/rng.h"
#include "cnedge/dns/encode.h"

enum {
    OPT_BYTES = 11,
    RECORD_HEAD_BYTES = 12, /* of a record whose owner is the question's name */
    POINTER = 0xC000,
    OWNER_IS_QUESTION = POINTER | MESSAGE_HEADER_BYTES,
    TEMPLATE_MAX = RESPONDER_UDP_MAX,
};

/* The question of a query with an OPT that asks for nothing. Returns its length. */
static size_t plain_query(struct responder_query query, size_t question_len, uint8_t *out)
{
    static const uint8_t opt[OPT_BYTES] = {0, 0, RR_OPT, RESPONDER_UDP_MAX >> 8,
                                           RESPONDER_UDP_MAX & 0xFF};
    static const uint8_t head[MESSAGE_HEADER_BYTES] = {[5] = 1, [11] = 1}; /* QDCOUNT, ARCOUNT */
    memcpy(out, head, sizeof(head));
    memcpy(out + sizeof(head), query.bytes + sizeof(head), question_len);
    memcpy(out + sizeof(head) + question_len, opt, sizeof(opt));
    return sizeof(head) + question_len + sizeof(opt);
}

/* Where the records end, that all belong to the question's name; 0: others are among them. */
static size_t end_of_records(struct wire_rd *r, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        if (wire_get_u16(r) != OWNER_IS_QUESTION) return 0;
        wire_get_bytes(r, RECORD_HEAD_BYTES - 4);
        wire_get_bytes(r, wire_get_u16(r));
    }
    return r->pos;
}

/* Where a record ends whose owner is a pointer; 0: it is not. */
static size_t end_of_record(struct wire_rd *r)
{
    if (wire_get_u16(r) < POINTER) return 0;
    wire_get_bytes(r, RECORD_HEAD_BYTES - 4);
    wire_get_bytes(r, wire_get_u16(r));
    return r->pos;
}

struct taken { /* an answer, taken apart */
    const struct answer_table_miss *asked;
    const uint8_t *records, *options;
    struct table_template as; /* `at` is open */
};

/* False: it is none that a template can be made of. An answer of ours is whole, and has an OPT
 * where the query has one. A negative one has a single record, its SOA. */
static bool take(struct taken *x, const uint8_t *answer, size_t len, size_t question_len)
{
    struct wire_rd r = {.p = answer, .len = len};
    wire_get_u16(&r);
    uint8_t flags = wire_get_u8(&r);
    x->as.rcode = wire_get_u8(&r);
    wire_get_u16(&r);
    x->as.records = wire_get_u16(&r);
    uint16_t authorities = wire_get_u16(&r);
    uint16_t additionals = wire_get_u16(&r);
    wire_get_bytes(&r, question_len);
    CN_ASSERT(!r.failed);
    if (flags != (MESSAGE_QR | MESSAGE_AA) >> 8) return false;
    bool negative = x->as.records == 0;
    if (authorities != negative || (!negative && x->as.rcode != ENCODE_NOERROR)) return false;
    CN_ASSERT(additionals == 1);
    size_t begin = r.pos;
    size_t end = negative ? end_of_record(&r) : end_of_records(&r, x->as.records);
    if (end == 0) return false;
    CN_ASSERT(!r.failed && len >= end + OPT_BYTES);
    x->records = answer + begin;
    x->as.records_len = (uint16_t)(end - begin);
    x->options = answer + end + OPT_BYTES;
    x->as.options_len = (uint16_t)(len - end - OPT_BYTES);
    return true;
}

/* --- negative answers ------------------------------------------------------------------------- */

/* Whether it is that of all whom the cell answers, and not of this name or site. */
static bool is_of_cell(struct world *w, const struct taken *x)
{
    const struct answer_table_miss *miss = x->asked;
    if (miss->column >= TABLE_HOST_COLUMNS) return true;
    bool v6 = miss->column == TABLE_AAAA;
    struct cell any = world_cell(w, miss->class_, miss->line, FAMILY_V4);
    struct cell own = world_cell(w, miss->class_, miss->line, v6 ? FAMILY_V6 : FAMILY_V4);
    /* A name that is deleted exists if it is an apex; an origin may have no address. */
    if (x->as.rcode != ENCODE_NOERROR || any.kind == DECISION_NXDOMAIN) return false;
    return miss->column == TABLE_OTHER || own.kind == DECISION_NODATA;
}

/* Reads a pointer, which is left out of the SOA that is kept. Whether it leads there. */
static bool read_pointer(struct wire_rd *r, struct table_soa *to, unsigned at)
{
    memset(to->bytes + r->pos, 0, 2);
    return wire_get_u16(r) == (OWNER_IS_QUESTION + at);
}

/* MNAME: as much of it as the question's name does not end with, and a pointer to that. */
static bool read_mname(struct wire_rd *r, struct table_soa *to, const struct answer_table *t,
                       const struct apex_name *name, unsigned apex)
{
    unsigned common = table_common(name, t->mname);
    unsigned own = t->mname->at[t->mname->labels - common];
    const uint8_t *labels = wire_get_bytes(r, own);
    if (labels == NULL || memcmp(labels, t->mname->wire, own) != 0) return false;
    bool none = t->mname->labels == 0;
    if (common == 0 && !none) return wire_get_u8(r) == 0;
    to->mname_at = (uint16_t)r->pos;
    to->mname_back = none ? 0 : (uint8_t)(t->mname->len - own);
    return read_pointer(r, to, none ? apex : (unsigned)name->len - to->mname_back);
}

/* The SOA of a negative answer, with nothing in it that other names do not have. False: it is in
 * another form. */
static bool read_soa(const struct answer_table *t, const struct taken *x,
                     const struct apex_name *name, unsigned apex, struct table_soa *to)
{
    static const uint8_t mailbox[] = "\12hostmaster";
    enum { HEAD = 10, NUMBERS = 16 };
    struct wire_rd r = {.p = x->records, .len = x->as.records_len};
    if (r.len > sizeof(to->bytes)) return false;
    memcpy(to->bytes, r.p, r.len);
    to->len = x->as.records_len;
    if (!read_pointer(&r, to, apex) || wire_get_u16(&r) != RR_SOA) return false;
    wire_get_bytes(&r, HEAD - 2);
    if (!read_mname(&r, to, t, name, apex)) return false;
    const uint8_t *label = wire_get_bytes(&r, sizeof(mailbox) - 1);
    if (label == NULL || memcmp(label, mailbox, sizeof(mailbox) - 1) != 0) return false;
    to->mailbox_at = (uint16_t)r.pos;
    if (!read_pointer(&r, to, apex)) return false;
    memset(to->bytes + r.pos, 0, 4);
    if (wire_get_u32(&r) != (uint32_t)atomic_load_explicit(&t->age, memory_order_relaxed)) {
        return false;
    }
    wire_get_bytes(&r, NUMBERS);
    return !r.failed && r.pos == r.len;
}

/* Keeps the SOA, if it is not there; one that differs is none of ours. */
static bool keep_soa(struct answer_table *t, const struct taken *x, const struct message *m)
{
    struct apex_name name;
    struct table_soa soa = {.known = false};
    unsigned label;
    apex_name_split(&name, m->name);
    if (apex_table_find(t->apexes, &name, &label) == NULL) return false;
    if (!read_soa(t, x, &name, name.at[label], &soa)) return false;
    struct table_soa *to = &t->soas[table_common(&name, t->mname)];
    if (atomic_load_explicit(&to->known, memory_order_relaxed)) {
        return to->len == soa.len && memcmp(to->bytes, soa.bytes, soa.len) == 0;
    }
    to->mname_back = soa.mname_back;
    to->mname_at = soa.mname_at;
    to->mailbox_at = soa.mailbox_at;
    to->len = soa.len;
    memcpy(to->bytes, soa.bytes, soa.len);
    atomic_store_explicit(&to->known, true, memory_order_release);
    return true;
}

/* --- keeping it ------------------------------------------------------------------------------- */

static bool is_same(const struct answer_table *t, const struct table_template *a,
                    const struct taken *x)
{
    const uint8_t *bytes = t->bytes + a->at;
    return a->records_len == x->as.records_len && a->options_len == x->as.options_len &&
           a->records == x->as.records && a->pop == x->as.pop && a->row == x->as.row &&
           a->rcode == x->as.rcode && memcmp(bytes, x->records, a->records_len) == 0 &&
           memcmp(bytes + a->records_len, x->options, a->options_len) == 0;
}

/* The index of a template with this content; CN_NONE32 when there is no room for a new one. */
static uint32_t intern(struct answer_table *t, struct taken *x)
{
    enum { SLOTS = 2 * ANSWER_TABLE_TEMPLATES_MAX };
    size_t len = (size_t)x->as.records_len + x->as.options_len;
    uint32_t i = (uint32_t)rng_hash(x->as.row, x->records, x->as.records_len) % SLOTS;
    for (; t->slots[i] != 0; i = (i + 1) % SLOTS) {
        if (is_same(t, &t->templates[t->slots[i] - 1], x)) return t->slots[i] - 1;
    }
    bool room =
        t->count < ANSWER_TABLE_TEMPLATES_MAX && ANSWER_TABLE_BYTES_MAX - t->bytes_used >= len;
    if (!room) return CN_NONE32;
    x->as.at = t->bytes_used;
    memcpy(t->bytes + t->bytes_used, x->records, x->as.records_len);
    memcpy(t->bytes + t->bytes_used + x->as.records_len, x->options, x->as.options_len);
    t->bytes_used += (uint32_t)len;
    t->templates[t->count] = x->as;
    t->slots[i] = ++t->count;
    return t->count - 1;
}

/* Asks the responder for any client of the line. False: what it says is not for all of them. */
static bool ask(struct answer_table *t, struct world *w, struct responder_query query,
                struct taken *x, uint8_t answer[TEMPLATE_MAX])
{
    uint8_t plain[MESSAGE_HEADER_BYTES + DNAME_MAX + 4 + OPT_BYTES];
    struct message m;
    struct responder_note note = {0};
    const struct responder_client client = {.line = x->asked->line, .note = &note};
    if (message_read(&m, query.bytes, query.len) != MESSAGE_OK) return false;
    size_t plain_len = plain_query(query, m.question_len, plain);
    size_t len = responder_answer(w, &client, (struct responder_query){plain, plain_len}, answer,
                                  TEMPLATE_MAX);
    if (len == 0 || note.by_client || !take(x, answer, len, m.question_len)) return false;
    x->as.pop = note.pop;
    x->as.row = note.row;
    if (x->as.records != 0) return x->asked->column < TABLE_OTHER && !note.origin; /* the site's */
    if (!is_of_cell(w, x) || !keep_soa(t, x, &m)) return false;
    x->as.records_len = 0;
    return true;
}

void answer_table_learn(struct answer_table *t, struct world *w,
                        const struct answer_table_miss *miss, struct responder_query query)
{
    uint8_t answer[TEMPLATE_MAX];
    struct taken x = {.asked = miss};
    if (!miss->learn) return;
    uint64_t cell = TABLE_NOT_KEPT;
    if (ask(t, w, query, &x, answer)) {
        uint32_t index = intern(t, &x);
        if (index != CN_NONE32) cell = TABLE_FIRST + (uint64_t)index;
    }
    uint64_t age = atomic_load_explicit(&t->age, memory_order_relaxed);
    cell |= age >> TABLE_GENERATION_SHIFT << TABLE_GENERATION_SHIFT;
    atomic_store_explicit(table_cell(t, miss->class_, miss->line, miss->column), cell,
                          memory_order_release);
}
