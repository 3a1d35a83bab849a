/* SPDX-License-Identifier: MIT
 * resolver.h: a caching resolver that asks nobody but us. Room dns; no socket, no clock, no
 * allocation: the time is handed in, and so is whoever answers for the authority.
 *
 * Kept are the links of a chain one by one (an alias; at its end records, no records, no such name)
 * each for as long as the habit of its population keeps it, negative ones by RFC 2308. A name that
 * the authority refuses, or no answer at all, is SERVFAIL with "No Reachable Authority" (RFC 8914):
 * there is nobody else to ask. That is kept for RESOLVER_FAILURE_S (RFC 9520) whatever the habit.
 * RA is set, AA and AD are clear, CD is repeated. Without RD only what is kept is told. */
#ifndef CNEDGE_DNS_RESOLVER_H
#define CNEDGE_DNS_RESOLVER_H

#include "cnedge/dns/responder.h"
#include "cnedge/traffic/cache.h"

enum {
    RESOLVER_LINKS_MAX = 16, /* of one chain, its end included; a longer one is a loop */
    RESOLVER_SETS = 512,     /* of the cache that a listener has */
    RESOLVER_FAILURE_S = 5,
    RESOLVER_DATA_MAX = 2 * RESPONDER_TCP_MAX, /* of one answer, its names written out */
};

/* Asks the authority; returns the length of what comes back, 0 for nothing. `cap` is
 * RESPONDER_TCP_MAX. */
struct resolver_upstream {
    size_t (*ask)(void *of, struct responder_query query, uint8_t *out, size_t cap);
    void *of;
};

enum resolver_kind { /* of a link */
                     RESOLVER_RECORDS,
                     RESOLVER_ALIAS, /* its last record is the CNAME to the next link */
                     RESOLVER_NODATA,
                     RESOLVER_NXDOMAIN,
                     RESOLVER_FAILURE, /* no answer that could be used */
};

struct resolver_link { /* as it was answered */
    uint8_t name[DNAME_MAX];
    enum resolver_kind kind;
    uint16_t type; /* of the question; ALIAS: CNAME */
    uint32_t ttl_s;
    size_t at, len; /* its records in `data` of struct resolver_chain */
};

/* An answer taken apart. Records stand there as section (a byte), owner, type, length, data, names
 * written out, without TTL: all of a link have the least. */
struct resolver_chain {
    struct resolver_link links[RESOLVER_LINKS_MAX];
    size_t count; /* at least 1; RESOLVER_FAILURE only at the end */
    size_t used;  /* of `data` */
    uint8_t data[RESOLVER_DATA_MAX];
};

struct resolver { /* large */
    struct cache cache;
    struct resolver_upstream upstream;
    struct resolver_chain chain;
    uint8_t answer[RESPONDER_TCP_MAX];
};

struct resolver_query { /* all borrowed */
    struct world *w;    /* for what is no question in class IN: responder_answer has it */
    const struct responder_client *client;
    struct responder_query query;
    simtime now;
};

/* Answers one query; returns and `cap` as for responder_answer. */
CN_NONNULL size_t resolver_answer(struct resolver *r, const struct resolver_query *q, uint8_t *out,
                                  size_t cap);

/* Takes an answer to the question (name, type) apart; whatever cannot be used is RESOLVER_FAILURE.
 * Reads nothing behind `len`. */
CN_NONNULL void resolver_read(struct resolver_chain *c, const uint8_t *name, uint16_t type,
                              const uint8_t *answer, size_t len);

#endif
