/* SPDX-License-Identifier: MIT
 * The path view in time: residual blocks, tails, the evening; forged addresses only from the
 * synthetic pools; nothing is remembered. */
#include "cnedge/traffic/population.h"
#include "cnedge/traffic/quality.h"
#include "small.h"

/* --- time ------------------------------------------------------------------------------------- */

/* FACTS H (M6 M7): 180 s for this client, this server, this port; also for a clean name there. */
static void a_reset_shuts_out_for_180_s(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    apply(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    apply(&s, on_site(EV_REVOKE_SITE, 0, s.other));
    apply(&s, on_host(EV_SNI_RESET, 0, s.www));
    struct ask a = ask(s.cdn, LINE_SH_TELECOM);
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    a.tried = s.www;
    a.first_s = 1000;
    a.now_s = 1000;
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK); /* not after it yet */
    a.now_s = 1179;
    struct path_view v = look(&s, a);
    assert_int_equal(v.connect, PATH_CONNECT_RESIDUAL);
    assert_int_equal(v.reasons[0].rule, PATH_RULE_SNI_RESIDUAL);
    assert_int_equal(v.reasons[0].arg, 1);
    a.now_s = 1180;
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    a.now_s = 1001;
    a.host = s.third; /* on the same PoP */
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_RESIDUAL);
    a.tried = s.cdn; /* never listed */
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    fixture_free(&s.f);
}

/* Taken off, but whoever was reset before is shut out for a while. */
static void a_residual_outlives_its_list(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    apply(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    apply(&s, on_host(EV_SNI_RESET, 100, s.www));
    apply(&s, on_host(EV_SNI_CLEAR, 1000, s.www));
    fixture_run_until(&s.f, 1000);
    struct ask a = ask(s.www, LINE_SH_TELECOM);
    a.now_s = 1100;
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    a.first_s = 950;
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_RESIDUAL);
    a.first_s = 1000; /* it was off by then */
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    a.first_s = 99; /* and not yet on */
    a.now_s = 110;
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_OK);
    fixture_free(&s.f);
}

/* While a name is being cleared, half of the devices still have it. */
static void clearing_halves(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    s.f.spec.choices.path_clearing = (struct duration_range){simdur_s(60), simdur_s(60), false};
    poison(&s, 0, s.www, 1000);
    apply(&s, on_host(EV_POISON_END, 10, s.www));
    uint32_t hits = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s.www, LINE_SH_TELECOM);
        a.client = n;
        hits += look(&s, a).dns == PATH_DNS_FORGED_FIRST ? 1 : 0;
    }
    within(hits, 0.5);
    fixture_run_until(&s.f, 70);
    assert_int_equal(look(&s, ask(s.www, LINE_SH_TELECOM)).dns, PATH_DNS_GENUINE);
    fixture_free(&s.f);
}

static uint32_t astray(struct small *s, uint16_t line)
{
    uint32_t hits = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
        struct ask a = ask(s->www, line);
        a.client = n;
        hits += look(s, a).dns == PATH_DNS_FORGED_ONLY ? 1 : 0;
    }
    return hits;
}

/* Every line has the same populations. */
static void populate(struct small *s, const struct population *list, uint32_t count)
{
    static struct population_mix mixes[LINES];
    for (unsigned i = 0; i < LINES; i++) {
        mixes[i] = (struct population_mix){list, count};
    }
    s->f.spec.mixes = mixes;
}

static const struct population honest = {.profile = POPULATION_HONEST, .weight = 1};

/* Everybody in the end, also outside; and back as evenly. */
static void an_honest_hijack_is_even(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    populate(&s, &honest, 1);
    s.f.spec.choices.ns_ttl_s = 800;
    apply(&s, on_site(EV_NS_HIJACK, 0, s.shop));
    assert_int_equal(astray(&s, LINE_DE), 0);
    fixture_run_until(&s.f, 300);
    within(astray(&s, LINE_DE), 0.375);
    within(astray(&s, LINE_SH_TELECOM), 0.375);
    fixture_run_until(&s.f, 800);
    assert_int_equal(astray(&s, LINE_DE), CLIENTS);
    assert_int_equal(look(&s, ask(s.third, LINE_DE)).dns, PATH_DNS_GENUINE);
    apply(&s, on_site(EV_NS_RESTORE, 1000, s.shop));
    assert_int_equal(astray(&s, LINE_DE), CLIENTS);
    fixture_run_until(&s.f, 1400);
    within(astray(&s, LINE_DE), 0.5);
    fixture_run_until(&s.f, 1800);
    assert_int_equal(astray(&s, LINE_DE), 0);
    fixture_free(&s.f);
}

/* D1.37: the tail of each population is its own: half of these keep to the TTL, a quarter stretches
 * it fourfold, a quarter never asks again. */
static void a_hijack_goes_by_populations(void **state)
{
    (void)state;
    static const struct population three[] = {
        {.profile = POPULATION_HONEST, .weight = 2},
        {.profile = POPULATION_EXTEND, .weight = 1, .extend = 4},
        {.profile = POPULATION_STALE_FOREVER, .weight = 1},
    };
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    populate(&s, three, CN_ARRAY_LEN(three));
    s.f.spec.caches_stretch = 4;
    s.f.spec.choices.ns_ttl_s = 800;
    apply(&s, on_site(EV_NS_HIJACK, 0, s.shop));
    fixture_run_until(&s.f, 400);
    within(astray(&s, LINE_DE), 0.5 * 0.5 + 0.25 * 0.125);
    fixture_run_until(&s.f, 800);
    within(astray(&s, LINE_SH_TELECOM), 0.5 + 0.25 * 0.25);
    fixture_run_until(&s.f, 3200);
    within(astray(&s, LINE_DE), 0.75);
    apply(&s, on_site(EV_NS_RESTORE, 4000, s.shop));
    fixture_run_until(&s.f, 4800);
    within(astray(&s, LINE_DE), 0.25 * 0.75);
    assert_int_equal(s.f.w->listed->state, MEASURE_TAIL);
    fixture_run_until(&s.f, 7200);
    assert_int_equal(astray(&s, LINE_DE), 0);
    assert_int_equal(s.f.w->listed->state, MEASURE_OFF);
    fixture_free(&s.f);
}

/* Between two steps nobody's answer changes: checks that look at events only are exact. */
static void caches_change_at_events_only(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    s.f.spec.choices.ns_ttl_s = 800;
    apply(&s, on_site(EV_NS_HIJACK, 0, s.shop));
    fixture_run_until(&s.f, 400);
    uint32_t hits = astray(&s, LINE_DE);
    s.f.w->now = simtime_add(SIMTIME_START, simdur_s(424));
    assert_int_equal(astray(&s, LINE_DE), hits);
    fixture_run_until(&s.f, 425);
    assert_true(astray(&s, LINE_DE) > hits);
    fixture_free(&s.f);
}

/* D1.29: resolvers that never ask again never see the bogus answer. */
static void bogus_names_spare_pinned_resolvers(void **state)
{
    (void)state;
    static const char *const tlds[] = {"example"};
    static const struct population two[] = {
        {.profile = POPULATION_FLOOR, .weight = 3, .floor_s = 60},
        {.profile = POPULATION_STALE_FOREVER, .weight = 1},
    };
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    populate(&s, two, CN_ARRAY_LEN(two));
    struct event e = fixture_event(EV_DNS_BOGUS, 0);
    e.tlds = tlds;
    e.tld_count = 1;
    apply(&s, e);
    within(astray(&s, LINE_SH_TELECOM), 0.75);
    fixture_free(&s.f);
}

/* All at once in the mainland, nobody outside; the tail is flushed evenly. */
static void bogus_names_come_at_once(void **state)
{
    (void)state;
    static const char *const tlds[] = {"com", "example"};
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    populate(&s, &honest, 1);
    s.f.spec.choices.bogus_tail = (struct duration_range){simdur_s(800), simdur_s(800), false};
    struct event e = fixture_event(EV_DNS_BOGUS, 0);
    e.tlds = tlds;
    e.tld_count = 2;
    apply(&s, e);
    assert_int_equal(astray(&s, LINE_SH_TELECOM), CLIENTS);
    assert_int_equal(astray(&s, LINE_HK), 0);
    apply(&s, fixture_event(EV_DNS_BOGUS_END, 100));
    assert_int_equal(astray(&s, LINE_SH_TELECOM), CLIENTS);
    fixture_run_until(&s.f, 300);
    within(astray(&s, LINE_SH_TELECOM), 0.75);
    fixture_run_until(&s.f, 900);
    assert_int_equal(astray(&s, LINE_SH_TELECOM), 0);
    fixture_free(&s.f);
}

static void bogus_spares_other_tlds(void **state)
{
    (void)state;
    static const char *const tlds[] = {"com"};
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    struct event e = fixture_event(EV_DNS_BOGUS, 0);
    e.tlds = tlds;
    e.tld_count = 1;
    apply(&s, e);
    assert_int_equal(astray(&s, LINE_SH_TELECOM), 0);
    fixture_free(&s.f);
}

/* --- servers of the customer's own ------------------------------------------------------------ */

/* FACTS H: an unfiled domain on a mainland server gets its provider's page, on other ports later.
 */
static void an_unfiled_origin_is_blocked(void **state)
{
    (void)state;
    static struct small s;
    fixture_init(&s.f);
    const struct prefix_step v4[] = {{0, LINE_SH_TELECOM}};
    s.f.spec.prefixes = prefix_build(&s.f.arena, v4, 1, v4, 1);
    s.shop = fixture_site(&s.f, "shop.example");
    s.f.sites[s.shop].policy = POLICY_TO_ORIGIN;
    s.f.sites[s.shop].origin = &s.f.origin;
    s.www = fixture_host(&s.f, "www.shop.example");
    fixture_build(&s.f);
    apply(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    struct ask a = ask(s.www, LINE_GD_MOBILE);
    struct path_view v = look(&s, a);
    assert_int_equal(v.connect, PATH_CONNECT_BLOCK_PAGE);
    a.port = 8443;
    v = look(&s, a);
    assert_int_equal(v.connect, PATH_CONNECT_OK);
    assert_true(because(&v, PATH_RULE_PORT_UNSEEN));
    apply(&s, on_site(EV_PORT_SCAN, 1, s.shop));
    assert_int_equal(look(&s, a).connect, PATH_CONNECT_BLOCK_PAGE);
    fixture_free(&s.f);
}

/* --- forged addresses ------------------------------------------------------------------------- */

static bool in_pool(const uint8_t *address, bool v6, bool realistic)
{
    static const uint8_t v4_pool[] = {198, 51, 100};
    static const uint8_t v6_pool[] = {0x20, 0x01, 0x0d, 0xb8, 0xde, 0xad};
    static const uint8_t teredo[] = {0x20, 0x01, 0, 0};
    if (!v6) return memcmp(address, v4_pool, sizeof(v4_pool)) == 0;
    if (realistic) return memcmp(address, teredo, sizeof(teredo)) == 0;
    return memcmp(address, v6_pool, sizeof(v6_pool)) == 0;
}

static void check_forged(const struct path_view *v, bool v6, bool realistic, uint32_t size)
{
    for (uint8_t i = 0; i < v->forged_count; i++) {
        assert_true(in_pool(v->forged[i], v6, realistic));
        assert_true(path_is_forged(v->forged[i], v6));
        if (!v6) assert_in_range(v->forged[i][3], 1, size);
    }
}

/* No forged address is anybody's: whatever the pool's size, the client, the family. */
static void forged_addresses_are_synthetic(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 7, 8, 9, 216, 254};
    static struct small s;
    uint32_t injectors_seen = 0;
    for (size_t n = 0; n < 4 * CN_ARRAY_LEN(sizes); n++) {
        bool realistic = (n & 1) != 0;
        bool v6 = (n & 2) != 0;
        uint32_t size = sizes[n / 4];
        begin(&s, POLICY_REROUTE_OVERSEAS);
        s.f.spec.choices.forged_pool = realistic ? FORGED_REALISTIC : FORGED_SYNTHETIC;
        s.f.spec.choices.forged_pool_size = size;
        poison(&s, 0, s.www, 1000);
        apply(&s, on_site(EV_NS_HIJACK, 0, s.other));
        fixture_run_until(&s.f, 86400);
        for (uint32_t client = 0; client < 200; client++) {
            struct ask a = ask(s.www, LINE_SH_TELECOM);
            a.client = client;
            a.type = v6 ? RR_AAAA : RR_A;
            struct path_view v = look(&s, a);
            assert_true(v.forged_count >= 1);
            check_forged(&v, v6, realistic, size);
            if (v.forged_count > injectors_seen) injectors_seen = v.forged_count;
        }
        struct ask a = ask(s.third, LINE_DE);
        a.type = v6 ? RR_AAAA : RR_A;
        struct path_view v = look(&s, a);
        assert_int_equal(v.forged_count, 1);
        check_forged(&v, v6, realistic, 254);
        fixture_free(&s.f);
    }
    assert_true(injectors_seen >= 1);
}

/* A name has a group of addresses of its own, and other types get none. */
static void a_name_has_its_group(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    poison(&s, 0, s.www, 1000);
    unsigned lowest = 255;
    unsigned highest = 0;
    for (uint32_t n = 0; n < 500; n++) {
        struct ask a = ask(s.www, LINE_SH_TELECOM);
        a.client = n;
        unsigned last = look(&s, a).forged[0][3];
        if (last < lowest) lowest = last;
        if (last > highest) highest = last;
    }
    assert_in_range(highest - lowest, 1, 7);
    struct ask a = ask(s.www, LINE_SH_TELECOM);
    a.type = RR_TXT;
    struct path_view v = look(&s, a);
    assert_int_equal(v.forged_count, 0);
    assert_int_equal(v.connect, PATH_CONNECT_NOWHERE);
    fixture_free(&s.f);
}

/* --- the rest --------------------------------------------------------------------------------- */

/* The same question twice is the same answer: nothing is remembered. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    poison(&s, 0, s.www, 400);
    struct listed before = s.f.w->listed[0];
    for (uint32_t n = 0; n < 100; n++) {
        struct ask a = ask(s.www, LINE_SH_TELECOM);
        a.client = n;
        struct path_view x = look(&s, a);
        struct path_view y = look(&s, a);
        assert_memory_equal(&x, &y, sizeof(x));
    }
    assert_memory_equal(&before, &s.f.w->listed[0], sizeof(before));
    fixture_free(&s.f);
}

static void loss_has_an_evening(void **state)
{
    (void)state;
    static const struct {
        int hour_utc, minute;
        uint16_t pop;
        uint32_t want;
    } rows[] = {
        {10, 59, POP_LAX, 10}, {11, 0, POP_LAX, 150}, {15, 59, POP_LAX, 150}, {16, 0, POP_LAX, 10},
        {12, 0, POP_HKG, 12},  {12, 0, POP_NRT, 32},  {12, 0, POP_SHA, 0},    {4, 0, POP_HKG, 10},
    };
    static struct small s;
    begin(&s, POLICY_REROUTE_OVERSEAS); /* the run starts at 01:00 UTC */
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        simtime at = {((rows[i].hour_utc - 1) * 3600 + rows[i].minute * 60) * SIMDUR_SECOND};
        struct quality q;
        quality_at(s.f.w, &(struct quality_path){LINE_SH_TELECOM, s.www, rows[i].pop, at}, &q);
        assert_int_equal(q.loss_permille, rows[i].want);
    }
    fixture_free(&s.f);
}

static void clients_have_prefixes(void **state)
{
    (void)state;
    const uint8_t a[16] = {203, 0, 113, 7};
    const uint8_t b[16] = {203, 0, 113, 200};
    const uint8_t c[16] = {203, 0, 112, 7};
    assert_int_equal(path_client_hash(a, false), path_client_hash(b, false));
    assert_true(path_client_hash(a, false) != path_client_hash(c, false));
    assert_true(path_client_hash(a, false) != path_client_hash(a, true));
}

static void words_are_whole(void **state)
{
    (void)state;
    char text[PATH_TEXT_MAX];
    for (unsigned r = 0; r < PATH_RULE_COUNT; r++) {
        assert_int_equal(path_rule_find(path_rule_id((enum path_rule)r)), r);
        path_reason_text((struct path_reason){(uint8_t)r, 42}, text, sizeof(text));
        bool arg = strstr(path_rule_text((enum path_rule)r), "%u") != NULL;
        assert_int_equal(strstr(text, "42") != NULL, arg);
        assert_null(strchr(text, '%'));
    }
    assert_int_equal(path_rule_find("dns.nothing"), PATH_RULE_COUNT);
    for (unsigned i = 0; i < PATH_DNS_COUNT; i++) {
        assert_true(strlen(path_dns_name((enum path_dns)i)) > 0);
        assert_true(strlen(path_dns_text((enum path_dns)i)) > 0);
    }
    for (unsigned i = 0; i < PATH_CONNECT_COUNT; i++) {
        assert_true(strlen(path_connect_name((enum path_connect)i)) > 0);
        assert_true(strlen(path_connect_text((enum path_connect)i)) > 0);
    }
    assert_int_equal(path_injector(0)->names_permille, 1000);
    for (unsigned i = 0; i < PATH_INJECTORS; i++) {
        assert_true(strlen(path_injector(i)->id) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_shuts_out_for_180_s),
        cmocka_unit_test(a_residual_outlives_its_list),
        cmocka_unit_test(clearing_halves),
        cmocka_unit_test(an_honest_hijack_is_even),
        {"D1.37", a_hijack_goes_by_populations, NULL, NULL, NULL},
        cmocka_unit_test(caches_change_at_events_only),
        {"D1.29", bogus_names_spare_pinned_resolvers, NULL, NULL, NULL},
        cmocka_unit_test(bogus_names_come_at_once),
        cmocka_unit_test(bogus_spares_other_tlds),
        cmocka_unit_test(an_unfiled_origin_is_blocked),
        {"C4.19", forged_addresses_are_synthetic, NULL, NULL, NULL},
        cmocka_unit_test(a_name_has_its_group),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(loss_has_an_evening),
        cmocka_unit_test(clients_have_prefixes),
        cmocka_unit_test(words_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
