/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/history.h"

#include <string.h>

#include "cnedge/replay/judge.h"

_Static_assert((int)HISTORY_SEGMENTS_MAX <= (int)POPULATION_SEGMENTS_MAX, "fits");

bool history_init(struct history *h, struct arena *a, const struct scenario *s)
{
    h->items = arena_get(a, s->expectation_count, sizeof(struct history_item *));
    if (h->items == NULL) return false;
    for (uint32_t i = 0; i < s->expectation_count; i++) {
        const struct expectation *e = &s->expectations[i];
        if ((e->asserts & (ASSERT_STALE | ASSERT_MOVED)) == 0) continue;
        h->items[i] = arena_get(a, judge_items(e), sizeof(struct history_item));
        if (h->items[i] == NULL) return false;
    }
    return true;
}

void history_note(struct history_item *item, simtime now, uint64_t print, uint32_t ttl_s)
{
    if (item->count > 0 && item->segments[item->count - 1].from.ns == now.ns) {
        item->count--; /* nobody has seen that answer */
    }
    uint32_t last = item->count - 1;
    bool same =
        item->count > 0 && item->prints[last] == print && item->segments[last].ttl_s == ttl_s;
    if (same) return;
    if (item->count == HISTORY_SEGMENTS_MAX) {
        memmove(item->segments, item->segments + 1, last * sizeof(*item->segments));
        memmove(item->prints, item->prints + 1, last * sizeof(*item->prints));
        item->count--;
    }
    item->prints[item->count] = print;
    item->segments[item->count++] = (struct population_segment){.from = now, .ttl_s = ttl_s};
}

bool history_changed(const struct history_item *item)
{
    for (uint32_t i = 0; i < item->count; i++) {
        if (item->prints[i] != item->prints[item->count - 1]) return true;
    }
    return false;
}

/* The segments whose answer is not the last one's count. */
static uint32_t mark(const struct history_item *item,
                     struct population_segment out[HISTORY_SEGMENTS_MAX])
{
    memcpy(out, item->segments, item->count * sizeof(*out));
    for (uint32_t i = 0; i < item->count; i++) {
        out[i].counts = item->prints[i] != item->prints[item->count - 1];
    }
    return item->count;
}

uint32_t history_stale(const struct history_item *item, const struct population_mix *mix,
                       simtime now)
{
    struct population_segment segments[HISTORY_SEGMENTS_MAX];
    struct population_history h = {segments, mark(item, segments)};
    return population_mix_share(mix, &h, now);
}

/* The segment that brought the answer of now; 0: there is no other. */
static uint32_t changed_by(const struct history_item *item)
{
    uint32_t change = item->count - 1;
    while (change > 0 && item->prints[change - 1] == item->prints[item->count - 1]) {
        change--;
    }
    return change;
}

bool history_change(const struct history_item *item, struct history_change *out)
{
    if (item->count == 0) return false;
    uint32_t change = changed_by(item);
    if (change == 0) return false;
    *out = (struct history_change){item->segments[change].from, item->segments[change - 1].ttl_s};
    return true;
}

simtime history_falls(const struct history_item *item, const struct population_mix *mix,
                      uint32_t ppm, simdur horizon)
{
    struct population_segment segments[HISTORY_SEGMENTS_MAX];
    uint32_t count = mark(item, segments);
    uint32_t change = changed_by(item);
    if (change == 0) return SIMTIME_NEVER;
    for (uint32_t i = change; i < count; i++) { /* later ones have the same answer, other TTLs */
        struct population_history h = {segments, i + 1};
        simtime falls = population_mix_falls(mix, &h, ppm, horizon);
        simdur since = simtime_since(segments[i].from, segments[change].from);
        bool in_time =
            i + 1 == count || falls.ns < simtime_since(segments[i + 1].from, segments[i].from).ns;
        if (in_time) return simtime_add(falls, since);
    }
    return SIMTIME_NEVER;
}
