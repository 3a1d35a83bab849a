/* SPDX-License-Identifier: MIT
 * PoP health in the world (FACTS B8): the published dampers, forced states, the cold start, what
 * probes find from where; and that counting only when something changes is the same as probing
 * always. */
#include "story.h"

#include "cnedge/base/rng.h"

static struct story s;

/* --- in the world ----------------------------------------------------------------------------- */

static void set(const char *setting, const char *value)
{
    size_t place = choices_find(setting);
    assert_true(choices_set(&s.f.spec.choices, place, value));
}

static void prepare(const char *health)
{
    fixture_init(&s.f);
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    set("health", health);
}

static void seen_at(int64_t at_s, uint16_t pop, const char *want)
{
    fixture_run_until(&s.f, at_s);
    const char *got = health_name((enum pop_health)s.f.w->pop_seen[pop]);
    if (strcmp(got, want) != 0) {
        fail_msg("at %d s: expected %s, got %s", (int)at_s, want, got);
    }
}

static uint16_t answered(void)
{
    return fixture_cell(&s.f, s.www, LINE_SH_TELECOM).pop;
}

static void refused(struct event e, const char *want)
{
    assert_string_equal(refusal_name(fixture_apply(&s.f, e)), want);
}

/* FACTS B8: 10 s; 10 failures; 20 successes. The outage begins at 605 s, its probes are those of
 * 610 to 700 s. Shanghai's clients then go to Guangzhou, where there is telecom as well. */
static void as_gdnsd_does(void **state)
{
    (void)state;
    prepare("gdnsd");
    fixture_build(&s.f);
    seen_at(0, POP_SHA, "UP");
    must(&s, on_pop(EV_POP_DOWN, 605, POP_SHA));
    seen_at(699, POP_SHA, "UP");
    assert_int_equal(answered(), POP_SHA);
    seen_at(700, POP_SHA, "DOWN");
    assert_int_equal(answered(), POP_CAN);
    struct world_health_view v = world_health_view(s.f.w, POP_SHA, s.f.w->now);
    assert_int_equal(v.truth_since.ns, 605 * SIMDUR_SECOND);
    assert_int_equal(v.seen_since.ns, 700 * SIMDUR_SECOND);
    must(&s, on_pop(EV_POP_UP, 1000, POP_SHA));
    seen_at(1189, POP_SHA, "DOWN");
    seen_at(1190, POP_SHA, "UP"); /* 1000, 1010, ... 1190 */
    assert_int_equal(answered(), POP_SHA);
    assert_int_equal(world_next_at(s.f.w).ns, SIMTIME_NEVER.ns); /* nothing is left to probe */
    fixture_free(&s.f);
}

/* 60 s; three in a row, one is enough to be back. */
static void as_gtm_does(void **state)
{
    (void)state;
    prepare("gtm");
    fixture_build(&s.f);
    must(&s, on_pop(EV_POP_DOWN, 61, POP_SHA));
    must(&s, on_pop(EV_POP_UP, 190, POP_SHA)); /* 120, 180 failed: not in a row with what follows */
    must(&s, on_pop(EV_POP_DOWN, 250, POP_SHA));
    seen_at(419, POP_SHA, "UP");
    seen_at(420, POP_SHA, "DOWN"); /* 300, 360, 420 */
    must(&s, on_pop(EV_POP_UP, 421, POP_SHA));
    seen_at(480, POP_SHA, "UP");
    fixture_free(&s.f);
}

/* One failure is enough. Before the first check all are treated as failing: the last resort
 * answers, as if all were well, until somebody knows of one that is. */
static void as_powerdns_does(void **state)
{
    (void)state;
    prepare("powerdns");
    fixture_build(&s.f);
    struct decision d;
    world_decide(s.f.w, s.www, LINE_SH_TELECOM, FAMILY_V4, &d);
    assert_int_equal(d.reasons[d.reason_count - 1].rule, RULE_LAST_RESORT);
    assert_int_equal(answered(), POP_SHA);
    must(&s, on_pop(EV_PROBE_OK, 3, POP_HKG));
    assert_int_equal(answered(), POP_HKG);
    seen_at(4, POP_SHA, "UNKNOWN");
    seen_at(5, POP_SHA, "UP");
    assert_int_equal(answered(), POP_SHA);
    must(&s, on_pop(EV_POP_DOWN, 6, POP_SHA));
    seen_at(10, POP_SHA, "DOWN");
    must(&s, on_pop(EV_POP_UP, 11, POP_SHA));
    seen_at(15, POP_SHA, "UP");
    fixture_free(&s.f);
}

/* Cold start "up": unknown, and answered; a PoP that fails from the start is out with one probe. */
static void cold_start_up(void **state)
{
    (void)state;
    prepare("gdnsd");
    set("health_cold_start", "up");
    fixture_build(&s.f);
    must(&s, on_pop(EV_POP_DOWN, 0, POP_SHA));
    seen_at(9, POP_SHA, "UNKNOWN");
    assert_int_equal(answered(), POP_SHA);
    seen_at(10, POP_SHA, "DOWN");
    seen_at(10, POP_CAN, "UP");
    assert_int_equal(answered(), POP_CAN);
    fixture_free(&s.f);
}

static void none_acts_at_once(void **state)
{
    (void)state;
    prepare("none");
    fixture_build(&s.f);
    must(&s, on_pop(EV_POP_DOWN, 5, POP_SHA));
    seen_at(5, POP_SHA, "DOWN");
    must(&s, on_pop(EV_POP_DEGRADE, 6, POP_SHA));
    seen_at(6, POP_SHA, "DEGRADED");
    must(&s, on_pop(EV_POP_UP, 7, POP_SHA));
    seen_at(7, POP_SHA, "UP");
    refused(on_pop(EV_PROBE_OK, 8, POP_SHA), "HEALTH_NO_DAMPER");
    refused(on_pop(EV_PROBE_POOR, 8, POP_SHA), "HEALTH_NO_DAMPER");
    refused(on_pop(EV_PROBE_FAIL, 8, POP_SHA), "HEALTH_NO_DAMPER");
    fixture_free(&s.f);
}

/* The truth's own events, in each truth: '.' POP_BAD_STATE, else what it is then. */
struct truth {
    const char *name;
    enum event_kind before;
    const char *want; /* after pop_up, pop_degrade, pop_down */
};

static struct truth truths[] = {
    {"B8.UP", EV_POP_UP, ".GD"},
    {"B8.DEGRADED", EV_POP_DEGRADE, "U.D"},
    {"B8.DOWN", EV_POP_DOWN, "UG."},
};

static void check_truth(void **state)
{
    const struct truth *t = *state;
    static const enum event_kind kinds[] = {EV_POP_UP, EV_POP_DEGRADE, EV_POP_DOWN};
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        prepare(i == 0 ? "gdnsd" : "none");
        fixture_build(&s.f);
        if (t->before != EV_POP_UP) must(&s, on_pop(t->before, 1, POP_SHA));
        enum refusal r = fixture_apply(&s.f, on_pop(kinds[i], 2, POP_SHA));
        char got = r == REFUSAL_POP_BAD_STATE ? '.' : "UGD"[s.f.w->pop_health[POP_SHA]];
        if (got != t->want[i]) fail_msg("%s: expected %c, got %c", t->name, t->want[i], got);
        fixture_free(&s.f);
    }
}

/* An operator's word in each state of the damper and after each other word: '.' POP_BAD_STATE, else
 * whether the PoP is answered then: y or n. */
struct forced {
    const char *name;
    enum event_kind before;
    bool down;
    const char *want; /* after pop_obey, pop_force_up, pop_drain */
};

static struct forced forces[] = {
    {"B8.obey.UP", EV_POP_OBEY, false, ".yn"},
    {"B8.obey.DOWN", EV_POP_OBEY, true, ".yn"},
    {"B8.force_up.UP", EV_POP_FORCE_UP, false, "y.n"},
    {"B8.force_up.DOWN", EV_POP_FORCE_UP, true, "n.n"},
    {"B8.force_down.UP", EV_POP_DRAIN, false, "yy."},
    {"B8.force_down.DOWN", EV_POP_DRAIN, true, "ny."},
};

static void check_forced(void **state)
{
    const struct forced *t = *state;
    static const enum event_kind kinds[] = {EV_POP_OBEY, EV_POP_FORCE_UP, EV_POP_DRAIN};
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        prepare("gdnsd");
        fixture_build(&s.f);
        if (t->down) must(&s, on_pop(EV_POP_DOWN, 1, POP_SHA));
        fixture_run_until(&s.f, 200);
        if (t->before != EV_POP_OBEY) must(&s, on_pop(t->before, 200, POP_SHA));
        enum refusal r = fixture_apply(&s.f, on_pop(kinds[i], 201, POP_SHA));
        char got = r == REFUSAL_POP_BAD_STATE ? '.' : answered() == POP_SHA ? 'y' : 'n';
        if (got != t->want[i]) fail_msg("%s: expected %c, got %c", t->name, t->want[i], got);
        assert_int_equal(s.f.w->pop_seen[POP_SHA], t->down ? HEALTH_DOWN : HEALTH_UP);
        fixture_free(&s.f);
    }
}

/* Degraded is noticed like down, and answered as the setting says. */
static void degraded(void **state)
{
    (void)state;
    for (int usable = 0; usable <= 1; usable++) {
        prepare("gdnsd");
        set("degraded_usable", usable ? "true" : "false");
        fixture_build(&s.f);
        must(&s, on_pop(EV_POP_DEGRADE, 1, POP_SHA));
        seen_at(99, POP_SHA, "UP");
        seen_at(100, POP_SHA, "DEGRADED");
        assert_int_equal(answered(), usable ? POP_SHA : POP_CAN);
        must(&s, on_pop(EV_POP_DOWN, 101, POP_SHA));
        seen_at(200, POP_SHA, "DOWN");
        must(&s, on_pop(EV_POP_DEGRADE, 201, POP_SHA));
        seen_at(400, POP_SHA, "DEGRADED");
        must(&s, on_pop(EV_POP_UP, 401, POP_SHA));
        seen_at(600, POP_SHA, "UP");
        fixture_free(&s.f);
    }
}

/* Only what events bring counts; nothing is probed. */
static void results_by_events(void **state)
{
    (void)state;
    prepare("powerdns");
    set("health_probes_from", "events");
    set("health_down_after", "2");
    fixture_build(&s.f);
    must(&s, on_pop(EV_POP_DOWN, 1, POP_SHA));
    seen_at(1000, POP_SHA, "UNKNOWN");
    must(&s, on_pop(EV_PROBE_OK, 1000, POP_SHA));
    seen_at(1000, POP_SHA, "UP");
    must(&s, on_pop(EV_PROBE_FAIL, 1001, POP_SHA));
    seen_at(1001, POP_SHA, "UP");
    must(&s, on_pop(EV_PROBE_FAIL, 1002, POP_SHA));
    seen_at(1002, POP_SHA, "DOWN");
    seen_at(9000, POP_SHA, "DOWN");
    must(&s, on_pop(EV_PROBE_POOR, 9001, POP_SHA));
    seen_at(9001, POP_SHA, "DEGRADED");
    fixture_free(&s.f);
}

/* Foreign results count among our own: nine failures and none, and the good probes forgive. */
static void results_among_ours(void **state)
{
    (void)state;
    prepare("gdnsd");
    fixture_build(&s.f);
    for (int i = 0; i < 9; i++) {
        must(&s, on_pop(EV_PROBE_FAIL, 1, POP_SHA));
    }
    seen_at(95, POP_SHA, "UP");
    must(&s, on_pop(EV_PROBE_FAIL, 101, POP_SHA)); /* after ten good ones: the first again */
    seen_at(101, POP_SHA, "UP");
    for (int i = 0; i < 9; i++) {
        must(&s, on_pop(EV_PROBE_FAIL, 102, POP_SHA));
    }
    seen_at(102, POP_SHA, "DOWN");
    seen_at(299, POP_SHA, "DOWN");
    seen_at(300, POP_SHA, "UP");
    fixture_free(&s.f);
}

/* --- from where, and of what ------------------------------------------------------------------ */

struct from {
    const char *name, *from, *mode, *fail_pct;
    enum event_kind border;
    const char *mainland, *near; /* a probe of sha, of hkg */
};

static struct from froms[] = {
    {"B8.probes_from.nameservers", "nameservers", "global", "50", EV_BORDER_443_RESET, "fail",
     "ok"},
    {"B8.probes_from.nameservers.in_china", "nameservers", "in_china", "50", EV_BORDER_443_RESET,
     "ok", "fail"},
    {"B8.probes_from.mainland", "mainland", "global", "50", EV_BORDER_CONGESTED, "ok", "fail"},
    {"B8.probes_from.outside", "outside", "in_china", "50", EV_BORDER_CONGESTED, "fail", "ok"},
    {"B8.probes_from.both", "both", "global", "50", EV_BORDER_CONGESTED, "fail", "fail"},
    {"B8.probes_from.both.share", "both", "global", "51", EV_BORDER_CONGESTED, "ok", "ok"},
};

static void check_from(void **state)
{
    const struct from *t = *state;
    prepare("gdnsd");
    set("health_probes_from", t->from);
    set("dns_mode", t->mode);
    set("health_fail_pct", t->fail_pct);
    fixture_build(&s.f);
    assert_int_equal(world_health_finds(s.f.w, POP_SHA), HEALTH_PROBE_OK);
    must(&s, fixture_event(t->border, 1));
    assert_string_equal(health_probe_name(world_health_finds(s.f.w, POP_SHA)), t->mainland);
    assert_string_equal(health_probe_name(world_health_finds(s.f.w, POP_HKG)), t->near);
    seen_at(100, POP_SHA, strcmp(t->mainland, "ok") == 0 ? "UP" : "DOWN");
    seen_at(100, POP_HKG, strcmp(t->near, "ok") == 0 ? "UP" : "DOWN");
    fixture_free(&s.f);
}

/* Shanghai has two addresses of each family: four in all. */
static void pools(void **state)
{
    (void)state;
    static const struct {
        const char *pct;
        int blocked, v6_out;
        enum health_probe want;
    } rows[] = {
        {"0", 0, 0, HEALTH_PROBE_OK},  {"100", 0, 0, HEALTH_PROBE_OK},
        {"75", 1, 0, HEALTH_PROBE_OK}, {"76", 1, 0, HEALTH_PROBE_FAIL},
        {"50", 2, 0, HEALTH_PROBE_OK}, {"51", 2, 0, HEALTH_PROBE_FAIL},
        {"50", 0, 1, HEALTH_PROBE_OK}, {"26", 1, 1, HEALTH_PROBE_FAIL},
        {"0", 1, 1, HEALTH_PROBE_OK},  {"0", 2, 1, HEALTH_PROBE_FAIL},
    };
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        prepare("gdnsd");
        set("health_probes_from", "mainland");
        set("health_pool_pct", rows[i].pct);
        fixture_build(&s.f);
        for (int n = 0; n < rows[i].blocked; n++) {
            struct event e = on_pop(EV_ADDRESS_BLACKHOLE, 1, POP_SHA);
            e.address = (uint8_t)n;
            must(&s, e);
        }
        if (rows[i].v6_out) {
            struct event e = fixture_event(EV_FAMILY_DOWN, 2);
            e.family = FAMILY_V6;
            must(&s, e);
        }
        assert_int_equal(world_health_finds(s.f.w, POP_SHA), rows[i].want);
        fixture_free(&s.f);
    }
}

/* A province and a partner's network are found by probes as well; unless the scenario says how long
 * that takes for a partner, or that an operator says so. */
static void wider_outages(void **state)
{
    (void)state;
    prepare("gdnsd");
    fixture_build(&s.f);
    must(&s, on_region(EV_PROVINCE_DOWN, 1, REGION_SHANGHAI));
    assert_int_equal(answered(), POP_SHA);
    seen_at(100, POP_SHA, "DOWN");
    assert_int_equal(answered(), POP_CAN);
    assert_true(s.f.w->pops[POP_SHA].region_out);
    must(&s, fixture_event(EV_PARTNER_DOWN, 101));
    assert_int_equal(answered(), POP_CAN);
    seen_at(200, POP_CAN, "DOWN");
    assert_int_equal(answered(), POP_HKG);
    fixture_free(&s.f);
    for (int operator_only = 0; operator_only <= 1; operator_only++) {
        prepare("gdnsd");
        if (operator_only) set("outage_authority", "operator");
        if (!operator_only) set("outage_detection", "30s");
        fixture_build(&s.f);
        must(&s, fixture_event(EV_PARTNER_DOWN, 1));
        seen_at(31, POP_SHA, "UP");
        assert_int_equal(answered(), operator_only ? POP_SHA : POP_HKG);
        seen_at(1000, POP_SHA, "UP");
        fixture_free(&s.f);
    }
}

/* --- the same as probing always --------------------------------------------------------------- */

enum { ROUNDS = 60, WORLDS = 60 };

static struct event random_event(uint64_t seed, uint64_t n, int64_t at_s)
{
    static const enum event_kind kinds[] = {EV_POP_DOWN,       EV_POP_UP,       EV_POP_DEGRADE,
                                            EV_POP_DOWN,       EV_POP_UP,       EV_PROBE_OK,
                                            EV_PROBE_FAIL,     EV_PROBE_POOR,   EV_PROVINCE_DOWN,
                                            EV_PROVINCE_UP,    EV_BORDER_CLEAR, EV_BORDER_CONGESTED,
                                            EV_PARTNER_DOWN,   EV_PARTNER_UP,   EV_BORDER_443_RESET,
                                            EV_BORDER_443_END, EV_POP_FORCE_UP, EV_POP_OBEY};
    uint64_t draw = rng_draw(seed, "event", "", n);
    struct event e = fixture_event(kinds[draw % CN_ARRAY_LEN(kinds)], at_s);
    uint32_t params = event_info(e.kind)->required;
    if ((params & PARAM_POP) != 0) e.pop = (uint16_t)(draw / 64 % 2 == 0 ? POP_SHA : POP_HKG);
    if ((params & PARAM_REGION) != 0) e.region = REGION_SHANGHAI;
    return e;
}

/* The reference: each PoP is asked at each multiple of the interval, behind the events of that
 * instant, and a foreign result counts when it comes. */
static void probing_always(uint64_t seed)
{
    struct health asked[POPS] = {{{0}, {0}}};
    unsigned kind = (unsigned)(seed % 3);
    prepare("gdnsd");
    set("health_interval_s", kind == 0 ? "10" : "7");
    set("health_down_after", kind == 1 ? "1" : "3");
    set("health_forgive_after", kind == 2 ? "1" : "2");
    set("health_up_after", kind == 1 ? "1" : "4");
    set("health_probes_from", seed % 2 == 0 ? "outside" : "both");
    set("health_cold_start", seed % 5 == 0 ? "up" : "checked");
    fixture_build(&s.f);
    struct world *w = s.f.w;
    for (uint16_t p = 0; p < POPS && seed % 5 != 0; p++) {
        asked[p] = health_step(&w->health, asked[p], world_health_finds(w, p));
    }
    uint64_t n = 0;
    for (int64_t at = 0; at < ROUNDS * 10; at++) {
        if (at > 0) fixture_run_until(&s.f, at - 1);
        while (rng_draw(seed, "when", "", n) % 40 < (uint64_t)(at % 3 == 0 ? 10 : 2)) {
            struct event e = random_event(seed, n++, at);
            enum refusal r = fixture_apply(&s.f, e);
            bool result = e.kind >= EV_PROBE_OK && e.kind <= EV_PROBE_FAIL;
            if (!result) continue;
            assert_int_equal(r, REFUSAL_NONE);
            enum health_probe p = (enum health_probe)(e.kind - EV_PROBE_OK);
            asked[e.pop] = health_step(&w->health, asked[e.pop], p);
        }
        n++;
        fixture_run_until(&s.f, at);
        simtime now = simtime_add(SIMTIME_START, simdur_s(at));
        for (uint16_t p = 0; p < POPS; p++) {
            if (at > 0 && at % w->health.interval_s == 0) {
                asked[p] = health_step(&w->health, asked[p], world_health_finds(w, p));
            }
            assert_int_equal(w->pop_seen[p], health_state(asked[p]));
            simtime after = simtime_add(now, (simdur){1});
            struct world_health_view v = world_health_view(w, p, after);
            assert_memory_equal(&v.health, &asked[p], sizeof(asked[p]));
        }
    }
    fixture_free(&s.f);
}

static void same_as_probing_always(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        probing_always(seed);
    }
}

/* A year costs what happens in it, not its probes: three million of them. */
static void a_year_is_cheap(void **state)
{
    (void)state;
    enum { DAY = 86400 };
    struct event fired;
    unsigned events = 0;
    prepare("gdnsd");
    fixture_build(&s.f);
    for (int64_t day = 0; day < 365; day++) {
        must(&s, on_pop(EV_POP_DOWN, day * DAY + 1, POP_SHA));
        for (; world_next_at(s.f.w).ns != SIMTIME_NEVER.ns; events++) {
            assert_true(world_fire(s.f.w, &fired));
        }
        must(&s, on_pop(EV_POP_UP, day * DAY + 40000, POP_SHA));
        for (; world_next_at(s.f.w).ns != SIMTIME_NEVER.ns; events++) {
            assert_true(world_fire(s.f.w, &fired));
        }
    }
    assert_int_equal(events, 2 * 365);
    fixture_free(&s.f);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        {"B8.profile.gdnsd", as_gdnsd_does, NULL, NULL, NULL},
        {"B8.profile.gtm", as_gtm_does, NULL, NULL, NULL},
        {"B8.profile.powerdns", as_powerdns_does, NULL, NULL, NULL},
        {"B8.profile.none.HEALTH_NO_DAMPER", none_acts_at_once, NULL, NULL, NULL},
        {"B8.cold_start.up", cold_start_up, NULL, NULL, NULL},
        {"B8.pop_degrade.DEGRADED", degraded, NULL, NULL, NULL},
        {"B8.probes_from.events", results_by_events, NULL, NULL, NULL},
        {"B8.probe_fail.among_our_own", results_among_ours, NULL, NULL, NULL},
        {"B8.pool", pools, NULL, NULL, NULL},
        {"B8.province_down.partner_down", wider_outages, NULL, NULL, NULL},
        {"B8.same_as_probing_always", same_as_probing_always, NULL, NULL, NULL},
        {"B8.a_year_is_cheap", a_year_is_cheap, NULL, NULL, NULL},
    };
    enum {
        TRUTHS = CN_ARRAY_LEN(truths),
        FORCES = TRUTHS + CN_ARRAY_LEN(forces),
        FROMS = FORCES + CN_ARRAY_LEN(froms)
    };
    struct CMUnitTest tests[FROMS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, truths, check_truth)
    TABLE_TESTS(tests + TRUTHS, forces, check_forced)
    TABLE_TESTS(tests + FORCES, froms, check_from)
    memcpy(tests + FROMS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
