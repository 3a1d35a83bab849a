/* SPDX-License-Identifier: MIT
 * table.h: what answers are made of by threads that do not have the engine: the answer table of its
 * world, with its memory, and what lines are called in it. Nothing but the table's cells and
 * classes changes once others see it. */
#ifndef CNEDGE_SERVER_TABLE_H
#define CNEDGE_SERVER_TABLE_H

#include "cnedge/dns/answer_table.h"
#include "cnedge/scenario/heap.h"
#include "server_internal.h"

struct table {
    struct heap heap;
    struct arena arena;
    struct answer_table *answers;
    const struct topology *topology;      /* the engine's */
    uint16_t lines[SERVER_LISTENERS_MAX]; /* of the listeners, as `topology` counts them */
    uint32_t lines_number;                /* another one when the lines are others */
};

/* Makes a table for the world as it is now; the lines are the caller's to fill in. NULL with errno
 * set when there is no memory or no key. */
CN_NONNULL CN_MUSTUSE struct table *table_new(const struct engine *e);
void table_free(struct table *t);

#endif
