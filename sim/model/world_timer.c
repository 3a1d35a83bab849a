/* SPDX-License-Identifier: MIT
 * world_timer.c: the machines' timers: which slot is whose, and what it means when it is due.
 *
 * Slots: one per site and purpose, one per host, three per holder, one per listed entry, one per
 * partner, two per bandwidth package, one per product, one for the hours in which the border is
 * crowded, and one per PoP. */
#include "world_internal.h"

static uint32_t site_slot(const struct world *w, enum site_timer timer, uint32_t site)
{
    return (uint32_t)timer * w->spec->site_count + site;
}

static uint32_t host_slot(const struct world *w, uint32_t host)
{
    return SITE_TIMER_COUNT * w->spec->site_count + host;
}

static uint32_t holder_slot(const struct world *w, enum holder_timer timer, uint32_t holder)
{
    return host_slot(w, w->spec->host_count) + (uint32_t)timer * w->spec->holder_count + holder;
}

static uint32_t listed_slot(const struct world *w, uint32_t entry)
{
    return holder_slot(w, HOLDER_TIMER_COUNT, 0) + entry;
}

static uint32_t partner_slot(const struct world *w, uint32_t partner)
{
    return listed_slot(w, LISTED_MAX) + partner;
}

static uint32_t package_slot(const struct world *w, enum package_timer timer, uint16_t package)
{
    return partner_slot(w, w->spec->partner_count) + (uint32_t)timer * w->spec->package_count +
           package;
}

static uint32_t product_slot(const struct world *w, uint16_t product)
{
    return package_slot(w, PACKAGE_TIMER_COUNT, 0) + product;
}

static uint32_t peak_slot(const struct world *w)
{
    return product_slot(w, w->spec->product_count);
}

static uint32_t pop_slot(const struct world *w, uint16_t pop)
{
    return peak_slot(w) + 1 + pop;
}

bool world_timers_build(struct world *w, struct arena *a)
{
    uint32_t slots = pop_slot(w, w->topology->pop_count);
    struct evq_entry *heap = arena_get(a, slots, sizeof(*heap));
    uint32_t *place = arena_get(a, slots, sizeof(*place));
    if (a->failed) return false;
    evq_init(&w->timers, heap, place, slots);
    return true;
}

void world_set_timer(struct world *w, enum site_timer timer, uint32_t site, simtime at)
{
    evq_set(&w->timers, site_slot(w, timer, site), at);
}

bool world_timer_is_set(const struct world *w, enum site_timer timer, uint32_t site)
{
    return evq_at(&w->timers, site_slot(w, timer, site)).ns != SIMTIME_NEVER.ns;
}

void world_clear_timer(struct world *w, enum site_timer timer, uint32_t site)
{
    evq_clear(&w->timers, site_slot(w, timer, site));
}

void world_set_host_timer(struct world *w, uint32_t host, simtime at)
{
    evq_set(&w->timers, host_slot(w, host), at);
}

void world_clear_host_timer(struct world *w, uint32_t host)
{
    evq_clear(&w->timers, host_slot(w, host));
}

void world_set_holder_timer(struct world *w, enum holder_timer timer, uint32_t holder, simtime at)
{
    evq_set(&w->timers, holder_slot(w, timer, holder), at);
}

void world_clear_holder_timer(struct world *w, enum holder_timer timer, uint32_t holder)
{
    evq_clear(&w->timers, holder_slot(w, timer, holder));
}

simtime world_holder_timer_at(const struct world *w, enum holder_timer timer, uint32_t holder)
{
    return evq_at(&w->timers, holder_slot(w, timer, holder));
}

void world_set_listed_timer(struct world *w, uint32_t entry, simtime at)
{
    evq_set(&w->timers, listed_slot(w, entry), at);
}

void world_clear_listed_timer(struct world *w, uint32_t entry)
{
    evq_clear(&w->timers, listed_slot(w, entry));
}

void world_set_partner_timer(struct world *w, uint8_t partner, simtime at)
{
    evq_set(&w->timers, partner_slot(w, partner), at);
}

void world_clear_partner_timer(struct world *w, uint8_t partner)
{
    evq_clear(&w->timers, partner_slot(w, partner));
}

void world_set_package_timer(struct world *w, enum package_timer timer, uint16_t package,
                             simtime at)
{
    evq_set(&w->timers, package_slot(w, timer, package), at);
}

simtime world_package_timer(const struct world *w, enum package_timer timer, uint16_t package)
{
    return evq_at(&w->timers, package_slot(w, timer, package));
}

void world_clear_package_timer(struct world *w, enum package_timer timer, uint16_t package)
{
    evq_clear(&w->timers, package_slot(w, timer, package));
}

void world_set_product_timer(struct world *w, uint16_t product, simtime at)
{
    evq_set(&w->timers, product_slot(w, product), at);
}

void world_clear_product_timer(struct world *w, uint16_t product)
{
    evq_clear(&w->timers, product_slot(w, product));
}

void world_stop_peak(struct world *w)
{
    evq_clear(&w->timers, peak_slot(w));
}

void world_set_pop_timer(struct world *w, uint16_t pop, simtime at)
{
    evq_set(&w->timers, pop_slot(w, pop), at);
}

simtime world_pop_timer(const struct world *w, uint16_t pop)
{
    return evq_at(&w->timers, pop_slot(w, pop));
}

void world_set_peak_timer(struct world *w, simtime at)
{
    evq_set(&w->timers, peak_slot(w), at);
}

/* --- durations -------------------------------------------------------------------------------- */

simdur world_draw_for(const struct world *w, const char *entity, struct duration_range r,
                      const char *purpose, uint64_t n)
{
    simdur drawn = choices_draw(r, w->spec->seed, entity, purpose, n);
    if (!r.business) return drawn;
    walltime now = simtime_wall(w->spec->start, w->now);
    return (simdur){choices_after(r, drawn, now, &w->spec->calendar).ns - now.ns};
}

simdur world_draw(struct world *w, uint32_t site, struct duration_range r, const char *purpose)
{
    return world_draw_for(w, w->spec->sites[site].domain, r, purpose, w->sites[site].draws++);
}

simdur world_draw_for_holder(struct world *w, uint32_t holder, struct duration_range r,
                             const char *purpose)
{
    return world_draw_for(w, w->spec->holders[holder].id, r, purpose, w->holders[holder].draws++);
}

walltime world_least_after(const struct world *w, struct duration_range r, walltime from)
{
    return choices_after(r, r.min, from, &w->spec->calendar);
}

void world_start_timer(struct world *w, enum site_timer timer, uint32_t site,
                       struct duration_range r, const char *purpose)
{
    world_set_timer(w, timer, site, simtime_add(w->now, world_draw(w, site, r, purpose)));
}

/* --- what is due ------------------------------------------------------------------------------ */

simtime world_next_at(const struct world *w)
{
    return evq_next_at(&w->timers);
}

/* What the filing's own timer means in the state that it was set for. */
static enum event_kind filing_timer_event(uint8_t state)
{
    switch (state) {
    case FILING_PROVIDER_REVIEW:
        return EV_PROVIDER_PASS;
    case FILING_SMS_PENDING:
        return EV_SMS_OK;
    case FILING_BUREAU_REVIEW:
        return EV_BUREAU_PASS;
    case FILING_CHANGE_PENDING:
        return EV_FILING_CHANGE_DONE;
    case FILING_APPROVED_UNSYNCED:
        return EV_FILING_SYNCED;
    case FILING_AUDIT_NOTICE:
        return EV_AUDIT_TIMEOUT;
    case FILING_ACCESS_CANCELLED:
        return EV_FILING_SHELL;
    default:
        CN_ASSERT(state == FILING_SHELL_SITE || state == FILING_SHELL_SUBJECT);
        return EV_FILING_CLEANUP;
    }
}

static enum event_kind site_timer_event(const struct world *w, enum site_timer timer, uint32_t site)
{
    switch (timer) {
    case TIMER_FILING:
        return filing_timer_event(w->sites[site].filing);
    case TIMER_OBSERVE:
        return w->sites[site].learnt ? EV_STATUS_PUBLISHED : EV_STATUS_OBSERVED;
    case TIMER_SETTLE:
        return EV_SETTLED;
    case TIMER_GRACE:
        return EV_GRACE_OVER;
    case TIMER_VETTING:
        return w->sites[site].vetting == VETTING_SUBMITTED ? EV_VETTING_START : EV_VETTING_APPROVE;
    case TIMER_BATCH:
        return EV_PARTNER_BATCH;
    case TIMER_OVERSEAS:
        return EV_OVERSEAS_AUDIT;
    case TIMER_CASCADE:
        return EV_CASCADE_LISTED;
    case TIMER_PSB:
        return w->sites[site].psb == PSB_DUE ? EV_PSB_OVERDUE : EV_PSB_ACCEPT;
    case TIMER_REGISTRATION:
        return EV_DOMAIN_EXPIRE;
    case TIMER_RETURN:
        return EV_RETURN_STEP;
    case SITE_TIMER_COUNT:
        break;
    }
    CN_ASSERT(timer < SITE_TIMER_COUNT);
    return EVENT_KIND_COUNT;
}

static enum event_kind holder_timer_event(const struct world *w, enum holder_timer timer,
                                          uint32_t holder)
{
    if (timer == TIMER_EXPIRY) return EV_COMMERCIAL_EXPIRED;
    if (timer == TIMER_CERTIFICATE) return EV_CERT_EXPIRE;
    switch ((int)w->holders[holder].commercial) {
    case COMMERCIAL_APPLYING:
        return EV_COMMERCIAL_ISSUE;
    case COMMERCIAL_ISSUED:
        return EV_REPORT_DUE;
    default:
        CN_ASSERT(w->holders[holder].commercial == COMMERCIAL_REPORT_DUE);
        return w->choices->annual_report == REPORT_FILED ? EV_REPORT_FILED : EV_REPORT_MISSED;
    }
}

static struct event holder_event(const struct world *w, uint32_t slot, simtime at)
{
    uint32_t count = w->spec->holder_count;
    uint32_t holder = slot % count;
    struct event e =
        event_make(holder_timer_event(w, (enum holder_timer)(slot / count), holder), at);
    e.holder = holder;
    return e;
}

/* A timer behind those of sites and hosts. */
static struct event purchase_event(const struct world *w, uint32_t slot, simtime at)
{
    if (slot >= pop_slot(w, 0)) {
        struct event e = event_make(EV_POP_NOTICED, at);
        e.pop = (uint16_t)(slot - pop_slot(w, 0));
        return e;
    }
    if (slot == peak_slot(w)) return event_make(w->peak ? EV_PEAK_ENDS : EV_PEAK_BEGINS, at);
    if (slot >= product_slot(w, 0)) {
        struct event e = event_make(EV_ATTACK_OVER, at);
        e.product = (uint16_t)(slot - product_slot(w, 0));
        return e;
    }
    uint32_t term = package_slot(w, PACKAGE_TIMER_TERM, 0);
    bool step = slot < term;
    uint16_t package = (uint16_t)(slot - (step ? package_slot(w, PACKAGE_TIMER_STEP, 0) : term));
    struct event e =
        event_make(step ? world_package_timer_event(w, package) : EV_PACKAGE_TERM_OVER, at);
    e.package = package;
    return e;
}

static struct event timer_event(const struct world *w, uint32_t slot, simtime at)
{
    if (slot >= package_slot(w, PACKAGE_TIMER_STEP, 0)) return purchase_event(w, slot, at);
    if (slot >= partner_slot(w, 0)) {
        struct event e = event_make(EV_OUTAGE_FOUND, at);
        e.partner = (uint16_t)(slot - partner_slot(w, 0));
        return e;
    }
    if (slot >= listed_slot(w, 0)) return world_list_timer(w, slot - listed_slot(w, 0), at);
    uint32_t holders = holder_slot(w, TIMER_COMMERCIAL, 0);
    if (slot >= holders) return holder_event(w, slot - holders, at);
    if (slot >= host_slot(w, 0)) {
        struct event e = event_make(EV_PROVISIONED, at);
        e.host = slot - host_slot(w, 0);
        return e;
    }
    uint32_t site = slot % w->spec->site_count;
    struct event e =
        event_make(site_timer_event(w, (enum site_timer)(slot / w->spec->site_count), site), at);
    e.site = site;
    if (e.kind == EV_OVERSEAS_AUDIT) e.cause = CAUSE_RESOLVES_OVERSEAS;
    return e;
}

static bool take_timer(struct world *w, struct event *out)
{
    uint32_t slot;
    simtime at = world_next_at(w);
    if (!evq_pop(&w->timers, &slot)) return false;
    *out = timer_event(w, slot, at);
    return true;
}

bool world_begin_timer(struct world *w, uint32_t sites, struct event *out)
{
    enum refusal refusal;
    if (!take_timer(w, out)) return false;
    world_begin(w, out, sites, &refusal);
    CN_ASSERT(world_is_going(w) || refusal == REFUSAL_NONE);
    return true;
}

bool world_fire(struct world *w, struct event *out)
{
    if (!take_timer(w, out)) return false;
    enum refusal refusal = world_apply(w, out);
    CN_ASSERT(refusal == REFUSAL_NONE); /* a state that ends early clears its timer */
    return true;
}

simtime world_site_timer_at(const struct world *w, enum site_timer timer, uint32_t site)
{
    return evq_at(&w->timers, site_slot(w, timer, site));
}

simtime world_host_timer_at(const struct world *w, uint32_t host)
{
    return evq_at(&w->timers, host_slot(w, host));
}

simtime world_filing_deadline(const struct world *w, uint32_t site)
{
    return evq_at(&w->timers, site_slot(w, TIMER_FILING, site));
}

simtime world_psb_deadline(const struct world *w, uint32_t site)
{
    return evq_at(&w->timers, site_slot(w, TIMER_PSB, site));
}

simtime world_vetting_deadline(const struct world *w, uint32_t site)
{
    return evq_at(&w->timers, site_slot(w, TIMER_VETTING, site));
}
