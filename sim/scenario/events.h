/* SPDX-License-Identifier: MIT
 * events.h: the time at a key, for events and expectations. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_EVENTS_H
#define CNEDGE_SIM_SCENARIO_EVENTS_H

#include "load.h"

/* The time at `key`, which must lie within the run. Events numbered `before` and later may not be
 * referred to. False, reported unless the event's own time was, when it is no such time. */
CN_NONNULL CN_MUSTUSE bool events_time(const struct load *l, const struct node *n, const char *key,
                                       uint32_t before, simtime *out);

/* Finds out where the items of the list at `key` stand; NULL when memory is exhausted. */
CN_NONNULL const struct jsonloc *events_places(struct load *l, const char *key, size_t count);

/* Place `i` of those. */
CN_NONNULL struct place events_place(struct load *l, const char *key, const struct jsonloc *places,
                                     size_t i);

#endif
