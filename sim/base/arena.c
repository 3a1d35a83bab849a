/* SPDX-License-Identifier: MIT */
#include "cnedge/base/arena.h"

#include <string.h>

enum { ALIGN = 16, BLOCK_BYTES = 256 * 1024 };

void arena_init(struct arena *a, arena_more_fn more, void *owner)
{
    *a = (struct arena){.more = more, .owner = owner};
}

static bool grow(struct arena *a, size_t need)
{
    size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
    uint8_t *block = a->more(a->owner, size);
    if (block == NULL) return false;
    a->block = block;
    a->used = 0;
    a->size = size;
    return true;
}

void *arena_get(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (a->failed || __builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGN) {
        a->failed = true;
        return NULL;
    }
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes == 0) bytes = ALIGN;
    if (a->size - a->used < bytes && !grow(a, bytes)) {
        a->failed = true;
        return NULL;
    }
    void *p = a->block + a->used;
    a->used += bytes;
    a->total_bytes += bytes;
    return p;
}

/* As much is taken wherever the block stands, so that a build takes the same each time. */
void *arena_get_lines(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ARENA_LINE_BYTES) {
        a->failed = true;
        return NULL;
    }
    uint8_t *p = arena_get(a, 1, bytes + ARENA_LINE_BYTES - ALIGN);
    return p != NULL ? p + -(uintptr_t)p % ARENA_LINE_BYTES : NULL;
}

char *arena_text(struct arena *a, const char *text, size_t len)
{
    CN_ASSERT(len < SIZE_MAX);
    char *copy = arena_get(a, len + 1, 1);
    if (copy != NULL) memcpy(copy, text, len); /* the arena's memory is zeroed: NUL follows */
    return copy;
}
