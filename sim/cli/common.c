/* SPDX-License-Identifier: MIT
 * common.c: what the commands share. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"

static void print_diags(const struct diag_list *diags, bool warn)
{
    for (int i = 0; i < diags->count; i++) {
        char text[DIAG_FILE_MAX + DIAG_PATH_MAX + DIAG_TEXT_MAX + 64];
        if (diags->item[i].warning && !warn) continue;
        diag_format(diags, i, text, sizeof(text));
        fprintf(stderr, "%s\n", text);
    }
    if (diags->dropped == 0) return;
    fprintf(stderr, "and %d more%s\n", diags->dropped,
            diags->stopped ? " at least: reading stopped there" : "");
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

int cli_unknown(const char *command, const char *const *names, size_t count, const char *got)
{
    const char *near = got != NULL ? diag_nearest(got, names, count) : NULL;
    fprintf(stderr, "cnedge %s: expected ", command);
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    }
    const char *quote = got != NULL ? "\"" : "";
    fprintf(stderr, ", got %s%s%s", quote, got != NULL ? got : "none", quote);
    if (near != NULL) fprintf(stderr, "; did you mean \"%s\"?", near);
    fprintf(stderr, "\ntry: cnedge help %s\n", command);
    return CLI_USAGE;
}

static int no_option(const char *command, const struct option *longs, const char *got)
{
    enum { OPTIONS_MAX = 32 };
    char dashed[OPTIONS_MAX][32];
    const char *names[OPTIONS_MAX] = {NULL};
    size_t count = 0;
    for (; longs[count].name != NULL; count++) {
        CN_ASSERT(count < OPTIONS_MAX);
        snprintf(dashed[count], sizeof(dashed[count]), "--%s", longs[count].name);
        names[count] = dashed[count];
    }
    cli_unknown(command, names, count, got);
    return '?';
}

int cli_option(int argc, char **argv, const struct option *longs)
{
    opterr = 0;
    int c = getopt_long(argc, argv, ":", longs, NULL);
    if (c != '?' && c != ':') return c;
    char letter[] = {'-', (char)optopt, '\0'};
    bool is_short = optopt != 0 && optopt < CLI_OPTION_FIRST;
    const char *got = is_short ? letter : argv[optind - 1];
    if (c == '?' && optopt < CLI_OPTION_FIRST) return no_option(argv[0], longs, got);
    if (c == ':') {
        cli_usage(argv[0], "expected a value after %s, got none", got);
    } else {
        cli_usage(argv[0], "expected no value, got \"%s\"", got);
    }
    return '?';
}

int cli_time(const char *command, const char *option, const struct scenario *s, const char *text,
             simtime *out)
{
    char why[SCENARIO_WHY_MAX];
    if (scenario_time(s, text, out, why)) return CLI_OK;
    return cli_usage(command, "%s: %s", option, why);
}

int cli_name(const char *command, const char *text, uint8_t out[DNAME_MAX])
{
    char why[SCENARIO_WHY_MAX];
    if (scenario_name(text, out, why)) return CLI_OK;
    return cli_usage(command, "%s", why);
}

uint16_t cli_type(const char *text)
{
    enum { TYPE_BYTES_MAX = 16 };
    char upper[TYPE_BYTES_MAX] = "";
    if (strlen(text) >= sizeof(upper)) return 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
    }
    return rr_type_find(upper);
}

const char *cli_plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

int cli_finish(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    fprintf(stderr, "cnedge: cannot write to standard output%s%s\n", errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
    return CLI_SYSTEM;
}
