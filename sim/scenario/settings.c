/* SPDX-License-Identifier: MIT
 * The keys of "choices" are the model's table of settings, those of "rules" its dated rules. */
#include "cnedge/model/profile.h"

#include <stdio.h>
#include <string.h>

#include "load.h"
#include "tables.h"
#include "values.h"

static const struct type list_words = LIST_OF("list_words", values_list_word, 0, CHOICES_LIST_MAX);

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
    case CHOICE_LIST:
        out->type = &list_words;
        break;
    case CHOICE_NAME:
        out->type = &values_fqdn;
        break;
    }
}

/* Settings of a damper say nothing without one. */
static bool choice_rule(size_t i, struct rule *out)
{
    if (i > 0) return false;
    *out = (struct rule){.when = "health"};
    format_wordset_add(&out->words, HEALTH_PROFILE_NONE);
    out->none =
        format_keyset(&settings_choices, "health_interval_s health_down_after health_forgive_after "
                                         "health_up_after health_cold_start health_probes_from "
                                         "health_fail_pct health_pool_pct");
    return true;
}

const struct type settings_choices = {.name = "choices",
                                      .shape = SHAPE_OBJECT,
                                      .expected = "an object of settings (see cnedge list choices)",
                                      .count_keys = count,
                                      .make_key = make_key,
                                      .rule = choice_rule};

/* --- dated rules ------------------------------------------------------------------------------ */

static size_t count_rules(void)
{
    return RULES_COUNT;
}

static void make_rule_key(size_t i, struct key *out, struct type *storage)
{
    enum rules_id id = (enum rules_id)i;
    int words;
    *out = (struct key){.name = rules_info(id)->name, .text = rules_info(id)->text};
    switch (rules_info(id)->type) {
    case RULES_TYPE_TEXT:
        out->type = &values_rule_text;
        break;
    case RULES_TYPE_WORD:
        *storage = (struct type){.shape = SHAPE_WORD, .word_list = rules_words(id, &words)};
        storage->words = words;
        out->type = storage;
        break;
    case RULES_TYPE_NUMBER:
        out->type = &values_pct;
        break;
    case RULES_TYPE_BOOL:
        out->type = &values_bool;
        break;
    case RULES_TYPE_DURATION:
        out->type = &values_range;
        break;
    case RULES_TYPE_PROVINCES:
        out->type = &values_provinces;
        break;
    }
}

const struct type settings_rules = {.name = "rules",
                                    .shape = SHAPE_OBJECT,
                                    .expected = "an object of dated rules (see cnedge rules)",
                                    .count_keys = count_rules,
                                    .make_key = make_rule_key};

/* The value of a rule as the model's table writes it. */
static const char *rule_value(struct load *l, const struct node *n, enum rules_id id)
{
    char number[24];
    const char *name = rules_info(id)->name;
    if (rules_info(id)->type == RULES_TYPE_BOOL) return node_bool(n, name) ? "true" : "false";
    if (rules_info(id)->type != RULES_TYPE_NUMBER) return load_copy(l, node_text(n, name));
    snprintf(number, sizeof(number), "%lld", (long long)node_integer(n, name));
    return load_copy(l, number);
}

static void read_rules(struct load *l)
{
    json_t *object = node_get(&l->root, "rules");
    if (object == NULL) return;
    struct node n = node_item(&l->root, &settings_rules, object, node_at(&l->root, "rules"));
    for (unsigned i = 0; i < RULES_COUNT; i++) {
        enum rules_id id = (enum rules_id)i;
        if (node_get(&n, rules_info(id)->name) == NULL) continue;
        l->world->rules.fixed[id] = rule_value(l, &n, id);
    }
}

/* --- reading them ----------------------------------------------------------------------------- */

static void read_list(const struct node *n, const char *key, struct choice_list *out)
{
    struct at list;
    struct at at;
    size_t count = node_count(n, key);
    *out = (struct choice_list){.count = (uint8_t)count};
    CN_ASSERT(count <= CHOICES_LIST_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(node_value(n, key, i, &list, &at));
        snprintf(out->item[i], CHOICES_ITEM_MAX, "%s", word);
    }
}

/* Writes one setting that the file gives. */
static void read_choice(const struct node *n, const struct choice_info *info, struct choices *c)
{
    void *field = (char *)c + info->offset;
    struct duration_range range;
    char name[DNAME_TEXT_MAX];
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
    case CHOICE_LIST:
        read_list(n, info->name, field);
        break;
    case CHOICE_NAME:
        load_canonical(node_text(n, info->name), name);
        CN_ASSERT(strlen(name) < sizeof(struct choice_name));
        memcpy(field, name, strlen(name) + 1);
        break;
    }
    CN_ASSERT(ok);
}

void settings_read(struct load *l)
{
    choices_default(&l->world->choices);
    read_rules(l);
    json_t *object = node_get(&l->root, "choices");
    if (object == NULL) return;
    struct node n = node_item(&l->root, &settings_choices, object, node_at(&l->root, "choices"));
    size_t n_choices;
    const struct choice_info *table = choices_table(&n_choices);
    for (size_t i = 0; i < n_choices; i++) {
        l->world->choices.given[i] = node_get(&n, table[i].name) != NULL;
    }
    profile_apply(&l->world->choices, (enum profile)node_word(&n, "profile"));
    for (size_t i = 0; i < n_choices; i++) {
        if (node_get(&n, table[i].name) != NULL) read_choice(&n, &table[i], &l->world->choices);
    }
}
