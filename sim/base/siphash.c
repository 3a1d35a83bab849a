/* SPDX-License-Identifier: MIT */
#include "cnedge/base/siphash.h"

enum { WORD = 8, ROUNDS_INPUT = 2, ROUNDS_END = 4 };

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

/* Up to eight bytes as a little-endian number. */
static uint64_t load(const uint8_t *p, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < len; i++) {
        v |= (uint64_t)p[i] << 8 * i;
    }
    return v;
}

static void rounds(struct state *s, int count)
{
    for (int i = 0; i < count; i++) {
        s->v0 += s->v1;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v2 = rotate(s->v2, 32);
    }
}

static void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, ROUNDS_INPUT);
    s->v0 ^= word;
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes, size_t len)
{
    uint64_t k0 = load(key, WORD);
    uint64_t k1 = load(key + WORD, WORD);
    const uint8_t *p = bytes;
    size_t left = len;
    /* "somepseudorandomlygeneratedbytes", the constants of the paper */
    struct state s = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                      k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    for (; left >= WORD; left -= WORD, p += WORD) {
        absorb(&s, load(p, WORD));
    }
    absorb(&s, (uint64_t)len << 56 | load(p, left));
    s.v2 ^= 0xFF;
    rounds(&s, ROUNDS_END);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
