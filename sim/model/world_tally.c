/* SPDX-License-Identifier: MIT
 * world_tally.c: how many sites and hosts are in which state, kept up to date where the state
 * changes: who watches a world asks often, and would have to look at each of a million sites. */
#include "world_internal.h"

static void count(uint64_t *to, uint64_t n, bool more)
{
    *to = more ? *to + n : *to - n;
}

void world_tally_site(struct world *w, uint32_t site, bool enters)
{
    count(&w->filings[w->sites[site].filing], spec_weight(&w->spec->sites[site]), enters);
}

void world_tally_host(struct world *w, uint32_t host, bool enters)
{
    const struct host *h = &w->hosts[host];
    if (!h->active || w->spec->hosts[host].cname != NULL) return;
    count(&w->classes[h->class_].routed, spec_weight(&w->spec->sites[h->site]), enters);
}

struct world_tally world_tally(const struct world *w)
{
    struct world_tally t = {.entitled = 0};
    for (size_t i = 0; i < FILING_STATE_COUNT; i++) {
        t.filings[i] = w->filings[i];
    }
    for (uint32_t i = 0; i < w->class_count; i++) {
        const struct class_ *c = &w->classes[i];
        bool yes = c->routed > 0 && policy_entitled(&c->key, world_partner_state(w, &c->key));
        *(yes ? &t.entitled : &t.not_entitled) += c->routed;
    }
    return t;
}
