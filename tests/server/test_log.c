/* SPDX-License-Identifier: MIT
 * A log line is one line, and JSON when asked for, whatever stands in it. */
#define _POSIX_C_SOURCE 200809L
#include "cnedge/server/log.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

struct row {
    const char *name;
    const char *msg;
    const char *text; /* as logfmt shows it */
    const char *json; /* what a reader of JSON gets; NULL: `msg` */
};

static struct row rows[] = {
    {"plain", "two words", "\"two words\"", NULL},
    {"one word is bare", "word", "word", NULL},
    {"empty", "", "\"\"", NULL},
    {"equals sign", "a=b", "\"a=b\"", NULL},
    {"quote", "say \"so\"", "\"say \\\"so\\\"\"", NULL},
    {"backslash", "a\\b", "\"a\\\\b\"", NULL},
    {"line feed", "a\nb", "\"a\\x0ab\"", NULL},
    {"escape", "a\x1b[31m", "\"a\\x1b[31m\"", NULL},
    {"DEL", "a\x7f", "\"a\\x7f\"", NULL},
    {"UTF-8", "\xe5\xa4\x87\xe6\xa1\x88", "\"\xe5\xa4\x87\xe6\xa1\x88\"", NULL},
    {"four bytes", "\xf0\x9f\x8c\x90", "\"\xf0\x9f\x8c\x90\"", NULL},
    {"no UTF-8", "a\xff z", "\"a\\xff z\"", "a\xef\xbf\xbd z"},
    {"cut UTF-8", "\xe5\xa4", "\"\\xe5\\xa4\"", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"overlong", "\xc0\xaf", "\"\\xc0\\xaf\"", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"surrogate", "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"beyond Unicode", "\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

/* What log_text writes to stderr. */
static void logged(enum log_format f, const char *msg, char *out, size_t cap)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int before = dup(STDERR_FILENO);
    assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) == STDERR_FILENO);
    log_text(f, "%s", msg);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    rewind(file);
    size_t n = fread(out, 1, cap - 1, file);
    out[n] = '\0';
    fclose(file);
    assert_true(n > 0 && strchr(out, '\n') == out + n - 1);
}

static void check_text(void **state)
{
    const struct row *r = *state;
    char line[8192];
    char want[512];
    logged(LOG_TEXT, r->msg, line, sizeof(line));
    assert_memory_equal(line, "time=", 5);
    snprintf(want, sizeof(want), " msg=%s\n", r->text);
    assert_string_equal(strchr(line, ' '), want);
}

static void check_json(void **state)
{
    const struct row *r = *state;
    char line[8192];
    logged(LOG_JSON, r->msg, line, sizeof(line));
    json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(o);
    assert_int_equal(json_object_size(o), 2);
    assert_string_equal(json_string_value(json_object_get(o, "msg")),
                        r->json != NULL ? r->json : r->msg);
    assert_non_null(json_string_value(json_object_get(o, "time")));
    json_decref(o);
}

/* The longest message, in which each byte takes the most room. */
static void check_long(void **state)
{
    char msg[2000];
    char line[16384];
    (void)state;
    memset(msg, 1, sizeof(msg));
    msg[sizeof(msg) - 1] = '\0';
    logged(LOG_JSON, msg, line, sizeof(line));
    json_t *o = json_loads(line, 0, NULL);
    assert_non_null(o);
    assert_true(strlen(json_string_value(json_object_get(o, "msg"))) > 1000);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(check_long)};
    struct CMUnitTest text[CN_ARRAY_LEN(rows)];
    struct CMUnitTest json[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(text, rows, check_text)
    TABLE_TESTS(json, rows, check_json)
    return cmocka_run_group_tests(text, NULL, NULL) + cmocka_run_group_tests(json, NULL, NULL) +
           cmocka_run_group_tests(others, NULL, NULL);
}
