/* SPDX-License-Identifier: MIT
 * When an expectation is looked at, and what its windows include. */
#include "test.h"

#include "picture.h"

/* --- windows, in pictures ------------------------------------------------------------------- */

struct window_row {
    const char *name;
    const char *picture;
    const char *window;
    enum expect_when when;
    enum pop_class claim;
    int fails_at; /* second; -1: it holds */
};

/* clang-format off */
static struct window_row window_rows[] = {
    {"at: before the event",                      "MMMNN",
                                                  "..|..", EXPECT_AT,         POP_MAINLAND, -1},
    {"at: the event's instant, events first",     "MMMNN",
                                                  "...|.", EXPECT_AT,         POP_NEAR,     -1},
    {"at: the event's instant, no longer before", "MMMNN",
                                                  "...|.", EXPECT_AT,         POP_MAINLAND, 3},
    {"at: the start, events at 0 first",          "NNMMM",
                                                  "|....", EXPECT_AT,         POP_NEAR,     -1},
    {"at: the end",                               "MMMMN",
                                                  "....|", EXPECT_AT,         POP_NEAR,     -1},
    {"at: only the state after all events",       "MMfMM",
                                                  "..|..", EXPECT_AT,         POP_MAINLAND, -1},

    {"always: until the event that ends it",      "MMMNN",
                                                  "[..).", EXPECT_ALWAYS,     POP_MAINLAND, -1},
    {"always: one second too long",               "MMMNN",
                                                  "[...)", EXPECT_ALWAYS,     POP_MAINLAND, 3},
    {"always: from the event on",                 "MMNNN",
                                                  "..[.]", EXPECT_ALWAYS,     POP_NEAR,     -1},
    {"always: from is included",                  "MMNNN",
                                                  ".[..]", EXPECT_ALWAYS,     POP_NEAR,     1},
    {"always: up to the run's end includes it",   "MMMMN",
                                                  "[...]", EXPECT_ALWAYS,     POP_MAINLAND, 4},
    {"always: a failure in the middle",           "MNMMM",
                                                  "[...]", EXPECT_ALWAYS,     POP_MAINLAND, 1},
    {"always: not what is over before",           "NMMMM",
                                                  ".[..]", EXPECT_ALWAYS,     POP_MAINLAND, -1},
    {"always: not within an instant",             "MMfMM",
                                                  "[...]", EXPECT_ALWAYS,     POP_MAINLAND, -1},
    {"always: the run's last instant alone",      "MMMMN",
                                                  "....|", EXPECT_ALWAYS,     POP_NEAR,     -1},

    {"never: until the event that ends it",       "MMMNN",
                                                  "[..).", EXPECT_NEVER,      POP_NEAR,     -1},
    {"never: one second too long",                "MMMNN",
                                                  "[...)", EXPECT_NEVER,      POP_NEAR,     3},
    {"never: up to the run's end includes it",    "MMMMN",
                                                  "[...]", EXPECT_NEVER,      POP_NEAR,     4},
    {"never: from is included",                   "NMMMM",
                                                  "[...]", EXPECT_NEVER,      POP_NEAR,     0},
    {"never: not within an instant",              "NNfNN",
                                                  "[...]", EXPECT_NEVER,      POP_MAINLAND, -1},

    {"eventually: at its first instant",          "NMMMM",
                                                  "[..].", EXPECT_EVENTUALLY, POP_NEAR,     -1},
    {"eventually: in the middle",                 "MNMMM",
                                                  "[..].", EXPECT_EVENTUALLY, POP_NEAR,     -1},
    {"eventually: until is included",             "MMMNN",
                                                  "[..].", EXPECT_EVENTUALLY, POP_NEAR,     -1},
    {"eventually: too late by a second",          "MMMMN",
                                                  "[..].", EXPECT_EVENTUALLY, POP_NEAR,     3},
    {"eventually: over before it starts",         "NMMMM",
                                                  ".[.].", EXPECT_EVENTUALLY, POP_NEAR,     3},
    {"eventually: at the run's end",              "MMMMN",
                                                  "[...]", EXPECT_EVENTUALLY, POP_NEAR,     -1},
    {"eventually: one instant is enough room",    "MMNMM",
                                                  "..|..", EXPECT_EVENTUALLY, POP_NEAR,     -1},
    {"eventually: not within an instant",         "MMfMM",
                                                  "[...]", EXPECT_EVENTUALLY, POP_NEAR,     4},
};
/* clang-format on */

/* Goal: each window includes exactly the instants that scenario.h says. */
static void test_window(void **state)
{
    const struct window_row *row = *state;
    struct play p;
    struct expectation *e = draw(&p, row->picture, row->when, row->window);
    play_class(e, row->claim);
    play_run(&p, (int64_t)strlen(row->picture) - 1);
    assert_int_equal(p.status, CN_OK);
    const struct finding *f = play_finding(&p, 0);
    assert_int_equal(play_failed_at(f), row->fails_at);
    assert_int_equal(f->verdict, row->fails_at < 0 ? VERDICT_PASS : VERDICT_FAIL);
    assert_int_equal(play_invariants(&p)->verdict, VERDICT_PASS);
    play_free(&p);
}

/* --- changes -------------------------------------------------------------------------------- */

struct changes_row {
    const char *name;
    const char *picture;
    const char *window;
    uint32_t min, max;
    int fails_at;
};

/* clang-format off */
static struct changes_row changes_rows[] = {
    {"none, and none are wanted",                "MMMMM",
                                                 "[...]", 0, 0, -1},
    {"one, and none are wanted",                 "MMNNN",
                                                 "[...]", 0, 0, 4},
    {"there and back are two",                   "MNNMM",
                                                 "[...]", 2, 2, -1},
    {"too few",                                  "MNNNN",
                                                 "[...]", 2, 3, 4},
    {"too many",                                 "MNMNM",
                                                 "[...]", 1, 3, 4},
    {"any number from one on",                   "MNMNM",
                                                 "[...]", 1, INT32_MAX, -1},
    {"what the window opens with is no change",  "MNNNN",
                                                 ".[..]", 0, 0, -1},
    {"the end of a half-open window is outside", "MMMNN",
                                                 "[..).", 0, 0, -1},
    {"the run's end is inside",                  "MMMMN",
                                                 "[...]", 1, 1, -1},
    {"a window that ends says so when it ends",  "MNNNN",
                                                 "[..).", 0, 0, 3},
    {"there and back within an instant is none", "MMfMM",
                                                 "[...]", 0, 0, -1},
};
/* clang-format on */

/* Goal: changes are counted between the instants of the window. */
static void test_changes(void **state)
{
    const struct changes_row *row = *state;
    struct play p;
    play_changes(draw(&p, row->picture, EXPECT_ALWAYS, row->window), row->min, row->max);
    play_run(&p, (int64_t)strlen(row->picture) - 1);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), row->fails_at);
    play_free(&p);
}

/* Goal: a number and its noun agree, and an open range says "or more". */
static void test_changes_text(void **state)
{
    (void)state;
    struct play p;
    play_changes(draw(&p, "MNNNN", EXPECT_ALWAYS, "[...]"), 2, INT32_MAX);
    play_run(&p, 4);
    const struct failure *why = play_finding(&p, 0)->failure;
    assert_string_equal(why->expected, "2 or more changes of the answer");
    assert_string_equal(why->got, "1 change of the answer");
    play_free(&p);
}

/* Goal: another PoP of the same class is a change; another TTL is none. */
static void test_change_is_of_pop(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = draw(&p, "MMMMM", EXPECT_ALWAYS, "[...]");
    play_changes(e, 1, 1);
    play_event(&p, on_pop(EV_POP_DOWN, 1, POP_SHA)); /* telecom moves to can */
    play_event(&p, on_pop(EV_POP_DOWN, 2, POP_BJS)); /* which is not asked */
    play_run(&p, 4);
    assert_int_equal(play_finding(&p, 0)->verdict, VERDICT_PASS);
    play_free(&p);
}

/* Goal: what stands behind an answer is looked at even when the answer stays: when every PoP is
 * down, the one that answered before still does, but is not usable and not there for the same
 * reason. The site is lost before that, so that even the TTL stays. */
static void test_same_answer_other_reason(void **state)
{
    (void)state;
    static const uint8_t last_resort[] = {RULE_LAST_RESORT};
    static const uint16_t hkg[] = {POP_HKG};
    struct play p;
    play_init(&p);
    uint32_t shop = fixture_site(&p.f, "shop.example");
    uint32_t www = fixture_host(&p.f, "www.shop.example");
    struct expectation *nearest = play_answer(&p, www, LINE_SH_TELECOM);
    nearest->asserts = ASSERT_NEAREST;
    nearest->nearest = true;
    play_window(nearest, EXPECT_ALWAYS, 2, 9);
    struct expectation *reason = play_answer(&p, www, LINE_SH_TELECOM);
    reason->asserts = ASSERT_REASON;
    reason->rules = last_resort;
    reason->rule_count = 1;
    play_window(reason, EXPECT_NEVER, 2, 9);
    struct expectation *stays = play_answer(&p, www, LINE_SH_TELECOM);
    stays->asserts = ASSERT_POP | ASSERT_TTL;
    stays->pops = hkg;
    stays->pop_count = 1;
    stays->ttl_min_s = stays->ttl_max_s = p.f.spec.choices.ttl_failover_s;
    play_window(stays, EXPECT_ALWAYS, 2, 9);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, shop));
    for (uint16_t pop = 0; pop < POPS; pop++) {
        if (pop != POP_HKG) play_event(&p, on_pop(EV_POP_DOWN, 3, pop));
    }
    play_event(&p, on_pop(EV_POP_DOWN, 4, POP_HKG));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 4);
    assert_string_equal(play_finding(&p, 0)->failure->got,
                        "hkg (near, city of hkg) 198.18.3.1 ttl 60 row 10");
    assert_int_equal(play_failed_at(play_finding(&p, 1)), 4);
    assert_int_equal(play_failed_at(play_finding(&p, 2)), -1);
    play_free(&p);
}

/* --- items: hosts x lines ------------------------------------------------------------------- */

static const uint16_t two_lines[] = {LINE_SH_TELECOM, LINE_GD_MOBILE};
static const uint32_t two_hosts[] = {0, 1};

/* Two sites of a host each, asked for from two lines. */
static struct expectation *two_by_two(struct play *p)
{
    play_init(p);
    fixture_site(&p->f, "one.example");
    fixture_host(&p->f, "www.one.example");
    fixture_site(&p->f, "two.example");
    fixture_host(&p->f, "www.two.example");
    struct expectation *e = play_answer(p, 0, 0);
    e->hosts = two_hosts;
    e->host_count = 2;
    e->lines = two_lines;
    e->line_count = 2;
    return e;
}

static void assert_about(const struct failure *why, const char *name, uint16_t line)
{
    char shown[DNAME_TEXT_MAX];
    assert_non_null(why);
    dname_show(why->name, shown);
    assert_string_equal(shown, name);
    assert_int_equal(why->line, line);
}

/* Goal: "always" is about every host and line, and names the one that failed. */
static void test_always_every_item(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = two_by_two(&p);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_class(e, POP_MAINLAND);
    play_event(&p, on_site(EV_REVOKE_SITE, 5, 1));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 5);
    assert_about(play_finding(&p, 0)->failure, "www.two.example", LINE_SH_TELECOM);
    play_free(&p);
}

/* Goal: one line alone can break "always": an outage that moves only telecom. */
static void test_always_one_line(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = two_by_two(&p);
    e->asserts = ASSERT_POP;
    e->pops = (const uint16_t[]){POP_SHA, POP_CAN, POP_BJS};
    e->pop_count = 3;
    play_window(e, EXPECT_NEVER, 0, 9);
    e->pops = (const uint16_t[]){POP_BJS};
    e->pop_count = 1;
    play_event(&p, on_pop(EV_POP_DOWN, 4, POP_SHA)); /* mobile moves to bjs, telecom to can */
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 4);
    assert_about(play_finding(&p, 0)->failure, "www.one.example", LINE_GD_MOBILE);
    play_free(&p);
}

/* Goal: "eventually" wants every host and line once, not all at the same time. */
static void test_eventually_one_by_one(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = two_by_two(&p);
    play_window(e, EXPECT_EVENTUALLY, 0, 9);
    play_class(e, POP_NEAR);
    play_event(&p, on_site(EV_PARTNER_SUSPEND, 1, 0));
    play_event(&p, on_site(EV_PARTNER_RESUME, 2, 0));
    play_event(&p, on_site(EV_PARTNER_SUSPEND, 3, 1));
    play_event(&p, on_site(EV_PARTNER_RESUME, 4, 1));
    play_run(&p, 9);
    assert_int_equal(play_finding(&p, 0)->verdict, VERDICT_PASS);
    play_free(&p);
}

/* Goal: "eventually" names the first host and line that was never seen. */
static void test_eventually_misses_one(void **state)
{
    (void)state;
    struct play p;
    struct expectation *e = two_by_two(&p);
    play_window(e, EXPECT_EVENTUALLY, 0, 8);
    play_class(e, POP_NEAR);
    play_event(&p, on_site(EV_PARTNER_SUSPEND, 1, 0));
    play_run(&p, 9);
    assert_int_equal(play_failed_at(play_finding(&p, 0)), 8);
    assert_about(play_finding(&p, 0)->failure, "www.two.example", LINE_SH_TELECOM);
    assert_string_equal(play_finding(&p, 0)->failure->expected, "eventually class near");
    play_free(&p);
}

/* --- names, aliases ------------------------------------------------------------------------- */

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

int main(void)
{
    enum { WINDOWS = CN_ARRAY_LEN(window_rows), CHANGES = CN_ARRAY_LEN(changes_rows) };
    struct CMUnitTest windows[WINDOWS];
    struct CMUnitTest changes[CHANGES];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_text),
        cmocka_unit_test(test_change_is_of_pop),
        cmocka_unit_test(test_same_answer_other_reason),
        cmocka_unit_test(test_always_every_item),
        cmocka_unit_test(test_always_one_line),
        cmocka_unit_test(test_eventually_one_by_one),
        cmocka_unit_test(test_eventually_misses_one),
        cmocka_unit_test(test_undeclared_name),
        cmocka_unit_test(test_alias_of_another_site),
        cmocka_unit_test(test_names_above),
        cmocka_unit_test(test_alias_circle),
    };
    TABLE_TESTS(windows, window_rows, test_window);
    TABLE_TESTS(changes, changes_rows, test_changes);
    return cmocka_run_group_tests_name("windows", windows, NULL, NULL) +
           cmocka_run_group_tests_name("changes", changes, NULL, NULL) +
           cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
