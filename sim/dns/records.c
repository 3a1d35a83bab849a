/* SPDX-License-Identifier: MIT */
#include "records.h"

#include <string.h>

enum { KEY_IPV4HINT = 4, KEY_IPV6HINT = 6 }; /* RFC 9460 section 14.3.2 */

static uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void open_in(struct encode *e, enum encode_section section, const struct zone_node *n,
                    const struct zone_set *s)
{
    encode_open_exact(e, &(struct encode_record){section, n->name, s->type, s->ttl_s});
}

/* --- data ------------------------------------------------------------------------------------- */

/* Names are compressed only in types of RFC 1035 (RFC 3597 section 4), and only against names that
 * are spelled alike. */
static void put_data(struct encode *e, uint16_t type, const struct zone_datum *d)
{
    const uint8_t *p = d->rdata;
    size_t before = type == RR_MX ? 2 : 0;
    unsigned names = 0;
    if (type == RR_NS || type == RR_CNAME || type == RR_PTR || type == RR_MX) names = 1;
    if (type == RR_SOA) names = 2;
    wire_put_bytes(&e->w, p, before);
    p += before;
    for (; names > 0; names--) {
        encode_name_exact(e, p);
        p += dname_len(p);
    }
    wire_put_bytes(&e->w, p, (size_t)(d->rdata + d->len - p));
}

void records_put_set(struct encode *e, enum encode_section section, const struct zone_node *n,
                     const struct zone_set *s)
{
    for (uint16_t i = 0; i < s->count; i++) {
        open_in(e, section, n, s);
        put_data(e, s->type, &s->data[i]);
        encode_close(e);
    }
}

/* --- hints that follow the decision ----------------------------------------------------------- */

/* One hint with the addresses that the client would get; nothing when there are none. */
static void put_hint(struct records *r, const struct answer *a, const struct zone_datum *d,
                     uint16_t type)
{
    struct answer to;
    struct answer_addresses have;
    const struct answer_hint_ask ask = {d, type, r->client};
    answer_hint(r->w, a, &ask, &to);
    if (r->spill != NULL) answer_spread(r->w, r->client.line, r->spill, &to);
    r->by_client = r->by_client || to.by_client;
    answer_addresses(r->w, &to, type, &have);
    size_t size = type == RR_A ? 4 : 16;
    if (have.count == 0) return;
    wire_put_u16(&r->e->w, type == RR_A ? KEY_IPV4HINT : KEY_IPV6HINT);
    wire_put_u16(&r->e->w, (uint16_t)(have.count * size));
    for (uint8_t i = 0; i < have.count; i++) {
        wire_put_bytes(&r->e->w, have.at[i], size);
    }
}

/* Parameters stand in the order of their keys (RFC 9460 section 2.2). */
static void put_service(struct records *r, const struct answer *a, const struct zone_datum *d)
{
    const uint8_t *p = d->rdata + 2;
    const uint8_t *end = d->rdata + d->len;
    uint8_t hints = d->hints;
    p += dname_len(p);
    wire_put_bytes(&r->e->w, d->rdata, (size_t)(p - d->rdata));
    for (;;) {
        uint16_t key = p < end ? get_u16(p) : UINT16_MAX;
        if ((hints & ZONE_HINT_V4) != 0 && key > KEY_IPV4HINT) {
            put_hint(r, a, d, RR_A);
            hints &= (uint8_t)~ZONE_HINT_V4;
        }
        if ((hints & ZONE_HINT_V6) != 0 && key > KEY_IPV6HINT) {
            put_hint(r, a, d, RR_AAAA);
            hints &= (uint8_t)~ZONE_HINT_V6;
        }
        if (p >= end) return;
        size_t len = 4U + get_u16(p + 2);
        wire_put_bytes(&r->e->w, p, len);
        p += len;
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

static void put_numbers(struct records *r, const uint8_t *p)
{
    uint32_t start = (uint32_t)(r->w->spec->start.ns / SIMDUR_SECOND);
    uint32_t since = world_serial(r->w) - start;
    uint32_t serial = ((uint32_t)get_u16(p) << 16 | get_u16(p + 2)) + since;
    wire_put_u32(&r->e->w, serial); /* arithmetic of RFC 1982 */
    wire_put_bytes(&r->e->w, p + 4, ZONE_SOA_NUMBERS - 4);
}

void records_put_soa(struct records *r, enum encode_section section, const struct answer *a)
{
    const struct zone *z = a->content;
    const uint8_t *p = z->soa->data->rdata;
    struct encode_record head = {section, z->nodes->name, RR_SOA, a->ttl_s};
    encode_open_exact(r->e, &head);
    encode_name_exact(r->e, p);
    p += dname_len(p);
    encode_name_exact(r->e, p);
    p += dname_len(p);
    put_numbers(r, p);
    encode_close(r->e);
}

void records_put(struct records *r, const uint8_t *owner, const struct answer *a)
{
    const struct zone_set *s = a->set;
    if (s->type == RR_SOA) {
        records_put_soa(r, ENCODE_ANSWER, a);
        return;
    }
    for (uint16_t i = 0; i < s->count; i++) {
        encode_open(r->e, &(struct encode_record){ENCODE_ANSWER, owner, s->type, a->ttl_s});
        if (s->data[i].hints != 0) {
            put_service(r, a, &s->data[i]);
        } else {
            put_data(r->e, s->type, &s->data[i]);
        }
        encode_close(r->e);
    }
}

void records_put_dname(struct records *r, const uint8_t *owner, const struct answer *a)
{
    uint8_t target[DNAME_MAX];
    records_put_set(r->e, ENCODE_ANSWER, a->node, a->set);
    if (a->kind == ANSWER_TOO_LONG) return;
    bool fits = zone_substitute(owner, a->node->name, a->target, target);
    CN_ASSERT(fits);
    encode_open(r->e, &(struct encode_record){ENCODE_ANSWER, owner, RR_CNAME, a->ttl_s});
    encode_name_exact(r->e, target);
    encode_close(r->e);
}

/* --- referrals -------------------------------------------------------------------------------- */

static void put_addresses(struct encode *e, const struct zone_node *n)
{
    static const uint16_t types[] = {RR_A, RR_AAAA};
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        const struct zone_set *s = zone_set_of(n, types[i]);
        if (s != NULL) records_put_set(e, ENCODE_ADDITIONAL, n, s);
    }
}

/* Glue of the nameservers below the delegation, or that of those below others of the zone. */
static void put_glue(struct records *r, const struct answer *a, bool own)
{
    const struct zone *z = a->content;
    for (uint16_t i = 0; i < a->set->count; i++) {
        const uint8_t *target = a->set->data[i].rdata;
        if (!dname_within(target, z->nodes->name)) continue;
        const struct zone_node *n = zone_node_at(z, target);
        if (n == NULL || n->closed == CN_NONE32) continue;
        if ((&z->nodes[n->closed] == a->node) != own) continue;
        struct encode_mark mark = encode_mark(r->e);
        put_addresses(r->e, n);
        if (!own && r->e->w.failed) encode_undo(r->e, &mark);
    }
}

void records_put_referral(struct records *r, const struct answer *a)
{
    const struct zone_set *ds = zone_set_of(a->node, RR_DS);
    records_put_set(r->e, ENCODE_AUTHORITY, a->node, a->set);
    if (ds != NULL && r->e->m->dnssec_ok) records_put_set(r->e, ENCODE_AUTHORITY, a->node, ds);
    put_glue(r, a, true);
    if (!r->e->w.failed) put_glue(r, a, false);
}
