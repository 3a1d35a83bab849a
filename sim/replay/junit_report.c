/* SPDX-License-Identifier: MIT
 * junit_report.c: the JUnit XML that GitHub, GitLab and Jenkins read: only the attributes they all
 * know, and no character that XML 1.0 forbids. */
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"

static void put_xml(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
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
        case '\n':
            fputc('\n', out);
            break;
        default:
            fputc(c < 0x20 || c == 0x7F ? ' ' : c, out);
        }
    }
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, text);
    fputc('"', out);
}

static void put_failure(FILE *out, const struct scenario *s, const struct failure *f)
{
    char text[REPORT_LINE_MAX];
    char at[TIMETEXT_MAX];
    timetext_put_simtime(f->at, at);
    snprintf(text, sizeof(text), "at %s expected %s, got %s", at, f->expected, f->got);
    fputs("      <failure", out);
    put_attribute(out, "message", text);
    fputs(" type=\"expectation\">", out);
    put_xml(out, text);
    for (uint8_t i = 0; i < f->decision.reason_count; i++) {
        fputs("\nbecause ", out);
        policy_reason_text(s->world.topology, f->decision.reasons[i], text, sizeof(text));
        put_xml(out, text);
    }
    for (uint8_t i = 0; i < f->touched_count; i++) {
        fputs("\nlast event ", out);
        run_event_text(s, &f->touched[i], text);
        put_xml(out, text);
    }
    report_see_it(s, f, text);
    if (text[0] != '\0') fputs("\nsee it: ", out);
    put_xml(out, text);
    fputs("</failure>\n", out);
}

static void put_case(FILE *out, const struct run_result *r, const struct finding *f)
{
    fputs("    <testcase", out);
    put_attribute(out, "classname", r->scenario->file);
    put_attribute(out, "name", f->title);
    fputs(" time=\"0\">\n", out);
    if (f->verdict == VERDICT_FAIL && f->failure != NULL) {
        put_failure(out, r->scenario, f->failure);
    }
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
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\" time=\"0\">\n",
            r->finding_count, r->failed, skipped);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_case(out, r, &r->findings[i]);
    }
    fputs("  </testsuite>\n", out);
}

void report_junit_end(FILE *out)
{
    fputs("</testsuites>\n", out);
}
