/* SPDX-License-Identifier: MIT
 * world_access.c: which providers carry a filing, and what the subject is by that (FACTS B1). */
#include "world_internal.h"

static uint32_t bit(uint16_t provider)
{
    return 1U << provider;
}

enum access_state world_access_at(const struct world *w, uint32_t site, uint16_t provider)
{
    const struct site *s = &w->sites[site];
    if ((s->access & bit(provider)) != 0) return ACCESS_ACTIVE;
    if (s->access_order == provider) return ACCESS_ORDERED;
    return (s->access_cancelled & bit(provider)) != 0 ? ACCESS_CANCELLED : ACCESS_NONE;
}

uint8_t world_access_count(const struct world *w, uint32_t site)
{
    uint8_t n = 0;
    for (uint32_t left = w->sites[site].access; left != 0; left &= left - 1) {
        n++;
    }
    return n;
}

static void put(struct world *w, uint32_t site, uint16_t provider, enum access_state state)
{
    struct site *s = &w->sites[site];
    s->access &= ~bit(provider);
    s->access_cancelled &= ~bit(provider);
    if (s->access_order == provider) s->access_order = CN_NONE16;
    if (state == ACCESS_ACTIVE) s->access |= bit(provider);
    if (state == ACCESS_CANCELLED) s->access_cancelled |= bit(provider);
    if (state == ACCESS_ORDERED) s->access_order = provider;
}

static void step(struct world *w, uint32_t site, uint16_t provider, enum access_event event)
{
    struct access_step to = access_step(world_access_at(w, site, provider), event);
    if (to.refusal == REFUSAL_NONE) put(w, site, provider, to.to);
}

/* An access does not outlive the filing, nor does an order for one. */
void world_access_follow(struct world *w, uint32_t site, const struct event *e,
                         enum filing_event event)
{
    struct site *s = &w->sites[site];
    switch ((int)event) {
    case FILING_EV_BUREAU_PASS:
        s->access = s->filed_through;
        break;
    case FILING_EV_ADD_ACCESS:
        step(w, site, e->provider, ACCESS_EV_ADD);
        break;
    case FILING_EV_CHANGE_DONE:
        if (s->access_order != CN_NONE16) step(w, site, s->access_order, ACCESS_EV_DONE);
        break;
    case FILING_EV_CANCEL_ACCESS:
        step(w, site, e->provider, ACCESS_EV_CANCEL);
        break;
    case FILING_EV_AUDIT_TIMEOUT:
        step(w, site, s->auditor, ACCESS_EV_CANCEL);
        break;
    case FILING_EV_DEREGISTER:
    case FILING_EV_DEREGISTER_SUBJECT:
    case FILING_EV_REVOKE:
        if (s->access_order != CN_NONE16) step(w, site, s->access_order, ACCESS_EV_VOID);
        s->access = 0;
        break;
    case FILING_EV_REFILE:
        s->filed_through = bit(s->partner);
        s->access_cancelled = 0;
        break;
    default:
        break;
    }
}

/* An event about a domain that an app's filing covers is about the app's filing. */
static struct event of_filing(const struct world *w, const struct event *e)
{
    struct event own = *e;
    own.site = world_app_owner(w, e->site);
    return own;
}

static enum refusal apply(struct world *w, const struct event *e, enum filing_event event)
{
    if (w->spec->sites[e->site].app) return world_filing_entry(w, e, event);
    return world_filing_step(w, e->site, e, event);
}

enum refusal world_access_add(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct event own = of_filing(w, e);
    struct access_step to = access_step(world_access_at(w, own.site, e->provider), ACCESS_EV_ADD);
    if (to.refusal != REFUSAL_NONE) return to.refusal;
    return apply(w, &own, FILING_EV_ADD_ACCESS);
}

/* The partner looks, at the app's domains too. */
static uint32_t next_site(const struct world *w, const struct event *e, uint32_t site)
{
    return world_app_next(w, e->site, site);
}

static void look(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    world_filing_changed(w, site);
}

static const struct world_pass looking = {next_site, look, NULL};

/* The audit of a provider that goes is over with it. */
enum refusal world_access_cancel(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct event own = of_filing(w, e);
    const struct site *s = &w->sites[own.site];
    struct access_step to =
        access_step(world_access_at(w, own.site, e->provider), ACCESS_EV_CANCEL);
    if (to.refusal != REFUSAL_NONE) return to.refusal;
    bool audits = s->filing == FILING_AUDIT_NOTICE && s->auditor == e->provider;
    enum refusal refusal =
        apply(w, &own, audits ? FILING_EV_AUDIT_TIMEOUT : FILING_EV_CANCEL_ACCESS);
    if (refusal == REFUSAL_NONE) world_work_begin(w, &looking, &own, own.site);
    return refusal;
}

/* --- subjects --------------------------------------------------------------------------------- */

void world_access_subject(struct world *w, uint32_t holder, enum subject_event event)
{
    struct holder *h = &w->holders[holder];
    h->subject = (uint8_t)subject_step((enum subject_state)h->subject, event).to;
}

/* What the subjects are at the start, by their filings. */
void world_access_start(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        uint32_t holder = w->spec->sites[i].holder;
        uint8_t filing = w->sites[i].filing;
        if (holder == CN_NONE32) continue;
        struct holder *h = &w->holders[holder];
        if (h->accessible > 0) {
            h->subject = SUBJECT_ACTIVE;
        } else if (h->numbers > 0 || filing == FILING_REVOKED || filing == FILING_DEREGISTERED) {
            h->subject = SUBJECT_SHELL; /* its number is not taken with a site's */
        }
    }
}
