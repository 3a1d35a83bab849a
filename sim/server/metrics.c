/* SPDX-License-Identifier: MIT
 * metrics.c: counting. The text is made by metrics_text.c. */
#include "metrics.h"

#include <stdlib.h>

#include "metrics_text.h"

/* Upper bounds of the buckets, nanoseconds. */
const uint32_t metrics_bounds_ns[METRICS_BUCKETS - 1] = {
    1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, 25000000, 100000000,
};

/* Those that are asked for most come first: they are found first. */
const uint16_t metrics_types[METRICS_TYPES - METRICS_TYPES_REST] = {
    RR_A,     RR_AAAA, RR_HTTPS, RR_TXT, RR_NS,  RR_SOA,  RR_MX,   RR_CNAME, RR_PTR,
    RR_DNAME, RR_DS,   RR_SVCB,  RR_SRV, RR_ANY, RR_IXFR, RR_AXFR, RR_CAA,
};

static size_t type_index(uint16_t type)
{
    size_t i = 0;
    if (type == 0) return METRICS_TYPE_NONE;
    while (i < CN_ARRAY_LEN(metrics_types) && metrics_types[i] != type) {
        i++;
    }
    return i; /* METRICS_TYPE_OTHER when it is none of them */
}

static enum metrics_target target_of(const struct topology *top, const struct responder_note *note)
{
    if (note->pop != CN_NONE16) {
        return (enum metrics_target)(METRICS_TO_POP + top->pop_classes[note->pop]);
    }
    return note->origin ? METRICS_TO_ORIGIN : METRICS_TO_NONE;
}

bool metrics_begin(struct metrics *m, size_t workers)
{
    m->workers = calloc(workers, sizeof(*m->workers));
    m->worker_count = m->workers != NULL ? workers : 0;
    return m->workers != NULL;
}

void metrics_end(struct metrics *m)
{
    free(m->workers);
    m->workers = NULL;
    m->worker_count = 0;
}

void metrics_query(struct metrics_counts *m, const struct topology *top, enum metrics_transport t,
                   const struct responder_note *note, bool answered)
{
    if (!note->counted) {
        metrics_add(&m->drops[METRICS_DROP_NO_QUERY], 1);
        return;
    }
    CN_ASSERT(note->rcode < METRICS_RCODES);
    if (note->silent) {
        metrics_add(&m->drops[METRICS_DROP_SCENARIO], 1);
    } else if (answered) {
        metrics_add(&m->queries[t][type_index(note->type)][note->rcode], 1);
        metrics_add(&m->truncated, note->truncated);
    }
    metrics_add(&m->routed[top->line_zones[note->line]][target_of(top, note)], 1);
    metrics_add(&m->lines[note->line], 1);
    metrics_add(&m->rows[note->row], 1);
}

void metrics_latency(struct metrics_counts *m, int64_t ns, size_t count)
{
    size_t i = 0;
    CN_ASSERT(ns >= 0);
    while (i < CN_ARRAY_LEN(metrics_bounds_ns) && ns > metrics_bounds_ns[i]) {
        i++;
    }
    metrics_add(&m->latency[i], count);
    metrics_add(&m->latency_ns, (uint64_t)ns * count);
}

void metrics_new_lines(struct metrics_counts *m, uint64_t number)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(m->lines); i++) {
        atomic_store_explicit(&m->lines[i], 0, memory_order_relaxed);
    }
    atomic_store_explicit(&m->lines_number, number, memory_order_release);
}

void metrics_event(struct metrics *m, const struct engine_step *step)
{
    m->applied += step->refusal == REFUSAL_NONE;
    m->refused[step->refusal] += step->refusal != REFUSAL_NONE;
}
