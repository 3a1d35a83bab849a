/* SPDX-License-Identifier: MIT
 * Packages and products within the world: timers, sizes, money, and what the policy sees of a Hong
 * Kong entry (FACTS B7, E1). */
#include "world_fixture.h"

#include "test.h"

enum { HOUR = 3600, DAY = 86400, PRICE = 3000 /* minor units for each Mbit/s and month */ };
enum { BWP, SPARE, PACKAGES };
enum { CONNECTION, SECOND, ENTRY, LINE, PRODUCTS };

static struct fixture f;
static struct package_spec packages[PACKAGES];
static struct product_spec products[PRODUCTS];
static uint32_t hosts[1], sites[1];

/* A package of 100 Mbit/s in use with a connection of 60 on it; another of 40, an entry and a line
 * of a provider that may not sell it are not bought. */
static void declare(void)
{
    fixture_init(&f);
    sites[0] = fixture_site(&f, "shop.example");
    hosts[0] = fixture_host(&f, "www.shop.example");
    struct price price = {"USD", 0, PRICE};
    packages[BWP] = (struct package_spec){.id = "bwp",
                                          .state = PACKAGE_IN_USE,
                                          .mbit = 100,
                                          .cross_border = true,
                                          .temporary = true,
                                          .expires = SIMTIME_NEVER,
                                          .price = price};
    packages[SPARE] = packages[BWP];
    packages[SPARE].id = "spare";
    packages[SPARE].state = PACKAGE_NONE;
    for (unsigned i = 0; i < PRODUCTS; i++) {
        products[i] = (struct product_spec){.id = i == CONNECTION ? "cen" : "other",
                                            .kind = i == ENTRY ? PRODUCT_HK_ENTRY : PRODUCT_CEN,
                                            .provider = PROVIDER_ALIBABA_CLOUD,
                                            .package = i == ENTRY ? CN_NONE16 : BWP,
                                            .mbit = i == CONNECTION ? 60 : 40,
                                            .pop = i == ENTRY ? POP_HKG : CN_NONE16,
                                            .premium = i == ENTRY ? POP_SIN : CN_NONE16,
                                            .hosts = hosts,
                                            .sites = sites,
                                            .host_count = 1,
                                            .site_count = 1};
    }
    products[CONNECTION].state = PRODUCT_STATE_ACTIVE;
    products[ENTRY].edition = EDITION_SEC_CMA_1;
    products[LINE].provider = PROVIDER_CLOUDFLARE;
    f.spec.packages = packages;
    f.spec.products = products;
    f.spec.package_count = PACKAGES;
    f.spec.product_count = PRODUCTS;
}

static struct event on_package(enum event_kind kind, int64_t at_s, uint16_t package)
{
    struct event e = fixture_event(kind, at_s);
    e.package = package;
    return e;
}

static struct event to_size(enum event_kind kind, int64_t at_s, uint32_t mbit)
{
    struct event e = on_package(kind, at_s, BWP);
    e.mbit = mbit;
    return e;
}

static struct event on_product(enum event_kind kind, int64_t at_s, uint16_t product)
{
    struct event e = fixture_event(kind, at_s);
    e.product = product;
    return e;
}

static void apply(struct event e, const char *want)
{
    assert_string_equal(refusal_name(fixture_apply(&f, e)), want);
}

static void is(uint16_t package, enum package_state state, uint32_t mbit)
{
    assert_string_equal(package_state_name((enum package_state)f.w->packages[package].state),
                        package_state_name(state));
    assert_int_equal(f.w->packages[package].mbit, mbit);
}

/* Ordered, there after five minutes, in use, expired after its term, released after 15 days. */
static void life(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_CREATE, 0, SPARE), "");
    is(SPARE, PACKAGE_CREATING, 100);
    apply(on_package(EV_PACKAGE_BIND, 10, SPARE), "ORDER_PROCESSING");
    fixture_run_until(&f, 299);
    is(SPARE, PACKAGE_CREATING, 100);
    fixture_run_until(&f, 300);
    is(SPARE, PACKAGE_IDLE, 100);
    apply(on_package(EV_PACKAGE_BIND, HOUR, SPARE), "");
    is(SPARE, PACKAGE_IN_USE, 100);
    fixture_run_until(&f, 30 * DAY + 300 - 1);
    is(SPARE, PACKAGE_IN_USE, 100);
    fixture_run_until(&f, 30 * DAY + 300);
    is(SPARE, PACKAGE_EXPIRED, 100);
    fixture_run_until(&f, 45 * DAY + 300);
    is(SPARE, PACKAGE_RELEASED, 100);
    apply(on_package(EV_PACKAGE_RENEW, 46 * DAY, SPARE), "INVALID_STATUS");
    fixture_free(&f);
}

/* A renewal in time adds a term to the old one; a late one starts a term and stops the release. */
static void renewals(void **state)
{
    (void)state;
    declare();
    packages[BWP].expires = simtime_add(SIMTIME_START, simdur_s(DAY));
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_RENEW, HOUR, BWP), "");
    fixture_run_until(&f, 31 * DAY - 1);
    is(BWP, PACKAGE_IN_USE, 100);
    fixture_run_until(&f, 31 * DAY);
    is(BWP, PACKAGE_EXPIRED, 100);
    apply(on_package(EV_PACKAGE_RENEW, 40 * DAY, BWP), "");
    is(BWP, PACKAGE_IN_USE, 100);
    fixture_run_until(&f, 70 * DAY - 1);
    is(BWP, PACKAGE_IN_USE, 100);
    fixture_run_until(&f, 70 * DAY);
    is(BWP, PACKAGE_EXPIRED, 100);
    fixture_free(&f);
}

static void renewing_the_endless(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_RENEW, 0, BWP), "");
    assert_int_equal(world_next_at(f.w).ns, SIMTIME_NEVER.ns);
    fixture_free(&f);
}

/* An upgrade takes minutes, in which other orders wait; a downgrade is at once. */
static void resizing(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(to_size(EV_PACKAGE_UPGRADE, 0, 200), "");
    is(BWP, PACKAGE_UPGRADED, 100);
    apply(to_size(EV_PACKAGE_UPGRADE, 60, 300), "OPERATION_PROCESSING");
    apply(to_size(EV_PACKAGE_DOWNGRADE, 60, 80), "OPERATION_PROCESSING");
    fixture_run_until(&f, 300);
    is(BWP, PACKAGE_UPGRADED, 200);
    apply(to_size(EV_PACKAGE_DOWNGRADE, 400, 59), "BWP_SUM_EXCEEDS");
    apply(to_size(EV_PACKAGE_DOWNGRADE, 400, 60), "");
    is(BWP, PACKAGE_DOWNGRADED, 60);
    fixture_free(&f);
}

/* An upgrade that is under way when the term ends is void. */
static void expiry_ends_an_upgrade(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(to_size(EV_PACKAGE_UPGRADE, 0, 200), "");
    apply(on_package(EV_PACKAGE_EXPIRE, 60, BWP), "");
    fixture_run_until(&f, DAY);
    is(BWP, PACKAGE_EXPIRED, 100);
    fixture_free(&f);
}

static void temporary(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    struct event e = to_size(EV_PACKAGE_TEMP_UPGRADE, 0, 500);
    e.lasts = simdur_s(3 * HOUR - 1);
    apply(e, "BWP_TEMP_SHORT");
    e.lasts = simdur_s(3 * HOUR);
    apply(e, "");
    is(BWP, PACKAGE_TEMP_UPGRADED, 500);
    apply(on_package(EV_PACKAGE_UNBIND, HOUR, BWP), "INVALID_STATUS");
    fixture_run_until(&f, 3 * HOUR - 1);
    is(BWP, PACKAGE_TEMP_UPGRADED, 500);
    fixture_run_until(&f, 3 * HOUR);
    is(BWP, PACKAGE_IN_USE, 100);
    e = to_size(EV_PACKAGE_TEMP_UPGRADE, DAY, 500);
    e.lasts = simdur_s(DAY);
    apply(e, "");
    apply(on_package(EV_PACKAGE_EXPIRE, DAY + HOUR, BWP), "");
    is(BWP, PACKAGE_EXPIRED, 100);
    fixture_free(&f);
}

/* Unbound only after its connections are gone (D AL26). */
static void unbinding(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_UNBIND, 0, BWP), "BWP_CONNECTED");
    apply(on_product(EV_PRODUCT_CANCEL, 1, CONNECTION), "");
    apply(on_package(EV_PACKAGE_UNBIND, 2, BWP), "");
    is(BWP, PACKAGE_IDLE, 100);
    apply(on_product(EV_PRODUCT_BUY, 3, CONNECTION), "BWP_REQUIRED");
    apply(on_package(EV_PACKAGE_RELEASE, 4, BWP), "");
    is(BWP, PACKAGE_RELEASED, 100);
    fixture_free(&f);
}

/* Two connections of 60 and 40 fill a package of 100. */
static void sharing(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    assert_int_equal(world_package_connected(f.w, BWP, CN_NONE16), 60);
    apply(on_product(EV_PRODUCT_BUY, 0, SECOND), "");
    assert_int_equal(world_package_connected(f.w, BWP, CN_NONE16), 100);
    assert_int_equal(world_package_connected(f.w, BWP, CONNECTION), 40);
    apply(to_size(EV_PACKAGE_DOWNGRADE, 1, 99), "BWP_SUM_EXCEEDS");
    apply(on_product(EV_PRODUCT_LOSE, 2, CONNECTION), "");
    apply(to_size(EV_PACKAGE_DOWNGRADE, 3, 99), "");
    apply(on_product(EV_PRODUCT_BUY, 4, CONNECTION), "BWP_SUM_EXCEEDS");
    fixture_free(&f);
}

static void licences(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(on_product(EV_PRODUCT_BUY, 0, LINE), "PROVIDER_NOT_LICENSED");
    fixture_free(&f);
    declare();
    products[LINE].licence = LICENCE_HELD;
    products[SECOND].licence = LICENCE_MISSING;
    fixture_build(&f);
    apply(on_product(EV_PRODUCT_BUY, 0, SECOND), "PROVIDER_NOT_LICENSED");
    apply(on_product(EV_PRODUCT_BUY, 0, LINE), "");
    fixture_free(&f);
}

/* Orders take a term's price off the balance, down to nothing and no further. */
static void balance(void **state)
{
    (void)state;
    declare();
    f.accounts[0].limited = true;
    f.accounts[0].balance_minor = 100 * PRICE + 10 * PRICE;
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_CREATE, 0, SPARE), "");
    assert_int_equal(f.w->accounts[0].balance_minor, 10 * PRICE);
    apply(to_size(EV_PACKAGE_UPGRADE, 1, 111), "INSUFFICIENT_BALANCE");
    apply(to_size(EV_PACKAGE_UPGRADE, 1, 110), "");
    assert_int_equal(f.w->accounts[0].balance_minor, 0);
    apply(on_package(EV_PACKAGE_RENEW, 2, SPARE), "ORDER_PROCESSING");
    fixture_free(&f);
}

/* Billed while idle, from the end of the order on; not billed once expired. */
static void metering(void **state)
{
    (void)state;
    declare();
    fixture_build(&f);
    apply(on_package(EV_PACKAGE_CREATE, 0, SPARE), "");
    fixture_run_until(&f, 300);
    apply(on_package(EV_PACKAGE_BIND, 1300, SPARE), "");
    apply(on_package(EV_PACKAGE_EXPIRE, 3300, SPARE), "");
    struct meter *m = &f.w->packages[SPARE].meter;
    money_count(m, simtime_add(SIMTIME_START, simdur_s(9000)));
    assert_int_equal(m->ms, 3000 * 1000);
    assert_int_equal(m->idle_ms, 1000 * 1000);
    assert_int_equal(m->mbit_ms, INT64_C(3000) * 1000 * 100);
    fixture_free(&f);
}

/* CMA goes to scrubbing with the attack and returns after a wait; Sec-CMA scrubs on the way. */
static void attacks(void **state)
{
    (void)state;
    declare();
    products[ENTRY].state = PRODUCT_STATE_ACTIVE;
    products[ENTRY].edition = EDITION_CMA;
    fixture_build(&f);
    const struct entry_status *now = &f.w->entries[ENTRY];
    assert_true(now->active && !now->scrubbing);
    assert_int_equal(now->entry, POP_HKG);
    assert_int_equal(now->premium, POP_SIN);
    apply(on_product(EV_ATTACK_START, 10, ENTRY), "");
    assert_true(now->scrubbing && f.w->changed.network);
    apply(on_product(EV_ATTACK_START, 11, ENTRY), "ATTACK_BAD_STATE");
    apply(on_product(EV_ATTACK_END, 20, ENTRY), "");
    assert_true(now->scrubbing);
    fixture_run_until(&f, 20 + HOUR - 1);
    assert_true(now->scrubbing);
    apply(on_product(EV_ATTACK_START, 20 + HOUR - 1, ENTRY), "");
    fixture_run_until(&f, DAY);
    assert_true(now->scrubbing); /* the wait was cut off */
    struct event e = on_product(EV_PRODUCT_CHANGE, DAY, ENTRY);
    e.edition = EDITION_SEC_CMA_2;
    apply(e, "");
    assert_false(now->scrubbing);
    assert_int_equal(now->carriers,
                     FIXTURE_BIT(TELECOM) | FIXTURE_BIT(UNICOM) | FIXTURE_BIT(MOBILE));
    uint32_t generation = f.w->generation;
    apply(on_product(EV_ATTACK_END, DAY + 1, ENTRY), "");
    fixture_run_until(&f, 2 * DAY);
    assert_int_equal(f.w->generation, generation); /* inline: no switch */
    apply(on_product(EV_PRODUCT_LOSE, 2 * DAY, ENTRY), "");
    assert_false(now->active);
    fixture_free(&f);
}

/* Telecom and Unicom to the entry, everybody else to the premium instance; nobody while the site is
 * served from the mainland; the premium instance for all during an attack; as ever once lost. */
static void steering(void **state)
{
    (void)state;
    declare();
    products[ENTRY].state = PRODUCT_STATE_ACTIVE;
    products[ENTRY].edition = EDITION_CMA;
    products[ENTRY].pop = POP_NRT;
    fixture_build(&f);
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_SH_TELECOM).pop, POP_SHA);
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_DE).pop, POP_SIN);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 1, sites[0])), REFUSAL_NONE);
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_SH_TELECOM).pop, POP_NRT);
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_SH_UNICOM).pop, POP_NRT);
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_GD_MOBILE).pop, POP_SIN);
    apply(on_product(EV_ATTACK_START, 2, ENTRY), "");
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_SH_TELECOM).pop, POP_SIN);
    apply(on_pop(EV_POP_DOWN, 3, POP_SIN), "");
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_SH_TELECOM).pop, POP_HKG);
    apply(on_product(EV_PRODUCT_LOSE, 4, ENTRY), "");
    assert_int_equal(fixture_cell(&f, hosts[0], LINE_DE).pop, POP_FRA);
    fixture_free(&f);
}

/* 2026-03-02T09:00 in China is when fixtures start: crowded from 10 h later, for 5 h. */
static void crowded_hours(void **state)
{
    (void)state;
    declare();
    f.spec.paths = true;
    fixture_build(&f);
    assert_false(f.w->peak);
    fixture_run_until(&f, 10 * HOUR - 1);
    assert_false(f.w->peak);
    fixture_run_until(&f, 10 * HOUR);
    assert_true(f.w->peak);
    fixture_run_until(&f, 15 * HOUR);
    assert_false(f.w->peak);
    fixture_run_until(&f, 34 * HOUR);
    assert_true(f.w->peak);
    fixture_free(&f);
}

/* The clock is right from the first instant on: crowded at 19:00, no longer at 24:00; 23:00..2:00
 * is over midnight; from equal to until is never. */
static void crowded_at_the_start(void **state)
{
    (void)state;
    static const struct {
        int start_h, from_h, until_h;
        bool want;
    } rows[] = {{19, 19, 24, true}, {0, 19, 24, false}, {24, 19, 24, false}, {1, 23, 26, true},
                {1, 23, 25, false}, {23, 23, 26, true}, {12, 12, 12, false}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        declare();
        struct choices *c = &f.spec.choices;
        f.spec.start.ns += (int64_t)(rows[i].start_h - 9) * HOUR * SIMDUR_SECOND;
        c->peak_from.min = simdur_s((int64_t)rows[i].from_h * HOUR);
        c->peak_until.min = simdur_s((int64_t)rows[i].until_h * HOUR);
        fixture_build(&f);
        assert_int_equal(f.w->peak, rows[i].want);
        assert_int_equal(world_next_at(f.w).ns, SIMTIME_NEVER.ns); /* nobody looks: no timer */
        fixture_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"B7.life", life, 0, 0, 0},
        {"B7.renew.adds_a_term", renewals, 0, 0, 0},
        {"B7.renew.endless", renewing_the_endless, 0, 0, 0},
        {"B7.upgrade.OPERATION_PROCESSING", resizing, 0, 0, 0},
        {"B7.expire.ends_an_upgrade", expiry_ends_an_upgrade, 0, 0, 0},
        {"B7.temp_upgrade.falls_back", temporary, 0, 0, 0},
        {"B7.unbind.after_its_connections", unbinding, 0, 0, 0},
        {"B7.connections", sharing, 0, 0, 0},
        {"A6.buy.PROVIDER_NOT_LICENSED.in_the_world", licences, 0, 0, 0},
        {"B7.balance", balance, 0, 0, 0},
        {"B7.billing.idle", metering, 0, 0, 0},
        {"E1.attack", attacks, 0, 0, 0},
        {"E1.steering", steering, 0, 0, 0},
        {"H2.crowded_hours", crowded_hours, 0, 0, 0},
        {"H2.crowded_hours.start", crowded_at_the_start, 0, 0, 0},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
