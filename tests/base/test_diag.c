/* SPDX-License-Identifier: MIT
 * Messages: how they read, what happens after the twentieth, and the nearest known word. */
#include "cnedge/base/diag.h"

#include "test.h"

#include <string.h>

static struct diag_list list;

struct row {
    const char *name; /* what is written */
    struct diag_at at;
    const char *text;
};

// clang-format off
static struct row rows[] = {
    {"a.json:42:17: /edges/3/ttl_s: expected 1..86400, got 0", {"a.json", "/edges/3/ttl_s", 42, 17,
     false}, "expected 1..86400, got 0"},
    {"a.json:42:17: warning: /events: odd", {"a.json", "/events", 42, 17, true}, "odd"},
    {"a.json: cannot read", {"a.json", NULL, 0, 0, false}, "cannot read"},
    {"a.json:7: not JSON", {"a.json", "", 7, 0, false}, "not JSON"},
    {"a.json: warning: /x: y", {"a.json", "/x", 0, 0, true}, "y"},
    {": nowhere", {NULL, NULL, 0, 0, false}, "nowhere"},
};
// clang-format on

static void check_row(void **state)
{
    const struct row *r = *state;
    char out[1024];
    list = (struct diag_list){0};
    assert_int_equal(diag_add(&list, CN_E_INVALID, r->at, "%s", r->text), CN_E_INVALID);
    assert_int_equal(list.errors, r->at.warning ? 0 : 1);
    diag_format(&list, 0, out, sizeof(out));
    assert_string_equal(out, r->name);
    char small[8]; /* truncated, and ended */
    diag_format(&list, 0, small, sizeof(small));
    assert_int_equal(strlen(small), 7);
    assert_memory_equal(small, out, 7);
}

static void the_twenty_first_is_dropped(void **state)
{
    (void)state;
    list = (struct diag_list){0};
    for (int i = 0; i < 25; i++) {
        struct diag_at at = {.file = "f", .line = i + 1, .column = 1, .warning = i % 5 == 4};
        assert_int_equal(diag_add(&list, CN_E_SYNTAX, at, "number %d", i), CN_E_SYNTAX);
    }
    assert_int_equal(list.count, DIAG_MAX);
    assert_int_equal(list.dropped, 5);
    assert_int_equal(list.errors, 20);
    assert_string_equal(list.item[19].text, "number 19");
    assert_int_equal(list.item[19].line, 20);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char lots[1000];
    char out[2048];
    memset(lots, 'x', sizeof(lots) - 1);
    lots[sizeof(lots) - 1] = '\0';
    list = (struct diag_list){0};
    (void)diag_add(&list, CN_E_LIMIT, (struct diag_at){.file = lots, .path = lots}, "%s", lots);
    diag_format(&list, 0, out, sizeof(out));
    size_t want = (DIAG_FILE_MAX - 1) + 2 + (DIAG_PATH_MAX - 1) + 2 + (DIAG_TEXT_MAX - 1);
    assert_int_equal(strlen(out), want);
}

static void a_warning_may_be_ok(void **state)
{
    (void)state;
    list = (struct diag_list){0};
    assert_int_equal(diag_add(&list, CN_OK, (struct diag_at){.warning = true}, "w"), CN_OK);
    assert_int_equal(list.errors, 0);
    assert_int_equal(list.count, 1);
}

/* --- the nearest word ----------------------------------------------------------------------- */

struct near {
    const char *name; /* the word */
    const char *want; /* NULL: none is near */
};

static struct near nears[] = {
    {"ttl_mainland_s", "ttl_mainland_s"},
    {"ttl_mainlnd_s", "ttl_mainland_s"},
    {"tll_mainland_s", "ttl_mainland_s"},
    {"ttl_mainland", "ttl_mainland_s"},
    {"site", "site"},
    {"sites", "site"},
    {"sit", "site"},
    {"stie", "site"}, /* distance 2, one and a third allowed: two */
    {"hots", "hosts"},
    {"hast", "host"},
    {"xyz", NULL},
    {"completely different", NULL},
    {"", NULL},
};

static void check_near(void **state)
{
    const struct near *r = *state;
    static const char *const words[] = {"ttl_mainland_s", "site", "host", "hosts"};
    const char *got = diag_nearest(r->name, words, CN_ARRAY_LEN(words));
    if (r->want == NULL) {
        assert_null(got);
    } else {
        assert_non_null(got);
        assert_string_equal(got, r->want);
    }
}

static void ties_go_to_the_earlier(void **state)
{
    (void)state;
    static const char *const words[] = {"bbb", "abb", "aab"};
    assert_string_equal(diag_nearest("abb", words, 3), "abb");
    assert_string_equal(diag_nearest("xbb", words, 3), "bbb");
    assert_null(diag_nearest("abb", words, 0));
}

static void very_long_words(void **state)
{
    (void)state;
    char a[300];
    memset(a, 'a', sizeof(a) - 1);
    a[sizeof(a) - 1] = '\0';
    const char *const words[] = {"b", a};
    assert_ptr_equal(diag_nearest(a, words, 2), a);
}

/* By files as they came, then by lines and columns; what was there before stays. */
static void sorted_by_line(void **state)
{
    static const struct {
        const char *file;
        int line, column;
    } said[] = {{"s", 9, 9}, {"b", 3, 1}, {"a", 2, 7}, {"b", 1, 5}, {"a", 2, 3}, {"b", 3, 1}};
    static const char *const want[] = {"s:9:9: 0", "b:1:5: 3", "b:3:1: 1",
                                       "b:3:1: 5", "a:2:3: 4", "a:2:7: 2"};
    (void)state;
    list = (struct diag_list){0};
    for (int i = 0; i < (int)CN_ARRAY_LEN(said); i++) {
        struct diag_at at = {.file = said[i].file, .line = said[i].line, .column = said[i].column};
        (void)diag_add(&list, CN_E_INVALID, at, "%d", i);
    }
    diag_sort(&list, 1);
    for (int i = 0; i < (int)CN_ARRAY_LEN(want); i++) {
        char out[64];
        diag_format(&list, i, out, sizeof(out));
        assert_string_equal(out, want[i]);
    }
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows), NEARS = CN_ARRAY_LEN(nears) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(the_twenty_first_is_dropped),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(a_warning_may_be_ok),
        cmocka_unit_test(ties_go_to_the_earlier),
        cmocka_unit_test(very_long_words),
        cmocka_unit_test(sorted_by_line),
    };
    struct CMUnitTest tests[ROWS + NEARS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, rows, check_row)
    TABLE_TESTS(tests + ROWS, nears, check_near)
    memcpy(tests + ROWS + NEARS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
