/* SPDX-License-Identifier: MIT
 * The path view along a chain of CNAMEs: lists on the CDN's own domain reach hosts of partial
 * set-up where the resolver's question for their second name crosses the border. */
#include "small.h"

struct chained { /* www.shop.example leads to a second name below edge.test; www.other.example not
                  */
    struct small s;
    uint32_t cdn; /* the site edge.test */
};

static void begin_chain(struct chained *c, int32_t dns_mode)
{
    struct small *s = &c->s;
    fixture_init(&s->f);
    s->shop = fixture_site(&s->f, "shop.example");
    s->f.sites[s->shop].setup = SETUP_PARTIAL;
    s->www = fixture_host(&s->f, "www.shop.example");
    s->other = fixture_site(&s->f, "other.example");
    s->third = fixture_host(&s->f, "www.other.example");
    c->cdn = fixture_site(&s->f, "edge.test");
    fixture_host(&s->f, "www.edge.test");
    snprintf(s->f.spec.choices.cdn_zone.text, sizeof(s->f.spec.choices.cdn_zone.text),
             "cdn.edge.test");
    s->f.spec.choices.dns_mode = dns_mode;
    s->f.spec.choices.path_min_listed = (struct duration_range){.business = false};
    fixture_build(&s->f);
}

static struct event poison_site(uint32_t site, uint16_t share)
{
    struct event e = on_site(EV_POISON, 0, site);
    e.share_permille = share;
    e.region = CN_NONE16;
    e.carrier = CN_NONE16;
    return e;
}

/* H: the question for the second name crosses the border too, and is forged there. */
static void a_list_on_the_cdn_reaches_partial_names(void **state)
{
    (void)state;
    static struct chained c;
    begin_chain(&c, DNS_GLOBAL);
    struct path_view v = look(&c.s, ask(c.s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_GENUINE);
    apply(&c.s, poison_site(c.cdn, 1000));
    v = look(&c.s, ask(c.s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_FORGED_FIRST);
    assert_int_equal(v.connect, PATH_CONNECT_WRONG_SERVER);
    assert_true(because(&v, PATH_RULE_POISONED));
    assert_true(because(&v, PATH_RULE_CHAIN));
    assert_int_equal(look(&c.s, ask(c.s.third, LINE_SH_TELECOM)).dns, PATH_DNS_GENUINE);
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_DE)).dns, PATH_DNS_GENUINE);
    fixture_free(&c.s.f);
}

/* C1: with DNS in China that question stays inside; a client outside sends it across. */
static void in_china_the_second_name_stays_inside(void **state)
{
    (void)state;
    static struct chained c;
    begin_chain(&c, DNS_IN_CHINA);
    apply(&c.s, poison_site(c.cdn, 1000));
    struct path_view v = look(&c.s, ask(c.s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_GENUINE);
    assert_true(because(&v, PATH_RULE_STAYS));
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_DE)).dns, PATH_DNS_FORGED_FIRST);
    fixture_free(&c.s.f);
}

/* The customer's own zone is not in China then: a list on the first name is met all the same. */
static void in_china_the_first_name_is_asked_abroad(void **state)
{
    (void)state;
    static struct chained c;
    begin_chain(&c, DNS_IN_CHINA);
    apply(&c.s, poison_site(c.s.shop, 1000));
    struct path_view v = look(&c.s, ask(c.s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_FORGED_FIRST);
    assert_false(because(&v, PATH_RULE_CHAIN));
    fixture_free(&c.s.f);
}

/* The greeting names the customer's host, never the second name. */
static void resets_see_the_first_name_only(void **state)
{
    (void)state;
    static struct chained c;
    begin_chain(&c, DNS_GLOBAL);
    apply(&c.s, on_site(EV_REVOKE_SITE, 0, c.s.shop));
    apply(&c.s, on_site(EV_SNI_RESET, 0, c.cdn));
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_SH_TELECOM)).connect, PATH_CONNECT_OK);
    apply(&c.s, on_site(EV_SNI_RESET, 0, c.s.shop));
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_SH_TELECOM)).connect, PATH_CONNECT_SNI_RESET);
    fixture_free(&c.s.f);
}

/* D1.29, D1.37: a bogus top-level domain and a replaced delegation of the CDN's domain, likewise.
 */
static void the_cdn_leads_astray(void **state)
{
    (void)state;
    static const char *const tlds[] = {"test"};
    static struct chained c;
    begin_chain(&c, DNS_GLOBAL);
    struct event e = fixture_event(EV_DNS_BOGUS, 0);
    e.tlds = tlds;
    e.tld_count = 1;
    apply(&c.s, e);
    struct path_view v = look(&c.s, ask(c.s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_FORGED_ONLY);
    assert_true(because(&v, PATH_RULE_CHAIN));
    assert_int_equal(look(&c.s, ask(c.s.third, LINE_SH_TELECOM)).dns, PATH_DNS_GENUINE);
    c.s.f.spec.caches_stretch = 10;
    apply(&c.s, on_site(EV_NS_HIJACK, 0, c.cdn));
    v = look(&c.s, ask(c.s.www, LINE_DE));
    assert_int_equal(v.dns, PATH_DNS_GENUINE);
    assert_true(because(&v, PATH_RULE_HIJACK_UNSEEN));
    fixture_run_until(&c.s.f, INT64_C(864000));
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_DE)).dns, PATH_DNS_FORGED_ONLY);
    fixture_free(&c.s.f);
}

/* C2.28: one congested question of the chain is enough to lose the answer. */
static void every_question_may_be_lost(void **state)
{
    (void)state;
    static struct chained c;
    begin_chain(&c, DNS_IN_CHINA);
    c.s.f.spec.choices.border_peak_loss_permille = 1000;
    apply(&c.s, fixture_event(EV_BORDER_CONGESTED, 0));
    assert_int_equal(look(&c.s, ask(c.s.www, LINE_SH_TELECOM)).dns, PATH_DNS_TIMEOUT);
    assert_int_equal(look(&c.s, ask(c.s.third, LINE_SH_TELECOM)).dns, PATH_DNS_GENUINE);
    fixture_free(&c.s.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_on_the_cdn_reaches_partial_names),
        cmocka_unit_test(in_china_the_second_name_stays_inside),
        cmocka_unit_test(in_china_the_first_name_is_asked_abroad),
        cmocka_unit_test(resets_see_the_first_name_only),
        cmocka_unit_test(the_cdn_leads_astray),
        {"C2.row28.chain", every_question_may_be_lost, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
