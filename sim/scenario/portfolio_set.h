/* SPDX-License-Identifier: MIT
 * portfolio_set.h: the rows and kinds of all portfolios, and where they stand. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_PORTFOLIO_SET_H
#define CNEDGE_SIM_SCENARIO_PORTFOLIO_SET_H

#include "portfolio.h"
#include "rows.h"
#include "steps.h"

enum { PORTFOLIO_SET_BYTES = 1 << 18 }; /* of names and numbers, taken from memory at once */

_Static_assert((int64_t)STEPS_ITEMS *STEPS_MAX >= SCENARIO_PORTFOLIO_SITES_MAX, "rows fit");

struct portfolio_spelling { /* how rows of a kind are written: see struct rows */
    const char *key;
    size_t key_len;
    uint32_t portfolio, kind, next; /* next of the same bucket, plus one; 0: none */
};

struct portfolio_set {
    struct load *l;
    struct shape_walk *shape;
    struct rows *rows; /* [portfolio] */
    bool *individual;  /* [portfolio] */
    bool *empty;       /* [portfolio]: nothing is wrong with it, and it has no rows */
    uint32_t portfolio_count;
    struct steps row_list, kinds, groups; /* portfolio_row, portfolio_kind, portfolio_group */
    struct steps spellings;               /* portfolio_spelling */
    uint32_t last_spelling;
    uint32_t *by_value; /* kinds by hash: index plus one; 0: none */
    uint32_t *by_key;   /* spellings by the hash of their keys, likewise */
    uint32_t *names;    /* rows by name: index plus one; 0: none */
    uint32_t name_mask;
    uint8_t *bytes; /* left of the step of names and numbers */
    size_t bytes_left;
};

/* NULL when memory is exhausted. */
CN_NONNULL CN_MUSTUSE struct portfolio_set *portfolio_set_new(struct load *l, uint32_t portfolios);

CN_NONNULL CN_PURE struct portfolio_row *portfolio_set_row(const struct portfolio_set *set,
                                                           uint32_t i);
CN_NONNULL CN_PURE struct portfolio_kind *portfolio_set_kind(const struct portfolio_set *set,
                                                             uint32_t i);

/* The kind that says the same; it is added when it is new. CN_NONE32 when memory is exhausted. */
CN_NONNULL CN_MUSTUSE uint32_t portfolio_set_take_kind(struct portfolio_set *set,
                                                       struct portfolio_kind *k);

/* The kind of a plain row that is spelled like one before, most likely the last one; CN_NONE32: it
 * is not known. */
CN_NONNULL CN_MUSTUSE uint32_t portfolio_set_find_spelling(struct portfolio_set *set,
                                                           uint32_t portfolio,
                                                           const struct rows *rows);
/* Remembers how a plain row is spelled. */
CN_NONNULL void portfolio_set_add_spelling(struct portfolio_set *set, uint32_t portfolio,
                                           const struct rows *rows, uint32_t kind);
/* Adds the row that has been read, whose domain and number are good. */
CN_NONNULL void portfolio_set_add_row(struct portfolio_set *set, const struct rows *rows,
                                      uint32_t kind);

struct portfolio_place {
    char text[DIAG_FILE_MAX + 32]; /* "sites.csv:17" */
};

/* Where a row stands, or a site of the scenario file: for a message about another one. */
CN_NONNULL void portfolio_set_place(const struct portfolio_set *set,
                                    const struct portfolio_row *row, struct portfolio_place *out);

/* Reports an error at a key of a row that was read before. */
CN_NONNULL CN_PRINTF(4, 5) void portfolio_set_complain(struct portfolio_set *set,
                                                       const struct portfolio_row *row,
                                                       const char *key, const char *fmt, ...);

/* The same, but it is no error. */
CN_NONNULL CN_PRINTF(4, 5) void portfolio_set_warn(struct portfolio_set *set,
                                                   const struct portfolio_row *row, const char *key,
                                                   const char *fmt, ...);

#endif
