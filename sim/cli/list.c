/* SPDX-License-Identifier: MIT
 * list.c: `cnedge list`: the words that scenarios use, from the tables that define them. */
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/model/builtin.h"
#include "cnedge/model/invariant.h"
#include "cnedge/traffic/path.h"

static void list_lines(const struct topology *t)
{
    for (uint16_t i = 0; i < t->line_count; i++) {
        const struct line *l = &t->lines[i];
        uint16_t in = t->mainland_count > 0 ? l->mainland[0] : CN_NONE16;
        uint16_t out = t->outside_count > 0 ? l->outside[0] : CN_NONE16;
        printf("%-32s %-8s nearest mainland PoP %s, outside %s\n", l->name,
               client_zone_name(l->zone), in != CN_NONE16 ? t->pops[in].id : "-",
               out != CN_NONE16 ? t->pops[out].id : "-");
    }
}

static void list_pops(const struct topology *t)
{
    for (uint16_t i = 0; i < t->pop_count; i++) {
        const struct pop *p = &t->pops[i];
        const char *region = p->region != CN_NONE16 ? t->regions[p->region].name : p->country;
        printf("%-6s %-8s %-16s %-22s", p->id, pop_class_name(p->class_), region, p->city);
        for (unsigned c = 0; c < CARRIER_COUNT; c++) {
            if ((p->carriers & 1U << c) != 0) printf(" %s", carrier_name((enum carrier)c));
        }
        putchar('\n');
    }
}

static void list_params(uint32_t params, const char *before)
{
    static const char *const names[] = {"site",
                                        "host",
                                        "holder",
                                        "account",
                                        "pop",
                                        "province",
                                        "carrier",
                                        "cause",
                                        "inputs",
                                        "coverage",
                                        "subject_changes",
                                        "site|holder|account|partner|everyone",
                                        "partner",
                                        "to",
                                        "share_permille",
                                        "tlds",
                                        "provider",
                                        "family",
                                        "address",
                                        "port",
                                        "package",
                                        "product",
                                        "mbps",
                                        "portal",
                                        "for",
                                        "edition",
                                        "seconds",
                                        "app"};
    if ((params & PARAM_FILED) == PARAM_FILED) {
        printf("%ssite|app", before);
        params &= ~(uint32_t)PARAM_FILED;
    }
    for (unsigned i = 0; i < CN_ARRAY_LEN(names); i++) {
        if ((params & 1U << i) != 0) printf("%s%s", before, names[i]);
    }
    if ((params & PARAM_NAMED) != 0) printf("%ssite|host", before);
}

static void list_events(void)
{
    for (unsigned k = 0; k < EVENT_KIND_COUNT; k++) {
        const struct event_info *info = event_info((enum event_kind)k);
        printf("%-22s %s", info->name, info->text);
        if (info->derived) {
            printf(" (a timer's; not for scenarios)");
        } else {
            list_params(info->required, "; needs ");
            list_params(info->optional, "; may have ");
        }
        putchar('\n');
    }
}

static void list_choices(void)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-22s default %s: %s [%s: %s]", table[i].name, table[i].fallback, table[i].text,
               table[i].grade, table[i].source);
        for (uint32_t n = 0; table[i].type == CHOICE_ENUM && n < table[i].max; n++) {
            printf("%s%s", n == 0 ? "; one of " : ", ", table[i].names[n]);
        }
        putchar('\n');
    }
}

static void list_reasons(void)
{
    for (unsigned r = 0; r < RULE_COUNT; r++) {
        printf("%-24s %s\n", policy_rule_id((enum policy_rule)r),
               policy_rule_text((enum policy_rule)r));
    }
}

static void list_path(void)
{
    for (unsigned r = 0; r < PATH_RULE_COUNT; r++) {
        printf("%-24s %s\n", path_rule_id((enum path_rule)r), path_rule_text((enum path_rule)r));
    }
}

static void list_refusals(void)
{
    for (unsigned r = REFUSAL_NONE + 1; r < REFUSAL_COUNT; r++) {
        enum refusal code = (enum refusal)r;
        printf("%-30s %s [%s]; to do: %s\n", refusal_name(code), refusal_text(code),
               refusal_source(code), refusal_advice(code));
    }
}

static void list_invariants(void)
{
    for (unsigned i = 0; i < INVARIANT_COUNT; i++) {
        printf("%-20s %s\n", invariant_id((enum invariant)i), invariant_text((enum invariant)i));
    }
}

static const struct listing {
    const char *name;
    void (*world)(const struct topology *t); /* one of the two is set, unless `file` is */
    void (*words)(void);
    int (*file)(const char *file); /* only with FILE */
} listings[] = {
    {"lines", list_lines, NULL, NULL},           {"pops", list_pops, NULL, NULL},
    {"sites", NULL, NULL, cli_list_sites},       {"members", NULL, NULL, cli_list_members},
    {"events", NULL, list_events, NULL},         {"choices", NULL, list_choices, NULL},
    {"reasons", NULL, list_reasons, NULL},       {"refusals", NULL, list_refusals, NULL},
    {"invariants", NULL, list_invariants, NULL}, {"path", NULL, list_path, NULL},
};

static int list_builtin(const struct listing *l)
{
    struct heap heap;
    struct arena arena;
    struct topology_spec spec;
    heap_init(&heap, &arena);
    const struct topology *t = builtin_spec(&arena, &spec) ? topology_build(&arena, &spec) : NULL;
    if (t != NULL) l->world(t);
    heap_free(&heap);
    if (t != NULL) return CLI_OK;
    fprintf(stderr, "cnedge list: out of memory\n");
    return CLI_SYSTEM;
}

static int list_of_file(const struct listing *l, const char *file)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    l->world(s.scenario->world.topology);
    cli_unload(&s);
    return CLI_OK;
}

static const struct listing *find(const char *name)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(listings); i++) {
        if (strcmp(listings[i].name, name) == 0) return &listings[i];
    }
    return NULL;
}

static int unknown(const char *got)
{
    const char *names[CN_ARRAY_LEN(listings)];
    for (size_t i = 0; i < CN_ARRAY_LEN(listings); i++) {
        names[i] = listings[i].name;
    }
    return cli_unknown("list", names, CN_ARRAY_LEN(names), got);
}

int cli_list(int argc, char **argv)
{
    const struct listing *l = argc > 1 ? find(argv[1]) : NULL;
    if (l == NULL) return unknown(argc > 1 ? argv[1] : NULL);
    if (argc > 3) return cli_usage("list", "expected at most one FILE, got %d", argc - 2);
    if (l->file != NULL && argc < 3) return cli_usage("list", "expected FILE for %s", l->name);
    if (l->file != NULL) return cli_finish(l->file(argv[2]));
    if (argc == 3 && strcmp(l->name, "events") == 0) return cli_finish(cli_list_events(argv[2]));
    if (l->words != NULL) {
        if (argc == 3) return cli_usage("list", "expected no FILE for %s", l->name);
        l->words();
        return cli_finish(CLI_OK);
    }
    return cli_finish(argc == 3 ? list_of_file(l, argv[2]) : list_builtin(l));
}
