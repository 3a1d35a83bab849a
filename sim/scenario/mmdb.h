/* SPDX-License-Identifier: MIT
 * mmdb.h: MaxMind DB files that say which addresses belong to which line. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_MMDB_H
#define CNEDGE_SIM_SCENARIO_MMDB_H

#include "cnedge/model/prefix.h"
#include "load.h"

enum { MMDB_FILES_MAX = PREFIX_FILES_MAX, MMDB_CARRIERS_MAX = 100000 };

struct mmdb_tables {
    const struct prefix_table *lines, *sources;
    const char *const *files; /* of the sources, as the user knows them */
};

/* Lays the files that `world` lists at "mmdb", one at least, over `base`, each over the one before
 * it; NULL: over a table that maps everything to the unknown line. False, reported, when a file is
 * not good, and when memory is exhausted. */
CN_MUSTUSE bool mmdb_read(struct load *l, const struct node *world, const struct prefix_table *base,
                          struct mmdb_tables *out);

#endif
