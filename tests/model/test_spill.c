/* SPDX-License-Identifier: MIT
 * Spill (FACTS C2 row 31, C4.9): the plan on its own, then in a running world. */
#include "cnedge/model/spill.h"

#include <string.h>

#include "cnedge/base/rng.h"
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"
#include "cnedge/model/users.h"
#include "test.h"
#include "world_fixture.h"

/* --- the plan -------------------------------------------------------------------------------- */

enum { PLAN_POPS = 5, NO_LIMIT = 0 };

struct plan_row {
    const char *name;
    const char *classes; /* m, n, g for each PoP; capitals: not usable */
    uint64_t load[PLAN_POPS], capacity[PLAN_POPS], after[PLAN_POPS];
};
static struct plan_row plan_rows[] = {
    {"C4.9 nothing to pass on", "mnngg", {10, 20, 0, 0, 0}, {10, 20, 5, 5, 5}, {10, 20, 0, 0, 0}},
    {"C4.9 by free capacity", "mnnng", {0, 100, 0, 20, 0}, {9, 40, 20, 60, 99}, {0, 40, 20, 60, 0}},
    {"C4.9 weights are what is free",
     "mnnng",
     {0, 70, 0, 0, 0},
     {9, 40, 20, 40, 99},
     {0, 40, 10, 20, 0}},
    {"C4.9 overflow to global",
     "mnngg",
     {0, 100, 0, 0, 0},
     {9, 40, 20, 10, 30},
     {0, 40, 20, 10, 30}},
    {"C4.9 no room anywhere", "mnngg", {0, 100, 0, 0, 0}, {9, 10, 20, 10, 10}, {0, 60, 20, 10, 10}},
    {"C4.9 inside first", "mmnng", {90, 10, 0, 0, 0}, {30, 50, 50, 50, 9}, {30, 50, 10, 10, 0}},
    {"C4.9 not to another partner",
     "momng",
     {90, 0, 0, 0, 0},
     {30, 99, 20, 10, 99},
     {30, 0, 20, 10, 30}},
    {"C4.9 never into the mainland",
     "mnngg",
     {0, 50, 0, 0, 0},
     {99, 20, 10, 10, 10},
     {0, 20, 10, 10, 10}},
    {"C4.9 not to a PoP that is down",
     "mnNgg",
     {0, 50, 0, 0, 0},
     {9, 20, 99, 15, 15},
     {0, 20, 0, 15, 15}},
    {"C4.9 two share one room", "mnnng", {0, 60, 40, 0, 0}, {9, 40, 30, 30, 9}, {0, 40, 30, 30, 0}},
    {"C4.9 global to near", "mnngg", {0, 0, 0, 90, 0}, {9, 10, 30, 30, 20}, {0, 10, 30, 30, 20}},
};

static void plan_of(const struct plan_row *r, struct spill_pop *pops)
{
    static const char letters[] = "mngo"; /* o: a mainland PoP of another partner */
    for (int i = 0; i < PLAN_POPS; i++) {
        char lower = (char)(r->classes[i] | 0x20);
        pops[i] = (struct spill_pop){
            .load_kbps = r->load[i],
            .capacity_kbps = r->capacity[i] == NO_LIMIT ? UINT64_MAX : r->capacity[i],
            .class_ =
                lower == 'o' ? POP_MAINLAND : (enum pop_class)(strchr(letters, lower) - letters),
            .partner = r->classes[i] == 'o' ? 1 : 0,
            .usable = r->classes[i] == lower};
    }
}

static void plan(void **state)
{
    const struct plan_row *r = *state;
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena arena;
    struct spill_plan p;
    struct spill_pop pops[PLAN_POPS];
    arena_init(&arena, test_heap_more, &heap);
    assert_true(spill_init(&p, &arena, PLAN_POPS));
    plan_of(r, pops);
    spill_make(&p, pops);
    for (uint16_t to = 0; to < PLAN_POPS; to++) {
        uint64_t load = r->load[to];
        for (uint16_t k = 0; k < PLAN_POPS; k++) {
            load += p.moved[k * PLAN_POPS + to];
            load -= p.moved[to * PLAN_POPS + k];
        }
        assert_int_equal(load, r->after[to]);
    }
    assert_false(spill_make(&p, pops)); /* the same again */
    for (uint16_t from = 0; from < PLAN_POPS; from++) {
        uint64_t sum = 0;
        for (uint16_t to = 0; to < PLAN_POPS; to++) {
            sum += spill_share(&p, from, to);
        }
        assert_in_range(sum, 1000000 - PLAN_POPS, 1000000);
    }
    test_heap_free(&heap);
}

/* Of many draws, as many go where the shares say. */
static void draws_follow_the_shares(void **state)
{
    (void)state;
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena arena;
    struct spill_plan p;
    struct spill_pop pops[PLAN_POPS];
    const struct plan_row row = {"", "mnngg", {0, 100, 0, 0, 0}, {9, 40, 20, 10, 30}, {0}};
    uint32_t seen[PLAN_POPS] = {0};
    arena_init(&arena, test_heap_more, &heap);
    assert_true(spill_init(&p, &arena, PLAN_POPS));
    plan_of(&row, pops);
    assert_true(spill_make(&p, pops));
    for (uint32_t i = 0; i < 100000; i++) {
        seen[spill_to(&p, 1, i * 42949U)]++; /* evenly over all hash values */
    }
    assert_int_equal(seen[0], 0);
    for (uint16_t to = 1; to < PLAN_POPS; to++) {
        assert_in_range(seen[to], spill_share(&p, 1, to) / 10 - 20,
                        spill_share(&p, 1, to) / 10 + 20);
    }
    assert_int_equal(spill_to(&p, 2, 4000000000U), 2); /* nobody leaves a PoP with room */
    test_heap_free(&heap);
}

static void the_same_prefix_draws_the_same(void **state)
{
    (void)state;
    const struct line line = {.name = "cn/beijing/telecom"};
    const struct line other = {.name = "cn/beijing/unicom"};
    static const uint8_t host[] = {3, 'w', 'w', 'w', 1, 'a', 0};
    static const uint8_t sibling[] = {3, 'i', 'm', 'g', 1, 'a', 0};
    struct spill_client a = {.address = {203, 0, 113, 7}, .bits = 32};
    struct spill_client b = {.address = {203, 0, 113, 200}, .bits = 24};
    struct spill_client c = {.address = {203, 0, 112, 7}, .bits = 32};
    struct spill_client six = {.address = {203, 0, 113, 7}, .bits = 64, .v6 = true};
    uint32_t draw = spill_draw(1, &line, &a, host);
    assert_int_equal(spill_bits(&a), SPILL_V4_BITS);
    assert_int_equal(spill_bits(&six), SPILL_V6_BITS);
    assert_int_equal(spill_draw(1, &line, &b, host), draw);
    assert_int_not_equal(spill_draw(1, &line, &c, host), draw);
    assert_int_not_equal(spill_draw(1, &line, &six, host), draw);
    assert_int_not_equal(spill_draw(2, &line, &a, host), draw);
    assert_int_not_equal(spill_draw(1, &other, &a, host), draw);
    assert_int_not_equal(spill_draw(1, &line, &a, sibling), draw);
}

/* --- in a world ------------------------------------------------------------------------------ */

enum { SHOP_MBPS = 100 };

struct loaded {
    struct fixture f;
    uint32_t shop, www, later;
    uint32_t capacity[POPS], users[LINES];
    struct violation_list violations;
    struct violation items[4];
};

/* Two routed hosts, one more that comes later, an alias; four mainland lines of equal weight. */
static void loaded_init(struct loaded *l, enum spill_mode spill)
{
    memset(l, 0, sizeof(*l));
    fixture_init(&l->f);
    l->shop = fixture_site(&l->f, "shop.example");
    fixture_host(&l->f, "shop.example");
    l->www = fixture_host(&l->f, "www.shop.example");
    fixture_alias(&l->f, "cdn.shop.example", "www.shop.example");
    l->later = fixture_host(&l->f, "later.shop.example");
    l->f.hosts[l->later].active = false;
    l->f.sites[l->shop].demand_mbit = SHOP_MBPS;
    for (int i = LINE_SH_TELECOM; i <= LINE_BJ_CERNET; i++) {
        l->users[i] = 25;
    }
    l->f.spec.capacity_mbps = l->capacity;
    l->f.spec.users = l->users;
    l->f.spec.choices.spill = (int32_t)spill;
    l->violations = (struct violation_list){.cap = 4, .items = l->items};
}

static uint64_t mbps(struct loaded *l, uint16_t pop)
{
    return (world_load(l->f.w)[pop] + 500) / 1000;
}

static void load_follows_answers(void **state)
{
    (void)state;
    struct loaded l;
    loaded_init(&l, SPILL_OFF);
    l.capacity[POP_HKG] = 50;
    fixture_build(&l.f);
    assert_true(world_has_load(l.f.w));
    /* 67 and not 100: the host that is to come would take its third. */
    assert_in_range(mbps(&l, POP_SHA) + mbps(&l, POP_CAN) + mbps(&l, POP_BJS), 66, 68);
    assert_int_equal(fixture_apply(&l.f, on_host(EV_ADD_HOST, 10, l.later)), REFUSAL_NONE);
    assert_int_equal(mbps(&l, POP_SHA) + mbps(&l, POP_CAN) + mbps(&l, POP_BJS), 100);
    assert_int_equal(mbps(&l, POP_HKG), 0);
    assert_false(world_saturated(l.f.w, POP_HKG));
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_SUSPEND, 20)), REFUSAL_NONE);
    assert_int_equal(mbps(&l, POP_HKG), 100); /* of 50: spill is off */
    assert_true(world_saturated(l.f.w, POP_HKG));
    assert_int_equal(mbps(&l, POP_SHA), 0);
    struct spill_client c = {.address = {203, 0, 113, 7}, .bits = 32};
    assert_int_equal(world_spread_to(l.f.w, l.www, LINE_SH_TELECOM, &c, POP_HKG), POP_HKG);
    fixture_free(&l.f);
}

/* A site that is suspended in the mainland is refused there: it carries no load. */
static void refused_at_the_edge_is_no_load(void **state)
{
    (void)state;
    struct loaded l;
    loaded_init(&l, SPILL_BY_CAPACITY);
    l.f.sites[l.shop].policy = POLICY_SUSPEND;
    fixture_build(&l.f);
    assert_int_not_equal(mbps(&l, POP_SHA), 0);
    assert_int_equal(fixture_apply(&l.f, on_site(EV_REVOKE_SITE, 20, l.shop)), REFUSAL_NONE);
    assert_int_equal(fixture_cell(&l.f, l.www, LINE_SH_TELECOM).pop, POP_SHA);
    assert_int_equal(mbps(&l, POP_SHA), 0);
    fixture_free(&l.f);
}

/* C2 row 31: Hong Kong is full after a mass failover. */
static void row31(void **state)
{
    (void)state;
    struct loaded l;
    uint32_t at[POPS] = {0};
    loaded_init(&l, SPILL_BY_CAPACITY);
    l.f.hosts[l.later].active = true;
    l.capacity[POP_HKG] = 40;
    l.capacity[POP_NRT] = 30;
    l.capacity[POP_SIN] = 10;
    l.capacity[POP_TPE] = 10;
    l.capacity[POP_FRA] = 10;
    l.capacity[POP_LAX] = 10;
    fixture_build(&l.f);
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_SUSPEND, 20)), REFUSAL_NONE);
    assert_true(l.f.w->changed.network);
    assert_int_equal(mbps(&l, POP_HKG), 40);
    assert_int_equal(mbps(&l, POP_NRT), 30);
    assert_int_equal(mbps(&l, POP_SIN), 10);
    assert_int_equal(mbps(&l, POP_TPE), 10);
    assert_int_equal(mbps(&l, POP_FRA), 5);
    assert_int_equal(mbps(&l, POP_LAX), 5);
    assert_true(world_saturated(l.f.w, POP_HKG));
    for (unsigned i = 0; i < 5000; i++) {
        struct spill_client c = {.address = {198, (uint8_t)(i >> 8), (uint8_t)i}, .bits = 24};
        struct answer a;
        struct decision d;
        answer_find(l.f.w, l.f.hosts[l.www].name, RR_A, LINE_SH_TELECOM, &a);
        answer_spread(l.f.w, LINE_SH_TELECOM, &c, &a);
        struct world_ask ask = {l.www, LINE_SH_TELECOM, FAMILY_V4, &c};
        world_decide_for(l.f.w, &ask, &d);
        assert_int_equal(a.cell.pop, d.pop);
        assert_int_equal(a.cell.row, 31);
        assert_int_equal(d.row, 31);
        assert_int_equal(a.ttl_s, 30);
        assert_int_equal(d.ttl_s, 30);
        assert_true(a.by_client);
        assert_int_equal(d.reasons[d.reason_count - 1].rule,
                         d.pop == POP_HKG ? RULE_SPILL : RULE_SPILL_MOVED);
        at[d.pop]++;
    }
    assert_in_range(at[POP_HKG], 1850, 2150);
    assert_in_range(at[POP_NRT], 1350, 1650);
    assert_int_equal(at[POP_SHA], 0);
    invariant_check_changed(l.f.w, &l.violations);
    assert_int_equal(l.violations.count, 0);
    fixture_free(&l.f);
}

/* A plan that forgets somebody, and one that sends somebody where nothing works. */
static void the_invariant_sees_a_wrong_plan(void **state)
{
    (void)state;
    struct loaded l;
    loaded_init(&l, SPILL_BY_CAPACITY);
    l.capacity[POP_HKG] = 40;
    fixture_build(&l.f);
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_SUSPEND, 20)), REFUSAL_NONE);
    invariant_spill_check(l.f.w, &l.violations);
    assert_int_equal(l.violations.count, 0);
    l.f.w->spill.any = false;
    invariant_spill_check(l.f.w, &l.violations);
    assert_int_equal(l.violations.count, 1);
    assert_int_equal(l.items[0].invariant, INVARIANT_SPILL_CAPACITY);
    assert_int_equal(l.items[0].got_pop, POP_HKG);
    l.f.w->spill.any = true;
    l.f.w->pops[POP_NRT].usable = false;
    l.violations.count = 0;
    invariant_spill_check(l.f.w, &l.violations);
    assert_int_not_equal(l.violations.count, 0);
    assert_int_equal(l.items[0].got_pop, POP_NRT);
    fixture_free(&l.f);
}

/* Row 3 and 1: a mainland PoP that is full passes clients on inside first, in their row. */
static void the_mainland_spills_inside(void **state)
{
    (void)state;
    struct loaded l;
    loaded_init(&l, SPILL_BY_CAPACITY);
    l.f.hosts[l.later].active = true;
    l.capacity[POP_SHA] = 10;
    fixture_build(&l.f);
    assert_int_equal(mbps(&l, POP_SHA), 10);
    assert_int_equal(mbps(&l, POP_CAN) + mbps(&l, POP_BJS), 90);
    struct cell cell = fixture_cell(&l.f, l.www, LINE_SH_TELECOM);
    assert_int_equal(cell.pop, POP_SHA);
    assert_int_equal(world_spread_row(l.f.w, LINE_SH_TELECOM, &cell, POP_CAN), 1);
    assert_int_equal(world_spread_row(l.f.w, LINE_SH_TELECOM, &cell, POP_HKG), 31);
    assert_in_range(world_spread_share(l.f.w, l.www, POP_SHA, POP_SHA), 1, 999998);
    assert_int_equal(world_spread_share(l.f.w, l.www, POP_SHA, POP_HKG), 0);
    fixture_free(&l.f);
}

static void an_end_of_saturation_brings_everybody_home(void **state)
{
    (void)state;
    struct loaded l;
    struct spill_client c = {.address = {203, 0, 113, 7}, .bits = 32};
    loaded_init(&l, SPILL_BY_CAPACITY);
    l.capacity[POP_HKG] = 1;
    fixture_build(&l.f);
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_SUSPEND, 20)), REFUSAL_NONE);
    assert_true(world_spreads(l.f.w, l.www, POP_HKG));
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_RESUME, 30)), REFUSAL_NONE);
    assert_false(world_spreads(l.f.w, l.www, POP_HKG));
    assert_int_equal(world_spread_to(l.f.w, l.www, LINE_SH_TELECOM, &c, POP_SHA), POP_SHA);
    fixture_free(&l.f);
}

/* --- users ----------------------------------------------------------------------------------- */

static void users_by_province_and_carrier(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    fixture_site(&f, "a.example");
    struct world *w = fixture_build(&f);
    const struct topology *t = w->topology;
    assert_int_equal(users_of(t, &t->lines[LINE_SH_TELECOM]), 2487 * 260 / 100);
    assert_int_equal(users_of(t, &t->lines[LINE_GD_MOBILE]), 12601 * 535 / 100);
    assert_int_equal(users_of(t, &t->lines[LINE_HK]), 0);
    assert_int_equal(users_of(t, &t->lines[LINE_UNKNOWN]), 0);
    snprintf(f.regions[0].name, sizeof(f.regions[0].name), "atlantis");
    struct topology odd = *t;
    odd.regions = f.regions;
    assert_int_equal(users_of(&odd, &t->lines[LINE_SH_TELECOM]), 4000 * 260 / 100);
    fixture_free(&f);
}

int main(void)
{
    struct CMUnitTest plans[CN_ARRAY_LEN(plan_rows)];
    TABLE_TESTS(plans, plan_rows, plan)
    const struct CMUnitTest tests[] = {
        {"C2.row31", row31, NULL, NULL, NULL},
        {"C4.9 draws follow the shares", draws_follow_the_shares, NULL, NULL, NULL},
        {"C4.9 the same prefix draws the same", the_same_prefix_draws_the_same, NULL, NULL, NULL},
        {"C4.9 the mainland spills inside", the_mainland_spills_inside, NULL, NULL, NULL},
        {"C4.9 and back", an_end_of_saturation_brings_everybody_home, NULL, NULL, NULL},
        cmocka_unit_test(load_follows_answers),
        cmocka_unit_test(refused_at_the_edge_is_no_load),
        cmocka_unit_test(the_invariant_sees_a_wrong_plan),
        cmocka_unit_test(users_by_province_and_carrier),
    };
    return cmocka_run_group_tests(plans, NULL, NULL) + cmocka_run_group_tests(tests, NULL, NULL);
}
