/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <string.h>

#include "cnedge/base/diag.h"
#include "cnedge/base/rng.h"

enum { NEAREST_LOOKS_MAX = 5000 };

bool names_init(struct names *t, struct arena *a, size_t capacity)
{
    size_t slots = 8;
    while (slots < capacity * 2) {
        slots *= 2;
    }
    *t = (struct names){.arena = a, .mask = slots - 1, .capacity = capacity};
    t->slots = arena_get(a, slots, sizeof(*t->slots));
    t->list = arena_get(a, capacity, sizeof(*t->list));
    return !a->failed;
}

/* The slot of a name, or the free one where it belongs; `tag` is for that. */
static struct names_slot *slot_of(const struct names *t, const char *name, uint32_t *tag)
{
    uint64_t hash = rng_hash(0, name, strlen(name));
    size_t i = (size_t)hash & t->mask;
    *tag = (uint32_t)(hash >> 32);
    for (; t->slots[i].name != NULL; i = (i + 1) & t->mask) {
        if (t->slots[i].tag == *tag && strcmp(t->slots[i].name, name) == 0) break;
    }
    return &t->slots[i];
}

static void put(struct names *t, const char *name, uint32_t value)
{
    uint32_t tag;
    struct names_slot *s = slot_of(t, name, &tag);
    CN_ASSERT(s->name == NULL);
    *s = (struct names_slot){name, value, tag};
    t->list[t->count++] = name;
}

/* Doubles the room. False when the arena is exhausted. */
static bool grow(struct names *t)
{
    struct names more;
    if (!names_init(&more, t->arena, t->capacity * 2 + 4)) return false;
    for (size_t i = 0; i < t->count; i++) {
        put(&more, t->list[i], names_find(t, t->list[i]));
    }
    *t = more;
    return true;
}

void names_add(struct names *t, const char *name, uint32_t value)
{
    if (t->count < t->capacity || grow(t)) put(t, name, value);
}

uint32_t names_find(const struct names *t, const char *name)
{
    uint32_t tag;
    const struct names_slot *s = slot_of(t, name, &tag);
    return s->name != NULL ? s->value : CN_NONE32;
}

const char *names_nearest(const struct names *t, const char *name)
{
    size_t looks = t->count < NEAREST_LOOKS_MAX ? t->count : NEAREST_LOOKS_MAX;
    return diag_nearest(name, t->list, looks);
}
