/* SPDX-License-Identifier: MIT
 * The history of answers, and what it says of clients that are late. */
#include "cnedge/replay/history.h"

#include "test.h"

static const struct population honest = {.profile = POPULATION_HONEST, .weight = 1};
static const struct population_mix mix = {&honest, 1};

static simtime at_s(int64_t s)
{
    return simtime_add(SIMTIME_START, simdur_s(s));
}

static void a_change_makes_the_old_answer_old(void **state)
{
    (void)state;
    struct history_item h = {0};
    history_note(&h, at_s(0), 1, 600);
    assert_false(history_changed(&h));
    assert_int_equal(history_stale(&h, &mix, at_s(100)), 0);
    assert_true(history_falls(&h, &mix, 500000, simdur_s(3600)).ns == SIMTIME_NEVER.ns);
    history_note(&h, at_s(5000), 2, 60);
    assert_true(history_changed(&h));
    assert_int_equal(history_stale(&h, &mix, at_s(5300)), 500000);
    assert_true(history_falls(&h, &mix, 500000, simdur_s(3600)).ns == at_s(300).ns);
}

/* Another TTL begins a segment, but is no other answer. */
static void a_ttl_is_no_change(void **state)
{
    (void)state;
    struct history_item h = {0};
    history_note(&h, at_s(0), 1, 600);
    history_note(&h, at_s(1000), 1, 60);
    history_note(&h, at_s(1000), 1, 60);
    assert_int_equal(h.count, 2);
    assert_false(history_changed(&h));
    assert_int_equal(history_stale(&h, &mix, at_s(1010)), 0);
    history_note(&h, at_s(5000), 2, 60);
    assert_true(history_falls(&h, &mix, 0, simdur_s(3600)).ns == at_s(60).ns);
    history_note(&h, at_s(5020), 2, 300); /* the new answer's TTL, later: since the change still */
    assert_true(history_falls(&h, &mix, 0, simdur_s(3600)).ns == at_s(60).ns);
    history_note(&h, at_s(9000), 2, 60); /* long after all have moved, and that they have stays */
    assert_true(history_falls(&h, &mix, 0, simdur_s(3600)).ns == at_s(60).ns);
    assert_true(history_falls(&h, &mix, 500000, simdur_s(3600)).ns == at_s(30).ns);
}

static void the_last_change(void **state)
{
    (void)state;
    struct history_item h = {0};
    struct history_change c;
    assert_false(history_change(&h, &c));
    history_note(&h, at_s(0), 1, 600);
    history_note(&h, at_s(1000), 1, 60);
    assert_false(history_change(&h, &c));
    history_note(&h, at_s(5000), 2, 30);
    history_note(&h, at_s(6000), 2, 300);
    assert_true(history_change(&h, &c));
    assert_int_equal(c.at.ns, at_s(5000).ns);
    assert_int_equal(c.ttl_s, 60);
}

static void back_and_forth_leaves_the_middle(void **state)
{
    (void)state;
    struct history_item h = {0};
    history_note(&h, at_s(0), 1, 300);
    history_note(&h, at_s(5000), 2, 300);
    history_note(&h, at_s(5030), 1, 300);
    assert_int_equal(history_stale(&h, &mix, at_s(5030)), 100000);
    assert_int_equal(history_stale(&h, &mix, at_s(5331)), 0);
}

static void an_instant_has_one_answer(void **state)
{
    (void)state;
    struct history_item h = {0};
    history_note(&h, at_s(0), 1, 300);
    history_note(&h, at_s(0), 2, 300);
    history_note(&h, at_s(10), 3, 300);
    history_note(&h, at_s(10), 2, 300);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.prints[0], 2);
}

static void the_oldest_is_forgotten(void **state)
{
    (void)state;
    struct history_item h = {0};
    for (int i = 0; i < 3 * HISTORY_SEGMENTS_MAX; i++) {
        history_note(&h, at_s(100 * i), (uint64_t)i, 60);
    }
    assert_int_equal(h.count, HISTORY_SEGMENTS_MAX);
    assert_int_equal(h.prints[h.count - 1], 3 * HISTORY_SEGMENTS_MAX - 1);
    assert_true(h.segments[0].from.ns == at_s(200 * HISTORY_SEGMENTS_MAX).ns);
    assert_int_equal(history_stale(&h, &mix, at_s(100 * (3 * HISTORY_SEGMENTS_MAX - 1) + 30)),
                     500000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_makes_the_old_answer_old),
        cmocka_unit_test(a_ttl_is_no_change),
        cmocka_unit_test(the_last_change),
        cmocka_unit_test(back_and_forth_leaves_the_middle),
        cmocka_unit_test(an_instant_has_one_answer),
        cmocka_unit_test(the_oldest_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
