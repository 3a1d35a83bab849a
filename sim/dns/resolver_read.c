/* SPDX-License-Identifier: MIT
 * resolver_read.c: takes an answer apart into the links of its chain. */
#include <string.h>

#include "cnedge/dns/encode.h"
#include "cnedge/model/answer.h"
#include "resolver_internal.h"

enum {
    POINTER_BITS = 0xC0,
    TTL_SIGN = INT32_MIN, /* RFC 2181 section 8: such a TTL is 0 */
    SOA_NUMBERS = 20,
    SOA_MINIMUM_AT = 16, /* in them */
    QUESTION_REST = 4,
};

struct resolver_layout resolver_layout_of(uint16_t type)
{
    switch (type) {
    case RR_NS:
    case RR_CNAME:
    case RR_PTR:
        return (struct resolver_layout){.names = 1};
    case RR_MX:
        return (struct resolver_layout){.before = 2, .names = 1};
    case RR_SOA:
        return (struct resolver_layout){.names = 2};
    default:
        return (struct resolver_layout){.names = 0};
    }
}

struct record {
    uint8_t owner[DNAME_MAX];
    uint16_t type, class_;
    uint32_t ttl_s;
    struct wire_rd data; /* over the whole message, up to the data's end */
};

struct reading {
    struct resolver_chain *c;
    struct wire_rd r;
    uint16_t flags, answers, authorities;
    const uint8_t *name; /* of the link that is open, lower case */
    uint16_t type;       /* that was asked for */
};

/* Writes out a name that may be compressed, in its spelling. A pointer leads to before the name
 * that it is part of, so that there is an end. */
static size_t read_name(struct wire_rd *r, uint8_t out[DNAME_MAX])
{
    struct wire_rd at = *r;
    bool jumped = false;
    size_t before = r->pos;
    for (size_t n = 0;;) {
        uint8_t label = wire_get_u8(&at);
        if (label >= POINTER_BITS) {
            size_t to = (size_t)(label - POINTER_BITS) << 8 | wire_get_u8(&at);
            if (!jumped) r->pos = at.pos;
            if (at.failed || to < MESSAGE_HEADER_BYTES || to >= before) break;
            jumped = true;
            before = to;
            at.pos = to;
            continue;
        }
        const uint8_t *bytes = wire_get_bytes(&at, label);
        if (bytes == NULL || label > DNAME_LABEL_MAX || n + 1U + label + (label != 0) > DNAME_MAX) {
            break;
        }
        out[n++] = label;
        memcpy(out + n, bytes, label);
        n += label;
        if (label != 0) continue;
        if (!jumped) r->pos = at.pos;
        return n;
    }
    r->failed = true;
    out[0] = 0;
    return 0;
}

static struct record read_record(struct wire_rd *r)
{
    struct record rec;
    read_name(r, rec.owner);
    rec.type = wire_get_u16(r);
    rec.class_ = wire_get_u16(r);
    rec.ttl_s = wire_get_u32(r);
    if ((rec.ttl_s & (uint32_t)TTL_SIGN) != 0) rec.ttl_s = 0;
    uint16_t len = wire_get_u16(r);
    rec.data = (struct wire_rd){.p = r->p, .pos = r->pos, .len = r->pos + len};
    wire_get_bytes(r, len);
    if (r->failed) rec.data = (struct wire_rd){.p = r->p, .failed = true};
    return rec;
}

/* Appends the record to the open link. False: it is not well formed, or there is no room. */
static bool append(struct reading *g, enum encode_section section, const struct record *rec)
{
    struct resolver_chain *c = g->c;
    struct resolver_link *link = &c->links[c->count];
    struct wire_wr w = {.p = c->data, .pos = c->used, .cap = sizeof(c->data)};
    struct wire_rd d = rec->data;
    struct resolver_layout layout = resolver_layout_of(rec->type);
    uint8_t name[DNAME_MAX];
    wire_put_u8(&w, (uint8_t)section);
    wire_put_bytes(&w, rec->owner, dname_len(rec->owner));
    wire_put_u16(&w, rec->type);
    size_t length_at = w.pos;
    wire_put_u16(&w, 0);
    const uint8_t *before = wire_get_bytes(&d, layout.before);
    if (before != NULL) wire_put_bytes(&w, before, layout.before);
    for (unsigned i = 0; i < layout.names; i++) {
        wire_put_bytes(&w, name, read_name(&d, name));
    }
    size_t rest = d.failed ? 0 : d.len - d.pos;
    if (rec->type == RR_SOA && rest != SOA_NUMBERS) return false;
    const uint8_t *bytes = wire_get_bytes(&d, rest);
    if (bytes != NULL) wire_put_bytes(&w, bytes, rest);
    if (w.failed || d.failed || w.pos - length_at - 2 > UINT16_MAX) return false;
    wire_set_u16(&w, length_at, (uint16_t)(w.pos - length_at - 2));
    if (link->len == 0 || rec->ttl_s < link->ttl_s) link->ttl_s = rec->ttl_s;
    link->len += w.pos - c->used;
    c->used = w.pos;
    return true;
}

static void open_link(struct reading *g, const uint8_t *name)
{
    struct resolver_link *link = &g->c->links[g->c->count];
    *link = (struct resolver_link){
        .kind = RESOLVER_FAILURE, .type = g->type, .ttl_s = 0, .at = g->c->used};
    dname_lower(name, link->name);
    g->name = link->name;
}

static void close_link(struct reading *g, enum resolver_kind kind)
{
    g->c->links[g->c->count++].kind = kind;
}

/* The alias that was appended last ends its link and opens the next one. */
static bool close_alias(struct reading *g, const struct record *rec)
{
    struct resolver_chain *c = g->c;
    uint8_t target[DNAME_MAX];
    struct wire_rd d = rec->data;
    c->links[c->count].type = RR_CNAME;
    close_link(g, RESOLVER_ALIAS);
    if (c->count == RESOLVER_LINKS_MAX || read_name(&d, target) == 0) return false;
    open_link(g, target);
    return true;
}

static bool read_answers(struct reading *g)
{
    for (uint16_t i = 0; i < g->answers; i++) {
        struct record rec = read_record(&g->r);
        if (g->r.failed || rec.class_ != MESSAGE_CLASS_IN) return false;
        if (!append(g, ENCODE_ANSWER, &rec)) return false;
        bool alias = rec.type == RR_CNAME && answer_follows(g->type);
        if (alias && dname_equal(rec.owner, g->name) && !close_alias(g, &rec)) return false;
    }
    return true;
}

/* RFC 2308 section 5: the SOA's TTL, and its minimum if that is less. */
static void limit_to_minimum(struct reading *g)
{
    const struct resolver_link *open = &g->c->links[g->c->count];
    struct wire_rd end = {
        .p = g->c->data, .pos = open->at + open->len - SOA_NUMBERS, .len = open->at + open->len};
    wire_get_bytes(&end, SOA_MINIMUM_AT);
    uint32_t minimum_s = wire_get_u32(&end);
    if (minimum_s < open->ttl_s) g->c->links[g->c->count].ttl_s = minimum_s;
}

/* The end of a chain without records. Without SOA it is believed once and not kept. */
static bool read_negative(struct reading *g, bool nxdomain)
{
    bool soa = false;
    bool delegated = false;
    for (uint16_t i = 0; i < g->authorities; i++) {
        struct record rec = read_record(&g->r);
        if (g->r.failed || rec.class_ != MESSAGE_CLASS_IN) return false;
        delegated = delegated || rec.type == RR_NS;
        if (rec.type != RR_SOA || soa) continue;
        if (!append(g, ENCODE_AUTHORITY, &rec)) return false;
        limit_to_minimum(g);
        soa = true;
    }
    if (!nxdomain && !soa && delegated) return false; /* to servers that we do not ask */
    bool leaves = !nxdomain && !soa && g->c->count > 0;
    if (!leaves) close_link(g, nxdomain ? RESOLVER_NXDOMAIN : RESOLVER_NODATA);
    return true;
}

/* Header and question; the question is taken to be ours. */
static bool read_head(struct reading *g)
{
    struct wire_rd *r = &g->r;
    wire_get_u16(r);
    g->flags = wire_get_u16(r);
    uint16_t questions = wire_get_u16(r);
    g->answers = wire_get_u16(r);
    g->authorities = wire_get_u16(r);
    wire_get_u16(r);
    if (r->failed || questions != 1 || (g->flags & (MESSAGE_QR | MESSAGE_TC)) != MESSAGE_QR) {
        return false;
    }
    wire_skip_name(r);
    wire_get_bytes(r, QUESTION_REST);
    return !r->failed;
}

static bool read_all(struct reading *g)
{
    if (!read_head(g)) return false;
    unsigned rcode = g->flags & 0xFU;
    if (rcode != ENCODE_NOERROR && rcode != ENCODE_NXDOMAIN) return false;
    if (!read_answers(g)) return false;
    if (g->c->links[g->c->count].len == 0) return read_negative(g, rcode == ENCODE_NXDOMAIN);
    close_link(g, RESOLVER_RECORDS);
    return true;
}

void resolver_read(struct resolver_chain *c, const uint8_t *name, uint16_t type,
                   const uint8_t *answer, size_t len)
{
    struct reading g = {.c = c, .r = {.p = answer, .len = len}, .type = type};
    c->count = 0;
    c->used = 0;
    open_link(&g, name);
    if (read_all(&g)) return;
    c->count = 0; /* nothing of what cannot be used is believed */
    c->used = 0;
    open_link(&g, name);
    close_link(&g, RESOLVER_FAILURE);
}
