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

struct capture { /* of stderr */
    FILE *file;
    int before;
};

static void capture_begin(struct capture *c)
{
    c->file = tmpfile();
    assert_non_null(c->file);
    c->before = dup(STDERR_FILENO);
    assert_true(c->before >= 0 && dup2(fileno(c->file), STDERR_FILENO) == STDERR_FILENO);
}

static size_t capture_end(struct capture *c, char *out, size_t cap)
{
    assert_int_equal(dup2(c->before, STDERR_FILENO), STDERR_FILENO);
    close(c->before);
    rewind(c->file);
    size_t n = fread(out, 1, cap - 1, c->file);
    out[n] = '\0';
    fclose(c->file);
    return n;
}

/* What log_text writes to stderr. */
static void logged(enum log_format f, const char *msg, char *out, size_t cap)
{
    struct capture c;
    capture_begin(&c);
    log_text(f, "%s", msg);
    size_t n = capture_end(&c, out, cap);
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

/* Events as letters: 's' and 'p' are timers of two kinds, 'E' stands in the scenario, 'e' does too
 * and is of the first kind. In lines: the same letters, and "+n" for n timers in one line. */
static const struct run_row {
    const char *events, *lines;
} runs[] = {
    {"", ""},
    {"s", "s"},
    {"ssssssssssssssss", "ssssssssssssssss"},
    {"sssssssssssssssss", "ssssssssssssssss+1"},
    {"ssssssssssssssssssssp", "ssssssssssssssss+4p"},
    {"ssssssssssssssssssEss", "ssssssssssssssss+2Ess"},
    {"sssssssssssssssssesssssssssssssssssss", "ssssssssssssssss+1essssssssssssssss+3"},
    {"spspspspspspspspspspspspspspspspspspspsp", "spspspspspspspspspspspspspspspspspspspsp"},
    {"EEEEEEEEEEEEEEEEEEEE", "EEEEEEEEEEEEEEEEEEEE"},
    {"eeeeeeeeeeeeeeeeeeee", "eeeeeeeeeeeeeeeeeeee"},
};

/* The letter of a line, or what it counts. */
static void letter_of(const char *line, char out[32])
{
    const char *more = strstr(line, " more=");
    bool settled = strstr(line, " event=settled ") != NULL;
    assert_int_equal(strstr(line, " result=applied") != NULL, more == NULL);
    if (more != NULL) {
        assert_true(settled && strstr(line, " at=+7s ") != NULL);
        snprintf(out, 32, "+%ld", strtol(more + 6, NULL, 10));
        return;
    }
    bool named = strstr(line, " id=named") != NULL;
    if (named) {
        snprintf(out, 32, "%s", settled ? "e" : "E");
    } else {
        snprintf(out, 32, "%s", settled ? "s" : "p");
    }
}

static void check_runs(void **state)
{
    (void)state;
    static const struct scenario scenario;
    static const struct scenario_event from = {.id = "named"};
    static char text[65536];
    for (size_t i = 0; i < CN_ARRAY_LEN(runs); i++) {
        struct capture c;
        char got[256] = "";
        struct log_run run = {.format = LOG_TEXT, .scenario = &scenario};
        capture_begin(&c);
        for (const char *e = runs[i].events; *e != '\0'; e++) {
            enum event_kind kind = *e == 's' || *e == 'e' ? EV_SETTLED
                                   : *e == 'p'            ? EV_PROVISIONED
                                                          : EV_POP_DOWN;
            bool ours = *e == 'e' || *e == 'E';
            const struct engine_step step = {.event = event_make(kind, (simtime){simdur_s(7).ns}),
                                             .from = ours ? &from : NULL};
            log_run_event(&run, &step);
        }
        log_run_end(&run);
        log_run_end(&run); /* nothing is told twice */
        (void)capture_end(&c, text, sizeof(text));
        for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            char one[32];
            *end = '\0';
            letter_of(line, one);
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s", one);
        }
        assert_string_equal(got, runs[i].lines);
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(check_long), cmocka_unit_test(check_runs)};
    struct CMUnitTest text[CN_ARRAY_LEN(rows)];
    struct CMUnitTest json[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(text, rows, check_text)
    TABLE_TESTS(json, rows, check_json)
    return cmocka_run_group_tests(text, NULL, NULL) + cmocka_run_group_tests(json, NULL, NULL) +
           cmocka_run_group_tests(others, NULL, NULL);
}
