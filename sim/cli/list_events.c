/* SPDX-License-Identifier: MIT
 * list_events.c: `cnedge list events FILE`: what happens in a run, in order. */
#include <stdio.h>

#include "cnedge/base/timetext.h"
#include "cnedge/cli/cli.h"
#include "cnedge/replay/delay.h"
#include "cnedge/replay/run.h"

/* What a timer's event goes back to, where that is something else. */
static void print_origin(const struct scenario *s, const struct delay *d, const struct event *e)
{
    char at[TIMETEXT_MAX];
    const struct delay_origin *from = &d->last;
    bool itself = from->kind == e->kind && from->truth.ns == e->at.ns;
    if (itself || from->kind == EVENT_KIND_COUNT) return;
    const char *id = from->event != CN_NONE32 ? s->events[from->event].id : "";
    timetext_put_simtime(from->truth, at);
    printf(", from %s at %s", id[0] != '\0' ? id : event_info(from->kind)->name, at);
}

static void print_step(const struct scenario *s, const struct delay *d,
                       const struct engine_step *step)
{
    char text[JUDGE_TEXT_MAX];
    const char *id = step->from != NULL ? step->from->id : "";
    run_event_text(s, &(struct touched){step->event, id, step->refusal}, text);
    printf("%s %s", step->from != NULL ? "-" : " ", text);
    if (step->refusal == REFUSAL_NONE) print_origin(s, d, &step->event);
    bool meant = step->from == NULL || step->from->refused == step->refusal;
    puts(meant ? "" : " (not as the scenario says)");
}

static int print_run(struct cli_scenario *s)
{
    struct engine e;
    struct delay d;
    struct engine_step step;
    if (!engine_init(&e, &s->arena, s->scenario) || !delay_init(&d, &s->arena, &e)) {
        fprintf(stderr, "cnedge list: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    while (delay_step(&d, &e, &step)) {
        print_step(s->scenario, &d, &step);
    }
    return CLI_OK;
}

int cli_list_events(const char *file)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    code = print_run(&s);
    cli_unload(&s);
    return code;
}
