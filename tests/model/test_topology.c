/* SPDX-License-Identifier: MIT
 * Names, patterns, the RTT model by hand, and the order of PoPs against a naive choice. */
#include "cnedge/base/rng.h"
#include "cnedge/model/topology.h"
#include "heap.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Names. */

static void carriers_have_names(void **state)
{
    (void)state;
    for (unsigned c = 0; c < CARRIER_COUNT; c++) {
        assert_int_equal(carrier_find(carrier_name((enum carrier)c)), c);
    }
    assert_int_equal(carrier_find("tele"), CARRIER_COUNT);
    assert_string_equal(carrier_name(CARRIER_TELECOM), "telecom");
    assert_string_equal(carrier_name(CARRIER_OTHER), "other");
}

static void classes_zones_and_metrics_have_names(void **state)
{
    (void)state;
    assert_string_equal(pop_class_name(POP_MAINLAND), "mainland");
    assert_string_equal(pop_class_name(POP_NEAR), "near");
    assert_string_equal(pop_class_name(POP_GLOBAL), "global");
    assert_string_equal(client_zone_name(ZONE_MAINLAND), "mainland");
    assert_string_equal(client_zone_name(ZONE_NEAR), "near");
    assert_string_equal(client_zone_name(ZONE_GLOBAL), "global");
    assert_string_equal(client_zone_name(ZONE_UNKNOWN), "unknown");
    assert_string_equal(nearest_metric_name(METRIC_RTT), "rtt");
    assert_string_equal(nearest_metric_name(METRIC_GREAT_CIRCLE), "great_circle");
    assert_string_equal(nearest_metric_name(METRIC_ORDER), "order");
}

/* Patterns. */

struct pattern_row {
    const char *name, *line, *pattern;
    bool want;
};

static struct pattern_row pattern_rows[] = {
    {"whole name", "cn/shanghai/telecom", "cn/shanghai/telecom", true},
    {"other carrier", "cn/shanghai/telecom", "cn/shanghai/unicom", false},
    {"country", "cn/shanghai/telecom", "cn", true},
    {"region", "cn/shanghai/telecom", "cn/shanghai", true},
    {"part of a word", "cn/shanghai/telecom", "cn/shang", false},
    {"more than a word", "cn/shanghai/telecom", "cn/shanghaix", false},
    {"any region", "cn/shanghai/telecom", "cn/*/telecom", true},
    {"any region, other carrier", "cn/shanghai/telecom", "cn/*/mobile", false},
    {"any country", "cn/shanghai/telecom", "*", true},
    {"any country, region", "cn/shanghai/telecom", "*/shanghai", true},
    {"any carrier", "cn/shanghai/telecom", "cn/shanghai/*", true},
    {"longer than the line", "hk", "hk/*", false},
    {"longer than the line, any", "cn/shanghai/telecom", "cn/shanghai/telecom/*", false},
    {"one part", "hk", "hk", true},
    {"any of one part", "de", "*", true},
    {"the unknown line", "unknown", "unknown", true},
    {"unknown is one of any", "unknown", "*", true},
    {"unknown province", "cn/unknown/other", "unknown", false},
    {"empty pattern", "hk", "", false},
    {"slash at the end", "cn/shanghai/telecom", "cn/", false},
    {"star inside a word", "hk", "h*", false},
    {"not", "hk", "!hk", false},
    {"not another", "hk", "!cn", true},
    {"not any", "hk", "!*", false},
    {"not a region", "cn/tibet/mobile", "!cn/shanghai", true},
};

static void pattern_selects(void **state)
{
    const struct pattern_row *row = *state;
    struct line line = {.zone = ZONE_GLOBAL};
    snprintf(line.name, sizeof(line.name), "%s", row->line);
    assert_int_equal(line_matches(&line, row->pattern), row->want);
}

/* A small world by hand. Along the equator a degree is 111194.93 m. */

static const struct region regions[] = {{"west", false}, {"east", true}};

static struct pop pop_at(const char *id, enum pop_class class_, double lon)
{
    struct pop pop = {.class_ = class_,
                      .region = class_ == POP_MAINLAND ? 0 : CN_NONE16,
                      .at = {0, lon},
                      .v4_count = 1,
                      .v6_count = 1};
    snprintf(pop.id, sizeof(pop.id), "%s", id);
    snprintf(pop.country, sizeof(pop.country), "%s", class_ == POP_MAINLAND ? "cn" : id);
    return pop;
}

static struct line line_at(const char *name, enum client_zone zone, double lon)
{
    bool mainland = zone == ZONE_MAINLAND;
    struct line line = {.zone = zone,
                        .carrier = mainland ? CARRIER_MOBILE : CARRIER_COUNT,
                        .region = mainland ? 1 : CN_NONE16,
                        .at = {0, lon}};
    snprintf(line.name, sizeof(line.name), "%s", name);
    snprintf(line.country, sizeof(line.country), "%s", mainland ? "cn" : name);
    return line;
}

enum { POPS = 6, LINES = 4 };

struct world {
    struct pop pop[POPS];
    struct line line[LINES];
    struct topology_spec spec;
    struct test_heap heap;
    struct arena arena;
};

static void world_init(struct world *w)
{
    memset(w, 0, sizeof(*w));
    w->pop[0] = pop_at("m2", POP_MAINLAND, 2);
    w->pop[1] = pop_at("tw", POP_NEAR, 13);
    w->pop[2] = pop_at("hk", POP_NEAR, 13);
    w->pop[3] = pop_at("m1", POP_MAINLAND, 2);
    w->pop[4] = pop_at("de", POP_GLOBAL, -60);
    w->pop[5] = pop_at("jp", POP_GLOBAL, 13);
    w->line[0] = line_at("zz", ZONE_UNKNOWN, 100);
    w->line[1] = line_at("cn/east/mobile", ZONE_MAINLAND, 5);
    w->line[2] = line_at("tw", ZONE_NEAR, 13);
    w->line[3] = line_at("de", ZONE_GLOBAL, -60);
    w->spec = (struct topology_spec){
        .regions = regions,
        .pops = w->pop,
        .lines = w->line,
        .region_count = 2,
        .pop_count = POPS,
        .line_count = LINES,
        .unknown_line = 0,
        .metric = METRIC_RTT,
        .rtt = rtt_model_default(),
    };
    w->spec.rtt.gateway_count = 2; /* one on each side of the mainland */
    w->spec.rtt.gateway[0] = (struct point){0, 0};
    w->spec.rtt.gateway[1] = (struct point){0, 10};
    w->heap.blocks_max = TEST_HEAP_BLOCKS;
    arena_init(&w->arena, test_heap_more, &w->heap);
}

struct rtt_row {
    const char *name;
    uint16_t line, pop;
    uint32_t want; /* us */
};

/* Degrees at 2223.899 us inside and 1834.716 us outside. */
static struct rtt_row rtt_rows[] = {
    {"inside: 3 degrees", 1, 0, 5000 + 6672},
    {"outside: 73 degrees", 3, 2, 5000 + 133934},
    {"out, eastern gateway: 5 in, 3 out", 1, 5, 5000 + 16624 + 85000},
    {"out, western gateway: 5 in, 60 out", 1, 4, 5000 + 121202 + 85000},
    {"out, to Taiwan", 1, 1, 5000 + 16624 + 85000 + 110000},
    {"in, from Taiwan: 3 out, 8 in", 2, 0, 5000 + 23295 + 85000 + 110000},
    {"in, from Germany: 60 out, 2 in", 3, 0, 5000 + 114531 + 85000},
    {"Taiwan to Taiwan", 2, 1, 5000},
    {"Taiwan to Germany, no border", 2, 4, 5000 + 133934},
    {"from where we cannot tell: 87 degrees", 0, 2, 5000 + 159620},
};

static void rtt_is_what_the_formula_says(void **state)
{
    const struct rtt_row *row = *state;
    struct world w;
    world_init(&w);
    const struct topology *t = topology_build(&w.arena, &w.spec);
    assert_non_null(t);
    assert_int_equal(topology_rtt_us(t, row->line, row->pop, true), row->want);
    assert_int_equal(topology_rtt_us(t, row->line, row->pop, false), row->want + 15000);
    test_heap_free(&w.heap);
}

static void rtt_saturates(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    w.spec.rtt.outside_us_per_1000km = UINT32_MAX;
    w.spec.rtt.cross_carrier_us = UINT32_MAX;
    const struct topology *t = topology_build(&w.arena, &w.spec);
    assert_non_null(t);
    assert_int_equal(topology_rtt_us(t, 3, 2, true), UINT32_MAX);
    assert_int_equal(topology_rtt_us(t, 3, 2, false), UINT32_MAX);
    assert_int_equal(topology_rtt_us(t, 1, 0, true), 5000 + 6672);
    assert_int_equal(topology_rtt_us(t, 1, 0, false), UINT32_MAX);
    test_heap_free(&w.heap);
}

struct order_row {
    const char *name;
    enum nearest_metric metric;
    uint16_t line;
    const char *mainland, *outside;
};

static struct order_row order_rows[] = {
    {"rtt: ties by id, Taiwan's detour", METRIC_RTT, 1, "m1 m2", "hk jp de tw"},
    {"rtt: outside", METRIC_RTT, 3, "m1 m2", "de hk jp tw"},
    {"great circle: no detour", METRIC_GREAT_CIRCLE, 1, "m1 m2", "hk jp tw de"},
    {"order: as given", METRIC_ORDER, 1, "m2 m1", "tw hk de jp"},
};

static void append_ids(char out[64], const struct topology *t, const uint16_t *pop, unsigned count)
{
    size_t len = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        const char *space = i > 0 ? " " : "";
        len += (size_t)snprintf(out + len, 64 - len, "%s%s", space, t->pops[pop[i]].id);
    }
}

static void order_is(void **state)
{
    const struct order_row *row = *state;
    char ids[64];
    struct world w;
    world_init(&w);
    w.spec.metric = row->metric;
    const struct topology *t = topology_build(&w.arena, &w.spec);
    assert_non_null(t);
    append_ids(ids, t, t->lines[row->line].mainland, t->mainland_count);
    assert_string_equal(ids, row->mainland);
    append_ids(ids, t, t->lines[row->line].outside, t->outside_count);
    assert_string_equal(ids, row->outside);
    test_heap_free(&w.heap);
}

static void metric_values_are_exposed(void **state)
{
    (void)state;
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        struct world w;
        world_init(&w);
        w.spec.metric = (enum nearest_metric)m;
        const struct topology *t = topology_build(&w.arena, &w.spec);
        assert_non_null(t);
        uint32_t value = t->metric_value[1 * POPS + 2];
        uint32_t want[METRIC_COUNT] = {106624, 889559, 2};
        assert_int_equal(value, want[m]);
        assert_int_equal(topology_rtt_us(t, 1, 2, true), 106624);
        test_heap_free(&w.heap);
    }
}

static void things_are_found_by_name(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    const struct topology *t = topology_build(&w.arena, &w.spec);
    assert_non_null(t);
    assert_ptr_not_equal(t->lines, w.line);
    memset(w.pop, 0xEE, sizeof(w.pop)); /* the spec is borrowed for the build only */
    memset(w.line, 0xEE, sizeof(w.line));
    for (uint16_t i = 0; i < LINES; i++) {
        assert_int_equal(topology_find_line(t, t->lines[i].name), i);
    }
    for (uint16_t i = 0; i < POPS; i++) {
        assert_int_equal(topology_find_pop(t, t->pops[i].id), i);
    }
    assert_int_equal(topology_find_region(t, "east"), 1);
    assert_int_equal(topology_find_region(t, "north"), CN_NONE16);
    assert_int_equal(topology_find_line(t, ""), CN_NONE16);
    assert_int_equal(topology_find_line(t, "ef"), CN_NONE16);
    assert_int_equal(topology_find_line(t, "zzz"), CN_NONE16);
    assert_int_equal(topology_find_pop(t, "aa"), CN_NONE16);
    assert_int_equal(topology_find_pop(t, "m3"), CN_NONE16);
    assert_int_equal(t->mainland_count, 2);
    assert_int_equal(t->outside_count, 4);
    test_heap_free(&w.heap);
}

/* Random worlds as large as they may be: each order is a permutation of its side, sorted. */

static void check_side(const struct topology *t, uint16_t line, const uint16_t *order,
                       uint16_t count, bool mainland)
{
    const uint32_t *metric = t->metric_value + (size_t)line * t->pop_count;
    for (uint16_t i = 0; i < count; i++) {
        assert_true((t->pops[order[i]].class_ == POP_MAINLAND) == mainland);
        if (i == 0) continue;
        uint32_t before = metric[order[i - 1]];
        uint32_t here = metric[order[i]];
        int ids = strcmp(t->pops[order[i - 1]].id, t->pops[order[i]].id);
        assert_true(before < here || (before == here && ids < 0)); /* strict: no PoP twice */
    }
}

static void random_worlds_are_sorted(void **state)
{
    (void)state;
    static const uint16_t pop_counts[] = {0, 1, 2, 3, 7, 64, 65, TOPOLOGY_POPS_MAX};
    static struct pop pops[TOPOLOGY_POPS_MAX];
    for (uint64_t world = 0; world < 8 * METRIC_COUNT; world++) {
        struct world w;
        world_init(&w);
        uint16_t count = pop_counts[world % 8];
        for (uint16_t i = 0; i < count; i++) {
            char id[POP_ID_MAX];
            uint64_t draw = rng_draw(world, "sorted", "pop", i);
            snprintf(id, sizeof(id), "%u", (i * 769U + 13U) % 1024U);
            pops[i] = pop_at(id, (enum pop_class)(draw % 3), (double)(draw >> 8 & 31U));
        }
        w.spec.pops = pops;
        w.spec.pop_count = count;
        w.spec.metric = (enum nearest_metric)(world / 8);
        const struct topology *t = topology_build(&w.arena, &w.spec);
        assert_non_null(t);
        assert_int_equal(t->mainland_count + t->outside_count, count);
        for (uint16_t line = 0; line < LINES; line++) {
            check_side(t, line, t->lines[line].mainland, t->mainland_count, true);
            check_side(t, line, t->lines[line].outside, t->outside_count, false);
        }
        test_heap_free(&w.heap);
    }
}

static void memory_runs_out(void **state)
{
    (void)state;
    static struct pop pops[TOPOLOGY_POPS_MAX];
    static struct line lines[TOPOLOGY_LINES_MAX];
    for (unsigned i = 0; i < TOPOLOGY_POPS_MAX; i++) {
        char id[POP_ID_MAX];
        snprintf(id, sizeof(id), "%u", i);
        pops[i] = pop_at(id, POP_GLOBAL, i / 4.0);
    }
    for (unsigned i = 0; i < TOPOLOGY_LINES_MAX; i++) {
        lines[i] = line_at("", ZONE_GLOBAL, i / 8.0);
        snprintf(lines[i].name, sizeof(lines[i].name), "%u", i);
    }
    const struct topology *t = NULL;
    for (unsigned blocks = 0; t == NULL; blocks++) {
        struct world w;
        world_init(&w);
        w.heap.blocks_max = blocks;
        w.spec.pops = pops;
        w.spec.pop_count = TOPOLOGY_POPS_MAX;
        w.spec.lines = lines;
        w.spec.line_count = TOPOLOGY_LINES_MAX;
        t = topology_build(&w.arena, &w.spec);
        assert_int_equal(t == NULL, w.arena.failed);
        test_heap_free(&w.heap);
    }
}

static void distances_are_great_circles(void **state)
{
    (void)state;
    const struct point beijing = {39.91, 116.40};
    const struct point shanghai = {31.22, 121.46};
    const struct point pole = {90, 0};
    assert_int_equal(topology_metres(beijing, beijing), 0);
    assert_int_equal(topology_metres(beijing, shanghai), topology_metres(shanghai, beijing));
    assert_int_equal(topology_metres(beijing, shanghai), 1068699);
    assert_int_equal(topology_metres(pole, (struct point){-90, 77}), 20015087);
    assert_int_equal(topology_metres((struct point){0, -170}, (struct point){0, 170}), 2223899);
}

int main(void)
{
    struct CMUnitTest patterns[CN_ARRAY_LEN(pattern_rows)];
    struct CMUnitTest rtts[CN_ARRAY_LEN(rtt_rows)];
    struct CMUnitTest orders[CN_ARRAY_LEN(order_rows)];
    const struct CMUnitTest others[] = {
        cmocka_unit_test(carriers_have_names),
        cmocka_unit_test(classes_zones_and_metrics_have_names),
        cmocka_unit_test(rtt_saturates),
        cmocka_unit_test(metric_values_are_exposed),
        cmocka_unit_test(things_are_found_by_name),
        cmocka_unit_test(random_worlds_are_sorted),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(distances_are_great_circles),
    };
    TABLE_TESTS(patterns, pattern_rows, pattern_selects);
    TABLE_TESTS(rtts, rtt_rows, rtt_is_what_the_formula_says);
    TABLE_TESTS(orders, order_rows, order_is);
    int failed = cmocka_run_group_tests_name("line patterns", patterns, NULL, NULL);
    failed += cmocka_run_group_tests_name("rtt", rtts, NULL, NULL);
    failed += cmocka_run_group_tests_name("order", orders, NULL, NULL);
    return failed + cmocka_run_group_tests_name("topology", others, NULL, NULL);
}
