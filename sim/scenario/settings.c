/* SPDX-License-Identifier: MIT
 * The keys of "choices" are the model's table of settings. */
#include "cnedge/model/choices.h"
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
