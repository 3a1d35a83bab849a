/* SPDX-License-Identifier: MIT
 * table.h: the answer table of an engine's world, with its memory. */
#ifndef CNEDGE_SERVER_TABLE_H
#define CNEDGE_SERVER_TABLE_H

#include "cnedge/dns/answer_table.h"
#include "cnedge/replay/engine.h"

struct table;

/* Makes a table for the world as it is now. NULL with errno set when there is no memory or no key.
 */
CN_NONNULL CN_MUSTUSE struct table *table_new(const struct engine *e);
void table_free(struct table *t);

CN_NONNULL struct answer_table *table_answers(const struct table *t);

#endif
