/* SPDX-License-Identifier: MIT
 * verify.c: the search. A frame follows one run from a position to the horizon; a fault that is
 * injected on the way starts the next frame, up to one frame per fault and one for none. */
#include "cnedge/replay/verify.h"

#include <string.h>

#include "verify_internal.h"

enum { FRAMES = VERIFY_DEPTH_MAX + 1, MILLISECOND_NS = 1000000 };

enum phase { ARRIVED, INJECTING, LEAVING };

struct link { /* a position of the run that a frame follows */
    struct verify_digest digest;
    uint64_t own;      /* states that faults injected here lead to, and this one */
    uint32_t deferred; /* faults that each lead to as many states as the run has left */
};

struct frame {
    enum phase phase;
    uint32_t left; /* faults that may still be injected */
    struct verify_position p;
    bool open;      /* a fault may be injected here */
    uint32_t fault; /* the next one to inject */
    bool defers;    /* faults of the network are injected at a later position */
    bool notes;     /* what they lead to here is worth a note */
    uint32_t taken; /* how many of them are not refused */
    uint64_t found_before;
    struct verify_network network;
    struct verify_digest sites; /* all but the network */
    uint64_t own;
    uint32_t weight;           /* objects that the fault which started this frame stands for */
    struct verify_event event; /* that fault */
    uint32_t event_next;       /* the scenario event that it stands before */
    uint32_t *weights;         /* [site] orbits at this position */
    uint8_t *saved;
    uint32_t links_first; /* in verifier.links */
};

struct verifier {
    struct arena *a;
    const struct scenario *s;
    const struct verify_options *o;
    struct verify_result *out;
    struct verify_space space;
    struct verify_memo states, classes;
    struct verify_lines lines;
    struct verify_defer defer;
    struct verify_network network; /* of the world as it stands, if known */
    bool network_known;
    struct verify_orbits orbits;
    const struct verify_fault *faults;
    uint32_t fault_count;
    uint8_t *initial;
    struct frame frames[FRAMES];
    uint32_t top; /* the frame in use */
    struct link *links;
    uint32_t link_count, link_cap;
    simtime horizon;
    struct violation_list list;
    struct violation items[VERIFY_VIOLATIONS_MAX];
    struct verify_event way[VERIFY_PATH_MAX];
    uint64_t found_count;
    bool stop;
};

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint32_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* --- checking --------------------------------------------------------------------------------- */

static struct verify_digest class_digest(const struct verifier *v, struct verify_digest network,
                                         uint32_t class_)
{
    const struct host_class *key = &v->space.w->classes[class_].key;
    verify_state_mix(&network, key, sizeof(*key));
    /* With spill, what befalls a class depends on how much its hosts ask for. */
    if (v->space.w->spill.pop_count > 0) {
        uint64_t kbps = v->space.w->classes[class_].demand_kbps;
        verify_state_mix(&network, &kbps, sizeof(kbps));
    }
    return network;
}

/* Whether a host that changed is in the class. */
static bool is_entered(const struct world *w, uint32_t class_)
{
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        if (w->hosts[w->changed.hosts[i]].class_ == class_) return true;
    }
    return false;
}

/* Spares the invariants the classes that were found good with this network, or all of whose lines
 * were found good with all of it that they read. */
static void recall_classes(struct verifier *v, struct verify_network network)
{
    struct world *w = v->space.w;
    v->lines.current = false;
    for (uint32_t i = 0; i < w->class_count; i++) {
        bool asked = w->changed.network || is_entered(w, i);
        if (w->classes[i].hosts == 0 || w->classes[i].checked == w->generation || !asked) continue;
        bool known = verify_memo_find(&v->classes, class_digest(v, network.all, i)) != NULL;
        v->out->classes_known += known ? 1 : 0;
        if (!known) {
            known = verify_lines_good(&v->lines, (uint16_t)i, network.rest, &v->list.checks);
        }
        if (known) w->classes[i].checked = w->generation;
    }
}

static void learn_classes(struct verifier *v, struct verify_digest network)
{
    const struct world *w = v->space.w;
    bool fresh;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0 || w->classes[i].checked != w->generation) continue;
        if (verify_memo_put(&v->classes, class_digest(v, network, i), &fresh) == NULL) return;
    }
}

static void forget_checks(struct world *w)
{
    for (uint32_t i = 0; i < w->class_count; i++) {
        w->classes[i].checked = 0;
    }
}

static void found(struct verifier *v);

static struct verify_network network_now(struct verifier *v)
{
    if (!v->network_known) v->network = verify_state_network(&v->space);
    v->network_known = true;
    return v->network;
}

/* Checks what the event changed. */
static void check(struct verifier *v, const struct event *e)
{
    struct world *w = v->space.w;
    bool corrupted = v->o->corrupt != NULL && v->o->corrupt(v->o->owner, w, e);
    bool spare = !v->o->no_merging && !corrupted;
    v->out->events++;
    v->network_known = false;
    v->list.count = 0;
    if (corrupted) forget_checks(w);
    bool anything = w->changed.network || w->changed.host_count > 0;
    struct verify_network network = {0};
    if (spare && anything) {
        network = network_now(v);
        recall_classes(v, network);
    }
    if (corrupted) {
        invariant_check_all(w, &v->list);
    } else {
        invariant_check_changed(w, &v->list);
    }
    if (v->list.count > 0) {
        found(v);
    } else if (spare && anything) {
        learn_classes(v, network.all);
    }
}

/* --- what led here ---------------------------------------------------------------------------- */

/* Appends the scenario events from `*from` to before `until`. */
static void take_events(struct verifier *v, struct verify_way *way, uint32_t *from, uint32_t until)
{
    for (; *from < until && way->count < VERIFY_PATH_MAX; ++*from) {
        const struct scenario_event *e = &v->s->events[*from];
        way->events[way->count++] = (struct verify_event){.event = e->event, .from = e};
    }
}

static struct verify_way way_here(struct verifier *v)
{
    struct verify_way way = {.events = v->way, .violation = v->items[0], .at = v->space.w->now};
    uint32_t next = 0;
    for (uint32_t i = 1; i <= v->top; i++) {
        take_events(v, &way, &next, v->frames[i].event_next);
        if (way.count == VERIFY_PATH_MAX) break;
        way.events[way.count++] = v->frames[i].event;
        way.injected++;
    }
    take_events(v, &way, &next, v->frames[v->top].p.next);
    return way;
}

static void found(struct verifier *v)
{
    struct verify_way way = way_here(v);
    if (!v->o->all) v->out->way = way;
    v->out->violated = true;
    v->found_count++;
    if (v->o->on_violation != NULL) v->o->on_violation(v->o->owner, &way);
    if (!v->o->all) v->stop = true;
}

/* --- steps ------------------------------------------------------------------------------------ */

static simtime event_due(const struct verifier *v, uint32_t next)
{
    return next < v->s->event_count ? v->s->events[next].event.at : SIMTIME_NEVER;
}

/* The first whole millisecond behind `t`. */
static simtime behind(simtime t)
{
    return (simtime){(t.ns / MILLISECOND_NS + 1) * MILLISECOND_NS};
}

static void step_event(struct verifier *v, struct frame *f)
{
    struct event e = v->s->events[f->p.next].event;
    f->p.next++;
    f->p.at = e.at;
    f->open = true;
    if (world_apply(v->space.w, &e) == REFUSAL_NONE) check(v, &e);
}

/* Whether nothing else stands at an instant behind timers, or before it. */
static bool may_inject(const struct verifier *v, simtime at, uint32_t next)
{
    return simtime_before(at, event_due(v, next)) &&
           simtime_before(at, world_next_at(v->space.w)) && !simtime_before(v->horizon, at);
}

/* All timers of one instant. */
static void step_timers(struct verifier *v, struct frame *f, simtime at)
{
    struct world *w = v->space.w;
    struct event e;
    while (world_next_at(w).ns == at.ns && !v->stop && world_fire(w, &e)) {
        check(v, &e);
    }
    f->p.at = behind(at);
    f->open = may_inject(v, f->p.at, f->p.next);
}

/* To the next position. False at the horizon. */
static bool step(struct verifier *v, struct frame *f)
{
    simtime event = event_due(v, f->p.next);
    simtime timer = world_next_at(v->space.w);
    bool timers = simtime_before(timer, event);
    simtime at = timers ? timer : event;
    if (at.ns == SIMTIME_NEVER.ns || simtime_before(v->horizon, at)) return false;
    if (timers) {
        step_timers(v, f, at);
    } else {
        step_event(v, f);
    }
    return true;
}

/* --- the search ------------------------------------------------------------------------------- */

static bool out_of_memory(struct verifier *v)
{
    v->stop = true;
    v->a->failed = true;
    return false;
}

static bool push_link(struct verifier *v, struct link link)
{
    if (v->link_count == v->link_cap) {
        uint32_t cap = v->link_cap == 0 ? 1024 : 2 * v->link_cap;
        struct link *links = arena_get(v->a, cap, sizeof(*links));
        if (links == NULL) return out_of_memory(v);
        if (v->link_count > 0) memcpy(links, v->links, v->link_count * sizeof(*links));
        v->links = links;
        v->link_cap = cap;
    }
    v->links[v->link_count++] = link;
    return true;
}

/* Ends a frame whose run goes on into `ways` states that are known already; `rest` of them are
 * without any more faults. */
static void end_frame(struct verifier *v, uint64_t ways, uint64_t rest)
{
    struct frame *f = &v->frames[v->top];
    bool fresh;
    while (v->link_count > f->links_first) {
        struct link *l = &v->links[--v->link_count];
        rest++;
        ways = plus(plus(ways, l->own), times(rest, l->deferred));
        struct verify_entry *e = verify_memo_put(&v->states, l->digest, &fresh);
        if (e == NULL) continue;
        e->ways[f->left] = ways;
        e->ways[0] = rest;
    }
    if (v->top == 0) {
        v->out->states_unmerged = ways;
        v->stop = true;
        return;
    }
    struct frame *up = &v->frames[--v->top];
    up->own = plus(up->own, times(ways, f->weight));
    verify_state_restore(&v->space, up->saved);
    v->network_known = false;
}

/* --- deferring: see verify_defer.c ------------------------------------------------------------ */

/* Whether an event of the next step may change places with faults of the network; `last` of it. */
static bool passes(struct verifier *v, const struct frame *f, const struct event *e, bool last)
{
    struct verify_digest network = verify_state_network(&v->space).all;
    if (!verify_defer_passes(e)) return false;
    if (network.a != f->network.all.a || network.b != f->network.all.b) return false;
    return last || verify_defer_seen(&v->defer, network);
}

/* Takes the next step without checking it. Whether faults of the network may be left to the
 * position behind it; where none follows, there is nothing that they could be behind. */
static bool try_step(struct verifier *v, const struct frame *f)
{
    struct world *w = v->space.w;
    simtime event = event_due(v, f->p.next);
    simtime timer = world_next_at(w);
    struct event e;
    if (simtime_before(timer, event)) {
        if (simtime_before(v->horizon, timer)) return true;
        while (world_next_at(w).ns == timer.ns) {
            if (!world_fire(w, &e)) return false;
            if (!passes(v, f, &e, world_next_at(w).ns != timer.ns)) return false;
        }
        return may_inject(v, behind(timer), f->p.next);
    }
    if (event.ns == SIMTIME_NEVER.ns || simtime_before(v->horizon, event)) return true;
    e = v->s->events[f->p.next].event;
    enum refusal refusal = world_apply(w, &e);
    (void)refusal; /* it may be refused: then it is with the fault as well */
    return passes(v, f, &e, true);
}

static void look_ahead(struct verifier *v, struct frame *f)
{
    f->taken = 0;
    f->found_before = v->found_count;
    f->defers = false;
    f->notes = f->left == 1 && !v->defer.off;
    if (!f->notes) return;
    f->network = network_now(v);
    f->sites = verify_state_digest(&v->space, (struct verify_digest){0}, f->p);
    uint32_t taken;
    if (!verify_defer_known(&v->defer, f->network.all, &taken)) return;
    f->defers = try_step(v, f);
    verify_state_restore(&v->space, f->saved);
    if (!f->defers) return;
    f->notes = false;
    v->links[v->link_count - 1].deferred = taken;
    v->out->deferred += taken;
}

/* A fault of the network was injected. It must have left the sites alone. */
static void note_taken(struct verifier *v, struct frame *f)
{
    struct verify_digest now = verify_state_digest(&v->space, (struct verify_digest){0}, f->p);
    f->taken++;
    if (now.a != f->sites.a || now.b != f->sites.b) v->defer.off = true;
}

/* At a new position: was it met before? */
static void arrive(struct verifier *v, struct frame *f)
{
    bool fresh;
    struct verify_digest d = verify_state_digest(&v->space, network_now(v).all, f->p);
    struct verify_entry *e = verify_memo_put(&v->states, d, &fresh);
    if (e == NULL) {
        out_of_memory(v);
        return;
    }
    if (fresh) v->out->states++;
    if (fresh && v->o->on_state != NULL) v->o->on_state(v->o->owner, d);
    if (e->ways[f->left] != 0 && !v->o->no_merging) {
        end_frame(v, e->ways[f->left], e->ways[0]);
        return;
    }
    f->own = 1;
    f->fault = 0;
    f->phase = LEAVING;
    if (!push_link(v, (struct link){d, 0, 0})) return;
    if (f->left == 0 || !f->open) return;
    f->phase = INJECTING;
    verify_state_save(&v->space, f->saved);
    verify_orbit_weigh(&v->orbits, v->space.w, f->p.next, f->weights);
    look_ahead(v, f);
}

/* Starts a frame behind the fault that was just applied. */
static void descend(struct verifier *v, struct frame *f, const struct verify_event *e,
                    uint32_t weight)
{
    struct frame *g = &v->frames[++v->top];
    g->phase = ARRIVED;
    g->left = f->left - 1;
    g->p = f->p;
    g->open = true;
    g->weight = weight;
    g->event = *e;
    g->event_next = f->p.next;
    g->links_first = v->link_count;
    check(v, &e->event);
}

/* The next fault that is not refused. */
static void inject(struct verifier *v, struct frame *f)
{
    while (f->fault < v->fault_count) {
        const struct verify_fault *fault = &v->faults[f->fault++];
        uint32_t weight = fault->site == CN_NONE32 ? 1 : f->weights[fault->site];
        bool of_network = verify_defer_fault(&v->defer, &fault->event);
        if (weight == 0 || (of_network && f->defers)) continue;
        struct verify_event e = {.event = fault->event};
        e.event.at = f->p.at;
        if (v->top == 0 && f->p.next == 0 && f->p.at.ns == 0) v->out->faults_start++;
        if (world_apply(v->space.w, &e.event) == REFUSAL_NONE) {
            v->out->accepted[fault->row]++;
            if (of_network && f->notes) note_taken(v, f);
            descend(v, f, &e, weight);
            return;
        }
        v->out->refused++;
    }
    f->phase = LEAVING;
    if (f->notes && v->found_count == f->found_before) {
        verify_defer_note(&v->defer, f->network.all, f->taken);
    }
}

static void leave(struct verifier *v, struct frame *f)
{
    v->links[v->link_count - 1].own = f->own;
    f->phase = ARRIVED;
    if (!step(v, f)) end_frame(v, 0, 0);
}

static void search(struct verifier *v, uint32_t depth)
{
    struct frame *f = &v->frames[0];
    verify_state_restore(&v->space, v->initial);
    v->network_known = false;
    v->top = 0;
    v->link_count = 0;
    v->stop = false;
    f->phase = ARRIVED;
    f->left = depth;
    f->p = (struct verify_position){SIMTIME_START, 0};
    f->open = true;
    f->links_first = 0;
    while (!v->stop && !v->space.w->class_limit && !v->a->failed) {
        f = &v->frames[v->top];
        switch (f->phase) {
        case ARRIVED:
            arrive(v, f);
            break;
        case INJECTING:
            inject(v, f);
            break;
        case LEAVING:
            leave(v, f);
            break;
        }
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool init(struct verifier *v)
{
    struct verify_space *s = &v->space;
    if (!verify_state_init(s, v->a, &v->s->world, v->o->drawn)) return false;
    if (!verify_memo_init(&v->states, v->a) || !verify_memo_init(&v->classes, v->a)) return false;
    if (!verify_orbit_init(&v->orbits, v->a, v->s, &s->spec)) return false;
    if (!verify_lines_init(&v->lines, s, v->a)) return false;
    if (!verify_defer_init(&v->defer, s, v->a)) return false;
    if (v->o->no_merging || v->o->no_deferring) v->defer.off = true;
    v->orbits.off = v->o->no_orbits;
    v->faults = verify_faults_list(v->a, &s->spec, &v->fault_count);
    v->initial = arena_get(v->a, 1, verify_state_bytes(s));
    for (uint32_t i = 0; i < FRAMES; i++) {
        v->frames[i].weights = arena_get(v->a, s->spec.site_count, sizeof(uint32_t));
        v->frames[i].saved = arena_get(v->a, 1, verify_state_bytes(s));
    }
    if (v->a->failed) return false;
    verify_state_save(s, v->initial);
    v->list.items = v->items;
    v->list.cap = VERIFY_VIOLATIONS_MAX;
    v->horizon = simtime_add(v->s->end, v->o->beyond);
    if (v->o->beyond.ns == 0) v->horizon = simtime_add(v->s->end, simdur_s(VERIFY_BEYOND_S));
    v->out->faults = v->fault_count;
    verify_orbit_weigh(&v->orbits, s->w, 0, v->frames[0].weights);
    for (uint32_t i = 0; i < s->spec.site_count; i++) {
        v->out->orbits += v->frames[0].weights[i] != 0 ? 1 : 0;
    }
    return true;
}

static void check_start(struct verifier *v)
{
    v->list.count = 0;
    invariant_check_all(v->space.w, &v->list);
    if (v->list.count > 0) found(v);
}

/* What the searches with fewer faults met is met again: it counts in the last one. */
static void forget_states(struct verifier *v)
{
    v->out->states = 0;
    v->out->faults_start = 0;
    v->out->refused = 0;
    memset(v->out->accepted, 0, sizeof(v->out->accepted));
    memset(v->states.slots, 0, v->states.size * sizeof(*v->states.slots));
    v->states.count = 0;
}

enum cn_status verify_run(struct arena *a, const struct scenario *s, const struct verify_options *o,
                          struct verify_result *out)
{
    CN_ASSERT(o->depth <= VERIFY_DEPTH_MAX);
    struct verifier *v = arena_get(a, 1, sizeof(*v));
    *out = (struct verify_result){0};
    if (v == NULL) return CN_E_LIMIT;
    v->a = a;
    v->s = s;
    v->o = o;
    v->out = out;
    if (!init(v)) return CN_E_LIMIT;
    check_start(v);
    /* Fewer faults first: the first violation has the fewest. */
    uint32_t depth = o->all ? o->depth : 0;
    for (; depth <= o->depth && !(out->violated && !o->all); depth++) {
        forget_states(v);
        search(v, depth);
    }
    out->checks = v->list.checks;
    if (a->failed || v->space.w->class_limit) return CN_E_LIMIT;
    if (out->violated && !o->all) verify_shrink(&v->space, o, v->initial, &out->way);
    return CN_OK;
}
