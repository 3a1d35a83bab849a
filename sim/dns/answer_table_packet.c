/* SPDX-License-Identifier: MIT
 * answer_table_packet.c: the way of most packets. No branch here decides what is answered, only
 * whether the table can answer; whatever is out of the ordinary is the responder's. */
#include <string.h>

#include "answer_table.h"
#include "cnedge/dns/encode.h"

enum {
    WORD = sizeof(uint64_t),
    QUESTION_TAIL = 4, /* type and class */
    OPT_BYTES = 11,
    OPT_FLAGS_AT = 7,
    OPTION_HEAD = 4,
    ECS_HEAD = 4, /* family, source, scope */
    COOKIE_DATA = COOKIE_CLIENT_BYTES + COOKIE_SERVER_BYTES,
};
_Static_assert(MESSAGE_HEADER_BYTES + DNAME_MAX + QUESTION_TAIL + TABLE_RECORD_ROOM <=
                   RESPONDER_UDP_MAX,
               "there is room behind any question");

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* Eight bytes in lower case. A label's length is no letter: it is less than 'A'. */
static uint64_t lower_word(uint64_t x)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t seven = x & ones * 0x7F;
    uint64_t from_a = seven + ones * (0x80 - 'A');
    uint64_t past_z = seven + ones * (0x7F - 'Z');
    uint64_t upper = from_a & ~past_z & ~x & ones * 0x80;
    return x | upper >> 2;
}

/* Eight bytes, the first of which is the highest. */
static uint64_t get64(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, WORD);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* Copies by words, the last of which ends with the bytes: lengths are small, and what a compiler
 * makes of memcpy for such takes longer to begin. */
static void copy(uint8_t *to, const uint8_t *from, size_t len)
{
    enum { HALF = WORD / 2 };
    if (len < HALF) {
        for (size_t i = 0; i < len; i++) {
            to[i] = from[i];
        }
        return;
    }
    if (len < WORD) {
        memcpy(to, from, HALF);
        memcpy(to + len - HALF, from + len - HALF, HALF);
        return;
    }
    for (size_t i = 0; i + WORD < len; i += WORD) {
        memcpy(to + i, from + i, WORD);
    }
    memcpy(to + len - WORD, from + len - WORD, WORD);
}

/* Copies records: mostly one, of A or of AAAA, which this does not tell apart. */
static void copy_records(uint8_t *to, const uint8_t *from, size_t len)
{
    if (len <= TABLE_RECORD_ROOM) {
        memcpy(to, from, TABLE_RECORD_ROOM);
    } else {
        copy(to, from, len);
    }
}

static void copy_lower_word(uint8_t *to, const uint8_t *from)
{
    uint64_t x;
    memcpy(&x, from, WORD);
    x = lower_word(x);
    memcpy(to, &x, WORD);
}

/* Copies a name in lower case, the last word so that it ends with the name: of a name that is
 * shorter, bytes before it are read and written too. */
static void copy_lower(uint8_t *to, const uint8_t *from, size_t len)
{
    for (size_t i = 0; i + WORD < len; i += WORD) {
        copy_lower_word(to + i, from + i);
    }
    copy_lower_word(to + len - WORD, from + len - WORD);
}

/* The name behind the header. Returns where it ends; 0: there is none as it should be. */
static size_t read_name(struct answer_table_query *a, const uint8_t *p, size_t len)
{
    size_t at = MESSAGE_HEADER_BYTES;
    unsigned labels = 0;
    while (p[at] != 0) {
        a->name.at[labels++] = (uint8_t)(at - MESSAGE_HEADER_BYTES);
        if (p[at] > DNAME_LABEL_MAX) return 0;
        at += 1U + p[at];
        if (at >= len || at - MESSAGE_HEADER_BYTES >= DNAME_MAX) return 0;
    }
    size_t name_len = at + 1 - MESSAGE_HEADER_BYTES;
    a->name.at[labels] = (uint8_t)(name_len - 1);
    a->name.labels = (uint8_t)labels;
    a->name.len = (uint8_t)name_len;
    a->name.wire = a->lower + WORD;
    copy_lower(a->lower + WORD, p + MESSAGE_HEADER_BYTES, name_len);
    return at + 1;
}

/* EDNS Client Subnet in the form that needs no thought: a family, a prefix, no bits behind it. */
static bool read_ecs(struct answer_table_query *a, const uint8_t *p, size_t len)
{
    if (a->ecs != NULL || len < ECS_HEAD || p[0] != 0 || p[1] < 1 || p[1] > 2) return false;
    unsigned source = p[2];
    unsigned bytes = (source + 7) / 8;
    if (source > (p[1] == 1 ? 32 : 128) || p[3] != 0 || len != ECS_HEAD + bytes) return false;
    if (source % 8 != 0 && (p[len - 1] & 0xFF >> source % 8) != 0) return false;
    a->ecs = p;
    a->ecs_len = (uint8_t)len;
    return true;
}

static bool read_options(struct answer_table_query *a, const uint8_t *p, size_t len)
{
    struct cookie cookie;
    while (len >= OPTION_HEAD) {
        size_t data = get16(p + 2);
        if (data > len - OPTION_HEAD) return false;
        const uint8_t *at = p + OPTION_HEAD;
        switch (get16(p)) {
        case MESSAGE_OPTION_ECS:
            if (!read_ecs(a, at, data)) return false;
            break;
        case MESSAGE_OPTION_COOKIE:
            if (a->cookie != NULL || !cookie_read(&cookie, at, data)) return false;
            a->cookie = at;
            a->cookie_len = (uint8_t)data;
            break;
        default:
            return false;
        }
        p += OPTION_HEAD + data;
        len -= OPTION_HEAD + data;
    }
    return len == 0;
}

/* An OPT record of version 0 that ends the query. */
static bool read_opt(struct answer_table_query *a, const uint8_t *p, size_t len)
{
    static const uint8_t head[] = {0, 0, RR_OPT};
    enum { SIZE_AT = 3, VERSION_AT = 6, LENGTH_AT = 9 };
    if (len < OPT_BYTES || memcmp(p, head, sizeof(head)) != 0 || p[VERSION_AT] != 0) return false;
    if (get16(p + LENGTH_AT) != len - OPT_BYTES) return false;
    a->edns = true;
    a->udp_size = get16(p + SIZE_AT);
    a->flags = p[OPT_FLAGS_AT] & MESSAGE_DO >> 8;
    return read_options(a, p + OPT_BYTES, len - OPT_BYTES);
}

/* A type that names may have data of, or not. Others have questions of their own (RFC 6895 section
 * 3.1). */
static bool is_of_data(unsigned type)
{
    enum { META_FIRST = 128, META_LAST = 255 };
    return type != RR_OPT && (type < META_FIRST || type > META_LAST);
}

/* One question for data in class IN, and at most an OPT. */
static bool read_query(struct answer_table_query *a, const uint8_t *p, size_t len)
{
    static const uint8_t counts[] = {0, 1, 0, 0, 0, 0, 0};
    enum { FLAGS_AT = 2, OPCODE_AND_QR = 0xF8, COUNTS_AT = 4, ADDITIONALS_AT = 11 };
    a->edns = false;
    a->ecs = NULL;
    a->cookie = NULL;
    if (len < MESSAGE_HEADER_BYTES + 1 + QUESTION_TAIL || (p[FLAGS_AT] & OPCODE_AND_QR) != 0 ||
        memcmp(p + COUNTS_AT, counts, sizeof(counts)) != 0 || p[ADDITIONALS_AT] > 1) {
        return false;
    }
    size_t at = read_name(a, p, len);
    if (at == 0 || len - at < QUESTION_TAIL) return false;
    a->type = get16(p + at);
    if (!is_of_data(a->type) || get16(p + at + 2) != MESSAGE_CLASS_IN) return false;
    at += QUESTION_TAIL;
    return p[ADDITIONALS_AT] == 0 ? at == len : read_opt(a, p + at, len - at);
}

/* The beginning of a subnet's address as a number, zeros behind it: what stands before it is
 * shifted out. A subnet that is believed has a bit at least, so it has a byte. */
static uint64_t subnet_key(const uint8_t *ecs, size_t len)
{
    size_t bytes = len - ECS_HEAD < WORD ? len - ECS_HEAD : WORD;
    unsigned before = 8 * (unsigned)(WORD - bytes);
    CN_ASSERT(before < 64);
    return get64(ecs + ECS_HEAD + bytes - WORD) << before % 64;
}

/* Where the client is, as the responder finds it: by a subnet that is believed, else by the address
 * that the query came from. A line that the listener fixes is looked for in vain. */
static void begin_walk(const struct answer_table *t, struct answer_table_query *a)
{
    const struct responder_client *c = a->client;
    bool v6 = a->ecs != NULL && a->ecs[1] == 2;
    a->by_subnet = c->line == CN_NONE16 && a->ecs != NULL &&
                   a->ecs[2] >= t->least_bits[v6 ? FAMILY_V6 : FAMILY_V4];
    if (a->by_subnet) {
        a->walk = prefix_walk_begin(t->prefixes, subnet_key(a->ecs, a->ecs_len), v6);
    } else {
        a->walk = prefix_walk_begin(t->prefixes, get64(c->address), c->v6);
    }
}

/* The host of that name; NULL: the site has none. */
static const struct table_host *find_host(const struct answer_table *t,
                                          const struct answer_table_query *a)
{
    const struct table_host *low = t->hosts + a->site->first;
    for (uint32_t n = a->site->count; n > 0;) {
        uint32_t half = n / 2;
        int c = table_compare(low + half, a->name.wire, a->name.at[a->aim.label]);
        if (c == 0) return low + half;
        if (c < 0) low += half + 1;
        n = c < 0 ? n - half - 1 : half;
    }
    return NULL;
}

/* Some host of the site whose class shows the site's own state; NULL: there is none near. */
static const struct table_host *any_host(const struct answer_table *t, const struct table_site *s)
{
    enum { TRIES = 4 };
    const struct table_host *h = t->hosts + s->first + s->count / 2; /* it has been asked for */
    for (unsigned i = 0; i < TRIES && 2 * i <= s->count && s->count != 0; i++, h--) {
        uint16_t number = atomic_load_explicit(&h->class_, memory_order_relaxed);
        if (number != TABLE_CLASS_NONE) return h;
    }
    return NULL;
}

struct sought {
    const struct table_host *host; /* whose class answers */
    uint8_t column;                /* enum table_column */
    uint16_t line;
    uint8_t scope; /* for Client Subnet */
};

static uint8_t column_of(unsigned type)
{
    return type == RR_A ? TABLE_A : type == RR_AAAA ? TABLE_AAAA : TABLE_OTHER;
}

/* Whether a negative answer has the SOA that others have: pointers lead to the apex, and that they
 * do not lead to something before it. */
static bool has_plain_soa(const struct answer_table_query *a)
{
    static const uint8_t mailbox[] = "\12hostmaster";
    enum { LEN = sizeof(mailbox) - 1 };
    const struct apex_name *n = &a->name;
    unsigned apex = n->at[a->aim.label];
    if (a->site->depth == 0 || n->labels > ENCODE_NAMES_MAX) return false;
    if (n->len - apex + LEN > DNAME_MAX) return false;
    if (a->aim.label == 0) return true;
    unsigned before = n->at[a->aim.label - 1];
    return apex - before != LEN || memcmp(n->wire + before, mailbox, LEN) != 0;
}

/* What the apex has whatever its host has: SOA and NS; and DS is another zone's. */
static bool is_of_apex(unsigned type)
{
    return type == RR_SOA || type == RR_NS || type == RR_DS;
}

static bool asks_why(const struct apex_name *n)
{
    static const uint8_t why[] = "\4_why";
    return n->len > sizeof(why) && memcmp(n->wire, why, sizeof(why) - 1) == 0;
}

/* Whether a name that is no host may be one that hosts are below of: where there are few of them,
 * whether one ends with it. */
static bool may_be_above(const struct answer_table *t, const struct answer_table_query *a)
{
    enum { FEW = 8 };
    const struct table_site *s = a->site;
    size_t len = a->name.at[a->aim.label];
    if (a->aim.label >= s->depth) return false;
    if (s->depth == TABLE_DEPTH_MAX || s->count > FEW) return true;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct table_host *h = &t->hosts[i];
        if (h->len <= len) continue;
        if (memcmp(table_labels(h) + h->len - len, a->name.wire, len) == 0) return true;
    }
    return false;
}

/* Whose class answers, and what is asked of it. False: it is the responder's. */
static bool seek(const struct answer_table *t, const struct answer_table_query *a,
                 struct sought *out)
{
    bool apex = a->aim.label == 0;
    out->host = find_host(t, a);
    out->column = column_of(a->type);
    if (out->host != NULL && out->column != TABLE_OTHER) return true;
    if (!has_plain_soa(a) || (apex && is_of_apex(a->type))) return false;
    if (out->host != NULL) return a->type != RR_TXT || !out->host->texts;
    if (!apex && (may_be_above(t, a) || asks_why(&a->name))) return false;
    out->column = apex ? TABLE_APEX : TABLE_MISSING;
    out->host = any_host(t, a->site);
    return out->host != NULL;
}

/* False: the responder has to think about it. */
static bool end_walk(const struct answer_table *t, const struct answer_table_query *a,
                     struct sought *out)
{
    out->line = a->client->line;
    out->scope = 0;
    if (out->line != CN_NONE16) return true;
    struct prefix_match m = prefix_walk_end(t->prefixes, a->walk);
    out->line = m.line;
    if (!a->by_subnet) return true;
    out->scope = t->scope_as_sent && m.length != 0 ? a->ecs[2] : m.length;
    return m.line != t->unknown_line || !t->unknown_by_source;
}

struct making { /* an answer */
    const struct answer_table_query *asked;
    const struct table_template *from;
    const uint8_t *bytes;        /* of the template */
    const struct table_soa *soa; /* of a negative answer; else NULL */
    uint32_t serial;
    uint8_t scope;
};

static void tell_miss(struct answer_table_miss *miss, const struct sought *s, uint16_t number)
{
    *miss = (struct answer_table_miss){
        .learn = true, .column = s->column, .class_ = number, .line = s->line};
}

/* The template for what is sought. The class is read before the generation and once more behind the
 * cell, so that the cell is that of the class: see ARCHITECTURE.md, "Answers from a table". */
static bool find_template(const struct answer_table *t, const struct sought *s, struct making *m,
                          struct answer_table_miss *miss)
{
    uint16_t number = atomic_load_explicit(&s->host->class_, memory_order_acquire);
    if (number == TABLE_CLASS_NONE) return false;
    uint64_t age = atomic_load_explicit(&t->age, memory_order_acquire);
    uint64_t cell =
        atomic_load_explicit(table_cell(t, number, s->line, s->column), memory_order_acquire);
    if (cell >> TABLE_GENERATION_SHIFT != age >> TABLE_GENERATION_SHIFT) {
        tell_miss(miss, s, number);
        return false;
    }
    uint16_t still = atomic_load_explicit(&s->host->class_, memory_order_relaxed);
    if (still != number) return false; /* LCOV_EXCL_BR_LINE: the owner came in between */
    uint32_t index = (uint32_t)cell;
    if (index < TABLE_FIRST) return false;
    m->from = &t->templates[index - TABLE_FIRST];
    m->bytes = t->bytes + m->from->at;
    m->serial = (uint32_t)age;
    if (m->from->records != 0) return true;
    if (!has_plain_soa(m->asked)) return false;
    m->soa = &t->soas[table_common(&m->asked->name, t->mname)];
    if (atomic_load_explicit(&m->soa->known, memory_order_acquire)) return true;
    tell_miss(miss, s, number);
    return false;
}

static size_t put_ecs(uint8_t *out, const struct answer_table_query *a, uint8_t scope)
{
    put16(out, MESSAGE_OPTION_ECS);
    put16(out + 2, a->ecs_len);
    copy(out + OPTION_HEAD, a->ecs, a->ecs_len);
    out[OPTION_HEAD + 3] = scope;
    return OPTION_HEAD + (size_t)a->ecs_len;
}

static size_t put_cookie(uint8_t *out, const struct answer_table_query *a)
{
    const struct responder_client *c = a->client;
    struct cookie cookie;
    bool good = cookie_read(&cookie, a->cookie, a->cookie_len);
    CN_ASSERT(good); /* it was when the query was read */
    const struct cookie_client from = {c->address, c->v6, c->server->now_s};
    uint8_t *data = out + OPTION_HEAD;
    put16(out, MESSAGE_OPTION_COOKIE);
    put16(out + 2, COOKIE_DATA);
    memcpy(data, cookie.client, COOKIE_CLIENT_BYTES);
    (void)cookie_check(&c->server->cookies, &cookie, &from, data + COOKIE_CLIENT_BYTES);
    return OPTION_HEAD + COOKIE_DATA;
}

static bool wants_cookie(const struct answer_table_query *a)
{
    const struct responder_client *c = a->client;
    return a->cookie != NULL && c->server != NULL && c->server->cookies.count > 0;
}

/* The SOA, with what varies: pointers into the question, and the serial. Returns its length. */
static size_t put_soa(uint8_t *out, const struct making *m)
{
    enum { POINTER = 0xC000 | MESSAGE_HEADER_BYTES };
    const struct apex_name *n = &m->asked->name;
    const struct table_soa *soa = m->soa;
    unsigned apex = n->at[m->asked->aim.label];
    unsigned mname = soa->mname_back == 0 ? apex : (unsigned)n->len - soa->mname_back;
    uint8_t *mailbox = out + soa->mailbox_at;
    copy(out, soa->bytes, soa->len);
    put16(out, POINTER + apex);
    if (soa->mname_at != 0) put16(out + soa->mname_at, POINTER + mname);
    put16(mailbox, POINTER + apex);
    put16(mailbox + 2, m->serial >> 16);
    put16(mailbox + 4, m->serial & 0xFFFF);
    return soa->len;
}

/* OPT with all that goes into it; returns its length. */
static size_t put_opt(uint8_t *out, const struct making *m)
{
    const struct answer_table_query *a = m->asked;
    static const uint8_t head[OPT_BYTES] = {0, 0, RR_OPT, RESPONDER_UDP_MAX >> 8,
                                            RESPONDER_UDP_MAX & 0xFF};
    size_t len = OPT_BYTES;
    memcpy(out, head, OPT_BYTES);
    out[OPT_FLAGS_AT] = a->flags;
    if (a->ecs != NULL) len += put_ecs(out + len, a, m->scope);
    if (wants_cookie(a)) len += put_cookie(out + len, a);
    copy(out + len, m->bytes + m->from->records_len, m->from->options_len);
    len += m->from->options_len;
    put16(out + OPT_BYTES - 2, len - OPT_BYTES);
    return len;
}

/* Whether an answer fits into what the client takes, whatever it has asked to be added. */
static bool fits(const struct making *m)
{
    const struct answer_table_query *a = m->asked;
    const struct table_template *x = m->from;
    size_t len = MESSAGE_HEADER_BYTES + (size_t)a->name.len + QUESTION_TAIL + x->records_len;
    size_t limit = RESPONDER_UDP_MIN;
    if (m->soa != NULL) len += m->soa->len;
    if (!a->edns) return len <= limit;
    if (a->udp_size > limit) limit = a->udp_size;
    if (limit > RESPONDER_UDP_MAX) limit = RESPONDER_UDP_MAX;
    len += OPT_BYTES + (size_t)x->options_len;
    if (a->ecs != NULL) len += OPTION_HEAD + (size_t)a->ecs_len;
    if (wants_cookie(a)) len += OPTION_HEAD + COOKIE_DATA;
    return len <= limit;
}

static void tell(const struct answer_table_query *a, const struct table_template *x, uint16_t line)
{
    struct responder_note *note = a->client->note;
    if (note == NULL) return;
    *note = (struct responder_note){.counted = true,
                                    .row = x->row,
                                    .pop = x->pop,
                                    .type = a->type,
                                    .rcode = x->rcode,
                                    .line = line};
}

static size_t put_answer(uint8_t *out, const struct making *m)
{
    const uint8_t *query = m->asked->bytes;
    size_t question = (size_t)m->asked->name.len + QUESTION_TAIL;
    uint8_t *at = out + MESSAGE_HEADER_BYTES + question;
    copy(out, query, MESSAGE_HEADER_BYTES + question);
    out[2] = (uint8_t)((MESSAGE_QR | MESSAGE_AA) >> 8 | (query[2] & MESSAGE_RD >> 8));
    out[3] = m->from->rcode;
    if (m->soa != NULL) {
        put16(out + 8, 1); /* NSCOUNT */
        at += put_soa(at, m);
    } else {
        put16(out + 6, m->from->records);
        copy_records(at, m->bytes, m->from->records_len);
        at += m->from->records_len;
    }
    if (m->asked->edns) at += put_opt(at, m);
    return (size_t)(at - out);
}

void answer_table_read(const struct answer_table *t, const struct responder_client *client,
                       struct responder_query query, struct answer_table_query *q)
{
    q->client = client;
    q->bytes = query.bytes;
    q->none = !read_query(q, query.bytes, query.len);
    if (q->none) return;
    q->aim = apex_table_aim(t->apexes, &q->name);
    begin_walk(t, q);
}

void answer_table_locate(const struct answer_table *t, struct answer_table_query *q)
{
    if (q->none) return;
    const struct apex_line *line = apex_table_take(t->apexes, &q->name, &q->aim);
    q->none = line == NULL;
    if (q->none) return;
    q->site = &t->sites[line->site];
    __builtin_prefetch(q->site);
    prefix_walk_step(t->prefixes, &q->walk);
}

void answer_table_reach(const struct answer_table *t, struct answer_table_query *q)
{
    if (q->none) return;
    __builtin_prefetch(t->hosts + q->site->first + q->site->count / 2);
    prefix_walk_step(t->prefixes, &q->walk);
}

size_t answer_table_finish(const struct answer_table *t, struct answer_table_query *q, uint8_t *out,
                           struct answer_table_miss *miss)
{
    struct sought s;
    miss->learn = false;
    if (q->none || !seek(t, q, &s) || !end_walk(t, q, &s)) return 0;
    struct making m = {.asked = q, .scope = s.column < TABLE_OTHER ? s.scope : 0};
    if (!find_template(t, &s, &m, miss) || !fits(&m)) return 0;
    tell(q, m.from, s.line);
    return put_answer(out, &m);
}

size_t answer_table_answer(const struct answer_table *t, const struct responder_client *client,
                           struct responder_query query, uint8_t *out,
                           struct answer_table_miss *miss)
{
    struct answer_table_query q;
    answer_table_read(t, client, query, &q);
    answer_table_locate(t, &q);
    answer_table_reach(t, &q);
    return answer_table_finish(t, &q, out, miss);
}
