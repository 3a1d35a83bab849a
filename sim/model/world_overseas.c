/* SPDX-License-Identifier: MIT
 * world_overseas.c: the loop of FACTS 0.3: access providers look whether a filed domain still
 * resolves to the mainland, so that staying failed-over can itself cost the filing.
 *
 * Off by default (setting overseas_audit), and then it costs nothing. Switched on, it looks at a
 * site when the site's class or filing changes, and at all sites of a partner when that partner's
 * last PoP fails or its first one is back: not at every event of the network. */
#include "world_internal.h"

/* Whether some client of the mainland gets a mainland address for hosts of the class. */
static bool class_inside(struct world *w, uint16_t class_)
{
    const struct cell *cells = world_cells(w, class_, FAMILY_V4);
    const struct topology *t = w->topology;
    for (uint16_t line = 0; line < t->line_count; line++) {
        if (t->lines[line].zone != ZONE_MAINLAND || cells[line].kind != DECISION_POP) continue;
        if (t->pops[cells[line].pop].class_ == POP_MAINLAND) return true;
    }
    return false;
}

/* A site whose hosts are all aliases or yet to come is not one that resolves elsewhere. */
bool world_overseas_now(struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    uint16_t outside = CN_NONE16; /* the class of the host before */
    for (uint32_t i = 0; i < spec->host_count; i++) {
        uint32_t host = spec->host_first + i;
        uint16_t number = w->hosts[host].class_;
        if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) continue;
        if (number != outside && class_inside(w, number)) return false;
        outside = number;
    }
    return outside != CN_NONE16;
}

void world_overseas_site(struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    if (!w->choices->overseas_audit) return;
    bool audited =
        s->filing == FILING_ACTIVE && world_access_at(w, site, s->partner) == ACCESS_ACTIVE;
    bool wants = audited && world_overseas_now(w, site);
    bool runs = world_timer_is_set(w, TIMER_OVERSEAS, site);
    if (!wants) world_clear_timer(w, TIMER_OVERSEAS, site);
    if (!wants || runs) return;
    world_start_timer(w, TIMER_OVERSEAS, site, w->choices->overseas_tolerance,
                      "overseas_tolerance");
}

void world_overseas_partner(struct world *w, uint8_t partner)
{
    if (w->choices->overseas_audit) world_work_partner(w, partner);
}

void world_overseas_in_partner(struct world *w, uint8_t partner, uint32_t site)
{
    if (w->sites[site].partner == partner) world_overseas_site(w, site);
}

void world_overseas_start(struct world *w)
{
    for (uint8_t p = 0; p < w->spec->partner_count; p++) {
        world_overseas_partner(w, p);
    }
    world_work_follow(w);
}

enum refusal world_overseas_hit(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct event own = *e;
    own.site = world_app_owner(w, e->site);
    return own.site == e->site ? world_filing_step(w, e->site, e, FILING_EV_AUDIT_HIT)
                               : world_filing_entry(w, &own, FILING_EV_AUDIT_HIT);
}
