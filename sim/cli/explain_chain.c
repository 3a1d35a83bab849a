/* SPDX-License-Identifier: MIT */
#include "cnedge/cli/explain_chain.h"

#include <inttypes.h>
#include <stdio.h>

#include "cnedge/zonefile/zonefile.h"

/* Whose filing counts for a name of the chain (FACTS A1), and how it stands. */
static void print_owner(const struct world *w, const struct answer *a)
{
    bool cdn = w->cdn_zone != NULL && a->zone != NULL && dname_equal(a->zone, w->cdn_zone);
    uint32_t site = cdn ? w->cdn_site : a->site;
    if (site == CN_NONE32) {
        printf("%s", cdn ? "in the CDN's zone, whose domain is taken to be filed" : "not ours");
        return;
    }
    printf("%s %s, filing %s", cdn ? "in the CDN's zone, below" : "of site",
           w->spec->sites[site].domain,
           filing_state_name((enum filing_state)w->sites[site].filing));
}

void explain_chain_place(const struct answer *a)
{
    char place[ZONEFILE_PLACE_MAX];
    if (a->set == NULL) return;
    zonefile_place(a->content, a->set->data, place);
    printf("  (%s)", place);
}

static bool leads_through_cdn(const struct world *w, const struct answer *a)
{
    return w->cdn_zone != NULL && a->kind == ANSWER_ALIAS && dname_within(a->target, w->cdn_zone);
}

void explain_chain_print(struct world *w, const uint8_t *name, uint16_t type, uint16_t line)
{
    struct answer chain[ANSWER_ALIAS_MAX + 1];
    uint8_t next[ANSWER_ALIAS_MAX][DNAME_MAX];
    const uint8_t *names[ANSWER_ALIAS_MAX + 1] = {name};
    char text[DNAME_TEXT_MAX];
    bool partial = false;
    int last = 0;
    answer_find(w, name, type, line, &chain[0]);
    uint32_t life_s = chain[0].ttl_s;
    while (last < ANSWER_ALIAS_MAX && answer_follows(type) &&
           answer_next(&chain[last], names[last], next[last])) {
        partial = partial || leads_through_cdn(w, &chain[last]);
        names[last + 1] = next[last];
        dname_show(names[last + 1], text);
        printf("alias of: %s", text);
        explain_chain_place(&chain[last]);
        putchar('\n');
        last++;
        answer_find(w, names[last], type, line, &chain[last]);
        if (chain[last].zone == NULL) break;
        if (chain[last].ttl_s < life_s) life_s = chain[last].ttl_s;
    }
    if (!partial) return;
    printf("chain:\n");
    for (int i = 0; i <= last; i++) {
        dname_show(names[i], text);
        printf("  %s %s, TTL %" PRIu32 ", ", text, i < last ? "CNAME" : "answer", chain[i].ttl_s);
        print_owner(w, &chain[i]);
        putchar('\n');
    }
    printf("  caches keep it for %" PRIu32 " s, the least TTL of the chain\n", life_s);
}
