/* SPDX-License-Identifier: MIT
 * kinds.h: whether rows of a portfolio say the same. Room scenario.
 *
 * Compared is what the scenario takes from them, after defaults, not how they spell it; domains and
 * the filings' numbers are left out. Lists are the same in the same order. */
#ifndef CNEDGE_SIM_SCENARIO_KINDS_H
#define CNEDGE_SIM_SCENARIO_KINDS_H

#include "portfolio.h"

/* Equal for kinds that say the same. */
CN_NONNULL uint64_t kinds_hash(const struct portfolio_kind *k);

CN_NONNULL bool kinds_equal(const struct portfolio_kind *a, const struct portfolio_kind *b);

#endif
