/* SPDX-License-Identifier: MIT
 * What befalls a PoP that the check of a line has not looked at makes no difference to that line:
 * in random worlds, behind random events, for every class, line and PoP. */
#include <string.h>

#include "cnedge/model/invariant.h"

#include "test.h"
#include "world_random.h"

enum { SEEDS = 200, EVENTS = 8, WORDS = (LINES + 63) / 64 };

struct looked { /* at one class */
    struct pop_set reads[LINES];
    struct cell cells[FAMILY_COUNT][LINES];
    struct invariant_summary summary;
    bool part;
    uint16_t works[FAMILY_COUNT];
    struct partner partners[TOPOLOGY_PARTNERS_MAX];
};

static unsigned compared, moved;

static void look(struct world *w, uint16_t class_, struct looked *out)
{
    uint64_t all[WORDS];
    uint64_t checks = 0;
    memset(out, 0, sizeof(*out));
    memset(all, 0xff, sizeof(all));
    invariant_lines_summary(w, class_, &out->summary);
    if (!invariant_lines_good(w, class_, all, out->reads, &checks)) fail_msg("not good");
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            struct pop_set ignored = {0};
            out->cells[f][line] = world_cell_afresh(w, class_, line, (enum family)f, &ignored);
        }
        out->works[f] = w->families[f].mainland_works;
    }
    out->part = w->families_part;
    memcpy(out->partners, w->partners, w->spec->partner_count * sizeof(*w->partners));
}

/* All that a line depends on besides the PoPs it looks at. */
static bool same_rest(const struct looked *a, const struct looked *b)
{
    return memcmp(&a->summary, &b->summary, sizeof(a->summary)) == 0 && a->part == b->part &&
           memcmp(a->works, b->works, sizeof(a->works)) == 0 &&
           memcmp(a->partners, b->partners, sizeof(a->partners)) == 0;
}

/* Field by field: between them are bytes that nobody sets. */
static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->pop == b->pop && a->kind == b->kind && a->row == b->row && a->ttl_s == b->ttl_s &&
           memcmp(a->addresses, b->addresses, sizeof(a->addresses)) == 0;
}

static void compare(const struct looked *a, const struct looked *b, const struct world *w,
                    uint16_t pop)
{
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        unsigned families = a->part ? FAMILY_COUNT : 1;
        bool read = (a->reads[line].words[pop / 64] >> pop % 64 & 1) != 0;
        bool same = memcmp(&a->reads[line], &b->reads[line], sizeof(a->reads[line])) == 0;
        for (unsigned f = 0; f < families; f++) {
            same = same && same_cell(&a->cells[f][line], &b->cells[f][line]);
        }
        if (!same && !read) {
            fail_msg("line %s did not look at PoP %s", w->topology->lines[line].name,
                     w->topology->pops[pop].id);
        }
        compared += read ? 0 : 1;
        moved += same ? 0 : 1;
    }
}

/* Takes one PoP after the other out of answers, or back. */
static void take_out_each(struct world *w, uint16_t class_)
{
    static struct looked before;
    static struct looked after;
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        bool out = w->pop_admin[pop] == ADMIN_DRAIN;
        struct event e = event_make(out ? EV_POP_OBEY : EV_POP_DRAIN, w->now);
        e.pop = pop;
        look(w, class_, &before);
        if (world_apply(w, &e) != REFUSAL_NONE) continue;
        look(w, class_, &after);
        if (same_rest(&before, &after)) compare(&before, &after, w, pop);
    }
}

static void what_is_not_read_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        static struct fixture f;
        struct dice d = {.endless = true, .seed = seed};
        random_world(&d, &f);
        for (int i = 0; i < EVENTS; i++) {
            struct event e = random_event(&d, &f);
            enum refusal ignored = world_apply(f.w, &e);
            (void)ignored;
        }
        for (uint16_t c = 0; c < f.w->class_count; c++) {
            if (f.w->classes[c].hosts > 0) take_out_each(f.w, c);
        }
        fixture_free(&f);
    }
    assert_true(compared > 10000);
    assert_true(moved > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_not_read_does_not_matter)};
    return cmocka_run_group_tests_name("verify_lines", tests, NULL, NULL);
}
