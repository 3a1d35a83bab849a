/* SPDX-License-Identifier: MIT
 * schema.c: `cnedge schema`. */
#include <stdio.h>

#include "cnedge/cli/cli.h"

int cli_schema(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) return cli_usage("schema", "expected no arguments");
    if (scenario_schema(stdout)) return cli_finish(CLI_OK);
    fprintf(stderr, "cnedge schema: expected to be able to write, got an error\n");
    return CLI_SYSTEM;
}
