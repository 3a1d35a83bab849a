/* SPDX-License-Identifier: MIT
 * Goal: an app has a filing like a site's (FACTS A2, B1, G): every state with every event that a
 * scenario can write; what its domains hold up; what goes with it and what does not. */
#include "../test.h"
#include "../world_fixture.h"

enum { SHOP, DOMAIN, APP }; /* sites: one with a filing of its own, one under the app's, the app */

/* A holder with www.shop.example, and an app whose filing covers api.game.example. */
static void begin(struct fixture *f, enum filing_state app)
{
    fixture_init(f);
    fixture_site(f, "shop.example");
    fixture_host(f, "www.shop.example");
    fixture_site(f, "game.example");
    fixture_host(f, "api.game.example");
    fixture_site(f, "game-app");
    f->spec.app_count = 1;
    f->sites[APP].app = true;
    f->sites[DOMAIN].app_of = APP + 1;
    for (uint32_t s = DOMAIN; s <= APP; s++) {
        f->sites[s].filing = app;
        f->sites[s].entry = 5;
        f->sites[s].entry_shared = true;
        f->sites[s].resolution_closed = true;
    }
}

/* --- every state, every event ----------------------------------------------------------------- */

static const enum event_kind columns[] = {
    EV_FILING_DRAFT,    EV_FILING_SUBMIT, EV_PROVIDER_PASS,   EV_PROVIDER_FIX,
    EV_PROVIDER_REJECT, EV_SMS_OK,        EV_SMS_WRONG,       EV_FILING_WITHDRAW,
    EV_BUREAU_PASS,     EV_BUREAU_REJECT, EV_FILING_CHANGE,   EV_FILING_CHANGE_DONE,
    EV_AUDIT_HIT,       EV_AUDIT_FIX,     EV_DEREGISTER_SITE, EV_REVOKE_SITE,
    EV_FILING_RESTORE,  EV_FILING_REFILE, EV_ACCESS_ADD,      EV_ACCESS_CANCEL};

/* As in test_filing.c; n: ACCESS_NOT_FILED. */
static const char letters[FILING_STATE_COUNT + 1] = "NDPFJSBKUACTXHhGR";

struct picture {
    const char *name;
    enum filing_state from;
    const char *want;
};

// clang-format off
static struct picture pictures[] = {
    /* Groups: draft submit | provider_pass _fix _reject | sms_ok sms_wrong | withdraw
     * | bureau_pass _reject | change change_done | audit_hit audit_fix
     * | deregister revoke restore refile | access_add access_cancel */
    {"B1.app.NONE",              FILING_NONE,              "D. ... .. . .. .. .. .... .n"},
    {"B1.app.DRAFT",             FILING_DRAFT,             ".P ... .. . .. .. .. .... .n"},
    {"B1.app.PROVIDER_REVIEW",   FILING_PROVIDER_REVIEW,   ".. SFJ .. D .. .. .. o... .n"},
    {"B1.app.PROVIDER_FIX",      FILING_PROVIDER_FIX,      ".P ... .. D .. .. .. o... .n"},
    {"B1.app.PROVIDER_REJECTED", FILING_PROVIDER_REJECTED, ".P ... .. D .. .. .. o... .n"},
    {"B1.app.SMS_PENDING",       FILING_SMS_PENDING,       ".. ... BS D .. .. .. o... .n"},
    {"B1.app.BUREAU_REVIEW",     FILING_BUREAU_REVIEW,     ".. ... .. l UK .. .. o... .n"},
    {"B1.app.BUREAU_REJECTED",   FILING_BUREAU_REJECTED,   ".P ... .. . .. .. .. .... .n"},
    {"B1.app.APPROVED_UNSYNCED", FILING_APPROVED_UNSYNCED, ".. ... .. . .. .. .. .R.. .."},
    {"B1.app.ACTIVE",            FILING_ACTIVE,            ".. ... .. . .. C. T. GR.. CX"},
    {"B1.app.CHANGE_PENDING",    FILING_CHANGE_PENDING,    ".. ... .. . .. .A .. oR.. .o"},
    {"B1.app.AUDIT_NOTICE",      FILING_AUDIT_NOTICE,      ".. ... .. . .. .. .A .R.. .X"},
    {"B1.app.ACCESS_CANCELLED",  FILING_ACCESS_CANCELLED,  ".. ... .. . .. .. .. .R.. Cn"},
    {"B1.app.SHELL_SITE",        FILING_SHELL_SITE,        ".. ... .. . .. .. .. .R.. .n"},
    {"B1.app.SHELL_SUBJECT",     FILING_SHELL_SUBJECT,     ".. ... .. . .. .. .. .R.. .n"},
    {"B1.app.DEREGISTERED",      FILING_DEREGISTERED,      ".. ... .. . .. .. .. ...D .n"},
    {"B1.app.REVOKED",           FILING_REVOKED,           ".. ... .. . .. .. .. ..fD .n"},
};
// clang-format on

static char letter_of(enum refusal refusal, uint8_t state)
{
    switch ((int)refusal) {
    case REFUSAL_NONE:
        return letters[state];
    case REFUSAL_ICP_BAD_STATE:
        return '.';
    case REFUSAL_ICP_ORDER_OPEN:
        return 'o';
    case REFUSAL_ICP_LOCKED_AT_BUREAU:
        return 'l';
    case REFUSAL_ICP_REVOKED_FINAL:
        return 'f';
    case REFUSAL_ACCESS_NOT_FILED:
        return 'n';
    default:
        return '?';
    }
}

/* The event that names the app, or its domain: it is the app's filing either way. */
static char one_event(enum filing_state from, enum event_kind kind, uint32_t named)
{
    static struct fixture f;
    begin(&f, from);
    struct world *w = fixture_build(&f);
    struct event e = on_site(kind, 0, named);
    if (kind == EV_ACCESS_ADD) e.provider = 1;
    if (kind == EV_ACCESS_CANCEL) e.provider = 0;
    enum refusal refusal = world_apply(w, &e);
    uint8_t state = w->sites[APP].filing;
    assert_int_equal(w->sites[DOMAIN].filing, state); /* the domain goes the same way */
    if (refusal != REFUSAL_NONE) assert_int_equal(state, from);
    assert_int_equal(w->sites[SHOP].filing, FILING_ACTIVE);
    fixture_free(&f);
    return letter_of(refusal, state);
}

static void check_picture(void **state)
{
    const struct picture *p = *state;
    size_t column = 0;
    for (const char *want = p->want; *want != '\0'; want++) {
        if (*want == ' ') continue;
        assert_true(column < CN_ARRAY_LEN(columns));
        enum event_kind kind = columns[column++];
        for (uint32_t named = DOMAIN; named <= APP; named++) {
            char got = one_event(p->from, kind, named);
            if (got == *want) continue;
            fail_msg("%s in %s by its %s: expected %c, got %c", event_info(kind)->name, p->name,
                     named == APP ? "id" : "domain", *want, got);
        }
    }
    assert_int_equal(column, CN_ARRAY_LEN(columns));
}

/* --- handing in ------------------------------------------------------------------------------- */

struct row {
    const char *name;
    void (*prepare)(struct fixture *f);
    const char *want;  /* code */
    const char *value; /* what is said of it; NULL: nothing */
};

static void nothing(struct fixture *f)
{
    (void)f;
}
static void not_yet(struct fixture *f)
{
    f->spec.start = rules_day_start(20230831);
    f->sites[APP].realname_since = (walltime){0};
    f->sites[DOMAIN].realname_since = (walltime){0};
    f->sites[DOMAIN].resource_until = (walltime){INT64_MAX};
}
static void first_day(struct fixture *f)
{
    not_yet(f);
    f->spec.start = rules_day_start(20230901);
}
static void registrar(struct fixture *f)
{
    f->sites[DOMAIN].registrar_ok = false;
}
static void tld(struct fixture *f)
{
    bool ok = choices_set(&f->spec.choices, choices_find("approved_tlds"), "com");
    assert_true(ok);
}
static void realname(struct fixture *f)
{
    f->sites[DOMAIN].realname_matches = false;
}
static void term(struct fixture *f)
{
    f->sites[DOMAIN].domain_expires = fixture_day(41);
}
static void no_resource(struct fixture *f)
{
    f->sites[DOMAIN].resource_until = (walltime){0};
}
static void word(struct fixture *f)
{
    f->sites[DOMAIN].domain = "my-casino.example";
}
static void resolves(struct fixture *f)
{
    f->sites[SHOP].filing = FILING_NONE; /* then it is the subject's first filing */
    f->sites[DOMAIN].resolution_closed = false;
}
static void resolves_later(struct fixture *f)
{
    f->sites[DOMAIN].resolution_closed = false;
}
static void sites_order(struct fixture *f)
{
    f->sites[SHOP].filing = FILING_BUREAU_REVIEW;
}
static void barred(struct fixture *f)
{
    f->holders[0].barred = true;
}
static void certificate(struct fixture *f)
{
    f->holders[0].certificate_until = fixture_day(0);
}
static void one_site_per_order(struct fixture *f)
{
    f->holders[0].province = province_find("hunan");
    f->sites[SHOP].filing = FILING_PROVIDER_REVIEW;
    for (uint32_t s = SHOP; s <= APP; s++) {
        f->sites[s].order = 3;
    }
}

// clang-format off
static struct row rows[] = {
    {"B1.app.submit.anybody", nothing, "", NULL},
    {"B1.app.submit.APP_FILING_NOT_YET", not_yet, "APP_FILING_NOT_YET",
     "on 2023-08-31 the rule app_filing is \"none\""},
    {"B1.app.submit.first_day", first_day, "", NULL},
    {"B1.app.submit.TLD_NOT_APPROVED", tld, "TLD_NOT_APPROVED",
     "its domain game.example: the top-level domain is \"example\", which is not in the setting approved_tlds"},
    {"B1.app.submit.REGISTRAR_NOT_APPROVED", registrar, "REGISTRAR_NOT_APPROVED",
     "its domain game.example: the scenario says that the registrar is not approved"},
    {"B1.app.submit.REALNAME_MISMATCH", realname, "REALNAME_MISMATCH",
     "its domain game.example: the registration's real name is not the holder's"},
    {"B1.app.submit.DOMAIN_TERM_SHORT", term, "DOMAIN_TERM_SHORT",
     "its domain game.example: the domain's registration ends 2026-04-12, 41 days after; "
     "it must last beyond 2026-05-31 (setting domain_term)"},
    {"B1.app.submit.NO_MAINLAND_RESOURCE", no_resource, "NO_MAINLAND_RESOURCE",
     "its domain game.example: the site has no mainland hosting"},
    {"B1.app.submit.SENSITIVE_WORD", word, "SENSITIVE_WORD",
     "its domain my-casino.example: the domain contains \"casino\" (setting sensitive_words)"},
    {"B1.app.submit.DOMAIN_RESOLVES_DURING_FILING", resolves, "DOMAIN_RESOLVES_DURING_FILING", NULL},
    {"B1.app.submit.resolves_but_not_the_first", resolves_later, "", NULL},
    {"B1.app.submit.ICP_ORDER_OPEN", sites_order, "ICP_ORDER_OPEN",
     "the order of shop.example is BUREAU_REVIEW"},
    {"B1.app.submit.ENTITY_BARRED", barred, "ENTITY_BARRED", NULL},
    {"B1.app.submit.CERTIFICATE_EXPIRED", certificate, "CERTIFICATE_EXPIRED",
     "the certificate ended on 2026-03-02"},
    {"B1.app.submit.order.of_sites_and_apps", one_site_per_order, "", NULL},
};
// clang-format on

static void submit(void **state)
{
    const struct row *r = *state;
    static struct fixture f;
    char value[256] = "";
    begin(&f, FILING_DRAFT);
    r->prepare(&f);
    fixture_build(&f);
    struct event e = on_site(EV_FILING_SUBMIT, 0, APP);
    enum refusal refusal = fixture_apply(&f, e);
    assert_string_equal(refusal_name(refusal), r->want);
    if (r->value != NULL) {
        assert_true(world_refusal_state(f.w, &e, refusal, value, sizeof(value)));
        assert_string_equal(value, r->value);
    }
    fixture_free(&f);
}

/* --- what goes with it ------------------------------------------------------------------------ */

/* An app holds the subject's order as a site does: B1 allows one. */
static void the_apps_order_holds_up_a_site(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f, FILING_PROVIDER_REVIEW);
    f.sites[SHOP].filing = FILING_DRAFT;
    struct world *w = fixture_build(&f);
    assert_int_equal(w->holders[0].orders, 1); /* the domain has none of its own */
    struct event e = on_site(EV_FILING_SUBMIT, 0, SHOP);
    assert_int_equal(world_apply(w, &e), REFUSAL_ICP_ORDER_OPEN);
    fixture_free(&f);
}

/* Not a matter of DNS: a site with a filing of its own answers as before; the domain under the
 * app's leaves (row 10). */
static void a_revoked_app_takes_its_domain_along(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f, FILING_ACTIVE);
    f.sites[DOMAIN].resolution_closed = false;
    struct world *w = fixture_build(&f);
    struct event e = on_site(EV_REVOKE_SITE, 60, APP);
    assert_int_equal(world_apply(w, &e), REFUSAL_NONE);
    struct decision d;
    world_decide(w, 0, LINE_SH_TELECOM, FAMILY_V4, &d);
    assert_int_equal(d.row, 1);
    world_decide(w, 1, LINE_SH_TELECOM, FAMILY_V4, &d);
    assert_int_equal(d.row, 10);
    fixture_free(&f);
}

static void a_subject_loses_its_apps(void **state)
{
    (void)state;
    static const enum event_kind kinds[] = {EV_REVOKE_SUBJECT, EV_DEREGISTER_SUBJECT};
    static const enum filing_state ends[] = {FILING_REVOKED, FILING_DEREGISTERED};
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        static struct fixture f;
        begin(&f, FILING_ACTIVE);
        struct world *w = fixture_build(&f);
        struct event e = on_holder(kinds[i], 60, 0);
        assert_int_equal(w->holders[0].numbers, 2); /* the site's and the app's */
        assert_int_equal(world_apply(w, &e), REFUSAL_NONE);
        for (uint32_t s = SHOP; s <= APP; s++) {
            assert_int_equal(w->sites[s].filing, ends[i]);
        }
        assert_int_equal(w->holders[0].numbers, 0);
        assert_int_equal(w->holders[0].app_numbers, 0);
        fixture_free(&f);
    }
}

/* A violation blacklists domains; an app has none of its own. */
static void a_violation_lists_no_app(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f, FILING_ACTIVE);
    struct world *w = fixture_build(&f);
    struct event e = on_holder(EV_VIOLATE, 60, 0);
    assert_int_equal(world_apply(w, &e), REFUSAL_NONE);
    assert_int_equal(w->holders[0].listed_sites, 2);
    assert_false(w->sites[APP].blacklisted);
    assert_int_equal(w->sites[APP].filing, FILING_REVOKED);
    fixture_free(&f);
}

/* The domain's lapse is found at the app; the audit can be answered when the domain is renewed. */
static void a_lapsed_domain_is_the_apps_audit(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f, FILING_ACTIVE);
    struct world *w = fixture_build(&f);
    struct event lapse = on_site(EV_DOMAIN_EXPIRE, 60, DOMAIN);
    struct event fix = on_site(EV_AUDIT_FIX, 120, APP);
    struct event renew = on_site(EV_DOMAIN_RENEW, 180, DOMAIN);
    assert_int_equal(world_apply(w, &lapse), REFUSAL_NONE);
    assert_int_equal(w->sites[APP].filing, FILING_AUDIT_NOTICE);
    assert_int_equal(w->sites[DOMAIN].filing, FILING_AUDIT_NOTICE);
    assert_int_equal(world_apply(w, &fix), REFUSAL_AUDIT_NOT_MENDED);
    assert_int_equal(world_apply(w, &renew), REFUSAL_NONE);
    fix.at = renew.at;
    assert_int_equal(world_apply(w, &fix), REFUSAL_NONE);
    assert_int_equal(w->sites[DOMAIN].filing, FILING_ACTIVE);
    fixture_free(&f);
}

/* One review for both: the app's, drawn by its id. */
static void reviews_are_drawn_once(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f, FILING_DRAFT);
    f.spec.choices.reviews = REVIEWS_DRAWN;
    struct world *w = fixture_build(&f);
    struct event e = on_site(EV_FILING_SUBMIT, 0, APP);
    unsigned fired = 0;
    assert_int_equal(world_apply(w, &e), REFUSAL_NONE);
    assert_int_equal(world_filing_deadline(w, DOMAIN).ns, SIMTIME_NEVER.ns);
    while (w->sites[APP].filing != FILING_ACTIVE && world_fire(w, &e)) {
        if (e.kind == EV_STATUS_OBSERVED || e.kind == EV_STATUS_PUBLISHED) continue;
        fired++;
        assert_int_equal(w->sites[DOMAIN].filing, w->sites[APP].filing);
    }
    assert_int_equal(fired, 4);                     /* provider, SMS, bureau, sync */
    assert_int_equal(w->sites[APP].psb, PSB_FILED); /* as the fixture has it: no duty begins */
    fixture_free(&f);
}

int main(void)
{
    enum { PICTURES = CN_ARRAY_LEN(pictures), ROWS = CN_ARRAY_LEN(rows) };
    static struct CMUnitTest tests[PICTURES + ROWS + 8];
    static const struct CMUnitTest rest[] = {
        cmocka_unit_test(the_apps_order_holds_up_a_site),
        cmocka_unit_test(a_revoked_app_takes_its_domain_along),
        cmocka_unit_test(a_subject_loses_its_apps),
        cmocka_unit_test(a_violation_lists_no_app),
        cmocka_unit_test(a_lapsed_domain_is_the_apps_audit),
        cmocka_unit_test(reviews_are_drawn_once),
    };
    size_t n = 0;
    for (size_t i = 0; i < PICTURES; i++) {
        tests[n++] = (struct CMUnitTest){pictures[i].name, check_picture, NULL, NULL, &pictures[i]};
    }
    for (size_t i = 0; i < ROWS; i++) {
        tests[n++] = (struct CMUnitTest){rows[i].name, submit, NULL, NULL, &rows[i]};
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(rest); i++) {
        tests[n++] = rest[i];
    }
    return _cmocka_run_group_tests("world_app", tests, n, NULL, NULL);
}
