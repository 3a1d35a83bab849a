/* SPDX-License-Identifier: MIT
 * export_octodns_rules.c: `dynamic` of octoDNS: pools of values, and rules that lead to them.
 *
 * octoDNS knows clients by country (by province in two countries only, by carrier never) and by
 * subnet. So a line that is a country is a geo code, every other line is its prefixes. A pool may
 * be the target of one rule, and rules by subnet come before rules by geo: a pool that needs both
 * stands there twice, the second time as NAME-geo. */
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/model/topology.h"
#include "export_octodns.h"

enum { POOL_NAME_MAX = POP_ID_MAX + 16 };

struct pool {
    const struct export_variant *v; /* its values */
    uint16_t group;                 /* the first one that it serves */
    uint16_t pop;                   /* whose address it is; CN_NONE16 */
    uint32_t mainland;              /* prefixes of mainland lines */
    int32_t fallback;               /* a pool; -1: none */
    bool subnets, geos;
    char name[POOL_NAME_MAX];
};

struct pools {
    struct export_job *j;
    const struct export_set *set;
    struct pool *pool;
    uint16_t *of;     /* [group] its pool; CN_NONE16 */
    uint16_t *listed; /* [line] its pool if only its prefixes tell it apart; CN_NONE16 */
    uint16_t count;
    uint16_t rest;     /* the pool of clients that nothing is known of */
    uint16_t mainland; /* the pool that the mainland has as a country; CN_NONE16 */
    struct octodns_lists *lists;
};

/* --- pools ------------------------------------------------------------------------------------ */

static bool same_values(const struct export_variant *a, const struct export_variant *b)
{
    const struct export_record *x = a->first;
    const struct export_record *y = b->first;
    if (a->count != b->count) return false;
    for (uint16_t i = 0; i < a->count; i++, x = x->next, y = y->next) {
        if (x->len != y->len || memcmp(x->rdata, y->rdata, x->len) != 0) return false;
    }
    return true;
}

static bool has_address(const struct pop *p, const struct export_record *r)
{
    bool v6 = r->type == RR_AAAA;
    unsigned n = v6 ? p->v6_count + p->v6_spares : p->v4_count + p->v4_spares;
    for (unsigned i = 0; i < n; i++) {
        if (memcmp(v6 ? p->v6[i] : p->v4[i], r->rdata, v6 ? 16 : 4) == 0) return true;
    }
    return false;
}

/* The PoP that the first address belongs to. */
static uint16_t pop_of(const struct export_job *j, const struct export_record *r)
{
    const struct topology *t = j->s->w->topology;
    if (r->type != RR_A && r->type != RR_AAAA) return CN_NONE16;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        if (has_address(&t->pops[i], r)) return i;
    }
    return CN_NONE16;
}

/* Named after the PoP; those without, and further ones of the same PoP, have their number behind.
 */
static void name_pool(const struct pools *p, struct pool *pool)
{
    const struct topology *t = p->j->s->w->topology;
    const char *id = pool->pop != CN_NONE16 ? t->pops[pool->pop].id : "pool";
    bool taken = pool->pop == CN_NONE16;
    for (const struct pool *o = p->pool; o != pool; o++) {
        taken = taken || o->pop == pool->pop;
    }
    snprintf(pool->name, sizeof(pool->name), "%s", id);
    if (!taken) return;
    snprintf(pool->name, sizeof(pool->name), "%s-%u", id, (unsigned)(pool - p->pool));
}

static void add_pool(struct pools *p, uint16_t group)
{
    struct pool *pool = &p->pool[p->count++];
    *pool = (struct pool){
        .v = &p->set->v[group], .group = group, .pop = pop_of(p->j, p->set->v[group].first)};
    name_pool(p, pool);
}

static void find_pools(struct pools *p)
{
    for (uint16_t g = 0; g < p->j->s->group_count; g++) {
        const struct export_variant *v = &p->set->v[g];
        uint16_t i = 0;
        p->of[g] = CN_NONE16;
        if (v->count == 0) continue;
        while (i < p->count && !same_values(v, p->pool[i].v)) {
            i++;
        }
        if (i == p->count) add_pool(p, g);
        p->of[g] = i;
    }
    uint16_t rest = p->of[p->j->s->unknown];
    p->rest = rest != CN_NONE16 ? rest : 0;
}

static uint16_t pool_of_line(const struct pools *p, uint16_t line)
{
    uint16_t group = p->j->s->group[line];
    return group != CN_NONE16 ? p->of[group] : CN_NONE16;
}

/* The mainland as a country gets the pool that most of its prefixes have. */
static void find_mainland(struct pools *p)
{
    const struct topology *t = p->j->s->w->topology;
    p->mainland = CN_NONE16;
    for (uint16_t i = 0; i < t->line_count; i++) {
        uint16_t at = pool_of_line(p, i);
        if (at == CN_NONE16 || t->lines[i].region == CN_NONE16) continue;
        p->pool[at].mainland += octodns_prefixes(p->j, i);
    }
    for (uint16_t i = 0; i < p->count; i++) {
        bool more = p->mainland == CN_NONE16 || p->pool[i].mainland > p->pool[p->mainland].mainland;
        if (p->pool[i].mainland > 0 && more) p->mainland = i;
    }
}

/* How each line is told apart. */
static bool find_rules(struct pools *p)
{
    const struct topology *t = p->j->s->w->topology;
    find_mainland(p);
    for (uint16_t i = 0; i < t->line_count; i++) {
        char geo[OCTODNS_GEO_MAX];
        uint16_t at = pool_of_line(p, i);
        bool is_geo = octodns_geo(&t->lines[i], geo);
        bool by_country = is_geo || (at == p->mainland && t->lines[i].region != CN_NONE16);
        p->listed[i] = CN_NONE16;
        if (at == CN_NONE16 || i == t->unknown_line) continue;
        if (by_country) p->pool[at].geos = true;
        if (!by_country) p->listed[i] = at;
    }
    p->lists = octodns_lists(p->j, p->listed, p->count);
    for (uint16_t i = 0; p->lists != NULL && i < p->count; i++) {
        p->pool[i].subnets = octodns_has(p->lists, i);
    }
    return p->lists != NULL;
}

static enum pop_class class_of(const struct pools *p, const struct pool *pool)
{
    const struct topology *t = p->j->s->w->topology;
    return pool->pop != CN_NONE16 ? t->pops[pool->pop].class_ : POP_GLOBAL;
}

/* From the mainland to the nearest near pool, from everywhere else to the pool of the rest: never
 * into the mainland, and without loops. */
static void find_fallback(const struct pools *p, struct pool *pool)
{
    const struct topology *t = p->j->s->w->topology;
    const uint32_t *rtt_us = t->rtt_us + (size_t)p->j->s->line[pool->group] * t->pop_count;
    uint32_t least_us = UINT32_MAX;
    bool rest_is_mainland = class_of(p, &p->pool[p->rest]) == POP_MAINLAND;
    pool->fallback = pool == &p->pool[p->rest] || rest_is_mainland ? -1 : p->rest;
    if (class_of(p, pool) != POP_MAINLAND) return;
    for (uint16_t i = 0; i < p->count; i++) {
        const struct pool *o = &p->pool[i];
        if (class_of(p, o) != POP_NEAR || rtt_us[o->pop] >= least_us) continue;
        least_us = rtt_us[o->pop];
        pool->fallback = i;
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

static void put_pool(const struct pools *p, const struct pool *pool, const char *suffix)
{
    FILE *f = p->j->main;
    const struct export_record *r = pool->v->first;
    fprintf(f, "        \"%s%s\":\n", pool->name, suffix);
    if (pool->fallback >= 0) {
        fprintf(f, "          fallback: \"%s\"\n", p->pool[pool->fallback].name);
    }
    fputs("          values:\n", f);
    for (uint16_t i = 0; i < pool->v->count; i++, r = r->next) {
        fputs("            - value: ", f);
        export_quoted(f, export_data(p->j, r, false));
        putc('\n', f);
    }
}

static const char *geo_name(const struct pool *pool)
{
    return pool->subnets ? "-geo" : "";
}

static void put_geos(const struct pools *p, uint16_t at)
{
    const struct topology *t = p->j->s->w->topology;
    FILE *f = p->j->main;
    bool any = at == p->mainland;
    fputs(any ? "        - geos: [AS-CN" : "        - geos: [", f);
    for (uint16_t i = 0; i < t->line_count; i++) {
        char geo[OCTODNS_GEO_MAX];
        if (pool_of_line(p, i) != at || !octodns_geo(&t->lines[i], geo)) continue;
        fprintf(f, "%s%s", any ? ", " : "", geo);
        any = true;
    }
    fprintf(f, "]\n          pool: \"%s%s\"\n", p->pool[at].name, geo_name(&p->pool[at]));
}

static void put_rules(const struct pools *p)
{
    for (uint16_t i = 0; i < p->count; i++) {
        if (!p->pool[i].subnets) continue;
        fprintf(p->j->main, "        - pool: \"%s\"\n          subnets: ", p->pool[i].name);
        octodns_put_list(p->j, p->lists, i);
    }
    octodns_written(p->lists);
    for (uint16_t i = 0; i < p->count; i++) {
        if (p->pool[i].geos) put_geos(p, i);
    }
    fprintf(p->j->main, "        - pool: \"%s\"\n", p->pool[p->rest].name);
}

static uint32_t least_ttl(const struct pools *p)
{
    uint32_t least_s = UINT32_MAX;
    for (uint16_t g = 0; g < p->j->s->group_count; g++) {
        const struct export_variant *v = &p->set->v[g];
        if (v->count > 0 && v->ttl_s < least_s) least_s = v->ttl_s;
    }
    return least_s;
}

static void put_all(struct pools *p)
{
    FILE *f = p->j->main;
    fputs("    dynamic:\n      pools:\n", f);
    for (uint16_t i = 0; i < p->count; i++) {
        struct pool *pool = &p->pool[i];
        find_fallback(p, pool);
        put_pool(p, pool, "");
        if (pool->geos && pool->subnets) put_pool(p, pool, geo_name(pool));
    }
    fputs("      rules:\n", f);
    put_rules(p);
}

bool octodns_dynamic(struct export_job *j, const struct export_set *set, uint32_t *ttl_s)
{
    uint16_t groups = j->s->group_count;
    uint16_t lines = j->s->w->topology->line_count;
    struct pools p = {.j = j,
                      .set = set,
                      .pool = arena_get(j->zone_memory, groups, sizeof(*p.pool)),
                      .of = arena_get(j->zone_memory, groups, sizeof(*p.of)),
                      .listed = arena_get(j->zone_memory, lines, sizeof(*p.listed))};
    if (p.pool == NULL || p.of == NULL || p.listed == NULL) return false;
    find_pools(&p);
    if (!set->everywhere) {
        export_leave_out(j, set,
                         "lines that have none get what others have: octoDNS knows no pool "
                         "without values");
    }
    *ttl_s = least_ttl(&p);
    if (p.count == 1) return true;
    if (!find_rules(&p)) return false;
    put_all(&p);
    return true;
}
