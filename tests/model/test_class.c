/* SPDX-License-Identifier: MIT
 * Unusual worlds: more classes than fit, PoPs on one side of the border only, PoPs at one place,
 * and a class key of which each byte is looked at. */
#include "cnedge/model/invariant.h"

#include "world_fixture.h"

#include "test.h"

/* --- the limit of classes
 * ------------------------------------------------------------------------- */

enum { MANY = WORLD_CLASSES_MAX + 1 };

static struct site_spec many_sites[MANY];
static struct host_spec many_hosts[MANY];

/* The i-th of 1,764 combinations of what a host's class is made of. */
static void distinct(unsigned i, struct site_spec *s, struct host_spec *h)
{
    s->coverage = (enum coverage)(i % COVERAGE_COUNT);
    i /= COVERAGE_COUNT;
    s->policy = (enum revocation_policy)(i % POLICY_COUNT);
    i /= POLICY_COUNT;
    h->provisioning = (enum provisioning_state)(i % PROVISIONING_STATE_COUNT);
    i /= PROVISIONING_STATE_COUNT;
    s->vetting = (enum vetting_state)(i % VETTING_STATE_COUNT);
    i /= VETTING_STATE_COUNT;
    s->blacklisted = i != 0;
}

/* A world of `count` hosts of which no two are of one class. */
static struct world *build_distinct(struct fixture *f, uint32_t count)
{
    fixture_init(f);
    fixture_site(f, "shop.example");
    fixture_host(f, "shop.example");
    for (uint32_t i = 0; i < count; i++) {
        char name[32];
        many_sites[i] = f->sites[0];
        many_hosts[i] = f->hosts[0];
        many_hosts[i].site = i;
        many_sites[i].host_first = i;
        snprintf(name, sizeof(name), "site%u.example", i);
        many_sites[i].apex = fixture_name(f, name);
        many_hosts[i].name = many_sites[i].apex;
        distinct(i, &many_sites[i], &many_hosts[i]);
    }
    f->spec.topology = topology_build(&f->arena, &f->topology);
    f->spec.holders = f->holders;
    f->spec.accounts = f->accounts;
    f->spec.sites = many_sites;
    f->spec.hosts = many_hosts;
    f->spec.site_count = count;
    f->spec.host_count = count;
    f->w = world_build(&f->arena, &f->spec);
    assert_non_null(f->w);
    return f->w;
}

static void as_many_classes_as_fit(void **state)
{
    (void)state;
    static struct fixture f;
    struct world *w = build_distinct(&f, WORLD_CLASSES_MAX);
    assert_int_equal(w->class_count, WORLD_CLASSES_MAX);
    assert_false(w->class_limit);
    assert_int_equal(fixture_apply(&f, on_site(EV_CLOSE_RESOLUTION, 0, 0)), REFUSAL_NONE);
    assert_false(w->class_limit); /* its old class was its own, and is free now */
    fixture_free(&f);
}

static void one_class_too_many(void **state)
{
    (void)state;
    static struct fixture f;
    struct world *w = build_distinct(&f, MANY);
    assert_true(w->class_limit);
    fixture_free(&f);
}

/* --- worlds on one side of the border
 * --------------------------------------------------------------- */

static void begin_one_sided(struct fixture *f, const struct pop *first, uint16_t count)
{
    fixture_init(f);
    f->topology.pops = first;
    f->topology.pop_count = count;
    fixture_site(f, "shop.example");
    fixture_host(f, "shop.example");
    fixture_build(f);
}

static void expect(struct fixture *f, uint16_t line, const char *pop, uint32_t ttl_s)
{
    struct cell c = fixture_cell(f, 0, line);
    const char *got = c.kind == DECISION_POP      ? f->w->topology->pops[c.pop].id
                      : c.kind == DECISION_NODATA ? "nodata"
                                                  : "other";
    assert_string_equal(got, pop);
    assert_int_equal(c.ttl_s, ttl_s);
}

static void must_hold(struct fixture *f)
{
    struct violation_list l = {0};
    invariant_sweep(f->w, &l);
    assert_int_equal(l.count, 0);
    assert_true(l.checks > 0);
}

/* Foreign clients, and everybody after a loss, get no address: never one in the mainland. */
static void no_pop_outside(void **state)
{
    (void)state;
    static struct fixture f;
    begin_one_sided(&f, f.pops, 3);
    expect(&f, LINE_SH_TELECOM, "sha", 60);
    expect(&f, LINE_DE, "nodata", 60);
    must_hold(&f);
    assert_int_equal(fixture_apply(&f, fixture_event(EV_PARTNER_DOWN, 1)), REFUSAL_NONE);
    expect(&f, LINE_SH_TELECOM, "sha", 60); /* the last resort */
    must_hold(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 2, 0)), REFUSAL_NONE);
    expect(&f, LINE_SH_TELECOM, "nodata", 60);
    must_hold(&f);
    struct decision d;
    world_decide(f.w, 0, LINE_SH_TELECOM, FAMILY_V4, &d);
    assert_int_equal(d.reasons[d.reason_count - 1].rule, RULE_NO_POP_OUTSIDE);
    fixture_free(&f);
}

static void no_pop_inside(void **state)
{
    (void)state;
    static struct fixture f;
    begin_one_sided(&f, f.pops + POP_HKG, POPS - POP_HKG);
    expect(&f, LINE_SH_TELECOM, "hkg", 60);
    expect(&f, LINE_DE, "fra", 300);
    must_hold(&f);
    for (uint16_t pop = 0; pop < POPS - POP_HKG; pop++) {
        assert_int_equal(fixture_apply(&f, on_pop(EV_POP_DOWN, 1, pop)), REFUSAL_NONE);
    }
    expect(&f, LINE_SH_TELECOM, "hkg", 60);
    expect(&f, LINE_DE, "fra", 60);
    must_hold(&f);
    fixture_free(&f);
}

/* --- ties
 * ------------------------------------------------------------------------------------------- */

/* At one place the PoP id decides: hkg before nrt before sin before tpe; can before sha. */
static void ties_go_to_the_id(void **state)
{
    (void)state;
    static struct fixture f;
    static const char *const order[] = {"hkg", "nrt", "sin", "tpe"};
    fixture_init(&f);
    for (uint16_t pop = POP_NRT; pop <= POP_TPE; pop++) {
        f.pops[pop].at = f.pops[POP_HKG].at;
        snprintf(f.pops[pop].country, sizeof(f.pops[pop].country), "hk");
    }
    f.pops[POP_CAN].at = f.pops[POP_SHA].at;
    fixture_site(&f, "shop.example");
    fixture_host(&f, "shop.example");
    fixture_build(&f);
    expect(&f, LINE_SH_TELECOM, "can", 60);
    for (uint16_t i = 0; i < CN_ARRAY_LEN(order); i++) {
        expect(&f, LINE_HK, order[i], 300);
        must_hold(&f);
        uint16_t pop = topology_find_pop(f.w->topology, order[i]);
        assert_int_equal(fixture_apply(&f, on_pop(EV_POP_DOWN, 1, pop)), REFUSAL_NONE);
    }
    fixture_free(&f);
}

/* --- the class key, byte by byte
 * ---------------------------------------------------------------------- */

static uint32_t stale_hosts(struct fixture *f)
{
    static struct violation items[64];
    struct violation_list l = {.cap = 64, .items = items};
    uint32_t found = 0;
    invariant_sweep(f->w, &l);
    for (uint32_t i = 0; i < l.count && i < l.cap; i++) {
        found += items[i].invariant == INVARIANT_CLASS_CURRENT ? 1 : 0;
    }
    return found;
}

/* Any byte of the key that is not what the site's state says is found. */
static void every_byte_of_a_key_counts(void **state)
{
    (void)state;
    static const char *const stories[] = {"in order", "unknown", "not entitled"};
    for (size_t n = 0; n < CN_ARRAY_LEN(stories); n++) {
        static struct fixture f;
        fixture_init(&f);
        fixture_site(&f, "shop.example");
        fixture_host(&f, "shop.example");
        fixture_partner(&f, "second");
        f.sites[0].suspended = n == 2;
        struct world *w = fixture_build(&f);
        if (n == 1) assert_int_equal(world_apply(w, &(struct event){.kind = EV_STATUS_UNKNOWN}), 0);
        struct host_class *key = &w->classes[w->hosts[0].class_].key;
        struct host_class right = *key;
        for (size_t byte = 0; byte < sizeof(*key); byte++) {
            uint8_t value = ((const uint8_t *)&right)[byte] ^ 1U;
            if (byte == offsetof(struct host_class, kept) && n != 1) continue;
            if (byte == offsetof(struct host_class, commercial)) value = COMMERCIAL_MISSING;
            ((uint8_t *)key)[byte] = value;
            if (stale_hosts(&f) != 1) fail_msg("%s: byte %zu is not looked at", stories[n], byte);
            *key = right;
        }
        key->suspended ^= 2U; /* the holder's bit */
        assert_int_equal(stale_hosts(&f), 1);
        *key = right;
        assert_int_equal(stale_hosts(&f), 0);
        fixture_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_classes_as_fit), cmocka_unit_test(one_class_too_many),
        cmocka_unit_test(no_pop_outside),         cmocka_unit_test(no_pop_inside),
        cmocka_unit_test(ties_go_to_the_id),      cmocka_unit_test(every_byte_of_a_key_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
