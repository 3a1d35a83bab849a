/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "cnedge/server/clock.h"

#include <time.h>

enum { DECIMALS = 6 };

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    int failed = clock_gettime(id, &t);
    CN_ASSERT(failed == 0);
    return (int64_t)t.tv_sec * SIMDUR_SECOND + t.tv_nsec;
}

int64_t clock_mono_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

walltime clock_wall(void)
{
    return (walltime){read_clock(CLOCK_REALTIME)};
}

struct clock_run clock_begin(simtime from, uint64_t ppm)
{
    CN_ASSERT(ppm <= CLOCK_SPEED_PPM_MAX);
    return (struct clock_run){.begun_ns = clock_mono_ns(), .from = from, .ppm = ppm};
}

/* floor(ns * ppm / 10^6): whole millions first, so that nothing overflows but the result. */
simtime clock_at(const struct clock_run *c, int64_t mono_ns)
{
    CN_ASSERT(mono_ns >= c->begun_ns);
    uint64_t passed = (uint64_t)(mono_ns - c->begun_ns);
    uint64_t whole;
    uint64_t sum = passed % CLOCK_PPM * c->ppm / CLOCK_PPM + (uint64_t)c->from.ns;
    bool over = __builtin_mul_overflow(passed / CLOCK_PPM, c->ppm, &whole);
    over = __builtin_add_overflow(whole, sum, &sum) || over;
    if (over || sum >= INT64_MAX) return (simtime){INT64_MAX - 1};
    return (simtime){(int64_t)sum};
}

/* ceil((t - from) * 10^6 / ppm) after the start, by the same splitting. */
int64_t clock_wait_ns(const struct clock_run *c, int64_t mono_ns, simtime t)
{
    if (!simtime_before(clock_at(c, mono_ns), t)) return 0;
    if (c->ppm == 0 || t.ns == SIMTIME_NEVER.ns) return -1;
    uint64_t distance = (uint64_t)simtime_since(t, c->from).ns;
    uint64_t whole;
    uint64_t part = (distance % c->ppm * CLOCK_PPM + c->ppm - 1) / c->ppm;
    uint64_t due;
    if (__builtin_mul_overflow(distance / c->ppm, (uint64_t)CLOCK_PPM, &whole)) return -1;
    if (__builtin_add_overflow(whole, part, &due) || due > INT64_MAX) return -1;
    return (int64_t)due - (mono_ns - c->begun_ns);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool clock_read_speed(const char *text, uint64_t *ppm)
{
    uint64_t v = 0;
    int decimals = -1; /* no point yet */
    if (!digit(*text)) return false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && decimals < 0 && digit(text[1])) {
            decimals = 0;
        } else if (digit(*text) && decimals < DECIMALS && v <= CLOCK_SPEED_PPM_MAX) {
            v = v * 10 + (uint64_t)(*text - '0');
            decimals += decimals >= 0;
        } else {
            return false;
        }
    }
    for (int i = decimals < 0 ? 0 : decimals; i < DECIMALS && v <= CLOCK_SPEED_PPM_MAX; i++) {
        v *= 10;
    }
    if (v == 0 || v > CLOCK_SPEED_PPM_MAX) return false;
    *ppm = v;
    return true;
}
