/* SPDX-License-Identifier: MIT
 * times.h: the times that a scenario names: an instant, an offset from the start, or an event's id,
 * "start" or "end", each with an offset. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_TIMES_H
#define CNEDGE_SIM_SCENARIO_TIMES_H

#include "cnedge/base/simtime.h"

enum times_kind {
    TIMES_INSTANT, /* "2026-03-02T09:00:00+08:00" */
    TIMES_NAMED,   /* "revoked", "revoked+30s", "end-10m"; "+20m" is named "start" */
};

enum { TIMES_NAME_MAX = 64 }; /* bytes, NUL included */

struct times {
    enum times_kind kind;
    walltime instant;
    char name[TIMES_NAME_MAX];
    bool minus;
    simdur offset;
};

/* Splits a text into its parts. False when it is no time. */
CN_NONNULL CN_MUSTUSE bool times_split(const char *text, struct times *out);

/* The time itself, when its name stands for `base`. False when it lies before the run's start or
 * beyond what a simtime can hold. */
CN_NONNULL CN_MUSTUSE bool times_resolve(const struct times *t, walltime start, simtime base,
                                         simtime *out);

/* Whether the text is an id: lower-case letters, digits, _ and -, a letter first. */
CN_NONNULL CN_PURE bool times_is_id(const char *text);

/* Whether the text is an id that cannot be mistaken for another one with an offset. */
CN_NONNULL bool times_is_event_id(const char *text);

#endif
