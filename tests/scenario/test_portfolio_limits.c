/* SPDX-License-Identifier: MIT
 * Limits of portfolios, each at exactly its value and one beyond: rows of all portfolios, bytes of
 * a file and of a line, columns, errors in a file. The first two are smaller than in the program.
 */
#define _GNU_SOURCE
#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "../../sim/scenario/csv.h"
#include "../../sim/scenario/portfolio.h"
#include "loaded.h"

enum { ROWS = 7, NAME_MAX = 64, MESSAGE_MAX = 1024 };

#define HEAD                                                                                       \
    "{\"cnedge\":1,\"name\":\"n\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","             \
    "\"holders\":[{\"id\":\"acme\"}],\"portfolios\":["

struct place_on_disk {
    char folder[NAME_MAX];
    char scenario[NAME_MAX + 16];
};

static struct place_on_disk disk;

static int make_folder(void **state)
{
    (void)state;
    snprintf(disk.folder, sizeof(disk.folder), "/tmp/cnedge-limits-XXXXXX");
    if (mkdtemp(disk.folder) == NULL) return -1;
    snprintf(disk.scenario, sizeof(disk.scenario), "%s/s.json", disk.folder);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[2 * NAME_MAX];
    snprintf(path, sizeof(path), "%s/%s", disk.folder, name);
    return path;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"a.csv", "a.jsonl"};
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        (void)unlink(path_of(names[i]));
    }
    return rmdir(disk.folder);
}

/* Loads the portfolios; the first message, without its folder, "" when all is well. */
static const char *load(struct loaded *l, const char *portfolios,
                        const struct scenario_limits *limits)
{
    static char text[MESSAGE_MAX];
    static char message[MESSAGE_MAX];
    snprintf(text, sizeof(text), HEAD "%s]}", portfolios);
    memset(l, 0, sizeof(*l));
    heap_init(&l->heap, &l->arena);
    struct scenario_text t = {disk.scenario, text, strlen(text)};
    l->s = limits != NULL ? scenario_parse_within(&l->arena, &t, limits, &l->diags, &l->status)
                          : scenario_parse(&l->arena, &t, &l->diags, &l->status);
    message[0] = '\0';
    for (int i = 0; i < l->diags.count && message[0] == '\0'; i++) {
        if (!l->diags.item[i].warning) diag_format(&l->diags, i, message, sizeof(message));
    }
    size_t folder = strlen(disk.folder) + 1;
    for (char *p; (p = strstr(message, disk.folder)) != NULL;) {
        memmove(p, p + folder, strlen(p + folder) + 1);
    }
    return message;
}

static FILE *create(const char *name)
{
    FILE *f = fopen(path_of(name), "wb");
    assert_non_null(f);
    return f;
}

#define MADE(n, domain)                                                                            \
    "{\"generate\":{\"sites\":" n ",\"domain\":\"" domain "%d.example\",\"hosts\":[\"@\"]}}"

static void sites_of_all_portfolios(void **state)
{
    (void)state;
    static struct loaded l;
    static const struct scenario_limits limits = {ROWS, SCENARIO_PORTFOLIO_BYTES_MAX};
    assert_string_equal(load(&l, MADE("4", "a") "," MADE("3", "b"), &limits), "");
    assert_non_null(l.s);
    assert_int_equal(spec_count(&l.s->world).sites, ROWS);
    loaded_free(&l);
    assert_string_equal(
        load(&l, MADE("4", "a") "," MADE("4", "b"), &limits),
        "s.json:1:169: /portfolios/1: expected at most 7 sites in all portfolios, got more with "
        "this one");
    assert_null(l.s);
    assert_int_equal(l.status, CN_E_LIMIT);
    loaded_free(&l);
    assert_string_equal(load(&l, MADE("8", "a"), NULL), "");
    loaded_free(&l);
}

static void bytes_of_a_file(void **state)
{
    (void)state;
    static struct loaded l;
    static const char rows[] = "domain,hosts\na.example,@\n";
    struct scenario_limits limits = {ROWS, (int64_t)strlen(rows)};
    FILE *f = create("a.csv");
    fputs(rows, f);
    fclose(f);
    assert_string_equal(load(&l, "{\"file\":\"a.csv\"}", &limits), "");
    loaded_free(&l);
    limits.portfolio_bytes--;
    assert_string_equal(
        load(&l, "{\"file\":\"a.csv\"}", &limits),
        "s.json:1:115: /portfolios/0/file: expected a file of at most 24 bytes, got one of "
        "25 bytes (\"a.csv\")");
    assert_int_equal(l.status, CN_E_LIMIT);
    loaded_free(&l);
    /* The real limit: a file with a hole takes no room. */
    assert_int_equal(truncate(path_of("a.csv"), SCENARIO_PORTFOLIO_BYTES_MAX + 1L), 0);
    assert_string_equal(
        load(&l, "{\"file\":\"a.csv\"}", NULL),
        "s.json:1:115: /portfolios/0/file: expected a file of at most 1024 MiB, got one of "
        "1073741825 bytes (\"a.csv\")");
    loaded_free(&l);
}

/* A line of JSON of that many bytes, its line end not counted. */
static void put_line(FILE *f, const char *domain, size_t bytes)
{
    int n = fprintf(f, "{\"domain\":\"%s.example\",\"hosts\":[\"@\"]", domain);
    for (size_t i = (size_t)n + 1; i < bytes; i++) {
        fputc(' ', f);
    }
    fputs("}\n", f);
}

static void bytes_of_a_line(void **state)
{
    (void)state;
    static struct loaded l;
    FILE *f = create("a.jsonl");
    put_line(f, "a", FEED_LINE_MAX);
    put_line(f, "b", 0);
    fclose(f);
    assert_string_equal(load(&l, "{\"file\":\"a.jsonl\"}", NULL), "");
    assert_int_equal(spec_count(&l.s->world).sites, 2);
    loaded_free(&l);
    f = create("a.jsonl");
    put_line(f, "a", 0);
    put_line(f, "b", FEED_LINE_MAX + 1);
    put_line(f, "a", 0); /* read all the same */
    fclose(f);
    assert_string_equal(load(&l, "{\"file\":\"a.jsonl\"}", NULL),
                        "a.jsonl:2:1: expected at most 65536 bytes in a line, got more");
    assert_int_equal(l.diags.errors, 2);
    assert_int_equal(l.diags.item[1].line, 3);
    loaded_free(&l);
}

static void columns(void **state)
{
    (void)state;
    static struct loaded l;
    FILE *f = create("a.csv");
    fputs("domain", f);
    for (int i = 1; i < CSV_COLUMNS_MAX + 1; i++) {
        fputs(",hosts", f);
    }
    fputs("\n", f);
    fclose(f);
    assert_string_equal(load(&l, "{\"file\":\"a.csv\"}", NULL),
                        "a.csv:1:770: expected at most 128 columns, got more");
    assert_int_equal(l.diags.errors, 1);
    loaded_free(&l);
}

/* Behind so many errors the rest of the file is not read, and what comes next is. */
static void errors_of_a_file(void **state)
{
    (void)state;
    static const int more[] = {-1, 0, 1};
    for (size_t k = 0; k < CN_ARRAY_LEN(more); k++) {
        static struct loaded l;
        int count = PORTFOLIO_ERRORS_MAX + more[k];
        FILE *f = create("a.csv");
        fputs("domain,hosts\n", f);
        for (int i = 0; i < count; i++) {
            fputs("bad domain,@\n", f);
        }
        fclose(f);
        assert_string_not_equal(load(&l, "{\"file\":\"a.csv\"}," MADE("1", "a"), NULL), "");
        int want = count < PORTFOLIO_ERRORS_MAX ? count : PORTFOLIO_ERRORS_MAX;
        assert_int_equal(l.diags.errors, want);
        loaded_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_of_all_portfolios), cmocka_unit_test(bytes_of_a_file),
        cmocka_unit_test(bytes_of_a_line),         cmocka_unit_test(columns),
        cmocka_unit_test(errors_of_a_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
