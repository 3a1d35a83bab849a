/* SPDX-License-Identifier: MIT
 * heap.h: memory for an arena, from malloc. Room scenario.
 *
 * Whoever owns a scenario owns a heap beside its arena and frees all of it at once. */
#ifndef CNEDGE_SCENARIO_HEAP_H
#define CNEDGE_SCENARIO_HEAP_H

#include "cnedge/base/arena.h"

struct heap_block;

struct heap {
    struct heap_block *blocks;
};

/* Makes `h` an empty heap and `a` an arena over it. Neither may be moved afterwards. */
CN_NONNULL void heap_init(struct heap *h, struct arena *a);

/* Frees all that the arena handed out; the arena is then used up. */
CN_NONNULL void heap_free(struct heap *h);

#endif
