/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/judge.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "cnedge/model/invariant.h"
#include "cnedge/replay/judge_path.h"
#include "judge_quality.h"

/* --- items ---------------------------------------------------------------------------------- */

uint64_t judge_items(const struct expectation *e)
{
    if (e->subject != EXPECT_ANSWER) return 1;
    return (uint64_t)(e->name != NULL ? 1 : e->host_count) * e->line_count;
}

uint32_t judge_host(const struct expectation *e, uint64_t item)
{
    if (e->subject != EXPECT_ANSWER || e->name != NULL) return CN_NONE32;
    return e->hosts[item / e->line_count];
}

uint16_t judge_line(const struct expectation *e, uint64_t item)
{
    if (e->subject != EXPECT_ANSWER) return CN_NONE16;
    return e->lines[item % e->line_count];
}

const uint8_t *judge_name(const struct judge *j, const struct expectation *e, uint64_t item)
{
    if (e->subject != EXPECT_ANSWER) return NULL;
    if (e->name != NULL) return e->name;
    return j->world->spec->hosts[judge_host(e, item)].name;
}

/* --- what is seen --------------------------------------------------------------------------- */

struct spill_client judge_asker(const struct expectation *e)
{
    static const struct scenario_client nobody = {.name = ""};
    return scenario_asker(e->client != NULL ? e->client : &nobody);
}

void judge_decide(const struct judge *j, const struct expectation *e,
                  const struct judge_where *where, struct decision *d)
{
    struct spill_client asker = judge_asker(e);
    struct world_ask ask = {where->host, where->line, answer_family(e->type), &asker};
    world_decide_for(j->world, &ask, d);
}

void judge_look(const struct judge *j, const struct expectation *e, uint64_t item, struct answer *a)
{
    const uint8_t *name = judge_name(j, e, item);
    CN_ASSERT(name != NULL);
    answer_follow(j->world, name, e->type, judge_line(e, item), a);
    struct spill_client asker = judge_asker(e);
    answer_spread(j->world, judge_line(e, item), &asker, a);
}

static enum expect_rcode rcode_of(const struct answer *a)
{
    static const enum expect_rcode others[ANSWER_KIND_COUNT] = {
        /* the rest: NOERROR */
        [ANSWER_REFUSED] = RCODE_REFUSED, [ANSWER_NXDOMAIN] = RCODE_NXDOMAIN,
        [ANSWER_NODATA] = RCODE_NODATA,   [ANSWER_SERVFAIL] = RCODE_SERVFAIL,
        [ANSWER_SILENT] = RCODE_TIMEOUT,  [ANSWER_TOO_LONG] = RCODE_YXDOMAIN};
    return others[a->kind];
}

static bool in_prefix(const uint8_t *address, bool v6, const struct expect_prefix *p)
{
    if (v6 != p->v6) return false;
    size_t whole = p->bits / 8;
    unsigned rest = p->bits % 8;
    if (memcmp(address, p->address, whole) != 0) return false;
    return rest == 0 || (address[whole] ^ p->address[whole]) >> (8 - rest) == 0;
}

/* --- assertions about answers --------------------------------------------------------------- */

static bool pop_in_list(const struct expectation *e, const struct answer *a)
{
    for (uint16_t i = 0; a->kind == ANSWER_POP && i < e->pop_count; i++) {
        if (e->pops[i] == a->cell.pop) return true;
    }
    return false;
}

static bool class_in_list(const struct judge *j, const struct expectation *e,
                          const struct answer *a)
{
    if (a->kind != ANSWER_POP) return false;
    return (e->classes & 1U << j->world->topology->pops[a->cell.pop].class_) != 0;
}

/* The nearest usable PoP; CN_NONE16 when the answer is no PoP, or none is usable. */
static uint16_t nearest_of(const struct judge *j, const struct expectation *e,
                           const struct answer *a, uint16_t line)
{
    if (a->kind != ANSWER_POP) return CN_NONE16;
    const struct world *w = j->world;
    const struct host_class *key = &w->classes[world_class_for(w, a->host, a->client)].key;
    return invariant_nearest(w, key, line, answer_family(e->type));
}

static bool addresses_within(const struct judge *j, const struct expectation *e,
                             const struct answer *a)
{
    struct answer_addresses have;
    answer_addresses(j->world, a, e->type, &have);
    for (uint8_t i = 0; i < have.count; i++) {
        bool in = false;
        for (uint16_t k = 0; k < e->address_count && !in; k++) {
            in = in_prefix(have.at[i], e->type == RR_AAAA, &e->addresses[k]);
        }
        if (!in) return false;
    }
    return have.count > 0;
}

static bool has_rule(const struct decision *d, uint8_t rule)
{
    for (uint8_t i = 0; i < d->reason_count; i++) {
        if (d->reasons[i].rule == rule) return true;
    }
    return false;
}

static bool has_reasons(const struct judge *j, const struct expectation *e, const struct answer *a,
                        uint16_t line)
{
    struct decision d;
    if (a->host == CN_NONE32) return false;
    judge_decide(j, e, &(struct judge_where){a->host, line}, &d);
    for (uint16_t i = 0; i < e->rule_count; i++) {
        if (!has_rule(&d, e->rules[i])) return false;
    }
    return true;
}

static bool answer_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    struct answer a;
    uint32_t asserts = e->asserts;
    uint16_t line = judge_line(e, item);
    judge_look(j, e, item, &a);
    if ((asserts & ASSERT_POP) != 0 && !pop_in_list(e, &a)) return false;
    if ((asserts & ASSERT_CLASS) != 0 && !class_in_list(j, e, &a)) return false;
    bool pop = a.kind == ANSWER_POP;
    if ((asserts & ASSERT_NEAREST) != 0 && !(pop && nearest_of(j, e, &a, line) == a.cell.pop)) {
        return false;
    }
    if ((asserts & ASSERT_ADDRESS) != 0 && !addresses_within(j, e, &a)) return false;
    if ((asserts & ASSERT_RCODE) != 0 && rcode_of(&a) != e->rcode) return false;
    uint32_t above_s = answer_life_s(&a) - e->ttl_min_s; /* wraps below the least */
    if ((asserts & ASSERT_TTL) != 0 && above_s > e->ttl_max_s - e->ttl_min_s) return false;
    if ((asserts & ASSERT_ROW) != 0 && a.cell.row != e->row) return false;
    if ((asserts & JUDGE_QUALITY) != 0 && !judge_quality_holds(j->world, e, &a, line)) return false;
    if ((asserts & ASSERT_SHARE) != 0 && !judge_share_holds(j, e, item)) return false;
    if ((asserts & ASSERT_STALE) != 0 && !judge_stale_holds(j, e, item)) return false;
    if ((asserts & ASSERT_MOVED) != 0 && !judge_moved_holds(j, e, item)) return false;
    if ((asserts & ASSERT_MAY_TIME_OUT) != 0 && a.may_time_out != e->may_time_out) return false;
    if ((asserts & ASSERT_REASON) != 0 && !has_reasons(j, e, &a, line)) return false;
    return (asserts & ASSERT_PATH) == 0 || judge_path_holds(j, e, item);
}

/* --- assertions about states and events ----------------------------------------------------- */

/* Of partners, providers and subjects. */
static bool relations_hold(const struct world *w, const struct expectation *e)
{
    uint32_t asserts = e->asserts;
    if ((asserts & ASSERT_STANDING) != 0 && w->partners[e->partner].state != e->standing) {
        return false;
    }
    if ((asserts & ASSERT_ACCESSES) != 0 && world_access_count(w, e->site) != e->accesses) {
        return false;
    }
    if ((asserts & ASSERT_ACCESS) != 0 &&
        world_access_at(w, e->site, (uint16_t)e->provider) != e->access) {
        return false;
    }
    if (e->holder == CN_NONE32) return true;
    const struct holder *h = &w->holders[e->holder];
    if ((asserts & ASSERT_VIOLATION_SITES) != 0 && h->listed_sites != e->violation_sites) {
        return false;
    }
    if ((asserts & ASSERT_VIOLATION_ADDRESSES) != 0 &&
        h->listed_addresses != e->violation_addresses) {
        return false;
    }
    return (asserts & ASSERT_SUBJECT) == 0 || h->subject == e->subject_state;
}

static bool state_holds(const struct judge *j, const struct expectation *e)
{
    const struct world *w = j->world;
    uint32_t asserts = e->asserts;
    if ((asserts & ASSERT_FILING) != 0 && w->sites[e->site].filing != e->filing) return false;
    if ((asserts & ASSERT_VETTING) != 0 && w->sites[e->site].vetting != e->vetting) return false;
    if ((asserts & ASSERT_COMMERCIAL) != 0 && world_commercial_state(w, e->site) != e->commercial) {
        return false;
    }
    if ((asserts & ASSERT_PSB) != 0 && w->sites[e->site].psb != e->psb) return false;
    if ((asserts & ASSERT_SUBSCRIPTION) != 0 &&
        w->accounts[e->account].subscription != e->subscription) {
        return false;
    }
    if (!relations_hold(w, e)) return false;
    if (!judge_quality_state(w, e)) return false;
    return (asserts & ASSERT_PROVISIONING) == 0 ||
           w->hosts[e->host].provisioning == e->provisioning;
}

static bool event_holds(const struct judge *j, const struct expectation *e)
{
    struct outcome o = j->outcomes[e->event];
    if ((e->asserts & ASSERT_APPLIED) != 0) return o.kind == OUTCOME_APPLIED;
    return o.kind == OUTCOME_REFUSED && o.refusal == e->refused;
}

bool judge_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    switch (e->subject) {
    case EXPECT_STATE:
        return state_holds(j, e);
    case EXPECT_EVENT:
        return event_holds(j, e);
    case EXPECT_LOAD:
        return judge_load_holds(j, e);
    case EXPECT_ANSWER:
        break;
    }
    return answer_holds(j, e, item);
}

uint64_t judge_fingerprint(const struct judge *j, const struct expectation *e, uint64_t item)
{
    if (e->subject != EXPECT_ANSWER) return 0;
    struct answer a;
    judge_look(j, e, item, &a);
    uint16_t pop = a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16;
    return (uint64_t)a.kind << 16 | pop; /* which of its addresses is no change of the PoP */
}

/* --- words ---------------------------------------------------------------------------------- */

struct words { /* text under construction; what does not fit is cut */
    char *out;
    size_t used, cap;
};

CN_PRINTF(2, 3) static void add(struct words *t, const char *fmt, ...)
{
    if (t->used >= t->cap - 1) return;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->out + t->used, t->cap - t->used, fmt, ap);
    va_end(ap);
    t->used += n > 0 ? (size_t)n : 0;
}

static const char *sep(const struct words *t)
{
    return t->used > 0 ? ", " : "";
}

/* "60", "60..300", "60 or more". */
static void add_range(struct words *t, uint32_t min, uint32_t max)
{
    add(t, "%" PRIu32, min);
    if (max == INT32_MAX) {
        add(t, " or more");
    } else if (max != min) {
        add(t, "..%" PRIu32, max);
    }
}

static void expected_pops(struct words *t, const struct judge *j, const struct expectation *e)
{
    for (uint16_t i = 0; i < e->pop_count; i++) {
        add(t, "%s%s", i > 0 ? " or " : "pop ", j->world->topology->pops[e->pops[i]].id);
    }
}

static void expected_classes(struct words *t, const struct expectation *e)
{
    const char *before = "class ";
    add(t, "%s", sep(t));
    for (unsigned c = 0; c < POP_CLASS_COUNT; c++) {
        if ((e->classes & 1U << c) == 0) continue;
        add(t, "%s%s", before, pop_class_name((enum pop_class)c));
        before = " or ";
    }
}

static void expected_addresses(struct words *t, const struct expectation *e)
{
    add(t, "%saddress in ", sep(t));
    for (uint16_t i = 0; i < e->address_count; i++) {
        char text[ADDRTEXT_MAX];
        addrtext_put(e->addresses[i].address, e->addresses[i].v6, text);
        add(t, "%s%s/%u", i > 0 ? " or " : "", text, e->addresses[i].bits);
    }
}

static void expected_traffic(struct words *t, const struct judge *j, const struct expectation *e)
{
    char text[TIMETEXT_MAX];
    if ((e->asserts & ASSERT_SHARE) != 0) {
        add(t, "%s%" PRIu32 "..%" PRIu32 " per mille of the clients at %s", sep(t), e->share_min,
            e->share_max, j->world->topology->pops[e->share_pop].id);
    }
    if ((e->asserts & ASSERT_STALE) != 0) {
        add(t, "%s%" PRIu32 "..%" PRIu32 " per mille still get an old answer", sep(t), e->stale_min,
            e->stale_max);
    }
    if ((e->asserts & ASSERT_MOVED) == 0) return;
    add(t, "%s%" PRIu32 " %% moved", sep(t), e->moved_percent);
    if (e->moved_within.ns > 0) {
        timetext_put_simtime((simtime){e->moved_within.ns}, text);
        add(t, " within %s", text + 1);
    }
    if (e->moved_not_within.ns > 0) {
        timetext_put_simtime((simtime){e->moved_not_within.ns}, text);
        add(t, " not within %s", text + 1);
    }
}

static void expected_answer(struct words *t, const struct judge *j, const struct expectation *e)
{
    if ((e->asserts & ASSERT_POP) != 0) expected_pops(t, j, e);
    if ((e->asserts & ASSERT_CLASS) != 0) expected_classes(t, e);
    if ((e->asserts & ASSERT_NEAREST) != 0) add(t, "%sthe nearest usable PoP", sep(t));
    if ((e->asserts & ASSERT_ADDRESS) != 0) expected_addresses(t, e);
    if ((e->asserts & ASSERT_RCODE) != 0) add(t, "%s%s", sep(t), expect_rcode_name(e->rcode));
    if ((e->asserts & ASSERT_TTL) != 0) {
        add(t, "%sttl ", sep(t));
        add_range(t, e->ttl_min_s, e->ttl_max_s);
    }
    if ((e->asserts & ASSERT_ROW) != 0) add(t, "%srow %u", sep(t), e->row);
    const char *may = e->may_time_out ? "may time out" : "may not time out";
    if ((e->asserts & ASSERT_MAY_TIME_OUT) != 0) add(t, "%s%s", sep(t), may);
    for (uint16_t i = 0; i < e->rule_count; i++) {
        add(t, "%sreason %s", sep(t), policy_rule_id((enum policy_rule)e->rules[i]));
    }
    if ((e->asserts & JUDGE_QUALITY) != 0) {
        add(t, "%s", sep(t));
        t->used += judge_quality_expected(j->world, e, t->out + t->used, t->cap - t->used);
    }
    expected_traffic(t, j, e);
    if ((e->asserts & ASSERT_PATH) != 0) {
        char text[JUDGE_TEXT_MAX / 2];
        judge_path_expected(j, e, text, sizeof(text));
        add(t, "%s%s", sep(t), text);
    }
    if ((e->asserts & ASSERT_CHANGES) != 0) {
        add(t, "%s", sep(t));
        add_range(t, e->changes_min, e->changes_max);
        bool one = e->changes_min == 1 && e->changes_max == 1;
        add(t, " change%s of the answer", one ? "" : "s");
    }
}

static void expected_load(struct words *t, const struct expectation *e)
{
    if ((e->asserts & ASSERT_LOAD) != 0) {
        add(t, "load ");
        add_range(t, e->load_min_mbps, e->load_max_mbps);
        add(t, " Mbit/s");
    }
    if ((e->asserts & ASSERT_SATURATED) != 0) {
        add(t, "%s%s", sep(t), e->saturated ? "saturated" : "not saturated");
    }
}

static void expected_relations(struct words *t, const struct judge *j, const struct expectation *e)
{
    if ((e->asserts & ASSERT_STANDING) != 0) {
        add(t, "%sstanding %s", sep(t), partner_state_name(e->standing));
    }
    if ((e->asserts & ASSERT_ACCESSES) != 0) add(t, "%saccesses: %u", sep(t), e->accesses);
    if ((e->asserts & ASSERT_ACCESS) != 0) {
        add(t, "%saccess at %s %s", sep(t), j->world->spec->providers[e->provider],
            access_state_name(e->access));
    }
    if ((e->asserts & ASSERT_VIOLATION_SITES) != 0) {
        add(t, "%sdomains blacklisted: %u", sep(t), e->violation_sites);
    }
    if ((e->asserts & ASSERT_VIOLATION_ADDRESSES) != 0) {
        add(t, "%saddresses blacklisted: %u", sep(t), e->violation_addresses);
    }
    if ((e->asserts & ASSERT_SUBJECT) != 0) {
        add(t, "%ssubject %s", sep(t), subject_state_name(e->subject_state));
    }
}

static void expected_state(struct words *t, const struct judge *j, const struct expectation *e)
{
    if ((e->asserts & (ASSERT_PACKAGE | ASSERT_PRODUCT)) != 0) {
        t->used += judge_quality_state_expected(e, t->out + t->used, t->cap - t->used);
    }
    if ((e->asserts & ASSERT_FILING) != 0) {
        add(t, "%sfiling %s", sep(t), filing_state_name(e->filing));
    }
    if ((e->asserts & ASSERT_VETTING) != 0) {
        add(t, "%svetting %s", sep(t), vetting_state_name(e->vetting));
    }
    if ((e->asserts & ASSERT_COMMERCIAL) != 0) {
        add(t, "%scommercial licence %s", sep(t), commercial_state_name(e->commercial));
    }
    if ((e->asserts & ASSERT_PSB) != 0) {
        add(t, "%spolice filing %s", sep(t), psb_state_name(e->psb));
    }
    if ((e->asserts & ASSERT_SUBSCRIPTION) != 0) {
        add(t, "%ssubscription %s", sep(t), subscription_state_name(e->subscription));
    }
    expected_relations(t, j, e);
    if ((e->asserts & ASSERT_PROVISIONING) != 0) {
        add(t, "%sprovisioning %s", sep(t), provisioning_state_name(e->provisioning));
    }
}

void judge_expected(const struct judge *j, const struct expectation *e, char *out, size_t cap)
{
    struct words t = {out, 0, cap};
    out[0] = '\0';
    switch (e->subject) {
    case EXPECT_ANSWER:
        expected_answer(&t, j, e);
        break;
    case EXPECT_LOAD:
        expected_load(&t, e);
        break;
    case EXPECT_STATE:
        expected_state(&t, j, e);
        break;
    case EXPECT_EVENT:
        if ((e->asserts & ASSERT_APPLIED) != 0) add(&t, "the event is applied");
        if ((e->asserts & ASSERT_REFUSED) != 0) {
            add(&t, "the event is refused with %s", refusal_name(e->refused));
        }
    }
}

static void got_addresses(struct words *t, const struct answer_addresses *have, bool v6)
{
    for (uint8_t i = 0; i < have->count; i++) {
        char text[ADDRTEXT_MAX];
        addrtext_put(have->at[i], v6, text);
        add(t, " %s", text);
    }
}

static void got_nearest(struct words *t, const struct judge *j, const struct expectation *e,
                        const struct answer *a, uint16_t line)
{
    uint16_t pop = nearest_of(j, e, a, line);
    if (pop != CN_NONE16) {
        add(t, ", the nearest usable PoP is %s", j->world->topology->pops[pop].id);
    }
}

static void got_answer(struct words *t, const struct judge *j, const struct expectation *e,
                       uint64_t item)
{
    struct answer a;
    judge_look(j, e, item, &a);
    struct answer_addresses have;
    answer_addresses(j->world, &a, e->type, &have);
    if (a.kind == ANSWER_POP) {
        const struct pop *p = &j->world->topology->pops[a.cell.pop];
        add(t, "%s (%s, %s)", p->id, pop_class_name(p->class_), p->city);
    } else if (a.kind == ANSWER_ORIGIN) {
        add(t, "the origin");
    } else {
        add(t, "%s", expect_rcode_name(rcode_of(&a)));
    }
    got_addresses(t, &have, e->type == RR_AAAA);
    if (a.kind != ANSWER_REFUSED && a.cell.row != 27) add(t, " ttl %" PRIu32, answer_life_s(&a));
    if (a.may_time_out) add(t, " may time out");
    if (a.cell.row != 0) add(t, " row %u", a.cell.row);
    if ((e->asserts & JUDGE_QUALITY) != 0) {
        t->used += judge_quality_got(j->world, &a, judge_line(e, item), t->out + t->used,
                                     t->cap - t->used);
    }
    if ((e->asserts & ASSERT_NEAREST) != 0) got_nearest(t, j, e, &a, judge_line(e, item));
    if ((e->asserts & ASSERT_PATH) == 0) return;
    char text[JUDGE_TEXT_MAX / 2];
    judge_path_got(j, e, item, text, sizeof(text));
    add(t, ", %s", text);
}

static void got_relations(struct words *t, const struct world *w, const struct expectation *e)
{
    if (e->partner != CN_NONE32) {
        add(t, "%sstanding %s", sep(t),
            partner_state_name((enum partner_state)w->partners[e->partner].state));
    }
    if ((e->asserts & ASSERT_ACCESSES) != 0) {
        add(t, "%saccesses: %u", sep(t), world_access_count(w, e->site));
    }
    if (e->provider != CN_NONE32) {
        add(t, "%saccess at %s %s", sep(t), w->spec->providers[e->provider],
            access_state_name(world_access_at(w, e->site, (uint16_t)e->provider)));
    }
    if (e->holder != CN_NONE32) {
        const struct holder *h = &w->holders[e->holder];
        add(t, "%ssubject %s", sep(t), subject_state_name((enum subject_state)h->subject));
        if (h->violated) {
            add(t, ", domains blacklisted: %u, addresses blacklisted: %u", h->listed_sites,
                h->listed_addresses);
        }
    }
}

static void got_state(struct words *t, const struct judge *j, const struct expectation *e)
{
    const struct world *w = j->world;
    if ((e->asserts & (ASSERT_PACKAGE | ASSERT_PRODUCT)) != 0) {
        t->used += judge_quality_state_got(w, e, t->out + t->used, t->cap - t->used);
    }
    if (e->site != CN_NONE32) {
        const struct site *s = &w->sites[e->site];
        add(t, "filing %s, vetting %s", filing_state_name((enum filing_state)s->filing),
            vetting_state_name((enum vetting_state)s->vetting));
        if ((e->asserts & ASSERT_PSB) != 0) {
            add(t, ", police filing %s", psb_state_name((enum psb_state)s->psb));
        }
        if (w->spec->sites[e->site].needs_commercial) {
            add(t, ", commercial licence %s",
                commercial_state_name(world_commercial_state(w, e->site)));
        }
    }
    if (e->account != CN_NONE32) {
        add(t, "%ssubscription %s", sep(t),
            subscription_state_name((enum subscription_state)w->accounts[e->account].subscription));
    }
    got_relations(t, w, e);
    if (e->host != CN_NONE32) {
        add(t, "%sprovisioning %s", sep(t),
            provisioning_state_name((enum provisioning_state)w->hosts[e->host].provisioning));
    }
}

static void got_event(struct words *t, const struct judge *j, const struct expectation *e)
{
    struct outcome o = j->outcomes[e->event];
    if (o.kind == OUTCOME_NONE) add(t, "the event did not happen");
    if (o.kind == OUTCOME_APPLIED) add(t, "the event was applied");
    if (o.kind == OUTCOME_REFUSED) {
        add(t, "the event was refused with %s", refusal_name((enum refusal)o.refusal));
    }
}

void judge_got(const struct judge *j, const struct expectation *e, uint64_t item,
               char out[JUDGE_TEXT_MAX])
{
    struct words t = {out, 0, JUDGE_TEXT_MAX};
    out[0] = '\0';
    switch (e->subject) {
    case EXPECT_ANSWER:
        if ((e->asserts & (ASSERT_STALE | ASSERT_MOVED)) != 0) {
            judge_traffic_got(j, e, item, out);
        } else {
            got_answer(&t, j, e, item);
        }
        break;
    case EXPECT_LOAD:
        judge_load_got(j, e, out);
        break;
    case EXPECT_STATE:
        got_state(&t, j, e);
        break;
    case EXPECT_EVENT:
        got_event(&t, j, e);
    }
}
