/* SPDX-License-Identifier: MIT
 * world_package.c: bandwidth packages within the world: what the guards look at, what an order
 * costs, the timers. */
#include "world_internal.h"

static const struct package_spec *spec_of(const struct world *w, uint16_t package)
{
    return &w->spec->packages[package];
}

uint32_t world_package_connected(const struct world *w, uint16_t package, uint16_t without)
{
    uint32_t sum = 0;
    for (uint16_t i = 0; i < w->spec->product_count; i++) {
        bool on_it = w->spec->products[i].package == package && i != without;
        if (on_it && w->products[i].state == PRODUCT_STATE_ACTIVE) {
            sum += w->products[i].mbit;
        }
    }
    return sum;
}

/* --- money ------------------------------------------------------------------------------------ */

bool world_package_affords(const struct world *w, uint32_t account, int64_t minor)
{
    return !w->spec->accounts[account].limited || w->accounts[account].balance_minor >= minor;
}

void world_package_charge(struct world *w, uint32_t account, int64_t minor)
{
    if (w->spec->accounts[account].limited) w->accounts[account].balance_minor -= minor;
}

/* What is paid when the order is placed: a term of the size, or of what is added to it; a package
 * that is paid as it goes is not paid ahead. */
static int64_t amount(const struct world *w, const struct event *e, enum package_event event)
{
    const struct package_spec *spec = spec_of(w, e->package);
    const struct package *p = &w->packages[e->package];
    struct price added = spec->price;
    simdur term = w->choices->package_term.min;
    added.month_minor = 0;
    if (spec->pay_as_you_go) return 0;
    switch (event) {
    case PACKAGE_EV_CREATE:
        return money_for(&spec->price, spec->mbit, term);
    case PACKAGE_EV_RENEW:
        return money_for(&spec->price, p->mbit, term);
    case PACKAGE_EV_UPGRADE:
        return e->mbit > p->mbit ? money_for(&added, e->mbit - p->mbit, term) : 0;
    case PACKAGE_EV_TEMP_UPGRADE:
        return e->mbit > p->mbit ? money_for(&added, e->mbit - p->mbit, e->lasts) : 0;
    case PACKAGE_EV_CREATED:
    case PACKAGE_EV_BIND:
    case PACKAGE_EV_UNBIND:
    case PACKAGE_EV_DOWNGRADE:
    case PACKAGE_EV_RESIZED:
    case PACKAGE_EV_FALLBACK:
    case PACKAGE_EV_EXPIRE:
    case PACKAGE_EV_RELEASE:
    case PACKAGE_EVENT_COUNT:
        break;
    }
    return 0;
}

/* --- one event -------------------------------------------------------------------------------- */

static struct package_view view_of(const struct world *w, const struct event *e, int64_t cost,
                                   enum package_event event)
{
    const struct package_spec *spec = spec_of(w, e->package);
    const struct package *p = &w->packages[e->package];
    return (struct package_view){
        .processing = p->processing,
        .bound = p->bound,
        .pay_as_you_go = spec->pay_as_you_go,
        .temporary = spec->temporary,
        .cross_border = spec->cross_border,
        .affordable = world_package_affords(w, spec->account, cost),
        .rule = (enum rules_downgrade)rules_word(&w->spec->rules, RULES_CROSSBORDER_DOWNGRADE,
                                                 simtime_wall(w->spec->start, e->at)),
        .portal = (enum package_portal)e->portal,
        .mbit = p->mbit,
        .target = event == PACKAGE_EV_CREATE ? spec->mbit : e->mbit,
        .connected = world_package_connected(w, e->package, CN_NONE16),
        .lasts = e->lasts,
        .lasts_min = w->choices->temp_upgrade_min.min,
    };
}

static void set_timer(struct world *w, uint16_t package, struct duration_range r,
                      const char *purpose)
{
    simdur d = world_draw_for(w, spec_of(w, package)->id, r, purpose, w->packages[package].draws++);
    world_set_package_timer(w, PACKAGE_TIMER_STEP, package, simtime_add(w->now, d));
}

/* The term ends when the scenario says, or a term after the order was done. */
static void start_term(struct world *w, uint16_t package, simtime from)
{
    if (spec_of(w, package)->pay_as_you_go) return;
    simtime at = simtime_add(from, w->choices->package_term.min);
    world_set_package_timer(w, PACKAGE_TIMER_TERM, package, at);
}

/* A renewal adds a term to what is left of the old one; an endless term stays endless. */
static void renew(struct world *w, uint16_t package, bool expired)
{
    simtime old = world_package_timer(w, PACKAGE_TIMER_TERM, package);
    if (expired) {
        world_clear_package_timer(w, PACKAGE_TIMER_STEP, package);
        start_term(w, package, w->now);
    } else if (old.ns != SIMTIME_NEVER.ns) {
        start_term(w, package, old);
    }
}

static void expire(struct world *w, uint16_t package, enum package_state from)
{
    struct package *p = &w->packages[package];
    p->bound = from != PACKAGE_IDLE;
    if (from == PACKAGE_TEMP_UPGRADED) p->mbit = p->lasting_mbit;
    p->processing = false; /* an upgrade that was under way is void */
    world_clear_package_timer(w, PACKAGE_TIMER_TERM, package);
    set_timer(w, package, w->choices->package_release_delay, "release");
}

/* What a legal event does besides the state. */
static void act(struct world *w, const struct event *e, enum package_event event,
                enum package_state from)
{
    struct package *p = &w->packages[e->package];
    switch (event) {
    case PACKAGE_EV_CREATE:
        set_timer(w, e->package, w->choices->package_create_delay, "create");
        return;
    case PACKAGE_EV_CREATED:
        start_term(w, e->package, w->now);
        return;
    case PACKAGE_EV_UPGRADE:
        p->processing = true;
        p->target_mbit = e->mbit;
        set_timer(w, e->package, w->choices->package_upgrade_delay, "upgrade");
        return;
    case PACKAGE_EV_RESIZED:
        p->processing = false;
        p->mbit = p->target_mbit;
        return;
    case PACKAGE_EV_DOWNGRADE:
        p->mbit = e->mbit;
        return;
    case PACKAGE_EV_TEMP_UPGRADE:
        p->lasting_mbit = p->mbit;
        p->mbit = e->mbit;
        world_set_package_timer(w, PACKAGE_TIMER_STEP, e->package, simtime_add(w->now, e->lasts));
        return;
    case PACKAGE_EV_FALLBACK:
        p->mbit = p->lasting_mbit;
        return;
    case PACKAGE_EV_RENEW:
        renew(w, e->package, from == PACKAGE_EXPIRED);
        return;
    case PACKAGE_EV_EXPIRE:
        expire(w, e->package, from);
        return;
    case PACKAGE_EV_RELEASE:
        world_clear_package_timer(w, PACKAGE_TIMER_STEP, e->package);
        world_clear_package_timer(w, PACKAGE_TIMER_TERM, e->package);
        return;
    case PACKAGE_EV_BIND:
    case PACKAGE_EV_UNBIND:
    case PACKAGE_EVENT_COUNT:
        break;
    }
}

static void run_meter(struct world *w, uint16_t package)
{
    struct package *p = &w->packages[package];
    enum package_state s = (enum package_state)p->state;
    money_meter(&p->meter, w->now, package_billed(s), s == PACKAGE_IDLE, p->mbit);
}

enum refusal world_package_event(struct world *w, const struct event *e, int arg)
{
    struct package *p = &w->packages[e->package];
    enum package_event event = (enum package_event)arg;
    int64_t cost = amount(w, e, event);
    struct package_view view = view_of(w, e, cost, event);
    enum package_state from = (enum package_state)p->state;
    struct package_step step = package_step(from, event, &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    p->state = (uint8_t)step.to;
    act(w, e, event, from);
    world_package_charge(w, spec_of(w, e->package)->account, cost);
    run_meter(w, e->package);
    w->changed.paths = true;
    return REFUSAL_NONE;
}

/* What the step timer of a package means in the state that it was set for. */
enum event_kind world_package_timer_event(const struct world *w, uint16_t package)
{
    switch (w->packages[package].state) {
    case PACKAGE_CREATING:
        return EV_PACKAGE_CREATED;
    case PACKAGE_TEMP_UPGRADED:
        return EV_PACKAGE_FALLBACK;
    case PACKAGE_EXPIRED:
        return EV_PACKAGE_RELEASED;
    default:
        CN_ASSERT(w->packages[package].processing);
        return EV_PACKAGE_RESIZED;
    }
}

void world_package_start(struct world *w, uint16_t package)
{
    const struct package_spec *spec = spec_of(w, package);
    struct package *p = &w->packages[package];
    *p = (struct package){.state = (uint8_t)spec->state, .mbit = spec->mbit};
    p->bound = package_carries(spec->state) || spec->bound;
    if (spec->state == PACKAGE_CREATING) {
        set_timer(w, package, w->choices->package_create_delay, "create");
    } else if (spec->state == PACKAGE_EXPIRED) {
        set_timer(w, package, w->choices->package_release_delay, "release");
    } else if (package_billed(spec->state) && !spec->pay_as_you_go &&
               spec->expires.ns != SIMTIME_NEVER.ns) {
        world_set_package_timer(w, PACKAGE_TIMER_TERM, package, spec->expires);
    }
    run_meter(w, package);
}
