/* SPDX-License-Identifier: MIT
 * A holder's violation and what goes with it (FACTS A10, A11, B6): every site, every domain, every
 * dedicated address; and that a domain does not get away. */
#include "story.h"

static struct story s;

static const struct site_address addresses[3] = {
    {.address = {203, 0, 113, 1}},
    {.address = {203, 0, 113, 2}},
    {.address = {0x20, 0x01, 0x0d, 0xb8}, .v6 = true},
};

/* shop.example and other.example under one holder, three dedicated addresses; a third site under
 * another holder. */
static void begin(bool proxy, int64_t delay_s, bool bars)
{
    struct fixture *f = &s.f;
    fixture_init(f);
    s.shop = fixture_site(f, "shop.example");
    s.www = fixture_host(f, "www.shop.example");
    s.other = fixture_site(f, "other.example");
    s.other_www = fixture_host(f, "www.other.example");
    uint32_t third = fixture_site(f, "third.example");
    fixture_host(f, "www.third.example");
    f->sites[third].holder = fixture_holder(f, "second");
    f->holders[0].proxy = proxy;
    f->sites[s.shop].dedicated = addresses;
    f->sites[s.shop].dedicated_count = 2;
    f->sites[s.other].dedicated = addresses + 2;
    f->sites[s.other].dedicated_count = 1;
    f->spec.choices.cascade_delay =
        (struct duration_range){.min = simdur_s(delay_s), .max = simdur_s(2 * delay_s)};
    f->spec.choices.violation_bars = bars;
    fixture_build(f);
}

static enum refusal apply(struct event e)
{
    return fixture_apply(&s.f, e);
}

static void everything_on_the_licence_goes(void **state)
{
    (void)state;
    begin(true, 0, false);
    assert_int_equal(apply(on_holder(EV_VIOLATE, 10, 0)), REFUSAL_NONE);
    const struct holder *h = &s.f.w->holders[0];
    assert_int_equal(h->subject, SUBJECT_REVOKED);
    assert_int_equal(h->listed_sites, 2);
    assert_int_equal(h->listed_addresses, 3);
    assert_false(h->barred);
    for (uint32_t site = 0; site < 2; site++) {
        assert_int_equal(s.f.w->sites[site].filing, FILING_REVOKED);
        assert_int_equal(s.f.w->sites[site].status, STATUS_ILLEGAL);
        assert_true(s.f.w->sites[site].blacklisted && s.f.w->sites[site].addresses_listed);
    }
    assert_false(s.f.w->sites[2].blacklisted); /* somebody else's */
    assert_int_equal(s.f.w->sites[2].filing, FILING_ACTIVE);
    assert_int_equal(apply(on_site(EV_UNLIST_DOMAIN, 20, s.shop)), REFUSAL_BLACKLIST_STICKY);
    assert_int_equal(apply(on_holder(EV_VIOLATE, 30, 0)), REFUSAL_VIOLATION_BAD_STATE);
    fixture_free(&s.f);
}

static void each_site_after_its_own_time(void **state)
{
    (void)state;
    begin(true, 3600, false);
    assert_int_equal(apply(on_holder(EV_VIOLATE, 10, 0)), REFUSAL_NONE);
    assert_int_equal(s.f.w->holders[0].subject, SUBJECT_REVOKED); /* the licence at once */
    assert_int_equal(s.f.w->holders[0].listed_sites, 0);
    fixture_run_until(&s.f, 3600);
    assert_int_equal(s.f.w->holders[0].listed_sites, 0);
    fixture_run_until(&s.f, 10 + 7200);
    assert_int_equal(s.f.w->holders[0].listed_sites, 2);
    assert_int_equal(s.f.w->holders[0].listed_addresses, 3);
    fixture_free(&s.f);
}

static void a_violation_may_bar(void **state)
{
    (void)state;
    begin(false, 0, true);
    assert_int_equal(apply(on_holder(EV_VIOLATE, 10, 0)), REFUSAL_NONE);
    assert_true(s.f.w->holders[0].barred);
    assert_int_equal(apply(on_site(EV_FILING_REFILE, 20, s.shop)), REFUSAL_ENTITY_BARRED);
    fixture_free(&s.f);
}

static void a_domain_leaves_a_proxy_only_without_its_filing(void **state)
{
    (void)state;
    begin(true, 0, false);
    assert_int_equal(apply(on_site(EV_DOMAIN_TRANSFER, 1, s.shop)), REFUSAL_TRANSFER_REFUSED);
    assert_int_equal(apply(on_site(EV_DOMAIN_TRANSFER, 1, 2)), REFUSAL_NONE); /* no proxy there */
    assert_int_equal(apply(on_site(EV_DEREGISTER_SITE, 2, s.shop)), REFUSAL_NONE);
    assert_int_equal(apply(on_site(EV_DOMAIN_TRANSFER, 3, s.shop)), REFUSAL_NONE);
    assert_int_equal(apply(on_site(EV_DOMAIN_TRANSFER, 4, s.shop)), REFUSAL_TRANSFER_REFUSED);
    /* It is somebody else's now: this holder cannot file it again. */
    assert_int_equal(apply(on_site(EV_FILING_REFILE, 5, s.shop)), REFUSAL_NONE);
    assert_int_equal(apply(on_site(EV_FILING_SUBMIT, 6, s.shop)), REFUSAL_REALNAME_MISMATCH);
    fixture_free(&s.f);
}

static void nothing_gets_away_after_a_violation(void **state)
{
    (void)state;
    begin(false, 3600, false);
    assert_int_equal(apply(on_holder(EV_VIOLATE, 10, 0)), REFUSAL_NONE);
    assert_int_equal(apply(on_site(EV_DOMAIN_TRANSFER, 20, s.shop)), REFUSAL_TRANSFER_REFUSED);
    fixture_free(&s.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"B6.violate.everything", everything_on_the_licence_goes, NULL, NULL, NULL},
        {"C4.24.each_site_in_its_time", each_site_after_its_own_time, NULL, NULL, NULL},
        {"B6.violate.BARRED", a_violation_may_bar, NULL, NULL, NULL},
        {"A11.domain_transfer.TRANSFER_REFUSED", a_domain_leaves_a_proxy_only_without_its_filing,
         NULL, NULL, NULL},
        {"B6.domain_transfer.TRANSFER_REFUSED", nothing_gets_away_after_a_violation, NULL, NULL,
         NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
