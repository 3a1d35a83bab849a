/* SPDX-License-Identifier: MIT
 * jsonloc finds every value of documents made at random, whose places the maker knows. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "../../sim/scenario/jsonloc.h"
#include "cnedge/base/rng.h"

enum { TEXT_MAX = 64 * 1024, SPOTS_MAX = 2048, POINTER_MAX = 1024, DOCUMENTS = 600, DEPTH_MAX = 5 };

struct spot { /* where a value was written */
    char pointer[POINTER_MAX];
    struct jsonloc value, key;
};

struct maker {
    uint64_t seed, draws;
    char text[TEXT_MAX];
    size_t len;
    int line, column;
    struct spot spots[SPOTS_MAX];
    size_t count;
};

static unsigned draw(struct maker *m, unsigned below)
{
    return (unsigned)(rng_draw(m->seed, "jsonloc", "", m->draws++) % below);
}

static void put(struct maker *m, const char *text)
{
    for (; *text != '\0'; text++) {
        assert_true(m->len < TEXT_MAX);
        m->text[m->len++] = *text;
        m->column++;
        if (*text == '\n') {
            m->line++;
            m->column = 1;
        }
    }
}

static void space(struct maker *m)
{
    static const char *const spaces[] = {"", "", " ", "\n", "\t", "\r\n", "  \n   "};
    put(m, spaces[draw(m, 7)]);
}

/* The pieces of keys: as JSON writes them, and as a pointer does. */
static const struct {
    const char *json, *pointer;
} pieces[] = {
    {"a", "a"},
    {"b", "b"},
    {"~", "~0"},
    {"/", "~1"},
    {"\\/", "~1"},
    {"\\\"", "\""},
    {"\\\\", "\\"},
    {"\\n", "\n"},
    {"\\t", "\t"},
    {"\\u0041", "A"},
    {"\\u007e", "~0"},
    {"\\u002F", "~1"},
    {"\\u00e9", "\xc3\xa9"},
    {"\xc3\xa9", "\xc3\xa9"},
    {"\\u5907", "\xe5\xa4\x87"},
    {"\\ud83D\\uDE00", "\xf0\x9f\x98\x80"},
    {"0", "0"},
    {"]", "]"},
    {"{", "{"},
    {",", ","},
    {":", ":"},
    {"\\b\\f\\r", "\b\f\r"},
};

/* Writes a key that no sister has: the number makes it so. */
static void put_key(struct maker *m, unsigned number, char *pointer)
{
    char tail[16];
    snprintf(tail, sizeof(tail), "%u", number);
    put(m, "\"");
    for (unsigned n = draw(m, 4); n > 0; n--) {
        size_t i = draw(m, CN_ARRAY_LEN(pieces));
        put(m, pieces[i].json);
        strncat(pointer, pieces[i].pointer, POINTER_MAX - 1 - strlen(pointer));
    }
    put(m, tail);
    put(m, "\"");
    strncat(pointer, tail, POINTER_MAX - 1 - strlen(pointer));
}

static void put_scalar(struct maker *m)
{
    static const char *const scalars[] = {"1",     "-2.5e3",   "true",
                                          "null",  "\"\"",     "\"a\\\"]},\"",
                                          "false", "\"\\\\\"", "\"{\\u0022[\""};
    put(m, scalars[draw(m, 9)]);
}

static void put_value(struct maker *m, const char *pointer, const struct jsonloc *key,
                      unsigned depth);

static void put_members(struct maker *m, const char *pointer, bool object, unsigned depth)
{
    unsigned count = draw(m, 6);
    put(m, object ? "{" : "[");
    for (unsigned i = 0; i < count; i++) {
        char inner[POINTER_MAX];
        if (i > 0) put(m, ",");
        space(m);
        struct jsonloc key = {m->line, m->column};
        snprintf(inner, sizeof(inner), "%s/", pointer);
        if (object) {
            put_key(m, i, inner);
            space(m);
            put(m, ":");
            space(m);
        } else {
            snprintf(inner + strlen(inner), sizeof(inner) - strlen(inner), "%u", i);
        }
        put_value(m, inner, &key, depth + 1);
        space(m);
    }
    put(m, object ? "}" : "]");
}

static void put_value(struct maker *m, const char *pointer, const struct jsonloc *key,
                      unsigned depth)
{
    assert_true(m->count < SPOTS_MAX);
    struct spot *s = &m->spots[m->count++];
    snprintf(s->pointer, sizeof(s->pointer), "%s", pointer);
    s->value = (struct jsonloc){m->line, m->column};
    s->key = *key;
    unsigned kind = draw(m, depth == 0 ? 2 : 4);
    if (depth == DEPTH_MAX || kind >= 2) {
        put_scalar(m);
    } else {
        put_members(m, pointer, kind == 0, depth);
    }
}

static void make(struct maker *m, uint64_t seed)
{
    memset(m, 0, sizeof(*m)); /* in place: as a literal it would be megabytes of stack */
    m->seed = seed;
    m->line = 1;
    m->column = 1;
    space(m);
    struct jsonloc root = {m->line, m->column};
    put_value(m, "", &root, 0);
    space(m);
}

static void check_spot(const struct maker *m, const struct spot *s)
{
    struct jsonloc value = {0, 0};
    struct jsonloc key = {0, 0};
    bool found = jsonloc_find((struct jsonloc_text){m->text, m->len}, s->pointer, &value, &key);
    if (!found || memcmp(&value, &s->value, sizeof(value)) != 0 ||
        memcmp(&key, &s->key, sizeof(key)) != 0) {
        print_message("seed %u, pointer %s: got %d:%d and %d:%d\n%.*s\n", (unsigned)m->seed,
                      s->pointer, value.line, value.column, key.line, key.column, (int)m->len,
                      m->text);
    }
    assert_true(found);
    assert_memory_equal(&value, &s->value, sizeof(value));
    assert_memory_equal(&key, &s->key, sizeof(key));
}

static void test_random_documents(void **state)
{
    static struct maker m;
    size_t spots = 0;
    (void)state;
    for (uint64_t seed = 0; seed < DOCUMENTS; seed++) {
        make(&m, seed);
        for (size_t i = 0; i < m.count; i++) {
            check_spot(&m, &m.spots[i]);
        }
        spots += m.count;
    }
    assert_true(spots > 5000);
}

/* What does not exist is not found. */
static void test_random_misses(void **state)
{
    static struct maker m;
    (void)state;
    for (uint64_t seed = 0; seed < DOCUMENTS; seed++) {
        make(&m, seed);
        for (size_t i = 0; i < m.count; i++) {
            char pointer[POINTER_MAX + 8];
            struct jsonloc value;
            struct jsonloc key;
            snprintf(pointer, sizeof(pointer), "%s/none", m.spots[i].pointer);
            assert_false(jsonloc_find((struct jsonloc_text){m.text, m.len}, pointer, &value, &key));
        }
    }
}

/* The items of every list in one pass are where a search for each one finds them. */
static void test_items(void **state)
{
    static struct maker m;
    (void)state;
    for (uint64_t seed = 0; seed < DOCUMENTS; seed++) {
        make(&m, seed);
        struct jsonloc_text t = {m.text, m.len};
        for (size_t i = 0; i < m.count; i++) {
            struct jsonloc items[8];
            size_t count = jsonloc_items(t, m.spots[i].pointer, items, 8);
            for (size_t k = 0; k < count; k++) {
                char pointer[POINTER_MAX + 24];
                struct jsonloc value;
                struct jsonloc key;
                snprintf(pointer, sizeof(pointer), "%s/%zu", m.spots[i].pointer, k);
                assert_true(jsonloc_find(t, pointer, &value, &key));
                assert_memory_equal(&items[k], &value, sizeof(value));
            }
        }
    }
}

struct find_row {
    const char *name, *text, *pointer;
    int line, column; /* 0: not found */
};

static void test_find(void **state)
{
    const struct find_row *r = *state;
    struct jsonloc value = {0, 0};
    struct jsonloc key;
    bool found =
        jsonloc_find((struct jsonloc_text){r->text, strlen(r->text)}, r->pointer, &value, &key);
    assert_int_equal(found, r->line > 0);
    assert_int_equal(value.line, r->line);
    assert_int_equal(value.column, r->column);
}

static struct find_row find_rows[] = {
    {"root", "  {}", "", 1, 3},
    {"empty key", "{\"\": 1}", "/", 1, 6},
    {"empty key of empty key", "{\"\": {\"\": 7}}", "//", 1, 11},
    {"columns are bytes", "{\"\xe5\xa4\x87\": 1}", "/\xe5\xa4\x87", 1, 9},
    {"escaped key", "{\"n\\u0061me\": 1}", "/name", 1, 15},
    {"pointer escapes", "{\"a/b\": 1, \"m~n\": 2}", "/m~0n", 1, 19},
    {"~01 is ~1", "{\"~1\": 1}", "/~01", 1, 8},
    {"first of equal keys", "{\"a\": 1, \"a\": 2}", "/a", 1, 7},
    {"item 10", "[0,0,0,0,0,0,0,0,0,0,1]", "/10", 1, 22},
    {"leading zero is no index", "[0,1]", "/01", 0, 0},
    {"sign is no index", "[0,1]", "/-1", 0, 0},
    {"huge index", "[0,1]", "/99999999999999999999999", 0, 0},
    {"index in object is a key", "{\"0\": 5}", "/0", 1, 7},
    {"into a scalar", "{\"a\": 1}", "/a/b", 0, 0},
    {"newline", "{\n\n \"a\":\n 1}", "/a", 4, 2},
    {"brackets in strings", "{\"x\": \"]}\\\"{\", \"a\": 1}", "/a", 1, 21},
    {"half an escape", "{\"a\\", "/a", 0, 0},
    {"half a surrogate", "{\"\\ud83d\": 1}", "/a", 0, 0},
    {"empty text", "", "/a", 0, 0},
};

struct at_row {
    const char *name, *text;
    size_t offset;
    int line, column;
    const char *pointer;
};

static void test_at(void **state)
{
    const struct at_row *r = *state;
    struct jsonloc loc;
    char pointer[JSONLOC_POINTER_MAX];
    jsonloc_at((struct jsonloc_text){r->text, strlen(r->text)}, r->offset, &loc, pointer);
    assert_int_equal(loc.line, r->line);
    assert_int_equal(loc.column, r->column);
    assert_string_equal(pointer, r->pointer);
}

static struct at_row at_rows[] = {
    {"a key", "{\"a\": 1, \"a\": 2}", 12, 1, 10, "/a"},
    {"a value", "{\"a\": [1, tru]}", 13, 1, 11, "/a/1"},
    {"the end", "{\"a\": [1,\n", 10, 2, 1, "/a/1"},
    {"a closing bracket", "{\"a\": [1} ", 9, 1, 9, "/a/0"},
    {"after everything", "{} x", 4, 1, 5, ""},
    {"in the middle of a token", "{\"abc\": 12345 }", 10, 1, 9, "/abc"},
    {"an unfinished key", "{\"abc", 5, 1, 6, "/abc"},
};

static void test_deep(void **state)
{
    static char text[100000];
    struct jsonloc loc;
    char pointer[JSONLOC_POINTER_MAX];
    (void)state;
    memset(text, '[', sizeof(text));
    jsonloc_at((struct jsonloc_text){text, sizeof(text)}, sizeof(text), &loc, pointer);
    assert_int_equal(loc.column, sizeof(text) + 1);
    assert_string_equal(pointer, "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0");
}

int main(void)
{
    struct CMUnitTest tests[4 + CN_ARRAY_LEN(find_rows) + CN_ARRAY_LEN(at_rows)] = {
        cmocka_unit_test(test_random_documents), cmocka_unit_test(test_random_misses),
        cmocka_unit_test(test_items), cmocka_unit_test(test_deep)};
    TABLE_TESTS(tests + 4, find_rows, test_find)
    TABLE_TESTS(tests + 4 + CN_ARRAY_LEN(find_rows), at_rows, test_at)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
