/* SPDX-License-Identifier: MIT
 * prefix.h: client address -> line. Room model (pure).
 *
 * Two sorted step tables, one per family: entry i covers start[i] .. start[i+1]-1. IPv6 is decided
 * on the top 64 bits. Adjacent steps of one line are merged when the table is built, so a leaf is
 * as wide as the decision allows. */
#ifndef CNEDGE_MODEL_PREFIX_H
#define CNEDGE_MODEL_PREFIX_H

#include "cnedge/base/arena.h"

struct prefix_table {
    uint32_t n4, n6; /* >= 1; start[0] is 0 */
    const uint32_t *start4;
    const uint64_t *start6;
    const uint16_t *line4, *line6;
};

struct prefix_match {
    uint16_t line;
    uint8_t length; /* bits of the widest prefix around the address that has one line: the leaf */
};

/* A step as a builder sees it: from `start` on, until the next step. */
struct prefix_step {
    uint64_t start; /* IPv4: the address; IPv6: its top 64 bits */
    uint16_t line;
};

/* Who says which line an address is on. A table of such has these in place of lines. */
enum prefix_source {
    PREFIX_UNSAID,  /* nobody */
    PREFIX_BUILTIN, /* the program's own table */
    PREFIX_LISTED,  /* an entry of the scenario */
    PREFIX_MMDB,    /* and more: a MaxMind DB file, see prefix_files */
};

/* Files of MaxMind DB lie over each other. The source that says: the line is what file `file` says,
 * the last one that says something, with what an earlier one does (`earlier`) and what the built-in
 * table does (`builtin`). */
struct prefix_files {
    uint8_t file; /* index, below PREFIX_FILES_MAX */
    bool earlier, builtin;
};

enum { PREFIX_FILES_MAX = 16 };

/* The value in a table of sources, PREFIX_MMDB or more. */
CN_CONST uint16_t prefix_source_of_files(struct prefix_files f);

/* The other way round. */
CN_CONST struct prefix_files prefix_files_of_source(uint16_t source);

/* Builds a table from steps sorted by start (each family's first step starts at 0). NULL when the
 * arena is exhausted. */
CN_NONNULL CN_MUSTUSE const struct prefix_table *
prefix_build(struct arena *a, const struct prefix_step *v4, uint32_t n4,
             const struct prefix_step *v6, uint32_t n6);

/* The same step by step, for a builder whose steps are not in an array. */
struct prefix_writer {
    uint32_t *start4; /* capacities as given to prefix_writer_init */
    uint64_t *start6;
    uint16_t *line4, *line6;
    uint32_t n4, n6;
    uint32_t max4, max6;
    struct prefix_table *table;
};

/* Room for `max4` and `max6` steps, each >= 1. False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool prefix_writer_init(struct prefix_writer *w, struct arena *a,
                                              uint32_t max4, uint32_t max6);

/* Adds a step of its family. `start` must not lie before the last one added; 0 comes first. A step
 * at the same start replaces the last one; one that changes nothing takes no room. */
CN_NONNULL void prefix_writer_add4(struct prefix_writer *w, uint32_t start, uint16_t line);
CN_NONNULL void prefix_writer_add6(struct prefix_writer *w, uint64_t start, uint16_t line);

/* The table, frozen; both families must have a step. */
CN_NONNULL const struct prefix_table *prefix_writer_finish(struct prefix_writer *w);

/* A prefix that a user gives; longer prefixes win over shorter ones that contain them. */
struct prefix_entry {
    uint8_t address[16]; /* network order; IPv4 in the first four bytes; host bits zero */
    uint8_t length;      /* IPv4: 0..32; IPv6: 0..64 */
    bool v6;
    uint16_t line;
};

/* Lays `entries` (any order; sorted in place by family, address, length, line) over `base`, or over
 * a table that maps everything to `otherwise` when base is NULL. A loader should refuse two entries
 * of one prefix; if it does not, the one with the higher line wins. NULL when the arena is
 * exhausted. */
CN_MUSTUSE const struct prefix_table *prefix_overlay(struct arena *a,
                                                     const struct prefix_table *base,
                                                     uint16_t otherwise,
                                                     struct prefix_entry *entries, size_t count);

/* The line of an address in network byte order. */
CN_NONNULL CN_PURE struct prefix_match prefix_find4(const struct prefix_table *t,
                                                    const uint8_t address[4]);
CN_NONNULL CN_PURE struct prefix_match prefix_find6(const struct prefix_table *t,
                                                    const uint8_t address[16]);

#endif
