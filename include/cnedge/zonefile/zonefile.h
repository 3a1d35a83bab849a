/* SPDX-License-Identifier: MIT
 * zonefile.h: master files (RFC 1035 section 5) and inline records, compiled. Room zonefile.
 *
 * Lines, parentheses, quotes, $ORIGIN, $TTL, $INCLUDE, owner, TTL, class and type are read here,
 * strictly and with the line of each fault; the data of a record by ldns, whose laxer habits are
 * made up for. A zone with any error is never returned. $INCLUDE and the file itself are confined
 * to one folder: no path out of it, no symbolic link out of it, ordinary files only. */
#ifndef CNEDGE_ZONEFILE_ZONEFILE_H
#define CNEDGE_ZONEFILE_ZONEFILE_H

#include "cnedge/base/diag.h"
#include "cnedge/model/zone.h"

enum {
    ZONEFILE_BYTES_MAX = 64 * 1024 * 1024, /* of one file */
    ZONEFILE_RECORD_MAX = 65535,           /* bytes of the text of one record's data */
    ZONEFILE_TOKENS_MAX = 4096,            /* of one record */
    ZONEFILE_DEPTH_MAX = 8,                /* files that include each other */
    ZONEFILE_INCLUDES_MAX = 64,            /* of one zone */
    ZONEFILE_PATH_MAX = 1024,
    ZONEFILE_DEFAULT_TTL_S = 300, /* of inline records */
};

/* Is told of a problem. `file` as in the messages, NULL for an inline record; `line` from 1, 0 when
 * the whole is meant: for an inline zone, the number of the record. */
typedef void (*zonefile_report_fn)(void *owner, enum cn_status status, const char *file, int line,
                                   const char *text);

struct zonefile {
    const char *folder;       /* in which all files lie: "." or "dir/sub" */
    const char *file;         /* in that folder; NULL: the records are inline */
    const char *const *lines; /* inline: one record each */
    uint32_t line_count;
    const uint8_t *apex;         /* wire: the first origin */
    const uint8_t *const *hosts; /* names with addresses of their own; see struct zone_source */
    uint32_t host_count;
    zonefile_report_fn report;
    void *owner; /* for `report` */
};

/* Reads a zone into `a`. NULL when anything is wrong, which has then been reported. `scratch` is
 * for the while. */
CN_NONNULL CN_MUSTUSE const struct zone *zonefile_read(struct arena *a, struct arena *scratch,
                                                       const struct zonefile *z);

struct zonefile_record { /* one record of a compiled zone */
    const uint8_t *owner;
    const struct zone_set *set;
    uint16_t index; /* of its datum */
    uint32_t ttl_s;
};

enum { ZONEFILE_TEXT_MAX = 1024 };

/* A record as a master file has it, parted by single spaces; long data are cut and end in "...". */
CN_NONNULL void zonefile_show(const struct zonefile_record *r, char out[ZONEFILE_TEXT_MAX]);

enum { ZONEFILE_PLACE_MAX = ZONEFILE_PATH_MAX + 16 };

/* Where a record of the zone stands: "zones/shop.zone:12", or "record 3 of the scenario". */
CN_NONNULL void zonefile_place(const struct zone *z, const struct zone_datum *d,
                               char out[ZONEFILE_PLACE_MAX]);

/* The name of a type: "MX", "TYPE65280". */
CN_NONNULL void zonefile_type(uint16_t type, char out[16]);

/* The data of a record as text; in the form of RFC 3597 section 5, which every server reads, when
 * `unknown`. False: no memory, or more than `cap` bytes. */
CN_NONNULL CN_MUSTUSE bool zonefile_data(uint16_t type, const struct zone_datum *d, bool unknown,
                                         char *out, size_t cap);

#endif
