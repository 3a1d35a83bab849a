/* SPDX-License-Identifier: MIT
 * run_event.c: an event in one line, for people. */
#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/run.h"

/* The address that an event is about, behind its PoP. */
static void add_address(const struct world_spec *w, const struct event *e, char *out, size_t cap)
{
    const struct event_info *info = event_info(e->kind);
    if ((info->required & PARAM_ADDRESS) == 0) return;
    char text[ADDRTEXT_MAX];
    size_t n = strlen(out);
    world_address_text(w, e, text);
    snprintf(out + n, cap - n, " %s", text);
}

void run_event_text(const struct scenario *s, const struct touched *t, char out[JUDGE_TEXT_MAX])
{
    const struct event *e = &t->event;
    const struct topology *topo = s->world.topology;
    char at[TIMETEXT_MAX];
    char object[DNAME_TEXT_MAX + 1] = "";
    timetext_put_simtime(e->at, at);
    if (e->site != CN_NONE32) {
        const struct site_spec *site = &s->world.sites[e->site];
        snprintf(object, sizeof(object), " %s%s", site->app ? "app " : "", site->domain);
    } else if (e->host != CN_NONE32) {
        object[0] = ' ';
        dname_show(s->world.hosts[e->host].name, object + 1);
    } else if (e->holder != CN_NONE32) {
        snprintf(object, sizeof(object), " holder %s", s->world.holders[e->holder].id);
    } else if (e->account != CN_NONE32) {
        snprintf(object, sizeof(object), " account %s", s->world.accounts[e->account].id);
    } else if (e->partner != CN_NONE16) {
        snprintf(object, sizeof(object), " partner %s", s->world.partners[e->partner].id);
    } else if (e->pop != CN_NONE16) {
        snprintf(object, sizeof(object), " %s", topo->pops[e->pop].id);
        add_address(&s->world, e, object, sizeof(object));
    } else if (e->package != CN_NONE16) {
        snprintf(object, sizeof(object), " package %s", s->world.packages[e->package].id);
    } else if (e->product != CN_NONE16) {
        snprintf(object, sizeof(object), " product %s", s->world.products[e->product].id);
    } else if (e->scope == SCOPE_EVERYONE) {
        snprintf(object, sizeof(object), " everyone");
    }
    if (e->provider != CN_NONE16) {
        size_t n = strlen(object);
        snprintf(object + n, sizeof(object) - n, " at %s", s->world.providers[e->provider]);
    }
    if (e->to != CN_NONE16) {
        size_t n = strlen(object);
        snprintf(object + n, sizeof(object) - n, " to %s", s->world.partners[e->to].id);
    }
    if (e->carrier != CN_NONE16) {
        size_t n = strlen(object);
        snprintf(object + n, sizeof(object) - n, " %s", carrier_name((enum carrier)e->carrier));
    }
    if (e->region != CN_NONE16) {
        size_t n = strlen(object);
        snprintf(object + n, sizeof(object) - n, " %s", topo->regions[e->region].name);
    }
    if ((event_info(e->kind)->required & PARAM_FAMILY) != 0) {
        size_t n = strlen(object);
        snprintf(object + n, sizeof(object) - n, " %s", family_name((enum family)e->family));
    }
    const char *refused = t->refusal != REFUSAL_NONE ? ", refused with " : "";
    snprintf(out, JUDGE_TEXT_MAX, "%s %s%.200s%s%s%s%s%s", at, event_info(e->kind)->name, object,
             t->id[0] != '\0' ? " (" : "", t->id, t->id[0] != '\0' ? ")" : "", refused,
             refusal_name(t->refusal));
}
