/* SPDX-License-Identifier: MIT
 * builtin.h: the world that ships inside the program: 197 PoPs, 31 provinces, 247 countries and the
 * address table (sim/data, licences in sim/data/NOTICE). Room model.
 *
 * IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0, modified; RouteViews, NRO, GeoNames. */
#ifndef CNEDGE_MODEL_BUILTIN_H
#define CNEDGE_MODEL_BUILTIN_H

#include "cnedge/model/prefix.h"
#include "cnedge/model/topology.h"

/* Fills `spec` with the shipped regions, PoPs and lines (memory from `a`): 32 mainland regions (31
 * provinces and "unknown") x CARRIER_COUNT carriers, one line for each other country or territory,
 * and the line "unknown". False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool builtin_spec(struct arena *a, struct topology_spec *spec);

/* The shipped address table, mapped to the lines of `t` by name (a line that `t` lacks becomes the
 * unknown line). NULL when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE const struct prefix_table *builtin_prefixes(struct arena *a,
                                                                  const struct topology *t);

#endif
