/* SPDX-License-Identifier: MIT
 * prefix_index.c: an entry is a leaf, line and length, or says which node goes on. */
#include "cnedge/model/prefix_index.h"

#define NODE UINT32_C(0x80000000)

enum {
    NODE_SHIFT = 31,
    LENGTH_SHIFT = 16,
    LINE_MASK = 0xFFFF,
    ROOT_ENTRIES = 1 << PREFIX_ROOT_BITS,
    FIRST_NODE = 2 * ROOT_ENTRIES / PREFIX_NODE_ENTRIES, /* the roots stand before it */
};

struct table { /* one family of a prefix_table */
    const uint32_t *start4;
    const uint64_t *start6; /* NULL: IPv4 */
    const uint16_t *line;
    uint32_t count;
    unsigned width; /* bits of an address */
};

/* A walk over all blocks in the order of addresses. Done twice: nodes are counted, then written. */
struct builder {
    struct table t;
    uint32_t step;     /* that contains the walk's place */
    uint32_t *entries; /* NULL: only counted */
    uint32_t node_count;
};

static uint64_t start_of(const struct table *t, uint32_t i)
{
    return t->start6 != NULL ? t->start6[i] : t->start4[i];
}

/* Bits that two addresses have in common, and one more. */
static unsigned apart(const struct table *t, uint64_t a, uint64_t b)
{
    return (unsigned)__builtin_clzll(a ^ b) + 1 - (64 - t->width);
}

/* The leaf that the address `a` lies in; see prefix.c. */
static struct prefix_match leaf_at(struct builder *b, uint64_t a)
{
    const struct table *t = &b->t;
    unsigned length = 0;
    while (b->step + 1 < t->count && start_of(t, b->step + 1) <= a) {
        b->step++;
    }
    if (b->step > 0) length = apart(t, a, start_of(t, b->step) - 1);
    if (b->step + 1 < t->count) {
        unsigned after = apart(t, a, start_of(t, b->step + 1));
        length = after > length ? after : length;
    }
    return (struct prefix_match){t->line[b->step], (uint8_t)length};
}

struct block {
    uint64_t first;
    unsigned bits; /* of its prefix */
};

/* The entry for a block. The recursion is as deep as an address has bits behind the root, by
 * strides: twelve levels. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static uint32_t entry_for(struct builder *b, struct block block)
{
    struct prefix_match m = leaf_at(b, block.first);
    if (m.length <= block.bits) return (uint32_t)m.length << LENGTH_SHIFT | m.line;
    uint32_t node = FIRST_NODE + b->node_count++;
    struct block part = {block.first, block.bits + PREFIX_STRIDE_BITS};
    for (uint32_t i = 0; i < PREFIX_NODE_ENTRIES; i++) {
        uint32_t entry = entry_for(b, part);
        if (b->entries != NULL) b->entries[node * PREFIX_NODE_ENTRIES + i] = entry;
        part.first += UINT64_C(1) << (b->t.width - part.bits);
    }
    return NODE | node;
}

static void walk(struct builder *b, uint32_t root)
{
    b->step = 0;
    for (uint32_t i = 0; i < ROOT_ENTRIES; i++) {
        uint64_t first = (uint64_t)i << (b->t.width - PREFIX_ROOT_BITS);
        uint32_t entry = entry_for(b, (struct block){first, PREFIX_ROOT_BITS});
        if (b->entries != NULL) b->entries[root + i] = entry;
    }
}

static void walk_both(struct builder *b, const struct prefix_table *t)
{
    b->node_count = 0;
    b->t = (struct table){.start4 = t->start4, .line = t->line4, .count = t->n4, .width = 32};
    walk(b, 0);
    b->t = (struct table){.start6 = t->start6, .line = t->line6, .count = t->n6, .width = 64};
    walk(b, ROOT_ENTRIES);
}

const struct prefix_index *prefix_index_build(struct arena *a, const struct prefix_table *t)
{
    struct builder b = {.entries = NULL};
    struct prefix_index *x = arena_get(a, 1, sizeof(*x));
    if (x == NULL) return NULL;
    walk_both(&b, t);
    size_t nodes = FIRST_NODE + (size_t)b.node_count;
    CN_ASSERT(nodes < NODE / PREFIX_NODE_ENTRIES);
    b.entries = arena_get_lines(a, nodes, PREFIX_NODE_ENTRIES * sizeof(*b.entries));
    if (b.entries == NULL) return NULL;
    walk_both(&b, t);
    *x = (struct prefix_index){b.entries, b.node_count};
    return x;
}

static struct prefix_match match_of(uint32_t entry)
{
    return (struct prefix_match){(uint16_t)(entry & LINE_MASK), (uint8_t)(entry >> LENGTH_SHIFT)};
}

static struct prefix_walk begin(uint64_t key, bool v6)
{
    uint32_t root = v6 ? ROOT_ENTRIES : 0;
    return (struct prefix_walk){.rest = key << PREFIX_ROOT_BITS,
                                .at = root + (uint32_t)(key >> (64 - PREFIX_ROOT_BITS))};
}

struct prefix_walk prefix_walk_begin(const struct prefix_index *x, uint64_t key, bool v6)
{
    struct prefix_walk walk = begin(key, v6);
    __builtin_prefetch(&x->entries[walk.at]);
    return walk;
}

/* Goes down by one node, if there is one. What says so is shifted out of its number. */
static void go_down(const struct prefix_index *x, struct prefix_walk *walk)
{
    uint32_t entry = x->entries[walk->at];
    uint32_t down = 0 - (entry >> NODE_SHIFT); /* all bits, or none */
    uint32_t below =
        entry << PREFIX_STRIDE_BITS | (uint32_t)(walk->rest >> (64 - PREFIX_STRIDE_BITS));
    walk->at = (below & down) | (walk->at & ~down);
    walk->rest <<= PREFIX_STRIDE_BITS & down;
}

void prefix_walk_step(const struct prefix_index *x, struct prefix_walk *walk)
{
    go_down(x, walk);
    __builtin_prefetch(&x->entries[walk->at]);
}

struct prefix_match prefix_walk_end(const struct prefix_index *x, struct prefix_walk walk)
{
    while ((x->entries[walk.at] & NODE) != 0) {
        go_down(x, &walk);
    }
    return match_of(x->entries[walk.at]);
}

struct prefix_match prefix_index_find4(const struct prefix_index *x, const uint8_t address[4])
{
    uint64_t key = 0;
    for (unsigned i = 0; i < 4; i++) {
        key = key << 8 | address[i];
    }
    return prefix_walk_end(x, begin(key << 32, false));
}

struct prefix_match prefix_index_find6(const struct prefix_index *x, const uint8_t address[16])
{
    uint64_t key = 0;
    for (unsigned i = 0; i < 8; i++) {
        key = key << 8 | address[i];
    }
    return prefix_walk_end(x, begin(key, true));
}
