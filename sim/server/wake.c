/* SPDX-License-Identifier: MIT */
#include "wake.h"

#include <sys/timerfd.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000 };

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    const struct wake *w = arg;
    uint64_t times;
    (void)what;
    if (read(fd, &times, sizeof(times)) != sizeof(times)) return; /* it was set anew */
    w->call(w->arg);
}

bool wake_open(struct wake *w, struct event_base *base)
{
    w->event = NULL;
    w->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (w->fd < 0) return false;
    w->event = event_new(base, w->fd, EV_READ | EV_PERSIST, on_time, w);
    return w->event != NULL && event_add(w->event, NULL) == 0;
}

void wake_close(struct wake *w)
{
    if (w->event != NULL) event_free(w->event);
    if (w->fd >= 0) (void)close(w->fd);
    w->event = NULL;
    w->fd = -1;
}

void wake_set(struct wake *w, int64_t wait_ns)
{
    struct itimerspec at = {{0}, {0}};
    if (wait_ns == 0) wait_ns = 1; /* nothing would stop it */
    if (wait_ns > 0) {
        at.it_value.tv_sec = (time_t)(wait_ns / SECOND_NS);
        at.it_value.tv_nsec = (long)(wait_ns % SECOND_NS);
    }
    int set = timerfd_settime(w->fd, 0, &at, NULL);
    CN_ASSERT(set == 0); /* it fails for what is no time, and no timer */
}
