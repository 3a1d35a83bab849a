/* SPDX-License-Identifier: MIT
 * verify_report.c: what the verifier proved or found; the counterexample as a scenario. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "cnedge/replay/run.h"
#include "cnedge/replay/verify.h"
#include "report_text.h"

enum { PATH_MAX_BYTES = 4096 };

/* --- the violation in words ------------------------------------------------------------------- */

static void violation_text(const struct scenario *s, const struct violation *v,
                           char out[JUDGE_TEXT_MAX])
{
    const struct topology *t = s->world.topology;
    char name[DNAME_TEXT_MAX] = "a host";
    if (v->host != CN_NONE32) dname_show(s->world.hosts[v->host].name, name);
    int n = snprintf(out, JUDGE_TEXT_MAX, "%.300s from %s got %s", name,
                     v->line != CN_NONE16 ? t->lines[v->line].name : "anywhere",
                     v->got_pop != CN_NONE16 ? t->pops[v->got_pop].id : "no PoP");
    if (v->want_pop == CN_NONE16) return;
    snprintf(out + n, JUDGE_TEXT_MAX - (size_t)n, ", expected %s", t->pops[v->want_pop].id);
}

static void event_text(const struct scenario *s, const struct verify_event *e,
                       char out[JUDGE_TEXT_MAX])
{
    const char *id = e->from != NULL ? e->from->id : "";
    run_event_text(s, &(struct touched){e->event, id, e->refusal}, out);
}

/* --- for people ------------------------------------------------------------------------------- */

static void put_counts(FILE *out, const struct verify_options *o, const struct verify_result *r,
                       uint32_t sites)
{
    fprintf(out,
            "  %" PRIu64 " state%s visited; %s%" PRIu64 " without merging\n"
            "  %" PRIu64 " events applied, %" PRIu64 " injections refused, %" PRIu64
            " checks, %" PRIu64 " classes known to be good\n"
            "  %" PRIu32 " faults, %" PRIu32 " at the start: %" PRIu32 " site%s in %" PRIu32
            " orbit%s\n"
            "  durations: %s\n",
            r->states, report_text_plural(r->states),
            r->states_unmerged == UINT64_MAX ? "more than " : "", r->states_unmerged, r->events,
            r->refused, r->checks, r->classes_known, r->faults, r->faults_start, sites,
            report_text_plural(sites), r->orbits, report_text_plural(r->orbits),
            o->drawn ? "as drawn from the seed" : "the least of each range");
}

void verify_report_text(FILE *out, const struct scenario *s, const struct verify_options *o,
                        const struct verify_result *r)
{
    char text[JUDGE_TEXT_MAX];
    char at[TIMETEXT_MAX];
    if (!r->violated) {
        fprintf(out, "%s: the invariants hold under any %s\n", s->file,
                o->depth == 1 ? "single fault" : "single fault and any two");
        put_counts(out, o, r, s->world.site_count);
        return;
    }
    const struct verify_way *way = &r->way;
    timetext_put_simtime(way->at, at);
    violation_text(s, &way->violation, text);
    fprintf(out, "%s: invariant %s is violated at %s: %s\n", s->file,
            invariant_id(way->violation.invariant), at, text);
    for (uint32_t i = 0; i < way->count; i++) {
        event_text(s, &way->events[i], text);
        fprintf(out, "  %s %s\n", way->events[i].from != NULL ? "scenario" : "injected", text);
    }
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void set_count(json_t *o, const char *key, uint64_t n)
{
    uint64_t most = INT64_MAX;
    json_object_set_new(o, key, json_integer((json_int_t)(n < most ? n : most)));
}

static json_t *faults_of(const struct verify_result *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < VERIFY_FAULT_COUNT; i++) {
        const struct verify_fault_info *info = verify_faults_info(i);
        json_t *row = json_object();
        report_set_text(row, "do", event_info(info->kind)->name);
        report_set_text(row, "over", verify_faults_over_name(info->over));
        set_count(row, "accepted", r->accepted[i]);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *violation_of(const struct scenario *s, const struct verify_way *way)
{
    char text[JUDGE_TEXT_MAX];
    json_t *o = json_object();
    json_t *events = json_array();
    report_set_text(o, "invariant", invariant_id(way->violation.invariant));
    timetext_put_simtime(way->at, text);
    report_set_text(o, "at", text);
    violation_text(s, &way->violation, text);
    report_set_text(o, "text", text);
    for (uint32_t i = 0; i < way->count; i++) {
        event_text(s, &way->events[i], text);
        json_array_append_new(events, report_string(text));
    }
    json_object_set_new(o, "events", events);
    set_count(o, "injected", way->injected);
    return o;
}

void verify_report_json(FILE *out, const struct scenario *s, const struct verify_options *o,
                        const struct verify_result *r)
{
    json_t *object = json_object();
    report_set_text(object, "record", "verify");
    report_set_text(object, "file", s->file);
    json_object_set_new(object, "holds", json_boolean(!r->violated));
    set_count(object, "depth", o->depth);
    report_set_text(object, "durations", o->drawn ? "drawn" : "least");
    set_count(object, "states", r->states);
    set_count(object, "states_unmerged", r->states_unmerged);
    set_count(object, "events", r->events);
    set_count(object, "refused", r->refused);
    set_count(object, "deferred", r->deferred);
    set_count(object, "checks", r->checks);
    set_count(object, "classes_known", r->classes_known);
    set_count(object, "faults", r->faults);
    set_count(object, "faults_at_start", r->faults_start);
    set_count(object, "sites", s->world.site_count);
    set_count(object, "orbits", r->orbits);
    json_object_set_new(object, "accepted", faults_of(r));
    if (r->violated) json_object_set_new(object, "violation", violation_of(s, &r->way));
    report_put_line(out, object);
}

/* --- as a scenario ---------------------------------------------------------------------------- */

/* The address of a PoP's pool that an event is about. */
static void set_address(json_t *o, const struct world_spec *w, const struct event *e)
{
    char text[ADDRTEXT_MAX];
    world_address_text(w, e, text);
    report_set_text(o, "address", text);
}

/* What an injected event names, in the keys of the scenario format. */
static void set_references(json_t *o, const struct scenario *s, const struct event *e)
{
    const struct world_spec *w = &s->world;
    uint32_t params = event_info(e->kind)->required | event_info(e->kind)->optional;
    char name[DNAME_TEXT_MAX];
    if (e->site != CN_NONE32) {
        report_set_text(o, spec_site_key(w, e->site), w->sites[e->site].domain);
    }
    if (e->host != CN_NONE32) {
        dname_show(w->hosts[e->host].name, name);
        report_set_text(o, "host", name);
    }
    if (e->holder != CN_NONE32) report_set_text(o, "holder", w->holders[e->holder].id);
    if (e->account != CN_NONE32) report_set_text(o, "account", w->accounts[e->account].id);
    if (e->partner != CN_NONE16) report_set_text(o, "partner", w->partners[e->partner].id);
    if (e->pop != CN_NONE16) report_set_text(o, "pop", w->topology->pops[e->pop].id);
    if (e->region != CN_NONE16) {
        report_set_text(o, "province", w->topology->regions[e->region].name);
    }
    if (e->carrier != CN_NONE16) {
        report_set_text(o, "carrier", carrier_name((enum carrier)e->carrier));
    }
    if ((params & PARAM_CAUSE) != 0) {
        report_set_text(o, "cause", filing_cause_name((enum filing_cause)e->cause));
    }
    if ((params & PARAM_COVERAGE) != 0) {
        report_set_text(o, "coverage", coverage_name((enum coverage)e->coverage));
    }
    if ((params & PARAM_FAMILY) != 0) {
        report_set_text(o, "family", family_name((enum family)e->family));
    }
    if ((params & PARAM_ADDRESS) != 0) set_address(o, w, e);
    if ((params & PARAM_PROVIDER) != 0 && e->provider != CN_NONE16) {
        report_set_text(o, "provider", w->providers[e->provider]);
    }
    if (e->package != CN_NONE16) report_set_text(o, "package", w->packages[e->package].id);
    if (e->product != CN_NONE16) report_set_text(o, "product", w->products[e->product].id);
    if (e->scope == SCOPE_EVERYONE) json_object_set_new(o, "everyone", json_true());
}

/* An event of the scenario as its file has it, at its instant, and refused if it is. */
static json_t *event_of(const json_t *old, const struct scenario *s, const struct verify_event *e)
{
    char at[TIMETEXT_MAX];
    json_t *o =
        e->from != NULL ? json_deep_copy(json_array_get(old, e->from->number)) : json_object();
    timetext_put_simtime(e->event.at, at);
    report_set_text(o, "at", at);
    json_object_del(o, "refused");
    if (e->from == NULL) {
        report_set_text(o, "do", event_info(e->event.kind)->name);
        report_set_text(o, "note", "injected by cnedge verify");
        set_references(o, s, &e->event);
    }
    if (e->refusal != REFUSAL_NONE) report_set_text(o, "refused", refusal_name(e->refusal));
    return o;
}

/* The durations that the search took: the least of each range. */
static void settle_choices(json_t *root, const struct choices *c)
{
    json_t *choices = json_object_get(root, "choices");
    size_t count;
    const struct choice_info *table = choices_table(&count);
    if (choices != NULL && c->partner_batches != 1) {
        json_object_set_new(choices, "partner_batches", json_integer(1));
    }
    for (size_t i = 0; i < count && choices != NULL; i++) {
        char text[TIMETEXT_MAX];
        if (table[i].type != CHOICE_RANGE) continue;
        const struct duration_range *r = (const void *)((const uint8_t *)c + table[i].offset);
        if (r->min.ns == r->max.ns) continue;
        if (r->business) {
            snprintf(text, sizeof(text), "%" PRId64 "bd", r->min.ns / (86400 * SIMDUR_SECOND));
        } else {
            timetext_put_duration(r->min, text);
        }
        report_set_text(choices, table[i].name, text);
    }
}

/* A world file's name is relative to the scenario's: here to the directory that cnedge ran in. */
static void settle_world(json_t *root, const char *file)
{
    char path[PATH_MAX_BYTES];
    json_t *world = json_object_get(root, "world");
    const char *name = json_string_value(json_object_get(world, "file"));
    const char *slash = strrchr(file, '/');
    if (name == NULL || name[0] == '/' || slash == NULL) return;
    int n = snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - file), file, name);
    if (n > 0 && (size_t)n < sizeof(path)) report_set_text(world, "file", path);
}

static void describe(json_t *root, const struct scenario *s, const struct verify_way *way)
{
    char text[2 * JUDGE_TEXT_MAX];
    char got[JUDGE_TEXT_MAX];
    violation_text(s, &way->violation, got);
    snprintf(text, sizeof(text),
             "Counterexample to the invariant %s (%s): %s. Found by cnedge verify; %" PRIu32
             " of the events %s injected. Replaying it fails.",
             invariant_id(way->violation.invariant), invariant_text(way->violation.invariant), got,
             way->injected, way->injected == 1 ? "was" : "were");
    report_set_text(root, "description", text);
}

bool verify_report_scenario(FILE *out, const struct scenario *s, const struct verify_options *o,
                            const struct verify_result *r)
{
    char end[TIMETEXT_MAX];
    json_error_t error;
    json_t *root = json_load_file(s->file, 0, &error);
    if (root == NULL) return false;
    json_t *events = json_array();
    const json_t *old = json_object_get(root, "events");
    for (uint32_t i = 0; i < r->way.count; i++) {
        json_array_append_new(events, event_of(old, s, &r->way.events[i]));
    }
    json_object_set_new(root, "events", events);
    json_object_del(root, "expect");
    describe(root, s, &r->way);
    if (!o->drawn) settle_choices(root, &s->world.choices);
    settle_world(root, s->file);
    simtime until = simtime_add(r->way.at, simdur_s(1));
    timetext_put_duration((simdur){simtime_before(until, s->end) ? s->end.ns : until.ns}, end);
    char plus_end[TIMETEXT_MAX + 1];
    snprintf(plus_end, sizeof(plus_end), "+%s", end);
    report_set_text(root, "end", plus_end);
    bool ok = json_dumpf(root, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(root);
    return ok;
}
