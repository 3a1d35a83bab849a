/* SPDX-License-Identifier: MIT */
#include "cnedge/model/spec.h"

#include <string.h>

const char *spec_site_key(const struct world_spec *w, uint32_t site)
{
    return w->sites[site].app ? "app" : "site";
}

uint32_t spec_member_site(const struct world_spec *w, const uint8_t *member)
{
    struct apex_name n;
    unsigned before;
    apex_name_split(&n, member);
    const struct apex_line *line = apex_table_find(w->apexes, &n, &before);
    CN_ASSERT(line != NULL && before == 0);
    return line->site;
}

void spec_member_host(const struct world_spec *w, uint32_t host, const uint8_t *apex,
                      uint8_t out[DNAME_MAX])
{
    const struct host_spec *h = &w->hosts[host];
    size_t before = dname_len(h->name) - dname_len(w->sites[h->site].apex);
    size_t len = dname_len(apex);
    CN_ASSERT(before + len <= DNAME_MAX);
    memcpy(out, h->name, before);
    memcpy(out + before, apex, len);
}

struct spec_count spec_count(const struct world_spec *w)
{
    struct spec_count n = {0};
    for (uint32_t i = 0; i < w->site_count - w->app_count; i++) {
        const struct site_spec *s = &w->sites[i];
        n.sites += spec_weight(s);
        n.hosts += (uint64_t)spec_weight(s) * s->host_count;
        n.cohorts += s->members > 0 ? 1 : 0;
    }
    return n;
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
