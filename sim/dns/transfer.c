/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/transfer.h"

#include "records.h"
#include "responder_internal.h"

struct walk {
    const struct transfer *t;
    struct message asked; /* what one RRset is asked by */
    struct responder_reply r;
};

/* Types that a name may have without a zone that says so. */
static const uint16_t made[] = {RR_NS, RR_A, RR_AAAA, RR_TXT};

static void begin(struct walk *k)
{
    const struct transfer *t = k->t;
    encode_begin(&k->r.e, t->m, t->query, t->buffer, t->cap);
    k->r.e.plain = t->plain;
}

/* Sends what has been written. */
static bool flush(struct walk *k)
{
    const struct encode_end end = {
        .rcode = ENCODE_NOERROR, .authoritative = true, .udp_size = RESPONDER_UDP_MAX};
    size_t len = encode_finish(&k->r.e, &end);
    return k->t->sink(k->t->to, k->t->buffer, len);
}

/* Writes an RRset: of an answer, or of the node when that is given. */
static bool put(struct walk *k, const uint8_t *owner, const struct answer *a,
                const struct zone_node *n)
{
    for (;;) {
        struct encode *e = &k->r.e;
        struct encode_mark mark = encode_mark(e);
        const struct zone_set *set = n != NULL ? zone_set_of(n, k->asked.type) : NULL;
        if (set != NULL) {
            records_put_set(e, ENCODE_ANSWER, n, set);
        } else {
            responder_put_answer(&k->r, owner, a);
        }
        if (!e->w.failed) return true;
        encode_undo(e, &mark);
        if (e->counts[ENCODE_ANSWER] == 0 || !flush(k)) return false;
        begin(k);
    }
}

static struct answer find(struct walk *k, const uint8_t *name, uint16_t type)
{
    struct answer a;
    k->asked.type = type;
    struct answer_client client = answer_client_of(k->t->w, k->t->line);
    answer_find_for(k->t->w, name, type, client, &a);
    return a;
}

/* Whether the answer to a name and type is an RRset of that name and type. */
static bool is_set(const struct answer *a, uint16_t type)
{
    switch (a->kind) {
    case ANSWER_POP:
    case ANSWER_ORIGIN:
    case ANSWER_SOA:
    case ANSWER_NS:
    case ANSWER_TXT:
        return true;
    case ANSWER_RECORDS:
        return a->set->type == type;
    case ANSWER_ALIAS:
        return type == RR_CNAME;
    case ANSWER_REFUSED:
    case ANSWER_NXDOMAIN:
    case ANSWER_NODATA:
    case ANSWER_WHY:
    case ANSWER_ANY:
    case ANSWER_SERVFAIL:
    case ANSWER_SILENT:
    case ANSWER_DNAME:
    case ANSWER_TOO_LONG:
    case ANSWER_DELEGATION:
    case ANSWER_KIND_COUNT:
        break;
    }
    return false;
}

static bool wanted(const struct walk *k, bool by_line)
{
    return k->t->part == TRANSFER_ALL || by_line == (k->t->part == TRANSFER_ROUTED);
}

/* One type at one name. What another zone or a delegation has taken over, the zone still tells as
 * it stands: NS, DS and glue. `*found` says whether there was an RRset. */
static bool at_type(struct walk *k, const uint8_t *name, const struct zone_node *n, uint16_t type,
                    bool *found)
{
    uint8_t lower[DNAME_MAX];
    dname_lower(name, lower);
    struct answer a = find(k, lower, type);
    bool away = a.zone == NULL || !dname_equal(a.zone, k->t->apex);
    bool handed = away || a.kind == ANSWER_DELEGATION;
    *found = handed ? n != NULL && n->closed != CN_NONE32 && zone_set_of(n, type) != NULL
                    : is_set(&a, type);
    if (!*found || !wanted(k, !handed && a.by_line)) return true;
    return put(k, name, &a, handed ? n : NULL);
}

static bool is_made(uint16_t type)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(made); i++) {
        if (made[i] == type) return true;
    }
    return type == RR_CNAME || type == RR_SOA;
}

/* Everything at one name but SOA; beside a CNAME there is nothing else. */
static bool at_name(struct walk *k, const uint8_t *name, const struct zone_node *n)
{
    bool found = false;
    if (!at_type(k, name, n, RR_CNAME, &found)) return false;
    if (found) return true;
    for (size_t i = 0; i < CN_ARRAY_LEN(made); i++) {
        if (!at_type(k, name, n, made[i], &found)) return false;
    }
    for (uint16_t i = 0; n != NULL && i < n->set_count; i++) {
        uint16_t type = n->sets[i].type;
        if (!is_made(type) && !at_type(k, name, n, type, &found)) return false;
    }
    return true;
}

/* The CDN's own zone: the second names of hosts in partial set-up. */
static bool cdn_names(struct walk *k)
{
    const struct world *w = k->t->w;
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        const uint8_t *name = w->cdn_names[h];
        if (name != NULL && !at_name(k, name, NULL)) return false;
    }
    return true;
}

static bool site_names(struct walk *k, const struct site_spec *s)
{
    const struct world *w = k->t->w;
    for (uint32_t i = 1; s->zone != NULL && i < s->zone->node_count; i++) {
        if (!at_name(k, s->zone->nodes[i].name, &s->zone->nodes[i])) return false;
    }
    for (uint32_t h = s->host_first; h < s->host_first + s->host_count; h++) {
        const uint8_t *name = w->spec->hosts[h].name;
        bool done = dname_equal(name, k->t->apex) ||
                    (s->zone != NULL && zone_node_at(s->zone, name) != NULL);
        if (!done && w->hosts[h].active && !at_name(k, name, NULL)) return false;
    }
    return true;
}

static bool put_soa(struct walk *k)
{
    struct answer a = find(k, k->t->apex, RR_SOA);
    return put(k, k->t->apex, &a, NULL);
}

enum encode_rcode transfer_refusal(struct world *w, const uint8_t *apex, uint16_t line)
{
    struct answer a;
    answer_find(w, apex, RR_SOA, line, &a);
    if (a.zone == NULL || !dname_equal(a.zone, apex)) return ENCODE_NOTAUTH;
    if (a.kind == ANSWER_SERVFAIL || a.kind == ANSWER_SILENT) return ENCODE_SERVFAIL;
    return is_set(&a, RR_SOA) ? ENCODE_NOERROR : ENCODE_REFUSED;
}

bool transfer_write(const struct transfer *t)
{
    struct answer head;
    answer_find(t->w, t->apex, RR_SOA, t->line, &head);
    CN_ASSERT(head.zone != NULL);
    struct walk k = {.t = t, .asked = *t->m};
    k.r = (struct responder_reply){.w = t->w, .m = &k.asked, .line = t->line};
    k.r.key = answer_client_of(t->w, t->line).key;
    bool soa = t->part != TRANSFER_ROUTED;
    const struct site_spec *s = head.site != CN_NONE32 ? &t->w->spec->sites[head.site] : NULL;
    const struct zone_node *apex = s != NULL && s->zone != NULL ? s->zone->nodes : NULL;
    begin(&k);
    if (soa && !put_soa(&k)) return false;
    if (t->part != TRANSFER_SOA) {
        if (!at_name(&k, apex != NULL ? apex->name : t->apex, apex)) return false;
        if (!(s != NULL ? site_names(&k, s) : cdn_names(&k))) return false;
        if (t->part == TRANSFER_ALL && !put_soa(&k)) return false;
    }
    return flush(&k);
}
