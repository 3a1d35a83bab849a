/* SPDX-License-Identifier: MIT
 * answer_table_learn.c: how an answer of the responder becomes a template. */
#include <string.h>

#include "answer_table.h"
#include "cnedge/base/rng.h"
#include "cnedge/dns/encode.h"

enum {
    OPT_BYTES = 11,
    RECORD_HEAD_BYTES = 12, /* of a record whose owner is the question's name */
    OWNER_IS_QUESTION = 0xC000 | MESSAGE_HEADER_BYTES,
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

struct taken { /* an answer, taken apart */
    const uint8_t *records, *options;
    struct table_template as; /* `at` is open */
};

/* False: it is none that a template can be made of. An answer of ours is whole, and has an OPT
 * where the query has one. */
static bool take(struct taken *x, const uint8_t *answer, size_t len, size_t question_len)
{
    static const uint8_t good[] = {(MESSAGE_QR | MESSAGE_AA) >> 8, ENCODE_NOERROR};
    struct wire_rd r = {.p = answer, .len = len};
    wire_get_u16(&r);
    const uint8_t *flags = wire_get_bytes(&r, sizeof(good));
    wire_get_u16(&r);
    x->as.records = wire_get_u16(&r);
    uint16_t authorities = wire_get_u16(&r);
    uint16_t additionals = wire_get_u16(&r);
    wire_get_bytes(&r, question_len);
    CN_ASSERT(!r.failed);
    if (memcmp(flags, good, sizeof(good)) != 0) return false;
    if (x->as.records == 0 || authorities != 0) return false;
    CN_ASSERT(additionals == 1);
    size_t begin = r.pos;
    size_t end = end_of_records(&r, x->as.records);
    if (end == 0) return false;
    CN_ASSERT(!r.failed && len >= end + OPT_BYTES);
    x->records = answer + begin;
    x->as.records_len = (uint16_t)(end - begin);
    x->options = answer + end + OPT_BYTES;
    x->as.options_len = (uint16_t)(len - end - OPT_BYTES);
    return true;
}

static bool is_same(const struct answer_table *t, const struct table_template *a,
                    const struct taken *x)
{
    const uint8_t *bytes = t->bytes + a->at;
    return a->records_len == x->as.records_len && a->options_len == x->as.options_len &&
           a->pop == x->as.pop && a->row == x->as.row &&
           memcmp(bytes, x->records, a->records_len) == 0 &&
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
static bool ask(struct world *w, uint16_t line, struct responder_query query, struct taken *x,
                uint8_t answer[TEMPLATE_MAX])
{
    uint8_t plain[MESSAGE_HEADER_BYTES + DNAME_MAX + 4 + OPT_BYTES];
    struct message m;
    struct responder_note note = {0};
    const struct responder_client client = {.line = line, .note = &note};
    if (message_read(&m, query.bytes, query.len) != MESSAGE_OK) return false;
    size_t plain_len = plain_query(query, m.question_len, plain);
    size_t len = responder_answer(w, &client, (struct responder_query){plain, plain_len}, answer,
                                  TEMPLATE_MAX);
    if (len == 0 || note.by_client || !take(x, answer, len, m.question_len)) return false;
    x->as.pop = note.pop;
    x->as.row = note.row;
    return !note.origin; /* that is the site's, not the class's */
}

void answer_table_learn(struct answer_table *t, struct world *w,
                        const struct answer_table_miss *miss, struct responder_query query)
{
    uint8_t answer[TEMPLATE_MAX];
    struct taken x;
    if (!miss->learn) return;
    uint64_t cell = TABLE_NOT_KEPT;
    if (ask(w, miss->line, query, &x, answer)) {
        uint32_t index = intern(t, &x);
        if (index != CN_NONE32) cell = TABLE_FIRST + (uint64_t)index;
    }
    uint32_t now = atomic_load_explicit(&t->generation, memory_order_relaxed);
    cell |= (uint64_t)now << TABLE_GENERATION_SHIFT;
    atomic_store_explicit(table_cell(t, miss->class_, miss->line, miss->v6), cell,
                          memory_order_release);
}
