/* SPDX-License-Identifier: MIT
 * steps.h: a list that grows in steps, so that what it holds never moves. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_STEPS_H
#define CNEDGE_SIM_SCENARIO_STEPS_H

#include "cnedge/base/arena.h"

enum { STEPS_ITEMS = 1 << 14, STEPS_MAX = 1 << 10 };

struct steps {
    struct arena *arena;
    uint8_t **step; /* STEPS_MAX of them */
    size_t size;    /* of an item */
    uint32_t count;
};

/* An empty list of items of `size` bytes. False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool steps_init(struct steps *s, struct arena *a, size_t size);

/* A zeroed item behind the last one; NULL when the arena is exhausted. At most STEPS_ITEMS *
 * STEPS_MAX may be added. */
CN_NONNULL CN_MUSTUSE void *steps_add(struct steps *s);

/* Item `i`, which has been added. */
CN_NONNULL CN_PURE void *steps_at(const struct steps *s, uint32_t i);

#endif
