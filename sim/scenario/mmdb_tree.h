/* SPDX-License-Identifier: MIT
 * mmdb_tree.h: the networks of a MaxMind DB, in the order of their addresses. Room scenario.
 *
 * libmaxminddb looks addresses up and has no iterator, so the tree is walked here, node by node. A
 * file is a stranger's: what leads in circles, out of the file or deeper than an address is long is
 * an error, and the work is bounded. */
#ifndef CNEDGE_SIM_SCENARIO_MMDB_TREE_H
#define CNEDGE_SIM_SCENARIO_MMDB_TREE_H

#include "cnedge/base/addrtext.h"
#include "cnedge/base/diag.h"
#include "mmdb_values.h"

enum {
    MMDB_BYTES_MAX = 512 * 1024 * 1024,
    MMDB_NODES_MAX = (1 << 24) - 1, /* that a walk looks at: what `steps` can hold */
    MMDB_WHY_MAX = 200,
    MMDB_NETWORK_MAX = ADDRTEXT_MAX + 4,
};

struct MMDB_s;

struct mmdb_network {
    uint64_t address; /* IPv4: in the lower 32 bits; IPv6: the upper 64 bits */
    uint64_t below;   /* IPv6: the lower 64 bits */
    uint8_t bits;     /* IPv4: 0..32; IPv6: 0..128 */
    bool v6;
};

CN_NONNULL void mmdb_network_text(const struct mmdb_network *n, char out[MMDB_NETWORK_MAX]);

/* Opens a file that nobody changes and looks whether it can be walked. NULL with `why`, "expected
 * ..." To be closed by mmdb_tree_close. */
CN_NONNULL CN_MUSTUSE struct MMDB_s *mmdb_tree_open(const char *path, char why[MMDB_WHY_MAX]);
CN_NONNULL void mmdb_tree_close(struct MMDB_s *db);

/* The bytes that offsets of records count from. */
CN_NONNULL struct mmdb_bytes mmdb_tree_data(const struct MMDB_s *db);

/* Calls `leaf` for each network, IPv4 first, each family in the order of its addresses and without
 * gaps; `offset` is that of its record, CN_NONE32 when it has none. False from `leaf` ends the
 * walk.
 *
 * IPv4 is at ::/96, as the format has it. Where IPv6 leads to the same nodes a second time (6to4,
 * Teredo, mapped addresses) there is no record, nor in the rest of ::/64. */
typedef bool (*mmdb_leaf_fn)(void *owner, const struct mmdb_network *n, uint32_t offset);

struct mmdb_fault {
    struct mmdb_network where;
    char why[MMDB_WHY_MAX]; /* "expected ..." */
};

/* CN_OK also when `leaf` ended it; else what is wrong in `*fault`. */
CN_NONNULL CN_MUSTUSE enum cn_status mmdb_tree_walk(struct MMDB_s *db, mmdb_leaf_fn leaf,
                                                    void *owner, struct mmdb_fault *fault);

#endif
