/* SPDX-License-Identifier: MIT
 * Who asks: the populations of each line. */
#include "load.h"
#include "tables.h"

static struct population read_population(const struct node *n)
{
    bool busy = node_get(n, "rate_per_hour") == NULL;
    return (struct population){.profile = (uint8_t)node_word(n, "profile"),
                               .weight = (uint32_t)node_integer(n, "weight"),
                               .rate_per_hour =
                                   busy ? 0 : (uint32_t)node_integer(n, "rate_per_hour"),
                               .floor_s = (uint32_t)node_integer(n, "floor_s"),
                               .extend = (uint32_t)node_integer(n, "extend")};
}

struct entry { /* of the file */
    const char *pattern;
    struct population population;
};

/* Reads the entries; reports patterns that select nothing. */
static struct entry *read_entries(struct load *l, size_t count)
{
    const struct topology *t = l->world->topology;
    struct entry *entries = arena_get(l->scratch, count, sizeof(*entries));
    for (size_t i = 0; entries != NULL && i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "populations", i, &list, &at);
        struct node n = node_item(&l->root, &objects_population, v, at);
        entries[i] = (struct entry){node_text(&n, "line"), read_population(&n)};
        bool any = false;
        for (uint16_t line = 0; line < t->line_count && !any; line++) {
            any = line_matches(&t->lines[line], entries[i].pattern);
        }
        const struct at where = node_at(&n, "line");
        if (!any) {
            load_dangling(&l->lines, &n, &where, "a pattern that selects a line",
                          entries[i].pattern);
        }
    }
    return entries;
}

/* The entries that select the line, or the declared defaults when none does. */
static struct population_mix mix_of(struct load *l, const struct line *line,
                                    const struct entry *entries, size_t count)
{
    uint32_t matching = 0;
    for (size_t i = 0; i < count; i++) {
        matching += line_matches(line, entries[i].pattern) ? 1 : 0;
    }
    if (matching == 0) return population_default(line->zone == ZONE_MAINLAND);
    struct population *list = arena_get(l->a, matching, sizeof(*list));
    struct population_mix mix = {list, 0};
    for (size_t i = 0; list != NULL && i < count; i++) {
        if (line_matches(line, entries[i].pattern)) list[mix.count++] = entries[i].population;
    }
    return mix;
}

/* How long caches keep entries, at most: until e^-LINGER of those that wait for an asker are left.
 */
static void widen(struct world_spec *w, const struct population_mix *mix)
{
    enum { LINGER = 7 };
    for (uint32_t i = 0; i < mix->count; i++) {
        const struct population *p = &mix->list[i];
        uint32_t linger_s = p->profile == POPULATION_FLOOR ? p->floor_s : 0;
        if (p->profile == POPULATION_STALE_FIRST && p->rate_per_hour > 0) {
            linger_s = LINGER * 3600 / p->rate_per_hour + 1;
        }
        if (linger_s > w->caches_linger_s) w->caches_linger_s = linger_s;
        if (p->profile == POPULATION_EXTEND && p->extend > w->caches_stretch) {
            w->caches_stretch = p->extend;
        }
    }
}

void populations_read(struct load *l)
{
    const struct topology *t = l->world->topology;
    if (t == NULL) return;
    size_t count = node_count(&l->root, "populations");
    const struct entry *entries = read_entries(l, count);
    struct population_mix *mixes = arena_get(l->a, t->line_count, sizeof(*mixes));
    if (mixes == NULL || entries == NULL) return;
    for (uint16_t i = 0; i < t->line_count; i++) {
        mixes[i] = mix_of(l, &t->lines[i], entries, count);
    }
    l->s->mixes = mixes;
    l->world->mixes = mixes;
    for (uint16_t i = 0; i < t->line_count; i++) {
        widen(l->world, &mixes[i]);
    }
}
