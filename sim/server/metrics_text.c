/* SPDX-License-Identifier: MIT
 * metrics_text.c: the counters as text. A series that never counted anything is left out, so that
 * the text is as long as what happened; a family always has its HELP and TYPE. */
#include "metrics_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "cnedge/dns/encode.h"

enum { LABEL_MAX = 512, NUMBER_MAX = 32, PPM = 1000000 };

static const char *const transports[METRICS_TRANSPORT_COUNT] = {"udp", "tcp", "tls"};

static const char *const drops[METRICS_DROP_COUNT] = {
#define X(name, label) [METRICS_DROP_##name] = (label),
    METRICS_DROPS(X)
#undef X
};

static const char *const signatures[METRICS_SIGNED_COUNT] = {
#define X(name, label) [METRICS_SIGNED_##name] = (label),
    METRICS_SIGNED(X)
#undef X
};

static const char *const transfers[METRICS_TRANSFER_COUNT] = {
#define X(name, label) [METRICS_TRANSFER_##name] = (label),
    METRICS_TRANSFERS(X)
#undef X
};

struct text {
    struct evbuffer *out;
    bool failed;
};

static CN_PRINTF(2, 3) void put(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    t->failed = evbuffer_add_vprintf(t->out, fmt, ap) < 0 || t->failed;
    va_end(ap);
}

static void family(struct text *t, const char *name, const char *type, const char *help)
{
    put(t, "# HELP cnedge_%s %s\n# TYPE cnedge_%s %s\n", name, help, name, type);
}

static void single(struct text *t, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    family(t, name, type, help);
    put(t, "cnedge_%s %" PRIu64 "\n", name, value);
}

static void labelled(struct text *t, const char *name, const char *label, const char *value,
                     uint64_t count)
{
    if (count > 0) put(t, "cnedge_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, count);
}

/* A label's value that somebody else chose, without what would end it. */
static void escape(const char *in, char out[LABEL_MAX])
{
    size_t n = 0;
    for (; *in != '\0' && n + 3 < LABEL_MAX; in++) {
        if (*in == '\\' || *in == '"' || *in == '\n') out[n++] = '\\';
        out[n++] = *in;
        if (*in == '\n') out[n - 1] = 'n';
    }
    out[n] = '\0';
}

/* --- queries ---------------------------------------------------------------------------------- */

static const char *type_name(size_t i)
{
    if (i == METRICS_TYPE_OTHER) return "other";
    if (i == METRICS_TYPE_NONE) return "none";
    if (metrics_types[i] == RR_IXFR) return "IXFR"; /* no types of records */
    return metrics_types[i] == RR_AXFR ? "AXFR" : rr_type_name(metrics_types[i]);
}

static const char *rcode_name(size_t rcode, char number[NUMBER_MAX])
{
    static const char *const names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                        "NOTIMP",  "REFUSED", "YXDOMAIN"};
    if (rcode < CN_ARRAY_LEN(names)) return names[rcode];
    if (rcode == ENCODE_NOTAUTH) return "NOTAUTH";
    if (rcode == ENCODE_BADVERS) return "BADVERS";
    snprintf(number, NUMBER_MAX, "RCODE%zu", rcode);
    return number;
}

static void put_queries(struct text *t, const struct metrics_counts *m)
{
    char number[NUMBER_MAX];
    family(t, "queries_total", "counter", "Queries that were answered.");
    for (size_t i = 0; i < CN_ARRAY_LEN(m->queries) * METRICS_TYPES * METRICS_RCODES; i++) {
        size_t transport = i / METRICS_RCODES / METRICS_TYPES;
        size_t type = i / METRICS_RCODES % METRICS_TYPES;
        size_t rcode = i % METRICS_RCODES;
        uint64_t count = m->queries[transport][type][rcode];
        if (count == 0) continue;
        put(t, "cnedge_queries_total{transport=\"%s\",type=\"%s\",rcode=\"%s\"} %" PRIu64 "\n",
            transports[transport], type_name(type), rcode_name(rcode, number), count);
    }
}

static const char *target_name(size_t target)
{
    if (target == METRICS_TO_ORIGIN) return "origin";
    if (target == METRICS_TO_NONE) return "none";
    return pop_class_name((enum pop_class)(target - METRICS_TO_POP));
}

static void put_routed(struct text *t, const struct metrics_counts *m)
{
    family(t, "routed_queries_total", "counter",
           "Queries by where the client is and whose addresses it was given.");
    for (size_t i = 0; i < CN_ARRAY_LEN(m->routed) * METRICS_TARGET_COUNT; i++) {
        size_t zone = i / METRICS_TARGET_COUNT;
        size_t target = i % METRICS_TARGET_COUNT;
        uint64_t count = m->routed[zone][target];
        if (count == 0) continue;
        put(t, "cnedge_routed_queries_total{client=\"%s\",pop=\"%s\"} %" PRIu64 "\n",
            client_zone_name((enum client_zone)zone), target_name(target), count);
    }
}

static void put_lines(struct text *t, const struct metrics_counts *m,
                      const struct topology *topology)
{
    family(t, "line_queries_total", "counter", "Queries by the client's line.");
    for (uint16_t i = 0; i < topology->line_count; i++) {
        labelled(t, "line_queries_total", "line", topology->lines[i].name, m->lines[i]);
    }
}

/* The rows of the decision table in a word or four, for who reads a graph: each has to be true of
 * all that ends in the row. The cause among those is for explain and _why: an answer keeps its row
 * alone. */
static const char *const row_reasons[] = {
    "none",
    "nearest_in_mainland",
    "client_in_global_country",
    "nearer_pops_unusable",
    "carrier_or_province_out",
    "no_mainland_pop",
    "ipv6_out_in_mainland",
    "ipv4_out_in_mainland",
    "not_for_mainland",
    "not_ready_yet",
    "filing_lost",
    "subject_revoked",
    "stopped_by_partner",
    "status_unknown",
    "vetting_not_passed",
    "vetting_lost",
    "subscription_or_contract_ended",
    "audit_deadline",
    "access_lost",
    "blacklisted",
    "crosses_forged",
    "crosses_forged_from_outside",
    "addresses_blocked",
    "ipv6_mandatory",
    "no_such_site",
    "no_such_name",
    "no_such_type",
    "nameservers_out",
    "crosses_congested",
    "line_unknown",
    "client_in_near_country",
    "nearest_pop_full",
    "return_to_mainland",
};

static void put_rows(struct text *t, const struct metrics_counts *m)
{
    family(t, "decisions_total", "counter",
           "Queries by the row of the decision table (docs/decisions.md) that gave the answer, and "
           "what that row is about; row 0: none, as for records of a zone.");
    for (size_t i = 0; i < METRICS_ROWS; i++) {
        uint64_t count = m->rows[i];
        const char *reason = i < CN_ARRAY_LEN(row_reasons) ? row_reasons[i] : "other";
        if (count == 0) continue;
        put(t, "cnedge_decisions_total{row=\"%zu\",reason=\"%s\"} %" PRIu64 "\n", i, reason, count);
    }
}

static void put_bytes(struct text *t, const struct metrics_counts *m)
{
    family(t, "query_bytes_total", "counter", "Bytes of DNS messages that were received.");
    for (size_t i = 0; i < METRICS_TRANSPORT_COUNT; i++) {
        labelled(t, "query_bytes_total", "transport", transports[i], m->query_bytes[i]);
    }
    family(t, "answer_bytes_total", "counter", "Bytes of DNS messages that were sent.");
    for (size_t i = 0; i < METRICS_TRANSPORT_COUNT; i++) {
        labelled(t, "answer_bytes_total", "transport", transports[i], m->answer_bytes[i]);
    }
}

/* Seconds without floating point: a bound such as 0.0000025. */
static void put_latency(struct text *t, const struct metrics_counts *m)
{
    uint64_t sum = 0;
    family(t, "answer_duration_seconds", "histogram",
           "From the reading of a query to the writing of its answer; queries of one batch share "
           "one time.");
    for (size_t i = 0; i < METRICS_BUCKETS; i++) {
        sum += m->latency[i];
        if (i < CN_ARRAY_LEN(metrics_bounds_ns)) {
            put(t, "cnedge_answer_duration_seconds_bucket{le=\"0.%09" PRIu32 "\"} %" PRIu64 "\n",
                metrics_bounds_ns[i], sum);
        } else {
            put(t, "cnedge_answer_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
        }
    }
    put(t, "cnedge_answer_duration_seconds_sum %" PRIu64 ".%09" PRIu64 "\n",
        m->latency_ns / SIMDUR_SECOND, m->latency_ns % SIMDUR_SECOND);
    put(t, "cnedge_answer_duration_seconds_count %" PRIu64 "\n", sum);
}

static void put_signed(struct text *t, const struct metrics_counts *m)
{
    family(t, "signed_queries_total", "counter",
           "Queries with a TSIG, where there are keys, by what the signature is.");
    for (size_t i = 0; i < METRICS_SIGNED_COUNT; i++) {
        labelled(t, "signed_queries_total", "signature", signatures[i], m->signed_by[i]);
    }
    family(t, "transfers_total", "counter", "Zone transfers by how they ended.");
    for (size_t i = 0; i < METRICS_TRANSFER_COUNT; i++) {
        labelled(t, "transfers_total", "result", transfers[i], m->transfers[i]);
    }
}

static void put_drops(struct text *t, const struct metrics_counts *m)
{
    family(t, "drops_total", "counter",
           "Messages without an answer, and TCP connections that were ended (tcp_...), by cause.");
    for (size_t i = 0; i < METRICS_DROP_COUNT; i++) {
        labelled(t, "drops_total", "cause", drops[i], m->drops[i]);
    }
    single(t, "slipped_answers_total", "counter", "Answers cut to nothing but TC by rate limiting.",
           m->slipped);
    single(t, "truncated_answers_total", "counter", "Answers that say TC for want of room.",
           m->truncated);
    single(t, "forged_answers_total", "counter",
           "Answers of the simulated border or of a simulated resolver, from listeners with path.",
           m->forged);
}

static void put_connections(struct text *t, const struct metrics_counts *m,
                            const struct metrics_now *now)
{
    family(t, "connections_total", "counter", "Connections that were accepted.");
    for (size_t i = METRICS_TCP; i < METRICS_TRANSPORT_COUNT; i++) {
        labelled(t, "connections_total", "transport", transports[i], m->connections[i]);
    }
    family(t, "connections", "gauge", "Connections that are open.");
    for (size_t i = METRICS_TCP; i < METRICS_TRANSPORT_COUNT; i++) {
        put(t, "cnedge_connections{transport=\"%s\"} %zu\n", transports[i], now->connections[i]);
    }
}

/* Counted by other threads than the one that makes the text, who do not stop for it. */
static void put_dnstap(struct text *t, const struct dnstap_counts *d)
{
    single(t, "dnstap_frames_total", "counter", "Frames of dnstap that were written.", d->written);
    family(t, "dnstap_dropped_frames_total", "counter",
           "Frames of dnstap that were not, by cause: the reader is slow, or there is none.");
    labelled(t, "dnstap_dropped_frames_total", "cause", "queue_full", d->queue_full);
    labelled(t, "dnstap_dropped_frames_total", "cause", "no_reader", d->no_reader);
    single(t, "dnstap_open", "gauge", "1 while somebody reads dnstap.", d->open);
}

/* --- the scenario ----------------------------------------------------------------------------- */

static void put_events(struct text *t, const struct metrics *m, const struct engine *e)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < REFUSAL_COUNT; i++) {
        refused += m->refused[i];
    }
    family(t, "events_total", "counter", "Events of the scenario that came up.");
    put(t, "cnedge_events_total{result=\"applied\"} %" PRIu64 "\n", m->applied);
    put(t, "cnedge_events_total{result=\"refused\"} %" PRIu64 "\n", refused);
    family(t, "event_refusals_total", "counter", "Refused events by code.");
    for (size_t i = 0; i < REFUSAL_COUNT; i++) {
        labelled(t, "event_refusals_total", "code", refusal_name((enum refusal)i), m->refused[i]);
    }
    single(t, "events_pending", "gauge", "Events of the scenario file that are still to come.",
           e->scenario->event_count - e->next);
}

/* Nothing is decided for aliases, and hosts that are still to come are none. */
static void put_sites(struct text *t, const struct world *w)
{
    struct world_tally tally = world_tally(w);
    family(t, "sites", "gauge", "Sites and apps by the state of their ICP filing.");
    for (size_t i = 0; i < FILING_STATE_COUNT; i++) {
        labelled(t, "sites", "filing", filing_state_name((enum filing_state)i), tally.filings[i]);
    }
    family(t, "hosts", "gauge", "Routed hosts by whether the mainland may serve them.");
    put(t, "cnedge_hosts{entitled=\"yes\"} %" PRIu64 "\n", tally.entitled);
    put(t, "cnedge_hosts{entitled=\"no\"} %" PRIu64 "\n", tally.not_entitled);
    single(t, "host_classes", "gauge", "Classes of hosts that answer alike.", w->class_count);
}

static void put_pops(struct text *t, const struct world *w)
{
    uint32_t counts[POP_CLASS_COUNT][2] = {{0}};
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        counts[w->topology->pops[i].class_][w->pops[i].usable]++;
    }
    family(t, "pops", "gauge", "PoPs by class and whether they may answer.");
    for (int i = 0; i < POP_CLASS_COUNT; i++) {
        const char *name = pop_class_name((enum pop_class)i);
        put(t, "cnedge_pops{class=\"%s\",usable=\"yes\"} %" PRIu32 "\n", name, counts[i][1]);
        put(t, "cnedge_pops{class=\"%s\",usable=\"no\"} %" PRIu32 "\n", name, counts[i][0]);
    }
}

/* Unix time in seconds with nanoseconds behind the point; after 1970, as scenarios are. */
static void put_instant(struct text *t, const char *name, const char *help, walltime at)
{
    family(t, name, "gauge", help);
    bool negative = at.ns < 0;
    uint64_t ns = negative ? 0 - (uint64_t)at.ns : (uint64_t)at.ns;
    put(t, "cnedge_%s %s%" PRIu64 ".%09" PRIu64 "\n", name, negative ? "-" : "", ns / SIMDUR_SECOND,
        ns % SIMDUR_SECOND);
}

static void put_reloads(struct text *t, const struct metrics *m)
{
    family(t, "reloads_total", "counter", "Scenarios that were loaded for SIGHUP.");
    put(t, "cnedge_reloads_total{result=\"done\"} %" PRIu64 "\n", m->reloads);
    put(t, "cnedge_reloads_total{result=\"refused\"} %" PRIu64 "\n", m->reloads_refused);
    single(t, "last_reload_refused", "gauge",
           "1 while an older scenario is served because its file is refused now.",
           m->reload_refused);
}

static void put_scenario(struct text *t, const struct metrics_now *now)
{
    char name[LABEL_MAX];
    char file[LABEL_MAX];
    const struct scenario *s = now->engine->scenario;
    escape(s->name, name);
    escape(s->file, file);
    family(t, "scenario_info", "gauge", "The scenario that is served.");
    put(t, "cnedge_scenario_info{name=\"%s\",file=\"%s\",seed=\"%" PRIu64 "\"} 1\n", name, file,
        s->seed);
    put_instant(t, "simulated_time_seconds", "Simulated time, since 1970.",
                (walltime){s->start.ns + now->at.ns});
    put_instant(t, "scenario_end_seconds", "When the scenario ends, since 1970.",
                (walltime){s->start.ns + s->end.ns});
    family(t, "simulation_speed_ratio", "gauge",
           "Simulated seconds in a second; 0: time stands still.");
    put(t, "cnedge_simulation_speed_ratio %" PRIu64 ".%06" PRIu64 "\n", now->speed_ppm / PPM,
        now->speed_ppm % PPM);
}

/* Whether worker `w` counts the lines that worker 0 does: after a reload it goes on with those of
 * before until somebody asks it. */
static bool has_lines(const struct metrics *m, size_t w)
{
    return atomic_load_explicit(&m->workers[w].lines_number, memory_order_acquire) ==
           atomic_load_explicit(&m->workers[0].lines_number, memory_order_relaxed);
}

/* All workers' counters in one; NULL when memory is out. */
static struct metrics_counts *add_up(const struct metrics *m)
{
    enum {
        COUNTERS = sizeof(struct metrics_counts) / sizeof(metrics_counter),
        LINES = offsetof(struct metrics_counts, lines) / sizeof(metrics_counter),
    };
    _Static_assert(sizeof(struct metrics_counts) % sizeof(metrics_counter) == 0, "counters alone");
    void *all = calloc(1, sizeof(struct metrics_counts));
    for (size_t w = 0; all != NULL && w < m->worker_count; w++) {
        const void *one = &m->workers[w];
        const metrics_counter *from = one;
        metrics_counter *to = all;
        bool lines = has_lines(m, w);
        for (size_t i = 0; i < COUNTERS; i++) {
            if (!lines && i >= LINES && i < LINES + TOPOLOGY_LINES_MAX) continue;
            metrics_add(&to[i], atomic_load_explicit(&from[i], memory_order_relaxed));
        }
    }
    return all;
}

bool metrics_put(const struct metrics *m, const struct metrics_now *now, struct evbuffer *out)
{
    struct text t = {.out = out};
    const struct world *w = now->engine->world;
    struct metrics_counts *all = add_up(m);
    if (all == NULL) return false;
    family(&t, "build_info", "gauge", "The program.");
    put(&t, "cnedge_build_info{version=\"%s\"} 1\n", now->version);
    put_instant(&t, "start_time_seconds", "When the server was started, since 1970.",
                (walltime){m->begun_s * SIMDUR_SECOND});
    put_queries(&t, all);
    put_signed(&t, all);
    put_routed(&t, all);
    put_lines(&t, all, w->topology);
    put_rows(&t, all);
    put_bytes(&t, all);
    put_latency(&t, all);
    put_drops(&t, all);
    put_connections(&t, all, now);
    free(all);
    if (now->dnstap.asked_for) put_dnstap(&t, &now->dnstap);
    put_scenario(&t, now);
    put_reloads(&t, m);
    put_events(&t, m, now->engine);
    put_sites(&t, w);
    put_pops(&t, w);
    return !t.failed;
}
