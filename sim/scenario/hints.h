/* SPDX-License-Identifier: MIT
 * hints.h: what somebody probably meant whose text is not what it should be. Room scenario.
 *
 * Each writes what is to be said behind "got ..." and returns true, or has nothing to say. */
#ifndef CNEDGE_SIM_SCENARIO_HINTS_H
#define CNEDGE_SIM_SCENARIO_HINTS_H

#include "cnedge/base/base.h"

enum { HINTS_TEXT_MAX = 160 };

/* Of a key or column of a portfolio that portfolios do not have, but sites do. */
CN_NONNULL bool hints_row_key(const char *text, char out[HINTS_TEXT_MAX]);

/* Of an instant: the zone or the "T" is missing. */
CN_NONNULL bool hints_instant(const char *text, char out[HINTS_TEXT_MAX]);

/* Of a time: the same, or the "+" or the unit is missing. */
CN_NONNULL bool hints_time(const char *text, char out[HINTS_TEXT_MAX]);

/* Of a duration or a range of them: the unit is missing. */
CN_NONNULL bool hints_duration(const char *text, char out[HINTS_TEXT_MAX]);

/* Of a host name: what is wrong with its labels. */
CN_NONNULL bool hints_name(const char *text, char out[HINTS_TEXT_MAX]);

/* Of a domain: the same, and that it is no pattern. */
CN_NONNULL bool hints_domain(const char *text, char out[HINTS_TEXT_MAX]);

/* Of an address or a prefix: bits behind its length. */
CN_NONNULL bool hints_prefix(const char *text, char out[HINTS_TEXT_MAX]);

#endif
