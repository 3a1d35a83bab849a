/* SPDX-License-Identifier: MIT
 * MaxMind DB files in a scenario: what records say, how much is read of them, and damaged files, of
 * which each is refused or read, byte by byte. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <unistd.h>

#include "../../sim/scenario/mmdb.h"
#include "../../sim/scenario/mmdb_record.h"
#include "cnedge/model/builtin.h"
#include "loaded.h"
#include "mmdb_made.h"
#include "test.h"

enum { NAME_MAX = 64 };

static char folder[] = "/tmp/cnedge-mmdb-XXXXXX";
static char file[NAME_MAX];
static struct made made;

/* --- headers of values ---------------------------------------------------------------------------
 */

struct values_row {
    const char *name;
    const char *bytes;
    size_t len;
    size_t end; /* 0: damaged */
    uint64_t values;
};

#define BYTES(text) (text), sizeof(text) - 1

static struct values_row values_rows[] = {
    {"nothing", BYTES(""), 0, 0},
    {"empty text", BYTES("\x40"), 1, 1},
    {"text",
     BYTES("\x42"
           "ab"),
     3, 1},
    {"text that is cut",
     BYTES("\x42"
           "a"),
     0, 1},
    {"text of 29 bytes",
     BYTES("\x5D\x00"
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
     31, 1},
    {"text of 30 bytes that is cut",
     BYTES("\x5D\x01"
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
     0, 1},
    {"text of 285 bytes or more", BYTES("\x5E\x00\x00"), 0, 1},
    {"text of 65821 bytes or more", BYTES("\x5F\x00\x00\x00"), 0, 1},
    {"its size is cut", BYTES("\x5F\x00\x00"), 0, 0},
    {"extended: true", BYTES("\x01\x07"), 2, 1},
    {"extended: float",
     BYTES("\x04\x08"
           "1234"),
     6, 1},
    {"extended, no type", BYTES("\x04"), 0, 0},
    {"extended: a container", BYTES("\x00\x05"), 0, 0},
    {"extended: an end", BYTES("\x00\x06"), 0, 0},
    {"extended: a map", BYTES("\x00\x00"), 0, 0},
    {"extended: no such type", BYTES("\x00\x09"), 0, 0},
    {"pointers", BYTES("\x20\x01"), 2, 1},
    {"pointer of two bytes", BYTES("\x28\x01\x02"), 3, 1},
    {"pointer of three bytes", BYTES("\x30\x01\x02\x03"), 4, 1},
    {"pointer of four bytes", BYTES("\x38\x01\x02\x03\x04"), 5, 1},
    {"pointer that is cut", BYTES("\x38\x01\x02\x03"), 0, 0},
    {"list", BYTES("\x02\x04\x40\x40"), 4, 3},
    {"list that is cut", BYTES("\x02\x04\x40"), 0, 2},
    {"map",
     BYTES("\xE1\x41"
           "a\x41"
           "b"),
     5, 3},
    {"map in a map",
     BYTES("\xE1\x41"
           "a\xE1\x41"
           "b\x40"),
     7, 5},
    {"map without a value",
     BYTES("\xE1\x41"
           "a"),
     0, 2},
    {"only what there is",
     BYTES("\x41"
           "a\x41"
           "b"),
     2, 1},
};

static void test_values(void **state)
{
    const struct values_row *r = *state;
    struct mmdb_bytes b = {(const uint8_t *)r->bytes, r->len};
    uint64_t budget = 100;
    assert_int_equal(mmdb_values_end(b, 0, &budget), r->end);
    assert_int_equal(budget, 100 - r->values);
    if (r->end == 0) return;
    budget = r->values; /* just enough, and one too few */
    assert_int_equal(mmdb_values_end(b, 0, &budget), r->end);
    assert_int_equal(budget, 0);
    budget = r->values - 1;
    assert_int_equal(mmdb_values_end(b, 0, &budget), 0);
}

/* Which fields a record has, for a message; damaged ones have none. */
static void test_fields(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *want;
    } rows[] = {
        {BYTES(""), ""},
        {BYTES("\x41"
               "a"),
         ""},
        {BYTES("\xE1\x41"
               "a\x41"
               "b"),
         "a"},
        {BYTES("\xE1\x41"
               "a\xE1\x41"
               "b\x40"),
         "a.b"},
        {BYTES("\xE3\x41"
               "a\x40\x45"
               "bcdef\x40\x44"
               "ghij\x40"),
         "a, bcdef, ..."},
        {BYTES("\xE1\x41"
               "a\x20\x00"), /* a map that leads to itself */
         ""},
        {BYTES("\xE1\x42"
               "a"),
         ""},
    };
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        char fields[16];
        struct mmdb_bytes b = {(const uint8_t *)rows[i].bytes, rows[i].len};
        mmdb_values_paths(b, 0, fields, sizeof(fields));
        assert_string_equal(fields, rows[i].want);
    }
}

/* --- paths -------------------------------------------------------------------------------------
 */

static void test_paths(void **state)
{
    struct mmdb_path p;
    (void)state;
    assert_true(mmdb_path_read(&p, "country.iso_code"));
    assert_int_equal(p.count, 2);
    assert_string_equal(p.step[0], "country");
    assert_string_equal(p.step[1], "iso_code");
    assert_true(mmdb_path_read(&p, "1.2.3.4.5.6.7.8"));
    assert_int_equal(p.count, MMDB_STEPS_MAX);
    assert_false(mmdb_path_read(&p, "1.2.3.4.5.6.7.8.9"));
}

/* --- what is said ----------------------------------------------------------------------------- */

/* Fields as text: "line|country|province|carrier", "" for none. */
struct says_row {
    const char *name;
    const char *below, *above; /* two records */
    const char *before;        /* the line beneath them */
    const char *want;
};

static struct says_row says_rows[] = {
    {"nothing", "|||", "|||", "us", "us"},
    {"country", "|DE||", "|||", "us", "de"},
    {"country, the later one wins", "|DE||", "|FR||", "us", "fr"},
    {"country without a line", "|XZ||", "|||", "us", "unknown"},
    {"China, nothing beneath", "|CN||", "|||", "unknown", "cn/unknown/other"},
    {"China, the rest stays", "|cn||", "|||", "cn/fujian/mobile", "cn/fujian/mobile"},
    {"province, code", "|CN|FJ|", "|||", "us", "cn/fujian/other"},
    {"province, long code", "|CN|cn-nm|", "|||", "us", "cn/inner-mongolia/other"},
    {"province, name", "|CN|inner-mongolia|", "|||", "us", "cn/inner-mongolia/other"},
    {"province, as others write it", "|CN|Inner Mongolia|", "|||", "us", "cn/inner-mongolia/other"},
    {"province, capital letter", "|CN|Fujian|", "|||", "us", "cn/fujian/other"},
    {"line, capital letters", "DE|||", "|||", "us", "de"},
    {"carrier, capital letter", "|||Unicom", "|||", "cn/hebei/mobile", "cn/hebei/unicom"},
    {"province, the carrier stays", "|CN|FJ|", "|||", "cn/hebei/mobile", "cn/fujian/mobile"},
    {"no province elsewhere", "|US|CA|", "|||", "de", "us"},
    {"carrier", "|||unicom", "|||", "cn/hebei/mobile", "cn/hebei/unicom"},
    {"carrier of a client elsewhere", "|||unicom", "|||", "us", "us"},
    {"carrier of a record elsewhere", "|US||unicom", "|CN||", "de", "cn/unknown/other"},
    {"two files", "|CN|GD|", "|||cable", "us", "cn/guangdong/cable"},
    {"two files, the other way round", "|||cable", "|CN|GD|", "us", "cn/guangdong/cable"},
    {"line", "cn/hebei/mobile|||", "|||", "us", "cn/hebei/mobile"},
    {"line, the later one wins", "|CN|GD|cable", "de|||", "us", "de"},
    {"line, then a country", "de|||", "|FR||", "us", "fr"},
    {"line, then a carrier", "cn/hebei/mobile|||", "|||cable", "us", "cn/hebei/cable"},
    {"line, then the same country", "cn/hebei/mobile|||", "|CN||", "us", "cn/hebei/mobile"},
    {"line of nowhere", "unknown|||", "|||", "us", "unknown"},
};

static struct {
    struct heap heap;
    struct arena arena;
    const struct topology *topology;
    struct names lines;
} world;

static size_t put_text(uint8_t *out, const char *text, size_t len)
{
    CN_ASSERT(len < 29);
    out[0] = (uint8_t)(2U << 5 | len);
    memcpy(out + 1, text, len);
    return len + 1;
}

/* A record of the fields that are there; their keys are l, c, p, o. */
static uint32_t put_record(const char *fields)
{
    static const char keys[] = "lcpo";
    uint8_t bytes[256] = {0};
    size_t at = 1;
    unsigned count = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t len = strcspn(fields, "|");
        if (len > 0) {
            at += put_text(bytes + at, &keys[i], 1);
            at += put_text(bytes + at, fields, len);
            count++;
        }
        fields += len + (fields[len] == '|');
    }
    bytes[0] = (uint8_t)(7U << 5 | count);
    return made_data(&made, bytes, at);
}

static void open_reader(struct mmdb_reader *r)
{
    static const char *const paths[MMDB_FIELD_COUNT] = {"l", "c", "p", "o"};
    char why[MMDB_WHY_MAX];
    made_file(&made);
    made_write(&made, file);
    *r = (struct mmdb_reader){.db = mmdb_tree_open(file, why), .budget = 1000};
    assert_non_null(r->db);
    r->data = mmdb_tree_data(r->db);
    r->topology = world.topology;
    r->lines = &world.lines;
    for (int i = 0; i < MMDB_FIELD_COUNT; i++) {
        assert_true(mmdb_path_read(&r->path[i], paths[i]));
    }
}

static void test_says(void **state)
{
    const struct says_row *row = *state;
    struct mmdb_reader r;
    char why[DIAG_TEXT_MAX];
    mmdb_says below;
    mmdb_says above;
    made_init(&made, 4, 24);
    made_node(&made, MADE_NOTHING, MADE_NOTHING);
    uint32_t first = put_record(row->below) - MADE_DATA;
    uint32_t second = put_record(row->above) - MADE_DATA;
    open_reader(&r);
    assert_int_equal(mmdb_record_read(&r, first, &below, why), CN_OK);
    assert_int_equal(mmdb_record_read(&r, second, &above, why), CN_OK);
    mmdb_says both = mmdb_says_over(below, above);
    uint16_t line =
        mmdb_says_line(world.topology, both, topology_find_line(world.topology, row->before));
    assert_string_equal(world.topology->lines[line].name, row->want);
    mmdb_tree_close(r.db);
}

/* A record is counted once, however many fields it has; one value too many is a limit. */
static void test_budget(void **state)
{
    struct mmdb_reader r;
    char why[DIAG_TEXT_MAX];
    mmdb_says says;
    (void)state;
    for (unsigned more = 0; more < 2; more++) {
        made_init(&made, 4, 24);
        made_node(&made, MADE_NOTHING, MADE_NOTHING);
        uint32_t at = put_record("|CN|GD|cable") - MADE_DATA;
        open_reader(&r);
        r.budget = 7 - more;
        enum cn_status status = mmdb_record_read(&r, at, &says, why);
        assert_int_equal(status, more == 0 ? CN_OK : CN_E_LIMIT);
        if (more == 1)
            assert_string_equal(why, "expected records of at most 536870912 values, got "
                                     "more");
        mmdb_tree_close(r.db);
    }
}

/* --- whole scenarios ---------------------------------------------------------------------------
 */

#define HEAD                                                                                       \
    "{\"cnedge\":1,\"name\":\"m\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","             \
    "\"world\":{\"pops\":[{\"id\":\"a\",\"country\":\"de\",\"lat\":1,\"lon\":2,"                   \
    "\"v4\":\"192.0.2.1\",\"v6\":\"2001:db8::1\"}],"                                               \
    "\"lines\":[{\"name\":\"de\",\"lat\":1,\"lon\":2},{\"name\":\"us\",\"lat\":1,\"lon\":2}],"     \
    "\"mmdb\":[%s]}}"

static void load(struct loaded *l, const char *mmdb)
{
    char text[4096];
    char name[NAME_MAX];
    memset(l, 0, sizeof(*l));
    heap_init(&l->heap, &l->arena);
    snprintf(name, sizeof(name), "%s/s.json", folder);
    snprintf(text, sizeof(text), HEAD, mmdb);
    struct scenario_text t = {name, text, strlen(text)};
    l->s = scenario_parse(&l->arena, &t, &l->diags, &l->status);
    assert_int_equal(l->s == NULL, l->diags.errors > 0);
}

#define LINE_FILE "{\"file\":\"x.mmdb\",\"line\":\"line\"}"

static const char *line_of(const struct loaded *l, const uint8_t *v4)
{
    const struct world_spec *w = &l->s->world;
    return w->topology->lines[prefix_find4(w->prefixes, v4).line].name;
}

static void make_small(void)
{
    made_init(&made, 6, 28);
    made_node(&made, MADE_NOTHING, MADE_NOTHING);
    made_put(&made, (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0\xC6\x33\x64", 120,
             made_line(&made, "de"));
    made_put(&made, (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0\xC6\x33\x65", 120,
             made_line(&made, "us"));
    made_put(&made, (const uint8_t *)"\x20\x01\x0d\xb8", 32, made_line(&made, "de"));
    made_file(&made);
}

static void test_load(void **state)
{
    struct loaded l;
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 1};
    (void)state;
    make_small();
    made_write(&made, file);
    load(&l, LINE_FILE);
    assert_non_null(l.s);
    assert_string_equal(line_of(&l, (const uint8_t[]){198, 51, 100, 255}), "de");
    assert_string_equal(line_of(&l, (const uint8_t[]){198, 51, 101, 0}), "us");
    assert_string_equal(line_of(&l, (const uint8_t[]){198, 51, 102, 0}), "unknown");
    const struct world_spec *w = &l.s->world;
    assert_string_equal(w->topology->lines[prefix_find6(w->prefixes, v6).line].name, "de");
    assert_int_equal(w->prefixes->n4, 4);
    assert_int_equal(w->prefixes->n6, 3);
    assert_int_equal(w->prefix_sources->n4, 3); /* two networks side by side */
    assert_int_equal(prefix_find6(w->prefix_sources, v6).line, PREFIX_MMDB);
    assert_string_equal(w->prefix_files[0], "x.mmdb");
    loaded_free(&l);
}

/* Whatever has happened to a file, it is refused or read, and the same twice. */
static void try_damaged(void)
{
    uint32_t n4[2] = {0, 0};
    int errors[2];
    made_write(&made, file);
    for (int i = 0; i < 2; i++) {
        struct loaded l;
        load(&l, LINE_FILE);
        errors[i] = l.diags.errors;
        if (l.s != NULL) n4[i] = l.s->world.prefixes->n4;
        loaded_free(&l);
    }
    assert_int_equal(errors[0], errors[1]);
    assert_int_equal(n4[0], n4[1]);
}

static void test_damaged(void **state)
{
    (void)state;
    make_small();
    size_t len = made.len;
    for (size_t i = 0; i < len; i++) {
        static const uint8_t flips[] = {0xFF, 0x80, 0x01};
        for (size_t k = 0; k < CN_ARRAY_LEN(flips); k++) {
            if (i < 1000 && k > 0 && i % 7 != 0) continue; /* the tree has many bytes alike */
            made.bytes[i] ^= flips[k];
            try_damaged();
            made.bytes[i] ^= flips[k];
        }
    }
}

static void test_cut(void **state)
{
    (void)state;
    make_small();
    for (size_t len = made.len; len-- > 0;) {
        struct loaded l;
        made.len = len;
        made_write(&made, file);
        load(&l, LINE_FILE);
        assert_null(l.s);
        loaded_free(&l);
    }
}

/* --- limits ----------------------------------------------------------------------------------- */

static void test_bytes_limit(void **state)
{
    (void)state;
    make_small();
    made_write(&made, file);
    for (int more = 0; more < 2; more++) {
        struct loaded l;
        assert_int_equal(truncate(file, (off_t)MMDB_BYTES_MAX + more), 0); /* takes no room */
        load(&l, LINE_FILE);
        assert_null(l.s);
        const char *want = more == 0 ? "expected a MaxMind DB (format 2), got: "
                                     : "expected a file of at most 512 MiB, got ";
        l.diags.item[0].text[strlen(want)] = 0;
        assert_string_equal(l.diags.item[0].text, want);
        assert_int_equal(l.status, more == 0 ? CN_E_INVALID : CN_E_LIMIT);
        loaded_free(&l);
    }
}

static void test_files_limit(void **state)
{
    (void)state;
    make_small();
    made_write(&made, file);
    for (int more = 0; more < 2; more++) {
        struct loaded l;
        char list[2048];
        size_t len = 0;
        for (int i = 0; i < MMDB_FILES_MAX + more; i++) {
            const char *comma = i > 0 ? "," : "";
            len += (size_t)snprintf(list + len, sizeof(list) - len, "%s" LINE_FILE, comma);
        }
        load(&l, list);
        assert_int_equal(l.s == NULL, more);
        if (more == 1) {
            assert_string_equal(l.diags.item[0].text, "expected at most 16 items, got 17");
            assert_string_equal(l.diags.item[0].path, "/world/mmdb");
        }
        loaded_free(&l);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    struct topology_spec spec;
    CN_ASSERT(mkdtemp(folder) != NULL);
    snprintf(file, sizeof(file), "%s/x.mmdb", folder);
    heap_init(&world.heap, &world.arena);
    CN_ASSERT(builtin_spec(&world.arena, &spec));
    world.topology = topology_build(&world.arena, &spec);
    CN_ASSERT(world.topology != NULL);
    CN_ASSERT(names_init(&world.lines, &world.arena, world.topology->line_count));
    for (uint16_t i = 0; i < world.topology->line_count; i++) {
        names_add(&world.lines, world.topology->lines[i].name, i);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    heap_free(&world.heap);
    remove(file);
    return rmdir(folder);
}

int main(void)
{
    static struct CMUnitTest values[CN_ARRAY_LEN(values_rows)];
    static struct CMUnitTest says[CN_ARRAY_LEN(says_rows)];
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(test_fields),      cmocka_unit_test(test_paths),
        cmocka_unit_test(test_budget),      cmocka_unit_test(test_load),
        cmocka_unit_test(test_damaged),     cmocka_unit_test(test_cut),
        cmocka_unit_test(test_bytes_limit), cmocka_unit_test(test_files_limit),
    };
    TABLE_TESTS(values, values_rows, test_values)
    TABLE_TESTS(says, says_rows, test_says)
    set_up(NULL);
    int failed = cmocka_run_group_tests_name("values", values, NULL, NULL) +
                 cmocka_run_group_tests_name("says", says, NULL, NULL) +
                 cmocka_run_group_tests_name("files", others, NULL, NULL);
    tear_down(NULL);
    return failed;
}
