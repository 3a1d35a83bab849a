/* SPDX-License-Identifier: MIT
 * wake.h: being woken at an instant, to the microsecond. libevent's timers are that exact if asked
 * to be, but then it sets one in the kernel each time it waits: a system call for every query. */
#ifndef CNEDGE_SERVER_WAKE_H
#define CNEDGE_SERVER_WAKE_H

#include <event2/event.h>

#include "cnedge/base/base.h"

struct wake {
    int fd; /* timerfd; -1: not open */
    struct event *event;
    void (*call)(void *arg);
    void *arg;
};

/* `call` and `arg` are set by the caller. False with errno set; wake_close in any case. The call is
 * made when the time that was set last has come. */
CN_NONNULL CN_MUSTUSE bool wake_open(struct wake *w, struct event_base *base);
void wake_close(struct wake *w);

/* Wakes after so many nanoseconds instead of whenever it was to; negative: never. */
CN_NONNULL void wake_set(struct wake *w, int64_t wait_ns);

#endif
