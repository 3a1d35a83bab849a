/* SPDX-License-Identifier: MIT
 * The networks of a MaxMind DB: what a walk over the tree finds is what libmaxminddb finds when it
 * looks addresses up; trees that are none are refused; the limits, each at its edge. */
#define _POSIX_C_SOURCE 200809L
#include <maxminddb.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../sim/scenario/mmdb_tree.h"
#include "cnedge/base/rng.h"
#include "mmdb_made.h"
#include "test.h"

enum { GOT_MAX = MMDB_WHY_MAX + MMDB_NETWORK_MAX + 4 };

static char path[] = "/tmp/cnedge-mmdb-XXXXXX";
static struct made made;

/* --- what is wrong with a tree ---------------------------------------------------------------- */

struct seen {
    uint64_t networks, records;
    uint64_t next4, next6; /* where the next network has to begin */
    bool gap;
};

static bool look(void *owner, const struct mmdb_network *n, uint32_t offset)
{
    struct seen *s = owner;
    s->networks++;
    s->records += offset != CN_NONE32;
    if (!n->v6) {
        s->gap = s->gap || n->address != s->next4;
        s->next4 = n->address + (UINT64_C(1) << (32 - n->bits));
    } else if (n->bits <= 64) {
        s->gap = s->gap || n->address != s->next6;
        s->next6 = n->bits == 0 ? 0 : n->address + (UINT64_C(1) << (64 - n->bits));
    }
    return true;
}

/* Walks the file; "" or what is wrong, with the network. */
static void walk(struct seen *s, char out[GOT_MAX])
{
    char why[MMDB_WHY_MAX];
    struct mmdb_fault fault;
    *s = (struct seen){0};
    out[0] = '\0';
    made_file(&made);
    made_write(&made, path);
    struct MMDB_s *db = mmdb_tree_open(path, why);
    if (db == NULL) {
        snprintf(out, GOT_MAX, "%s", why);
        return;
    }
    if (mmdb_tree_walk(db, look, s, &fault) != CN_OK) {
        char network[MMDB_NETWORK_MAX];
        mmdb_network_text(&fault.where, network);
        snprintf(out, GOT_MAX, "%s: %s", network, fault.why);
    }
    mmdb_tree_close(db);
}

static void wants(const char *want)
{
    struct seen s;
    char got[GOT_MAX];
    walk(&s, got);
    if (want[0] == '\0' || strncmp(got, want, strlen(want)) != 0) assert_string_equal(got, want);
}

#define CIRCLE  "expected a tree as deep as an address is long, got a deeper one"
#define OUTSIDE "expected a record within the file, got one that leads out of it"

static void test_circles(void **state)
{
    (void)state;
    for (unsigned version = 4; version <= 6; version += 2) {
        made_init(&made, version, 24);
        made_node(&made, 0, 0);
        wants("0.0.0.0/32: " CIRCLE);
        made_init(&made, version, 28);
        made_node(&made, MADE_NOTHING, 1);
        made_node(&made, 0, MADE_NOTHING);
        wants(version == 4 ? "170.170.170.170/32: " CIRCLE
                           : "aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa/128: " CIRCLE);
    }
    /* The node at which IPv4 begins leads to itself. */
    made_init(&made, 6, 32);
    for (uint32_t i = 0; i < 96; i++) {
        made_node(&made, i + 1, MADE_NOTHING);
    }
    made_node(&made, MADE_NOTHING, 96);
    wants("255.255.255.255/32: " CIRCLE);
}

static void test_records(void **state)
{
    static const unsigned sizes[] = {24, 28, 32};
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(sizes); i++) {
        struct seen s;
        char got[GOT_MAX];
        for (uint32_t gap = 1; gap < MADE_GAP; gap++) { /* between tree and data */
            made_init(&made, 4, sizes[i]);
            made_node(&made, MADE_NOTHING, MADE_DATA - gap);
            wants("128.0.0.0/1: " OUTSIDE);
        }
        made_init(&made, 4, sizes[i]);
        made_node(&made, MADE_DATA + 60000, MADE_NOTHING);
        wants("0.0.0.0/1: " OUTSIDE);
        made_init(&made, 4, sizes[i]);
        made_node(&made, MADE_NOTHING, made_line(&made, "de"));
        walk(&s, got);
        assert_string_equal(got, "");
        assert_int_equal(s.networks, 3); /* two of IPv4, all of IPv6 */
        assert_int_equal(s.records, 1);
        assert_false(s.gap);
    }
}

static void test_told_nodes(void **state)
{
    static const uint32_t wrong[] = {2,          100,        10000,      0x15555556, 0x20000001,
                                     0x20000002, 0x24924925, 0x2AAAAAAB, 0x7FFFFFFF, 0xFFFFFFFF};
    static const unsigned sizes[] = {24, 28, 32};
    (void)state;
    for (size_t k = 0; k < CN_ARRAY_LEN(wrong); k++) {
        for (size_t i = 0; i < CN_ARRAY_LEN(sizes); i++) {
            struct seen s;
            char got[GOT_MAX];
            made_init(&made, i % 2 == 0 ? 4 : 6, sizes[i]);
            made_node(&made, MADE_NOTHING, MADE_NOTHING);
            made.told_nodes = wrong[k];
            walk(&s, got); /* whatever it finds, it comes back */
            if (wrong[k] > 1000) assert_int_equal(strncmp(got, "expected a MaxMind DB", 21), 0);
        }
    }
    made_init(&made, 5, 24);
    made_node(&made, MADE_NOTHING, MADE_NOTHING);
    wants("expected a MaxMind DB");
}

/* A node whose halves are the same one, `levels` times: looked at 2^levels - 1 times. */
static void test_nodes_limit(void **state)
{
    struct seen s;
    char got[GOT_MAX];
    (void)state;
    _Static_assert(MMDB_NODES_MAX == (1 << 24) - 1, "24 levels");
    for (uint32_t more = 0; more < 2; more++) {
        made_init(&made, 4, 24);
        for (uint32_t i = 0; i < 24; i++) {
            uint32_t next = i + 1 < 24 ? i + 1 : MADE_NOTHING;
            made_node(&made, next, next);
        }
        uint32_t last = made_node(&made, MADE_NOTHING, MADE_NOTHING);
        if (more == 1) made.node[23][1] = last;
        walk(&s, got);
        if (more == 0) {
            assert_string_equal(got, "");
            assert_int_equal(s.networks, MMDB_NODES_MAX + 1 + 1);
        } else {
            assert_non_null(strstr(got, "expected a walk over at most 16777215 nodes, got more"));
        }
    }
}

/* --- the library as the oracle -----------------------------------------------------------------
 */

struct oracle {
    struct MMDB_s *db;
    uint32_t wrong, found;
};

static bool compare(void *owner, const struct mmdb_network *n, uint32_t offset)
{
    struct oracle *o = owner;
    char text[MMDB_NETWORK_MAX];
    int gai = 0;
    int status = MMDB_SUCCESS;
    bool v4_part = n->v6 && n->address == 0;
    bool alias = n->v6 && n->address >> 48 == 0x2002;
    if (v4_part || alias) {
        o->wrong += offset != CN_NONE32 && n->bits >= 64;
        return true;
    }
    mmdb_network_text(n, text);
    *strchr(text, '/') = '\0';
    MMDB_lookup_result_s r = MMDB_lookup_string(o->db, text, &gai, &status);
    uint32_t want = r.found_entry ? r.entry.offset : CN_NONE32;
    o->wrong += gai != 0 || status != MMDB_SUCCESS || want != offset;
    o->found += r.found_entry;
    return true;
}

struct dice {
    uint64_t seed, n;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
    return (uint32_t)(rng_draw(d->seed, "mmdb", "tree", d->n++) % sides);
}

static void random_tree(struct dice *d, unsigned version)
{
    static const unsigned sizes[] = {24, 28, 32};
    uint32_t record[4];
    made_init(&made, version, sizes[roll(d, 3)]);
    made_node(&made, MADE_NOTHING, MADE_NOTHING);
    record[0] = MADE_NOTHING;
    for (int i = 1; i < 4; i++) {
        record[i] = made_line(&made, i == 1 ? "de" : "us");
    }
    for (int i = 0; i < 40; i++) {
        uint8_t address[16] = {0};
        bool v4 = version == 4 || roll(d, 2) == 0;
        unsigned skip = v4 && version == 6 ? 96 : 0;
        unsigned bits = v4 ? 32 : roll(d, 4) == 0 ? 128 : 64;
        for (unsigned k = skip / 8; k < (skip + bits) / 8; k++) {
            address[k] = (uint8_t)roll(d, roll(d, 3) == 0 ? 256 : 4);
        }
        if (!v4 && address[0] == 0) address[0] = 0x24;
        made_put(&made, address, skip + 1 + roll(d, bits), record[roll(d, 4)]);
    }
    if (version == 4 || roll(d, 2) == 0) return;
    uint32_t at = 0;
    for (int i = 0; i < 96 && at < MADE_DATA; i++) {
        at = made.node[at][0];
    }
    if (at < MADE_DATA) made_put(&made, (const uint8_t *)"\x20\x02", 16, at);
}

static void test_oracle(void **state)
{
    (void)state;
    uint32_t found = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct dice d = {seed, 0};
        struct mmdb_fault fault;
        char why[MMDB_WHY_MAX];
        random_tree(&d, seed % 2 == 0 ? 6 : 4);
        made_file(&made);
        made_write(&made, path);
        struct oracle o = {.db = mmdb_tree_open(path, why)};
        assert_non_null(o.db);
        assert_int_equal(mmdb_tree_walk(o.db, compare, &o, &fault), CN_OK);
        assert_int_equal(o.wrong, 0);
        found += o.found;
        mmdb_tree_close(o.db);
    }
    assert_true(found > 1000);
}

/* --- metadata -----------------------------------------------------------------------------------
 */

static void test_metadata(void **state)
{
    /* A list of two pointers to a list of two pointers and so on would be 2^n values. */
    static const uint8_t bomb[] = {2, 4, 0x28, 0, 0x28, 0};
    static const uint8_t text[] = {1, 4, 0x20, 1};     /* a pointer to the first key */
    static const uint8_t circle[] = {1, 4, 0x20, 0};   /* a pointer to the map around it */
    static const uint8_t map[] = {1, 4, 0xE0};         /* no text */
    static const uint8_t beyond[] = {1, 4, 0x27, 255}; /* out of the file */
    static const struct {
        const uint8_t *bytes;
        size_t len;
        bool good;
    } rows[] = {{bomb, sizeof(bomb), false},
                {text, sizeof(text), true},
                {circle, sizeof(circle), false},
                {map, sizeof(map), false},
                {beyond, sizeof(beyond), false}};
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct seen s;
        char got[GOT_MAX];
        made_init(&made, 4, 24);
        made_node(&made, MADE_NOTHING, MADE_NOTHING);
        made.languages = rows[i].bytes;
        made.languages_len = rows[i].len;
        walk(&s, got);
        assert_int_equal(got[0] == '\0', rows[i].good);
    }
}

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    CN_ASSERT(fd >= 0);
    close(fd);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_circles),    cmocka_unit_test(test_records),
        cmocka_unit_test(test_told_nodes), cmocka_unit_test(test_nodes_limit),
        cmocka_unit_test(test_oracle),     cmocka_unit_test(test_metadata),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
