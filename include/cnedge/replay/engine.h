/* SPDX-License-Identifier: MIT
 * engine.h: drives a world through a scenario's events and the machines' timers. Room replay.
 *
 * Replay and serve use one contract: engine_next_at says when something is due, engine_step makes
 * it happen. Order at equal times: scenario events in file order, then timers (DESIGN 9.3); whoever
 * drives the engine checks after the last step of an instant. */
#ifndef CNEDGE_REPLAY_ENGINE_H
#define CNEDGE_REPLAY_ENGINE_H

#include "cnedge/model/world.h"
#include "cnedge/scenario/scenario.h"

struct engine {
    const struct scenario *scenario;
    struct world *world;
    uint32_t next;    /* index of the next scenario event */
    uint32_t without; /* number (in the file) of an event to leave out; CN_NONE32 = none */
    uint32_t shifted; /* number of an event that happens at `shifted_at` instead, as the last
                       * scenario event of that instant; CN_NONE32 = none */
    simtime shifted_at;
    bool shift_done;
};

struct engine_step { /* what happened */
    struct event event;
    const struct scenario_event *from; /* NULL for a timer's event */
    enum refusal refusal;
};

/* Builds the world of `s` in `a`. False when memory or WORLD_CLASSES_MAX does not suffice. */
CN_NONNULL CN_MUSTUSE bool engine_init(struct engine *e, struct arena *a, const struct scenario *s);

/* When the next event is due; SIMTIME_NEVER when nothing is left up to the scenario's end. */
CN_NONNULL CN_PURE simtime engine_next_at(const struct engine *e);

/* Makes the next event happen. False when nothing is left. */
CN_NONNULL CN_MUSTUSE bool engine_step(struct engine *e, struct engine_step *out);

/* The same at up to `sites` sites: begins the next event, or goes on with the one that has begun;
 * `*step` is kept in between. The event has happened, and its refusal is known, when world_is_going
 * says no more: until then engine_next_at is its instant, and engine_step may not be called. */
CN_NONNULL CN_MUSTUSE bool engine_some(struct engine *e, uint32_t sites, struct engine_step *step);

/* Makes everything happen that is due up to and including `until`. */
CN_NONNULL void engine_advance(struct engine *e, simtime until);

#endif
