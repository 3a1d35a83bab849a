/* SPDX-License-Identifier: MIT
 * zone.h: what a zone holds besides the hosts that are routed: RRsets by name. Room model (pure).
 *
 * A zone is compiled once and never changes. Its nodes are sorted in canonical order (RFC 4034
 * section 6.1), empty non-terminals among them, so that the node before a name's place tells the
 * closest encloser, and with it the wildcard, the delegation or the DNAME that applies (RFC 4592,
 * RFC 6672). Order is kept by keys: the labels from the root on, in lower case, each ended by a
 * zero byte; comparing keys byte by byte is comparing names canonically, and the key of an ancestor
 * is the beginning of the key of what is below it. */
#ifndef CNEDGE_MODEL_ZONE_H
#define CNEDGE_MODEL_ZONE_H

#include "cnedge/base/arena.h"
#include "cnedge/base/dname.h"

enum {
    ZONE_KEY_MAX = 2 * DNAME_MAX,
    ZONE_RECORDS_MAX = 1000000,  /* of one zone */
    ZONE_SET_BYTES_MAX = 60000,  /* rdata of one RRset: it has to fit in a message */
    ZONE_TTL_MAX_S = 2147483647, /* RFC 2181 section 8 */
    ZONE_SOA_NUMBERS = 20,       /* bytes of SOA behind its two names */
};

/* Hints of a SVCB or HTTPS record that are to follow the decision for the record's target. */
enum zone_hint { ZONE_HINT_V4 = 1, ZONE_HINT_V6 = 2 };

struct zone_record {      /* what a zone is made of */
    const uint8_t *owner; /* wire, spelled as it is to be answered */
    uint16_t type;
    uint8_t hints; /* bits of enum zone_hint */
    uint8_t file;  /* index in zone_source.files */
    uint16_t len;  /* bytes of rdata */
    uint32_t ttl_s;
    uint32_t line;        /* of the file; without files, the number of the record; from 1 */
    const uint8_t *rdata; /* wire, without compression; without the hints that follow */
};

struct zone_datum { /* as in struct zone_record */
    const uint8_t *rdata;
    uint32_t line;
    uint16_t len;
    uint8_t hints, file;
};

struct zone_set { /* an RRset */
    uint16_t type;
    uint16_t count;
    uint32_t ttl_s;
    const struct zone_datum *data;
};

struct zone_node {
    const uint8_t *name; /* wire, as spelled where it first came up */
    const uint8_t *key;
    uint16_t key_len;
    uint8_t labels;
    bool below;         /* other nodes lie below it */
    bool cut;           /* a delegation */
    uint16_t set_count; /* 0: an empty non-terminal */
    uint32_t parent;    /* the apex has itself */
    uint32_t wildcard;  /* the child "*"; CN_NONE32: none */
    uint32_t closed; /* the delegation at or above, or the DNAME above, that hides it; CN_NONE32 */
    const struct zone_set *sets; /* ascending by type */
};

struct zone {
    const struct zone_node *nodes; /* in canonical order, the apex first */
    uint32_t node_count, record_count;
    const struct zone_set *soa, *ns; /* of the apex; NULL: to be made from the scenario */
    uint32_t serial, negative_ttl_s; /* of SOA: RFC 2308 section 5 */
    const char *const *files; /* where the records stand, as messages call them; NULL: inline */
};

/* Why records make no zone. */
enum zone_problem {
    ZONE_OK,
    ZONE_OUTSIDE,          /* RFC 1034 section 4.2 */
    ZONE_SOA_ELSEWHERE,    /* RFC 1035 section 5.2 */
    ZONE_SOA_AGAIN,        /* RFC 2181 section 6.1 */
    ZONE_SOA_MISSING,      /* RFC 1035 section 5.2 */
    ZONE_NS_MISSING,       /* RFC 1035 section 5.2 */
    ZONE_CNAME_AGAIN,      /* RFC 2181 section 10.1 */
    ZONE_CNAME_AT_APEX,    /* RFC 1912 section 2.4 */
    ZONE_CNAME_AND_OTHER,  /* RFC 1034 section 3.6.2 */
    ZONE_DNAME_AGAIN,      /* RFC 6672 section 2.4 */
    ZONE_DNAME_AT_CUT,     /* RFC 6672 section 2.3 */
    ZONE_BELOW_DNAME,      /* RFC 6672 section 2.4 */
    ZONE_AT_CUT,           /* RFC 1034 section 4.2.1 */
    ZONE_BELOW_CUT,        /* RFC 1034 section 4.2.1 */
    ZONE_DS_WITHOUT_NS,    /* RFC 4035 section 2.4 */
    ZONE_WILDCARD_NS,      /* RFC 4592 section 4.2 */
    ZONE_WILDCARD_DNAME,   /* RFC 4592 section 4.4 */
    ZONE_TTL_DIFFERS,      /* RFC 2181 section 5.2 */
    ZONE_DUPLICATE,        /* RFC 2181 section 5 */
    ZONE_GLUE_MISSING,     /* RFC 1034 section 4.2.1 */
    ZONE_NS_IS_CNAME,      /* RFC 2181 section 10.3 */
    ZONE_SET_TOO_LARGE,    /* a limit */
    ZONE_TOO_MANY_RECORDS, /* a limit */
    ZONE_NO_MEMORY,
    ZONE_PROBLEM_COUNT
};

struct zone_report {
    enum zone_problem problem;
    uint32_t record; /* index; CN_NONE32: no record is to blame */
    uint32_t other;  /* the record that it does not go with; CN_NONE32: none */
};

struct zone_source {
    const uint8_t *apex; /* wire */
    const struct zone_record *records;
    uint32_t count;
    const char *const *files;    /* that the records are of; kept; NULL: none */
    bool own_head;               /* SOA and NS may be missing, and are then made */
    const uint8_t *const *hosts; /* names that have addresses besides those in the records */
    uint32_t host_count;
};

/* Compiles a zone in `a`; what the records point to is copied. NULL, with `*why`, unless they make
 * one. `scratch` is for the while. */
CN_NONNULL CN_MUSTUSE const struct zone *zone_build(struct arena *a, struct arena *scratch,
                                                    const struct zone_source *from,
                                                    struct zone_report *why);

/* "expected ..., got": the rule that a problem breaks, in words. */
CN_CONST const char *zone_problem_text(enum zone_problem p);

enum zone_kind {
    ZONE_RECORDS,    /* the RRset that was asked for */
    ZONE_ALIAS,      /* a CNAME instead */
    ZONE_DNAME,      /* the name lies below a DNAME */
    ZONE_DELEGATION, /* the name lies in another zone, below ours */
    ZONE_ANY,        /* ANY was asked for, and there is something (RFC 8482) */
    ZONE_NODATA,
    ZONE_NXDOMAIN,
};

struct zone_found {
    enum zone_kind kind;
    bool wildcard;                /* `node` is the wildcard that the name matches */
    uint8_t encloser;             /* labels of the closest encloser: the name's own, if it exists */
    const struct zone_node *node; /* of `set`; the node asked for; NULL for a name that is not */
    const struct zone_set *set;   /* answer, CNAME, DNAME or NS; NULL when there is none */
};

/* What the zone says of a name within it (lower case) and a type. */
CN_NONNULL struct zone_found zone_find(const struct zone *z, const uint8_t *name, uint16_t type);

/* The node of exactly this name (any case), hidden or not; NULL when there is none. */
CN_NONNULL CN_PURE const struct zone_node *zone_node_at(const struct zone *z, const uint8_t *name);

/* The RRset of a type at a node; NULL when there is none. */
CN_NONNULL CN_PURE const struct zone_set *zone_set_of(const struct zone_node *n, uint16_t type);

/* What hides a name: the delegation at or above it or the DNAME above it; NULL when nothing. */
CN_NONNULL const struct zone_node *zone_hidden_by(const struct zone *z, const uint8_t *name);

/* The name that `name`, below the owner of a DNAME, stands for. False: it would be too long. */
CN_NONNULL CN_MUSTUSE bool zone_substitute(const uint8_t *name, const uint8_t *owner,
                                           const uint8_t *target, uint8_t out[DNAME_MAX]);

/* Writes the key of a name; returns its length. */
CN_NONNULL size_t zone_key(const uint8_t *name, uint8_t out[ZONE_KEY_MAX]);

#endif
