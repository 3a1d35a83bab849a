/* SPDX-License-Identifier: MIT
 * activation.h: sockets that the service manager has opened for us: sd_listen_fds(3). */
#ifndef CNEDGE_SERVER_ACTIVATION_H
#define CNEDGE_SERVER_ACTIVATION_H

#include <event2/util.h>

#include "cnedge/server/listen.h"

enum { ACTIVATION_MAX = 128 }; /* two for each listener */

struct activation {
    evutil_socket_t first;
    unsigned count;
    bool taken[ACTIVATION_MAX];
};

/* Finds out what was handed over. False after a message on stderr: more than ACTIVATION_MAX. */
CN_NONNULL CN_MUSTUSE bool activation_begin(struct activation *a);

/* The socket of that type that is bound to this address, non-blocking; -1: there is none. */
CN_NONNULL evutil_socket_t activation_take(struct activation *a, const struct listen_at *at,
                                           int type);

/* Whether all were taken; else closes the others after a message on stderr. */
CN_NONNULL CN_MUSTUSE bool activation_end(struct activation *a);

#endif
