/* SPDX-License-Identifier: MIT
 * crew.h: more threads that answer datagrams (--workers). Each has sockets of its own on the
 * addresses of the listeners, among which the kernel spreads the clients (SO_REUSEPORT), an event
 * base, and a lane. They answer from the answer table alone; whatever it has no answer for goes to
 * the thread that has the scenario, through a relay. */
#ifndef CNEDGE_SERVER_CREW_H
#define CNEDGE_SERVER_CREW_H

#include "relay.h"
#include "table.h"

struct crew;

/* Opens the sockets of `o->workers` - 1 threads beside those of the server, which are bound. NULL
 * after a message on stderr. */
CN_NONNULL CN_MUSTUSE struct crew *crew_new(struct server *s, const struct server_options *o);

/* Starts the threads: the table is there. False after a message on stderr. */
CN_NONNULL CN_MUSTUSE bool crew_start(struct crew *c);

/* Stops the threads, if they run, and frees all. */
void crew_free(struct crew *c);

/* Whether the listener is one that the crew answers for, too. */
CN_NONNULL CN_PURE bool crew_serves(const struct listen_at *at);

/* A place in time: crew_is_past says whether every thread has since finished what it was at, so
 * that none knows a table any more that was taken away before. */
struct crew_mark {
    uint64_t at[SERVER_WORKERS_MAX];
};
CN_NONNULL struct crew_mark crew_mark(const struct crew *c);
CN_NONNULL bool crew_is_past(const struct crew *c, const struct crew_mark *m);

#endif
