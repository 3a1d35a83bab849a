/* SPDX-License-Identifier: MIT */
#include "steps.h"

bool steps_init(struct steps *s, struct arena *a, size_t size)
{
    *s = (struct steps){.arena = a, .size = size};
    s->step = arena_get(a, STEPS_MAX, sizeof(*s->step));
    return s->step != NULL;
}

void *steps_add(struct steps *s)
{
    CN_ASSERT(s->count < (uint32_t)STEPS_ITEMS * STEPS_MAX);
    uint8_t **step = &s->step[s->count / STEPS_ITEMS];
    if (*step == NULL) *step = arena_get(s->arena, STEPS_ITEMS, s->size);
    if (*step == NULL) return NULL;
    s->count++;
    return steps_at(s, s->count - 1);
}

void *steps_at(const struct steps *s, uint32_t i)
{
    CN_ASSERT(i < s->count);
    return s->step[i / STEPS_ITEMS] + (i % STEPS_ITEMS) * s->size;
}
