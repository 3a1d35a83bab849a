/* SPDX-License-Identifier: MIT
 * export_state.h: what every line sees at one instant, ready to be written for another server.
 *
 * Lines that get the same answer to everything are one group. Which group an address belongs to is
 * all that another server has to know of geography: steps of addresses, as few as there are. */
#ifndef CNEDGE_SIM_CLI_EXPORT_STATE_H
#define CNEDGE_SIM_CLI_EXPORT_STATE_H

#include "cnedge/cli/cli.h"
#include "cnedge/model/world.h"

struct export_record {
    struct export_record *next;
    const uint8_t *owner, *rdata; /* wire, not compressed */
    uint16_t type, len;
    uint32_t ttl_s;
};

struct export_variant { /* an RRset as one group sees it */
    const struct export_record *first;
    uint16_t count; /* consecutive records; 0: the group has none */
    uint32_t ttl_s;
};

struct export_set {
    struct export_set *next; /* sets of one owner follow each other */
    const uint8_t *owner;
    uint16_t type;
    bool everywhere;           /* no group lacks it */
    struct export_variant v[]; /* [group]; of a fixed set: one */
};

struct export_zone {
    const uint8_t *apex;
    struct export_set *fixed;  /* the same for all; SOA first */
    struct export_set *routed; /* different from group to group */
};

struct export_state {
    struct world *w;
    const uint8_t **zones; /* apexes, wire */
    uint32_t zone_count;
    uint16_t *group; /* [line]; CN_NONE16: no address belongs to the line */
    uint16_t *line;  /* [group] the first line of it */
    uint16_t group_count;
    uint16_t unknown; /* group of addresses that belong to no line */
};

/* Finds zones and groups; memory from `a`. False without memory. */
CN_NONNULL CN_MUSTUSE bool export_state_init(struct export_state *s, struct arena *a,
                                             struct world *w);

/* Reads one zone for all groups; memory from `a`. False without memory. */
CN_NONNULL CN_MUSTUSE bool export_state_zone(const struct export_state *s, const uint8_t *apex,
                                             struct arena *a, struct export_zone *out);

struct export_prefix {
    uint8_t address[16];
    uint8_t bits; /* of 32 or 128 */
    bool v6;
    uint16_t line, group;
};

typedef bool (*export_prefix_fn)(void *to, const struct export_prefix *p);

/* Every prefix of lines that have the same class, [line]; as below. With NULL each line is a class
 * of its own. */
CN_MUSTUSE bool export_state_split(const struct export_state *s, const uint16_t *classes,
                                   export_prefix_fn fn, void *to);

/* Every prefix with its group, IPv4 first, ascending; together they are the whole address space.
 * With `by_line`, prefixes are no wider than one line. False: the callee had enough. */
CN_NONNULL CN_MUSTUSE bool export_state_prefixes(const struct export_state *s, bool by_line,
                                                 export_prefix_fn fn, void *to);

#endif
