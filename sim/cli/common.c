/* SPDX-License-Identifier: MIT
 * common.c: what the commands share. */
#include <stdarg.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"

static void print_diags(const struct diag_list *diags, bool warn)
{
    for (int i = 0; i < diags->count; i++) {
        char text[DIAG_FILE_MAX + DIAG_PATH_MAX + DIAG_TEXT_MAX + 64];
        if (diags->item[i].warning && !warn) continue;
        diag_format(diags, i, text, sizeof(text));
        fprintf(stderr, "%s\n", text);
    }
    if (diags->dropped > 0) fprintf(stderr, "and %d more\n", diags->dropped);
}

int cli_load(struct cli_scenario *out, const char *file, bool warn)
{
    static const int exits[] = {[CN_OK] = CLI_OK,
                                [CN_E_SYNTAX] = CLI_INVALID,
                                [CN_E_INVALID] = CLI_INVALID,
                                [CN_E_LIMIT] = CLI_INVALID,
                                [CN_E_IO] = CLI_SYSTEM};
    struct diag_list diags = {0};
    enum cn_status status = CN_OK;
    heap_init(&out->heap, &out->arena);
    out->scenario = scenario_load(&out->arena, file, &diags, &status);
    print_diags(&diags, warn);
    if (out->scenario != NULL) return CLI_OK;
    cli_unload(out);
    return exits[status];
}

void cli_unload(struct cli_scenario *s)
{
    s->scenario = NULL;
    heap_free(&s->heap);
}

int cli_usage(const char *command, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "cnedge %s: ", command);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\ntry: cnedge help %s\n", command);
    return CLI_USAGE;
}

int cli_finish(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    perror("cnedge: cannot write to standard output");
    return CLI_SYSTEM;
}
