/* SPDX-License-Identifier: MIT
 * judge_traffic.c: expectations about clients that still get an old answer. */
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/judge.h"

enum { PPM_PER_MILLE = 1000, PPM_PER_PERCENT = 10000, HORIZON_S = 365 * 86400 };

static const struct history_item *item_of(const struct judge *j, const struct expectation *e,
                                          uint64_t item)
{
    return &j->history->items[e - j->scenario->expectations][item];
}

static const struct population_mix *mix_of(const struct judge *j, const struct expectation *e,
                                           uint64_t item)
{
    return &j->scenario->mixes[judge_line(e, item)];
}

void judge_note(const struct judge *j, simtime now)
{
    for (uint32_t i = 0; i < j->scenario->expectation_count; i++) {
        const struct expectation *e = &j->scenario->expectations[i];
        for (uint64_t k = 0; j->history->items[i] != NULL && k < judge_items(e); k++) {
            struct answer a;
            answer_follow(j->world, judge_name(j, e, k), e->type, judge_line(e, k), &a);
            history_note(&j->history->items[i][k], now, judge_fingerprint(j, e, k),
                         answer_life_s(&a));
        }
    }
}

static uint32_t stale(const struct judge *j, const struct expectation *e, uint64_t item)
{
    return history_stale(item_of(j, e, item), mix_of(j, e, item), e->from);
}

/* When all but the rest have moved. */
static simtime moved(const struct judge *j, const struct expectation *e, uint64_t item,
                     uint32_t percent)
{
    uint32_t rest = (100 - percent) * PPM_PER_PERCENT;
    return history_falls(item_of(j, e, item), mix_of(j, e, item), rest, simdur_s(HORIZON_S));
}

bool judge_stale_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    uint32_t share = (stale(j, e, item) + PPM_PER_MILLE / 2) / PPM_PER_MILLE;
    return share >= e->stale_min && share <= e->stale_max;
}

bool judge_moved_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    const struct history_item *h = item_of(j, e, item);
    int64_t ns = moved(j, e, item, e->moved_percent).ns;
    if (!history_changed(h)) return false;
    if (e->moved_within.ns > 0 && ns > e->moved_within.ns) return false;
    return e->moved_not_within.ns == 0 || ns > e->moved_not_within.ns;
}

static void put_moved(const struct judge *j, const struct expectation *e, uint64_t item,
                      uint32_t percent, char out[JUDGE_TEXT_MAX / 4])
{
    char text[TIMETEXT_MAX];
    simtime at = moved(j, e, item, percent);
    if (at.ns == SIMTIME_NEVER.ns) {
        snprintf(out, JUDGE_TEXT_MAX / 4, "%" PRIu32 " %% not within a year", percent);
        return;
    }
    timetext_put_simtime(at, text);
    snprintf(out, JUDGE_TEXT_MAX / 4, "%" PRIu32 " %% after %s", percent, text + 1);
}

void judge_traffic_got(const struct judge *j, const struct expectation *e, uint64_t item,
                       char out[JUDGE_TEXT_MAX])
{
    char one[JUDGE_TEXT_MAX / 4];
    char other[JUDGE_TEXT_MAX / 4];
    put_moved(j, e, item, 50, one);
    put_moved(j, e, item, e->moved_percent > 0 ? e->moved_percent : 90, other);
    snprintf(out, JUDGE_TEXT_MAX, "%" PRIu32 " per mille still get an old answer; moved: %s, %s",
             (stale(j, e, item) + PPM_PER_MILLE / 2) / PPM_PER_MILLE, one, other);
}
