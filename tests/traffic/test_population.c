/* SPDX-License-Identifier: MIT
 * Populations: closed forms of the literature, a simulation cache by cache, and what must hold for
 * every history. */
#include "cnedge/traffic/population.h"

#include <math.h>
#include <string.h>

#include "cnedge/base/rng.h"
#include "test.h"

enum { ALL = POPULATION_PPM, LONG_S = 1000000 };

static simtime at_s(double s)
{
    return (simtime){(int64_t)(s * 1e9)};
}

static const struct population honest = {.profile = POPULATION_HONEST, .weight = 1};

/* One answer for long, then another. */
static struct population_history flip(struct population_segment segments[2], uint32_t ttl_s)
{
    segments[0] = (struct population_segment){SIMTIME_START, ttl_s, true};
    segments[1] = (struct population_segment){at_s(LONG_S), ttl_s, false};
    return (struct population_history){segments, 2};
}

static uint32_t after_flip(const struct population *p, uint32_t ttl_s, double x)
{
    struct population_segment s[2];
    struct population_history h = flip(s, ttl_s);
    return population_share(p, &h, at_s(LONG_S + x));
}

static double falls_s(const struct population *p, uint32_t ttl_s, uint32_t ppm)
{
    struct population_segment s[2];
    struct population_history h = flip(s, ttl_s);
    struct population_mix m = {p, 1};
    simtime t = population_mix_falls(&m, &h, ppm, simdur_s(INT64_C(8640000)));
    return t.ns == SIMTIME_NEVER.ns ? -1 : (double)t.ns / 1e9;
}

#define NEAR_PPM(got, want, tolerance)                                                             \
    assert_in_range((got) + (tolerance), (want), (want) + 2 * (tolerance))

/* --- A1: busy honest caches drain linearly ---------------------------------------------------- */

struct a1_row {
    const char *name;
    uint32_t ttl_s;
    double t50, t90, t95, t99;
};
static struct a1_row a1_rows[] = {
    {"traffic.A1 ttl 60", 60, 30, 54, 57, 59.4},
    {"traffic.A1 ttl 300", 300, 150, 270, 285, 297},
    {"traffic.A1 ttl 600", 600, 300, 540, 570, 594},
    {"traffic.A1 ttl 3600", 3600, 1800, 3240, 3420, 3564},
};

static void a1(void **state)
{
    const struct a1_row *r = *state;
    assert_int_equal(after_flip(&honest, r->ttl_s, 0), ALL);
    assert_int_equal(after_flip(&honest, r->ttl_s, r->ttl_s / 4.0), ALL * 3 / 4);
    assert_int_equal(after_flip(&honest, r->ttl_s, r->ttl_s), 0);
    assert_int_equal(after_flip(&honest, r->ttl_s, 10 * r->ttl_s), 0);
    assert_true(fabs(falls_s(&honest, r->ttl_s, ALL / 2) - r->t50) <= 0.001 + 1e-6 * r->ttl_s);
    assert_true(fabs(falls_s(&honest, r->ttl_s, ALL / 10) - r->t90) <= 0.001 + 1e-6 * r->ttl_s);
    assert_true(fabs(falls_s(&honest, r->ttl_s, ALL / 20) - r->t95) <= 0.001 + 1e-6 * r->ttl_s);
    assert_true(fabs(falls_s(&honest, r->ttl_s, ALL / 100) - r->t99) <= 0.001 + 1e-6 * r->ttl_s);
}

/* --- A2: caches that are asked seldom --------------------------------------------------------- */

struct a2_row {
    const char *name;
    uint32_t rate_per_hour;
    uint32_t ppm[4]; /* 0, 15, 30 and 45 s after the change; TTL 60 */
    double answers;  /* old ones per cache in all */
};
static struct a2_row a2_rows[] = {
    {"traffic.A2 0.01 queries a second", 36, {375000, 281250, 187500, 93750}, 0.1125},
    {"traffic.A2 0.1 queries a second", 360, {857143, 642857, 428571, 214286}, 2.571},
    {"traffic.A2 1 query a second", 3600, {983607, 737705, 491803, 245902}, 29.51},
};

static void a2(void **state)
{
    const struct a2_row *r = *state;
    struct population p = {
        .profile = POPULATION_HONEST, .weight = 1, .rate_per_hour = r->rate_per_hour};
    double answers = 0;
    for (int i = 0; i < 4; i++) {
        NEAR_PPM(after_flip(&p, 60, 15 * i), r->ppm[i], 1);
    }
    for (int i = 0; i < 600; i++) { /* tenths of seconds */
        answers += after_flip(&p, 60, 0.1 * i + 0.05) / 1e6 * 0.1 * r->rate_per_hour / 3600;
    }
    assert_true(fabs(answers - r->answers) < 0.002 * r->answers + 0.0001);
    assert_int_equal(after_flip(&p, 60, 60), 0);
}

/* --- A3: the share of hits is the share of old answers at the very change -------------------- */

static void a3(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_HONEST, .weight = 1, .rate_per_hour = 36};
    NEAR_PPM(after_flip(&p, 60, 0), 375000, 1);
    p.rate_per_hour = 20; /* one query in three minutes: above 80 % at a TTL of 15 minutes */
    assert_true(after_flip(&p, 900, 0) > 800000);
}

/* --- A7: a record that is gone for a while --------------------------------------------------- */

struct a7_row {
    const char *name;
    uint32_t ttl_s, negative_s, gone_s;
    uint32_t untouched; /* ppm that never fails */
    double lost_s;      /* failing seconds per user */
};
static struct a7_row a7_rows[] = {
    {"traffic.A7 300 60 120", 300, 60, 120, 600000, 36},
    {"traffic.A7 300 3600 30", 300, 3600, 30, 900000, 360},
    {"traffic.A7 600 300 60", 600, 300, 60, 900000, 30},
    {"traffic.A7 60 600 600", 60, 600, 600, 0, 600},
};

static void a7(void **state)
{
    const struct a7_row *r = *state;
    const struct population_segment s[] = {{SIMTIME_START, r->ttl_s, false},
                                           {at_s(LONG_S), r->negative_s, true},
                                           {at_s(LONG_S + r->gone_s), r->ttl_s, false}};
    struct population_history h = {s, 3};
    double lost = 0;
    for (int i = 0; i < 2 * (int)(r->gone_s + r->negative_s); i++) {
        lost += population_share(&honest, &h, at_s(LONG_S + i / 2.0 + 0.25)) / 1e6 / 2;
    }
    assert_true(fabs(lost - r->lost_s) <= 0.015 * r->lost_s);
    NEAR_PPM(population_share(&honest, &h, at_s(LONG_S + r->gone_s)), ALL - r->untouched, 1);
    assert_int_equal(population_share(&honest, &h, at_s(LONG_S + r->gone_s + r->negative_s + 1)),
                     0);
}

/* --- the other profiles ---------------------------------------------------------------------- */

static void floor_keeps_for_at_least(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_FLOOR, .weight = 1, .floor_s = 60};
    assert_int_equal(after_flip(&p, 20, 30), ALL / 2);
    assert_int_equal(after_flip(&p, 20, 60), 0);
    assert_int_equal(after_flip(&p, 120, 60), ALL / 2); /* longer TTLs are kept as they are */
}

static void extend_stretches(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_EXTEND, .weight = 1, .extend = 10};
    assert_int_equal(after_flip(&p, 60, 300), ALL / 2);
    assert_int_equal(after_flip(&p, 60, 600), 0);
}

/* A name that is asked for once in two days, TTL 60: practically nobody has asked anew. */
static void stale_first_cold_names_linger_for_days(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_STALE_FIRST, .weight = 1, .rate_per_hour = 1};
    NEAR_PPM(after_flip(&p, 60, 3600 + 60), (uint32_t)(1e6 * exp(-1) / (1 + 60 / 3600.0)), 1);
    NEAR_PPM(after_flip(&p, 60, 24 * 3600 + 60), (uint32_t)(1e6 * exp(-24) + 0.5), 1);
    assert_true(falls_s(&p, 60, ALL / 100) > 4 * 3600);
    p.profile = POPULATION_HONEST;
    assert_true(after_flip(&p, 60, 0) < 20000); /* a rarely used name has little staleness */
}

static void stale_first_busy_is_honest(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_STALE_FIRST, .weight = 1};
    for (int x = 0; x <= 400; x += 25) {
        assert_int_equal(after_flip(&p, 300, x), after_flip(&honest, 300, x));
    }
}

static void stale_forever_never_moves(void **state)
{
    (void)state;
    struct population p = {.profile = POPULATION_STALE_FOREVER, .weight = 1};
    assert_int_equal(after_flip(&p, 60, 1e6), ALL);
    assert_true(falls_s(&p, 60, ALL / 2) < 0); /* not within the horizon */
}

/* --- a simulation, cache by cache ------------------------------------------------------------ */

enum { CACHES = 4000, HISTORY = 4 };

struct cache {
    double fetched, expires; /* of the entry */
    bool counts, any;
};

static bool stale_first(const struct population *p)
{
    return p->profile == POPULATION_STALE_FIRST;
}

static const struct population_segment *segment_at(const struct population_history *h, double t)
{
    uint32_t i = h->count - 1;
    while (i > 0 && (double)h->segments[i].from.ns / 1e9 > t) {
        i--;
    }
    return &h->segments[i];
}

static double kept_for(const struct population *p, double ttl_s)
{
    if (p->profile == POPULATION_FLOOR && ttl_s < p->floor_s) return p->floor_s;
    return p->profile == POPULATION_EXTEND ? ttl_s * p->extend : ttl_s;
}

/* A query at `t`: whether what the client gets counts. */
static bool ask(const struct population *p, const struct population_history *h, struct cache *c,
                double t)
{
    bool hit = c->any && t < c->expires;
    bool old = c->any && c->counts;
    if (hit) return old;
    const struct population_segment *s = segment_at(h, t);
    double life = kept_for(p, s->ttl_s);
    bool had = c->any;
    *c = (struct cache){t, t + life, s->counts, true};
    return stale_first(p) && had ? old : s->counts;
}

static double draw_gap(uint64_t seed, uint64_t *n, double rate)
{
    double u = ((double)(rng_draw(seed, "gap", "", (*n)++) >> 11) + 0.5) / 9007199254740992.0;
    return -log(u) / rate;
}

/* The share of caches that would give an answer that counts at `t`. */
static double simulate(const struct population *p, const struct population_history *h, double t)
{
    double rate = p->rate_per_hour / 3600.0;
    uint64_t n = 0;
    int old = 0;
    double life = kept_for(p, h->segments[0].ttl_s);
    /* Each cache starts at another moment of its cycle, some cycles before the first change. */
    double warm = (double)h->segments[1].from.ns / 1e9 - 10 * (life + 1 / rate);
    for (int i = 0; i < CACHES; i++) {
        struct cache c = {0};
        double now = warm + (life + 1 / rate) * i / CACHES + draw_gap(1, &n, rate);
        while (now < t) {
            ask(p, h, &c, now);
            now = c.expires + draw_gap(1, &n, rate); /* memoryless: the hits can be skipped */
        }
        old += ask(p, h, &c, t) ? 1 : 0;
    }
    return (double)old / CACHES;
}

struct simulated_row {
    const char *name;
    double t; /* times are since LONG_S */
    double tolerance;
    double from[HISTORY];
    uint32_t ttl_s[HISTORY];
    struct population p;
    bool counts[HISTORY];
};
static struct simulated_row simulated_rows[] = {
    {"one change", 20, .03, {0, 0}, {60, 60}, {POPULATION_HONEST, 1, 360, 0, 0}, {1, 0}},
    {"floor", 70, .03, {0, 0}, {60, 60}, {POPULATION_FLOOR, 1, 360, 90, 0}, {1, 0}},
    {"extend", 70, .03, {0, 0}, {60, 60}, {POPULATION_EXTEND, 1, 120, 0, 4}, {1, 0}},
    {"stale_first within the TTL",
     40,
     .03,
     {0, 0},
     {60, 60},
     {POPULATION_STALE_FIRST, 1, 120, 0, 0},
     {1, 0}},
    {"stale_first after the TTL",
     90,
     .03,
     {0, 0},
     {60, 60},
     {POPULATION_STALE_FIRST, 1, 60, 0, 0},
     {1, 0}},
    {"TTL lowered long before",
     7220,
     .03,
     {0, 0, 7200},
     {600, 60, 60},
     {POPULATION_HONEST, 1, 3600, 0, 0},
     {1, 1, 0}},
    {"TTL lowered half a TTL before",
     330,
     .04,
     {0, 0, 300},
     {600, 60, 60},
     {POPULATION_HONEST, 1, 3600, 0, 0},
     {1, 1, 0}},
    {"TTL lowered half a TTL before, stale_first",
     330,
     .04,
     {0, 0, 300},
     {600, 60, 60},
     {POPULATION_STALE_FIRST, 1, 360, 0, 0},
     {1, 1, 0}},
    {"a short flap",
     200,
     .03,
     {0, 0, 30},
     {300, 300, 300},
     {POPULATION_HONEST, 1, 3600, 0, 0},
     {0, 1, 0}},
    {"a short flap, asked seldom",
     200,
     .03,
     {0, 0, 30},
     {300, 300, 300},
     {POPULATION_HONEST, 1, 36, 0, 0},
     {0, 1, 0}},
    {"a short flap, stale_first",
     310,
     .03,
     {0, 0, 30},
     {300, 300, 300},
     {POPULATION_STALE_FIRST, 1, 360, 0, 0},
     {0, 1, 0}},
    {"poisoned for 24 minutes, TTL 12 h",
     20000,
     .03,
     {0, 0, 1440},
     {600, 43200, 600},
     {POPULATION_HONEST, 1, 360, 0, 0},
     {0, 1, 0}},
    {"during the poisoning",
     300,
     .03,
     {0, 0},
     {600, 43200},
     {POPULATION_HONEST, 1, 360, 0, 0},
     {0, 1}},
};

static void simulated(void **state)
{
    const struct simulated_row *r = *state;
    struct population_segment s[HISTORY] = {{SIMTIME_START, r->ttl_s[0], r->counts[0]}};
    struct population_history h = {s, 1};
    for (uint32_t i = 1; i < HISTORY && r->ttl_s[i] > 0; i++) {
        s[i] = (struct population_segment){at_s(LONG_S + r->from[i]), r->ttl_s[i], r->counts[i]};
        h.count++;
    }
    double want = simulate(&r->p, &h, LONG_S + r->t);
    double got = population_share(&r->p, &h, at_s(LONG_S + r->t)) / 1e6;
    if (fabs(got - want) > r->tolerance) fail_msg("expected %.4f, got %.4f", want, got);
}

/* --- A12: what must hold for every history --------------------------------------------------- */

static uint32_t pick(uint64_t n, uint32_t lo, uint32_t hi)
{
    return (uint32_t)rng_between(rng_draw(7, "history", "", n), lo, hi);
}

static void random_case(uint64_t n, struct population *p, struct population_segment *s,
                        struct population_history *h)
{
    uint64_t k = n * 100;
    *p = (struct population){.profile = (uint8_t)pick(k, 0, POPULATION_COUNT - 1),
                             .weight = pick(k + 1, 1, 1000),
                             .rate_per_hour = pick(k + 2, 0, 3) == 0 ? 0 : pick(k + 3, 1, 7200),
                             .floor_s = pick(k + 4, 1, 120),
                             .extend = pick(k + 5, 1, 20)};
    uint32_t at = LONG_S;
    *h = (struct population_history){s, pick(k + 6, 2, 8)};
    for (uint32_t i = 0; i < h->count; i++) {
        s[i] = (struct population_segment){at_s(i == 0 ? 0 : at), pick(k + 10 + i, 0, 900),
                                           i + 1 < h->count && pick(k + 20 + i, 0, 1) == 1};
        at += pick(k + 30 + i, 0, 900);
    }
}

static void shares_are_shares(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 2000; n++) {
        struct population p;
        struct population_segment s[8];
        struct population_history h;
        random_case(n, &p, s, &h);
        double end = (double)s[h.count - 1].from.ns / 1e9;
        uint32_t before = ALL;
        for (int x = 0; x < 2000; x += 37) {
            uint32_t old = population_share(&p, &h, at_s(end + x));
            assert_true(old <= before); /* nothing becomes old again */
            before = old;
        }
        for (uint32_t i = 0; i < h.count; i++) { /* complements add up to all */
            s[i].counts = !s[i].counts;
        }
        uint32_t rest = population_share(&p, &h, at_s(end + 100));
        for (uint32_t i = 0; i < h.count; i++) {
            s[i].counts = !s[i].counts;
        }
        NEAR_PPM(population_share(&p, &h, at_s(end + 100)) + rest, ALL, 1);
    }
}

static void mixtures_are_weighted_sums(void **state)
{
    (void)state;
    struct population two[] = {{.profile = POPULATION_HONEST, .weight = 3},
                               {.profile = POPULATION_STALE_FOREVER, .weight = 1}};
    struct population_mix m = {two, 2};
    struct population_segment s[2];
    struct population_history h = flip(s, 60);
    assert_int_equal(population_mix_share(&m, &h, at_s(LONG_S + 30)), 625000);
    assert_int_equal(population_mix_share(&m, &h, at_s(LONG_S + 3000)), 250000);
    assert_true(population_mix_falls(&m, &h, 250000, simdur_s(60)).ns == INT64_C(60000000000));
    assert_true(population_mix_falls(&m, &h, 249999, simdur_s(86400)).ns == SIMTIME_NEVER.ns);
}

static void more_ttl_is_never_less_stale(void **state)
{
    (void)state;
    for (int profile = 0; profile < POPULATION_COUNT; profile++) {
        struct population p = {(uint8_t)profile, 1, 0, 60, 10};
        for (int x = 0; x < 1000; x += 50) {
            assert_true(after_flip(&p, 60, x) <= after_flip(&p, 300, x));
        }
    }
}

static void shifting_the_event_shifts_the_curve(void **state)
{
    (void)state;
    struct population_segment s[2];
    struct population_history h = flip(s, 300);
    for (int x = 0; x < 300; x += 20) {
        uint32_t before = population_share(&honest, &h, at_s(LONG_S + x));
        s[1].from = at_s(LONG_S + 3600);
        assert_int_equal(population_share(&honest, &h, at_s(LONG_S + 3600 + x)), before);
        s[1].from = at_s(LONG_S);
    }
}

static void before_the_change_nothing_is_old(void **state)
{
    (void)state;
    struct population_segment s[2];
    struct population_history h = flip(s, 300);
    s[0].counts = false;
    s[1].counts = true;
    assert_int_equal(population_share(&honest, &h, at_s(LONG_S - 1)), 0);
    assert_int_equal(population_share(&honest, &h, at_s(LONG_S + 150)), ALL / 2);
}

/* --- tails of wrong answers (D1.29, D1.37) --------------------------------------------------- */

static void poison_has_a_tail(void **state)
{
    (void)state;
    struct population_mix m = {&honest, 1};
    struct population_poison p = {600, 43200, at_s(LONG_S), at_s(LONG_S + 1440)};
    assert_int_equal(population_mix_poisoned(&m, &p, at_s(LONG_S - 1)), 0);
    assert_int_equal(population_mix_poisoned(&m, &p, at_s(LONG_S + 300)), ALL / 2);
    assert_int_equal(population_mix_poisoned(&m, &p, at_s(LONG_S + 1440)), ALL);
    assert_int_equal(population_mix_poisoned(&m, &p, at_s(LONG_S + 6 * 3600)), ALL);
    assert_int_equal(population_mix_poisoned(&m, &p, at_s(LONG_S + 43200 + 1440)), 0);
}

static void defaults_are_the_declared_ones(void **state)
{
    (void)state;
    struct population_mix in = population_default(true);
    struct population_mix out = population_default(false);
    uint32_t sum[2] = {0};
    uint32_t stale[2] = {0};
    for (uint32_t i = 0; i < in.count; i++) {
        sum[0] += in.list[i].weight;
        if (in.list[i].profile == POPULATION_STALE_FIRST) stale[0] += in.list[i].weight;
    }
    for (uint32_t i = 0; i < out.count; i++) {
        sum[1] += out.list[i].weight;
        if (out.list[i].profile == POPULATION_STALE_FIRST) stale[1] += out.list[i].weight;
    }
    assert_int_equal(sum[0], 10000);
    assert_int_equal(sum[1], 10000);
    assert_int_equal(stale[0], 6000); /* F M12 */
    assert_int_equal(stale[1], 0);
    assert_string_equal(population_profile_name(POPULATION_STALE_FIRST), "stale_first");
}

int main(void)
{
    struct CMUnitTest a1_tests[CN_ARRAY_LEN(a1_rows)];
    struct CMUnitTest a2_tests[CN_ARRAY_LEN(a2_rows)];
    struct CMUnitTest a7_tests[CN_ARRAY_LEN(a7_rows)];
    struct CMUnitTest simulated_tests[CN_ARRAY_LEN(simulated_rows)];
    TABLE_TESTS(a1_tests, a1_rows, a1)
    TABLE_TESTS(a2_tests, a2_rows, a2)
    TABLE_TESTS(a7_tests, a7_rows, a7)
    TABLE_TESTS(simulated_tests, simulated_rows, simulated)
    const struct CMUnitTest tests[] = {
        {"traffic.A3", a3, NULL, NULL, NULL},
        {"traffic.A12 shares", shares_are_shares, NULL, NULL, NULL},
        {"traffic.A12 mixture", mixtures_are_weighted_sums, NULL, NULL, NULL},
        {"traffic.A12 larger TTL", more_ttl_is_never_less_stale, NULL, NULL, NULL},
        {"traffic.A12 shift", shifting_the_event_shifts_the_curve, NULL, NULL, NULL},
        cmocka_unit_test(floor_keeps_for_at_least),
        cmocka_unit_test(extend_stretches),
        cmocka_unit_test(stale_first_cold_names_linger_for_days),
        cmocka_unit_test(stale_first_busy_is_honest),
        cmocka_unit_test(stale_forever_never_moves),
        cmocka_unit_test(before_the_change_nothing_is_old),
        cmocka_unit_test(poison_has_a_tail),
        cmocka_unit_test(defaults_are_the_declared_ones),
    };
    return cmocka_run_group_tests(a1_tests, NULL, NULL) +
           cmocka_run_group_tests(a2_tests, NULL, NULL) +
           cmocka_run_group_tests(a7_tests, NULL, NULL) +
           cmocka_run_group_tests(simulated_tests, NULL, NULL) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
