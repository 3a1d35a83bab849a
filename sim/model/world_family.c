/* SPDX-License-Identifier: MIT
 * world_family.c: outages of one address family: a PoP's, a province's, a carrier's, the whole
 * mainland's (FACTS C2 rows 6 and 7). */
#include "world_internal.h"

/* Flips a flag; refused when it already says so. */
static enum refusal flip(bool *flag, bool down)
{
    if (*flag == down) return REFUSAL_OUTAGE_BAD_STATE;
    *flag = down;
    return REFUSAL_NONE;
}

static enum refusal flip_carrier(struct family_state *f, const struct event *e, bool down)
{
    uint16_t *bits =
        e->region == CN_NONE16 ? &f->carriers_down : &f->region_carriers_down[e->region];
    uint16_t bit = (uint16_t)(1U << e->carrier);
    if (((*bits & bit) != 0) == down) return REFUSAL_OUTAGE_BAD_STATE;
    *bits = (uint16_t)(*bits ^ bit);
    return REFUSAL_NONE;
}

enum refusal world_family_outage(struct world *w, const struct event *e, int down)
{
    struct family_state *f = &w->families[e->family];
    enum refusal refusal;
    if (e->pop != CN_NONE16) {
        refusal = flip(&f->pop_down[e->pop], down != 0);
    } else if (e->carrier != CN_NONE16) {
        refusal = flip_carrier(f, e, down != 0);
    } else if (e->region != CN_NONE16) {
        refusal = flip(&f->region_down[e->region], down != 0);
    } else {
        refusal = flip(&f->mainland_down, down != 0);
    }
    if (refusal == REFUSAL_NONE) world_network_refresh(w, false);
    return refusal;
}

/* What a family leaves of a PoP that works otherwise. */
struct pop_status world_family_status(const struct world *w, uint16_t pop, enum family family,
                                      struct pop_status base)
{
    const struct family_state *f = &w->families[family];
    const struct pop *p = &w->topology->pops[pop];
    struct pop_status now = base;
    now.addresses = w->in_use[(size_t)pop * FAMILY_COUNT + family];
    bool out = f->pop_down[pop];
    if (p->class_ == POP_MAINLAND) {
        uint16_t down = (uint16_t)(f->carriers_down | f->region_carriers_down[p->region]);
        if (w->choices->line_failover) now.carriers = (uint16_t)(now.carriers & ~down);
        now.region_out = now.region_out || f->region_down[p->region];
        out = out || f->mainland_down || f->region_down[p->region] || now.carriers == 0;
    }
    if (out && w->pop_admin[pop] != ADMIN_FORCE_UP) now.usable = false;
    return now;
}
