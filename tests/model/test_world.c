/* SPDX-License-Identifier: MIT
 * Stories of the world: what happens by itself when its time has come, who is touched by what, and
 * the way back to the mainland. */
#include "story.h"

enum { HOUR = 3600, DAY = 86400 };

static struct story s;

static void begin(const char *words)
{
    story_begin(&s, words);
}

static void end(void)
{
    fixture_free(&s.f);
}

static void applied(struct event e)
{
    must(&s, e);
    s.at_s = e.at.ns / SIMDUR_SECOND;
}

/* "sha 60", "nxdomain 60", ...: what `host` answers to Shanghai Telecom just now. */
static void answers(uint32_t host, const char *pop, uint32_t ttl_s)
{
    struct cell c = fixture_cell(&s.f, host, LINE_SH_TELECOM);
    assert_int_equal(c.kind, DECISION_POP);
    assert_string_equal(s.f.w->topology->pops[c.pop].id, pop);
    assert_int_equal(c.ttl_s, ttl_s);
}

static void next_is(enum event_kind kind, int64_t at_s)
{
    struct event fired;
    assert_int_equal(world_next_at(s.f.w).ns, at_s * SIMDUR_SECOND);
    assert_true(world_fire(s.f.w, &fired));
    assert_string_equal(event_info(fired.kind)->name, event_info(kind)->name);
    assert_int_equal(fired.at.ns, at_s * SIMDUR_SECOND);
    s.at_s = at_s;
}

static void nothing_is_due(void)
{
    struct event fired;
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns);
    assert_false(world_fire(s.f.w, &fired));
}

static const char *filing(void)
{
    return filing_state_name((enum filing_state)s.f.w->sites[s.shop].filing);
}

/* --- timers --------------------------------------------------------------------------------- */

static void approval_is_synced_after_8h(void **state)
{
    (void)state;
    begin("filing=BUREAU_REVIEW");
    applied(on_site(EV_BUREAU_PASS, 1000, s.shop));
    assert_string_equal(filing(), "APPROVED_UNSYNCED");
    answers(s.www, "hkg", 60);
    next_is(EV_FILING_SYNCED, 1000 + 8 * HOUR);
    assert_string_equal(filing(), "ACTIVE");
    answers(s.www, "sha", 60);
    nothing_is_due();
    end();
}

static void audit_runs_to_the_bureaus_clean_up(void **state)
{
    (void)state;
    begin("");
    applied(on_site(EV_REVOKE_SITE, 0, s.other)); /* the subject's only other filing */
    fixture_run_until(&s.f, 24 * HOUR);
    applied(on_site(EV_AUDIT_HIT, 2 * DAY, s.shop));
    assert_int_equal(world_filing_deadline(s.f.w, s.shop).ns, 32 * DAY * SIMDUR_SECOND);
    answers(s.www, "sha", 60);
    next_is(EV_AUDIT_TIMEOUT, 32 * DAY);
    assert_string_equal(filing(), "ACCESS_CANCELLED");
    answers(s.www, "hkg", 60);
    next_is(EV_FILING_SHELL, 33 * DAY);
    assert_string_equal(filing(), "SHELL_SUBJECT");
    assert_int_equal(world_filing_deadline(s.f.w, s.shop).ns, 93 * DAY * SIMDUR_SECOND);
    next_is(EV_SETTLED, 33 * DAY);
    next_is(EV_FILING_CLEANUP, 93 * DAY);
    assert_string_equal(filing(), "REVOKED");
    assert_int_equal(world_filing_deadline(s.f.w, s.shop).ns, SIMTIME_NEVER.ns);
    nothing_is_due();
    end();
}

static void shell_of_one_site_of_many(void **state)
{
    (void)state;
    begin("audit +31d");
    assert_string_equal(filing(), "SHELL_SITE");
    end();
}

static void another_access_keeps_the_filing_from_being_a_shell(void **state)
{
    (void)state;
    begin("both_carry audit +29d");
    next_is(EV_AUDIT_TIMEOUT, 30 * DAY);
    next_is(EV_SETTLED, 31 * DAY);
    nothing_is_due();
    assert_string_equal(filing(), "ACTIVE");
    answers(s.www, "hkg", 60); /* but not at the partner */
    end();
}

static void a_mended_audit_has_no_deadline(void **state)
{
    (void)state;
    begin("audit");
    applied(on_site(EV_AUDIT_FIX, 29 * DAY, s.shop));
    nothing_is_due();
    answers(s.www, "sha", 60);
    end();
}

static void a_revocation_ends_the_audit(void **state)
{
    (void)state;
    begin("audit");
    applied(on_site(EV_REVOKE_SITE, 10, s.shop));
    next_is(EV_SETTLED, 10 + DAY);
    nothing_is_due();
    end();
}

static void timers_start_with_the_world(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum event_kind kind;
        int64_t at_s;
    } starts[] = {{"filing=APPROVED_UNSYNCED", EV_FILING_SYNCED, 8 * HOUR},
                  {"filing=AUDIT_NOTICE", EV_AUDIT_TIMEOUT, 30 * DAY},
                  {"filing=ACCESS_CANCELLED", EV_FILING_SHELL, DAY},
                  {"filing=SHELL_SITE", EV_FILING_CLEANUP, 60 * DAY},
                  {"filing=SHELL_SUBJECT", EV_FILING_CLEANUP, 60 * DAY},
                  {"provisioning=PENDING", EV_PROVISIONED, DAY},
                  {"provisioning=PENDING_ALLOWLIST", EV_PROVISIONED, DAY}};
    for (size_t i = 0; i < CN_ARRAY_LEN(starts); i++) {
        begin(starts[i].words);
        next_is(starts[i].kind, starts[i].at_s);
        end();
    }
}

static void unknown_status_has_an_hours_grace(void **state)
{
    (void)state;
    begin("");
    applied(on_site(EV_STATUS_UNKNOWN, 100, s.shop));
    answers(s.www, "sha", 60);
    next_is(EV_GRACE_OVER, 100 + HOUR);
    answers(s.www, "hkg", 60);
    applied(on_site(EV_STATUS_KNOWN, 2 * DAY, s.shop));
    answers(s.www, "sha", 60);
    nothing_is_due();
    applied(on_site(EV_STATUS_UNKNOWN, 3 * DAY, s.shop)); /* a new grace, not an old one */
    answers(s.www, "sha", 60);
    applied(on_site(EV_STATUS_KNOWN, 3 * DAY + 1, s.shop));
    nothing_is_due();
    end();
}

static void what_happens_while_unknown_is_seen_when_known(void **state)
{
    (void)state;
    begin("unknown revoke");
    answers(s.www, "sha", 60);
    applied(on_site(EV_STATUS_KNOWN, 60, s.shop));
    answers(s.www, "hkg", 60);
    next_is(EV_SETTLED, 60 + DAY);
    answers(s.www, "hkg", 300);
    end();
}

static void provisioning_takes_a_day(void **state)
{
    (void)state;
    begin("provisioning=READY");
    applied(on_host(EV_ALLOWLIST, 0, s.www));
    next_is(EV_PROVISIONED, DAY);
    assert_int_equal(s.f.w->hosts[s.www].provisioning, PROVISIONING_ALLOWLISTED);
    answers(s.www, "hkg", 60);
    applied(on_host(EV_PROVISION, DAY, s.www));
    answers(s.www, "hkg", 60);
    next_is(EV_PROVISIONED, 2 * DAY);
    answers(s.www, "sha", 60);
    applied(on_host(EV_DEACTIVATE, 2 * DAY, s.www));
    answers(s.www, "hkg", 60);
    applied(on_host(EV_PROVISION, 2 * DAY, s.www));
    applied(on_host(EV_DEPROVISION, 2 * DAY + 5, s.www)); /* while pending */
    nothing_is_due();
    end();
}

static void a_host_to_come_is_provisioned_after_it_came(void **state)
{
    (void)state;
    begin("inactive provisioning=PENDING");
    nothing_is_due();
    applied(on_host(EV_ADD_HOST, 50, s.www));
    answers(s.www, "hkg", 60);
    next_is(EV_PROVISIONED, 50 + DAY);
    answers(s.www, "sha", 60);
    end();
}

static void an_alias_is_not_provisioned(void **state)
{
    (void)state;
    fixture_init(&s.f);
    fixture_site(&s.f, "shop.example");
    uint32_t host = fixture_alias(&s.f, "cdn.shop.example", "www.shop.example");
    s.f.hosts[host].provisioning = PROVISIONING_PENDING;
    fixture_build(&s.f);
    nothing_is_due();
    end();
}

/* --- durations that are drawn --------------------------------------------------------------- */

/* When the loss of shop.example's filing is observed under a delay of 1 to 5 hours. */
static simtime observed_at(uint64_t seed, bool alone, bool other_first)
{
    fixture_init(&s.f);
    s.f.spec.seed = seed;
    s.f.spec.choices.observe_delay =
        (struct duration_range){simdur_s(HOUR), simdur_s(5 * HOUR), false};
    uint32_t other = alone ? 0 : fixture_site(&s.f, "other.example");
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    fixture_build(&s.f);
    if (other_first) applied(on_site(EV_REVOKE_SITE, 0, other));
    applied(on_site(EV_REVOKE_SITE, 0, s.shop));
    answers(s.www, "sha", 60); /* the partner does not know yet */
    struct event fired;
    do {
        assert_true(world_fire(s.f.w, &fired));
    } while (fired.kind != EV_STATUS_OBSERVED || fired.site != s.shop);
    answers(s.www, "hkg", 60);
    end();
    return fired.at;
}

static void observation_is_drawn_from_its_range(void **state)
{
    (void)state;
    int64_t low = INT64_MAX;
    int64_t high = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        int64_t at = observed_at(seed, true, false).ns;
        assert_true(at >= HOUR * SIMDUR_SECOND && at <= 5 * HOUR * SIMDUR_SECOND);
        low = at < low ? at : low;
        high = at > high ? at : high;
    }
    assert_true(low < 66 * 60 * SIMDUR_SECOND);
    assert_true(high > 294 * 60 * SIMDUR_SECOND);
}

static void draws_depend_on_seed_and_site_alone(void **state)
{
    (void)state;
    int64_t at = observed_at(7, true, false).ns;
    assert_int_equal(observed_at(7, true, false).ns, at);
    assert_int_equal(observed_at(7, false, false).ns, at);
    assert_int_equal(observed_at(7, false, true).ns, at);
    assert_int_not_equal(observed_at(8, true, false).ns, at);
}

/* An audit's timeout is observed two days later, although the filing becomes a shell in between. */
static void a_later_change_does_not_postpone_what_is_known(void **state)
{
    (void)state;
    fixture_init(&s.f);
    s.f.spec.choices.observe_delay =
        (struct duration_range){simdur_s(2 * DAY), simdur_s(2 * DAY), false};
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    fixture_build(&s.f);
    applied(on_site(EV_AUDIT_HIT, 0, s.shop));
    next_is(EV_AUDIT_TIMEOUT, 30 * DAY);
    next_is(EV_FILING_SHELL, 31 * DAY);
    answers(s.www, "sha", 60);
    next_is(EV_STATUS_OBSERVED, 32 * DAY);
    answers(s.www, "hkg", 60);
    end();
}

/* --- who is touched ------------------------------------------------------------------------- */

static void a_subject_of_40_sites_falls_in_one_step(void **state)
{
    (void)state;
    static char domains[41][32];
    fixture_init(&s.f);
    uint32_t stranger = fixture_holder(&s.f, "somebody else");
    for (int i = 0; i <= 40; i++) {
        char host[40];
        snprintf(domains[i], sizeof(domains[i]), "site%d.example", i);
        snprintf(host, sizeof(host), "www.%s", domains[i]);
        uint32_t site = fixture_site(&s.f, domains[i]);
        fixture_host(&s.f, host);
        if (i == 20) s.f.sites[site].holder = stranger;
    }
    struct world *w = fixture_build(&s.f);
    applied(on_holder(EV_REVOKE_SUBJECT, 10, 0));
    assert_int_equal(w->changed.host_count, 40);
    for (uint32_t host = 0; host <= 40; host++) {
        answers(host, host == 20 ? "sha" : "hkg", 60);
        assert_int_equal(w->sites[host].filing, host == 20 ? FILING_ACTIVE : FILING_REVOKED);
    }
    end();
}

static void suspension_leaves_the_filing_alone(void **state)
{
    (void)state;
    static const char *const scopes[] = {"suspend:site", "suspend:holder", "suspend:account",
                                         "suspend:everyone"};
    for (size_t i = 0; i < CN_ARRAY_LEN(scopes); i++) {
        begin(scopes[i]);
        answers(s.www, "hkg", 60);
        answers(s.other_www, i == 0 ? "sha" : "hkg", 60);
        assert_string_equal(filing(), "ACTIVE");
        struct event resume[] = {
            on_site(EV_PARTNER_RESUME, 5, s.shop), on_holder(EV_PARTNER_RESUME, 5, 0),
            on_account(EV_PARTNER_RESUME, 5, 0), on_everyone(EV_PARTNER_RESUME, 5)};
        applied(resume[i]);
        answers(s.www, "sha", 60);
        answers(s.other_www, "sha", 60);
        end();
    }
}

static void suspensions_add_up(void **state)
{
    (void)state;
    begin("suspend:site suspend:holder suspend:everyone");
    applied(on_site(EV_PARTNER_RESUME, 1, s.shop));
    answers(s.www, "hkg", 60);
    applied(on_everyone(EV_PARTNER_RESUME, 2));
    answers(s.www, "hkg", 60);
    applied(on_holder(EV_PARTNER_RESUME, 3, 0));
    answers(s.www, "sha", 60);
    end();
}

/* The shared name is unmapped while any site of the group is lost, and for that group only. */
static void an_edge_name_is_mapped_again_when_the_last_loss_is_mended(void **state)
{
    (void)state;
    fixture_init(&s.f);
    static const char *const domains[] = {"a.example", "b.example", "c.example"};
    for (uint32_t i = 0; i < 3; i++) {
        char host[40];
        snprintf(host, sizeof(host), "www.%s", domains[i]);
        fixture_site(&s.f, domains[i]);
        fixture_host(&s.f, host);
        s.f.sites[i].policy = POLICY_UNMAP_SHARED;
        s.f.sites[i].edge_name = i == 2 ? 1 : 0;
    }
    fixture_build(&s.f);
    applied(on_site(EV_PARTNER_SUSPEND, 1, 0));
    answers(0, "hkg", 60);
    answers(1, "hkg", 60);
    answers(2, "sha", 60);
    assert_int_equal(s.f.w->changed.host_count, 2);
    applied(on_site(EV_REVOKE_SITE, 2, 1));
    applied(on_site(EV_PARTNER_RESUME, 3, 0));
    answers(0, "hkg", 60);
    applied(on_site(EV_FILING_REFILE, 4, 1)); /* its hosts leave the mainland network */
    answers(0, "sha", 60);
    answers(1, "hkg", 300);
    end();
}

/* --- the way back --------------------------------------------------------------------------- */

static void back_to_the_mainland_after_all_four_steps(void **state)
{
    (void)state;
    begin("revoke +25h");
    applied(on_site(EV_CLOSE_RESOLUTION, s.at_s, s.shop));
    applied(on_site(EV_FILING_REFILE, s.at_s, s.shop));
    assert_int_equal(s.f.w->sites[s.shop].vetting, VETTING_NOT_SUBMITTED);
    applied(on_site(EV_FILING_SUBMIT, s.at_s, s.shop));
    applied(on_site(EV_PROVIDER_PASS, s.at_s, s.shop));
    applied(on_site(EV_SMS_OK, s.at_s, s.shop));
    applied(on_site(EV_OPEN_RESOLUTION, s.at_s, s.shop));
    applied(on_site(EV_BUREAU_PASS, s.at_s, s.shop));
    answers(s.www, "hkg", 60);
    next_is(EV_FILING_SYNCED, s.at_s + 8 * HOUR);
    answers(s.www, "hkg", 300);
    applied(on_site(EV_VETTING_SUBMIT, s.at_s, s.shop));
    applied(on_site(EV_VETTING_START, s.at_s, s.shop));
    assert_string_equal(refusal_name(fixture_apply(&s.f, on_host(EV_PROVISION, s.at_s, s.www))),
                        "VETTING_REQUIRED");
    applied(on_site(EV_VETTING_APPROVE, s.at_s, s.shop));
    answers(s.www, "hkg", 60);
    applied(on_host(EV_PROVISION, s.at_s, s.www));
    answers(s.www, "hkg", 60);
    next_is(EV_PROVISIONED, s.at_s + 24 * HOUR);
    answers(s.www, "sha", 60);
    nothing_is_due();
    end();
}

static void a_refiled_site_is_its_own_again(void **state)
{
    (void)state;
    begin("revoke_subject");
    assert_true(s.f.w->sites[s.shop].by_subject);
    applied(on_site(EV_FILING_REFILE, 1, s.shop));
    assert_false(s.f.w->sites[s.shop].by_subject);
    assert_int_equal(s.f.w->hosts[s.www].provisioning, PROVISIONING_NOT_READY);
    end();
}

/* The reduced view that a router consumes: OK, NO, ILLEGAL, UNKNOWN. */
static void the_partner_sees_four_values(void **state)
{
    (void)state;
    begin("");
    const struct site *shop = &s.f.w->sites[s.shop];
    assert_int_equal(shop->status, STATUS_OK);
    struct event e = on_site(EV_AUDIT_HIT, 1, s.shop);
    e.cause = CAUSE_ILLEGAL_CONTENT;
    applied(e);
    assert_int_equal(shop->status, STATUS_OK);
    applied(on_site(EV_AUDIT_TIMEOUT, 2, s.shop));
    assert_int_equal(shop->status, STATUS_NO); /* the access is lost, nothing was revoked */
    applied(on_site(EV_REVOKE_SITE, 3, s.shop));
    assert_int_equal(shop->status, STATUS_NO); /* for a cause that is not stated */
    applied(on_site(EV_STATUS_UNKNOWN, 4, s.shop));
    assert_int_equal(shop->status, STATUS_UNKNOWN);
    e = on_site(EV_REVOKE_SITE, 5, s.other);
    e.cause = CAUSE_ILLEGAL_CONTENT;
    applied(e);
    assert_int_equal(s.f.w->sites[s.other].status, STATUS_ILLEGAL);
    answers(s.other_www, "hkg", 60);
    applied(on_site(EV_FILING_REFILE, 6, s.other));
    assert_int_equal(s.f.w->sites[s.other].status, STATUS_NO);
    end();
}

/* --- the rest ------------------------------------------------------------------------------- */

/* A cell remembers the generation of the network since which it has been what it is. */
static void cells_know_since_when(void **state)
{
    (void)state;
    begin("");
    uint32_t first = fixture_cell(&s.f, s.www, LINE_DE).since;
    applied(on_pop(EV_POP_DOWN, 1, POP_SHA));
    assert_int_equal(fixture_cell(&s.f, s.www, LINE_DE).since, first);
    struct cell moved = fixture_cell(&s.f, s.www, LINE_SH_TELECOM);
    assert_int_equal(moved.since, s.f.w->generation);
    applied(on_pop(EV_POP_DOWN, 2, POP_LAX));
    assert_int_equal(fixture_cell(&s.f, s.www, LINE_SH_TELECOM).since, moved.since);
    assert_int_equal(fixture_cell(&s.f, s.www, LINE_US).since, s.f.w->generation);
    end();
}

static void serial_is_the_second_of_the_last_change(void **state)
{
    (void)state;
    begin("");
    assert_int_equal(world_serial(s.f.w), FIXTURE_START_S);
    struct event e = on_site(EV_REVOKE_SITE, 100, s.shop);
    e.at.ns += SIMDUR_SECOND / 2;
    must(&s, e);
    assert_int_equal(world_serial(s.f.w), FIXTURE_START_S + 100);
    assert_int_equal(fixture_apply(&s.f, on_site(EV_REVOKE_SITE, 200, s.shop)),
                     REFUSAL_ICP_BAD_STATE);
    assert_int_equal(world_serial(s.f.w), FIXTURE_START_S + 100);
    end();
}

static void building_fails_cleanly_without_memory(void **state)
{
    (void)state;
    fixture_init(&s.f);
    fixture_site(&s.f, "shop.example");
    fixture_host(&s.f, "www.shop.example");
    fixture_build(&s.f);
    unsigned failures = 0;
    for (unsigned blocks = 0;; blocks++) {
        struct test_heap heap = {.blocks_max = blocks};
        struct arena a;
        arena_init(&a, test_heap_more, &heap);
        bool built = world_build(&a, &s.f.spec) != NULL;
        assert_int_equal(built, !a.failed);
        test_heap_free(&heap);
        if (built) break;
        failures++;
    }
    assert_true(failures > 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(approval_is_synced_after_8h),
        cmocka_unit_test(audit_runs_to_the_bureaus_clean_up),
        cmocka_unit_test(shell_of_one_site_of_many),
        cmocka_unit_test(another_access_keeps_the_filing_from_being_a_shell),
        cmocka_unit_test(a_mended_audit_has_no_deadline),
        cmocka_unit_test(a_revocation_ends_the_audit),
        cmocka_unit_test(timers_start_with_the_world),
        cmocka_unit_test(unknown_status_has_an_hours_grace),
        cmocka_unit_test(what_happens_while_unknown_is_seen_when_known),
        cmocka_unit_test(provisioning_takes_a_day),
        cmocka_unit_test(a_host_to_come_is_provisioned_after_it_came),
        cmocka_unit_test(an_alias_is_not_provisioned),
        cmocka_unit_test(observation_is_drawn_from_its_range),
        cmocka_unit_test(draws_depend_on_seed_and_site_alone),
        cmocka_unit_test(a_later_change_does_not_postpone_what_is_known),
        cmocka_unit_test(a_subject_of_40_sites_falls_in_one_step),
        cmocka_unit_test(suspension_leaves_the_filing_alone),
        cmocka_unit_test(suspensions_add_up),
        cmocka_unit_test(an_edge_name_is_mapped_again_when_the_last_loss_is_mended),
        cmocka_unit_test(back_to_the_mainland_after_all_four_steps),
        cmocka_unit_test(the_partner_sees_four_values),
        cmocka_unit_test(a_refiled_site_is_its_own_again),
        cmocka_unit_test(cells_know_since_when),
        cmocka_unit_test(serial_is_the_second_of_the_last_change),
        cmocka_unit_test(building_fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
