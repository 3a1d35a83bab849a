/* SPDX-License-Identifier: MIT
 * cost.c: `cnedge cost`: what packages and products cost in a part of the run. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/report.h"

static int without_memory(const struct cli_scenario *s)
{
    fprintf(stderr, "cnedge cost: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
    return CLI_SYSTEM;
}

static int cost(struct cli_scenario *s, simtime from, simtime to, bool json)
{
    struct engine e;
    if (!engine_init(&e, &s->arena, s->scenario)) return without_memory(s);
    struct meter *before = arena_get(&s->arena, report_cost_rows(e.world), sizeof(*before));
    if (before == NULL) return without_memory(s);
    engine_advance(&e, from);
    report_cost_mark(e.world, from, before);
    engine_advance(&e, to);
    struct report_cost c = {e.world, from, to, before};
    bool good =
        json ? report_cost_json(stdout, &c, &s->arena) : report_cost_text(stdout, &c, &s->arena);
    return good ? CLI_OK : without_memory(s);
}

static int between(struct cli_scenario *s, const char *from_text, const char *to_text, bool json)
{
    simtime from;
    simtime to;
    int code = cli_time("cost", "--from", s->scenario, from_text, &from);
    if (code == CLI_OK) code = cli_time("cost", "--to", s->scenario, to_text, &to);
    if (code != CLI_OK) return code;
    if (simtime_before(to, from)) {
        return cli_usage("cost", "--to: expected a time not before --from, got \"%s\"", to_text);
    }
    return cost(s, from, to, json);
}

int cli_cost(int argc, char **argv)
{
    enum { OPTION_FROM = CLI_OPTION_FIRST, OPTION_TO, OPTION_JSON };
    static const struct option longs[] = {{"from", required_argument, NULL, OPTION_FROM},
                                          {"to", required_argument, NULL, OPTION_TO},
                                          {"json", no_argument, NULL, OPTION_JSON},
                                          {0}};
    const char *from = "start";
    const char *to = "end";
    bool json = false;
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_FROM) from = optarg;
        if (c == OPTION_TO) to = optarg;
        if (c == OPTION_JSON) json = true;
    }
    if (argc - optind != 1) {
        return cli_usage("cost", "expected one FILE, got %d", argc - optind);
    }
    struct cli_scenario s;
    int code = cli_load(&s, argv[optind], false);
    if (code != CLI_OK) return code;
    code = between(&s, from, to, json);
    cli_unload(&s);
    return cli_finish(code);
}
