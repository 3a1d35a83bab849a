/* SPDX-License-Identifier: MIT */
#include "cnedge/cli/explain_health.h"

#include <inttypes.h>
#include <stdio.h>

#include "cnedge/base/timetext.h"

static void put(const char *before, simtime t)
{
    char text[TIMETEXT_MAX];
    timetext_put_simtime(t, text);
    printf("%s%s", before, text);
}

/* How far the damper is on its way to what comes next. */
static void print_count(const struct world *w, const struct world_health_view *v)
{
    bool answers = v->finds == HEALTH_PROBE_FAIL || v->seen == HEALTH_DOWN;
    const struct health_damper *d = answers ? &v->health.answers : &v->health.well;
    if (d->verdict == HEALTH_GOOD && d->bad > 0) {
        printf(", %u of %" PRIu32 " failures", d->bad, w->health.down_after);
    }
    if (d->verdict == HEALTH_BAD && d->good > 0) {
        printf(", %u of %" PRIu32 " successes", d->good, w->health.up_after);
    }
    if (v->turns.ns != SIMTIME_NEVER.ns) put(", to change at ", v->turns);
}

static void print_pop(const struct world *w, uint16_t pop, simtime at)
{
    static const char *const found[HEALTH_PROBE_COUNT] = {"succeed", "are answered badly", "fail"};
    const simtime after = simtime_add(at, (simdur){1}); /* a probe of that instant counts */
    const struct world_health_view v = world_health_view(w, pop, after);
    bool counts = v.health.answers.bad > 0 || v.health.well.bad > 0;
    bool plain = v.truth == HEALTH_UP && v.seen == HEALTH_UP && v.finds == HEALTH_PROBE_OK;
    if (plain && !counts && w->pop_admin[pop] == ADMIN_OBEY) return;
    printf("  %s: %s, probes %s", w->topology->pops[pop].id, health_name(v.truth), found[v.finds]);
    put(" since ", v.truth_since);
    printf("; counts as %s", health_name(v.seen));
    put(" since ", v.seen_since);
    bool noticed = v.finds != HEALTH_PROBE_OK && v.seen != HEALTH_UP && v.seen != HEALTH_UNKNOWN;
    if (noticed && !simtime_before(v.seen_since, v.truth_since)) {
        char text[TIMETEXT_MAX];
        timetext_put_simtime((simtime){simtime_since(v.seen_since, v.truth_since).ns}, text);
        printf(" (noticed after %s)", text + 1);
    }
    print_count(w, &v);
    if (w->pop_admin[pop] != ADMIN_OBEY) {
        printf("; an operator says %s", pop_admin_name((enum pop_admin)w->pop_admin[pop]));
    }
    putchar('\n');
}

void explain_health_print(const struct world *w, simtime at)
{
    if (!world_health_damped(w)) return;
    printf("PoPs under probes, all but those that are plainly up:\n");
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        print_pop(w, i, at);
    }
}
