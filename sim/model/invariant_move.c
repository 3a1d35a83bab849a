/* SPDX-License-Identifier: MIT
 * invariant_move.c: how far the setting mainland_failover lets an answer go (FACTS C4.4). */
#include "invariant_internal.h"

#include <string.h>

/* The nearest of the partner's PoPs that are attached to a carrier, working or not, by comparing
 * them all; CARRIER_COUNT: to any. CN_NONE16: there is none. */
static uint16_t nearest_if_well(const struct world *w, uint16_t line, uint8_t partner,
                                enum carrier carrier)
{
    const struct topology *t = w->topology;
    const uint32_t *metric = &t->metric_value[(size_t)line * t->pop_count];
    uint16_t best = CN_NONE16;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        const struct pop *p = &t->pops[i];
        if (p->class_ != POP_MAINLAND || p->partner != partner) continue;
        if (carrier != CARRIER_COUNT && (p->carriers >> carrier & 1U) == 0) continue;
        if (best == CN_NONE16 || metric[i] < metric[best]) best = i;
        if (metric[i] != metric[best] || i == best) continue;
        uint32_t mine = topology_tie(t, line, i);
        uint32_t its = topology_tie(t, line, best);
        if (mine < its || (mine == its && strcmp(p->id, t->pops[best].id) < 0)) best = i;
    }
    return best;
}

bool invariant_may_move(const struct world *w, uint16_t line, const struct moved *m)
{
    uint16_t own = nearest_if_well(w, line, m->partner, w->topology->lines[line].carrier);
    switch ((enum mainland_failover)w->choices->mainland_failover) {
    case MAINLAND_FAILOVER_CARRIER:
        return m->reached || own == CN_NONE16;
    case MAINLAND_FAILOVER_NEAREST:
        if (own == CN_NONE16) own = nearest_if_well(w, line, m->partner, CARRIER_COUNT);
        return m->pop == own;
    case MAINLAND_FAILOVER_ANY:
    case MAINLAND_FAILOVER_COUNT:
        break;
    }
    return true;
}
