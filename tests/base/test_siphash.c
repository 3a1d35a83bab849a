/* SPDX-License-Identifier: MIT
 * SipHash-2-4 against the vectors of its authors: key 00 01 .. 0f, input 00 01 02 ... */
#include "cnedge/base/siphash.h"

#include "test.h"

static const struct {
    size_t len;
    uint8_t want[SIPHASH_BYTES];
} vectors[] = {
    {0, {0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72}},
    {1, {0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74}},
    {2, {0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d}},
    {3, {0x2d, 0x7e, 0xfb, 0xd7, 0x96, 0x66, 0x67, 0x85}},
    {4, {0xb7, 0x87, 0x71, 0x27, 0xe0, 0x94, 0x27, 0xcf}},
    {5, {0x8d, 0xa6, 0x99, 0xcd, 0x64, 0x55, 0x76, 0x18}},
    {6, {0xce, 0xe3, 0xfe, 0x58, 0x6e, 0x46, 0xc9, 0xcb}},
    {7, {0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab}},
    {8, {0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93}},
    {15, {0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1}},
};

static void test_vectors(void **state)
{
    (void)state;
    uint8_t key[SIPHASH_KEY_BYTES];
    uint8_t input[16];
    for (uint8_t i = 0; i < 16; i++) {
        key[i] = i;
        input[i] = i;
    }
    for (size_t v = 0; v < CN_ARRAY_LEN(vectors); v++) {
        uint64_t h = siphash(key, input, vectors[v].len);
        for (int i = 0; i < SIPHASH_BYTES; i++) {
            if ((uint8_t)(h >> 8 * i) != vectors[v].want[i])
                fail_msg("input of %zu bytes", vectors[v].len);
        }
    }
}

/* CPython 3.11 hashes bytes with SipHash-1-3, with PYTHONHASHSEED=0 under the key zero: what it
 * says of bytes(range(len)). */
static void test_vectors_1_3(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        uint64_t want;
    } vectors_1_3[] = {
        {1, UINT64_C(0x68a914128e01e473)},  {7, UINT64_C(0x2f098ab0c751325a)},
        {8, UINT64_C(0xead411e67ebe2eea)},  {9, UINT64_C(0x75927f9d95124362)},
        {15, UINT64_C(0xf30eb725bb91c9ea)}, {16, UINT64_C(0x8972188433a5c5b7)},
    };
    const uint8_t zero[SIPHASH_KEY_BYTES] = {0};
    uint8_t input[16];
    for (uint8_t i = 0; i < 16; i++) {
        input[i] = i;
    }
    for (size_t v = 0; v < CN_ARRAY_LEN(vectors_1_3); v++) {
        assert_true(siphash_1_3(zero, input, vectors_1_3[v].len) == vectors_1_3[v].want);
    }
}

/* Goal: every bit of key and input counts. */
static void test_every_bit(void **state)
{
    (void)state;
    uint8_t key[SIPHASH_KEY_BYTES] = {0};
    uint8_t input[13] = {0};
    uint64_t before = siphash(key, input, sizeof(input));
    for (size_t bit = 0; bit < 8 * sizeof(key); bit++) {
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(siphash(key, input, sizeof(input)), before);
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(input); bit++) {
        input[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(siphash(key, input, sizeof(input)), before);
        input[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors),
                                       cmocka_unit_test(test_vectors_1_3),
                                       cmocka_unit_test(test_every_bit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
