/* SPDX-License-Identifier: MIT
 * world_applicant.c: who may apply, and with which domain: what the guards of an application look
 * at besides the machines' states (FACTS A1, A2). */
#include "world_internal.h"

#include <string.h>

walltime world_applicant_now(const struct world *w)
{
    return simtime_wall(w->spec->start, w->now);
}

/* The top-level label of a wire name. */
static const uint8_t *top_label(const uint8_t *name)
{
    while (*dname_parent(name) != 0) {
        name = dname_parent(name);
    }
    return name;
}

static bool list_has(const struct choice_list *list, const char *word, size_t len)
{
    for (uint8_t i = 0; i < list->count; i++) {
        const char *item = list->item[i];
        if (strlen(item) == len && memcmp(item, word, len) == 0) return true;
    }
    return false;
}

bool world_applicant_tld_ok(const struct world *w, uint32_t site)
{
    const struct choices *c = w->choices;
    const uint8_t *label = top_label(w->spec->sites[site].apex);
    const char *word = (const char *)label + 1;
    if (choices_given(c, offsetof(struct choices, approved_tlds))) {
        return list_has(&c->approved_tlds, word, *label);
    }
    int set = rules_word(&w->spec->rules, RULES_TLD_SET, world_applicant_now(w));
    return rules_list_has(rules_tlds((enum rules_tld_set)set), word, *label);
}

struct duration_range world_applicant_sms_window(const struct world *w)
{
    const struct choices *c = w->choices;
    if (choices_given(c, offsetof(struct choices, sms_window))) return c->sms_window;
    return rules_duration(&w->spec->rules, RULES_SMS_WINDOW, world_applicant_now(w));
}
