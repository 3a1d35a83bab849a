/* SPDX-License-Identifier: MIT
 * queries.h: what is asked. The sites are d000000.example, d000001.example and so on, each with an
 * apex and www, A and AAAA: all four are asked alike often. Queries are made when they are sent, so
 * that a million sites cost the generator no cache misses. */
#ifndef RIG_QUERIES_H
#define RIG_QUERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUERIES_SITES_MAX = 1000000,
    QUERIES_BYTES_MAX = 128, /* of a query */
    QUERIES_TAIL_MAX = 40,   /* an OPT record with a Client Subnet */
    QUERIES_RING = 1 << 20,  /* draws of a Zipf distribution, taken beforehand */
    QUERIES_SUBNETS_MAX = 65536,
};

struct queries_spec {
    uint32_t sites;
    double zipf;         /* exponent; 0: all sites alike often */
    uint32_t absent;     /* percent of queries for names that do not exist, below a site */
    bool edns;           /* an OPT record also without a subnet */
    const char *subnets; /* file of prefixes, one a line, for Client Subnet; NULL: none */
    uint64_t seed;
};

struct queries_tail {
    uint8_t len;
    uint8_t bytes[QUERIES_TAIL_MAX];
};

struct queries {
    uint32_t sites, absent;
    uint64_t state; /* of the generator of random numbers */
    uint32_t *ring; /* NULL: uniform */
    uint32_t ring_at;
    struct queries_tail *tails;
    uint32_t tail_count;
};

/* Prepares to draw. False after a message on stderr. What it allocates lives as long as the
 * process. */
bool queries_init(struct queries *q, const struct queries_spec *spec);

/* A random number, uniform in 0..n-1. */
uint32_t queries_below(struct queries *q, uint32_t n);

/* A random number, exponentially distributed with mean 1. */
double queries_gap(struct queries *q);

/* Writes a random query, at most QUERIES_BYTES_MAX bytes; returns its length. */
size_t queries_put(struct queries *q, uint16_t id, uint8_t *out);

/* Writes the query for type A of `name`, with the Client Subnet `subnet` unless that is NULL.
 * Returns its length, 0: one of the two is none. */
size_t queries_put_name(const char *name, const char *subnet, uint8_t *out);

#endif
