/* SPDX-License-Identifier: MIT
 * The filing with the public security bureau, FACTS B4: every state with every event, the guard,
 * when the duty begins, and what it does to routing. */
#include "story.h"

enum { DAY = 86400 };

/* One letter per event: the state that follows, or '.' for PSB_BAD_STATE. */
struct picture {
    const char *name;
    enum psb_state from;
    const char *want;
};

// clang-format off
static struct picture pictures[] = {
    /* start submit accept return | overdue warn penalise */
    {"B4.NOT_DUE",   PSB_NOT_DUE,   "D... ..."},
    {"B4.DUE",       PSB_DUE,       ".S.. O.."},
    {"B4.SUBMITTED", PSB_SUBMITTED, "..FR ..."},
    {"B4.FILED",     PSB_FILED,     ".... ..."},
    {"B4.RETURNED",  PSB_RETURNED,  ".S.. ..."},
    {"B4.OVERDUE",   PSB_OVERDUE,   ".S.. .W."},
    {"B4.WARNED",    PSB_WARNED,    ".S.. ..P"},
    {"B4.PENALISED", PSB_PENALISED, ".S.. ..."},
};
// clang-format on
_Static_assert(CN_ARRAY_LEN(pictures) == PSB_STATE_COUNT, "every state has its row");

static void check_picture(void **state)
{
    const struct picture *p = *state;
    unsigned e = 0;
    for (const char *want = p->want; *want != '\0'; want++) {
        if (*want == ' ') continue;
        struct psb_step got = psb_step(p->from, (enum psb_event)e, true);
        char c = got.refusal == REFUSAL_NONE            ? "NDSFROWP"[got.to]
                 : got.refusal == REFUSAL_PSB_BAD_STATE ? '.'
                                                        : '?';
        if (c != *want) fail_msg("%s, event %u: expected %c, got %c", p->name, e, *want, c);
        e++;
    }
    assert_int_equal(e, PSB_EVENT_COUNT);
}

static struct story s;

static void prepare(enum filing_state filing)
{
    fixture_init(&s.f);
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    s.f.sites[s.shop].filing = filing;
    s.f.sites[s.shop].psb = PSB_NOT_DUE;
}

static void applied(enum event_kind kind, int64_t at_s)
{
    must(&s, on_site(kind, at_s, s.shop));
}

static void state_is(enum psb_state want)
{
    assert_string_equal(psb_state_name((enum psb_state)s.f.w->sites[s.shop].psb),
                        psb_state_name(want));
}

static void needs_an_icp_filing(void **state)
{
    (void)state;
    prepare(FILING_BUREAU_REVIEW);
    s.f.sites[s.shop].psb = PSB_DUE;
    fixture_build(&s.f);
    enum refusal got = fixture_apply(&s.f, on_site(EV_PSB_SUBMIT, 0, s.shop));
    assert_string_equal(refusal_name(got), "PSB_NEEDS_ICP");
    fixture_free(&s.f);
}

/* At the approval, or when the site is open and its filing in force: the sources disagree. */
static void the_clock_starts(void **state)
{
    (void)state;
    struct event fired;
    prepare(FILING_BUREAU_REVIEW);
    s.f.spec.choices.psb_clock = PSB_CLOCK_ICP_APPROVAL;
    fixture_build(&s.f);
    applied(EV_BUREAU_PASS, 0);
    state_is(PSB_DUE);
    assert_int_equal(world_psb_deadline(s.f.w, s.shop).ns, 30 * DAY * SIMDUR_SECOND);
    fixture_free(&s.f);
    prepare(FILING_BUREAU_REVIEW);
    s.f.sites[s.shop].resolution_closed = true;
    fixture_build(&s.f);
    applied(EV_BUREAU_PASS, 0);
    assert_true(world_fire(s.f.w, &fired)); /* synced */
    state_is(PSB_NOT_DUE);
    applied(EV_OPEN_RESOLUTION, 5 * DAY);
    state_is(PSB_DUE);
    assert_int_equal(world_psb_deadline(s.f.w, s.shop).ns, 35 * DAY * SIMDUR_SECOND);
    fixture_free(&s.f);
}

/* The whole way down, and C4.17: only a penalty, and only where the setting says so, moves answers.
 */
static void penalties_may_affect_routing(void **state)
{
    (void)state;
    for (int on = 0; on <= 1; on++) {
        struct event fired;
        prepare(FILING_ACTIVE);
        s.f.sites[s.shop].psb = PSB_DUE;
        s.f.spec.choices.psb_affects_routing = on == 1;
        fixture_build(&s.f);
        assert_true(world_fire(s.f.w, &fired));
        assert_int_equal(fired.kind, EV_PSB_OVERDUE);
        assert_int_equal(fired.at.ns, 30 * DAY * SIMDUR_SECOND);
        applied(EV_PSB_WARN, 31 * DAY);
        assert_int_equal(fixture_cell(&s.f, s.www, LINE_SH_TELECOM).pop, POP_SHA);
        applied(EV_PSB_PENALISE, 40 * DAY);
        assert_int_equal(fixture_cell(&s.f, s.www, LINE_SH_TELECOM).pop,
                         on == 1 ? POP_HKG : POP_SHA);
        applied(EV_PSB_SUBMIT, 41 * DAY);
        applied(EV_PSB_RETURN, 42 * DAY);
        applied(EV_PSB_SUBMIT, 43 * DAY);
        applied(EV_PSB_ACCEPT, 50 * DAY);
        state_is(PSB_FILED);
        assert_int_equal(fixture_cell(&s.f, s.www, LINE_SH_TELECOM).pop, POP_SHA);
        fixture_free(&s.f);
    }
}

static void reviews_are_drawn(void **state)
{
    (void)state;
    struct event fired;
    prepare(FILING_ACTIVE);
    s.f.sites[s.shop].psb = PSB_SUBMITTED;
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    fixture_build(&s.f);
    assert_true(world_fire(s.f.w, &fired));
    assert_int_equal(fired.kind, EV_PSB_ACCEPT);
    assert_true(fired.at.ns >= 14 * DAY * SIMDUR_SECOND && fired.at.ns <= 29 * DAY * SIMDUR_SECOND);
    fixture_free(&s.f);
}

int main(void)
{
    enum { PICTURES = CN_ARRAY_LEN(pictures) };
    const struct CMUnitTest others[] = {
        {"B4.submit.PSB_NEEDS_ICP", needs_an_icp_filing, NULL, NULL, NULL},
        {"B4.start.clock", the_clock_starts, NULL, NULL, NULL},
        {"C4.17", penalties_may_affect_routing, NULL, NULL, NULL},
        {"B4.reviews.drawn", reviews_are_drawn, NULL, NULL, NULL},
    };
    struct CMUnitTest tests[PICTURES + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, pictures, check_picture)
    memcpy(tests + PICTURES, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
