/* SPDX-License-Identifier: MIT
 * relay.c: each side writes one counter and reads the other's. What stands in a place was written
 * before the counter says so (release), and is read after (acquire). */
#include "relay.h"

struct relay_item *relay_place(struct relay *r)
{
    size_t written = atomic_load_explicit(&r->written, memory_order_relaxed);
    size_t read = atomic_load_explicit(&r->read, memory_order_acquire);
    return written - read < RELAY_PLACES ? &r->items[written % RELAY_PLACES] : NULL;
}

/* The reader stops when it sees no more, and the writer looks whether it had seen all before this
 * one: in one order for both, so that one of them sees the other. */
bool relay_put(struct relay *r)
{
    size_t written = atomic_load_explicit(&r->written, memory_order_relaxed);
    atomic_store_explicit(&r->written, written + 1, memory_order_seq_cst);
    return atomic_load_explicit(&r->read, memory_order_seq_cst) == written;
}

const struct relay_item *relay_next(struct relay *r)
{
    size_t read = atomic_load_explicit(&r->read, memory_order_relaxed);
    size_t written = atomic_load_explicit(&r->written, memory_order_seq_cst);
    return read != written ? &r->items[read % RELAY_PLACES] : NULL;
}

void relay_done(struct relay *r)
{
    size_t read = atomic_load_explicit(&r->read, memory_order_relaxed);
    atomic_store_explicit(&r->read, read + 1, memory_order_seq_cst);
}
