/* SPDX-License-Identifier: MIT
 * arena.h: a bump allocator over blocks that its owner supplies. Room base.
 *
 * A loaded scenario and the world made from it live in one arena and are freed together. The pure
 * rooms take memory from an arena while a world is built and never while it runs. The arena does
 * not know where blocks come from: `more` is the owner's (scenario/heap.h has the one over malloc).
 */
#ifndef CNEDGE_BASE_ARENA_H
#define CNEDGE_BASE_ARENA_H

#include "cnedge/base/base.h"

/* Returns at least `size` bytes of zeroed memory aligned for any type, or NULL when there is none;
 * the memory must stay valid as long as the arena is used. */
typedef void *(*arena_more_fn)(void *owner, size_t size);

struct arena {
    arena_more_fn more;
    void *owner; /* passed to `more` */
    uint8_t *block;
    size_t used, size;  /* of the current block, bytes */
    size_t total_bytes; /* handed out in all */
    bool failed;        /* sticky: `more` said no, or a size overflowed */
};

/* An empty arena; nothing is taken from `more` yet. */
CN_NONNULL void arena_init(struct arena *a, arena_more_fn more, void *owner);

/* `count` zeroed elements of `size` bytes, aligned for any type; never NULL for count 0. NULL once
 * the arena has failed, so that a builder may check `failed` once at its end if it checks NULL
 * before use. */
CN_NONNULL CN_MUSTUSE void *arena_get(struct arena *a, size_t count, size_t size);

enum { ARENA_LINE_BYTES = 64 }; /* of a processor's cache */

/* The same, and the first element begins a line of the cache. */
CN_NONNULL CN_MUSTUSE void *arena_get_lines(struct arena *a, size_t count, size_t size);

/* A NUL-terminated copy of `len` bytes; NULL once the arena has failed. */
CN_NONNULL CN_MUSTUSE char *arena_text(struct arena *a, const char *text, size_t len);

#endif
