/* SPDX-License-Identifier: MIT
 * server_internal.h: what the server's files share. */
#ifndef CNEDGE_SERVER_INTERNAL_H
#define CNEDGE_SERVER_INTERNAL_H

#include <event2/event.h>
#include <event2/listener.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "activation.h"
#include "cnedge/dns/responder.h"
#include "cnedge/server/clock.h"
#include "cnedge/server/log.h"
#include "cnedge/server/server.h"
#include "metrics.h"
#include "wake.h"

struct http;
struct reload;
struct udp;
struct tcp;
struct tls;
struct signer;
struct resolver;
struct dnstap;
struct table;
struct crew;
struct retirement;
struct relay;

struct server_socket { /* one listener: UDP and TCP on one port, or TLS */
    struct server *server;
    struct server_listener listener; /* the port is the real one */
    struct resolver *resolver;       /* NULL: answers as the authority */
    evutil_socket_t udp_fd, tcp_fd;  /* -1: none, or owned by `tcp_listener` */
    struct event *udp_event;
    bool wildcard; /* bound to all addresses */
    bool bursts;   /* the kernel sends many answers as one (udp_burst.h) */
    struct evconnlistener *tcp_listener;
};

struct server {
    struct engine *engine;
    _Atomic(struct table *) table;  /* of the engine's world; only its thread writes here */
    struct crew *crew;              /* NULL: there is one thread */
    struct retirement *retirements; /* what a reload has replaced */
    struct event_base *base;
    struct wake wake; /* at the next event */
    struct event *on_term, *on_int;
    struct event *watchdog; /* NULL: nobody wants to hear of us */
    struct activation activation;
    struct clock_run clock;
    bool behind;             /* something is due that has not happened yet: the next turn goes on */
    struct engine_step step; /* the event that happens */
    struct log_run run;      /* what is due together, as far as it was logged */
    struct responder_server identity;
    struct udp *udp;
    struct tcp *tcp;
    struct signer *signer; /* NULL: there are no keys */
    struct tls *tls;       /* NULL: no listener needs it */
    struct reload *reload;
    struct dnstap *dnstap;       /* NULL: nobody is told what is asked */
    struct http *http;           /* NULL: nobody watches */
    struct listen_at metrics_at; /* of `http` */
    struct metrics metrics;
    const char *version; /* of the program; borrowed */
    enum log_format log;
    struct server_socket sockets[SERVER_LISTENERS_MAX];
    size_t socket_count;
};

/* Brings identity and engine up to now, the engine as far as one turn of the loop may take; to be
 * called before queries are answered. */
CN_NONNULL void server_catch_up(struct server *s);

/* The same, and waits for the next event of an engine that may be another one than before. */
CN_NONNULL void server_new_events(struct server *s);

/* Tells the service manager that queries are answered, and by which scenario. */
CN_NONNULL void server_tell_ready(const struct server *s);

/* What is so just now, for the metrics. */
CN_NONNULL struct metrics_now server_now(const struct server *s);

/* Where the thread that runs the loop counts. */
CN_NONNULL static inline struct metrics_counts *server_counts(const struct server *s)
{
    return &s->metrics.workers[0];
}

/* The transport of a listener's connections. */
CN_NONNULL CN_PURE enum metrics_transport server_stream(const struct server_socket *socket);

/* What the options say of us; a cookie secret that is not given is drawn. False with errno set. */
CN_NONNULL CN_MUSTUSE bool identity_take(struct responder_server *id,
                                         const struct server_options *o);

/* Draws a key that nobody can guess. False with errno set. */
CN_NONNULL CN_MUSTUSE bool identity_draw(uint8_t secret[SIPHASH_KEY_BYTES]);

/* Becomes that user for good, and may never be more. False after a message on stderr. */
CN_NONNULL CN_MUSTUSE bool privileges_drop(const char *user);

/* The client behind a socket address that the kernel gave us; its line, and who it asks, are the
 * caller's to fill in. */
CN_NONNULL void server_client(const struct sockaddr_storage *from, struct responder_client *out);

/* The listener as a socket address; returns its length. */
CN_NONNULL socklen_t server_sockaddr(const struct listen_at *at, struct sockaddr_storage *out);

/* The socket for this address that the service manager has handed over, else one of our own making:
 * non-blocking, bound, IPv6 without IPv4. -1 with errno set. */
CN_NONNULL evutil_socket_t server_bind(struct server *s, const struct listen_at *at, int type);

/* Another UDP socket on the address of a listener. Where the kernel allows none, because the first
 * one belongs to another user, as those of a service manager do, the same one once more. -1 with
 * errno set. */
CN_NONNULL evutil_socket_t server_bind_beside(const struct server_socket *k);

/* Answers what another thread hands over. True when there is more: timers and TCP come first. */
CN_NONNULL CN_MUSTUSE bool udp_take_over(struct server *s, struct relay *r);

/* The port that a socket is bound to; 0 when there is none. */
uint16_t server_port(evutil_socket_t fd);

/* The buffers that all UDP sockets share, and who had how many answers; NULL with errno set. */
CN_NONNULL CN_MUSTUSE struct udp *udp_new(struct server *s, const struct server_options *o);
void udp_free(struct udp *u);

/* Starts to answer on a bound socket. False when memory is out. */
CN_NONNULL CN_MUSTUSE bool udp_start(struct server_socket *socket);
CN_NONNULL void udp_stop(struct server_socket *socket);

/* The table of all TCP connections; NULL when memory is out. */
CN_NONNULL CN_MUSTUSE struct tcp *tcp_new(const struct server_tcp_limits *limits);

/* Closes every connection and frees the table. */
void tcp_free(struct tcp *t);

/* How many connections are open, by transport. */
CN_NONNULL void tcp_count(const struct tcp *t, size_t out[METRICS_TRANSPORT_COUNT]);

/* Starts to accept on a bound socket, which it takes over. False with errno set. */
CN_NONNULL CN_MUSTUSE bool tcp_start(struct server_socket *socket);
CN_NONNULL void tcp_stop(struct server_socket *socket);

/* Takes over a connection that was accepted for this listener, or closes it for want of a place. */
CN_NONNULL void tcp_adopt(const struct server_socket *socket, evutil_socket_t fd,
                          const struct sockaddr_storage *from);

#endif
