/* SPDX-License-Identifier: MIT
 * dnstap_hook.h: tells a reader of dnstap what was asked and answered. Room server.
 *
 * Whoever answers never waits for the reader: a frame is put into a ring of its worker's own, from
 * where a thread of libfstrm writes it. When the ring is full, or nobody reads, the frame is
 * dropped and counted. Nothing is allocated after the start, and workers share nothing. */
#ifndef CNEDGE_SERVER_DNSTAP_HOOK_H
#define CNEDGE_SERVER_DNSTAP_HOOK_H

#include <event2/event.h>

#include "cnedge/dns/responder.h"
#include "cnedge/server/dnstap.h"
#include "cnedge/server/log.h"
#include "server_internal.h"

struct dnstap;

struct dnstap_options {
    struct dnstap_at at;
    size_t workers;      /* who call dnstap_exchange, each from one thread at a time; >= 1 */
    const char *nsid;    /* the identity that frames tell; NULL: this machine's name. Borrowed */
    const char *version; /* of the program; borrowed */
    enum log_format log;
};

/* The two ends of a conversation. */
struct dnstap_ends {
    bool v6;
    uint8_t from[16], to[16]; /* client, we; network order, IPv4 in the first four bytes */
    uint16_t from_port, to_port;
};

struct dnstap_exchange { /* all borrowed */
    const struct dnstap_ends *ends;
    enum metrics_transport transport;
    bool resolver;                /* the listener answers as one: CLIENT_QUERY, not AUTH_QUERY */
    walltime asked;               /* when the query was received */
    struct responder_query query; /* len 0: was told before */
    const uint8_t *answer;
    size_t answer_len; /* 0: none */
};

/* The ends of what came from there to this listener. */
CN_NONNULL struct dnstap_ends dnstap_ends_of(const struct server_socket *socket,
                                             const struct sockaddr_storage *from);

/* The same, of a connection: it knows at which of our addresses it ends. */
CN_NONNULL struct dnstap_ends dnstap_ends_on(const struct server_socket *socket,
                                             const struct sockaddr_storage *from,
                                             evutil_socket_t fd);

/* Opens the file or begins to look for a reader, whose coming and going is logged from now on. NULL
 * after a message on stderr. */
CN_NONNULL CN_MUSTUSE struct dnstap *dnstap_new(struct event_base *base,
                                                const struct dnstap_options *o);

/* Waits up to two seconds until everything is written. */
void dnstap_free(struct dnstap *d);

/* Tells of a query, or of an answer, or of both. What is no query is not told. */
CN_NONNULL void dnstap_exchange(struct dnstap *d, size_t worker, const struct dnstap_exchange *x);

/* The sum over all workers. */
CN_NONNULL struct dnstap_counts dnstap_count(const struct dnstap *d);

#endif
