/* SPDX-License-Identifier: MIT
 * Business days: known weeks around every festival, each year's length, and adding against
 * counting one day at a time. */
#include "cnedge/base/rng.h"
#include "cnedge/base/timetext.h"
#include "cnedge/model/calendar.h"
#include "cnedge/model/choices.h"

#include "test.h"

#include <string.h>

static const struct calendar builtin;

static int32_t day_of(const char *date)
{
    int32_t day = -1;
    bool ok = timetext_day(date, &day);
    assert_true(ok);
    return day;
}

static walltime wall(const char *text)
{
    walltime t = {0};
    bool ok = timetext_instant(text, &t);
    assert_true(ok);
    return t;
}

/* --- stretches of days, as pictures: # worked, . off ------------------------------------------ */

struct stretch {
    const char *name; /* the first day */
    const char *days;
};

static struct stretch stretches[] = {
    {"2018-12-29", "..#.###..#####.."}, /* before the table only weekends are off */
    {"2019-01-01", ".###..#####.."},
    {"2019-02-01", "###.......#####.."}, /* two weekend days are made up for, in advance */
    {"2019-04-27", ".###....##"},        /* Labour Day: 28 April and 5 May are worked */
    {"2019-09-28", ".##.......#####.####"},
    {"2020-01-18", ".#####..........#####.."}, /* 19 January worked, off to 2 February */
    {"2020-06-24", "#...#"},
    {"2020-10-01", "........##.#####"},
    {"2021-02-07", "####.......###."},
    {"2021-09-18", "#...###.#####......."},
    {"2022-01-29", "##.......#####.."},
    {"2022-04-02", "#...###.."},
    {"2023-09-28", "#........#######.."},
    {"2024-02-04", "######........######.."},
    {"2024-09-14", "#...###..#####.##.......#"},
    {"2025-01-26", "##........####.#"},
    {"2025-09-28", "###........###.#"},
    {"2026-01-01", "...######.."},
    {"2026-02-13", "##.........#####.#"},
    {"2026-05-01", ".....####.##"},
    {"2026-09-20", "#####...###.......###."},
    {"2027-01-01", "#..#####..#####.."}, /* after the table: 1 January 2027 is a Friday */
};

static void check_stretch(void **state)
{
    const struct stretch *s = *state;
    int32_t day = day_of(s->name);
    for (size_t i = 0; s->days[i] != '\0'; i++) {
        bool want = s->days[i] == '#';
        if (calendar_is_business(&builtin, day + (int32_t)i) != want) {
            fail_msg("%s + %zu: expected %s", s->name, i, want ? "a business day" : "a day off");
        }
    }
}

/* --- years ------------------------------------------------------------------------------------ */

/* 365 or 366 days, less the weekends, less the public holidays of the year: the making up evens
 * the rest out. 11 public holidays to 2024, 13 since; 2020 lost one make-up day and a Friday, and
 * 1 January 2023 fell on a Sunday whose substitute, the 2nd, is counted among the 11. */
static struct {
    const char *name;
    int worked;
} lengths[] = {
    {"2019", 250}, {"2020", 249}, {"2021", 250}, {"2022", 249},
    {"2023", 249}, {"2024", 251}, {"2025", 248}, {"2026", 248},
};

static int worked_days(const char *year)
{
    char first[16];
    int n = 0;
    memcpy(first, year, 4);
    memcpy(first + 4, "-01-01", 7);
    for (int32_t day = day_of(first); timetext_date_of(day).year == strtol(year, NULL, 10); day++) {
        n += calendar_is_business(&builtin, day) ? 1 : 0;
    }
    return n;
}

static void years(void **state)
{
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(lengths); i++) {
        if (worked_days(lengths[i].name) != lengths[i].worked) {
            fail_msg("%s: %d", lengths[i].name, worked_days(lengths[i].name));
        }
    }
}

/* --- adding ----------------------------------------------------------------------------------- */

struct sum {
    const char *name; /* from */
    int count;
    const char *to;
};

static struct sum sums[] = {
    {"2026-03-06T17:00:00+08:00", 0, "2026-03-06T17:00:00+08:00"},
    {"2026-03-06T17:00:00+08:00", 1, "2026-03-09T17:00:00+08:00"}, /* a Friday */
    {"2026-03-07T17:00:00+08:00", 1, "2026-03-09T17:00:00+08:00"}, /* a Saturday */
    {"2026-03-02T09:00:00+08:00", 5, "2026-03-09T09:00:00+08:00"},
    {"2026-03-02T09:00:00+08:00", 20, "2026-03-30T09:00:00+08:00"},
    {"2026-02-13T12:00:00+08:00", 1, "2026-02-14T12:00:00+08:00"}, /* a worked Saturday */
    {"2026-02-14T12:00:00+08:00", 1, "2026-02-24T12:00:00+08:00"}, /* over the Spring Festival */
    {"2026-02-18T12:00:00+08:00", 2, "2026-02-25T12:00:00+08:00"}, /* from within it */
    /* The day is Chinese: 23:30 UTC of a Sunday is Monday morning there. */
    {"2026-03-08T23:30:00Z", 1, "2026-03-09T23:30:00Z"},
    {"2026-03-08T15:30:00Z", 1, "2026-03-09T15:30:00Z"}, /* still Sunday there; then Monday */
};

static void check_sum(void **state)
{
    const struct sum *s = *state;
    walltime got = calendar_add(&builtin, wall(s->name), s->count);
    char text[TIMETEXT_MAX];
    timetext_put_local(got, 8 * 3600, text);
    if (got.ns != wall(s->to).ns) fail_msg("%s + %d: %s", s->name, s->count, text);
}

static void adding_is_counting(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 200; n++) {
        int64_t span = day_of("2028-01-01") - day_of("2018-01-01");
        int64_t s = rng_between(rng_draw(1, "from", "test", n), 0, span * 86400 - 1);
        walltime from = {(day_of("2018-01-01") * INT64_C(86400) + s) * SIMDUR_SECOND};
        walltime t = from;
        for (int count = 1; count <= 25; count++) {
            do {
                t.ns += 86400 * SIMDUR_SECOND;
            } while (!calendar_is_business(&builtin, calendar_day(t)));
            assert_true(calendar_add(&builtin, from, count).ns == t.ns);
        }
    }
}

/* --- what a scenario changes ------------------------------------------------------------------ */

static void a_scenario_can_differ(void **state)
{
    (void)state;
    int32_t off = day_of("2026-03-10"); /* a Tuesday */
    int32_t on[] = {day_of("2026-03-07"), day_of("2026-10-01")};
    struct calendar c = {&off, on, 1, 2};
    assert_true(calendar_is_business(&builtin, off) && !calendar_is_business(&c, off));
    for (int i = 0; i < 2; i++) {
        assert_true(!calendar_is_business(&builtin, on[i]) && calendar_is_business(&c, on[i]));
    }
    walltime friday = wall("2026-03-06T10:00:00+08:00");
    assert_true(calendar_add(&c, friday, 1).ns == wall("2026-03-07T10:00:00+08:00").ns);
    assert_true(calendar_add(&c, friday, 3).ns == wall("2026-03-11T10:00:00+08:00").ns);
}

/* --- durations -------------------------------------------------------------------------------- */

static void durations_in_business_days(void **state)
{
    (void)state;
    struct duration_range r;
    bool ok = choices_read_range("1bd..20bd", &r);
    assert_true(ok);
    bool seen[21] = {false};
    for (uint64_t n = 0; n < 1000; n++) {
        simdur d = choices_draw(r, 1, "shop.example", "p", n);
        assert_int_equal(d.ns % (86400 * SIMDUR_SECOND), 0);
        int64_t days = d.ns / (86400 * SIMDUR_SECOND);
        assert_true(days >= 1 && days <= 20);
        seen[days] = true;
        walltime from = wall("2026-02-10T10:00:00+08:00");
        walltime to = choices_after(r, d, from, &builtin);
        assert_true(to.ns == calendar_add(&builtin, from, days).ns);
    }
    for (int i = 1; i <= 20; i++) {
        assert_true(seen[i]);
    }
    ok = choices_read_range("36h", &r);
    assert_true(ok);
    walltime friday = wall("2026-03-06T10:00:00+08:00");
    assert_true(choices_after(r, r.min, friday, &builtin).ns ==
                wall("2026-03-07T22:00:00+08:00").ns);
}

int main(void)
{
    enum { STRETCHES = CN_ARRAY_LEN(stretches), SUMS = CN_ARRAY_LEN(sums) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(years),
        cmocka_unit_test(adding_is_counting),
        cmocka_unit_test(a_scenario_can_differ),
        cmocka_unit_test(durations_in_business_days),
    };
    struct CMUnitTest tests[STRETCHES + SUMS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, stretches, check_stretch)
    TABLE_TESTS(tests + STRETCHES, sums, check_sum)
    memcpy(tests + STRETCHES + SUMS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
