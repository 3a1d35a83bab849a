/* SPDX-License-Identifier: MIT
 * world_onboard.c: vetting, subscription, suspension and provisioning within the world. */
#include "world_internal.h"

static bool shared_edge_locked(const struct world *w, uint32_t site)
{
    const struct site_spec *s = &w->spec->sites[site];
    return s->edge_name != CN_NONE32 && s->policy != POLICY_UNMAP_SHARED;
}

static struct onboarding_view view_of(const struct world *w, uint32_t site, uint16_t inputs)
{
    const struct site *s = &w->sites[site];
    const struct account *a = &w->accounts[w->spec->sites[site].account];
    return (struct onboarding_view){
        .filing_serves = s->status == STATUS_OK,
        .access_filed = !filing_serves((enum filing_state)s->filing) ||
                        world_access_at(w, site, s->partner) == ACCESS_ACTIVE,
        .has_number = filing_has_number((enum filing_state)s->filing),
        .inputs_complete = inputs == VETTING_INPUTS_ALL,
        .vetted = vetting_passed((enum vetting_state)s->vetting),
        .subscribed = a->subscription == SUBSCRIPTION_ACTIVE,
        .shared_edge_locked = shared_edge_locked(w, site),
    };
}

/* One step of a host's machine; the guards see `view`. */
static enum refusal step_host(struct world *w, uint32_t host, enum provisioning_event event,
                              const struct onboarding_view *view)
{
    struct host *h = &w->hosts[host];
    struct onboarding_step step =
        provisioning_step((enum provisioning_state)h->provisioning, event, view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    h->provisioning = (uint8_t)step.to;
    h->unmapped = event == PROVISIONING_EV_DEACTIVATE;
    world_clear_host_timer(w, host);
    world_onboard_start(w, host);
    return REFUSAL_NONE;
}

/* A derived event, for every routed host of a site for which it is legal. */
static void derive(struct world *w, uint32_t host, enum provisioning_event event)
{
    if (w->spec->hosts[host].cname != NULL) return;
    struct onboarding_view view = view_of(w, w->hosts[host].site, 0);
    enum refusal ignored = step_host(w, host, event, &view);
    (void)ignored; /* hosts that are further along stay where they are */
}

static void vetted(struct world *w, uint32_t host)
{
    derive(w, host, PROVISIONING_EV_VETTED);
}

static void refiled(struct world *w, uint32_t host)
{
    derive(w, host, PROVISIONING_EV_REFILED);
}

enum refusal world_onboard_vetting(struct world *w, const struct event *e, int arg)
{
    struct site *s = &w->sites[e->site];
    struct onboarding_view view = view_of(w, e->site, e->inputs);
    struct onboarding_step step =
        vetting_step((enum vetting_state)s->vetting, (enum vetting_event)arg, &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    s->vetting = (uint8_t)step.to;
    world_onboard_review(w, e->site);
    if (step.to == VETTING_APPROVED) {
        world_work_hosts(w, e->site, vetted, world_class_next);
    } else {
        world_class_site(w, e->site);
    }
    return REFUSAL_NONE;
}

/* Reviews that are drawn begin when they are asked for, and pass. */
void world_onboard_review(struct world *w, uint32_t site)
{
    uint8_t state = w->sites[site].vetting;
    world_clear_timer(w, TIMER_VETTING, site);
    if (w->choices->reviews != REVIEWS_DRAWN) return;
    if (state == VETTING_SUBMITTED) {
        world_set_timer(w, TIMER_VETTING, site, w->now);
    } else if (state == VETTING_UNDER_REVIEW || state == VETTING_RE_REVIEW) {
        world_start_timer(w, TIMER_VETTING, site, w->choices->vetting_review, "vetting_review");
    }
}

void world_onboard_rereview(struct world *w, uint32_t site)
{
    if (w->sites[site].vetting != VETTING_APPROVED) return;
    w->sites[site].vetting = VETTING_RE_REVIEW;
    world_onboard_review(w, site);
    world_class_site(w, site);
}

enum refusal world_onboard_content(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (w->choices->rereview_on_content) world_onboard_rereview(w, e->site);
    return REFUSAL_NONE;
}

void world_onboard_reset(struct world *w, uint32_t site)
{
    w->sites[site].vetting = VETTING_NOT_SUBMITTED;
    world_onboard_review(w, site);
    world_work_hosts(w, site, refiled, world_class_next);
}

static void reach_site(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    world_batch_site(w, site);
}

static const struct world_pass of_account = {world_work_of_account, reach_site, NULL};

enum refusal world_onboard_account(struct world *w, const struct event *e,
                                   enum subscription_event event)
{
    struct account *a = &w->accounts[e->account];
    struct onboarding_step step =
        subscription_step((enum subscription_state)a->subscription, event);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    a->subscription = (uint8_t)step.to;
    world_work_begin(w, &of_account, e, a->site_first);
    return REFUSAL_NONE;
}

enum refusal world_onboard_subscription(struct world *w, const struct event *e, int arg)
{
    return world_onboard_account(w, e, (enum subscription_event)arg);
}

enum refusal world_onboard_provision(struct world *w, const struct event *e, int arg)
{
    const struct host *h = &w->hosts[e->host];
    if (!h->active || w->spec->hosts[e->host].cname != NULL) return REFUSAL_HOST_BAD_STATE;
    struct onboarding_view view = view_of(w, h->site, 0);
    enum refusal refusal = step_host(w, e->host, (enum provisioning_event)arg, &view);
    if (refusal == REFUSAL_NONE) world_class_site(w, h->site);
    return refusal;
}

enum refusal world_onboard_add_host(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct host *h = &w->hosts[e->host];
    if (h->active) return REFUSAL_HOST_BAD_STATE;
    h->active = true;
    world_load_join(w, e->host);
    world_tally_host(w, e->host, true);
    world_names_come(w, e->host);
    world_onboard_start(w, e->host);
    world_class_mark(w, e->host);
    world_class_site(w, h->site);
    return REFUSAL_NONE;
}

void world_onboard_start(struct world *w, uint32_t host)
{
    uint8_t state = w->hosts[host].provisioning;
    if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) return;
    if (state != PROVISIONING_PENDING && state != PROVISIONING_PENDING_ALLOWLIST) return;
    simdur d =
        world_draw(w, w->hosts[host].site, w->choices->provisioning_delay, "provisioning_delay");
    world_set_host_timer(w, host, simtime_add(w->now, d));
}
