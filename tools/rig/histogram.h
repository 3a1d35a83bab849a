/* SPDX-License-Identifier: MIT
 * histogram.h: latencies in buckets that are at most 1/64 wide, and the slowest of them as they
 * were. */
#ifndef RIG_HISTOGRAM_H
#define RIG_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 6, /* each power of two in 64 parts */
    HISTOGRAM_BUCKETS = 64 << HISTOGRAM_SUB_BITS,
    HISTOGRAM_SLOWEST = 64,
};

struct histogram {
    uint64_t count, max;
    uint64_t bucket[HISTOGRAM_BUCKETS];
    uint64_t slowest[HISTOGRAM_SLOWEST]; /* a heap: the least of them first */
};

/* Takes in one latency, nanoseconds. */
void histogram_add(struct histogram *h, uint64_t ns);

/* The latency that the share `p` (0..1) of all does not exceed, microseconds; 0 without any. */
double histogram_at_us(const struct histogram *h, double p);

#endif
