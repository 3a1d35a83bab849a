/* SPDX-License-Identifier: MIT
 * cohorts.h: which rows of portfolios are one site. Room scenario.
 *
 * A row is a site of its own when its portfolio says so ("individual"), when the scenario names it
 * or a name in it, when it lies in another site or another one lies in it, and when something that
 * is its own depends on its name: second names in the CDN's zone, addresses that serve it alone, a
 * sensitive word. All other rows are members of cohorts: rows of one kind whose domains have the
 * same top-level domain and are chosen by the same patterns of expectations. */
#ifndef CNEDGE_SIM_SCENARIO_COHORTS_H
#define CNEDGE_SIM_SCENARIO_COHORTS_H

#include "portfolio_set.h"

/* Finds rows by name and reports those that are there twice. Once, after all rows were read. */
CN_NONNULL void cohorts_index(struct portfolio_set *set);

/* The row of a wire name; CN_NONE32: there is none. */
CN_NONNULL CN_PURE uint32_t cohorts_row(const struct portfolio_set *set, const uint8_t *name);

/* Says which site each row is: fills set->groups and row->group. `apex` has the names of the sites
 * that stand in the scenario itself. */
CN_NONNULL void cohorts_group(struct portfolio_set *set, const struct site_spec *sites,
                              uint32_t count);

#endif
