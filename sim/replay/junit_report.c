/* SPDX-License-Identifier: MIT
 * junit_report.c: the JUnit XML that GitHub, GitLab and Jenkins read: only the attributes they all
 * know, and no character that XML 1.0 forbids. */
#include <inttypes.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"
#include "report_text.h"

static void put_xml(FILE *out, const char *text)
{
    while (*text != '\0') {
        uint32_t c;
        text += report_text_next(text, &c);
        switch (c) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            report_text_char(out, report_text_plain(c) ? c : ' ');
        }
    }
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, text);
    fputc('"', out);
}

/* A line of a failure's text. */
static void put_more(FILE *out, const char *what, const char *text)
{
    fprintf(out, "\n%s", what);
    put_xml(out, text);
}

/* Which of the names and lines that an expectation chooses it is. */
static void put_asked(FILE *out, const struct scenario *s, const struct failure *f)
{
    char name[DNAME_TEXT_MAX];
    char text[REPORT_LINE_MAX];
    uint32_t alike = report_alike(s, f);
    if (f->name == NULL) return;
    dname_show(f->name, name);
    bool from = f->line != CN_NONE16;
    snprintf(text, sizeof(text), "%s%s%s", name, from ? " from " : "",
             from ? s->world.topology->lines[f->line].name : "");
    put_more(out, "asked for ", text);
    if (alike < 2) return;
    snprintf(text, sizeof(text), "%" PRIu32 " sites that answer alike", alike);
    put_more(out, "one of ", text);
}

static void put_failure(FILE *out, const struct scenario *s, const struct finding *finding)
{
    const struct failure *f = finding->failure;
    const struct place *place = run_place(finding);
    char text[REPORT_LINE_MAX];
    char at[TIMETEXT_MAX];
    struct report_commands c;
    timetext_put_simtime(f->at, at);
    snprintf(text, sizeof(text), "at %s expected %s, got %s", at, f->expected, f->got);
    fputs("      <failure", out);
    put_attribute(out, "message", text);
    put_attribute(out, "type", run_kind_name(finding->kind));
    fputc('>', out);
    if (place != NULL) {
        put_xml(out, s->file);
        fprintf(out, ":%d:%d: ", place->line, place->column);
    }
    put_xml(out, text);
    put_asked(out, s, f);
    for (uint8_t i = 0; i < f->decision.reason_count; i++) {
        policy_reason_text(s->world.topology, f->decision.reasons[i], text, sizeof(text));
        put_more(out, "because ", text);
    }
    for (uint8_t i = 0; i < f->touched_count; i++) {
        run_event_text(s, &f->touched[i], text);
        put_more(out, "last event: ", text);
    }
    if (report_see_it(s, f, &c)) {
        put_more(out, "see it: ", c.serve);
        put_more(out, "        ", c.dig);
    }
    fputs("</failure>\n", out);
}

static void put_case(FILE *out, const struct run_result *r, const struct finding *f)
{
    fputs("    <testcase", out);
    put_attribute(out, "classname", r->scenario->file);
    put_attribute(out, "name", f->title);
    fputs(" time=\"0\">\n", out);
    if (f->verdict == VERDICT_FAIL) put_failure(out, r->scenario, f);
    if (f->verdict == VERDICT_SKIP || f->verdict == VERDICT_EXPECTED_FAIL) {
        fputs("      <skipped", out);
        put_attribute(out, "message", f->note);
        fputs("/>\n", out);
    }
    fputs("    </testcase>\n", out);
}

void report_junit_start(FILE *out)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
}

void report_junit_run(FILE *out, const struct run_result *r)
{
    uint32_t skipped = 0;
    for (uint32_t i = 0; i < r->finding_count; i++) {
        enum verdict v = r->findings[i].verdict;
        skipped += v == VERDICT_SKIP || v == VERDICT_EXPECTED_FAIL ? 1 : 0;
    }
    fputs("  <testsuite", out);
    put_attribute(out, "name", r->scenario->name);
    fprintf(out,
            " tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"0\" skipped=\"%" PRIu32
            "\" time=\"0\">\n",
            r->finding_count, r->failed, skipped);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_case(out, r, &r->findings[i]);
    }
    fputs("  </testsuite>\n", out);
}

void report_junit_void(FILE *out, const char *file, const char *why)
{
    fputs("  <testsuite", out);
    put_attribute(out, "name", file);
    fputs(" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n    <testcase", out);
    put_attribute(out, "classname", file);
    fputs(" name=\"the scenario runs\" time=\"0\">\n      <error", out);
    put_attribute(out, "message", why);
    fputs("/>\n    </testcase>\n  </testsuite>\n", out);
}

void report_junit_end(FILE *out)
{
    fputs("</testsuites>\n", out);
}
