/* SPDX-License-Identifier: MIT
 * dnstap_ring.h: memory for frames that are freed in the order in which they were made, by another
 * thread than the one that makes them. Room server. */
#ifndef CNEDGE_SERVER_DNSTAP_RING_H
#define CNEDGE_SERVER_DNSTAP_RING_H

#include <stdatomic.h>

#include "cnedge/base/base.h"

enum { DNSTAP_RING_BYTES = 4 << 20 };

struct dnstap_ring {
    size_t head;         /* the maker's: where the next frame may lie */
    _Atomic size_t tail; /* where the oldest frame lies; equal to `head`: there is none */
    _Alignas(16) uint8_t bytes[DNSTAP_RING_BYTES];
};

/* Room for a frame of up to `len` bytes; NULL: too much is not freed yet. Nothing is taken yet. */
CN_NONNULL uint8_t *dnstap_ring_find(struct dnstap_ring *r, size_t len);

/* Takes the room that was found last. */
CN_NONNULL void dnstap_ring_take(struct dnstap_ring *r, const uint8_t *frame, size_t len);

/* Frees the oldest frame; on any one thread. */
CN_NONNULL void dnstap_ring_free(struct dnstap_ring *r, const uint8_t *frame);

#endif
