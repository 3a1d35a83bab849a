/* SPDX-License-Identifier: MIT
 * The shipped world: what is in it, where well-known addresses are, which PoPs are near whom. */
#include "cnedge/model/builtin.h"
#include "cnedge/model/prefix_index.h"
#include "heap.h"
#include "test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct {
    struct test_heap heap;
    struct arena arena;
    const struct topology *t;
    const struct prefix_table *p;
} world = {.heap = {.blocks_max = TEST_HEAP_BLOCKS}};

static int build_world(void **state)
{
    (void)state;
    struct topology_spec spec;
    arena_init(&world.arena, test_heap_more, &world.heap);
    if (!builtin_spec(&world.arena, &spec)) return -1;
    world.t = topology_build(&world.arena, &spec);
    if (world.t == NULL) return -1;
    world.p = builtin_prefixes(&world.arena, world.t);
    return world.p != NULL ? 0 : -1;
}

static int free_world(void **state)
{
    (void)state;
    test_heap_free(&world.heap);
    return 0;
}

/* Addresses. The column `known` says what is behind one. */

struct address_row {
    const char *name, *line;
    uint8_t length;
    const char *known;
};

// clang-format off
static struct address_row address_rows[] = {
    {"202.96.209.0",         "cn/shanghai/telecom",  18, "China Telecom Shanghai"},
    {"202.96.209.133",       "cn/shanghai/telecom",  18, "its resolver"},
    {"202.106.0.20",         "cn/beijing/unicom",    18, "China Unicom Beijing's resolver"},
    {"211.136.192.6",        "cn/guangdong/mobile",  18, "China Mobile Guangdong's resolver"},
    {"101.6.6.6",            "cn/beijing/cernet",    16, "Tsinghua TUNA"},
    {"202.38.64.1",          "cn/anhui/cernet",      19, "USTC"},
    {"159.226.8.6",          "cn/beijing/cstnet",    16, "Chinese Academy of Sciences"},
    {"114.114.114.114",      "cn/jiangsu/other",     23, "114DNS"},
    {"223.5.5.5",            "cn/zhejiang/cloud",    14, "AliDNS"},
    {"119.29.29.29",         "cn/guangdong/cloud",   16, "DNSPod"},
    {"180.76.76.76",         "cn/beijing/cloud",     18, "BaiduDNS"},
    {"1.2.4.8",              "cn/beijing/other",     24, "CNNIC sDNS"},
    {"8.8.8.8",              "us",                   14, "Google"},
    {"1.1.1.1",              "au",                   24, "Cloudflare, registered with APNIC"},
    {"218.102.23.228",       "hk",                   15, "PCCW"},
    {"202.175.3.3",          "mo",                   17, "CTM"},
    {"168.95.1.1",           "tw",                   16, "Chunghwa"},
    {"217.237.150.51",       "de",                   11, "Deutsche Telekom"},
    {"127.0.0.1",            "unknown",               8, "loopback"},
    {"10.0.0.1",             "unknown",               8, "private use"},
    {"198.18.1.1",           "unknown",              15, "benchmarks"},
    {"0.0.0.0",              "unknown",               8, "this host"},
    {"255.255.255.255",      "unknown",               3, "broadcast; with multicast before it"},
    {"2400:3200::1",         "cn/zhejiang/cloud",    32, "AliDNS"},
    {"240e::1",              "cn/beijing/telecom",   30, "China Telecom"},
    {"2408:8000::1",         "cn/beijing/unicom",    48, "China Unicom"},
    {"2409:8000::1",         "cn/beijing/mobile",    31, "China Mobile's plan: 00"},
    {"2409:801e::1",         "cn/shanghai/mobile",   31, "China Mobile's plan: 1e"},
    {"2409:8028::1",         "cn/zhejiang/mobile",   29, "China Mobile's plan: 28"},
    {"2409:8054::1",         "cn/guangdong/mobile",  30, "China Mobile's plan: 54"},
    {"2001:da8::666",        "cn/beijing/cernet",    41, "CERNET2"},
    {"2001:b000:168::1",     "tw",                   21, "Chunghwa"},
    {"2001:4860:4860::8888", "us",                   28, "Google"},
    {"2a01:4f8::1",          "de",                   29, "Hetzner"},
    {"::1",                  "unknown",               3, "loopback"},
    {"2001:db8::1",          "unknown",              32, "documentation"},
    {"fe80::1",              "unknown",               1, "link-local; with all of 8000::/1"},
};
// clang-format on

static void address_is_on_its_line(void **state)
{
    const struct address_row *row = *state;
    uint8_t b[16];
    bool v4 = inet_pton(AF_INET, row->name, b) == 1;
    assert_true(v4 || inet_pton(AF_INET6, row->name, b) == 1);
    struct prefix_match m = v4 ? prefix_find4(world.p, b) : prefix_find6(world.p, b);
    assert_string_equal(world.t->lines[m.line].name, row->line);
    assert_int_equal(m.length, row->length);
}

/* Nearest PoPs: of a line in the mainland, and outside. */

struct nearest_row {
    const char *name, *mainland, *outside;
};

static struct nearest_row nearest_rows[] = {
    {"cn/shanghai/telecom", "sha", "icn"},
    {"cn/guangdong/telecom", "fuo", "hkg"},
    {"cn/beijing/unicom", "pkx", "icn"},
    {"hk", "fuo", "hkg"},
    {"mo", "fuo", "mfm"},
    {"tw", "sha", "tpe"},
    {"jp", "sha", "kix"},
    {"sg", "fuo", "sin"},
    {"us", "pkx", "ord"},
    {"de", "pkx", "fra"},
    {"unknown", "pkx", "ord"},
    {"cn/beijing/other", "pkx", "icn"},
    {"cn/tianjin/other", "tsn", "icn"},
    {"cn/hebei/other", "sjw", "icn"},
    {"cn/shanxi/other", "tyn", "icn"},
    {"cn/inner-mongolia/other", "het", "icn"},
    {"cn/liaoning/other", "she", "icn"},
    {"cn/jilin/other", "cgq", "icn"},
    {"cn/heilongjiang/other", "hrb", "icn"},
    {"cn/shanghai/other", "sha", "icn"},
    {"cn/jiangsu/other", "nkg", "icn"},
    {"cn/zhejiang/other", "hgh", "icn"},
    {"cn/anhui/other", "hfe", "icn"},
    {"cn/fujian/other", "foc", "hkg"},
    {"cn/jiangxi/other", "khn", "hkg"},
    {"cn/shandong/other", "tna", "icn"},
    {"cn/henan/other", "cgo", "icn"},
    {"cn/hubei/other", "wuh", "hkg"},
    {"cn/hunan/other", "csx", "hkg"},
    {"cn/guangdong/other", "fuo", "hkg"},
    {"cn/guangxi/other", "nng", "hkg"},
    {"cn/hainan/other", "hak", "hkg"},
    {"cn/chongqing/other", "ckg", "hkg"},
    {"cn/sichuan/other", "ctu", "hkg"},
    {"cn/guizhou/other", "kwe", "hkg"},
    {"cn/yunnan/other", "kmg", "hkg"},
    {"cn/tibet/other", "lxa", "hkg"},
    {"cn/shaanxi/other", "xiy", "hkg"},
    {"cn/gansu/other", "lhw", "hkg"},
    {"cn/qinghai/other", "xnn", "hkg"},
    {"cn/ningxia/other", "inc", "icn"},
    {"cn/xinjiang/other", "urc", "icn"},
    {"cn/unknown/other", "cgo", "hkg"},
};

static void nearest_is(void **state)
{
    const struct nearest_row *row = *state;
    uint16_t index = topology_find_line(world.t, row->name);
    assert_int_not_equal(index, CN_NONE16);
    const struct line *line = &world.t->lines[index];
    assert_string_equal(world.t->pops[line->mainland[0]].id, row->mainland);
    assert_string_equal(world.t->pops[line->outside[0]].id, row->outside);
}

/* As operators report: from the mainland, Hong Kong, Seoul and the Japanese PoPs come first, though
 * other cities are closer to some provinces on the globe. */
static void near_pops_are_nearest_for_the_mainland(void **state)
{
    (void)state;
    static const char expected[] = "hkg icn nrt kix fuk";
    for (uint16_t i = 0; i < world.t->line_count; i++) {
        const struct line *line = &world.t->lines[i];
        if (line->zone != ZONE_MAINLAND) continue;
        const struct pop *nearest = &world.t->pops[line->outside[0]];
        assert_non_null(strstr(expected, nearest->id));
        assert_int_equal(nearest->class_, POP_NEAR);
    }
}

/* Contents. */

static void regions_are_complete(void **state)
{
    (void)state;
    static const char *const east[] = {"shanghai", "jiangsu", "zhejiang", "anhui",
                                       "fujian",   "jiangxi", "shandong"};
    const struct topology *t = world.t;
    unsigned easts = 0;
    assert_int_equal(t->region_count, 32);
    for (uint16_t i = 0; i < t->region_count; i++) {
        easts += t->regions[i].east_china ? 1 : 0;
        assert_int_equal(topology_find_region(t, t->regions[i].name), i);
    }
    assert_int_equal(easts, CN_ARRAY_LEN(east));
    for (size_t i = 0; i < CN_ARRAY_LEN(east); i++) {
        assert_true(t->regions[topology_find_region(t, east[i])].east_china);
    }
    assert_int_not_equal(topology_find_region(t, "inner-mongolia"), CN_NONE16);
    assert_int_equal(topology_find_region(t, "unknown"), 31);
}

static void lines_are_complete(void **state)
{
    (void)state;
    const struct topology *t = world.t;
    assert_int_equal(t->line_count, 32 * CARRIER_COUNT + 247 + 1);
    for (uint16_t i = 0; i < 32 * CARRIER_COUNT; i++) {
        const struct line *line = &t->lines[i];
        char name[LINE_NAME_MAX];
        snprintf(name, sizeof(name), "cn/%s/%s", t->regions[line->region].name,
                 carrier_name(line->carrier));
        assert_string_equal(line->name, name);
        assert_int_equal(line->zone, ZONE_MAINLAND);
        assert_string_equal(line->country, "cn");
        assert_int_equal(topology_find_line(t, name), i);
    }
    for (uint16_t i = 32 * CARRIER_COUNT; i < t->unknown_line; i++) {
        const struct line *line = &t->lines[i];
        bool near = strstr("hk mo tw jp kr sg", line->name) != NULL;
        assert_string_equal(line->name, line->country);
        assert_int_equal(line->zone, near ? ZONE_NEAR : ZONE_GLOBAL);
        assert_int_equal(line->carrier, CARRIER_COUNT);
    }
    const struct line *unknown = &t->lines[t->unknown_line];
    assert_int_equal(t->unknown_line, t->line_count - 1);
    assert_string_equal(unknown->name, "unknown");
    assert_string_equal(unknown->country, "");
    assert_int_equal(unknown->zone, ZONE_UNKNOWN);
}

static void pops_are_complete(void **state)
{
    (void)state;
    const struct topology *t = world.t;
    unsigned near = 0;
    assert_int_equal(t->mainland_count, 42);
    assert_int_equal(t->outside_count, 155);
    for (uint16_t i = 0; i < t->pop_count; i++) {
        const struct pop *pop = &t->pops[i];
        bool mainland = pop->class_ == POP_MAINLAND;
        near += pop->class_ == POP_NEAR ? 1 : 0;
        assert_int_equal(mainland, strcmp(pop->country, "cn") == 0);
        assert_int_equal(mainland, pop->region < 31);
        assert_int_equal(mainland, pop->carriers != 0);
        assert_int_not_equal(topology_find_line(t, pop->country) != CN_NONE16, mainland);
        /* one address of benchmark and one of documentation space, and no two alike */
        assert_int_equal(pop->v4_count, 1);
        assert_int_equal(pop->v6_count, 1);
        assert_int_equal(pop->v4[0][0], 198);
        assert_int_equal(pop->v4[0][1], mainland ? 18 : 19);
        assert_memory_equal(pop->v6[0], "\x20\x01\x0d\xb8", 4);
        for (uint16_t j = 0; j < i; j++) {
            assert_memory_not_equal(pop->v4[0], t->pops[j].v4[0], 4);
            assert_memory_not_equal(pop->v6[0], t->pops[j].v6[0], 16);
        }
    }
    assert_int_equal(near, 9); /* hkg mfm tpe khh nrt kix fuk icn sin */
}

static void a_pop_is_read_as_written(void **state)
{
    (void)state;
    static const uint8_t v4[4] = {198, 18, 18, 1};
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0x86, 0, 0x12,
                                   0,    0,    0,    0,    0, 0,    0, 1};
    const struct topology *t = world.t;
    const struct pop *pop = &t->pops[topology_find_pop(t, "xmn")];
    assert_string_equal(pop->city, "Xiamen");
    assert_string_equal(t->regions[pop->region].name, "fujian");
    assert_int_equal(pop->carriers, 1U << CARRIER_TELECOM | 1U << CARRIER_UNICOM);
    assert_true(pop->at.lat == 24.5440);
    assert_true(pop->at.lon == 118.1280);
    assert_memory_equal(pop->v4[0], v4, 4);
    assert_memory_equal(pop->v6[0], v6, 16);
    const struct pop *south = &t->pops[topology_find_pop(t, "dps")];
    assert_true(south->at.lat == -8.7482);
}

/* Every step of the file against the table, by a second reading of the format. */

struct geo {
    uint8_t *bytes;
    uint32_t n4, n6, records;
    const uint8_t *start4, *start6, *record, *value4, *value6;
};

static uint64_t little_endian(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;) {
        value = value << 8 | p[i];
    }
    return value;
}

static struct geo read_geo(void)
{
    struct geo g = {.bytes = malloc(4000000)};
    FILE *f = fopen("sim/data/geo.cne", "rb");
    assert_non_null(f);
    assert_non_null(g.bytes);
    size_t size = fread(g.bytes, 1, 4000000, f);
    fclose(f);
    assert_true(size > 32 && size < 4000000);
    g.n4 = (uint32_t)little_endian(g.bytes + 8, 4);
    g.n6 = (uint32_t)little_endian(g.bytes + 12, 4);
    g.records = (uint32_t)little_endian(g.bytes + 16, 4);
    g.start4 = g.bytes + 32;
    g.start6 = g.start4 + (size_t)4 * g.n4;
    g.record = g.start6 + (size_t)8 * g.n6;
    g.value4 = g.record + (size_t)12 * g.records;
    g.value6 = g.value4 + (size_t)2 * g.n4;
    return g;
}

static uint16_t region_seen[128][128]; /* province code -> region + 1 */

static void check_record(const struct geo *g, uint64_t record, struct prefix_match m)
{
    const uint8_t *r = g->record + (size_t)12 * record;
    const struct line *line = &world.t->lines[m.line];
    if (r[0] == 0 || (r[0] == 'Z' && r[1] == 'Z')) {
        assert_int_equal(m.line, world.t->unknown_line);
        return;
    }
    char country[3] = {(char)(r[0] + 32), (char)(r[1] + 32), '\0'};
    assert_string_equal(line->country, country);
    if (strcmp(country, "cn") != 0) return;
    uint16_t *seen = &region_seen[r[2]][r[3]];
    if (*seen == 0) *seen = (uint16_t)(line->region + 1);
    assert_int_equal(*seen, line->region + 1);
    assert_int_equal(line->region == 31, r[2] == '\0');
}

static void every_step_is_in_the_table(void **state)
{
    (void)state;
    struct geo g = read_geo();
    uint8_t address[16] = {0};
    for (uint32_t i = 0; i < g.n4; i++) {
        uint64_t start = little_endian(g.start4 + (size_t)4 * i, 4);
        for (unsigned b = 0; b < 4; b++) {
            address[b] = (uint8_t)(start >> (24 - 8 * b));
        }
        uint64_t record = little_endian(g.value4 + (size_t)2 * i, 2);
        check_record(&g, record, prefix_find4(world.p, address));
    }
    for (uint32_t i = 0; i < g.n6; i++) {
        uint64_t start = little_endian(g.start6 + (size_t)8 * i, 8);
        for (unsigned b = 0; b < 8; b++) {
            address[b] = (uint8_t)(start >> (56 - 8 * b));
        }
        uint64_t record = little_endian(g.value6 + (size_t)2 * i, 2);
        check_record(&g, record, prefix_find6(world.p, address));
    }
    free(g.bytes);
}

/* The same numbers from every compiler and at every level of optimisation. */
static void numbers_are_the_same_everywhere(void **state)
{
    (void)state;
    const struct topology *t = world.t;
    uint64_t h = 0;
    for (uint16_t line = 0; line < t->line_count; line++) {
        for (uint16_t pop = 0; pop < t->pop_count; pop++) {
            h = (h ^ topology_rtt_us(t, line, pop, true)) * UINT64_C(0x100000001B3);
        }
        for (uint16_t i = 0; i < t->pop_count; i++) {
            uint16_t pop = i < t->mainland_count ? t->lines[line].mainland[i]
                                                 : t->lines[line].outside[i - t->mainland_count];
            h = (h ^ pop) * UINT64_C(0x100000001B3);
        }
    }
    assert_int_equal(h, UINT64_C(0xCBF2EEE9ABB5D1F7));
}

static void missing_lines_become_the_unknown_line(void **state)
{
    (void)state;
    struct test_heap heap = {.blocks_max = TEST_HEAP_BLOCKS};
    struct arena a;
    arena_init(&a, test_heap_more, &heap);
    struct topology_spec spec;
    assert_true(builtin_spec(&a, &spec));
    struct line lines[2] = {spec.lines[spec.unknown_line],
                            world.t->lines[topology_find_line(world.t, "de")]};
    spec.lines = lines;
    spec.line_count = 2;
    spec.unknown_line = 0;
    const struct topology *t = topology_build(&a, &spec);
    assert_non_null(t);
    const struct prefix_table *p = builtin_prefixes(&a, t);
    assert_non_null(p);
    static const uint8_t de[4] = {217, 237, 150, 51};
    static const uint8_t us[4] = {8, 8, 8, 8};
    static const uint8_t cn[4] = {202, 96, 209, 0};
    assert_int_equal(prefix_find4(p, de).line, 1);
    assert_int_equal(prefix_find4(p, us).line, 0);
    assert_int_equal(prefix_find4(p, cn).line, 0);
    test_heap_free(&heap);
}

static void memory_runs_out(void **state)
{
    (void)state;
    bool built = false;
    for (unsigned blocks = 0; !built; blocks++) {
        struct test_heap heap = {.blocks_max = blocks};
        struct arena a;
        struct topology_spec spec;
        arena_init(&a, test_heap_more, &heap);
        bool have_spec = builtin_spec(&a, &spec);
        built = have_spec && builtin_prefixes(&a, world.t) != NULL;
        assert_int_equal(built, !a.failed);
        test_heap_free(&heap);
    }
}

/* The index finds what the table finds, on both sides of each place where the line changes. */
static void check_index_at(const struct prefix_index *x, uint64_t at, bool v6)
{
    uint8_t b[16] = {0};
    unsigned bytes = v6 ? 8 : 4;
    for (unsigned i = 0; i < bytes; i++) {
        b[i] = (uint8_t)(at >> 8 * (bytes - 1 - i));
    }
    struct prefix_match want = v6 ? prefix_find6(world.p, b) : prefix_find4(world.p, b);
    struct prefix_match is = v6 ? prefix_index_find6(x, b) : prefix_index_find4(x, b);
    if (is.line != want.line || is.length != want.length) fail_msg("at %llx", (long long)at);
}

static void index_is_the_table(void **state)
{
    (void)state;
    const struct prefix_index *x = prefix_index_build(&world.arena, world.p);
    assert_non_null(x);
    for (uint32_t i = 1; i < world.p->n4; i++) {
        check_index_at(x, world.p->start4[i], false);
        check_index_at(x, world.p->start4[i] - 1, false);
    }
    for (uint32_t i = 1; i < world.p->n6; i++) {
        check_index_at(x, world.p->start6[i], true);
        check_index_at(x, world.p->start6[i] - 1, true);
    }
    check_index_at(x, UINT32_MAX, false);
    check_index_at(x, UINT64_MAX, true);
    assert_in_range(x->node_count, 1, 120000); /* 64 bytes each */
}

int main(void)
{
    struct CMUnitTest addresses[CN_ARRAY_LEN(address_rows)];
    struct CMUnitTest nearest[CN_ARRAY_LEN(nearest_rows)];
    const struct CMUnitTest others[] = {
        cmocka_unit_test(near_pops_are_nearest_for_the_mainland),
        cmocka_unit_test(regions_are_complete),
        cmocka_unit_test(lines_are_complete),
        cmocka_unit_test(pops_are_complete),
        cmocka_unit_test(a_pop_is_read_as_written),
        cmocka_unit_test(every_step_is_in_the_table),
        cmocka_unit_test(index_is_the_table),
        cmocka_unit_test(numbers_are_the_same_everywhere),
        cmocka_unit_test(missing_lines_become_the_unknown_line),
        cmocka_unit_test(memory_runs_out),
    };
    TABLE_TESTS(addresses, address_rows, address_is_on_its_line);
    TABLE_TESTS(nearest, nearest_rows, nearest_is);
    int failed = cmocka_run_group_tests_name("addresses", addresses, build_world, free_world);
    failed += cmocka_run_group_tests_name("nearest", nearest, build_world, free_world);
    return failed + cmocka_run_group_tests_name("builtin", others, build_world, free_world);
}
