/* SPDX-License-Identifier: MIT
 * export_octodns.h: what the two files that write for octoDNS share. */
#ifndef CNEDGE_SIM_CLI_EXPORT_OCTODNS_H
#define CNEDGE_SIM_CLI_EXPORT_OCTODNS_H

#include "export_internal.h"

enum { OCTODNS_GEO_MAX = 6 }; /* bytes of "EU-DE", NUL included */

struct octodns_lists; /* lists of prefixes, together what stands for some lines */

/* Makes j->octodns. False without memory. */
CN_NONNULL CN_MUSTUSE bool octodns_begin(struct export_job *j);

/* The code of a line that is a country which octoDNS knows; false for others. */
CN_NONNULL bool octodns_geo(const struct line *line, char out[OCTODNS_GEO_MAX]);

/* How many prefixes a line has. */
CN_NONNULL uint32_t octodns_prefixes(const struct export_job *j, uint16_t line);

/* The prefixes of all lines that have a list, [line]: less than `lists`, or CN_NONE16. NULL without
 * memory. */
CN_NONNULL CN_MUSTUSE struct octodns_lists *octodns_lists(struct export_job *j,
                                                          const uint16_t *of_line, uint16_t lists);

/* Whether there is anything in a list. */
CN_NONNULL bool octodns_has(const struct octodns_lists *l, uint16_t list);

/* Writes a list, or a reference to it once octodns_written has been told. */
CN_NONNULL void octodns_put_list(const struct export_job *j, const struct octodns_lists *l,
                                 uint16_t list);

/* All of them stand in the file of the zone. */
CN_NONNULL void octodns_written(struct octodns_lists *l);

/* Writes the key `dynamic` of a routed set, unless all lines have the same values; `*ttl_s` becomes
 * the least of all lines, as octoDNS has one for a record. False without memory. */
CN_NONNULL CN_MUSTUSE bool octodns_dynamic(struct export_job *j, const struct export_set *set,
                                           uint32_t *ttl_s);

/* A new zone begins: what stood in the file of the last one cannot be referred to. */
CN_NONNULL void octodns_forget(struct export_job *j);

#endif
