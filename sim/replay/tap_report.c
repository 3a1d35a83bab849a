/* SPDX-License-Identifier: MIT
 * tap_report.c: Test Anything Protocol 13, with a YAML block under each failure. */
#include <inttypes.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"
#include "report_text.h"

#define TAP_MAY_FAIL                                                                               \
    "TO"                                                                                           \
    "DO" /* in two, or it would read as unfinished work */

/* A word of a shell command; quoted when it has to be. False when it does not fit. */
static bool shell_word(const char *text, char *out, size_t cap)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._-+/:=@%,";
    size_t len = strlen(text);
    if (len > 0 && strspn(text, plain) == len) return snprintf(out, cap, "%s", text) < (int)cap;
    if (4 * len + 3 > cap) return false;
    size_t used = (size_t)snprintf(out, cap, "'");
    for (; *text != '\0'; text++) {
        used +=
            (size_t)snprintf(out + used, cap - used, "%s%c", *text == '\'' ? "'\\'" : "", *text);
    }
    snprintf(out + used, cap - used, "'");
    return true;
}

bool report_see_it(const struct scenario *s, const struct failure *f, struct report_commands *out)
{
    enum { WORD_MAX = REPORT_LINE_MAX / 2 };
    if (f->name == NULL || f->line == CN_NONE16) return false;
    char file[WORD_MAX];
    char shown[DNAME_TEXT_MAX];
    char name[WORD_MAX];
    char at[TIMETEXT_MAX];
    dname_show(f->name, shown);
    timetext_put_simtime(f->at, at);
    if (!shell_word(s->file, file, WORD_MAX) || !shell_word(shown, name, WORD_MAX)) return false;
    const char *type = rr_type_name(f->type);
    snprintf(out->serve, sizeof(out->serve), "cnedge serve %s --at %s --listen 127.0.0.1:5300=%s",
             file, at, s->world.topology->lines[f->line].name);
    snprintf(out->dig, sizeof(out->dig), "dig @127.0.0.1 -p 5300 %s %s", name,
             type != NULL ? type : "A");
    return true;
}

uint32_t report_alike(const struct scenario *s, const struct failure *f)
{
    struct apex_name n;
    unsigned before;
    if (f->name == NULL || s->world.apexes == NULL) return 0;
    apex_name_split(&n, f->name);
    const struct apex_line *line = apex_table_find(s->world.apexes, &n, &before);
    return line != NULL ? spec_weight(&s->world.sites[line->site]) : 0;
}

/* A YAML double-quoted scalar: quotes and backslashes escaped, and what cannot be printed. */
static void put_scalar(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text != '\0') {
        uint32_t c;
        text += report_text_next(text, &c);
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", (int)c);
        } else if (!report_text_plain(c)) {
            fprintf(out, c < 0x100 ? "\\x%02" PRIx32 : "\\U%08" PRIx32, c);
        } else {
            report_text_char(out, c);
        }
    }
    fputs("\"\n", out);
}

static void put_key(FILE *out, const char *key, const char *text)
{
    fprintf(out, "  %s: ", key);
    put_scalar(out, text);
}

/* TAP::Parser (prove) takes an item that begins "word: " for a mapping, quoted or not. */
static void put_item(FILE *out, const char *text)
{
    fputs("    - ", out);
    put_scalar(out, text);
}

static void put_reasons(FILE *out, const struct topology *t, const struct decision *d)
{
    if (d->reason_count == 0) return;
    fputs("  reasons:\n", out);
    for (uint8_t i = 0; i < d->reason_count; i++) {
        char text[JUDGE_TEXT_MAX];
        char reason[JUDGE_TEXT_MAX + 64];
        policy_reason_text(t, d->reasons[i], text, sizeof(text));
        snprintf(reason, sizeof(reason), "%s - %s",
                 policy_rule_id((enum policy_rule)d->reasons[i].rule), text);
        put_item(out, reason);
    }
}

static void put_touched(FILE *out, const struct scenario *s, const struct failure *f)
{
    if (f->touched_count == 0) return;
    fputs("  last_events:\n", out);
    for (uint8_t i = 0; i < f->touched_count; i++) {
        char text[JUDGE_TEXT_MAX];
        run_event_text(s, &f->touched[i], text);
        put_item(out, text);
    }
}

static void put_commands(FILE *out, const struct scenario *s, const struct failure *f)
{
    struct report_commands c;
    if (!report_see_it(s, f, &c)) return;
    fputs("  see_it:\n", out);
    put_item(out, c.serve);
    put_item(out, c.dig);
}

static void put_where(FILE *out, const struct scenario *s, const struct place *place)
{
    char text[REPORT_LINE_MAX];
    snprintf(text, sizeof(text), "%s:%d:%d", s->file, place->line, place->column);
    put_key(out, "where", text);
}

static void put_when(FILE *out, const struct scenario *s, simtime t)
{
    char at[TIMETEXT_MAX];
    char wall[TIMETEXT_MAX];
    char text[2 * TIMETEXT_MAX + 4];
    timetext_put_simtime(t, at);
    timetext_put_local(simtime_wall(s->start, t), s->zone_s, wall);
    snprintf(text, sizeof(text), "%s (%s)", at, wall);
    put_key(out, "at", text);
}

/* Nobody shall look for what is wrong with this one site alone. */
static void put_alike(FILE *out, const struct scenario *s, const struct failure *f)
{
    char text[REPORT_LINE_MAX];
    uint32_t alike = report_alike(s, f);
    if (alike < 2) return;
    snprintf(text, sizeof(text),
             "one of %" PRIu32 " sites that answer alike: see cnedge list members %s", alike,
             s->file);
    put_key(out, "site", text);
}

static void put_failure(FILE *out, const struct scenario *s, const struct finding *f)
{
    const struct failure *why = f->failure;
    const struct place *place = run_place(f);
    fputs("  ---\n", out);
    if (place != NULL) put_where(out, s, place);
    put_when(out, s, why->at);
    if (why->line != CN_NONE16) put_key(out, "line", s->world.topology->lines[why->line].name);
    if (why->name != NULL) {
        char name[DNAME_TEXT_MAX];
        dname_show(why->name, name);
        put_key(out, "name", name);
        put_alike(out, s, why);
    }
    put_key(out, "expected", why->expected);
    put_key(out, "got", why->got);
    put_reasons(out, s->world.topology, &why->decision);
    put_touched(out, s, why);
    put_commands(out, s, why);
    fputs("  ...\n", out);
}

/* TAP reads '#' as the start of a directive, '\' as an escape, and a newline as the end. */
static void put_title(FILE *out, const char *text)
{
    while (*text != '\0') {
        uint32_t c;
        text += report_text_next(text, &c);
        if (c == '#' || c == '\\') fputc('\\', out);
        report_text_char(out, report_text_plain(c) ? c : ' ');
    }
}

static void put_point(FILE *out, const struct run_result *r, const struct finding *f, uint32_t n)
{
    bool ok = f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP;
    fprintf(out, "%s %" PRIu32 " - ", ok ? "ok" : "not ok", n);
    put_title(out, r->scenario->file);
    fputs(": ", out);
    put_title(out, f->title);
    if (f->verdict == VERDICT_SKIP || f->verdict == VERDICT_EXPECTED_FAIL) {
        fprintf(out, " # %s ", f->verdict == VERDICT_SKIP ? "SKIP" : TAP_MAY_FAIL);
        put_title(out, f->note);
    }
    fputc('\n', out);
    if (f->failure != NULL) put_failure(out, r->scenario, f);
}

void report_tap_start(FILE *out)
{
    fputs("TAP version 13\n", out);
}

void report_tap_run(FILE *out, const struct run_result *r, struct report_totals *t)
{
    char end[TIMETEXT_MAX];
    timetext_put_simtime(r->scenario->end, end);
    fputs("# ", out);
    put_title(out, r->scenario->name);
    fprintf(out,
            "\n# %" PRIu64 " event%s up to %s, %" PRIu64 " check%s of expectations, %" PRIu64
            " of invariants\n",
            r->events, report_text_plural(r->events), end, r->checks, report_text_plural(r->checks),
            r->invariant_checks);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_point(out, r, &r->findings[i], ++t->points);
    }
    t->passed += r->passed;
    t->failed += r->failed;
    t->skipped += r->skipped;
}

void report_tap_void(FILE *out, const char *file, const char *why, struct report_totals *t)
{
    fprintf(out, "not ok %" PRIu32 " - ", ++t->points);
    put_title(out, file);
    fputs(": ", out);
    put_title(out, why);
    fputc('\n', out);
    t->failed++;
}

void report_tap_end(FILE *out, const struct report_totals *t)
{
    fprintf(out, "1..%" PRIu32 "\n%" PRIu32 " passed, %" PRIu32 " failed", t->points, t->passed,
            t->failed);
    if (t->skipped > 0) fprintf(out, ", %" PRIu32 " skipped", t->skipped);
    fputc('\n', out);
}
