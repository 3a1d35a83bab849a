/* SPDX-License-Identifier: MIT
 * rules.c: `cnedge rules`: every setting and dated rule with default, grade and source. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/model/rules.h"
#include "cnedge/replay/rules_report.h"

/* " [C4.6 C4.7]": the declared choices that a setting stands for. */
static void print_numbers(uint32_t c4)
{
    const char *before = " [";
    for (unsigned n = 1; n <= CHOICES_DECLARED; n++) {
        if ((c4 & CHOICE_C4(n)) == 0) continue;
        printf("%sC4.%u", before, n);
        before = " ";
    }
    if (c4 != 0) putchar(']');
}

static void print_setting(const struct choice_info *info, enum profile profile)
{
    const struct profile_value *v = profile_find(profile, info->name);
    const char *value = profile_text(profile, info);
    printf("%s = %s", info->name, value[0] != '\0' ? value : "(none)");
    print_numbers(info->c4);
    if (v != NULL) printf(" (default: %s)", info->fallback[0] != '\0' ? info->fallback : "(none)");
    printf("\n    %s\n", info->text);
    for (uint32_t i = 0; info->type == CHOICE_ENUM && i < info->max; i++) {
        printf("%s%s%s", i == 0 ? "    one of " : ", ", info->names[i],
               i + 1 == info->max ? "\n" : "");
    }
    printf("    grade %s: %s\n", v != NULL ? v->grade : info->grade,
           v != NULL ? v->source : info->source);
}

static void print_settings(enum profile profile)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    printf("Settings (key \"choices\"), profile %s\n\n", profile_name(profile));
    for (size_t i = 0; i < count; i++) {
        print_setting(&table[i], profile);
    }
}

/* "2020-08-17", or dots for no bound. */
static void print_day(int32_t day)
{
    if (day == RULES_EVER_FROM || day == RULES_EVER_TO) {
        printf("..........");
    } else {
        printf("%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
    }
}

static void print_rules(void)
{
    size_t count;
    const struct rules_version *v = rules_table(&count);
    printf("\nDated rules (key \"rules\"); days are those of China, both included\n\n");
    for (size_t i = 0; i < count; i++) {
        const struct rules_info *info = rules_info(v[i].rule);
        if (i == 0 || v[i - 1].rule != v[i].rule) printf("%s\n    %s\n", info->name, info->text);
        printf("    ");
        print_day(v[i].from);
        printf(" to ");
        print_day(v[i].to);
        printf("  %s\n        grade %s: %s\n", v[i].value, v[i].grade, v[i].source);
    }
}

static int read_profile(const char *text, enum profile *out)
{
    const char *names[PROFILE_COUNT];
    *out = profile_named(text);
    if (*out != PROFILE_COUNT) return CLI_OK;
    for (unsigned p = 0; p < PROFILE_COUNT; p++) {
        names[p] = profile_name((enum profile)p);
    }
    return cli_unknown("rules", names, CN_ARRAY_LEN(names), text);
}

static int print_json(enum profile profile)
{
    if (rules_report_json(stdout, profile)) return cli_finish(CLI_OK);
    fprintf(stderr, "cnedge rules: out of memory\n");
    return CLI_SYSTEM;
}

int cli_rules(int argc, char **argv)
{
    enum { OPTION_JSON = CLI_OPTION_FIRST, OPTION_PROFILE };
    static const struct option longs[] = {{"json", no_argument, NULL, OPTION_JSON},
                                          {"profile", required_argument, NULL, OPTION_PROFILE},
                                          {0}};
    enum profile profile = PROFILE_NONE;
    bool json = false;
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_JSON) json = true;
        if (c == OPTION_PROFILE && read_profile(optarg, &profile) != CLI_OK) return CLI_USAGE;
    }
    if (optind != argc) return cli_usage("rules", "expected no FILE, got \"%s\"", argv[optind]);
    if (json) return print_json(profile);
    print_settings(profile);
    print_rules();
    return cli_finish(CLI_OK);
}
