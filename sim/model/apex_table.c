/* SPDX-License-Identifier: MIT */
#include "cnedge/model/apex_table.h"

#include <string.h>

_Static_assert(sizeof(struct apex_line) == APEX_LINE_BYTES, "a line of a cache");

/* Lines for seven tenths as many apexes: chains stay short, and memory is not wasted. */
static uint64_t lines_for(uint32_t max)
{
    return (uint64_t)max * 10 / 7 + 8;
}

bool apex_table_init(struct apex_table *t, struct arena *a, uint32_t max,
                     const uint8_t key[SIPHASH_KEY_BYTES])
{
    CN_ASSERT(max <= APEX_TABLE_MAX);
    uint64_t size = lines_for(max);
    *t = (struct apex_table){.size = (uint32_t)size, .max = max, .arena = a};
    memcpy(t->key, key, sizeof(t->key));
    uint8_t *bytes = arena_get(a, size + 1, sizeof(*t->lines));
    if (bytes == NULL) return false;
    size_t past = (uintptr_t)bytes % APEX_LINE_BYTES;
    size_t skip = past == 0 ? 0 : APEX_LINE_BYTES - past;
    t->lines = (struct apex_line *)(void *)(bytes + skip);
    return true;
}

const uint8_t *apex_line_name(const struct apex_line *line)
{
    const uint8_t *name = line->name;
    if (line->len > APEX_INLINE_MAX) memcpy(&name, line->name, sizeof(const uint8_t *));
    return name;
}

/* The upper half of the hash says where to look, the lower one what to compare first. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)hash | 1;
}

static uint32_t home_of(const struct apex_table *t, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * t->size >> 32);
}

/* The line that holds the name, or the free one where it belongs. */
static struct apex_line *line_of(const struct apex_table *t, const uint8_t *name, size_t len)
{
    uint64_t hash = siphash_1_3(t->key, name, len);
    uint32_t tag = tag_of(hash);
    uint32_t i = home_of(t, hash);
    for (;;) {
        struct apex_line *line = &t->lines[i];
        if (line->tag == 0) return line;
        if (line->tag == tag && line->len == len && memcmp(apex_line_name(line), name, len) == 0) {
            return line;
        }
        if (++i == t->size) i = 0;
    }
}

static bool store_name(struct apex_table *t, struct apex_line *line, const uint8_t *apex)
{
    if (line->len <= APEX_INLINE_MAX) {
        memcpy(line->name, apex, line->len);
        return true;
    }
    uint8_t *copy = arena_get(t->arena, line->len, 1);
    if (copy == NULL) return false;
    memcpy(copy, apex, line->len);
    memcpy(line->name, &copy, sizeof(uint8_t *));
    return true;
}

struct apex_line *apex_table_add(struct apex_table *t, const uint8_t *apex, uint32_t site,
                                 bool *added)
{
    size_t len = dname_len(apex);
    struct apex_line *line = line_of(t, apex, len);
    *added = line->tag == 0;
    if (!*added) return line;
    CN_ASSERT(t->count < t->max);
    line->len = (uint8_t)len;
    if (!store_name(t, line, apex)) return NULL;
    line->tag = tag_of(siphash_1_3(t->key, apex, len));
    line->site = site;
    t->count++;
    unsigned labels = dname_labels(apex);
    t->labels[labels / 64] |= UINT64_C(1) << labels % 64;
    return line;
}

void apex_name_split(struct apex_name *n, const uint8_t *wire)
{
    unsigned at = 0;
    n->wire = wire;
    n->labels = 0;
    for (; wire[at] != 0; at += 1U + wire[at]) {
        n->at[n->labels++] = (uint8_t)at;
    }
    n->at[n->labels] = (uint8_t)at;
    n->len = (uint8_t)(at + 1);
}

const struct apex_line *apex_table_find(const struct apex_table *t, const struct apex_name *n,
                                        unsigned *label)
{
    for (unsigned before = 0; before <= n->labels; before++) {
        unsigned labels = n->labels - before;
        if ((t->labels[labels / 64] >> labels % 64 & 1) == 0) continue;
        unsigned at = n->at[before];
        const struct apex_line *line = line_of(t, n->wire + at, n->len - (size_t)at);
        if (line->tag == 0) continue;
        *label = before;
        return line;
    }
    return NULL;
}
