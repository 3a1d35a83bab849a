/* SPDX-License-Identifier: MIT */
#include "dnstap_ring.h"

#include <string.h>

enum { RING_ALIGN = 16 }; /* before each frame stands where the next one may lie */

static size_t room_for(size_t len)
{
    return RING_ALIGN + (len + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
}

/* A gap always stays between head and tail: when they meet, the ring is empty. */
uint8_t *dnstap_ring_find(struct dnstap_ring *r, size_t len)
{
    size_t need = room_for(len);
    size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    bool wrapped = r->head < tail;
    size_t at = r->head;
    if (!wrapped && DNSTAP_RING_BYTES - at <= need) {
        wrapped = true;
        at = 0;
    }
    if (wrapped && tail - at <= need) return NULL;
    return r->bytes + at + RING_ALIGN;
}

void dnstap_ring_take(struct dnstap_ring *r, const uint8_t *frame, size_t len)
{
    size_t begin = (size_t)(frame - r->bytes) - RING_ALIGN;
    size_t end = begin + room_for(len);
    CN_ASSERT(end < DNSTAP_RING_BYTES);
    memcpy(r->bytes + begin, &end, sizeof(end));
    r->head = end;
}

void dnstap_ring_free(struct dnstap_ring *r, const uint8_t *frame)
{
    size_t end;
    memcpy(&end, frame - RING_ALIGN, sizeof(end));
    atomic_store_explicit(&r->tail, end, memory_order_release);
}
