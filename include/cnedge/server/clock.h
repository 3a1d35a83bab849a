/* SPDX-License-Identifier: MIT
 * clock.h: the one place that reads a clock. Room server.
 *
 * Maps the machine's monotonic clock to simulated time, at a speed or standing still. The mapping
 * is exact in integers: when the wait that clock_wait_ns names is over, the instant has come. */
#ifndef CNEDGE_SERVER_CLOCK_H
#define CNEDGE_SERVER_CLOCK_H

#include "cnedge/base/simtime.h"

enum { CLOCK_PPM = 1000000 }; /* the speed of the wall clock, in millionths of it */

#define CLOCK_SPEED_PPM_MAX UINT64_C(1000000000000) /* a million times the wall clock */
#define CLOCK_SPEED_FORM    "a number from 0.000001 to 1000000 with at most six decimals"

struct clock_run {
    int64_t begun_ns; /* monotonic */
    simtime from;     /* simulated time at that instant */
    uint64_t ppm;     /* 0 = stands still */
};

/* The machine's monotonic clock, nanoseconds since some instant. */
int64_t clock_mono_ns(void);

/* The machine's idea of the time of day. */
walltime clock_wall(void);

/* Starts a run at `from`, now. */
struct clock_run clock_begin(simtime from, uint64_t ppm);

/* Simulated time when the monotonic clock shows `mono_ns`. Saturates just below SIMTIME_NEVER. */
CN_NONNULL CN_PURE simtime clock_at(const struct clock_run *c, int64_t mono_ns);

/* How long from `mono_ns` until `t` has come; 0 when it has, -1 when it never does. */
CN_NONNULL CN_PURE int64_t clock_wait_ns(const struct clock_run *c, int64_t mono_ns, simtime t);

/* Reads a speed such as "60" or "0.5". False when it is none, see CLOCK_SPEED_FORM. */
CN_NONNULL CN_MUSTUSE bool clock_read_speed(const char *text, uint64_t *ppm);

#endif
