/* SPDX-License-Identifier: MIT
 * Instants and durations as text: tables, a calendar walked day by day, and random round trips. */
#include "cnedge/base/rng.h"
#include "cnedge/base/timetext.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

#define NS INT64_C(1000000000)

struct instant {
    const char *name; /* the text */
    int64_t ns;       /* since the epoch; -1: not an instant */
};

// clang-format off
static struct instant instants[] = {
    {"1970-01-01T00:00:00Z",           0},
    {"1970-01-01T00:00:01Z",           NS},
    {"1970-01-01T00:00Z",              0},
    {"2000-02-29T00:00:00Z",           951782400 * NS},
    {"2021-12-20T08:00:00+08:00",      1639958400 * NS},
    {"2021-12-20T00:00:00Z",           1639958400 * NS},
    {"2021-12-19T19:00:00-05:00",      1639958400 * NS},
    {"2026-03-02T09:00+08:00",         1772413200 * NS},
    {"2026-03-02T01:00:00.5Z",         1772413200 * NS + NS / 2},
    {"2026-03-02T01:00:00.000000001Z", 1772413200 * NS + 1},
    {"2026-03-02T01:00:00.123456789Z", 1772413200 * NS + 123456789},
    {"1970-01-01T00:00:00-00:00",      0},
    {"1970-01-01T23:59:00+23:59",      0},
    {"2261-12-31T23:59:59.999999999Z", 9214646399 * NS + 999999999},
    {"2024-02-29T12:00:00Z",           1709208000 * NS},
    {"2100-03-01T00:00:00Z",           4107542400 * NS},
    /* not instants */
    {"",                                -1},
    {"2026",                            -1},
    {"2026-03-02",                      -1},
    {"2026-03-02T01:00:00",             -1},
    {"2026-03-02 01:00:00Z",            -1},
    {"2026-03-02T01:00:00Z ",           -1},
    {" 2026-03-02T01:00:00Z",           -1},
    {"2026-03-02T01:00:00z",            -1},
    {"2026-03-02T24:00:00Z",            -1},
    {"2026-03-02T23:60:00Z",            -1},
    {"2026-03-02T23:59:60Z",            -1},
    {"2026-00-02T01:00:00Z",            -1},
    {"2026-13-02T01:00:00Z",            -1},
    {"2026-03-00T01:00:00Z",            -1},
    {"2026-03-32T01:00:00Z",            -1},
    {"2026-04-31T01:00:00Z",            -1},
    {"2025-02-29T01:00:00Z",            -1},
    {"2100-02-29T01:00:00Z",            -1},
    {"1969-12-31T23:59:59Z",            -1},
    {"1970-01-01T00:00:00+00:01",       -1},
    {"2262-01-01T00:00:00Z",            -1},
    {"2026-03-02T01:00:00.Z",           -1},
    {"2026-03-02T01:00:00.1234567890Z", -1},
    {"2026-03-02T01:00.5Z",             -1},
    {"2026-03-02T01:00:00+8:00",        -1},
    {"2026-03-02T01:00:00+0800",        -1},
    {"2026-03-02T01:00:00+24:00",       -1},
    {"2026-03-02T01:00:00+08:60",       -1},
    {"2026-03-02T01:00:00+08",          -1},
    {"26-03-02T01:00:00Z",              -1},
    {"+2026-03-02T01:00:00Z",           -1},
    {"2026-3-2T01:00:00Z",              -1},
    {"2026-03-02T1:00:00Z",             -1},
    {"2026/03/02T01:00:00Z",            -1},
};
// clang-format on

static void check_instant(void **state)
{
    const struct instant *r = *state;
    walltime t = {-2};
    assert_int_equal(timetext_instant(r->name, &t), r->ns >= 0);
    assert_int_equal(t.ns, r->ns >= 0 ? r->ns : -2); /* untouched when it is none */
}

struct duration {
    const char *name;
    int64_t ns;       /* -1: not a duration */
    const char *want; /* written again */
};

// clang-format off
static struct duration durations[] = {
    {"0s",                         0,                            "0s"},
    {"90s",                        90 * NS,                      "1m30s"},
    {"1h30m",                      5400 * NS,                    "1h30m"},
    {"24h",                        86400 * NS,                   "1d"},
    {"3d",                         259200 * NS,                  "3d"},
    {"36h",                        129600 * NS,                  "1d12h"},
    {"1500ms",                     NS + NS / 2,                  "1s500ms"},
    {"1d2h3m4s5ms6us",             93784 * NS + 5006000,         "1d2h3m4s5ms6us"},
    {"007s",                       7 * NS,                       "7s"},
    {"106751d",                    INT64_C(9223286400) * NS,     "106751d"},
    {"106751d23h47m16s854ms775us", INT64_C(9223372036854775000), "106751d23h47m16s854ms775us"},
    {"9223372036854775us",         INT64_C(9223372036854775000), "106751d23h47m16s854ms775us"},
    {"",                           -1,                           ""},
    {"s",                          -1,                           ""},
    {"5",                          -1,                           ""},
    {"5 s",                        -1,                           ""},
    {"-5s",                        -1,                           ""},
    {"+5s",                        -1,                           ""},
    {"1.5h",                       -1,                           ""},
    {"5S",                         -1,                           ""},
    {"5x",                         -1,                           ""},
    {"5s ",                        -1,                           ""},
    {"30m1h",                      -1,                           ""},
    {"1h1h",                       -1,                           ""},
    {"1ms1m",                      -1,                           ""},
    {"1ns",                        -1,                           ""},
    {"1w",                         -1,                           ""},
    {"106752d",                    -1,                           ""},
    {"106751d24h",                 -1,                           ""},
    {"9223372036854776us",         -1,                           ""},
    {"9223372036854775808s",       -1,                           ""},
    {"99999999999999999999999s",   -1,                           ""},
};
// clang-format on

static void check_duration(void **state)
{
    const struct duration *r = *state;
    simdur d = {-2};
    char text[TIMETEXT_MAX];
    assert_int_equal(timetext_duration(r->name, strlen(r->name), &d), r->ns >= 0);
    assert_int_equal(d.ns, r->ns >= 0 ? r->ns : -2);
    if (r->ns < 0) return;
    timetext_put_duration(d, text);
    assert_string_equal(text, r->want);
}

static void a_duration_ends_where_it_is_told(void **state)
{
    (void)state;
    simdur d;
    assert_true(timetext_duration("1h..2h", 2, &d));
    assert_int_equal(d.ns, 3600 * NS);
    assert_true(timetext_duration("5ms", 2, &d)); /* "5m" */
    assert_int_equal(d.ns, 300 * NS);
    assert_false(timetext_duration("5ms", 1, &d));
}

struct written {
    const char *name;
    int64_t ns;
};

static struct written written[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000000001Z", 1},
    {"1970-01-01T00:00:00.1Z", NS / 10},
    {"2026-03-02T01:00:00Z", 1772413200 * NS},
    {"2026-03-02T01:00:00.00001Z", 1772413200 * NS + 10000},
    {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
};

static void check_written(void **state)
{
    const struct written *r = *state;
    char text[TIMETEXT_MAX];
    timetext_put_instant((walltime){r->ns}, text);
    assert_string_equal(text, r->name);
}

static void simtimes(void **state)
{
    (void)state;
    char text[TIMETEXT_MAX];
    timetext_put_simtime(SIMTIME_START, text);
    assert_string_equal(text, "+0s");
    timetext_put_simtime((simtime){1200 * NS}, text);
    assert_string_equal(text, "+20m");
    timetext_put_simtime(SIMTIME_NEVER, text);
    assert_string_equal(text, "never");
    timetext_put_simtime((simtime){INT64_MAX - 1}, text);
    assert_string_equal(text, "+106751d23h47m16s854ms775us");
}

/* The date alone, which `instant` starts with, both ways. */
static void check_day(const char *instant, int32_t day, struct timetext_date date)
{
    char text[11] = "";
    int32_t got = -1;
    memcpy(text, instant, 10);
    assert_true(timetext_day(text, &got));
    assert_int_equal(got, day);
    struct timetext_date back = timetext_date_of(day);
    assert_true(back.year == date.year && back.month == date.month && back.day == date.day);
    assert_false(timetext_day(instant, &got)); /* a time of day behind it */
}

static void days_that_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",           "2026-2-16",  "2026-02-30", "1969-12-31",
                                        "2262-01-01", "20260216",   "2026-02",    "2026-13-01",
                                        "2026-02-1 ", "2026-02-00", "today"};
    for (size_t i = 0; i < CN_ARRAY_LEN(texts); i++) {
        int32_t day = -5;
        assert_false(timetext_day(texts[i], &day));
        assert_int_equal(day, -5);
    }
}

/* Every day from 1970 to 2261 by counting, against the calendar by arithmetic. */
static void every_day(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = 0;
    for (int y = 1970; y <= 2261; y++) {
        for (int m = 1; m <= 12; m++) {
            bool leap = (y % 4 == 0 && y % 100 != 0) || y == 2000;
            int length = lengths[m - 1] + (m == 2 && leap ? 1 : 0);
            for (int d = 1; d <= length; d++, day++) {
                char want[TIMETEXT_MAX];
                char got[TIMETEXT_MAX];
                walltime t;
                snprintf(want, sizeof(want), "%04d-%02d-%02dT00:00:00Z", y, m, d);
                timetext_put_instant((walltime){day * 86400 * NS}, got);
                assert_string_equal(got, want);
                assert_true(timetext_instant(want, &t));
                assert_int_equal(t.ns, day * 86400 * NS);
                check_day(want, (int32_t)day, (struct timetext_date){y, m, d});
            }
        }
    }
}

static void random_round_trips(void **state)
{
    (void)state;
    static const int64_t last = 9214646399 * NS + 999999999;
    for (uint64_t i = 0; i < 20000; i++) {
        char text[TIMETEXT_MAX];
        walltime t = {rng_between(rng_draw(1, "instant", "", i), 0, last)};
        walltime t2;
        timetext_put_instant(t, text);
        assert_true(timetext_instant(text, &t2));
        assert_int_equal(t2.ns, t.ns);
        int shift = (int)(i % 50); /* small ones too */
        simdur d = {(rng_between(rng_draw(2, "duration", "", i), 0, INT64_MAX / 1000) >> shift) *
                    1000};
        simdur d2;
        timetext_put_duration(d, text);
        assert_true(timetext_duration(text, strlen(text), &d2));
        assert_int_equal(d2.ns, d.ns);
    }
}

static void saturation(void **state)
{
    (void)state;
    assert_int_equal(simtime_add(SIMTIME_NEVER, simdur_s(1)).ns, INT64_MAX);
    assert_int_equal(simtime_add((simtime){5}, (simdur){7}).ns, 12);
    assert_int_equal(simtime_since((simtime){12}, (simtime){5}).ns, 7);
    assert_int_equal(simtime_wall((walltime){5}, (simtime){7}).ns, 12);
    assert_int_equal(simtime_wall((walltime){5}, SIMTIME_NEVER).ns, INT64_MAX);
    assert_true(simtime_before((simtime){1}, (simtime){2}));
    assert_false(simtime_before((simtime){2}, (simtime){2}));
}

int main(void)
{
    enum {
        A = CN_ARRAY_LEN(instants),
        B = A + CN_ARRAY_LEN(durations),
        C = B + CN_ARRAY_LEN(written),
    };
    const struct CMUnitTest others[] = {cmocka_unit_test(a_duration_ends_where_it_is_told),
                                        cmocka_unit_test(simtimes),
                                        cmocka_unit_test(every_day),
                                        cmocka_unit_test(random_round_trips),
                                        cmocka_unit_test(days_that_are_none),
                                        cmocka_unit_test(saturation)};
    struct CMUnitTest tests[C + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, instants, check_instant)
    TABLE_TESTS(tests + A, durations, check_duration)
    TABLE_TESTS(tests + B, written, check_written)
    memcpy(tests + C, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
