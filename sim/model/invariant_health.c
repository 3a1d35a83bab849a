/* SPDX-License-Identifier: MIT */
#include "invariant_internal.h"

/* FACTS B8: up or degraded, by the truth at once or by what its damper made of the probes. */
bool invariant_health(const struct world *w, uint16_t pop)
{
    bool damper = w->choices->health != HEALTH_PROFILE_NONE;
    uint16_t region = w->topology->pops[pop].region;
    if (!damper && region != CN_NONE16 && w->region_down[region]) return false;
    switch (damper ? health_state(w->watches[pop].health) : (enum pop_health)w->pop_health[pop]) {
    case HEALTH_UP:
        return true;
    case HEALTH_DEGRADED:
        return w->choices->degraded_usable;
    case HEALTH_UNKNOWN:
        return w->health.cold_start != HEALTH_COLD_FAILING;
    case HEALTH_DOWN:
    case HEALTH_COUNT:
        break;
    }
    return false;
}
