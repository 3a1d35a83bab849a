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

/* Has the kernel provide now what it would provide at the first store: 2 MB at a time, which it
 * clears, for which it takes 2 ms. For who must not wait then. A kernel that cannot (before Linux
 * 5.14) changes nothing. */
CN_NONNULL void heap_populate(const struct heap *h);

/* Frees all that the arena handed out; the arena is then used up. */
CN_NONNULL void heap_free(struct heap *h);

#endif
