/* SPDX-License-Identifier: MIT
 * world_app.c: apps: filings of their own (FACTS A2: one entry per site or app; G).
 *
 * An app is a site without names: what happens to its filing is what happens to a site's, by the
 * same machine. It is no matter of DNS by itself. A domain that has no filing of its own may stand
 * under an app's: then both go the same way, event by event, and so do the answers for its hosts.
 */
#include "world_internal.h"

uint32_t world_app_owner(const struct world *w, uint32_t site)
{
    uint32_t app = w->spec->sites[site].app_of;
    return app != 0 ? app - 1 : site;
}

uint32_t world_app_next(const struct world *w, uint32_t app, uint32_t site)
{
    const struct site_spec *spec = w->spec->sites;
    if (!spec[app].app || spec[app].holder == CN_NONE32) return CN_NONE32;
    uint32_t s =
        site == app ? w->holders[spec[app].holder].site_first : w->sites[site].next_of_holder;
    while (s != CN_NONE32 && spec[s].app_of != app + 1) {
        s = w->sites[s].next_of_holder;
    }
    return s;
}

uint32_t world_app_offender(const struct world *w, uint32_t app)
{
    for (uint32_t s = world_app_next(w, app, app); s != CN_NONE32; s = world_app_next(w, app, s)) {
        if (world_filing_may_submit(w, s) != REFUSAL_NONE) return s;
    }
    return CN_NONE32;
}

enum refusal world_app_refuses(const struct world *w, uint32_t app)
{
    uint32_t site = world_app_offender(w, app);
    return site != CN_NONE32 ? world_filing_may_submit(w, site) : REFUSAL_NONE;
}

bool world_app_lapsed(const struct world *w, uint32_t app)
{
    if (w->sites[app].cause != CAUSE_DOMAIN_LAPSED) return false;
    for (uint32_t s = world_app_next(w, app, app); s != CN_NONE32; s = world_app_next(w, app, s)) {
        if (w->sites[s].expired) return true;
    }
    return false;
}

bool world_app_overseas(struct world *w, uint32_t app)
{
    for (uint32_t s = world_app_next(w, app, app); s != CN_NONE32; s = world_app_next(w, app, s)) {
        if (world_overseas_now(w, s)) return true;
    }
    return false;
}
