/* SPDX-License-Identifier: MIT
 * Simulated time never comes early: when a wait is over its instant is there, and not before. */
#include "cnedge/server/clock.h"

#include "cnedge/base/rng.h"
#include "test.h"

struct row {
    const char *name;
    const char *text;
    uint64_t want; /* 0 = is no speed */
};

static struct row rows[] = {
    {"one", "1", 1000000},
    {"sixty", "60", 60000000},
    {"a half", "0.5", 500000},
    {"six decimals", "1.000001", 1000001},
    {"slowest", "0.000001", 1},
    {"fastest", "1000000", 1000000000000},
    {"leading zeros", "007", 7000000},
    {"too fast", "1000001", 0},
    {"just too fast", "1000000.000001", 0},
    {"very much too fast", "99999999999999999999999999999", 0},
    {"zero", "0", 0},
    {"zero with decimals", "0.000000", 0},
    {"seven decimals", "0.0000001", 0},
    {"nothing", "", 0},
    {"no whole part", ".5", 0},
    {"no decimals", "1.", 0},
    {"two points", "1.2.3", 0},
    {"negative", "-1", 0},
    {"plus", "+1", 0},
    {"exponent", "1e3", 0},
    {"unit", "2x", 0},
    {"blank", " 1", 0},
};

static void check_speed(void **state)
{
    const struct row *r = *state;
    uint64_t ppm = 0;
    assert_int_equal(clock_read_speed(r->text, &ppm), r->want != 0);
    assert_true(ppm == r->want);
}

static void check_wait(const struct clock_run *c, int64_t mono_ns, simtime t)
{
    int64_t wait = clock_wait_ns(c, mono_ns, t);
    if (wait < 0) { /* never: not even at the end of the clock */
        assert_true(simtime_before(clock_at(c, INT64_MAX), t) || c->ppm == 0);
        return;
    }
    assert_false(simtime_before(clock_at(c, mono_ns + wait), t));
    if (wait > 0) assert_true(simtime_before(clock_at(c, mono_ns + wait - 1), t));
}

/* Any speed, any instant, seen from any moment. */
static void check_exact(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        int shift = (int)rng_between(rng_draw(1, "clock", "shift", i), 0, 39);
        int far = (int)rng_between(rng_draw(1, "clock", "far", i), 0, 55);
        struct clock_run c = {
            .begun_ns = rng_between(rng_draw(1, "clock", "begun", i), 0, INT64_C(1) << 50),
            .from = {rng_between(rng_draw(1, "clock", "from", i), 0, INT64_C(1) << 50)},
            .ppm = (uint64_t)rng_between(rng_draw(1, "clock", "ppm", i), 1, INT64_C(1) << shift)};
        int64_t mono =
            c.begun_ns + rng_between(rng_draw(1, "clock", "mono", i), 0, INT64_C(1) << far);
        simtime t = {c.from.ns + rng_between(rng_draw(1, "clock", "t", i), 0, INT64_C(1) << far)};
        check_wait(&c, mono, t);
    }
}

static void check_known(void **state)
{
    (void)state;
    struct clock_run c = {.begun_ns = 1000, .from = {500}, .ppm = 60 * CLOCK_PPM};
    assert_true(clock_at(&c, 1000).ns == 500);
    assert_true(clock_at(&c, 1000 + SIMDUR_SECOND).ns == 500 + 60 * SIMDUR_SECOND);
    assert_true(clock_wait_ns(&c, 1000, (simtime){500 + 60 * SIMDUR_SECOND}) == SIMDUR_SECOND);
    assert_true(clock_wait_ns(&c, 1000, (simtime){500}) == 0);
    assert_true(clock_wait_ns(&c, 1000, SIMTIME_START) == 0);
    assert_true(clock_wait_ns(&c, 1000, SIMTIME_NEVER) == -1);
}

/* Standing still, and running off the end. */
static void check_ends(void **state)
{
    (void)state;
    struct clock_run still = {.begun_ns = 0, .from = {77}, .ppm = 0};
    assert_true(clock_at(&still, INT64_MAX).ns == 77);
    assert_true(clock_wait_ns(&still, 5, (simtime){78}) == -1);
    assert_true(clock_wait_ns(&still, 5, (simtime){77}) == 0);
    struct clock_run fast = {.begun_ns = 0, .from = {1}, .ppm = CLOCK_SPEED_PPM_MAX};
    assert_true(clock_at(&fast, INT64_MAX).ns == INT64_MAX - 1);
    assert_true(simtime_before(clock_at(&fast, INT64_MAX), SIMTIME_NEVER));
}

static void check_machine(void **state)
{
    (void)state;
    int64_t before = clock_mono_ns();
    struct clock_run c = clock_begin((simtime){5}, CLOCK_PPM);
    assert_true(c.begun_ns >= before && c.from.ns == 5);
    assert_true(clock_wall().ns > INT64_C(1700000000) * SIMDUR_SECOND);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(check_exact),
        cmocka_unit_test(check_known),
        cmocka_unit_test(check_ends),
        cmocka_unit_test(check_machine),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_speed)
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
