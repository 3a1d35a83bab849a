/* SPDX-License-Identifier: MIT
 * world_dns.c: who answers queries, and what they cross (FACTS C1, 0.6, C2 rows 27 and 28).
 *
 *   dns_mode   queries that cross the border   partner's nameservers out
 *   global     those of mainland clients       no effect
 *   in_china   those of clients elsewhere      nobody gets an answer                    */
#include "world_internal.h"

/* Answers change that no cell shows: whoever keeps an eye on them must look again. */
static void messages_changed(struct world *w)
{
    world_network_refresh(w, true);
    w->message_generation = w->generation;
}

enum refusal world_dns_outage(struct world *w, const struct event *e, int down)
{
    enum refusal refusal = REFUSAL_OUTAGE_BAD_STATE;
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        struct partner *p = &w->partners[i];
        if ((e->partner != CN_NONE16 && e->partner != i) || p->dns_down == (down != 0)) continue;
        p->dns_down = down != 0;
        refusal = REFUSAL_NONE;
    }
    if (refusal == REFUSAL_NONE) messages_changed(w);
    return refusal;
}

enum refusal world_dns_border(struct world *w, const struct event *e, int congested)
{
    (void)e;
    if (w->border_congested == (congested != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    w->border_congested = congested != 0;
    messages_changed(w);
    return REFUSAL_NONE;
}

bool world_dns_out(const struct world *w, uint8_t partner)
{
    return w->choices->dns_mode == DNS_IN_CHINA && w->partners[partner].dns_down;
}

bool world_dns_crosses(const struct world *w, uint16_t line)
{
    const struct topology *t = w->topology;
    if (line == t->unknown_line) line = w->spec->unknown_line;
    bool inside = t->lines[line].zone == ZONE_MAINLAND;
    return inside == (w->choices->dns_mode == DNS_GLOBAL);
}
