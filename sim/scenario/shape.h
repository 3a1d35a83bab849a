/* SPDX-License-Identifier: MIT
 * shape.h: whether a JSON tree has the shape that the format's tables describe. Room scenario.
 *
 * What passes has the right types, words, ranges and keys everywhere, so that whoever reads it next
 * need not look again. The JSON Schema accepts exactly the same, but for texts whose pattern is
 * wider than what is read (31 February). */
#ifndef CNEDGE_SIM_SCENARIO_SHAPE_H
#define CNEDGE_SIM_SCENARIO_SHAPE_H

#include "format.h"
#include "jsondoc.h"

struct shape_walk;

/* What checking needs, to be used for any number of trees. NULL when `a` is exhausted. */
CN_NONNULL CN_MUSTUSE struct shape_walk *shape_new(struct arena *a);

/* Checks the whole tree and reports everything wrong with it. */
CN_NONNULL CN_MUSTUSE bool shape_tree(struct shape_walk *s, const struct jsondoc *d,
                                      const struct type *t);

/* The same for one tree alone. */
CN_NONNULL CN_MUSTUSE bool shape_check(const struct jsondoc *d, const struct type *t,
                                       struct arena *scratch);

/* The alternative of an "either" that a value belongs to; other types are their own. NULL: none. */
CN_NONNULL CN_PURE const struct type *shape_alternative(const struct type *t, const json_t *value);

#endif
