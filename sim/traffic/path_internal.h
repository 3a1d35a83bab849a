/* SPDX-License-Identifier: MIT
 * path_internal.h: what the files of the path view share; nobody else includes it. */
#ifndef CNEDGE_SIM_PATH_INTERNAL_H
#define CNEDGE_SIM_PATH_INTERNAL_H

#include "cnedge/traffic/path.h"

struct looker { /* a view in the making */
    struct world *w;
    const struct path_question *q;
    struct path_view *v;
    const uint8_t *name;         /* that the resolver asks for: of the chain that q->name begins */
    bool crossed;                /* a query for some name of the chain crosses the border */
    const struct line *line;     /* where the client is treated to be */
    const struct line *resolver; /* and its resolver */
};

/* Notes a reason. */
CN_NONNULL void path_because(struct looker *x, enum path_rule rule, unsigned arg);

/* The line that an unknown one stands for. */
CN_NONNULL CN_PURE const struct line *path_line(const struct world *w, uint16_t line);

/* Whether an entry of the lists is about a name: its host, or a name in its site. */
CN_NONNULL CN_PURE bool path_names(const struct world *w, const struct listed *l,
                                   const uint8_t *name);

/* A number below 1,000 for the client, a name and a purpose: the same in every run. */
CN_NONNULL CN_PURE unsigned path_permille(const struct world *w, const struct path_question *q,
                                          const uint8_t *name, const char *purpose, uint64_t n);

/* Whether the client is one of those that an entry still hits: while a name is being cleared, half
 * of the devices have dropped it. */
CN_NONNULL CN_PURE bool path_still_listed(const struct looker *x, const struct listed *l);

/* The second stage: fills connects, connect and how good the path is, for the genuine answer. */
CN_NONNULL void path_connect_look(struct looker *x);

#endif
