/* SPDX-License-Identifier: MIT
 * policy_entitled.c: what a host may: one check per predicate of DESIGN section 1. */
#include "policy_internal.h"

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
    policy_because(x, rule, arg);
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
        policy_because(x, RULE_STATUS_UNKNOWN_GRACE, h->kept);
        if (x->d->entitled) x->d->row = 13;
        status = h->kept;
    }
    uint8_t row = row_of_filing(h);
    if (status == STATUS_OK) {
        policy_because(x, RULE_FILING_SERVES, h->filing);
    } else if (row == 11) {
        fail(x, RULE_SUBJECT_REVOKED, 0, row);
    } else if (filing_serves((enum filing_state)h->filing)) { /* elsewhere, not here */
        fail(x, RULE_ACCESS_MISSING, h->access, h->access == ACCESS_CANCELLED ? 18 : 8);
    } else if (row == 9) {
        fail(x, RULE_FILING_UNSYNCED, 0, row);
    } else {
        fail(x, row == 8 ? RULE_FILING_MISSING : RULE_FILING_LOST, h->filing, row);
    }
}

/* Row 18 is the table's nearest: a filing in force that does not carry this service any more. */
static void check_chain(struct decider *x)
{
    uint8_t chain = x->v->host.chain;
    switch ((enum chain_state)chain) {
    case CHAIN_FILED:
        policy_because(x, RULE_CHAIN_FILED, 0);
        return;
    case CHAIN_MISSING:
        fail(x, RULE_CHAIN_BROKEN, chain, 8);
        return;
    case CHAIN_LOST:
        fail(x, RULE_CHAIN_BROKEN, chain, 18);
        return;
    case CHAIN_BLACKLISTED:
        fail(x, RULE_CHAIN_BROKEN, chain, 19);
        return;
    case CHAIN_NONE:
    case CHAIN_STATE_COUNT:
        return;
    }
}

static void check_partner(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    if (x->v->partner == PARTNER_SUSPENDED) fail(x, RULE_PARTNER_SUSPENDED_ALL, 0, 12);
    if (x->v->partner == PARTNER_ENDED) fail(x, RULE_PARTNER_ENDED, 0, 16);
    if ((h->suspended & 1) != 0) fail(x, RULE_PARTNER_SUSPENDED, 0, 12);
    if ((h->suspended & 2) != 0) fail(x, RULE_PARTNER_SUSPENDED, 1, 12);
    switch (h->subscription) {
    case SUBSCRIPTION_ACTIVE:
        policy_because(x, RULE_SUBSCRIPTION_ACTIVE, 0);
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
        policy_because(x, RULE_VETTING_PASSED, h->vetting);
    } else if (h->vetting == VETTING_REJECTED && provisioned(x)) {
        fail(x, RULE_VETTING_LOST, 0, 15);
    } else { /* a live host that is handed in again after that is still lost */
        fail(x, RULE_VETTING_MISSING, h->vetting, provisioned(x) ? 15 : 14);
    }
    if (h->commercial == COMMERCIAL_MISSING) fail(x, RULE_COMMERCIAL_MISSING, 0, 0);
    if (h->psb_bars != 0) fail(x, RULE_PSB_PENALISED, 0, 0);
    if (h->commercial == COMMERCIAL_OVERLOOKED) policy_because(x, RULE_COMMERCIAL_OVERLOOKED, 0);
}

static void check_provisioning(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    if (provisioned(x)) {
        policy_because(x, RULE_PROVISIONED, 0);
    } else {
        uint8_t row = h->provisioning == PROVISIONING_DEPROVISIONED ? 8 : 9;
        fail(x, RULE_PROVISIONING_MISSING, h->provisioning, row);
    }
}

void policy_check_entitled(struct decider *x)
{
    const struct host_class *h = &x->v->host;
    x->d->entitled = true;
    if (h->blacklisted) fail(x, RULE_BLACKLISTED, 0, 19);
    check_filing(x);
    check_chain(x);
    check_partner(x);
    check_vetting(x);
    check_provisioning(x);
    policy_because(x, x->d->entitled ? RULE_ENTITLED : RULE_NOT_ENTITLED, 0);
    x->lost = x->lost && provisioned(x);
}

bool policy_lost(const struct host_class *h, enum partner_state partner)
{
    struct policy_view v = {.host = *h, .partner = partner};
    struct decision d = {.pop = CN_NONE16};
    struct decider x = {.v = &v, .d = &d};
    policy_check_entitled(&x);
    return x.lost;
}

bool policy_entitled(const struct host_class *h, enum partner_state partner)
{
    bool filing = h->status == STATUS_OK ||
                  (h->status == STATUS_UNKNOWN && h->kept == STATUS_OK && !h->grace_over);
    return filing && !h->blacklisted && partner == PARTNER_ACTIVE && h->suspended == 0 &&
           h->subscription == SUBSCRIPTION_ACTIVE &&
           vetting_passed((enum vetting_state)h->vetting) && h->commercial != COMMERCIAL_MISSING &&
           h->psb_bars == 0 && h->chain <= CHAIN_FILED &&
           h->provisioning == PROVISIONING_PROVISIONED;
}
