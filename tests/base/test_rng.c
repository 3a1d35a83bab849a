/* SPDX-License-Identifier: MIT
 * Randomness: values pinned so that no release changes a trace, uniformity, and the edges. */
#include "cnedge/base/rng.h"

#include "test.h"

/* Every committed trace depends on these. They come from a second implementation, in Python. */
static void pinned_values(void **state)
{
    (void)state;
    assert_true(rng_hash(0, "", 0) == UINT64_C(0xAEBE53F85CDC3C4C));
    assert_true(rng_hash(0, "a", 1) == UINT64_C(0x66D7010A9A2CA88D));
    assert_true(rng_hash(1, "a", 1) == UINT64_C(0x7FA5F2E1D98C59D3));
    assert_true(rng_hash(UINT64_MAX, "shop.example", 12) == UINT64_C(0xED13F90FBE31E883));
    assert_true(rng_draw(0, "", "", 0) == UINT64_C(0x33C1EC3C5FD8184D));
    assert_true(rng_draw(1, "shop.example", "observe_delay", 0) == UINT64_C(0xB804AAEA6AF2BC8A));
    assert_true(rng_draw(1, "shop.example", "observe_delay", 1) == UINT64_C(0x239F192906097474));
    assert_true(rng_draw(1, "shop.example", "sync_delay", 0) == UINT64_C(0x9DAA54DECB7E4684));
    assert_true(rng_draw(2, "shop.example", "observe_delay", 0) == UINT64_C(0x600548E8106E3707));
    assert_true(rng_draw(UINT64_MAX, "x", "y", UINT64_MAX) == UINT64_C(0x480550F12372604F));
}

static void edges_of_between(void **state)
{
    (void)state;
    assert_int_equal(rng_between(0, 5, 5), 5);
    assert_int_equal(rng_between(UINT64_MAX, 5, 5), 5);
    assert_int_equal(rng_between(0, 3, 9), 3);
    assert_int_equal(rng_between(UINT64_MAX, 3, 9), 9);
    assert_int_equal(rng_between(0, 0, INT64_MAX), 0);
    assert_true(rng_between(UINT64_MAX, 0, INT64_MAX) == INT64_MAX);
    assert_true(rng_between(UINT64_MAX, INT64_MAX, INT64_MAX) == INT64_MAX);
    assert_int_equal(rng_between(UINT64_C(1) << 63, 0, 1), 1);
    assert_int_equal(rng_between((UINT64_C(1) << 63) - 1, 0, 1), 0);
}

/* draw * width / 2^64 in exact arithmetic, digit by digit in base 2^16. */
static int64_t slow_between(uint64_t draw, int64_t lo, int64_t hi)
{
    uint64_t width = (uint64_t)(hi - lo) + 1;
    uint64_t digits[9] = {0};
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) {
            uint64_t p = (draw >> 16 * i & 0xFFFF) * (width >> 16 * k & 0xFFFF);
            digits[i + k] += p & 0xFFFF;
            digits[i + k + 1] += p >> 16;
        }
    }
    for (int i = 0; i < 8; i++) {
        digits[i + 1] += digits[i] >> 16;
        digits[i] &= 0xFFFF;
    }
    return lo + (int64_t)(digits[4] | digits[5] << 16 | digits[6] << 32 | digits[7] << 48);
}

static void between_is_exact(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t draw = rng_draw(1, "draw", "", i);
        int64_t hi = (int64_t)(rng_draw(1, "hi", "", i) >> (1 + i % 62));
        int64_t lo = hi == 0 ? 0 : (int64_t)(rng_draw(1, "lo", "", i) % (uint64_t)hi);
        int64_t got = rng_between(draw, lo, hi);
        assert_true(got >= lo && got <= hi);
        assert_true(got == slow_between(draw, lo, hi));
    }
}

/* Pearson's test with 63 degrees of freedom: 103.4 is exceeded once in a thousand runs. The run is
 * always the same, so this holds or it does not. */
static double chi_squared(const unsigned count[64], unsigned draws)
{
    double expected = draws / 64.0;
    double sum = 0;
    for (int i = 0; i < 64; i++) {
        sum += (count[i] - expected) * (count[i] - expected) / expected;
    }
    return sum;
}

static void draws_are_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 64000 };
    unsigned by_number[64] = {0}; /* the stream of one name */
    unsigned by_name[64] = {0};   /* the first draw of many names that differ little */
    unsigned by_seed[64] = {0};
    unsigned low_bits[64] = {0};
    for (unsigned i = 0; i < DRAWS; i++) {
        char name[] = "site00000.example";
        for (unsigned k = 0, n = i; k < 5; k++, n /= 10) {
            name[8 - k] = (char)('0' + n % 10);
        }
        by_number[rng_between(rng_draw(1, "shop.example", "p", i), 0, 63)]++;
        by_name[rng_between(rng_draw(1, name, "p", 0), 0, 63)]++;
        by_seed[rng_between(rng_draw(i, "shop.example", "p", 0), 0, 63)]++;
        low_bits[rng_draw(1, "shop.example", "p", i) & 63]++;
    }
    assert_true(chi_squared(by_number, DRAWS) < 103.4);
    assert_true(chi_squared(by_name, DRAWS) < 103.4);
    assert_true(chi_squared(by_seed, DRAWS) < 103.4);
    assert_true(chi_squared(low_bits, DRAWS) < 103.4);
}

/* Each input bit turns about half of the output bits over. */
static void bits_avalanche(void **state)
{
    (void)state;
    for (int bit = 0; bit < 64; bit++) {
        unsigned flips = 0;
        for (uint64_t i = 0; i < 200; i++) {
            uint64_t key = i * UINT64_C(0x0123456789ABCDEF);
            uint64_t other = key ^ UINT64_C(1) << bit;
            uint64_t d = rng_hash(0, &key, sizeof(key)) ^ rng_hash(0, &other, sizeof(other));
            flips += (unsigned)__builtin_popcountll(d);
        }
        assert_true(flips > 200 * 29 && flips < 200 * 35);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pinned_values),    cmocka_unit_test(edges_of_between),
        cmocka_unit_test(between_is_exact), cmocka_unit_test(draws_are_uniform),
        cmocka_unit_test(bits_avalanche),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
