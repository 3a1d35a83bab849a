/* SPDX-License-Identifier: MIT
 * drain.c: `cnedge drain`: who still gets an old answer, and for how long. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/base/timetext.h"
#include "cnedge/cli/cli.h"
#include "cnedge/replay/history.h"
#include "cnedge/replay/run.h"

enum { HORIZON_S = 365 * 86400, PPM_PER_MILLE = 1000 };

/* Durations are rounded up: to tenths of a second, from a minute on to seconds. */
static const int64_t tenth_ns = 100000000, second_ns = 1000000000, round_from_ns = 60000000000;

struct drain {
    const struct scenario *scenario;
    struct engine engine;
    simtime at;
    const char *name_text;
    uint8_t name[DNAME_MAX];
    uint16_t type;
    struct history_item *items; /* per named client */
};

/* Notes what each named client would be answered. */
static void note(struct drain *d)
{
    struct world *w = d->engine.world;
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        struct answer a;
        answer_follow(w, d->name, d->type, d->scenario->clients[i].line, &a);
        uint16_t pop = a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16;
        history_note(&d->items[i], w->now, (uint64_t)a.kind << 16 | pop, answer_life_s(&a));
    }
}

static void put_duration(simtime t)
{
    char text[TIMETEXT_MAX];
    if (t.ns == SIMTIME_NEVER.ns) {
        printf("  %10s", "never");
        return;
    }
    int64_t grain = t.ns < round_from_ns ? tenth_ns : second_ns;
    timetext_put_simtime((simtime){(t.ns + grain - 1) / grain * grain}, text);
    printf("  %10s", text + 1);
}

static void put_share(uint32_t ppm)
{
    uint32_t share = (ppm + PPM_PER_MILLE / 2) / PPM_PER_MILLE;
    printf("  %4" PRIu32 ".%" PRIu32 " %%", share / 10, share % 10);
}

static void put_client(const struct drain *d, uint32_t i)
{
    static const uint32_t rest_percent[] = {50, 10, 1};
    enum { PPM_PER_PERCENT = 10000 };
    const struct scenario_client *c = &d->scenario->clients[i];
    const struct population_mix *mix = &d->scenario->mixes[c->line];
    printf("%-16s", c->name);
    put_share(history_stale(&d->items[i], mix, d->at));
    for (size_t k = 0; k < CN_ARRAY_LEN(rest_percent); k++) {
        simtime falls = history_falls(&d->items[i], mix, rest_percent[k] * PPM_PER_PERCENT,
                                      simdur_s(HORIZON_S));
        if (history_changed(&d->items[i])) {
            put_duration(falls);
        } else {
            printf("  %10s", "-");
        }
    }
    putchar('\n');
}

/* The share of old answers at a few times from now on, if nothing changes any more. */
static void put_curve(const struct drain *d)
{
    static const uint32_t after_s[] = {0, 10, 30, 60, 300, 900, 3600, 21600, 86400, 604800};
    printf("\n%-16s", "old answers");
    for (size_t k = 0; k < CN_ARRAY_LEN(after_s); k++) {
        char text[TIMETEXT_MAX];
        timetext_put_simtime((simtime){after_s[k] * SIMDUR_SECOND}, text);
        printf("  %8s", text);
    }
    putchar('\n');
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        const struct scenario_client *c = &d->scenario->clients[i];
        printf("%-16s", c->name);
        for (size_t k = 0; k < CN_ARRAY_LEN(after_s); k++) {
            simtime then = simtime_add(d->at, simdur_s(after_s[k]));
            put_share(history_stale(&d->items[i], &d->scenario->mixes[c->line], then));
        }
        putchar('\n');
    }
}

static void print(const struct drain *d)
{
    char at[TIMETEXT_MAX];
    char name[DNAME_TEXT_MAX];
    timetext_put_simtime(d->at, at);
    dname_show(d->name, name);
    printf("%s %s at %s, for the named clients behind their resolvers\n", name,
           rr_type_name(d->type), at);
    printf("%-16s  %8s  %10s  %10s  %10s   (moved, since the last change of answer)\n", "client",
           "old now", "50 %", "90 %", "99 %");
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        put_client(d, i);
    }
    put_curve(d);
}

static int drain(struct cli_scenario *s, struct drain *d)
{
    struct engine_step step;
    d->items = arena_get(&s->arena, s->scenario->client_count, sizeof(*d->items));
    if (d->items == NULL || !engine_init(&d->engine, &s->arena, s->scenario)) {
        fprintf(stderr, "cnedge drain: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    note(d);
    while (!simtime_before(d->at, engine_next_at(&d->engine)) && engine_step(&d->engine, &step)) {
        note(d);
    }
    print(d);
    return CLI_OK;
}

static int drain_file(const char *file, const char *at, struct drain *d)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    d->scenario = s.scenario;
    code = cli_time("drain", "--at", s.scenario, at, &d->at);
    if (code == CLI_OK && dname_from_text(d->name_text, d->name) == 0) {
        code = cli_usage("drain", "expected a domain name, got \"%s\"", d->name_text);
    }
    if (code == CLI_OK && s.scenario->client_count == 0) {
        code = cli_usage("drain", "expected a scenario with \"clients\", got none in %s", file);
    }
    if (code == CLI_OK) code = drain(&s, d);
    cli_unload(&s);
    return code;
}

int cli_drain(int argc, char **argv)
{
    enum { OPTION_AT = CLI_OPTION_FIRST };
    static const struct option longs[] = {{"at", required_argument, NULL, OPTION_AT}, {0}};
    const char *at = "end";
    int c;
    while ((c = cli_option(argc, argv, longs)) != -1) {
        if (c == '?') return CLI_USAGE;
        at = optarg;
    }
    int rest = argc - optind;
    if (rest < 2 || rest > 3) {
        return cli_usage("drain", "expected FILE, NAME and perhaps TYPE, got %d argument%s", rest,
                         rest == 1 ? "" : "s");
    }
    const char *type = rest == 3 ? argv[optind + 2] : "A";
    struct drain d = {.name_text = argv[optind + 1], .type = rr_type_find(type)};
    if (d.type != RR_A && d.type != RR_AAAA) {
        return cli_usage("drain", "expected A or AAAA, got \"%s\"", type);
    }
    return cli_finish(drain_file(argv[optind], at, &d));
}
