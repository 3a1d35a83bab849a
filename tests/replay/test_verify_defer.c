/* SPDX-License-Identifier: MIT
 * Leaving last faults to a later position leaves nothing out. */
#include "cnedge/replay/verify.h"

#include "play.h"
#include "test.h"

/* Corrupts whatever is answered while a PoP is down and a site's filing is not in order: a fault of
 * the network and one of a site have to meet. */
static bool plant_meeting(void *owner, struct world *w, const struct event *e)
{
    (void)owner;
    (void)e;
    if (w->pop_health[POP_HKG] != HEALTH_DOWN || w->sites[0].status == STATUS_OK) return false;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        world_cells(w, (uint16_t)i, FAMILY_V4);
        w->classes[i].cells[FAMILY_V4][LINE_DE].ttl_s = 12345;
    }
    return true;
}

/* The site's filing lapses and its timers run on; faults of the network come at the end, at the
 * beginning, or in between. */
static void search_meeting(bool planted, bool full, struct verify_result *r)
{
    struct play p;
    struct verify_options o = {.depth = 2,
                               .no_deferring = full,
                               .all = true,
                               .corrupt = planted ? plant_meeting : NULL,
                               .beyond = simdur_s(86400)};
    play_init(&p);
    fixture_site(&p.f, "a.example");
    fixture_host(&p.f, "www.a.example");
    play_event(&p, on_site(EV_CONTENT_CHANGE, 1, 0));
    play_event(&p, on_site(EV_FILING_CHANGE, 3600, 0));
    play_event(&p, on_site(EV_FILING_CHANGE_DONE, 7200, 0));
    fixture_build(&p.f);
    p.s.world = p.f.spec;
    p.s.end = play_at(7300);
    assert_int_equal(verify_run(&p.f.arena, &p.s, &o, r), CN_OK);
    fixture_free(&p.f);
}

static void deferring_leaves_nothing_out(void **state)
{
    (void)state;
    for (int planted = 0; planted < 2; planted++) {
        struct verify_result full;
        struct verify_result deferred;
        search_meeting(planted != 0, true, &full);
        search_meeting(planted != 0, false, &deferred);
        assert_int_equal(full.violated, planted != 0);
        assert_int_equal(deferred.violated, planted != 0);
        assert_int_equal(full.deferred, 0);
        assert_true(deferred.deferred > 0);
        assert_true(deferred.states <= full.states);
        assert_true(deferred.events < full.events);
        assert_true(deferred.states_unmerged == full.states_unmerged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deferring_leaves_nothing_out)};
    return cmocka_run_group_tests_name("verify_defer", tests, NULL, NULL);
}
