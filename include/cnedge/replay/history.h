/* SPDX-License-Identifier: MIT
 * history.h: what the authority has answered so far, for expectations about clients that still get
 * an old answer. Room replay.
 *
 * Kept for the items of such expectations only, from the start of the run: each change of PoP, kind
 * or TTL begins a segment. When there are too many, the oldest is forgotten; the next one then
 * stands for all the time before. */
#ifndef CNEDGE_REPLAY_HISTORY_H
#define CNEDGE_REPLAY_HISTORY_H

#include "cnedge/scenario/scenario.h"

enum { HISTORY_SEGMENTS_MAX = 32 };

struct history_item {
    uint32_t count;
    struct population_segment segments[HISTORY_SEGMENTS_MAX]; /* `counts` unset */
    uint64_t prints[HISTORY_SEGMENTS_MAX]; /* equal while the answer is, whatever its TTL */
};

struct history {
    struct history_item **items; /* [expectation] its items; NULL: not about this */
};

/* Memory for the scenario's expectations. False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool history_init(struct history *h, struct arena *a,
                                        const struct scenario *s);

/* Notes what is answered from `now` on. Whoever answers the item tells with which TTL. */
CN_NONNULL void history_note(struct history_item *item, simtime now, uint64_t print,
                             uint32_t ttl_s);

/* Whether the answer, whatever its TTL, has ever been another one. */
CN_NONNULL CN_PURE bool history_changed(const struct history_item *item);

struct history_change {
    simtime at;
    uint32_t ttl_s; /* of the answer before, the last that it had */
};

/* The last change of the answer, whatever its TTL. False when there was none. */
CN_NONNULL CN_MUSTUSE bool history_change(const struct history_item *item,
                                          struct history_change *out);

/* The share, ppm, of the answers that clients of the mixture get at `now` which are not the one
 * that the authority gives. */
CN_NONNULL CN_PURE uint32_t history_stale(const struct history_item *item,
                                          const struct population_mix *mix, simtime now);

/* How long after its last change of answer this share falls to `ppm`, when nothing changes any
 * more; SIMTIME_NEVER when not within `horizon` of the last change of anything, or when the answer
 * has never changed. */
CN_NONNULL CN_PURE simtime history_falls(const struct history_item *item,
                                         const struct population_mix *mix, uint32_t ppm,
                                         simdur horizon);

#endif
