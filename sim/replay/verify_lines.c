/* SPDX-License-Identifier: MIT
 * verify_lines.c: most faults touch few PoPs, and most lines never look at those.
 *
 * A reference is a network in which all lines of a class were found good, with the PoPs that each
 * line looked at. In another network with the same class key, the same rest of the network and the
 * same summary (invariant_lines.c says why these and the PoPs are all there is), a line is as good
 * when every PoP that it looked at is as it was there. So only lines that read a PoP which differs
 * are looked at. */
#include <string.h>

#include "verify_internal.h"

struct reference {
    struct reference *next; /* of the same class, rest and summary */
    uint64_t *pops;         /* [pop] */
    uint64_t *readers;      /* [pop] sets of lines */
    uint16_t *moved;        /* PoPs that are not as they were at the start */
    uint32_t moved_count;
};

enum { CHAIN_MAX = 16, WORTH_IT = 40 }; /* references of one kind; lines that make a new one */

bool verify_lines_init(struct verify_lines *l, struct verify_space *s, struct arena *a)
{
    const struct topology *t = s->w->topology;
    *l = (struct verify_lines){.s = s, .a = a, .words = (t->line_count + 63U) / 64};
    l->pops = arena_get(a, t->pop_count, sizeof(*l->pops));
    l->moved = arena_get(a, t->pop_count, sizeof(*l->moved));
    l->affected = arena_get(a, l->words, sizeof(*l->affected));
    l->best_affected = arena_get(a, l->words, sizeof(*l->best_affected));
    l->reads = arena_get(a, t->line_count, sizeof(*l->reads));
    return verify_memo_init(&l->sets, a) && !a->failed;
}

/* Of these PoPs, adds the readers of those that differ. */
static void add_readers(struct verify_lines *l, const struct reference *r, const uint16_t *pops,
                        uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        uint32_t pop = pops[k];
        if (r->pops[pop] == l->pops[pop]) continue;
        for (uint32_t i = 0; i < l->words; i++) {
            l->affected[i] |= r->readers[pop * l->words + i];
        }
    }
}

/* The lines that read a PoP which differs; how many. It differs from the start here or there. */
static uint32_t find_affected(struct verify_lines *l, const struct reference *r)
{
    uint32_t count = 0;
    memset(l->affected, 0, l->words * sizeof(*l->affected));
    add_readers(l, r, l->moved, l->moved_count);
    add_readers(l, r, r->moved, r->moved_count);
    for (uint32_t i = 0; i < l->words; i++) {
        count += (uint32_t)__builtin_popcountll(l->affected[i]);
    }
    return count;
}

/* The reference that covers most lines; NULL when there is none, and then all are affected. */
static const struct reference *choose(struct verify_lines *l, const struct reference *chain,
                                      uint32_t *least, uint32_t *length)
{
    uint32_t lines = l->s->w->topology->line_count;
    const struct reference *best = NULL;
    memset(l->best_affected, 0, l->words * sizeof(*l->best_affected));
    for (uint32_t i = 0; i < lines; i++) {
        l->best_affected[i / 64] |= UINT64_C(1) << i % 64;
    }
    *least = lines;
    *length = 0;
    for (const struct reference *r = chain; r != NULL; r = r->next) {
        ++*length;
        uint32_t count = find_affected(l, r);
        if (best != NULL && count >= *least) continue;
        best = r;
        *least = count;
        memcpy(l->best_affected, l->affected, l->words * sizeof(*l->affected));
        if (count == 0) break;
    }
    return best;
}

/* Makes this network a reference: what was not looked at again reads what it did in `base`. */
static struct reference *make(struct verify_lines *l, const struct reference *base)
{
    const struct topology *t = l->s->w->topology;
    struct reference *r = arena_get(l->a, 1, sizeof(*r));
    size_t words = (size_t)t->pop_count * l->words;
    uint64_t *memory = arena_get(l->a, t->pop_count + words, sizeof(*memory));
    uint16_t *moved = arena_get(l->a, l->moved_count + 1U, sizeof(*moved));
    if (r == NULL || memory == NULL || moved == NULL) return NULL;
    r->moved = moved;
    r->moved_count = l->moved_count;
    memcpy(r->moved, l->moved, l->moved_count * sizeof(*l->moved));
    r->pops = memory;
    r->readers = memory + t->pop_count;
    memcpy(r->pops, l->pops, t->pop_count * sizeof(*r->pops));
    for (size_t i = 0; base != NULL && i < words; i++) {
        r->readers[i] = base->readers[i] & ~l->best_affected[i % l->words];
    }
    for (uint32_t line = 0; line < t->line_count; line++) {
        if ((l->best_affected[line / 64] >> line % 64 & 1) == 0) continue;
        for (uint32_t pop = 0; pop < t->pop_count; pop++) {
            if ((l->reads[line].words[pop / 64] >> pop % 64 & 1) == 0) continue;
            r->readers[pop * l->words + line / 64] |= UINT64_C(1) << line % 64;
        }
    }
    return r;
}

static void forget_reads(struct verify_lines *l)
{
    for (uint32_t line = 0; line < l->s->w->topology->line_count; line++) {
        if ((l->best_affected[line / 64] >> line % 64 & 1) == 0) continue;
        memset(&l->reads[line], 0, sizeof(l->reads[line]));
    }
}

static void look_at_pops(struct verify_lines *l)
{
    verify_state_pops(l->s, l->pops);
    l->moved_count = 0;
    for (uint16_t pop = 0; pop < l->s->w->topology->pop_count; pop++) {
        if (l->pops[pop] != l->s->pops_start[pop]) l->moved[l->moved_count++] = pop;
    }
    l->current = true;
}

bool verify_lines_good(struct verify_lines *l, uint16_t class_, struct verify_digest rest,
                       uint64_t *checks)
{
    struct world *w = l->s->w;
    struct invariant_summary summary;
    uint32_t least;
    uint32_t length;
    bool fresh;
    if (!l->current) look_at_pops(l);
    invariant_lines_summary(w, class_, &summary);
    verify_state_mix(&rest, &w->classes[class_].key, sizeof(w->classes[class_].key));
    verify_state_mix(&rest, &summary, sizeof(summary));
    struct verify_entry *e = verify_memo_put(&l->sets, rest, &fresh);
    if (e == NULL) return false;
    const struct reference *best = choose(l, e->of, &least, &length);
    if (least == 0) return true;
    forget_reads(l);
    if (!invariant_lines_good(w, class_, l->best_affected, l->reads, checks)) return false;
    if (length >= CHAIN_MAX || (best != NULL && least < WORTH_IT)) return true;
    struct reference *r = make(l, best);
    if (r == NULL) return false;
    r->next = e->of;
    e->of = r;
    return true;
}
