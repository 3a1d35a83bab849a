/* SPDX-License-Identifier: MIT
 * duties.c: `cnedge check --duties`: what the holder of each filing has to show and to file, and
 * until when (FACTS A3 display rule, A5, G). */
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/model/number.h"
#include "cnedge/model/rules.h"
#include "cnedge/replay/run.h"

enum { PSB_DAYS = 30 }; /* FACTS A5 D HW1 AL2 AL34 */

#define DAY_NS (INT64_C(86400) * SIMDUR_SECOND)

struct duties {
    const struct scenario *scenario;
    simtime *since; /* [site] when its filing came into force; SIMTIME_NEVER: it did not */
};

/* Notes the sites whose filings have come into force by now. */
static void note_in_force(void *owner, struct engine *e, const struct engine_step *step)
{
    struct duties *d = owner;
    simtime now = step != NULL ? step->event.at : SIMTIME_START;
    if (step != NULL && (step->refusal != REFUSAL_NONE || step->event.site == CN_NONE32)) return;
    uint32_t first = step != NULL ? step->event.site : 0;
    uint32_t end = step != NULL ? first + 1 : d->scenario->world.site_count;
    for (uint32_t s = first; s < end; s++) {
        bool serves = filing_serves((enum filing_state)e->world->sites[s].filing);
        if (serves && simtime_before(now, d->since[s])) d->since[s] = now;
    }
}

static void print_day(walltime t)
{
    int32_t day = rules_day(t);
    printf("%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

/* Which number is shown, and where: on the site, or on an app's settings page. */
static void print_number(const struct scenario *s, uint32_t site)
{
    struct number n;
    struct number_error error;
    const struct site_spec *spec = &s->world.sites[site];
    const struct province *p = s->world.holders[spec->holder].province;
    bool subject = p != NULL && p->shows_subject;
    bool read = spec->number != NULL && number_read(spec->number, &n, &error);
    bool app = read && n.kind == NUMBER_APP;
    size_t len = read && subject ? n.subject_len : spec->number != NULL ? strlen(spec->number) : 0;
    printf("    show %s%.*s%s on %s\n", len == 0 ? "the number that the bureau gives" : "",
           (int)len, len == 0 ? "" : spec->number,
           subject ? " (the subject's number, as Guangdong asks)" : "",
           app ? "the app's settings page" : "the footer of every page");
}

/* The host to link to, from when it came into force, and each time the rule changes in the run. */
static void print_links(const struct scenario *s, simtime since)
{
    walltime from = simtime_wall(s->start, since);
    walltime end = simtime_wall(s->start, s->end);
    const char *before = "";
    for (;;) {
        const char *host = rules_at(&s->world.rules, RULES_FOOTER_HOST, from);
        if (strcmp(host, before) != 0) {
            printf("    from ");
            print_day(from);
            printf(" link it to %s\n", host);
        }
        before = host;
        if (s->world.rules.fixed[RULES_FOOTER_HOST] != NULL) return;
        const struct rules_version *v = rules_version_at(RULES_FOOTER_HOST, from);
        if (v->to == RULES_EVER_TO) return;
        from = (walltime){rules_day_start(v->to).ns + DAY_NS};
        if (from.ns > end.ns) return;
    }
}

static void print_site(const struct duties *d, uint32_t site)
{
    const struct scenario *s = d->scenario;
    walltime since = simtime_wall(s->start, d->since[site]);
    walltime due = {since.ns + PSB_DAYS * DAY_NS};
    printf("%s: filing in force from ", s->world.sites[site].domain);
    print_day(since);
    putchar('\n');
    print_number(s, site);
    print_links(s, d->since[site]);
    printf("    file with the public security bureau at %s until ",
           rules_at(&s->world.rules, RULES_PSB_HOST, since));
    print_day(due);
    printf(" (%d days)\n    sources: FACTS A3 D AL4 HW1; A5 D HW1 AL2; G\n", PSB_DAYS);
}

int cli_duties(const struct scenario *s)
{
    struct heap heap;
    struct arena arena;
    struct run_result r;
    struct duties d = {.scenario = s};
    heap_init(&heap, &arena);
    d.since = arena_get(&arena, s->world.site_count + 1, sizeof(*d.since));
    struct run_options o = {
        .without = CN_NONE32, .shifted = CN_NONE32, .on_step = note_in_force, .owner = &d};
    for (uint32_t i = 0; d.since != NULL && i < s->world.site_count; i++) {
        d.since[i] = SIMTIME_NEVER;
    }
    bool ok = d.since != NULL && run_scenario(&arena, s, &o, &r) == CN_OK;
    if (!ok) fprintf(stderr, "cnedge check: %s: " RUN_LIMIT_TEXT "\n", s->file);
    for (uint32_t i = 0; ok && i < s->world.site_count; i++) {
        if (d.since[i].ns != SIMTIME_NEVER.ns) print_site(&d, i);
    }
    heap_free(&heap);
    return ok ? CLI_OK : CLI_SYSTEM;
}
