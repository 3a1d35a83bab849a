/* SPDX-License-Identifier: MIT
 * rows.h: the rows of one portfolio, from whatever it is made of. Room scenario.
 *
 * Of most rows only the domain and the filing's number differ. So a row is first seen as raw bytes:
 * these two, and all the rest as its `key`. Rows with equal keys say the same. Only when its key is
 * new, or something is wrong, is a row made into a JSON object with the portfolio's defaults, which
 * the tables of the format check as they check a site of the scenario file. */
#ifndef CNEDGE_SIM_SCENARIO_ROWS_H
#define CNEDGE_SIM_SCENARIO_ROWS_H

#include "csv.h"
#include "load.h"
#include "shape.h"

enum rows_form { ROWS_CSV, ROWS_LINES, ROWS_MADE };
enum rows_result { ROWS_ROW, ROWS_SKIPPED, ROWS_END }; /* SKIPPED: reported */

struct rows_column {    /* of a CSV file */
    char *name;         /* as the header has it: "domain", "registration.expires" */
    const char *key;    /* of the row; */
    const char *member; /* of that key's object; NULL: it is none */
    struct type type;
};

struct rows {
    struct load *l;
    struct shape_walk *shape;
    struct node portfolio; /* in the scenario file; its places need these: */
    struct at list;
    const char *file; /* for messages; NULL: sites that are made up */
    enum rows_form form;
    FILE *stream;
    struct csv csv; /* ROWS_LINES use its feed and line */
    struct rows_column column[CSV_COLUMNS_MAX];
    size_t column_count;
    uint32_t first, made; /* ROWS_MADE: the first one's number; which is next, from 0 */
    char *text;           /* ROWS_LINES: the line */
    size_t len;
    char *key_bytes; /* FEED_LINE_MAX and some more */
    /* The row. */
    int64_t offset; /* where it begins: rows_goto; ROWS_MADE: which it is, from 0 */
    int line;
    bool plain;                  /* the next members are good; else only the object tells */
    const char *domain, *number; /* as written; number NULL: none of its own */
    size_t key_len;
    json_t *own; /* what the row itself says; NULL until rows_object */
    struct jsondoc doc;
};

/* Opens what the portfolio at `index` names, and reads the header of a CSV file. False, reported,
 * when that cannot be read. To be closed either way. */
CN_NONNULL CN_MUSTUSE bool rows_open(struct rows *r, struct load *l, struct shape_walk *shape,
                                     size_t index);
CN_NONNULL void rows_close(struct rows *r);

/* Goes to the next row. */
CN_NONNULL CN_MUSTUSE enum rows_result rows_next(struct rows *r);

/* Goes back to a row by its offset and line, for a message about it. False when it is not there any
 * more. */
CN_NONNULL CN_MUSTUSE bool rows_goto(struct rows *r, int64_t offset, int line);

/* Makes the row into an object with the defaults and checks its shape. False, reported, when
 * anything is wrong. `out` is good until the next row. */
CN_NONNULL CN_MUSTUSE bool rows_object(struct rows *r, struct node *out);

#endif
