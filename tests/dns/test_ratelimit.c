/* SPDX-License-Identifier: MIT
 * Response rate limiting: the bucket against a model that remembers everybody, edges, slip, and
 * what a table that is too small may lose. */
#include "cnedge/dns/ratelimit.h"

#include "cnedge/base/rng.h"
#include "test.h"

#include <string.h>

enum { SETS = 64, CLIENTS = 40, STEPS = 20000 };

static struct ratelimit_bucket buckets[SETS * RATELIMIT_WAYS];

static struct ratelimit begin(uint32_t rate, uint32_t slip)
{
    struct ratelimit r = {
        .key = {1, 2, 3}, .rate = rate, .slip = slip, .buckets = buckets, .sets = SETS};
    memset(buckets, 0, sizeof(buckets));
    return r;
}

static enum ratelimit_verdict take4(struct ratelimit *r, uint8_t a, uint8_t last,
                                    enum ratelimit_kind kind, uint64_t now_ms)
{
    const uint8_t address[4] = {192, 0, a, last};
    return ratelimit_take(r, &(struct ratelimit_for){address, false, kind}, now_ms);
}

static void check_rate(void **state)
{
    (void)state;
    struct ratelimit r = begin(5, 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 1000), RATELIMIT_PASS);
    }
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 1000), RATELIMIT_DROP);
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 1199), RATELIMIT_DROP);
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 1200), RATELIMIT_PASS); /* a fifth */
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 1200), RATELIMIT_DROP);
    for (int i = 0; i < 5; i++) { /* an hour brings no more than a second */
        assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 3600000), RATELIMIT_PASS);
    }
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 3600000), RATELIMIT_DROP);
}

/* The neighbours in a /24 share, other networks and kinds do not. */
static void check_prefix(void **state)
{
    (void)state;
    struct ratelimit r = begin(1, 0);
    static const uint8_t v6[][16] = {{0x20, 1, 0xd, 0xb8, 0, 0, 7},
                                     {0x20, 1, 0xd, 0xb8, 0, 0, 7, 255, 255},
                                     {0x20, 1, 0xd, 0xb8, 0, 0, 8}};
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 5), RATELIMIT_PASS);
    assert_int_equal(take4(&r, 2, 255, RATELIMIT_ANSWER, 5), RATELIMIT_DROP);
    assert_int_equal(take4(&r, 3, 1, RATELIMIT_ANSWER, 5), RATELIMIT_PASS);
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_NODATA, 5), RATELIMIT_PASS);
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_NXDOMAIN, 5), RATELIMIT_PASS);
    assert_int_equal(take4(&r, 2, 1, RATELIMIT_ERROR, 5), RATELIMIT_PASS);
    for (size_t i = 0; i < CN_ARRAY_LEN(v6); i++) { /* /56 */
        struct ratelimit_for a = {v6[i], true, RATELIMIT_ANSWER};
        assert_int_equal(ratelimit_take(&r, &a, 5), i == 1 ? RATELIMIT_DROP : RATELIMIT_PASS);
    }
}

static void check_slip(void **state)
{
    (void)state;
    static const struct {
        uint32_t slip;
        const char *want; /* of what is limited */
    } rows[] = {{0, "dddddd"}, {1, "ssssss"}, {2, "dsdsds"}, {3, "ddsdds"}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct ratelimit r = begin(1, rows[i].slip);
        assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 9), RATELIMIT_PASS);
        for (const char *w = rows[i].want; *w != '\0'; w++) {
            enum ratelimit_verdict want = *w == 's' ? RATELIMIT_SLIP : RATELIMIT_DROP;
            assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 9), want);
        }
    }
}

static void check_off(void **state)
{
    (void)state;
    struct ratelimit r = {.rate = 0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(take4(&r, 2, 1, RATELIMIT_ANSWER, 0), RATELIMIT_PASS);
    }
}

static void check_kinds(void **state)
{
    (void)state;
    static const struct {
        uint8_t rcode, high, low;
        enum ratelimit_kind want;
    } rows[] = {{0, 0, 1, RATELIMIT_ANSWER},   {0, 1, 0, RATELIMIT_ANSWER},
                {0, 0, 0, RATELIMIT_NODATA},   {3, 0, 0, RATELIMIT_NXDOMAIN},
                {3, 0, 1, RATELIMIT_NXDOMAIN}, {5, 0, 0, RATELIMIT_ERROR},
                {1, 0, 0, RATELIMIT_ERROR}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        const uint8_t answer[12] = {0, 0, 0x84, rows[i].rcode, 0, 1, rows[i].high, rows[i].low};
        assert_int_equal(ratelimit_kind_of(answer), rows[i].want);
    }
}

/* Random clients, kinds and times: as long as all of them have a place, the table says what a model
 * says that has a bucket for everybody. */
static void check_model(void **state)
{
    (void)state;
    static struct {
        uint64_t tokens_m, at_ms;
        uint32_t limited;
    } model[CLIENTS];
    enum { RATE = 7, SLIP = 3 };
    struct ratelimit r = begin(RATE, SLIP);
    uint64_t now_ms = 100000;
    memset(model, 0, sizeof(model)); /* since time 0 every bucket has filled */
    for (uint64_t i = 0; i < STEPS; i++) {
        uint64_t draw = rng_hash(i, "ratelimit", 9);
        size_t c = draw % CLIENTS;
        now_ms += draw >> 32 & 15;
        uint64_t have = model[c].tokens_m + (now_ms - model[c].at_ms) * RATE;
        have = have > RATE * 1000 ? RATE * 1000 : have;
        enum ratelimit_verdict want = RATELIMIT_PASS;
        if (have >= 1000) {
            have -= 1000;
        } else {
            want = ++model[c].limited % SLIP == 0 ? RATELIMIT_SLIP : RATELIMIT_DROP;
        }
        model[c].tokens_m = have;
        model[c].at_ms = now_ms;
        assert_int_equal(
            take4(&r, (uint8_t)(c / 4), (uint8_t)draw, (enum ratelimit_kind)(c % 4), now_ms), want);
    }
}

/* Ten thousand networks pass through 256 buckets while one floods: it never gets a new second. */
static void check_flood_keeps_its_bucket(void **state)
{
    (void)state;
    struct ratelimit r = begin(10, 0);
    unsigned passed = 0;
    for (unsigned i = 0; i < 10000; i++) {
        const uint8_t other[4] = {10, (uint8_t)(i >> 8), (uint8_t)i, 1};
        struct ratelimit_for a = {other, false, RATELIMIT_ANSWER};
        assert_int_equal(ratelimit_take(&r, &a, 1000 + i / 10), RATELIMIT_PASS);
        passed += take4(&r, 2, 1, RATELIMIT_ANSWER, 1000 + i / 10) == RATELIMIT_PASS;
    }
    assert_in_range(passed, 19, 20); /* one second's worth at once, one during a second */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"rate: the last one, one more, and time", check_rate, NULL, NULL, NULL},
        {"prefix and kind", check_prefix, NULL, NULL, NULL},
        {"slip", check_slip, NULL, NULL, NULL},
        {"rate 0: no limit", check_off, NULL, NULL, NULL},
        {"kinds of answers", check_kinds, NULL, NULL, NULL},
        {"the same as a model without a table", check_model, NULL, NULL, NULL},
        {"a flood keeps its bucket", check_flood_keeps_its_bucket, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
