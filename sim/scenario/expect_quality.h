/* SPDX-License-Identifier: MIT
 * expect_quality.h: expectations about paths, packages and products; for expect.c. Room scenario.
 */
#ifndef CNEDGE_SIM_SCENARIO_EXPECT_QUALITY_H
#define CNEDGE_SIM_SCENARIO_EXPECT_QUALITY_H

#include "load.h"

/* Reads what an expectation about an answer says of its path; sets the bits of what is there. */
CN_NONNULL void expect_quality_path(struct load *l, const struct node *n, struct expectation *e);

/* The same of the states of packages and products. */
CN_NONNULL void expect_quality_state(const struct load *l, const struct node *n,
                                     struct expectation *e);

#endif
