/* SPDX-License-Identifier: MIT
 * A table of answers needs memory for many things: without any of it there is none. It learns what
 * is one answer for all clients of a line, and nothing else. */
#include "cnedge/dns/answer_table.h"

#include "bytes.h"
#include "test.h"
#include "zones.h"

static const uint8_t key[SIPHASH_KEY_BYTES] = {1, 2, 3};

/* Builds with at most `blocks` blocks of memory; the world's own memory is another. */
static bool builds(struct world *w, unsigned blocks)
{
    struct test_heap heap = {.blocks_max = blocks};
    struct arena a;
    arena_init(&a, test_heap_more, &heap);
    struct answer_table *t = answer_table_build(&a, w, key);
    if (t != NULL) assert_int_equal(answer_table_count(t), 0);
    test_heap_free(&heap);
    return t != NULL;
}

static void without_memory(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    unsigned refused = 0;
    (void)state;
    while (!builds(w, refused)) {
        assert_true(++refused < TEST_HEAP_BLOCKS);
    }
    assert_true(refused >= 5);
    assert_true(builds(w, refused + 1));
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
        cmocka_unit_test(what_is_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
