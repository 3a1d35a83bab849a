/* SPDX-License-Identifier: MIT
 * Every limit of the format is a limit at exactly its value: at it there is no complaint about it,
 * one more is reported at the right place. */
#include "../../sim/scenario/mmdb.h"
#include "test.h"

#include "loaded.h"

#define HEAD "{\"cnedge\":1,\"name\":\"limits\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","

struct limit_row {
    const char *name;
    const char *before, *item, *between, *after; /* the document: before, items, after */
    size_t max;
    const char *pointer;
};

/* Openings, each closed by the rest of the row. */
#define HOST   "\"sites\":[{\"domain\":\"shop.example\",\"hosts\":[{\"name\":\"a\","
#define POP    "\"world\":{\"pops\":[{\"id\":\"hkg\",\"country\":\"hk\",\"lat\":1,\"lon\":2,"
#define EXPECT "\"expect\":[{\"at\":\"end\",\"from\":\"*\",\"name\":\"a.example\","
#define EVENT  "\"events\":[{\"at\":\"end\",\"do\":\"pop_up\","

// clang-format off
static struct limit_row rows[] = {
    {"events", HEAD "\"events\":[", "0", ",", "]}", SCENARIO_EVENTS_MAX, "/events"},
    {"expectations", HEAD "\"expect\":[", "0", ",", "]}", SCENARIO_EXPECTATIONS_MAX, "/expect"},
    {"sites", HEAD "\"sites\":[", "0", ",", "]}", SPEC_SITES_MAX, "/sites"},
    {"portfolios", HEAD "\"portfolios\":[", "0", ",", "]}", SCENARIO_PORTFOLIOS_MAX, "/portfolios"},
    {"holders", HEAD "\"holders\":[", "0", ",", "]}", SPEC_HOLDERS_MAX, "/holders"},
    {"accounts", HEAD "\"accounts\":[", "0", ",", "]}", SPEC_ACCOUNTS_MAX, "/accounts"},
    {"filings", HEAD "\"filings\":[", "0", ",", "]}", SPEC_SITES_MAX, "/filings"},
    {"nameservers", HEAD "\"nameservers\":[", "\"a.example\"", ",", "]}", SPEC_NAMESERVERS_MAX,
     "/nameservers"},
    {"PoPs", HEAD "\"world\":{\"pops\":[", "0", ",", "]}}", TOPOLOGY_POPS_MAX, "/world/pops"},
    {"lines", HEAD "\"world\":{\"lines\":[", "0", ",", "]}}", TOPOLOGY_LINES_MAX - 1,
     "/world/lines"},
    {"prefixes", HEAD "\"world\":{\"prefixes\":[", "0", ",", "]}}", 1000000, "/world/prefixes"},
    {"MaxMind DB files", HEAD "\"world\":{\"mmdb\":[", "0", ",", "]}}", 16, "/world/mmdb"},
    {"addresses of a PoP", HEAD POP "\"v4\":[", "\"192.0.2.1\"", ",", "]}]}}", POP_ADDRESSES_MAX,
     "/world/pops/0/v4"},
    {"PoP ids", HEAD EVENT "\"pop\":\"", "a", "", "\"}]}", POP_ID_MAX - 1, "/events/0/pop"},
    {"cities", HEAD POP "\"city\":\"", "a", "", "\"}]}}", CITY_MAX - 1, "/world/pops/0/city"},
    {"line names", HEAD "\"world\":{\"lines\":[{\"name\":\"us/", "a", "", "\"}]}}",
     LINE_NAME_MAX - 1 - 3, "/world/lines/0/name"},
    {"top-level domains", HEAD "\"choices\":{\"approved_tlds\":[", "\"a\"", ",", "]}}",
     CHOICES_LIST_MAX, "/choices/approved_tlds"},
    {"length of a top-level domain", HEAD "\"choices\":{\"approved_tlds\":[\"", "a", "", "\"]}}",
     CHOICES_ITEM_MAX - 1, "/choices/approved_tlds/0"},
    {"TXT records", HEAD HOST "\"txt\":[", "\"\"", ",", "]}]}]}", SPEC_TXT_MAX,
     "/sites/0/hosts/0/txt"},
    {"length of a TXT record", HEAD HOST "\"txt\":[\"", "t", "", "\"]}]}]}",
     SPEC_TXT_BYTES_MAX, "/sites/0/hosts/0/txt/0"},
    {"ids", HEAD "\"holders\":[{\"id\":\"", "a", "", "\"}]}", 63, "/holders/0/id"},
    {"names", HEAD "\"holders\":[{\"id\":\"a\",\"name\":\"", "a", "", "\"}]}", 256,
     "/holders/0/name"},
    {"descriptions", HEAD "\"description\":\"", "a", "", "\"}", 65536, "/description"},
    {"PoPs in an expectation", HEAD EXPECT "\"pop\":[", "\"hkg\"", ",", "]}]}",
     SCENARIO_ASSERT_LIST_MAX, "/expect/0/pop"},
    {"addresses in an expectation", HEAD EXPECT "\"address\":[", "\"::1\"", ",", "]}]}",
     SCENARIO_ASSERT_LIST_MAX, "/expect/0/address"},
    {"reasons in an expectation", HEAD EXPECT "\"reason\":[", "\"entitled\"", ",", "]}]}",
     SCENARIO_ASSERT_LIST_MAX, "/expect/0/reason"},
    {"lines in an expectation", HEAD "\"expect\":[{\"at\":\"end\",\"from\":[", "\"cn\"", ",",
     "]}]}", SCENARIO_ASSERT_LIST_MAX, "/expect/0/from"},
};
// clang-format on

/* The row's text with `count` items. */
static char *make(const struct limit_row *r, size_t count)
{
    size_t size =
        strlen(r->before) + count * (strlen(r->item) + strlen(r->between)) + strlen(r->after) + 1;
    char *text = malloc(size);
    CN_ASSERT(text != NULL);
    char *p = text + snprintf(text, size, "%s", r->before);
    for (size_t i = 0; i < count; i++) {
        size_t item = strlen(r->item);
        size_t between = i > 0 ? strlen(r->between) : 0;
        memcpy(p, r->between, between);
        memcpy(p + between, r->item, item);
        p += item + between;
    }
    snprintf(p, size - (size_t)(p - text), "%s", r->after);
    return text;
}

/* The first complaint about a limit, or NULL. */
static const struct diag *complaint(const struct loaded *l)
{
    for (int i = 0; i < l->diags.count; i++) {
        if (strstr(l->diags.item[i].text, "expected at most ") != NULL) return &l->diags.item[i];
    }
    return NULL;
}

static void test_limit(void **state)
{
    const struct limit_row *r = *state;
    for (size_t more = 0; more < 2; more++) {
        struct loaded l;
        char *text = make(r, r->max + more);
        loaded_text(&l, text);
        assert_int_not_equal(l.status, CN_E_SYNTAX);
        const struct diag *d = complaint(&l);
        if (more == 0) {
            if (d != NULL) loaded_complain(&l);
            assert_null(d);
        } else {
            if (d == NULL) loaded_complain(&l);
            CN_ASSERT(d != NULL);
            assert_null(l.s);
            assert_string_equal(d->path, r->pointer);
            assert_int_equal(d->line, 1);
            assert_true(d->column > 0);
        }
        loaded_free(&l);
        free(text);
    }
}

static void test_clients(void **state)
{
    (void)state;
    for (size_t count = SCENARIO_CLIENTS_MAX; count <= SCENARIO_CLIENTS_MAX + 1; count++) {
        struct loaded l;
        size_t size = 64 * count + 256;
        char *text = malloc(size);
        CN_ASSERT(text != NULL);
        size_t n = (size_t)snprintf(text, size, HEAD "\"clients\":{");
        for (size_t i = 0; i < count; i++) {
            n += (size_t)snprintf(text + n, size - n, "%s\"client-%zu\":\"de\"", i > 0 ? "," : "",
                                  i);
        }
        snprintf(text + n, size - n, "}}");
        loaded_text(&l, text);
        assert_int_equal(l.s != NULL, count == SCENARIO_CLIENTS_MAX);
        assert_int_equal(l.status, l.s != NULL ? CN_OK : CN_E_LIMIT);
        loaded_free(&l);
        free(text);
    }
}

/* Nothing is wrong with so many but that the file is missing. */
static void test_carriers(void **state)
{
    (void)state;
    for (size_t count = MMDB_CARRIERS_MAX; count <= MMDB_CARRIERS_MAX + 1; count++) {
        struct loaded l;
        size_t size = 64 * count + 256;
        char *text = malloc(size);
        CN_ASSERT(text != NULL);
        size_t n = (size_t)snprintf(text, size,
                                    HEAD "\"world\":{\"extends\":\"builtin\",\"mmdb\":[{"
                                         "\"file\":\"no-such.mmdb\",\"carrier\":\"asn\","
                                         "\"carriers\":{");
        for (size_t i = 0; i < count; i++) {
            n += (size_t)snprintf(text + n, size - n, "%s\"%zu\":\"mobile\"", i > 0 ? "," : "", i);
        }
        snprintf(text + n, size - n, "}}]}}");
        loaded_text(&l, text);
        assert_int_equal(l.status, count == MMDB_CARRIERS_MAX ? CN_E_IO : CN_E_LIMIT);
        loaded_free(&l);
        free(text);
    }
}

/* The text is not looked at: it is not that long. */
static void test_bytes(void **state)
{
    struct loaded l = {.s = NULL};
    (void)state;
    heap_init(&l.heap, &l.arena);
    struct scenario_text t = {"x.json", "{}", (size_t)SCENARIO_BYTES_MAX + 1};
    l.s = scenario_parse(&l.arena, &t, &l.diags, &l.status);
    assert_null(l.s);
    assert_int_equal(l.status, CN_E_LIMIT);
    assert_int_equal(l.diags.errors, 1);
    loaded_free(&l);
}

/* Twenty problems are kept; the rest is counted, and costs no search for its place. */
static void test_many_problems(void **state)
{
    enum { PROBLEMS = 200000 };
    struct limit_row r = {"", HEAD "\"events\":[", "{\"x\":1}", ",", "]}", 0, ""};
    struct loaded l;
    (void)state;
    char *text = make(&r, PROBLEMS);
    loaded_text(&l, text);
    assert_null(l.s);
    assert_int_equal(l.diags.count, DIAG_MAX);
    assert_int_equal(l.diags.errors, 3 * PROBLEMS); /* "x" is unknown, "at" and "do" are missing */
    assert_int_equal(l.diags.dropped, 3 * PROBLEMS - DIAG_MAX);
    loaded_free(&l);
    free(text);
}

static void test_deep(void **state)
{
    enum { LEVELS = 2000 };
    static char text[2 * LEVELS + 512];
    struct loaded l;
    (void)state;
    size_t n = (size_t)snprintf(text, sizeof(text), HEAD "\"holders\":");
    memset(text + n, '[', LEVELS);
    memset(text + n + LEVELS, ']', LEVELS);
    text[n + 2 * (size_t)LEVELS] = '}';
    loaded_text(&l, text);
    assert_null(l.s);
    assert_int_equal(l.status, CN_E_INVALID);
    assert_int_equal(l.diags.errors, 1);
    loaded_free(&l);
}

/* Sites with a state of their own; those that share one are not counted here. */
static void test_portfolio_sites(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        char text[512];
        struct loaded l;
        snprintf(text, sizeof(text),
                 HEAD "\"portfolios\":[{\"individual\":%s,\"generate\":{\"sites\":%d,"
                      "\"domain\":\"d%%d.example\",\"hosts\":[\"@\"]}}]}",
                 i == 2 ? "false" : "true", SPEC_SITES_MAX + (i > 0 ? 1 : 0));
        loaded_text(&l, text);
        assert_int_equal(l.s != NULL, i != 1);
        if (i == 1) assert_int_equal(l.status, CN_E_LIMIT);
        if (i == 1) assert_string_equal(l.diags.item[0].path, "/portfolios");
        loaded_free(&l);
    }
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 6] = {
        cmocka_unit_test(test_clients), cmocka_unit_test(test_carriers),
        cmocka_unit_test(test_bytes),   cmocka_unit_test(test_many_problems),
        cmocka_unit_test(test_deep),    cmocka_unit_test(test_portfolio_sites)};
    TABLE_TESTS(tests + 6, rows, test_limit)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
