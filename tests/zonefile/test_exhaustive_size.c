/* SPDX-License-Identifier: MIT
 * The largest zone there can be, and one that has a record more. */
#include "zones.h"

static const char *const heads[] = {"@ SOA ns.test. h.test. 1 2 3 4 5", "@ NS ns.test."};

static void read_lines(struct zones_made *m, uint32_t count)
{
    enum { LINE = 32 };
    uint8_t wire[DNAME_MAX];
    struct zonefile z = {.folder = ".", .line_count = count, .report = zones_report, .owner = m};
    zones_begin(m);
    const char **lines = arena_get(&m->scratch, count, sizeof(*lines));
    char *text = arena_get(&m->scratch, count, LINE);
    assert_true(lines != NULL && text != NULL);
    for (uint32_t i = 0; i < count; i++) {
        char *line = text + (size_t)i * LINE;
        snprintf(line, LINE, "h%u 60 A 192.0.2.1", (unsigned)i);
        lines[i] = i < CN_ARRAY_LEN(heads) ? heads[i] : line;
    }
    assert_true(dname_from_text("shop.example", wire) > 0);
    z.apex = wire;
    z.lines = lines;
    m->zone = zonefile_read(&m->a, &m->scratch, &z);
}

static void largest(void **state)
{
    (void)state;
    struct zones_made m;
    read_lines(&m, ZONE_RECORDS_MAX);
    assert_string_equal(m.first, "");
    assert_non_null(m.zone);
    assert_int_equal(m.zone->record_count, ZONE_RECORDS_MAX);
    zones_end(&m);
}

static void one_more(void **state)
{
    (void)state;
    struct zones_made m;
    read_lines(&m, ZONE_RECORDS_MAX + 1);
    assert_null(m.zone);
    assert_int_equal(m.problems, 1);
    assert_string_equal(m.first, "1000001: expected at most 1000000 records in a zone");
    zones_end(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(largest), cmocka_unit_test(one_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
