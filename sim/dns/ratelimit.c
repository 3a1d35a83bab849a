/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/ratelimit.h"

#include <string.h>

enum {
    TOKEN_M = 1000,
    SECOND_MS = 1000,
    PREFIX_BYTES_V4 = 3, /* /24 */
    PREFIX_BYTES_V6 = 7, /* /56 */
    RCODE_NOERROR = 0,
    RCODE_NXDOMAIN = 3,
};

enum ratelimit_kind ratelimit_kind_of(const uint8_t *answer)
{
    switch (answer[3] & 0xF) {
    case RCODE_NOERROR:
        return (answer[6] | answer[7]) != 0 ? RATELIMIT_ANSWER : RATELIMIT_NODATA;
    case RCODE_NXDOMAIN:
        return RATELIMIT_NXDOMAIN;
    default:
        return RATELIMIT_ERROR;
    }
}

static uint64_t hash(const struct ratelimit *r, const struct ratelimit_for *a)
{
    uint8_t input[2 + PREFIX_BYTES_V6];
    size_t bytes = a->v6 ? PREFIX_BYTES_V6 : PREFIX_BYTES_V4;
    input[0] = a->v6;
    input[1] = (uint8_t)a->kind;
    memcpy(input + 2, a->address, bytes);
    return siphash(r->key, input, 2 + bytes);
}

/* The bucket with this tag; else one that is free, else the least recently used, made new. */
static struct ratelimit_bucket *find(struct ratelimit *r, uint64_t h, uint64_t now_ms)
{
    struct ratelimit_bucket *set = &r->buckets[h % r->sets * RATELIMIT_WAYS];
    struct ratelimit_bucket *oldest = set;
    uint64_t tag = h != 0 ? h : 1;
    for (size_t i = 0; i < RATELIMIT_WAYS; i++) {
        if (set[i].tag == tag) return &set[i];
        if (oldest->tag != 0 && (set[i].tag == 0 || set[i].at_ms < oldest->at_ms)) oldest = &set[i];
    }
    *oldest = (struct ratelimit_bucket){.tag = tag, .at_ms = now_ms, .tokens_m = r->rate * TOKEN_M};
    return oldest;
}

/* Time brings tokens back, one second of them at most. */
static void refill(const struct ratelimit *r, struct ratelimit_bucket *b, uint64_t now_ms)
{
    uint64_t passed = now_ms - b->at_ms;
    uint64_t full = (uint64_t)r->rate * TOKEN_M;
    uint64_t have = b->tokens_m + (passed < SECOND_MS ? passed * r->rate : full);
    b->tokens_m = (uint32_t)(have < full ? have : full);
    b->at_ms = now_ms;
}

enum ratelimit_verdict ratelimit_take(struct ratelimit *r, const struct ratelimit_for *answer,
                                      uint64_t now_ms)
{
    if (r->rate == 0) return RATELIMIT_PASS;
    struct ratelimit_bucket *b = find(r, hash(r, answer), now_ms);
    refill(r, b, now_ms);
    if (b->tokens_m >= TOKEN_M) {
        b->tokens_m -= TOKEN_M;
        return RATELIMIT_PASS;
    }
    b->limited++;
    return r->slip != 0 && b->limited % r->slip == 0 ? RATELIMIT_SLIP : RATELIMIT_DROP;
}
