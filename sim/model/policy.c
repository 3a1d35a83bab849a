/* SPDX-License-Identifier: MIT
 * policy.c: a decision from what the host may and what works. */
#include "policy_internal.h"

void policy_because(struct decider *x, enum policy_rule rule, unsigned arg)
{
    CN_ASSERT(x->d->reason_count < POLICY_REASONS_MAX);
    x->d->reasons[x->d->reason_count++] =
        (struct policy_reason){.rule = (uint8_t)rule, .arg = (uint16_t)arg};
}

uint32_t policy_lasting_ttl(const struct host_class *h, uint32_t setting_s)
{
    uint32_t own = (uint32_t)h->ttl_s[0] << 16 | (uint32_t)h->ttl_s[1] << 8 | h->ttl_s[2];
    return own != 0 ? own : setting_s;
}

/* The TTL column of FACTS C2 for mainland clients that are sent outside. */
static uint32_t outside_ttl(const struct decider *x)
{
    const struct choices *c = x->v->choices;
    switch (x->d->row) {
    case 8:
    case 14:
    case 16:
        return policy_lasting_ttl(&x->v->host, c->ttl_outside_s);
    case 10:
        return x->v->host.settled ? policy_lasting_ttl(&x->v->host, c->ttl_outside_s)
                                  : c->ttl_failover_s;
    default:
        return c->ttl_failover_s;
    }
}

/* A lost site under a policy other than plain rerouting. True when that decided. */
static bool decide_lost(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    policy_because(x, RULE_REVOCATION_POLICY, h->policy);
    switch ((enum revocation_policy)h->policy) {
    case POLICY_DELETE_NAME:
        policy_because(x, RULE_NAME_DELETED, 0);
        x->d->kind = DECISION_NXDOMAIN;
        x->d->ttl_s = x->v->choices->ttl_negative_s;
        return true;
    case POLICY_TO_ORIGIN:
        policy_because(x, RULE_ORIGIN, 0);
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

/* Rows 6 and 7: one family is out in the whole mainland, the other works; else 0. */
static uint8_t row_of_families(const struct policy_view *v)
{
    if (v->mainland_works[FAMILY_V4] == v->mainland_works[FAMILY_V6]) return 0;
    return v->mainland_works[FAMILY_V4] ? 6 : 7;
}

/* The mainland answered; the table's special cases of that. */
static void name_mainland_row(struct decider *x)
{
    uint8_t row = row_of_families(x->v);
    bool ordinary = x->d->row == 1 || x->d->row == 3 || x->d->row == 4;
    if (x->v->host.filing == FILING_AUDIT_NOTICE && x->d->row == 1) {
        x->d->row = 17;
    } else if (row != 0 && ordinary) {
        x->d->row = row;
    } else if (x->v->host.returned && x->d->row == 1) {
        x->d->row = 32;
    }
    if (row != 0 && !x->v->mainland_works[x->v->family]) {
        policy_because(x, RULE_FAMILY_OUT, x->v->family);
        policy_because(x, RULE_FAMILY_KEPT, 0);
    }
}

/* No mainland PoP is left for the client and family. True when that is the answer. */
static bool mainland_is_out(struct decider *x)
{
    const struct policy_view *v = x->v;
    if (x->not_moved) return false;
    uint8_t row = row_of_families(v);
    bool family = row != 0 && !v->mainland_works[v->family];
    if (x->d->entitled) x->d->row = family ? row : x->blocked ? 22 : 5;
    if (!family) return false;
    policy_because(x, RULE_FAMILY_OUT, v->family);
    if (v->family == FAMILY_V4 || v->choices->v6_failover != V6_NODATA) return false;
    policy_because(x, RULE_FAMILY_NODATA, 0);
    x->d->kind = DECISION_NODATA;
    x->d->ttl_s = v->choices->ttl_negative_s;
    return true;
}

static void decide_mainland_client(struct decider *x, bool mainland)
{
    if (mainland) {
        if (policy_go_mainland(x)) {
            name_mainland_row(x);
            return;
        }
        if (mainland_is_out(x)) return;
    }
    if (!policy_go_outside(x, outside_ttl(x))) policy_go_last_resort(x, mainland);
}

static void decide_outside_client(struct decider *x, bool mainland)
{
    bool domestic = mainland && x->v->host.coverage == COVERAGE_DOMESTIC;
    x->d->row = domestic ? 0 : x->line->zone == ZONE_NEAR ? 30 : 2;
    if (x->v->line == x->v->topology->unknown_line && !domestic) x->d->row = 29;
    if (domestic && policy_go_domestic(x)) return;
    uint32_t ttl_s = policy_lasting_ttl(&x->v->host, x->v->choices->ttl_outside_s);
    if (policy_go_outside(x, ttl_s)) return;
    bool inside = mainland && x->v->choices->mainland_for_outside == FOR_OUTSIDE_LAST_RESORT;
    if (inside && !domestic) policy_because(x, RULE_MAINLAND_FOR_OUTSIDE, 0);
    if (inside && !domestic && policy_go_domestic(x)) return;
    policy_go_last_resort(x, domestic);
}

static void place_client(struct decider *x)
{
    const struct policy_view *v = x->v;
    uint16_t line = v->line;
    if (line == v->topology->unknown_line) {
        line = v->unknown_line;
        policy_because(x, RULE_CLIENT_UNKNOWN, line);
    }
    x->line = &v->topology->lines[line];
    bool mainland = x->line->zone == ZONE_MAINLAND;
    policy_because(x, mainland ? RULE_CLIENT_MAINLAND : RULE_CLIENT_OUTSIDE, line);
}

/* Whether the licences say nothing about the answer: a client outside gets a PoP outside in any
 * case, unless the name itself goes away or moves. */
static bool licences_do_not_matter(const struct decider *x)
{
    const struct host_class *h = &x->v->host;
    bool inside = x->line->zone == ZONE_MAINLAND || h->coverage == COVERAGE_DOMESTIC ||
                  x->v->choices->mainland_for_outside == FOR_OUTSIDE_LAST_RESORT;
    if (inside || h->closed || h->lapsed) return false;
    bool for_everyone = h->policy == POLICY_DELETE_NAME || h->policy == POLICY_TO_ORIGIN;
    return !(x->lost && for_everyone && h->coverage != COVERAGE_OVERSEAS);
}

/* Entitlement with its reasons; without them where they would only mislead. */
static void judge_entitlement(struct decider *x)
{
    uint8_t before = x->d->reason_count;
    policy_check_entitled(x);
    if (!licences_do_not_matter(x)) return;
    x->d->reason_count = before;
    policy_because(x, RULE_OUTSIDE_ALWAYS, 0);
}

void policy_decide(const struct policy_view *v, struct decision *out)
{
    struct decider x = {.v = v, .d = out};
    *out = (struct decision){.pop = CN_NONE16};
    place_client(&x);
    judge_entitlement(&x);
    if (v->host.lapsed) {
        policy_because(&x, RULE_DOMAIN_LAPSED, 0);
        bool refused = v->choices->lapsed_domain == LAPSED_REFUSED;
        out->row = 0;
        out->kind = refused ? DECISION_REFUSED : DECISION_NXDOMAIN;
        out->ttl_s = v->choices->ttl_negative_s;
        return;
    }
    if (v->host.closed) {
        policy_because(&x, RULE_RESOLUTION_CLOSED, 0);
        out->row = 0;
        out->kind = DECISION_NODATA;
        out->ttl_s = v->choices->ttl_negative_s;
        return;
    }
    policy_because(&x, RULE_COVERAGE, v->host.coverage);
    bool on_mainland_network = v->host.coverage != COVERAGE_OVERSEAS;
    bool forced = v->host.forced && on_mainland_network;
    bool policy_asked = x.lost && on_mainland_network && !licences_do_not_matter(&x);
    if (forced) policy_because(&x, RULE_FORCED, 0);
    if (policy_asked && !forced && decide_lost(&x)) return;
    bool mainland = (out->entitled || out->mainland_kept || forced) && on_mainland_network;
    if (v->host.edge_unmapped && mainland && !forced) {
        policy_because(&x, RULE_EDGE_UNMAPPED, 0);
        out->row = 0;
        mainland = false;
    } else if (v->host.coverage == COVERAGE_OVERSEAS) {
        out->row = 8;
    }
    if (v->host.held && mainland && !forced) {
        policy_because(&x, RULE_RETURN_HELD, 0);
        out->row = 32;
        mainland = false;
    }
    if (x.line->zone == ZONE_MAINLAND) {
        decide_mainland_client(&x, mainland);
    } else {
        decide_outside_client(&x, mainland);
    }
}
