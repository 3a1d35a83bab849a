/* SPDX-License-Identifier: MIT
 * Access at one provider, and subjects: every state with every event, from FACTS B1 by hand; then
 * what several providers and several filings mean in a world. */
#include "story.h"

/* --- every (state, event) ------------------------------------------------------------------- */

struct row {
    const char *name;
    enum access_state from;
    enum access_event event;
    enum access_state to;
    const char *refused;
};

#define A(name, from, event, to, refused)                                                          \
    {                                                                                              \
        "B1." name, ACCESS_##from, ACCESS_EV_##event, ACCESS_##to, refused                         \
    }

// clang-format off
static struct row rows[] = {
    A("access_add.ORDERED", NONE, ADD, ORDERED, ""),
    A("access_done.none", NONE, DONE, NONE, "ACCESS_BAD_STATE"),
    A("access_void.none", NONE, VOID, NONE, "ACCESS_BAD_STATE"),
    A("access_cancel.ACCESS_NOT_FILED", NONE, CANCEL, NONE, "ACCESS_NOT_FILED"),
    A("access_add.ACCESS_BAD_STATE", ORDERED, ADD, ORDERED, "ACCESS_BAD_STATE"),
    A("access_done.ACTIVE", ORDERED, DONE, ACTIVE, ""),
    A("access_void.NONE", ORDERED, VOID, NONE, ""),
    A("access_cancel.ordered", ORDERED, CANCEL, ORDERED, "ACCESS_NOT_FILED"),
    A("access_add.active", ACTIVE, ADD, ACTIVE, "ACCESS_BAD_STATE"),
    A("access_done.active", ACTIVE, DONE, ACTIVE, "ACCESS_BAD_STATE"),
    A("access_void.active", ACTIVE, VOID, ACTIVE, "ACCESS_BAD_STATE"),
    A("access_cancel.CANCELLED", ACTIVE, CANCEL, CANCELLED, ""),
    A("access_add.again", CANCELLED, ADD, ORDERED, ""),
    A("access_done.cancelled", CANCELLED, DONE, CANCELLED, "ACCESS_BAD_STATE"),
    A("access_void.cancelled", CANCELLED, VOID, CANCELLED, "ACCESS_BAD_STATE"),
    A("access_cancel.cancelled", CANCELLED, CANCEL, CANCELLED, "ACCESS_NOT_FILED"),
};
// clang-format on

static void check_row(void **state)
{
    const struct row *r = *state;
    struct access_step got = access_step(r->from, r->event);
    assert_int_equal(got.to, r->to);
    assert_string_equal(refusal_name(got.refusal), r->refused);
    assert_true(access_state_text(got.to)[0] != '\0');
}

struct subject_row {
    const char *name;
    enum subject_state from;
    enum subject_event event;
    enum subject_state to; /* the old state: refused */
};

#define S(name, from, event, to)                                                                   \
    {                                                                                              \
        "B1.subject." name, SUBJECT_##from, SUBJECT_EV_##event, SUBJECT_##to                       \
    }

// clang-format off
static struct subject_row subjects[] = {
    S("filed.ACTIVE", NONE, FILED, ACTIVE),
    S("emptied.none", NONE, EMPTIED, NONE),
    S("cleanup.none", NONE, CLEANUP, NONE),
    S("deregister.none", NONE, DEREGISTER, NONE),
    S("revoke.none", NONE, REVOKE, NONE),
    S("filed.active", ACTIVE, FILED, ACTIVE),
    S("emptied.SHELL", ACTIVE, EMPTIED, SHELL),
    S("cleanup.active", ACTIVE, CLEANUP, ACTIVE),
    S("deregister.DEREGISTERED", ACTIVE, DEREGISTER, DEREGISTERED),
    S("revoke.REVOKED", ACTIVE, REVOKE, REVOKED),
    S("filed.shell", SHELL, FILED, ACTIVE),
    S("emptied.shell", SHELL, EMPTIED, SHELL),
    S("cleanup.REVOKED", SHELL, CLEANUP, REVOKED),
    S("deregister.shell", SHELL, DEREGISTER, DEREGISTERED),
    S("revoke.shell", SHELL, REVOKE, REVOKED),
    S("filed.deregistered", DEREGISTERED, FILED, ACTIVE),
    S("emptied.deregistered", DEREGISTERED, EMPTIED, DEREGISTERED),
    S("cleanup.deregistered", DEREGISTERED, CLEANUP, DEREGISTERED),
    S("deregister.deregistered", DEREGISTERED, DEREGISTER, DEREGISTERED),
    S("revoke.deregistered", DEREGISTERED, REVOKE, DEREGISTERED),
    S("filed.revoked", REVOKED, FILED, ACTIVE),
    S("emptied.revoked", REVOKED, EMPTIED, REVOKED),
    S("cleanup.revoked", REVOKED, CLEANUP, REVOKED),
    S("deregister.revoked", REVOKED, DEREGISTER, REVOKED),
    S("revoke.revoked", REVOKED, REVOKE, REVOKED),
};
// clang-format on

static void check_subject(void **state)
{
    const struct subject_row *r = *state;
    struct subject_step got = subject_step(r->from, r->event);
    bool stays = r->from == r->to && r->event != SUBJECT_EV_FILED;
    assert_int_equal(got.to, r->to);
    assert_string_equal(refusal_name(got.refusal), stays ? "ICP_BAD_STATE" : "");
    assert_true(subject_state_text(got.to)[0] != '\0');
}

static void no_pair_is_left_out(void **state)
{
    (void)state;
    bool access[ACCESS_STATE_COUNT][ACCESS_EVENT_COUNT] = {{false}};
    bool subject[SUBJECT_STATE_COUNT][SUBJECT_EVENT_COUNT] = {{false}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        assert_false(access[rows[i].from][rows[i].event]);
        access[rows[i].from][rows[i].event] = true;
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(subjects); i++) {
        assert_false(subject[subjects[i].from][subjects[i].event]);
        subject[subjects[i].from][subjects[i].event] = true;
    }
    assert_int_equal(CN_ARRAY_LEN(rows), ACCESS_STATE_COUNT * ACCESS_EVENT_COUNT);
    assert_int_equal(CN_ARRAY_LEN(subjects), SUBJECT_STATE_COUNT * SUBJECT_EVENT_COUNT);
}

/* --- in the world --------------------------------------------------------------------------- */

static struct story s;

static const char *access_at(uint16_t provider)
{
    return access_state_name(world_access_at(s.f.w, s.shop, provider));
}

static const char *subject(void)
{
    return subject_state_name((enum subject_state)s.f.w->holders[0].subject);
}

static const char *filing_of(uint32_t site)
{
    return filing_state_name((enum filing_state)s.f.w->sites[site].filing);
}

static void accesses_go_one_by_one(void **state)
{
    (void)state;
    story_begin(&s, "both_carry");
    assert_int_equal(world_access_count(s.f.w, s.shop), 2);
    must(&s, on_access(EV_ACCESS_CANCEL, 1, s.shop, 0));
    assert_string_equal(access_at(0), "CANCELLED");
    assert_string_equal(access_at(1), "ACTIVE");
    assert_string_equal(filing_of(s.shop), "ACTIVE");
    assert_int_equal(world_access_count(s.f.w, s.shop), 1);
    must(&s, on_access(EV_ACCESS_CANCEL, 2, s.shop, 1));
    assert_string_equal(filing_of(s.shop), "ACCESS_CANCELLED");
    assert_int_equal(world_access_count(s.f.w, s.shop), 0);
    fixture_run_until(&s.f, 3 + 61 * 24 * 3600);
    assert_string_equal(filing_of(s.shop), "REVOKED");
    assert_string_equal(subject(), "ACTIVE"); /* by its other site */
    fixture_free(&s.f);
}

static void an_audit_is_of_one_provider(void **state)
{
    (void)state;
    story_begin(&s, "both_carry");
    must(&s, on_access(EV_AUDIT_HIT, 1, s.shop, 1));
    fixture_run_until(&s.f, 2 + 30 * 24 * 3600);
    assert_string_equal(access_at(1), "CANCELLED");
    assert_string_equal(access_at(0), "ACTIVE");
    assert_string_equal(filing_of(s.shop), "ACTIVE");
    enum refusal again = fixture_apply(&s.f, on_access(EV_AUDIT_HIT, 31 * 24 * 3600, s.shop, 1));
    assert_int_equal(again, REFUSAL_ACCESS_NOT_FILED);
    fixture_free(&s.f);
}

/* The provider that audits cancels at once: the audit is over, the other one goes on. */
static void a_cancellation_ends_its_audit(void **state)
{
    (void)state;
    story_begin(&s, "both_carry audit cancel_access");
    assert_string_equal(filing_of(s.shop), "ACTIVE");
    assert_string_equal(access_at(0), "CANCELLED");
    fixture_free(&s.f);
    story_begin(&s, "both_carry audit");
    must(&s, on_access(EV_ACCESS_CANCEL, 1, s.shop, 1));
    assert_string_equal(filing_of(s.shop), "AUDIT_NOTICE");
    fixture_free(&s.f);
}

static void an_order_is_one_at_a_time(void **state)
{
    (void)state;
    story_begin(&s, "elsewhere add_access");
    assert_string_equal(filing_of(s.shop), "CHANGE_PENDING");
    assert_string_equal(access_at(0), "ORDERED");
    assert_int_equal(fixture_apply(&s.f, on_access(EV_ACCESS_CANCEL, 1, s.shop, 1)),
                     REFUSAL_ICP_ORDER_OPEN);
    assert_int_equal(fixture_apply(&s.f, on_access(EV_ACCESS_ADD, 1, s.other, 1)),
                     REFUSAL_ICP_ORDER_OPEN);
    must(&s, on_site(EV_REVOKE_SITE, 2, s.shop));
    assert_string_equal(access_at(0), "NONE"); /* the order came to nothing */
    fixture_free(&s.f);
}

static void nothing_is_served_without_access(void **state)
{
    (void)state;
    story_begin(&s, "elsewhere provisioning=READY");
    assert_int_equal(fixture_apply(&s.f, on_host(EV_PROVISION, 1, s.www)),
                     REFUSAL_ACCESS_NOT_FILED);
    must(&s, on_access(EV_ACCESS_ADD, 2, s.shop, 0));
    assert_int_equal(fixture_apply(&s.f, on_host(EV_PROVISION, 3, s.www)),
                     REFUSAL_ACCESS_NOT_FILED);
    must(&s, on_site(EV_FILING_CHANGE_DONE, 4, s.shop));
    must(&s, on_host(EV_PROVISION, 5, s.www));
    fixture_free(&s.f);
}

static void subjects_follow_their_filings(void **state)
{
    (void)state;
    story_begin(&s, "");
    must(&s, on_site(EV_DEREGISTER_SITE, 1, s.shop));
    assert_string_equal(subject(), "ACTIVE");
    must(&s, on_site(EV_REVOKE_SITE, 2, s.other));
    assert_string_equal(subject(), "SHELL"); /* its own number was not taken */
    must(&s, on_holder(EV_DEREGISTER_SUBJECT, 3, 0));
    assert_string_equal(subject(), "DEREGISTERED");
    assert_int_equal(fixture_apply(&s.f, on_holder(EV_REVOKE_SUBJECT, 4, 0)),
                     REFUSAL_ICP_BAD_STATE);
    fixture_free(&s.f);
    story_begin(&s, "revoke_subject");
    assert_string_equal(subject(), "REVOKED");
    fixture_free(&s.f);
    story_begin(&s, "filing=SHELL_SITE");
    must(&s, on_access(EV_ACCESS_CANCEL, 1, s.other, 0));
    assert_string_equal(subject(), "SHELL");
    fixture_run_until(&s.f, 62 * 24 * 3600);
    assert_string_equal(filing_of(s.other), "REVOKED");
    assert_string_equal(subject(), "REVOKED"); /* cleaned up with its last shell */
    fixture_free(&s.f);
    story_begin(&s, "filing=BUREAU_REVIEW revoke_subject");
    must(&s, on_site(EV_BUREAU_PASS, 1, s.shop));
    assert_string_equal(subject(), "ACTIVE"); /* filed anew */
    fixture_free(&s.f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows), SUBJECTS = CN_ARRAY_LEN(subjects) };
    static const struct CMUnitTest more[] = {
        cmocka_unit_test(no_pair_is_left_out),
        cmocka_unit_test(accesses_go_one_by_one),
        cmocka_unit_test(an_audit_is_of_one_provider),
        cmocka_unit_test(a_cancellation_ends_its_audit),
        cmocka_unit_test(an_order_is_one_at_a_time),
        cmocka_unit_test(nothing_is_served_without_access),
        cmocka_unit_test(subjects_follow_their_filings),
    };
    struct CMUnitTest tests[ROWS + SUBJECTS + CN_ARRAY_LEN(more)];
    TABLE_TESTS(tests, rows, check_row)
    TABLE_TESTS(tests + ROWS, subjects, check_subject)
    memcpy(tests + ROWS + SUBJECTS, more, sizeof(more));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
