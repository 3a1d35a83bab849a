/* SPDX-License-Identifier: MIT
 * report.h: a run's results for people and for CI: TAP 13, JUnit XML, JSON lines, and the trace.
 * Room replay. Everything is written to streams that the caller opened; write errors are left in
 * the stream for the caller to find with ferror. */
#ifndef CNEDGE_REPLAY_REPORT_H
#define CNEDGE_REPLAY_REPORT_H

#include <stdio.h>

#include "cnedge/replay/run.h"

struct report_totals {
    uint32_t points; /* test points written so far: TAP numbers run through all files */
    uint32_t passed, failed, skipped;
};

/* How many sites answer as the one does that a failure is about, itself included: more than one for
 * a cohort; 0 when it is about no site. */
CN_NONNULL CN_PURE uint32_t report_alike(const struct scenario *s, const struct failure *f);

/* --- TAP, on stdout of `cnedge replay` ------------------------------------------------------ */

/* The version line. */
CN_NONNULL void report_tap_start(FILE *out);
/* One scenario's test points; counts them in `t`. */
CN_NONNULL void report_tap_run(FILE *out, const struct run_result *r, struct report_totals *t);
/* A scenario that could not be run at all: one failing point. */
CN_NONNULL void report_tap_void(FILE *out, const char *file, const char *why,
                                struct report_totals *t);
/* The plan, and as last line "N passed, N failed" (", N skipped" when there are such). */
CN_NONNULL void report_tap_end(FILE *out, const struct report_totals *t);

/* --- JUnit XML ------------------------------------------------------------------------------ */

/* The root element's start. */
CN_NONNULL void report_junit_start(FILE *out);
/* One scenario as a test suite. */
CN_NONNULL void report_junit_run(FILE *out, const struct run_result *r);
/* A scenario that could not be run at all: a suite with an error. */
CN_NONNULL void report_junit_void(FILE *out, const char *file, const char *why);
/* The root element's end. */
CN_NONNULL void report_junit_end(FILE *out);

/* --- JSON lines ----------------------------------------------------------------------------- */

/* An object for each test point, and one for the scenario. */
CN_NONNULL void report_json_run(FILE *out, const struct run_result *r);
/* One object for a scenario that could not be run at all. */
CN_NONNULL void report_json_void(FILE *out, const char *file, const char *why);

/* --- the trace: an object per event and per change of answers ------------------------------- */

struct report_trace {
    FILE *out;
    const struct scenario *scenario;
};

/* For run_options.on_step, with a struct report_trace as owner. */
void report_trace_step(void *owner, struct engine *e, const struct engine_step *step);

/* The last line of a scenario's trace. */
CN_NONNULL void report_trace_end(const struct report_trace *t, const struct run_result *r);

/* --- what packages and products cost in a period --------------------------------------------- */

struct report_cost {
    const struct world *world;  /* as it is at `to` */
    simtime from, to;           /* from <= to */
    const struct meter *before; /* [report_cost_rows] of report_cost_mark at `from` */
};

/* How many packages and products a world has. */
CN_NONNULL CN_PURE uint32_t report_cost_rows(const struct world *w);

/* Keeps what was billed up to `from`, when every event up to then has been applied and no later
 * one, in `before`, with room for report_cost_rows. */
CN_NONNULL void report_cost_mark(const struct world *w, simtime from, struct meter *before);

/* A table: an account's packages and products, its totals and balance, the totals of all.
 * Currencies stay apart. False without memory. */
CN_NONNULL CN_MUSTUSE bool report_cost_text(FILE *out, const struct report_cost *c,
                                            struct arena *scratch);
/* The same as an object per line. */
CN_NONNULL CN_MUSTUSE bool report_cost_json(FILE *out, const struct report_cost *c,
                                            struct arena *scratch);

/* --- who still gets an old answer, and the parts of the delay ------------------------------- */

struct delay_item;

struct report_drain {
    const struct scenario *scenario;
    const uint8_t *name; /* wire */
    uint16_t type;
    simtime at;                     /* every event up to then has happened */
    const struct delay_item *items; /* [client] what it was answered */
};

/* Tables: how fast clients move, the four parts of the delay (FACTS C3), the shares to come. */
CN_NONNULL void report_drain_text(FILE *out, const struct report_drain *d);
/* An object for each named client. */
CN_NONNULL void report_drain_json(FILE *out, const struct report_drain *d);

/* --- what the reports share ----------------------------------------------------------------- */

enum { REPORT_LINE_MAX = 2048 };

/* Two shell commands that show a failure live: the server, and, in another terminal, dig. */
struct report_commands {
    char serve[REPORT_LINE_MAX];
    char dig[REPORT_LINE_MAX];
};

/* False when no name was asked. */
CN_NONNULL CN_MUSTUSE bool report_see_it(const struct scenario *s, const struct failure *f,
                                         struct report_commands *out);

#endif
