/* SPDX-License-Identifier: MIT
 * One resolver's cache: when an entry is over, who gives way, the same as a slow one that remembers
 * everything, and in great numbers the shares that population.h has in closed form. */
#include "cnedge/traffic/cache.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/rng.h"
#include "test.h"

enum { SETS_MAX = 8, TTL_S = 60 };

struct rng {
    uint64_t seed, n;
};

static unsigned rng_below(struct rng *g, unsigned limit)
{
    return (unsigned)rng_between(rng_draw(g->seed, "cache", "test", g->n++), 0, limit - 1);
}

static struct cache_entry entries[SETS_MAX * CACHE_WAYS];

static struct cache empty(struct population habit, size_t sets)
{
    memset(entries, 0, sizeof(entries));
    return (struct cache){.key = {1}, .habit = habit, .entries = entries, .sets = sets};
}

static simtime at_s(double s)
{
    return (simtime){(int64_t)(s * 1e9)};
}

static struct cache_key key_of(const char *name, uint32_t type, uint8_t wire[DNAME_MAX])
{
    assert_true(dname_from_text(name, wire) > 0);
    return (struct cache_key){wire, type};
}

static bool put(struct cache *c, const char *name, uint8_t value, uint32_t ttl_s, double t)
{
    uint8_t wire[DNAME_MAX];
    const struct cache_key key = key_of(name, 1, wire);
    const struct cache_item item = {.ttl_s = ttl_s, .data = &value, .len = 1};
    return cache_put(c, &key, &item, at_s(t));
}

static struct cache_hit find(struct cache *c, const char *name, double t)
{
    uint8_t wire[DNAME_MAX];
    const struct cache_key key = key_of(name, 1, wire);
    return cache_find(c, &key, at_s(t));
}

/* --- when an entry is over -------------------------------------------------------------------- */

struct life_row {
    const char *name;
    struct population habit;
    uint32_t ttl_s;
    double age_s;
    enum cache_state want;
    uint32_t left_s;
};

#define HONEST                                                                                     \
    {                                                                                              \
        .profile = POPULATION_HONEST                                                               \
    }
#define FLOOR                                                                                      \
    {                                                                                              \
        .profile = POPULATION_FLOOR, .floor_s = 60                                                 \
    }
#define EXTEND                                                                                     \
    {                                                                                              \
        .profile = POPULATION_EXTEND, .extend = 10                                                 \
    }
#define FIRST                                                                                      \
    {                                                                                              \
        .profile = POPULATION_STALE_FIRST                                                          \
    }
#define FOREVER                                                                                    \
    {                                                                                              \
        .profile = POPULATION_STALE_FOREVER                                                        \
    }

static struct life_row life_rows[] = {
    {"cache.honest new", HONEST, 60, 0, CACHE_FRESH, 60},
    {"cache.honest counts down", HONEST, 60, 0.25, CACHE_FRESH, 59},
    {"cache.honest half-way", HONEST, 60, 30, CACHE_FRESH, 30},
    {"cache.honest last second", HONEST, 60, 59.5, CACHE_FRESH, 0},
    {"cache.honest over", HONEST, 60, 60, CACHE_NONE, 0},
    {"cache.honest long over", HONEST, 60, 1e6, CACHE_NONE, 0},
    {"cache.honest from a later run of the clock", HONEST, 60, -50, CACHE_NONE, 0},
    {"cache.honest TTL 0", HONEST, 0, 0, CACHE_NONE, 0},
    {"cache.floor stretches a short TTL", FLOOR, 5, 5, CACHE_FRESH, 55},
    {"cache.floor gives TTL 0 its time", FLOOR, 0, 59, CACHE_FRESH, 1},
    {"cache.floor over", FLOOR, 5, 60, CACHE_NONE, 0},
    {"cache.floor leaves a long TTL", FLOOR, 300, 299, CACHE_FRESH, 1},
    {"cache.floor long TTL over", FLOOR, 300, 300, CACHE_NONE, 0},
    {"cache.extend stretches", EXTEND, 60, 300, CACHE_FRESH, 300},
    {"cache.extend over", EXTEND, 60, 600, CACHE_NONE, 0},
    {"cache.extend has an end", EXTEND, 4000000000, 0, CACHE_FRESH, POPULATION_LIFE_MAX_S},
    {"cache.stale_first in time", FIRST, 60, 59, CACHE_FRESH, 1},
    {"cache.stale_first over", FIRST, 60, 60, CACHE_STALE, CACHE_STALE_S},
    {"cache.stale_first long over", FIRST, 60, 1e6, CACHE_STALE, CACHE_STALE_S},
    {"cache.stale_first TTL 0", FIRST, 0, 0, CACHE_NONE, 0},
    {"cache.stale_forever in time", FOREVER, 60, 1, CACHE_FRESH, 59},
    {"cache.stale_forever over", FOREVER, 60, 60, CACHE_KEPT, CACHE_STALE_S},
};

static void life(void **state)
{
    const struct life_row *r = *state;
    struct cache c = empty(r->habit, 1);
    put(&c, "a.example", 'x', r->ttl_s, 100);
    struct cache_hit hit = find(&c, "A.Example", 100 + r->age_s);
    assert_int_equal(hit.state, r->want);
    assert_int_equal(hit.entry != NULL, r->want != CACHE_NONE);
    if (hit.entry == NULL) return;
    assert_int_equal(hit.left_s, r->left_s);
    assert_int_equal(hit.entry->data[0], 'x');
}

static void ends_to_the_nanosecond(void **state)
{
    (void)state;
    struct cache c = empty((struct population)HONEST, 1);
    uint8_t wire[DNAME_MAX];
    const struct cache_key key = key_of("a.example", 1, wire);
    put(&c, "a.example", 'x', TTL_S, 0);
    assert_int_equal(cache_find(&c, &key, (simtime){TTL_S * SIMDUR_SECOND - 1}).state, CACHE_FRESH);
    assert_int_equal(cache_find(&c, &key, (simtime){TTL_S * SIMDUR_SECOND}).state, CACHE_NONE);
}

/* A failure is no answer: no habit makes it last. */
static void plain_items_have_no_habit(void **state)
{
    static const struct population habits[] = {FLOOR, EXTEND, FIRST, FOREVER};
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(habits); i++) {
        struct cache c = empty(habits[i], 1);
        uint8_t wire[DNAME_MAX];
        const struct cache_key key = key_of("a.example", 1, wire);
        const struct cache_item item = {.ttl_s = 5, .plain = true, .data = wire};
        assert_true(cache_put(&c, &key, &item, at_s(0)));
        assert_int_equal(cache_find(&c, &key, at_s(4)).state, CACHE_FRESH);
        assert_int_equal(cache_find(&c, &key, at_s(5)).state, CACHE_NONE);
    }
}

/* --- the table -------------------------------------------------------------------------------- */

static void capacity(void **state)
{
    (void)state;
    struct cache c = empty((struct population)HONEST, 1);
    put(&c, "a.example", 'a', 60, 0);
    put(&c, "b.example", 'b', 5, 0);
    put(&c, "c.example", 'c', 60, 0);
    put(&c, "d.example", 'd', 60, 0);
    assert_int_equal(find(&c, "a.example", 1).state, CACHE_FRESH); /* c is the oldest use now */
    put(&c, "e.example", 'e', 60, 10);                             /* but b is over */
    assert_int_equal(find(&c, "b.example", 10).state, CACHE_NONE);
    assert_int_equal(find(&c, "c.example", 10).state, CACHE_FRESH);
    put(&c, "f.example", 'f', 60, 11); /* d was used least recently */
    assert_int_equal(find(&c, "d.example", 11).state, CACHE_NONE);
    for (const char *n = "acef"; *n != '\0'; n++) {
        const char name[] = {*n, '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', '\0'};
        assert_int_equal(find(&c, name, 11).entry->data[0], *n);
    }
    put(&c, "a.example", 'A', 60, 12); /* in its own place */
    assert_int_equal(find(&c, "a.example", 12).entry->data[0], 'A');
    assert_int_equal(find(&c, "c.example", 12).state, CACHE_FRESH);
}

static void large_items(void **state)
{
    static uint8_t data[CACHE_DATA_MAX + 1];
    (void)state;
    struct cache c = empty((struct population)HONEST, 1);
    uint8_t wire[DNAME_MAX];
    const struct cache_key key = key_of("a.example", 1, wire);
    struct cache_item item = {.ttl_s = 60, .data = data, .len = CACHE_DATA_MAX};
    assert_true(cache_put(&c, &key, &item, at_s(0)));
    item.len++;
    assert_false(cache_put(&c, &key, &item, at_s(1)));
    assert_int_equal(cache_find(&c, &key, at_s(1)).entry->len, CACHE_DATA_MAX);
}

static void types_are_kept_apart(void **state)
{
    (void)state;
    struct cache c = empty((struct population)HONEST, 1);
    uint8_t wire[DNAME_MAX];
    put(&c, "a.example", 'a', 60, 0);
    const struct cache_key other = key_of("a.example", 28, wire);
    assert_int_equal(cache_find(&c, &other, at_s(0)).state, CACHE_NONE);
}

/* --- a slow one ------------------------------------------------------------------------------- */

enum { MODEL_NAMES = 7, MODEL_STEPS = 20000 };

struct model_entry {
    bool there;
    uint8_t value;
    double from, life;
    uint64_t used;
};

static double model_life(const struct population *p, uint32_t ttl_s)
{
    if (p->profile == POPULATION_FLOOR) return fmax(ttl_s, p->floor_s);
    if (p->profile == POPULATION_EXTEND) return (double)ttl_s * p->extend;
    return ttl_s;
}

static bool model_gives(const struct population *p, const struct model_entry *m, double t)
{
    bool stale = p->profile == POPULATION_STALE_FIRST || p->profile == POPULATION_STALE_FOREVER;
    return m->there && (stale || t - m->from < m->life);
}

/* Of one set of four places, told by names alone: who gives way to a newcomer. */
static void model_make_room(const struct population *p, struct model_entry m[MODEL_NAMES], double t)
{
    unsigned held = 0;
    struct model_entry *least = NULL;
    for (int i = 0; i < MODEL_NAMES; i++) {
        held += m[i].there;
        if (!m[i].there) continue;
        bool useless = !model_gives(p, &m[i], t);
        bool least_useless = least != NULL && !model_gives(p, least, t);
        if (least == NULL || (useless && !least_useless) ||
            (useless == least_useless && !useless && m[i].used < least->used)) {
            least = &m[i];
        }
    }
    if (held == CACHE_WAYS) least->there = false;
}

struct model_row {
    const char *name;
    struct population habit;
};
static struct model_row model_rows[] = {
    {"cache.model honest", HONEST},         {"cache.model floor", FLOOR},
    {"cache.model extend", EXTEND},         {"cache.model stale_first", FIRST},
    {"cache.model stale_forever", FOREVER},
};

static void like_a_slow_one(void **state)
{
    const struct model_row *r = *state;
    struct cache c = empty(r->habit, 1);
    struct model_entry m[MODEL_NAMES] = {{0}};
    struct rng g = {7, 0};
    double t = 0;
    for (uint64_t step = 1; step <= MODEL_STEPS; step++) {
        unsigned i = rng_below(&g, MODEL_NAMES);
        char name[] = "a.example";
        name[0] = (char)('a' + i);
        t += rng_below(&g, 16);
        if (rng_below(&g, 2) == 0) {
            struct cache_hit hit = find(&c, name, t);
            assert_int_equal(hit.state != CACHE_NONE, model_gives(&r->habit, &m[i], t));
            if (hit.state == CACHE_NONE) continue;
            double left = m[i].life - (t - m[i].from);
            assert_int_equal(hit.entry->data[0], m[i].value);
            assert_int_equal(hit.state == CACHE_FRESH, left > 0);
            assert_int_equal(hit.left_s, left > 0 ? (uint32_t)left : CACHE_STALE_S);
            m[i].used = step;
        } else {
            uint32_t ttl_s = rng_below(&g, 60);
            double lives = model_life(&r->habit, ttl_s);
            assert_int_equal(put(&c, name, (uint8_t)step, ttl_s, t), lives > 0);
            if (lives <= 0) continue;
            if (!m[i].there) model_make_room(&r->habit, m, t);
            m[i] = (struct model_entry){true, (uint8_t)step, t, lives, step};
        }
    }
}

/* --- many of them ----------------------------------------------------------------------------- */

enum { MANY = 2000, LIVES = 20, CHANGE_S = 100000 };

struct share_row {
    const char *name;
    struct population habit; /* rate_per_hour too; 0: busy */
    double x[4];             /* lives since the change */
};

#define RATE(habit_, floor_, extend_, rate_)                                                       \
    {                                                                                              \
        .profile = (habit_), .floor_s = (floor_), .extend = (extend_), .rate_per_hour = (rate_)    \
    }

static struct share_row share_rows[] = {
    {"cache.share honest, busy", HONEST, {0, 0.25, 0.9, 1.1}},
    {"cache.share floor, busy", RATE(POPULATION_FLOOR, 150, 0, 0), {0, 0.25, 0.9, 1.1}},
    {"cache.share extend, busy", EXTEND, {0, 0.25, 0.9, 1.1}},
    {"cache.share stale_first, busy", FIRST, {0, 0.25, 0.9, 1.1}},
    {"cache.share stale_forever, busy", FOREVER, {0, 0.25, 5, 19}},
    {"cache.share honest, seldom", RATE(POPULATION_HONEST, 0, 0, 120), {0, 0.3, 0.7, 1.1}},
    {"cache.share floor, seldom", RATE(POPULATION_FLOOR, 150, 0, 120), {0, 0.3, 0.7, 1.1}},
    {"cache.share extend, seldom", RATE(POPULATION_EXTEND, 0, 3, 120), {0, 0.3, 0.7, 1.1}},
    {"cache.share stale_first, seldom", RATE(POPULATION_STALE_FIRST, 0, 0, 120), {0, 0.5, 1.5, 2}},
    {"cache.share stale_first, hardly", RATE(POPULATION_STALE_FIRST, 0, 0, 20), {0, 0.5, 2, 4}},
};

/* One client asks at `t`, as resolver.c does it. Whether it gets the answer from before the change.
 */
static bool gets_old(struct cache *c, const struct cache_key *key, double t)
{
    const uint8_t truth = t < CHANGE_S ? 'o' : 'n';
    const struct cache_item item = {.ttl_s = TTL_S, .data = &truth, .len = 1};
    struct cache_hit hit = cache_find(c, key, at_s(t));
    uint8_t got = hit.state == CACHE_NONE ? truth : hit.entry->data[0];
    if (hit.state == CACHE_NONE || hit.state == CACHE_STALE) {
        (void)cache_put(c, key, &item, at_s(t));
    }
    return got == 'o';
}

/* When the n-th cache is asked next after `t`. */
static double next_query(const struct population *p, struct rng *g, double t, double life_s)
{
    if (p->rate_per_hour == 0) return t + life_s;
    double u = (rng_below(g, 1000000) + 0.5) / 1e6;
    return t - log(u) * 3600 / p->rate_per_hour;
}

static bool one_of_many(const struct population *p, int n, double x)
{
    uint8_t wire[DNAME_MAX];
    struct cache c = empty(*p, 1);
    struct rng g = {(uint64_t)n, 0};
    const struct cache_key key = key_of("a.example", 1, wire);
    double life_s = population_life_s(p, TTL_S);
    double phase = (n + 0.5) / MANY * life_s;
    for (double t = CHANGE_S - LIVES * life_s + phase; t < CHANGE_S + x * life_s;) {
        gets_old(&c, &key, t);
        t = next_query(p, &g, t, life_s);
    }
    return gets_old(&c, &key, CHANGE_S + x * life_s);
}

static void same_shares_as_in_closed_form(void **state)
{
    const struct share_row *r = *state;
    const struct population_segment s[] = {{SIMTIME_START, TTL_S, true},
                                           {at_s(CHANGE_S), TTL_S, false}};
    const struct population_history h = {s, CN_ARRAY_LEN(s)};
    double life_s = population_life_s(&r->habit, TTL_S);
    double tolerance = r->habit.rate_per_hour == 0 ? 1.5 / MANY : 0.035; /* three sigma */
    for (size_t i = 0; i < CN_ARRAY_LEN(r->x); i++) {
        int old = 0;
        for (int n = 0; n < MANY; n++) {
            old += one_of_many(&r->habit, n, r->x[i]);
        }
        double want = population_share(&r->habit, &h, at_s(CHANGE_S + r->x[i] * life_s)) / 1e6;
        double got = (double)old / MANY;
        if (fabs(got - want) > tolerance) {
            fail_msg("%.2f lives: expected %.4f, got %.4f", r->x[i], want, got);
        }
    }
}

int main(void)
{
    enum {
        LIFE = CN_ARRAY_LEN(life_rows),
        MODEL = LIFE + CN_ARRAY_LEN(model_rows),
        SHARE = MODEL + CN_ARRAY_LEN(share_rows),
    };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(ends_to_the_nanosecond),
        cmocka_unit_test(plain_items_have_no_habit),
        cmocka_unit_test(capacity),
        cmocka_unit_test(large_items),
        cmocka_unit_test(types_are_kept_apart),
    };
    struct CMUnitTest tests[SHARE + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, life_rows, life)
    TABLE_TESTS(tests + LIFE, model_rows, like_a_slow_one)
    TABLE_TESTS(tests + MODEL, share_rows, same_shares_as_in_closed_form)
    memcpy(tests + SHARE, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
