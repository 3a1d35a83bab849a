/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/watch.h"

#include <inttypes.h>
#include <stdio.h>

/* --- building ------------------------------------------------------------------------------- */

static simtime end_of(const struct scenario *s, uint32_t i, bool until)
{
    const struct expectation *e = &s->expectations[i];
    return until ? e->until : e->from;
}

/* Merges two sorted halves of `from` into `to`; equal keys keep file order. */
static void merge(const struct scenario *s, bool until, const uint32_t *from, uint32_t *to,
                  const uint32_t bounds[3])
{
    uint32_t a = bounds[0];
    uint32_t b = bounds[1];
    for (uint32_t k = bounds[0]; k < bounds[2]; k++) {
        bool left = a < bounds[1] && (b >= bounds[2] || !simtime_before(end_of(s, from[b], until),
                                                                        end_of(s, from[a], until)));
        to[k] = left ? from[a++] : from[b++];
    }
}

/* Expectation indices by `from` or `until`: a bottom-up merge sort. NULL without memory. */
static const uint32_t *sorted(struct arena *a, const struct scenario *s, bool until)
{
    uint32_t n = s->expectation_count;
    uint32_t *order = arena_get(a, n, sizeof(*order));
    uint32_t *spare = arena_get(a, n, sizeof(*spare));
    if (a->failed) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (uint64_t width = 1; width < n; width *= 2) {
        for (uint64_t lo = 0; lo < n; lo += 2 * width) {
            uint64_t mid = lo + width < n ? lo + width : n;
            uint64_t hi = lo + 2 * width < n ? lo + 2 * width : n;
            uint32_t bounds[3] = {(uint32_t)lo, (uint32_t)mid, (uint32_t)hi};
            merge(s, until, order, spare, bounds);
        }
        uint32_t *swap = order;
        order = spare;
        spare = swap;
    }
    return order;
}

/* The next of those that the answer for an alias depends on besides itself. */
static uint32_t next_in_chain(const struct world *w, uint32_t host)
{
    const uint8_t *target = w->spec->hosts[host].cname;
    return target != NULL ? answer_host(w, target) : CN_NONE32;
}

/* Puts a reference at first[host + 1] for the host it is about and those that one leads to; without
 * `refs`, counts them in first[host + 2]. Returns how many there are. */
static uint32_t add_ref(const struct watch_set *ws, struct watch_ref ref, uint32_t *first,
                        struct watch_ref *refs)
{
    uint32_t host = ws->scenario->expectations[ref.expectation].hosts[ref.position];
    uint32_t n = 0;
    for (; n <= ANSWER_ALIAS_MAX && host != CN_NONE32; n++) {
        if (refs != NULL) {
            refs[first[host + 1]++] = ref;
        } else {
            first[host + 2]++;
        }
        host = next_in_chain(ws->judge.world, host);
    }
    return n;
}

/* Whether an alias leads to a name of ours that is no declared host: a host below it may come into
 * being, so that its answer can change without it; or whether a host "*" may stand for one that is
 * yet to come. */
static bool leads_nowhere(const struct world *w, uint32_t host)
{
    if (w->wildcards && !w->spec->hosts[host].active) return true;
    for (int n = 0; n <= ANSWER_ALIAS_MAX && w->spec->hosts[host].cname != NULL; n++) {
        uint32_t next = next_in_chain(w, host);
        if (w->wildcards && next != CN_NONE32 && !w->spec->hosts[next].active) return true;
        if (next == CN_NONE32) return answer_ours(w, w->spec->hosts[host].cname);
        host = next;
    }
    return false;
}

static bool about_hosts(const struct world *w, const struct expectation *e)
{
    if (e->subject != EXPECT_ANSWER || e->name != NULL) return false;
    /* A path depends on other sites' demand, on products and on the hour too. */
    if ((e->asserts & (ASSERT_RTT | ASSERT_LOSS | ASSERT_CARRIED)) != 0) return false;
    if ((e->asserts & ASSERT_PATH) != 0) return false; /* lists and resolvers change it, too */
    for (uint32_t h = 0; h < e->host_count; h++) {
        if (leads_nowhere(w, e->hosts[h])) return false;
    }
    return true;
}

static uint64_t add_refs(const struct watch_set *ws, uint32_t *first, struct watch_ref *refs)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < ws->scenario->expectation_count; i++) {
        const struct expectation *e = &ws->scenario->expectations[i];
        if (!ws->watches[i].by_host || e->when == EXPECT_AT) continue;
        for (uint32_t p = 0; p < e->host_count; p++) {
            total += add_ref(ws, (struct watch_ref){i, p}, first, refs);
        }
    }
    return total;
}

/* host -> expectations with windows; a counting sort. */
static bool build_refs(struct watch_set *ws, struct arena *a)
{
    uint32_t hosts = ws->scenario->world.host_count;
    uint32_t *first = arena_get(a, (size_t)hosts + 2, sizeof(*first));
    if (first == NULL) return false;
    uint64_t total = add_refs(ws, first, NULL);
    struct watch_ref *refs = total <= UINT32_MAX ? arena_get(a, total, sizeof(*refs)) : NULL;
    if (refs == NULL) return false;
    for (uint32_t h = 2; h <= hosts + 1; h++) {
        first[h] += first[h - 1];
    }
    add_refs(ws, first, refs);
    ws->ref_first = first;
    ws->refs = refs;
    return true;
}

static bool init_watch(struct watch *x, struct arena *a, const struct world *w,
                       const struct expectation *e)
{
    x->by_host = about_hosts(w, e);
    x->items = judge_items(e);
    CN_ASSERT(x->items > 0); /* else it would hold without having been looked at */
    x->missing = x->items;
    if (e->when == EXPECT_EVENTUALLY) x->seen = arena_get(a, x->items / 8 + 1, 1);
    if ((e->asserts & ASSERT_CHANGES) != 0) {
        x->changes = arena_get(a, x->items, sizeof(*x->changes));
        x->fingerprints = arena_get(a, x->items, sizeof(*x->fingerprints));
    }
    return !a->failed;
}

bool watch_init(struct watch_set *ws, struct arena *a, const struct scenario *s,
                const struct judge *j)
{
    *ws = (struct watch_set){.judge = *j, .scenario = s};
    uint32_t n = s->expectation_count;
    ws->watches = arena_get(a, n, sizeof(*ws->watches));
    ws->open_hosts = arena_get(a, n, sizeof(*ws->open_hosts));
    ws->open_rest = arena_get(a, n, sizeof(*ws->open_rest));
    ws->by_from = sorted(a, s, false);
    ws->by_until = sorted(a, s, true);
    if (a->failed) return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct expectation *e = &s->expectations[i];
        if (e->skip == NULL && !init_watch(&ws->watches[i], a, j->world, e)) return false;
        if (e->skip != NULL) ws->watches[i].state = WATCH_HELD;
    }
    return build_refs(ws, a);
}

/* --- the open ones -------------------------------------------------------------------------- */

static void open_watch(struct watch_set *ws, uint32_t i)
{
    bool hosts = ws->watches[i].by_host;
    uint32_t *list = hosts ? ws->open_hosts : ws->open_rest;
    uint32_t *count = hosts ? &ws->open_hosts_count : &ws->open_rest_count;
    ws->watches[i].state = WATCH_OPEN;
    ws->watches[i].open_at = *count;
    list[(*count)++] = i;
}

static void close_watch(struct watch_set *ws, uint32_t i, enum watch_state state)
{
    bool hosts = ws->watches[i].by_host;
    uint32_t *list = hosts ? ws->open_hosts : ws->open_rest;
    uint32_t *count = hosts ? &ws->open_hosts_count : &ws->open_rest_count;
    uint32_t last = list[--*count];
    list[ws->watches[i].open_at] = last;
    ws->watches[last].open_at = ws->watches[i].open_at;
    ws->watches[i].state = (uint8_t)state;
}

/* --- judging -------------------------------------------------------------------------------- */

static void fail(struct watch_set *ws, uint32_t i, uint64_t item, const char *got)
{
    close_watch(ws, i, WATCH_FAILED);
    ws->on_fail(ws->owner, i, item, got);
}

static void see(struct watch *x, uint64_t item)
{
    uint8_t bit = (uint8_t)(1U << item % 8);
    if ((x->seen[item / 8] & bit) != 0) return;
    x->seen[item / 8] |= bit;
    x->missing--;
}

static void count_change(struct watch_set *ws, uint32_t i, uint64_t item, bool opening)
{
    struct watch *x = &ws->watches[i];
    uint64_t print = judge_fingerprint(&ws->judge, &ws->scenario->expectations[i], item);
    if (!opening && print != x->fingerprints[item]) x->changes[item]++;
    x->fingerprints[item] = print;
}

static void judge_item(struct watch_set *ws, uint32_t i, uint64_t item, bool opening)
{
    const struct expectation *e = &ws->scenario->expectations[i];
    ws->checks++;
    if ((e->asserts & ASSERT_CHANGES) != 0) count_change(ws, i, item, opening);
    bool holds = judge_holds(&ws->judge, e, item);
    if (opening && item == 0 && !judge_wire_agrees(&ws->judge, e, item)) {
        fail(ws, i, item, "the responder's answer differs from the decision: a fault of cnedge");
        return;
    }
    switch (e->when) {
    case EXPECT_AT:
    case EXPECT_ALWAYS:
        if (!holds) fail(ws, i, item, NULL);
        return;
    case EXPECT_NEVER:
        if (holds) fail(ws, i, item, NULL);
        return;
    case EXPECT_EVENTUALLY:
        if (holds) see(&ws->watches[i], item);
        return;
    }
}

/* After a network change an item need not be judged again when its host's class answers its line as
 * before; "nearest" and "reason" look at more than the answer. */
static bool as_before(const struct watch_set *ws, const struct expectation *e, uint64_t item)
{
    struct world *w = ws->judge.world;
    if ((e->asserts & (ASSERT_NEAREST | ASSERT_REASON)) != 0 || w->spill.pop_count > 0) {
        return false; /* with spill the cells do not say it all */
    }
    if (w->message_generation > ws->generation) return false;
    uint32_t host = e->hosts[item / e->line_count];
    if (w->hosts[host].outside != CN_NONE16) return false;
    if (w->spec->hosts[host].cname != NULL) return false;
    enum family family = answer_family(e->type);
    const struct cell *cells = world_cells(w, w->hosts[host].class_, family);
    return cells[e->lines[item % e->line_count]].since <= ws->generation;
}

static void judge_range(struct watch_set *ws, uint32_t i, uint64_t first, uint64_t count,
                        bool opening)
{
    for (uint64_t item = first; item < first + count; item++) {
        if (ws->watches[i].state != WATCH_OPEN) return; /* its first failure is enough */
        judge_item(ws, i, item, opening);
    }
}

static void judge_all(struct watch_set *ws, uint32_t i, bool opening)
{
    judge_range(ws, i, 0, ws->watches[i].items, opening);
}

/* Backwards, since a failing one is swapped with the last. */
static void judge_rest(struct watch_set *ws)
{
    for (uint32_t k = ws->open_rest_count; k-- > 0;) {
        judge_all(ws, ws->open_rest[k], false);
    }
}

static void judge_network(struct watch_set *ws)
{
    for (uint32_t k = ws->open_hosts_count; k-- > 0;) {
        uint32_t i = ws->open_hosts[k];
        const struct expectation *e = &ws->scenario->expectations[i];
        for (uint64_t item = 0; item < ws->watches[i].items; item++) {
            if (!as_before(ws, e, item)) judge_range(ws, i, item, 1, false);
        }
    }
}

static void look_at_host(struct watch_set *ws, uint32_t host)
{
    for (uint32_t r = ws->ref_first[host]; r < ws->ref_first[host + 1]; r++) {
        uint32_t i = ws->refs[r].expectation;
        uint64_t lines = ws->scenario->expectations[i].line_count;
        judge_range(ws, i, ws->refs[r].position * lines, lines, false);
    }
}

/* A host that came into being makes names of those above it: no longer NXDOMAIN (RFC 8020). */
static void look_above(struct watch_set *ws, uint32_t host)
{
    const struct world *w = ws->judge.world;
    if (w->spec->hosts[host].active) return; /* it was there from the start */
    for (const uint8_t *name = w->spec->hosts[host].name; *name != 0;) {
        name = dname_parent(name);
        uint32_t above = answer_host(w, name);
        if (above != CN_NONE32) look_at_host(ws, above);
    }
}

static void judge_changed(struct watch_set *ws, const uint32_t *hosts, uint32_t host_count,
                          bool network)
{
    judge_rest(ws);
    if (network) judge_network(ws);
    for (uint32_t h = 0; h < host_count; h++) {
        look_at_host(ws, hosts[h]);
        look_above(ws, hosts[h]);
    }
}

/* --- windows' ends -------------------------------------------------------------------------- */

/* The first item that was never seen. */
static uint64_t first_missing(const struct watch *x)
{
    uint64_t item = 0;
    while ((x->seen[item / 8] & 1U << item % 8) != 0) {
        item++;
    }
    return item;
}

/* The first item whose answer changed too often or too seldom; x->items when there is none. */
static uint64_t first_restless(const struct watch *x, const struct expectation *e)
{
    uint64_t item = 0;
    while (item < x->items && x->changes[item] >= e->changes_min &&
           x->changes[item] <= e->changes_max) {
        item++;
    }
    return item;
}

static void finish(struct watch_set *ws, uint32_t i)
{
    const struct expectation *e = &ws->scenario->expectations[i];
    struct watch *x = &ws->watches[i];
    if (e->when == EXPECT_EVENTUALLY && x->missing > 0) {
        fail(ws, i, first_missing(x), NULL);
        return;
    }
    uint64_t item = (e->asserts & ASSERT_CHANGES) != 0 ? first_restless(x, e) : x->items;
    if (item == x->items) {
        close_watch(ws, i, WATCH_HELD);
        return;
    }
    char got[JUDGE_TEXT_MAX];
    snprintf(got, sizeof(got), "%" PRIu32 " change%s of the answer", x->changes[item],
             x->changes[item] == 1 ? "" : "s");
    fail(ws, i, item, got);
}

/* Whether the window's last instant lies before its end, so that it ends before the checks. */
static bool half_open(const struct watch_set *ws, const struct expectation *e)
{
    bool window = e->when == EXPECT_ALWAYS || e->when == EXPECT_NEVER;
    return window && simtime_before(e->until, ws->scenario->end);
}

static void finish_due(struct watch_set *ws, simtime now, bool before_checks)
{
    const struct scenario *s = ws->scenario;
    uint32_t k = ws->next_until;
    for (; k < s->expectation_count; k++) {
        uint32_t i = ws->by_until[k];
        const struct expectation *e = &s->expectations[i];
        if (simtime_before(now, e->until)) break;
        if (ws->watches[i].state == WATCH_OPEN && half_open(ws, e) == before_checks) {
            finish(ws, i);
        }
    }
    if (!before_checks) ws->next_until = k;
}

static void open_due(struct watch_set *ws, simtime now)
{
    const struct scenario *s = ws->scenario;
    while (ws->next_from < s->expectation_count) {
        uint32_t i = ws->by_from[ws->next_from];
        if (simtime_before(now, s->expectations[i].from)) return;
        ws->next_from++;
        if (ws->watches[i].state != WATCH_WAITING) continue;
        open_watch(ws, i);
        judge_all(ws, i, true);
    }
}

simtime watch_next_at(const struct watch_set *ws)
{
    const struct scenario *s = ws->scenario;
    simtime at = SIMTIME_NEVER;
    if (ws->next_from < s->expectation_count) at = end_of(s, ws->by_from[ws->next_from], false);
    if (ws->next_until < s->expectation_count) {
        simtime until = end_of(s, ws->by_until[ws->next_until], true);
        if (simtime_before(until, at)) at = until;
    }
    return at;
}

void watch_instant(struct watch_set *ws, simtime now, const uint32_t *hosts, uint32_t host_count,
                   bool network)
{
    finish_due(ws, now, true);
    judge_changed(ws, hosts, host_count, network);
    open_due(ws, now);
    finish_due(ws, now, false);
    ws->generation = ws->judge.world->generation;
}
