/* SPDX-License-Identifier: MIT */
#include "cnedge/scenario/scenario.h"

#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "cnedge/base/timetext.h"
#include "cnedge/scenario/heap.h"
#include "load.h"
#include "schema.h"
#include "shape.h"
#include "tables.h"
#include "times.h"
#include "values.h"

struct spill_client scenario_asker(const struct scenario_client *c)
{
    uint8_t whole = c->v6 ? 128 : 32;
    struct spill_client asker = {.bits = c->part_bits > 0 ? c->address_bits : whole, .v6 = c->v6};
    memcpy(asker.address, c->address, sizeof(asker.address));
    return asker;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_nameservers(struct load *l)
{
    static const char *const names[] = {"ns1.cnedge.example", "ns2.cnedge.example"};
    size_t count = node_count(&l->root, "nameservers");
    for (size_t i = 0; i < (count > 0 ? count : CN_ARRAY_LEN(names)); i++) {
        struct at list;
        struct at at;
        const char *name =
            count > 0 ? json_string_value(node_value(&l->root, "nameservers", i, &list, &at))
                      : names[i];
        l->world->nameservers[l->world->nameserver_count++] = load_wire(l, name);
    }
}

static void read_end(struct load *l)
{
    walltime end;
    simdur length;
    struct scenario *s = l->s;
    const char *text = node_text(&l->root, "end");
    const struct at at = node_at(&l->root, "end");
    if (timetext_instant(text, &end)) {
        s->end = (simtime){end.ns - s->start.ns}; /* both are from 1970 to 2261 */
    } else {
        bool ok = timetext_duration(text + 1, strlen(text + 1), &length);
        CN_ASSERT(ok);
        s->end = simtime_add(SIMTIME_START, length);
    }
    walltime last;
    if (!timetext_instant("2261-12-31T23:59:59Z", &last)) last = s->start;
    if (s->end.ns > 0 && simtime_wall(s->start, s->end).ns <= last.ns) return;
    char shown[TIMETEXT_MAX];
    timetext_put_instant(s->start, shown);
    jsondoc_error(l->root.doc, &at,
                  "expected a time after the start (%s) and before the year 2262, got \"%s\"",
                  shown, text);
    s->end = (simtime){last.ns - s->start.ns}; /* so that not every event lies outside too */
}

static void read_head(struct load *l)
{
    struct scenario *s = l->s;
    s->file = load_copy(l, l->root.doc->file);
    s->name = load_copy(l, node_text(&l->root, "name"));
    s->description = load_copy(l, node_text(&l->root, "description"));
    s->source = load_copy(l, node_text(&l->root, "source"));
    s->seed = (uint64_t)node_integer(&l->root, "seed");
    s->start = node_instant(&l->root, "start", (walltime){0});
    const char *start = node_text(&l->root, "start");
    walltime same;
    if (start == NULL || !timetext_instant_zone(start, &same, &s->zone_s)) s->zone_s = 0;
    l->world->start = s->start;
    l->world->seed = s->seed;
    read_end(l);
    read_nameservers(l);
}

/* Reads everything that a file of the right shape says. What comes later in the list refers to what
 * comes earlier; without a world there is nothing for clients and events to refer to. */
static void read_all(struct load *l)
{
    static void (*const parts[])(struct load *) = {
        read_head,     settings_read,    workdays_read, entities_partners, world_file_read,
        capacity_read, populations_read, entities_read, sites_read,        products_read,
        clients_read,  events_read,      expect_read};
    for (size_t i = 0; i < CN_ARRAY_LEN(parts) && load_has_memory(l); i++) {
        if (parts[i] == products_read && (l->world->prefixes == NULL || l->world->sites == NULL)) {
            return;
        }
        parts[i](l);
    }
}

static const struct scenario_limits usual = {SCENARIO_PORTFOLIO_SITES_MAX,
                                             SCENARIO_PORTFOLIO_BYTES_MAX};

/* Reads `d`, whose text is set. NULL unless everything is right. */
static const struct scenario *parse(struct arena *a, struct jsondoc *d,
                                    const struct scenario_limits *limits)
{
    struct heap heap;
    struct arena scratch;
    struct load l = {.a = a, .scratch = &scratch, .limits = limits};
    int errors = d->diags->errors;
    heap_init(&heap, &scratch);
    if (jsondoc_parse(d) && shape_check(d, &objects_scenario, &scratch)) {
        l.root = (struct node){d, &objects_scenario, d->root, AT_ROOT};
        l.s = arena_get(a, 1, sizeof(*l.s));
        if (l.s != NULL) {
            l.world = &l.s->world;
            read_all(&l);
        }
    }
    if (!load_has_memory(&l)) jsondoc_no_memory(d);
    heap_free(&heap);
    return d->diags->errors == errors ? l.s : NULL;
}

const struct scenario *scenario_parse_within(struct arena *a, const struct scenario_text *text,
                                             const struct scenario_limits *limits,
                                             struct diag_list *diags, enum cn_status *status)
{
    *status = CN_OK;
    struct jsondoc d = {
        .file = text->file, .text = {text->text, text->len}, .diags = diags, .status = status};
    const struct scenario *s = parse(a, &d, limits);
    jsondoc_free(&d);
    return s;
}

const struct scenario *scenario_parse(struct arena *a, const struct scenario_text *text,
                                      struct diag_list *diags, enum cn_status *status)
{
    return scenario_parse_within(a, text, &usual, diags, status);
}

const struct scenario *scenario_load(struct arena *a, const char *file, struct diag_list *diags,
                                     enum cn_status *status)
{
    *status = CN_OK;
    struct jsondoc d = {.file = file, .diags = diags, .status = status};
    const struct scenario *s = jsondoc_read(&d) ? parse(a, &d, &usual) : NULL;
    jsondoc_free(&d);
    return s;
}

/* --- looking things up ------------------------------------------------------------------------ */

/* What a time's name stands for; false when it is no event. */
static bool base_time(const struct scenario *s, const char *name, simtime *out)
{
    *out = SIMTIME_START;
    if (strcmp(name, "start") == 0) return true;
    *out = s->end;
    if (strcmp(name, "end") == 0) return true;
    for (uint32_t i = 0; i < s->event_count; i++) {
        if (strcmp(s->events[i].id, name) != 0) continue;
        *out = s->events[i].event.at;
        return true;
    }
    return false;
}

/* The event, "start" or "end" that was probably meant; NULL when nothing is near. */
static const char *nearest_time(const struct scenario *s, const char *name, struct arena *a)
{
    uint32_t count = 0;
    const char **names = arena_get(a, s->event_count + 2, sizeof(*names));
    if (names == NULL) return NULL;
    names[count++] = "start";
    names[count++] = "end";
    for (uint32_t i = 0; i < s->event_count; i++) {
        if (s->events[i].id[0] != '\0') names[count++] = s->events[i].id;
    }
    return diag_nearest(name, names, count);
}

static void why_no_event(const struct scenario *s, const char *name, char why[SCENARIO_WHY_MAX])
{
    struct heap heap;
    struct arena scratch;
    heap_init(&heap, &scratch);
    const char *near = nearest_time(s, name, &scratch);
    snprintf(why, SCENARIO_WHY_MAX,
             "expected the id of an event, \"start\" or \"end\", got \"%s\"%s%s%s", name,
             near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
             near != NULL ? "\"?" : "");
    heap_free(&heap);
}

static void why_no_time(const char *text, char why[SCENARIO_WHY_MAX])
{
    char hint[HINTS_TEXT_MAX];
    bool hinted = hints_time(text, hint);
    snprintf(why, SCENARIO_WHY_MAX, "expected %s, got \"%.80s\"%s%s", values_time.expected, text,
             hinted ? "; " : "", hinted ? hint : "");
}

static void why_outside(const struct scenario *s, const char *text, char why[SCENARIO_WHY_MAX])
{
    char first[TIMETEXT_MAX];
    char last[TIMETEXT_MAX];
    timetext_put_local(s->start, s->zone_s, first);
    timetext_put_local(simtime_wall(s->start, s->end), s->zone_s, last);
    snprintf(why, SCENARIO_WHY_MAX, "expected a time within the run (%s .. %s), got \"%s\"", first,
             last, text);
}

bool scenario_time(const struct scenario *s, const char *text, simtime *out,
                   char why[SCENARIO_WHY_MAX])
{
    struct times t;
    simtime base = SIMTIME_START;
    if (!times_split(text, &t)) {
        why_no_time(text, why);
        return false;
    }
    if (t.kind == TIMES_NAMED && !base_time(s, t.name, &base)) {
        why_no_event(s, t.name, why);
        return false;
    }
    if (times_resolve(&t, s->start, base, out) && !simtime_before(s->end, *out)) return true;
    why_outside(s, text, why);
    return false;
}

/* --- describing the format -------------------------------------------------------------------- */

bool scenario_schema(FILE *out)
{
    json_t *schema = schema_make(&objects_scenario, &geography_world_file);
    if (schema == NULL) return false;
    bool ok = json_dumpf(schema, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(schema);
    return ok;
}

static void print_key(void *context, const struct type *t, const struct key *k)
{
    FILE *out = context;
    fprintf(out, "%s.%s\t%s\t%s\n", t->name, k->name,
            k->required           ? "required"
            : k->fallback != NULL ? k->fallback
                                  : "",
            k->text);
}

bool scenario_keys(FILE *out)
{
    schema_each_key(&objects_scenario, print_key, out);
    return ferror(out) == 0;
}
