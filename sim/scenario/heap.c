/* SPDX-License-Identifier: MIT */
#include "cnedge/scenario/heap.h"

#include <stdlib.h>

struct heap_block {
    _Alignas(max_align_t) struct heap_block *next;
};

static void *more(void *owner, size_t size)
{
    struct heap *h = owner;
    if (size > SIZE_MAX - sizeof(struct heap_block)) return NULL;
    struct heap_block *b = calloc(1, sizeof(*b) + size);
    if (b == NULL) return NULL;
    b->next = h->blocks;
    h->blocks = b;
    return b + 1;
}

void heap_init(struct heap *h, struct arena *a)
{
    h->blocks = NULL;
    arena_init(a, more, h);
}

void heap_free(struct heap *h)
{
    while (h->blocks != NULL) {
        struct heap_block *next = h->blocks->next;
        free(h->blocks);
        h->blocks = next;
    }
}
