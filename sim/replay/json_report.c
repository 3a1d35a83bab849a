/* SPDX-License-Identifier: MIT
 * json_report.c: results as JSON lines. */
#include <jansson.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"
#include "report_text.h"

static json_t *reasons_of(const struct scenario *s, const struct decision *d)
{
    json_t *list = json_array();
    for (uint8_t i = 0; i < d->reason_count; i++) {
        char text[JUDGE_TEXT_MAX];
        json_t *reason = json_object();
        policy_reason_text(s->world.topology, d->reasons[i], text, sizeof(text));
        report_set_text(reason, "rule", policy_rule_id((enum policy_rule)d->reasons[i].rule));
        report_set_text(reason, "text", text);
        json_array_append_new(list, reason);
    }
    return list;
}

static json_t *touched_of(const struct scenario *s, const struct failure *f)
{
    json_t *list = json_array();
    for (uint8_t i = 0; i < f->touched_count; i++) {
        char text[JUDGE_TEXT_MAX];
        run_event_text(s, &f->touched[i], text);
        json_array_append_new(list, report_string(text));
    }
    return list;
}

static void add_failure(json_t *object, const struct scenario *s, const struct failure *f)
{
    char text[TIMETEXT_MAX];
    struct report_commands c;
    timetext_put_simtime(f->at, text);
    report_set_text(object, "failed_at", text);
    report_set_text(object, "expected", f->expected);
    report_set_text(object, "got", f->got);
    if (f->line != CN_NONE16) {
        report_set_text(object, "line", s->world.topology->lines[f->line].name);
    }
    if (f->name != NULL) {
        char name[DNAME_TEXT_MAX];
        dname_show(f->name, name);
        report_set_text(object, "name", name);
    }
    uint32_t alike = report_alike(s, f);
    if (alike > 1) json_object_set_new(object, "sites_alike", json_integer(alike));
    json_object_set_new(object, "reasons", reasons_of(s, &f->decision));
    json_object_set_new(object, "last_events", touched_of(s, f));
    if (!report_see_it(s, f, &c)) return;
    json_t *commands = json_array();
    json_array_append_new(commands, report_string(c.serve));
    json_array_append_new(commands, report_string(c.dig));
    json_object_set_new(object, "see_it", commands);
}

static void put_finding(FILE *out, const struct run_result *r, const struct finding *f)
{
    json_t *object = json_object();
    report_set_text(object, "record", run_kind_name(f->kind));
    report_set_text(object, "file", r->scenario->file);
    const struct place *place = run_place(f);
    if (place != NULL) {
        json_object_set_new(object, "line_number", json_integer(place->line));
        json_object_set_new(object, "column", json_integer(place->column));
        report_set_text(object, "pointer", place->pointer);
    }
    report_set_text(object, "title", f->title);
    report_set_text(object, "verdict", verdict_name(f->verdict));
    if (f->note != NULL) report_set_text(object, "note", f->note);
    if (f->failure != NULL) add_failure(object, r->scenario, f->failure);
    report_put_line(out, object);
}

void report_json_run(FILE *out, const struct run_result *r)
{
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_finding(out, r, &r->findings[i]);
    }
    json_t *object = json_object();
    report_set_text(object, "record", "scenario");
    report_set_text(object, "file", r->scenario->file);
    report_set_text(object, "name", r->scenario->name);
    json_object_set_new(object, "seed", json_integer((json_int_t)r->scenario->seed));
    json_object_set_new(object, "passed", json_integer(r->passed));
    json_object_set_new(object, "failed", json_integer(r->failed));
    json_object_set_new(object, "skipped", json_integer(r->skipped));
    json_object_set_new(object, "events", json_integer((json_int_t)r->events));
    json_object_set_new(object, "checks", json_integer((json_int_t)r->checks));
    json_object_set_new(object, "invariant_checks", json_integer((json_int_t)r->invariant_checks));
    report_put_line(out, object);
}

void report_json_void(FILE *out, const char *file, const char *why)
{
    json_t *object = json_object();
    report_set_text(object, "record", "void");
    report_set_text(object, "file", file);
    report_set_text(object, "why", why);
    report_put_line(out, object);
}
