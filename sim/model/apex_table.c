/* SPDX-License-Identifier: MIT */
#include "cnedge/model/apex_table.h"

#include <string.h>

_Static_assert(sizeof(struct apex_line) == APEX_LINE_BYTES, "a line of a cache");

/* Twice as many lines as apexes: three of four names stand at their home, the line that is asked
 * for beforehand, and it takes 1.5 looks on average. */
static uint64_t lines_for(uint32_t max)
{
    return (uint64_t)max * 2 + 8;
}

bool apex_table_init(struct apex_table *t, struct arena *a, uint32_t max,
                     const uint8_t key[SIPHASH_KEY_BYTES])
{
    CN_ASSERT(max <= APEX_TABLE_MAX);
    uint64_t size = lines_for(max);
    *t = (struct apex_table){.size = (uint32_t)size, .max = max, .arena = a};
    memcpy(t->key, key, sizeof(t->key));
    t->lines = arena_get_lines(a, size, sizeof(*t->lines));
    return t->lines != NULL;
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

/* A name in the line is compared by words, the last of which ends with it. */
static bool is_named(const struct apex_line *line, const uint8_t *name, size_t len)
{
    enum { WORD = sizeof(uint64_t) };
    uint64_t a;
    uint64_t b;
    uint64_t differ = 0;
    if (line->len != len) return false;
    if (len < WORD || len > APEX_INLINE_MAX) return memcmp(apex_line_name(line), name, len) == 0;
    for (size_t i = 0; i + WORD < len; i += WORD) {
        memcpy(&a, line->name + i, WORD);
        memcpy(&b, name + i, WORD);
        differ |= a ^ b;
    }
    memcpy(&a, line->name + len - WORD, WORD);
    memcpy(&b, name + len - WORD, WORD);
    return (differ | (a ^ b)) == 0;
}

/* The line that holds the name, or the free one where it belongs. */
static struct apex_line *line_of(const struct apex_table *t, uint64_t hash, const uint8_t *name,
                                 size_t len)
{
    uint32_t tag = tag_of(hash);
    uint32_t i = home_of(t, hash);
    for (;;) {
        struct apex_line *line = &t->lines[i];
        if (line->tag == 0) return line;
        if (line->tag == tag && is_named(line, name, len)) return line;
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
    uint64_t hash = siphash_1_3(t->key, apex, len);
    struct apex_line *line = line_of(t, hash, apex, len);
    *added = line->tag == 0;
    if (!*added) return line;
    CN_ASSERT(t->count < t->max);
    line->len = (uint8_t)len;
    if (!store_name(t, line, apex)) return NULL;
    line->tag = tag_of(hash);
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

/* The first place of so many labels or more before the apex where one may be. */
static struct apex_aim aim_from(const struct apex_table *t, const struct apex_name *n,
                                unsigned label)
{
    for (; label <= n->labels; label++) {
        unsigned labels = n->labels - label;
        if ((t->labels[labels / 64] >> labels % 64 & 1) == 0) continue;
        size_t at = n->at[label];
        return (struct apex_aim){siphash_1_3(t->key, n->wire + at, n->len - at), (uint8_t)label,
                                 false};
    }
    return (struct apex_aim){.none = true};
}

struct apex_aim apex_table_aim(const struct apex_table *t, const struct apex_name *n)
{
    struct apex_aim aim = aim_from(t, n, 0);
    __builtin_prefetch(&t->lines[home_of(t, aim.hash)]);
    return aim;
}

const struct apex_line *apex_table_take(const struct apex_table *t, const struct apex_name *n,
                                        struct apex_aim *aim)
{
    while (!aim->none) {
        size_t at = n->at[aim->label];
        const struct apex_line *line = line_of(t, aim->hash, n->wire + at, n->len - at);
        if (line->tag != 0) return line;
        *aim = aim_from(t, n, aim->label + 1U);
    }
    return NULL;
}

const struct apex_line *apex_table_find(const struct apex_table *t, const struct apex_name *n,
                                        unsigned *label)
{
    struct apex_aim aim = aim_from(t, n, 0);
    const struct apex_line *line = apex_table_take(t, n, &aim);
    if (line != NULL) *label = aim.label;
    return line;
}
