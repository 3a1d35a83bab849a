/* SPDX-License-Identifier: MIT */
#include "cnedge/model/calendar.h"

#include "cnedge/base/timetext.h"

enum { OFF_MAX = 7, MADE_UP_MAX = 8, SECONDS_PER_DAY = 86400, EAST_S = 8 * 3600 };

/* One year's notice. Dates are month * 100 + day; a date alone is its own end, zeros end a list. */
static const struct year {
    struct {
        int16_t first, last;
    } off[OFF_MAX];
    int16_t made_up[MADE_UP_MAX]; /* weekend days that are worked */
} years[CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1] = {
    // clang-format off
    /* 2020: the Spring Festival was lengthened to 2 February because of the epidemic. */
    /* 2019 */ {{{101, 101}, {204, 210}, {405, 407}, {501, 504}, {607, 609}, {913, 915}, {1001, 1007}},
                {202, 203, 428, 505, 929, 1012}},
    /* 2020 */ {{{101, 101}, {124, 202}, {404, 406}, {501, 505}, {625, 627}, {1001, 1008}},
                {119, 426, 509, 628, 927, 1010}},
    /* 2021 */ {{{101, 103}, {211, 217}, {403, 405}, {501, 505}, {612, 614}, {919, 921}, {1001, 1007}},
                {207, 220, 425, 508, 918, 926, 1009}},
    /* 2022 */ {{{101, 103}, {131, 206}, {403, 405}, {430, 504}, {603, 605}, {910, 912}, {1001, 1007}},
                {129, 130, 402, 424, 507, 1008, 1009}},
    /* 2023 */ {{{101, 102}, {121, 127}, {405, 405}, {429, 503}, {622, 624}, {929, 1006}},
                {128, 129, 423, 506, 625, 1007, 1008}},
    /* 2024 */ {{{101, 101}, {210, 217}, {404, 406}, {501, 505}, {610, 610}, {915, 917}, {1001, 1007}},
                {204, 218, 407, 428, 511, 914, 929, 1012}},
    /* 2025 */ {{{101, 101}, {128, 204}, {404, 406}, {501, 505}, {531, 602}, {1001, 1008}},
                {126, 208, 427, 928, 1011}},
    /* 2026 */ {{{101, 103}, {215, 223}, {404, 406}, {501, 505}, {619, 621}, {925, 927}, {1001, 1007}},
                {104, 214, 228, 509, 920, 1010}},
    // clang-format on
};

static bool listed(const int32_t *days, uint32_t count, int32_t day)
{
    for (uint32_t i = 0; i < count; i++) {
        if (days[i] == day) return true;
    }
    return false;
}

int32_t calendar_day(walltime t)
{
    return (int32_t)((t.ns / SIMDUR_SECOND + EAST_S) / SECONDS_PER_DAY);
}

walltime calendar_next_month(walltime t, int month)
{
    struct timetext_date d = timetext_date_of(calendar_day(t));
    d.year += d.month >= month ? 1 : 0;
    d.month = month;
    d.day = 1;
    int64_t s = (int64_t)timetext_day_of(d) * SECONDS_PER_DAY - EAST_S;
    return (walltime){s * SIMDUR_SECOND};
}

/* 1970-01-01 was a Thursday. */
static bool weekend(int32_t day)
{
    return (day + 3) % 7 >= 5;
}

static bool off_by_notice(const struct year *y, int date)
{
    for (int i = 0; i < OFF_MAX && y->off[i].first != 0; i++) {
        if (date >= y->off[i].first && date <= y->off[i].last) return true;
    }
    return false;
}

static bool made_up(const struct year *y, int date)
{
    for (int i = 0; i < MADE_UP_MAX && y->made_up[i] != 0; i++) {
        if (date == y->made_up[i]) return true;
    }
    return false;
}

bool calendar_is_business(const struct calendar *c, int32_t day)
{
    if (listed(c->holidays, c->holiday_count, day)) return false;
    if (listed(c->workdays, c->workday_count, day)) return true;
    struct timetext_date d = timetext_date_of(day);
    if (d.year < CALENDAR_FIRST_YEAR || d.year > CALENDAR_LAST_YEAR) return !weekend(day);
    const struct year *y = &years[d.year - CALENDAR_FIRST_YEAR];
    int date = d.month * 100 + d.day;
    if (off_by_notice(y, date)) return false;
    return made_up(y, date) || !weekend(day);
}

walltime calendar_add(const struct calendar *c, walltime from, int64_t count)
{
    int32_t day = calendar_day(from);
    int32_t first = day;
    while (count > 0) {
        day++;
        if (calendar_is_business(c, day)) count--;
    }
    return simtime_wall(from, (simtime){(int64_t)(day - first) * SECONDS_PER_DAY * SIMDUR_SECOND});
}
