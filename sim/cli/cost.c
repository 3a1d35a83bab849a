/* SPDX-License-Identifier: MIT
 * cost.c: `cnedge cost`: what packages and products have cost up to a time. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/report.h"

static int cost(struct cli_scenario *s, const char *at_text, bool json)
{
    struct engine e;
    simtime at;
    int code = cli_time("cost", "--at", s->scenario, at_text, &at);
    if (code != CLI_OK) return code;
    if (!engine_init(&e, &s->arena, s->scenario)) {
        fprintf(stderr, "cnedge cost: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    engine_advance(&e, at);
    if (json) {
        report_cost_json(stdout, e.world, at);
    } else {
        report_cost_text(stdout, e.world, at);
    }
    return CLI_OK;
}

int cli_cost(int argc, char **argv)
{
    enum { OPTION_AT = CLI_OPTION_FIRST, OPTION_JSON };
    static const struct option longs[] = {
        {"at", required_argument, NULL, OPTION_AT}, {"json", no_argument, NULL, OPTION_JSON}, {0}};
    const char *at = "end";
    bool json = false;
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_AT) at = optarg;
        if (c == OPTION_JSON) json = true;
    }
    if (argc - optind != 1) {
        return cli_usage("cost", "expected one FILE, got %d", argc - optind);
    }
    struct cli_scenario s;
    int code = cli_load(&s, argv[optind], false);
    if (code != CLI_OK) return code;
    code = cost(&s, at, json);
    cli_unload(&s);
    return cli_finish(code);
}
