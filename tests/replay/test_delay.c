/* SPDX-License-Identifier: MIT
 * The four parts of a failover (FACTS C3). The tables are computed by hand. */
#include "cnedge/replay/delay.h"

#include "play.h"

#include "test.h"

enum {
    EVENTS = 5,
    TTL_S = 30,
    TWO_BATCHES_S = 3600,
    TWO_HOURS_S = 7200,
    HOUR_S = 3600,
    DAY_S = 86400
};

/* Honest resolvers hold an entry for its TTL: nothing is left beyond it. */
static const struct population honest = {.profile = POPULATION_HONEST, .weight = 1};
static const struct population tenfold = {.profile = POPULATION_EXTEND, .weight = 1, .extend = 10};
static const struct population forever = {.profile = POPULATION_STALE_FOREVER, .weight = 1};

static struct play p;
static struct engine engine;
static struct delay d;
static struct delay_item item;
static uint32_t shop, www, other;

/* Befalls the one of its kind that there is: PoP sha, Shanghai, shop.example, its holder, the
 * partner. */
struct happening {
    int64_t at_s; /* 0: none */
    enum event_kind kind;
};

struct story {
    const char *settings; /* "name value name value" */
    void (*change)(void); /* what else is to differ */
    struct happening events[EVENTS];
};

static struct event event_of(struct happening h)
{
    uint32_t names = event_info(h.kind)->required;
    if ((names & PARAM_POP) != 0) return on_pop(h.kind, h.at_s, POP_SHA);
    if ((names & PARAM_REGION) != 0) return on_region(h.kind, h.at_s, REGION_SHANGHAI);
    if ((names & PARAM_HOST) != 0) return on_host(h.kind, h.at_s, www);
    if ((names & PARAM_FILED) != 0) {
        struct event e = on_site(h.kind, h.at_s, shop);
        e.seconds = h.kind == EV_SET_TTL ? TTL_S : 0;
        return e;
    }
    if ((names & (PARAM_HOLDER | PARAM_SCOPE)) != 0) return on_holder(h.kind, h.at_s, 0);
    return on_partner(h.kind, h.at_s, 0);
}

static void prepare(const struct story *s)
{
    play_init(&p);
    shop = fixture_site(&p.f, "shop.example");
    www = fixture_host(&p.f, "www.shop.example");
    if (s->change != NULL) s->change();
    for (const char *at = s->settings; *at != '\0';) {
        char name[32];
        char value[32];
        int len;
        assert_int_equal(sscanf(at, "%31s %31s %n", name, value, &len), 2);
        assert_true(choices_set(&p.f.spec.choices, choices_find(name), value));
        at += len;
    }
    for (size_t i = 0; i < EVENTS && s->events[i].at_s > 0; i++) {
        (void)play_event(&p, event_of(s->events[i]));
    }
    play_build(&p, DAY_S);
    item = (struct delay_item){0};
    assert_true(engine_init(&engine, &p.f.arena, &p.s));
    assert_true(delay_init(&d, &p.f.arena, &engine));
}

static void look(void)
{
    struct answer a;
    struct world *w = engine.world;
    answer_find(w, p.f.hosts[www].name, RR_A, LINE_SH_TELECOM, &a);
    uint64_t print = (uint64_t)a.kind << 16 | (a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16);
    delay_note(&item, &d, w->now, print, answer_life_s(&a));
}

static void run(const struct story *s)
{
    struct engine_step step;
    prepare(s);
    look();
    while (delay_step(&d, &engine, &step)) {
        look();
    }
}

static bool parts(const struct population *who, struct delay_parts *out)
{
    const struct population_mix mix = {who, 1};
    return delay_parts(&item, &mix, simdur_s(30 * (int64_t)DAY_S), out);
}

struct row {
    const char *name;
    int cause; /* place in the story's events; -1: by itself */
    enum event_kind kind;
    int64_t truth_s, detection_s, propagation_s, ttl_s;
    struct story story;
};

static void check(void **state)
{
    const struct row *r = *state;
    struct delay_parts got;
    run(&r->story);
    assert_true(parts(&honest, &got));
    assert_string_equal(event_info(got.from.kind)->name, event_info(r->kind)->name);
    assert_int_equal(got.from.event, r->cause < 0 ? CN_NONE32 : (uint32_t)r->cause);
    assert_int_equal(got.from.truth.ns, r->truth_s * SIMDUR_SECOND);
    assert_int_equal(got.detection.ns, r->detection_s * SIMDUR_SECOND);
    assert_int_equal(got.propagation.ns, r->propagation_s * SIMDUR_SECOND);
    assert_int_equal(got.ttl.ns, r->ttl_s * SIMDUR_SECOND);
    assert_int_equal(got.tail.ns, 0);
    int64_t changed_s = r->truth_s + r->detection_s + r->propagation_s;
    assert_int_equal(got.at.ns, changed_s * SIMDUR_SECOND);
    assert_int_equal(got.all.ns, (changed_s - r->truth_s + r->ttl_s) * SIMDUR_SECOND);
    play_free(&p);
}

static void share_an_edge_name(void)
{
    other = fixture_site(&p.f, "other.example");
    (void)fixture_host(&p.f, "www.other.example");
    p.f.sites[shop].edge_name = 0;
    p.f.sites[other].edge_name = 0;
    p.f.sites[shop].policy = POLICY_UNMAP_SHARED;
    p.f.sites[other].policy = POLICY_UNMAP_SHARED;
    shop = other; /* it befalls the other one */
}

/* With this seed the site is not in the first batch. */
static void another_seed(void)
{
    p.f.spec.seed = 6;
}

static void await_the_bureau(void)
{
    p.f.sites[shop].filing = FILING_BUREAU_REVIEW;
}

static void await_provisioning(void)
{
    p.f.hosts[www].provisioning = PROVISIONING_ALLOWLISTED;
}

#define PROBED       "health gdnsd " /* each 10 s; down at the 10th failure, up after 20 */
#define LEARNT_IN_5M "observe_delay 5m "
#define OUT_IN_90S   "publish_delay 90s "
#define FOUR_BATCHES "partner_batches 4 batch_interval 30m "
#define DETECTED_2M  "outage_detection 2m "
#define OPERATOR     "outage_authority operator "

/* name, which event, what it was and when; detection, propagation, TTL; settings, change, events */
#define ROW(name, cause, kind, at, detection, propagation, ttl, settings, change, ...)             \
    {                                                                                              \
        name, cause, kind, at, detection, propagation, ttl,                                        \
        {                                                                                          \
            settings, change,                                                                      \
            {                                                                                      \
                __VA_ARGS__                                                                        \
            }                                                                                      \
        }                                                                                          \
    }

static struct row rows[] = {
    /* PoPs under probes. Failures at 20, 30, ... 110. */
    ROW("C3.pop_down", 0, EV_POP_DOWN, 15, 95, 0, 60, PROBED, NULL, {15, EV_POP_DOWN}),
    /* Successes at 120, 130, ... 310. */
    ROW("C3.pop_up", 1, EV_POP_UP, 120, 190, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {120, EV_POP_UP}),
    /* Failures at 20, 30, 40, not forgiven at 50, and at 60, 70, ... 120. */
    ROW("C3.pop_flaps", 0, EV_POP_DOWN, 15, 105, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {45, EV_POP_UP}, {55, EV_POP_DOWN}),
    /* Those of 20 to 40 are forgiven at 140; failures at 200, 210, ... 290. */
    ROW("C3.pop_forgiven", 2, EV_POP_DOWN, 195, 95, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {45, EV_POP_UP}, {195, EV_POP_DOWN}),
    /* Degraded at 110, and then down: 130, 140, ... 220. */
    ROW("C3.pop_worse_and_worse", 1, EV_POP_DOWN, 125, 95, 0, 60, PROBED, NULL,
        {15, EV_POP_DEGRADE}, {125, EV_POP_DOWN}),
    /* An operator is faster than the damper. */
    ROW("C3.pop_drained", 0, EV_POP_DOWN, 15, 27, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {42, EV_POP_DRAIN}),
    ROW("C3.pop_drained_well", 0, EV_POP_DRAIN, 42, 0, 0, 60, PROBED, NULL, {42, EV_POP_DRAIN}),
    ROW("C3.pop_forced_up", 1, EV_POP_UP, 120, 30, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {120, EV_POP_UP}, {150, EV_POP_FORCE_UP}),
    /* The failure of 12 is somebody else's, and with ours of 20 there are two. */
    ROW("C3.pop_probed_by_others", 0, EV_PROBE_FAIL, 12, 8, 0, 60, PROBED "health_down_after 2",
        NULL, {12, EV_PROBE_FAIL}, {15, EV_POP_DOWN}),
    /* Somebody else's failure of 305 comes before the twentieth success: 310, 320, ... 500. */
    ROW("C3.pop_held_down_by_others", 2, EV_PROBE_FAIL, 305, 195, 0, 60, PROBED, NULL,
        {15, EV_POP_DOWN}, {120, EV_POP_UP}, {305, EV_PROBE_FAIL}),
    /* Somebody else's failure is the tenth: ours are at 20, 30, ... 100. */
    ROW("C3.pop_given_up_by_others", 0, EV_POP_DOWN, 15, 90, 0, 60, PROBED, NULL, {15, EV_POP_DOWN},
        {105, EV_PROBE_FAIL}),
    ROW("C3.pop_undamped", 0, EV_POP_DOWN, 15, 0, 0, 60, "", NULL, {15, EV_POP_DOWN}),
    ROW("C3.province", 0, EV_PROVINCE_DOWN, 15, 95, 0, 60, PROBED, NULL, {15, EV_PROVINCE_DOWN}),
    /* Partners' networks. */
    ROW("C3.outage", 0, EV_PARTNER_DOWN, 30, 120, 0, 60, DETECTED_2M, NULL, {30, EV_PARTNER_DOWN}),
    ROW("C3.outage_over", 1, EV_PARTNER_UP, 600, 0, 0, 60, DETECTED_2M, NULL, {30, EV_PARTNER_DOWN},
        {600, EV_PARTNER_UP}),
    ROW("C3.outage_probed", 0, EV_PARTNER_DOWN, 15, 95, 0, 60, PROBED, NULL, {15, EV_PARTNER_DOWN}),
    ROW("C3.outage_declared", 0, EV_PARTNER_DOWN, 30, 300, 0, 60, OPERATOR, NULL,
        {30, EV_PARTNER_DOWN}, {330, EV_OUTAGE_DECLARE}),
    ROW("C3.outage_cleared", 2, EV_PARTNER_UP, 600, 100, 0, 60, OPERATOR, NULL,
        {30, EV_PARTNER_DOWN}, {330, EV_OUTAGE_DECLARE}, {600, EV_PARTNER_UP},
        {700, EV_OUTAGE_CLEAR}),
    ROW("C3.outage_declared_falsely", 2, EV_OUTAGE_DECLARE, 90, 0, 0, 60, OPERATOR, NULL,
        {30, EV_PARTNER_DOWN}, {60, EV_PARTNER_UP}, {90, EV_OUTAGE_DECLARE}),
    ROW("C3.outage_false_cleared", 3, EV_OUTAGE_CLEAR, 120, 0, 0, 60, OPERATOR, NULL,
        {30, EV_PARTNER_DOWN}, {60, EV_PARTNER_UP}, {90, EV_OUTAGE_DECLARE},
        {120, EV_OUTAGE_CLEAR}),
    /* Licences. */
    ROW("C3.revocation", 0, EV_REVOKE_SITE, 60, 0, 0, 60, "", NULL, {60, EV_REVOKE_SITE}),
    ROW("C3.revocation_observed", 0, EV_REVOKE_SITE, 60, 300, 0, 60, LEARNT_IN_5M, NULL,
        {60, EV_REVOKE_SITE}),
    ROW("C3.revocation_published", 0, EV_REVOKE_SITE, 60, 300, 90, 60, LEARNT_IN_5M OUT_IN_90S,
        NULL, {60, EV_REVOKE_SITE}),
    /* What else befalls the site meanwhile is not the cause; a refused event is nothing. */
    ROW("C3.revocation_among_others", 0, EV_REVOKE_SITE, 60, 300, 90, TTL_S,
        LEARNT_IN_5M OUT_IN_90S, NULL, {60, EV_REVOKE_SITE}, {90, EV_SET_TTL},
        {120, EV_REVOKE_SITE}, {400, EV_CONTENT_CHANGE}, {420, EV_POP_DEGRADE}),
    /* Of the batches 0 to 3 the site is in this one. */
    ROW("C3.subject_in_batches", 0, EV_REVOKE_SUBJECT, 60, 300, TWO_BATCHES_S + 90, 60,
        LEARNT_IN_5M OUT_IN_90S FOUR_BATCHES, another_seed, {60, EV_REVOKE_SUBJECT}),
    /* One site is no batch. */
    ROW("C3.site_beside_batches", 0, EV_REVOKE_SITE, 60, 300, 90, 60,
        LEARNT_IN_5M OUT_IN_90S FOUR_BATCHES, another_seed, {60, EV_REVOKE_SITE}),
    ROW("C3.suspended_in_batches", 0, EV_PARTNER_SUSPEND, 60, 0, TWO_BATCHES_S, 60, FOUR_BATCHES,
        another_seed, {60, EV_PARTNER_SUSPEND}),
    /* A deadline that passes is what happens, not the notice an hour before. */
    ROW("C3.audit_deadline", -1, EV_AUDIT_TIMEOUT, 60 + HOUR_S, 300, 0, 60,
        LEARNT_IN_5M "audit_deadline 1h", NULL, {60, EV_AUDIT_HIT}),
    ROW("C3.approval_synced", 0, EV_BUREAU_PASS, 60, 0, TWO_HOURS_S, 60, "sync_delay 2h",
        await_the_bureau, {60, EV_BUREAU_PASS}),
    ROW("C3.provisioned", 0, EV_PROVISION, 60, 0, HOUR_S, 60, "provisioning_delay 1h",
        await_provisioning, {60, EV_PROVISION}),
    ROW("C3.status_unknown", 0, EV_STATUS_UNKNOWN, 60, 0, 600, 60, "unknown_grace 10m", NULL,
        {60, EV_STATUS_UNKNOWN}),
    ROW("C3.back_after_a_while", 1, EV_PARTNER_RESUME, 120, 0, HOUR_S - 60, 60,
        "return_cooldown 1h", NULL, {60, EV_PARTNER_SUSPEND}, {120, EV_PARTNER_RESUME}),
    ROW("C3.shared_edge_name", 0, EV_REVOKE_SITE, 60, 300, 90, 60, LEARNT_IN_5M OUT_IN_90S,
        share_an_edge_name, {60, EV_REVOKE_SITE}),
};

/* --- what follows the authority's change -------------------------------------------------------
 */

static const struct story revoked = {LEARNT_IN_5M, NULL, {{60, EV_REVOKE_SITE}}};

/* 99 % of entries that live for 600 s have gone after 594 s, 534 s after the TTL. */
static void caches_that_stretch(void **state)
{
    (void)state;
    struct delay_parts got;
    run(&revoked);
    assert_true(parts(&tenfold, &got));
    assert_int_equal(got.tail.ns, simdur_s(534).ns);
    assert_int_equal(got.all.ns, simdur_s(300 + 60 + 534).ns);
    play_free(&p);
}

static void clients_that_never_ask_again(void **state)
{
    (void)state;
    struct delay_parts got;
    run(&revoked);
    assert_true(parts(&forever, &got));
    assert_int_equal(got.detection.ns, simdur_s(300).ns);
    assert_int_equal(got.tail.ns, SIMTIME_NEVER.ns);
    assert_int_equal(got.all.ns, SIMTIME_NEVER.ns);
    play_free(&p);
}

static void nothing_has_changed(void **state)
{
    (void)state;
    struct delay_parts got;
    const struct story quiet = {"", NULL, {{60, EV_SET_TTL}, {90, EV_POP_DEGRADE}}};
    run(&quiet);
    assert_false(parts(&honest, &got));
    play_free(&p);
}

static void at_s(int64_t t_s, enum event_kind cause, uint64_t print)
{
    simtime now = simtime_add(SIMTIME_START, simdur_s(t_s));
    d.last = (struct delay_origin){now, now, CN_NONE32, cause};
    delay_note(&item, &d, now, print, 60);
}

/* Nobody has seen what was answered within an instant. */
static void within_an_instant(void **state)
{
    (void)state;
    struct delay_parts got;
    item = (struct delay_item){0};
    at_s(0, EV_POP_UP, 1);
    at_s(100, EV_REVOKE_SITE, 2);
    at_s(200, EV_POP_DOWN, 3);
    at_s(200, EV_POP_UP, 2);
    assert_true(parts(&honest, &got));
    assert_int_equal(got.from.kind, EV_REVOKE_SITE);
    assert_int_equal(got.at.ns, simdur_s(100).ns);
    at_s(300, EV_POP_DOWN, 3);
    at_s(300, EV_POP_DRAIN, 3);
    at_s(300, EV_PARTNER_DOWN, 4);
    assert_true(parts(&honest, &got));
    assert_int_equal(got.from.kind, EV_PARTNER_DOWN);
    at_s(300, EV_PARTNER_UP, 2);
    assert_true(parts(&honest, &got));
    assert_int_equal(got.from.kind, EV_REVOKE_SITE);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 4];
    TABLE_TESTS(tests, rows, check)
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(caches_that_stretch);
    tests[ROWS + 1] = (struct CMUnitTest)cmocka_unit_test(clients_that_never_ask_again);
    tests[ROWS + 2] = (struct CMUnitTest)cmocka_unit_test(nothing_has_changed);
    tests[ROWS + 3] = (struct CMUnitTest)cmocka_unit_test(within_an_instant);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
