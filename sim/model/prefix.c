/* SPDX-License-Identifier: MIT */
#include "cnedge/model/prefix.h"

#include <string.h>

/* Building step by step. */

bool prefix_writer_init(struct prefix_writer *w, struct arena *a, uint32_t max4, uint32_t max6)
{
    CN_ASSERT(max4 >= 1);
    CN_ASSERT(max6 >= 1);
    *w = (struct prefix_writer){
        .start4 = arena_get(a, max4, sizeof(w->start4[0])),
        .start6 = arena_get(a, max6, sizeof(w->start6[0])),
        .line4 = arena_get(a, max4, sizeof(w->line4[0])),
        .line6 = arena_get(a, max6, sizeof(w->line6[0])),
        .max4 = max4,
        .max6 = max6,
        .table = arena_get(a, 1, sizeof(*w->table)),
    };
    return w->start4 != NULL && w->start6 != NULL && w->line4 != NULL && w->line6 != NULL &&
           w->table != NULL;
}

/* The two families differ only in the width of a start; this is what they share. Counts a step in
 * or not, given whether it starts where the last one does; false when it changes nothing. */
static bool place_step(const uint16_t *line, uint32_t *count, bool same_start, uint16_t value)
{
    uint32_t n = *count;
    if (same_start) n--; /* the step before it had no width */
    bool same_line = n > 0 && line[n - 1] == value;
    *count = same_line ? n : n + 1;
    return !same_line;
}

void prefix_writer_add4(struct prefix_writer *w, uint32_t start, uint16_t line)
{
    CN_ASSERT(w->n4 > 0 ? w->start4[w->n4 - 1] <= start : start == 0);
    bool same_start = w->n4 > 0 && w->start4[w->n4 - 1] == start;
    if (!place_step(w->line4, &w->n4, same_start, line)) return;
    CN_ASSERT(w->n4 <= w->max4);
    w->start4[w->n4 - 1] = start;
    w->line4[w->n4 - 1] = line;
}

void prefix_writer_add6(struct prefix_writer *w, uint64_t start, uint16_t line)
{
    CN_ASSERT(w->n6 > 0 ? w->start6[w->n6 - 1] <= start : start == 0);
    bool same_start = w->n6 > 0 && w->start6[w->n6 - 1] == start;
    if (!place_step(w->line6, &w->n6, same_start, line)) return;
    CN_ASSERT(w->n6 <= w->max6);
    w->start6[w->n6 - 1] = start;
    w->line6[w->n6 - 1] = line;
}

const struct prefix_table *prefix_writer_finish(struct prefix_writer *w)
{
    CN_ASSERT(w->n4 >= 1);
    CN_ASSERT(w->n6 >= 1);
    *w->table = (struct prefix_table){
        .n4 = w->n4,
        .n6 = w->n6,
        .start4 = w->start4,
        .start6 = w->start6,
        .line4 = w->line4,
        .line6 = w->line6,
    };
    return w->table;
}

const struct prefix_table *prefix_build(struct arena *a, const struct prefix_step *v4, uint32_t n4,
                                        const struct prefix_step *v6, uint32_t n6)
{
    struct prefix_writer w;
    if (!prefix_writer_init(&w, a, n4, n6)) return NULL;
    for (uint32_t i = 0; i < n4; i++) {
        CN_ASSERT(v4[i].start <= UINT32_MAX);
        prefix_writer_add4(&w, (uint32_t)v4[i].start, v4[i].line);
    }
    for (uint32_t i = 0; i < n6; i++) {
        prefix_writer_add6(&w, v6[i].start, v6[i].line);
    }
    return prefix_writer_finish(&w);
}

/* Entries: sorted so that a prefix comes directly before those that it contains. */

static int compare(const struct prefix_entry *a, const struct prefix_entry *b)
{
    if (a->v6 != b->v6) return a->v6 ? 1 : -1;
    int address = memcmp(a->address, b->address, sizeof(a->address));
    if (address != 0) return address;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static bool same_prefix(const struct prefix_entry *a, const struct prefix_entry *b)
{
    return memcmp(a->address, b->address, sizeof(a->address)) == 0 && a->length == b->length;
}

static void sift_down(struct prefix_entry *e, size_t root, size_t count)
{
    struct prefix_entry moved = e[root];
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) break;
        if (child + 1 < count && compare(&e[child], &e[child + 1]) < 0) child++;
        if (compare(&moved, &e[child]) >= 0) break;
        e[root] = e[child];
        root = child;
    }
    e[root] = moved;
}

static bool sorted(const struct prefix_entry *e, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare(&e[i - 1], &e[i]) > 0) return false;
    }
    return true;
}

/* A heap sort; the order is total, so that it need not be stable. Lists are often sorted. */
static void sort(struct prefix_entry *e, size_t count)
{
    if (sorted(e, count)) return;
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(e, i, count);
    }
    for (size_t n = count; n-- > 1;) {
        struct prefix_entry last = e[n];
        e[n] = e[0];
        e[0] = last;
        sift_down(e, 0, n);
    }
}

/* Overlay: a sweep over the addresses of one family. `open` holds the entries that contain the
 * place where the sweep is, the innermost last; where none does, the base shows. */

struct span {
    uint64_t last; /* the last address covered */
    uint16_t line;
};

struct sweep {
    struct prefix_writer *w;
    const struct prefix_table *base; /* NULL: `otherwise` everywhere */
    uint16_t otherwise;
    bool v6;
    uint64_t max;       /* the family's last address */
    uint32_t base_next; /* first step of the base that starts behind the sweep */
    unsigned depth;
    struct span open[65]; /* one for each length, at most */
};

static void put(struct sweep *s, uint64_t start, uint16_t line)
{
    if (s->v6) {
        prefix_writer_add6(s->w, start, line);
    } else {
        prefix_writer_add4(s->w, (uint32_t)start, line);
    }
}

static uint32_t base_count(const struct sweep *s)
{
    if (s->base == NULL) return 0;
    return s->v6 ? s->base->n6 : s->base->n4;
}

static uint64_t base_start(const struct sweep *s, uint32_t i)
{
    return s->v6 ? s->base->start6[i] : s->base->start4[i];
}

static uint16_t base_line(const struct sweep *s, uint32_t i)
{
    return s->v6 ? s->base->line6[i] : s->base->line4[i];
}

/* Shows the base on from..last. */
static void put_base(struct sweep *s, uint64_t from, uint64_t last)
{
    uint32_t count = base_count(s);
    while (s->base_next < count && base_start(s, s->base_next) <= from) {
        s->base_next++;
    }
    put(s, from, s->base_next == 0 ? s->otherwise : base_line(s, s->base_next - 1));
    while (s->base_next < count && base_start(s, s->base_next) <= last) {
        put(s, base_start(s, s->base_next), base_line(s, s->base_next));
        s->base_next++;
    }
}

/* Advances the sweep from `at` to just before `to`, closing the entries that end there. */
static void advance(struct sweep *s, uint64_t at, uint64_t to)
{
    while (s->depth > 0 && s->open[s->depth - 1].last < to) {
        at = s->open[--s->depth].last + 1;
        if (s->depth > 0) put(s, at, s->open[s->depth - 1].line);
    }
    if (s->depth == 0 && at < to) put_base(s, at, to - 1);
}

static struct span span_of(const struct prefix_entry *e, uint64_t *first)
{
    unsigned width = e->v6 ? 64 : 32;
    CN_ASSERT(e->length <= width);
    uint64_t address = 0;
    for (unsigned i = 0; i < width / 8; i++) {
        address = address << 8 | e->address[i];
    }
    uint64_t ones =
        e->length == 0 ? UINT64_MAX >> (64 - width) : (UINT64_C(1) << (width - e->length)) - 1;
    CN_ASSERT((address & ones) == 0);
    for (unsigned i = width / 8; i < sizeof(e->address); i++) {
        CN_ASSERT(e->address[i] == 0); /* or the entries would not be sorted */
    }
    *first = address;
    return (struct span){address | ones, e->line};
}

/* Sweeps one family over the entries of it. */
static void overlay(struct sweep *s, const struct prefix_entry *e, size_t count)
{
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t first;
        struct span span = span_of(&e[i], &first);
        advance(s, at, first);
        at = first;
        if (i > 0 && same_prefix(&e[i - 1], &e[i])) s->depth--; /* the higher line wins */
        CN_ASSERT(s->depth < CN_ARRAY_LEN(s->open));
        s->open[s->depth++] = span;
        put(s, first, span.line);
    }
    /* Entries that reach the end of the address space stay open. */
    while (s->depth > 0 && s->open[s->depth - 1].last < s->max) {
        uint64_t end = s->open[s->depth - 1].last + 1;
        advance(s, at, end);
        at = end;
    }
    if (s->depth == 0) put_base(s, at, s->max);
}

const struct prefix_table *prefix_overlay(struct arena *a, const struct prefix_table *base,
                                          uint16_t otherwise, struct prefix_entry *entries,
                                          size_t count)
{
    CN_ASSERT(count < UINT32_MAX / 4);
    sort(entries, count);
    size_t n4 = 0;
    while (n4 < count && !entries[n4].v6) {
        n4++;
    }
    /* An entry adds a step where it begins and one where it ends. */
    uint32_t max4 = (base != NULL ? base->n4 : 0) + 2 * (uint32_t)n4 + 1;
    uint32_t max6 = (base != NULL ? base->n6 : 0) + 2 * (uint32_t)(count - n4) + 1;
    struct prefix_writer w;
    if (!prefix_writer_init(&w, a, max4, max6)) return NULL;
    struct sweep v4 = {.w = &w, .base = base, .otherwise = otherwise, .max = UINT32_MAX};
    struct sweep v6 = {
        .w = &w, .base = base, .otherwise = otherwise, .max = UINT64_MAX, .v6 = true};
    overlay(&v4, entries, n4);
    overlay(&v6, n4 < count ? entries + n4 : NULL, count - n4);
    return prefix_writer_finish(&w);
}

uint16_t prefix_source_of_files(struct prefix_files f)
{
    CN_ASSERT(f.file < PREFIX_FILES_MAX);
    return (uint16_t)(PREFIX_MMDB + (f.file << 2 | (f.earlier ? 2 : 0) | (f.builtin ? 1 : 0)));
}

struct prefix_files prefix_files_of_source(uint16_t source)
{
    CN_ASSERT(source >= PREFIX_MMDB && source < PREFIX_MMDB + 4 * PREFIX_FILES_MAX);
    unsigned bits = (unsigned)source - PREFIX_MMDB;
    return (struct prefix_files){(uint8_t)(bits >> 2), (bits & 2) != 0, (bits & 1) != 0};
}

/* Look-up. A leaf must contain neither the address before its step nor the one after it: it is one
 * bit longer than what the address has in common with either. Its length does not depend on what
 * lies inside the step. */

struct prefix_match prefix_find4(const struct prefix_table *t, const uint8_t address[4])
{
    uint32_t a = (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
                 (uint32_t)address[2] << 8 | address[3];
    uint32_t i = 0;
    for (uint32_t n = t->n4; n > 1;) { /* start[i] <= a < start[i + n] */
        uint32_t half = n / 2;
        i += half * (t->start4[i + half] <= a); /* no branch to mispredict */
        n -= half;
    }
    int length = 0;
    if (i > 0) length = __builtin_clz(a ^ (t->start4[i] - 1)) + 1;
    if (i + 1 < t->n4) {
        int after = __builtin_clz(a ^ t->start4[i + 1]) + 1;
        length = after > length ? after : length;
    }
    return (struct prefix_match){t->line4[i], (uint8_t)length};
}

struct prefix_match prefix_find6(const struct prefix_table *t, const uint8_t address[16])
{
    uint64_t a = 0;
    for (unsigned i = 0; i < 8; i++) {
        a = a << 8 | address[i];
    }
    uint32_t i = 0;
    for (uint32_t n = t->n6; n > 1;) {
        uint32_t half = n / 2;
        i += half * (t->start6[i + half] <= a);
        n -= half;
    }
    int length = 0;
    if (i > 0) length = __builtin_clzll(a ^ (t->start6[i] - 1)) + 1;
    if (i + 1 < t->n6) {
        int after = __builtin_clzll(a ^ t->start6[i + 1]) + 1;
        length = after > length ? after : length;
    }
    return (struct prefix_match){t->line6[i], (uint8_t)length};
}
