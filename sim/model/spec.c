/* SPDX-License-Identifier: MIT */
#include "cnedge/model/spec.h"

#include <string.h>

const char *spec_site_key(const struct world_spec *w, uint32_t site)
{
    return w->sites[site].app ? "app" : "site";
}

/* The top-level label of a wire name. */
static const uint8_t *top_label(const uint8_t *name)
{
    while (*dname_parent(name) != 0) {
        name = dname_parent(name);
    }
    return name;
}

bool spec_tld_ok(const struct world_spec *w, const uint8_t *name, walltime t)
{
    const struct choices *c = &w->choices;
    const uint8_t *label = top_label(name);
    const char *word = (const char *)label + 1;
    if (!choices_given(c, offsetof(struct choices, approved_tlds))) {
        int set = rules_word(&w->rules, RULES_TLD_SET, t);
        return rules_list_has(rules_tlds((enum rules_tld_set)set), word, *label);
    }
    for (uint8_t i = 0; i < c->approved_tlds.count; i++) {
        const char *item = c->approved_tlds.item[i];
        if (strlen(item) == *label && memcmp(item, word, *label) == 0) return true;
    }
    return false;
}
