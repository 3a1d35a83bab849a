/* SPDX-License-Identifier: MIT
 * export_internal.h: what the writers for other servers share. */
#ifndef CNEDGE_SIM_CLI_EXPORT_INTERNAL_H
#define CNEDGE_SIM_CLI_EXPORT_INTERNAL_H

#include <stdio.h>

#include "cnedge/base/addrtext.h"
#include "export_state.h"

enum {
    EXPORT_TEXT_MAX = 512 * 1024, /* of the data of one record: at most eight characters a byte */
    EXPORT_GROUP_MAX = 7,         /* bytes of the name of a group, NUL included */
    EXPORT_PATH_MAX = 4096,
    EXPORT_TTLS_MAX = 64, /* different TTLs among routed RRsets of one zone */
};

struct export_job {
    const struct export_state *s;
    const char *dir;            /* absolute */
    char address[ADDRTEXT_MAX]; /* where the server is to listen */
    bool v6;
    uint16_t port;
    FILE *main;   /* the configuration: open from begin to end */
    FILE *config; /* of octoDNS, beside the zone that is `main` */
    FILE *later;  /* what stands in it behind what zones write to `main` */
    char *later_text;
    size_t later_len;
    struct arena *memory;           /* until the end */
    struct arena *zone_memory;      /* freed after each zone */
    struct octodns *octodns;        /* what octoDNS's files need to know of groups */
    uint32_t ttls[EXPORT_TTLS_MAX]; /* that gdnsd's monitors have */
    size_t ttl_count;
    uint32_t resources; /* of gdnsd, so far */
    char *text;         /* EXPORT_TEXT_MAX bytes, for data */
    uint32_t left_out;  /* RRsets that the server cannot have */
};

struct export_format { /* a kind of server; each function is false after a message on stderr */
    const char *name;
    const char *what;           /* to do with the files: "start it with" */
    const char *start, *config; /* how it is started: what stands before and behind the folder */
    bool (*begin)(struct export_job *j);
    bool (*zone)(struct export_job *j, struct export_zone *z);
    bool (*end)(struct export_job *j);
};

extern const struct export_format export_knot, export_gdnsd, export_pdns, export_bind,
    export_octodns;

/* Makes a folder in the output's folder, unless it is there. */
CN_NONNULL CN_MUSTUSE bool export_folder(const struct export_job *j, const char *name);

/* Opens DIR/FOLDER/NAME for writing; `folder` may be "". NULL after a message. */
CN_NONNULL CN_MUSTUSE FILE *export_open(const struct export_job *j, const char *folder,
                                        const char *name);

/* Closes a file; false after a message when something was not written. */
CN_NONNULL CN_MUSTUSE bool export_close(const struct export_job *j, FILE *f);

/* Opens j->later; and appends what was written there to j->main. False after a message. */
CN_NONNULL CN_MUSTUSE bool export_later(struct export_job *j);
CN_NONNULL CN_MUSTUSE bool export_now(struct export_job *j);

/* The data of a record as text, in j->text. In the form of RFC 3597 when `unknown`. */
CN_NONNULL const char *export_data(struct export_job *j, const struct export_record *r,
                                   bool unknown);

/* Writes one RRset as lines of a master file. */
CN_NONNULL void export_rrset(struct export_job *j, FILE *f, const struct export_set *set,
                             const struct export_variant *v);

/* Writes every fixed RRset as a master file, and of the routed ones what `group` sees; with
 * CN_NONE16, only those that all groups have, as the unknown line sees them, and something below
 * the names that would not exist without them. */
CN_NONNULL void export_master(struct export_job *j, FILE *f, const struct export_zone *z,
                              uint16_t group);

/* Whether a name has an RRset that stands there for all groups: whether it would exist without
 * those that some groups lack. */
CN_NONNULL bool export_exists(const struct export_zone *z, const uint8_t *owner);

/* The name of a group, "g00007": all are of one length. */
CN_NONNULL void export_group(uint16_t group, char out[EXPORT_GROUP_MAX]);

/* Writes text as a double-quoted string of YAML. */
CN_NONNULL void export_quoted(FILE *f, const char *text);

/* The TTLs among the routed RRsets of a zone, ascending; returns how many. */
CN_NONNULL size_t export_ttls(const struct export_job *j, const struct export_zone *z,
                              uint32_t ttls[EXPORT_TTLS_MAX]);

/* Says on stderr that the server cannot have an RRset as it is, and why; counts it. */
CN_NONNULL void export_leave_out(struct export_job *j, const struct export_set *set,
                                 const char *why);

/* Writes a MaxMind DB that tells the group of every address as country.iso_code. */
CN_NONNULL CN_MUSTUSE bool export_mmdb(const struct export_job *j, const char *name);

#endif
