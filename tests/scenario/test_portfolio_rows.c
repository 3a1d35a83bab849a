/* SPDX-License-Identifier: MIT
 * Rows of portfolios: which of them say the same, however they are spelled, and what is said of
 * those that are wrong. */
#define _GNU_SOURCE
#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "loaded.h"

enum { NAME_MAX = 64, TEXT_MAX = 8192 };

struct row {
    const char *name;
    const char *file;       /* its name */
    const char *text;       /* what it holds; NULL: it is not there */
    const char *portfolios; /* beside the file: members of its portfolio, or more of them */
    const char *want;       /* "SITES sites, COHORTS cohorts", and what is reported, line by line */
};

#define CSV(name_, text_, want_)                                                                   \
    {                                                                                              \
        name_, "s.csv", text_, "", want_                                                           \
    }
#define JSONL(name_, text_, want_)                                                                 \
    {                                                                                              \
        name_, "s.jsonl", text_, "", want_                                                         \
    }
#define ONE_OF_2             "2 sites, 1 cohorts\n"
#define SITE(domain_, rest_) "{\"domain\":\"" domain_ ".example\",\"hosts\":[\"@\"]" rest_ "}\n"

static struct row rows[] = {
    /* Rows with the same content and another spelling were sites of their own, and slow. */
    JSONL("cohort.escapes in the number",
          SITE("a", ",\"holder\":\"acme\",\"filing_number\":\"\\u4eacICP\\u5907"
                    "12345678\\u53F7-1\"")
              SITE("b", ",\"holder\":\"acme\",\"filing_number\":\"京ICP备12345678号-2\""),
          ONE_OF_2),
    JSONL("cohort.escapes in the domain", SITE("\\u0061", "") SITE("b\\u002eb", ""), ONE_OF_2),
    JSONL("cohort.escapes in other texts",
          SITE("a", ",\"vetting\":\"\\u0041PPROVED\"") SITE("b", ",\"vetting\":\"APPROVED\""),
          ONE_OF_2),
    JSONL("cohort.escapes in a key",
          "{\"dom\\u0061in\":\"a.example\",\"hosts\":[\"@\"]}\n" SITE("b", ""), ONE_OF_2),
    JSONL("cohort.a pair of escapes",
          SITE("a", ",\"holder\":\"acme\",\"filing_number\":\"x\\ud83d\\ude00\"")
              SITE("b", ",\"holder\":\"acme\",\"filing_number\":\"\\\"\\\\\\/\""),
          ONE_OF_2),
    JSONL("cohort.order of keys",
          "{\"hosts\":[\"@\"],\"demand_mbps\":1,\"domain\":\"a.example\"}\n" SITE(
              "b", ",\"demand_mbps\":1"),
          ONE_OF_2),
    JSONL("cohort.blanks", "{ \"domain\": \"a.example\" ,\"hosts\": [ \"@\" ] }\n" SITE("b", ""),
          ONE_OF_2),
    JSONL("cohort.a default said", SITE("a", ",\"suspended\":false") SITE("b", ""), ONE_OF_2),
    JSONL("cohort.a host as an object",
          "{\"domain\":\"a.example\",\"hosts\":[{\"name\":\"@\",\"active\":true}]}\n" SITE("b", ""),
          ONE_OF_2),
    JSONL("cohort.a number as a fraction",
          SITE("a", ",\"demand_mbps\":5") SITE("b", ",\"demand_mbps\":5.0"), ONE_OF_2),
    JSONL("cohort.an instant in two zones",
          SITE("a", ",\"registration\":{\"expires\":\"2027-01-01T08:00:00+08:00\"}")
              SITE("b", ",\"registration\":{\"expires\":\"2027-01-01T00:00:00Z\"}"),
          ONE_OF_2),
    JSONL("cohort.an address in two forms",
          SITE("a", ",\"origin\":{\"v6\":\"2001:db8::1\"}")
              SITE("b", ",\"origin\":{\"v6\":[\"2001:0DB8:0::1\"]}"),
          ONE_OF_2),
    CSV("cohort.false and an empty cell",
        "domain,hosts,suspended\na.example,@,false\nb.example,@,\n", ONE_OF_2),
    CSV("cohort.upper case", "domain,hosts\na.example,@ WWW\nB.EXAMPLE,@ www\n", ONE_OF_2),
    CSV("cohort.blanks in a cell", "domain,hosts\na.example,@ www\nb.example,@   www\n", ONE_OF_2),
    {"cohort.the default number", "s.csv",
     "domain,hosts,filing_number\na.example,@,\nb.example,@,N-2\nc.example,@,N-1\n",
     ",\"holder\":\"acme\",\"filing_number\":\"N-1\"", "3 sites, 1 cohorts\n"},
    /* What differs does. */
    CSV("differ.order of hosts", "domain,hosts\na.example,@ www\nb.example,www @\n",
        "2 sites, 0 cohorts\n"),
    CSV("differ.hosts", "domain,hosts\na.example,@ www\nb.example,@ web\n", "2 sites, 0 cohorts\n"),
    JSONL("differ.origin",
          SITE("a", ",\"origin\":{\"v4\":\"192.0.2.1\"}")
              SITE("b", ",\"origin\":{\"v4\":\"192.0.2.2\"}"),
          "2 sites, 0 cohorts\n"),
    JSONL("differ.origin or none", SITE("a", ",\"origin\":{\"v4\":\"192.0.2.1\"}") SITE("b", ""),
          "2 sites, 0 cohorts\n"),
    JSONL("differ.registrar",
          SITE("a", ",\"registration\":{\"registrar_name\":\"one\"}")
              SITE("b", ",\"registration\":{\"registrar_name\":\"two\"}"),
          "2 sites, 0 cohorts\n"),
    JSONL("differ.txt",
          "{\"domain\":\"a.example\",\"hosts\":[{\"name\":\"@\",\"txt\":[\"x\"]}]}\n"
          "{\"domain\":\"b.example\",\"hosts\":[{\"name\":\"@\",\"txt\":[\"y\"]}]}\n",
          "2 sites, 0 cohorts\n"),
    JSONL("differ.alias",
          "{\"domain\":\"a.example\",\"hosts\":[{\"name\":\"w\",\"cname\":\"x.test\"}]}\n"
          "{\"domain\":\"b.example\",\"hosts\":[{\"name\":\"w\",\"cname\":\"y.test\"}]}\n",
          "2 sites, 0 cohorts\n"),
    {"differ.number or none", "s.csv",
     "domain,hosts,filing_number,filing_state\na.example,@,N-1,REVOKED\nb.example,@,,REVOKED\n",
     ",\"holder\":\"acme\"", "2 sites, 0 cohorts\n"},
    {"differ.own filing or an app's", "s.csv",
     "domain,hosts,filing\na.example,@,app\nb.example,@,\n", "", "2 sites, 0 cohorts\n"},
};

static char folder[NAME_MAX];

static const char *path_of(const char *name)
{
    static char path[2 * NAME_MAX];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/cnedge-rows-XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void put(char out[TEXT_MAX], const char *text)
{
    size_t n = strlen(out);
    snprintf(out + n, TEXT_MAX - n, "%s\n", text);
}

/* What came of a scenario with the portfolio. */
static void load(const struct row *row, char out[TEXT_MAX])
{
    static struct loaded l;
    char text[TEXT_MAX];
    char scenario[2 * NAME_MAX];
    snprintf(scenario, sizeof(scenario), "%s", path_of("s.json"));
    snprintf(text, sizeof(text),
             "{\"cnedge\":1,\"name\":\"n\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","
             "\"holders\":[{\"id\":\"acme\"}],\"filings\":[{\"id\":\"app\",\"kind\":\"app\","
             "\"holder\":\"acme\",\"state\":\"ACTIVE\",\"number\":\"京ICP备12345678号-1A\"}],\n"
             "\"portfolios\":[{\"file\":\"%s\"%s}],\"expect\":[{\"at\":\"+1m\",\"name\":"
             "\"*.example\",\"from\":\"de\",\"row\":1}]}",
             row->file, row->portfolios);
    memset(&l, 0, sizeof(l));
    heap_init(&l.heap, &l.arena);
    struct scenario_text t = {scenario, text, strlen(text)};
    l.s = scenario_parse(&l.arena, &t, &l.diags, &l.status);
    out[0] = '\0';
    if (l.s != NULL) {
        struct spec_count count = spec_count(&l.s->world);
        snprintf(out, TEXT_MAX, "%llu sites, %u cohorts\n", (unsigned long long)count.sites,
                 count.cohorts);
    }
    for (int i = 0; i < l.diags.count; i++) {
        char message[DIAG_FILE_MAX + DIAG_PATH_MAX + DIAG_TEXT_MAX + 64];
        size_t before = strlen(folder) + 1;
        diag_format(&l.diags, i, message, sizeof(message));
        put(out, strncmp(message, folder, before - 1) == 0 ? message + before : message);
    }
    loaded_free(&l);
}

static void reads(void **state)
{
    const struct row *row = *state;
    char got[TEXT_MAX];
    FILE *f = row->text == NULL ? NULL : fopen(path_of(row->file), "wb");
    if (row->text != NULL) {
        assert_non_null(f);
        fputs(row->text, f);
        fclose(f);
    }
    load(row, got);
    if (row->text != NULL) (void)unlink(path_of(row->file));
    assert_string_equal(got, row->want);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, reads)
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
