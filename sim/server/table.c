/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <errno.h>
#include <stdlib.h>

struct table *table_new(const struct engine *e)
{
    uint8_t key[SIPHASH_KEY_BYTES];
    struct table *t = calloc(1, sizeof(*t));
    if (t == NULL) return NULL;
    heap_init(&t->heap, &t->arena);
    t->topology = e->world->topology;
    if (identity_draw(key)) t->answers = answer_table_build(&t->arena, e->world, key);
    if (t->answers != NULL) {
        heap_populate(&t->heap);
        return t;
    }
    table_free(t);
    errno = ENOMEM;
    return NULL;
}

void table_free(struct table *t)
{
    if (t == NULL) return;
    heap_free(&t->heap);
    free(t);
}
