/* SPDX-License-Identifier: MIT
 * verify_shrink.c: the same violation with fewer events. */
#include <string.h>

#include "verify_internal.h"

struct trial {
    struct verify_space *s;
    const struct verify_options *o;
    struct verify_way *way;
    enum invariant wanted;
};

/* Whether one of the violations is the one that is wanted. */
static bool wanted(struct trial *t, const struct violation_list *list)
{
    for (uint32_t i = 0; i < list->count && i < list->cap; i++) {
        if (list->items[i].invariant != t->wanted) continue;
        t->way->violation = list->items[i];
        t->way->at = t->s->w->now;
        return true;
    }
    return false;
}

/* Whether the invariants are violated by what just happened, as wanted. */
static bool violated(struct trial *t, const struct event *e, bool applied)
{
    struct world *w = t->s->w;
    struct violation items[VERIFY_VIOLATIONS_MAX];
    struct violation_list list = {.cap = VERIFY_VIOLATIONS_MAX, .items = items};
    if (applied && t->o->corrupt != NULL && t->o->corrupt(t->o->owner, w, e)) {
        for (uint32_t i = 0; i < w->class_count; i++) {
            w->classes[i].checked = 0;
        }
        invariant_check_all(w, &list);
    } else {
        invariant_check_changed(w, &list);
    }
    return wanted(t, &list);
}

/* Whether it is there from the start. */
static bool violated_at_start(struct trial *t)
{
    struct violation items[VERIFY_VIOLATIONS_MAX];
    struct violation_list list = {.cap = VERIFY_VIOLATIONS_MAX, .items = items};
    invariant_check_all(t->s->w, &list);
    return wanted(t, &list);
}

/* Fires the timers that are due before `until`, or with it when nothing else stands there. */
static bool fire(struct trial *t, simtime until, bool with)
{
    struct event e;
    for (;;) {
        simtime at = world_next_at(t->s->w);
        if (with ? simtime_before(until, at) : !simtime_before(at, until)) return false;
        if (!world_fire(t->s->w, &e)) return false;
        if (violated(t, &e, true)) return true;
    }
}

/* Runs the way without event `without` (CN_NONE32: none). True when it ends as it should; `*used`:
 * how many of its events that took. */
static bool run(struct trial *t, uint32_t without, const uint8_t *initial, uint32_t *used)
{
    verify_state_restore(t->s, initial);
    simtime end = t->way->at;
    *used = 0;
    if (violated_at_start(t)) return true;
    for (uint32_t i = 0; i < t->way->count; i++) {
        struct verify_event *e = &t->way->events[i];
        if (i == without) continue;
        if (fire(t, e->event.at, false)) {
            *used = i;
            return true;
        }
        enum refusal refusal = world_apply(t->s->w, &e->event);
        if (without == CN_NONE32) e->refusal = refusal;
        if (violated(t, &e->event, refusal == REFUSAL_NONE)) {
            *used = i + 1;
            return true;
        }
    }
    *used = t->way->count;
    return fire(t, end, true);
}

static void drop(struct verify_way *way, uint32_t i)
{
    if (way->events[i].from == NULL) way->injected--;
    memmove(way->events + i, way->events + i + 1, (way->count - i - 1) * sizeof(*way->events));
    way->count--;
}

/* Events behind the violation are none of its causes. */
static void cut(struct verify_way *way, uint32_t used)
{
    while (way->count > used) {
        drop(way, way->count - 1);
    }
}

void verify_shrink(struct verify_space *s, const struct verify_options *o, const uint8_t *initial,
                   struct verify_way *way)
{
    struct trial t = {s, o, way, way->violation.invariant};
    uint32_t used;
    bool dropped = true;
    while (dropped) {
        dropped = false;
        for (uint32_t i = way->count; i-- > 0;) {
            simtime at = way->at;
            struct violation v = way->violation;
            if (i < way->count && run(&t, i, initial, &used)) {
                cut(way, used);
                if (i < way->count) drop(way, i);
                dropped = true;
            } else {
                way->at = at;
                way->violation = v;
            }
        }
    }
    bool still = run(&t, CN_NONE32, initial, &used);
    CN_ASSERT(still);
}
