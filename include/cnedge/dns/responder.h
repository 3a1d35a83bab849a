/* SPDX-License-Identifier: MIT
 * responder.h: query bytes in, answer bytes out. Room dns; no socket, no clock, no allocation.
 *
 * Answers as the authority for every site of the world: AA set, RA clear, REFUSED outside. The
 * client's line comes from the listener when that is fixed, else from EDNS Client Subnet, else from
 * the source address (FACTS C1, RFC 7871). */
#ifndef CNEDGE_DNS_RESPONDER_H
#define CNEDGE_DNS_RESPONDER_H

#include "cnedge/dns/cookie.h"
#include "cnedge/model/answer.h"

enum {
    RESPONDER_UDP_MAX = 1232, /* largest UDP answer (DNS flag day 2020) */
    RESPONDER_UDP_MIN = 512,  /* RFC 1035 without EDNS */
    RESPONDER_TCP_MAX = 65535,
    RESPONDER_NSID_MAX = 64, /* bytes */
};

/* What is the same for all clients of a server, and has nothing to do with the world. */
struct responder_server {
    struct cookie_keys cookies;
    uint32_t now_s;   /* wall clock, for cookies only */
    uint8_t nsid_len; /* 0: not told */
    uint8_t nsid[RESPONDER_NSID_MAX];
    const char *version;      /* for version.bind; NULL: CHAOS is refused. Borrowed */
    uint16_t keepalive_100ms; /* how long a TCP connection may idle; 0: not told */
};

struct responder_note { /* what a query got, for whoever counts */
    bool counted;       /* it was answered, or silence was meant: the rest is set */
    bool silent;        /* the scenario wants that nothing comes back */
    bool truncated;     /* for want of room */
    bool origin;        /* the site's origin was answered */
    bool by_client;     /* other clients of the line may get something else */
    uint8_t row;        /* of the decision table, for the last name of a chain; 0: none */
    uint16_t pop;       /* that was answered; CN_NONE16: none */
    uint16_t type;      /* 0: no question could be read */
    uint16_t rcode;     /* enum encode_rcode */
    uint16_t line;      /* of the client */
};

struct responder_client {
    uint8_t address[16]; /* source, network order; IPv4 in the first four bytes */
    bool v6;
    bool tcp;      /* or TLS */
    bool tls;      /* answers are padded for who pads */
    bool closing;  /* TCP: the connection ends soon, and so says keepalive */
    uint16_t line; /* fixed by the listener; CN_NONE16: to be found */
    const struct responder_server *server; /* borrowed; NULL: no cookies, NSID, keepalive */
    struct responder_note *note;           /* borrowed, written; NULL: nobody counts */
};

struct responder_query { /* borrowed */
    const uint8_t *bytes;
    size_t len;
};

/* Answers one query in `out`, which must not overlap it. Returns the answer's length, 0 = send
 * nothing (the bytes are no query: shorter than a header, or themselves an answer). `cap` is at
 * least RESPONDER_UDP_MAX for UDP and RESPONDER_TCP_MAX for TCP. */
CN_NONNULL size_t responder_answer(struct world *w, const struct responder_client *client,
                                   struct responder_query query, uint8_t *out, size_t cap);

/* Whether the query has a server cookie of ours that is valid: its source is no forgery. */
CN_NONNULL CN_MUSTUSE bool responder_is_known(const struct responder_client *client,
                                              struct responder_query query);

/* An answer without records that says TC, with a cookie if the query had one: what is left of an
 * answer that is one too many. A query that is refused for what it is gets its code instead of TC:
 * over TCP it would be refused as well. 0 when the bytes are no query. `cap` is at least
 * RESPONDER_UDP_MIN. */
CN_NONNULL size_t responder_cut(const struct responder_client *client, struct responder_query query,
                                uint8_t *out, size_t cap);

#endif
