/* SPDX-License-Identifier: MIT
 * numbers.h: whose filings' numbers are those of other rows too. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_NUMBERS_H
#define CNEDGE_SIM_SCENARIO_NUMBERS_H

#include "portfolio_set.h"

/* Warns, once, of rows that have the number of another one, in the ministry's letters: since
 * 2019-04-22 an entry, and so the number of a site, is for one domain (FACTS A1, A3). After all
 * rows were read without an error. */
CN_NONNULL void numbers_check(struct portfolio_set *set);

#endif
