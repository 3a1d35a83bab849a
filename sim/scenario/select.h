/* SPDX-License-Identifier: MIT
 * select.h: the lines and hosts that an expectation names. Room scenario.
 *
 * Equal selections share one list, so that many expectations about everybody stay cheap. */
#ifndef CNEDGE_SIM_SCENARIO_SELECT_H
#define CNEDGE_SIM_SCENARIO_SELECT_H

#include "load.h"

struct select_set {
    const uint32_t *hosts;
    const uint16_t *lines;
    uint32_t count;
};

struct select_below { /* a host for "*." */
    const char *key;  /* its labels from the right: "example.shop.www." */
    uint32_t host;
};

struct select {
    struct load *l;
    struct names line_texts, host_texts; /* selections already made -> index in the sets */
    struct select_set *line_sets, *host_sets;
    struct select_below *below; /* sorted by key; NULL until it is needed */
    bool *line_chosen;          /* line_count */
};

/* Room for the selections of `count` expectations. False when memory is exhausted. */
CN_NONNULL CN_MUSTUSE bool select_init(struct select *s, struct load *l, size_t count);

/* The lines that "from" of `n` selects. False, reported, when it is wrong. */
CN_NONNULL CN_MUSTUSE bool select_lines(struct select *s, const struct node *n,
                                        struct select_set *out);

/* The hosts that "name" of `n` selects, or, when it is one name that is no host, that name. */
CN_NONNULL CN_MUSTUSE bool select_hosts(struct select *s, const struct node *n,
                                        struct select_set *out, const uint8_t **name);

#endif
