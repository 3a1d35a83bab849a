/* SPDX-License-Identifier: MIT
 * The path view: every combination of a small world against what FACTS C2 rows 19 to 21 and
 * section H say of it, written here a second time; shares against binomial bounds. */
#include "small.h"

/* --- every combination ------------------------------------------------------------------------ */

enum listing { NOT_LISTED, POISONED, RESET, BOTH, BLACKLISTED, LISTINGS };
enum filing { FILED, LOST_AWAY, LOST_KEPT, FILINGS };

struct combination {
    enum listing listing;
    enum filing filing;
    bool http, border, box, resolver_down;
    uint16_t line, port;
    bool sibling; /* cdn instead of www, which is the listed one */
};

static void arrange(struct small *s, const struct combination *c)
{
    begin(s, c->filing == LOST_KEPT ? POLICY_SUSPEND : POLICY_REROUTE_OVERSEAS);
    if (c->filing != FILED) apply(s, on_site(EV_REVOKE_SITE, 0, s->shop));
    if (c->listing == POISONED || c->listing == BOTH) poison(s, 0, s->www, 1000);
    if (c->listing == RESET || c->listing == BOTH) apply(s, on_host(EV_SNI_RESET, 0, s->www));
    if (c->listing == BLACKLISTED) apply(s, on_site(EV_BLACKLIST_DOMAIN, 0, s->shop));
    if (c->http) apply(s, on_host(EV_HTTP_RESET, 0, s->www));
    if (c->border) apply(s, fixture_event(EV_BORDER_443_RESET, 0));
    if (c->box) {
        struct event e = on_host(EV_PROVINCE_BLOCK, 0, s->www);
        e.region = REGION_SHANGHAI;
        apply(s, e);
    }
    if (c->resolver_down) {
        apply(s, on_carrier(EV_RESOLVER_DOWN, 0, CARRIER_TELECOM, REGION_SHANGHAI));
    }
}

/* What the facts say, by the client and by where the authority sends it. */
static enum path_dns wanted_dns(const struct combination *c)
{
    bool mainland = c->line <= LINE_BJ_CERNET;
    bool hit = c->listing == BLACKLISTED ||
               (!c->sibling && (c->listing == POISONED || c->listing == BOTH));
    if (c->resolver_down && c->line == LINE_SH_TELECOM) return PATH_DNS_TIMEOUT;
    return mainland && hit ? PATH_DNS_FORGED_FIRST : PATH_DNS_GENUINE;
}

static enum path_connect wanted_connect(const struct combination *c, const struct pop *p)
{
    bool mainland = c->line <= LINE_BJ_CERNET;
    bool away = p->class_ != POP_MAINLAND;
    bool reset =
        c->listing == BLACKLISTED || (!c->sibling && (c->listing == RESET || c->listing == BOTH));
    bool shanghai = c->line == LINE_SH_TELECOM || c->line == LINE_SH_UNICOM;
    if (wanted_dns(c) == PATH_DNS_TIMEOUT) return PATH_CONNECT_NOWHERE;
    if (wanted_dns(c) == PATH_DNS_FORGED_FIRST) return PATH_CONNECT_WRONG_SERVER;
    if (mainland && away) {
        if (c->border && c->port == PATH_HTTPS) return PATH_CONNECT_BORDER_RESET;
        if (c->port != PATH_HTTP && reset) return PATH_CONNECT_SNI_RESET;
        if (c->port == PATH_HTTP && c->http && !c->sibling) return PATH_CONNECT_HTTP_RESET;
    }
    bool leaves = away || p->region != REGION_SHANGHAI;
    if (c->box && !c->sibling && shanghai && leaves) return PATH_CONNECT_PROVINCE_RESET;
    bool kept = c->filing == LOST_KEPT && mainland && !away;
    return kept ? PATH_CONNECT_DENIED : PATH_CONNECT_OK;
}

static uint64_t counts[PATH_CONNECT_COUNT];
static uint64_t cases;

static void check(const struct combination *c)
{
    static struct small s;
    arrange(&s, c);
    struct ask a = ask(c->sibling ? s.cdn : s.www, c->line);
    a.port = c->port;
    struct answer answer;
    answer_follow(s.f.w, s.f.hosts[a.host].name, RR_A, c->line, &answer);
    assert_int_equal(answer.kind, ANSWER_POP);
    const struct pop *p = &s.f.w->topology->pops[answer.cell.pop];
    struct path_view v = look(&s, a);
    enum path_connect want = wanted_connect(c, p);
    assert_int_equal(v.dns, wanted_dns(c));
    if (want == PATH_CONNECT_HTTP_RESET && v.connect == PATH_CONNECT_OK) {
        assert_true(because(&v, PATH_RULE_HTTP_PASSED)); /* one of four */
    } else {
        assert_int_equal(v.connect, want);
    }
    assert_int_equal(path_is_clear(&v), v.dns == PATH_DNS_GENUINE && v.connect == PATH_CONNECT_OK);
    if (v.connect != PATH_CONNECT_OK) assert_true(v.reason_count > 0);
    counts[v.connect]++;
    cases++;
    fixture_free(&s.f);
}

static void every_combination(void **state)
{
    (void)state;
    static const uint16_t ports[] = {PATH_HTTP, PATH_HTTPS, 8443};
    for (unsigned bits = 0; bits < 32; bits++) {
        for (unsigned n = 0; n < (unsigned)LISTINGS * FILINGS * 3; n++) {
            struct combination c = {.listing = (enum listing)(n / 3 % LISTINGS),
                                    .filing = (enum filing)(n / 3 / LISTINGS),
                                    .http = (bits & 1) != 0,
                                    .border = (bits & 2) != 0,
                                    .box = (bits & 4) != 0,
                                    .resolver_down = (bits & 8) != 0,
                                    .sibling = (bits & 16) != 0,
                                    .port = ports[n % 3]};
            for (c.line = 0; c.line < LINES; c.line++) {
                check(&c);
            }
        }
    }
    assert_int_equal(cases, 32 * LISTINGS * FILINGS * 3 * LINES);
    static const enum path_connect reached[] = {
        PATH_CONNECT_OK,           PATH_CONNECT_SNI_RESET,    PATH_CONNECT_HTTP_RESET,
        PATH_CONNECT_BORDER_RESET, PATH_CONNECT_DENIED,       PATH_CONNECT_PROVINCE_RESET,
        PATH_CONNECT_NOWHERE,      PATH_CONNECT_WRONG_SERVER,
    };
    for (size_t i = 0; i < CN_ARRAY_LEN(reached); i++) {
        assert_true(counts[reached[i]] > 0);
    }
}

/* --- rows of the decision table --------------------------------------------------------------- */

/* The query does not cross: our answer, and the connection fails later. */
static void row_19(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    apply(&s, on_site(EV_BLACKLIST_DOMAIN, 0, s.shop));
    struct ask a = ask(s.www, LINE_SH_TELECOM);
    a.resolver = LINE_HK; /* asked from outside */
    struct path_view v = look(&s, a);
    assert_int_equal(v.dns, PATH_DNS_GENUINE);
    assert_true(because(&v, PATH_RULE_STAYS));
    assert_int_equal(v.connect, PATH_CONNECT_SNI_RESET);
    fixture_free(&s.f);
}

static void row_20(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    apply(&s, on_site(EV_BLACKLIST_DOMAIN, 0, s.shop));
    struct path_view v = look(&s, ask(s.www, LINE_SH_TELECOM));
    assert_int_equal(v.dns, PATH_DNS_FORGED_FIRST);
    assert_true(because(&v, PATH_RULE_CROSSES));
    assert_true(v.forged_count >= 1 && v.forged_count <= PATH_INJECTORS);
    assert_int_equal(v.forged_ttl_s, 300);
    assert_int_equal(v.connect, PATH_CONNECT_WRONG_SERVER);
    fixture_free(&s.f);
}

/* A client outside whose resolver is in the mainland: pollution leaves the country. */
static void row_21(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    poison(&s, 0, s.www, 1000);
    struct ask a = ask(s.www, LINE_DE);
    assert_int_equal(look(&s, a).dns, PATH_DNS_GENUINE);
    a.resolver = LINE_SH_TELECOM;
    assert_int_equal(look(&s, a).dns, PATH_DNS_FORGED_FIRST);
    fixture_free(&s.f);
}

/* --- shares ----------------------------------------------------------------------------------- */

static void shares_are_what_the_list_says(void **state)
{
    (void)state;
    static const uint16_t shares[] = {1, 50, 400, 900, 999};
    static struct small s;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        begin(&s, POLICY_REROUTE_OVERSEAS);
        s.f.spec.seed = seed;
        for (size_t i = 0; i < CN_ARRAY_LEN(shares); i++) {
            uint32_t hits = 0;
            poison(&s, (int64_t)i, s.www, shares[i]);
            for (uint32_t n = 0; n < CLIENTS; n++) {
                struct ask a = ask(s.www, LINE_SH_TELECOM);
                a.client = n;
                hits += look(&s, a).dns == PATH_DNS_FORGED_FIRST ? 1 : 0;
            }
            within(hits, shares[i] / 1000.0);
        }
        fixture_free(&s.f);
    }
}

/* Who is hit at 40 % is hit at 70 %, too; another name hits others. */
static void a_growing_share_keeps_whom_it_had(void **state)
{
    (void)state;
    static struct small s;
    static bool before[CLIENTS];
    begin(&s, POLICY_REROUTE_OVERSEAS);
    poison(&s, 0, s.www, 400);
    poison(&s, 0, s.cdn, 400);
    uint32_t both = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s.www, LINE_GD_MOBILE);
        a.client = n;
        before[n] = look(&s, a).dns == PATH_DNS_FORGED_FIRST;
        a.host = s.cdn;
        both += before[n] && look(&s, a).dns == PATH_DNS_FORGED_FIRST ? 1 : 0;
    }
    within(both, 0.16);
    poison(&s, 1, s.www, 700);
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s.www, LINE_GD_MOBILE);
        a.client = n;
        if (before[n]) assert_int_equal(look(&s, a).dns, PATH_DNS_FORGED_FIRST);
    }
    fixture_free(&s.f);
}

/* A carrier or a province of its own. */
static void a_list_may_have_a_place(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    struct event e = on_host(EV_POISON, 0, s.www);
    e.share_permille = 1000;
    e.carrier = CARRIER_TELECOM;
    e.region = REGION_SHANGHAI;
    apply(&s, e);
    assert_int_equal(look(&s, ask(s.www, LINE_SH_TELECOM)).dns, PATH_DNS_FORGED_FIRST);
    assert_int_equal(look(&s, ask(s.www, LINE_SH_UNICOM)).dns, PATH_DNS_GENUINE);
    assert_int_equal(look(&s, ask(s.www, LINE_GD_MOBILE)).dns, PATH_DNS_GENUINE);
    assert_int_equal(s.f.w->listed[0].state, LIST_POISONED_PART);
    fixture_free(&s.f);
}

/* FACTS H (M6): three of four requests; then 50 to 75 percent of connections for 90 s. */
static void http_resets_by_chance(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    apply(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    apply(&s, on_host(EV_HTTP_RESET, 0, s.www));
    uint32_t reset = 0;
    uint32_t shut_out = 0;
    uint32_t triggered = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s.www, LINE_SH_TELECOM);
        a.port = PATH_HTTP;
        a.client = n;
        bool first = look(&s, a).connect == PATH_CONNECT_HTTP_RESET;
        reset += first ? 1 : 0;
        a.host = s.cdn; /* clean, on the same server */
        a.tried = s.www;
        a.first_s = a.now_s;
        a.now_s += 89;
        bool again = look(&s, a).connect == PATH_CONNECT_RESIDUAL;
        assert_true(first || !again);
        triggered += first ? 1 : 0;
        shut_out += again ? 1 : 0;
        a.now_s += 1;
        assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    }
    within(reset, 0.75);
    assert_true(shut_out > triggered * 0.6 && shut_out < triggered * 0.65);
    fixture_free(&s.f);
}

/* FACTS 0.6: which queries cross depends on where the nameservers are. */
static void in_china_mode_turns_the_border_around(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    poison(&s, 0, s.www, 1000);
    assert_int_equal(look(&s, ask(s.www, LINE_SH_TELECOM)).dns, PATH_DNS_FORGED_FIRST);
    assert_int_equal(look(&s, ask(s.www, LINE_DE)).dns, PATH_DNS_GENUINE);
    s.f.spec.choices.dns_mode = DNS_IN_CHINA;
    assert_int_equal(look(&s, ask(s.www, LINE_SH_TELECOM)).dns, PATH_DNS_GENUINE);
    assert_int_equal(look(&s, ask(s.www, LINE_DE)).dns, PATH_DNS_FORGED_FIRST);
    fixture_free(&s.f);
}

static void row_27(void **state)
{
    (void)state;
    static struct small s;
    static const enum path_dns want[] = {
        [DNS_FAILURE_SILENT] = PATH_DNS_TIMEOUT, [DNS_FAILURE_SERVFAIL] = PATH_DNS_SERVFAIL};
    begin(&s, POLICY_REROUTE_OVERSEAS);
    s.f.spec.choices.dns_mode = DNS_IN_CHINA;
    apply(&s, event_make(EV_PARTNER_DNS_DOWN, SIMTIME_START));
    for (int32_t failure = 0; failure < (int32_t)CN_ARRAY_LEN(want); failure++) {
        s.f.spec.choices.partner_dns_failure = failure;
        assert_int_equal(look(&s, ask(s.www, LINE_SH_TELECOM)).dns, want[failure]);
        assert_int_equal(look(&s, ask(s.www, LINE_DE)).dns, want[failure]);
        assert_int_equal(look(&s, ask(s.www, LINE_DE)).connect, PATH_CONNECT_NOWHERE);
    }
    poison(&s, 1, s.www, 1000);
    assert_int_equal(look(&s, ask(s.www, LINE_DE)).dns, PATH_DNS_FORGED_ONLY); /* ours: none */
    fixture_free(&s.f);
}

static uint32_t lost_of(struct small *s, uint16_t line)
{
    uint32_t lost = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s->www, line);
        a.client = n;
        lost += look(s, a).dns == PATH_DNS_TIMEOUT ? 1 : 0;
    }
    return lost;
}

static void row_28(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    assert_int_equal(lost_of(&s, LINE_SH_TELECOM), 0);
    apply(&s, event_make(EV_BORDER_CONGESTED, SIMTIME_START));
    within(lost_of(&s, LINE_SH_TELECOM), 0.15);
    assert_int_equal(lost_of(&s, LINE_DE), 0);
    s.f.spec.choices.dns_mode = DNS_IN_CHINA;
    assert_int_equal(lost_of(&s, LINE_SH_TELECOM), 0);
    within(lost_of(&s, LINE_DE), 0.15);
    fixture_free(&s.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination),
        {"C2.row19", row_19, NULL, NULL, NULL},
        {"C2.row20", row_20, NULL, NULL, NULL},
        {"C2.row21", row_21, NULL, NULL, NULL},
        {"C2.row27", row_27, NULL, NULL, NULL},
        {"C2.row28", row_28, NULL, NULL, NULL},
        cmocka_unit_test(in_china_mode_turns_the_border_around),
        cmocka_unit_test(shares_are_what_the_list_says),
        cmocka_unit_test(a_growing_share_keeps_whom_it_had),
        cmocka_unit_test(a_list_may_have_a_place),
        cmocka_unit_test(http_resets_by_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
