/* SPDX-License-Identifier: MIT
 * evq.h: the timers of the machines: an indexed binary heap with one slot per timer. Room model.
 *
 * A timer is one of a known number of slots (one per entity and purpose), so the queue can never
 * overflow and setting a timer again moves it. Order is total: (at, seq); `seq` counts sets, so two
 * timers of one instant fire in the order in which they were last set. Storage is the caller's. */
#ifndef CNEDGE_MODEL_EVQ_H
#define CNEDGE_MODEL_EVQ_H

#include "cnedge/base/simtime.h"

struct evq_entry {
    simtime at;
    uint32_t seq;
    uint32_t slot;
};

struct evq {
    struct evq_entry *heap; /* borrowed, `slots` entries */
    uint32_t *place;        /* borrowed, `slots` entries: slot -> heap index + 1, 0 = not set */
    uint32_t len, slots;
    uint32_t seq_next; /* when it runs out, the timers that are set are numbered anew, in order */
    simtime now;       /* `at` of the last timer popped; time never runs backwards */
};

/* `heap` and `place` hold `slots` entries each; `place` must be zeroed. */
CN_NONNULL void evq_init(struct evq *q, struct evq_entry *heap, uint32_t *place, uint32_t slots);

/* Sets (or moves) the timer `slot` to fire at `at`, which must not lie before q->now.
 * SIMTIME_NEVER clears it, so that a saturated sum means what it says. */
CN_NONNULL void evq_set(struct evq *q, uint32_t slot, simtime at);

/* Clears the timer; nothing happens when it is not set. */
CN_NONNULL void evq_clear(struct evq *q, uint32_t slot);

/* When the next timer is due; SIMTIME_NEVER if none is set. */
CN_NONNULL CN_PURE simtime evq_next_at(const struct evq *q);

/* When this timer is due; SIMTIME_NEVER if it is not set. */
CN_NONNULL CN_PURE simtime evq_at(const struct evq *q, uint32_t slot);

/* Takes the earliest timer off, advances q->now, and returns its slot. False if none is set. */
CN_NONNULL CN_MUSTUSE bool evq_pop(struct evq *q, uint32_t *slot);

#endif
