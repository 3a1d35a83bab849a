/* SPDX-License-Identifier: MIT
 * The commercial licence, FACTS B2: every state with every event, every guard, its dates, and whom
 * it serves. The run starts on 2026-03-02, at 09:00 in China. */
#include "story.h"

enum { DAY = 86400 };

/* --- every (state, event), when every guard is content -------------------------------------- */

/* One letter per event: the state that follows, or '.' for COMMERCIAL_BAD_STATE. */
struct picture {
    const char *name;
    enum commercial_state from;
    const char *want;
};

// clang-format off
static struct picture pictures[] = {
    /* apply issue reject | report_due report_filed report_missed | expire revoke */
    {"B2.NONE",       COMMERCIAL_NONE,       "A.. ... .."},
    {"B2.APPLYING",   COMMERCIAL_APPLYING,   ".IN ... .."},
    {"B2.ISSUED",     COMMERCIAL_ISSUED,     "... D.. ER"},
    {"B2.REPORT_DUE", COMMERCIAL_REPORT_DUE, "... .IR ER"},
    {"B2.EXPIRED",    COMMERCIAL_EXPIRED,    "A.. ... .."},
    {"B2.REVOKED",    COMMERCIAL_REVOKED,    "A.. ... .."},
};
// clang-format on
_Static_assert(CN_ARRAY_LEN(pictures) == COMMERCIAL_STATE_COUNT, "every state has its row");

static const struct commercial_view content = {true, true, true};

static void check_picture(void **state)
{
    const struct picture *p = *state;
    unsigned e = 0;
    for (const char *want = p->want; *want != '\0'; want++) {
        if (*want == ' ') continue;
        struct commercial_step got = commercial_step(p->from, (enum commercial_event)e, &content);
        char c = got.refusal == REFUSAL_NONE                   ? "NAIDER"[got.to]
                 : got.refusal == REFUSAL_COMMERCIAL_BAD_STATE ? '.'
                                                               : '?';
        if (c != *want) fail_msg("%s, event %u: expected %c, got %c", p->name, e, *want, c);
        if (got.refusal != REFUSAL_NONE) assert_int_equal(got.to, p->from);
        e++;
    }
    assert_int_equal(e, COMMERCIAL_EVENT_COUNT);
}

/* --- guards of an application --------------------------------------------------------------- */

struct guard {
    const char *name;
    enum commercial_state from;
    struct commercial_view view;
    const char *want; /* the refusal */
};

// clang-format off
static struct guard guards[] = {
    {"B2.apply",                     COMMERCIAL_NONE,    {true, true, false},  ""},
    {"B2.apply.FILING_REQUIRED",     COMMERCIAL_NONE,    {false, false, true}, "FILING_REQUIRED"},
    {"B2.apply.HOLDER_NOT_ELIGIBLE", COMMERCIAL_EXPIRED, {true, false, true},  "HOLDER_NOT_ELIGIBLE"},
    {"B2.apply.COMMERCIAL_BARRED",   COMMERCIAL_REVOKED, {true, true, false},  "COMMERCIAL_BARRED"},
    {"B2.apply.bar_over",            COMMERCIAL_REVOKED, {true, true, true},   ""},
    {"B2.apply.expired_is_no_bar",   COMMERCIAL_EXPIRED, {true, true, false},  ""},
    {"B2.apply.COMMERCIAL_BAD_STATE", COMMERCIAL_ISSUED, {false, false, false},
     "COMMERCIAL_BAD_STATE"},
};
// clang-format on

static void check_guard(void **state)
{
    const struct guard *g = *state;
    struct commercial_step got = commercial_step(g->from, COMMERCIAL_EV_APPLY, &g->view);
    assert_string_equal(refusal_name(got.refusal), g->want);
}

/* --- in a world ----------------------------------------------------------------------------- */

static struct story s;

/* Two sites of one holder, of which the first needs the licence. */
static void prepare(enum commercial_state state)
{
    fixture_init(&s.f);
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    s.other = fixture_site(&s.f, "other.example");
    s.other_www = fixture_host(&s.f, "www.other.example");
    s.f.sites[s.shop].needs_commercial = true;
    s.f.holders[0].commercial = state;
}

static void begin(enum commercial_state state)
{
    prepare(state);
    fixture_build(&s.f);
}

static void end(void)
{
    fixture_free(&s.f);
}

static void applied(enum event_kind kind, int64_t at_s)
{
    must(&s, on_holder(kind, at_s, 0));
}

static void refused(enum event_kind kind, int64_t at_s, const char *code)
{
    assert_string_equal(refusal_name(fixture_apply(&s.f, on_holder(kind, at_s, 0))), code);
}

static void state_is(enum commercial_state want)
{
    assert_string_equal(commercial_state_name(world_commercial_state(s.f.w, s.shop)),
                        commercial_state_name(want));
}

/* Whether Shanghai is served from the mainland: the site that needs the licence; the other always
 * is. */
static void in_mainland(bool want)
{
    assert_int_equal(fixture_cell(&s.f, s.www, LINE_SH_TELECOM).pop, want ? POP_SHA : POP_HKG);
    assert_int_equal(fixture_cell(&s.f, s.other_www, LINE_SH_TELECOM).pop, POP_SHA);
}

static walltime wall(const char *text)
{
    walltime t = {0};
    assert_true(timetext_instant(text, &t));
    return t;
}

static void next_is(enum event_kind kind, const char *at)
{
    struct event fired;
    char got[TIMETEXT_MAX];
    assert_true(world_fire(s.f.w, &fired));
    assert_string_equal(event_info(fired.kind)->name, event_info(kind)->name);
    timetext_put_local(simtime_wall(s.f.spec.start, fired.at), 8 * 3600, got);
    assert_string_equal(got, at);
}

/* The licence is the bureau's: what counts is the filing, not what the partner knows of it; and any
 * filing of the holder will do. */
static void the_filing_counts_in_truth(void **state)
{
    (void)state;
    prepare(COMMERCIAL_NONE);
    s.f.spec.choices.observe_delay = (struct duration_range){simdur_s(60), simdur_s(60), false};
    fixture_build(&s.f);
    must(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    must(&s, on_site(EV_STATUS_UNKNOWN, 0, s.other));
    must(&s, on_site(EV_REVOKE_SITE, 1, s.other));
    refused(EV_COMMERCIAL_APPLY, 2, "FILING_REQUIRED");
    end();
    begin(COMMERCIAL_NONE);
    must(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    applied(EV_COMMERCIAL_APPLY, 1);
    end();
}

/* An audit's notice does not end the filing. */
static void a_filing_under_audit_will_do(void **state)
{
    (void)state;
    begin(COMMERCIAL_NONE);
    must(&s, on_site(EV_REVOKE_SITE, 0, s.other));
    must(&s, on_site(EV_AUDIT_HIT, 0, s.shop));
    applied(EV_COMMERCIAL_APPLY, 1);
    end();
}

static void an_ineligible_holder_is_refused(void **state)
{
    (void)state;
    prepare(COMMERCIAL_NONE);
    s.f.holders[0].type = APPLICANT_INDIVIDUAL;
    fixture_build(&s.f);
    refused(EV_COMMERCIAL_APPLY, 0, "HOLDER_NOT_ELIGIBLE");
    end();
}

/* Which states serve the sites that need it, and only those. */
static void a_licence_in_force_entitles(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COMMERCIAL_STATE_COUNT; i++) {
        begin((enum commercial_state)i);
        in_mainland(i == COMMERCIAL_ISSUED || i == COMMERCIAL_REPORT_DUE);
        end();
    }
}

/* C4.16: what was lost may be overlooked; what never was cannot. */
static void losses_may_be_overlooked(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COMMERCIAL_STATE_COUNT; i++) {
        prepare((enum commercial_state)i);
        s.f.spec.choices.commercial_loss = COMMERCIAL_LOSS_IGNORED;
        fixture_build(&s.f);
        in_mainland(i != COMMERCIAL_NONE && i != COMMERCIAL_APPLYING);
        end();
    }
}

/* January to March, in China's time, each year; in time unless an event or the setting says no. */
static void the_report_is_due_each_year(void **state)
{
    (void)state;
    begin(COMMERCIAL_ISSUED);
    next_is(EV_REPORT_DUE, "2027-01-01T00:00:00+08:00");
    state_is(COMMERCIAL_REPORT_DUE);
    in_mainland(true);
    next_is(EV_REPORT_FILED, "2027-04-01T00:00:00+08:00");
    state_is(COMMERCIAL_ISSUED);
    next_is(EV_REPORT_DUE, "2028-01-01T00:00:00+08:00");
    applied(EV_REPORT_FILED, 700 * DAY);
    refused(EV_REPORT_FILED, 700 * DAY, "COMMERCIAL_BAD_STATE");
    next_is(EV_REPORT_DUE, "2029-01-01T00:00:00+08:00");
    end();
    begin(COMMERCIAL_REPORT_DUE);
    next_is(EV_REPORT_FILED, "2026-04-01T00:00:00+08:00");
    end();
}

static void a_missed_report_costs_the_licence(void **state)
{
    (void)state;
    prepare(COMMERCIAL_ISSUED);
    s.f.spec.choices.annual_report = REPORT_MISSED;
    fixture_build(&s.f);
    next_is(EV_REPORT_DUE, "2027-01-01T00:00:00+08:00");
    next_is(EV_REPORT_MISSED, "2027-04-01T00:00:00+08:00");
    state_is(COMMERCIAL_REVOKED);
    in_mainland(false);
    assert_int_equal(s.f.w->sites[s.shop].filing, FILING_ACTIVE);
    end();
}

/* Three years to the nanosecond; from the start of the run for a licence revoked before it. */
static void a_revocation_bars_for_three_years(void **state)
{
    (void)state;
    begin(COMMERCIAL_ISSUED);
    applied(EV_COMMERCIAL_REVOKE, DAY);
    refused(EV_COMMERCIAL_APPLY, 1097 * DAY - 1, "COMMERCIAL_BARRED");
    applied(EV_COMMERCIAL_APPLY, 1097 * DAY);
    end();
    begin(COMMERCIAL_REVOKED);
    refused(EV_COMMERCIAL_APPLY, 1096 * DAY - 1, "COMMERCIAL_BARRED");
    applied(EV_COMMERCIAL_APPLY, 1096 * DAY);
    end();
}

static void it_expires(void **state)
{
    (void)state;
    prepare(COMMERCIAL_ISSUED);
    s.f.holders[0].commercial_until = wall("2026-06-01T12:00:00+08:00");
    fixture_build(&s.f);
    next_is(EV_COMMERCIAL_EXPIRED, "2026-06-01T12:00:00+08:00");
    state_is(COMMERCIAL_EXPIRED);
    in_mainland(false);
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
    applied(EV_COMMERCIAL_APPLY, 200 * DAY);
    applied(EV_COMMERCIAL_ISSUE, 250 * DAY);
    in_mainland(true);
    for (int year = 2027; year <= 2031; year++) {
        struct event fired;
        assert_true(world_fire(s.f.w, &fired));
        assert_int_equal(fired.kind, EV_REPORT_DUE);
        applied(EV_REPORT_FILED, fired.at.ns / SIMDUR_SECOND);
    }
    /* five years after 2026-11-07 */
    next_is(EV_COMMERCIAL_EXPIRED, "2031-11-07T09:00:00+08:00");
    end();
}

static void decisions_are_drawn(void **state)
{
    (void)state;
    int64_t low = INT64_MAX;
    int64_t high = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct event fired;
        prepare(COMMERCIAL_NONE);
        s.f.spec.seed = seed;
        s.f.spec.choices.reviews = REVIEWS_DRAWN;
        fixture_build(&s.f);
        applied(EV_COMMERCIAL_APPLY, 0);
        in_mainland(false);
        assert_true(world_fire(s.f.w, &fired));
        assert_int_equal(fired.kind, EV_COMMERCIAL_ISSUE);
        in_mainland(true);
        low = fired.at.ns < low ? fired.at.ns : low;
        high = fired.at.ns > high ? fired.at.ns : high;
        end();
    }
    assert_true(low >= 28 * DAY * SIMDUR_SECOND && low < 31 * DAY * SIMDUR_SECOND);
    assert_true(high <= 56 * DAY * SIMDUR_SECOND && high > 53 * DAY * SIMDUR_SECOND);
    prepare(COMMERCIAL_NONE);
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    fixture_build(&s.f);
    applied(EV_COMMERCIAL_APPLY, 0);
    applied(EV_COMMERCIAL_REJECT, DAY);
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
    end();
}

int main(void)
{
    enum { PICTURES = CN_ARRAY_LEN(pictures), GUARDS = CN_ARRAY_LEN(guards) };
    const struct CMUnitTest others[] = {
        {"B2.apply.FILING_REQUIRED.in_truth", the_filing_counts_in_truth, NULL, NULL, NULL},
        {"B2.apply.audit_notice_serves", a_filing_under_audit_will_do, NULL, NULL, NULL},
        {"B2.apply.HOLDER_NOT_ELIGIBLE.world", an_ineligible_holder_is_refused, NULL, NULL, NULL},
        {"B2.entitles", a_licence_in_force_entitles, NULL, NULL, NULL},
        {"C4.16", losses_may_be_overlooked, NULL, NULL, NULL},
        {"B2.report_due.each_year", the_report_is_due_each_year, NULL, NULL, NULL},
        {"B2.report_missed.by_setting", a_missed_report_costs_the_licence, NULL, NULL, NULL},
        {"B2.apply.COMMERCIAL_BARRED.dates", a_revocation_bars_for_three_years, NULL, NULL, NULL},
        {"B2.expire.dates", it_expires, NULL, NULL, NULL},
        {"B2.reviews.drawn", decisions_are_drawn, NULL, NULL, NULL},
    };
    struct CMUnitTest tests[PICTURES + GUARDS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, pictures, check_picture)
    TABLE_TESTS(tests + PICTURES, guards, check_guard)
    memcpy(tests + PICTURES + GUARDS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
