/* SPDX-License-Identifier: MIT
 * answer.h: what a query gets, before it is encoded. Room model (pure).
 *
 * Replay judges expectations by it and the responder encodes it, so they cannot disagree. */
#ifndef CNEDGE_MODEL_ANSWER_H
#define CNEDGE_MODEL_ANSWER_H

#include "cnedge/model/world.h"
#include "cnedge/model/zone.h"

/* RR types that cnedge knows by name (IANA). */
enum rr_type {
    RR_A = 1,
    RR_NS = 2,
    RR_CNAME = 5,
    RR_SOA = 6,
    RR_PTR = 12,
    RR_HINFO = 13,
    RR_MX = 15,
    RR_TXT = 16,
    RR_AAAA = 28,
    RR_SRV = 33,
    RR_DNAME = 39,
    RR_OPT = 41,
    RR_DS = 43,
    RR_SVCB = 64,
    RR_HTTPS = 65,
    RR_IXFR = 251,
    RR_AXFR = 252,
    RR_ANY = 255,
    RR_CAA = 257,
};

enum answer_kind {
    ANSWER_REFUSED,  /* no zone of ours (C2 row 24) */
    ANSWER_NXDOMAIN, /* with SOA (row 25) */
    ANSWER_NODATA,   /* with SOA (row 26) */
    ANSWER_POP,      /* A, AAAA of cell.pop */
    ANSWER_ORIGIN,   /* A, AAAA of the site's origin */
    ANSWER_ALIAS,    /* CNAME to `target` */
    ANSWER_SOA,
    ANSWER_NS,
    ANSWER_TXT,      /* the host's static TXT records */
    ANSWER_WHY,      /* TXT at _why.HOST: the reasons of HOST's A/AAAA decision for this line */
    ANSWER_ANY,      /* one HINFO, RFC 8482 */
    ANSWER_SERVFAIL, /* the nameservers in China are out (row 27) */
    ANSWER_SILENT,   /* the same, and nothing comes back at all */
    /* Of sites that have a zone. */
    ANSWER_RECORDS,    /* the RRset `set` */
    ANSWER_DNAME,      /* DNAME, and the CNAME that follows from it */
    ANSWER_TOO_LONG,   /* DNAME alone, with YXDOMAIN: what follows is no name (RFC 6672) */
    ANSWER_DELEGATION, /* a referral: the NS records `set` of `node` */
    ANSWER_KIND_COUNT
};

struct answer {
    enum answer_kind kind;
    bool by_line;          /* another line could get another answer: ECS scope > 0 (DESIGN 9.7) */
    bool may_time_out;     /* the query crosses a congested border (row 28) */
    bool by_client;        /* so could another client of the line: see answer_spread */
    uint32_t site;         /* CN_NONE32 for ANSWER_REFUSED, and in the CDN's zone without a host */
    const uint8_t *zone;   /* apex of the zone that the name lies in; NULL for ANSWER_REFUSED */
    const uint8_t *target; /* ANSWER_ALIAS; else NULL */
    uint64_t client;       /* whom it is for; see world_client_draw */
    uint16_t class_;       /* of a routed host: that answers this client */
    uint32_t host;         /* CN_NONE32 when the name is no host */
    struct cell cell; /* ANSWER_POP, ANSWER_ORIGIN, and NXDOMAIN/NODATA decided by the policy */
    uint32_t ttl_s;   /* of the records; negative answers: of the SOA, already the minimum */
    const struct zone *content;   /* of a site that has one; NULL */
    const struct zone_set *set;   /* where `kind` says so; else NULL */
    const struct zone_node *node; /* that has the set */
    uint32_t chain_s;             /* least TTL of the CNAMEs that led here; UINT32_MAX: none did */
};

/* How long caches keep the answer with all that led to it: the least TTL along the chain (FACTS
 * C3). Seconds. */
CN_NONNULL CN_PURE uint32_t answer_life_s(const struct answer *a);

/* TTL of NS and static TXT records, seconds. */
enum { ANSWER_STATIC_TTL_S = 300, ANSWER_ALIAS_MAX = 8 };

/* A client: its line, and a key that tells it from others of the line. */
struct answer_client {
    uint16_t line;
    uint64_t key;
};

/* A client that is known by its line only. */
CN_NONNULL CN_PURE struct answer_client answer_client_of(const struct world *w, uint16_t line);

/* The same as answer_find for a client. */
CN_NONNULL void answer_find_for(struct world *w, const uint8_t *name, uint16_t type,
                                struct answer_client client, struct answer *out);

/* Finds the answer for a wire name (lower case) and type, as seen from a line. */
CN_NONNULL void answer_find(struct world *w, const uint8_t *name, uint16_t type, uint16_t line,
                            struct answer *out);

/* Follows ANSWER_ALIAS within our zones (at most ANSWER_ALIAS_MAX steps) and gives the last answer;
 * an alias that leaves our zones stays ANSWER_ALIAS, and so does one that is asked for itself. */
CN_NONNULL void answer_follow(struct world *w, const uint8_t *name, uint16_t type, uint16_t line,
                              struct answer *out);

/* Makes the answer for any client of the line into the one for this client: where a PoP above its
 * capacity passes clients on (setting spill), the client's own PoP, with row and TTL of that. */
CN_NONNULL void answer_spread(const struct world *w, uint16_t line, const struct spill_client *c,
                              struct answer *a);

enum { ANSWER_ADDRESSES_MAX = 32 };

struct answer_addresses { /* borrowed from the world */
    uint8_t count;
    const uint8_t *at[ANSWER_ADDRESSES_MAX]; /* 4 bytes each for A, 16 for AAAA */
};

/* The addresses that an answer to A or AAAA gives, of a zone's RRset the first so many; none unless
 * it is ANSWER_POP, ANSWER_ORIGIN or ANSWER_RECORDS. */
CN_NONNULL void answer_addresses(const struct world *w, const struct answer *a, uint16_t type,
                                 struct answer_addresses *out);

/* Where an ANSWER_ALIAS or ANSWER_DNAME at `name` leads, in lower case. False: it is neither. `out`
 * may be `name`. */
CN_NONNULL CN_MUSTUSE bool answer_next(const struct answer *a, const uint8_t *name,
                                       uint8_t out[DNAME_MAX]);

struct answer_hint_ask {
    const struct zone_datum *datum; /* of an HTTPS or SVCB record in an ANSWER_RECORDS */
    uint16_t type;                  /* A or AAAA */
    struct answer_client client;
};

/* What the target of a service record answers, whose addresses are hints that follow. */
CN_NONNULL void answer_hint(struct world *w, const struct answer *a,
                            const struct answer_hint_ask *ask, struct answer *out);

/* The family of A and AAAA; of other types, that of A. */
CN_CONST enum family answer_family(uint16_t type);

/* The site whose zone `name` lies in; CN_NONE32 when none. The CDN's zone is no site's. */
CN_NONNULL CN_PURE uint32_t answer_zone(const struct world *w, const uint8_t *name);

/* Whether `name` lies in a zone that we answer for. */
CN_NONNULL CN_PURE bool answer_ours(const struct world *w, const uint8_t *name);

/* Whether a CNAME is followed for a query of this type: not for itself, nor for ANY, which it
 * answers (RFC 1034 section 3.6.2, RFC 8482 section 4.2). */
CN_CONST bool answer_follows(uint16_t type);

/* The declared host, active or not, whose state the answer for `name` depends on: the one of that
 * name, or HOST for _why.HOST. CN_NONE32 when there is none. */
CN_NONNULL CN_PURE uint32_t answer_host(const struct world *w, const uint8_t *name);

/* "A", "AAAA", ...; "TYPE123" is not made here: NULL for a type without a name. */
CN_CONST const char *rr_type_name(uint16_t type);
/* 0 when the name is not known. */
CN_NONNULL CN_PURE uint16_t rr_type_find(const char *name);

#endif
