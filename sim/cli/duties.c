/* SPDX-License-Identifier: MIT
 * duties.c: `cnedge check --duties`: what the holder of each filing has to show and to file, and
 * until when (FACTS A3 display rule, A5, G). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/model/number.h"
#include "cnedge/model/rules.h"
#include "cnedge/replay/run.h"

#define DAY_NS (INT64_C(86400) * SIMDUR_SECOND)

struct duties {
    const struct scenario *scenario;
    simtime *since; /* [site] when its filing came into force; SIMTIME_NEVER: it did not */
    simtime *psb; /* [site] when the time for the police filing began; SIMTIME_NEVER: it did not */
};

/* Whether the time for the police filing runs: setting psb_clock, on which the sources differ. */
static bool psb_runs(const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    bool serves = filing_serves((enum filing_state)s->filing);
    if (w->choices->psb_clock == PSB_CLOCK_SITE_OPENING) return serves && !s->closed;
    return serves || s->filing == FILING_APPROVED_UNSYNCED;
}

static void note_site(const struct duties *d, const struct world *w, uint32_t site, simtime now)
{
    bool serves = filing_serves((enum filing_state)w->sites[site].filing);
    if (serves && simtime_before(now, d->since[site])) d->since[site] = now;
    if (psb_runs(w, site) && simtime_before(now, d->psb[site])) d->psb[site] = now;
}

/* Notes whose filings have come into force by now. An event about a filing that several domains
 * stand under is about all of them. */
static void note_in_force(void *owner, struct engine *e, const struct engine_step *step)
{
    struct duties *d = owner;
    const struct world_spec *spec = &d->scenario->world;
    if (step != NULL && (step->refusal != REFUSAL_NONE || step->event.site == CN_NONE32)) return;
    simtime now = step != NULL ? step->event.at : SIMTIME_START;
    bool one = step != NULL && !spec->sites[step->event.site].entry_shared;
    uint32_t first = one ? step->event.site : 0;
    uint32_t end = one ? first + 1 : spec->site_count;
    for (uint32_t s = first; s < end; s++) {
        note_site(d, e->world, s, now);
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
    bool app = spec->app || spec->app_of != 0;
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
        from = rules_day_end(v->to);
        if (from.ns > end.ns) return;
    }
}

/* Of a range the longer time is what may be left; a day of the calendar is what people count. */
static void print_psb(const struct duties *d, uint32_t site)
{
    const struct scenario *s = d->scenario;
    const struct choices *c = &s->world.choices;
    const char *number = s->world.sites[site].psb_number;
    if (number != NULL) { /* then it is filed */
        printf("    show %s beside it, linked to %s\n", number,
               rules_at(&s->world.rules, RULES_PSB_HOST, simtime_wall(s->start, d->since[site])));
        return;
    }
    if (d->psb[site].ns == SIMTIME_NEVER.ns) {
        printf("    file with the public security bureau once its names resolve (setting "
               "psb_clock)\n");
        return;
    }
    walltime begins = simtime_wall(s->start, d->psb[site]);
    walltime due = choices_after(c->psb_deadline, c->psb_deadline.max, begins, &s->world.calendar);
    printf("    file with the public security bureau at %s until ",
           rules_at(&s->world.rules, RULES_PSB_HOST, begins));
    print_day(due);
    printf(" (%" PRId64 " days from %s)\n", (due.ns - begins.ns) / DAY_NS,
           c->psb_clock == PSB_CLOCK_SITE_OPENING ? "the site's opening" : "the ICP approval");
}

/* When the rule first asks for this app's filing; false: it never does. */
static bool app_due(const struct scenario *s, const struct site_spec *app, walltime *due)
{
    size_t count;
    const char *fixed = s->world.rules.fixed[RULES_APP_FILING];
    const struct rules_version *v = rules_table(&count);
    walltime online = app->online_since;
    if (fixed != NULL) {
        *due = online;
        return strcmp(fixed, "all") == 0 || (strcmp(fixed, "new") == 0 && online.ns != 0);
    }
    for (size_t i = 0; i < count; i++) {
        if (v[i].rule != RULES_APP_FILING || strcmp(v[i].value, "none") == 0) continue;
        walltime from = rules_day_start(v[i].from);
        walltime to = rules_day_end(v[i].to);
        bool all = strcmp(v[i].value, "all") == 0;
        if (!all && (online.ns < from.ns || online.ns >= to.ns)) continue;
        *due = online.ns > from.ns ? online : from;
        return true;
    }
    return false;
}

static void print_app(const struct duties *d, uint32_t site)
{
    const struct scenario *s = d->scenario;
    walltime due;
    simtime since = d->since[site];
    if (!app_due(s, &s->world.sites[site], &due)) return;
    printf("    an app has to be filed ");
    if (due.ns <= 0) {
        printf("in any case");
    } else {
        printf("before ");
        print_day(due);
    }
    bool filed = since.ns != SIMTIME_NEVER.ns;
    walltime end = simtime_wall(s->start, filed ? since : s->end);
    /* One that is in force at the start of the run has been so for longer. */
    bool late = (!filed || since.ns > 0) && end.ns > due.ns;
    printf(" (rule app_filing)%s\n", late && filed ? ": it was late" : late ? ": it is not" : "");
}

/* A site that sells shows the commercial licence too. */
static void print_commercial(const struct scenario *s, uint32_t site)
{
    const struct site_spec *spec = &s->world.sites[site];
    const struct holder_spec *h = &s->world.holders[spec->holder];
    if (!spec->needs_commercial) return;
    printf("    show %s of the commercial licence beside it\n",
           h->commercial_number != NULL ? h->commercial_number : "the number");
    if (h->commercial_until.ns == 0) return;
    printf("    have a new commercial licence before ");
    print_day(h->commercial_until);
    putchar('\n');
}

/* What has to be renewed, and what comes if it is not. */
static void print_renewals(const struct scenario *s, uint32_t site)
{
    const struct site_spec *spec = &s->world.sites[site];
    const struct holder_spec *h = &s->world.holders[spec->holder];
    if (spec->domain_expires.ns != INT64_MAX) {
        printf("    renew the domain's registration before ");
        print_day(spec->domain_expires);
        printf(", or the name stops resolving and an audit begins\n");
    }
    if (h->certificate_until.ns != 0) {
        printf("    renew the certificate of holder %s before ", h->id);
        print_day(h->certificate_until);
        printf(", or audits begin that ask for a change order\n");
    }
}

static void print_site(const struct duties *d, uint32_t site)
{
    const struct scenario *s = d->scenario;
    const struct site_spec *spec = &s->world.sites[site];
    bool filed = d->since[site].ns != SIMTIME_NEVER.ns;
    if (!filed && !spec->app) return;
    printf("%s%s: filing ", spec->app ? "app " : "", spec->domain);
    if (filed) {
        printf("in force from ");
        print_day(simtime_wall(s->start, d->since[site]));
    } else {
        printf("not in force");
    }
    putchar('\n');
    if (spec->app) print_app(d, site);
    if (filed) {
        print_number(s, site);
        print_links(s, d->since[site]);
        if (!spec->app) print_psb(d, site);
        print_commercial(s, site);
        print_renewals(s, site);
    }
    printf("    sources: FACTS A3 D AL4 HW1; A5 D HW1 AL2; G%s\n",
           spec->app ? "; R ecns 2023-08-10" : "");
}

int cli_duties(const struct scenario *s)
{
    struct heap heap;
    struct arena arena;
    struct run_result r;
    struct duties d = {.scenario = s};
    heap_init(&heap, &arena);
    d.since = arena_get(&arena, s->world.site_count + 1, sizeof(*d.since));
    d.psb = arena_get(&arena, s->world.site_count + 1, sizeof(*d.psb));
    struct run_options o = {
        .without = CN_NONE32, .shifted = CN_NONE32, .on_step = note_in_force, .owner = &d};
    bool ok = d.since != NULL && d.psb != NULL;
    for (uint32_t i = 0; ok && i < s->world.site_count; i++) {
        d.since[i] = SIMTIME_NEVER;
        d.psb[i] = SIMTIME_NEVER;
    }
    ok = ok && run_scenario(&arena, s, &o, &r) == CN_OK;
    if (!ok) fprintf(stderr, "cnedge check: %s: " RUN_LIMIT_TEXT "\n", s->file);
    for (uint32_t i = 0; ok && i < s->world.site_count; i++) {
        print_site(&d, i);
    }
    heap_free(&heap);
    return ok ? CLI_OK : CLI_SYSTEM;
}
