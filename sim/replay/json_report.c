/* SPDX-License-Identifier: MIT
 * json_report.c: results as JSON lines. */
#include <jansson.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"

static void put_line(FILE *out, json_t *object)
{
    if (object == NULL) return;
    json_dumpf(object, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(object);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

static json_t *reasons_of(const struct scenario *s, const struct decision *d)
{
    json_t *list = json_array();
    for (uint8_t i = 0; i < d->reason_count; i++) {
        char text[JUDGE_TEXT_MAX];
        json_t *reason = json_object();
        policy_reason_text(s->world.topology, d->reasons[i], text, sizeof(text));
        set_text(reason, "rule", policy_rule_id((enum policy_rule)d->reasons[i].rule));
        set_text(reason, "text", text);
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
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static void add_failure(json_t *object, const struct scenario *s, const struct failure *f)
{
    char text[REPORT_LINE_MAX];
    timetext_put_simtime(f->at, text);
    set_text(object, "failed_at", text);
    set_text(object, "expected", f->expected);
    set_text(object, "got", f->got);
    if (f->line != CN_NONE16) set_text(object, "line", s->world.topology->lines[f->line].name);
    json_object_set_new(object, "reasons", reasons_of(s, &f->decision));
    json_object_set_new(object, "last_events", touched_of(s, f));
    report_see_it(s, f, text);
    if (text[0] != '\0') set_text(object, "see_it", text);
}

static void put_finding(FILE *out, const struct run_result *r, const struct finding *f)
{
    static const char *const kinds[] = {"event", "expectation", "invariants"};
    json_t *object = json_object();
    set_text(object, "record", kinds[f->kind]);
    set_text(object, "file", r->scenario->file);
    const struct place *place = f->expectation != NULL ? &f->expectation->place
                                : f->event != NULL     ? &f->event->place
                                                       : NULL;
    if (place != NULL) {
        json_object_set_new(object, "line_number", json_integer(place->line));
        json_object_set_new(object, "column", json_integer(place->column));
        set_text(object, "pointer", place->pointer);
    }
    set_text(object, "title", f->title);
    set_text(object, "verdict", verdict_name(f->verdict));
    if (f->note != NULL) set_text(object, "note", f->note);
    if (f->failure != NULL) add_failure(object, r->scenario, f->failure);
    put_line(out, object);
}

void report_json_run(FILE *out, const struct run_result *r)
{
    for (uint32_t i = 0; i < r->finding_count; i++) {
        put_finding(out, r, &r->findings[i]);
    }
    json_t *object = json_object();
    set_text(object, "record", "scenario");
    set_text(object, "file", r->scenario->file);
    set_text(object, "name", r->scenario->name);
    json_object_set_new(object, "seed", json_integer((json_int_t)r->scenario->seed));
    json_object_set_new(object, "passed", json_integer(r->passed));
    json_object_set_new(object, "failed", json_integer(r->failed));
    json_object_set_new(object, "skipped", json_integer(r->skipped));
    json_object_set_new(object, "events", json_integer((json_int_t)r->events));
    json_object_set_new(object, "checks", json_integer((json_int_t)r->checks));
    json_object_set_new(object, "invariant_checks", json_integer((json_int_t)r->invariant_checks));
    put_line(out, object);
}
