/* SPDX-License-Identifier: MIT
 * Goal: an order that is handed in meets the rules on applicants, domains and the day (FACTS A1,
 * A2, B1), in the world. */
#include "../test.h"
#include "../world_fixture.h"

struct row {
    const char *name; /* "B1.submit.CODE[.case]" */
    void (*prepare)(struct fixture *f);
    const char *want;
};

static void nothing(struct fixture *f)
{
    (void)f;
}
static void foreign_company(struct fixture *f)
{
    f->holders[0].type = APPLICANT_FOREIGN_COMPANY;
}
static void not_resident(struct fixture *f)
{
    f->holders[0].type = APPLICANT_HMT_RESIDENT;
}
static void certificate_ended(struct fixture *f)
{
    f->holders[0].certificate_until = fixture_day(0);
}
static void certificate_ends_later(struct fixture *f)
{
    f->holders[0].certificate_until = fixture_day(1);
}
static void too_young(struct fixture *f)
{
    f->holders[0].type = APPLICANT_INDIVIDUAL;
    f->holders[0].province = province_find("tianjin");
    f->holders[0].age = 17;
}
static void cross_province(struct fixture *f)
{
    f->holders[0].type = APPLICANT_INDIVIDUAL;
    f->holders[0].province = province_find("ningxia");
    f->holders[0].home = province_find("hunan");
    f->holders[0].resident = true;
}
static void shell_in_guangdong(struct fixture *f)
{
    f->holders[0].province = province_find("guangdong");
    f->sites[1].filing = FILING_SHELL_SUBJECT;
}
static void shell_in_beijing(struct fixture *f)
{
    f->holders[0].province = province_find("beijing");
    f->sites[1].filing = FILING_SHELL_SUBJECT;
}
static void full_in_shaanxi(struct fixture *f)
{
    f->holders[0].province = province_find("shaanxi");
    for (uint32_t i = 1; i <= 30; i++) {
        f->sites[i].filing = FILING_ACTIVE;
    }
}
static void nearly_full_in_shaanxi(struct fixture *f)
{
    full_in_shaanxi(f);
    f->sites[30].filing = FILING_NONE;
}
static void one_order(struct fixture *f)
{
    f->sites[0].order = 7;
    f->sites[1].order = 7;
    f->sites[1].filing = FILING_PROVIDER_REVIEW;
}
static void one_order_in_hunan(struct fixture *f)
{
    one_order(f);
    f->holders[0].province = province_find("hunan");
}
static void two_orders(struct fixture *f)
{
    one_order(f);
    f->sites[1].order = 8;
}
static void sensitive(struct fixture *f)
{
    f->sites[0].domain = "my-casino.example";
}
static void own_words(struct fixture *f)
{
    bool ok = choices_set(&f->spec.choices, choices_find("sensitive_words"), "shop");
    assert_true(ok);
}
static void no_words(struct fixture *f)
{
    bool ok = choices_set(&f->spec.choices, choices_find("sensitive_words"), "");
    assert_true(ok);
    sensitive(f);
}
static void registrar_named(struct fixture *f)
{
    f->sites[0].registrar_ok = false; /* the name decides */
    f->sites[0].registrar = "alibaba";
}
static void registrar_accredited_only(struct fixture *f)
{
    f->sites[0].registrar = "gandi";
}
static void registrar_by_the_registry(struct fixture *f)
{
    registrar_accredited_only(f);
    f->spec.rules.fixed[RULES_REGISTRAR_AUTHORITY] = "cnnic";
}
static void registrar_godaddy(struct fixture *f)
{
    f->sites[0].registrar = "godaddy";
}
static void registrar_before_2018(struct fixture *f)
{
    registrar_godaddy(f);
    f->spec.rules.fixed[RULES_REGISTRAR_APPROVAL_REQUIRED] = "false";
}
static void tld_of_china(struct fixture *f)
{
    f->sites[0].apex = fixture_name(f, "shop.xn--fiqs8s");
}
static void tld_of_china_in_2018(struct fixture *f)
{
    tld_of_china(f);
    f->spec.rules.fixed[RULES_TLD_SET] = "seed_2019";
}
static void tlds_of_the_user(struct fixture *f)
{
    bool ok = choices_set(&f->spec.choices, choices_find("approved_tlds"), "com cn");
    assert_true(ok);
}
static void entry_shared(struct fixture *f)
{
    for (uint32_t i = 0; i < 2; i++) {
        f->sites[i].entry = 3;
        f->sites[i].entry_shared = true;
    }
}
static void entry_shared_before_2019(struct fixture *f)
{
    entry_shared(f);
    f->spec.rules.fixed[RULES_ONE_DOMAIN_PER_SITE] = "false";
}

// clang-format off
static struct row rows[] = {
    {"B1.submit.anybody", nothing, ""},
    {"B1.submit.FILING_NOT_ELIGIBLE", foreign_company, "FILING_NOT_ELIGIBLE"},
    {"B1.submit.APPLICANT_NOT_RESIDENT", not_resident, "APPLICANT_NOT_RESIDENT"},
    {"B1.submit.CERTIFICATE_EXPIRED", certificate_ended, "CERTIFICATE_EXPIRED"},
    {"B1.submit.certificate.ends_later", certificate_ends_later, ""},
    {"B1.submit.APPLICANT_TOO_YOUNG", too_young, "APPLICANT_TOO_YOUNG"},
    {"B1.submit.CROSS_PROVINCE", cross_province, "CROSS_PROVINCE"},
    {"B1.submit.SHELL_CANCEL_FIRST", shell_in_guangdong, "SHELL_CANCEL_FIRST"},
    {"B1.submit.shell.may_add_in_beijing", shell_in_beijing, ""},
    {"B1.submit.SITES_CAP", full_in_shaanxi, "SITES_CAP"},
    {"B1.submit.sites.the_last_one", nearly_full_in_shaanxi, ""},
    {"B1.submit.order.of_several_sites", one_order, ""},
    {"B1.submit.ORDER_SITES_CAP", one_order_in_hunan, "ORDER_SITES_CAP"},
    {"B1.submit.ICP_ORDER_OPEN.of_another_order", two_orders, "ICP_ORDER_OPEN"},
    {"B1.submit.SENSITIVE_WORD", sensitive, "SENSITIVE_WORD"},
    {"B1.submit.SENSITIVE_WORD.own_list", own_words, "SENSITIVE_WORD"},
    {"B1.submit.words.none", no_words, ""},
    {"B1.submit.registrar.named", registrar_named, ""},
    {"B1.submit.REGISTRAR_NOT_APPROVED.accredited_only", registrar_accredited_only, "REGISTRAR_NOT_APPROVED"},
    {"B1.submit.registrar.by_the_registry", registrar_by_the_registry, ""},
    {"B1.submit.REGISTRAR_NOT_APPROVED.godaddy", registrar_godaddy, "REGISTRAR_NOT_APPROVED"},
    {"B1.submit.registrar.before_2018", registrar_before_2018, ""},
    {"B1.submit.tld.of_china", tld_of_china, ""},
    {"B1.submit.TLD_NOT_APPROVED.of_china_in_2018", tld_of_china_in_2018, "TLD_NOT_APPROVED"},
    {"B1.submit.TLD_NOT_APPROVED.user_supplied", tlds_of_the_user, "TLD_NOT_APPROVED"},
    {"B1.submit.FILING_ONE_DOMAIN", entry_shared, "FILING_ONE_DOMAIN"},
    {"B1.submit.entry.shared_before_2019", entry_shared_before_2019, ""},
};
// clang-format on

static void begin(struct fixture *f)
{
    fixture_init(f);
    for (int i = 0; i < 31; i++) {
        static char names[31][32];
        snprintf(names[i], sizeof(names[i]), "shop%d.example", i);
        uint32_t site = fixture_site(f, names[i]);
        f->sites[site].filing = i == 0 ? FILING_DRAFT : FILING_NONE;
        f->sites[site].resolution_closed = true;
    }
}

static void submit(void **state)
{
    const struct row *r = *state;
    static struct fixture f;
    begin(&f);
    r->prepare(&f);
    fixture_build(&f);
    assert_string_equal(refusal_name(fixture_apply(&f, on_site(EV_FILING_SUBMIT, 0, 0))), r->want);
    fixture_free(&f);
}

/* --- the value that broke the rule ----------------------------------------------------------- */

static void term_short(struct fixture *f)
{
    f->sites[0].domain_expires = fixture_day(41);
}
static void resource_ended(struct fixture *f)
{
    f->sites[0].resource_until = fixture_day(-2);
}
static void realname_new(struct fixture *f)
{
    f->sites[0].realname_since = fixture_day(0);
}
static void realname_other(struct fixture *f)
{
    f->sites[0].realname_matches = false;
}

/* The fixture starts on Monday 2026-03-02. */
static struct value_row {
    const char *name;
    void (*prepare)(struct fixture *f);
    const char *want;
} value_rows[] = {
    {"DOMAIN_TERM_SHORT", term_short,
     "the domain's registration ends 2026-04-12, 41 days after; it must last beyond 2026-05-31 "
     "(setting domain_term)"},
    {"NO_MAINLAND_RESOURCE", resource_ended,
     "the mainland hosting ends 2026-02-28, 2 days before; it must last beyond 2026-05-31 "
     "(setting resource_term)"},
    {"REALNAME_MISMATCH.age", realname_new,
     "the registration's data were changed on 2026-03-02; they are old enough on 2026-03-05 "
     "(setting realname_age)"},
    {"REALNAME_MISMATCH", realname_other, "the registration's real name is not the holder's"},
    {"TLD_NOT_APPROVED", tld_of_china_in_2018,
     "the top-level domain is \"example\", which is not in the rule tld_set of that day, "
     "seed_2019"},
    {"REGISTRAR_NOT_APPROVED", registrar_godaddy,
     "the registrar is \"godaddy\", which is not in the setting approved_registrars"},
    {"APPLICANT_TOO_YOUNG", too_young, "the applicant is 17; tianjin asks for 18 years"},
    {"CROSS_PROVINCE", cross_province, "the identity card is of hunan, the order goes to ningxia"},
    {"SITES_CAP", full_in_shaanxi, "the subject has 30 sites; shaanxi allows 30"},
    {"ORDER_SITES_CAP", one_order_in_hunan, "the order has 2 sites; hunan allows 1"},
    {"CERTIFICATE_EXPIRED", certificate_ended, "the certificate ended on 2026-03-02"},
    {"FILING_NOT_ELIGIBLE", foreign_company,
     "the holder is a foreign company without a mainland presence"},
    {"SHELL_CANCEL_FIRST", shell_in_guangdong, "the subject files in guangdong"},
    {"ICP_ORDER_OPEN", two_orders, "the order of shop1.example is PROVIDER_REVIEW"},
    {"SENSITIVE_WORD", sensitive, "the domain contains \"casino\" (setting sensitive_words)"},
};

static void value_is_told(void **state)
{
    const struct value_row *r = *state;
    static struct fixture f;
    char text[256] = "";
    begin(&f);
    r->prepare(&f);
    fixture_build(&f);
    struct event e = on_site(EV_FILING_SUBMIT, 0, 0);
    enum refusal refusal = fixture_apply(&f, e);
    assert_int_equal(strncmp(refusal_name(refusal), r->name, strlen(refusal_name(refusal))), 0);
    assert_true(world_refusal_state(f.w, &e, refusal, text, sizeof(text)));
    assert_string_equal(text, r->want);
    fixture_free(&f);
}

/* --- SMS by province and day ---------------------------------------------------------------- */

struct sms_row {
    const char *name;
    const char *province;
    int64_t start; /* YYYYMMDD */
    enum filing_state want;
    int64_t window_h; /* when SMS_PENDING */
};

static struct sms_row sms_rows[] = {
    {"G.sms_provinces.2017-12-17", "tibet", 20171217, FILING_BUREAU_REVIEW, 0},
    {"G.sms_provinces.2017-12-18", "tibet", 20171218, FILING_SMS_PENDING, 48},
    {"G.sms_provinces.2020-08-16 elsewhere", "zhejiang", 20200816, FILING_BUREAU_REVIEW, 0},
    {"G.sms_window.2020-08-16", "hainan", 20200816, FILING_SMS_PENDING, 48},
    {"G.sms_window.2020-08-17", "zhejiang", 20200817, FILING_SMS_PENDING, 24},
    {"G.sms_provinces.2010-01-01 not said where", NULL, 20100101, FILING_SMS_PENDING, 48},
};

static void sms_by_province(void **state)
{
    const struct sms_row *r = *state;
    static struct fixture f;
    begin(&f);
    f.spec.start = rules_day_start((int32_t)r->start);
    f.holders[0].province = province_find(r->province);
    f.sites[0].filing = FILING_PROVIDER_REVIEW;
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_PROVIDER_PASS, 0, 0)), REFUSAL_NONE);
    assert_int_equal(f.w->sites[0].filing, r->want);
    if (r->window_h > 0) {
        assert_int_equal(fixture_apply(&f, on_site(EV_SMS_OK, r->window_h * 3600 + 1, 0)),
                         REFUSAL_SMS_EXPIRED);
        assert_int_equal(f.w->sites[0].sms_deadline.ns, r->window_h * 3600 * SIMDUR_SECOND);
    }
    fixture_free(&f);
}

/* Of two domains in one entry, what happens to one happens to the other. */
static void a_shared_entry_goes_as_one(void **state)
{
    (void)state;
    static struct fixture f;
    begin(&f);
    entry_shared_before_2019(&f);
    f.sites[0].filing = FILING_ACTIVE;
    f.sites[1].filing = FILING_ACTIVE;
    f.sites[2].filing = FILING_ACTIVE;
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 0, 0)), REFUSAL_NONE);
    assert_int_equal(f.w->sites[0].filing, FILING_REVOKED);
    assert_int_equal(f.w->sites[1].filing, FILING_REVOKED);
    assert_int_equal(f.w->sites[2].filing, FILING_ACTIVE);
    fixture_free(&f);
}

int main(void)
{
    struct CMUnitTest submits[CN_ARRAY_LEN(rows)];
    struct CMUnitTest sms[CN_ARRAY_LEN(sms_rows)];
    const struct CMUnitTest others[] = {cmocka_unit_test(a_shared_entry_goes_as_one)};
    TABLE_TESTS(submits, rows, submit);
    struct CMUnitTest values[CN_ARRAY_LEN(value_rows)];
    TABLE_TESTS(values, value_rows, value_is_told);
    TABLE_TESTS(sms, sms_rows, sms_by_province);
    return cmocka_run_group_tests(submits, NULL, NULL) + cmocka_run_group_tests(sms, NULL, NULL) +
           cmocka_run_group_tests(values, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
