/* SPDX-License-Identifier: MIT
 * replay.c: `cnedge replay`. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/report.h"

struct outputs { /* NULL: not asked for */
    FILE *junit, *json, *trace;
};

struct options {
    const char *junit, *json, *trace;
    const char *without;
};

static int open_output(const char *path, FILE **out)
{
    if (path == NULL) return CLI_OK;
    *out = fopen(path, "w");
    if (*out != NULL) return CLI_OK;
    fprintf(stderr, "cnedge replay: cannot write %s: %s\n", path, strerror(errno));
    return CLI_SYSTEM;
}

static int open_outputs(const struct options *o, struct outputs *out)
{
    int code = open_output(o->junit, &out->junit);
    if (code == CLI_OK) code = open_output(o->json, &out->json);
    if (code == CLI_OK) code = open_output(o->trace, &out->trace);
    if (code == CLI_OK && out->junit != NULL) report_junit_start(out->junit);
    return code;
}

static int close_output(const char *path, FILE *out)
{
    if (out == NULL) return CLI_OK;
    bool bad = ferror(out) != 0;
    if (fclose(out) == 0 && !bad) return CLI_OK;
    fprintf(stderr, "cnedge replay: cannot write %s: %s\n", path, strerror(errno));
    return CLI_SYSTEM;
}

/* The worse of two exit codes. */
static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int close_outputs(const struct options *o, const struct outputs *out)
{
    if (out->junit != NULL) report_junit_end(out->junit);
    int code = close_output(o->junit, out->junit);
    code = worse(code, close_output(o->json, out->json));
    return worse(code, close_output(o->trace, out->trace));
}

/* The number of the event that `text` names by id or number. False when there is none. */
static bool find_event(const struct scenario *s, const char *text, uint32_t *number)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    bool numeric = end != text && *end == '\0' && n < s->event_count;
    for (uint32_t i = 0; i < s->event_count; i++) {
        const struct scenario_event *e = &s->events[i];
        if (strcmp(e->id, text) != 0 && !(numeric && e->number == n)) continue;
        *number = e->number;
        return true;
    }
    return false;
}

static void report(const struct run_result *r, const struct outputs *out,
                   struct report_totals *totals)
{
    report_tap_run(stdout, r, totals);
    if (out->junit != NULL) report_junit_run(out->junit, r);
    if (out->json != NULL) report_json_run(out->json, r);
}

static int run(struct cli_scenario *s, uint32_t without, const struct outputs *out,
               struct report_totals *totals)
{
    struct report_trace trace = {out->trace, s->scenario};
    struct run_options o = {.without = without};
    struct run_result result;
    if (out->trace != NULL) {
        o.on_step = report_trace_step;
        o.owner = &trace;
    }
    enum cn_status status = run_scenario(&s->arena, s->scenario, &o, &result);
    if (status != CN_OK) {
        report_tap_void(stdout, s->scenario->file,
                        "expected to fit in memory and in 1024 classes of hosts, got more", totals);
        return CLI_SYSTEM;
    }
    if (out->trace != NULL) report_trace_end(&trace, &result);
    report(&result, out, totals);
    return result.failed > 0 ? CLI_FAILED : CLI_OK;
}

static int replay_file(const char *file, const struct options *o, const struct outputs *out,
                       struct report_totals *totals)
{
    struct cli_scenario s;
    uint32_t without = CN_NONE32;
    int code = cli_load(&s, file, true);
    if (code != CLI_OK) {
        report_tap_void(stdout, file, "the scenario is invalid, see standard error", totals);
        return code;
    }
    if (o->without != NULL && !find_event(s.scenario, o->without, &without)) {
        report_tap_void(stdout, file, "there is no such event to leave out", totals);
        code = cli_usage("replay", "expected the id or number of an event of %s, got \"%s\"", file,
                         o->without);
    } else {
        code = run(&s, without, out, totals);
    }
    cli_unload(&s);
    return code;
}

static int replay_files(const struct cli_files *files, const struct options *o)
{
    struct outputs out = {0};
    struct report_totals totals = {0};
    int code = open_outputs(o, &out);
    if (code == CLI_OK) {
        report_tap_start(stdout);
        for (size_t i = 0; i < files->count; i++) {
            code = worse(code, replay_file(files->names[i], o, &out, &totals));
        }
        report_tap_end(stdout, &totals);
    }
    return worse(code, close_outputs(o, &out));
}

static bool read_option(int c, struct options *o)
{
    switch (c) {
    case 'u':
        o->junit = optarg;
        return true;
    case 'j':
        o->json = optarg;
        return true;
    case 't':
        o->trace = optarg;
        return true;
    case 'w':
        o->without = optarg;
        return true;
    default:
        return false;
    }
}

int cli_replay(int argc, char **argv)
{
    static const struct option longs[] = {{"junit", required_argument, NULL, 'u'},
                                          {"json", required_argument, NULL, 'j'},
                                          {"trace", required_argument, NULL, 't'},
                                          {"without", required_argument, NULL, 'w'},
                                          {NULL, 0, NULL, 0}};
    struct options o = {0};
    struct cli_files files = {0};
    int c;
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (!read_option(c, &o)) return cli_usage("replay", "expected a known option");
    }
    if (optind == argc) return cli_usage("replay", "expected at least one FILE or DIR, got none");
    int code = CLI_OK;
    for (int i = optind; i < argc && code == CLI_OK; i++) {
        code = cli_files_add(&files, argv[i]);
    }
    if (code == CLI_OK && o.without != NULL && files.count != 1) {
        code = cli_usage("replay", "--without expects one scenario, got %zu", files.count);
    } else if (code == CLI_OK) {
        code = replay_files(&files, &o);
    }
    cli_files_free(&files);
    return cli_finish(code);
}
