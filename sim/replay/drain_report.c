/* SPDX-License-Identifier: MIT
 * drain_report.c: who still gets an old answer and for how long, as tables or as JSON.
 *
 * The four parts of the delay are those of FACTS C3. They end when 99 % of the clients have moved.
 */
#include <inttypes.h>
#include <jansson.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/delay.h"
#include "cnedge/replay/report.h"
#include "report_text.h"

enum { HORIZON_S = 365 * 86400, PPM_PER_MILLE = 1000, PPM_PER_PERCENT = 10000 };

/* Durations are rounded up: to tenths of a second, from a minute on to seconds. */
static const int64_t tenth_ns = 100000000, second_ns = 1000000000, round_from_ns = 60000000000;

static const uint32_t moved_percent[] = {50, 90, 99};

static void put_duration(FILE *out, simtime t)
{
    char text[TIMETEXT_MAX];
    if (t.ns == SIMTIME_NEVER.ns) {
        fprintf(out, "  %10s", "never");
        return;
    }
    int64_t grain = t.ns < round_from_ns ? tenth_ns : second_ns;
    timetext_put_simtime((simtime){(t.ns + grain - 1) / grain * grain}, text);
    fprintf(out, "  %10s", text + 1);
}

static void put_span(FILE *out, simdur d)
{
    put_duration(out, (simtime){d.ns});
}

static void put_share(FILE *out, uint32_t ppm)
{
    uint32_t share = (ppm + PPM_PER_MILLE / 2) / PPM_PER_MILLE;
    fprintf(out, "  %4" PRIu32 ".%" PRIu32 " %%", share / 10, share % 10);
}

static const struct population_mix *mix_of(const struct report_drain *d, uint32_t client)
{
    return &d->scenario->mixes[d->scenario->clients[client].line];
}

static simtime moved(const struct report_drain *d, uint32_t client, uint32_t percent)
{
    uint32_t rest = (100 - percent) * PPM_PER_PERCENT;
    return history_falls(&d->items[client].history, mix_of(d, client), rest, simdur_s(HORIZON_S));
}

static void put_client(FILE *out, const struct report_drain *d, uint32_t i)
{
    const struct history_item *item = &d->items[i].history;
    fprintf(out, "%-16s", d->scenario->clients[i].name);
    put_share(out, history_stale(item, mix_of(d, i), d->at));
    for (size_t k = 0; k < CN_ARRAY_LEN(moved_percent); k++) {
        if (history_changed(item)) {
            put_duration(out, moved(d, i, moved_percent[k]));
        } else {
            fprintf(out, "  %10s", "-");
        }
    }
    fputc('\n', out);
}

/* --- the four parts --------------------------------------------------------------------------- */

/* The id of the event, or what kind it is. */
static const char *cause_of(const struct report_drain *d, const struct delay_origin *from)
{
    if (from->kind == EVENT_KIND_COUNT) return "start";
    const char *id = from->event != CN_NONE32 ? d->scenario->events[from->event].id : "";
    return id[0] != '\0' ? id : event_info(from->kind)->name;
}

static void put_parts(FILE *out, const struct report_drain *d, uint32_t i)
{
    struct delay_parts p;
    char at[TIMETEXT_MAX];
    fprintf(out, "%-16s", d->scenario->clients[i].name);
    if (!delay_parts(&d->items[i], mix_of(d, i), simdur_s(HORIZON_S), &p)) {
        fprintf(out, "  %10s\n", "-");
        return;
    }
    timetext_put_simtime(p.from.truth, at);
    put_span(out, p.detection);
    fputs(" ", out);
    put_span(out, p.propagation);
    put_span(out, p.ttl);
    put_duration(out, p.tail);
    put_duration(out, p.all);
    fprintf(out, "   %s at %s\n", cause_of(d, &p.from), at);
}

static void put_delay(FILE *out, const struct report_drain *d)
{
    fprintf(out, "\n%-16s  %10s  %10s  %10s  %10s  %10s   %s\n", "delay", "detection",
            "propagation", "TTL", "tail", "in all", "(until 99 % have moved, since what happened)");
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        put_parts(out, d, i);
    }
}

/* --- the shares to come ----------------------------------------------------------------------- */

/* The share of old answers at a few times from now on, if nothing changes any more. */
static void put_curve(FILE *out, const struct report_drain *d)
{
    static const uint32_t after_s[] = {0, 10, 30, 60, 300, 900, 3600, 21600, 86400, 604800};
    fprintf(out, "\n%-16s", "old answers");
    for (size_t k = 0; k < CN_ARRAY_LEN(after_s); k++) {
        char text[TIMETEXT_MAX];
        timetext_put_simtime((simtime){after_s[k] * SIMDUR_SECOND}, text);
        fprintf(out, "  %8s", text);
    }
    fputc('\n', out);
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        fprintf(out, "%-16s", d->scenario->clients[i].name);
        for (size_t k = 0; k < CN_ARRAY_LEN(after_s); k++) {
            simtime then = simtime_add(d->at, simdur_s(after_s[k]));
            put_share(out, history_stale(&d->items[i].history, mix_of(d, i), then));
        }
        fputc('\n', out);
    }
}

void report_drain_text(FILE *out, const struct report_drain *d)
{
    char at[TIMETEXT_MAX];
    char name[DNAME_TEXT_MAX];
    timetext_put_simtime(d->at, at);
    dname_show(d->name, name);
    fprintf(out, "%s %s at %s, for the named clients behind their resolvers\n", name,
            rr_type_name(d->type), at);
    fprintf(out, "%-16s  %8s  %10s  %10s  %10s   (moved, since the last change of answer)\n",
            "client", "old now", "50 %", "90 %", "99 %");
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        put_client(out, d, i);
    }
    put_delay(out, d);
    put_curve(out, d);
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* null: never. */
static void set_ms(json_t *object, const char *key, simtime t)
{
    const int64_t ns_per_ms = 1000000;
    bool never = t.ns == SIMTIME_NEVER.ns;
    int64_t ms = t.ns / ns_per_ms + (t.ns % ns_per_ms != 0 ? 1 : 0);
    json_object_set_new(object, key, never ? json_null() : json_integer(ms));
}

static json_t *parts_of(const struct report_drain *d, const struct delay_parts *p)
{
    json_t *object = json_object();
    report_set_text(object, "cause", cause_of(d, &p->from));
    set_ms(object, "happened_ms", p->from.truth);
    set_ms(object, "changed_ms", p->at);
    set_ms(object, "detection_ms", (simtime){p->detection.ns});
    set_ms(object, "propagation_ms", (simtime){p->propagation.ns});
    set_ms(object, "ttl_ms", (simtime){p->ttl.ns});
    set_ms(object, "tail_ms", p->tail);
    set_ms(object, "all_ms", p->all);
    return object;
}

void report_drain_json(FILE *out, const struct report_drain *d)
{
    char name[DNAME_TEXT_MAX];
    dname_show(d->name, name);
    for (uint32_t i = 0; i < d->scenario->client_count; i++) {
        static const char *const keys[] = {"moved_50_ms", "moved_90_ms", "moved_99_ms"};
        struct delay_parts p;
        json_t *object = json_object();
        report_set_text(object, "record", "drain");
        report_set_text(object, "name", name);
        report_set_text(object, "type", rr_type_name(d->type));
        set_ms(object, "at_ms", d->at);
        report_set_text(object, "client", d->scenario->clients[i].name);
        uint32_t ppm = history_stale(&d->items[i].history, mix_of(d, i), d->at);
        json_object_set_new(object, "old_ppm", json_integer(ppm));
        bool changed = delay_parts(&d->items[i], mix_of(d, i), simdur_s(HORIZON_S), &p);
        for (size_t k = 0; changed && k < CN_ARRAY_LEN(keys); k++) {
            set_ms(object, keys[k], moved(d, i, moved_percent[k]));
        }
        if (changed) json_object_set_new(object, "delay", parts_of(d, &p));
        report_put_line(out, object);
    }
}
