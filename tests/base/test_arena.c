/* SPDX-License-Identifier: MIT
 * The arena: alignment, zeroed memory that does not overlap, and a failure that lasts. */
#include "cnedge/base/arena.h"

#include "heap.h"
#include "test.h"

#include <string.h>

static struct test_heap heap;
static struct arena arena;

static void begin(unsigned blocks_max)
{
    heap = (struct test_heap){.blocks_max = blocks_max};
    arena_init(&arena, test_heap_more, &heap);
}

static void an_empty_arena_takes_nothing(void **state)
{
    (void)state;
    begin(0);
    assert_int_equal(heap.blocks, 0);
    assert_int_equal(arena.total_bytes, 0);
    assert_false(arena.failed);
}

static void memory_is_aligned_zeroed_and_ones_own(void **state)
{
    (void)state;
    enum { PIECES = 3000 };
    static uint8_t *piece[PIECES];
    static size_t size[PIECES];
    begin(TEST_HEAP_BLOCKS);
    for (size_t i = 0; i < PIECES; i++) {
        size[i] = i * 7 % 613;
        piece[i] = arena_get(&arena, size[i], 1);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(piece[i][k], 0);
        }
        memset(piece[i], (int)(i % 251), size[i]);
    }
    for (size_t i = 0; i < PIECES; i++) { /* nobody wrote over anybody */
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(piece[i][k], i % 251);
        }
    }
    assert_true(heap.blocks > 1);
    test_heap_free(&heap);
}

static void large_pieces_have_a_block_of_their_own(void **state)
{
    (void)state;
    begin(TEST_HEAP_BLOCKS);
    uint8_t *large = arena_get(&arena, 1000, 1000);
    assert_non_null(large);
    large[0] = 1;
    large[999999] = 1;
    assert_non_null(arena_get(&arena, 1, 1));
    assert_true(arena.total_bytes >= 1000001);
    test_heap_free(&heap);
}

static void nothing_is_something(void **state)
{
    (void)state;
    begin(1);
    void *a = arena_get(&arena, 0, 8);
    void *b = arena_get(&arena, 8, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    test_heap_free(&heap);
}

static void failure_is_sticky(void **state)
{
    (void)state;
    begin(1);
    assert_non_null(arena_get(&arena, 16, 1));
    assert_null(arena_get(&arena, 10, 1 << 20)); /* a second block */
    assert_true(arena.failed);
    assert_null(arena_get(&arena, 16, 1)); /* would fit, and is refused all the same */
    assert_null(arena_get(&arena, 0, 1));
    assert_null(arena_text(&arena, "x", 1));
    test_heap_free(&heap);
}

static void sizes_that_overflow(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {
        {SIZE_MAX, 2}, {2, SIZE_MAX}, {SIZE_MAX, 1}, {SIZE_MAX - 8, 1}, {SIZE_MAX / 2, 3}};
    for (size_t i = 0; i < CN_ARRAY_LEN(sizes); i++) {
        begin(TEST_HEAP_BLOCKS);
        assert_null(arena_get(&arena, sizes[i][0], sizes[i][1]));
        assert_true(arena.failed);
        assert_int_equal(heap.blocks, 0);
    }
}

static void texts_are_copied_and_end(void **state)
{
    (void)state;
    begin(TEST_HEAP_BLOCKS);
    for (size_t len = 0; len <= 20; len++) {
        char *copy = arena_text(&arena, "abcdefghijklmnopqrst", len);
        assert_int_equal(strlen(copy), len);
        assert_memory_equal(copy, "abcdefghijklmnopqrst", len);
    }
    test_heap_free(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_arena_takes_nothing),
        cmocka_unit_test(memory_is_aligned_zeroed_and_ones_own),
        cmocka_unit_test(large_pieces_have_a_block_of_their_own),
        cmocka_unit_test(nothing_is_something),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(sizes_that_overflow),
        cmocka_unit_test(texts_are_copied_and_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
