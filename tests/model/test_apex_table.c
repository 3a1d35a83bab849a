/* SPDX-License-Identifier: MIT
 * The table of apexes against a list that is searched from end to end. */
#include "cnedge/model/apex_table.h"
#include "heap.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static const uint8_t key[SIPHASH_KEY_BYTES] = {1, 2, 3};

struct world { /* of one test */
    struct test_heap heap;
    struct arena arena;
    struct apex_table table;
};

static void set_up(struct world *w, uint32_t max)
{
    w->heap = (struct test_heap){.blocks_max = TEST_HEAP_BLOCKS};
    arena_init(&w->arena, test_heap_more, &w->heap);
    assert_true(apex_table_init(&w->table, &w->arena, max, key));
}

static const struct apex_line *add(struct world *w, const char *text, uint32_t site)
{
    bool added = false;
    uint8_t name[DNAME_MAX];
    assert_int_not_equal(dname_from_text(text, name), 0);
    const struct apex_line *line = apex_table_add(&w->table, name, site, &added);
    assert_non_null(line);
    assert_true(added);
    return line;
}

/* The site that `text` lies in, and how many labels stand before its apex; -1: in none. */
static int find(const struct world *w, const char *text, unsigned *before)
{
    uint8_t name[DNAME_MAX];
    struct apex_name n;
    assert_int_not_equal(dname_from_text(text, name), 0);
    apex_name_split(&n, name);
    assert_int_equal(n.labels, dname_labels(name));
    assert_int_equal(n.len, dname_len(name));
    const struct apex_line *line = apex_table_find(&w->table, &n, before);
    return line != NULL ? (int)line->site : -1;
}

static void check_longest(void **state)
{
    (void)state;
    struct world w;
    unsigned before = 99;
    set_up(&w, 4);
    add(&w, "example", 1);
    add(&w, "shop.example", 2);
    add(&w, "a.b.shop.example", 3);
    assert_int_equal(find(&w, "example", &before), 1);
    assert_int_equal(before, 0);
    assert_int_equal(find(&w, "www.shop.example", &before), 2);
    assert_int_equal(before, 1);
    assert_int_equal(find(&w, "b.shop.example", &before), 2);
    assert_int_equal(find(&w, "x.y.a.b.shop.example", &before), 3);
    assert_int_equal(before, 2);
    assert_int_equal(find(&w, "other.example", &before), 1);
    before = 7;
    assert_int_equal(find(&w, "test", &before), -1);
    assert_int_equal(find(&w, ".", &before), -1);
    assert_int_equal(before, 7);
    test_heap_free(&w.heap);
}

/* A name may have more labels than a word has bits. */
static void check_many_labels(void **state)
{
    (void)state;
    struct world w;
    char text[256];
    size_t len = 0;
    unsigned before;
    set_up(&w, 2);
    for (int i = 0; i < 70; i++) {
        text[len++] = 'a';
        text[len++] = '.';
    }
    memcpy(text + len, "example", sizeof("example"));
    add(&w, text, 1);
    assert_int_equal(find(&w, text, &before), 1);
    assert_int_equal(find(&w, "a.a.a.a.a.a.example", &before), -1);
    memmove(text + 2, text, strlen(text) + 1);
    assert_int_equal(find(&w, text, &before), 1);
    assert_int_equal(before, 1);
    test_heap_free(&w.heap);
}

/* Whose places at the end are taken goes on at the beginning. */
static void check_wraps(void **state)
{
    (void)state;
    enum { TABLES = 500, APEXES = 9 };
    for (unsigned n = 0; n < TABLES; n++) {
        struct world w;
        char text[32];
        uint32_t held = 0;
        set_up(&w, APEXES);
        for (unsigned i = 0; i < APEXES; i++) {
            snprintf(text, sizeof(text), "d%u.example", n * APEXES + i);
            add(&w, text, i);
        }
        for (uint32_t i = 0; i < w.table.size; i++) {
            held += w.table.lines[i].tag != 0;
        }
        assert_int_equal(held, APEXES);
        test_heap_free(&w.heap);
    }
}

static void check_equal_name(void **state)
{
    (void)state;
    struct world w;
    bool added = true;
    uint8_t name[DNAME_MAX];
    set_up(&w, 1);
    const struct apex_line *first = add(&w, "shop.example", 5);
    assert_int_not_equal(dname_from_text("shop.example", name), 0);
    assert_ptr_equal(apex_table_add(&w.table, name, 6, &added), first);
    assert_false(added);
    assert_int_equal(first->site, 5);
    assert_int_equal(w.table.count, 1);
    test_heap_free(&w.heap);
}

/* Names of each length around the one that still stands in the line, and the longest of all. */
static void check_lengths(void **state)
{
    (void)state;
    enum { FIRST = 4, LABEL = 60 };
    struct world w;
    set_up(&w, DNAME_MAX + 1);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned len = FIRST; len <= DNAME_MAX; len++) {
            uint8_t name[DNAME_MAX];
            unsigned at = 0;
            bool added = false;
            struct apex_name n;
            unsigned before;
            for (unsigned left = len - 1; left > 0;) { /* labels of LABEL bytes, a shorter last */
                unsigned whole = left > LABEL + 2 ? LABEL : left - 1;
                if (left > LABEL + 1 && left <= LABEL + 2) whole = LABEL - 1;
                name[at++] = (uint8_t)whole;
                memset(name + at, 'a' + (int)(len % 26), whole);
                at += whole;
                left -= whole + 1;
            }
            name[at] = 0;
            assert_int_equal(dname_len(name), len);
            if (pass == 0) {
                const struct apex_line *line = apex_table_add(&w.table, name, len, &added);
                assert_non_null(line);
                assert_true(added);
                assert_memory_equal(apex_line_name(line), name, len);
                assert_int_equal(apex_line_name(line) == line->name, len <= APEX_INLINE_MAX);
                continue;
            }
            apex_name_split(&n, name);
            const struct apex_line *line = apex_table_find(&w.table, &n, &before);
            assert_non_null(line);
            assert_int_equal(line->site, len);
        }
    }
    test_heap_free(&w.heap);
}

/* A table that is as full as it may be, asked for what is there and for what is not. */
static void check_full(void **state)
{
    (void)state;
    enum { SITES = 20000 };
    struct world w;
    char text[64];
    unsigned before;
    set_up(&w, SITES);
    for (uint32_t i = 0; i < SITES; i++) {
        snprintf(text, sizeof(text), "d%u.%s", (unsigned)i, i % 3 == 0 ? "com.cn" : "cn");
        add(&w, text, i);
    }
    assert_int_equal(w.table.count, SITES);
    for (uint32_t i = 0; i < SITES; i++) {
        snprintf(text, sizeof(text), "www.d%u.%s", (unsigned)i, i % 3 == 0 ? "com.cn" : "cn");
        assert_int_equal(find(&w, text, &before), (int)i);
        assert_int_equal(before, 1);
        snprintf(text, sizeof(text), "www.d%u.%s", (unsigned)i, i % 3 == 0 ? "cn" : "com.cn");
        assert_int_equal(find(&w, text, &before), -1);
    }
    test_heap_free(&w.heap);
}

static void check_aligned(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 4; shift++) {
        struct world w = {.heap = {.blocks_max = TEST_HEAP_BLOCKS}};
        arena_init(&w.arena, test_heap_more, &w.heap);
        assert_non_null(arena_get(&w.arena, shift + 1, 16));
        assert_true(apex_table_init(&w.table, &w.arena, 3, key));
        assert_int_equal((uintptr_t)w.table.lines % APEX_LINE_BYTES, 0);
        test_heap_free(&w.heap);
    }
}

static void check_memory(void **state)
{
    (void)state;
    struct world w = {.heap = {.blocks_max = 0}};
    arena_init(&w.arena, test_heap_more, &w.heap);
    assert_false(apex_table_init(&w.table, &w.arena, 3, key));
    test_heap_free(&w.heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_longest),     cmocka_unit_test(check_equal_name),
        cmocka_unit_test(check_many_labels), cmocka_unit_test(check_wraps),
        cmocka_unit_test(check_lengths),     cmocka_unit_test(check_full),
        cmocka_unit_test(check_aligned),     cmocka_unit_test(check_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
