/* SPDX-License-Identifier: MIT
 * A table of answers needs memory for many things: without any of it there is none. It learns what
 * is one answer for all clients of a line, and nothing else. */
#include "cnedge/dns/answer_table.h"

#include "bytes.h"
#include "test.h"
#include "zones.h"

static const uint8_t key[SIPHASH_KEY_BYTES] = {1, 2, 3};

static void *no_more(void *owner, size_t size)
{
    *(size_t *)owner = size;
    return NULL;
}

struct tried {
    bool built;
    size_t used;   /* bytes of memory that it got */
    size_t wanted; /* of the block that it did not get */
};

/* Builds with `bytes` of memory; the world's own memory is another. */
static struct tried build(struct world *w, size_t bytes)
{
    struct arena a;
    size_t wanted = 0;
    uint8_t *block = calloc(1, bytes + 1);
    assert_non_null(block);
    arena_init(&a, no_more, &wanted);
    a.block = block;
    a.size = bytes;
    struct answer_table *t = answer_table_build(&a, w, key);
    if (t != NULL) assert_int_equal(answer_table_count(t), 0);
    struct tried out = {t != NULL, a.total_bytes, wanted};
    free(block);
    return out;
}

/* The least memory with which it gets further than with `bytes`. */
static size_t next_step(struct world *w, size_t bytes)
{
    enum { UNIT = 16, LEAST = 256 * 1024 }; /* of arenas: what a piece is rounded to, and a block */
    const struct tried before = build(w, bytes);
    size_t used = before.used;
    if (before.wanted > LEAST) return used + before.wanted;
    size_t low = used / UNIT;
    size_t high = low + 1;
    for (size_t step = 1; build(w, high * UNIT).used == used; step *= 2) {
        low = high;
        high += step;
    }
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (build(w, middle * UNIT).used == used) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high * UNIT;
}

/* Memory that ends before each of the pieces that it needs. */
static void without_memory(void **state)
{
    struct fixture f;
    unsigned refused = 0;
    (void)state;
    fixture_init(&f);
    f.spec.prefixes = zones_prefixes(&f.arena);
    fixture_site(&f, "a.site.whose.name.is.longer.than.a.line.of.a.cache.has.room.for.example");
    fixture_host(&f, "a.site.whose.name.is.longer.than.a.line.of.a.cache.has.room.for.example");
    struct world *w = fixture_build(&f);
    for (size_t bytes = 0; !build(w, bytes).built; bytes = next_step(w, bytes)) {
        assert_true(++refused < 40);
    }
    assert_true(refused >= 12); /* eleven arrays, the name, and what the index of addresses needs */
    fixture_free(&f);
}

/* A world of portfolios brings its apexes. */
static void with_apexes(void **state)
{
    struct fixture f;
    struct apex_table apexes;
    uint8_t query[64];
    uint8_t out[RESPONDER_UDP_MAX];
    const char *question = "1234 0100 0001 0000 0000 0000 .www.one.example 0001 0001";
    struct responder_query q = {query, bytes_from(question, query, sizeof(query))};
    struct responder_client client = {.line = LINE_US};
    struct answer_table_miss miss;
    bool added;
    (void)state;
    fixture_init(&f);
    f.spec.prefixes = zones_prefixes(&f.arena);
    uint32_t site = fixture_site(&f, "one.example");
    fixture_host(&f, "www.one.example");
    assert_true(apex_table_init(&apexes, &f.arena, 1, key));
    assert_non_null(apex_table_add(&apexes, f.sites[site].apex, site, &added));
    f.spec.apexes = &apexes;
    struct world *w = fixture_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    assert_non_null(t);
    assert_int_equal(answer_table_answer(t, &client, q, out, &miss), 0);
    answer_table_learn(t, w, &miss, q);
    assert_int_equal(answer_table_answer(t, &client, q, out, &miss), 12 + 21 + 16);
    fixture_free(&f);
}

#define PLAIN "1234 0100 0001 0000 0000 0000 "

struct lesson {
    const char *query;
    uint32_t count; /* templates that there are then */
    bool learn;
};

static void what_is_learnt(void **state)
{
    static const struct lesson lessons[] = {
        {PLAIN ".www.shop.example 0001 0001", 0, false},      /* it is not to be learnt */
        {PLAIN ".www.shop.example 0001", 0, true},            /* no query */
        {"1234 8100 0001 0000 0000 0000 ", 0, true},          /* an answer */
        {PLAIN ".none.shop.example 0001 0001", 0, true},      /* no such name */
        {PLAIN ".www.shop.example 000f 0001", 0, true},       /* no such data */
        {PLAIN ".www.elsewhere.test 0001 0001", 0, true},     /* not ours */
        {PLAIN ".cdn.shop.example 000f 0001", 0, true},       /* an alias, then no such data */
        {PLAIN ".next.shop.example 0001 0001", 0, true},      /* an alias, then another name */
        {PLAIN ".www.child.zone.example 0001 0001", 0, true}, /* a referral */
        {PLAIN ".www.home.example 0001 0001", 0, true},       /* an origin is the site's own */
        {PLAIN ".www.shop.example 0001 0001", 1, true},
        {PLAIN ".WWW.shop.example 0001 0001", 1, true}, /* the same once more */
        {PLAIN ".www.shop.example 001c 0001", 2, true},
    };
    struct fixture f;
    struct world *w = zones_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    (void)state;
    assert_non_null(t);
    for (size_t i = 0; i < CN_ARRAY_LEN(lessons); i++) {
        uint8_t query[256];
        const struct answer_table_miss miss = {.learn = lessons[i].learn, .line = LINE_US};
        struct responder_query q = {query, bytes_from(lessons[i].query, query, sizeof(query))};
        answer_table_learn(t, w, &miss, q);
        if (answer_table_count(t) != lessons[i].count) fail_msg("lesson %zu", i);
    }
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory),
        cmocka_unit_test(with_apexes),
        cmocka_unit_test(what_is_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
