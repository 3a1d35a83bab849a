/* SPDX-License-Identifier: MIT
 * timetext.h: instants and durations as people write them. Room base.
 *
 * Instants are RFC 3339 with a zone ("2021-12-20T08:00:00+08:00", "2021-12-20T00:00:00Z"; seconds
 * and a fraction are optional), from 1970 to 2261. Durations are a sum of whole numbers with units,
 * largest first ("90s", "1h30m", "24h", "3d"); units d, h, m, s, ms, us. */
#ifndef CNEDGE_BASE_TIMETEXT_H
#define CNEDGE_BASE_TIMETEXT_H

#include "cnedge/base/simtime.h"

enum { TIMETEXT_MAX = 48 }; /* bytes that any text written here fits in, NUL included */

/* What an instant or a duration must look like, for messages. */
#define TIMETEXT_INSTANT_FORM  "an instant such as \"2026-03-02T09:00:00+08:00\""
#define TIMETEXT_DURATION_FORM "a duration such as \"90s\", \"1h30m\" or \"3d\""

/* Reads a whole string as an instant. False when it is not one; `*out` is then untouched. */
CN_NONNULL CN_MUSTUSE bool timetext_instant(const char *text, walltime *out);

/* The same, and the zone that the text names: seconds east of UTC. */
CN_NONNULL CN_MUSTUSE bool timetext_instant_zone(const char *text, walltime *out, int32_t *zone_s);

struct timetext_date {
    int32_t year;
    int32_t month, day; /* from 1 */
};

/* Reads a whole string "2026-02-16", a day from 1970 to 2261, as the days since 1970-01-01. False
 * when it is not one; `*day` is then untouched. */
CN_NONNULL CN_MUSTUSE bool timetext_day(const char *text, int32_t *day);

/* The date of a day since 1970-01-01, and the other way. */
CN_CONST int32_t timetext_day_of(struct timetext_date date);
CN_CONST struct timetext_date timetext_date_of(int32_t day);

/* Reads the first `len` bytes of `text` as a duration. False when they are not one. */
CN_NONNULL CN_MUSTUSE bool timetext_duration(const char *text, size_t len, simdur *out);

/* Writes "2026-03-02T01:00:00Z", with as many digits of fraction as needed. */
CN_NONNULL void timetext_put_instant(walltime t, char out[TIMETEXT_MAX]);

/* Writes "2026-03-02T09:00:00+08:00": the instant in a zone, for people. */
CN_NONNULL void timetext_put_local(walltime t, int32_t zone_s, char out[TIMETEXT_MAX]);

/* Writes the largest units first: "0s", "1h30m", "1d", "1s500ms". It reads back as `d`, but for
 * what is less than a microsecond, which is left out. */
CN_NONNULL void timetext_put_duration(simdur d, char out[TIMETEXT_MAX]);

/* Writes "+" and the duration since the start: "+20m"; "never" for SIMTIME_NEVER. */
CN_NONNULL void timetext_put_simtime(simtime t, char out[TIMETEXT_MAX]);

#endif
