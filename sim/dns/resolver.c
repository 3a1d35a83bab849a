/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/resolver.h"

#include <string.h>

#include "cnedge/dns/ede.h"
#include "cnedge/dns/encode.h"
#include "resolver_internal.h"
#include "responder_internal.h"

enum { /* keys of the cache beside those of record types */
       KEY_NXDOMAIN = 1 << 16,
       KEY_FAILURE = 1 << 17, /* and the type */
};

enum {
    FLAG_TC = 0x02, /* in the first byte of a header's flags */
    FLAG_RA = 0x80, /* in the second */
    FLAG_CD = 0x10,
};

struct reply {
    struct resolver *r;
    const struct message *m;
    simtime now;
    bool quiet; /* nobody is told: what is over is asked for again */
    bool stale; /* something that was given is over */
    enum encode_rcode rcode;
    enum ede_code ede; /* 0: none */
    const char *why;   /* its words */
    struct encode e;
};

/* --- what is kept ----------------------------------------------------------------------------- */

static struct cache_hit newer(struct cache_hit a, struct cache_hit b)
{
    if (b.state == CACHE_NONE) return a;
    if (a.state == CACHE_NONE) return b;
    if ((a.state == CACHE_FRESH) != (b.state == CACHE_FRESH)) {
        return a.state == CACHE_FRESH ? a : b;
    }
    return a.entry->serial > b.entry->serial ? a : b;
}

/* What is known of a name that is asked for this type: that there is none, its records, its alias.
 * What is not over comes first; of two, what was learnt last. */
static struct cache_hit look(struct reply *p, const uint8_t *name)
{
    struct cache *c = &p->r->cache;
    const struct cache_key none = {name, KEY_NXDOMAIN};
    const struct cache_key same = {name, p->m->type};
    const struct cache_key alias = {name, RR_CNAME};
    struct cache_hit hit = newer(cache_find(c, &none, p->now), cache_find(c, &same, p->now));
    if (answer_follows(p->m->type)) hit = newer(hit, cache_find(c, &alias, p->now));
    return hit;
}

static void keep(struct reply *p, const struct resolver_link *link)
{
    struct cache_key key = {link->name, link->type};
    struct cache_item item = {.ttl_s = link->ttl_s,
                              .kind = (uint8_t)link->kind,
                              .data = p->r->chain.data + link->at,
                              .len = link->len};
    if (link->kind == RESOLVER_NXDOMAIN) key.type = KEY_NXDOMAIN;
    if (link->kind == RESOLVER_FAILURE) {
        key.type = KEY_FAILURE | (uint32_t)link->type;
        item.ttl_s = RESOLVER_FAILURE_S;
        item.plain = true;
    }
    (void)cache_put(&p->r->cache, &key, &item, p->now);
}

static bool has_failed(struct reply *p, const uint8_t *name)
{
    const struct cache_key key = {name, KEY_FAILURE | (uint32_t)p->m->type};
    return cache_find(&p->r->cache, &key, p->now).state == CACHE_FRESH;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* As resolvers ask an authority: no recursion, EDNS, no Client Subnet. */
/* NOLINTNEXTLINE(readability-non-const-parameter): `out` is kept and written to. */
static size_t put_query(const uint8_t *name, uint16_t type, uint8_t *out, size_t cap)
{
    static const uint8_t header[MESSAGE_HEADER_BYTES] = {[5] = 1, [11] = 1};
    struct wire_wr w = {.p = out, .cap = cap};
    wire_put_bytes(&w, header, sizeof(header));
    wire_put_bytes(&w, name, dname_len(name));
    wire_put_u16(&w, type);
    wire_put_u16(&w, MESSAGE_CLASS_IN);
    wire_put_u8(&w, 0);
    wire_put_u16(&w, RR_OPT);
    wire_put_u16(&w, RESPONDER_UDP_MAX);
    wire_put_u32(&w, 0);
    wire_put_u16(&w, 0);
    CN_ASSERT(!w.failed);
    return w.pos;
}

/* Fills the resolver's chain, and keeps what is in it. A failure that is still remembered is not
 * asked for again. */
static void fetch(struct reply *p, const uint8_t *name)
{
    enum { QUERY_MAX = 512 };
    struct resolver *r = p->r;
    uint8_t query[QUERY_MAX];
    size_t len = 0;
    bool known = has_failed(p, name);
    if (!known) {
        struct responder_query q = {query, put_query(name, p->m->type, query, sizeof(query))};
        len = r->upstream.ask(r->upstream.of, q, r->answer, sizeof(r->answer));
    }
    resolver_read(&r->chain, name, p->m->type, r->answer, len);
    if (known) return;
    for (size_t i = 0; i < r->chain.count; i++) {
        keep(p, &r->chain.links[i]);
    }
}

/* --- telling ---------------------------------------------------------------------------------- */

static void fail(struct reply *p, enum encode_rcode rcode, enum ede_code ede, const char *why)
{
    p->rcode = rcode;
    p->ede = ede;
    p->why = why;
}

static void put_data(struct encode *e, uint16_t type, struct wire_rd d)
{
    struct resolver_layout layout = resolver_layout_of(type);
    const uint8_t *at = d.p;
    wire_put_bytes(&e->w, at, layout.before);
    at += layout.before;
    for (unsigned i = 0; i < layout.names; i++) {
        encode_name(e, at);
        at += dname_len(at);
    }
    wire_put_bytes(&e->w, at, d.len - (size_t)(at - d.p));
}

/* Writes records as a chain holds them. The last one's data are in `*last`. */
static void put_records(struct reply *p, struct wire_rd records, uint32_t ttl_s,
                        const uint8_t **last)
{
    while (records.pos < records.len) {
        enum encode_section section = (enum encode_section)wire_get_u8(&records);
        const uint8_t *owner = records.p + records.pos;
        wire_get_bytes(&records, dname_len(owner));
        uint16_t type = wire_get_u16(&records);
        struct wire_rd data = wire_get_part(&records, wire_get_u16(&records));
        CN_ASSERT(!records.failed);
        *last = data.p;
        if (p->quiet) continue;
        encode_open(&p->e, &(struct encode_record){section, owner, type, ttl_s});
        put_data(&p->e, type, data);
        encode_close(&p->e);
    }
}

/* Tells one link. True when the chain goes on, with `name`. */
static bool put_link(struct reply *p, enum resolver_kind kind, struct wire_rd records,
                     uint32_t ttl_s, uint8_t name[DNAME_MAX])
{
    const uint8_t *last = NULL;
    if (kind == RESOLVER_FAILURE) {
        fail(p, ENCODE_SERVFAIL, EDE_NO_REACHABLE_AUTHORITY,
             "no answer from the authority, and this resolver asks nobody else");
        return false;
    }
    put_records(p, records, ttl_s, &last);
    if (kind == RESOLVER_NXDOMAIN) p->rcode = ENCODE_NXDOMAIN;
    if (kind != RESOLVER_ALIAS || !answer_follows(p->m->type)) return false;
    CN_ASSERT(last != NULL);
    dname_lower(last, name);
    return true;
}

static bool put_hit(struct reply *p, const struct cache_hit *hit, uint8_t name[DNAME_MAX])
{
    const struct cache_entry *e = hit->entry;
    struct wire_rd records = {.p = e->data, .len = e->len};
    bool nxdomain = e->kind == RESOLVER_NXDOMAIN;
    if (hit->state != CACHE_FRESH) {
        p->ede = nxdomain ? EDE_STALE_NXDOMAIN : EDE_STALE_ANSWER;
        p->why = "the time of this answer is over";
    }
    p->stale = p->stale || hit->state == CACHE_STALE;
    return put_link(p, (enum resolver_kind)e->kind, records, hit->left_s, name);
}

/* Asks for `name` and tells what comes, link by link. */
static bool put_fetched(struct reply *p, uint8_t name[DNAME_MAX], size_t *links)
{
    const struct resolver_chain *c = &p->r->chain;
    bool on = false;
    fetch(p, name);
    for (size_t i = 0; i < c->count; i++, ++*links) {
        const struct resolver_link *link = &c->links[i];
        struct wire_rd records = {.p = c->data + link->at, .len = link->len};
        uint32_t ttl_s = population_life_s(&p->r->cache.habit, link->ttl_s);
        on = put_link(p, link->kind, records, ttl_s, name);
    }
    return on;
}

/* --- one query -------------------------------------------------------------------------------- */

/* Follows the chain from the question to its end: from what is kept, else by asking. */
static void walk(struct reply *p)
{
    uint8_t name[DNAME_MAX];
    bool on = true;
    dname_lower(p->m->name, name);
    for (size_t links = 0; on;) {
        struct cache_hit hit = look(p, name);
        bool usable = hit.state != CACHE_NONE && !(p->quiet && hit.state == CACHE_STALE);
        if (links >= RESOLVER_LINKS_MAX) {
            fail(p, ENCODE_SERVFAIL, EDE_OTHER, "the aliases have no end");
            return;
        }
        if (usable) {
            on = put_hit(p, &hit, name);
            links++;
        } else if (p->m->rd) {
            on = put_fetched(p, name, &links);
        } else {
            fail(p, ENCODE_REFUSED, EDE_NOT_AUTHORITATIVE,
                 "not in the cache, and recursion is not desired");
            return;
        }
    }
}

static size_t limit(const struct responder_client *c, const struct message *m)
{
    if (c->tcp) return RESPONDER_TCP_MAX;
    if (m->udp_size < RESPONDER_UDP_MIN) return RESPONDER_UDP_MIN;
    return m->udp_size < RESPONDER_UDP_MAX ? m->udp_size : RESPONDER_UDP_MAX;
}

static void put_ede(struct reply *p)
{
    uint8_t data[2 + EDE_TEXT_MAX];
    if (!p->m->edns || p->why == NULL) return;
    size_t len = strlen(p->why);
    CN_ASSERT(len <= EDE_TEXT_MAX);
    data[0] = (uint8_t)((unsigned)p->ede >> 8);
    data[1] = (uint8_t)p->ede;
    memcpy(data + 2, p->why, len);
    if (encode_option(&p->e, MESSAGE_OPTION_EDE, data, 2 + len)) return;
    (void)encode_option(&p->e, MESSAGE_OPTION_EDE, data, 2);
}

/* RA; CD as it came (RFC 4035 section 3.2.2). AD is never set: nothing is validated. */
static void set_flags(uint8_t *answer, size_t len, struct responder_query query)
{
    if (len < MESSAGE_HEADER_BYTES) return;
    answer[3] = (uint8_t)(answer[3] | FLAG_RA | (query.bytes[3] & FLAG_CD));
}

static bool is_error(enum encode_rcode rcode)
{
    return rcode != ENCODE_NOERROR && rcode != ENCODE_NXDOMAIN;
}

/* No row and no PoP: those belong to the authority, which may have been asked long ago. */
static void tell(const struct responder_client *c, const struct reply *p, const uint8_t *answer)
{
    if (c->note == NULL) return;
    *c->note = (struct responder_note){.counted = true,
                                       .truncated = (answer[2] & FLAG_TC) != 0,
                                       .pop = CN_NONE16,
                                       .type = p->m->type,
                                       .rcode = (uint16_t)p->rcode,
                                       .line = c->line};
}

static void begin(struct reply *p, const struct resolver_query *q, uint8_t *out)
{
    encode_begin(&p->e, p->m, q->query.bytes, out, limit(q->client, p->m));
    responder_put_options(&p->e, q->client, p->m);
}

size_t resolver_answer(struct resolver *r, const struct resolver_query *q, uint8_t *out, size_t cap)
{
    struct message m;
    struct reply p = {.r = r, .m = &m, .now = q->now};
    size_t len;
    if (message_read(&m, q->query.bytes, q->query.len) != MESSAGE_OK) {
        len = responder_answer(q->w, q->client, q->query, out, cap);
        set_flags(out, len, q->query);
        return len;
    }
    begin(&p, q, out);
    walk(&p);
    if (is_error(p.rcode)) begin(&p, q, out); /* half a chain is none */
    put_ede(&p);
    const struct encode_end end = {.rcode = p.rcode, .udp_size = RESPONDER_UDP_MAX};
    len = encode_finish(&p.e, &end);
    set_flags(out, len, q->query);
    tell(q->client, &p, out);
    if (p.stale && m.rd) {
        p.quiet = true;
        walk(&p);
    }
    return len;
}
