/* SPDX-License-Identifier: MIT */
#include "cnedge/base/timetext.h"

#include <stdio.h>
#include <string.h>

static const struct unit {
    const char *name;
    int64_t ns;
} units[] = {/* largest first: a duration names each at most once, in this order */
             {"d", INT64_C(86400000000000)}, {"h", INT64_C(3600000000000)},
             {"m", INT64_C(60000000000)},    {"s", INT64_C(1000000000)},
             {"ms", INT64_C(1000000)},       {"us", INT64_C(1000)}};

/* Civil-calendar arithmetic by Howard Hinnant's public method (days from 1970-01-01). */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
    z += 719468;
    int64_t era = z / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp + (mp < 10 ? 3 : -9);
    *y = yoe + era * 400 + (*m <= 2);
}

static bool leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t month_days(int64_t y, int64_t m)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Reads exactly `digits` decimal digits; advances `*p`. */
static bool fixed(const char **p, int digits, int64_t lo, int64_t hi, int64_t *out)
{
    int64_t v = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*p)[i];
        if (c < '0' || c > '9') return false;
        v = v * 10 + (c - '0');
    }
    *p += digits;
    *out = v;
    return v >= lo && v <= hi;
}

static bool literal(const char **p, char c)
{
    if (**p != c) return false;
    ++*p;
    return true;
}

static bool read_date(const char **p, int64_t *days)
{
    int64_t y;
    int64_t m;
    int64_t d;
    if (!fixed(p, 4, 1970, 2261, &y) || !literal(p, '-') || !fixed(p, 2, 1, 12, &m) ||
        !literal(p, '-') || !fixed(p, 2, 1, month_days(y, m), &d)) {
        return false;
    }
    *days = days_from_civil(y, m, d);
    return true;
}

/* Reads ".123" as nanoseconds; at most nine digits. */
static bool read_fraction(const char **p, int64_t *ns)
{
    *ns = 0;
    if (!literal(p, '.')) return true;
    int64_t scale = SIMDUR_SECOND;
    while (**p >= '0' && **p <= '9' && scale > 1) {
        scale /= 10;
        *ns += (**p - '0') * scale;
        ++*p;
    }
    return scale < SIMDUR_SECOND;
}

static bool read_clock(const char **p, int64_t *ns)
{
    int64_t h;
    int64_t m;
    int64_t s = 0;
    int64_t fraction = 0;
    if (!fixed(p, 2, 0, 23, &h) || !literal(p, ':') || !fixed(p, 2, 0, 59, &m)) return false;
    if (literal(p, ':') && (!fixed(p, 2, 0, 59, &s) || !read_fraction(p, &fraction))) return false;
    *ns = (h * 3600 + m * 60 + s) * SIMDUR_SECOND + fraction;
    return true;
}

static bool read_zone(const char **p, int64_t *offset_s)
{
    if (literal(p, 'Z')) {
        *offset_s = 0;
        return true;
    }
    bool east = **p == '+';
    if (!east && **p != '-') return false;
    ++*p;
    int64_t h;
    int64_t m;
    if (!fixed(p, 2, 0, 23, &h) || !literal(p, ':') || !fixed(p, 2, 0, 59, &m)) return false;
    *offset_s = (east ? 1 : -1) * (h * 3600 + m * 60);
    return true;
}

bool timetext_instant_zone(const char *text, walltime *out, int32_t *zone_s)
{
    int64_t days;
    int64_t ns;
    int64_t offset_s;
    const char *p = text;
    if (!read_date(&p, &days) || !literal(&p, 'T') || !read_clock(&p, &ns) ||
        !read_zone(&p, &offset_s) || *p != '\0') {
        return false;
    }
    int64_t total = (days * 86400 - offset_s) * SIMDUR_SECOND + ns;
    if (total < 0) return false;
    *out = (walltime){total};
    *zone_s = (int32_t)offset_s;
    return true;
}

bool timetext_instant(const char *text, walltime *out)
{
    int32_t zone_s;
    return timetext_instant_zone(text, out, &zone_s);
}

bool timetext_day(const char *text, int32_t *day)
{
    int64_t days;
    const char *p = text;
    if (!read_date(&p, &days) || *p != '\0') return false;
    *day = (int32_t)days;
    return true;
}

int32_t timetext_day_of(struct timetext_date date)
{
    return (int32_t)days_from_civil(date.year, date.month, date.day);
}

struct timetext_date timetext_date_of(int32_t day)
{
    int64_t y;
    int64_t m;
    int64_t d;
    civil_from_days(day, &y, &m, &d);
    return (struct timetext_date){(int32_t)y, (int32_t)m, (int32_t)d};
}

static bool read_number(const char **p, const char *end, int64_t *out)
{
    const char *first = *p;
    int64_t v = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, **p - '0', &v)) {
            return false;
        }
    }
    *out = v;
    return *p > first;
}

/* The unit at `*p`, not before `units[from]`; advances `*p`. CN_ARRAY_LEN(units) if none. */
static size_t read_unit(const char **p, const char *end, size_t from)
{
    size_t found = CN_ARRAY_LEN(units);
    size_t found_len = 0;
    for (size_t u = from; u < CN_ARRAY_LEN(units); u++) {
        size_t len = strlen(units[u].name);
        if (len > found_len && (size_t)(end - *p) >= len && memcmp(*p, units[u].name, len) == 0) {
            found = u;
            found_len = len;
        }
    }
    *p += found_len;
    return found;
}

bool timetext_duration(const char *text, size_t len, simdur *out)
{
    const char *p = text;
    const char *end = text + len;
    int64_t total = 0;
    size_t from = 0;
    if (len == 0) return false;
    while (p < end) {
        int64_t n;
        if (!read_number(&p, end, &n)) return false;
        size_t u = read_unit(&p, end, from);
        if (u == CN_ARRAY_LEN(units)) return false;
        if (__builtin_mul_overflow(n, units[u].ns, &n)) return false;
        if (__builtin_add_overflow(total, n, &total)) return false;
        from = u + 1;
    }
    *out = (simdur){total};
    return true;
}

/* Date and time of day, without a zone. Returns the bytes written. */
static size_t put_civil(int64_t s, int64_t ns, char *out, size_t cap)
{
    int64_t y;
    int64_t m;
    int64_t d;
    civil_from_days(s / 86400, &y, &m, &d);
    s %= 86400;
    int n = snprintf(out, cap, "%04d-%02d-%02dT%02d:%02d:%02d", (int)y, (int)m, (int)d,
                     (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    if (ns != 0) {
        n += snprintf(out + n, cap - (size_t)n, ".%09d", (int)ns);
        while (out[n - 1] == '0') {
            n--;
        }
    }
    return (size_t)n;
}

void timetext_put_instant(walltime t, char out[TIMETEXT_MAX])
{
    size_t n = put_civil(t.ns / SIMDUR_SECOND, t.ns % SIMDUR_SECOND, out, TIMETEXT_MAX);
    snprintf(out + n, TIMETEXT_MAX - n, "Z");
}

void timetext_put_local(walltime t, int32_t zone_s, char out[TIMETEXT_MAX])
{
    int64_t s = t.ns / SIMDUR_SECOND + zone_s;
    if (zone_s == 0 || s < 0) { /* before 1970 there: not to be written */
        timetext_put_instant(t, out);
        return;
    }
    size_t n = put_civil(s, t.ns % SIMDUR_SECOND, out, TIMETEXT_MAX);
    int32_t east_s = zone_s < 0 ? -zone_s : zone_s;
    snprintf(out + n, TIMETEXT_MAX - n, "%c%02d:%02d", zone_s < 0 ? '-' : '+', east_s / 3600,
             east_s / 60 % 60);
}

static void put_duration(int64_t left, char *out, size_t cap)
{
    size_t n = 0;
    for (size_t u = 0; u < CN_ARRAY_LEN(units); u++) {
        int64_t count = left / units[u].ns;
        left %= units[u].ns;
        if (count == 0) continue;
        n += (size_t)snprintf(out + n, cap - n, "%lld%s", (long long)count, units[u].name);
    }
    if (n == 0) snprintf(out, cap, "0s");
}

void timetext_put_duration(simdur d, char out[TIMETEXT_MAX])
{
    CN_ASSERT(d.ns >= 0);
    put_duration(d.ns, out, TIMETEXT_MAX);
}

void timetext_put_simtime(simtime t, char out[TIMETEXT_MAX])
{
    if (t.ns == SIMTIME_NEVER.ns) {
        snprintf(out, TIMETEXT_MAX, "never");
        return;
    }
    out[0] = '+';
    put_duration(t.ns, out + 1, TIMETEXT_MAX - 1);
}
