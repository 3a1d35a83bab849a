/* SPDX-License-Identifier: MIT
 * judge_load.c: expectations about load, and about where the clients of a line are. */
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/replay/judge.h"

enum { PPM_PER_MILLE = 1000, KBPS_PER_MBPS = 1000 };

uint32_t judge_share(const struct judge *j, const struct expectation *e, uint64_t item)
{
    struct answer a;
    const uint8_t *name = judge_name(j, e, item);
    CN_ASSERT(name != NULL);
    answer_follow(j->world, name, e->type, judge_line(e, item), &a);
    if (a.kind != ANSWER_POP) return 0;
    return world_spread_share(j->world, a.host, a.cell.pop, e->share_pop);
}

bool judge_share_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    uint32_t share = (judge_share(j, e, item) + PPM_PER_MILLE / 2) / PPM_PER_MILLE;
    return share >= e->share_min && share <= e->share_max;
}

/* Rounded to the nearest Mbit/s. */
static uint64_t load_mbps(const struct judge *j, const struct expectation *e)
{
    const uint64_t *kbps = world_load(j->world);
    uint64_t sum = 0;
    for (uint16_t i = 0; i < e->pop_count; i++) {
        sum += kbps[e->pops[i]];
    }
    return (sum + KBPS_PER_MBPS / 2) / KBPS_PER_MBPS;
}

static bool any_saturated(const struct judge *j, const struct expectation *e)
{
    for (uint16_t i = 0; i < e->pop_count; i++) {
        if (world_saturated(j->world, e->pops[i])) return true;
    }
    return false;
}

bool judge_load_holds(const struct judge *j, const struct expectation *e)
{
    uint64_t load = load_mbps(j, e);
    if ((e->asserts & ASSERT_LOAD) != 0 && (load < e->load_min_mbps || load > e->load_max_mbps)) {
        return false;
    }
    return (e->asserts & ASSERT_SATURATED) == 0 || any_saturated(j, e) == e->saturated;
}

void judge_load_got(const struct judge *j, const struct expectation *e, char out[JUDGE_TEXT_MAX])
{
    uint64_t capacity = 0;
    for (uint16_t i = 0; i < e->pop_count && capacity != UINT64_MAX; i++) {
        uint64_t one = world_capacity(j->world, e->pops[i]);
        capacity = one == UINT64_MAX ? one : capacity + one;
    }
    int n = snprintf(out, JUDGE_TEXT_MAX, "load %" PRIu64, load_mbps(j, e));
    if (capacity != UINT64_MAX) {
        n +=
            snprintf(out + n, JUDGE_TEXT_MAX - (size_t)n, " of %" PRIu64, capacity / KBPS_PER_MBPS);
    }
    snprintf(out + n, JUDGE_TEXT_MAX - (size_t)n, " Mbit/s, %ssaturated",
             any_saturated(j, e) ? "" : "not ");
}
