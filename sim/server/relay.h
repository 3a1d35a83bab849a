/* SPDX-License-Identifier: MIT
 * relay.h: a ring through which one thread hands datagrams to another. One writes, one reads. */
#ifndef CNEDGE_SERVER_RELAY_H
#define CNEDGE_SERVER_RELAY_H

#include <stdatomic.h>

#include "udp_batch.h"

enum { RELAY_PLACES = 256 }; /* datagrams that wait; a power of two */

struct relay_item {
    size_t socket; /* number of the listener */
    struct udp_datagram datagram;
};

struct relay {
    _Atomic size_t written, read; /* since the start */
    struct relay_item items[RELAY_PLACES];
};

/* The writer: a place for the next datagram, which relay_put hands over; NULL when all are taken.
 * relay_put returns whether the reader may have run out before, and has to be woken. */
CN_NONNULL struct relay_item *relay_place(struct relay *r);
CN_NONNULL CN_MUSTUSE bool relay_put(struct relay *r);

/* The reader: the oldest datagram, which relay_done gives back; NULL when there is none. */
CN_NONNULL const struct relay_item *relay_next(struct relay *r);
CN_NONNULL void relay_done(struct relay *r);

#endif
