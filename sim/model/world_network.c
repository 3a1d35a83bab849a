/* SPDX-License-Identifier: MIT
 * world_network.c: PoP health, operators' overrides and outages (FACTS B8). */
#include "world_internal.h"

/*  admin      taken for  outage of province or partner   usable
 *  ---------  ---------  ------------------------------  ------
 *  FORCE_UP   *          *                               yes
 *  DRAIN      *          *                               no
 *  OBEY       DOWN       *                               no
 *  OBEY       *          yes, or no carrier left         no
 *  OBEY       DEGRADED   no                              setting degraded_usable
 *  OBEY       UNKNOWN    no                              setting health_cold_start
 *  OBEY       UP         no                              yes
 *
 * With a damper (world_health.c) the outage of a province is found by probes like any other. */
static bool usable(const struct world *w, uint16_t pop, const struct pop_status *now)
{
    const struct pop *p = &w->topology->pops[pop];
    bool mainland = p->class_ == POP_MAINLAND;
    if (w->pop_admin[pop] != ADMIN_OBEY) return w->pop_admin[pop] == ADMIN_FORCE_UP;
    if (w->pop_seen[pop] == HEALTH_DOWN) return false;
    if (now->region_out) return false;
    if (mainland && (world_partner_out(w, p->partner) || now->carriers == 0)) return false;
    if (w->pop_seen[pop] == HEALTH_UNKNOWN) return w->health.cold_start != HEALTH_COLD_FAILING;
    return w->pop_seen[pop] == HEALTH_UP || w->choices->degraded_usable;
}

static struct pop_status status_of(const struct world *w, uint16_t pop)
{
    const struct pop *p = &w->topology->pops[pop];
    struct pop_status now = {.carriers = p->carriers};
    if (p->region != CN_NONE16) {
        bool known = !w->health.damped || w->pop_seen[pop] == HEALTH_DOWN;
        now.region_out = known && w->region_down[p->region];
        uint16_t down = (uint16_t)(w->carriers_down | w->region_carriers_down[p->region]);
        if (w->choices->line_failover) now.carriers = (uint16_t)(now.carriers & ~down);
    }
    now.usable = usable(w, pop, &now);
    return now;
}

static bool same(const struct pop_status *a, const struct pop_status *b)
{
    return a->usable == b->usable && a->region_out == b->region_out && a->blocked == b->blocked &&
           a->addresses == b->addresses && a->carriers == b->carriers;
}

static void count_usable(struct world *w)
{
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        w->partners[i].usable = 0;
    }
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        const struct pop *p = &w->topology->pops[i];
        if (p->class_ == POP_MAINLAND && w->pops[i].usable) w->partners[p->partner].usable++;
    }
}

/* Counts again; tells the sites of a partner that lost its last PoP or has its first one back. */
static void recount(struct world *w)
{
    bool had[TOPOLOGY_PARTNERS_MAX] = {false};
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        had[i] = w->partners[i].usable > 0;
    }
    count_usable(w);
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (had[i] != (w->partners[i].usable > 0)) world_overseas_partner(w, i);
    }
}

static bool has_block(const struct world *w, uint16_t pop, unsigned family)
{
    for (uint32_t i = 0; i < w->block_count; i++) {
        if (w->blocks[i].pop == pop && w->blocks[i].family == family) return true;
    }
    return false;
}

/* How each family sees a PoP; over any of them it works while one does. Where v6_failover keeps
 * AAAA, IPv6 is answered as if it worked wherever anything does. */
static void statuses_of(const struct world *w, uint16_t pop, struct pop_status out[FAMILY_COUNT],
                        struct pop_status *any)
{
    struct pop_status base = status_of(w, pop);
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        out[f] = world_family_status(w, pop, (enum family)f, base);
        out[f].blocked = has_block(w, pop, f);
    }
    const struct pop_status *v4 = &out[FAMILY_V4];
    struct pop_status *v6 = &out[FAMILY_V6];
    *any = base;
    any->usable = v4->usable || v6->usable;
    any->carriers = (uint16_t)(v4->carriers | v6->carriers);
}

static void keep_v6(struct pop_status *v6, const struct pop_status *any)
{
    v6->usable = any->usable;
    v6->carriers = any->carriers;
    v6->region_out = any->region_out;
}

/* True when something changed. */
static bool refresh_pop(struct world *w, uint16_t pop)
{
    struct pop_status now[FAMILY_COUNT];
    struct pop_status any;
    statuses_of(w, pop, now, &any);
    const struct pop *p = &w->topology->pops[pop];
    bool mainland = p->class_ == POP_MAINLAND;
    uint16_t partner = (uint16_t)(1U << p->partner);
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        struct family_state *family = &w->families[f];
        if (mainland && now[f].usable) family->mainland_works |= partner;
    }
    if (w->choices->v6_failover == V6_KEEP) keep_v6(&now[FAMILY_V6], &any);
    bool changed = !same(&any, &w->pops[pop]);
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        changed = changed || !same(&now[f], &w->families[f].pops[pop]);
        w->families[f].pops[pop] = now[f];
    }
    w->pops[pop] = any;
    const struct pop_status *v4 = &now[FAMILY_V4];
    const struct pop_status *v6 = &now[FAMILY_V6];
    w->families_part = w->families_part || v4->usable != v6->usable ||
                       v4->region_out != v6->region_out || v4->carriers != v6->carriers ||
                       v4->blocked || v6->blocked;
    return changed;
}

static bool refresh_all(struct world *w)
{
    bool changed = false;
    uint16_t before[FAMILY_COUNT];
    w->families_part = w->own_listed > 0;
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        before[f] = w->families[f].mainland_works;
        w->families[f].mainland_works = 0;
    }
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        changed = refresh_pop(w, i) || changed;
    }
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        changed = changed || before[f] != w->families[f].mainland_works;
    }
    uint16_t works = w->families[FAMILY_V4].mainland_works;
    w->families_part = w->families_part || works != w->families[FAMILY_V6].mainland_works;
    return changed;
}

void world_network_refresh(struct world *w, bool changed)
{
    world_health_refresh(w);
    changed = refresh_all(w) || changed;
    if (!changed) return;
    w->generation++;
    w->changed.network = true;
    recount(w);
}

enum refusal world_network_health(struct world *w, const struct event *e, int arg)
{
    if (w->pop_health[e->pop] == arg) return REFUSAL_POP_BAD_STATE;
    w->pop_health[e->pop] = (uint8_t)arg;
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

enum refusal world_network_admin(struct world *w, const struct event *e, int arg)
{
    if (w->pop_admin[e->pop] == arg) return REFUSAL_POP_BAD_STATE;
    w->pop_admin[e->pop] = (uint8_t)arg;
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

enum refusal world_network_region(struct world *w, const struct event *e, int down)
{
    bool *state = &w->region_down[e->region];
    if (*state == (down != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    *state = down != 0;
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

enum refusal world_network_carrier(struct world *w, const struct event *e, int down)
{
    uint16_t *bits =
        e->region == CN_NONE16 ? &w->carriers_down : &w->region_carriers_down[e->region];
    uint16_t bit = (uint16_t)(1U << e->carrier);
    if (((*bits & bit) != 0) == (down != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    *bits = (uint16_t)(*bits ^ bit);
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

void world_network_start(struct world *w)
{
    w->generation = 1;
    world_health_start(w);
    refresh_all(w);
    count_usable(w);
}
