/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/run.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/watch.h"

enum { TITLE_MAX = 768, SUBJECT_MAX = 320, NEVER_TOUCHED = 0 };

struct runner {
    struct arena *a;
    const struct scenario *s;
    const struct run_options *o;
    struct engine engine;
    struct judge judge;
    struct watch_set watches;
    struct outcome *outcomes;
    struct history history;
    struct finding *findings;
    uint32_t finding_count;
    /* What touched what: entries of `log` plus one; 0 = none. Newest first. */
    struct touched *log;
    uint32_t log_count, log_cap;
    uint32_t (*site_touched)[RUN_TOUCHED_MAX];
    uint32_t network_touched[RUN_TOUCHED_MAX];
    /* Hosts changed at this instant. */
    uint32_t *dirty;
    uint8_t *dirty_marked;
    uint32_t dirty_count;
    bool dirty_network;
    struct violation_list violations;
    struct violation violation_items[RUN_VIOLATIONS_MAX];
    struct failure *violated; /* the first violation; NULL: none */
    uint64_t events;
    bool lost; /* an expectation failed that was not allowed to */
};

const char *run_kind_name(enum finding_kind k)
{
    static const char *const names[] = {"event", "expectation", "invariants"};
    CN_ASSERT(k < CN_ARRAY_LEN(names));
    return names[k];
}

const struct place *run_place(const struct finding *f)
{
    if (f->expectation != NULL) return &f->expectation->place;
    return f->event != NULL ? &f->event->place : NULL;
}

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {"pass", "fail", "skip", "expected_fail"};
    CN_ASSERT(v < CN_ARRAY_LEN(names));
    return names[v];
}

/* --- what touched what ---------------------------------------------------------------------- */

static void push_touched(uint32_t list[RUN_TOUCHED_MAX], uint32_t entry)
{
    if (list[0] == entry) return;
    memmove(list + 1, list, (RUN_TOUCHED_MAX - 1) * sizeof(*list));
    list[0] = entry;
}

/* Appends to the log; 0 when memory is exhausted, which `a->failed` then tells. */
static uint32_t log_step(struct runner *r, const struct engine_step *step)
{
    if (r->log_count == r->log_cap) {
        uint32_t cap = r->log_cap == 0 ? 1024 : 2 * r->log_cap;
        struct touched *log = arena_get(r->a, cap, sizeof(*log));
        if (log == NULL) return NEVER_TOUCHED;
        if (r->log_count > 0) memcpy(log, r->log, r->log_count * sizeof(*log));
        r->log = log;
        r->log_cap = cap;
    }
    const char *id = step->from != NULL ? step->from->id : "";
    r->log[r->log_count++] = (struct touched){step->event, id, step->refusal};
    return r->log_count;
}

/* The site that an event names, itself or by one of its hosts; CN_NONE32 when it names none. */
static uint32_t named_site(const struct world *w, const struct event *e)
{
    return e->host != CN_NONE32 ? w->hosts[e->host].site : e->site;
}

/* An event that was refused as it had to be changed nothing and explains nothing. */
static void note_touched(struct runner *r, const struct engine_step *step)
{
    const struct world *w = r->engine.world;
    if (step->from != NULL && step->from->refused != REFUSAL_NONE &&
        step->from->refused == step->refusal) {
        return;
    }
    uint32_t entry = log_step(r, step);
    uint32_t site = named_site(w, &step->event);
    if (w->changed.network || w->changed.paths) push_touched(r->network_touched, entry);
    if (site != CN_NONE32) push_touched(r->site_touched[site], entry);
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        push_touched(r->site_touched[w->hosts[w->changed.hosts[i]].site], entry);
    }
}

enum touched_by { BY_SITE, BY_SITE_AND_NETWORK };

/* The newest of what touched a site, or none, and the network. */
static void copy_touched(const struct runner *r, uint32_t site, enum touched_by by,
                         struct failure *f)
{
    static const uint32_t none[RUN_TOUCHED_MAX] = {0};
    const uint32_t *a = site != CN_NONE32 ? r->site_touched[site] : none;
    const uint32_t *b = by == BY_SITE_AND_NETWORK ? r->network_touched : none;
    size_t ia = 0;
    size_t ib = 0;
    while (f->touched_count < RUN_TOUCHED_MAX) {
        uint32_t ea = ia < RUN_TOUCHED_MAX ? a[ia] : 0;
        uint32_t eb = ib < RUN_TOUCHED_MAX ? b[ib] : 0;
        uint32_t newest = ea > eb ? ea : eb;
        if (newest == NEVER_TOUCHED) return;
        ia += ea == newest ? 1 : 0;
        ib += eb == newest ? 1 : 0;
        f->touched[f->touched_count++] = r->log[newest - 1];
    }
}

/* --- findings ------------------------------------------------------------------------------- */

static const char *keep(struct runner *r, const char *text)
{
    const char *copy = arena_text(r->a, text, strlen(text));
    return copy != NULL ? copy : "";
}

static struct finding *add_finding(struct runner *r, enum finding_kind kind, const char *title)
{
    struct finding *f = &r->findings[r->finding_count++];
    *f = (struct finding){.kind = kind, .title = keep(r, title)};
    return f;
}

static struct failure *new_failure(struct runner *r, simtime at)
{
    struct failure *f = arena_get(r->a, 1, sizeof(*f));
    if (f == NULL) return NULL;
    *f = (struct failure){.at = at, .type = CN_NONE16, .line = CN_NONE16};
    return f;
}

/* What is claimed, and for how much of the window: "never class mainland". */
static void expected_text(const struct runner *r, const struct expectation *e,
                          char out[JUDGE_TEXT_MAX])
{
    char claim[JUDGE_TEXT_MAX - 16];
    judge_expected(&r->judge, e, claim, sizeof(claim));
    bool plain = e->when == EXPECT_AT || e->asserts == ASSERT_CHANGES;
    const char *when = plain ? "" : expect_when_name(e->when);
    snprintf(out, JUDGE_TEXT_MAX, "%s%s%s", when, *when != '\0' ? " " : "", claim);
}

/* Who asked, why the answer is what it is, and what touched it; an alias is followed. */
static void tell_answer(const struct runner *r, const struct expectation *e, uint64_t item,
                        struct failure *f)
{
    struct world *w = r->engine.world;
    struct answer a;
    f->name = judge_name(&r->judge, e, item);
    f->type = e->type;
    f->line = judge_line(e, item);
    judge_look(&r->judge, e, item, &a);
    copy_touched(r, a.site, BY_SITE_AND_NETWORK, f);
    if (a.host == CN_NONE32 || w->spec->hosts[a.host].cname != NULL) return;
    struct decision d;
    judge_decide(&r->judge, e, &(struct judge_where){a.host, f->line}, &d);
    bool decided = e->type == RR_A || e->type == RR_AAAA || a.cell.row == d.row;
    if (decided) f->decision = d;
}

/* A site that a state is about: that of the host, or one of the account's. */
static uint32_t state_site(const struct runner *r, const struct expectation *e)
{
    if (e->host != CN_NONE32) return r->s->world.hosts[e->host].site;
    if (e->account != CN_NONE32) return r->engine.world->accounts[e->account].site_first;
    if (e->holder != CN_NONE32) return r->engine.world->holders[e->holder].site_first;
    return e->site;
}

static void watch_failed(void *owner, uint32_t i, uint64_t item, const char *got)
{
    struct runner *r = owner;
    const struct expectation *e = &r->s->expectations[i];
    struct failure *f = new_failure(r, r->engine.world->now);
    if (f == NULL) return;
    expected_text(r, e, f->expected);
    judge_got(&r->judge, e, item, f->got);
    if (got != NULL) snprintf(f->got, sizeof(f->got), "%s", got);
    if (e->subject == EXPECT_ANSWER) tell_answer(r, e, item, f);
    if (e->subject == EXPECT_LOAD) copy_touched(r, CN_NONE32, BY_SITE_AND_NETWORK, f);
    bool bought = e->package != CN_NONE32 || e->product != CN_NONE32;
    enum touched_by by = bought ? BY_SITE_AND_NETWORK : BY_SITE;
    if (e->subject == EXPECT_STATE) copy_touched(r, state_site(r, e), by, f);
    r->findings[i].failure = f;
    r->lost = r->lost || (e->skip == NULL && e->expect_fail == NULL);
}

/* --- titles: what an expectation claims, in one line ---------------------------------------- */

static void title_when(const struct expectation *e, char *out, size_t cap)
{
    char from[TIMETEXT_MAX];
    char until[TIMETEXT_MAX];
    timetext_put_simtime(e->from, from);
    timetext_put_simtime(e->until, until);
    if (e->when == EXPECT_AT) {
        snprintf(out, cap, "at %s", from);
    } else {
        snprintf(out, cap, "%s %s..%s", expect_when_name(e->when), from, until);
    }
}

static void title_subject(const struct runner *r, const struct expectation *e,
                          char out[SUBJECT_MAX])
{
    char name[DNAME_TEXT_MAX];
    const struct world_spec *w = &r->s->world;
    if (e->subject == EXPECT_EVENT) {
        snprintf(out, SUBJECT_MAX, "event %s", r->s->events[e->event].id);
    } else if (e->subject == EXPECT_LOAD) {
        snprintf(out, SUBJECT_MAX, "load of %s", e->load_text);
    } else if (e->subject == EXPECT_ANSWER) {
        const char *type = rr_type_name(e->type);
        snprintf(out, SUBJECT_MAX, "%s %s from %s", e->name_text, type != NULL ? type : "?",
                 e->from_text);
    } else if (e->site != CN_NONE32) {
        const struct site_spec *s = &w->sites[e->site];
        snprintf(out, SUBJECT_MAX, "%s%s", s->app ? "app " : "", s->domain);
    } else if (e->account != CN_NONE32) {
        snprintf(out, SUBJECT_MAX, "account %s", w->accounts[e->account].id);
    } else if (e->holder != CN_NONE32) {
        snprintf(out, SUBJECT_MAX, "holder %s", w->holders[e->holder].id);
    } else if (e->partner != CN_NONE32) {
        snprintf(out, SUBJECT_MAX, "partner %s", w->partners[e->partner].id);
    } else if (e->package != CN_NONE32) {
        snprintf(out, SUBJECT_MAX, "package %s", w->packages[e->package].id);
    } else if (e->product != CN_NONE32) {
        snprintf(out, SUBJECT_MAX, "product %s", w->products[e->product].id);
    } else {
        dname_show(w->hosts[e->host].name, name);
        snprintf(out, SUBJECT_MAX, "%.150s", name);
    }
}

static void title_expectation(const struct runner *r, const struct expectation *e,
                              char out[TITLE_MAX])
{
    char when[2 * TIMETEXT_MAX + 16];
    char subject[SUBJECT_MAX];
    char expected[JUDGE_TEXT_MAX];
    title_when(e, when, sizeof(when));
    title_subject(r, e, subject);
    judge_expected(&r->judge, e, expected, sizeof(expected));
    snprintf(out, TITLE_MAX, "%s%s%s: %s: %.200s", e->id, e->id[0] != '\0' ? ": " : "", when,
             subject, expected);
}

static void add_expectations(struct runner *r)
{
    for (uint32_t i = 0; i < r->s->expectation_count; i++) {
        const struct expectation *e = &r->s->expectations[i];
        char title[TITLE_MAX];
        title_expectation(r, e, title);
        struct finding *f = add_finding(r, FINDING_EXPECTATION, title);
        f->expectation = e;
        f->note = e->skip != NULL ? e->skip : e->expect_fail;
    }
}

/* --- events --------------------------------------------------------------------------------- */

/* "applied", or "refused with CODE: why (source); to do: advice". */
static void outcome_text(enum refusal r, char out[JUDGE_TEXT_MAX])
{
    if (r == REFUSAL_NONE) {
        snprintf(out, JUDGE_TEXT_MAX, "applied");
    } else {
        snprintf(out, JUDGE_TEXT_MAX, "refused with %s: %s (%s); to do: %s", refusal_name(r),
                 refusal_text(r), refusal_source(r), refusal_advice(r));
    }
}

/* Which state the event met, when it was refused for that. */
static void add_met_state(const struct world *w, const struct engine_step *step,
                          char out[JUDGE_TEXT_MAX])
{
    char state[256];
    size_t n = strlen(out);
    if (!world_refusal_state(w, &step->event, step->refusal, state, sizeof(state))) return;
    snprintf(out + n, JUDGE_TEXT_MAX - n, "; %s", state);
}

/* A test point for an event that had to be refused, or was refused and should not have been. */
static void find_event(struct runner *r, const struct engine_step *step)
{
    const struct scenario_event *from = step->from;
    if (from->refused == REFUSAL_NONE && step->refusal == REFUSAL_NONE) return;
    char title[TITLE_MAX];
    char text[JUDGE_TEXT_MAX];
    run_event_text(r->s, &(struct touched){step->event, from->id, REFUSAL_NONE}, text);
    if (from->refused != REFUSAL_NONE) {
        snprintf(title, sizeof(title), "event %s is refused with %s", text,
                 refusal_name(from->refused));
    } else {
        snprintf(title, sizeof(title), "event %s is applied", text);
    }
    struct finding *f = add_finding(r, FINDING_EVENT, title);
    f->event = from;
    if (from->refused == step->refusal) return;
    struct failure *why = new_failure(r, step->event.at);
    if (why == NULL) return;
    outcome_text(from->refused, why->expected);
    outcome_text(step->refusal, why->got);
    add_met_state(r->engine.world, step, why->got);
    uint32_t site = named_site(r->engine.world, &step->event);
    copy_touched(r, site, site != CN_NONE32 ? BY_SITE : BY_SITE_AND_NETWORK, why);
    f->failure = why;
}

static void collect_dirty(struct runner *r)
{
    const struct changes *c = &r->engine.world->changed;
    r->dirty_network = r->dirty_network || c->network;
    for (uint32_t i = 0; i < c->host_count; i++) {
        uint32_t host = c->hosts[i];
        if (r->dirty_marked[host] != 0) continue;
        r->dirty_marked[host] = 1;
        r->dirty[r->dirty_count++] = host;
    }
}

static void forget_dirty(struct runner *r)
{
    for (uint32_t i = 0; i < r->dirty_count; i++) {
        r->dirty_marked[r->dirty[i]] = 0;
    }
    r->dirty_count = 0;
    r->dirty_network = false;
}

/* An active host that a violation is about. */
static uint32_t violated_host(const struct runner *r, const struct violation *v)
{
    const struct world *w = r->engine.world;
    if (v->host != CN_NONE32) return v->host;
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (w->hosts[h].active && w->hosts[h].class_ == v->class_) return h;
    }
    return CN_NONE32;
}

/* "nearest: www.shop.example from de got lax, expected fra". */
static void violation_text(const struct runner *r, const struct violation *v, uint32_t host,
                           char out[JUDGE_TEXT_MAX])
{
    const struct topology *t = r->s->world.topology;
    char name[DNAME_TEXT_MAX] = "a host";
    if (host != CN_NONE32) dname_show(r->s->world.hosts[host].name, name);
    int n = snprintf(out, JUDGE_TEXT_MAX, "%s: %.300s from %s got %s", invariant_id(v->invariant),
                     name, v->line != CN_NONE16 ? t->lines[v->line].name : "anywhere",
                     v->got_pop != CN_NONE16 ? t->pops[v->got_pop].id : "no PoP");
    if (v->want_pop == CN_NONE16) return;
    snprintf(out + n, JUDGE_TEXT_MAX - (size_t)n, ", expected %s", t->pops[v->want_pop].id);
}

/* Keeps the first violation, with what touched its host up to now. */
static void note_violation(struct runner *r)
{
    if (r->violated != NULL || r->violations.count == 0) return;
    const struct violation *v = &r->violations.items[0];
    uint32_t host = violated_host(r, v);
    r->violated = new_failure(r, r->engine.world->now);
    if (r->violated == NULL) return;
    snprintf(r->violated->expected, JUDGE_TEXT_MAX, "%s", invariant_text(v->invariant));
    violation_text(r, v, host, r->violated->got);
    uint32_t site = host != CN_NONE32 ? r->s->world.hosts[host].site : CN_NONE32;
    copy_touched(r, site, BY_SITE_AND_NETWORK, r->violated);
}

static void check_invariants(struct runner *r)
{
    if (r->o->expectations_only) return;
    invariant_check_changed(r->engine.world, &r->violations);
    note_violation(r);
}

static void after_step(struct runner *r, const struct engine_step *step)
{
    r->events++;
    if (step->from != NULL) {
        struct outcome *o = &r->outcomes[step->from - r->s->events];
        o->kind = step->refusal == REFUSAL_NONE ? OUTCOME_APPLIED : OUTCOME_REFUSED;
        o->refusal = (uint8_t)step->refusal;
    }
    if (step->from != NULL) find_event(r, step); /* before it counts as the last event itself */
    note_touched(r, step);
    collect_dirty(r);
    check_invariants(r);
    if (r->o->on_step != NULL) r->o->on_step(r->o->owner, &r->engine, step);
}

/* --- the run -------------------------------------------------------------------------------- */

static void run_instants(struct runner *r)
{
    while (!r->lost || !r->o->until_failed) {
        simtime event = engine_next_at(&r->engine);
        simtime window = watch_next_at(&r->watches);
        simtime now = simtime_before(event, window) ? event : window;
        if (simtime_before(r->s->end, now) || r->engine.world->class_limit || r->a->failed) return;
        struct engine_step step;
        while (engine_next_at(&r->engine).ns == now.ns && engine_step(&r->engine, &step)) {
            after_step(r, &step);
        }
        r->engine.world->now = now;
        if (r->dirty_count > 0 || r->dirty_network) judge_note(&r->judge, now);
        watch_instant(&r->watches, now, r->dirty, r->dirty_count, r->dirty_network);
        forget_dirty(r);
    }
}

static void find_invariants(struct runner *r)
{
    struct finding *f = add_finding(r, FINDING_INVARIANTS,
                                    "invariants hold for every host and line after every event");
    if (r->violated == NULL) return;
    f->failure = r->violated;
    if (r->violations.count == 1) return;
    size_t used = strlen(r->violated->got);
    snprintf(r->violated->got + used, JUDGE_TEXT_MAX - used, " (the first of %" PRIu32 ")",
             r->violations.count);
}

static enum verdict verdict_of(const struct finding *f)
{
    const struct expectation *e = f->expectation;
    if (e != NULL && e->skip != NULL) return VERDICT_SKIP;
    bool may_fail = e != NULL && e->expect_fail != NULL;
    if (f->failure == NULL) return may_fail ? VERDICT_FAIL : VERDICT_PASS;
    return may_fail ? VERDICT_EXPECTED_FAIL : VERDICT_FAIL;
}

/* A failure for an expectation that was to fail, and held. */
static void explain_surprise(struct runner *r, struct finding *f)
{
    struct failure *why = new_failure(r, f->expectation->until);
    if (why == NULL) return;
    snprintf(why->expected, sizeof(why->expected), "a failure (expect_fail: %.400s)", f->note);
    snprintf(why->got, sizeof(why->got), "the expectation holds");
    f->failure = why;
}

/* An expectation that was never looked at proves nothing. */
static void fail_unseen(struct runner *r)
{
    for (uint32_t i = 0; i < r->s->expectation_count; i++) {
        uint8_t state = r->watches.watches[i].state;
        if (state == WATCH_HELD || state == WATCH_FAILED) continue;
        struct failure *why = new_failure(r, r->s->end);
        if (why == NULL) return;
        expected_text(r, &r->s->expectations[i], why->expected);
        snprintf(why->got, sizeof(why->got), "the run ended before this was ever looked at");
        r->findings[i].failure = why;
    }
}

static void settle_verdicts(struct runner *r, struct run_result *out)
{
    for (uint32_t i = 0; i < r->finding_count; i++) {
        struct finding *f = &r->findings[i];
        f->verdict = verdict_of(f);
        if (f->verdict == VERDICT_FAIL && f->failure == NULL) explain_surprise(r, f);
        out->passed += f->verdict == VERDICT_PASS || f->verdict == VERDICT_EXPECTED_FAIL ? 1 : 0;
        out->failed += f->verdict == VERDICT_FAIL ? 1 : 0;
        out->skipped += f->verdict == VERDICT_SKIP ? 1 : 0;
    }
}

static bool init_runner(struct runner *r)
{
    const struct world_spec *w = &r->s->world;
    r->outcomes = arena_get(r->a, r->s->event_count, sizeof(*r->outcomes));
    r->findings = arena_get(r->a, (size_t)r->s->expectation_count + r->s->event_count + 1,
                            sizeof(*r->findings));
    r->site_touched = arena_get(r->a, w->site_count, sizeof(*r->site_touched));
    r->dirty = arena_get(r->a, w->host_count, sizeof(*r->dirty));
    r->dirty_marked = arena_get(r->a, w->host_count, 1);
    if (r->a->failed || !engine_init(&r->engine, r->a, r->s)) return false;
    r->engine.without = r->o->without;
    r->engine.shifted = r->o->shifted;
    r->engine.shifted_at = r->o->shifted_at;
    if (!history_init(&r->history, r->a, r->s)) return false;
    r->judge = (struct judge){r->engine.world, r->s, r->outcomes, &r->history};
    r->violations.items = r->violation_items;
    r->violations.cap = RUN_VIOLATIONS_MAX;
    if (!watch_init(&r->watches, r->a, r->s, &r->judge)) return false;
    r->watches.on_fail = watch_failed;
    r->watches.owner = r;
    return true;
}

enum cn_status run_scenario(struct arena *a, const struct scenario *s, const struct run_options *o,
                            struct run_result *out)
{
    struct runner *r = arena_get(a, 1, sizeof(*r));
    *out = (struct run_result){.scenario = s};
    if (r == NULL) return CN_E_LIMIT;
    r->a = a;
    r->s = s;
    r->o = o;
    if (!init_runner(r)) return CN_E_LIMIT;
    add_expectations(r);
    if (!o->expectations_only) invariant_check_all(r->engine.world, &r->violations);
    note_violation(r);
    if (o->on_step != NULL) o->on_step(o->owner, &r->engine, NULL);
    judge_note(&r->judge, SIMTIME_START);
    run_instants(r);
    fail_unseen(r);
    if (!o->expectations_only) find_invariants(r);
    settle_verdicts(r, out);
    out->findings = r->findings;
    out->finding_count = r->finding_count;
    out->events = r->events;
    out->checks = r->watches.checks;
    out->invariant_checks = r->violations.checks;
    return a->failed || r->engine.world->class_limit ? CN_E_LIMIT : CN_OK;
}
