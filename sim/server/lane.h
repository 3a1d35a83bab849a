/* SPDX-License-Identifier: MIT
 * lane.h: what one thread has to itself for answering datagrams. Threads share nothing here. */
#ifndef CNEDGE_SERVER_LANE_H
#define CNEDGE_SERVER_LANE_H

#include "cnedge/dns/answer_table.h"
#include "cnedge/dns/ratelimit.h"
#include "server_internal.h"
#include "udp_batch.h"

enum {
    LANE_BATCHES_MAX = 16,     /* per wake-up: then timers and TCP have their turn */
    LANE_LIMIT_SETS = 1 << 14, /* of rate limiting: 65536 pairs of network and kind */
};

struct lane_query { /* a datagram of the batch; a few lines of the cache */
    bool taken;     /* else it cannot be answered, and was counted */
    struct responder_client client;
    struct responder_note note;
    struct answer_table_query asked;
};

struct lane {
    struct server *server;
    size_t number; /* 0: of the thread that runs the scenario */
    struct udp_batch *batch;
    struct ratelimit limit;
    struct metrics_counts *counts;
    struct responder_server identity; /* but for the time, as the server's */
    uint64_t now_ms;
    walltime asked;             /* when the batch was read; for dnstap alone */
    struct lane_query *queries; /* UDP_BATCH */
};

/* Number and server are set by the caller. False with errno set; lane_close in any case. */
CN_NONNULL CN_MUSTUSE bool lane_open(struct lane *l, const struct server_options *o);
CN_NONNULL void lane_close(struct lane *l);

struct lane_view {                    /* what a batch is answered from */
    const struct answer_table *table; /* NULL: nothing is answered from a table there */
    uint16_t line;                    /* of the listener */
};

/* What a thread does with the datagrams of a socket. */
struct lane_work {
    const struct server_socket *socket;
    evutil_socket_t fd;
    struct event *event; /* watches `fd` */
    /* Before a batch is answered, and behind it. */
    struct lane_view (*begin)(struct lane *l, const struct server_socket *socket);
    void (*end)(struct lane *l);
    /* Answers datagram `i`, which was taken. False: it is handed on to another thread, which counts
     * it. */
    bool (*answer)(struct lane *l, const struct lane_view *view, const struct lane_work *work,
                   size_t i);
};

/* Receives and answers until nothing is there, or LANE_BATCHES_MAX. */
CN_NONNULL void lane_run(struct lane *l, const struct lane_work *work);

/* Answers the `n` datagrams that are in the batch. */
CN_NONNULL void lane_answer(struct lane *l, const struct lane_work *work, size_t n);

/* Answers datagram `i` from the table of the view. Returns the answer's length; 0: it cannot be,
 * and `*miss` is set. */
CN_NONNULL size_t lane_from_table(struct lane *l, const struct lane_view *view, size_t i,
                                  struct answer_table_miss *miss);

/* Counts a query that this thread answers, whatever is answered. */
CN_NONNULL void lane_count(struct lane *l, size_t i);

/* Queues what stands in the next answer, if its network has not had enough of them: who has shown
 * by a cookie that it is there gets them all. False: nothing is queued. */
CN_NONNULL bool lane_queue(struct lane *l, size_t i, size_t len);

#endif
