/* SPDX-License-Identifier: MIT */
#include "cohorts.h"

#include <string.h>

#include "cnedge/base/rng.h"

enum { PATTERNS_MAX = 64 };

struct grouping {
    struct portfolio_set *set;
    uint32_t *slots; /* groups by key: index plus one; 0: none */
    uint32_t slot_mask, filled;
    uint8_t patterns[PATTERNS_MAX][DNAME_MAX]; /* domains D of "*.D" */
    uint32_t pattern_count;
    uint8_t cdn[DNAME_MAX]; /* the zone of the CDN */
    size_t cdn_len;
    bool too_many; /* patterns: who is chosen by one that found no room is a site of its own */
};

static struct portfolio_row *row_at(const struct portfolio_set *set, uint32_t i)
{
    return steps_at(&set->row_list, i);
}

/* --- rows by name ----------------------------------------------------------------------------- */

/* The slot of a name: its row's, or a free one. */
static uint32_t *slot_of(const struct portfolio_set *set, const uint8_t *name)
{
    uint32_t i = (uint32_t)rng_hash(0, name, dname_len(name)) & set->name_mask;
    while (set->names[i] != 0 && !dname_equal(row_at(set, set->names[i] - 1)->name, name)) {
        i = (i + 1) & set->name_mask;
    }
    return &set->names[i];
}

uint32_t cohorts_row(const struct portfolio_set *set, const uint8_t *name)
{
    return *slot_of(set, name) - 1; /* 0, a free slot, becomes CN_NONE32 */
}

_Static_assert(CN_NONE32 == UINT32_MAX, "a free slot minus one");

void cohorts_index(struct portfolio_set *set)
{
    char text[DNAME_TEXT_MAX];
    uint32_t told = CN_NONE32; /* made up sites of it have one place */
    size_t slots = 8;
    while (slots < (size_t)set->row_list.count * 2) {
        slots *= 2;
    }
    set->names = arena_get(set->l->scratch, slots, sizeof(*set->names));
    set->name_mask = (uint32_t)slots - 1;
    for (uint32_t i = 0; set->names != NULL && i < set->row_list.count; i++) {
        struct portfolio_place first;
        const struct portfolio_row *row = row_at(set, i);
        uint32_t *slot = slot_of(set, row->name);
        if (*slot == 0) {
            *slot = i + 1;
            continue;
        }
        uint32_t portfolio = portfolio_set_kind(set, row->kind)->portfolio;
        if (portfolio == told) continue;
        if (set->rows[portfolio].form == ROWS_MADE) told = portfolio;
        portfolio_set_place(set, row_at(set, *slot - 1), &first);
        dname_show(row->name, text);
        portfolio_set_complain(set, row, "domain",
                               "expected a domain that no other site has, got \"%s\" again (it is "
                               "in %s)",
                               text, first.text);
    }
}

/* --- rows that are named ---------------------------------------------------------------------- */

/* Marks the rows in whose domains a name lies. */
static void mark(const struct portfolio_set *set, const uint8_t *name)
{
    for (; *name != 0; name = dname_parent(name)) {
        uint32_t row = cohorts_row(set, name);
        if (row != CN_NONE32) row_at(set, row)->alone = true;
    }
}

static void add_pattern(struct grouping *g, const uint8_t *domain)
{
    for (uint32_t i = 0; i < g->pattern_count; i++) {
        if (dname_equal(g->patterns[i], domain)) return;
    }
    g->too_many = g->too_many || g->pattern_count == PATTERNS_MAX;
    if (!g->too_many) memcpy(g->patterns[g->pattern_count++], domain, dname_len(domain));
}

/* A text of the scenario that may be a name, or a pattern of names. */
static void look_at_text(struct grouping *g, const json_t *v)
{
    uint8_t wire[DNAME_MAX];
    const char *text = json_string_value(v);
    if (text == NULL || strchr(text, '.') == NULL) return;
    bool pattern = strncmp(text, "*.", 2) == 0;
    if (dname_from_text(text + (pattern ? 2 : 0), wire) == 0) return;
    mark(g->set, wire);
    if (pattern) add_pattern(g, wire);
}

static void look_at_texts(struct grouping *g, const json_t *v)
{
    size_t i;
    json_t *item;
    look_at_text(g, v);
    json_array_foreach(v, i, item)
    {
        look_at_text(g, item);
    }
}

/* Looks at an event, an expectation or a product: values, and values of objects in it. */
static void look_at_object(struct grouping *g, json_t *object)
{
    const char *key;
    const char *inner;
    json_t *v;
    json_t *more;
    json_object_foreach(object, key, v)
    {
        look_at_texts(g, v);
        json_object_foreach(v, inner, more)
        {
            look_at_texts(g, more);
        }
    }
}

static void look_at_scenario(struct grouping *g)
{
    static const char *const lists[] = {"products", "events", "expect"};
    for (size_t k = 0; k < CN_ARRAY_LEN(lists); k++) {
        size_t i;
        json_t *item;
        json_array_foreach(node_get(&g->set->l->root, lists[k]), i, item)
        {
            look_at_object(g, item);
        }
    }
}

/* --- sites in each other ---------------------------------------------------------------------- */

/* Whether a name of the scenario's own sites is above this one. */
static bool below_site(const struct load *l, const uint8_t *name)
{
    char text[DNAME_TEXT_MAX];
    dname_show(name, text);
    return names_find(&l->sites, text) != CN_NONE32;
}

static void mark_nested(struct portfolio_set *set, const struct site_spec *sites, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (sites[i].apex != NULL) mark(set, sites[i].apex);
    }
    for (uint32_t i = 0; i < set->row_list.count; i++) {
        struct portfolio_row *row = row_at(set, i);
        if (dname_labels(row->name) < 3) continue; /* a site's domain has two */
        for (const uint8_t *up = dname_parent(row->name); dname_labels(up) >= 2;
             up = dname_parent(up)) {
            uint32_t outer = cohorts_row(set, up);
            if (outer != CN_NONE32) row_at(set, outer)->alone = true;
            if (outer != CN_NONE32 || below_site(set->l, up)) row->alone = true;
        }
    }
}

/* --- groups ----------------------------------------------------------------------------------- */

/* Whether what is the site's own depends on its name. */
static bool depends_on_name(const struct grouping *g, const struct portfolio_row *row,
                            const struct site_spec *s)
{
    char text[DNAME_TEXT_MAX];
    const struct choices *c = &g->set->l->world->choices;
    if (s->setup == SETUP_PARTIAL || s->dedicated_count > 0) return true;
    if (g->cdn_len > 0 && dname_within(g->cdn, row->name)) return true;
    if (c->sensitive_words.count > 0) dname_show(row->name, text);
    for (uint8_t i = 0; i < c->sensitive_words.count; i++) {
        if (strstr(text, c->sensitive_words.item[i]) != NULL) return true;
    }
    return false;
}

/* Bits of the patterns that choose the names in a domain. */
static uint64_t chosen(const struct grouping *g, const uint8_t *name)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < g->pattern_count; i++) {
        if (dname_within(name, g->patterns[i])) bits |= UINT64_C(1) << i;
    }
    return bits;
}

static const uint8_t *top_label(const uint8_t *name)
{
    while (*dname_parent(name) != 0) {
        name = dname_parent(name);
    }
    return name;
}

static bool same_group(const struct grouping *g, const struct portfolio_group *x,
                       const struct portfolio_row *row, uint64_t bits)
{
    const struct portfolio_row *first = row_at(g->set, x->first);
    return !first->alone && first->kind == row->kind && x->patterns == bits &&
           dname_equal(top_label(first->name), top_label(row->name));
}

/* The slot of the group that a row belongs to: filled, or free. */
static uint32_t *group_slot(const struct grouping *g, const struct portfolio_row *row,
                            uint64_t bits)
{
    const uint8_t *top = top_label(row->name);
    uint64_t hash = rng_hash(bits, &row->kind, sizeof(row->kind));
    uint32_t i = (uint32_t)rng_hash(hash, top, dname_len(top)) & g->slot_mask;
    while (g->slots[i] != 0 &&
           !same_group(g, steps_at(&g->set->groups, g->slots[i] - 1), row, bits)) {
        i = (i + 1) & g->slot_mask;
    }
    return &g->slots[i];
}

/* Begins a group; CN_NONE32 when memory is exhausted. */
static uint32_t new_group(struct grouping *g, uint32_t row, uint64_t bits)
{
    struct portfolio_group *x = steps_add(&g->set->groups);
    if (x == NULL) return CN_NONE32;
    *x = (struct portfolio_group){.first = row, .named = row, .patterns = bits};
    return g->set->groups.count - 1;
}

/* Makes room for one more group to be found by its key. */
static bool make_room(struct grouping *g)
{
    uint32_t *old = g->slots;
    size_t old_slots = old != NULL ? (size_t)g->slot_mask + 1 : 0;
    if (old_slots > (size_t)g->filled * 2) return true;
    size_t slots = old_slots == 0 ? 1024 : old_slots * 4;
    g->slots = arena_get(g->set->l->scratch, slots, sizeof(*g->slots));
    if (g->slots == NULL) return false;
    g->slot_mask = (uint32_t)slots - 1;
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i] == 0) continue;
        const struct portfolio_group *x = steps_at(&g->set->groups, old[i] - 1);
        *group_slot(g, row_at(g->set, x->first), x->patterns) = old[i];
    }
    return true;
}

static void group_row(struct grouping *g, uint32_t i)
{
    struct portfolio_set *set = g->set;
    struct portfolio_row *row = row_at(set, i);
    const struct portfolio_kind *kind = portfolio_set_kind(set, row->kind);
    row->alone = row->alone || set->individual[kind->portfolio] || g->too_many ||
                 depends_on_name(g, row, &kind->site);
    uint64_t bits = row->alone ? 0 : chosen(g, row->name);
    uint32_t *slot = row->alone ? NULL : group_slot(g, row, bits);
    uint32_t group = slot != NULL && *slot != 0 ? *slot - 1 : new_group(g, i, bits);
    if (group == CN_NONE32) return;
    if (slot != NULL && *slot == 0) {
        *slot = group + 1;
        g->filled++;
    }
    struct portfolio_group *x = steps_at(&set->groups, group);
    if (dname_len(row->name) < dname_len(row_at(set, x->named)->name)) x->named = i;
    x->count++;
    row->group = group;
}

void cohorts_group(struct portfolio_set *set, const struct site_spec *sites, uint32_t count)
{
    struct grouping *g = arena_get(set->l->scratch, 1, sizeof(*g));
    if (g == NULL || set->names == NULL) return;
    g->set = set;
    g->cdn_len = dname_from_text(set->l->world->choices.cdn_zone.text, g->cdn);
    mark_nested(set, sites, count);
    look_at_scenario(g);
    for (uint32_t i = 0; i < set->row_list.count && make_room(g); i++) {
        group_row(g, i);
    }
}
