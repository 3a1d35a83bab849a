/* SPDX-License-Identifier: MIT
 * check.c: `cnedge check`. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/run.h"

/* Runs the scenario without one event in memory of its own. False, reported, when memory or the
 * number of classes did not suffice. */
static bool fails_without(const struct scenario *s, uint32_t number, bool *fails)
{
    struct heap heap;
    struct arena arena;
    struct run_options o = {.without = number,
                            .shifted = CN_NONE32,
                            .expectations_only = number != CN_NONE32,
                            .until_failed = true};
    struct run_result r;
    heap_init(&heap, &arena);
    bool ok = run_scenario(&arena, s, &o, &r) == CN_OK;
    *fails = ok && r.failed > 0;
    heap_free(&heap);
    if (!ok) fprintf(stderr, "cnedge check: %s: " RUN_LIMIT_TEXT "\n", s->file);
    return ok;
}

static int complain_unnoticed(const struct scenario *s, const struct scenario_event *e)
{
    printf(
        "%s:%d:%d: %s: expected some expectation to fail without this event (%s%s%s), all held\n",
        s->file, e->place.line, e->place.column, e->place.pointer, event_info(e->event.kind)->name,
        e->id[0] != '\0' ? ", " : "", e->id);
    return CLI_FAILED;
}

/* Which events nobody observes: without them everything still holds. */
static int mutate(const struct scenario *s)
{
    int code = CLI_OK;
    bool fails;
    if (!fails_without(s, CN_NONE32, &fails)) return CLI_SYSTEM;
    if (fails) {
        printf("%s: expected everything to hold before events are left out, got failures (see "
               "them with: cnedge replay)\n",
               s->file);
        return CLI_FAILED;
    }
    for (uint32_t i = 0; i < s->event_count; i++) {
        if (s->events[i].refused != REFUSAL_NONE) continue; /* it says itself what must be seen */
        if (!fails_without(s, s->events[i].number, &fails)) return CLI_SYSTEM;
        if (!fails) code = complain_unnoticed(s, &s->events[i]);
    }
    return code;
}

enum { REFUSAL_VALUE_MAX = 256 };

/* --- refusals ------------------------------------------------------------------------------- */

/* Says of an event that the run refuses, and that does not say so itself, which rule it breaks with
 * which value, where the rule stands and what to do. */
static void explain_refusal(struct engine *e, const struct engine_step *step)
{
    const struct scenario *s = e->scenario;
    if (step->from == NULL || step->refusal == REFUSAL_NONE) return;
    const struct scenario_event *from = step->from;
    if (from->refused == step->refusal) return;
    char value[REFUSAL_VALUE_MAX] = "";
    bool has = world_refusal_state(e->world, &step->event, step->refusal, value, sizeof(value));
    fprintf(stderr, "%s:%d:%d: %s: note: %s will be refused with %s\n", s->file, from->place.line,
            from->place.column, from->place.pointer, event_info(step->event.kind)->name,
            refusal_name(step->refusal));
    fprintf(stderr, "    rule:   %s\n", refusal_text(step->refusal));
    if (has) fprintf(stderr, "    value:  %s\n", value);
    fprintf(stderr, "    source: %s\n    to do:  %s\n", refusal_source(step->refusal),
            refusal_advice(step->refusal));
}

/* Lets the scenario happen once, judging nothing, to see which events it refuses. */
static void explain_refusals(const struct scenario *s)
{
    struct heap heap;
    struct arena arena;
    struct engine e;
    struct engine_step step;
    heap_init(&heap, &arena);
    bool ok = engine_init(&e, &arena, s);
    while (ok && engine_step(&e, &step)) {
        explain_refusal(&e, &step);
        ok = !e.world->class_limit && !arena.failed;
    }
    if (!ok) fprintf(stderr, "cnedge check: %s: " RUN_LIMIT_TEXT "\n", s->file);
    heap_free(&heap);
}

/* "1000 sites (990 of them in 2 cohorts), 2000 hosts". */
static void print_sites(const struct world_spec *w)
{
    struct spec_count n = spec_count(w);
    printf("%" PRIu64 " site%s", n.sites, n.sites == 1 ? "" : "s");
    if (n.cohorts > 0) {
        printf(" (%" PRIu32 " of them in %" PRIu32 " cohort%s)", w->member_count + n.cohorts,
               n.cohorts, cli_plural(n.cohorts));
    }
    printf(", %" PRIu64 " host%s", n.hosts, n.hosts == 1 ? "" : "s");
}

/* ", 2 zones of 57 records in all" when there are any. */
static void print_zones(const struct world_spec *w)
{
    uint32_t zones = 0;
    uint64_t records = 0;
    for (uint32_t i = 0; i < w->site_count; i++) {
        if (w->sites[i].zone == NULL) continue;
        zones++;
        records += w->sites[i].zone->record_count;
    }
    if (zones == 0) return;
    printf(", %" PRIu32 " zone%s of %" PRIu64 " record%s", zones, cli_plural(zones), records,
           records == 1 ? "" : "s");
}

static int check_file(const char *file, bool with_mutate, bool with_duties)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, true);
    if (code != CLI_OK) return code;
    if (s.scenario->event_count > 0) explain_refusals(s.scenario);
    if (with_mutate) code = mutate(s.scenario);
    if (with_duties && code == CLI_OK) code = cli_duties(s.scenario);
    if (code == CLI_OK) {
        const struct scenario *sc = s.scenario;
        printf("%s: good: ", file);
        print_sites(&sc->world);
        print_zones(&sc->world);
        printf(", %" PRIu32 " event%s, %" PRIu32 " expectation%s\n", sc->event_count,
               cli_plural(sc->event_count), sc->expectation_count,
               cli_plural(sc->expectation_count));
    }
    cli_unload(&s);
    return code;
}

static int check_files(const struct cli_files *files, bool with_mutate, bool with_duties)
{
    int code = CLI_OK;
    for (const struct cli_file *f = files->first; f != NULL; f = f->next) {
        int one = check_file(f->name, with_mutate, with_duties);
        if (one > code) code = one;
    }
    return code;
}

int cli_check(int argc, char **argv)
{
    enum { OPTION_MUTATE = CLI_OPTION_FIRST, OPTION_DUTIES };
    static const struct option longs[] = {{"mutate", no_argument, NULL, OPTION_MUTATE},
                                          {"duties", no_argument, NULL, OPTION_DUTIES},
                                          {0}};
    struct cli_files files = {0};
    bool with_mutate = false;
    bool with_duties = false;
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_MUTATE) with_mutate = true;
        if (c == OPTION_DUTIES) with_duties = true;
    }
    if (optind == argc) return cli_usage("check", "expected at least one FILE or DIR, got none");
    int code = CLI_OK;
    for (int i = optind; i < argc && code == CLI_OK; i++) {
        code = cli_files_add(&files, argv[i]);
    }
    if (code == CLI_OK) code = check_files(&files, with_mutate, with_duties);
    cli_files_free(&files);
    return cli_finish(code);
}
