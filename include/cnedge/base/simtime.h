/* SPDX-License-Identifier: MIT
 * simtime.h: simulated instants, durations and wall-clock instants as three distinct types.
 *
 * The structs exist so that adding two instants, or mixing simulated and wall time, does not
 * compile. Unit is the nanosecond everywhere (int64_t: 292 years). Room base. */
#ifndef CNEDGE_BASE_SIMTIME_H
#define CNEDGE_BASE_SIMTIME_H

#include "cnedge/base/base.h"

typedef struct {
    int64_t ns;
} simtime; /* since the scenario's start; never negative */
typedef struct {
    int64_t ns;
} simdur; /* difference of two simtime; never negative */
typedef struct {
    int64_t ns;
} walltime; /* since the Unix epoch, UTC; the scenario's start is one */

#define SIMTIME_START ((simtime){0})
#define SIMTIME_NEVER ((simtime){INT64_MAX})
#define SIMDUR_SECOND INT64_C(1000000000)

static inline simdur simdur_s(int64_t s)
{
    CN_ASSERT(s >= 0);
    CN_ASSERT(s <= INT64_MAX / SIMDUR_SECOND);
    return (simdur){s * SIMDUR_SECOND};
}

/* Saturates at SIMTIME_NEVER, so "never" stays never. */
static inline simtime simtime_add(simtime t, simdur d)
{
    int64_t ns;
    return __builtin_add_overflow(t.ns, d.ns, &ns) ? SIMTIME_NEVER : ((simtime){ns});
}

static inline simdur simtime_since(simtime later, simtime earlier)
{
    CN_ASSERT(later.ns >= earlier.ns);
    return (simdur){later.ns - earlier.ns};
}

static inline bool simtime_before(simtime a, simtime b)
{
    return a.ns < b.ns;
}

/* The wall-clock instant that `t` stands for in a run that starts at `start`; saturates. */
static inline walltime simtime_wall(walltime start, simtime t)
{
    int64_t ns;
    if (__builtin_add_overflow(start.ns, t.ns, &ns)) ns = INT64_MAX;
    return (walltime){ns};
}

#endif
