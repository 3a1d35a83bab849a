/* SPDX-License-Identifier: MIT
 * world_psb.c: the sites' filings with the public security bureau: when the duty begins and ends.
 */
#include "world_internal.h"

static bool icp(const struct world *w, uint32_t site)
{
    return filing_serves((enum filing_state)w->sites[site].filing);
}

static void start_after(struct world *w, uint32_t site, struct duration_range r,
                        const char *purpose)
{
    const char *domain = w->spec->sites[site].domain;
    simdur d = world_draw_for(w, domain, r, purpose, w->sites[site].psb_draws++);
    world_set_timer(w, TIMER_PSB, site, simtime_add(w->now, d));
}

/* What a state starts: the deadline, or a review that is drawn. */
static void start_timer(struct world *w, uint32_t site)
{
    uint8_t state = w->sites[site].psb;
    world_clear_timer(w, TIMER_PSB, site);
    if (state == PSB_DUE) {
        start_after(w, site, w->choices->psb_deadline, "psb_deadline");
    } else if (state == PSB_SUBMITTED && w->choices->reviews == REVIEWS_DRAWN) {
        start_after(w, site, w->choices->psb_review, "psb_review");
    }
}

static enum refusal step_site(struct world *w, uint32_t site, enum psb_event event)
{
    struct site *s = &w->sites[site];
    struct psb_step step = psb_step((enum psb_state)s->psb, event, icp(w, site));
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    s->psb = (uint8_t)step.to;
    start_timer(w, site);
    world_class_site(w, site);
    return REFUSAL_NONE;
}

enum refusal world_psb(struct world *w, const struct event *e, int arg)
{
    return step_site(w, e->site, (enum psb_event)arg);
}

void world_psb_look(struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    if (w->spec->sites[site].app) return; /* what is told of the duty is told of sites */
    bool approved = icp(w, site) || s->filing == FILING_APPROVED_UNSYNCED;
    bool open = icp(w, site) && !s->closed;
    bool begins = w->choices->psb_clock == PSB_CLOCK_ICP_APPROVAL ? approved : open;
    if (begins && s->psb == PSB_NOT_DUE) (void)step_site(w, site, PSB_EV_START);
}

void world_psb_start(struct world *w, uint32_t site)
{
    start_timer(w, site);
}
