/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* mincore */
#include "cnedge/scenario/heap.h"

#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

enum { BYTES = 8 << 20, PAGES_MAX = BYTES / 4096 };

/* How many of the block's pages are there. */
static size_t resident(const uint8_t *block)
{
    static unsigned char there[PAGES_MAX + 1];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)block + page - 1) / page * page;
    size_t pages = BYTES / page - 1;
    size_t n = 0;
    assert_int_equal(mincore((void *)first, pages * page, there), 0);
    for (size_t i = 0; i < pages; i++) {
        n += there[i] & 1;
    }
    return n * page;
}

/* Whether the kernel can do it: since Linux 5.14. */
static bool is_known(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *one = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(one, MAP_FAILED);
    bool known = madvise(one, page, MADV_POPULATE_WRITE) == 0;
    assert_int_equal(munmap(one, page), 0);
    return known;
}

/* Of a block of 8 MB at least three pages of 2 MB lie in it whole. */
static void populate(void **state)
{
    enum { WHOLE = 3 * (2 << 20) };
    struct heap heap;
    struct arena arena;
    (void)state;
    heap_init(&heap, &arena);
    const uint8_t *block = arena_get(&arena, BYTES, 1);
    assert_non_null(block);
    heap_populate(&heap); /* valgrind's calloc writes, so that it has nothing to do there */
    assert_true(resident(block) >= WHOLE || !is_known());
    for (size_t i = 0; i < BYTES; i += 1000) {
        assert_int_equal(block[i], 0);
    }
    heap_free(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(populate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
