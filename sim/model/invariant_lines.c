/* SPDX-License-Identifier: MIT
 * invariant_lines.c: a class line by line, and what the check of each line depends on.
 *
 * The check of one line is a function of the class key, of the status and raw state of the PoPs
 * that it looks at, of the summary below, which is made from all PoPs, and of the rest of the
 * network. It runs in order: which PoP it looks at next depends on nothing else than what it has
 * seen so far. So while all of these stay as they are, the line is looked at in the same way with
 * the same result, whatever befalls the other PoPs. */
#include "invariant_internal.h"

#include <string.h>

bool invariant_lines_part(const struct world *w)
{
    const struct topology *t = w->topology;
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        const struct family_state *s = &w->families[f];
        if (s->mainland_down || s->carriers_down != 0) return true;
        for (uint16_t i = 0; i < t->pop_count; i++) {
            uint16_t r = t->pops[i].region == CN_NONE16 ? 0 : t->pops[i].region;
            if (s->pop_down[i] || s->region_down[r] || s->region_carriers_down[r] != 0) return true;
        }
    }
    return w->block_count > 0 || w->own_listed > 0;
}

void invariant_lines_summary(struct world *w, uint16_t class_, struct invariant_summary *out)
{
    struct violation_list none = {0};
    struct invariant_checker c;
    invariant_checker_init(&c, w, class_, &none);
    memset(out, 0, sizeof(*out)); /* its padding as well: it is compared as bytes */
    out->part = c.part;
    out->tables = c.part || w->families_part;
    out->nodata_allowed = c.nodata_allowed;
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        if (f == FAMILY_V6 && !out->tables) continue;
        invariant_rank(w, c.key, (enum family)f, &c.ranks);
        memcpy(out->least[f], c.ranks.least, sizeof(out->least[f]));
        out->reached[f] = c.ranks.reached;
    }
}

/* The lines of one family. */
static void check_family(struct invariant_checker *c, enum family family, const uint64_t *which,
                         struct pop_set *reads)
{
    invariant_rank(c->w, c->key, family, &c->ranks);
    for (uint16_t line = 0; line < c->w->topology->line_count; line++) {
        if ((which[line / 64] >> line % 64 & 1) == 0) continue;
        struct cell cell = world_cell_afresh(c->w, c->class_, line, family, &reads[line]);
        c->ranks.read = &reads[line];
        invariant_check_line(c, line, &cell);
    }
}

static void compare_families(struct invariant_checker *c, const uint64_t *which,
                             struct pop_set *reads)
{
    for (uint16_t line = 0; line < c->w->topology->line_count; line++) {
        if ((which[line / 64] >> line % 64 & 1) == 0) continue;
        struct cell cells[FAMILY_COUNT];
        for (unsigned f = 0; f < FAMILY_COUNT; f++) {
            cells[f] = world_cell_afresh(c->w, c->class_, line, (enum family)f, &reads[line]);
        }
        invariant_check_families(
            c, line, (const struct cell *const[]){&cells[FAMILY_V4], &cells[FAMILY_V6]});
    }
}

bool invariant_lines_good(struct world *w, uint16_t class_, const uint64_t *which,
                          struct pop_set *reads, uint64_t *checks)
{
    struct violation_list list = {0};
    struct invariant_checker c;
    invariant_checker_init(&c, w, class_, &list);
    bool tables = c.part || w->families_part;
    check_family(&c, FAMILY_V4, which, reads);
    if (tables) {
        check_family(&c, FAMILY_V6, which, reads);
        compare_families(&c, which, reads);
    }
    *checks += list.checks;
    return list.count == 0;
}
