/* SPDX-License-Identifier: MIT
 * zones.h: the zones of sites. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_ZONES_H
#define CNEDGE_SIM_SCENARIO_ZONES_H

#include "load.h"

/* Reads the zone of every site that has one; sites and hosts are declared by then. */
CN_NONNULL void zones_read(struct load *l, struct site_spec *sites, uint32_t count,
                           const struct host_spec *hosts);

#endif
