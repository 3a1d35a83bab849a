/* SPDX-License-Identifier: MIT */
#include "verify_internal.h"

enum { FIRST_SIZE = 4096 };

bool verify_memo_init(struct verify_memo *m, struct arena *a)
{
    *m = (struct verify_memo){.a = a, .size = FIRST_SIZE};
    m->slots = arena_get(a, FIRST_SIZE, sizeof(*m->slots));
    return m->slots != NULL;
}

static bool is_free(const struct verify_entry *e)
{
    return e->digest.a == 0 && e->digest.b == 0;
}

/* The slot of a digest, or the free one where it belongs. */
static struct verify_entry *slot_of(const struct verify_memo *m, struct verify_digest d)
{
    uint64_t i = d.a & (m->size - 1);
    while (!is_free(&m->slots[i]) && (m->slots[i].digest.a != d.a || m->slots[i].digest.b != d.b)) {
        i = (i + 1) & (m->size - 1);
    }
    return &m->slots[i];
}

static bool grow(struct verify_memo *m)
{
    struct verify_memo bigger = {.a = m->a, .count = m->count, .size = 2 * m->size};
    bigger.slots = arena_get(m->a, bigger.size, sizeof(*bigger.slots));
    if (bigger.slots == NULL) return false;
    for (uint64_t i = 0; i < m->size; i++) {
        if (!is_free(&m->slots[i])) *slot_of(&bigger, m->slots[i].digest) = m->slots[i];
    }
    *m = bigger;
    return true;
}

struct verify_entry *verify_memo_put(struct verify_memo *m, struct verify_digest d, bool *fresh)
{
    if (4 * m->count >= 3 * m->size && !grow(m)) return NULL;
    struct verify_entry *e = slot_of(m, d);
    *fresh = is_free(e);
    if (*fresh) {
        e->digest = d;
        m->count++;
    }
    return e;
}

struct verify_entry *verify_memo_find(const struct verify_memo *m, struct verify_digest d)
{
    struct verify_entry *e = slot_of(m, d);
    return is_free(e) ? NULL : e;
}
