/* SPDX-License-Identifier: MIT
 * world_list.c: names on the border's lists, measures against everybody, resolvers that fail
 * (FACTS A10, B6, H). None of it changes what the authority answers. */
#include <string.h>

#include "cnedge/base/rng.h"
#include "world_internal.h"

/* --- entries ---------------------------------------------------------------------------------- */

/* A clean entry that no residual block can still refer to may be used again. */
static bool reusable(const struct world *w, const struct listed *l)
{
    if (l->state != 0 || l->sni) return false;
    return l->ended.ns == SIMTIME_NEVER.ns ||
           !simtime_before(w->now, simtime_add(l->ended, simdur_s(LISTED_RESIDUAL_S)));
}

static bool same_target(const struct listed *l, enum listed_kind kind, const struct event *e)
{
    if (l->kind != kind) return false;
    if (kind == LISTED_PROVINCE && l->region != e->region) return false;
    return l->host == e->host && (e->host != CN_NONE32 || l->site == e->site);
}

static struct listed *find(struct world *w, enum listed_kind kind, const struct event *e)
{
    for (uint16_t i = 0; i < w->listed_count; i++) {
        if (same_target(&w->listed[i], kind, e)) return &w->listed[i];
    }
    return NULL;
}

/* A fresh entry for what the event names; NULL when LISTED_MAX are in use. */
static struct listed *add(struct world *w, enum listed_kind kind, const struct event *e)
{
    struct listed *l = NULL;
    for (uint16_t i = 0; i < w->listed_count && l == NULL; i++) {
        if (reusable(w, &w->listed[i])) l = &w->listed[i];
    }
    if (l == NULL && w->listed_count < LISTED_MAX) l = &w->listed[w->listed_count++];
    if (l == NULL) return NULL;
    *l = (struct listed){.site = e->host != CN_NONE32 ? w->hosts[e->host].site : e->site,
                         .host = e->host,
                         .region = CN_NONE16,
                         .carrier = CN_NONE16,
                         .kind = (uint8_t)kind,
                         .ended = SIMTIME_NEVER};
    if (kind == LISTED_PROVINCE) l->region = e->region;
    return l;
}

static uint32_t index_of(const struct world *w, const struct listed *l)
{
    return (uint32_t)(l - w->listed);
}

static simdur draw(struct world *w, struct listed *l, struct duration_range r, const char *purpose)
{
    const char *entity = l->site != CN_NONE32 ? w->spec->sites[l->site].domain : "border";
    return world_draw_for(w, entity, r, purpose, w->listed_draws++);
}

static bool sticky(const struct world *w, const struct listed *l)
{
    return simtime_before(w->now, l->listed_until);
}

static void stay_listed(struct world *w, struct listed *l, struct duration_range r)
{
    l->listed_until = simtime_add(w->now, draw(w, l, r, list_kind_name(l->kind)));
}

/* --- names ------------------------------------------------------------------------------------ */

/* What the border does to the name once the machine has moved. */
static void enter(struct world *w, struct listed *l, enum list_state to, const struct event *e)
{
    bool was_listed = l->state != LIST_CLEAN && l->state != LIST_CLEARING;
    bool had_sni = l->sni;
    if (e->kind == EV_POISON) {
        l->share = e->share_permille;
        l->region = e->region;
        l->carrier = e->carrier;
    }
    if (to == LIST_CLEAN || (e->kind == EV_POISON_END && to == LIST_SNI_RESET)) l->share = 0;
    l->sni = to == LIST_SNI_RESET || (to == LIST_CLEARING && l->sni);
    if (had_sni && !l->sni) l->ended = w->now;
    if (!had_sni && l->sni) l->resets_since = w->now;
    if (!was_listed && to != LIST_CLEARING && to != LIST_CLEAN) {
        stay_listed(w, l, w->choices->path_min_listed);
    }
    if (l->state != (uint8_t)to) l->since = w->now;
    l->state = (uint8_t)to;
    world_clear_listed_timer(w, index_of(w, l));
    if (to != LIST_CLEARING) return;
    simdur d = draw(w, l, w->choices->path_clearing, "path_clearing");
    world_set_listed_timer(w, index_of(w, l), simtime_add(w->now, d));
}

/* Whether the forging that the event brings is what there is already. */
static bool no_news(const struct listed *l, const struct event *e)
{
    return l->share == e->share_permille && l->region == e->region && l->carrier == e->carrier;
}

static enum list_event event_of(const struct event *e, int arg)
{
    if (arg != LIST_EV_POISON_PART) return (enum list_event)arg;
    bool part =
        e->share_permille < LISTED_PERMILLE || e->region != CN_NONE16 || e->carrier != CN_NONE16;
    return part ? LIST_EV_POISON_PART : LIST_EV_POISON_ALL;
}

enum refusal world_list_name(struct world *w, const struct event *e, int arg)
{
    struct listed *l = find(w, LISTED_NAME, e);
    struct list_view view = {.forged = l != NULL && l->share > 0,
                             .sticky = l != NULL && sticky(w, l)};
    enum list_state from = l != NULL ? (enum list_state)l->state : LIST_CLEAN;
    struct list_step step = list_step(from, event_of(e, arg), &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    if (arg == LIST_EV_POISON_PART && from != LIST_CLEARING && l != NULL && no_news(l, e)) {
        return REFUSAL_BLACKLIST_BAD_STATE;
    }
    if (l == NULL) l = add(w, LISTED_NAME, e);
    if (l == NULL) return REFUSAL_LIST_FULL;
    if (from == LIST_CLEARING && arg == LIST_EV_SNI_RESET) l->share = 0; /* that had ended */
    enter(w, l, step.to, e);
    w->changed.border = true;
    return REFUSAL_NONE;
}

/* --- measures --------------------------------------------------------------------------------- */

/* The TTL of what caches hold when a measure begins or ends; 0: they hold nothing. */
static simdur life_of(struct world *w, struct listed *l)
{
    if (l->kind == LISTED_HIJACK) return simdur_s(w->choices->ns_ttl_s);
    if (l->kind == LISTED_BOGUS) return draw(w, l, w->choices->bogus_tail, "bogus_tail");
    return (simdur){0};
}

/* When the last cache has forgotten what it held when the state began. */
static simtime all_forgotten(const struct world *w, const struct listed *l)
{
    uint32_t stretch = w->spec->caches_stretch > 0 ? w->spec->caches_stretch : 1;
    if (l->kind == LISTED_BOGUS) return simtime_add(l->since, l->life); /* they are flushed */
    simdur longest = {l->life.ns * stretch};
    return simtime_add(simtime_add(l->since, longest), simdur_s(w->spec->caches_linger_s));
}

/* Caches are looked at in steps: each is an event, so that nothing changes between. A step is a
 * part of the TTL, and of the time that has gone by, since few caches keep entries for longer. */
static void next_step(struct world *w, struct listed *l)
{
    simtime last = all_forgotten(w, l);
    l->as_of = w->now;
    world_clear_listed_timer(w, index_of(w, l));
    if (!simtime_before(w->now, last)) return;
    int64_t gone = w->now.ns - l->since.ns;
    int64_t step = (gone > l->life.ns ? gone : l->life.ns) / LISTED_STEPS;
    simtime next = simtime_add(w->now, (simdur){step > 0 ? step : 1});
    world_set_listed_timer(w, index_of(w, l), simtime_before(last, next) ? last : next);
}

/* Whether caches are still forgetting. */
static bool stepping(const struct world *w, const struct listed *l)
{
    bool steps = l->kind == LISTED_HIJACK || l->kind == LISTED_BOGUS;
    if (!steps || l->life.ns == 0 || l->state == MEASURE_OFF) return false;
    return simtime_before(l->as_of, all_forgotten(w, l));
}

static void start(struct world *w, struct listed *l, const struct event *e)
{
    const struct choices *c = w->choices;
    l->tlds = e->tlds;
    l->tld_count = e->tld_count;
    if (l->kind == LISTED_HTTP) stay_listed(w, l, c->path_min_listed);
    if (l->kind == LISTED_PROVINCE) stay_listed(w, l, c->province_min_listed);
    l->resets_since = w->now;
    l->ended = SIMTIME_NEVER;
    l->started = w->now;
    l->as_of = w->now;
    /* A new delegation is seen as the old one leaves the caches; a forged answer is seen at once.
     */
    l->life = l->kind == LISTED_HIJACK ? life_of(w, l) : (simdur){0};
    if (l->life.ns > 0) next_step(w, l);
}

static void stop(struct world *w, struct listed *l)
{
    l->ended = w->now;
    l->life = life_of(w, l);
    if (l->life.ns > 0) {
        next_step(w, l);
    } else {
        l->state = MEASURE_OFF;
    }
}

static enum refusal measure(struct world *w, struct listed *l, const struct event *e,
                            enum measure_event event)
{
    struct measure_step step = list_measure(l != NULL ? (enum measure_state)l->state : MEASURE_OFF,
                                            event, l != NULL && sticky(w, l));
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    CN_ASSERT(l != NULL);
    world_clear_listed_timer(w, index_of(w, l));
    l->state = (uint8_t)step.to;
    l->since = w->now;
    if (event == MEASURE_EV_START) start(w, l, e);
    if (event == MEASURE_EV_STOP) stop(w, l);
    w->changed.border = true;
    return REFUSAL_NONE;
}

/* `arg` is the kind of the entry for a start, its complement for an end. */
enum refusal world_list_measure(struct world *w, const struct event *e, int arg)
{
    enum listed_kind kind = (enum listed_kind)(arg >= 0 ? arg : ~arg);
    enum measure_event event = arg >= 0 ? MEASURE_EV_START : MEASURE_EV_STOP;
    struct listed *l = find(w, kind, e);
    if (l == NULL && event == MEASURE_EV_START) {
        l = add(w, kind, e);
        if (l == NULL) return REFUSAL_LIST_FULL;
    }
    return measure(w, l, e, event);
}

/* --- timers ----------------------------------------------------------------------------------- */

enum refusal world_list_cleared(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (e->listed >= w->listed_count) return REFUSAL_BLACKLIST_BAD_STATE;
    struct listed *l = &w->listed[e->listed];
    if (l->kind != LISTED_NAME || l->state != LIST_CLEARING) return REFUSAL_BLACKLIST_BAD_STATE;
    enter(w, l, LIST_CLEAN, e);
    w->changed.border = true;
    return REFUSAL_NONE;
}

enum refusal world_list_forget(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (e->listed >= w->listed_count) return REFUSAL_OUTAGE_BAD_STATE;
    struct listed *l = &w->listed[e->listed];
    if (!stepping(w, l)) return REFUSAL_OUTAGE_BAD_STATE;
    next_step(w, l);
    w->changed.border = true;
    if (l->state != MEASURE_TAIL || stepping(w, l)) return REFUSAL_NONE;
    return measure(w, l, e, MEASURE_EV_OVER);
}

struct event world_list_timer(const struct world *w, uint32_t index, simtime at)
{
    const struct listed *l = &w->listed[index];
    struct event e = event_make(l->kind == LISTED_NAME ? EV_NAME_CLEARED : EV_CACHES_FORGET, at);
    e.site = l->host == CN_NONE32 ? l->site : CN_NONE32;
    e.host = l->host;
    e.listed = (uint16_t)index;
    return e;
}

/* --- the border as a whole, and resolvers ----------------------------------------------------- */

enum refusal world_list_443(struct world *w, const struct event *e, int reset)
{
    (void)e;
    if (w->border_443_reset == (reset != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    w->border_443_reset = reset != 0;
    w->changed.border = true;
    world_health_refresh(w); /* probes may cross the border */
    return REFUSAL_NONE;
}

enum refusal world_list_resolver(struct world *w, const struct event *e, int down)
{
    uint16_t *bits =
        e->region == CN_NONE16 ? &w->resolvers_down : &w->region_resolvers_down[e->region];
    uint16_t bit = (uint16_t)(1U << e->carrier);
    if (((*bits & bit) != 0) == (down != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    *bits = (uint16_t)(*bits ^ bit);
    w->changed.border = true;
    return REFUSAL_NONE;
}

/* A site's name is barred with the site; every site of that name files in vain (FACTS A10). */
enum refusal world_list_bar_name(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    uint32_t name = w->spec->sites[e->site].name_group;
    if (name == CN_NONE32) return REFUSAL_SITE_NAME_MISSING;
    if (w->site_names_barred[name]) return REFUSAL_SITE_NAME_BARRED;
    w->site_names_barred[name] = true;
    return REFUSAL_NONE;
}
