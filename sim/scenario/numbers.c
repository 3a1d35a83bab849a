/* SPDX-License-Identifier: MIT */
#include "numbers.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/rng.h"
#include "entities.h"

struct table { /* rows by number: index plus one; 0: none */
    const struct portfolio_set *set;
    uint32_t *slots;
    uint32_t mask;
};

/* The number of a row's own filing in the ministry's letters; NULL: it has none such. */
static const char *number_of(const struct portfolio_set *set, uint32_t i)
{
    const struct portfolio_row *row = portfolio_set_row(set, i);
    const char *number = (const char *)row->name + dname_len(row->name);
    const struct portfolio_kind *k = portfolio_set_kind(set, row->kind);
    if (k->app != NULL || k->site.number == NULL) return NULL;
    if (*number == '\0') number = k->site.number;
    return entities_ministry(number) ? number : NULL;
}

static bool has_number(const struct portfolio_set *set, uint32_t i, const char *number)
{
    const char *own = number_of(set, i);
    return own != NULL && strcmp(own, number) == 0;
}

/* The slot of a number: that of the first row which has it, or a free one. */
static uint32_t *slot_of(const struct table *t, const char *number)
{
    uint32_t i = (uint32_t)rng_hash(0, number, strlen(number)) & t->mask;
    while (t->slots[i] != 0 && !has_number(t->set, t->slots[i] - 1, number)) {
        i = (i + 1) & t->mask;
    }
    return &t->slots[i];
}

static bool make_table(struct table *t, const struct portfolio_set *set)
{
    size_t slots = 8;
    while (slots < (size_t)set->row_list.count * 2) {
        slots *= 2;
    }
    t->set = set;
    t->mask = (uint32_t)slots - 1;
    t->slots = arena_get(set->l->scratch, slots, sizeof(*t->slots));
    return t->slots != NULL;
}

/* Row `second` has the number of row `first`; so many rows have that of another one. */
static void warn(struct portfolio_set *set, uint32_t first, uint32_t second, uint32_t rows)
{
    char others[48] = "";
    char domain[DNAME_TEXT_MAX];
    struct portfolio_place place;
    dname_show(portfolio_set_row(set, first)->name, domain);
    portfolio_set_place(set, portfolio_set_row(set, first), &place);
    if (rows > 1) snprintf(others, sizeof(others), ", the first of %u such rows", rows);
    portfolio_set_warn(
        set, portfolio_set_row(set, second), "filing_number",
        "\"%s\" is the number of %s too (in %s)%s: a site's number is for one domain "
        "since 2019-04-22",
        number_of(set, second), domain, place.text, others);
}

void numbers_check(struct portfolio_set *set)
{
    struct table t = {.slots = NULL};
    uint32_t first = 0;
    uint32_t second = 0;
    uint32_t found = 0;
    const struct world_spec *w = set->l->world;
    if (!rules_bool(&w->rules, RULES_ONE_DOMAIN_PER_SITE, w->start)) return;
    for (uint32_t i = 0; i < set->row_list.count; i++) {
        const char *number = number_of(set, i);
        if (number == NULL) continue;
        if (t.slots == NULL && !make_table(&t, set)) return;
        uint32_t *slot = slot_of(&t, number);
        if (*slot == 0) {
            *slot = i + 1;
        } else if (found++ == 0) {
            first = *slot - 1;
            second = i;
        }
    }
    if (found > 0) warn(set, first, second, found);
}
