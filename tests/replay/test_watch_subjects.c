/* SPDX-License-Identifier: MIT
 * What expectations can be about besides a host's answer: other names, aliases, states, events; and
 * what becomes of their verdicts. */
#include "test.h"

#include "play.h"

/* --- names, aliases ------------------------------------------------------------------------------
 */

/* Goal: a name that is no host is looked at whenever anything happens. */
static void test_undeclared_name(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    uint32_t later = fixture_host(&p.f, "new.shop.example");
    p.f.hosts[later].active = false;
    struct expectation *e = play_name(&p, "no.shop.example", LINE_DE);
    play_rcode(e, RCODE_NXDOMAIN);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    e = play_name(&p, "shop.test", LINE_DE);
    play_rcode(e, RCODE_REFUSED);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    e = play_name(&p, "_why.new.shop.example", LINE_DE);
    e->type = RR_TXT;
    play_rcode(e, RCODE_NXDOMAIN);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    e = play_answer(&p, later, LINE_DE);
    play_rcode(e, RCODE_NXDOMAIN);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_event(&p, on_host(EV_ADD_HOST, 6, later));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), -1);
    assert_int_equal(play_failed_at(play_finding(&p, 1)), -1);
    assert_int_equal(play_failed_at(play_finding(&p, 2)), 6);
    assert_int_equal(play_failed_at(play_finding(&p, 3)), 6);
    play_free(&p);
}

/* Goal: an alias is looked at again when a host changes that it leads to, on another site and by
 * way of another alias; also when that host only comes into being. */
static void test_alias_of_another_site(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "one.example");
    uint32_t first = fixture_alias(&p.f, "www.one.example", "www.two.example");
    uint32_t dangling = fixture_alias(&p.f, "new.one.example", "new.three.example");
    fixture_site(&p.f, "two.example");
    fixture_alias(&p.f, "www.two.example", "www.three.example");
    uint32_t three = fixture_site(&p.f, "three.example");
    fixture_host(&p.f, "www.three.example");
    uint32_t later = fixture_host(&p.f, "new.three.example");
    p.f.hosts[later].active = false;
    struct expectation *e = play_answer(&p, first, LINE_SH_TELECOM);
    play_class(e, POP_MAINLAND);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    e = play_answer(&p, dangling, LINE_SH_TELECOM);
    play_rcode(e, RCODE_NXDOMAIN);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_event(&p, on_site(EV_REVOKE_SITE, 4, three));
    play_event(&p, on_host(EV_ADD_HOST, 6, later));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 4);
    assert_int_equal(play_failed_at(play_finding(&p, 1)), 6);
    play_free(&p);
}

/* Goal: a host that comes into being makes the names above it exist, and aliases of those answer
 * otherwise, though none of them has changed. */
static void test_names_above(void **state)
{
    (void)state;
    static const char *const later[] = {"new.shop.example", "below.new.shop.example",
                                        "leaf.empty.shop.example"};
    uint32_t host[CN_ARRAY_LEN(later)];
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "shop.example");
    uint32_t alias = fixture_alias(&p.f, "alias.shop.example", "empty.shop.example");
    for (size_t i = 0; i < CN_ARRAY_LEN(later); i++) {
        host[i] = fixture_host(&p.f, later[i]);
        p.f.hosts[host[i]].active = false;
    }
    for (size_t i = 0; i < 2; i++) {
        struct expectation *e = play_answer(&p, i == 0 ? host[0] : alias, LINE_DE);
        play_rcode(e, RCODE_NXDOMAIN);
        play_window(e, EXPECT_ALWAYS, 0, 9);
    }
    play_event(&p, on_host(EV_ADD_HOST, 4, host[1]));
    play_event(&p, on_host(EV_ADD_HOST, 7, host[2]));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 4);
    assert_int_equal(play_failed_at(play_finding(&p, 1)), 7);
    play_free(&p);
}

/* Goal: aliases in a circle are no endless loop. */
static void test_alias_circle(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "one.example");
    uint32_t a = fixture_alias(&p.f, "a.one.example", "b.one.example");
    fixture_alias(&p.f, "b.one.example", "a.one.example");
    struct expectation *e = play_answer(&p, a, LINE_DE);
    play_rcode(e, RCODE_NOERROR);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_run(&p, 9);
    assert_int_equal(play_finding(&p, 0)->verdict, VERDICT_PASS);
    play_free(&p);
}

/* --- states, events ------------------------------------------------------------------------------
 */

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

/* --- verdicts ------------------------------------------------------------------------------------
 */

/* An expectation about a host that a mainland PoP answers all the time. */
static struct expectation *one_host(struct play *p)
{
    play_init(p);
    fixture_site(&p->f, "shop.example");
    uint32_t www = fixture_host(&p->f, "www.shop.example");
    return play_answer(p, www, LINE_SH_TELECOM);
}

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
    struct expectation *e = one_host(&p);
    play_window(e, EXPECT_ALWAYS, 0, 3);
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
    struct expectation *e = one_host(&p);
    play_window(e, EXPECT_ALWAYS, 6, 8);
    play_class(e, POP_MAINLAND);
    play_run(&p, 4);
    const struct finding *f = play_finding(&p, 0);
    assert_int_equal(f->verdict, VERDICT_FAIL);
    assert_string_equal(f->failure->got, "the run ended before this was ever looked at");
    play_free(&p);
}

int main(void)
{
    struct CMUnitTest verdicts[CN_ARRAY_LEN(verdict_rows)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undeclared_name), cmocka_unit_test(test_alias_of_another_site),
        cmocka_unit_test(test_names_above),     cmocka_unit_test(test_alias_circle),
        cmocka_unit_test(test_states),          cmocka_unit_test(test_event_outcome),
        cmocka_unit_test(test_never_looked_at),
    };
    TABLE_TESTS(verdicts, verdict_rows, test_verdict);
    return cmocka_run_group_tests_name("verdicts", verdicts, NULL, NULL) +
           cmocka_run_group_tests_name("watch_subjects", tests, NULL, NULL);
}
