/* SPDX-License-Identifier: MIT
 * The address table, and the index made from it, against a scan over all prefixes: the line, and
 * the length of the leaf. */
#include "cnedge/base/rng.h"
#include "cnedge/model/prefix_index.h"
#include "heap.h"
#include "test.h"

#include <string.h>

enum { ENTRIES_MAX = 48, STEPS_MAX = 24, PLACES_MAX = 2 * ENTRIES_MAX + STEPS_MAX + 1 };

/* One family of a world small enough to scan. */
struct naive {
    bool v6;
    unsigned width; /* bits of an address that are looked at: 32 or 64 */
    struct prefix_step step[STEPS_MAX];
    uint32_t steps;
    struct prefix_entry entry[ENTRIES_MAX];
    size_t entries;
    uint64_t place[PLACES_MAX]; /* where the line may change, and what it is there */
    uint16_t place_line[PLACES_MAX];
    size_t places;
};

static uint64_t mask_of(const struct naive *n, unsigned length) /* the host bits */
{
    uint64_t all = UINT64_MAX >> (64 - n->width);
    return length == n->width ? 0 : all >> length;
}

static uint64_t number(const struct prefix_entry *e, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width / 8; i++) {
        value = value << 8 | e->address[i];
    }
    return value;
}

static struct prefix_entry entry_of(const struct naive *n, uint64_t address, unsigned length,
                                    uint16_t line)
{
    struct prefix_entry e = {.length = (uint8_t)length, .v6 = n->v6, .line = line};
    address &= ~mask_of(n, length);
    for (unsigned i = 0; i < n->width / 8; i++) {
        e.address[i] = (uint8_t)(address >> (n->width - 8 - 8 * i));
    }
    return e;
}

/* Longest prefix wins; of equal ones, the higher line; the base where there is none. */
static uint16_t naive_line(const struct naive *n, uint64_t address)
{
    int best = -1;
    uint16_t line = 0;
    for (uint32_t i = 0; i < n->steps; i++) {
        if (n->step[i].start <= address) line = n->step[i].line;
    }
    for (size_t i = 0; i < n->entries; i++) {
        const struct prefix_entry *e = &n->entry[i];
        bool inside = ((address ^ number(e, n->width)) & ~mask_of(n, e->length)) == 0;
        if (!inside || e->length < best || (e->length == best && e->line < line)) continue;
        best = e->length;
        line = e->line;
    }
    return line;
}

static void find_places(struct naive *n)
{
    n->places = 0;
    n->place[n->places++] = 0;
    for (uint32_t i = 0; i < n->steps; i++) {
        n->place[n->places++] = n->step[i].start;
    }
    for (size_t i = 0; i < n->entries; i++) {
        uint64_t first = number(&n->entry[i], n->width);
        uint64_t last = first | mask_of(n, n->entry[i].length);
        n->place[n->places++] = first;
        if (last < mask_of(n, 0)) n->place[n->places++] = last + 1;
    }
    for (size_t i = 0; i < n->places; i++) {
        n->place_line[i] = naive_line(n, n->place[i]);
    }
}

static bool uniform(const struct naive *n, uint64_t address, uint16_t line, unsigned length)
{
    uint64_t hosts = mask_of(n, length);
    if (naive_line(n, address & ~hosts) != line) return false;
    for (size_t i = 0; i < n->places; i++) {
        bool inside = ((address ^ n->place[i]) & ~hosts) == 0;
        if (inside && n->place_line[i] != line) return false;
    }
    return true;
}

static unsigned naive_length(const struct naive *n, uint64_t address, uint16_t line)
{
    unsigned length = 0;
    while (!uniform(n, address, line, length)) {
        length++;
    }
    return length;
}

/* Of the table that is looked at; NULL: it was not made. */
static const struct prefix_index *indexed;

static void check_index(const uint8_t bytes[16], bool v6, struct prefix_match m)
{
    if (indexed == NULL) return;
    struct prefix_match same =
        v6 ? prefix_index_find6(indexed, bytes) : prefix_index_find4(indexed, bytes);
    assert_int_equal(same.line, m.line);
    assert_int_equal(same.length, m.length);
}

static struct prefix_match find(const struct prefix_table *t, const struct naive *n,
                                uint64_t address)
{
    uint8_t bytes[16];
    memset(bytes, 0xA5, sizeof(bytes)); /* the lower half of an IPv6 address does not matter */
    for (unsigned i = 0; i < n->width / 8; i++) {
        bytes[i] = (uint8_t)(address >> (n->width - 8 - 8 * i));
    }
    struct prefix_match m = n->v6 ? prefix_find6(t, bytes) : prefix_find4(t, bytes);
    check_index(bytes, n->v6, m);
    return m;
}

static void check(const struct prefix_table *t, const struct naive *n, uint64_t address)
{
    struct prefix_match m = find(t, n, address);
    uint16_t line = naive_line(n, address);
    assert_int_equal(m.line, line);
    assert_int_equal(m.length, naive_length(n, address, line));
}

/* Every place where the line may change, and the addresses beside it. */
static void check_places(const struct prefix_table *t, const struct naive *n)
{
    for (size_t i = 0; i < n->places; i++) {
        check(t, n, n->place[i]);
        if (n->place[i] > 0) check(t, n, n->place[i] - 1);
    }
    check(t, n, mask_of(n, 0));
}

static void check_merged(const struct prefix_table *t)
{
    assert_int_equal(t->start4[0], 0);
    assert_int_equal(t->start6[0], 0);
    for (uint32_t i = 1; i < t->n4; i++) {
        assert_true(t->start4[i - 1] < t->start4[i]);
        assert_int_not_equal(t->line4[i - 1], t->line4[i]);
    }
    for (uint32_t i = 1; i < t->n6; i++) {
        assert_true(t->start6[i - 1] < t->start6[i]);
        assert_int_not_equal(t->line6[i - 1], t->line6[i]);
    }
}

/* Random worlds. */

struct random_row {
    const char *name;
    bool v6;
    unsigned bits;  /* addresses differ in the first `bits` only: small means much nesting */
    unsigned low;   /* or in the last `low` */
    uint16_t lines; /* few lines: much merging */
    unsigned worlds;
    bool every_address; /* of the first `bits` */
};

static struct random_row random_rows[] = {
    {"v4, all 256 addresses", false, 8, 0, 3, 60, true},
    {"v6, all 256 addresses", true, 8, 0, 3, 60, true},
    {"v4, two lines", false, 6, 0, 2, 60, true},
    {"v4, the last bits", false, 0, 8, 4, 100, false},
    {"v6, the last bits", true, 0, 8, 4, 100, false},
    {"v4, anywhere", false, 32, 0, 200, 100, false},
    {"v6, anywhere", true, 64, 0, 200, 100, false},
    {"v6, mixed", true, 12, 6, 3, 100, false},
};

struct draws {
    const char *name;
    uint64_t world, next;
};

static uint64_t draw(struct draws *d)
{
    return rng_draw(d->world, d->name, "prefix", d->next++);
}

static uint64_t random_address(struct draws *d, const struct naive *n, const struct random_row *row)
{
    uint64_t bits = draw(d) & mask_of(n, 0);
    return bits & (~mask_of(n, row->bits) | ((UINT64_C(1) << row->low) - 1)) & mask_of(n, 0);
}

static unsigned random_length(struct draws *d, const struct naive *n, const struct random_row *row)
{
    uint64_t choice = draw(d);
    if (choice % 16 == 0) return (unsigned)(choice >> 8) % (n->width + 1);
    if (row->low > 0 && choice % 2 == 0) return n->width - (unsigned)(choice >> 8) % row->low;
    return (unsigned)(choice >> 8) % (row->bits + 1);
}

/* Steps in ascending order; some merge. */
static void random_steps(struct draws *d, struct naive *n, const struct random_row *row)
{
    n->steps = 1 + (uint32_t)(draw(d) % STEPS_MAX);
    uint32_t kept = 0;
    uint64_t last = 0;
    for (uint32_t i = 0; i < n->steps; i++) {
        uint64_t at = i == 0 ? 0 : random_address(d, n, row);
        if (i > 0 && at <= last) continue;
        n->step[kept++] = (struct prefix_step){at, (uint16_t)(draw(d) % row->lines)};
        last = at;
    }
    n->steps = kept;
}

static struct naive random_world(const struct random_row *row, uint64_t world)
{
    struct draws d = {.name = row->name, .world = world};
    struct naive n = {.v6 = row->v6, .width = row->v6 ? 64 : 32};
    random_steps(&d, &n, row);
    n.entries = draw(&d) % (ENTRIES_MAX + 1);
    for (size_t i = 0; i < n.entries; i++) {
        uint64_t address = random_address(&d, &n, row);
        unsigned length = random_length(&d, &n, row);
        n.entry[i] = entry_of(&n, address, length, (uint16_t)(draw(&d) % row->lines));
    }
    find_places(&n);
    return n;
}

/* Lays the entries over the base, with two entries of the other family among them. */
static const struct prefix_table *overlay(struct arena *a, const struct naive *n)
{
    static const struct prefix_step zero = {0, 9};
    struct naive other = {.v6 = !n->v6, .width = n->v6 ? 32 : 64};
    struct prefix_entry entry[ENTRIES_MAX + 2];
    memcpy(entry + 1, n->entry, sizeof(n->entry));
    entry[0] = entry_of(&other, UINT64_MAX, 8, 10);
    entry[n->entries + 1] = entry_of(&other, UINT64_MAX, 8, 11);
    const struct prefix_table *base = n->v6 ? prefix_build(a, &zero, 1, n->step, n->steps)
                                            : prefix_build(a, n->step, n->steps, &zero, 1);
    assert_non_null(base);
    const struct prefix_table *t = prefix_overlay(a, base, 77, entry, n->entries + 2);
    assert_non_null(t);
    assert_int_equal(find(t, &other, 0).line, 9);
    struct prefix_match last = find(t, &other, UINT64_MAX);
    assert_int_equal(last.line, 11);
    assert_int_equal(last.length, 8);
    return t;
}

static void random_world_matches(void **state)
{
    enum { INDEXED = 8 }; /* worlds: an index has large roots */
    const struct random_row *row = *state;
    for (uint64_t world = 0; world < row->worlds; world++) {
        struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
        struct arena a;
        arena_init(&a, test_heap_more, &heap);
        struct naive n = random_world(row, world);
        const struct prefix_table *t = overlay(&a, &n);
        indexed = world < INDEXED ? prefix_index_build(&a, t) : NULL;
        assert_true(world >= INDEXED || indexed != NULL);
        check_merged(t);
        check_places(t, &n);
        for (uint64_t i = 0; row->every_address && i < UINT64_C(1) << row->bits; i++) {
            check(t, &n, i << (n.width - row->bits));
        }
        indexed = NULL;
        test_heap_free(&heap);
    }
}

/* Single cases. */

struct case_row {
    const char *name;
    bool v6;
    uint64_t address; /* looked up in an overlay over line 7 of the entries below */
    uint16_t line;
    uint8_t length;
};

/* 10/8 -> 1, 10.0/16 -> 2, 10.0.0.1/32 -> 3, 255.255.255.255/32 -> 4;
 * 2001:db8::/32 -> 5, 2001:db8::/64 -> 6, ffff:ffff:ffff:ffff::/64 -> 8 */
static struct case_row case_rows[] = {
    {"v4, before all", false, 0x00000000, 7, 5},
    {"v4, beside a prefix", false, 0x0B000000, 7, 8},
    {"v4, in the outer prefix", false, 0x0AFF0000, 1, 9},
    {"v4, in the inner prefix", false, 0x0A000000, 2, 32},
    {"v4, in the inner prefix, farther off", false, 0x0A008000, 2, 17},
    {"v4, one address", false, 0x0A000001, 3, 32},
    {"v4, the last address", false, 0xFFFFFFFF, 4, 32},
    {"v4, the last but one", false, 0xFFFFFFFE, 7, 32},
    {"v4, the upper half", false, 0x80000000, 7, 2},
    {"v6, before all", true, 0, 7, 3},
    {"v6, one network", true, UINT64_C(0x20010db800000000), 6, 64},
    {"v6, its neighbour", true, UINT64_C(0x20010db800000001), 5, 64},
    {"v6, in the outer prefix", true, UINT64_C(0x20010db880000000), 5, 33},
    {"v6, the last network", true, UINT64_MAX, 8, 64},
};

static void case_matches(void **state)
{
    const struct case_row *row = *state;
    const struct naive v4 = {.width = 32};
    const struct naive v6 = {.v6 = true, .width = 64};
    struct prefix_entry entry[] = {
        entry_of(&v6, UINT64_MAX, 64, 8),
        entry_of(&v4, 0x0A000001, 32, 3),
        entry_of(&v6, UINT64_C(0x20010db800000000), 64, 6),
        entry_of(&v4, 0xFFFFFFFF, 32, 4),
        entry_of(&v4, 0x0A000000, 8, 1),
        entry_of(&v4, 0x0A000000, 16, 2),
        entry_of(&v6, UINT64_C(0x20010db800000000), 32, 5),
    };
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena a;
    arena_init(&a, test_heap_more, &heap);
    const struct prefix_table *t = prefix_overlay(&a, NULL, 7, entry, CN_ARRAY_LEN(entry));
    assert_non_null(t);
    indexed = prefix_index_build(&a, t);
    assert_non_null(indexed);
    struct prefix_match m = find(t, row->v6 ? &v6 : &v4, row->address);
    indexed = NULL;
    assert_int_equal(m.line, row->line);
    assert_int_equal(m.length, row->length);
    test_heap_free(&heap);
}

static void no_entries_is_the_base(void **state)
{
    (void)state;
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena a;
    arena_init(&a, test_heap_more, &heap);
    const struct prefix_table *t = prefix_overlay(&a, NULL, 3, NULL, 0);
    assert_non_null(t);
    static const uint8_t address[16] = {0xFF, 1, 2, 3};
    assert_int_equal(t->n4, 1);
    assert_int_equal(prefix_find4(t, address).line, 3);
    assert_int_equal(prefix_find4(t, address).length, 0);
    assert_int_equal(prefix_find6(t, address).line, 3);
    assert_int_equal(prefix_find6(t, address).length, 0);
    test_heap_free(&heap);
}

static void one_prefix_many_times(void **state)
{
    (void)state;
    const struct naive v6 = {.v6 = true, .width = 64};
    struct prefix_entry entry[200];
    for (uint16_t i = 0; i < CN_ARRAY_LEN(entry); i++) {
        entry[i] = entry_of(&v6, UINT64_C(1) << 63, 1, (uint16_t)(i * 7 % 200));
    }
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena a;
    arena_init(&a, test_heap_more, &heap);
    const struct prefix_table *t = prefix_overlay(&a, NULL, 3, entry, CN_ARRAY_LEN(entry));
    assert_non_null(t);
    assert_int_equal(t->n6, 2);
    assert_int_equal(find(t, &v6, UINT64_MAX).line, 199);
    assert_int_equal(find(t, &v6, 0).line, 3);
    test_heap_free(&heap);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static struct prefix_step step[100000]; /* 1.6 MB: more than one block */
    for (uint32_t i = 0; i < CN_ARRAY_LEN(step); i++) {
        step[i] = (struct prefix_step){i, (uint16_t)i};
    }
    const struct prefix_table *t = NULL;
    for (unsigned blocks = 0; t == NULL; blocks++) {
        struct test_heap heap = {.blocks_max = blocks};
        struct arena a;
        arena_init(&a, test_heap_more, &heap);
        t = prefix_build(&a, step, CN_ARRAY_LEN(step), step, CN_ARRAY_LEN(step));
        if (t != NULL) t = prefix_overlay(&a, t, 0, NULL, 0);
        assert_int_equal(t == NULL, a.failed);
        test_heap_free(&heap);
    }
}

int main(void)
{
    struct CMUnitTest random[CN_ARRAY_LEN(random_rows)];
    struct CMUnitTest cases[CN_ARRAY_LEN(case_rows)];
    const struct CMUnitTest others[] = {
        cmocka_unit_test(no_entries_is_the_base),
        cmocka_unit_test(one_prefix_many_times),
        cmocka_unit_test(memory_runs_out),
    };
    TABLE_TESTS(random, random_rows, random_world_matches);
    TABLE_TESTS(cases, case_rows, case_matches);
    int failed = cmocka_run_group_tests_name("prefix random", random, NULL, NULL);
    failed += cmocka_run_group_tests_name("prefix cases", cases, NULL, NULL);
    return failed + cmocka_run_group_tests_name("prefix", others, NULL, NULL);
}
