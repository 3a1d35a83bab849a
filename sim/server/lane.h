/* SPDX-License-Identifier: MIT
 * lane.h: what one thread has to itself for answering datagrams. Threads share nothing here. */
#ifndef CNEDGE_SERVER_LANE_H
#define CNEDGE_SERVER_LANE_H

#include "cnedge/dns/ratelimit.h"
#include "server_internal.h"
#include "udp_batch.h"

enum {
    LANE_BATCHES_MAX = 16,     /* per wake-up: then timers and TCP have their turn */
    LANE_LIMIT_SETS = 1 << 14, /* of rate limiting: 65536 pairs of network and kind */
};

struct lane {
    struct server *server;
    size_t number; /* 0: of the thread that runs the scenario */
    struct udp_batch *batch;
    struct ratelimit limit;
    struct metrics_counts *counts;
    struct responder_server identity; /* but for the time, as the server's */
    uint64_t now_ms;
    walltime asked; /* when the batch was read; for dnstap alone */
};

/* Number and server are set by the caller. False with errno set; lane_close in any case. */
CN_NONNULL CN_MUSTUSE bool lane_open(struct lane *l, const struct server_options *o);
CN_NONNULL void lane_close(struct lane *l);

/* What a thread does with the datagrams of a socket. */
struct lane_work {
    const struct server_socket *socket;
    evutil_socket_t fd;
    struct event *event;           /* watches `fd` */
    void (*begin)(struct lane *l); /* before a batch is answered */
    void (*end)(struct lane *l);   /* behind it */
    /* Answers datagram `i`. False: it is handed on to another thread, which counts it. */
    bool (*answer)(struct lane *l, const struct server_socket *socket, size_t i);
};

/* Receives and answers until nothing is there, or LANE_BATCHES_MAX. */
CN_NONNULL void lane_run(struct lane *l, const struct lane_work *work);

/* Answers the `n` datagrams that are in the batch. */
CN_NONNULL void lane_answer(struct lane *l, const struct lane_work *work, size_t n);

/* Who sent a datagram. False: it cannot be answered, and was counted. */
CN_NONNULL CN_MUSTUSE bool lane_take(struct lane *l, uint16_t line, size_t i,
                                     struct responder_client *client);

/* Counts a query that this thread answers, whatever is answered. */
CN_NONNULL void lane_count(struct lane *l, size_t i);

/* Queues what stands in the next answer, if its network has not had enough of them: who has shown
 * by a cookie that it is there gets them all. */
CN_NONNULL void lane_queue(struct lane *l, const struct responder_client *client, size_t i,
                           size_t len);

#endif
