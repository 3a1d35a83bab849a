/* SPDX-License-Identifier: MIT
 * calendar.h: business days as Chinese offices count them. Room model (pure).
 *
 * A business day is a civil day in UTC+8 from Monday to Friday that is no public holiday, or a
 * weekend day that was made a working day to make up for one (调休). The built-in table has the
 * State Council's notices for 2019 to 2026 (grade K: written down from general knowledge); in other
 * years only weekends are off. A scenario may add to it and take from it. */
#ifndef CNEDGE_MODEL_CALENDAR_H
#define CNEDGE_MODEL_CALENDAR_H

#include "cnedge/base/simtime.h"

enum {
    CALENDAR_FIRST_YEAR = 2019, /* of the built-in table */
    CALENDAR_LAST_YEAR = 2026,
    CALENDAR_DAYS_MAX = 1000, /* of either list of a scenario */
};

/* Days that differ from the built-in table; a day stands in one list at most. Days are counted
 * since 1970-01-01. Borrowed. */
struct calendar {
    const int32_t *holidays, *workdays;
    uint32_t holiday_count, workday_count;
};

/* The civil day in UTC+8 that an instant falls on. */
CN_CONST int32_t calendar_day(walltime t);

/* The first instant of that month, `month` from 1, in UTC+8, that is later than `t`. */
CN_CONST walltime calendar_next_month(walltime t, int month);

/* Is this civil day a business day? */
CN_NONNULL CN_PURE bool calendar_is_business(const struct calendar *c, int32_t day);

/* `count` business days after `from`: the same time of day (UTC+8) on the count-th business day
 * after the civil day of `from`, which is not counted itself. With 0: `from`. A Friday's 17:00 and
 * 1 give the next Monday's 17:00, and so does a Saturday's 17:00. */
CN_NONNULL CN_PURE walltime calendar_add(const struct calendar *c, walltime from, int64_t count);

#endif
