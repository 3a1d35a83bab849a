/* SPDX-License-Identifier: MIT
 * log.h: what happens while the server runs, as lines of key=value on stderr (logfmt). Room server.
 *
 *     time=2026-11-22T03:00:00.250Z at=+20m event=revoke_site id=revoked site=shop.example ... */
#ifndef CNEDGE_SERVER_LOG_H
#define CNEDGE_SERVER_LOG_H

#include "cnedge/replay/engine.h"

/* One line for an event that happened: virtual time, kind, what it is about, and whether it was
 * applied or with which code it was refused. */
CN_NONNULL void log_event(const struct scenario *s, const struct engine_step *step);

/* One line with a message of our own. */
CN_NONNULL CN_PRINTF(1, 2) void log_text(const char *fmt, ...);

#endif
