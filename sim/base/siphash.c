/* SPDX-License-Identifier: MIT */
#include "cnedge/base/siphash.h"

#include <string.h>

enum { WORD = 8 };

struct state {
    uint64_t v0, v1, v2, v3;
};

struct strength { /* how many rounds: for each word of input, and at the end */
    int input, end;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

/* Eight bytes as a little-endian number. */
static inline uint64_t load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/* The bytes behind the last whole word, less than eight, as a little-endian number. Of an input
 * that has a word they are the end of the last eight bytes. */
static uint64_t load_rest(const uint8_t *end, size_t rest, size_t len)
{
    uint64_t v = 0;
    if (len >= WORD) return load(end - WORD) >> 8 >> 8 * (WORD - 1 - rest);
    for (size_t i = 0; i < len; i++) {
        v |= (uint64_t)(end - len)[i] << 8 * i;
    }
    return v;
}

static inline void rounds(struct state *s, int count)
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

static inline void absorb(struct state *s, uint64_t word, int count)
{
    s->v3 ^= word;
    rounds(s, count);
    s->v0 ^= word;
}

/* Constants become constant in each of the two functions that are made from this. */
__attribute__((always_inline)) static inline uint64_t
hash(const uint8_t key[SIPHASH_KEY_BYTES], const uint8_t *p, size_t len, struct strength c)
{
    uint64_t k0 = load(key);
    uint64_t k1 = load(key + WORD);
    size_t left = len;
    /* "somepseudorandomlygeneratedbytes", the constants of the paper */
    struct state s = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                      k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    for (; left >= WORD; left -= WORD, p += WORD) {
        absorb(&s, load(p), c.input);
    }
    absorb(&s, (uint64_t)len << 56 | load_rest(p + left, left, len), c.input);
    s.v2 ^= 0xFF;
    rounds(&s, c.end);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes, size_t len)
{
    return hash(key, bytes, len, (struct strength){.input = 2, .end = 4});
}

uint64_t siphash_1_3(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes, size_t len)
{
    return hash(key, bytes, len, (struct strength){.input = 1, .end = 3});
}
