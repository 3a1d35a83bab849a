/* SPDX-License-Identifier: MIT
 * node.h: values and defaults of objects whose shape has been checked. Room scenario.
 *
 * Absent values give the table's default; a key that the type does not have is never there. */
#ifndef CNEDGE_SIM_SCENARIO_NODE_H
#define CNEDGE_SIM_SCENARIO_NODE_H

#include "cnedge/base/simtime.h"
#include "format.h"
#include "jsondoc.h"

struct node { /* an object */
    const struct jsondoc *doc;
    const struct type *type;
    json_t *value;
    struct at at;
};

/* The item of a list, or the member of an object, as a node of type `t`; an object that is absent
 * (NULL) has no keys. */
struct node node_item(const struct node *n, const struct type *t, json_t *value, struct at at);

/* The place of a key's value. */
CN_NONNULL struct at node_at(const struct node *n, const char *key);

/* The value as it stands, or NULL when it is absent. */
CN_NONNULL json_t *node_get(const struct node *n, const char *key);

CN_NONNULL bool node_bool(const struct node *n, const char *key);
CN_NONNULL int64_t node_integer(const struct node *n, const char *key);
CN_NONNULL double node_degrees(const struct node *n, const char *key);
/* The text, or the default, which may be NULL. */
CN_NONNULL const char *node_text(const struct node *n, const char *key);
/* The word's index, of the default when absent; -1 when there is no default either. */
CN_NONNULL int node_word(const struct node *n, const char *key);
/* The instant, of the default when absent; `otherwise` when there is no default either. */
CN_NONNULL walltime node_instant(const struct node *n, const char *key, walltime otherwise);

/* How many values a key has that takes one or a list; 0 when absent. */
CN_NONNULL size_t node_count(const struct node *n, const char *key);
/* Value `i` of those; `*at` is its place, in which `*list` is linked. */
CN_NONNULL json_t *node_value(const struct node *n, const char *key, size_t i, struct at *list,
                              struct at *at);

/* Reads the addresses at a key that takes one or a list, `bytes` bytes each. Returns how many. */
CN_NONNULL uint8_t node_addresses(const struct node *n, const char *key, uint8_t *out,
                                  size_t bytes);

/* Integer of a number that may be written 1.0. */
int64_t node_whole(const json_t *number);

#endif
