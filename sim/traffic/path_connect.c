/* SPDX-License-Identifier: MIT
 * path_connect.c: the second stage: what becomes of a connection to each address. */
#include <string.h>

#include "cnedge/traffic/quality.h"
#include "path_internal.h"

struct server { /* where an answer's addresses are */
    bool mainland;
    uint16_t region; /* mainland: CN_NONE16 when not known */
    uint16_t pop;    /* CN_NONE16: the customer's origin */
};

/* --- where -------------------------------------------------------------------------------- */

static struct server server_of_line(const struct world *w, uint16_t line)
{
    const struct line *l = path_line(w, line);
    return (struct server){l->zone == ZONE_MAINLAND, l->region, CN_NONE16};
}

/* The origin is where its address is, by the table that also places clients. */
static struct server find_server(const struct looker *x)
{
    const struct answer *a = x->q->answer;
    if (a->kind == ANSWER_POP) {
        const struct pop *p = &x->w->topology->pops[a->cell.pop];
        return (struct server){p->class_ == POP_MAINLAND, p->region, a->cell.pop};
    }
    const struct origin_spec *o = x->w->spec->sites[a->site].origin;
    const struct prefix_table *t = x->w->spec->prefixes;
    bool v6 = x->q->type == RR_AAAA;
    if (t == NULL) return (struct server){false, CN_NONE16, CN_NONE16};
    return server_of_line(x->w, (v6 ? prefix_find6(t, o->v6[0]) : prefix_find4(t, o->v4[0])).line);
}

static bool across(const struct looker *x, const struct server *s)
{
    return (x->line->zone == ZONE_MAINLAND) != s->mainland;
}

/* --- after a reset ------------------------------------------------------------------------ */

/* Whether the entry's resets were in force at an instant: they are since `resets_since`, and ended
 * at `ended` if they did. */
static bool in_force_at(const struct listed *l, simtime at)
{
    bool on = l->kind == LISTED_NAME ? l->sni : l->state == MEASURE_ON;
    if (simtime_before(at, l->resets_since)) return false;
    return on || (l->ended.ns != SIMTIME_NEVER.ns && simtime_before(at, l->ended));
}

/* The name the client tried when it was reset, if that was at this very server. */
static const uint8_t *tried_name(const struct looker *x, const struct server *s)
{
    const struct path_question *q = x->q;
    if (q->tried == CN_NONE32) return q->name;
    const struct cell *cells =
        world_cells(x->w, x->w->hosts[q->tried].class_, answer_family(q->type));
    const struct cell *c = &cells[q->client.resolver];
    if (c->kind != DECISION_POP) return NULL;
    uint16_t pop = world_spread_to(x->w, q->tried, q->client.resolver, &q->client.asker, c->pop);
    if (pop != s->pop) return NULL;
    return x->w->spec->hosts[q->tried].name;
}

/* Seconds that a residual block still lasts; 0: none. */
static unsigned left_of(const struct path_question *q, int64_t residual_s)
{
    if (q->first.ns == SIMTIME_NEVER.ns || !simtime_before(q->first, q->now)) return 0;
    int64_t gone = simtime_since(q->now, q->first).ns;
    int64_t all = residual_s * SIMDUR_SECOND;
    return gone >= all ? 0 : (unsigned)((all - gone + SIMDUR_SECOND - 1) / SIMDUR_SECOND);
}

/* --- TLS ------------------------------------------------------------------------------------ */

static bool sni_listed(const struct looker *x)
{
    uint32_t site = answer_zone(x->w, x->q->name);
    if (site != CN_NONE32 && x->w->sites[site].blacklisted) return true; /* row 19 */
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        bool named = l->kind == LISTED_NAME && l->sni && path_names(x->w, l, x->q->name);
        if (named && path_still_listed(x, l)) return true;
    }
    return false;
}

static bool sni_residual(const struct looker *x, const struct server *s)
{
    const uint8_t *name = tried_name(x, s);
    if (name == NULL) return false;
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        if (l->kind == LISTED_NAME && path_names(x->w, l, name) && in_force_at(l, x->q->first)) {
            return true;
        }
    }
    return false;
}

static bool reset_tls(struct looker *x, const struct server *s)
{
    if (sni_listed(x)) {
        path_because(x, PATH_RULE_SNI, 0);
        x->v->connect = PATH_CONNECT_SNI_RESET;
        return true;
    }
    unsigned left = left_of(x->q, PATH_SNI_RESIDUAL_S);
    if (left == 0 || !sni_residual(x, s)) return false;
    path_because(x, PATH_RULE_SNI_RESIDUAL, left);
    x->v->connect = PATH_CONNECT_RESIDUAL;
    return true;
}

/* --- plain HTTP ------------------------------------------------------------------------------- */

static uint64_t second_of(simtime t)
{
    return (uint64_t)(t.ns / SIMDUR_SECOND);
}

/* Whether a request for the name at an instant sets the devices off: three of four do. */
static bool triggers(const struct looker *x, const uint8_t *name, simtime at)
{
    return path_permille(x->w, x->q, name, "http", second_of(at)) < PATH_HTTP_TRIGGER;
}

static bool http_listed(const struct looker *x, const uint8_t *name, simtime at)
{
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        if (l->kind == LISTED_HTTP && path_names(x->w, l, name) && in_force_at(l, at)) return true;
    }
    return false;
}

/* 50 to 75 percent of new connections fail; the share is the client's own (FACTS H, M6). */
static bool http_residual(const struct looker *x, const struct server *s, unsigned *left)
{
    enum { LEAST = 500, SPAN = 251 };
    const struct path_question *q = x->q;
    *left = left_of(q, PATH_HTTP_RESIDUAL_S);
    const uint8_t *name = tried_name(x, s);
    if (*left == 0 || name == NULL || !http_listed(x, name, q->first)) return false;
    if (!triggers(x, name, q->first)) return false;
    unsigned share = LEAST + path_permille(x->w, q, name, "http_residual", 0) % SPAN;
    return path_permille(x->w, q, name, "http_again", second_of(q->now)) < share;
}

static bool reset_http(struct looker *x, const struct server *s)
{
    unsigned left;
    if (http_residual(x, s, &left)) {
        path_because(x, PATH_RULE_HTTP_RESIDUAL, left);
        x->v->connect = PATH_CONNECT_RESIDUAL;
        return true;
    }
    if (!http_listed(x, x->q->name, x->q->now)) return false;
    bool reset = triggers(x, x->q->name, x->q->now);
    path_because(x, reset ? PATH_RULE_HTTP : PATH_RULE_HTTP_PASSED, 0);
    if (reset) x->v->connect = PATH_CONNECT_HTTP_RESET;
    return reset;
}

/* --- others on the way ------------------------------------------------------------------------ */

/* A province's box sees what leaves the province (FACTS H, M7). */
static bool reset_by_province(struct looker *x, const struct server *s)
{
    if (x->line->zone != ZONE_MAINLAND || (s->mainland && s->region == x->line->region)) {
        return false;
    }
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        bool box = l->kind == LISTED_PROVINCE && l->state == MEASURE_ON;
        if (!box || l->region != x->line->region || !path_names(x->w, l, x->q->name)) continue;
        path_because(x, PATH_RULE_PROVINCE, 0);
        x->v->connect = PATH_CONNECT_PROVINCE_RESET;
        return true;
    }
    return false;
}

/* The DNS may not know yet, or an operator holds the PoP up. */
static bool dead_pop(struct looker *x, const struct server *s)
{
    if (s->pop == CN_NONE16 || !world_health_fails(x->w, s->pop)) return false;
    path_because(x, PATH_RULE_DEAD_POP, 0);
    x->v->connect = PATH_CONNECT_DEAD_POP;
    return true;
}

static bool reset_at_border(struct looker *x, const struct server *s)
{
    if (!across(x, s)) return false;
    if (x->w->border_443_reset && x->q->port == PATH_HTTPS) {
        path_because(x, PATH_RULE_BORDER_443, 0);
        x->v->connect = PATH_CONNECT_BORDER_RESET;
        return true;
    }
    return x->q->port == PATH_HTTP ? reset_http(x, s) : reset_tls(x, s);
}

static bool found_on_ports(const struct looker *x)
{
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        bool found = l->kind == LISTED_PORTS && l->state == MEASURE_ON;
        if (found && l->site == x->q->answer->site) return true;
    }
    return false;
}

/* A mainland server of the customer's own: the provider blocks what has no filing as it knows it,
 * on the usual ports at once, on others when it has found the site there (FACTS H, A1). */
static bool blocked_by_provider(struct looker *x)
{
    bool usual = x->q->port == PATH_HTTP || x->q->port == PATH_HTTPS;
    if (x->w->sites[x->q->answer->site].status == STATUS_OK) return false;
    bool block = usual || found_on_ports(x);
    path_because(x, block ? PATH_RULE_BLOCK_PAGE : PATH_RULE_PORT_UNSEEN, 0);
    if (block) x->v->connect = PATH_CONNECT_BLOCK_PAGE;
    return block;
}

/* suspend, deny_at_edge: the mainland address is still answered, and refuses. */
static bool refused_by_edge(struct looker *x, const struct server *s)
{
    if (!s->mainland) return false;
    if (s->pop == CN_NONE16) return blocked_by_provider(x);
    const struct answer *a = x->q->answer;
    if (a->host == CN_NONE32 || x->w->classes[x->w->hosts[a->host].class_].entitled) return false;
    path_because(x, PATH_RULE_DENIED, 0);
    x->v->connect = PATH_CONNECT_DENIED;
    return true;
}

/* --- how far, how well ------------------------------------------------------------------------ */

static void measure(struct looker *x, const struct server *s)
{
    struct quality q;
    if (s->pop == CN_NONE16) return;
    uint16_t line = (uint16_t)(x->line - x->w->topology->lines);
    quality_at(x->w, &(struct quality_path){line, x->q->answer->host, s->pop, x->q->now}, &q);
    x->v->rtt_us = q.rtt_us;
    x->v->loss_permille = q.loss_permille;
}

/* Addresses that are blocked for this line and port; packets to them are dropped. */
static void drop_blocked(struct looker *x, const struct server *s,
                         const struct answer_addresses *addresses)
{
    const struct pop *p = &x->w->topology->pops[s->pop];
    bool v4 = x->q->type == RR_A;
    unsigned blocked = 0;
    const struct host_class *key = &x->w->classes[x->q->answer->class_].key;
    if (s->mainland && key->own_all[answer_family(x->q->type)] != 0) return; /* not the PoP's */
    for (uint8_t i = 0; i < addresses->count; i++) {
        ptrdiff_t at = v4 ? (addresses->at[i] - p->v4[0]) / 4 : (addresses->at[i] - p->v6[0]) / 16;
        const struct world_address address = {.pop = s->pop,
                                              .line = (uint16_t)(x->line - x->w->topology->lines),
                                              .port = x->q->port,
                                              .family = (uint8_t)answer_family(x->q->type),
                                              .index = (uint8_t)at};
        if (!world_address_blocked(x->w, &address)) continue;
        x->v->connects[i] = PATH_CONNECT_DROPPED;
        blocked++;
    }
    if (blocked == 0) return;
    path_because(x, PATH_RULE_DROPPED, blocked);
    if (blocked == addresses->count) x->v->connect = PATH_CONNECT_DROPPED;
}

void path_connect_look(struct looker *x)
{
    struct answer_addresses addresses;
    if (x->q->type != RR_A && x->q->type != RR_AAAA) return;
    answer_addresses(x->w, x->q->answer, x->q->type, &addresses);
    x->v->address_count = addresses.count;
    if (addresses.count == 0) return;
    struct server s = find_server(x);
    measure(x, &s);
    x->v->connect = PATH_CONNECT_OK;
    if (!dead_pop(x, &s) && !reset_at_border(x, &s) && !reset_by_province(x, &s)) {
        (void)refused_by_edge(x, &s);
    }
    memset(x->v->connects, (int)x->v->connect, addresses.count);
    if (x->v->connect == PATH_CONNECT_OK && s.pop != CN_NONE16) drop_blocked(x, &s, &addresses);
}
