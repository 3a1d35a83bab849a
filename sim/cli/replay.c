/* SPDX-License-Identifier: MIT
 * replay.c: `cnedge replay`. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/cli/cli.h"
#include "cnedge/replay/report.h"

struct outputs { /* NULL: not asked for */
    FILE *junit, *json, *trace;
};

struct options {
    const char *junit, *json, *trace;
    const char *without, *shift;
};

/* What --without and --shift say of one scenario. */
struct alteration {
    uint32_t without, shifted;
    simtime shifted_at;
};

static int open_output(const char *path, FILE **out)
{
    if (path == NULL) return CLI_OK;
    *out = fopen(path, "w");
    if (*out != NULL) return CLI_OK;
    fprintf(stderr, "cnedge replay: cannot write %s: %s\n", path, strerror(errno));
    return CLI_SYSTEM;
}

static bool same_path(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static int open_outputs(const struct options *o, struct outputs *out)
{
    if (same_path(o->junit, o->json) || same_path(o->junit, o->trace) ||
        same_path(o->json, o->trace)) {
        return cli_usage("replay", "expected a file of its own for each report, got one twice");
    }
    int code = open_output(o->junit, &out->junit);
    if (out->junit != NULL) report_junit_start(out->junit);
    if (code == CLI_OK) code = open_output(o->json, &out->json);
    if (code == CLI_OK) code = open_output(o->trace, &out->trace);
    return code;
}

static int close_output(const char *path, FILE *out)
{
    if (out == NULL) return CLI_OK;
    errno = 0;
    bool bad = ferror(out) != 0;
    if (fclose(out) == 0 && !bad) return CLI_OK;
    fprintf(stderr, "cnedge replay: cannot write %s%s%s\n", path, errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
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

/* The number of the event that `text` names by id or number; an id is never a number. False when
 * there is none. */
static bool find_event(const struct scenario *s, const char *text, uint32_t *number)
{
    bool numeric = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = numeric ? strtoul(text, NULL, 10) : 0;
    *number = (uint32_t)n;
    if (numeric) return n < s->event_count;
    for (uint32_t i = 0; i < s->event_count; i++) {
        *number = s->events[i].number;
        if (*text != '\0' && strcmp(s->events[i].id, text) == 0) return true;
    }
    return false;
}

/* Reads "EVENT=+1h". False when it is not that, the event does not exist, or it would happen before
 * the start. After the end is allowed: then it does not happen. */
static bool find_shift(const struct scenario *s, const char *text, struct alteration *out)
{
    enum { EVENT_MAX = 128 };
    char event[EVENT_MAX];
    simdur by;
    const char *sign = strrchr(text, '=');
    if (sign == NULL || (size_t)(sign - text) >= sizeof(event)) return false;
    memcpy(event, text, (size_t)(sign - text));
    event[sign - text] = '\0';
    bool earlier = sign[1] == '-';
    if (!earlier && sign[1] != '+') return false;
    if (!timetext_duration(sign + 2, strlen(sign + 2), &by)) return false;
    if (!find_event(s, event, &out->shifted)) return false;
    for (uint32_t i = 0; i < s->event_count; i++) {
        if (s->events[i].number != out->shifted) continue;
        simtime at = s->events[i].event.at;
        if (earlier && by.ns > at.ns) return false;
        out->shifted_at = simtime_add(at, (simdur){earlier ? -by.ns : by.ns});
    }
    return true;
}

/* What the options say of this scenario; CLI_USAGE, with why it is void, when they do not fit it.
 */
static int find_alteration(const struct scenario *s, const struct options *o,
                           struct alteration *out, const char **why)
{
    *out = (struct alteration){.without = CN_NONE32, .shifted = CN_NONE32};
    if (o->without != NULL && !find_event(s, o->without, &out->without)) {
        *why = "there is no such event to leave out";
        return cli_usage("replay", "expected the id or number of an event of %s, got \"%s\"",
                         s->file, o->without);
    }
    if (o->shift != NULL && !find_shift(s, o->shift, out)) {
        *why = "there is no such event to shift, or not to that time";
        return cli_usage(
            "replay",
            "expected EVENT=+DURATION or EVENT=-DURATION with an event of %s that then "
            "does not come before the start, got \"%s\"",
            s->file, o->shift);
    }
    return CLI_OK;
}

static void report(const struct run_result *r, const struct outputs *out,
                   struct report_totals *totals)
{
    report_tap_run(stdout, r, totals);
    if (out->junit != NULL) report_junit_run(out->junit, r);
    if (out->json != NULL) report_json_run(out->json, r);
}

/* A scenario that could not be run. */
static void report_void(const char *file, const char *why, const struct outputs *out,
                        struct report_totals *totals)
{
    report_tap_void(stdout, file, why, totals);
    if (out->junit != NULL) report_junit_void(out->junit, file, why);
    if (out->json != NULL) report_json_void(out->json, file, why);
}

static int run(struct cli_scenario *s, const struct alteration *a, const struct outputs *out,
               struct report_totals *totals)
{
    struct report_trace trace = {out->trace, s->scenario};
    struct run_options o = {
        .without = a->without, .shifted = a->shifted, .shifted_at = a->shifted_at};
    struct run_result result;
    if (out->trace != NULL) {
        o.on_step = report_trace_step;
        o.owner = &trace;
    }
    enum cn_status status = run_scenario(&s->arena, s->scenario, &o, &result);
    if (status != CN_OK) {
        report_void(s->scenario->file, RUN_LIMIT_TEXT, out, totals);
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
    struct alteration a;
    const char *why;
    int code = cli_load(&s, file, true);
    if (code != CLI_OK) {
        report_void(file,
                    code == CLI_INVALID ? "the scenario is invalid, see standard error"
                                        : "the scenario cannot be read, see standard error",
                    out, totals);
        return code;
    }
    code = find_alteration(s.scenario, o, &a, &why);
    if (code == CLI_OK) {
        code = run(&s, &a, out, totals);
    } else {
        report_void(file, why, out, totals);
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
        for (const struct cli_file *f = files->first; f != NULL; f = f->next) {
            code = worse(code, replay_file(f->name, o, &out, &totals));
        }
        report_tap_end(stdout, &totals);
    }
    return worse(code, close_outputs(o, &out));
}

int cli_replay(int argc, char **argv)
{
    enum {
        OPTION_JUNIT = CLI_OPTION_FIRST,
        OPTION_JSON,
        OPTION_TRACE,
        OPTION_WITHOUT,
        OPTION_SHIFT
    };
    static const struct option longs[] = {{"junit", required_argument, NULL, OPTION_JUNIT},
                                          {"json", required_argument, NULL, OPTION_JSON},
                                          {"trace", required_argument, NULL, OPTION_TRACE},
                                          {"without", required_argument, NULL, OPTION_WITHOUT},
                                          {"shift", required_argument, NULL, OPTION_SHIFT},
                                          {0}};
    struct options o = {0};
    struct cli_files files = {0};
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_JUNIT) o.junit = optarg;
        if (c == OPTION_JSON) o.json = optarg;
        if (c == OPTION_TRACE) o.trace = optarg;
        if (c == OPTION_WITHOUT) o.without = optarg;
        if (c == OPTION_SHIFT) o.shift = optarg;
    }
    if (optind == argc) return cli_usage("replay", "expected at least one FILE or DIR, got none");
    int code = CLI_OK;
    for (int i = optind; i < argc && code == CLI_OK; i++) {
        code = cli_files_add(&files, argv[i]);
    }
    if (code == CLI_OK && (o.without != NULL || o.shift != NULL) && files.count != 1) {
        code = cli_usage("replay", "%s expects one scenario, got %zu",
                         o.without != NULL ? "--without" : "--shift", files.count);
    } else if (code == CLI_OK) {
        code = replay_files(&files, &o);
    }
    cli_files_free(&files);
    return cli_finish(code);
}
