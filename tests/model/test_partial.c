/* SPDX-License-Identifier: MIT
 * Hosts of partial set-up: every revocation policy beside full set-up, the filing of the CDN's own
 * domain, and the least TTL of the chain. FACTS A1 (CF3, AK4), C1, C2, C3. */
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"
#include "test.h"
#include "world_fixture.h"

static struct fixture f;

/* Site 0 in full set-up, site 1 in partial, both of one host; site 2 is about the CDN's domain. */
enum { FULL, PARTIAL, CDN };

static void declare(void)
{
    fixture_init(&f);
    fixture_site(&f, "full.example");
    fixture_host(&f, "www.full.example");
    f.sites[fixture_site(&f, "part.example")].setup = SETUP_PARTIAL;
    fixture_host(&f, "www.part.example");
    for (uint32_t i = FULL; i <= PARTIAL; i++) {
        f.sites[i].origin = &f.origin;
    }
}

static void declare_cdn(void)
{
    uint32_t cdn = fixture_site(&f, "cloudflarecn.net");
    fixture_host(&f, "www.cloudflarecn.net");
    f.sites[cdn].holder = fixture_holder(&f, "cdn-holder");
}

static void invariants_hold(void)
{
    struct violation first[4];
    struct violation_list list = {.items = first, .cap = CN_ARRAY_LEN(first)};
    invariant_sweep(f.w, &list);
    assert_int_equal(list.count, 0);
}

static struct answer ask(const char *name, uint16_t type, uint16_t line)
{
    uint8_t wire[DNAME_MAX];
    struct answer a;
    assert_true(dname_from_text(name, wire) > 0);
    answer_follow(f.w, wire, type, line, &a);
    return a;
}

/* "sha 1", "hkg 10": the PoP and the row; or "ORIGIN 10", "NXDOMAIN 10", "NODATA 26", "CNAME". */
static void describe(const struct answer *a, char out[32])
{
    static const char *const kinds[] = {
        [ANSWER_REFUSED] = "REFUSED", [ANSWER_NXDOMAIN] = "NXDOMAIN", [ANSWER_NODATA] = "NODATA",
        [ANSWER_ORIGIN] = "ORIGIN",   [ANSWER_SERVFAIL] = "SERVFAIL", [ANSWER_SILENT] = "SILENT"};
    if (a->kind == ANSWER_ALIAS) {
        snprintf(out, 32, "CNAME");
    } else if (a->kind == ANSWER_POP) {
        snprintf(out, 32, "%s %u", f.pops[a->cell.pop].id, a->cell.row);
    } else {
        snprintf(out, 32, "%s %u", kinds[a->kind], a->cell.row);
    }
}

static void expect(const char *name, uint16_t type, uint16_t line, const char *want)
{
    char got[32];
    struct answer a = ask(name, type, line);
    describe(&a, got);
    assert_string_equal(got, want);
}

#define CDN_NAME "www.part.example.cdn.cloudflarecn.net"

/* --- policy x set-up ------------------------------------------------------------------------ */

struct policy_row {
    const char *name;
    enum revocation_policy policy;
    const char *full, *partial; /* A at the host's name, for a mainland client */
    const char *second;         /* A at the second name */
    const char *outside;        /* A at the host's name in partial set-up, from Germany */
};

// clang-format off
static struct policy_row policies[] = {
    {"C1.setup.reroute_overseas", POLICY_REROUTE_OVERSEAS, "hkg 10",      "hkg 10",      "hkg 10",      "fra 2"},
    {"C1.setup.suspend",          POLICY_SUSPEND,          "sha 10",      "sha 10",      "sha 10",      "fra 2"},
    {"C1.setup.deny_at_edge",     POLICY_DENY_AT_EDGE,     "sha 10",      "sha 10",      "sha 10",      "fra 2"},
    {"C1.setup.unmap_shared",     POLICY_UNMAP_SHARED,     "hkg 10",      "hkg 10",      "hkg 10",      "fra 2"},
    {"C1.setup.delete_name",      POLICY_DELETE_NAME,      "NXDOMAIN 10", "NXDOMAIN 10", "NXDOMAIN 10", "NXDOMAIN 10"},
    {"C1.setup.to_origin",        POLICY_TO_ORIGIN,        "ORIGIN 10",   "ORIGIN 10",   "ORIGIN 10",   "ORIGIN 10"},
    {"C1.setup.region_overseas",  POLICY_REGION_OVERSEAS,  "hkg 10",      "hkg 10",      "hkg 10",      "fra 2"},
};
// clang-format on

static void check_policy(void **state)
{
    const struct policy_row *r = *state;
    declare();
    f.sites[FULL].policy = f.sites[PARTIAL].policy = r->policy;
    fixture_build(&f);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "sha 1");
    expect(CDN_NAME, RR_A, LINE_SH_TELECOM, "sha 1");
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, FULL)), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, PARTIAL)), REFUSAL_NONE);
    expect("www.full.example", RR_A, LINE_SH_TELECOM, r->full);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, r->partial);
    expect("www.part.example", RR_AAAA, LINE_SH_TELECOM,
           r->policy == POLICY_TO_ORIGIN ? "ORIGIN 10" : r->partial);
    expect(CDN_NAME, RR_A, LINE_SH_TELECOM, r->second);
    expect("www.part.example", RR_A, LINE_DE, r->outside);
    expect("www.part.example", RR_CNAME, LINE_SH_TELECOM, "CNAME"); /* the customer's, it stays */
    invariants_hold();
    fixture_free(&f);
}

/* --- the filing of the CDN's domain ---------------------------------------------------------- */

struct filing_row {
    const char *name;
    enum filing_state state;
    const char *want; /* A of the partial site for a mainland client */
};

/* FACTS B1's serving column, and A1: every name in the chain needs its own filing. */
// clang-format off
static struct filing_row filings[] = {
    {"A1.chain.NONE",              FILING_NONE,              "hkg 8"},
    {"A1.chain.DRAFT",             FILING_DRAFT,             "hkg 8"},
    {"A1.chain.PROVIDER_REVIEW",   FILING_PROVIDER_REVIEW,   "hkg 8"},
    {"A1.chain.PROVIDER_FIX",      FILING_PROVIDER_FIX,      "hkg 8"},
    {"A1.chain.PROVIDER_REJECTED", FILING_PROVIDER_REJECTED, "hkg 8"},
    {"A1.chain.SMS_PENDING",       FILING_SMS_PENDING,       "hkg 8"},
    {"A1.chain.BUREAU_REVIEW",     FILING_BUREAU_REVIEW,     "hkg 8"},
    {"A1.chain.BUREAU_REJECTED",   FILING_BUREAU_REJECTED,   "hkg 8"},
    {"A1.chain.APPROVED_UNSYNCED", FILING_APPROVED_UNSYNCED, "hkg 8"},
    {"A1.chain.ACTIVE",            FILING_ACTIVE,            "sha 1"},
    {"A1.chain.CHANGE_PENDING",    FILING_CHANGE_PENDING,    "sha 1"},
    {"A1.chain.AUDIT_NOTICE",      FILING_AUDIT_NOTICE,      "sha 1"},
    {"A1.chain.ACCESS_CANCELLED",  FILING_ACCESS_CANCELLED,  "hkg 18"},
    {"A1.chain.SHELL_SITE",        FILING_SHELL_SITE,        "hkg 18"},
    {"A1.chain.SHELL_SUBJECT",     FILING_SHELL_SUBJECT,     "hkg 18"},
    {"A1.chain.DEREGISTERED",      FILING_DEREGISTERED,      "hkg 18"},
    {"A1.chain.REVOKED",           FILING_REVOKED,           "hkg 18"},
};
// clang-format on
_Static_assert(CN_ARRAY_LEN(filings) == FILING_STATE_COUNT, "each state");

static void check_filing(void **state)
{
    const struct filing_row *r = *state;
    declare();
    declare_cdn();
    f.sites[CDN].filing = r->state;
    fixture_build(&f);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, r->want);
    expect("www.full.example", RR_A, LINE_SH_TELECOM, "sha 1");
    expect("www.part.example", RR_A, LINE_DE, "fra 2");
    invariants_hold();
    fixture_free(&f);
}

static bool says(uint32_t host, enum policy_rule rule)
{
    struct decision d;
    world_decide(f.w, host, LINE_SH_TELECOM, FAMILY_V4, &d);
    for (uint8_t i = 0; i < d.reason_count; i++) {
        if (d.reasons[i].rule == (uint8_t)rule) return true;
    }
    return false;
}

static void the_cdns_loss_is_that_of_all_its_sites(void **state)
{
    (void)state;
    declare();
    f.sites[fixture_site(&f, "also.example")].setup = SETUP_PARTIAL;
    fixture_host(&f, "www.also.example");
    uint32_t cdn = fixture_site(&f, "cloudflarecn.net");
    fixture_host(&f, "www.cloudflarecn.net");
    f.sites[cdn].holder = fixture_holder(&f, "cdn-holder");
    fixture_build(&f);
    assert_true(says(PARTIAL, RULE_CHAIN_FILED));
    assert_false(says(FULL, RULE_CHAIN_FILED));
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, cdn)), REFUSAL_NONE);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "hkg 18");
    expect("www.also.example", RR_A, LINE_SH_TELECOM, "hkg 18");
    expect("www.full.example", RR_A, LINE_SH_TELECOM, "sha 1");
    assert_int_equal(f.w->changed.host_count, 3); /* the CDN's own host as well */
    assert_true(says(PARTIAL, RULE_CHAIN_BROKEN));
    assert_false(says(FULL, RULE_CHAIN_BROKEN));
    invariants_hold();
    fixture_free(&f);
}

static void the_cdns_listing_is_that_of_all_its_sites(void **state)
{
    (void)state;
    declare();
    declare_cdn();
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_BLACKLIST_DOMAIN, 1, CDN)), REFUSAL_NONE);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "hkg 19");
    invariants_hold();
    fixture_free(&f);
}

static void an_unknown_status_of_the_cdn_has_its_grace(void **state)
{
    (void)state;
    declare();
    declare_cdn();
    fixture_build(&f);
    struct event e = on_site(EV_STATUS_UNKNOWN, 1, CDN);
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "sha 1");
    fixture_run_until(&f, 7200); /* unknown_grace is an hour */
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "hkg 8");
    invariants_hold();
    fixture_free(&f);
}

static void a_lapsed_domain_of_the_cdn_takes_its_names_away(void **state)
{
    (void)state;
    declare();
    declare_cdn();
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_DOMAIN_EXPIRE, 1, CDN)), REFUSAL_NONE);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "NXDOMAIN 25");
    expect("www.part.example", RR_CNAME, LINE_SH_TELECOM, "CNAME");
    expect("cdn.cloudflarecn.net", RR_SOA, LINE_DE, "NXDOMAIN 25");
    expect("www.full.example", RR_A, LINE_SH_TELECOM, "sha 1");
    invariants_hold();
    fixture_free(&f);
}

/* D1.40 with the two set-ups on one edge name. */
static void a_shared_edge_name_is_unmapped_for_both_setups(void **state)
{
    (void)state;
    declare();
    declare_cdn();
    f.sites[FULL].edge_name = f.sites[PARTIAL].edge_name = 0;
    f.sites[PARTIAL].policy = POLICY_UNMAP_SHARED;
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, CDN)), REFUSAL_NONE);
    expect("www.part.example", RR_A, LINE_SH_TELECOM, "hkg 18");
    expect("www.full.example", RR_A, LINE_SH_TELECOM, "hkg 0");
    invariants_hold();
    fixture_free(&f);
}

/* --- names ---------------------------------------------------------------------------------- */

static void second_names_come_with_add_host(void **state)
{
    (void)state;
    declare();
    f.sites[fixture_site(&f, "more.example")].setup = SETUP_PARTIAL;
    uint32_t later = fixture_host(&f, "a.b.more.example");
    f.hosts[later].active = false;
    fixture_build(&f);
    expect("a.b.more.example.cdn.cloudflarecn.net", RR_A, LINE_DE, "NXDOMAIN 25");
    expect("b.more.example.cdn.cloudflarecn.net", RR_A, LINE_DE, "NXDOMAIN 25");
    assert_int_equal(fixture_apply(&f, on_host(EV_ADD_HOST, 1, later)), REFUSAL_NONE);
    expect("a.b.more.example.cdn.cloudflarecn.net", RR_A, LINE_DE, "fra 2");
    expect("b.more.example.cdn.cloudflarecn.net", RR_A, LINE_DE, "NODATA 26");
    expect("a.b.more.example", RR_CNAME, LINE_DE, "CNAME");
    fixture_free(&f);
}

static void a_closed_site_has_no_cname(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_CLOSE_RESOLUTION, 1, PARTIAL)), REFUSAL_NONE);
    expect("www.part.example", RR_CNAME, LINE_DE, "NODATA 26");
    assert_int_equal(fixture_apply(&f, on_site(EV_CLOSE_RESOLUTION, 1, FULL)), REFUSAL_NONE);
    expect("www.full.example", RR_A, LINE_DE, "NODATA 0"); /* no row of C2 is about it */
    expect("www.part.example", RR_A, LINE_DE, "NODATA 0");
    invariants_hold();
    fixture_free(&f);
}

static void a_lapsed_customer_leaves_nothing(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_DOMAIN_EXPIRE, 1, PARTIAL)), REFUSAL_NONE);
    assert_int_equal(ask("www.part.example", RR_A, LINE_DE).kind, ANSWER_NXDOMAIN);
    assert_int_equal(ask(CDN_NAME, RR_A, LINE_DE).kind, ANSWER_NXDOMAIN);
    fixture_free(&f);
}

/* The customer's zone is not the partner's: its CNAME is still answered (row 27). */
static void nameservers_in_china_serve_the_second_name_alone(void **state)
{
    (void)state;
    declare();
    f.spec.choices.dns_mode = DNS_IN_CHINA;
    f.spec.choices.partner_dns_failure = DNS_FAILURE_SERVFAIL;
    fixture_build(&f);
    struct event e = fixture_event(EV_PARTNER_DNS_DOWN, 1);
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    expect("www.full.example", RR_CNAME, LINE_DE, "SERVFAIL 27");
    expect("www.part.example", RR_CNAME, LINE_DE, "CNAME");
    expect("www.part.example", RR_A, LINE_DE, "SERVFAIL 27");
    expect("cdn.cloudflarecn.net", RR_SOA, LINE_DE, "SERVFAIL 27");
    fixture_free(&f);
}

/* With nameservers in China, a mainland client's query crosses to the customer's zone, a foreign
 * one's to the CDN's (row 28). */
static void queries_cross_once_on_their_way(void **state)
{
    (void)state;
    declare();
    f.spec.choices.dns_mode = DNS_IN_CHINA;
    fixture_build(&f);
    struct event e = fixture_event(EV_BORDER_CONGESTED, 1);
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    assert_false(ask("www.full.example", RR_A, LINE_SH_TELECOM).may_time_out);
    assert_true(ask("www.part.example", RR_A, LINE_SH_TELECOM).may_time_out);
    assert_true(ask("www.part.example", RR_A, LINE_DE).may_time_out);
    assert_false(ask(CDN_NAME, RR_A, LINE_SH_TELECOM).may_time_out);
    fixture_free(&f);
}

/* --- TTL ------------------------------------------------------------------------------------- */

struct ttl_row {
    const char *name;
    uint32_t cname_s, mainland_s, life_s;
};

static struct ttl_row ttls[] = {
    {"C3.chain defaults: that of the addresses", 300, 60, 60},
    {"C3.chain jsDelivr 2019: all alike", 33, 33, 33},
    {"C3.chain Tencent: 222, then 60", 222, 60, 60},
    {"C4.6 C3.chain a short CNAME before long addresses", 30, 600, 30},
    {"C4.6 C3.chain a CNAME that is not to be cached", 0, 60, 0},
};

static void check_ttl(void **state)
{
    const struct ttl_row *r = *state;
    declare();
    f.spec.choices.ttl_cname_s = r->cname_s;
    f.spec.choices.ttl_mainland_s = r->mainland_s;
    fixture_build(&f);
    struct answer a = ask("www.part.example", RR_A, LINE_SH_TELECOM);
    assert_int_equal(a.ttl_s, r->mainland_s);
    assert_int_equal(answer_life_s(&a), r->life_s);
    a = ask("www.part.example", RR_CNAME, LINE_SH_TELECOM);
    assert_int_equal(a.ttl_s, r->cname_s);
    a = ask("www.full.example", RR_A, LINE_SH_TELECOM);
    assert_int_equal(answer_life_s(&a), r->mainland_s);
    fixture_free(&f);
}

int main(void)
{
    struct CMUnitTest by_policy[CN_ARRAY_LEN(policies)];
    struct CMUnitTest by_filing[CN_ARRAY_LEN(filings)];
    struct CMUnitTest by_ttl[CN_ARRAY_LEN(ttls)];
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(the_cdns_loss_is_that_of_all_its_sites),
        cmocka_unit_test(the_cdns_listing_is_that_of_all_its_sites),
        cmocka_unit_test(an_unknown_status_of_the_cdn_has_its_grace),
        cmocka_unit_test(a_lapsed_domain_of_the_cdn_takes_its_names_away),
        cmocka_unit_test(a_shared_edge_name_is_unmapped_for_both_setups),
        cmocka_unit_test(second_names_come_with_add_host),
        cmocka_unit_test(a_closed_site_has_no_cname),
        cmocka_unit_test(a_lapsed_customer_leaves_nothing),
        cmocka_unit_test(nameservers_in_china_serve_the_second_name_alone),
        cmocka_unit_test(queries_cross_once_on_their_way),
    };
    TABLE_TESTS(by_policy, policies, check_policy);
    TABLE_TESTS(by_filing, filings, check_filing);
    TABLE_TESTS(by_ttl, ttls, check_ttl);
    int failed = cmocka_run_group_tests_name("policies", by_policy, NULL, NULL);
    failed += cmocka_run_group_tests_name("filings", by_filing, NULL, NULL);
    failed += cmocka_run_group_tests_name("TTLs", by_ttl, NULL, NULL);
    return failed + cmocka_run_group_tests_name("stories", stories, NULL, NULL);
}
