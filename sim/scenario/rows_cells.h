/* SPDX-License-Identifier: MIT
 * rows_cells.h: cells, lines and patterns as values. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_ROWS_CELLS_H
#define CNEDGE_SIM_SCENARIO_ROWS_CELLS_H

#include "rows.h"

/* Reads the name of a column. False with `why` when there is no such key; then c->key is NULL. */
CN_NONNULL CN_MUSTUSE bool rows_cells_column(struct rows *r, const char *name,
                                             struct rows_column *c, char why[DIAG_TEXT_MAX]);

/* Looks at a line of JSON without parsing it: where its domain and number stand, and what else
 * there is. It is not plain when that is not to be told so easily. */
CN_NONNULL void rows_cells_line(struct rows *r);

/* What the row itself says, as an object. NULL, reported, when it is no object. */
CN_NONNULL CN_MUSTUSE json_t *rows_cells_object(struct rows *r);

#endif
