/* SPDX-License-Identifier: MIT
 * schema.h: the format's tables as a JSON Schema and as a list of keys. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_SCHEMA_H
#define CNEDGE_SIM_SCENARIO_SCHEMA_H

#include <jansson.h>

#include "format.h"

/* The schema (draft 2020-12) of `root`; `more` is another type that its $defs contain. NULL when
 * memory is exhausted. */
CN_NONNULL CN_MUSTUSE json_t *schema_make(const struct type *root, const struct type *more);

/* What schema_each_object calls: key `k` of the object type `t`. */
typedef void (*schema_key_fn)(void *context, const struct type *t, const struct key *k);

/* Every key of every type of object that `root` leads to, in the order of the format. */
CN_NONNULL void schema_each_key(const struct type *root, schema_key_fn fn, void *context);

#endif
