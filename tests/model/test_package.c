/* SPDX-License-Identifier: MIT
 * The machine of a bandwidth package, FACTS B7: every state with every event, and every guard at
 * its edges, written by hand from the document. */
#include "cnedge/model/package.h"

#include <string.h>

#include "test.h"

/* An order that no guard minds: 100 Mbit/s, to 200 or 50. */
static struct package_view view_for(enum package_event event)
{
    struct package_view v = {.bound = true,
                             .temporary = true,
                             .cross_border = true,
                             .affordable = true,
                             .rule = DOWNGRADE_ALLOWED,
                             .portal = PORTAL_INTERNATIONAL,
                             .mbit = 100,
                             .target = 200,
                             .lasts = {3 * INT64_C(3600) * SIMDUR_SECOND},
                             .lasts_min = {3 * INT64_C(3600) * SIMDUR_SECOND}};
    if (event == PACKAGE_EV_DOWNGRADE) v.target = 50;
    return v;
}

/* --- every state with every event ------------------------------------------------------------- */

/* One letter per event: the state that follows, '.' INVALID_STATUS, 'o' ORDER_PROCESSING. */
struct picture {
    const char *name;
    enum package_state from;
    const char *want;
};

static const char letters[] = "NCIUPDTER";

// clang-format off
static struct picture pictures[] = { /* create created bind unbind upgrade downgrade temp_upgrade
                                      * resized fallback renew expire release */
    {"B7.NONE",          PACKAGE_NONE,          "C..........."},
    {"B7.CREATING",      PACKAGE_CREATING,      "oIoooooooooo"},
    {"B7.IDLE",          PACKAGE_IDLE,          "..U.II.I.IER"},
    {"B7.IN_USE",        PACKAGE_IN_USE,        "...IPDT..UE."},
    {"B7.UPGRADED",      PACKAGE_UPGRADED,      "...IPDTP.PE."},
    {"B7.DOWNGRADED",    PACKAGE_DOWNGRADED,    "...IPDT..DE."},
    {"B7.TEMP_UPGRADED", PACKAGE_TEMP_UPGRADED, "........UTE."},
    {"B7.EXPIRED",       PACKAGE_EXPIRED,       ".........U.R"},
    {"B7.RELEASED",      PACKAGE_RELEASED,      "............"},
};
// clang-format on

static void check_picture(void **state)
{
    const struct picture *p = *state;
    assert_int_equal(strlen(p->want), PACKAGE_EVENT_COUNT);
    for (unsigned e = 0; e < PACKAGE_EVENT_COUNT; e++) {
        struct package_view v = view_for((enum package_event)e);
        struct package_step got = package_step(p->from, (enum package_event)e, &v);
        char c = got.refusal == REFUSAL_NONE               ? letters[got.to]
                 : got.refusal == REFUSAL_INVALID_STATUS   ? '.'
                 : got.refusal == REFUSAL_ORDER_PROCESSING ? 'o'
                                                           : '!';
        if (c != p->want[e]) {
            fail_msg("%s, %s: expected %c, got %c", p->name,
                     package_event_name((enum package_event)e), p->want[e], c);
        }
        if (got.refusal != REFUSAL_NONE) assert_int_equal(got.to, p->from);
    }
}

/* While an upgrade is under way, orders wait; what time does by itself does not. */
static void processing(void **state)
{
    (void)state;
    static const char want[] = "..wwwwwI.wEw"; /* of IDLE and UPGRADED together */
    for (unsigned e = 0; e < PACKAGE_EVENT_COUNT; e++) {
        struct package_view v = view_for((enum package_event)e);
        v.processing = true;
        for (unsigned i = 0; i < 2; i++) {
            enum package_state from = i == 0 ? PACKAGE_IDLE : PACKAGE_UPGRADED;
            if (pictures[from].want[e] == '.') continue;
            struct package_step got = package_step(from, (enum package_event)e, &v);
            bool waits = got.refusal == REFUSAL_OPERATION_PROCESSING;
            assert_int_equal(waits, want[e] == 'w');
        }
    }
}

/* --- guards ----------------------------------------------------------------------------------- */

static void none(struct package_view *v)
{
    (void)v;
}
static void poor(struct package_view *v)
{
    v->affordable = false;
}
static void connected(struct package_view *v)
{
    v->connected = 1;
}
static void pays_as_it_goes(struct package_view *v)
{
    v->pay_as_you_go = true;
}
static void to_1(struct package_view *v)
{
    v->target = 1;
}
static void to_2(struct package_view *v)
{
    v->target = 2;
}
static void to_100(struct package_view *v)
{
    v->target = 100;
}
static void to_101(struct package_view *v)
{
    v->target = 101;
}
static void to_99(struct package_view *v)
{
    v->target = 99;
}
static void to_10000(struct package_view *v)
{
    v->target = 10000;
}
static void to_10001(struct package_view *v)
{
    v->target = 10001;
}
static void sum_50(struct package_view *v)
{
    v->connected = 50;
}
static void sum_51(struct package_view *v)
{
    v->connected = 51;
}
static void never(struct package_view *v)
{
    v->rule = DOWNGRADE_NEVER;
}
static void never_inside(struct package_view *v)
{
    v->rule = DOWNGRADE_NEVER;
    v->cross_border = false;
}
static void intl_only(struct package_view *v)
{
    v->rule = DOWNGRADE_INTL_PORTAL_ONLY;
}
static void intl_only_domestic(struct package_view *v)
{
    v->rule = DOWNGRADE_INTL_PORTAL_ONLY;
    v->portal = PORTAL_DOMESTIC;
}
static void domestic(struct package_view *v)
{
    v->portal = PORTAL_DOMESTIC;
}
static void not_temporary(struct package_view *v)
{
    v->temporary = false;
}
static void a_second_short(struct package_view *v)
{
    v->lasts.ns -= SIMDUR_SECOND;
}
static void unbound(struct package_view *v)
{
    v->bound = false;
}

struct guard {
    const char *name;
    enum package_state from;
    enum package_event event;
    void (*change)(struct package_view *v);
    const char *want; /* a refusal, or the state that follows */
};

#define EV(e) PACKAGE_EV_##e
#define IN    PACKAGE_IN_USE
// clang-format off
static struct guard guards[] = {
    {"B7.create.BWP_SIZE.1",        PACKAGE_NONE, EV(CREATE), to_1, "BWP_SIZE"},
    {"B7.create.2",                 PACKAGE_NONE, EV(CREATE), to_2, "CREATING"},
    {"B7.create.10000",             PACKAGE_NONE, EV(CREATE), to_10000, "CREATING"},
    {"B7.create.BWP_SIZE.10001",    PACKAGE_NONE, EV(CREATE), to_10001, "BWP_SIZE"},
    {"B7.create.INSUFFICIENT_BALANCE", PACKAGE_NONE, EV(CREATE), poor, "INSUFFICIENT_BALANCE"},
    {"B7.unbind.BWP_CONNECTED",     IN, EV(UNBIND), connected, "BWP_CONNECTED"},
    {"B7.unbind",                   IN, EV(UNBIND), none, "IDLE"},
    {"B7.upgrade.BWP_SIZE.same",    IN, EV(UPGRADE), to_100, "BWP_SIZE"},
    {"B7.upgrade.BWP_SIZE.smaller", IN, EV(UPGRADE), to_99, "BWP_SIZE"},
    {"B7.upgrade.by_one",           IN, EV(UPGRADE), to_101, "UPGRADED"},
    {"B7.upgrade.10000",            IN, EV(UPGRADE), to_10000, "UPGRADED"},
    {"B7.upgrade.BWP_SIZE.10001",   IN, EV(UPGRADE), to_10001, "BWP_SIZE"},
    {"B7.upgrade.INSUFFICIENT_BALANCE", IN, EV(UPGRADE), poor, "INSUFFICIENT_BALANCE"},
    {"B7.upgrade.no_rule_on_portals", IN, EV(UPGRADE), intl_only_domestic, "UPGRADED"},
    {"B7.upgrade.pay_as_you_go",    IN, EV(UPGRADE), pays_as_it_goes, "UPGRADED"},
    {"B7.downgrade.BWP_SIZE.same",  IN, EV(DOWNGRADE), to_100, "BWP_SIZE"},
    {"B7.downgrade.BWP_SIZE.larger", IN, EV(DOWNGRADE), to_101, "BWP_SIZE"},
    {"B7.downgrade.by_one",         IN, EV(DOWNGRADE), to_99, "DOWNGRADED"},
    {"B7.downgrade.2",              IN, EV(DOWNGRADE), to_2, "DOWNGRADED"},
    {"B7.downgrade.BWP_SIZE.1",     IN, EV(DOWNGRADE), to_1, "BWP_SIZE"},
    {"B7.downgrade.sum_equals",     IN, EV(DOWNGRADE), sum_50, "DOWNGRADED"},
    {"B7.downgrade.BWP_SUM_EXCEEDS", IN, EV(DOWNGRADE), sum_51, "BWP_SUM_EXCEEDS"},
    {"B7.downgrade.BWP_DOWNGRADE_PORTAL.never", IN, EV(DOWNGRADE), never, "BWP_DOWNGRADE_PORTAL"},
    {"B7.downgrade.not_cross_border", IN, EV(DOWNGRADE), never_inside, "DOWNGRADED"},
    {"B7.downgrade.intl_portal",    IN, EV(DOWNGRADE), intl_only, "DOWNGRADED"},
    {"B7.downgrade.BWP_DOWNGRADE_PORTAL.domestic", IN, EV(DOWNGRADE), intl_only_domestic,
     "BWP_DOWNGRADE_PORTAL"},
    {"B7.downgrade.allowed_anywhere", IN, EV(DOWNGRADE), domestic, "DOWNGRADED"},
    {"B7.downgrade.costs_nothing",  IN, EV(DOWNGRADE), poor, "DOWNGRADED"},
    {"B7.temp_upgrade.three_hours", IN, EV(TEMP_UPGRADE), none, "TEMP_UPGRADED"},
    {"B7.temp_upgrade.BWP_TEMP_SHORT", IN, EV(TEMP_UPGRADE), a_second_short, "BWP_TEMP_SHORT"},
    {"B7.temp_upgrade.BWP_TEMP_DISABLED", IN, EV(TEMP_UPGRADE), not_temporary,
     "BWP_TEMP_DISABLED"},
    {"B7.temp_upgrade.INVALID_STATUS.pay_as_you_go", IN, EV(TEMP_UPGRADE), pays_as_it_goes,
     "INVALID_STATUS"},
    {"B7.temp_upgrade.INVALID_STATUS.expired", PACKAGE_EXPIRED, EV(TEMP_UPGRADE), none,
     "INVALID_STATUS"},
    {"B7.temp_upgrade.BWP_SIZE.same", IN, EV(TEMP_UPGRADE), to_100, "BWP_SIZE"},
    {"B7.temp_upgrade.INSUFFICIENT_BALANCE", IN, EV(TEMP_UPGRADE), poor, "INSUFFICIENT_BALANCE"},
    {"B7.renew.INSUFFICIENT_BALANCE", IN, EV(RENEW), poor, "INSUFFICIENT_BALANCE"},
    {"B7.renew.INVALID_STATUS.pay_as_you_go", IN, EV(RENEW), pays_as_it_goes, "INVALID_STATUS"},
    {"B7.renew.expired_in_use",     PACKAGE_EXPIRED, EV(RENEW), none, "IN_USE"},
    {"B7.renew.expired_idle",       PACKAGE_EXPIRED, EV(RENEW), unbound, "IDLE"},
    {"B7.expire.INVALID_STATUS.pay_as_you_go", IN, EV(EXPIRE), pays_as_it_goes, "INVALID_STATUS"},
    {"B7.release.INVALID_STATUS.bound", IN, EV(RELEASE), none, "INVALID_STATUS"},
};
// clang-format on

static void check_guard(void **state)
{
    const struct guard *g = *state;
    struct package_view v = view_for(g->event);
    g->change(&v);
    struct package_step got = package_step(g->from, g->event, &v);
    const char *text =
        got.refusal != REFUSAL_NONE ? refusal_name(got.refusal) : package_state_name(got.to);
    assert_string_equal(text, g->want);
    if (got.refusal != REFUSAL_NONE) assert_int_equal(got.to, g->from);
}

/* Billed from its creation to its end, also while idle (D AL26); it carries only when bound. */
static void billed_and_carrying(void **state)
{
    (void)state;
    const char *billed = "..+++++..";
    const char *carrying = "...++++..";
    for (unsigned s = 0; s < PACKAGE_STATE_COUNT; s++) {
        assert_int_equal(package_billed((enum package_state)s), billed[s] == '+');
        assert_int_equal(package_carries((enum package_state)s), carrying[s] == '+');
        assert_true(strlen(package_state_text((enum package_state)s)) > 0);
    }
}

int main(void)
{
    enum { A = CN_ARRAY_LEN(pictures), B = A + CN_ARRAY_LEN(guards) };
    struct CMUnitTest tests[B + 2];
    TABLE_TESTS(tests, pictures, check_picture)
    TABLE_TESTS(tests + A, guards, check_guard)
    tests[B] = (struct CMUnitTest){"B7.OPERATION_PROCESSING", processing, 0, 0, 0};
    tests[B + 1] = (struct CMUnitTest){"B7.billing", billed_and_carrying, 0, 0, 0};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
