/* SPDX-License-Identifier: MIT
 * world_commercial.c: the holders' commercial licences: dates, bars, and the sites that need one.
 */
#include "world_internal.h"

enum { JANUARY = 1, APRIL = 4 };

static simtime next_month(const struct world *w, int month)
{
    walltime now = simtime_wall(w->spec->start, w->now);
    return (simtime){calendar_next_month(now, month).ns - w->spec->start.ns};
}

static struct commercial_view view_of(const struct world *w, uint32_t holder)
{
    const struct holder *h = &w->holders[holder];
    return (struct commercial_view){
        .filing_in_force = h->accessible > 0,
        .eligible = world_applicant_may_sell(w, holder),
        .bar_over = !simtime_before(w->now, h->barred_from_commercial),
    };
}

static void start_after(struct world *w, enum holder_timer timer, uint32_t holder,
                        struct duration_range r, const char *purpose)
{
    simdur d = world_draw_for_holder(w, holder, r, purpose);
    world_set_holder_timer(w, timer, holder, simtime_add(w->now, d));
}

/* The next date of the state: a decision on the application, the report of the new year, its end.
 */
static void start_timer(struct world *w, uint32_t holder)
{
    const struct choices *c = w->choices;
    world_clear_holder_timer(w, TIMER_COMMERCIAL, holder);
    switch ((int)w->holders[holder].commercial) {
    case COMMERCIAL_APPLYING:
        if (c->reviews != REVIEWS_DRAWN) break;
        start_after(w, TIMER_COMMERCIAL, holder, c->commercial_review, "commercial_review");
        break;
    case COMMERCIAL_ISSUED:
        world_set_holder_timer(w, TIMER_COMMERCIAL, holder, next_month(w, JANUARY));
        break;
    case COMMERCIAL_REPORT_DUE:
        world_set_holder_timer(w, TIMER_COMMERCIAL, holder, next_month(w, APRIL));
        break;
    default:
        break;
    }
}

static void bar(struct world *w, uint32_t holder)
{
    simdur d = world_draw_for_holder(w, holder, w->choices->commercial_bar, "commercial_bar");
    w->holders[holder].barred_from_commercial = simtime_add(w->now, d);
}

static void enter_state(struct world *w, uint32_t holder, enum commercial_event event)
{
    enum commercial_state state = (enum commercial_state)w->holders[holder].commercial;
    if (event == COMMERCIAL_EV_ISSUE) {
        start_after(w, TIMER_EXPIRY, holder, w->choices->commercial_validity,
                    "commercial_validity");
    } else if (!commercial_in_force(state)) {
        world_clear_holder_timer(w, TIMER_EXPIRY, holder);
    }
    if (state == COMMERCIAL_REVOKED) bar(w, holder);
    start_timer(w, holder);
}

static void reach_site(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    if (w->spec->sites[site].needs_commercial) world_class_site(w, site);
}

static const struct world_pass of_holder = {world_work_of_holder, reach_site, NULL};

enum refusal world_commercial(struct world *w, const struct event *e, int arg)
{
    struct holder *h = &w->holders[e->holder];
    struct commercial_view view = view_of(w, e->holder);
    struct commercial_step step =
        commercial_step((enum commercial_state)h->commercial, (enum commercial_event)arg, &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    h->commercial = (uint8_t)step.to;
    enter_state(w, e->holder, (enum commercial_event)arg);
    world_work_begin(w, &of_holder, e, h->site_first);
    return REFUSAL_NONE;
}

void world_commercial_start(struct world *w, uint32_t holder)
{
    const struct holder_spec *spec = &w->spec->holders[holder];
    if (spec->commercial == COMMERCIAL_REVOKED) bar(w, holder);
    start_timer(w, holder);
    if (!commercial_in_force(spec->commercial) || spec->commercial_until.ns == 0) return;
    int64_t left = spec->commercial_until.ns - w->spec->start.ns;
    world_set_holder_timer(w, TIMER_EXPIRY, holder, (simtime){left > 0 ? left : 0});
}

enum commercial_state world_commercial_state(const struct world *w, uint32_t site)
{
    uint32_t holder = w->spec->sites[site].holder;
    if (holder == CN_NONE32) return COMMERCIAL_NONE;
    return (enum commercial_state)w->holders[holder].commercial;
}

simtime world_commercial_deadline(const struct world *w, uint32_t holder)
{
    simtime next = world_holder_timer_at(w, TIMER_COMMERCIAL, holder);
    simtime expiry = world_holder_timer_at(w, TIMER_EXPIRY, holder);
    return simtime_before(expiry, next) ? expiry : next;
}
