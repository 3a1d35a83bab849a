/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/engine.h"

bool engine_init(struct engine *e, struct arena *a, const struct scenario *s)
{
    *e = (struct engine){.scenario = s, .without = CN_NONE32, .shifted = CN_NONE32};
    e->world = world_build(a, &s->world);
    return e->world != NULL && !e->world->class_limit;
}

/* Whether an event does not happen in its place in the file. */
static bool moved(const struct engine *e, uint32_t number)
{
    return number == e->without || number == e->shifted;
}

/* The next scenario event that happens in its place; event_count when none is left. */
static uint32_t next_in_place(const struct engine *e)
{
    uint32_t i = e->next;
    while (i < e->scenario->event_count && moved(e, e->scenario->events[i].number)) {
        i++;
    }
    return i;
}

/* When the next scenario event is due, and which one it is. */
static simtime next_event(const struct engine *e, uint32_t *index)
{
    const struct scenario *s = e->scenario;
    *index = next_in_place(e);
    simtime at = *index < s->event_count ? s->events[*index].event.at : SIMTIME_NEVER;
    bool waits = e->shifted != CN_NONE32 && !e->shift_done;
    if (!waits || !simtime_before(e->shifted_at, at)) return at;
    *index = 0;
    while (s->events[*index].number != e->shifted) {
        ++*index;
    }
    return e->shifted_at;
}

simtime engine_next_at(const struct engine *e)
{
    uint32_t index;
    if (world_is_going(e->world)) return e->world->now;
    simtime event = next_event(e, &index);
    simtime timer = world_next_at(e->world);
    simtime at = simtime_before(timer, event) ? timer : event;
    return simtime_before(e->scenario->end, at) ? SIMTIME_NEVER : at;
}

/* Takes the scenario event that is due next; at equal times those come before timers. False: a
 * timer is. */
static bool take_event(struct engine *e, simtime at, struct engine_step *out)
{
    uint32_t i;
    *out = (struct engine_step){0};
    if (next_event(e, &i).ns != at.ns) return false;
    out->from = &e->scenario->events[i];
    out->event = out->from->event;
    out->event.at = at;
    if (out->from->number == e->shifted) {
        e->shift_done = true;
    } else {
        e->next = i + 1;
    }
    return true;
}

bool engine_step(struct engine *e, struct engine_step *out)
{
    simtime at = engine_next_at(e);
    CN_ASSERT(!world_is_going(e->world));
    if (at.ns == SIMTIME_NEVER.ns) return false;
    if (!take_event(e, at, out)) return world_fire(e->world, &out->event);
    out->refusal = world_apply(e->world, &out->event);
    return true;
}

bool engine_some(struct engine *e, uint32_t sites, struct engine_step *step)
{
    simtime at = engine_next_at(e);
    if (at.ns == SIMTIME_NEVER.ns) return false;
    if (world_is_going(e->world)) {
        world_more(e->world, sites, &step->refusal);
        return true;
    }
    if (!take_event(e, at, step)) return world_begin_timer(e->world, sites, &step->event);
    world_begin(e->world, &step->event, sites, &step->refusal);
    return true;
}

void engine_advance(struct engine *e, simtime until)
{
    struct engine_step step;
    while (!simtime_before(until, engine_next_at(e)) && engine_step(e, &step)) {
    }
}
