/* SPDX-License-Identifier: MIT
 * world_health.c: PoPs, probes and dampers within the world (FACTS B8).
 *
 * Probes of all PoPs come at the whole multiples of the interval. Between two changes of what they
 * find, their results are all the same: so none of them is an event. What the damper will make of
 * them is known beforehand, and a timer stands for the probe that convinces it. When what they find
 * changes, those that were before are counted. A test compares this with probing always. */
#include "world_internal.h"

enum { PERCENT = 100 };

bool world_health_damped(const struct world *w)
{
    return w->health.damped;
}

/* --- what a probe finds ----------------------------------------------------------------------- */

/* With a damper, the probes find out about a partner's network as about any other failure, unless
 * the scenario says otherwise. */
bool world_health_detects(const struct world *w)
{
    size_t place = offsetof(struct choices, outage_detection);
    return w->health.damped && w->choices->outage_authority == OUTAGE_DETECTED &&
           !choices_given(w->choices, place);
}

bool world_health_fails(const struct world *w, uint16_t pop)
{
    const struct pop *p = &w->topology->pops[pop];
    if (w->pop_health[pop] == HEALTH_DOWN) return true;
    if (p->region != CN_NONE16 && w->region_down[p->region]) return true;
    return p->class_ == POP_MAINLAND && w->partners[p->partner].down;
}

/* Whether one of the PoP's addresses answers; what the mainland blocks does so outside. */
static bool address_works(const struct world *w, const struct address_block *a, bool from_mainland)
{
    const struct pop *p = &w->topology->pops[a->pop];
    const struct family_state *f = &w->families[a->family];
    if (f->pop_down[a->pop]) return false;
    if (p->class_ == POP_MAINLAND && (f->mainland_down || f->region_down[p->region])) return false;
    for (uint32_t i = 0; from_mainland && i < w->block_count; i++) {
        const struct address_block *b = &w->blocks[i];
        bool everybody = b->carrier == CN_NONE16 && b->region == CN_NONE16;
        bool same = b->pop == a->pop && b->family == a->family && b->index == a->index;
        if (everybody && same) return false;
    }
    return true;
}

static bool pool_works(const struct world *w, uint16_t pop, bool from_mainland)
{
    uint32_t count = 0;
    uint32_t work = 0;
    for (unsigned i = 0; i < FAMILY_COUNT * POP_POOL_MAX; i++) {
        const struct address_block a = {.pop = pop,
                                        .family = (uint8_t)(i / POP_POOL_MAX),
                                        .index = (uint8_t)(i % POP_POOL_MAX)};
        unsigned in_use = w->in_use[(size_t)pop * FAMILY_COUNT + a.family];
        if ((in_use & 1U << a.index) == 0) continue;
        count++;
        work += address_works(w, &a, from_mainland) ? 1 : 0;
    }
    return work > 0 && work * PERCENT >= count * w->health.pool_pct;
}

/* Whether the probe of one node fails. */
static bool node_fails(const struct world *w, uint16_t pop, bool in_mainland)
{
    bool crosses = in_mainland != (w->topology->pops[pop].class_ == POP_MAINLAND);
    if (crosses && (w->border_443_reset || w->border_congested)) return true;
    return !pool_works(w, pop, in_mainland);
}

static bool round_fails(const struct world *w, uint16_t pop)
{
    switch ((int)w->health.probes_from) {
    case HEALTH_FROM_MAINLAND:
        return node_fails(w, pop, true);
    case HEALTH_FROM_OUTSIDE:
        return node_fails(w, pop, false);
    case HEALTH_FROM_BOTH:
        break;
    default:
        return node_fails(w, pop, w->choices->dns_mode == DNS_IN_CHINA);
    }
    uint32_t sides = (node_fails(w, pop, true) ? 1U : 0U) + (node_fails(w, pop, false) ? 1U : 0U);
    return sides > 0 && sides * PERCENT / 2 >= w->health.fail_pct;
}

enum health_probe world_health_finds(const struct world *w, uint16_t pop)
{
    const struct pop *p = &w->topology->pops[pop];
    bool partner = p->class_ == POP_MAINLAND && w->partners[p->partner].down;
    bool own =
        w->pop_health[pop] == HEALTH_DOWN || (p->region != CN_NONE16 && w->region_down[p->region]);
    if (own || (partner && world_health_detects(w))) return HEALTH_PROBE_FAIL;
    if (round_fails(w, pop)) return HEALTH_PROBE_FAIL;
    return w->pop_health[pop] == HEALTH_DEGRADED ? HEALTH_PROBE_POOR : HEALTH_PROBE_OK;
}

/* --- counting --------------------------------------------------------------------------------- */

/* Counts the probes before `until`. */
static void count_until(struct world *w, uint16_t pop, simtime until)
{
    struct pop_watch *v = &w->watches[pop];
    enum health_probe finds = (enum health_probe)v->finds;
    v->health = health_run(&w->health, v->health, finds, health_probes(&w->health, v->from, until));
    if (simtime_before(v->from, until)) v->from = until;
}

/* Behind the counters: true when the PoP is now taken for something else. */
static bool see(struct world *w, uint16_t pop)
{
    enum pop_health seen = health_state(w->watches[pop].health);
    if (w->pop_seen[pop] == seen) return false;
    w->pop_seen[pop] = (uint8_t)seen;
    w->notices[pop].seen = w->now;
    return true;
}

/* The same; and when that changes next. */
static bool conclude(struct world *w, uint16_t pop)
{
    const struct pop_watch *v = &w->watches[pop];
    enum health_probe finds = (enum health_probe)v->finds;
    world_set_pop_timer(w, pop, health_turns(&w->health, v->health, finds, v->from));
    return see(w, pop);
}

static void look(struct world *w, uint16_t pop)
{
    struct pop_watch *v = &w->watches[pop];
    enum health_probe finds = world_health_finds(w, pop);
    if (finds != v->finds) {
        count_until(w, pop, w->now); /* a probe of this instant comes behind the event */
        v->finds = (uint8_t)finds;
        w->notices[pop].truth = w->now;
        (void)conclude(w, pop);
    }
    /* Nothing is left to count: the same state then is the same bytes. */
    bool settled = health_settled(&w->health, v->health, finds);
    if (settled && !simtime_before(w->now, v->from)) v->from = SIMTIME_START;
}

void world_health_refresh(struct world *w)
{
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        if (w->health.damped) {
            look(w, i);
        } else {
            w->pop_seen[i] = w->pop_health[i];
        }
    }
}

/* --- events ----------------------------------------------------------------------------------- */

/* The probes of this instant convince the dampers of this PoP and of those whose timers are due as
 * well. All of these act now, or clients would be sent to one of them for as long as it takes to
 * count the next; their timers find nothing left to do. */
enum refusal world_health_noticed(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (!w->health.damped) return REFUSAL_HEALTH_NO_DAMPER;
    simtime behind = simtime_add(w->now, (simdur){1});
    count_until(w, e->pop, behind);
    bool changed = conclude(w, e->pop);
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        if (world_pop_timer(w, i).ns != w->now.ns) continue;
        count_until(w, i, behind);
        changed = see(w, i) || changed;
    }
    if (changed) world_network_refresh(w, false);
    return REFUSAL_NONE;
}

/* A result that somebody else brings: it counts as one of ours. */
enum refusal world_health_probe(struct world *w, const struct event *e, int result)
{
    struct pop_watch *v = &w->watches[e->pop];
    if (!w->health.damped) return REFUSAL_HEALTH_NO_DAMPER;
    count_until(w, e->pop, w->now);
    v->health = health_step(&w->health, v->health, (enum health_probe)result);
    if (conclude(w, e->pop)) world_network_refresh(w, false);
    return REFUSAL_NONE;
}

void world_health_start(struct world *w)
{
    w->health = health_conf_of(w->choices);
    for (uint16_t i = 0; i < w->topology->pop_count && w->health.damped; i++) {
        struct pop_watch *v = &w->watches[i];
        v->finds = (uint8_t)world_health_finds(w, i);
        if (w->health.cold_start == HEALTH_COLD_CHECKED) {
            v->health = health_step(&w->health, v->health, (enum health_probe)v->finds);
        }
        w->pop_seen[i] = (uint8_t)health_state(v->health);
        (void)conclude(w, i);
    }
}

/* --- for those who look ----------------------------------------------------------------------- */

struct world_health_view world_health_view(const struct world *w, uint16_t pop, simtime at)
{
    const struct pop_watch *v = &w->watches[pop];
    struct world_health_view out = {
        .truth = (enum pop_health)w->pop_health[pop],
        .seen = (enum pop_health)w->pop_seen[pop],
        .finds = w->health.damped ? (enum health_probe)v->finds : HEALTH_PROBE_OK,
        .health = v->health,
        .truth_since = w->notices[pop].truth,
        .seen_since = w->notices[pop].seen,
        .turns = world_pop_timer(w, pop),
    };
    if (!w->health.damped) return out;
    uint64_t probes = health_probes(&w->health, v->from, at);
    out.health = health_run(&w->health, v->health, out.finds, probes);
    return out;
}
