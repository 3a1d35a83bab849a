/* SPDX-License-Identifier: MIT
 * invariant_address.c: which addresses an answer may give, from raw state. */
#include "invariant_internal.h"

/* The addresses in use that a client of the line is not cut off from by a block. */
static unsigned reachable(const struct world *w, uint16_t pop, enum family family, uint16_t line)
{
    unsigned mask = w->in_use[(size_t)pop * FAMILY_COUNT + family];
    const struct line *l = &w->topology->lines[line];
    bool everyone = w->choices->address_block_scope == BLOCK_EVERYONE;
    if (l->zone != ZONE_MAINLAND && !everyone) return mask;
    for (uint32_t i = 0; i < w->block_count; i++) {
        const struct address_block *b = &w->blocks[i];
        bool here = (b->carrier == CN_NONE16 || b->carrier == l->carrier) &&
                    (b->region == CN_NONE16 || b->region == l->region);
        if (b->pop == pop && b->family == family && (everyone || here)) mask &= ~(1U << b->index);
    }
    return mask;
}

/* The same for a class: its sites' own addresses stand in for those of a mainland PoP. */
unsigned invariant_address_given(const struct world *w, const struct host_class *k, uint16_t pop,
                                 enum family family, uint16_t line)
{
    bool own = k->own_all[family] != 0 && w->topology->pops[pop].class_ == POP_MAINLAND;
    return own ? k->own[family] : reachable(w, pop, family, line);
}

/* Whether the class knows how many addresses the site has of its own, and which are left. */
bool invariant_address_current(const struct world *w, const struct host_class *k, uint32_t site)
{
    const struct site_spec *s = &w->spec->sites[site];
    unsigned all[FAMILY_COUNT] = {0};
    for (uint8_t i = 0; i < s->dedicated_count; i++) {
        enum family f = s->dedicated[i].v6 ? FAMILY_V6 : FAMILY_V4;
        all[f] = all[f] * 2 + 1;
    }
    for (int f = 0; f < FAMILY_COUNT; f++) {
        if (k->own_all[f] != all[f] || k->own[f] != w->sites[site].own[f]) return false;
    }
    return true;
}
