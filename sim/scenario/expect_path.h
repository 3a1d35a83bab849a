/* SPDX-License-Identifier: MIT
 * expect_path.h: what an expectation says about the path to the client. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_EXPECT_PATH_H
#define CNEDGE_SIM_SCENARIO_EXPECT_PATH_H

#include "load.h"

/* Reads the object at "path" of `n` into e->path. */
CN_NONNULL void expect_path_read(struct load *l, const struct node *n, struct expectation *e);

#endif
