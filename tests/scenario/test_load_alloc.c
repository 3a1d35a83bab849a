/* SPDX-License-Identifier: MIT
 * Loading with one allocation refused: never a crash, a leak, or a scenario that is not whole. A
 * first run notes from which chain of callers each allocation comes; then, of each chain, the first
 * SAME_CHAIN are refused in turn. What a table of hundred rows does a hundred times is asked
 * for twice. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "test.h"

#include "loaded.h"

#include <execinfo.h>
#include <jansson.h>
#include <limits.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *p);

enum { CHAINS_MAX = 1 << 15, CHAIN_DEPTH = 48, SAME_CHAIN = 2 };

static bool armed;
static bool refuse_rest; /* not only the n-th, but all from it on */
static long left;        /* allocations until one is refused */
static long held;        /* blocks that were not freed yet */

static bool noting; /* the run that refuses nothing */
static uint64_t chains[CHAINS_MAX];
static long chain_count;

/* Notes who asks. backtrace() allocates in its first call only, which main() makes. */
static void note_chain(void)
{
    void *callers[CHAIN_DEPTH];
    int n = backtrace(callers, CHAIN_DEPTH);
    uint64_t sum = 14695981039346656037U; /* FNV-1a, a pointer at a time */
    for (int i = 0; i < n; i++) {
        sum = (sum ^ (uintptr_t)callers[i]) * 1099511628211U;
    }
    assert_true(chain_count < CHAINS_MAX);
    chains[chain_count++] = sum;
}

/* Whether allocation `n` comes from a chain of callers that not enough before it came from. */
static bool worth_refusing(long n)
{
    int before = 0;
    for (long i = 0; i < n && before < SAME_CHAIN; i++) {
        before += chains[i] == chains[n];
    }
    return before < SAME_CHAIN;
}

static bool refuse(void)
{
    if (!armed) return false;
    if (noting) note_chain();
    left--;
    return left == -1 || (refuse_rest && left < 0);
}

void *__wrap_malloc(size_t size)
{
    if (refuse()) return NULL;
    void *p = __real_malloc(size);
    held += armed && p != NULL;
    return p;
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (refuse()) return NULL;
    void *p = __real_calloc(count, size);
    held += armed && p != NULL;
    return p;
}

void *__wrap_realloc(void *old, size_t size)
{
    if (refuse()) return NULL;
    void *p = __real_realloc(old, size);
    held += armed && old == NULL && p != NULL;
    return p;
}

void __wrap_free(void *p)
{
    held -= armed && p != NULL;
    __real_free(p);
}

/* jansson is a shared library: the linker's wrap does not reach its own calls. */
static void *json_malloc(size_t size)
{
    return malloc(size);
}

static void json_free(void *p)
{
    free(p);
}

/* Loads with allocation `n` refused. Returns whether the scenario was loaded. */
static bool load(const char *file, long n, bool rest)
{
    struct loaded l;
    left = n;
    held = 0;
    refuse_rest = rest;
    armed = true;
    loaded_file(&l, file);
    bool loaded = l.s != NULL;
    bool complained = l.diags.errors > 0;
    bool refused = left < 0;
    loaded_free(&l);
    armed = false;
    assert_int_equal(held, 0);
    assert_true(loaded != complained);
    assert_true(loaded || l.status != CN_OK);
    assert_true(loaded || refused);
    return loaded;
}

static void check_file(const char *file, bool rest)
{
    long refused = 0;
    json_set_alloc_funcs(json_malloc, json_free);
    chain_count = 0;
    noting = true;
    assert_true(load(file, LONG_MAX, rest));
    noting = false;
    for (long n = 0; n < chain_count; n++) {
        if (!worth_refusing(n)) continue;
        load(file, n, rest);
        assert_true(left < 0);
        refused++;
    }
    assert_true(refused > 50);
    print_message("%s: %ld of %ld allocations refused\n", file, refused, chain_count);
}

static void test_sample(void **state)
{
    (void)state;
    check_file("tests/scenario/valid/sample.json", false);
    check_file("tests/scenario/valid/sample.json", true);
}

static void test_everything(void **state)
{
    (void)state;
    check_file("tests/scenario/valid/everything.json", false);
}

static void test_world_file(void **state)
{
    (void)state;
    check_file("tests/scenario/valid/world-file.json", true);
}

/* Not of JSON Lines: out of memory within a string, jansson's scanner reads on behind its end. */
static void test_portfolio(void **state)
{
    (void)state;
    check_file("tests/scenario/valid/portfolio-csv.json", false);
    check_file("tests/scenario/valid/portfolio-csv.json", true);
}

static void test_mmdb(void **state)
{
    (void)state;
    check_file("tests/scenario/valid/mmdb.json", false);
    check_file("tests/scenario/valid/mmdb.json", true);
}

/* The schema as text, the caller's to free; NULL when it failed. */
static char *schema(long n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    left = n;
    held = 0;
    refuse_rest = false;
    armed = true;
    bool ok = scenario_schema(out);
    armed = false;
    assert_int_equal(held, 0);
    assert_int_equal(fclose(out), 0);
    if (ok) return text;
    free(text);
    return NULL;
}

/* The schema needs memory too. What it can do without, it does without: then it is whole. */
static void test_schema(void **state)
{
    long refused = 0;
    long failed = 0;
    (void)state;
    json_set_alloc_funcs(json_malloc, json_free);
    chain_count = 0;
    noting = true;
    char *whole = schema(LONG_MAX);
    noting = false;
    assert_non_null(whole);
    for (long n = 0; n < chain_count; n++) {
        if (!worth_refusing(n)) continue;
        char *text = schema(n);
        assert_true(left < 0);
        if (text != NULL) assert_string_equal(text, whole);
        failed += text == NULL;
        refused++;
        free(text);
    }
    free(whole);
    assert_true(failed > 50);
    print_message("schema: %ld of %ld allocations refused\n", refused, chain_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),     cmocka_unit_test(test_everything),
        cmocka_unit_test(test_world_file), cmocka_unit_test(test_portfolio),
        cmocka_unit_test(test_mmdb),       cmocka_unit_test(test_schema),
    };
    void *caller;
    (void)backtrace(&caller, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
