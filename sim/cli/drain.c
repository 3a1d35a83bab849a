/* SPDX-License-Identifier: MIT
 * drain.c: `cnedge drain`: who still gets an old answer, and for how long. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/delay.h"
#include "cnedge/replay/report.h"

struct drain {
    const struct scenario *scenario;
    struct engine engine;
    struct delay delay;
    simtime at;
    const char *name_text;
    uint8_t name[DNAME_MAX];
    uint16_t type;
    bool json;
    struct delay_item *items; /* per named client */
};

/* Notes what each named client would be answered. */
static void note(struct drain *d)
{
    struct world *w = d->engine.world;
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        struct answer a;
        answer_follow(w, d->name, d->type, d->scenario->clients[i].line, &a);
        uint16_t pop = a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16;
        uint64_t print = (uint64_t)a.kind << 16 | pop;
        delay_note(&d->items[i], &d->delay, w->now, print, answer_life_s(&a));
    }
}

static void print(const struct drain *d)
{
    const struct report_drain r = {d->scenario, d->name, d->type, d->at, d->items};
    if (d->json) {
        report_drain_json(stdout, &r);
    } else {
        report_drain_text(stdout, &r);
    }
}

static int drain(struct cli_scenario *s, struct drain *d)
{
    struct engine_step step;
    d->items = arena_get(&s->arena, s->scenario->client_count, sizeof(*d->items));
    if (d->items == NULL || !engine_init(&d->engine, &s->arena, s->scenario) ||
        !delay_init(&d->delay, &s->arena, &d->engine)) {
        fprintf(stderr, "cnedge drain: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    note(d);
    while (!simtime_before(d->at, engine_next_at(&d->engine)) &&
           delay_step(&d->delay, &d->engine, &step)) {
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
    if (code == CLI_OK) code = cli_name("drain", d->name_text, d->name);
    if (code == CLI_OK && s.scenario->client_count == 0) {
        code = cli_usage("drain", "expected a scenario with \"clients\", got none in %s", file);
    }
    if (code == CLI_OK) code = drain(&s, d);
    cli_unload(&s);
    return code;
}

int cli_drain(int argc, char **argv)
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
    int rest = argc - optind;
    if (rest < 2 || rest > 3) {
        return cli_usage("drain", "expected FILE, NAME and perhaps TYPE, got %d argument%s", rest,
                         rest == 1 ? "" : "s");
    }
    const char *type = rest == 3 ? argv[optind + 2] : "A";
    struct drain d = {.name_text = argv[optind + 1], .type = cli_type(type), .json = json};
    if (d.type != RR_A && d.type != RR_AAAA) {
        return cli_usage("drain", "expected A or AAAA, got \"%s\"", type);
    }
    return cli_finish(drain_file(argv[optind], at, &d));
}
