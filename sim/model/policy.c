/* SPDX-License-Identifier: MIT */
#include "cnedge/model/policy.h"

#include <string.h>

/* The decision in the making. */
struct decider {
    const struct policy_view *v;
    const struct line *line; /* what the client is treated as */
    struct decision *d;
    bool lost;   /* served from the mainland before: the revocation policy applies */
    bool barred; /* not entitled for a reason that no revocation policy is about */
};

static void because(struct decider *x, enum policy_rule rule, unsigned arg)
{
    CN_ASSERT(x->d->reason_count < POLICY_REASONS_MAX);
    x->d->reasons[x->d->reason_count++] =
        (struct policy_reason){.rule = (uint8_t)rule, .arg = (uint16_t)arg};
}

/* --- entitlement: one check per predicate of DESIGN section 1 --------------------------------- */

/* Rows whose answer depends on revocation_policy (FACTS C2, second table). */
static bool row_is_loss(uint8_t row)
{
    return (row >= 10 && row <= 12) || row == 15 || row == 16 || row == 18;
}

/* A check that fails names the row of FACTS C2 that then applies. A loss comes before the rest, for
 * it calls the revocation policy in; among equals the first stands, but every failure is a reason.
 */
static void fail(struct decider *x, enum policy_rule rule, unsigned arg, uint8_t row)
{
    bool loss = row_is_loss(row);
    because(x, rule, arg);
    if (x->d->entitled || (loss && !x->lost)) x->d->row = row;
    x->d->entitled = false;
    x->lost = x->lost || loss;
    x->barred = x->barred || !loss;
}

static bool provisioned(const struct decider *x)
{
    return x->v->host.provisioning == PROVISIONING_PROVISIONED;
}

static uint8_t row_of_filing(const struct host_class *h)
{
    switch (h->filing) {
    case FILING_APPROVED_UNSYNCED:
        return 9;
    case FILING_REVOKED:
        return h->by_subject ? 11 : 10;
    case FILING_DEREGISTERED: /* not in the table: a loss like a revocation, but wanted */
        return 10;
    case FILING_ACCESS_CANCELLED:
    case FILING_SHELL_SITE:
    case FILING_SHELL_SUBJECT:
        return 18;
    default:
        return 8;
    }
}

static void check_filing(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    uint8_t status = h->status;
    if (status == STATUS_UNKNOWN) {
        if (h->grace_over && h->kept == STATUS_OK) {
            fail(x, RULE_STATUS_UNKNOWN_OVER, 0, 13);
            return;
        }
        because(x, RULE_STATUS_UNKNOWN_GRACE, h->kept);
        if (x->d->entitled) x->d->row = 13;
        status = h->kept;
    }
    uint8_t row = row_of_filing(h);
    if (status == STATUS_OK) {
        because(x, RULE_FILING_SERVES, h->filing);
    } else if (row == 11) {
        fail(x, RULE_SUBJECT_REVOKED, 0, row);
    } else if (row == 9) {
        fail(x, RULE_FILING_UNSYNCED, 0, row);
    } else {
        fail(x, row == 8 ? RULE_FILING_MISSING : RULE_FILING_LOST, h->filing, row);
    }
}

static void check_partner(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    if (x->v->partner_suspended) fail(x, RULE_PARTNER_SUSPENDED_ALL, 0, 12);
    if ((h->suspended & 1) != 0) fail(x, RULE_PARTNER_SUSPENDED, 0, 12);
    if ((h->suspended & 2) != 0) fail(x, RULE_PARTNER_SUSPENDED, 1, 12);
    switch (h->subscription) {
    case SUBSCRIPTION_ACTIVE:
        because(x, RULE_SUBSCRIPTION_ACTIVE, 0);
        break;
    case SUBSCRIPTION_SUSPENDED_BY_PARTNER:
        fail(x, RULE_PARTNER_SUSPENDED, 2, 12);
        break;
    case SUBSCRIPTION_TERMINATED_BY_PARTNER:
        fail(x, RULE_SUBSCRIPTION_INACTIVE, h->subscription, 12);
        break;
    case SUBSCRIPTION_ENDED:
        fail(x, RULE_SUBSCRIPTION_INACTIVE, h->subscription, 16);
        break;
    default: /* never subscribed: like any site without China; or signed anew, but not active yet */
        fail(x, RULE_SUBSCRIPTION_INACTIVE, h->subscription, provisioned(x) ? 16 : 8);
    }
}

static void check_vetting(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    if (vetting_passed((enum vetting_state)h->vetting)) {
        because(x, RULE_VETTING_PASSED, h->vetting);
    } else if (h->vetting == VETTING_REJECTED && provisioned(x)) {
        fail(x, RULE_VETTING_LOST, 0, 15);
    } else { /* a live host that is handed in again after that is still lost */
        fail(x, RULE_VETTING_MISSING, h->vetting, provisioned(x) ? 15 : 14);
    }
    if (h->commercial == COMMERCIAL_MISSING) fail(x, RULE_COMMERCIAL_MISSING, 0, 0);
}

static void check_provisioning(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    if (provisioned(x)) {
        because(x, RULE_PROVISIONED, 0);
    } else {
        uint8_t row = h->provisioning == PROVISIONING_DEPROVISIONED ? 8 : 9;
        fail(x, RULE_PROVISIONING_MISSING, h->provisioning, row);
    }
}

static void check_entitled(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    x->d->entitled = true;
    if (h->blacklisted) fail(x, RULE_BLACKLISTED, 0, 19);
    check_filing(x);
    check_partner(x);
    check_vetting(x);
    check_provisioning(x);
    because(x, x->d->entitled ? RULE_ENTITLED : RULE_NOT_ENTITLED, 0);
    x->lost = x->lost && provisioned(x);
}

bool policy_lost(const struct host_class *h, bool partner_suspended)
{
    struct policy_view v = {.host = *h, .partner_suspended = partner_suspended};
    struct decision d = {.pop = CN_NONE16};
    struct decider x = {.v = &v, .d = &d};
    check_entitled(&x);
    return x.lost;
}

bool policy_entitled(const struct host_class *h, bool partner_suspended)
{
    bool filing = h->status == STATUS_OK ||
                  (h->status == STATUS_UNKNOWN && h->kept == STATUS_OK && !h->grace_over);
    return filing && !h->blacklisted && !partner_suspended && h->suspended == 0 &&
           h->subscription == SUBSCRIPTION_ACTIVE &&
           vetting_passed((enum vetting_state)h->vetting) && h->commercial != COMMERCIAL_MISSING &&
           h->provisioning == PROVISIONING_PROVISIONED;
}

/* --- choosing a PoP: walks over the line's PoPs, nearest first -------------------------------- */

static bool serves(uint16_t carriers, enum carrier carrier)
{
    return carrier < CARRIER_COUNT && (carriers & 1U << carrier) != 0;
}

static void answer_pop(struct decider *x, uint16_t pop, uint16_t skipped, uint32_t ttl_s)
{
    if (skipped != CN_NONE16) because(x, RULE_POP_SKIPPED, skipped);
    because(x, RULE_NEAREST, pop);
    x->d->kind = DECISION_POP;
    x->d->pop = pop;
    x->d->ttl_s = ttl_s;
}

/* Which outside PoPs a walk may take. */
enum outside_filter { OUTSIDE_ANY, OUTSIDE_NEAR, OUTSIDE_JP_SG_HK };

static bool outside_ok(const struct pop *p, enum outside_filter filter)
{
    switch (filter) {
    case OUTSIDE_NEAR:
        return p->class_ == POP_NEAR;
    case OUTSIDE_JP_SG_HK:
        return strcmp(p->country, "jp") == 0 || strcmp(p->country, "sg") == 0 ||
               strcmp(p->country, "hk") == 0;
    case OUTSIDE_ANY:
        break;
    }
    return true;
}

static bool try_outside(struct decider *x, enum outside_filter filter, uint32_t ttl_s)
{
    const struct topology *t = x->v->topology;
    uint16_t skipped = CN_NONE16;
    for (uint16_t i = 0; i < t->outside_count; i++) {
        uint16_t pop = x->line->outside[i];
        if (!outside_ok(&t->pops[pop], filter)) continue;
        if (x->v->pops[pop].usable) {
            answer_pop(x, pop, skipped, ttl_s);
            return true;
        }
        if (skipped == CN_NONE16) skipped = pop;
    }
    return false;
}

/* Mainland clients: JP, SG and HK first for a site that was lost under region_overseas, and near
 * before global where the settings say so; any PoP outside in the end. */
static bool go_outside(struct decider *x, uint32_t ttl_s)
{
    const struct host_class *h = &x->v->host;
    if (x->line->zone == ZONE_MAINLAND) {
        bool region = x->lost && h->policy == POLICY_REGION_OVERSEAS;
        if (h->coverage == COVERAGE_OVERSEAS) region = false;
        if (region && try_outside(x, OUTSIDE_JP_SG_HK, ttl_s)) return true;
        if (x->v->choices->near_first && try_outside(x, OUTSIDE_NEAR, ttl_s)) return true;
    }
    return try_outside(x, OUTSIDE_ANY, ttl_s);
}

struct skipped {  /* the nearest PoP that would have been taken, had nothing failed */
    uint16_t pop; /* CN_NONE16: none */
    bool outage;  /* one was skipped for a carrier's or a province's outage: row 4, not 3 */
};

struct mainland_walk {
    uint16_t pop; /* CN_NONE16: none */
    struct skipped skipped;
    bool native; /* reached through the client's own carrier */
};

static void skip(struct skipped *s, uint16_t pop, bool outage)
{
    if (s->pop == CN_NONE16) s->pop = pop;
    s->outage = s->outage || outage;
}

/* The nearest usable PoP that the client's carrier reaches; else the nearest usable one. A PoP of
 * other carriers is only missed where there is none of the client's own. */
static struct mainland_walk walk_mainland(const struct decider *x)
{
    const struct topology *t = x->v->topology;
    enum carrier carrier = x->line->carrier;
    struct skipped other = {.pop = CN_NONE16};
    struct mainland_walk w = {.pop = CN_NONE16, .skipped = {.pop = CN_NONE16}};
    for (uint16_t i = 0; i < t->mainland_count && !w.native; i++) {
        uint16_t pop = x->line->mainland[i];
        const struct pop_status *now = &x->v->pops[pop];
        bool native = serves(now->carriers, carrier);
        bool own = serves(t->pops[pop].carriers, carrier);
        if (own && (!now->usable || !native)) {
            skip(&w.skipped, pop, now->region_out || (now->usable && !native));
        } else if (!own && !now->usable && w.pop == CN_NONE16) {
            skip(&other, pop, now->region_out);
        }
        if (now->usable && (native || w.pop == CN_NONE16)) {
            w.pop = pop;
            w.native = native;
        }
    }
    if (!w.native && w.skipped.pop == CN_NONE16) w.skipped = other;
    return w;
}

/* Rows 1, 3 and 4. */
static bool go_mainland(struct decider *x)
{
    struct mainland_walk w = walk_mainland(x);
    if (w.pop == CN_NONE16) {
        because(x, RULE_PARTNER_OUT, 0);
        return false;
    }
    if (!w.native) because(x, RULE_CARRIER_NOT_SERVED, w.pop);
    uint16_t skipped = w.skipped.pop;
    if (x->d->row == 0) x->d->row = skipped == CN_NONE16 ? 1 : w.skipped.outage ? 4 : 3;
    answer_pop(x, w.pop, skipped == w.pop ? CN_NONE16 : skipped, x->v->choices->ttl_mainland_s);
    return true;
}

/* Coverage "domestic": foreign clients go to Telecom PoPs in East China (FACTS C2, AL11), then to
 * any mainland PoP. */
static bool go_domestic(struct decider *x)
{
    const struct topology *t = x->v->topology;
    uint16_t any = CN_NONE16;
    for (uint16_t i = 0; i < t->mainland_count; i++) {
        uint16_t pop = x->line->mainland[i];
        if (!x->v->pops[pop].usable) continue;
        if (any == CN_NONE16) any = pop;
        if (t->regions[t->pops[pop].region].east_china &&
            serves(x->v->pops[pop].carriers, CARRIER_TELECOM)) {
            any = pop;
            break;
        }
    }
    if (any == CN_NONE16) {
        because(x, RULE_PARTNER_OUT, 0);
        return false;
    }
    answer_pop(x, any, CN_NONE16, x->v->choices->ttl_mainland_s);
    return true;
}

/* A mainland client, or a foreign one under coverage "domestic". */
static bool go_inside(struct decider *x)
{
    return x->line->zone == ZONE_MAINLAND ? go_mainland(x) : go_domestic(x);
}

/* Nothing usable at all: the PoP that would answer if everything were; an answer that may work
 * beats none (the same as gdnsd). */
static void go_last_resort(struct decider *x, bool inside)
{
    const struct policy_view *now = x->v;
    const struct topology *t = now->topology;
    struct pop_status well[TOPOLOGY_POPS_MAX];
    struct policy_view pretended = *now;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        well[i] = (struct pop_status){.usable = true, .carriers = t->pops[i].carriers};
    }
    pretended.pops = well;
    x->v = &pretended;
    bool found = (inside && go_inside(x)) || go_outside(x, now->choices->ttl_failover_s);
    x->v = now;
    if (found) {
        x->d->reasons[x->d->reason_count - 1].rule = RULE_LAST_RESORT;
        x->d->ttl_s = now->choices->ttl_failover_s;
        return;
    }
    because(x, RULE_NO_POP_OUTSIDE, 0); /* and the mainland's PoPs may not answer */
    x->d->kind = DECISION_NODATA;
    x->d->ttl_s = now->choices->ttl_negative_s;
}

/* --- putting it together ---------------------------------------------------------------------- */

/* The TTL column of FACTS C2 for mainland clients that are sent outside. */
static uint32_t outside_ttl(const struct decider *x)
{
    const struct choices *c = x->v->choices;
    switch (x->d->row) {
    case 8:
    case 14:
    case 16:
        return c->ttl_outside_s;
    case 10:
        return x->v->host.settled ? c->ttl_outside_s : c->ttl_failover_s;
    default:
        return c->ttl_failover_s;
    }
}

/* A lost site under a policy other than plain rerouting. True when that decided. */
static bool decide_lost(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    because(x, RULE_REVOCATION_POLICY, h->policy);
    switch ((enum revocation_policy)h->policy) {
    case POLICY_DELETE_NAME:
        because(x, RULE_NAME_DELETED, 0);
        x->d->kind = DECISION_NXDOMAIN;
        x->d->ttl_s = x->v->choices->ttl_negative_s;
        return true;
    case POLICY_TO_ORIGIN:
        because(x, RULE_ORIGIN, 0);
        x->d->kind = DECISION_ORIGIN;
        x->d->ttl_s = x->v->choices->ttl_failover_s;
        return true;
    case POLICY_SUSPEND:
    case POLICY_DENY_AT_EDGE:
        x->d->mainland_kept = !x->barred; /* a loss brings no mainland address back */
        return false;
    case POLICY_REGION_OVERSEAS: /* see go_outside */
    case POLICY_REROUTE_OVERSEAS:
    case POLICY_UNMAP_SHARED:
    case POLICY_COUNT:
        break;
    }
    return false;
}

static void decide_mainland_client(struct decider *x, bool mainland)
{
    if (mainland) {
        if (go_mainland(x)) {
            if (x->v->host.filing == FILING_AUDIT_NOTICE && x->d->row == 1) x->d->row = 17;
            return;
        }
        if (x->d->entitled) x->d->row = 5;
    }
    if (!go_outside(x, outside_ttl(x))) go_last_resort(x, mainland);
}

static void decide_outside_client(struct decider *x, bool mainland)
{
    bool domestic = mainland && x->v->host.coverage == COVERAGE_DOMESTIC;
    x->d->row = domestic ? 0 : x->line->zone == ZONE_NEAR ? 30 : 2;
    if (x->v->line == x->v->topology->unknown_line && !domestic) x->d->row = 29;
    if (domestic && go_domestic(x)) return;
    if (!go_outside(x, x->v->choices->ttl_outside_s)) go_last_resort(x, domestic);
}

static void place_client(struct decider *x)
{
    const struct policy_view *v = x->v;
    uint16_t line = v->line;
    if (line == v->topology->unknown_line) {
        line = v->unknown_line;
        because(x, RULE_CLIENT_UNKNOWN, line);
    }
    x->line = &v->topology->lines[line];
    bool mainland = x->line->zone == ZONE_MAINLAND;
    because(x, mainland ? RULE_CLIENT_MAINLAND : RULE_CLIENT_OUTSIDE, line);
}

/* Whether the licences say nothing about the answer: a client outside gets a PoP outside in any
 * case, unless the name itself goes away or moves. */
static bool licences_do_not_matter(const struct decider *x)
{
    const struct host_class *h = &x->v->host;
    bool inside = x->line->zone == ZONE_MAINLAND || h->coverage == COVERAGE_DOMESTIC;
    if (inside || h->closed) return false;
    bool for_everyone = h->policy == POLICY_DELETE_NAME || h->policy == POLICY_TO_ORIGIN;
    return !(x->lost && for_everyone && h->coverage != COVERAGE_OVERSEAS);
}

/* Entitlement with its reasons; without them where they would only mislead. */
static void judge_entitlement(struct decider *x)
{
    uint8_t before = x->d->reason_count;
    check_entitled(x);
    if (!licences_do_not_matter(x)) return;
    x->d->reason_count = before;
    because(x, RULE_OUTSIDE_ALWAYS, 0);
}

void policy_decide(const struct policy_view *v, struct decision *out)
{
    struct decider x = {.v = v, .d = out};
    *out = (struct decision){.pop = CN_NONE16};
    place_client(&x);
    judge_entitlement(&x);
    if (v->host.closed) {
        because(&x, RULE_RESOLUTION_CLOSED, 0);
        out->row = 0;
        out->kind = DECISION_NODATA;
        out->ttl_s = v->choices->ttl_negative_s;
        return;
    }
    because(&x, RULE_COVERAGE, v->host.coverage);
    bool on_mainland_network = v->host.coverage != COVERAGE_OVERSEAS;
    if (x.lost && on_mainland_network && !licences_do_not_matter(&x) && decide_lost(&x)) return;
    bool mainland = (out->entitled || out->mainland_kept) && on_mainland_network;
    if (v->host.edge_unmapped && mainland) {
        because(&x, RULE_EDGE_UNMAPPED, 0);
        out->row = 0;
        mainland = false;
    } else if (v->host.coverage == COVERAGE_OVERSEAS) {
        out->row = 8;
    }
    if (x.line->zone == ZONE_MAINLAND) {
        decide_mainland_client(&x, mainland);
    } else {
        decide_outside_client(&x, mainland);
    }
}
