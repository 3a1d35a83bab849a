/* SPDX-License-Identifier: MIT
 * The machine of a product, who may sell it, whom it serves (FACTS A6, E1, DESIGN 4.8), and meters:
 * written by hand from the documents. */
#include "cnedge/model/product.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/model/topology.h"

#include "test.h"

static struct product_view entry_view(void)
{
    return (struct product_view){.kind = PRODUCT_HK_ENTRY,
                                 .licensed = true,
                                 .package_carries = true,
                                 .affordable = true,
                                 .limit = 40,
                                 .package_mbit = 100};
}

/* One letter per event: the state that follows, '.' PRODUCT_BAD_STATE, '!' ATTACK_BAD_STATE. */
struct picture {
    const char *name;
    enum product_state from;
    const char *calm, *attacked;
};

// clang-format off
static struct picture pictures[] = { /* buy cancel lose change resize attack_start
                                      * attack_end */
    {"A6.product.NONE",      PRODUCT_STATE_NONE,      "A......", "A......"},
    {"A6.product.ACTIVE",    PRODUCT_STATE_ACTIVE,    ".CLAAA!", ".CLAA!A"},
    {"A6.product.CANCELLED", PRODUCT_STATE_CANCELLED, "A......", "A......"},
    {"A6.product.LOST",      PRODUCT_STATE_LOST,      "A......", "A......"},
};
// clang-format on

static void check_picture(void **state)
{
    const struct picture *p = *state;
    assert_int_equal(strlen(p->calm), PRODUCT_EVENT_COUNT);
    for (unsigned i = 0; i < 2 * PRODUCT_EVENT_COUNT; i++) {
        enum product_event e = (enum product_event)(i / 2);
        struct product_view v = entry_view();
        v.under_attack = i % 2 == 1;
        struct product_step got = product_step(p->from, e, &v);
        char c = got.refusal == REFUSAL_NONE                ? "NACL"[got.to]
                 : got.refusal == REFUSAL_PRODUCT_BAD_STATE ? '.'
                                                            : '!';
        char want = v.under_attack ? p->attacked[e] : p->calm[e];
        if (c != want) {
            fail_msg("%s, %s: expected %c, got %c", p->name, product_event_name(e), want, c);
        }
    }
}

/* --- guards ----------------------------------------------------------------------------------- */

static void none(struct product_view *v)
{
    (void)v;
}
static void unlicensed(struct product_view *v)
{
    v->licensed = false;
}
static void by_address(struct product_view *v)
{
    v->by_address = true;
}
static void tunnel_by_address(struct product_view *v)
{
    v->kind = PRODUCT_CARRIER_TUNNEL;
    v->by_address = true;
}
static void tunnel(struct product_view *v)
{
    v->kind = PRODUCT_CARRIER_TUNNEL;
}
static void cen(struct product_view *v)
{
    v->kind = PRODUCT_CEN;
}
static void cen_idle(struct product_view *v)
{
    v->kind = PRODUCT_CEN;
    v->package_carries = false;
}
static void cen_fits(struct product_view *v)
{
    v->kind = PRODUCT_CEN;
    v->connected = 60;
}
static void cen_too_much(struct product_view *v)
{
    v->kind = PRODUCT_CEN;
    v->connected = 61;
}
static void cen_of_nothing(struct product_view *v)
{
    v->kind = PRODUCT_CEN;
    v->limit = 0;
}
static void peering_idle(struct product_view *v)
{
    v->kind = PRODUCT_VPC_PEERING;
    v->package_carries = false;
}
static void poor(struct product_view *v)
{
    v->affordable = false;
}
static void same(struct product_view *v)
{
    v->same_edition = true;
}

struct guard {
    const char *name;
    enum product_state from;
    enum product_event event;
    void (*change)(struct product_view *v);
    const char *want;
};

#define EV(e) PRODUCT_EV_##e
#define NOT   PRODUCT_STATE_NONE
#define ON    PRODUCT_STATE_ACTIVE
// clang-format off
static struct guard guards[] = {
    {"A6.buy",                            NOT, EV(BUY), none, "ACTIVE"},
    {"A6.buy.PROVIDER_NOT_LICENSED",      NOT, EV(BUY), unlicensed, "PROVIDER_NOT_LICENSED"},
    {"A6.buy.INSUFFICIENT_BALANCE",       NOT, EV(BUY), poor, "INSUFFICIENT_BALANCE"},
    {"E1.buy.CNAME_REQUIRED",             NOT, EV(BUY), by_address, "CNAME_REQUIRED"},
    {"E1.buy.tunnel_by_address",          NOT, EV(BUY), tunnel_by_address, "ACTIVE"},
    {"B7.buy.connection",                 NOT, EV(BUY), cen, "ACTIVE"},
    {"B7.buy.BWP_REQUIRED",               NOT, EV(BUY), cen_idle, "BWP_REQUIRED"},
    {"B7.buy.BWP_REQUIRED.vpc_peering",   NOT, EV(BUY), peering_idle, "BWP_REQUIRED"},
    {"B7.buy.sum_equals",                 NOT, EV(BUY), cen_fits, "ACTIVE"},
    {"B7.buy.BWP_SUM_EXCEEDS",            NOT, EV(BUY), cen_too_much, "BWP_SUM_EXCEEDS"},
    {"B7.resize.sum_equals",              ON, EV(RESIZE), cen_fits, "ACTIVE"},
    {"B7.resize.BWP_SUM_EXCEEDS",         ON, EV(RESIZE), cen_too_much, "BWP_SUM_EXCEEDS"},
    {"B7.resize.BWP_REQUIRED",            ON, EV(RESIZE), cen_idle, "BWP_REQUIRED"},
    {"B7.resize.BWP_SIZE",                ON, EV(RESIZE), cen_of_nothing, "BWP_SIZE"},
    {"A6.resize.tunnel",                  ON, EV(RESIZE), tunnel, "ACTIVE"},
    {"A6.buy.PRODUCT_BAD_STATE",          ON, EV(BUY), none, "PRODUCT_BAD_STATE"},
    {"E1.change.PRODUCT_BAD_STATE.same",  ON, EV(CHANGE), same, "PRODUCT_BAD_STATE"},
    {"E1.change.PRODUCT_BAD_STATE.no_editions", ON, EV(CHANGE), tunnel, "PRODUCT_BAD_STATE"},
    {"E1.attack_start.ATTACK_BAD_STATE.no_entry", ON, EV(ATTACK_START), tunnel,
     "ATTACK_BAD_STATE"},
};
// clang-format on

static void check_guard(void **state)
{
    const struct guard *g = *state;
    struct product_view v = entry_view();
    g->change(&v);
    struct product_step got = product_step(g->from, g->event, &v);
    const char *text =
        got.refusal != REFUSAL_NONE ? refusal_name(got.refusal) : product_state_name(got.to);
    assert_string_equal(text, g->want);
}

/* --- who may sell what, when ------------------------------------------------------------------ */

static walltime on(const char *day)
{
    char text[32];
    walltime t;
    snprintf(text, sizeof(text), "%sT00:00:00Z", day);
    assert_true(timetext_instant(text, &t));
    return t;
}

static struct seller {
    const char *name, *day;
    enum product_provider provider;
    enum product_kind kind;
    bool may;
} sellers[] = {
    {"A6.cloudflare.no_line", "2026-11-22", PROVIDER_CLOUDFLARE, PRODUCT_CARRIER_TUNNEL, false},
    {"A6.cloudflare.no_own_acceleration", "2026-11-22", PROVIDER_CLOUDFLARE,
     PRODUCT_GLOBAL_ACCELERATION, false},
    {"A6.cmi.before_2023", "2022-12-31", PROVIDER_CMI, PRODUCT_GLOBAL_ACCELERATION, false},
    {"A6.cmi.from_2023", "2023-01-01", PROVIDER_CMI, PRODUCT_GLOBAL_ACCELERATION, true},
    {"A6.cmi.no_cen", "2026-11-22", PROVIDER_CMI, PRODUCT_CEN, false},
    {"A6.jdcloud.not_at_first", "2023-12-31", PROVIDER_JDCLOUD, PRODUCT_GLOBAL_ACCELERATION, false},
    {"A6.jdcloud.later_list", "2024-01-01", PROVIDER_JDCLOUD, PRODUCT_GLOBAL_ACCELERATION, true},
    {"A6.niaoyun.first_list", "2023-06-01", PROVIDER_NIAOYUN, PRODUCT_GLOBAL_ACCELERATION, true},
    {"A6.niaoyun.not_in_the_later", "2024-01-01", PROVIDER_NIAOYUN, PRODUCT_GLOBAL_ACCELERATION,
     false},
    {"A6.alibaba.hk_entry", "2019-01-01", PROVIDER_ALIBABA_CLOUD, PRODUCT_HK_ENTRY, true},
    {"A6.webercloud.tunnel", "2019-01-01", PROVIDER_WEBERCLOUD, PRODUCT_CARRIER_TUNNEL, true},
    {"A6.other.nothing", "2026-11-22", PROVIDER_OTHER, PRODUCT_CEN, false},
};

static void check_seller(void **state)
{
    const struct seller *s = *state;
    assert_int_equal(product_licensed(s->provider, s->kind, on(s->day)), s->may);
}

static void labels_have_dates(void **state)
{
    (void)state;
    struct rules r = {0};
    enum product_kind ga = PRODUCT_GLOBAL_ACCELERATION;
    assert_string_equal(product_label(&r, ga, EDITION_CMA, on("2022-12-30")), "acceleration");
    assert_string_equal(product_label(&r, ga, EDITION_CMA, on("2024-12-30")), "China Express");
    assert_string_equal(product_label(&r, ga, EDITION_CMA, on("2025-01-01")),
                        "Global Acceleration");
    const enum product_kind hk = PRODUCT_HK_ENTRY;
    assert_string_equal(product_label(&r, hk, EDITION_MCA, on("2024-12-30")), "MCA");
    assert_string_equal(product_label(&r, hk, EDITION_CMA, on("2025-01-01")), "CMA");
    assert_string_equal(product_label(&r, hk, EDITION_SEC_MCA, on("2024-12-30")), "Sec-MCA");
    assert_string_equal(product_label(&r, hk, EDITION_SEC_CMA_2, on("2025-01-01")), "Sec-CMA");
    assert_string_equal(product_label(&r, PRODUCT_CEN, EDITION_CMA, on("2019-01-01")), "CEN");
}

/* --- whom it serves --------------------------------------------------------------------------- */

/* '+' for telecom unicom mobile cernet. */
static struct served {
    const char *name;
    enum product_kind kind;
    enum product_edition edition;
    const char *want;
    bool scrubs_inline;
} serveds[] = {
    {"E1.tunnel.telecom_only", PRODUCT_CARRIER_TUNNEL, EDITION_MCA, "+---", false},
    {"E1.sec_mca.all_but_mobile", PRODUCT_HK_ENTRY, EDITION_SEC_MCA, "++-+", true},
    {"E1.mca.as_sec_mca", PRODUCT_HK_ENTRY, EDITION_MCA, "++-+", false},
    {"E1.sec_cma_1", PRODUCT_HK_ENTRY, EDITION_SEC_CMA_1, "++--", true},
    {"E1.cma.as_sec_cma_1", PRODUCT_HK_ENTRY, EDITION_CMA, "++--", false},
    {"E1.sec_cma_2.mobile_too", PRODUCT_HK_ENTRY, EDITION_SEC_CMA_2, "+++-", true},
    {"E1.cen.everybody", PRODUCT_CEN, EDITION_MCA, "++++", false},
};

static void check_served(void **state)
{
    const struct served *s = *state;
    uint16_t bits = product_carriers(s->kind, s->edition);
    for (unsigned c = 0; c < 4; c++) {
        assert_int_equal((bits & 1U << c) != 0, s->want[c] == '+');
    }
    if (s->kind == PRODUCT_HK_ENTRY) {
        assert_int_equal(product_edition_inline(s->edition), s->scrubs_inline);
    }
}

/* --- money ------------------------------------------------------------------------------------ */

static simtime at_ms(int64_t ms)
{
    return (simtime){ms * 1000000};
}

/* X2: 10 Mbit/s for about EUR 150, and 50 besides. */
static void tunnel_costs_200_a_month(void **state)
{
    (void)state;
    struct price p = product_price(PRODUCT_CARRIER_TUNNEL);
    uint64_t month = UINT64_C(30) * 86400000;
    assert_string_equal(p.currency, "EUR");
    assert_int_equal(money_cost(&p, month, month * product_mbit(PRODUCT_CARRIER_TUNNEL)), 20000);
    assert_int_equal(money_cost(&p, month / 2, month * 5), 10000);
    assert_int_equal(money_for(&p, 10, (simdur){(int64_t)month * 1000000}), 20000);
}

/* Rounded once, half up: 1 unit a month, at half a month less and more a millisecond. */
static void rounding(void **state)
{
    (void)state;
    struct price p = {"USD", 1, 0};
    uint64_t half = UINT64_C(15) * 86400000;
    assert_int_equal(money_cost(&p, half - 1, 0), 0);
    assert_int_equal(money_cost(&p, half, 0), 1);
    struct price both = {"USD", 1, 1}; /* two halves make one */
    assert_int_equal(money_cost(&both, half, half), 1);
}

/* The greatest sums: 235 years of 10000 Mbit/s at a million a month for each. */
static void no_overflow(void **state)
{
    (void)state;
    struct price p = {"USD", MONEY_MINOR_MAX, MONEY_MINOR_MAX};
    uint64_t months = UINT64_C(2860);
    uint64_t ms = months * 30 * 86400000;
    int64_t want = (int64_t)(months * MONEY_MINOR_MAX * 10001);
    assert_true(money_cost(&p, ms, ms * 10000) == want);
}

/* However often a meter is looked at, the sum is the same. */
static void meters_telescope(void **state)
{
    (void)state;
    struct meter once = {0};
    struct meter often = {0};
    money_meter(&once, (simtime){0}, true, false, 7);
    money_meter(&often, (simtime){0}, true, false, 7);
    for (int64_t ns = 0; ns <= 10000000; ns += 333333) {
        money_count(&often, (simtime){ns});
    }
    money_count(&often, at_ms(10));
    money_count(&once, at_ms(10));
    assert_int_equal(once.ms, 10);
    assert_int_equal(often.ms, once.ms);
    assert_int_equal(often.mbit_ms, 70);
}

static void meters_know_idleness(void **state)
{
    (void)state;
    struct meter m = {0};
    money_meter(&m, at_ms(5), true, true, 2); /* idle from 5 */
    money_meter(&m, at_ms(8), true, false, 3);
    money_meter(&m, at_ms(10), false, false, 0);
    money_count(&m, at_ms(100));
    assert_int_equal(m.ms, 5);
    assert_int_equal(m.idle_ms, 3);
    assert_int_equal(m.mbit_ms, 12);
    assert_int_equal(m.idle_mbit_ms, 6);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        {"A6.labels", labels_have_dates, 0, 0, 0},
        {"X2.tunnel.price", tunnel_costs_200_a_month, 0, 0, 0},
        {"money.rounding", rounding, 0, 0, 0},
        {"money.no_overflow", no_overflow, 0, 0, 0},
        {"meter.telescopes", meters_telescope, 0, 0, 0},
        {"meter.idle", meters_know_idleness, 0, 0, 0},
    };
    enum {
        A = CN_ARRAY_LEN(pictures),
        B = A + CN_ARRAY_LEN(guards),
        C = B + CN_ARRAY_LEN(sellers),
        D = C + CN_ARRAY_LEN(serveds),
    };
    struct CMUnitTest tests[D + CN_ARRAY_LEN(single)];
    TABLE_TESTS(tests, pictures, check_picture)
    TABLE_TESTS(tests + A, guards, check_guard)
    TABLE_TESTS(tests + B, sellers, check_seller)
    TABLE_TESTS(tests + C, serveds, check_served)
    memcpy(tests + D, single, sizeof(single));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
