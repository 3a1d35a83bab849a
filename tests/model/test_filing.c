/* SPDX-License-Identifier: MIT
 * The machine of one filing, FACTS B1: every state with every event, and every guard at its edge.
 * The picture is written by hand from the document. */
#include "world_fixture.h"

#include "test.h"

/* --- every (state, event), when every guard is content -------------------------------------- */

/* Letters of states; what else stands in the picture: . ICP_BAD_STATE, o ICP_ORDER_OPEN,
 * l ICP_LOCKED_AT_BUREAU, f ICP_REVOKED_FINAL. */
static const char letters[FILING_STATE_COUNT + 1] = {
    [FILING_NONE] = 'N',
    [FILING_DRAFT] = 'D',
    [FILING_PROVIDER_REVIEW] = 'P',
    [FILING_PROVIDER_FIX] = 'F',
    [FILING_PROVIDER_REJECTED] = 'J',
    [FILING_SMS_PENDING] = 'S',
    [FILING_BUREAU_REVIEW] = 'B',
    [FILING_BUREAU_REJECTED] = 'K',
    [FILING_APPROVED_UNSYNCED] = 'U',
    [FILING_ACTIVE] = 'A',
    [FILING_CHANGE_PENDING] = 'C',
    [FILING_AUDIT_NOTICE] = 'T',
    [FILING_ACCESS_CANCELLED] = 'X',
    [FILING_SHELL_SITE] = 'H',
    [FILING_SHELL_SUBJECT] = 'h',
    [FILING_DEREGISTERED] = 'G',
    [FILING_REVOKED] = 'R',
};

static const enum filing_event columns[] = {FILING_EV_DRAFT,
                                            FILING_EV_SUBMIT,
                                            FILING_EV_PROVIDER_PASS,
                                            FILING_EV_PROVIDER_FIX,
                                            FILING_EV_PROVIDER_REJECT,
                                            FILING_EV_SMS_OK,
                                            FILING_EV_SMS_WRONG,
                                            FILING_EV_WITHDRAW,
                                            FILING_EV_BUREAU_PASS,
                                            FILING_EV_BUREAU_REJECT,
                                            FILING_EV_SYNCED,
                                            FILING_EV_CHANGE,
                                            FILING_EV_CHANGE_DONE,
                                            FILING_EV_AUDIT_HIT,
                                            FILING_EV_AUDIT_FIX,
                                            FILING_EV_AUDIT_TIMEOUT,
                                            FILING_EV_SHELL,
                                            FILING_EV_CLEANUP,
                                            FILING_EV_DEREGISTER,
                                            FILING_EV_REVOKE,
                                            FILING_EV_RESTORE,
                                            FILING_EV_REFILE,
                                            FILING_EV_DEREGISTER_SUBJECT,
                                            FILING_EV_ADD_ACCESS,
                                            FILING_EV_CANCEL_ACCESS};

struct picture {
    const char *name;
    enum filing_state from;
    const char *want; /* one letter per event */
};

// clang-format off
static struct picture pictures[] = {
    /* Groups: draft submit | provider_pass _fix _reject | sms_ok sms_wrong | withdraw
     * | bureau_pass _reject | synced | change change_done | audit_hit _fix _timeout
     * | shell cleanup | deregister revoke restore refile | deregister_subject
     * | add_access cancel_access (the last) */
    {"B1.NONE",              FILING_NONE,              "D. ... .. . .. . .. ... .. .... . .."},
    {"B1.DRAFT",             FILING_DRAFT,             ".P ... .. . .. . .. ... .. .... . .."},
    {"B1.PROVIDER_REVIEW",   FILING_PROVIDER_REVIEW,   ".. SFJ .. D .. . .. ... .. o... o .o"},
    {"B1.PROVIDER_FIX",      FILING_PROVIDER_FIX,      ".P ... .. D .. . .. ... .. o... o .o"},
    {"B1.PROVIDER_REJECTED", FILING_PROVIDER_REJECTED, ".P ... .. D .. . .. ... .. o... o .o"},
    {"B1.SMS_PENDING",       FILING_SMS_PENDING,       ".. ... BS D .. . .. ... .. o... o .o"},
    {"B1.BUREAU_REVIEW",     FILING_BUREAU_REVIEW,     ".. ... .. l UK . .. ... .. o... o .o"},
    {"B1.BUREAU_REJECTED",   FILING_BUREAU_REJECTED,   ".P ... .. . .. . .. ... .. .... . .."},
    {"B1.APPROVED_UNSYNCED", FILING_APPROVED_UNSYNCED, ".. ... .. . .. A .. ... .. .R.. G .."},
    {"B1.ACTIVE",            FILING_ACTIVE,            ".. ... .. . .. . C. T.. .. GR.. G CX"},
    {"B1.CHANGE_PENDING",    FILING_CHANGE_PENDING,    ".. ... .. . .. . .A ... .. oR.. o .o"},
    {"B1.AUDIT_NOTICE",      FILING_AUDIT_NOTICE,      ".. ... .. . .. . .. .AX .. .R.. G .X"},
    {"B1.ACCESS_CANCELLED",  FILING_ACCESS_CANCELLED,  ".. ... .. . .. . .. ... H. .R.. G C."},
    {"B1.SHELL_SITE",        FILING_SHELL_SITE,        ".. ... .. . .. . .. ... .R .R.. G .."},
    {"B1.SHELL_SUBJECT",     FILING_SHELL_SUBJECT,     ".. ... .. . .. . .. ... .R .R.. G .."},
    {"B1.DEREGISTERED",      FILING_DEREGISTERED,      ".. ... .. . .. . .. ... .. ...D . .."},
    {"B1.REVOKED",           FILING_REVOKED,           ".. ... .. . .. . .. ... .. ..fD . .."},
};
// clang-format on

static const struct filing_view content = {.tld_ok = true,
                                           .registrar_ok = true,
                                           .sms_needed = true,
                                           .realname_ok = true,
                                           .term_ok = true,
                                           .resource_ok = true,
                                           .first_filing = true,
                                           .sms_window_open = true,
                                           .sms_tries_left = true,
                                           .mended = true,
                                           .last_access = true};

static char letter_of(struct filing_step step)
{
    switch ((int)step.refusal) {
    case REFUSAL_NONE:
        return letters[step.to];
    case REFUSAL_ICP_BAD_STATE:
        return '.';
    case REFUSAL_ICP_ORDER_OPEN:
        return 'o';
    case REFUSAL_ICP_LOCKED_AT_BUREAU:
        return 'l';
    case REFUSAL_ICP_REVOKED_FINAL:
        return 'f';
    default:
        return '?';
    }
}

static void check_picture(void **state)
{
    const struct picture *p = *state;
    size_t column = 0;
    for (const char *want = p->want; *want != '\0'; want++) {
        if (*want == ' ') continue;
        assert_true(column < CN_ARRAY_LEN(columns));
        enum filing_event event = columns[column++];
        struct filing_step got = filing_step(p->from, event, &content);
        if (letter_of(got) != *want) {
            fail_msg("%s in %s: expected %c, got %c", filing_event_name(event), p->name, *want,
                     letter_of(got));
        }
        if (got.refusal != REFUSAL_NONE) assert_int_equal(got.to, p->from);
    }
    assert_int_equal(column, FILING_EVENT_COUNT);
}

/* Another provider's access keeps the filing alive (FACTS B1, ACCESS_CANCELLED). */
static void another_access_prevents_the_shell(void **state)
{
    (void)state;
    struct filing_view v = content;
    v.last_access = false;
    struct filing_step got = filing_step(FILING_ACCESS_CANCELLED, FILING_EV_SHELL, &v);
    assert_int_equal(got.to, FILING_ACCESS_CANCELLED);
    assert_int_equal(got.refusal, REFUSAL_ICP_BAD_STATE);
}

/* Of several accesses one may go, by an audit or a cancellation, and the filing stays. */
static void another_access_carries_on(void **state)
{
    (void)state;
    struct filing_view v = content;
    v.last_access = false;
    assert_int_equal(filing_step(FILING_AUDIT_NOTICE, FILING_EV_AUDIT_TIMEOUT, &v).to,
                     FILING_ACTIVE);
    assert_int_equal(filing_step(FILING_ACTIVE, FILING_EV_CANCEL_ACCESS, &v).to, FILING_ACTIVE);
    assert_int_equal(filing_step(FILING_AUDIT_NOTICE, FILING_EV_CANCEL_ACCESS, &v).to,
                     FILING_AUDIT_NOTICE);
    v.order_open = true;
    assert_int_equal(filing_step(FILING_ACTIVE, FILING_EV_ADD_ACCESS, &v).refusal,
                     REFUSAL_ICP_ORDER_OPEN);
}

/* The notice asks for the domain to come back; health alone answers no letter (FACTS 0.3). */
static void a_domain_still_overseas_is_not_mended(void **state)
{
    (void)state;
    struct filing_view v = content;
    v.still_overseas = true;
    struct filing_step got = filing_step(FILING_AUDIT_NOTICE, FILING_EV_AUDIT_FIX, &v);
    assert_int_equal(got.refusal, REFUSAL_AUDIT_STILL_OVERSEAS);
    assert_int_equal(got.to, FILING_AUDIT_NOTICE);
}

/* D1.22: an audit of the holder's data is answered by a change order; of anything else, it is not.
 */
static void a_change_order_answers_an_audit_of_data(void **state)
{
    (void)state;
    struct filing_view v = content;
    struct filing_step got = filing_step(FILING_AUDIT_NOTICE, FILING_EV_CHANGE, &v);
    assert_int_equal(got.refusal, REFUSAL_ICP_BAD_STATE);
    v.data_audited = true;
    got = filing_step(FILING_AUDIT_NOTICE, FILING_EV_CHANGE, &v);
    assert_int_equal(got.refusal, REFUSAL_NONE);
    assert_int_equal(got.to, FILING_CHANGE_PENDING);
}

static void what_is_not_mended_cannot_be_answered(void **state)
{
    (void)state;
    struct filing_view v = content;
    v.mended = false;
    struct filing_step got = filing_step(FILING_AUDIT_NOTICE, FILING_EV_AUDIT_FIX, &v);
    assert_string_equal(refusal_name(got.refusal), "AUDIT_NOT_MENDED");
    assert_int_equal(got.to, FILING_AUDIT_NOTICE);
}

static void the_last_shell_is_the_subjects(void **state)
{
    (void)state;
    struct filing_view v = content;
    v.last_site = true;
    struct filing_step got = filing_step(FILING_ACCESS_CANCELLED, FILING_EV_SHELL, &v);
    assert_int_equal(got.to, FILING_SHELL_SUBJECT);
}

/* The column "serve" of FACTS B1; which states count as an open order; which have a number. */
static void columns_of_states(void **state)
{
    (void)state;
    static const char serves[] = "ACT";
    static const char order[] = "PFJSBC";
    static const char number[] = "UACTXHh";
    for (unsigned s = 0; s < FILING_STATE_COUNT; s++) {
        char c = letters[s];
        assert_int_equal(filing_serves((enum filing_state)s), strchr(serves, c) != NULL);
        assert_int_equal(filing_order_open((enum filing_state)s), strchr(order, c) != NULL);
        assert_int_equal(filing_has_number((enum filing_state)s), strchr(number, c) != NULL);
    }
}

/* --- guards, each at its edge, in a world --------------------------------------------------- */

#define NS_BEFORE(t) ((walltime){(t).ns - 1})
#define NS_AFTER(t)  ((walltime){(t).ns + 1})

static void nothing(struct fixture *f)
{
    (void)f;
}
static void tld_io(struct fixture *f)
{
    f->sites[0].apex = fixture_name(f, "shop.io");
}
static void tld_second_level(struct fixture *f)
{
    f->sites[0].apex = fixture_name(f, "shop.com.cn");
}
static void tld_longer(struct fixture *f)
{
    f->sites[0].apex = fixture_name(f, "shop.example2");
}
static void registrar(struct fixture *f)
{
    f->sites[0].registrar_ok = false;
}
static void realname_differs(struct fixture *f)
{
    f->sites[0].realname_matches = false;
}
/* Thursday; Friday, Saturday (worked, to make up for the Spring Festival) and Monday follow. */
static void realname_3bd(struct fixture *f)
{
    f->sites[0].realname_since = fixture_day(-4);
}
static void realname_too_new(struct fixture *f)
{
    f->sites[0].realname_since = NS_AFTER(fixture_day(-4));
}
static void term_90d(struct fixture *f)
{
    f->sites[0].domain_expires = fixture_day(90);
}
static void term_longer(struct fixture *f)
{
    f->sites[0].domain_expires = NS_AFTER(fixture_day(90));
}
static void resource_90d(struct fixture *f)
{
    f->sites[0].resource_until = fixture_day(90);
}
static void resource_shorter(struct fixture *f)
{
    f->sites[0].resource_until = NS_BEFORE(fixture_day(90));
}
static void resource_none(struct fixture *f)
{
    f->sites[0].resource_until = (walltime){0};
}
static void resolves(struct fixture *f)
{
    f->sites[0].resolution_closed = false;
}
static void resolves_second_filing(struct fixture *f)
{
    f->sites[0].resolution_closed = false;
    f->sites[1].filing = FILING_ACTIVE;
}
static void barred(struct fixture *f)
{
    f->holders[0].barred = true;
}
static void no_holder(struct fixture *f)
{
    f->sites[0].holder = CN_NONE32;
    f->sites[0].filing = FILING_NONE;
}
static void other_in_review(struct fixture *f)
{
    f->sites[1].filing = FILING_PROVIDER_REVIEW;
}
static void other_changes(struct fixture *f)
{
    f->sites[1].filing = FILING_CHANGE_PENDING;
}
static void other_rejected(struct fixture *f)
{
    f->sites[1].filing = FILING_BUREAU_REJECTED;
}
static void other_holders_order(struct fixture *f)
{
    f->sites[1].filing = FILING_PROVIDER_REVIEW;
    f->sites[1].holder = fixture_holder(f, "somebody else");
}
static void own_order_sent_back(struct fixture *f)
{
    f->sites[0].filing = FILING_PROVIDER_FIX;
}
static void active(struct fixture *f)
{
    f->sites[0].filing = FILING_ACTIVE;
}
static void active_other_in_review(struct fixture *f)
{
    active(f);
    other_in_review(f);
}
static void revoked(struct fixture *f)
{
    f->sites[0].filing = FILING_REVOKED;
}
static void revoked_barred(struct fixture *f)
{
    revoked(f);
    barred(f);
}
static void deregistered_barred(struct fixture *f)
{
    f->sites[0].filing = FILING_DEREGISTERED;
    barred(f);
}
static void at_bureau(struct fixture *f)
{
    f->sites[0].filing = FILING_BUREAU_REVIEW;
}

struct guard {
    const char *name;
    void (*prepare)(struct fixture *f);
    enum event_kind kind;
    const char *want; /* refusal code; "" applied */
};

// clang-format off
static struct guard guards[] = {
    {"B1.submit", nothing, EV_FILING_SUBMIT, ""},
    {"B1.submit.tld.second_level", tld_second_level, EV_FILING_SUBMIT, ""},
    {"B1.submit.TLD_NOT_APPROVED", tld_io, EV_FILING_SUBMIT, "TLD_NOT_APPROVED"},
    {"B1.submit.TLD_NOT_APPROVED.longer", tld_longer, EV_FILING_SUBMIT, "TLD_NOT_APPROVED"},
    {"B1.submit.REGISTRAR_NOT_APPROVED", registrar, EV_FILING_SUBMIT, "REGISTRAR_NOT_APPROVED"},
    {"B1.submit.REALNAME_MISMATCH", realname_differs, EV_FILING_SUBMIT, "REALNAME_MISMATCH"},
    {"B1.submit.REALNAME_MISMATCH.age", realname_too_new, EV_FILING_SUBMIT, "REALNAME_MISMATCH"},
    {"B1.submit.realname.exactly_old_enough", realname_3bd, EV_FILING_SUBMIT, ""},
    {"B1.submit.DOMAIN_TERM_SHORT", term_90d, EV_FILING_SUBMIT, "DOMAIN_TERM_SHORT"},
    {"B1.submit.term.longer_than_3_months", term_longer, EV_FILING_SUBMIT, ""},
    {"B1.submit.NO_MAINLAND_RESOURCE", resource_shorter, EV_FILING_SUBMIT, "NO_MAINLAND_RESOURCE"},
    {"B1.submit.NO_MAINLAND_RESOURCE.none", resource_none, EV_FILING_SUBMIT,
     "NO_MAINLAND_RESOURCE"},
    {"B1.submit.resource.exactly_3_months", resource_90d, EV_FILING_SUBMIT, ""},
    {"B1.submit.DOMAIN_RESOLVES_DURING_FILING", resolves, EV_FILING_SUBMIT,
     "DOMAIN_RESOLVES_DURING_FILING"},
    {"B1.submit.resolves.second_filing", resolves_second_filing, EV_FILING_SUBMIT, ""},
    {"B1.submit.ICP_ORDER_OPEN", other_in_review, EV_FILING_SUBMIT, "ICP_ORDER_OPEN"},
    {"B1.submit.ICP_ORDER_OPEN.change", other_changes, EV_FILING_SUBMIT, "ICP_ORDER_OPEN"},
    {"B1.submit.order.rejected_is_not_open", other_rejected, EV_FILING_SUBMIT, ""},
    {"B1.submit.order.of_another_holder", other_holders_order, EV_FILING_SUBMIT, ""},
    {"B1.submit.order.own_goes_on", own_order_sent_back, EV_FILING_SUBMIT, ""},
    {"B1.submit.ENTITY_BARRED", barred, EV_FILING_SUBMIT, "ENTITY_BARRED"},
    {"B1.submit.ICP_BAD_STATE.active", active, EV_FILING_SUBMIT, "ICP_BAD_STATE"},
    {"B1.draft.no_holder", no_holder, EV_FILING_DRAFT, "ICP_BAD_STATE"},
    {"B1.withdraw.ICP_LOCKED_AT_BUREAU", at_bureau, EV_FILING_WITHDRAW, "ICP_LOCKED_AT_BUREAU"},
    {"B1.change", active, EV_FILING_CHANGE, ""},
    {"B1.change.ICP_ORDER_OPEN", active_other_in_review, EV_FILING_CHANGE, "ICP_ORDER_OPEN"},
    {"B1.deregister_site", active, EV_DEREGISTER_SITE, ""},
    {"B1.deregister_site.ICP_ORDER_OPEN", active_other_in_review, EV_DEREGISTER_SITE,
     "ICP_ORDER_OPEN"},
    {"B1.deregister_subject", active, EV_DEREGISTER_SUBJECT, ""},
    {"B1.deregister_subject.ICP_ORDER_OPEN", active_other_in_review, EV_DEREGISTER_SUBJECT,
     "ICP_ORDER_OPEN"},
    {"B1.deregister_subject.ICP_BAD_STATE", nothing, EV_DEREGISTER_SUBJECT, "ICP_BAD_STATE"},
    {"B1.revoke_subject", active, EV_REVOKE_SUBJECT, ""},
    {"B1.revoke_subject.ICP_BAD_STATE", nothing, EV_REVOKE_SUBJECT, "ICP_BAD_STATE"},
    {"B1.restore.ICP_REVOKED_FINAL", revoked, EV_FILING_RESTORE, "ICP_REVOKED_FINAL"},
    {"B1.restore.ICP_BAD_STATE", active, EV_FILING_RESTORE, "ICP_BAD_STATE"},
    {"B1.refile", revoked, EV_FILING_REFILE, ""},
    {"B1.refile.ENTITY_BARRED", revoked_barred, EV_FILING_REFILE, "ENTITY_BARRED"},
    {"B1.refile.ENTITY_BARRED.deregistered", deregistered_barred, EV_FILING_REFILE,
     "ENTITY_BARRED"},
    {"B1.bar_entity", nothing, EV_BAR_ENTITY, ""},
    {"B1.bar_entity.ENTITY_BARRED", barred, EV_BAR_ENTITY, "ENTITY_BARRED"},
};
// clang-format on

/* Two sites of one holder without a filing; the first has a draft and may be submitted. */
static void check_guard(void **state)
{
    const struct guard *g = *state;
    static struct fixture f;
    fixture_init(&f);
    for (int i = 0; i < 2; i++) {
        uint32_t site = fixture_site(&f, i == 0 ? "shop.example" : "other.example");
        f.sites[site].filing = i == 0 ? FILING_DRAFT : FILING_NONE;
        f.sites[site].resolution_closed = true;
    }
    g->prepare(&f);
    fixture_build(&f);
    bool holder = (event_info(g->kind)->required & PARAM_HOLDER) != 0;
    struct event e = holder ? on_holder(g->kind, 0, 0) : on_site(g->kind, 0, 0);
    assert_string_equal(refusal_name(fixture_apply(&f, e)), g->want);
    fixture_free(&f);
}

static void begin_sms(struct fixture *f)
{
    fixture_init(f);
    uint32_t site = fixture_site(f, "shop.example");
    f->sites[site].filing = FILING_PROVIDER_REVIEW;
    fixture_build(f);
    assert_int_equal(fixture_apply(f, on_site(EV_PROVIDER_PASS, 100, 0)), REFUSAL_NONE);
}

static void sms_window(void **state)
{
    (void)state;
    static struct fixture f;
    begin_sms(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_SMS_OK, 100 + FIXTURE_DAY_S, 0)), REFUSAL_NONE);
    assert_int_equal(f.w->sites[0].filing, FILING_BUREAU_REVIEW);
    fixture_free(&f);
}

static void sms_expired(void **state)
{
    (void)state;
    static struct fixture f;
    static const enum event_kind kinds[] = {EV_SMS_OK, EV_SMS_WRONG};
    begin_sms(&f);
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        struct event late = on_site(kinds[i], 100 + FIXTURE_DAY_S, 0);
        late.at.ns += 1;
        assert_string_equal(refusal_name(fixture_apply(&f, late)), "SMS_EXPIRED");
    }
    fixture_free(&f);
}

/* "5 wrong tries, 6th returns the order": five are forgiven, the sixth locks it. */
static void sms_tries(void **state)
{
    (void)state;
    static struct fixture f;
    for (int wrong = 0; wrong <= 7; wrong++) {
        begin_sms(&f);
        for (int i = 0; i < wrong; i++) {
            const char *want = i < 6 ? "" : "SMS_LOCKED";
            enum refusal got = fixture_apply(&f, on_site(EV_SMS_WRONG, 200, 0));
            assert_string_equal(refusal_name(got), want);
        }
        enum refusal got = fixture_apply(&f, on_site(EV_SMS_OK, 300, 0));
        assert_string_equal(refusal_name(got), wrong <= 5 ? "" : "SMS_LOCKED");
        fixture_free(&f);
    }
}

static void sms_again_after_withdrawal(void **state)
{
    (void)state;
    static struct fixture f;
    begin_sms(&f);
    f.sites[0].resolution_closed = true;
    f.w->sites[0].closed = true;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(fixture_apply(&f, on_site(EV_SMS_WRONG, 200, 0)), REFUSAL_NONE);
    }
    assert_int_equal(fixture_apply(&f, on_site(EV_FILING_WITHDRAW, 300, 0)), REFUSAL_NONE);
    assert_int_equal(f.w->sites[0].filing, FILING_DRAFT);
    assert_int_equal(fixture_apply(&f, on_site(EV_FILING_SUBMIT, 400, 0)), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&f, on_site(EV_PROVIDER_PASS, 200000, 0)), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&f, on_site(EV_SMS_OK, 200001, 0)), REFUSAL_NONE);
    fixture_free(&f);
}

/* "subject: all sites": whatever state their filings are in, if they have one. */
static void a_subject_gives_up_all_its_sites(void **state)
{
    (void)state;
    static struct fixture f;
    static const struct {
        const char *domain;
        enum filing_state from, to;
    } sites[] = {{"a.example", FILING_ACTIVE, FILING_DEREGISTERED},
                 {"b.example", FILING_AUDIT_NOTICE, FILING_DEREGISTERED},
                 {"c.example", FILING_ACCESS_CANCELLED, FILING_DEREGISTERED},
                 {"d.example", FILING_SHELL_SITE, FILING_DEREGISTERED},
                 {"e.example", FILING_APPROVED_UNSYNCED, FILING_DEREGISTERED},
                 {"f.example", FILING_DRAFT, FILING_DRAFT},
                 {"g.example", FILING_REVOKED, FILING_REVOKED}};
    fixture_init(&f);
    for (size_t i = 0; i < CN_ARRAY_LEN(sites); i++) {
        f.sites[fixture_site(&f, sites[i].domain)].filing = sites[i].from;
    }
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_holder(EV_DEREGISTER_SUBJECT, 0, 0)), REFUSAL_NONE);
    for (size_t i = 0; i < CN_ARRAY_LEN(sites); i++) {
        assert_int_equal(f.w->sites[i].filing, sites[i].to);
    }
    fixture_free(&f);
}

static void change_of_subject(void **state)
{
    (void)state;
    static struct fixture f;
    fixture_init(&f);
    fixture_site(&f, "shop.example");
    fixture_build(&f);
    struct event e = on_site(EV_FILING_CHANGE, 0, 0);
    e.subject_changes = true;
    assert_string_equal(refusal_name(fixture_apply(&f, e)), "SUBJECT_CHANGED_REFILE");
    assert_int_equal(f.w->sites[0].filing, FILING_ACTIVE);
    fixture_free(&f);
}

int main(void)
{
    _Static_assert(CN_ARRAY_LEN(pictures) == FILING_STATE_COUNT, "every state has its row");
    enum { PICTURES = CN_ARRAY_LEN(pictures), GUARDS = CN_ARRAY_LEN(guards) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(another_access_carries_on),
        cmocka_unit_test(the_last_shell_is_the_subjects),
        {"B1.audit_fix.AUDIT_STILL_OVERSEAS", a_domain_still_overseas_is_not_mended, NULL, NULL,
         NULL},
        {"B1.change.audit_of_data", a_change_order_answers_an_audit_of_data, NULL, NULL, NULL},
        {"B1.audit_fix.AUDIT_NOT_MENDED", what_is_not_mended_cannot_be_answered, NULL, NULL, NULL},
        {"B1.shell.other_access", another_access_prevents_the_shell, NULL, NULL, NULL},
        {"B1.deregister_subject.all_sites", a_subject_gives_up_all_its_sites, NULL, NULL, NULL},
        cmocka_unit_test(columns_of_states),
        {"B1.sms_ok.exactly_24h", sms_window, NULL, NULL, NULL},
        {"B1.sms_ok.SMS_EXPIRED", sms_expired, NULL, NULL, NULL},
        {"B1.sms_ok.SMS_LOCKED", sms_tries, NULL, NULL, NULL},
        {"B1.sms_ok.again_after_withdraw", sms_again_after_withdrawal, NULL, NULL, NULL},
        {"B1.change.SUBJECT_CHANGED_REFILE", change_of_subject, NULL, NULL, NULL},
    };
    struct CMUnitTest tests[PICTURES + GUARDS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, pictures, check_picture)
    TABLE_TESTS(tests + PICTURES, guards, check_guard)
    memcpy(tests + PICTURES + GUARDS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
