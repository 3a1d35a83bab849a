/* SPDX-License-Identifier: MIT
 * prefix_index.h: client address -> line in few steps. Room model (pure).
 *
 * Made from a prefix_table, and finds the same: a root of 2^16 entries for each family, below it
 * nodes for four bits each, which are a line of a cache. Of the shipped table, a /24 in China costs
 * three look-ups, an IPv6 /32 five; it takes 7 MB. */
#ifndef CNEDGE_MODEL_PREFIX_INDEX_H
#define CNEDGE_MODEL_PREFIX_INDEX_H

#include "cnedge/model/prefix.h"

enum {
    PREFIX_ROOT_BITS = 16,
    PREFIX_STRIDE_BITS = 4,
    PREFIX_NODE_ENTRIES = 1 << PREFIX_STRIDE_BITS,
};

struct prefix_index {
    const uint32_t *entries; /* the root of IPv4, the root of IPv6, the nodes */
    uint32_t node_count;
};

/* NULL when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE const struct prefix_index *prefix_index_build(struct arena *a,
                                                                    const struct prefix_table *t);

/* What prefix_find4 and prefix_find6 find. */
CN_NONNULL CN_PURE struct prefix_match prefix_index_find4(const struct prefix_index *x,
                                                          const uint8_t address[4]);
CN_NONNULL CN_PURE struct prefix_match prefix_index_find6(const struct prefix_index *x,
                                                          const uint8_t address[16]);

struct prefix_walk { /* on the way to a line */
    uint64_t rest;   /* of the address, behind the entry: its first bit is the highest */
    uint32_t at;     /* an entry */
};

/* The same step by step, for who looks for many: each step asks for the memory that the next one
 * looks at. `key` is the address, or its first 64 bits: its first bit is the highest. What stands
 * behind an IPv4 address does not matter. */
CN_NONNULL CN_MUSTUSE struct prefix_walk prefix_walk_begin(const struct prefix_index *x,
                                                           uint64_t key, bool v6);

/* One step; there may be as many as one likes before the end. It does not branch: where a walk ends
 * is as random as addresses are. */
CN_NONNULL void prefix_walk_step(const struct prefix_index *x, struct prefix_walk *walk);

/* Walks on to the end: what the address is found to match. */
CN_NONNULL CN_PURE struct prefix_match prefix_walk_end(const struct prefix_index *x,
                                                       struct prefix_walk walk);

#endif
