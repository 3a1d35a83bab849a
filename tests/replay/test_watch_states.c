/* SPDX-License-Identifier: MIT
 * Expectations about states and events, and what a run makes of each expectation. */
#include "test.h"

#include "picture.h"

/* --- states, events ------------------------------------------------------------------------- */

/* Goal: states of sites, accounts and hosts are looked at after every event. */
static void test_states(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    uint32_t shop = fixture_site(&p.f, "shop.example");
    uint32_t www = fixture_host(&p.f, "www.shop.example");
    struct expectation *e = play_expect(&p, EXPECT_STATE);
    e->site = shop;
    e->asserts = ASSERT_FILING | ASSERT_VETTING;
    e->filing = FILING_ACTIVE;
    e->vetting = VETTING_APPROVED;
    play_window(e, EXPECT_ALWAYS, 0, 9);
    e = play_expect(&p, EXPECT_STATE);
    e->account = 0;
    e->asserts = ASSERT_SUBSCRIPTION;
    e->subscription = SUBSCRIPTION_ENDED;
    play_window(e, EXPECT_NEVER, 0, 9);
    e = play_expect(&p, EXPECT_STATE);
    e->host = www;
    e->asserts = ASSERT_PROVISIONING;
    e->provisioning = PROVISIONING_DEPROVISIONED;
    play_window(e, EXPECT_EVENTUALLY, 0, 5);
    e = play_expect(&p, EXPECT_STATE);
    e->site = shop;
    e->asserts = ASSERT_COMMERCIAL;
    e->commercial = COMMERCIAL_NONE;
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_event(&p, on_site(EV_REVOKE_SITE, 3, shop));
    play_event(&p, on_host(EV_DEPROVISION, 5, www));
    play_event(&p, on_account(EV_SUBSCRIPTION_END, 7, 0));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 3);
    assert_string_equal(play_finding(&p, 0)->failure->got, "filing REVOKED, vetting APPROVED");
    assert_int_equal(play_failed_at(play_finding(&p, 1)), 7);
    assert_string_equal(play_finding(&p, 1)->failure->expected, "never subscription ENDED");
    assert_int_equal(play_failed_at(play_finding(&p, 2)), -1);
    assert_int_equal(play_failed_at(play_finding(&p, 3)), -1);
    play_free(&p);
}

/* Goal: an event is neither applied nor refused before it happened. */
static void test_event_outcome(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    uint32_t shop = fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    play_event(&p, on_site(EV_REVOKE_SITE, 3, shop))->id = "revoked";
    play_event(&p, on_site(EV_REVOKE_SITE, 5, shop))->refused = REFUSAL_ICP_BAD_STATE;
    for (int64_t at = 2; at <= 3; at++) {
        struct expectation *e = play_expect(&p, EXPECT_EVENT);
        e->event = 0;
        e->asserts = ASSERT_APPLIED;
        play_window(e, EXPECT_AT, at, at);
        e = play_expect(&p, EXPECT_EVENT);
        e->event = 1;
        e->asserts = ASSERT_REFUSED;
        e->refused = REFUSAL_ICP_BAD_STATE;
        play_window(e, EXPECT_AT, at + 2, at + 2);
    }
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 2);
    assert_string_equal(play_finding(&p, 0)->failure->got, "the event did not happen");
    assert_string_equal(play_finding(&p, 0)->failure->expected, "the event is applied");
    assert_int_equal(play_failed_at(play_finding(&p, 1)), 4);
    assert_string_equal(play_finding(&p, 1)->failure->expected,
                        "the event is refused with ICP_BAD_STATE");
    assert_int_equal(play_finding(&p, 2)->verdict, VERDICT_PASS);
    assert_int_equal(play_finding(&p, 3)->verdict, VERDICT_PASS);
    play_free(&p);
}

/* --- verdicts ------------------------------------------------------------------------------- */

struct verdict_row {
    const char *name;
    enum pop_class claim; /* of what is a mainland answer all the time */
    bool skip, expect_fail;
    enum verdict verdict;
};

static struct verdict_row verdict_rows[] = {
    {"holds", POP_MAINLAND, false, false, VERDICT_PASS},
    {"fails", POP_NEAR, false, false, VERDICT_FAIL},
    {"holds, skipped", POP_MAINLAND, true, false, VERDICT_SKIP},
    {"fails, skipped", POP_NEAR, true, false, VERDICT_SKIP},
    {"holds, was to fail", POP_MAINLAND, false, true, VERDICT_FAIL},
    {"fails, was to fail", POP_NEAR, false, true, VERDICT_EXPECTED_FAIL},
};

/* Goal: skip and expect_fail turn verdicts as DESIGN section 6 says. */
static void test_verdict(void **state)
{
    const struct verdict_row *row = *state;
    struct play p;
    struct expectation *e = draw(&p, "MMMM", EXPECT_ALWAYS, "[..]");
    play_class(e, row->claim);
    e->skip = row->skip ? "for now" : NULL;
    e->expect_fail = row->expect_fail ? "not built yet" : NULL;
    play_run(&p, 3);
    const struct finding *f = play_finding(&p, 0);
    assert_int_equal(f->verdict, row->verdict);
    bool good = row->verdict == VERDICT_PASS || row->verdict == VERDICT_EXPECTED_FAIL;
    assert_int_equal(p.result.passed, good ? 2 : 1); /* and the invariants */
    assert_int_equal(p.result.failed, row->verdict == VERDICT_FAIL ? 1 : 0);
    assert_int_equal(p.result.skipped, row->verdict == VERDICT_SKIP ? 1 : 0);
    if (row->expect_fail && row->verdict == VERDICT_FAIL) {
        assert_string_equal(f->failure->expected, "a failure (expect_fail: not built yet)");
        assert_string_equal(f->failure->got, "the expectation holds");
    }
    play_free(&p);
}

/* Goal: what was never looked at has not held. */
static void test_never_looked_at(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = draw(&p, "MMMMMMMMM", EXPECT_ALWAYS, "......[.]");
    play_class(e, POP_MAINLAND);
    play_run(&p, 4);
    const struct finding *f = play_finding(&p, 0);
    assert_int_equal(f->verdict, VERDICT_FAIL);
    assert_string_equal(f->failure->got, "the run ended before this was ever looked at");
    play_free(&p);
}

int main(void)
{
    enum { VERDICTS = CN_ARRAY_LEN(verdict_rows) };
    struct CMUnitTest verdicts[VERDICTS];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_event_outcome),
        cmocka_unit_test(test_never_looked_at),
    };
    TABLE_TESTS(verdicts, verdict_rows, test_verdict);
    return cmocka_run_group_tests_name("verdicts", verdicts, NULL, NULL) +
           cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
