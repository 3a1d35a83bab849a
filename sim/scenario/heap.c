/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* madvise */
#include "cnedge/scenario/heap.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_BYTES = 2 << 20 };

struct heap_block {
    _Alignas(max_align_t) struct heap_block *next;
    size_t size; /* with this */
};

/* The huge pages that lie in a block; returns how many bytes. */
static size_t huge_pages(struct heap_block *b, uint8_t **first)
{
    size_t skip = -(uintptr_t)b % HUGE_BYTES;
    *first = (uint8_t *)b + skip;
    return skip < b->size ? (b->size - skip) / HUGE_BYTES * HUGE_BYTES : 0;
}

/* Looking up one of a million names then misses no more than the line it is in: the addresses of
 * pages that small are too many for the processor to know. A kernel that does not want to says no,
 * which changes nothing. */
static void ask_for_huge_pages(struct heap_block *b)
{
    uint8_t *first;
    size_t bytes = huge_pages(b, &first);
    if (bytes > 0) (void)madvise(first, bytes, MADV_HUGEPAGE);
}

static void *more(void *owner, size_t size)
{
    struct heap *h = owner;
    if (size > SIZE_MAX - sizeof(struct heap_block)) return NULL;
    struct heap_block *b = calloc(1, sizeof(*b) + size);
    if (b == NULL) return NULL;
    b->size = sizeof(*b) + size;
    ask_for_huge_pages(b);
    b->next = h->blocks;
    h->blocks = b;
    return b + 1;
}

void heap_init(struct heap *h, struct arena *a)
{
    h->blocks = NULL;
    arena_init(a, more, h);
}

void heap_populate(const struct heap *h)
{
    for (struct heap_block *b = h->blocks; b != NULL; b = b->next) {
        uint8_t *first;
        size_t bytes = huge_pages(b, &first);
        if (bytes > 0) (void)madvise(first, bytes, MADV_POPULATE_WRITE);
    }
}

void heap_free(struct heap *h)
{
    while (h->blocks != NULL) {
        struct heap_block *next = h->blocks->next;
        free(h->blocks);
        h->blocks = next;
    }
}
