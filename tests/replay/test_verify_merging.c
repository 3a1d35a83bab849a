/* SPDX-License-Identifier: MIT
 * The verifier leaves states out, and nothing with them: equal states are looked at once, sites
 * that are alike stand for each other, faults wait for what they meet. */
#include "cnedge/replay/verify.h"

#include "play.h"
#include "test.h"
#include "world_random.h"

/* --- what is left out ------------------------------------------------------------------------- */

enum { SET_MAX = 1 << 20 };

struct seen { /* a set of digests, and what violations there were */
    struct verify_digest *slots;
    uint32_t count;
    uint64_t violations; /* a bit per (invariant, kind of the event behind which it is): hashed */
    enum event_kind last;
    uint32_t planted;
};

static void see_state(void *owner, struct verify_digest d)
{
    struct seen *s = owner;
    uint32_t i = (uint32_t)d.a & (SET_MAX - 1);
    while (s->slots[i].a != 0 || s->slots[i].b != 0) {
        if (s->slots[i].a == d.a && s->slots[i].b == d.b) return;
        i = (i + 1) & (SET_MAX - 1);
    }
    s->slots[i] = d;
    s->count++;
    assert_true(s->count < SET_MAX / 2);
}

static void see_violation(void *owner, const struct verify_way *way)
{
    struct seen *s = owner;
    uint32_t what[2] = {(uint32_t)way->violation.invariant, (uint32_t)s->last};
    s->violations |= UINT64_C(1) << (rng_hash(7, what, sizeof(what)) & 63);
}

/* Corrupts after some of the events, by what the event is and not by when. */
static bool plant_some(void *owner, struct world *w, const struct event *e)
{
    struct seen *s = owner;
    s->last = e->kind;
    if (e->kind % 5 != s->planted % 5) return false;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        world_cells(w, (uint16_t)i, FAMILY_V4);
        w->classes[i].cells[FAMILY_V4][LINE_DE].ttl_s = 12345;
    }
    return true;
}

/* Two sites that are alike, and one event. */
static void small_world(struct play *p)
{
    fixture_site(&p->f, "a.example");
    fixture_host(&p->f, "www.a.example");
    fixture_site(&p->f, "b.example");
    fixture_host(&p->f, "www.b.example");
    fixture_build(&p->f);
    play_event(p, on_pop(EV_POP_DOWN, 600, POP_HKG));
}

static void large_world(struct play *p, uint64_t seed)
{
    struct dice d = {.endless = true, .seed = seed};
    fixture_free(&p->f);
    random_world(&d, &p->f);
    unsigned events = roll(&d, 3);
    for (unsigned i = 0; i < events; i++) {
        struct event e = random_event(&d, &p->f);
        e.at = play_at(600 * (int64_t)(i + 1));
        play_event(p, e);
    }
}

/* Seed 0 is the small world. */
static void search(uint64_t seed, const struct verify_options *how, struct seen *seen,
                   struct verify_result *r)
{
    struct play *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    play_init(p);
    if (seed == 0) {
        small_world(p);
    } else {
        large_world(p, seed);
    }
    p->s.world = p->f.spec;
    p->s.end = play_at(7200);
    struct verify_options o = *how;
    o.all = true;
    o.beyond = simdur_s(3600);
    o.corrupt = plant_some;
    o.on_state = see_state;
    o.on_violation = see_violation;
    o.owner = seen;
    *seen = (struct seen){.slots = calloc(SET_MAX, sizeof(*seen->slots))};
    seen->planted = (uint32_t)seed;
    assert_non_null(seen->slots);
    assert_int_equal(verify_run(&p->f.arena, &p->s, &o, r), CN_OK);
    fixture_free(&p->f);
    free(p);
}

static void merging_leaves_nothing_out(void **state)
{
    (void)state;
    unsigned violations = 0;
    for (uint64_t seed = 0; seed <= 4; seed++) {
        struct seen full;
        struct seen merged;
        struct seen orbits;
        struct seen deferred;
        struct verify_result r[4];
        uint32_t depth = seed == 0 ? 2 : 1;
        search(seed,
               &(struct verify_options){.depth = depth, .no_merging = true, .no_orbits = true},
               &full, &r[0]);
        search(seed,
               &(struct verify_options){.depth = depth, .no_orbits = true, .no_deferring = true},
               &merged, &r[1]);
        search(seed, &(struct verify_options){.depth = depth, .no_deferring = true}, &orbits,
               &r[2]);
        search(seed, &(struct verify_options){.depth = depth, .no_orbits = true}, &deferred, &r[3]);
        assert_int_equal(full.count, merged.count);
        for (uint32_t i = 0; i < SET_MAX; i++) { /* merged has nothing that full has not */
            if (merged.slots[i].a != 0) see_state(&full, merged.slots[i]);
        }
        assert_int_equal(full.count, merged.count);
        assert_true(full.violations == merged.violations);
        assert_true(full.violations == orbits.violations);
        violations += full.violations != 0 ? 1 : 0;
        assert_true(orbits.count <= merged.count);
        assert_true(r[0].states_unmerged == r[1].states_unmerged);
        assert_true(r[2].states_unmerged == r[1].states_unmerged);
        assert_true(deferred.count <= merged.count);
        assert_true(full.violations == deferred.violations);
        assert_true(r[3].states_unmerged == r[1].states_unmerged);
        free(deferred.slots);
        free(full.slots);
        free(merged.slots);
        free(orbits.slots);
    }
    assert_true(violations >= 2);
}

/* Twenty sites that differ in nothing but names are one orbit; a later event takes one out. */
static void equal_sites_are_one_orbit(void **state)
{
    (void)state;
    enum { SITES = 20 };
    char names[SITES][32];
    char hosts[SITES][32];
    uint64_t unmerged[2];
    for (int off = 0; off < 2; off++) {
        struct play p;
        struct verify_result r;
        struct verify_options o = {.depth = 1, .no_orbits = off != 0};
        play_init(&p);
        for (int i = 0; i < SITES; i++) {
            snprintf(names[i], sizeof(names[i]), "s%d.example", i);
            snprintf(hosts[i], sizeof(hosts[i]), "www.s%d.example", i);
            fixture_site(&p.f, names[i]);
            fixture_host(&p.f, hosts[i]);
        }
        play_event(&p, on_site(EV_REVOKE_SITE, 1, 3));
        fixture_build(&p.f);
        p.s.world = p.f.spec;
        p.s.end = play_at(10);
        assert_int_equal(verify_run(&p.f.arena, &p.s, &o, &r), CN_OK);
        assert_false(r.violated);
        assert_int_equal(r.orbits, off != 0 ? SITES : 2);
        unmerged[off] = r.states_unmerged;
        fixture_free(&p.f);
    }
    assert_true(unmerged[0] == unmerged[1]); /* one stands for all: the sum is the same */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_leaves_nothing_out),
        cmocka_unit_test(equal_sites_are_one_orbit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
