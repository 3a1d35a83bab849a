/* SPDX-License-Identifier: MIT
 * world_product.c: cross-border products within the world, attacks on them, and the hour of the day
 * at which the border is crowded. */
#include "world_internal.h"

static const struct product_spec *spec_of(const struct world *w, uint16_t product)
{
    return &w->spec->products[product];
}

/* --- Hong Kong entries: what the policy sees of them ------------------------------------------ */

uint16_t world_product_carriers(const struct world *w, uint16_t product)
{
    const struct product_spec *spec = spec_of(w, product);
    if (spec->carriers != 0) return spec->carriers;
    return product_carriers(spec->kind, (enum product_edition)w->products[product].edition);
}

static struct entry_status status_of(const struct world *w, uint16_t product)
{
    const struct product_spec *spec = spec_of(w, product);
    const struct product *p = &w->products[product];
    if (spec->kind != PRODUCT_HK_ENTRY || p->state != PRODUCT_STATE_ACTIVE) {
        return (struct entry_status){.entry = CN_NONE16, .premium = CN_NONE16};
    }
    bool scrubs =
        p->attack != ATTACK_NONE && !product_edition_inline((enum product_edition)p->edition);
    return (struct entry_status){.active = true,
                                 .scrubbing = scrubs,
                                 .carriers = world_product_carriers(w, product),
                                 .entry = spec->pop,
                                 .premium = spec->premium};
}

/* Answers move only when what the policy sees has changed. */
static void refresh(struct world *w, uint16_t product)
{
    struct entry_status now = status_of(w, product);
    const struct entry_status *old = &w->entries[product];
    bool same = now.active == old->active && now.scrubbing == old->scrubbing &&
                now.carriers == old->carriers;
    w->changed.paths = true;
    if (same) return;
    w->entries[product] = now;
    w->generation++;
    w->changed.network = true;
}

/* --- one event -------------------------------------------------------------------------------- */

static struct product_view view_of(const struct world *w, const struct event *e,
                                   enum product_event event, int64_t cost)
{
    const struct product_spec *spec = spec_of(w, e->product);
    const struct product *p = &w->products[e->product];
    struct product_view v = {
        .kind = spec->kind,
        .licensed = spec->licence == LICENCE_HELD,
        .by_address = spec->by_address,
        .affordable = world_package_affords(w, spec->account, cost),
        .same_edition = p->edition == e->edition,
        .under_attack = p->attack == ATTACK_ON,
        .limit = event == PRODUCT_EV_RESIZE ? e->mbit : p->mbit,
    };
    if (spec->licence == LICENCE_BY_DATE) {
        v.licensed =
            product_licensed(spec->provider, spec->kind, simtime_wall(w->spec->start, e->at));
    }
    if (spec->package != CN_NONE16) {
        const struct package *package = &w->packages[spec->package];
        v.package_carries = package_carries((enum package_state)package->state);
        v.connected = world_package_connected(w, spec->package, e->product);
        v.package_mbit = package->mbit;
    }
    return v;
}

static void act(struct world *w, const struct event *e, enum product_event event)
{
    struct product *p = &w->products[e->product];
    switch (event) {
    case PRODUCT_EV_CHANGE:
        p->edition = e->edition;
        return;
    case PRODUCT_EV_RESIZE:
        p->mbit = e->mbit;
        return;
    case PRODUCT_EV_ATTACK_START:
        p->attack = ATTACK_ON;
        world_clear_product_timer(w, e->product);
        return;
    case PRODUCT_EV_ATTACK_END: {
        simdur d = world_draw_for(w, spec_of(w, e->product)->id, w->choices->attack_switch_back,
                                  "attack_switch_back", p->draws++);
        p->attack = ATTACK_WAITING;
        world_set_product_timer(w, e->product, simtime_add(w->now, d));
        return;
    }
    case PRODUCT_EV_BUY:
    case PRODUCT_EV_CANCEL:
    case PRODUCT_EV_LOSE:
        p->attack = ATTACK_NONE;
        world_clear_product_timer(w, e->product);
        return;
    case PRODUCT_EVENT_COUNT:
        break;
    }
}

static void run_meter(struct world *w, uint16_t product)
{
    struct product *p = &w->products[product];
    money_meter(&p->meter, w->now, p->state == PRODUCT_STATE_ACTIVE, false, p->mbit);
}

enum refusal world_product_event(struct world *w, const struct event *e, int arg)
{
    struct product *p = &w->products[e->product];
    const struct product_spec *spec = spec_of(w, e->product);
    enum product_event event = (enum product_event)arg;
    simdur month = {INT64_C(86400) * MONEY_MONTH_DAYS * SIMDUR_SECOND};
    int64_t cost = event == PRODUCT_EV_BUY ? money_for(&spec->price, p->mbit, month) : 0;
    struct product_view view = view_of(w, e, event, cost);
    struct product_step step = product_step((enum product_state)p->state, event, &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    p->state = (uint8_t)step.to;
    act(w, e, event);
    world_package_charge(w, spec->account, cost);
    run_meter(w, e->product);
    refresh(w, e->product);
    return REFUSAL_NONE;
}

/* The waiting time after an attack is over (D AL32). */
enum refusal world_product_switch_back(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    w->products[e->product].attack = ATTACK_NONE;
    refresh(w, e->product);
    return REFUSAL_NONE;
}

enum refusal world_product_demand(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    world_load_demand(w, e->site, e->mbit);
    w->changed.paths = true;
    return REFUSAL_NONE;
}

/* --- the crowded hours ------------------------------------------------------------------------ */

enum { CHINA_EAST_S = 8 * 3600 }; /* UTC+8 all over the mainland */

/* The next instant after `now` (at it, with `including`) at which the clock in China shows `hour`
 * past midnight. */
static simtime next_clock(const struct world *w, simdur hour, bool including)
{
    const int64_t day = INT64_C(86400) * SIMDUR_SECOND;
    int64_t wall = simtime_wall(w->spec->start, w->now).ns + CHINA_EAST_S * SIMDUR_SECOND;
    int64_t wait = (hour.ns - wall % day) % day;
    if (wait < 0) wait += day;
    if (wait == 0 && !including) wait = day;
    return simtime_add(w->now, (simdur){wait});
}

bool world_crowded(const struct world *w, simtime at)
{
    const int64_t day = INT64_C(86400) * SIMDUR_SECOND;
    int64_t from = w->choices->peak_from.min.ns;
    int64_t until = w->choices->peak_until.min.ns;
    int64_t wall = simtime_wall(w->spec->start, at).ns + CHINA_EAST_S * SIMDUR_SECOND;
    int64_t hour = (wall % day + day) % day;
    if (from <= until) return hour >= from && hour < until;
    return hour >= from || hour < until;
}

enum refusal world_product_peak(struct world *w, const struct event *e, int begins)
{
    (void)e;
    const struct choices *c = w->choices;
    w->peak = begins != 0;
    w->changed.paths = true;
    world_set_peak_timer(w, next_clock(w, begins ? c->peak_until.min : c->peak_from.min, false));
    return REFUSAL_NONE;
}

static void start_clock(struct world *w)
{
    const struct choices *c = w->choices;
    if (c->peak_from.min.ns == c->peak_until.min.ns) return; /* no hour is crowded */
    simtime begins = next_clock(w, c->peak_from.min, false);
    simtime ends = next_clock(w, c->peak_until.min, false);
    w->peak = simtime_before(ends, begins);
    if (w->spec->paths) world_set_peak_timer(w, w->peak ? ends : begins);
}

void world_product_start(struct world *w)
{
    for (uint16_t i = 0; i < w->spec->product_count; i++) {
        const struct product_spec *spec = spec_of(w, i);
        w->products[i] = (struct product){
            .state = (uint8_t)spec->state, .edition = (uint8_t)spec->edition, .mbit = spec->mbit};
        w->entries[i] = status_of(w, i);
        run_meter(w, i);
        for (uint32_t h = 0; spec->kind == PRODUCT_HK_ENTRY && h < spec->host_count; h++) {
            w->host_entry[spec->hosts[h]] = (uint8_t)(i + 1);
        }
    }
    start_clock(w);
}
