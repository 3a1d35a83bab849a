/* SPDX-License-Identifier: MIT
 * metrics.h: what the server counts, and its text for Prometheus. Counting writes to plain memory
 * and nothing else: no allocation, no system call. */
#ifndef CNEDGE_SERVER_METRICS_H
#define CNEDGE_SERVER_METRICS_H

#include <event2/buffer.h>

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
    METRICS_TYPES = 18,           /* those of the table in metrics.c, "other" and "none" */
    METRICS_RCODES = 24,          /* IANA has assigned 0..23 */
    METRICS_ROWS = UINT8_MAX + 1, /* of the decision table; 0: none */
    METRICS_BUCKETS = 13,         /* of latency, the last one without a bound */
};

struct metrics { /* counters since the start, unless said otherwise */
    uint64_t queries[METRICS_TRANSPORT_COUNT][METRICS_TYPES][METRICS_RCODES];
    uint64_t routed[ZONE_UNKNOWN + 1][METRICS_TARGET_COUNT];
    uint64_t rows[METRICS_ROWS];
    uint64_t lines[TOPOLOGY_LINES_MAX];
    uint64_t drops[METRICS_DROP_COUNT];
    uint64_t truncated, slipped, forged;
    uint64_t query_bytes[METRICS_TRANSPORT_COUNT], answer_bytes[METRICS_TRANSPORT_COUNT];
    uint64_t latency[METRICS_BUCKETS]; /* each bucket alone */
    uint64_t latency_ns;               /* sum */
    uint64_t connections[METRICS_TRANSPORT_COUNT];
    uint64_t applied, refused[REFUSAL_COUNT];
    uint64_t reloads, reloads_refused;
    bool reload_refused; /* the last one */
    int64_t begun_s;     /* Unix time */
};

/* Counts a query by its note, as `world` answered it. */
CN_NONNULL void metrics_query(struct metrics *m, const struct world *w, enum metrics_transport t,
                              const struct responder_note *note);

/* Counts `count` answers that took this long. */
CN_NONNULL void metrics_latency(struct metrics *m, int64_t ns, size_t count);

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
