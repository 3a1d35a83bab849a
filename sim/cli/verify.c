/* SPDX-License-Identifier: MIT
 * verify.c: `cnedge verify`. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/report.h"
#include "cnedge/replay/run.h"
#include "cnedge/replay/verify.h"

struct options {
    struct verify_options verify;
    bool json;
    const char *out; /* NULL: standard output */
};

static int write_way(const struct scenario *s, const struct verify_result *r,
                     const struct options *o)
{
    FILE *out = o->out != NULL ? fopen(o->out, "w") : stdout;
    if (out == NULL) {
        fprintf(stderr, "cnedge verify: cannot write %s: %s\n", o->out, strerror(errno));
        return CLI_SYSTEM;
    }
    bool ok = verify_report_scenario(out, s, &o->verify, r);
    if (out != stdout && (fclose(out) != 0 || !ok)) {
        fprintf(stderr, "cnedge verify: cannot write %s\n", o->out);
        return CLI_SYSTEM;
    }
    return ok ? CLI_FAILED : CLI_SYSTEM;
}

static int verify(struct cli_scenario *s, const struct options *o)
{
    struct verify_result r;
    if (verify_run(&s->arena, s->scenario, &o->verify, &r) != CN_OK) {
        fprintf(stderr, "cnedge verify: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    bool to_stdout = r.violated && o->out == NULL;
    FILE *text = to_stdout ? stderr : stdout;
    if (o->json) {
        verify_report_json(text, s->scenario, &o->verify, &r);
    } else {
        verify_report_text(text, s->scenario, &o->verify, &r);
    }
    return r.violated ? write_way(s->scenario, &r, o) : CLI_OK;
}

static int verify_file(const char *file, const struct options *o)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    code = verify(&s, o);
    cli_unload(&s);
    return code;
}

/* At the first violation there is a file to write, and only one. */
static int verify_files(const struct cli_files *files, const struct options *o)
{
    int code = CLI_OK;
    for (const struct cli_file *f = files->first; f != NULL && code != CLI_FAILED; f = f->next) {
        int one = verify_file(f->name, o);
        if (one > code || one == CLI_FAILED) code = one;
    }
    return code;
}

static int read_depth(const char *text, uint32_t *depth)
{
    if (text[0] < '1' || text[0] > '0' + VERIFY_DEPTH_MAX || text[1] != '\0') {
        return cli_usage("verify", "--depth expects 1 or 2, got \"%s\"", text);
    }
    *depth = (uint32_t)(text[0] - '0');
    return CLI_OK;
}

static int read_args(int argc, char **argv, struct options *o)
{
    enum { OPTION_DEPTH = CLI_OPTION_FIRST, OPTION_JSON, OPTION_OUT, OPTION_DRAWN };
    static const struct option longs[] = {{"depth", required_argument, NULL, OPTION_DEPTH},
                                          {"json", no_argument, NULL, OPTION_JSON},
                                          {"out", required_argument, NULL, OPTION_OUT},
                                          {"drawn", no_argument, NULL, OPTION_DRAWN},
                                          {0}};
    for (int c; (c = cli_option(argc, argv, longs)) != -1;) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_JSON) o->json = true;
        if (c == OPTION_OUT) o->out = optarg;
        if (c == OPTION_DRAWN) o->verify.drawn = true;
        if (c == OPTION_DEPTH && read_depth(optarg, &o->verify.depth) != CLI_OK) return CLI_USAGE;
    }
    if (optind < argc) return CLI_OK;
    return cli_usage("verify", "expected at least one FILE or DIR, got none");
}

int cli_verify(int argc, char **argv)
{
    struct options o = {.verify = {.depth = 1}};
    struct cli_files files = {0};
    int code = read_args(argc, argv, &o);
    for (int i = optind; i < argc && code == CLI_OK; i++) {
        code = cli_files_add(&files, argv[i]);
    }
    if (code == CLI_OK) code = verify_files(&files, &o);
    cli_files_free(&files);
    return cli_finish(code);
}
