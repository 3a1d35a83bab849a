/* SPDX-License-Identifier: MIT
 * When an expectation is looked at, and what its windows include. */
#include "test.h"

#include "play.h"

/* --- windows, in pictures ------------------------------------------------------------------------
 */

/* A picture has a character for each second of the run: what Shanghai Telecom is answered after the
 * events of that second.
 *
 *     M   a mainland PoP
 *     N   a near one: the partner's network is down
 *     f   as the second before, but it failed and came back, or came back and failed, within it
 *
 * A window's picture stands below it: '[' is `from`, ')' or ']' is `until`, '|' is both. */
static bool picture_is_up(const char *picture, size_t i)
{
    while (i > 0 && picture[i] == 'f') {
        i--;
    }
    return picture[i] != 'N';
}

static void draw_events(struct play *p, const char *picture)
{
    bool up = true;
    for (size_t i = 0; picture[i] != '\0'; i++) {
        bool now = picture_is_up(picture, i);
        bool twice = picture[i] == 'f';
        if (twice || now != up) {
            play_event(p, fixture_event(up ? EV_PARTNER_DOWN : EV_PARTNER_UP, (int64_t)i));
        }
        if (twice) play_event(p, fixture_event(up ? EV_PARTNER_UP : EV_PARTNER_DOWN, (int64_t)i));
        up = now;
    }
}

static void draw_window(struct expectation *e, enum expect_when when, const char *window)
{
    size_t from = strcspn(window, "[|");
    size_t until = strcspn(window, ")]|");
    play_window(e, when, (int64_t)from, (int64_t)until);
}

/* A site with one host and the picture's events; returns an expectation about that host. */
static struct expectation *draw(struct play *p, const char *picture, enum expect_when when,
                                const char *window)
{
    play_init(p);
    fixture_site(&p->f, "shop.example");
    uint32_t www = fixture_host(&p->f, "www.shop.example");
    draw_events(p, picture);
    struct expectation *e = play_answer(p, www, LINE_SH_TELECOM);
    draw_window(e, when, window);
    return e;
}

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

/* --- changes -------------------------------------------------------------------------------------
 */

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

/* --- items: hosts x lines ------------------------------------------------------------------------
 */

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
    };
    TABLE_TESTS(windows, window_rows, test_window);
    TABLE_TESTS(changes, changes_rows, test_changes);
    return cmocka_run_group_tests_name("windows", windows, NULL, NULL) +
           cmocka_run_group_tests_name("changes", changes, NULL, NULL) +
           cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
