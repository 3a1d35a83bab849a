/* SPDX-License-Identifier: MIT
 * export.c: `cnedge export`. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/replay/partner_report.h"
#include "cnedge/replay/run.h"
#include "export_mirror.h"

struct arguments {
    const char *what, *file, *at, *out, *listen;
    bool fields;
};

/* Other servers get the zones of sites that have a state of their own. */
static void say_left_out(const struct world_spec *w)
{
    if (w->member_count == 0) return;
    fprintf(stderr,
            "cnedge export: note: %" PRIu32 " site%s of cohorts left out, which others stand for "
            "(\"individual\": true in their portfolios gives them a state of their own)\n",
            w->member_count, cli_plural(w->member_count));
}

static int export_what(struct cli_scenario *s, const struct arguments *args, simtime at)
{
    struct engine e;
    if (!engine_init(&e, &s->arena, s->scenario)) {
        fprintf(stderr, "cnedge export: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    engine_advance(&e, at);
    e.world->now = at;
    if (args->out != NULL) {
        say_left_out(&s->scenario->world);
        const struct export_mirror m = {args->what, args->out, args->listen};
        return export_mirror(&e, &s->arena, &m);
    }
    return partner_report_write(stdout, &e) ? CLI_OK : CLI_SYSTEM;
}

static int export_file(const struct arguments *args)
{
    struct cli_scenario s;
    simtime when = SIMTIME_START;
    int code = cli_load(&s, args->file, false);
    if (code != CLI_OK) return code;
    if (args->at != NULL) code = cli_time("export", "--at", s.scenario, args->at, &when);
    if (code == CLI_OK) code = export_what(&s, args, when);
    cli_unload(&s);
    return cli_finish(code);
}

enum { OPTION_AT = CLI_OPTION_FIRST, OPTION_FIELDS, OPTION_OUT, OPTION_LISTEN };

static bool read_options(int argc, char **argv, struct arguments *args)
{
    static const struct option longs[] = {{"at", required_argument, NULL, OPTION_AT},
                                          {"fields", no_argument, NULL, OPTION_FIELDS},
                                          {"out", required_argument, NULL, OPTION_OUT},
                                          {"listen", required_argument, NULL, OPTION_LISTEN},
                                          {0}};
    for (int c; (c = cli_option(argc, argv, longs)) != -1;) {
        if (c == '?') return false;
        if (c == OPTION_AT) args->at = optarg;
        if (c == OPTION_FIELDS) args->fields = true;
        if (c == OPTION_OUT) args->out = optarg;
        if (c == OPTION_LISTEN) args->listen = optarg;
    }
    return true;
}

/* Which options go with what is exported. */
static int check_options(const struct arguments *args)
{
    bool partner = strcmp(args->what, "partner") == 0;
    if (partner && (args->out != NULL || args->listen != NULL)) {
        return cli_usage("export", "--out and --listen are for other servers, not for partner");
    }
    if (strcmp(args->what, "octodns") == 0 && args->listen != NULL) {
        return cli_usage("export",
                         "--listen is for servers; octoDNS hands zones to those of others");
    }
    if (!partner && args->fields) return cli_usage("export", "--fields is for partner");
    if (!partner && args->out == NULL) {
        return cli_usage("export", "expected --out DIR, where the files for %s go", args->what);
    }
    return CLI_OK;
}

int cli_export(int argc, char **argv)
{
    static const char *const whats[] = {"partner", "bind", "gdnsd", "knot", "octodns", "pdns"};
    struct arguments args = {0};
    if (!read_options(argc, argv, &args)) return CLI_USAGE;
    args.what = optind < argc ? argv[optind] : NULL;
    bool known =
        args.what != NULL && (strcmp(args.what, whats[0]) == 0 || export_mirror_knows(args.what));
    if (!known) return cli_unknown("export", whats, CN_ARRAY_LEN(whats), args.what);
    int code = check_options(&args);
    if (code != CLI_OK) return code;
    if (args.fields && optind + 1 == argc) {
        partner_report_fields(stdout);
        return cli_finish(CLI_OK);
    }
    if (optind + 2 != argc) return cli_usage("export", "expected one FILE");
    args.file = argv[optind + 1];
    if (args.listen == NULL) args.listen = "127.0.0.1:5300";
    return export_file(&args);
}
