/* SPDX-License-Identifier: MIT
 * ratelimit.h: response rate limiting, so that the server is of little use to whoever sends queries
 * in the name of a victim. Room dns; no clock, no randomness, no heap: all are handed in.
 *
 * Answers are counted per network of the client (IPv4 /24, IPv6 /56) and kind of answer. Each such
 * pair has a bucket with tokens for one second of `rate`; an answer takes one, time brings them
 * back. The table has a fixed size: a new pair takes the place of the least recently used one of
 * RATELIMIT_WAYS that a keyed hash assigns to it, so that a flood, which is used all the time,
 * keeps its bucket, and nobody can choose whose bucket is lost. */
#ifndef CNEDGE_DNS_RATELIMIT_H
#define CNEDGE_DNS_RATELIMIT_H

#include "cnedge/base/siphash.h"

enum {
    RATELIMIT_WAYS = 4,
    RATELIMIT_RATE_MAX = 1000000, /* answers per second */
    RATELIMIT_SLIP_MAX = 10,
};

enum ratelimit_kind {                   /* of answers */
                      RATELIMIT_ANSWER, /* with records in the answer section */
                      RATELIMIT_NODATA, /* without */
                      RATELIMIT_NXDOMAIN,
                      RATELIMIT_ERROR,
};

enum ratelimit_verdict {
    RATELIMIT_PASS,
    RATELIMIT_SLIP, /* a short answer with TC: a real client comes back over TCP */
    RATELIMIT_DROP,
};

struct ratelimit_bucket {
    uint64_t tag; /* 0: free */
    uint64_t at_ms;
    uint32_t tokens_m; /* thousandths */
    uint32_t limited;  /* answers that were not let pass */
};

struct ratelimit {
    uint8_t key[SIPHASH_KEY_BYTES];
    uint32_t rate;                    /* answers per second; 0: no limit */
    uint32_t slip;                    /* every so-maniest limited answer slips; 0: none */
    struct ratelimit_bucket *buckets; /* the caller's, zero at the start */
    size_t sets;                      /* of RATELIMIT_WAYS buckets each */
};

struct ratelimit_for {
    const uint8_t *address; /* 4 or 16 bytes */
    bool v6;
    enum ratelimit_kind kind;
};

/* What kind of answer these bytes, at least a header, are. */
CN_NONNULL CN_PURE enum ratelimit_kind ratelimit_kind_of(const uint8_t *answer);

/* Counts one answer at `now_ms`, which never goes back, and says what is to become of it. */
CN_NONNULL CN_MUSTUSE enum ratelimit_verdict
ratelimit_take(struct ratelimit *r, const struct ratelimit_for *answer, uint64_t now_ms);

#endif
