/* SPDX-License-Identifier: MIT
 * trace_report.c: the trace of a run as JSON lines: what happened, and what that did to answers.
 *
 * The same scenario and seed give the same bytes everywhere. A host's answers for all lines are
 * summed up in a digest; the scenario's named clients are spelled out. */
#include <inttypes.h>
#include <jansson.h>

#include "cnedge/base/rng.h"
#include "cnedge/base/timetext.h"
#include "cnedge/replay/judge_path.h"
#include "cnedge/replay/report.h"
#include "cnedge/traffic/quality.h"
#include "report_text.h"

static void set_name(json_t *object, const char *key, const uint8_t *wire)
{
    char text[DNAME_TEXT_MAX];
    dname_show(wire, text);
    report_set_text(object, key, text);
}

/* A digest of a class's answers for every line: field by field, so that padding and byte order do
 * not matter. IPv6 and address masks count where they say something of their own. */
static uint64_t digest_family(struct world *w, uint16_t class_, enum family family, uint64_t h)
{
    const struct cell *cells = world_cells(w, class_, family);
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        uint8_t bytes[8] = {(uint8_t)(cells[line].pop >> 8),
                            (uint8_t)cells[line].pop,
                            cells[line].kind,
                            cells[line].row,
                            (uint8_t)(cells[line].ttl_s >> 24),
                            (uint8_t)(cells[line].ttl_s >> 16),
                            (uint8_t)(cells[line].ttl_s >> 8),
                            (uint8_t)cells[line].ttl_s};
        h = rng_hash(h, bytes, sizeof(bytes));
        if (w->families_part) h = rng_hash(h, cells[line].addresses, FAMILY_COUNT);
    }
    return h;
}

static uint64_t digest(struct world *w, uint16_t class_)
{
    uint64_t h = digest_family(w, class_, FAMILY_V4, 0);
    if (w->families_part) h = digest_family(w, class_, FAMILY_V6, h);
    return world_dns_out(w, w->classes[class_].key.partner) ? rng_hash(h, "out", 3) : h;
}

static void set_digest(json_t *object, struct world *w, uint16_t class_)
{
    char text[20];
    snprintf(text, sizeof(text), "%016" PRIx64, digest(w, class_));
    report_set_text(object, "digest", text);
}

/* How good the path to the answer is, where the scenario is about that. */
static void set_path(json_t *object, const struct world *w, uint32_t host, uint16_t line,
                     const struct decision *d)
{
    struct quality q;
    if (!w->spec->paths || d->kind != DECISION_POP) return;
    quality_of(w, line, host, d->pop, &q);
    json_object_set_new(object, "rtt_us", json_integer(q.rtt_us));
    json_object_set_new(object, "loss_permille", json_integer(q.loss_permille));
    if (q.product != CN_NONE16) {
        report_set_text(object, "carried_by", w->spec->products[q.product].id);
    }
}

static json_t *put_decision(const struct world *w, const struct decision *d, enum family family)
{
    static const char *const kinds[] = {"pop", "origin", "nxdomain", "nodata", "refused"};
    json_t *object = json_object();
    json_t *reasons = json_array();
    report_set_text(object, "answer",
                    d->kind == DECISION_POP ? w->topology->pops[d->pop].id : kinds[d->kind]);
    bool pop = d->kind == DECISION_POP;
    if (pop && d->addresses != w->families[family].pops[d->pop].addresses) {
        json_object_set_new(object, "addresses", json_integer(d->addresses));
    }
    json_object_set_new(object, "ttl_s", json_integer(d->ttl_s));
    json_object_set_new(object, "row", json_integer(d->row));
    for (uint8_t i = 0; i < d->reason_count; i++) {
        json_array_append_new(reasons,
                              report_string(policy_rule_id((enum policy_rule)d->reasons[i].rule)));
    }
    json_object_set_new(object, "reasons", reasons);
    return object;
}

/* What a client gets for A, and for AAAA where the families part. */
static json_t *answer_of(const struct world *w, uint32_t host, const struct scenario_client *c)
{
    struct decision d;
    struct spill_client asker = scenario_asker(c);
    struct world_ask ask = {host, c->line, FAMILY_V4, &asker};
    world_decide_for(w, &ask, &d);
    json_t *object = put_decision(w, &d, FAMILY_V4);
    set_path(object, w, host, c->line, &d);
    if (!w->families_part) return object;
    ask.family = FAMILY_V6;
    world_decide_for(w, &ask, &d);
    json_object_set_new(object, "aaaa", put_decision(w, &d, FAMILY_V6));
    return object;
}

/* What the client gets when that is not what we answered; NULL when it is. */
static json_t *path_of(struct world *w, const struct scenario_client *c, uint32_t host)
{
    struct answer a;
    struct path_view v;
    struct path_question q = judge_path_ask(w, c, w->spec->hosts[host].name, RR_A);
    path_ask(w, &q, &a, &v);
    if (path_is_clear(&v)) return NULL;
    json_t *object = json_object();
    json_t *reasons = json_array();
    report_set_text(object, "dns", path_dns_name(v.dns));
    report_set_text(object, "connect", path_connect_name(v.connect));
    for (uint8_t i = 0; i < v.reason_count; i++) {
        json_array_append_new(reasons,
                              report_string(path_rule_id((enum path_rule)v.reasons[i].rule)));
    }
    json_object_set_new(object, "reasons", reasons);
    return object;
}

/* What reaches the named clients of a host's answers; those who get what we answered are left out.
 */
static void put_path(const struct report_trace *t, struct world *w, uint32_t host)
{
    json_t *object = json_object();
    json_t *clients = json_object();
    report_set_text(object, "record", "path");
    set_name(object, "host", w->spec->hosts[host].name);
    for (uint32_t i = 0; i < t->scenario->client_count; i++) {
        const struct scenario_client *c = &t->scenario->clients[i];
        json_t *path = path_of(w, c, host);
        if (path != NULL) json_object_set_new(clients, c->name, path);
    }
    json_object_set_new(object, "clients", clients);
    report_put_line(t->out, object);
}

/* Whether an event about the border can have touched the host: all of them, unless it names one. */
static bool touched(const struct world *w, const struct event *e, uint32_t host)
{
    if (e->host != CN_NONE32) return e->host == host;
    return e->site == CN_NONE32 || w->hosts[host].site == e->site;
}

static void put_views(const struct report_trace *t, struct world *w, const struct event *e)
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (w->hosts[h].active && touched(w, e, h)) put_path(t, w, h);
    }
}

static void put_host(const struct report_trace *t, struct world *w, uint32_t host)
{
    if (w->spec->hosts[host].cname != NULL) return;
    json_t *object = json_object();
    json_t *answers = json_object();
    report_set_text(object, "record", "host");
    set_name(object, "host", w->spec->hosts[host].name);
    set_digest(object, w, w->hosts[host].class_);
    if (w->hosts[host].held > 0) {
        json_object_set_new(object, "held", json_integer(w->hosts[host].held));
    }
    for (uint32_t i = 0; i < t->scenario->client_count; i++) {
        const struct scenario_client *c = &t->scenario->clients[i];
        json_t *answer = answer_of(w, host, c);
        json_t *path = path_of(w, c, host);
        if (path != NULL) json_object_set_new(answer, "path", path);
        json_object_set_new(answers, c->name, answer);
    }
    json_object_set_new(object, "answers", answers);
    report_put_line(t->out, object);
}

/* After a network change: one line per class that hosts are in, however many those are. */
static void put_classes(const struct report_trace *t, struct world *w)
{
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        json_t *object = json_object();
        report_set_text(object, "record", "class");
        json_object_set_new(object, "class", json_integer(i));
        json_object_set_new(object, "hosts", json_integer(w->classes[i].hosts));
        set_digest(object, w, (uint16_t)i);
        report_put_line(t->out, object);
    }
}

/* What the PoPs carry that carry anything, in scenarios that say what their sites ask for. */
static void put_load(const struct report_trace *t, struct world *w)
{
    if (!world_has_load(w)) return;
    const uint64_t *kbps = world_load(w);
    json_t *object = json_object();
    json_t *pops = json_object();
    json_t *saturated = json_array();
    for (uint16_t i = 0; i < w->topology->pop_count; i++) {
        const char *id = w->topology->pops[i].id;
        if (kbps[i] > 0) json_object_set_new(pops, id, json_integer((json_int_t)kbps[i]));
        if (world_saturated(w, i)) json_array_append_new(saturated, report_string(id));
    }
    report_set_text(object, "record", "load");
    json_object_set_new(object, "kbps", pops);
    json_object_set_new(object, "saturated", saturated);
    report_put_line(t->out, object);
}

static void put_run(const struct report_trace *t, struct world *w)
{
    char start[TIMETEXT_MAX];
    json_t *object = json_object();
    timetext_put_instant(t->scenario->start, start);
    report_set_text(object, "record", "run");
    json_object_set_new(object, "format", json_integer(1));
    report_set_text(object, "name", t->scenario->name);
    json_object_set_new(object, "seed", json_integer((json_int_t)t->scenario->seed));
    report_set_text(object, "start", start);
    json_object_set_new(object, "lines", json_integer(w->topology->line_count));
    json_object_set_new(object, "pops", json_integer(w->topology->pop_count));
    json_object_set_new(object, "hosts", json_integer(w->spec->host_count));
    report_put_line(t->out, object);
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (w->hosts[h].active) put_host(t, w, h);
    }
    put_load(t, w);
}

static void set_objects(json_t *object, const struct world *w, const struct event *e)
{
    const struct world_spec *s = w->spec;
    if (e->site != CN_NONE32) {
        report_set_text(object, spec_site_key(s, e->site), s->sites[e->site].domain);
    }
    if (e->host != CN_NONE32) set_name(object, "host", s->hosts[e->host].name);
    if (e->holder != CN_NONE32) report_set_text(object, "holder", s->holders[e->holder].id);
    if (e->account != CN_NONE32) report_set_text(object, "account", s->accounts[e->account].id);
    if (e->partner != CN_NONE16) report_set_text(object, "partner", s->partners[e->partner].id);
    if (e->provider != CN_NONE16) {
        report_set_text(object, "provider", s->providers[e->provider]);
    }
    if (e->to != CN_NONE16) report_set_text(object, "to", s->partners[e->to].id);
    if (e->pop != CN_NONE16) report_set_text(object, "pop", w->topology->pops[e->pop].id);
    if (e->region != CN_NONE16) {
        report_set_text(object, "province", w->topology->regions[e->region].name);
    }
    if (e->carrier != CN_NONE16) {
        report_set_text(object, "carrier", carrier_name((enum carrier)e->carrier));
    }
    if (e->package != CN_NONE16) report_set_text(object, "package", s->packages[e->package].id);
    if (e->product != CN_NONE16) report_set_text(object, "product", s->products[e->product].id);
    if (e->scope == SCOPE_EVERYONE) json_object_set_new(object, "everyone", json_true());
}

static json_t *inputs_of(uint16_t inputs)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < VETTING_INPUT_COUNT; i++) {
        if ((inputs & 1U << i) == 0) continue;
        json_array_append_new(list, json_string(vetting_input_name((enum vetting_input)i)));
    }
    return list;
}

static json_t *tlds_of(const struct event *e)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < e->tld_count; i++) {
        json_array_append_new(list, json_string(e->tlds[i]));
    }
    return list;
}

/* What an order says. */
static void set_order(json_t *object, const struct event *e, uint32_t params)
{
    if ((params & PARAM_MBIT) != 0) json_object_set_new(object, "mbps", json_integer(e->mbit));
    if ((params & PARAM_PORTAL) != 0) {
        report_set_text(object, "portal", package_portal_name((enum package_portal)e->portal));
    }
    if ((params & PARAM_FOR) != 0) {
        json_object_set_new(object, "for_s", json_integer(e->lasts.ns / SIMDUR_SECOND));
    }
    if ((params & PARAM_EDITION) != 0) {
        report_set_text(object, "edition", product_edition_name((enum product_edition)e->edition));
    }
}

/* What the event says beside what it is about; only for the kinds that take it. */
static void set_details(json_t *object, const struct world *w, const struct event *e)
{
    const struct event_info *info = event_info(e->kind);
    uint32_t params = info->required | info->optional;
    set_order(object, e, params);
    if ((params & PARAM_CAUSE) != 0) {
        report_set_text(object, "cause", filing_cause_name((enum filing_cause)e->cause));
    }
    if ((params & PARAM_COVERAGE) != 0) {
        report_set_text(object, "coverage", coverage_name((enum coverage)e->coverage));
    }
    if ((params & PARAM_INPUTS) != 0) json_object_set_new(object, "inputs", inputs_of(e->inputs));
    if ((params & PARAM_SHARE) != 0) {
        json_object_set_new(object, "share_permille", json_integer(e->share_permille));
    }
    if (e->seconds != 0) json_object_set_new(object, "seconds", json_integer(e->seconds));
    if ((params & PARAM_TLDS) != 0) json_object_set_new(object, "tlds", tlds_of(e));
    if ((params & PARAM_FAMILY) != 0) {
        report_set_text(object, "family", family_name((enum family)e->family));
    }
    if ((params & PARAM_ADDRESS) != 0) {
        char text[ADDRTEXT_MAX];
        world_address_text(w->spec, e, text);
        report_set_text(object, "address", text);
    }
    if (e->port != 0) json_object_set_new(object, "port", json_integer(e->port));
    if ((params & PARAM_SUBJECT) != 0) {
        json_object_set_new(object, "subject_changes", json_boolean(e->subject_changes));
    }
}

static void put_event(const struct report_trace *t, struct world *w, const struct engine_step *step)
{
    char at[TIMETEXT_MAX];
    json_t *object = json_object();
    timetext_put_simtime(step->event.at, at);
    report_set_text(object, "record", "event");
    report_set_text(object, "at", at);
    report_set_text(object, "event", event_info(step->event.kind)->name);
    if (step->from != NULL && step->from->id[0] != '\0') {
        report_set_text(object, "id", step->from->id);
    }
    json_object_set_new(object, "timer", json_boolean(step->from == NULL));
    set_objects(object, w, &step->event);
    set_details(object, w, &step->event);
    if (step->refusal != REFUSAL_NONE) {
        report_set_text(object, "refused", refusal_name(step->refusal));
    }
    json_object_set_new(object, "hosts_changed", json_integer(w->changed.host_count));
    json_object_set_new(object, "network_changed", json_boolean(w->changed.network));
    report_put_line(t->out, object);
}

/* Whether a host uses any product. */
static bool uses_product(const struct world *w, uint32_t host)
{
    for (uint16_t i = 0; i < w->spec->product_count; i++) {
        if (quality_uses(w, i, host)) return true;
    }
    return false;
}

/* After a change of products, packages, demand or the hour: the hosts whose paths may have changed
 * though their answers have not. */
static void put_paths(const struct report_trace *t, struct world *w)
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (w->hosts[h].active && uses_product(w, h)) put_host(t, w, h);
    }
}

void report_trace_step(void *owner, struct engine *e, const struct engine_step *step)
{
    const struct report_trace *t = owner;
    struct world *w = e->world;
    if (step == NULL) {
        put_run(t, w);
        return;
    }
    put_event(t, w, step);
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        put_host(t, w, w->changed.hosts[i]);
    }
    if (w->changed.network) put_classes(t, w);
    if (w->changed.paths) put_paths(t, w);
    bool moved = w->changed.network || w->changed.paths || w->changed.host_count > 0;
    if (moved) put_load(t, w);
    if (w->changed.border) put_views(t, w, &step->event);
}

void report_trace_end(const struct report_trace *t, const struct run_result *r)
{
    json_t *object = json_object();
    report_set_text(object, "record", "end");
    json_object_set_new(object, "events", json_integer((json_int_t)r->events));
    json_object_set_new(object, "passed", json_integer(r->passed));
    json_object_set_new(object, "failed", json_integer(r->failed));
    json_object_set_new(object, "skipped", json_integer(r->skipped));
    report_put_line(t->out, object);
}
