/* SPDX-License-Identifier: MIT */
#include "histogram.h"

enum { SUB = 1 << HISTOGRAM_SUB_BITS };

static unsigned bucket_of(uint64_t v)
{
    if (v < SUB) return (unsigned)v;
    unsigned e = 63U - (unsigned)__builtin_clzll(v);
    unsigned sub = (unsigned)(v >> (e - HISTOGRAM_SUB_BITS)) & (SUB - 1);
    return (e - HISTOGRAM_SUB_BITS + 1) * SUB + sub;
}

/* The middle of a bucket. */
static double value_of(unsigned bucket)
{
    if (bucket < SUB) return bucket;
    unsigned e = bucket / SUB + HISTOGRAM_SUB_BITS - 1;
    uint64_t width = UINT64_C(1) << (e - HISTOGRAM_SUB_BITS);
    return (double)((UINT64_C(1) << e) + bucket % SUB * width) + (double)width / 2;
}

/* Replaces the least of the slowest and lets the new one sink to its place. */
static void keep_slow(uint64_t *heap, uint64_t ns)
{
    unsigned at = 0;
    if (ns <= heap[0]) return;
    for (unsigned child = 1; child < HISTOGRAM_SLOWEST; child = 2 * at + 1) {
        if (child + 1 < HISTOGRAM_SLOWEST && heap[child + 1] < heap[child]) child++;
        if (ns <= heap[child]) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = ns;
}

void histogram_add(struct histogram *h, uint64_t ns)
{
    h->bucket[bucket_of(ns)]++;
    h->count++;
    if (ns > h->max) h->max = ns;
    keep_slow(h->slowest, ns);
}

double histogram_at_us(const struct histogram *h, double p)
{
    uint64_t want = (uint64_t)(p * (double)h->count);
    uint64_t sum = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        sum += h->bucket[i];
        if (sum > want) return value_of(i) / 1000;
    }
    return (double)h->max / 1000;
}
