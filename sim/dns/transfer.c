/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/transfer.h"

#include "records.h"
#include "responder_internal.h"

enum transfer_phase {
    PHASE_SOA,
    PHASE_APEX,
    PHASE_NODES, /* of the zone; `at` counts them */
    PHASE_HOSTS, /* of the site, or second names of all hosts; `at` counts hosts of the world */
    PHASE_LAST,  /* the SOA once more */
    PHASE_END,
};

struct walk {
    const struct transfer *t;
    struct transfer_cursor *c;
    const struct site_spec *site; /* NULL: the CDN's own zone */
    struct message asked;         /* what one RRset is asked by */
    struct responder_reply r;
};

/* Types that a name may have without a zone that says so. */
enum { MADE_COUNT = 4 };
static const uint16_t made[MADE_COUNT] = {RR_NS, RR_A, RR_AAAA, RR_TXT};

/* Writes an RRset: of an answer, or of the node when that is given. False: there is no room. */
static bool put(struct walk *k, const uint8_t *owner, const struct answer *a,
                const struct zone_node *n)
{
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
    return false;
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
    switch (a->kind) { /* LCOV_EXCL_BR_LINE: there is no other value */
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

/* Whether a name has what its node says and nothing else: no host is routed there. */
static bool is_plain(const struct walk *k, const uint8_t *name, const struct zone_node *n)
{
    uint8_t lower[DNAME_MAX];
    if (n == NULL || n == k->site->zone->nodes) return false;
    dname_lower(name, lower);
    return !world_names_has(k->t->w, lower);
}

/* The type to look for in a step at a name: CNAME, then those that are made, then the node's, which
 * are all of them at a plain one; 0: there are no more. */
static uint16_t type_of_step(const struct zone_node *n, bool plain, uint32_t step)
{
    if (!plain && step == 0) return RR_CNAME;
    if (!plain && step <= MADE_COUNT) return made[step - 1];
    if (!plain) step -= MADE_COUNT + 1;
    return n != NULL && step < n->set_count ? n->sets[step].type : 0;
}

/* Of what is made, only addresses depend on the line. */
static bool wanted_made(const struct walk *k, uint16_t type)
{
    return k->t->part != TRANSFER_ROUTED || type == RR_A || type == RR_AAAA;
}

/* Everything at one name but SOA; beside a CNAME there is nothing else. False: there is no room,
 * and the cursor stands at what did not fit. */
static bool at_name(struct walk *k, const uint8_t *name, const struct zone_node *n)
{
    bool plain = is_plain(k, name, n);
    for (;; k->c->step++) {
        uint32_t step = k->c->step;
        uint16_t type = type_of_step(n, plain, step);
        bool found = false;
        if (type == 0) break;
        if (!plain && step > MADE_COUNT && is_made(type)) continue;
        if (is_made(type) && !wanted_made(k, type)) continue;
        if (!at_type(k, name, n, type, &found)) return false;
        if (type == RR_CNAME && found) break;
    }
    k->c->step = 0;
    return true;
}

static bool put_soa(struct walk *k)
{
    struct answer a = find(k, k->t->apex, RR_SOA);
    return put(k, k->t->apex, &a, NULL);
}

static bool at_apex(struct walk *k)
{
    const struct zone *z = k->site != NULL ? k->site->zone : NULL;
    return z != NULL ? at_name(k, z->nodes[0].name, z->nodes) : at_name(k, k->t->apex, NULL);
}

/* A host that the zone's nodes have not told of; of the CDN's zone, its second name. */
static bool at_host(struct walk *k, uint32_t host)
{
    const struct world *w = k->t->w;
    const struct site_spec *s = k->site;
    if (s == NULL) return w->cdn_names[host] == NULL || at_name(k, w->cdn_names[host], NULL);
    uint8_t name[DNAME_MAX];
    spec_member_host(w->spec, host, k->t->apex, name);
    bool done =
        dname_equal(name, k->t->apex) || (s->zone != NULL && zone_node_at(s->zone, name) != NULL);
    return done || !w->hosts[host].active || at_name(k, name, NULL);
}

static void go_on(struct walk *k, enum transfer_phase phase, uint32_t at)
{
    *k->c = (struct transfer_cursor){.phase = (uint8_t)phase, .at = at};
}

static void after_soa(struct walk *k)
{
    go_on(k, k->t->part == TRANSFER_SOA ? PHASE_END : PHASE_APEX, 0);
}

/* One name, or the SOA. False: there is no room for it. */
static bool advance(struct walk *k)
{
    const struct site_spec *s = k->site;
    uint32_t at = k->c->at;
    uint32_t first = s != NULL ? s->host_first : 0;
    uint32_t end = s != NULL ? first + s->host_count : k->t->w->spec->host_count;
    switch ((enum transfer_phase)k->c->phase) {
    case PHASE_SOA:
        if (k->t->part != TRANSFER_ROUTED && !put_soa(k)) return false;
        after_soa(k);
        return true;
    case PHASE_APEX:
        if (!at_apex(k)) return false;
        go_on(k, PHASE_NODES, 1);
        return true;
    case PHASE_NODES:
        if (s == NULL || s->zone == NULL || at >= s->zone->node_count) {
            go_on(k, PHASE_HOSTS, first);
            return true;
        }
        if (!at_name(k, s->zone->nodes[at].name, &s->zone->nodes[at])) return false;
        break;
    case PHASE_HOSTS:
        if (at >= end) {
            go_on(k, k->t->part == TRANSFER_ALL ? PHASE_LAST : PHASE_END, 0);
            return true;
        }
        if (!at_host(k, at)) return false;
        break;
    case PHASE_LAST:
        if (!put_soa(k)) return false;
        go_on(k, PHASE_END, 0);
        return true;
    case PHASE_END:
        return true;
    }
    k->c->at++;
    return true;
}

enum encode_rcode transfer_refusal(struct world *w, const uint8_t *apex, uint16_t line)
{
    struct answer a;
    answer_find(w, apex, RR_SOA, line, &a);
    if (a.zone == NULL || !dname_equal(a.zone, apex)) return ENCODE_NOTAUTH;
    if (a.kind == ANSWER_SERVFAIL || a.kind == ANSWER_SILENT) return ENCODE_SERVFAIL;
    return is_set(&a, RR_SOA) ? ENCODE_NOERROR : ENCODE_REFUSED;
}

enum transfer_result transfer_next(const struct transfer *t, struct transfer_cursor *c, size_t *len)
{
    const struct encode_end end = {
        .rcode = ENCODE_NOERROR, .authoritative = true, .udp_size = RESPONDER_UDP_MAX};
    struct answer head;
    answer_find(t->w, t->apex, RR_SOA, t->line, &head);
    CN_ASSERT(head.zone != NULL);
    struct walk k = {.t = t, .c = c, .asked = *t->m};
    k.site = head.site != CN_NONE32 ? &t->w->spec->sites[head.site] : NULL;
    k.r = (struct responder_reply){.w = t->w, .m = &k.asked, .line = t->line};
    k.r.key = answer_client_of(t->w, t->line).key;
    encode_begin(&k.r.e, t->m, t->query, t->buffer, t->cap);
    k.r.e.plain = t->plain;
    bool room = true;
    for (uint32_t names = 0; room && c->phase != PHASE_END; names++) {
        if (t->names_max > 0 && names == t->names_max) break;
        room = advance(&k);
    }
    if (k.r.e.counts[ENCODE_ANSWER] > 0) {
        *len = encode_finish(&k.r.e, &end);
        return TRANSFER_MESSAGE;
    }
    if (!room) return TRANSFER_FAILED;
    return c->phase == PHASE_END ? TRANSFER_END : TRANSFER_PAUSE;
}

bool transfer_write(const struct transfer *t)
{
    struct transfer_cursor c = {.at = 0};
    CN_ASSERT(t->names_max == 0);
    for (;;) {
        size_t len = 0;
        enum transfer_result r = transfer_next(t, &c, &len);
        if (r != TRANSFER_MESSAGE) return r == TRANSFER_END;
        if (!t->sink(t->to, t->buffer, len)) return false;
    }
}
