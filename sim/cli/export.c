/* SPDX-License-Identifier: MIT
 * export.c: `cnedge export`. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/partner_report.h"
#include "cnedge/replay/run.h"

static int export_partner(struct cli_scenario *s, simtime at)
{
    struct engine e;
    if (!engine_init(&e, &s->arena, s->scenario)) {
        fprintf(stderr, "cnedge export: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    engine_advance(&e, at);
    e.world->now = at;
    return partner_report_write(stdout, &e) ? CLI_OK : CLI_SYSTEM;
}

static int export_file(const char *file, const char *at)
{
    struct cli_scenario s;
    simtime when = SIMTIME_START;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    if (at != NULL) code = cli_time("export", "--at", s.scenario, at, &when);
    if (code == CLI_OK) code = export_partner(&s, when);
    cli_unload(&s);
    return cli_finish(code);
}

int cli_export(int argc, char **argv)
{
    static const struct option longs[] = {{"at", required_argument, NULL, CLI_OPTION_FIRST},
                                          {"fields", no_argument, NULL, CLI_OPTION_FIRST + 1},
                                          {0}};
    static const char *const whats[] = {"partner"};
    const char *at = NULL;
    bool fields = false;
    for (int c; (c = cli_option(argc, argv, longs)) != -1;) {
        if (c == '?') return CLI_USAGE;
        if (c == CLI_OPTION_FIRST) at = optarg;
        if (c == CLI_OPTION_FIRST + 1) fields = true;
    }
    const char *what = optind < argc ? argv[optind] : NULL;
    if (what == NULL || strcmp(what, whats[0]) != 0) return cli_unknown("export", whats, 1, what);
    if (fields && optind + 1 == argc) {
        partner_report_fields(stdout);
        return cli_finish(CLI_OK);
    }
    if (optind + 2 != argc) return cli_usage("export", "expected one FILE");
    return export_file(argv[optind + 1], at);
}
