/* SPDX-License-Identifier: MIT
 * world_site.c: what customers, operators and censors do to a site. */
#include "world_internal.h"

void world_site_list(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    simdur d = world_draw(w, site, w->choices->blacklist_min_listed, "min_listed");
    s->blacklisted = true;
    s->listed_until = simtime_add(w->now, d);
}

enum refusal world_site_blacklist(struct world *w, const struct event *e, int arg)
{
    struct site *s = &w->sites[e->site];
    bool list = arg != 0;
    if (s->blacklisted == list) return REFUSAL_BLACKLIST_BAD_STATE;
    if (!list && simtime_before(w->now, s->listed_until)) return REFUSAL_BLACKLIST_STICKY;
    if (list) {
        world_site_list(w, e->site);
    } else {
        s->blacklisted = false;
    }
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}

enum refusal world_site_resolution(struct world *w, const struct event *e, int arg)
{
    struct site *s = &w->sites[e->site];
    if (s->closed == (arg != 0)) return REFUSAL_RESOLUTION_BAD_STATE;
    s->closed = arg != 0;
    world_psb_look(w, e->site);
    world_work_then(w, e->site, world_class_site);
    return REFUSAL_NONE;
}

static void set_class(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    world_class_site(w, site);
}

static const struct world_pass behind_audit = {world_work_no_other, set_class, NULL};

/* A lapsed domain is no longer delegated to us, and an audit will notice (FACTS D1.21). */
enum refusal world_site_registration(struct world *w, const struct event *e, int arg)
{
    struct site *s = &w->sites[e->site];
    bool lapse = arg != 0;
    if (lapse ? s->expired : !s->expired && s->renewed) return REFUSAL_DOMAIN_BAD_STATE;
    s->expired = lapse;
    s->renewed = !lapse;
    world_clear_timer(w, TIMER_REGISTRATION, e->site);
    if (lapse) world_filing_audit(w, e->site, CAUSE_DOMAIN_LAPSED);
    world_work_begin(w, &behind_audit, e, e->site);
    return REFUSAL_NONE;
}

/* FACTS A9, C2 row 23: no state of the site makes this legal. */
enum refusal world_site_disable_ipv6(struct world *w, const struct event *e, int arg)
{
    (void)w;
    (void)e;
    (void)arg;
    return REFUSAL_IPV6_MANDATORY;
}

static bool any_host_entitled(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    for (uint32_t i = 0; i < spec->host_count; i++) {
        uint32_t host = spec->host_first + i;
        struct host_class key = world_class_key(w, host);
        if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) continue;
        if (policy_entitled(&key, world_partner_state(w, &key))) return true;
    }
    return false;
}

/* FACTS C4.26: admin force does not beat the legal state, unless admin_force says so. A site that
 * may be served from the mainland already is: then there is nothing to force. */
enum refusal world_site_force(struct world *w, const struct event *e, int arg)
{
    struct site *s = &w->sites[e->site];
    bool obeyed = w->choices->admin_force == FORCE_OBEYED;
    bool force = arg != 0;
    if (!force && !s->forced) return REFUSAL_FORCE_BAD_STATE;
    if (force && !obeyed && !any_host_entitled(w, e->site)) return REFUSAL_LEGAL_OVERRIDE;
    if (force && s->coverage == COVERAGE_OVERSEAS) return REFUSAL_COVERAGE_EXCLUDES;
    if (force && s->forced) return REFUSAL_FORCE_BAD_STATE;
    if (!obeyed) return REFUSAL_NONE;
    s->forced = force;
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}

/* FACTS B5: Alibaba refuses a region that includes the mainland while the filing is invalid. */
enum refusal world_site_coverage(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct site *s = &w->sites[e->site];
    if (e->coverage != COVERAGE_OVERSEAS && s->status != STATUS_OK) {
        return REFUSAL_DOMAIN_BEIAN_INVALID;
    }
    s->coverage = e->coverage;
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}

enum refusal world_site_ttl(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct site *s = &w->sites[e->site];
    if (s->ttl_s == e->seconds) return REFUSAL_TTL_BAD_STATE;
    s->ttl_s = e->seconds;
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}
