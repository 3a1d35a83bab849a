/* SPDX-License-Identifier: MIT
 * explain_health.h: what `cnedge explain` says of PoPs that are not plainly up. Room cli. */
#ifndef CNEDGE_CLI_EXPLAIN_HEALTH_H
#define CNEDGE_CLI_EXPLAIN_HEALTH_H

#include "cnedge/model/world.h"

/* Prints a line for each PoP that is not well, or does not count as such, as of `at`: since when in
 * truth, and since when its damper knows. Nothing without a damper. */
CN_NONNULL void explain_health_print(const struct world *w, simtime at);

#endif
