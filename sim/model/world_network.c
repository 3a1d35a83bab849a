/* SPDX-License-Identifier: MIT
 * world_network.c: PoP health, operators' overrides and outages (FACTS B8). */
#include "world_internal.h"

#include <string.h>

/*  admin      health    outage of province or partner   usable
 *  ---------  --------  ------------------------------  ------
 *  FORCE_UP   *         *                               yes
 *  DRAIN      *         *                               no
 *  OBEY       DOWN      *                               no
 *  OBEY       *         yes, or no carrier left         no
 *  OBEY       DEGRADED  no                              setting degraded_usable
 *  OBEY       UP        no                              yes                            */
static bool usable(const struct world *w, uint16_t pop, const struct pop_status *now)
{
    const struct pop *p = &w->topology->pops[pop];
    bool mainland = p->class_ == POP_MAINLAND;
    if (w->pop_admin[pop] != ADMIN_OBEY) return w->pop_admin[pop] == ADMIN_FORCE_UP;
    if (w->pop_health[pop] == HEALTH_DOWN) return false;
    if (now->region_out || (mainland && (world_partner_out(w, p->partner) || now->carriers == 0)))
        return false;
    return w->pop_health[pop] == HEALTH_UP || w->choices->degraded_usable;
}

static struct pop_status status_of(const struct world *w, uint16_t pop)
{
    const struct pop *p = &w->topology->pops[pop];
    struct pop_status now = {.carriers = p->carriers};
    if (p->region != CN_NONE16) {
        now.region_out = w->region_down[p->region];
        uint16_t down = (uint16_t)(w->carriers_down | w->region_carriers_down[p->region]);
        if (w->choices->line_failover) now.carriers = (uint16_t)(now.carriers & ~down);
    }
    now.usable = usable(w, pop, &now);
    return now;
}

static bool same(const struct pop_status *a, const struct pop_status *b)
{
    return a->usable == b->usable && a->region_out == b->region_out && a->carriers == b->carriers;
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
    bool had[TOPOLOGY_PARTNERS_MAX];
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        had[i] = w->partners[i].usable > 0;
    }
    count_usable(w);
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (had[i] != (w->partners[i].usable > 0)) world_overseas_partner(w, i);
    }
}

void world_network_refresh(struct world *w)
{
    bool changed = false;
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        struct pop_status now = status_of(w, i);
        changed = changed || !same(&now, &w->pops[i]);
        w->pops[i] = now;
    }
    if (!changed) return;
    w->generation++;
    w->changed.network = true;
    recount(w);
}

enum refusal world_network_health(struct world *w, const struct event *e, int arg)
{
    if (w->pop_health[e->pop] == arg) return REFUSAL_POP_BAD_STATE;
    w->pop_health[e->pop] = (uint8_t)arg;
    world_network_refresh(w);
    return REFUSAL_NONE;
}

enum refusal world_network_admin(struct world *w, const struct event *e, int arg)
{
    if (w->pop_admin[e->pop] == arg) return REFUSAL_POP_BAD_STATE;
    w->pop_admin[e->pop] = (uint8_t)arg;
    world_network_refresh(w);
    return REFUSAL_NONE;
}

enum refusal world_network_region(struct world *w, const struct event *e, int down)
{
    bool *state = &w->region_down[e->region];
    if (*state == (down != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    *state = down != 0;
    world_network_refresh(w);
    return REFUSAL_NONE;
}

enum refusal world_network_carrier(struct world *w, const struct event *e, int down)
{
    uint16_t *bits =
        e->region == CN_NONE16 ? &w->carriers_down : &w->region_carriers_down[e->region];
    uint16_t bit = (uint16_t)(1U << e->carrier);
    if (((*bits & bit) != 0) == (down != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    *bits = (uint16_t)(*bits ^ bit);
    world_network_refresh(w);
    return REFUSAL_NONE;
}

void world_network_start(struct world *w)
{
    w->generation = 1;
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        w->pops[i] = status_of(w, i);
    }
    count_usable(w);
}
