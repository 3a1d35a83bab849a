/* SPDX-License-Identifier: MIT */
#include "cnedge/base/rng.h"

#include <string.h>

/* splitmix64's finaliser: every input bit reaches every output bit. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint64_t rng_hash(uint64_t seed, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t h = UINT64_C(0xCBF29CE484222325) ^ mix(seed + UINT64_C(0x9E3779B97F4A7C15));
    for (size_t i = 0; i < len; i++) {
        h = (h ^ p[i]) * UINT64_C(0x100000001B3);
    }
    return mix(h);
}

uint64_t rng_draw(uint64_t seed, const char *name, const char *purpose, uint64_t n)
{
    uint64_t h = rng_hash(seed, name, strlen(name));
    h = rng_hash(h, purpose, strlen(purpose));
    return mix(h + (n + 1) * UINT64_C(0x9E3779B97F4A7C15));
}

int64_t rng_between(uint64_t draw, int64_t lo, int64_t hi)
{
    CN_ASSERT(lo >= 0);
    CN_ASSERT(lo <= hi);
    uint64_t width = (uint64_t)(hi - lo) + 1;
    /* The high half of a 64x64-bit product, in halves: ISO C has no 128-bit integer. */
    uint64_t a = draw >> 32;
    uint64_t b = draw & UINT32_MAX;
    uint64_t c = width >> 32;
    uint64_t d = width & UINT32_MAX;
    uint64_t middle = a * d + (b * d >> 32);
    uint64_t carry = b * c + (middle & UINT32_MAX);
    return lo + (int64_t)(a * c + (middle >> 32) + (carry >> 32));
}
