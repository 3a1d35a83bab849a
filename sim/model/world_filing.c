/* SPDX-License-Identifier: MIT
 * world_filing.c: filings within the world: guards' inputs, timers, what the partner observes. */
#include "world_internal.h"

#include <string.h>

/* --- what the guards look at ------------------------------------------------------------------ */

/* How far `until` lies beyond `term` from now, in ns; negative: it lies before. */
static int64_t beyond(const struct world *w, walltime until, struct duration_range term)
{
    walltime need = world_least_after(w, term, simtime_wall(w->spec->start, w->now));
    return until.ns - need.ns;
}

static bool realname_ok(const struct world *w, const struct site_spec *s)
{
    walltime now = simtime_wall(w->spec->start, w->now);
    walltime old = world_least_after(w, w->choices->realname_age, s->realname_since);
    return s->realname_matches && old.ns <= now.ns;
}

/* Approved, and some provider carries it. */
static bool carried(enum filing_state s)
{
    return filing_serves(s) || s == FILING_APPROVED_UNSYNCED;
}

/* No access but the one that an audit or a cancellation takes away. */
static bool last_access(const struct world *w, uint32_t site, const struct event *e)
{
    uint16_t going = e->kind == EV_ACCESS_CANCEL ? e->provider : w->sites[site].auditor;
    return (w->sites[site].access & ~(1U << going)) == 0;
}

/* All but what needs to look at answers. Who applies is asked when somebody does: that takes a look
 * at all sites of the holder. */
static struct filing_view base_view(const struct world *w, uint32_t site, const struct event *e,
                                    enum filing_event event)
{
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    const struct holder *h = &w->holders[spec->holder];
    bool own_access = carried((enum filing_state)s->filing);
    return (struct filing_view){
        .order_open = h->orders > 0 && h->orders > world_applicant_own_orders(w, site),
        .applicant = event == FILING_EV_SUBMIT ? world_applicant_submit(w, site) : REFUSAL_NONE,
        .tld_ok = world_applicant_tld_ok(w, site),
        .registrar_ok = world_applicant_registrar_ok(w, site),
        .realname_ok = !s->transferred && realname_ok(w, spec),
        .term_ok = !s->expired &&
                   (s->renewed || beyond(w, spec->domain_expires, w->choices->domain_term) > 0),
        .data_audited = s->cause == CAUSE_CERTIFICATE_EXPIRED || s->cause == CAUSE_CONTACT_DEAD ||
                        s->cause == CAUSE_FALSE_DATA,
        .mended = !(s->cause == CAUSE_DOMAIN_LAPSED && s->expired) &&
                  !(s->cause == CAUSE_CERTIFICATE_EXPIRED && h->certificate_expired),
        .resource_ok = beyond(w, spec->resource_until, w->choices->resource_term) >= 0,
        .first_filing = h->numbers == 0,
        .resolves = !s->closed && !spec->app,
        .sms_needed = world_applicant_sms_needed(w, site),
        .subject_changes = e->subject_changes,
        .barred = h->barred,
        .sms_window_open = !simtime_before(s->sms_deadline, w->now),
        .sms_tries_left = s->sms_wrong <= w->choices->sms_tries,
        .last_access = last_access(w, site, e),
        .last_site = h->accessible == (own_access ? 1U : 0U),
    };
}

static struct filing_view view_of(struct world *w, uint32_t site, const struct event *e,
                                  enum filing_event event)
{
    struct filing_view v = base_view(w, site, e, event);
    if (w->sites[site].cause != CAUSE_RESOLVES_OVERSEAS) {
        v.mended = v.mended && !world_app_lapsed(w, site);
    } else if (w->spec->sites[site].app) {
        v.still_overseas = world_app_overseas(w, site);
    } else {
        v.still_overseas = world_overseas_now(w, site);
    }
    return v;
}

enum refusal world_filing_may_submit(const struct world *w, uint32_t site)
{
    struct event e = event_make(EV_FILING_SUBMIT, w->now);
    struct filing_view v = base_view(w, site, &e, FILING_EV_SUBMIT);
    return filing_step(FILING_DRAFT, FILING_EV_SUBMIT, &v).refusal;
}

/* --- what the partner knows ------------------------------------------------------------------- */

static enum filing_status true_status(const struct site *s)
{
    if (filing_serves((enum filing_state)s->filing)) {
        return (s->access & 1U << s->partner) != 0 ? STATUS_OK : STATUS_NO;
    }
    bool illegal = s->filing == FILING_REVOKED && s->cause == CAUSE_ILLEGAL_CONTENT;
    return illegal ? STATUS_ILLEGAL : STATUS_NO;
}

/* The answers of a revoked site may be cached longer once the change has lasted (C2 row 10). */
static void settle_later(struct world *w, uint32_t site, bool lost)
{
    w->sites[site].settled = !lost;
    world_clear_timer(w, TIMER_SETTLE, site);
    if (!lost) return;
    simdur d = world_draw(w, site, w->choices->ttl_settle, "ttl_settle");
    world_set_timer(w, TIMER_SETTLE, site, simtime_add(w->now, d));
}

/* Copies the truth into the view that DNS goes by. */
static void observe(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    enum filing_status status = true_status(s);
    bool was_ok = s->status == STATUS_OK || (s->status == STATUS_UNKNOWN && s->kept == STATUS_OK);
    world_clear_timer(w, TIMER_OBSERVE, site);
    s->learnt = false;
    s->status = (uint8_t)status;
    s->kept = (uint8_t)status;
    s->status_filing = s->filing;
    s->status_access = (uint8_t)world_access_at(w, site, s->partner);
    s->status_by_subject = s->by_subject;
    if (was_ok != (status == STATUS_OK)) settle_later(w, site, was_ok);
    world_class_site(w, site);
}

/* The partner knows; DNS follows after publish_delay. */
static void learn(struct world *w, uint32_t site)
{
    simdur delay = world_draw(w, site, w->choices->publish_delay, "publish_delay");
    bool lost = true_status(&w->sites[site]) != STATUS_OK; /* not what came back meanwhile */
    if (delay.ns == 0 || !lost) {
        observe(w, site);
        return;
    }
    w->sites[site].learnt = true;
    world_set_timer(w, TIMER_OBSERVE, site, simtime_add(w->now, delay));
}

/* A loss that reaches all sites of a holder is worked through in the partner's batches. */
void world_filing_changed(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    if (s->status == STATUS_UNKNOWN) return; /* status_known will look */
    if (s->status != STATUS_OK || true_status(s) == STATUS_OK) {
        observe(w, site);
        return;
    }
    if (world_timer_is_set(w, TIMER_OBSERVE, site)) return; /* the loss is on its way already */
    simdur delay = world_draw(w, site, w->choices->observe_delay, "observe_delay");
    if (w->batch_from != NULL) w->batch_from[site] = simtime_add(w->now, delay);
    if (s->by_subject) delay.ns += world_batch_delay(w, site).ns;
    if (delay.ns == 0) {
        learn(w, site);
        return;
    }
    world_set_timer(w, TIMER_OBSERVE, site, simtime_add(w->now, delay));
}

/* --- state changes ---------------------------------------------------------------------------- */

/* A domain that an app's filing covers is none of its own. */
static void count_state(struct world *w, uint32_t site, int by)
{
    const struct site_spec *spec = &w->spec->sites[site];
    enum filing_state s = (enum filing_state)w->sites[site].filing;
    uint32_t n = (uint32_t)by * spec_weight(spec); /* modulo 2^32 */
    if (spec->app_of != 0) return;
    struct holder *h = &w->holders[spec->holder];
    if (filing_has_number(s) && spec->app) h->app_numbers += n;
    if (filing_order_open(s)) h->orders += n;
    if (filing_has_number(s)) h->numbers += n;
    if (carried(s)) h->accessible += n;
}

/* How long a state lasts that ends by itself. */
struct lasting {
    const struct duration_range *range; /* NULL: it does not */
    const char *purpose;
};

/* A review ends by itself, with success, only where the scenario wants that. */
static struct lasting review_of(const struct choices *c, enum filing_state state)
{
    if (c->reviews != REVIEWS_DRAWN) return (struct lasting){NULL, ""};
    switch ((int)state) {
    case FILING_PROVIDER_REVIEW:
        return (struct lasting){&c->provider_review, "provider_review"};
    case FILING_SMS_PENDING:
        return (struct lasting){&c->sms_confirmation, "sms_confirmation"};
    case FILING_BUREAU_REVIEW:
    case FILING_CHANGE_PENDING:
        return (struct lasting){&c->bureau_review, "bureau_review"};
    default:
        return (struct lasting){NULL, ""};
    }
}

static struct lasting lasting_of(const struct choices *c, const struct site *s)
{
    switch ((int)s->filing) {
    case FILING_APPROVED_UNSYNCED:
        return (struct lasting){&c->sync_delay, "sync_delay"};
    case FILING_AUDIT_NOTICE:
        return (struct lasting){&c->audit_deadline, "audit_deadline"};
    case FILING_ACCESS_CANCELLED:
        return (struct lasting){&c->shell_delay, "shell_delay"};
    case FILING_SHELL_SITE:
    case FILING_SHELL_SUBJECT:
        return (struct lasting){&c->shell_cleanup, "shell_cleanup"};
    default:
        return review_of(c, (enum filing_state)s->filing);
    }
}

/* The timer that a state starts; a state without one stops the old. */
static void start_timer(struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    struct lasting l = lasting_of(w->choices, s);
    world_clear_timer(w, TIMER_FILING, site);
    if (l.range == NULL || w->spec->sites[site].app_of != 0) return; /* the app's runs for both */
    simtime at = simtime_add(w->now, world_draw(w, site, *l.range, l.purpose));
    /* A code that is confirmed is confirmed in time. */
    bool late = s->filing == FILING_SMS_PENDING && simtime_before(s->sms_deadline, at);
    world_set_timer(w, TIMER_FILING, site, late ? s->sms_deadline : at);
}

/* What entering a state brings with it, whether by an event or from the start. */
static void enter_state(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    if (s->filing == FILING_SMS_PENDING) {
        s->sms_wrong = 0;
        s->sms_deadline =
            simtime_add(w->now, world_draw(w, site, world_applicant_sms_window(w), "sms_window"));
    }
    start_timer(w, site);
}

/* When DNS has followed: who else goes by the filing. */
static void look_around(struct world *w, uint32_t site)
{
    world_psb_look(w, site);
    world_work_then(w, site, world_overseas_site);
}

static void set_state(struct world *w, uint32_t site, enum filing_state to)
{
    struct site *s = &w->sites[site];
    uint32_t holder = w->spec->sites[site].holder;
    struct holder *h = &w->holders[holder];
    uint32_t accessible = h->accessible;
    bool shell = s->filing == FILING_SHELL_SITE || s->filing == FILING_SHELL_SUBJECT;
    count_state(w, site, -1);
    world_tally_site(w, site, false);
    s->filing = (uint8_t)to;
    world_tally_site(w, site, true);
    count_state(w, site, 1);
    if (h->accessible > accessible) world_access_subject(w, holder, SUBJECT_EV_FILED);
    if (h->accessible == 0 && accessible > 0) world_access_subject(w, holder, SUBJECT_EV_EMPTIED);
    if (shell && h->numbers == 0) world_access_subject(w, holder, SUBJECT_EV_CLEANUP);
    enter_state(w, site);
    world_filing_changed(w, site);
    world_work_then(w, site, look_around);
}

static void side_effects(struct world *w, uint32_t site, enum filing_event event)
{
    struct site *s = &w->sites[site];
    if (event == FILING_EV_SMS_WRONG) {
        s->sms_wrong++;
        if (s->sms_wrong > w->choices->sms_tries) world_clear_timer(w, TIMER_FILING, site);
    }
    if (event == FILING_EV_CHANGE_DONE) { /* the new certificate comes with it */
        world_certificate_changed(w, w->spec->sites[site].holder);
        if (w->choices->rereview_on_change) world_onboard_rereview(w, site);
    }
    if (event == FILING_EV_REFILE) {
        s->by_subject = false;
        s->refiled = true;
        s->cause = CAUSE_UNSTATED;
        world_onboard_reset(w, site);
    }
}

static bool name_barred(const struct world *w, uint32_t site)
{
    uint32_t name = w->spec->sites[site].name_group;
    return name != CN_NONE32 && w->site_names_barred[name];
}

/* Who audits: the provider that the event names, else the site's partner. */
static uint16_t auditor_of(const struct world *w, const struct event *e)
{
    return e->provider != CN_NONE16 ? e->provider : w->sites[e->site].partner;
}

/* What a step brings for accesses, and the new state. */
static void finish(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    struct filing_rest rest = w->work.rest;
    enum filing_event event = (enum filing_event)rest.what;
    world_access_follow(w, site, &rest.event, event);
    if (event == FILING_EV_AUDIT_HIT) s->auditor = auditor_of(w, &rest.event);
    if (event == FILING_EV_REVOKE || event == FILING_EV_AUDIT_HIT) s->cause = rest.event.cause;
    if (rest.to != s->filing) set_state(w, site, (enum filing_state)rest.to);
}

enum refusal world_filing_step(struct world *w, uint32_t site, const struct event *e,
                               enum filing_event event)
{
    struct site *s = &w->sites[site];
    if (w->spec->sites[site].holder == CN_NONE32) return REFUSAL_ICP_BAD_STATE;
    world_work_follow(w); /* another domain of the same filing was here */
    struct filing_view view = view_of(w, site, e, event);
    struct filing_step step = filing_step((enum filing_state)s->filing, event, &view);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    if (event == FILING_EV_SUBMIT) {
        if (name_barred(w, site)) return REFUSAL_SITE_NAME_BARRED;
        enum refusal domain = world_app_refuses(w, site);
        if (domain != REFUSAL_NONE) return domain;
    }
    side_effects(w, site, event);
    w->work.rest = (struct filing_rest){*e, (uint8_t)event, (uint8_t)step.to};
    world_work_then(w, site, finish);
    return REFUSAL_NONE;
}

enum refusal world_filing_entry(struct world *w, const struct event *e, enum filing_event event)
{
    const struct site_spec *spec = w->spec->sites;
    enum refusal refusal = world_filing_step(w, e->site, e, event);
    if (refusal != REFUSAL_NONE || !spec[e->site].entry_shared) return refusal;
    const struct holder *h = &w->holders[spec[e->site].holder];
    for (uint32_t s = h->site_first; s != CN_NONE32; s = w->sites[s].next_of_holder) {
        if (s == e->site || spec[s].entry != spec[e->site].entry) continue;
        (void)world_filing_step(w, s, e, event);
    }
    return REFUSAL_NONE;
}

enum refusal world_filing_site(struct world *w, const struct event *e, int arg)
{
    struct event own = *e;
    own.site = world_app_owner(w, e->site);
    bool audit = arg == FILING_EV_AUDIT_HIT && w->sites[own.site].filing == FILING_ACTIVE;
    if (audit && world_access_at(w, own.site, auditor_of(w, &own)) != ACCESS_ACTIVE) {
        return REFUSAL_ACCESS_NOT_FILED; /* it carries nothing that it could audit */
    }
    return world_filing_entry(w, &own, (enum filing_event)arg);
}

/* What befalls a subject befalls its filings: the same event of both machines. */
static enum filing_event event_of_filing(const struct event *e)
{
    return e->kind == EV_DEREGISTER_SUBJECT ? FILING_EV_DEREGISTER_SUBJECT : FILING_EV_REVOKE;
}

static enum subject_event event_of_subject(const struct event *e)
{
    return e->kind == EV_DEREGISTER_SUBJECT ? SUBJECT_EV_DEREGISTER : SUBJECT_EV_REVOKE;
}

static void reach_site(struct world *w, const struct event *e, uint32_t site)
{
    enum filing_event event = event_of_filing(e);
    if (event == FILING_EV_REVOKE && filing_has_number((enum filing_state)w->sites[site].filing)) {
        w->sites[site].by_subject = true;
    }
    if (world_filing_step(w, site, e, event) == REFUSAL_NONE) world_work_ends(w, REFUSAL_NONE);
}

static void end_subject(struct world *w, const struct event *e, enum refusal refusal)
{
    bool left = w->holders[e->holder].accessible > 0; /* filings that cannot be given up now */
    if (refusal == REFUSAL_NONE && !left) world_access_subject(w, e->holder, event_of_subject(e));
    if (e->kind == EV_VIOLATE) world_violation_cascade(w, e);
}

static const struct world_pass of_holder = {world_work_of_holder, reach_site, end_subject};

/* Revocation or deregistration of a subject: every filing for which it is legal. A shell without a
 * filing goes by itself. */
enum refusal world_filing_subject(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    const struct holder *h = &w->holders[e->holder];
    bool deregister = e->kind == EV_DEREGISTER_SUBJECT;
    if (deregister && h->orders > 0) return REFUSAL_ICP_ORDER_OPEN;
    struct subject_step step = subject_step((enum subject_state)h->subject, event_of_subject(e));
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    world_work_begin(w, &of_holder, e, h->site_first);
    return h->numbers == 0 ? REFUSAL_NONE : REFUSAL_ICP_BAD_STATE;
}

void world_filing_audit(struct world *w, uint32_t site, enum filing_cause cause)
{
    struct event e = event_make(EV_AUDIT_HIT, w->now);
    e.site = world_app_owner(w, site);
    e.cause = (uint8_t)cause;
    bool app = w->spec->sites[e.site].app; /* and its domains, which have no filing of their own */
    enum refusal ignored = app ? world_filing_entry(w, &e, FILING_EV_AUDIT_HIT)
                               : world_filing_step(w, site, &e, FILING_EV_AUDIT_HIT);
    (void)ignored; /* legal or not: what is not in force cannot be audited */
}

enum refusal world_filing_bar(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (w->holders[e->holder].barred) return REFUSAL_ENTITY_BARRED;
    w->holders[e->holder].barred = true;
    return REFUSAL_NONE;
}

/* --- the partner's view: status_unknown, status_known, and the timers ------------------------- */

static enum refusal status_unknown(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    if (s->status == STATUS_UNKNOWN) return REFUSAL_STATUS_BAD_STATE;
    s->kept = s->status;
    s->status = STATUS_UNKNOWN;
    s->learnt = false;
    world_clear_timer(w, TIMER_OBSERVE, site);
    simdur d = world_draw(w, site, w->choices->unknown_grace, "unknown_grace");
    world_set_timer(w, TIMER_GRACE, site, simtime_add(w->now, d));
    return REFUSAL_NONE;
}

/* A partner looks at the filing, whatever it or the one before it knew. */
void world_filing_look(struct world *w, uint32_t site)
{
    w->sites[site].grace_over = false;
    world_clear_timer(w, TIMER_GRACE, site);
    observe(w, site);
}

static enum refusal status_known(struct world *w, uint32_t site)
{
    if (w->sites[site].status != STATUS_UNKNOWN) return REFUSAL_STATUS_BAD_STATE;
    world_filing_look(w, site);
    return REFUSAL_NONE;
}

enum refusal world_filing_status(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    enum refusal refusal = REFUSAL_NONE;
    switch ((int)e->kind) {
    case EV_STATUS_UNKNOWN:
        refusal = status_unknown(w, e->site);
        break;
    case EV_STATUS_KNOWN:
        return status_known(w, e->site);
    case EV_STATUS_OBSERVED:
        learn(w, e->site);
        return REFUSAL_NONE;
    case EV_STATUS_PUBLISHED:
        observe(w, e->site);
        return REFUSAL_NONE;
    case EV_GRACE_OVER:
        w->sites[e->site].grace_over = true;
        break;
    default:
        CN_ASSERT(e->kind == EV_SETTLED);
        w->sites[e->site].settled = true;
    }
    if (refusal == REFUSAL_NONE) world_class_site(w, e->site);
    return refusal;
}

/* The end of the domain's registration, when it lies ahead. */
static void start_registration(struct world *w, uint32_t site)
{
    walltime end = w->spec->sites[site].domain_expires;
    if (end.ns == INT64_MAX || end.ns < w->spec->start.ns) return;
    world_set_timer(w, TIMER_REGISTRATION, site, (simtime){end.ns - w->spec->start.ns});
}

void world_filing_start(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    uint32_t holder = w->spec->sites[site].holder;
    CN_ASSERT(holder != CN_NONE32 || s->filing == FILING_NONE);
    if (holder != CN_NONE32) count_state(w, site, 1);
    world_tally_site(w, site, true);
    if (filing_has_number((enum filing_state)s->filing)) {
        bool has = carried((enum filing_state)s->filing);
        *(has ? &s->access : &s->access_cancelled) = s->filed_through;
    }
    enter_state(w, site);
    start_registration(w, site);
    s->status = (uint8_t)true_status(s);
    s->status_access = (uint8_t)world_access_at(w, site, s->partner);
    s->kept = s->status;
    s->status_filing = s->filing;
}
