/* SPDX-License-Identifier: MIT
 * heap.h: an arena over calloc for tests, which can run out of memory on purpose.
 *
 *     struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
 *     struct arena a;
 *     arena_init(&a, test_heap_more, &heap);
 *     ...
 *     test_heap_free(&heap); */
#ifndef CNEDGE_HEAP_H
#define CNEDGE_HEAP_H

#include "cnedge/base/arena.h"

#include <stdlib.h>

enum { TEST_HEAP_BLOCKS = 64 };

struct test_heap {
    void *block[TEST_HEAP_BLOCKS];
    unsigned blocks, blocks_max; /* the next one is refused at blocks_max */
};

static inline void *test_heap_more(void *owner, size_t size)
{
    struct test_heap *heap = owner;
    if (heap->blocks == heap->blocks_max) return NULL;
    CN_ASSERT(heap->blocks < TEST_HEAP_BLOCKS);
    heap->block[heap->blocks] = calloc(1, size);
    CN_ASSERT(heap->block[heap->blocks] != NULL);
    return heap->block[heap->blocks++];
}

static inline void test_heap_free(struct test_heap *heap)
{
    while (heap->blocks > 0) {
        free(heap->block[--heap->blocks]);
    }
}

#endif
