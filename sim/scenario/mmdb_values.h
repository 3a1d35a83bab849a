/* SPDX-License-Identifier: MIT
 * mmdb_values.h: how much there is to read in a MaxMind DB, before anybody reads it. Room scenario.
 *
 * libmaxminddb goes wherever sizes and pointers lead, and has no bound on the work. So what it is
 * to read is counted first: headers only, without recursion, following nothing. */
#ifndef CNEDGE_SIM_SCENARIO_MMDB_VALUES_H
#define CNEDGE_SIM_SCENARIO_MMDB_VALUES_H

#include "cnedge/base/base.h"

struct mmdb_bytes {
    const uint8_t *at;
    size_t len;
};

/* Where the value that begins at `from` ends: a map or list with all that is in it; a pointer, with
 * itself. Takes the values on the way off `*budget`. 0: it is damaged, or there are more than
 * that, `*budget` being 0 then. */
CN_NONNULL CN_MUSTUSE size_t mmdb_values_end(struct mmdb_bytes b, size_t from, uint64_t *budget);

/* Writes which fields the map at `at` has: the paths of its values, of lists and of names in
 * several languages the first one: "country_code, names.en". ", ..." where there are more than have
 * room.
 * "" when it is no map, damaged, or empty. */
CN_NONNULL void mmdb_values_paths(struct mmdb_bytes b, size_t at, char *out, size_t cap);

/* Whether the metadata at the end of a file are a map whose pointers, if any, lead to nothing that
 * holds other values, and which tells of a tree of less than `file_bytes`. `tail`: the last bytes
 * of the file. */
CN_MUSTUSE bool mmdb_values_metadata(struct mmdb_bytes tail, uint64_t file_bytes);

enum {
    MMDB_TAIL_BYTES = 128 * 1024 + 14, /* where metadata may be: the format's limit, and a marker */
    MMDB_METADATA_VALUES_MAX = 4096,
};

#endif
