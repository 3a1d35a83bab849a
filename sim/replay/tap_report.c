/* SPDX-License-Identifier: MIT
 * tap_report.c: Test Anything Protocol 13, with a YAML block under each failure. */
#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"

void report_see_it(const struct scenario *s, const struct failure *f, char out[REPORT_LINE_MAX])
{
    out[0] = '\0';
    if (f->name == NULL || f->line == CN_NONE16) return;
    char name[DNAME_TEXT_MAX];
    char at[TIMETEXT_MAX];
    dname_to_text(f->name, name);
    timetext_put_simtime(f->at, at);
    const char *type = rr_type_name(f->type);
    snprintf(out, REPORT_LINE_MAX,
             "cnedge serve %.300s --at %s --listen 127.0.0.1:5300=%s & "
             "dig @127.0.0.1 -p 5300 %.300s %s",
             s->file, at, s->world.topology->lines[f->line].name, name, type != NULL ? type : "A");
}

/* YAML double-quoted scalar: quotes and backslashes escaped, control characters as \xNN. */
static void put_yaml(FILE *out, const char *key, const char *text)
{
    fprintf(out, "  %s: \"", key);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20 || c == 0x7F) {
            fprintf(out, "\\x%02x", c);
        } else {
            fputc(c, out);
        }
    }
    fputs("\"\n", out);
}

static const struct place *place_of(const struct finding *f)
{
    if (f->expectation != NULL) return &f->expectation->place;
    return f->event != NULL ? &f->event->place : NULL;
}

static void put_reasons(FILE *out, const struct topology *t, const struct decision *d)
{
    if (d->reason_count == 0) return;
    fputs("  reasons:\n", out);
    for (uint8_t i = 0; i < d->reason_count; i++) {
        char text[JUDGE_TEXT_MAX];
        policy_reason_text(t, d->reasons[i], text, sizeof(text));
        fprintf(out, "    - \"%s: %s\"\n", policy_rule_id((enum policy_rule)d->reasons[i].rule),
                text);
    }
}

static void put_touched(FILE *out, const struct scenario *s, const struct failure *f)
{
    if (f->touched_count == 0) return;
    fputs("  last_events:\n", out);
    for (uint8_t i = 0; i < f->touched_count; i++) {
        char text[JUDGE_TEXT_MAX];
        run_event_text(s, &f->touched[i], text);
        fprintf(out, "    - \"%s\"\n", text);
    }
}

static void put_failure(FILE *out, const struct scenario *s, const struct finding *f)
{
    const struct failure *why = f->failure;
    const struct place *place = place_of(f);
    char at[TIMETEXT_MAX];
    char wall[TIMETEXT_MAX];
    char text[REPORT_LINE_MAX];
    timetext_put_simtime(why->at, at);
    timetext_put_instant(simtime_wall(s->start, why->at), wall);
    fputs("  ---\n", out);
    if (place != NULL) {
        snprintf(text, sizeof(text), "%s:%d:%d", s->file, place->line, place->column);
        put_yaml(out, "where", text);
    }
    snprintf(text, sizeof(text), "%s (%s)", at, wall);
    put_yaml(out, "at", text);
    if (why->line != CN_NONE16) put_yaml(out, "line", s->world.topology->lines[why->line].name);
    if (why->name != NULL) {
        char name[DNAME_TEXT_MAX];
        dname_to_text(why->name, name);
        put_yaml(out, "name", name);
    }
    put_yaml(out, "expected", why->expected);
    put_yaml(out, "got", why->got);
    put_reasons(out, s->world.topology, &why->decision);
    put_touched(out, s, why);
    report_see_it(s, why, text);
    if (text[0] != '\0') put_yaml(out, "see_it", text);
    fputs("  ...\n", out);
}

/* TAP reads '#' as the start of a directive and a newline as the end. */
static void put_title(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '#') fputc('\\', out);
        fputc(c < 0x20 ? ' ' : c, out);
    }
}

static void put_point(FILE *out, const struct run_result *r, const struct finding *f, uint32_t n)
{
    bool ok = f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP;
    fprintf(out, "%s %u - %s: ", ok ? "ok" : "not ok", n, r->scenario->file);
    put_title(out, f->title);
    if (f->verdict == VERDICT_SKIP) fputs(" # SKIP ", out);
    if (f->verdict == VERDICT_EXPECTED_FAIL) fputs(" # TODO ", out);
    if (f->verdict == VERDICT_SKIP || f->verdict == VERDICT_EXPECTED_FAIL) put_title(out, f->note);
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
    fprintf(out, "\n# %llu events up to %s, %llu checks of expectations, %llu of invariants\n",
            (unsigned long long)r->events, end, (unsigned long long)r->checks,
            (unsigned long long)r->invariant_checks);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_point(out, r, &r->findings[i], ++t->points);
    }
    t->passed += r->passed;
    t->failed += r->failed;
    t->skipped += r->skipped;
}

void report_tap_void(FILE *out, const char *file, const char *why, struct report_totals *t)
{
    fprintf(out, "not ok %u - %s: ", ++t->points, file);
    put_title(out, why);
    fputc('\n', out);
    t->failed++;
}

void report_tap_end(FILE *out, const struct report_totals *t)
{
    fprintf(out, "1..%u\n%u passed, %u failed", t->points, t->passed, t->failed);
    if (t->skipped > 0) fprintf(out, ", %u skipped", t->skipped);
    fputc('\n', out);
}
