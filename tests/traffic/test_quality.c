/* SPDX-License-Identifier: MIT
 * How good paths are and what carries them (DESIGN 4.8, FACTS E1, H2, C4.25). */
#include "cnedge/traffic/quality.h"

#include "world_fixture.h"

#include "test.h"

enum { TUNNEL, CEN, PEERING, LAND, ENTRY, PRODUCTS };

static struct fixture f;
static struct package_spec package;
static struct product_spec products[PRODUCTS];
static uint32_t hosts[2], sites[2];

/* Two sites, both without the mainland; every product is bought and only the first site's, but for
 * CEN, which both use: 60 Mbit/s on a package of 100. */
static void begin(void)
{
    static const enum product_kind kinds[PRODUCTS] = {
        PRODUCT_CARRIER_TUNNEL, PRODUCT_CEN, PRODUCT_VPC_PEERING, PRODUCT_GLOBAL_ACCELERATION,
        PRODUCT_HK_ENTRY};
    fixture_init(&f);
    for (unsigned i = 0; i < 2; i++) {
        sites[i] = fixture_site(&f, i == 0 ? "shop.example" : "other.example");
        hosts[i] = fixture_host(&f, i == 0 ? "www.shop.example" : "www.other.example");
        f.sites[sites[i]].coverage = COVERAGE_OVERSEAS;
    }
    package = (struct package_spec){
        .id = "bwp", .state = PACKAGE_IN_USE, .mbit = 100, .expires = SIMTIME_NEVER};
    for (unsigned i = 0; i < PRODUCTS; i++) {
        products[i] = (struct product_spec){.id = product_kind_name(kinds[i]),
                                            .kind = kinds[i],
                                            .state = PRODUCT_STATE_NONE,
                                            .edition = EDITION_CMA,
                                            .package = i == CEN || i == PEERING ? 0 : CN_NONE16,
                                            .mbit = i == TUNNEL ? 10
                                                    : i == CEN  ? 60
                                                                : 0,
                                            .pop = i == TUNNEL    ? POP_FRA
                                                   : i == PEERING ? POP_NRT
                                                   : i == ENTRY   ? POP_HKG
                                                                  : CN_NONE16,
                                            .premium = CN_NONE16,
                                            .hosts = hosts,
                                            .sites = sites,
                                            .host_count = i == CEN ? 2 : 1,
                                            .site_count = i == CEN ? 2 : 1};
    }
    f.spec.packages = &package;
    f.spec.products = products;
    f.spec.package_count = 1;
    f.spec.product_count = PRODUCTS;
}

static struct quality look(uint16_t line, unsigned host, uint16_t pop)
{
    struct quality q;
    quality_of(f.w, line, hosts[host], pop, &q);
    return q;
}

static bool says(const struct quality *q, enum quality_rule rule)
{
    for (uint8_t i = 0; i < q->note_count; i++) {
        if (q->notes[i].rule == rule) return true;
    }
    return false;
}

/* --- the public Internet, by the hour --------------------------------------------------------- */

struct public_row {
    const char *name;
    uint16_t line, pop;
    uint32_t loss, peak_loss;
    bool crosses;
};

static struct public_row publics[] = {
    {"H2.inside", LINE_SH_TELECOM, POP_CAN, 0, 0, false},
    {"H2.outside", LINE_DE, POP_FRA, 0, 0, false},
    {"H2.hong_kong", LINE_SH_TELECOM, POP_HKG, 10, 12, true},
    {"H2.near", LINE_SH_TELECOM, POP_NRT, 10, 32, true},
    {"H2.global", LINE_SH_TELECOM, POP_FRA, 10, 150, true},
    {"H2.into_the_mainland", LINE_DE, POP_SHA, 10, 150, true},
};

static void check_public(void **state)
{
    const struct public_row *r = *state;
    begin();
    fixture_build(&f);
    uint32_t plain = topology_rtt_us(f.w->topology, r->line, r->pop, true);
    struct quality q = look(r->line, 0, r->pop);
    assert_int_equal(q.product, CN_NONE16);
    assert_int_equal(q.loss_permille, r->loss);
    if (r->pop != POP_CAN) assert_int_equal(q.rtt_us, plain);
    assert_int_equal(says(&q, QUALITY_PUBLIC), r->crosses);
    f.w->now = (simtime){11 * 3600 * SIMDUR_SECOND}; /* 20:00 in China */
    struct quality crowded = look(r->line, 0, r->pop);
    assert_int_equal(crowded.loss_permille, r->peak_loss);
    assert_int_equal(crowded.rtt_us - q.rtt_us, r->crosses ? 30000 : 0);
    assert_int_equal(says(&crowded, QUALITY_PEAK), r->crosses);
    fixture_free(&f);
}

/* --- what each product carries ---------------------------------------------------------------- */

struct carried_row {
    const char *name;
    unsigned product;
    uint16_t line;
    unsigned host;
    uint16_t pop;
    enum quality_rule want; /* QUALITY_CARRIED, or why not */
};

static struct carried_row carrieds[] = {
    {"X2.tunnel", TUNNEL, LINE_SH_TELECOM, 0, POP_FRA, QUALITY_CARRIED},
    {"X2.tunnel.its_data_centre_only", TUNNEL, LINE_SH_TELECOM, 0, POP_HKG, QUALITY_ELSEWHERE},
    {"X2.tunnel.telecom_only", TUNNEL, LINE_SH_UNICOM, 0, POP_FRA, QUALITY_CARRIER},
    {"X2.tunnel.its_customer_only", TUNNEL, LINE_SH_TELECOM, 1, POP_FRA, QUALITY_PUBLIC},
    {"C4.25.cen", CEN, LINE_BJ_CERNET, 0, POP_NRT, QUALITY_CARRIED},
    {"C4.25.cen.second_site", CEN, LINE_SH_TELECOM, 1, POP_HKG, QUALITY_CARRIED},
    {"C4.25.cen.near_only", CEN, LINE_SH_TELECOM, 0, POP_LAX, QUALITY_ELSEWHERE},
    {"X2.vpc_peering", PEERING, LINE_SH_TELECOM, 0, POP_NRT, QUALITY_CARRIED},
    {"X2.vpc_peering.one_place", PEERING, LINE_SH_TELECOM, 0, POP_HKG, QUALITY_ELSEWHERE},
    {"A6.acceleration", LAND, LINE_GD_MOBILE, 0, POP_HKG, QUALITY_CARRIED},
    {"A6.acceleration.lands_in_hong_kong", LAND, LINE_GD_MOBILE, 0, POP_NRT, QUALITY_ELSEWHERE},
    {"E1.entry", ENTRY, LINE_SH_UNICOM, 0, POP_HKG, QUALITY_CARRIED},
    {"E1.entry.not_mobile", ENTRY, LINE_GD_MOBILE, 0, POP_HKG, QUALITY_CARRIER},
};

static void check_carried(void **state)
{
    const struct carried_row *r = *state;
    begin();
    products[r->product].state = PRODUCT_STATE_ACTIVE;
    fixture_build(&f);
    f.w->now = (simtime){11 * 3600 * SIMDUR_SECOND}; /* 20:00 in China */
    struct quality q = look(r->line, r->host, r->pop);
    assert_true(says(&q, r->want));
    bool carried = r->want == QUALITY_CARRIED;
    assert_int_equal(q.product, carried ? r->product : CN_NONE16);
    assert_int_equal(q.loss_permille == 1, carried);
    uint32_t plain = topology_rtt_us(f.w->topology, r->line, r->pop, true);
    assert_int_equal(q.rtt_us < plain, carried);
    if (carried) assert_true(plain - q.rtt_us >= 82000); /* border_us less private_border_us */
    fixture_free(&f);
}

/* Not bought, without a package in use, during scrubbing: the public Internet. */
static void lost(void **state)
{
    (void)state;
    begin();
    products[CEN].state = PRODUCT_STATE_ACTIVE;
    products[ENTRY].state = PRODUCT_STATE_ACTIVE;
    fixture_build(&f);
    struct quality q = look(LINE_SH_TELECOM, 0, POP_HKG);
    assert_int_equal(q.product, CEN); /* equally good: the first */
    struct event e = fixture_event(EV_PACKAGE_EXPIRE, 1);
    e.package = 0;
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    assert_true(f.w->changed.paths);
    q = look(LINE_SH_TELECOM, 0, POP_HKG);
    assert_true(says(&q, QUALITY_PACKAGE));
    assert_int_equal(q.product, ENTRY);
    e = fixture_event(EV_ATTACK_START, 2);
    e.product = ENTRY;
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    q = look(LINE_SH_TELECOM, 0, POP_HKG);
    assert_true(says(&q, QUALITY_SCRUBBED) && says(&q, QUALITY_NOT_BOUGHT));
    assert_int_equal(q.product, CN_NONE16);
    fixture_free(&f);
}

/* --- bandwidth -------------------------------------------------------------------------------- */

static struct full_row {
    const char *name;
    uint32_t demand[2];
    uint32_t loss;
} fulls[] = {
    {"B7.demand.none", {0, 0}, 1},        {"B7.demand.equals", {30, 30}, 1},
    {"B7.demand.one_more", {30, 31}, 16}, /* 1/61 */
    {"B7.demand.twice", {120, 0}, 500},   {"B7.demand.flood", {UINT32_MAX, UINT32_MAX}, 999},
};

static void check_full(void **state)
{
    const struct full_row *r = *state;
    begin();
    products[CEN].state = PRODUCT_STATE_ACTIVE;
    for (unsigned i = 0; i < 2; i++) {
        f.sites[sites[i]].demand_mbit = r->demand[i];
    }
    fixture_build(&f);
    struct quality q = look(LINE_SH_TELECOM, 0, POP_HKG);
    assert_int_equal(q.capacity_mbit, 60);
    assert_int_equal(q.loss_permille, r->loss);
    assert_int_equal(says(&q, QUALITY_FULL), r->loss > 1);
    fixture_free(&f);
}

/* A site that is served from the mainland asks nothing of the border. */
static void served_inside(void **state)
{
    (void)state;
    begin();
    products[CEN].state = PRODUCT_STATE_ACTIVE;
    f.sites[sites[0]].demand_mbit = 50;
    f.sites[sites[1]].demand_mbit = 50;
    f.sites[sites[1]].coverage = COVERAGE_GLOBAL;
    fixture_build(&f);
    assert_int_equal(quality_demand(f.w, CEN, LINE_SH_TELECOM), 50);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, sites[1])), REFUSAL_NONE);
    assert_int_equal(quality_demand(f.w, CEN, LINE_SH_TELECOM), 100);
    struct event e = on_site(EV_SET_DEMAND, 2, sites[0]);
    e.mbit = 10;
    assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    assert_int_equal(quality_demand(f.w, CEN, LINE_SH_TELECOM), 60);
    fixture_free(&f);
}

/* When a temporary upgrade falls back, connections share what is left (D AL24). */
static void fallen_back(void **state)
{
    (void)state;
    begin();
    products[CEN].state = PRODUCT_STATE_ACTIVE;
    products[PEERING].state = PRODUCT_STATE_ACTIVE;
    products[PEERING].mbit = 60;
    package.mbit = 60;
    fixture_build(&f);
    assert_int_equal(quality_capacity(f.w, CEN), 30);
    f.w->packages[0].mbit = 119;
    assert_int_equal(quality_capacity(f.w, CEN), 59);
    f.w->packages[0].mbit = 120;
    assert_int_equal(quality_capacity(f.w, CEN), 60);
    fixture_free(&f);
}

static void words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < QUALITY_RULE_COUNT; i++) {
        assert_true(strlen(quality_rule_id((enum quality_rule)i)) > 0);
        bool product = strncmp(quality_rule_id((enum quality_rule)i), "product.", 8) == 0;
        assert_int_equal(strstr(quality_rule_text((enum quality_rule)i), "%s") != NULL, product);
    }
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        {"B7.expire.public_internet", lost, 0, 0, 0},
        {"B7.demand.served_inside", served_inside, 0, 0, 0},
        {"B7.temp_upgrade.shared", fallen_back, 0, 0, 0},
        {"quality.words", words, 0, 0, 0},
    };
    enum {
        A = CN_ARRAY_LEN(publics),
        B = A + CN_ARRAY_LEN(carrieds),
        C = B + CN_ARRAY_LEN(fulls),
    };
    struct CMUnitTest tests[C + CN_ARRAY_LEN(single)];
    TABLE_TESTS(tests, publics, check_public)
    TABLE_TESTS(tests + A, carrieds, check_carried)
    TABLE_TESTS(tests + B, fulls, check_full)
    memcpy(tests + C, single, sizeof(single));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
