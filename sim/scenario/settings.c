/* SPDX-License-Identifier: MIT
 * The keys of "choices" are the model's table of settings. */
#include "cnedge/model/choices.h"

#include <stdio.h>
#include <string.h>

#include "load.h"
#include "tables.h"
#include "values.h"

static const struct type tlds = LIST_OF("tlds", values_tld, 0, CHOICES_TLDS_MAX);

static size_t count(void)
{
    size_t n;
    (void)choices_table(&n);
    return n;
}

static void make_key(size_t i, struct key *out, struct type *storage)
{
    size_t n;
    const struct choice_info *info = &choices_table(&n)[i];
    *storage = (struct type){.min = info->min, .max = info->max};
    *out = (struct key){
        .name = info->name, .type = storage, .fallback = info->fallback, .text = info->text};
    switch (info->type) {
    case CHOICE_ENUM:
        storage->shape = SHAPE_WORD;
        storage->word_list = info->names;
        storage->words = (int)info->max;
        break;
    case CHOICE_BOOL:
        storage->shape = SHAPE_BOOL;
        break;
    case CHOICE_NUMBER:
        storage->shape = SHAPE_INTEGER;
        break;
    case CHOICE_RANGE:
        out->type = &values_range;
        break;
    case CHOICE_TLDS:
        out->type = &tlds;
        break;
    }
}

const struct type settings_choices = {.name = "choices",
                                      .shape = SHAPE_OBJECT,
                                      .expected = "an object of settings (see cnedge list choices)",
                                      .count_keys = count,
                                      .make_key = make_key};

/* --- reading them ----------------------------------------------------------------------------- */

static void read_tlds(const struct node *n, struct choices *c)
{
    struct at list;
    struct at at;
    size_t tld_count = node_count(n, "approved_tlds");
    memset(c->approved_tlds, 0, sizeof(c->approved_tlds));
    CN_ASSERT(tld_count <= CHOICES_TLDS_MAX);
    for (size_t i = 0; i < tld_count; i++) {
        const char *tld = json_string_value(node_value(n, "approved_tlds", i, &list, &at));
        snprintf(c->approved_tlds[i], CHOICES_TLD_MAX, "%s", tld);
    }
    c->tld_count = (uint8_t)tld_count;
}

/* Writes one setting that the file gives. */
static void read_choice(const struct node *n, const struct choice_info *info, struct choices *c)
{
    void *field = (char *)c + info->offset;
    struct duration_range range;
    bool ok = true;
    switch (info->type) {
    case CHOICE_ENUM:
        *(int32_t *)field = node_word(n, info->name);
        break;
    case CHOICE_BOOL:
        *(bool *)field = node_bool(n, info->name);
        break;
    case CHOICE_NUMBER:
        *(uint32_t *)field = (uint32_t)node_integer(n, info->name);
        break;
    case CHOICE_RANGE:
        ok = choices_read_range(node_text(n, info->name), &range);
        *(struct duration_range *)field = range;
        break;
    case CHOICE_TLDS:
        read_tlds(n, c);
        break;
    }
    CN_ASSERT(ok);
}

void settings_read(struct load *l)
{
    choices_default(&l->world->choices);
    json_t *object = node_get(&l->root, "choices");
    if (object == NULL) return;
    struct node n = node_item(&l->root, &settings_choices, object, node_at(&l->root, "choices"));
    size_t n_choices;
    const struct choice_info *table = choices_table(&n_choices);
    for (size_t i = 0; i < n_choices; i++) {
        if (node_get(&n, table[i].name) != NULL) read_choice(&n, &table[i], &l->world->choices);
    }
}
