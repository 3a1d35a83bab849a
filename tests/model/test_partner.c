/* SPDX-License-Identifier: MIT
 * Partners: how they stand to their customers (every state with every event), and what becomes of
 * sites that change from one to another. Written by hand from FACTS B5 and A6. */
#include "story.h"

/* --- every (state, event) ------------------------------------------------------------------- */

struct row {
    const char *name;
    enum partner_state from;
    enum partner_event event;
    enum partner_state to;
    const char *refused;
};

// clang-format off
static struct row rows[] = {
    {"B5.partner.suspend.SUSPENDED", PARTNER_ACTIVE, PARTNER_EV_SUSPEND, PARTNER_SUSPENDED, ""},
    {"B5.partner.resume.SUSPENSION_BAD_STATE", PARTNER_ACTIVE, PARTNER_EV_RESUME, PARTNER_ACTIVE,
     "SUSPENSION_BAD_STATE"},
    {"B5.partner.end.ENDED", PARTNER_ACTIVE, PARTNER_EV_END, PARTNER_ENDED, ""},
    {"B5.partner.suspend.SUSPENSION_BAD_STATE", PARTNER_SUSPENDED, PARTNER_EV_SUSPEND,
     PARTNER_SUSPENDED, "SUSPENSION_BAD_STATE"},
    {"B5.partner.resume.ACTIVE", PARTNER_SUSPENDED, PARTNER_EV_RESUME, PARTNER_ACTIVE, ""},
    {"B5.partner.end.suspended", PARTNER_SUSPENDED, PARTNER_EV_END, PARTNER_ENDED, ""},
    {"B5.partner.suspend.PARTNER_CONTRACT_ENDED", PARTNER_ENDED, PARTNER_EV_SUSPEND, PARTNER_ENDED,
     "PARTNER_CONTRACT_ENDED"},
    {"B5.partner.resume.PARTNER_CONTRACT_ENDED", PARTNER_ENDED, PARTNER_EV_RESUME, PARTNER_ENDED,
     "PARTNER_CONTRACT_ENDED"},
    {"B5.partner.end.PARTNER_CONTRACT_ENDED", PARTNER_ENDED, PARTNER_EV_END, PARTNER_ENDED,
     "PARTNER_CONTRACT_ENDED"},
};
// clang-format on

static void check_row(void **state)
{
    const struct row *r = *state;
    struct partner_step got = partner_step(r->from, r->event);
    assert_int_equal(got.to, r->to);
    assert_string_equal(refusal_name(got.refusal), r->refused);
    assert_true(partner_state_text(got.to)[0] != '\0');
}

static void no_pair_is_left_out(void **state)
{
    (void)state;
    bool seen[PARTNER_STATE_COUNT][PARTNER_EVENT_COUNT] = {{false}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        assert_false(seen[rows[i].from][rows[i].event]);
        seen[rows[i].from][rows[i].event] = true;
    }
    assert_int_equal(CN_ARRAY_LEN(rows), PARTNER_STATE_COUNT * PARTNER_EVENT_COUNT);
}

/* --- in the world --------------------------------------------------------------------------- */

static struct story s;

static enum refusal move(enum event_scope scope, uint16_t to)
{
    struct event e = fixture_event(EV_SET_PARTNER, s.at_s);
    e.scope = scope;
    e.site = scope == SCOPE_SITE ? s.shop : CN_NONE32;
    e.account = scope == SCOPE_ACCOUNT ? 0 : CN_NONE32;
    e.holder = scope == SCOPE_HOLDER ? 0 : CN_NONE32;
    e.partner = scope == SCOPE_PARTNER ? 0 : CN_NONE16;
    e.to = to;
    return fixture_apply(&s.f, e);
}

static const char *answer_of(uint32_t host)
{
    struct decision d;
    world_decide(s.f.w, host, LINE_SH_TELECOM, FAMILY_V4, &d);
    return s.f.pops[d.pop].id;
}

static void a_move_starts_over(void **state)
{
    (void)state;
    story_begin(&s, "second both suspend:site");
    assert_int_equal(move(SCOPE_SITE, 1), REFUSAL_NONE);
    const struct site *site = &s.f.w->sites[s.shop];
    assert_int_equal(site->vetting, VETTING_NOT_SUBMITTED);
    assert_int_equal(s.f.w->hosts[s.www].provisioning, PROVISIONING_NOT_READY);
    assert_false(site->suspended); /* that was the old partner's */
    assert_string_equal(answer_of(s.www), "hkg");
    assert_string_equal(answer_of(s.other_www), "sha");
    must(&s, on_site(EV_VETTING_SUBMIT, 1, s.shop));
    must(&s, on_site(EV_VETTING_START, 2, s.shop));
    must(&s, on_site(EV_VETTING_APPROVE, 3, s.shop));
    must(&s, on_host(EV_PROVISION, 4, s.www));
    fixture_run_until(&s.f, 5 + 24 * 3600);
    assert_string_equal(answer_of(s.www), "bjs");
    fixture_free(&s.f);
}

static void a_move_reaches_its_scope(void **state)
{
    (void)state;
    static const enum event_scope wide[] = {SCOPE_HOLDER, SCOPE_ACCOUNT, SCOPE_PARTNER,
                                            SCOPE_EVERYONE};
    for (size_t i = 0; i < CN_ARRAY_LEN(wide); i++) {
        story_begin(&s, "second at_second both");
        assert_int_equal(move(wide[i], 1), REFUSAL_NONE);
        assert_int_equal(s.f.w->sites[s.other].partner, 1);
        assert_int_equal(s.f.w->sites[s.shop].vetting, VETTING_APPROVED); /* it was there */
        assert_int_equal(s.f.w->sites[s.other].vetting, VETTING_NOT_SUBMITTED);
        enum refusal again = wide[i] == SCOPE_PARTNER ? move(SCOPE_EVERYONE, 1) : move(wide[i], 1);
        assert_int_equal(again, REFUSAL_PARTNER_BAD_STATE);
        fixture_free(&s.f);
    }
}

static void nobody_moves_to_an_ended_contract(void **state)
{
    (void)state;
    story_begin(&s, "second at_second both partner_ends");
    assert_int_equal(move(SCOPE_SITE, 0), REFUSAL_PARTNER_CONTRACT_ENDED);
    assert_int_equal(s.f.w->sites[s.shop].partner, 1);
    fixture_free(&s.f);
}

/* An outage ends by itself, a suspension by its own partner's resuming, a contract not at all. */
static void outage_suspension_and_contract_are_three_things(void **state)
{
    (void)state;
    story_begin(&s, "second partner:first");
    assert_int_equal(fixture_apply(&s.f, on_partner(EV_PARTNER_RESUME, 1, 0)),
                     REFUSAL_SUSPENSION_BAD_STATE);
    must(&s, on_partner(EV_PARTNER_SUSPEND, 2, 0));
    must(&s, on_partner(EV_PARTNER_UP, 3, 0));
    assert_string_equal(answer_of(s.www), "hkg");
    assert_int_equal(fixture_apply(&s.f, on_partner(EV_PARTNER_RESUME, 4, 1)),
                     REFUSAL_SUSPENSION_BAD_STATE);
    must(&s, on_partner(EV_PARTNER_RESUME, 5, 0));
    assert_string_equal(answer_of(s.www), "sha");
    must(&s, on_partner(EV_PARTNER_CONTRACT_END, 6, 0));
    assert_int_equal(fixture_apply(&s.f, on_partner(EV_PARTNER_RESUME, 7, 0)),
                     REFUSAL_PARTNER_CONTRACT_ENDED);
    assert_string_equal(answer_of(s.www), "hkg");
    fixture_free(&s.f);
}

static void everyone_is_every_partner(void **state)
{
    (void)state;
    story_begin(&s, "second at_second suspend:first");
    must(&s, on_everyone(EV_PARTNER_SUSPEND, 1));
    assert_int_equal(s.f.w->partners[1].state, PARTNER_SUSPENDED);
    must(&s, on_everyone(EV_PARTNER_RESUME, 2));
    assert_int_equal(s.f.w->partners[0].state, PARTNER_ACTIVE);
    must(&s, on_partner(EV_PARTNER_DOWN, 3, 0));
    must(&s, fixture_event(EV_PARTNER_DOWN, 4));
    assert_int_equal(s.f.w->partners[1].usable, 0);
    must(&s, on_partner(EV_PARTNER_UP, 5, 1));
    assert_int_equal(s.f.w->partners[1].usable, 1);
    assert_int_equal(s.f.w->partners[0].usable, 0);
    fixture_free(&s.f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    static const struct CMUnitTest more[] = {
        cmocka_unit_test(no_pair_is_left_out),
        cmocka_unit_test(a_move_starts_over),
        cmocka_unit_test(a_move_reaches_its_scope),
        cmocka_unit_test(nobody_moves_to_an_ended_contract),
        cmocka_unit_test(outage_suspension_and_contract_are_three_things),
        cmocka_unit_test(everyone_is_every_partner),
    };
    struct CMUnitTest tests[ROWS + CN_ARRAY_LEN(more)];
    TABLE_TESTS(tests, rows, check_row)
    memcpy(tests + ROWS, more, sizeof(more));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
