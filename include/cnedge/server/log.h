/* SPDX-License-Identifier: MIT
 * log.h: what happens while the server runs, as lines on stderr. Room server. Two formats with the
 * same keys, logfmt and JSON:
 *
 *     time=2026-11-22T03:00:00.250Z at=+20m event=revoke_site id=revoked site=shop.example ...
 *     {"time":"2026-11-22T03:00:00.250Z","at":"+20m","event":"revoke_site","id":"revoked", ... */
#ifndef CNEDGE_SERVER_LOG_H
#define CNEDGE_SERVER_LOG_H

#include "cnedge/replay/engine.h"

enum log_format { LOG_TEXT, LOG_JSON, LOG_FORMAT_COUNT };

/* "text", "json". */
CN_CONST const char *log_format_name(enum log_format f);

/* One line for an event that happened: virtual time, kind, what it is about, and whether it was
 * applied or with which code it was refused. */
CN_NONNULL void log_event(enum log_format f, const struct scenario *s,
                          const struct engine_step *step);

enum { LOG_ALIKE_MAX = 16 };

/* Events that are due together. Timers of one kind, one behind the other, have a line each up to
 * LOG_ALIKE_MAX, and those behind them one in common: a line takes longer than what it tells of,
 * and queries wait for all of them. Begin with zeros but for the first two. */
struct log_run {
    enum log_format format;
    const struct scenario *scenario;
    enum event_kind kind;
    uint32_t lines; /* of timers of that kind */
    uint64_t more;  /* without a line */
    simtime last;   /* of those */
};

/* Logs an event as log_event does, or counts it. */
CN_NONNULL void log_run_event(struct log_run *r, const struct engine_step *step);

/* Logs what was only counted; to be called behind the last event. */
CN_NONNULL void log_run_end(struct log_run *r);

/* One line with a message of our own. */
CN_NONNULL CN_PRINTF(2, 3) void log_text(enum log_format f, const char *fmt, ...);

/* One line with what is served from now on, and how much of it there is. */
CN_NONNULL void log_reloaded(enum log_format f, const struct scenario *s);

#endif
