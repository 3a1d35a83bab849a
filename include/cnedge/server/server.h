/* SPDX-License-Identifier: MIT
 * server.h: answers DNS over UDP, TCP and TLS while a scenario runs on the wall clock. Room server.
 *
 * One thread has the scenario. Before each batch of queries it brings the engine up to now, so that
 * its answers never miss an event that is due; further threads answer UDP from a table that it
 * keeps, and see an event when its timer has fired. What grows with traffic has a limit with a
 * name.
 */
#ifndef CNEDGE_SERVER_SERVER_H
#define CNEDGE_SERVER_SERVER_H

#include "cnedge/dns/responder.h"
#include "cnedge/replay/engine.h"
#include "cnedge/server/dnstap.h"
#include "cnedge/server/keys.h"
#include "cnedge/server/listen.h"
#include "cnedge/server/log.h"

enum { SERVER_LISTENERS_MAX = 64, SERVER_WORKERS_MAX = 64 };

struct server_listener {
    struct listen_at at;
    uint16_t line; /* fixed for all who ask here; CN_NONE16: found from each query */
};

/* What TCP connections may use, and for how long. */
struct server_tcp_limits {
    uint32_t clients;     /* connections in all; at most half of our descriptors */
    uint32_t per_address; /* connections from one IPv4 address or one IPv6 /64 */
    uint32_t idle_s;      /* for each step: to bring a whole query, to take what waits */
    uint32_t life_s;      /* of a connection */
};

enum { /* defaults, and the largest values */
       SERVER_TCP_CLIENTS = 512,
       SERVER_TCP_CLIENTS_MAX = 8192,
       SERVER_TCP_PER_ADDRESS = 64,
       SERVER_TCP_IDLE_S = 10,
       SERVER_TCP_IDLE_S_MAX = 6553, /* what RFC 7828 can tell */
       SERVER_TCP_LIFE_S = 600,
       SERVER_TCP_LIFE_S_MAX = 86400,
       SERVER_RRL = 200, /* where strangers can ask */
       SERVER_RRL_SLIP = 2,
};

struct server_options {
    const struct server_listener *listeners;
    size_t listener_count;        /* 1..SERVER_LISTENERS_MAX */
    simtime from;                 /* where simulated time begins */
    uint64_t speed_ppm;           /* see clock.h; 0: time stands still at `from` */
    bool no_cookies;              /* do not speak DNS Cookies (RFC 7873) */
    struct cookie_keys cookies;   /* count 0: a secret is drawn, and forgotten with the process */
    const char *version;          /* told in class CHAOS; NULL: that is refused */
    const char *program_version;  /* told in the metrics */
    const char *nsid;             /* at most RESPONDER_NSID_MAX bytes; NULL: not told */
    struct server_keys keys;      /* of those who may mirror zones */
    struct server_tcp_limits tcp; /* each at least 1 */
    uint32_t workers;             /* threads that answer UDP, 1..SERVER_WORKERS_MAX: see README */
    uint32_t rrl;      /* UDP answers per second, network and kind; 0: no limit. ratelimit.h */
    uint32_t rrl_slip; /* every so-maniest limited one is sent short, with TC; 0: none */
    const char *tls_cert, *tls_key; /* PEM files; NULL: a certificate is made if one is needed */
    const char *user; /* whom to become when all sockets are bound; NULL: nobody else */
    enum log_format log;
    const struct listen_at *metrics; /* where HTTP asks for /metrics, /healthz; NULL: nowhere */
    const struct dnstap_at *dnstap;  /* where to tell what was asked and answered; NULL: nowhere */
};

/* Where scenarios come from. */
struct server_source {
    /* Loads the scenario's file anew and makes its world. NULL with at least one error in `diags`.
     * Runs on a thread of its own while queries are answered: shares nothing with them. */
    struct engine *(*load)(const char *file, struct diag_list *diags);
    void (*unload)(struct engine *e); /* frees an engine that `load` made */
    const char *file;                 /* borrowed */
};

/* Serves until SIGTERM or SIGINT. On SIGHUP the scenario is loaded anew; its world goes on at the
 * same simulated date and time, and nobody waits for it. A file that is refused changes nothing.
 * `take_e` is of `source` and is unloaded at the end.
 *
 * Prints one "listening on ..." line per listener to stdout when all of them answer, a "metrics on
 * ..." line if asked for, and a line per event to stderr. CN_OK after a clean stop; CN_E_IO after a
 * message on stderr when it could not start. */
CN_NONNULL CN_MUSTUSE enum cn_status server_run(struct engine *take_e,
                                                const struct server_source *source,
                                                const struct server_options *o);

#endif
