/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/delay.h"

enum { REST_PPM = 10000 }; /* old answers when a change counts as seen: 1 % */

static struct delay_origin origin_start(void)
{
    return (struct delay_origin){SIMTIME_START, SIMTIME_START, CN_NONE32, EVENT_KIND_COUNT};
}

bool delay_init(struct delay *d, struct arena *a, const struct engine *e)
{
    const struct world *w = e->world;
    *d = (struct delay){.last = origin_start()};
    d->timers = arena_get(a, w->timers.slots, sizeof(*d->timers));
    d->pops = arena_get(a, w->topology->pop_count, sizeof(*d->pops));
    if (a->failed) return false;
    for (uint32_t i = 0; i < w->timers.len; i++) {
        const struct evq_entry *set = &w->timers.heap[i];
        d->timers[set->slot] = (struct delay_timer){set->at, origin_start()};
    }
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        d->pops[i] = (struct delay_pop){.seen = w->pop_seen[i],
                                        .truth = w->notices[i].truth,
                                        .trouble = origin_start(),
                                        .turn = origin_start()};
    }
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        d->partners[i].turn = origin_start();
    }
    return true;
}

/* --- PoPs under probes ------------------------------------------------------------------------ */

/* The damper that such results count against. */
static const struct health_damper *damper(const struct world *w, uint16_t pop, bool fails)
{
    const struct health *h = &w->watches[pop].health;
    return fails ? &h->answers : &h->well;
}

/* What the step says of the truth about PoPs. */
static void note_pops(struct delay *d, const struct world *w, struct delay_origin fresh)
{
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        struct delay_pop *p = &d->pops[i];
        if (w->notices[i].truth.ns == p->truth.ns) continue;
        p->truth = w->notices[i].truth;
        p->turn = fresh;
        uint8_t finds = w->watches[i].finds;
        const struct health_damper *counts = damper(w, i, finds == HEALTH_PROBE_FAIL);
        if (finds != HEALTH_PROBE_OK && counts->bad == 0) p->trouble = fresh;
    }
}

/* Somebody's bad result is a failure like those of our probes. */
static void note_probe(struct delay *d, const struct world *w, const struct event *e,
                       struct delay_origin fresh)
{
    const struct health_damper *counts = damper(w, e->pop, e->kind == EV_PROBE_FAIL);
    bool first = counts->verdict != HEALTH_BAD && counts->bad == 1;
    if (first || w->health.down_after == 1) d->pops[e->pop].trouble = fresh;
    d->pops[e->pop].turn = fresh;
}

/* Somebody finds out about a PoP, for worse or for better. */
static struct delay_origin pop_found(const struct delay *d, uint16_t pop, bool worse, simtime now)
{
    struct delay_origin o = worse ? d->pops[pop].trouble : d->pops[pop].turn;
    o.known = now;
    return o;
}

/* --- partners --------------------------------------------------------------------------------- */

static void note_partners(struct delay *d, const struct world *w, struct delay_origin fresh)
{
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (d->partners[i].down == w->partners[i].down) continue;
        d->partners[i].down = w->partners[i].down;
        d->partners[i].turn = fresh;
    }
}

/* An operator says that a partner's network is out, or is not any more, when that is so already. */
static struct delay_origin partner_word(struct delay *d, const struct world *w,
                                        const struct event *e, struct delay_origin fresh)
{
    struct delay_partner *p = &d->partners[e->partner];
    bool declares = e->kind == EV_OUTAGE_DECLARE;
    bool late = declares ? p->down : !p->down && simtime_before(p->said, p->turn.truth);
    CN_ASSERT(p->down == w->partners[e->partner].down);
    if (declares) p->said = e->at;
    if (late) fresh = (struct delay_origin){p->turn.truth, e->at, p->turn.event, p->turn.kind};
    return fresh;
}

/* --- steps ------------------------------------------------------------------------------------ */

/* What an operator, or somebody's probe, says of what was true already. */
static struct delay_origin word(struct delay *d, const struct world *w, const struct event *e,
                                struct delay_origin fresh)
{
    bool damped = world_health_damped(w);
    switch ((int)e->kind) {
    case EV_PROBE_OK:
    case EV_PROBE_POOR:
    case EV_PROBE_FAIL:
        if (w->pop_seen[e->pop] == d->pops[e->pop].seen) return fresh;
        return pop_found(d, e->pop, w->pop_seen[e->pop] > d->pops[e->pop].seen, e->at);
    case EV_POP_DRAIN:
        if (!damped || w->watches[e->pop].finds == HEALTH_PROBE_OK) return fresh;
        return pop_found(d, e->pop, true, e->at);
    case EV_POP_FORCE_UP:
        if (!damped || w->watches[e->pop].finds != HEALTH_PROBE_OK) return fresh;
        return pop_found(d, e->pop, false, e->at);
    case EV_OUTAGE_DECLARE:
    case EV_OUTAGE_CLEAR:
        return partner_word(d, w, e, fresh);
    default:
        return fresh;
    }
}

/* Where a timer's event comes from, which `set` says was set for it. */
static struct delay_origin timer(const struct delay *d, const struct world *w,
                                 const struct event *e, struct delay_origin set)
{
    struct delay_origin o = {e->at, e->at, CN_NONE32, e->kind};
    switch ((int)e->kind) {
    case EV_POP_NOTICED:
        return pop_found(d, e->pop,
                         d->pops[e->pop].seen != HEALTH_UNKNOWN &&
                             w->pop_seen[e->pop] > d->pops[e->pop].seen,
                         e->at);
    case EV_STATUS_OBSERVED:
        o = set;
        o.known = w->batch_from != NULL ? w->batch_from[e->site] : e->at;
        return o;
    case EV_OUTAGE_FOUND:
        o = set;
        o.known = e->at;
        return o;
    case EV_STATUS_PUBLISHED:
    case EV_PARTNER_BATCH:
    case EV_FILING_SYNCED:
    case EV_GRACE_OVER:
    case EV_RETURN_STEP:
    case EV_PROVISIONED:
    case EV_CASCADE_LISTED:
    case EV_PACKAGE_CREATED:
    case EV_PACKAGE_RESIZED:
    case EV_ATTACK_OVER:
        return set;
    default:
        return o;
    }
}

/* Timers that the step has set are put down to it; one that it set again for the same instant is
 * not. */
static void note_timers(struct delay *d, const struct world *w)
{
    for (uint32_t i = 0; i < w->timers.len; i++) {
        const struct evq_entry *set = &w->timers.heap[i];
        struct delay_timer *t = &d->timers[set->slot];
        if (t->due.ns != set->at.ns) *t = (struct delay_timer){set->at, d->last};
    }
}

static void note(struct delay *d, const struct engine *e, const struct engine_step *step,
                 struct delay_origin set)
{
    const struct world *w = e->world;
    const struct event *event = &step->event;
    struct delay_origin fresh = {event->at, event->at, CN_NONE32, event->kind};
    if (step->from != NULL) fresh.event = (uint32_t)(step->from - e->scenario->events);
    note_pops(d, w, fresh);
    note_partners(d, w, fresh);
    bool probe = event->kind == EV_PROBE_FAIL || event->kind == EV_PROBE_POOR;
    if (probe) note_probe(d, w, event, fresh);
    d->last = step->from != NULL ? word(d, w, event, fresh) : timer(d, w, event, set);
    note_timers(d, w);
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        d->pops[i].seen = w->pop_seen[i];
    }
}

bool delay_step(struct delay *d, struct engine *e, struct engine_step *out)
{
    struct evq *timers = &e->world->timers;
    uint32_t slot = timers->len > 0 ? timers->heap[0].slot : 0;
    if (!engine_step(e, out)) return false;
    struct delay_origin set = d->timers[slot].origin;
    /* A timer that is set once more, to the same instant, is a new one. */
    if (out->from == NULL) d->timers[slot].due = SIMTIME_NEVER;
    if (out->refusal == REFUSAL_NONE) note(d, e, out, set);
    return true;
}

/* --- answers ---------------------------------------------------------------------------------- */

void delay_note(struct delay_item *item, const struct delay *d, simtime now, uint64_t print,
                uint32_t ttl_s)
{
    struct history_change change;
    bool other = item->history.count > 0 && item->print != print;
    history_note(&item->history, now, print, ttl_s);
    item->print = print;
    if (!other) return;
    if (!history_change(&item->history, &change) || change.at.ns != now.ns) {
        item->at = item->at_before; /* back to what it was before this instant */
        item->from = item->before;
        return;
    }
    if (item->at.ns != now.ns) {
        item->at_before = item->at;
        item->before = item->from;
    }
    item->at = now;
    item->from = d->last;
}

bool delay_parts(const struct delay_item *item, const struct population_mix *mix, simdur horizon,
                 struct delay_parts *out)
{
    struct history_change change;
    if (!history_change(&item->history, &change)) return false;
    simtime moved = history_falls(&item->history, mix, REST_PPM, horizon);
    *out = (struct delay_parts){.from = item->from,
                                .at = change.at,
                                .detection = simtime_since(item->from.known, item->from.truth),
                                .propagation = simtime_since(change.at, item->from.known),
                                .ttl = simdur_s(change.ttl_s),
                                .tail = SIMTIME_NEVER,
                                .all = SIMTIME_NEVER};
    if (moved.ns == SIMTIME_NEVER.ns) return true;
    int64_t beyond = moved.ns - out->ttl.ns;
    out->tail = (simtime){beyond > 0 ? beyond : 0};
    out->all =
        simtime_add(out->tail, (simdur){out->detection.ns + out->propagation.ns + out->ttl.ns});
    return true;
}
