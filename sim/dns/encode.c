/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/encode.h"

#include <string.h>

#include "cnedge/model/answer.h"

enum {
    POINTER = 0xC000,
    POINTER_BITS = POINTER >> 8,
    OFFSET_MAX = 0x3FFF, /* what 14 bits can point to */
    OPT_BYTES = 11,      /* without options */
    ECS_BYTES = 8,       /* code, length, family, source, scope; without the address */
    TEXT_MAX = 255,
    LIMIT_MIN = 512,
    TYPE_TSIG = 250,
    CLASS_ANY = 255,
    BADKEY = 17, /* RFC 8945 section 5.2.1 */
    TSIG_TIME_BYTES = 6,
    TSIG_FIXED_BYTES = 26, /* of a record without signature: all but its two names */
};
_Static_assert(MESSAGE_HEADER_BYTES + DNAME_MAX + 4 + OPT_BYTES + ECS_BYTES + 16 <= LIMIT_MIN,
               "an answer without records always fits, and no option is added without room");

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool same_label(const uint8_t *a, const uint8_t *b, bool exact)
{
    if (*a != *b) return false;
    if (exact) return memcmp(a, b, 1U + *a) == 0;
    for (size_t i = 1; i <= *b; i++) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

/* Whether the name that stands at `at`, complete and written by us, is `name`. */
static bool stands_at(const struct encode *e, size_t at, const uint8_t *name, bool exact)
{
    const uint8_t *p = e->w.p;
    for (;;) {
        while (p[at] >= POINTER_BITS) {
            at = (size_t)(p[at] - POINTER_BITS) << 8 | p[at + 1];
        }
        if (!same_label(p + at, name, exact)) return false;
        if (*name == 0) return true;
        at += 1U + *name;
        name += 1U + *name;
    }
}

/* Where `name` stands already; 0 = nowhere. */
static uint16_t find_name(const struct encode *e, const uint8_t *name, bool exact)
{
    for (size_t i = 0; i < e->name_count && !e->plain; i++) {
        if (stands_at(e, e->names[i], name, exact)) return e->names[i];
    }
    return 0;
}

/* Remembers the labels that stand from `from` on, up to the root or a pointer. */
static void remember(struct encode *e, size_t from)
{
    const uint8_t *p = e->w.p;
    while (p[from] != 0 && p[from] < POINTER_BITS) {
        if (e->name_count == ENCODE_NAMES_MAX || from > OFFSET_MAX) return;
        e->names[e->name_count++] = (uint16_t)from;
        from += 1U + p[from];
    }
}

/* A name is remembered when it stands there whole: until then, what is behind it is not ours. */
static void put_name(struct encode *e, const uint8_t *name, bool exact)
{
    size_t start = e->w.pos;
    uint16_t at = 0;
    while (*name != 0 && (at = find_name(e, name, exact)) == 0) {
        wire_put_bytes(&e->w, name, 1U + *name);
        name += 1U + *name;
    }
    if (at != 0) {
        wire_put_u16(&e->w, (uint16_t)(POINTER | at));
    } else {
        wire_put_u8(&e->w, 0);
    }
    if (!e->w.failed) remember(e, start);
}

void encode_name(struct encode *e, const uint8_t *name)
{
    put_name(e, name, false);
}

void encode_name_exact(struct encode *e, const uint8_t *name)
{
    put_name(e, name, true);
}

static size_t opt_bytes(const struct message *m)
{
    if (!m->edns) return 0;
    return OPT_BYTES + (m->ecs.present ? ECS_BYTES + (size_t)m->ecs.bytes : 0);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): `out` is kept and written to. */
void encode_begin(struct encode *e, const struct message *m, const uint8_t *query, uint8_t *out,
                  size_t limit)
{
    CN_ASSERT(limit >= LIMIT_MIN);
    e->w = (struct wire_wr){.p = out, .cap = limit - opt_bytes(m)};
    e->m = m;
    e->query = query;
    e->limit = limit;
    e->counts[ENCODE_ANSWER] = 0;
    e->counts[ENCODE_AUTHORITY] = 0;
    e->counts[ENCODE_ADDITIONAL] = 0;
    e->name_count = 0;
    e->option_len = 0;
    e->pad = false;
    e->plain = false;
    static const uint8_t header[MESSAGE_HEADER_BYTES]; /* completed at the end */
    wire_put_bytes(&e->w, header, sizeof(header));
    wire_put_bytes(&e->w, query + MESSAGE_HEADER_BYTES, m->question_len);
    CN_ASSERT(!e->w.failed);
    if (m->question_len != 0) remember(e, MESSAGE_HEADER_BYTES);
}

static void open_record(struct encode *e, const struct encode_record *r, bool exact)
{
    put_name(e, r->owner, exact);
    wire_put_u16(&e->w, r->type);
    bool chaos = e->m->class_ == MESSAGE_CLASS_CHAOS;
    wire_put_u16(&e->w, chaos ? MESSAGE_CLASS_CHAOS : MESSAGE_CLASS_IN);
    wire_put_u32(&e->w, r->ttl_s);
    e->record = e->w.pos;
    wire_put_u16(&e->w, 0);
    e->counts[r->section]++;
}

void encode_open(struct encode *e, const struct encode_record *r)
{
    open_record(e, r, false);
}

void encode_open_exact(struct encode *e, const struct encode_record *r)
{
    open_record(e, r, true);
}

struct encode_mark encode_mark(const struct encode *e)
{
    struct encode_mark m = {.pos = e->w.pos, .name_count = e->name_count};
    memcpy(m.counts, e->counts, sizeof(m.counts));
    return m;
}

void encode_undo(struct encode *e, const struct encode_mark *m)
{
    e->w.pos = m->pos;
    e->w.failed = false;
    e->name_count = m->name_count;
    memcpy(e->counts, m->counts, sizeof(e->counts));
}

void encode_close(struct encode *e)
{
    if (e->w.failed) return;
    wire_set_u16(&e->w, e->record, (uint16_t)(e->w.pos - e->record - 2));
}

void encode_text(struct encode *e, const char *text)
{
    size_t len = strlen(text);
    if (len > TEXT_MAX) len = TEXT_MAX;
    wire_put_u8(&e->w, (uint8_t)len);
    wire_put_bytes(&e->w, text, len);
}

static void put_ecs(struct wire_wr *w, const struct message_ecs *ecs, uint8_t scope)
{
    wire_put_u16(w, MESSAGE_OPTION_ECS);
    wire_put_u16(w, (uint16_t)(ecs->bytes + 4));
    wire_put_u16(w, ecs->family);
    wire_put_u8(w, ecs->source);
    wire_put_u8(w, scope);
    wire_put_bytes(w, ecs->address, ecs->bytes);
}

bool encode_option(struct encode *e, uint16_t code, const void *data, size_t len)
{
    enum { HEAD = 4 }; /* code, length */
    CN_ASSERT(e->m->edns);
    bool room = !e->w.failed && e->w.cap - e->w.pos >= HEAD + len;
    if (!room || ENCODE_OPTIONS_MAX - e->option_len < HEAD + len) return false;
    struct wire_wr w = {.p = e->options, .pos = e->option_len, .cap = ENCODE_OPTIONS_MAX};
    wire_put_u16(&w, code);
    wire_put_u16(&w, (uint16_t)len);
    wire_put_bytes(&w, data, len);
    e->option_len = w.pos;
    e->w.cap -= HEAD + len;
    return true;
}

/* Bytes of the TSIG that says BADKEY: it matters more than words. */
static size_t bad_key_bytes(const struct message *m)
{
    if (m->fault != FAULT_TSIG_KEY) return 0;
    return (size_t)m->tsig.name_len + m->tsig.algorithm_len + TSIG_FIXED_BYTES;
}

void encode_fault(struct encode *e, size_t reserve)
{
    enum { HEAD = 6 }; /* code, length, info code */
    const struct message *m = e->m;
    uint8_t data[2 + FAULT_TEXT_MAX];
    if (!m->edns || m->fault == FAULT_NONE) return;
    uint16_t code = fault_code(m->fault);
    size_t len = strlen(fault_text(m->fault));
    size_t least = HEAD + reserve + bad_key_bytes(m);
    size_t room = e->w.cap - e->w.pos;
    if (room < least) return;
    data[0] = (uint8_t)(code >> 8);
    data[1] = (uint8_t)code;
    memcpy(data + 2, fault_text(m->fault), len);
    (void)encode_option(e, MESSAGE_OPTION_EDE, data, room < least + len ? 2 : 2 + len);
}

/* Bytes of a padding option, its head included, that bring the answer to full blocks. */
static size_t padding(const struct encode *e, size_t opt_len)
{
    enum { HEAD = 4 };
    size_t len = e->w.pos + opt_len + HEAD;
    size_t padded = (len + ENCODE_PAD_BLOCK - 1) / ENCODE_PAD_BLOCK * ENCODE_PAD_BLOCK;
    if (!e->pad || len > e->limit) return 0;
    return (padded < e->limit ? padded : e->limit) - len + HEAD;
}

static void put_padding(struct wire_wr *w, size_t bytes)
{
    static const uint8_t zeros[ENCODE_PAD_BLOCK];
    enum { HEAD = 4 };
    if (bytes == 0) return;
    wire_put_u16(w, MESSAGE_OPTION_PADDING);
    wire_put_u16(w, (uint16_t)(bytes - HEAD));
    wire_put_bytes(w, zeros, bytes - HEAD);
}

static void put_opt(struct encode *e, const struct encode_end *end)
{
    struct wire_wr *w = &e->w;
    size_t pad = padding(e, opt_bytes(e->m) + e->option_len);
    wire_put_u8(w, 0);
    wire_put_u16(w, RR_OPT);
    wire_put_u16(w, end->udp_size);
    wire_put_u8(w, (uint8_t)(end->rcode >> 4));
    wire_put_u8(w, 0); /* version */
    wire_put_u16(w, e->m->dnssec_ok ? MESSAGE_DO : 0);
    wire_put_u16(w, (uint16_t)(opt_bytes(e->m) - OPT_BYTES + e->option_len + pad));
    if (e->m->ecs.present) put_ecs(w, &e->m->ecs, end->scope);
    wire_put_bytes(w, e->options, e->option_len);
    put_padding(w, pad);
}

/* The key of the query is not known to us: an unsigned TSIG that says so, with the time and the ID
 * of the query (RFC 8945 section 5.3.2). False: no room, then the code alone has to do. */
static bool put_bad_key(struct encode *e)
{
    enum { FUDGE_S = 300 };
    const struct message_tsig *t = &e->m->tsig;
    struct wire_wr *w = &e->w;
    size_t begin = w->pos;
    wire_put_bytes(w, e->query + t->name_at, t->name_len);
    wire_put_u16(w, TYPE_TSIG);
    wire_put_u16(w, CLASS_ANY);
    wire_put_u32(w, 0);
    wire_put_u16(w, (uint16_t)(t->algorithm_len + TSIG_TIME_BYTES + 10));
    wire_put_bytes(w, e->query + t->data_at, (size_t)t->algorithm_len + TSIG_TIME_BYTES);
    wire_put_u16(w, FUDGE_S);
    wire_put_u16(w, 0); /* no signature */
    wire_put_u16(w, t->id);
    wire_put_u16(w, BADKEY);
    wire_put_u16(w, 0); /* no other data */
    if (!w->failed) return true;
    w->pos = begin;
    w->failed = false;
    return false;
}

void encode_truncate(struct encode *e)
{
    e->w.failed = true;
}

/* Cuts the answer back to its question. */
static void cut(struct encode *e)
{
    e->w.pos = MESSAGE_HEADER_BYTES + (size_t)e->m->question_len;
    e->w.failed = false;
    e->counts[ENCODE_ANSWER] = 0;
    e->counts[ENCODE_AUTHORITY] = 0;
    e->counts[ENCODE_ADDITIONAL] = 0;
}

/* RD is repeated, RA is never set: we are an authority. So are AD and CD never (RFC 4035 section
 * 3.1.6: an authority should clear CD, and has nothing to say by AD without signatures). */
static uint16_t flags(const struct encode *e, const struct encode_end *end, bool truncated)
{
    unsigned f = MESSAGE_QR | (unsigned)e->m->opcode << MESSAGE_OPCODE_SHIFT | (end->rcode & 0xF);
    if (end->authoritative) f |= MESSAGE_AA;
    if (truncated) f |= MESSAGE_TC;
    if (e->m->rd) f |= MESSAGE_RD;
    return (uint16_t)f;
}

size_t encode_finish(struct encode *e, const struct encode_end *end)
{
    CN_ASSERT(end->rcode < 16 || e->m->edns);
    bool truncated = e->w.failed;
    if (truncated) cut(e);
    e->w.cap = e->limit;
    if (e->m->edns) put_opt(e, end);
    CN_ASSERT(!e->w.failed);
    bool tsig = end->rcode == ENCODE_NOTAUTH && e->m->tsig.present && put_bad_key(e);
    wire_set_u16(&e->w, 0, e->m->id);
    wire_set_u16(&e->w, 2, flags(e, end, truncated));
    wire_set_u16(&e->w, 4, e->m->question_len != 0);
    wire_set_u16(&e->w, 6, e->counts[ENCODE_ANSWER]);
    wire_set_u16(&e->w, 8, e->counts[ENCODE_AUTHORITY]);
    wire_set_u16(&e->w, 10, (uint16_t)(e->counts[ENCODE_ADDITIONAL] + e->m->edns + tsig));
    return e->w.pos;
}
