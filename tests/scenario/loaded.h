/* SPDX-License-Identifier: MIT
 * loaded.h: a scenario loaded from a text or a file, for tests. */
#ifndef CNEDGE_TESTS_LOADED_H
#define CNEDGE_TESTS_LOADED_H

#include <stdio.h>
#include <string.h>

#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"

struct loaded {
    struct heap heap;
    struct arena arena;
    struct diag_list diags;
    enum cn_status status;
    const struct scenario *s;
};

static inline void loaded_text(struct loaded *l, const char *text)
{
    memset(l, 0, sizeof(*l));
    heap_init(&l->heap, &l->arena);
    struct scenario_text t = {"tests/scenario/valid/text.json", text, strlen(text)};
    l->s = scenario_parse(&l->arena, &t, &l->diags, &l->status);
}

static inline void loaded_file(struct loaded *l, const char *file)
{
    memset(l, 0, sizeof(*l));
    heap_init(&l->heap, &l->arena);
    l->s = scenario_load(&l->arena, file, &l->diags, &l->status);
}

static inline void loaded_free(struct loaded *l)
{
    heap_free(&l->heap);
}

/* Prints what is wrong; for tests that need a valid scenario. */
static inline void loaded_complain(const struct loaded *l)
{
    for (int i = 0; i < l->diags.count; i++) {
        char text[DIAG_FILE_MAX + DIAG_PATH_MAX + DIAG_TEXT_MAX + 64];
        diag_format(&l->diags, i, text, sizeof(text));
        fprintf(stderr, "%s\n", text);
    }
}

#endif
