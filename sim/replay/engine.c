/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/engine.h"

bool engine_init(struct engine *e, struct arena *a, const struct scenario *s)
{
    *e = (struct engine){.scenario = s, .without = CN_NONE32};
    e->world = world_build(a, &s->world);
    return e->world != NULL && !e->world->class_limit;
}

/* The next scenario event that is not left out; CN_NONE32 when none is left. */
static uint32_t next_event(const struct engine *e)
{
    uint32_t i = e->next;
    while (i < e->scenario->event_count && e->scenario->events[i].number == e->without) {
        i++;
    }
    return i < e->scenario->event_count ? i : CN_NONE32;
}

static simtime event_at(const struct engine *e, uint32_t i)
{
    return i == CN_NONE32 ? SIMTIME_NEVER : e->scenario->events[i].event.at;
}

simtime engine_next_at(const struct engine *e)
{
    simtime event = event_at(e, next_event(e));
    simtime timer = world_next_at(e->world);
    simtime at = simtime_before(timer, event) ? timer : event;
    return simtime_before(e->scenario->end, at) ? SIMTIME_NEVER : at;
}

bool engine_step(struct engine *e, struct engine_step *out)
{
    simtime at = engine_next_at(e);
    if (at.ns == SIMTIME_NEVER.ns) return false;
    uint32_t i = next_event(e);
    *out = (struct engine_step){0};
    if (event_at(e, i).ns == at.ns) { /* at equal times scenario events come first */
        out->from = &e->scenario->events[i];
        out->event = out->from->event;
        out->refusal = world_apply(e->world, &out->event);
        e->next = i + 1;
        return true;
    }
    return world_fire(e->world, &out->event);
}

void engine_advance(struct engine *e, simtime until)
{
    struct engine_step step;
    while (!simtime_before(until, engine_next_at(e)) && engine_step(e, &step)) {
    }
}
