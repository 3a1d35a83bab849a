/* SPDX-License-Identifier: MIT
 * retire.h: what a reload has replaced is kept until no thread of the crew looks at it any more,
 * and then freed by one that answers nobody. */
#ifndef CNEDGE_SERVER_RETIRE_H
#define CNEDGE_SERVER_RETIRE_H

#include "crew.h"

/* The table of the thread that has the scenario. */
CN_NONNULL static inline struct table *server_table(struct server *s)
{
    return atomic_load_explicit(&s->table, memory_order_relaxed);
}

/* Everybody answers from this table from now on: its lines are filled in here. Returns the one that
 * was there before, which others may still be reading; NULL: none was. */
CN_NONNULL struct table *retire_publish(struct server *s, struct table *t);

struct retired { /* a world that is gone */
    struct table *table;
    struct engine *engine;
    void (*unload)(struct engine *e);
};

/* Has a thread of its own free it as soon as nobody looks at it. */
CN_NONNULL void retire(struct server *s, const struct retired *r);

/* Frees all that is kept: the crew has gone. */
CN_NONNULL void retire_rest(struct server *s);

#endif
