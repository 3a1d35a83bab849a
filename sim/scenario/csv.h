/* SPDX-License-Identifier: MIT
 * csv.h: a CSV file (RFC 4180) as records of fields, one at a time. Room scenario.
 *
 * Strict: a quotation mark begins a field or stands within a quoted one, doubled; a carriage return
 * stands before a line feed only; the text is UTF-8 without NUL. A byte order mark at the start is
 * passed over, and so are empty lines. Every record but the first has as many fields as the first.
 * What is wrong is told with line and column, and reading goes on at the next line. */
#ifndef CNEDGE_SIM_SCENARIO_CSV_H
#define CNEDGE_SIM_SCENARIO_CSV_H

#include "cnedge/base/diag.h"
#include "feed.h"

enum { CSV_COLUMNS_MAX = 128 };

struct csv_field {
    char *text; /* unquoted, NUL-terminated, until the next call */
    size_t len;
    int line, column; /* where its first byte stands, quotation mark included; from 1 */
};

struct csv {
    struct feed feed;
    int line;       /* of the next record */
    size_t columns; /* of the first record; 0: it has not been read */
    size_t count;   /* of `field` */
    struct csv_field field[CSV_COLUMNS_MAX];
    int64_t offset; /* of the record in the file */
    int row;        /* its line */
    struct {        /* after CSV_ERROR */
        enum cn_status status;
        int line, column;
        char text[DIAG_TEXT_MAX];
    } why;
};

enum csv_result { CSV_RECORD, CSV_END, CSV_ERROR };

/* Begins to read; a window is taken from `a`. False when that is exhausted. */
CN_NONNULL CN_MUSTUSE bool csv_init(struct csv *c, struct arena *a, FILE *file);

/* Reads the next record. At the end, c->feed.failed tells whether reading failed. */
CN_NONNULL CN_MUSTUSE enum csv_result csv_next(struct csv *c);

#endif
