/* SPDX-License-Identifier: MIT
 * notify.h: tells the service manager how the server is: sd_notify(3), a datagram of text. */
#ifndef CNEDGE_SERVER_NOTIFY_H
#define CNEDGE_SERVER_NOTIFY_H

#include "cnedge/base/base.h"

/* Sends lines of VARIABLE=VALUE to where NOTIFY_SOCKET says; nothing when it is not set. Whether
 * anybody listens makes no difference to the server. */
CN_NONNULL CN_PRINTF(1, 2) void notify_send(const char *fmt, ...);

/* How often the service manager wants to hear WATCHDOG=1 of this process, microseconds; 0: never.
 */
uint64_t notify_watchdog_us(void);

#endif
