/* SPDX-License-Identifier: MIT
 * What the partner and the authority take their time with: detecting an outage (C4.8), carrying a
 * loss out site by site and telling DNS (C4.10), and the audit of what stays overseas (FACTS 0.3).
 */
#include "story.h"

static struct fixture f;
static uint32_t www[24];

enum { HOUR = 3600, DAY = 86400 };

/* Sites of one holder and one account, with a host each; the settings are still open. */
static void begin(unsigned sites)
{
    static char names[24][32];
    fixture_init(&f);
    for (unsigned i = 0; i < sites; i++) {
        snprintf(names[i], sizeof(names[i]), "site%02u.example", i);
        fixture_site(&f, names[i]);
        www[i] = fixture_host(&f, names[i]);
    }
}

static const char *answer(unsigned i)
{
    struct decision d;
    world_decide(f.w, www[i], LINE_SH_TELECOM, FAMILY_V4, &d);
    return f.pops[d.pop].id;
}

static unsigned inside(unsigned sites)
{
    unsigned n = 0;
    for (unsigned i = 0; i < sites; i++) {
        n += strcmp(answer(i), "sha") == 0 ? 1 : 0;
    }
    return n;
}

static void apply(struct event e)
{
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
}

static struct duration_range seconds(int64_t s)
{
    return (struct duration_range){.min = simdur_s(s), .max = simdur_s(s)};
}

/* --- C4.8: who finds out that a partner is out, and when ------------------------------------ */

static void an_outage_is_detected_after_a_while(void **state)
{
    (void)state;
    begin(1);
    f.spec.choices.outage_detection = seconds(90);
    fixture_build(&f);
    apply(on_partner(EV_PARTNER_DOWN, 10, 0));
    assert_string_equal(answer(0), "sha"); /* nobody knows yet */
    fixture_run_until(&f, 99);
    assert_string_equal(answer(0), "sha");
    fixture_run_until(&f, 100);
    assert_string_equal(answer(0), "hkg");
    apply(on_partner(EV_PARTNER_UP, 200, 0));
    assert_string_equal(answer(0), "sha");
    apply(on_partner(EV_PARTNER_DOWN, 300, 0));
    apply(on_partner(EV_PARTNER_UP, 380, 0)); /* over before it was found */
    fixture_run_until(&f, 500);
    assert_string_equal(answer(0), "sha");
    fixture_free(&f);
}

static void an_operator_alone_declares(void **state)
{
    (void)state;
    begin(1);
    f.spec.choices.outage_authority = OUTAGE_OPERATOR;
    fixture_build(&f);
    apply(on_partner(EV_PARTNER_DOWN, 10, 0));
    fixture_run_until(&f, DAY);
    assert_string_equal(answer(0), "sha");
    apply(on_partner(EV_OUTAGE_DECLARE, DAY, 0));
    assert_string_equal(answer(0), "hkg");
    apply(on_partner(EV_PARTNER_UP, DAY + 60, 0));
    assert_string_equal(answer(0), "hkg"); /* until it is taken back */
    apply(on_partner(EV_OUTAGE_CLEAR, DAY + 120, 0));
    assert_string_equal(answer(0), "sha");
    fixture_free(&f);
}

/* --- C4.10: legal event -> partner -> DNS ---------------------------------------------------- */

static void dns_follows_the_partner(void **state)
{
    (void)state;
    begin(1);
    f.spec.choices.observe_delay = seconds(HOUR);
    f.spec.choices.publish_delay = seconds(60);
    fixture_build(&f);
    apply(on_site(EV_REVOKE_SITE, 10, 0));
    fixture_run_until(&f, 10 + HOUR);
    assert_true(f.w->sites[0].learnt);
    assert_string_equal(answer(0), "sha");
    fixture_run_until(&f, 10 + HOUR + 60);
    assert_false(f.w->sites[0].learnt);
    assert_string_equal(answer(0), "hkg");
    fixture_free(&f);
}

static void what_comes_back_meanwhile_is_not_lost(void **state)
{
    (void)state;
    begin(1);
    f.sites[0].accesses = 3; /* at the partner and elsewhere */
    f.spec.choices.observe_delay = seconds(HOUR);
    fixture_build(&f);
    apply(on_access(EV_ACCESS_CANCEL, 10, 0, 0));
    apply(on_access(EV_ACCESS_ADD, 20, 0, 0));
    apply(on_site(EV_FILING_CHANGE_DONE, 30, 0));
    fixture_run_until(&f, 2 * HOUR);
    assert_string_equal(answer(0), "sha");
    fixture_free(&f);
}

/* Counts how many of 24 sites are still inside after each batch. */
static void count_batches(unsigned left[4], struct event e, uint64_t seed)
{
    begin(24);
    f.spec.seed = seed;
    f.spec.choices.partner_batches = 4;
    f.spec.choices.batch_interval = seconds(600);
    fixture_build(&f);
    apply(e);
    for (unsigned i = 0; i < 4; i++) {
        fixture_run_until(&f, 10 + 600 * (int64_t)i);
        left[i] = inside(24);
    }
    fixture_free(&f);
}

static void a_scope_is_worked_through_in_batches(void **state)
{
    (void)state;
    const struct event events[] = {
        on_holder(EV_REVOKE_SUBJECT, 10, 0), on_holder(EV_PARTNER_SUSPEND, 10, 0),
        on_account(EV_PARTNER_SUSPEND, 10, 0), on_account(EV_PARTNER_TERMINATE, 10, 0)};
    for (size_t i = 0; i < CN_ARRAY_LEN(events); i++) {
        unsigned left[4];
        unsigned again[4];
        count_batches(left, events[i], 7);
        count_batches(again, events[i], 7);
        assert_memory_equal(left, again, sizeof(left));
        assert_in_range(left[0], 1, 23);
        assert_true(left[0] > left[1] && left[1] > left[2] && left[2] > left[3]);
        assert_int_equal(left[3], 0);
    }
}

static void one_batch_is_at_once(void **state)
{
    (void)state;
    begin(24);
    fixture_build(&f);
    apply(on_account(EV_PARTNER_SUSPEND, 10, 0));
    assert_int_equal(inside(24), 0);
    apply(on_account(EV_PARTNER_RESUME, 20, 0));
    assert_int_equal(inside(24), 24);
    fixture_free(&f);
}

/* A site that waits for its batch takes what then holds: nothing, when all was taken back. */
static void a_batch_sees_how_things_stand(void **state)
{
    (void)state;
    begin(24);
    f.spec.choices.partner_batches = 1000;
    f.spec.choices.batch_interval = seconds(600);
    fixture_build(&f);
    apply(on_account(EV_PARTNER_SUSPEND, 10, 0));
    unsigned before = inside(24);
    assert_in_range(before, 20, 24);
    apply(on_account(EV_PARTNER_RESUME, 20, 0));
    fixture_run_until(&f, 8 * DAY);
    assert_int_equal(inside(24), 24);
    fixture_free(&f);
}

/* --- the long-failover loop ------------------------------------------------------------------ */

static void begin_loop(void)
{
    begin(2);
    f.spec.choices.overseas_audit = true;
    f.spec.choices.overseas_tolerance = seconds(10 * DAY);
    fixture_build(&f);
}

static const char *filing(unsigned site)
{
    return filing_state_name((enum filing_state)f.w->sites[site].filing);
}

static void staying_overseas_costs_the_filing(void **state)
{
    (void)state;
    begin_loop();
    apply(on_partner(EV_PARTNER_DOWN, 0, 0));
    fixture_run_until(&f, 10 * DAY - 1);
    assert_string_equal(filing(0), "ACTIVE");
    fixture_run_until(&f, 10 * DAY);
    assert_string_equal(filing(0), "AUDIT_NOTICE");
    assert_int_equal(f.w->sites[0].cause, CAUSE_RESOLVES_OVERSEAS);
    assert_int_equal(fixture_apply(&f, on_site(EV_AUDIT_FIX, 10 * DAY, 0)),
                     REFUSAL_AUDIT_STILL_OVERSEAS);
    fixture_run_until(&f, 40 * DAY);
    assert_string_equal(filing(0), "ACCESS_CANCELLED");
    apply(on_partner(EV_PARTNER_UP, 40 * DAY, 0));
    assert_string_equal(answer(0), "hkg"); /* health is not enough any more */
    fixture_run_until(&f, 101 * DAY);
    assert_string_equal(filing(0), "REVOKED");
    fixture_free(&f);
}

static void coming_back_in_time_can_be_answered(void **state)
{
    (void)state;
    begin_loop();
    apply(on_partner(EV_PARTNER_DOWN, 0, 0));
    fixture_run_until(&f, 10 * DAY);
    apply(on_partner(EV_PARTNER_UP, 11 * DAY, 0));
    assert_string_equal(answer(0), "sha");
    apply(on_site(EV_AUDIT_FIX, 12 * DAY, 0));
    fixture_run_until(&f, 101 * DAY);
    assert_string_equal(filing(0), "ACTIVE");
    assert_string_equal(filing(1), "REVOKED"); /* its notice was not answered */
    fixture_free(&f);
}

static void a_short_failover_starts_no_audit(void **state)
{
    (void)state;
    begin_loop();
    for (int64_t day = 0; day < 30; day += 10) {
        apply(on_partner(EV_PARTNER_DOWN, day * DAY, 0));
        fixture_run_until(&f, (day + 9) * DAY);
        apply(on_partner(EV_PARTNER_UP, (day + 9) * DAY, 0));
    }
    fixture_run_until(&f, 60 * DAY);
    assert_string_equal(filing(0), "ACTIVE");
    fixture_free(&f);
}

/* It is where the names resolve that counts, not why. */
static void a_suspension_counts_too(void **state)
{
    (void)state;
    begin_loop();
    apply(on_site(EV_PARTNER_SUSPEND, 0, 0));
    fixture_run_until(&f, 10 * DAY);
    assert_string_equal(filing(0), "AUDIT_NOTICE");
    assert_string_equal(filing(1), "ACTIVE");
    apply(on_site(EV_PARTNER_RESUME, 11 * DAY, 0));
    apply(on_site(EV_AUDIT_FIX, 11 * DAY, 0));
    apply(on_everyone(EV_PARTNER_SUSPEND, 12 * DAY));
    fixture_run_until(&f, 22 * DAY);
    assert_string_equal(filing(1), "AUDIT_NOTICE");
    fixture_free(&f);
}

/* Off, it sets no timer at all. */
static void it_is_off_by_default(void **state)
{
    (void)state;
    begin(2);
    fixture_build(&f);
    apply(on_partner(EV_PARTNER_DOWN, 0, 0));
    assert_true(world_next_at(f.w).ns == SIMTIME_NEVER.ns);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"C4.8.detected", an_outage_is_detected_after_a_while, NULL, NULL, NULL},
        {"C4.8.operator", an_operator_alone_declares, NULL, NULL, NULL},
        {"C4.10.partner_then_dns", dns_follows_the_partner, NULL, NULL, NULL},
        {"C4.10.back_meanwhile", what_comes_back_meanwhile_is_not_lost, NULL, NULL, NULL},
        {"C4.10.batches", a_scope_is_worked_through_in_batches, NULL, NULL, NULL},
        {"C4.10.at_once", one_batch_is_at_once, NULL, NULL, NULL},
        {"C4.10.taken_back", a_batch_sees_how_things_stand, NULL, NULL, NULL},
        {"C4.14.overseas", staying_overseas_costs_the_filing, NULL, NULL, NULL},
        {"C4.14.overseas.answered", coming_back_in_time_can_be_answered, NULL, NULL, NULL},
        {"C4.14.overseas.short", a_short_failover_starts_no_audit, NULL, NULL, NULL},
        {"C4.14.overseas.suspended", a_suspension_counts_too, NULL, NULL, NULL},
        {"C4.14.overseas.off", it_is_off_by_default, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
