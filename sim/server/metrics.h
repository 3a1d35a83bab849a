/* SPDX-License-Identifier: MIT
 * metrics.h: what the server counts, and its text for Prometheus. Counting writes to memory and
 * nothing else: no allocation, no system call, no lock. Each worker has counters of its own, which
 * nobody else writes; whoever makes the text adds them up. */
#ifndef CNEDGE_SERVER_METRICS_H
#define CNEDGE_SERVER_METRICS_H

#include <event2/buffer.h>
#include <stdatomic.h>

#include "cnedge/dns/responder.h"
#include "cnedge/replay/engine.h"

struct dnstap_counts {
    bool asked_for;                 /* else the rest is 0 */
    bool open;                      /* somebody reads */
    uint64_t written;               /* frames */
    uint64_t queue_full, no_reader; /* frames that were dropped */
};

enum metrics_transport {
    METRICS_UDP,
    METRICS_TCP,
    METRICS_TLS,
    METRICS_TRANSPORT_COUNT,
};

/* Whose addresses were answered. */
enum metrics_target {
    METRICS_TO_POP, /* plus enum pop_class */
    METRICS_TO_ORIGIN = METRICS_TO_POP + POP_CLASS_COUNT,
    METRICS_TO_NONE, /* no address, or one that no decision chose */
    METRICS_TARGET_COUNT,
};

/* Why something that came in got no answer. X(enumerator, label) */
#define METRICS_DROPS(X)                                                                           \
    X(NO_QUERY, "no_query")           /* too short, or itself an answer */                         \
    X(TOO_LONG, "too_long")           /* for a datagram */                                         \
    X(PORT_ZERO, "port_zero")         /* nothing can be sent there */                              \
    X(RATE_LIMIT, "rate_limit")       /* --rrl */                                                  \
    X(SCENARIO, "scenario")           /* silence is what the scenario has clients meet */          \
    X(RELAY, "relay")                 /* more than one thread can hand on to the other */          \
    X(SEND, "send")                   /* the kernel did not take it */                             \
    X(TCP_STREAM, "tcp_stream")       /* connections: what came is no DNS */                       \
    X(TCP_PLACES, "tcp_places")       /* connections: the client has as many as it may */          \
    X(TCP_DISPLACED, "tcp_displaced") /* connections: a newcomer got its place */                  \
    X(TCP_PATIENCE, "tcp_patience")   /* connections: too slow, idle, or too old */

enum metrics_drop {
#define X(name, label) METRICS_DROP_##name,
    METRICS_DROPS(X)
#undef X
        METRICS_DROP_COUNT
};

enum {
    METRICS_TYPES = 19,           /* those of the table in metrics.c, "other" and "none" */
    METRICS_RCODES = 24,          /* IANA has assigned 0..23 */
    METRICS_ROWS = UINT8_MAX + 1, /* of the decision table; 0: none */
    METRICS_BUCKETS = 13,         /* of latency, the last one without a bound */
};

/* How a query was signed (TSIG). X(enumerator, label) */
#define METRICS_SIGNED(X)                                                                          \
    X(GOOD, "good")                                                                                \
    X(MALFORMED, "malformed")                                                                      \
    X(BADKEY, "badkey") /* nobody we know, or another algorithm */                                 \
    X(BADSIG, "badsig")                                                                            \
    X(BADTIME, "badtime")                                                                          \
    X(BADTRUNC, "badtrunc")

enum metrics_signed {
#define X(name, label) METRICS_SIGNED_##name,
    METRICS_SIGNED(X)
#undef X
        METRICS_SIGNED_COUNT
};

/* What became of a transfer. X(enumerator, label) */
#define METRICS_TRANSFERS(X)                                                                       \
    X(DONE, "done")                                                                                \
    X(REFUSED, "refused")                                                                          \
    X(BROKEN, "broken")

enum metrics_transfer {
#define X(name, label) METRICS_TRANSFER_##name,
    METRICS_TRANSFERS(X)
#undef X
        METRICS_TRANSFER_COUNT
};

typedef _Atomic uint64_t metrics_counter;

/* Since the start, of one worker; nothing but counters. Others read them at any time: only
 * metrics_add writes there. */
struct metrics_counts {
    metrics_counter queries[METRICS_TRANSPORT_COUNT][METRICS_TYPES][METRICS_RCODES];
    metrics_counter routed[ZONE_UNKNOWN + 1][METRICS_TARGET_COUNT];
    metrics_counter rows[METRICS_ROWS];
    metrics_counter lines[TOPOLOGY_LINES_MAX], lines_number; /* which lines those are */
    metrics_counter drops[METRICS_DROP_COUNT];
    metrics_counter truncated, slipped, forged;
    metrics_counter query_bytes[METRICS_TRANSPORT_COUNT], answer_bytes[METRICS_TRANSPORT_COUNT];
    metrics_counter latency[METRICS_BUCKETS]; /* each bucket alone */
    metrics_counter latency_ns;               /* sum */
    metrics_counter connections[METRICS_TRANSPORT_COUNT];
    metrics_counter signed_by[METRICS_SIGNED_COUNT];
    metrics_counter transfers[METRICS_TRANSFER_COUNT];
};

struct metrics {                    /* of the thread that runs the scenario and makes the text */
    struct metrics_counts *workers; /* owned */
    size_t worker_count;
    uint64_t applied, refused[REFUSAL_COUNT];
    uint64_t reloads, reloads_refused;
    bool reload_refused; /* the last one */
    int64_t begun_s;     /* Unix time */
};

/* Makes room for that many workers. False when memory is out. */
CN_NONNULL CN_MUSTUSE bool metrics_begin(struct metrics *m, size_t workers);
CN_NONNULL void metrics_end(struct metrics *m);

/* Counts, as the only one who writes there: cheaper than an addition that others could join. */
static inline void metrics_add(metrics_counter *to, uint64_t n)
{
    uint64_t before = atomic_load_explicit(to, memory_order_relaxed);
    atomic_store_explicit(to, before + n, memory_order_relaxed);
}

/* Counts a query by its note; `answered`: something is sent for it. */
CN_NONNULL void metrics_query(struct metrics_counts *m, const struct topology *top,
                              enum metrics_transport t, const struct responder_note *note,
                              bool answered);

/* Counts `count` answers that took this long. */
CN_NONNULL void metrics_latency(struct metrics_counts *m, int64_t ns, size_t count);

/* Begins anew with the counts by line: the lines are others, of that number. Text is made of the
 * counts of those workers whose lines are worker 0's. */
CN_NONNULL void metrics_new_lines(struct metrics_counts *m, uint64_t number);

/* Counts an event of the scenario. */
CN_NONNULL void metrics_event(struct metrics *m, const struct engine_step *step);

/* What is so just now, besides what the engine knows. */
struct metrics_now {
    const struct engine *engine;
    simtime at;         /* simulated time */
    uint64_t speed_ppm; /* 0: time stands still */
    size_t connections[METRICS_TRANSPORT_COUNT];
    const char *version;
    struct dnstap_counts dnstap;
};

/* Appends the text, in Prometheus' exposition format 0.0.4. False when memory is out. */
CN_NONNULL CN_MUSTUSE bool metrics_put(const struct metrics *m, const struct metrics_now *now,
                                       struct evbuffer *out);

#endif
