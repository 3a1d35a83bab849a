/* SPDX-License-Identifier: MIT
 * entities.h: filings that are written with their site. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_ENTITIES_H
#define CNEDGE_SIM_SCENARIO_ENTITIES_H

#include "load.h"

/* The filing of a row that names a holder; its number is borrowed. */
CN_NONNULL struct load_filing entities_row_filing(struct load *l, const struct node *n);

/* Whether a filing's number is in the ministry's letters, and so is read strictly. */
CN_NONNULL CN_PURE bool entities_ministry(const char *number);

#endif
