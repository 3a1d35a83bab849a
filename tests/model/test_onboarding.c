/* SPDX-License-Identifier: MIT
 * The machines beside the filing, FACTS B3 and B5: every state with every event, and every
 * guard, in pictures written by hand from the document. */
#include "world_fixture.h"

#include "test.h"

/* A picture: one row per state, one letter per event; a letter is the state that follows, '.' the
 * refusal for a wrong state, '!' another refusal. */
struct picture {
    const char *name;
    unsigned from;
    const char *want;
};

static struct onboarding_view content = {.filing_serves = true,
                                         .access_filed = true,
                                         .has_number = true,
                                         .inputs_complete = true,
                                         .vetted = true,
                                         .subscribed = true};

static void check(const struct picture *p, unsigned event, char want, const char *letters,
                  struct onboarding_step got, enum refusal wrong_state)
{
    char c = got.refusal == REFUSAL_NONE ? letters[got.to] : got.refusal == wrong_state ? '.' : '!';
    if (c != want) fail_msg("%s, event %u: expected %c, got %c", p->name, event, want, c);
    if (got.refusal != REFUSAL_NONE) assert_int_equal(got.to, p->from);
}

// clang-format off
static struct picture vetting[] = { /* events: submit start approve reject rereview */
    {"B3.NOT_SUBMITTED", VETTING_NOT_SUBMITTED, "S...."},
    {"B3.SUBMITTED",     VETTING_SUBMITTED,     ".U..."},
    {"B3.UNDER_REVIEW",  VETTING_UNDER_REVIEW,  "..AJ."},
    {"B3.APPROVED",      VETTING_APPROVED,      "....R"},
    {"B3.REJECTED",      VETTING_REJECTED,      "S...."},
    {"B3.RE_REVIEW",     VETTING_RE_REVIEW,     "..AJ."},
};

static struct picture subscription[] = { /* contract activate suspend resume end terminate */
    {"B5.NONE",                  SUBSCRIPTION_NONE,                  "C....."},
    {"B5.CONTRACTED",            SUBSCRIPTION_CONTRACTED,            ".A...T"},
    {"B5.ACTIVE",                SUBSCRIPTION_ACTIVE,                "..S.ET"},
    {"B5.SUSPENDED_BY_PARTNER",  SUBSCRIPTION_SUSPENDED_BY_PARTNER,  "...AET"},
    {"B5.ENDED",                 SUBSCRIPTION_ENDED,                 "C....."},
    {"B5.TERMINATED_BY_PARTNER", SUBSCRIPTION_TERMINATED_BY_PARTNER, "C....."},
};

static struct picture provisioning[] = { /* events: vetted allowlist provision done deactivate
                                          * deprovision refiled */
    {"B5.NOT_READY",         PROVISIONING_NOT_READY,         "R.....N"},
    {"B5.READY",             PROVISIONING_READY,             ".lp..DN"},
    {"B5.PENDING_ALLOWLIST", PROVISIONING_PENDING_ALLOWLIST, "...L.DN"},
    {"B5.ALLOWLISTED",       PROVISIONING_ALLOWLISTED,       "..p..DN"},
    {"B5.PENDING",           PROVISIONING_PENDING,           "...P.DN"},
    {"B5.PROVISIONED",       PROVISIONING_PROVISIONED,       "....LDN"},
    {"B5.DEPROVISIONED",     PROVISIONING_DEPROVISIONED,     ".lp...N"},
};
// clang-format on

static void check_vetting(void **state)
{
    const struct picture *p = *state;
    for (unsigned e = 0; e < VETTING_EVENT_COUNT; e++) {
        check(p, e, p->want[e], "NSUAJR",
              vetting_step((enum vetting_state)p->from, (enum vetting_event)e, &content),
              REFUSAL_VETTING_BAD_STATE);
    }
    assert_int_equal(strlen(p->want), VETTING_EVENT_COUNT);
}

static void check_subscription(void **state)
{
    const struct picture *p = *state;
    for (unsigned e = 0; e < SUBSCRIPTION_EVENT_COUNT; e++) {
        check(p, e, p->want[e], "NCASET",
              subscription_step((enum subscription_state)p->from, (enum subscription_event)e),
              REFUSAL_SUBSCRIPTION_BAD_STATE);
    }
    assert_int_equal(strlen(p->want), SUBSCRIPTION_EVENT_COUNT);
}

static void check_provisioning(void **state)
{
    const struct picture *p = *state;
    for (unsigned e = 0; e < PROVISIONING_EVENT_COUNT; e++) {
        check(p, e, p->want[e], "NRlLpPD",
              provisioning_step((enum provisioning_state)p->from, (enum provisioning_event)e,
                                &content),
              REFUSAL_PROVISION_BAD_STATE);
    }
    assert_int_equal(strlen(p->want), PROVISIONING_EVENT_COUNT);
}

_Static_assert(CN_ARRAY_LEN(vetting) == VETTING_STATE_COUNT &&
                   CN_ARRAY_LEN(subscription) == SUBSCRIPTION_STATE_COUNT &&
                   CN_ARRAY_LEN(provisioning) == PROVISIONING_STATE_COUNT,
               "every state has its row");

/* --- guards, in a world --------------------------------------------------------------------- */

static void nothing(struct fixture *f)
{
    (void)f;
}
static void ready(struct fixture *f)
{
    f->hosts[0].provisioning = PROVISIONING_READY;
}
static void not_vetted(struct fixture *f)
{
    f->hosts[0].provisioning = PROVISIONING_NOT_READY;
    f->sites[0].vetting = VETTING_UNDER_REVIEW;
}
static void rejected(struct fixture *f)
{
    ready(f);
    f->sites[0].vetting = VETTING_REJECTED;
}
static void rereview(struct fixture *f)
{
    ready(f);
    f->sites[0].vetting = VETTING_RE_REVIEW;
}
static void not_subscribed(struct fixture *f)
{
    ready(f);
    f->accounts[0].subscription = SUBSCRIPTION_CONTRACTED;
}
static void no_access(struct fixture *f)
{
    ready(f);
    f->sites[0].accesses = 2; /* at "elsewhere" only */
}
static void no_filing(struct fixture *f)
{
    ready(f);
    f->sites[0].filing = FILING_REVOKED;
}
static void to_be_vetted(struct fixture *f)
{
    f->sites[0].vetting = VETTING_NOT_SUBMITTED;
}
static void unfiled(struct fixture *f)
{
    to_be_vetted(f);
    f->sites[0].filing = FILING_BUREAU_REVIEW;
}
static void unsynced(struct fixture *f)
{
    to_be_vetted(f);
    f->sites[0].filing = FILING_APPROVED_UNSYNCED;
}
static void revoked(struct fixture *f)
{
    f->sites[0].filing = FILING_REVOKED;
}
static void shared(struct fixture *f)
{
    f->sites[0].edge_name = 0;
}
static void shared_unmap(struct fixture *f)
{
    shared(f);
    f->sites[0].policy = POLICY_UNMAP_SHARED;
}
static void inactive(struct fixture *f)
{
    ready(f);
    f->hosts[0].active = false;
}
static void alias(struct fixture *f)
{
    ready(f);
    f->hosts[0].cname = fixture_name(f, "elsewhere.test");
}
static void suspended(struct fixture *f)
{
    f->accounts[0].subscription = SUBSCRIPTION_SUSPENDED_BY_PARTNER;
}
static void ended(struct fixture *f)
{
    f->accounts[0].subscription = SUBSCRIPTION_ENDED;
}

struct guard {
    const char *name;
    void (*prepare)(struct fixture *f);
    enum event_kind kind;
    const char *want;
};

// clang-format off
static struct guard guards[] = {
    {"B3.submit",                              to_be_vetted, EV_VETTING_SUBMIT, ""},
    {"B3.submit.number_before_sync",           unsynced, EV_VETTING_SUBMIT, ""},
    {"B3.submit.VETTING_NEEDS_ICP",            unfiled, EV_VETTING_SUBMIT, "VETTING_NEEDS_ICP"},
    {"B3.submit.VETTING_BAD_STATE",            nothing, EV_VETTING_SUBMIT, "VETTING_BAD_STATE"},
    {"B5.provision",                           ready, EV_PROVISION, ""},
    {"B5.provision.rereview_is_vetted",        rereview, EV_PROVISION, ""},
    {"B5.provision.VETTING_REQUIRED",          not_vetted, EV_PROVISION, "VETTING_REQUIRED"},
    {"B5.provision.VETTING_REQUIRED.rejected", rejected, EV_PROVISION, "VETTING_REQUIRED"},
    {"B5.provision.ACCESS_NOT_FILED",          no_access, EV_PROVISION, "ACCESS_NOT_FILED"},
    {"B5.allowlist.ACCESS_NOT_FILED",          no_access, EV_ALLOWLIST, "ACCESS_NOT_FILED"},
    {"B5.provision.FILING_REQUIRED",           no_filing, EV_PROVISION, "FILING_REQUIRED"},
    {"B5.provision.SUBSCRIPTION_REQUIRED", not_subscribed, EV_PROVISION,
     "SUBSCRIPTION_REQUIRED"},
    {"B5.provision.PROVISION_BAD_STATE",       nothing, EV_PROVISION, "PROVISION_BAD_STATE"},
    {"B5.provision.HOST_BAD_STATE",            inactive, EV_PROVISION, "HOST_BAD_STATE"},
    {"B5.provision.HOST_BAD_STATE.alias",      alias, EV_PROVISION, "HOST_BAD_STATE"},
    {"B5.allowlist",                           ready, EV_ALLOWLIST, ""},
    {"B5.allowlist.VETTING_REQUIRED",          rejected, EV_ALLOWLIST, "VETTING_REQUIRED"},
    {"B5.allowlist.FILING_REQUIRED",           no_filing, EV_ALLOWLIST, "FILING_REQUIRED"},
    {"B5.allowlist.SUBSCRIPTION_REQUIRED", not_subscribed, EV_ALLOWLIST,
     "SUBSCRIPTION_REQUIRED"},
    {"B5.deactivate",                          nothing, EV_DEACTIVATE, ""},
    {"B5.deactivate.SHARED_EDGE_POLICY",       shared, EV_DEACTIVATE, "SHARED_EDGE_POLICY"},
    {"B5.deactivate.shared_but_unmap",         shared_unmap, EV_DEACTIVATE, ""},
    {"B5.deactivate.PROVISION_BAD_STATE",      ready, EV_DEACTIVATE, "PROVISION_BAD_STATE"},
    {"B5.deprovision",                         nothing, EV_DEPROVISION, ""},
    {"B5.deprovision.without_a_filing",        no_filing, EV_DEPROVISION, ""},
    {"B5.add_host",                            inactive, EV_ADD_HOST, ""},
    {"B5.add_host.HOST_BAD_STATE",             nothing, EV_ADD_HOST, "HOST_BAD_STATE"},
    {"B5.end",                                 nothing, EV_SUBSCRIPTION_END, ""},
    {"B5.end.while_suspended",                 suspended, EV_SUBSCRIPTION_END, ""},
    {"B5.end.SUBSCRIPTION_BAD_STATE", ended, EV_SUBSCRIPTION_END,
     "SUBSCRIPTION_BAD_STATE"},
    {"B5.terminate",                           nothing, EV_PARTNER_TERMINATE, ""},
    {"B5.terminate.while_suspended",           suspended, EV_PARTNER_TERMINATE, ""},
    {"B5.terminate.SUBSCRIPTION_BAD_STATE", ended, EV_PARTNER_TERMINATE,
     "SUBSCRIPTION_BAD_STATE"},
    {"B5.contract.signed_anew",                ended, EV_SUBSCRIPTION_CONTRACT, ""},
    {"B5.contract.SUBSCRIPTION_BAD_STATE", nothing, EV_SUBSCRIPTION_CONTRACT,
     "SUBSCRIPTION_BAD_STATE"},
    {"B5.set_coverage",                        nothing, EV_SET_COVERAGE, ""},
    {"B5.set_coverage.DOMAIN_BEIAN_INVALID",   revoked, EV_SET_COVERAGE, "DOMAIN_BEIAN_INVALID"},
};
// clang-format on

static struct event event_for(enum event_kind kind)
{
    uint32_t required = event_info(kind)->required;
    if ((required & PARAM_HOST) != 0) return on_host(kind, 0, 0);
    if ((required & PARAM_ACCOUNT) != 0) return on_account(kind, 0, 0);
    return on_site(kind, 0, 0);
}

static void begin(struct fixture *f)
{
    fixture_init(f);
    fixture_site(f, "shop.example");
    fixture_host(f, "www.shop.example");
}

static void check_guard(void **state)
{
    const struct guard *g = *state;
    static struct fixture f;
    begin(&f);
    g->prepare(&f);
    fixture_build(&f);
    assert_string_equal(refusal_name(fixture_apply(&f, event_for(g->kind))), g->want);
    fixture_free(&f);
}

/* Vetting wants all five inputs: with any one missing it is refused. */
static void vetting_incomplete(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f);
    to_be_vetted(&f);
    fixture_build(&f);
    for (uint16_t inputs = 0; inputs < VETTING_INPUTS_ALL; inputs++) {
        struct event e = on_site(EV_VETTING_SUBMIT, 0, 0);
        e.inputs = inputs;
        assert_string_equal(refusal_name(fixture_apply(&f, e)), "VETTING_INCOMPLETE");
    }
    assert_int_equal(fixture_apply(&f, on_site(EV_VETTING_SUBMIT, 0, 0)), REFUSAL_NONE);
    fixture_free(&f);
}

int main(void)
{
    enum {
        B = CN_ARRAY_LEN(vetting),
        C = B + CN_ARRAY_LEN(subscription),
        D = C + CN_ARRAY_LEN(provisioning),
        E = D + CN_ARRAY_LEN(guards),
    };
    struct CMUnitTest tests[E + 1];
    TABLE_TESTS(tests, vetting, check_vetting)
    TABLE_TESTS(tests + B, subscription, check_subscription)
    TABLE_TESTS(tests + C, provisioning, check_provisioning)
    TABLE_TESTS(tests + D, guards, check_guard)
    tests[E] = (struct CMUnitTest){"B3.submit.VETTING_INCOMPLETE", vetting_incomplete, 0, 0, 0};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
