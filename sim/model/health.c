/* SPDX-License-Identifier: MIT */
#include "cnedge/model/health.h"

static const char *const state_names[HEALTH_COUNT] = {"UP", "DEGRADED", "DOWN", "UNKNOWN"};
static const char *const probe_names[HEALTH_PROBE_COUNT] = {"ok", "poor", "fail"};

/* --- the damper ------------------------------------------------------------------------------- */

enum limit { AT_ONCE, DOWN_AFTER, FORGIVE_AFTER, UP_AFTER, NEVER };

/* What so many results in a row of the kind lead to; both counts then start over. A failure also
 * ends the run of successes; a success leaves failures that are not forgiven as they are, and with
 * none of them there is nothing to count. */
static const struct {
    uint8_t limit, to;
} table[HEALTH_VERDICT_COUNT][2] = {
    /*                     a failure                 a success */
    [HEALTH_NO_RESULT] = {{AT_ONCE, HEALTH_BAD}, {AT_ONCE, HEALTH_GOOD}},
    [HEALTH_GOOD] = {{DOWN_AFTER, HEALTH_BAD}, {FORGIVE_AFTER, HEALTH_GOOD}},
    [HEALTH_BAD] = {{NEVER, HEALTH_BAD}, {UP_AFTER, HEALTH_GOOD}},
};

static uint32_t count_of(const struct health_conf *c, uint8_t limit)
{
    const uint32_t counts[] = {[AT_ONCE] = 1,
                               [DOWN_AFTER] = c->down_after,
                               [FORGIVE_AFTER] = c->forgive_after,
                               [UP_AFTER] = c->up_after};
    return counts[limit];
}

struct health_damper health_damp(const struct health_conf *c, struct health_damper d, bool good)
{
    uint8_t limit = table[d.verdict][good].limit;
    struct health_damper then = {.verdict = table[d.verdict][good].to};
    if (limit == NEVER) return then;
    if (limit == FORGIVE_AFTER && d.bad == 0) return then;
    uint16_t *run = good ? &d.good : &d.bad;
    if (!good) d.good = 0;
    *run = (uint16_t)(*run + 1);
    return *run < count_of(c, limit) ? d : then;
}

struct health health_step(const struct health_conf *c, struct health h, enum health_probe p)
{
    CN_ASSERT(p < HEALTH_PROBE_COUNT);
    return (struct health){health_damp(c, h.answers, p != HEALTH_PROBE_FAIL),
                           health_damp(c, h.well, p == HEALTH_PROBE_OK)};
}

enum pop_health health_state(struct health h)
{
    if (h.answers.verdict == HEALTH_NO_RESULT) return HEALTH_UNKNOWN;
    if (h.answers.verdict == HEALTH_BAD) return HEALTH_DOWN;
    return h.well.verdict == HEALTH_BAD ? HEALTH_DEGRADED : HEALTH_UP;
}

static bool same_damper(struct health_damper a, struct health_damper b)
{
    return a.verdict == b.verdict && a.bad == b.bad && a.good == b.good;
}

static bool same(struct health a, struct health b)
{
    return same_damper(a.answers, b.answers) && same_damper(a.well, b.well);
}

bool health_settled(const struct health_conf *c, struct health h, enum health_probe p)
{
    return same(h, health_step(c, h, p));
}

/* --- probes on the clock ---------------------------------------------------------------------- */

/* The number of the first probe at `t` or later; the first of all is number 1. */
static int64_t number_at(const struct health_conf *c, simtime t)
{
    int64_t interval = (int64_t)c->interval_s * SIMDUR_SECOND;
    int64_t n = t.ns / interval + (t.ns % interval != 0 ? 1 : 0);
    return n < 1 ? 1 : n;
}

uint64_t health_probes(const struct health_conf *c, simtime from, simtime until)
{
    if (c->interval_s == 0 || !simtime_before(from, until)) return 0;
    return (uint64_t)(number_at(c, until) - number_at(c, from));
}

struct health health_run(const struct health_conf *c, struct health h, enum health_probe p,
                         uint64_t probes)
{
    for (; probes > 0 && !health_settled(c, h, p); probes--) {
        h = health_step(c, h, p);
    }
    return h;
}

simtime health_turns(const struct health_conf *c, struct health h, enum health_probe p,
                     simtime from)
{
    enum pop_health is = health_state(h);
    if (c->interval_s == 0) return SIMTIME_NEVER;
    int64_t number = number_at(c, from) - 1;
    while (health_state(h) == is) {
        if (health_settled(c, h, p)) return SIMTIME_NEVER;
        h = health_step(c, h, p);
        number++;
    }
    simdur after = {number * (int64_t)c->interval_s * SIMDUR_SECOND};
    return simtime_add(SIMTIME_START, after);
}

/* --- settings --------------------------------------------------------------------------------- */

/* FACTS B8, "published dampers", and the pages it cites. A setting that is missing here keeps its
 * default, which is gdnsd's. */
static const struct health_value values[] = {
    {HEALTH_PROFILE_GTM, "health_interval_s", "60", "D", "AL19: 60 s; 15 s in the top tier"},
    {HEALTH_PROFILE_GTM, "health_down_after", "3", "SIM", "AL19: consecutive failures, a setting"},
    {HEALTH_PROFILE_GTM, "health_forgive_after", "1", "D", "AL19: consecutive"},
    {HEALTH_PROFILE_GTM, "health_up_after", "1", "I", "AL19: recovers automatically"},
    {HEALTH_PROFILE_GTM, "health_probes_from", "both", "D", "AL19: nodes in and outside of China"},
    {HEALTH_PROFILE_GTM, "health_pool_pct", "0", "D", "AL17: at least one address"},
    {HEALTH_PROFILE_POWERDNS, "health_interval_s", "5", "K", "a global setting"},
    {HEALTH_PROFILE_POWERDNS, "health_down_after", "1", "D", "OS2: minimumFailures"},
    {HEALTH_PROFILE_POWERDNS, "health_forgive_after", "1", "D", "OS2"},
    {HEALTH_PROFILE_POWERDNS, "health_up_after", "1", "SIM", "OS2 does not say"},
    {HEALTH_PROFILE_POWERDNS, "health_cold_start", "failing", "D", "OS2: treated as failing"},
    {HEALTH_PROFILE_POWERDNS, "health_pool_pct", "0", "D", "OS2: one live address"},
};

const struct health_value *health_values(size_t *count)
{
    *count = CN_ARRAY_LEN(values);
    return values;
}

struct health_conf health_conf_of(const struct choices *given)
{
    struct choices c = *given;
    for (size_t i = 0; i < CN_ARRAY_LEN(values); i++) {
        size_t place = choices_find(values[i].setting);
        bool ours = (int32_t)values[i].profile == c.health && !given->given[place];
        bool ok = !ours || choices_set(&c, place, values[i].value);
        CN_ASSERT(ok);
    }
    bool events = c.health_probes_from == HEALTH_FROM_EVENTS;
    return (struct health_conf){.interval_s = events ? 0 : c.health_interval_s,
                                .down_after = c.health_down_after,
                                .forgive_after = c.health_forgive_after,
                                .up_after = c.health_up_after,
                                .fail_pct = c.health_fail_pct,
                                .pool_pct = c.health_pool_pct,
                                .cold_start = (uint8_t)c.health_cold_start,
                                .probes_from = (uint8_t)c.health_probes_from,
                                .damped = c.health != HEALTH_PROFILE_NONE};
}

/* --- names ------------------------------------------------------------------------------------ */

const char *health_name(enum pop_health h)
{
    CN_ASSERT(h < HEALTH_COUNT);
    return state_names[h];
}

const char *health_probe_name(enum health_probe p)
{
    CN_ASSERT(p < HEALTH_PROBE_COUNT);
    return probe_names[p];
}
