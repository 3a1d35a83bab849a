/* SPDX-License-Identifier: MIT */
#include "cnedge/server/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "cnedge/base/timetext.h"
#include "cnedge/server/clock.h"

enum { MILLISECOND_NS = 1000000, LINE_BYTES_MAX = 1024 };

struct log_line { /* written as a whole, so that lines of several programs do not mix */
    char text[LINE_BYTES_MAX];
    size_t len;
};

static CN_PRINTF(2, 3) void put(struct log_line *l, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
    va_end(ap);
    if (n > 0) l->len += (size_t)n;
    if (l->len >= sizeof(l->text)) l->len = sizeof(l->text) - 1;
}

static void put_time(struct log_line *l)
{
    char text[TIMETEXT_MAX];
    walltime now = clock_wall();
    timetext_put_instant((walltime){now.ns - now.ns % MILLISECOND_NS}, text);
    put(l, "time=%s", text);
}

static void put_host(struct log_line *l, const struct host_spec *h)
{
    char text[DNAME_TEXT_MAX];
    dname_to_text(h->name, text);
    put(l, " host=%s", text);
}

/* What the event is about. */
static void put_subject(struct log_line *l, const struct world_spec *w, const struct event *e)
{
    const struct topology *t = w->topology;
    if (e->site != CN_NONE32) {
        put(l, " %s=%s", spec_site_key(w, e->site), w->sites[e->site].domain);
    }
    if (e->host != CN_NONE32) put_host(l, &w->hosts[e->host]);
    if (e->holder != CN_NONE32) put(l, " holder=%s", w->holders[e->holder].id);
    if (e->account != CN_NONE32) put(l, " account=%s", w->accounts[e->account].id);
    if (e->pop != CN_NONE16) put(l, " pop=%s", t->pops[e->pop].id);
    if ((event_info(e->kind)->required & PARAM_FAMILY) != 0) {
        put(l, " family=%s", family_name((enum family)e->family));
    }
    if ((event_info(e->kind)->required & PARAM_ADDRESS) != 0) {
        char text[ADDRTEXT_MAX];
        world_address_text(w, e, text);
        put(l, " address=%s", text);
    }
    if (e->carrier != CN_NONE16) put(l, " carrier=%s", carrier_name((enum carrier)e->carrier));
    if (e->region != CN_NONE16) put(l, " province=%s", t->regions[e->region].name);
}

static void finish(struct log_line *l)
{
    fprintf(stderr, "%s\n", l->text);
}

void log_event(const struct scenario *s, const struct engine_step *step)
{
    char at[TIMETEXT_MAX];
    struct log_line l = {.len = 0};
    timetext_put_simtime(step->event.at, at);
    put_time(&l);
    put(&l, " at=%s event=%s", at, event_info(step->event.kind)->name);
    if (step->from != NULL && step->from->id[0] != '\0') put(&l, " id=%s", step->from->id);
    put_subject(&l, &s->world, &step->event);
    if (step->refusal != REFUSAL_NONE) {
        put(&l, " result=refused code=%s", refusal_name(step->refusal));
    } else {
        put(&l, " result=applied");
    }
    finish(&l);
}

void log_text(const char *fmt, ...)
{
    char text[LINE_BYTES_MAX];
    va_list ap;
    struct log_line l = {.len = 0};
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    put_time(&l);
    put(&l, " msg=\"%s\"", text);
    finish(&l);
}
