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

#define MADE(name_, keys_, want_)                                                                  \
    {                                                                                              \
        name_, "s.csv", "domain,hosts\nx.example,@ www\n",                                         \
            "},{\"generate\":{\"sites\":1000,\"domain\":\"d%d.example\",\"hosts\":[\"@\"],"        \
            "\"holder\":\"acme\"," keys_ "}",                                                      \
            want_                                                                                  \
    }
#define LETTERS_63      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BAD_DOMAIN_TEXT "column \"domain\": expected a domain name of two or more labels, got "
#define BAD_DOMAIN      "s.csv:2:1: " BAD_DOMAIN_TEXT
#define AGAIN                                                                                      \
    "column \"domain\": expected a domain that no other site has, got \"a.example\" again (it is " \
    "in "                                                                                          \
    "FOLDER/s.csv:2)\n"

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
    /* Messages. */
    {"number.limits", "s.csv",
     "domain,hosts,filing_number\na.example,@,京ICP备12345678号-1000000\n", ",\"holder\":\"acme\"",
     "s.csv:2:13: column \"filing_number\": expected a number from 1 to 999999 without leading "
     "zeros "
     "at byte 21 of the number, got \"京ICP备12345678号-1000000\"\n"},
    {"number.none, state not said", "s.csv", "domain,hosts\na.example,@\n", ",\"holder\":\"acme\"",
     "s.csv:2:1: expected the key \"filing_number\" with \"filing_state\": \"ACTIVE\" (the default "
     "with "
     "a holder), got none; write the number, or \"filing_state\": \"NONE\" if nothing is filed\n"},
    {"number.none, state said", "s.csv", "domain,hosts,filing_state\na.example,@,ACTIVE\n",
     ",\"holder\":\"acme\"",
     "s.csv:2:1: expected the key \"filing_number\" with \"filing_state\": \"ACTIVE\", got none; "
     "write "
     "the number, or \"filing_state\": \"NONE\" if nothing is filed\n"},
    {"number.none, as advised", "s.csv", "domain,hosts,filing_state\na.example,@,NONE\n",
     ",\"holder\":\"acme\"", "1 sites, 0 cohorts\n"},
    {"number.twice", "s.csv",
     "domain,hosts,filing_number\na.example,@,京ICP备12345678号-1\nb.example,@,京ICP备12345678号-"
     "2\n"
     "c.example,@,京ICP备12345678号-1\nd.example,@,京ICP备12345678号-2\n",
     ",\"holder\":\"acme\"",
     "4 sites, 1 cohorts\ns.csv:4:13: warning: column \"filing_number\": \"京ICP备12345678号-1\" "
     "is "
     "the number of a.example too (in FOLDER/s.csv:2), the first of 2 such rows: a site's "
     "number is for one domain since 2019-04-22\n"},
    {"number.twice by default", "s.csv", "domain,hosts\na.example,@\nb.example,@\n",
     ",\"holder\":\"acme\",\"filing_number\":\"京ICP备12345678号-1\"",
     "2 sites, 1 cohorts\ns.json:2:63: warning: /portfolios/0/filing_number: "
     "\"京ICP备12345678号-1\" "
     "is the number of a.example too (in FOLDER/s.csv:2): a site's number is for one domain since "
     "2019-04-22\n"},
    {"number.twice, in other letters", "s.csv",
     "domain,hosts,filing_number\na.example,@,N-1\nb.example,@,N-1\n", ",\"holder\":\"acme\"",
     ONE_OF_2},
    CSV("domain.underscore", "domain,hosts\na_1.example,@\n",
        BAD_DOMAIN "\"a_1.example\"; an underscore can only begin a label\n"),
    CSV("domain.hyphen first", "domain,hosts\n-b.example,@\n",
        BAD_DOMAIN "\"-b.example\"; a label cannot begin with a hyphen\n"),
    CSV("domain.hyphen last", "domain,hosts\nb-.example,@\n",
        BAD_DOMAIN "\"b-.example\"; a label cannot end with a hyphen\n"),
    CSV("domain.blanks", "domain,hosts\n a1.example ,@\n",
        BAD_DOMAIN "\" a1.example \"; there is a blank in it\n"),
    CSV("domain.64 letters", "domain,hosts\n" LETTERS_63 "x.example,@\n",
        BAD_DOMAIN
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"; a label has at most 63 bytes\n"),
    CSV("domain.63 letters", "domain,hosts\n" LETTERS_63 ".example,@\n", "1 sites, 0 cohorts\n"),
    CSV("domain.two dots", "domain,hosts\na..example,@\n",
        BAD_DOMAIN "\"a..example\"; a label is empty: there is a dot too many\n"),
    CSV("domain.scheme", "domain,hosts\nhttps://a.example,@\n",
        BAD_DOMAIN "\"https://a.example\"; only the name, without scheme, port and path\n"),
    CSV("domain.pattern", "domain,hosts\n*.a.example,@\n",
        BAD_DOMAIN "\"*.a.example\"; a pattern is no domain: leave out \"*.\"\n"),
    CSV("domain.other sign", "domain,hosts\na!.example,@\n",
        BAD_DOMAIN "\"a!.example\"; a label has letters, digits and hyphens only\n"),
    CSV("domain.one label", "domain,hosts\nexample,@\n", BAD_DOMAIN "\"example\"\n"),
    CSV("file.only a header", "domain,hosts\n",
        "s.json:2:23: /portfolios/0/file: expected sites in \"FOLDER/s.csv\", got none, and no "
        "other "
        "site\n"),
    {"file.only a header, and another file", "s.csv", "domain,hosts\n",
     "},{\"generate\":{\"sites\":1,\"domain\":\"d%d.example\",\"hosts\":[\"@\"]}",
     "1 sites, 0 cohorts\ns.json:2:23: warning: /portfolios/0/file: no site is in "
     "\"FOLDER/s.csv\"\n"},
    JSONL("file.no line", "\n\n",
          "s.json:2:23: /portfolios/0/file: expected sites in \"FOLDER/s.jsonl\", got none, and no "
          "other "
          "site\n"),
    {"file.twice", "s.csv", "domain,hosts\na.example,@\n", "},{\"file\":\"./s.csv\"",
     "s.json:2:40: /portfolios/1/file: expected each file once, got \"s.csv\" again (it is in "
     "/portfolios/0)\n"},
    {"file.missing", "s.csv", NULL, "",
     "s.json:2:23: /portfolios/0/file: expected a readable file, got No such file or directory "
     "(\"FOLDER/s.csv\")\n"},
    {"file.ending in upper case", "S2.CSV", "domain,hosts\na.example,@\n", "",
     "1 sites, 0 cohorts\n"},
    {"file.jsonl ending in upper case", "S2.JsonL", SITE("a", ""), "", "1 sites, 0 cohorts\n"},
    JSONL("file.byte order mark", "\xEF\xBB\xBF" SITE("a", ""), "1 sites, 0 cohorts\n"),
    JSONL("file.byte order mark in the second line", SITE("a", "") "\xEF\xBB\xBF" SITE("b", ""),
          "s.jsonl:2:1: expected JSON, got a byte order mark\n"),
    CSV("column.hosts", "domain\na.example\nb.example\n",
        "s.csv:1:1: expected a column \"hosts\", or \"hosts\" beside \"file\" in the scenario, got "
        "none\n"),
    {"column.hosts by default", "s.csv", "domain\na.example\nb.example\n", ",\"hosts\":[\"@\"]",
     ONE_OF_2},
    CSV("order of lines", "domain,hosts\na.example,@\na.example,@\nb_c.example,@\na.example,@\n",
        "s.csv:3:1: " AGAIN "s.csv:4:1: " BAD_DOMAIN_TEXT "\"b_c.example\"; an underscore can only "
        "begin a label\ns.csv:5:1: " AGAIN),
    MADE("made.suffixes from 0", "\"filing_number\":\"京ICP备12345678号-%d\"",
         "s.json:2:127: /portfolios/1/generate/filing_number: expected numbers of sites, which "
         "begin "
         "with -1, got \"京ICP备12345678号-0\" as the first; write \"first\": 1 to count from 1\n"),
    MADE("made.suffixes from 1", "\"first\":1,\"filing_number\":\"京ICP备12345678号-%d\"",
         "1001 sites, 1 cohorts\n"),
    MADE("made.a bad number is told once", "\"filing_number\":\"京ICP备12345678号-%06d\"",
         "s.json:2:127: /portfolios/1/generate/filing_number: expected a number from 1 to 999999 "
         "without leading zeros at byte 21 of the number, got \"京ICP备12345678号-000000\"\n"),
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

/* Adds a line, with the folder left out at its start and "FOLDER" in its midst. */
static void put(char out[TEXT_MAX], const char *text)
{
    size_t n = strlen(out);
    size_t before = strlen(folder);
    if (strncmp(text, folder, before) == 0) text += before + 1;
    const char *inner = strstr(text, folder);
    int head = inner != NULL ? (int)(inner - text) : (int)strlen(text);
    snprintf(out + n, TEXT_MAX - n, "%.*s%s%s\n", head, text, inner != NULL ? "FOLDER" : "",
             inner != NULL ? inner + before : "");
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
        diag_format(&l.diags, i, message, sizeof(message));
        put(out, message);
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
