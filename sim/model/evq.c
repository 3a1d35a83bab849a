/* SPDX-License-Identifier: MIT */
#include "cnedge/model/evq.h"

static bool before(const struct evq_entry *a, const struct evq_entry *b)
{
    return a->at.ns != b->at.ns ? a->at.ns < b->at.ns : a->seq < b->seq;
}

/* Puts an entry at heap index `i` and tells its slot where it is. */
static void put(struct evq *q, uint32_t i, struct evq_entry e)
{
    q->heap[i] = e;
    q->place[e.slot] = i + 1;
}

/* Moves the hole at `i` up to where `e` belongs. */
static void sift_up(struct evq *q, uint32_t i, struct evq_entry e)
{
    while (i > 0) {
        uint32_t parent = (i - 1) / 2;
        if (!before(&e, &q->heap[parent])) break;
        put(q, i, q->heap[parent]);
        i = parent;
    }
    put(q, i, e);
}

/* Moves the hole at `i` down to where `e` belongs, in the heap of the first `len` entries. */
static void sift_down(struct evq *q, uint32_t i, uint32_t len, struct evq_entry e)
{
    for (;;) {
        uint64_t child = (uint64_t)i * 2 + 1;
        if (child >= len) break;
        if (child + 1 < len && before(&q->heap[child + 1], &q->heap[child])) child++;
        if (!before(&q->heap[child], &e)) break;
        put(q, i, q->heap[child]);
        i = (uint32_t)child;
    }
    put(q, i, e);
}

/* Fills the hole at `i` with `e`, wherever that takes it. */
static void settle(struct evq *q, uint32_t i, struct evq_entry e)
{
    if (i > 0 && before(&e, &q->heap[(i - 1) / 2])) {
        sift_up(q, i, e);
    } else {
        sift_down(q, i, q->len, e);
    }
}

/* Sorts the heap into an array, which is a heap too, and numbers the entries by their place. */
static void renumber(struct evq *q)
{
    for (uint32_t end = q->len; end > 1;) { /* the least goes behind the heap: descending order */
        struct evq_entry last = q->heap[--end];
        put(q, end, q->heap[0]);
        sift_down(q, 0, end, last);
    }
    for (uint32_t i = 0; i < q->len / 2; i++) {
        struct evq_entry e = q->heap[i];
        q->heap[i] = q->heap[q->len - 1 - i];
        q->heap[q->len - 1 - i] = e;
    }
    for (uint32_t i = 0; i < q->len; i++) {
        q->heap[i].seq = i;
        q->place[q->heap[i].slot] = i + 1;
    }
    q->seq_next = q->len;
}

void evq_init(struct evq *q, struct evq_entry *heap, uint32_t *place, uint32_t slots)
{
    CN_ASSERT(slots < UINT32_MAX); /* so that heap index + 1 and a fresh numbering fit */
    *q = (struct evq){.slots = slots};
    q->heap = heap;
    q->place = place;
}

void evq_set(struct evq *q, uint32_t slot, simtime at)
{
    CN_ASSERT(slot < q->slots);
    CN_ASSERT(at.ns >= q->now.ns);
    if (at.ns == SIMTIME_NEVER.ns) {
        evq_clear(q, slot);
        return;
    }
    if (q->seq_next == UINT32_MAX) renumber(q);
    struct evq_entry e = {.at = at, .seq = q->seq_next++, .slot = slot};
    if (q->place[slot] != 0) {
        settle(q, q->place[slot] - 1, e);
    } else {
        sift_up(q, q->len++, e);
    }
}

void evq_clear(struct evq *q, uint32_t slot)
{
    CN_ASSERT(slot < q->slots);
    uint32_t place = q->place[slot];
    if (place == 0) return;
    q->place[slot] = 0;
    struct evq_entry last = q->heap[--q->len];
    if (last.slot != slot) settle(q, place - 1, last);
}

simtime evq_next_at(const struct evq *q)
{
    return q->len > 0 ? q->heap[0].at : SIMTIME_NEVER;
}

simtime evq_at(const struct evq *q, uint32_t slot)
{
    CN_ASSERT(slot < q->slots);
    return q->place[slot] != 0 ? q->heap[q->place[slot] - 1].at : SIMTIME_NEVER;
}

bool evq_pop(struct evq *q, uint32_t *slot)
{
    if (q->len == 0) return false;
    CN_ASSERT(q->heap[0].at.ns >= q->now.ns);
    q->now = q->heap[0].at;
    *slot = q->heap[0].slot;
    evq_clear(q, *slot);
    return true;
}
