/* SPDX-License-Identifier: MIT
 * load.h: the load generator's parts. One thread; sends to 127.0.0.0/8 and nowhere else; stops by
 * itself.
 *
 * A query counts when it is sent between `measure` and `stop`; each that counts is answered or lost
 * in the end. All instants are of CLOCK_REALTIME, in nanoseconds, as the kernel's receive stamps
 * are. */
#ifndef RIG_LOAD_H
#define RIG_LOAD_H

#include <netinet/in.h>

#include "histogram.h"
#include "queries.h"
#include "track.h"
#include "watch.h"

#define LOAD_SECOND UINT64_C(1000000000)

enum {
    LOAD_SOCKETS_MAX = 256,
    LOAD_BATCH_MAX = 64,
    LOAD_SOURCES_MAX = 16,
    LOAD_PIDS_MAX = 64,
    LOAD_RCODES = 16,
    LOAD_ANSWER_MAX = 4096,
    LOAD_PATIENCE_MS = 1, /* of a wait when nothing else is to be done */
};

enum load_mode { LOAD_UDP, LOAD_TCP, LOAD_TLS };

struct load_options {
    enum load_mode mode;
    struct sockaddr_in server;
    struct in_addr sources[LOAD_SOURCES_MAX];
    unsigned source_count; /* 0: the kernel's choice */
    unsigned sockets, batch, window;
    double rate; /* queries a second; 0: as many as `window` outstanding allow */
    bool sleep;  /* between sends, and latency up to the kernel's receive stamp */
    double seconds, warm;
    uint64_t timeout_ns;
    uint64_t at_ns, after_ns; /* a window of its own is counted from `at_ns` on; 0: none */
    int core;                 /* -1: any */
    long pids[LOAD_PIDS_MAX]; /* of the server, whose CPU time is read */
    unsigned pid_count;
    struct queries_spec queries;
    struct watch_spec watch;
};

struct load_tally {
    uint64_t sent, answered, lost;
    struct histogram latency;
};

struct load {
    const struct load_options *options;
    struct queries queries;
    struct watch watch;
    uint64_t begin, measure, stop;
    struct load_tally all, after;
    uint64_t answers; /* all that came, counting or not */
    uint64_t late;    /* came after they were given up, or twice */
    uint64_t send_failed, reconnects;
    uint64_t rcode[LOAD_RCODES], empty, truncated, bytes;
    uint64_t turns, idle_turns; /* of the loop: idle ones found nothing to do */
    double lag_max;             /* open loop: how late a query was sent, nanoseconds */
};

/* What time it is. */
uint64_t load_now(void);

/* Whether the measurement is over at `now`; a signal ends it early. */
bool load_over(struct load *l, uint64_t now);

/* Count what became of a query that was sent at `sent_at`. */
void load_sent(struct load *l, uint64_t sent_at);
void load_answered(struct load *l, const struct track_slot *slot, uint64_t received_at,
                   const uint8_t *message, size_t len);

/* The queries that were sent before `limit` are lost. Returns how many still wait. */
uint32_t load_give_up(struct load *l, struct track *t, uint64_t limit);

/* Writes the next query, a poll of a watched name when it is that one's turn, and remembers it. */
size_t load_put_query(struct load *l, struct track *t, uint64_t now, uint8_t *out);

/* A message of `len` bytes has come. */
void load_take(struct load *l, struct track *t, uint64_t received_at, const uint8_t *message,
               size_t len);

/* Runs the load until it is over and everything is answered or given up. False after a message on
 * stderr. */
bool udp_run(struct load *l);
bool stream_run(struct load *l);

#endif
