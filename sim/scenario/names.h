/* SPDX-License-Identifier: MIT
 * names.h: what was declared under which name: a hash table. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_NAMES_H
#define CNEDGE_SIM_SCENARIO_NAMES_H

#include "cnedge/base/arena.h"

struct names_slot {
    const char *name; /* borrowed; NULL = free */
    uint32_t value;
    uint32_t tag; /* of the hash: most names that differ need not be looked at */
};

struct names {
    struct arena *arena;
    struct names_slot *slots; /* a power of two, at least twice the capacity */
    size_t mask;
    const char **list; /* in order of declaration: candidates for "did you mean" */
    size_t count, capacity;
};

/* Room for `capacity` names. False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool names_init(struct names *t, struct arena *a, size_t capacity);

/* Adds a name that is not there yet; `name` must outlive the table. Beyond the capacity the table
 * grows; the name is not added when the arena is exhausted. */
CN_NONNULL void names_add(struct names *t, const char *name, uint32_t value);

/* The value, or CN_NONE32. */
CN_NONNULL CN_PURE uint32_t names_find(const struct names *t, const char *name);

/* The declared name that `name` was probably meant to be, or NULL. Looks at the first few thousand
 * only: it runs for every error. */
CN_NONNULL CN_PURE const char *names_nearest(const struct names *t, const char *name);

#endif
