/* SPDX-License-Identifier: MIT
 * Loading with the n-th allocation refused, for n = 0, 1, 2, ... until it is not needed any more:
 * never a crash, a leak, or a scenario that is not whole. */
#include "test.h"

#include "loaded.h"

#include <jansson.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *p);

static bool armed;
static bool refuse_rest; /* not only the n-th, but all from it on */
static long left;        /* allocations until one is refused */
static long held;        /* blocks that were not freed yet */

static bool refuse(void)
{
    if (!armed) return false;
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
    long n = 0;
    json_set_alloc_funcs(json_malloc, json_free);
    while (!load(file, n, rest) || left < 0) {
        n++;
    }
    assert_true(n > 50);
    print_message("%s: %ld allocations\n", file, n);
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

/* The schema needs memory too. */
static void test_schema(void **state)
{
    long n = 0;
    bool ok = false;
    (void)state;
    json_set_alloc_funcs(json_malloc, json_free);
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    while (!ok || left < 0) {
        left = n++;
        held = 0;
        refuse_rest = false;
        armed = true;
        ok = scenario_schema(out);
        armed = false;
        assert_int_equal(held, 0);
        assert_true(ok || left < 0);
        if (n > 100000) fail();
    }
    fclose(out);
    print_message("schema: %ld allocations\n", n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_world_file),
        cmocka_unit_test(test_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
