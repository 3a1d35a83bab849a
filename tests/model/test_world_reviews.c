/* SPDX-License-Identifier: MIT
 * Stories of licences and reviews: what lasts business days, what ends by itself, and what an event
 * ends before that. The run starts on Monday, 2026-03-02, at 09:00 in China. */
#include "cnedge/model/answer.h"

#include "story.h"

enum { HOUR = 3600, DAY = 86400 };

static struct story s;

static void applied(struct event e)
{
    must(&s, e);
    s.at_s = e.at.ns / SIMDUR_SECOND;
}

static void refused(struct event e, enum refusal code)
{
    assert_string_equal(refusal_name(fixture_apply(&s.f, e)), refusal_name(code));
}

static void next_is(enum event_kind kind, int64_t at_s)
{
    struct event fired;
    assert_int_equal(world_next_at(s.f.w).ns, at_s * SIMDUR_SECOND);
    assert_true(world_fire(s.f.w, &fired));
    assert_string_equal(event_info(fired.kind)->name, event_info(kind)->name);
    s.at_s = at_s;
}

/* Starts a story whose settings are still to be changed; fixture_build ends that. */
static void prepare(void)
{
    fixture_init(&s.f);
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    s.at_s = 0;
}

static void end(void)
{
    fixture_free(&s.f);
}

static struct duration_range business_days(int64_t min, int64_t max)
{
    return (struct duration_range){simdur_s(min * DAY), simdur_s(max * DAY), true};
}

/* --- business days -------------------------------------------------------------------------- */

/* A notice on Friday with a deadline of five business days ends a week later; a scenario's day off
 * moves it by one more, which is a Saturday, and so to Monday. */
static void business_days_are_counted_from_the_event(void **state)
{
    (void)state;
    static const int32_t wednesday[] = {20523}; /* 2026-03-11 */
    for (uint32_t off = 0; off <= 1; off++) {
        prepare();
        s.f.spec.choices.audit_deadline = business_days(5, 5);
        s.f.spec.calendar = (struct calendar){.holidays = wednesday, .holiday_count = off};
        fixture_build(&s.f);
        applied(on_site(EV_AUDIT_HIT, 4 * DAY, s.shop));
        next_is(EV_AUDIT_TIMEOUT, (off == 1 ? 14 : 11) * DAY);
        end();
    }
}

/* Data changed on Friday are three business days old on Wednesday, not on Monday. */
static void real_names_ripen_in_business_days(void **state)
{
    (void)state;
    prepare();
    s.f.sites[s.shop].filing = FILING_DRAFT;
    s.f.sites[s.shop].resolution_closed = true;
    s.f.sites[s.shop].realname_since = fixture_day(4);
    fixture_build(&s.f);
    refused(on_site(EV_FILING_SUBMIT, 7 * DAY, s.shop), REFUSAL_REALNAME_MISMATCH);
    refused(on_site(EV_FILING_SUBMIT, 9 * DAY - 1, s.shop), REFUSAL_REALNAME_MISMATCH);
    applied(on_site(EV_FILING_SUBMIT, 9 * DAY, s.shop));
    end();
}

/* --- reviews that end by themselves --------------------------------------------------------- */

static void nothing_is_due(void)
{
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
}

/* The next timer's event must be this one, `min..max` seconds after the story's last instant. */
static void next_within(enum event_kind kind, int64_t min, int64_t max)
{
    struct event fired;
    assert_true(world_fire(s.f.w, &fired));
    assert_string_equal(event_info(fired.kind)->name, event_info(kind)->name);
    int64_t after = fired.at.ns / SIMDUR_SECOND - s.at_s;
    if (after < min || after > max) fail_msg("%s after %lds", event_info(kind)->name, (long)after);
    s.at_s = fired.at.ns / SIMDUR_SECOND;
}

static void prepare_draft(int32_t reviews, uint64_t seed)
{
    prepare();
    s.f.spec.seed = seed;
    s.f.spec.choices.reviews = reviews;
    s.f.sites[s.shop].filing = FILING_DRAFT;
    s.f.sites[s.shop].vetting = VETTING_NOT_SUBMITTED;
    s.f.sites[s.shop].resolution_closed = true;
    s.f.hosts[s.www].provisioning = PROVISIONING_NOT_READY;
    fixture_build(&s.f);
}

/* The whole way under many seeds: each step in its range of FACTS B1 and B3. Twenty business days
 * from Monday, 2026-03-02 are at most 28 days; over Qingming one more. */
static void drawn_reviews_pass_in_time(void **state)
{
    (void)state;
    int64_t shortest = INT64_MAX;
    int64_t longest = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        prepare_draft(REVIEWS_DRAWN, seed);
        applied(on_site(EV_FILING_SUBMIT, 0, s.shop));
        next_within(EV_PROVIDER_PASS, DAY, 2 * DAY);
        next_within(EV_SMS_OK, HOUR, 12 * HOUR);
        int64_t before = s.at_s;
        next_within(EV_BUREAU_PASS, DAY, 31 * DAY);
        shortest = s.at_s - before < shortest ? s.at_s - before : shortest;
        longest = s.at_s - before > longest ? s.at_s - before : longest;
        next_within(EV_FILING_SYNCED, 8 * HOUR, 8 * HOUR);
        applied(on_site(EV_VETTING_SUBMIT, s.at_s, s.shop));
        next_within(EV_VETTING_START, 0, 0);
        next_within(EV_VETTING_APPROVE, 3 * DAY, 17 * DAY);
        assert_int_equal(s.f.w->sites[s.shop].vetting, VETTING_APPROVED);
        nothing_is_due();
        end();
    }
    assert_true(shortest <= 3 * DAY && longest >= 26 * DAY);
}

static void reviews_by_events_never_end_alone(void **state)
{
    (void)state;
    prepare_draft(REVIEWS_EVENTS, 1);
    applied(on_site(EV_FILING_SUBMIT, 0, s.shop));
    nothing_is_due();
    applied(on_site(EV_PROVIDER_PASS, 10, s.shop));
    nothing_is_due();
    applied(on_site(EV_SMS_OK, 20, s.shop));
    nothing_is_due();
    end();
}

/* An explicit event before the drawn end wins, and the drawn end never comes. */
static void an_event_comes_before_the_draw(void **state)
{
    (void)state;
    prepare_draft(REVIEWS_DRAWN, 1);
    applied(on_site(EV_FILING_SUBMIT, 0, s.shop));
    applied(on_site(EV_PROVIDER_FIX, HOUR, s.shop));
    nothing_is_due();
    applied(on_site(EV_FILING_SUBMIT, 2 * HOUR, s.shop));
    next_within(EV_PROVIDER_PASS, DAY, 2 * DAY);
    applied(on_site(EV_SMS_OK, s.at_s + 60, s.shop));
    applied(on_site(EV_BUREAU_REJECT, s.at_s + HOUR, s.shop));
    nothing_is_due();
    end();
}

/* The code is confirmed within its window, however long the draw; never once it is locked. */
static void drawn_confirmations_keep_to_the_window(void **state)
{
    (void)state;
    prepare();
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    s.f.spec.choices.sms_confirmation =
        (struct duration_range){simdur_s(3 * DAY), simdur_s(3 * DAY), false};
    s.f.sites[s.shop].filing = FILING_SMS_PENDING;
    fixture_build(&s.f);
    next_is(EV_SMS_OK, DAY);
    end();
    prepare();
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    s.f.sites[s.shop].filing = FILING_SMS_PENDING;
    fixture_build(&s.f);
    for (int i = 0; i < 6; i++) {
        applied(on_site(EV_SMS_WRONG, 60, s.shop));
    }
    nothing_is_due();
    end();
}

/* A change order is reviewed as a filing is; the site stays up. */
static void change_orders_are_reviewed(void **state)
{
    (void)state;
    prepare();
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    s.f.spec.choices.bureau_review = business_days(4, 4);
    fixture_build(&s.f);
    applied(on_site(EV_FILING_CHANGE, 0, s.shop));
    next_is(EV_FILING_CHANGE_DONE, 4 * DAY);
    assert_int_equal(s.f.w->sites[s.shop].filing, FILING_ACTIVE);
    end();
}

/* Under way at the start, they end as if they had begun then. */
static void reviews_under_way_at_the_start(void **state)
{
    (void)state;
    prepare();
    s.f.spec.choices.reviews = REVIEWS_DRAWN;
    s.f.spec.choices.bureau_review = business_days(5, 5);
    s.f.spec.choices.vetting_review = business_days(3, 3);
    s.f.sites[s.shop].filing = FILING_BUREAU_REVIEW;
    s.f.sites[s.shop].vetting = VETTING_UNDER_REVIEW;
    s.f.hosts[s.www].provisioning = PROVISIONING_NOT_READY;
    fixture_build(&s.f);
    next_is(EV_VETTING_APPROVE, 3 * DAY);
    next_is(EV_BUREAU_PASS, 7 * DAY);
    end();
}

/* --- looking again --------------------------------------------------------------------------- */

static void apply_change(bool content)
{
    if (content) {
        applied(on_site(EV_CONTENT_CHANGE, HOUR, s.shop));
    } else {
        applied(on_site(EV_FILING_CHANGE, 0, s.shop));
        applied(on_site(EV_FILING_CHANGE_DONE, HOUR, s.shop));
    }
}

/* Both triggers, each with its setting on and off; the site is served all the while. */
static void changes_make_the_partner_look_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bool content = (i & 1) != 0;
        bool on = (i & 2) != 0;
        prepare();
        *(content ? &s.f.spec.choices.rereview_on_content : &s.f.spec.choices.rereview_on_change) =
            on;
        s.f.spec.choices.reviews = REVIEWS_DRAWN;
        s.f.spec.choices.vetting_review = business_days(3, 3);
        s.f.spec.choices.bureau_review = business_days(9, 9);
        fixture_build(&s.f);
        apply_change(content);
        assert_int_equal(s.f.w->sites[s.shop].vetting, on ? VETTING_RE_REVIEW : VETTING_APPROVED);
        struct cell c = fixture_cell(&s.f, s.www, LINE_SH_TELECOM);
        assert_int_equal(c.pop, POP_SHA);
        if (on) next_is(EV_VETTING_APPROVE, 3 * DAY + HOUR);
        assert_int_equal(s.f.w->sites[s.shop].vetting, VETTING_APPROVED);
        end();
    }
}

/* Only what was approved is looked at again. */
static void unvetted_content_may_change(void **state)
{
    (void)state;
    prepare();
    s.f.sites[s.shop].vetting = VETTING_UNDER_REVIEW;
    s.f.hosts[s.www].provisioning = PROVISIONING_NOT_READY;
    fixture_build(&s.f);
    applied(on_site(EV_CONTENT_CHANGE, 0, s.shop));
    assert_int_equal(s.f.w->sites[s.shop].vetting, VETTING_UNDER_REVIEW);
    end();
}

/* --- lapses ---------------------------------------------------------------------------------- */

static struct filing_cause_of {
    enum filing_state filing;
    enum filing_cause cause;
} audited(uint32_t site)
{
    const struct site *x = &s.f.w->sites[site];
    return (struct filing_cause_of){(enum filing_state)x->filing, (enum filing_cause)x->cause};
}

static void answer_is(enum answer_kind want)
{
    struct answer a;
    answer_find(s.f.w, s.f.hosts[s.www].name, RR_A, LINE_SH_TELECOM, &a);
    assert_int_equal(a.kind, want);
}

/* The parent zone takes the name back at the instant that the registration says, and an audit
 * follows; renewed in time, nothing happens. */
static void registrations_lapse(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        prepare();
        s.f.sites[s.shop].domain_expires = fixture_day(10);
        if (i == 1) s.f.spec.choices.lapsed_domain = LAPSED_REFUSED;
        fixture_build(&s.f);
        if (i == 2) {
            applied(on_site(EV_DOMAIN_RENEW, DAY, s.shop));
            assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
            end();
            continue;
        }
        next_is(EV_DOMAIN_EXPIRE, 10 * DAY);
        answer_is(i == 1 ? ANSWER_REFUSED : ANSWER_NXDOMAIN);
        assert_int_equal(audited(s.shop).filing, FILING_AUDIT_NOTICE);
        assert_int_equal(audited(s.shop).cause, CAUSE_DOMAIN_LAPSED);
        refused(on_site(EV_AUDIT_FIX, 11 * DAY, s.shop), REFUSAL_AUDIT_NOT_MENDED);
        applied(on_site(EV_DOMAIN_RENEW, 12 * DAY, s.shop));
        answer_is(ANSWER_POP);
        applied(on_site(EV_AUDIT_FIX, 13 * DAY, s.shop));
        assert_int_equal(audited(s.shop).filing, FILING_ACTIVE);
        end();
    }
}

/* Every name of it and every type, existing or not; no row of the table is about that. */
static void a_lapsed_domain_answers_alike(void **state)
{
    static const char *const names[] = {"www.shop.example", "shop.example", "none.shop.example"};
    static const uint16_t types[] = {RR_A, RR_AAAA, RR_TXT, RR_SOA, RR_ANY};
    (void)state;
    for (unsigned i = 0; i < 2 * CN_ARRAY_LEN(names) * CN_ARRAY_LEN(types); i++) {
        struct answer a;
        uint8_t wire[DNAME_MAX];
        bool refused = i % 2 == 1;
        prepare();
        if (refused) s.f.spec.choices.lapsed_domain = LAPSED_REFUSED;
        fixture_build(&s.f);
        applied(on_site(EV_DOMAIN_EXPIRE, 1, s.shop));
        assert_true(dname_from_text(names[i / 2 % CN_ARRAY_LEN(names)], wire) > 0);
        answer_find(s.f.w, wire, types[i / 2 / CN_ARRAY_LEN(names)], LINE_SH_TELECOM, &a);
        assert_int_equal(a.kind, refused ? ANSWER_REFUSED : ANSWER_NXDOMAIN);
        assert_int_equal(a.cell.row, 0);
        end();
    }
}

/* A lapsed domain is not to be filed; a renewed one is, whatever the file said of its end. */
static void lapsed_domains_are_not_filed(void **state)
{
    (void)state;
    prepare();
    s.f.sites[s.shop].filing = FILING_DRAFT;
    s.f.sites[s.shop].resolution_closed = true;
    s.f.sites[s.shop].domain_expires = fixture_day(10);
    fixture_build(&s.f);
    next_is(EV_DOMAIN_EXPIRE, 10 * DAY);
    assert_int_equal(audited(s.shop).filing, FILING_DRAFT);
    refused(on_site(EV_FILING_SUBMIT, 10 * DAY, s.shop), REFUSAL_DOMAIN_TERM_SHORT);
    applied(on_site(EV_DOMAIN_RENEW, 10 * DAY, s.shop));
    applied(on_site(EV_FILING_SUBMIT, 10 * DAY, s.shop));
    end();
}

/* Every filing of the holder is audited; one change order brings the new certificate, and then the
 * others can be answered. */
static void certificates_lapse(void **state)
{
    (void)state;
    prepare();
    s.other = fixture_site(&s.f, "other.example");
    fixture_build(&s.f);
    applied(on_holder(EV_CERT_EXPIRE, 0, 0));
    assert_int_equal(audited(s.shop).cause, CAUSE_CERTIFICATE_EXPIRED);
    assert_int_equal(audited(s.other).filing, FILING_AUDIT_NOTICE);
    refused(on_site(EV_AUDIT_FIX, DAY, s.shop), REFUSAL_AUDIT_NOT_MENDED);
    applied(on_site(EV_FILING_CHANGE, 2 * DAY, s.shop));
    refused(on_site(EV_AUDIT_FIX, 3 * DAY, s.other), REFUSAL_AUDIT_NOT_MENDED);
    applied(on_site(EV_FILING_CHANGE_DONE, 4 * DAY, s.shop));
    applied(on_site(EV_AUDIT_FIX, 5 * DAY, s.other));
    assert_int_equal(audited(s.shop).filing, FILING_ACTIVE);
    assert_int_equal(audited(s.other).filing, FILING_ACTIVE);
    applied(on_holder(EV_CERT_EXPIRE, 6 * DAY, 0));
    next_is(EV_AUDIT_TIMEOUT, 36 * DAY);
    end();
}

/* Nobody writes the lapse: the day is known. */
static void a_certificate_ends_by_itself(void **state)
{
    (void)state;
    prepare();
    s.f.holders[0].certificate_until = fixture_day(10);
    fixture_build(&s.f);
    assert_int_equal(world_certificate_end(s.f.w, s.shop).ns, 10 * DAY * SIMDUR_SECOND);
    next_is(EV_CERT_EXPIRE, 10 * DAY);
    assert_int_equal(audited(s.shop).cause, CAUSE_CERTIFICATE_EXPIRED);
    assert_int_equal(world_certificate_end(s.f.w, s.shop).ns, SIMTIME_NEVER.ns);
    refused(on_holder(EV_CERT_EXPIRE, 11 * DAY, 0), REFUSAL_CERT_BAD_STATE);
    next_is(EV_AUDIT_TIMEOUT, 40 * DAY);
    end();
}

/* In time: nothing happens. There is one end to renew before. */
static void a_certificate_is_renewed_in_time(void **state)
{
    (void)state;
    prepare();
    s.f.holders[0].certificate_until = fixture_day(10);
    fixture_build(&s.f);
    applied(on_holder(EV_CERT_RENEW, 9 * DAY, 0));
    assert_int_equal(world_certificate_end(s.f.w, s.shop).ns, SIMTIME_NEVER.ns);
    refused(on_holder(EV_CERT_RENEW, 9 * DAY, 0), REFUSAL_CERT_BAD_STATE);
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
    assert_int_equal(audited(s.shop).filing, FILING_ACTIVE);
    end();
}

/* Too late: new orders stand on the new one; what stood on the old one asks for a change order. */
static void a_certificate_is_renewed_too_late(void **state)
{
    (void)state;
    prepare();
    s.other = fixture_site(&s.f, "other.example");
    s.f.sites[s.other].filing = FILING_DRAFT;
    fixture_build(&s.f);
    applied(on_holder(EV_CERT_EXPIRE, 0, 0));
    refused(on_site(EV_FILING_SUBMIT, DAY, s.other), REFUSAL_CERTIFICATE_EXPIRED);
    applied(on_holder(EV_CERT_RENEW, 2 * DAY, 0));
    refused(on_holder(EV_CERT_RENEW, 2 * DAY, 0), REFUSAL_CERT_BAD_STATE);
    refused(on_site(EV_AUDIT_FIX, 2 * DAY, s.shop), REFUSAL_AUDIT_NOT_MENDED);
    applied(on_site(EV_FILING_CHANGE, 3 * DAY, s.shop));
    applied(on_site(EV_FILING_CHANGE_DONE, 4 * DAY, s.shop));
    applied(on_site(EV_FILING_SUBMIT, 5 * DAY, s.other));
    refused(on_holder(EV_CERT_RENEW, 5 * DAY, 0), REFUSAL_CERT_BAD_STATE); /* no end is known */
    applied(on_holder(EV_CERT_EXPIRE, 6 * DAY, 0));
    applied(on_holder(EV_CERT_RENEW, 7 * DAY, 0));
    applied(on_holder(EV_CERT_EXPIRE, 8 * DAY, 0)); /* the new one, too */
    end();
}

/* It ended before the run: no audit begins, no order is taken; a change order mends that. */
static void a_certificate_had_ended(void **state)
{
    (void)state;
    prepare();
    s.other = fixture_site(&s.f, "other.example");
    s.f.sites[s.other].filing = FILING_DRAFT;
    s.f.holders[0].certificate_until = fixture_day(-1);
    fixture_build(&s.f);
    assert_int_equal(audited(s.shop).filing, FILING_ACTIVE);
    refused(on_site(EV_FILING_SUBMIT, DAY, s.other), REFUSAL_CERTIFICATE_EXPIRED);
    applied(on_site(EV_FILING_CHANGE, 3 * DAY, s.shop));
    applied(on_site(EV_FILING_CHANGE_DONE, 4 * DAY, s.shop));
    applied(on_site(EV_FILING_SUBMIT, 5 * DAY, s.other));
    end();
}

/* --- what a refusal met ---------------------------------------------------------------------- */

static void refusals_name_the_state(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        const char *want;
    } rows[] = {{EV_SMS_OK, "the filing is ACTIVE"},
                {EV_COMMERCIAL_ISSUE, "the commercial licence is NONE"},
                {EV_VETTING_START, "vetting is APPROVED"},
                {EV_STATUS_KNOWN, "the status is OK"},
                {EV_SUBSCRIPTION_ACTIVATE, "the subscription is ACTIVE"},
                {EV_PROVISION, "the host is PROVISIONED"},
                {EV_POP_UP, "the PoP's health is UP"}};
    char text[64];
    prepare();
    fixture_build(&s.f);
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct event e = on_site(rows[i].kind, 0, s.shop);
        e.host = s.www;
        e.account = 0;
        e.holder = 0;
        e.pop = POP_SHA;
        enum refusal r = fixture_apply(&s.f, e);
        assert_true(world_refusal_state(s.f.w, &e, r, text, sizeof(text)));
        assert_string_equal(text, rows[i].want);
    }
    struct event v6 = on_site(EV_DISABLE_IPV6, 0, s.shop);
    assert_false(world_refusal_state(s.f.w, &v6, REFUSAL_IPV6_MANDATORY, text, sizeof(text)));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"B1.reviews.drawn", drawn_reviews_pass_in_time, NULL, NULL, NULL},
        {"B1.reviews.events", reviews_by_events_never_end_alone, NULL, NULL, NULL},
        {"B1.reviews.event_wins", an_event_comes_before_the_draw, NULL, NULL, NULL},
        {"B1.reviews.sms_window", drawn_confirmations_keep_to_the_window, NULL, NULL, NULL},
        {"B1.reviews.change", change_orders_are_reviewed, NULL, NULL, NULL},
        {"C4.13.reviews_at_start", reviews_under_way_at_the_start, NULL, NULL, NULL},
        {"B3.rereview.triggers", changes_make_the_partner_look_again, NULL, NULL, NULL},
        {"B3.rereview.not_approved", unvetted_content_may_change, NULL, NULL, NULL},
        {"B1.domain_expire", registrations_lapse, NULL, NULL, NULL},
        {"D1.21.every_name", a_lapsed_domain_answers_alike, NULL, NULL, NULL},
        {"B1.submit.DOMAIN_TERM_SHORT.lapsed", lapsed_domains_are_not_filed, NULL, NULL, NULL},
        {"B1.cert_expire.timer", a_certificate_ends_by_itself, NULL, NULL, NULL},
        {"B1.cert_renew.in_time", a_certificate_is_renewed_in_time, NULL, NULL, NULL},
        {"B1.cert_renew.CERT_BAD_STATE", a_certificate_is_renewed_too_late, NULL, NULL, NULL},
        {"B1.cert_expire.before_the_run", a_certificate_had_ended, NULL, NULL, NULL},
        {"B1.audit_fix.AUDIT_NOT_MENDED", certificates_lapse, NULL, NULL, NULL},
        cmocka_unit_test(refusals_name_the_state),
        cmocka_unit_test(business_days_are_counted_from_the_event),
        cmocka_unit_test(real_names_ripen_in_business_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
