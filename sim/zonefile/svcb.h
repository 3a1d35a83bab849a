/* SPDX-License-Identifier: MIT
 * svcb.h: the rules of RFC 9460 for the data of SVCB and HTTPS records. Room zonefile. */
#ifndef CNEDGE_SIM_ZONEFILE_SVCB_H
#define CNEDGE_SIM_ZONEFILE_SVCB_H

#include "rdata.h"

/* Whether data that are well formed keep the rules; says in `why` which not. */
CN_NONNULL CN_MUSTUSE bool svcb_check(const struct rdata_in *in, const struct rdata_out *out,
                                      char why[RDATA_WHY_MAX]);

#endif
