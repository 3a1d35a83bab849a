/* SPDX-License-Identifier: MIT */
#include "cnedge/model/onboarding.h"

static const char *const vetting_names[VETTING_STATE_COUNT] = {
    "NOT_SUBMITTED", "SUBMITTED", "UNDER_REVIEW", "APPROVED", "REJECTED", "RE_REVIEW"};
static const char *const input_names[VETTING_INPUT_COUNT] = {"customer", "domain", "icp_number",
                                                             "description", "attestation"};
static const char *const subscription_names[SUBSCRIPTION_STATE_COUNT] = {
    "NONE", "CONTRACTED", "ACTIVE", "SUSPENDED_BY_PARTNER", "ENDED", "TERMINATED_BY_PARTNER"};
static const char *const provisioning_names[PROVISIONING_STATE_COUNT] = {
    "NOT_READY", "READY",       "PENDING_ALLOWLIST", "ALLOWLISTED",
    "PENDING",   "PROVISIONED", "DEPROVISIONED"};

struct transition { /* one row of a machine: legal from these states, leads to that one */
    uint8_t from;   /* bits of the state enum */
    uint8_t to;
};

#define B(state) (1U << (state))

/* FACTS B3. */
static const struct transition vetting_table[VETTING_EVENT_COUNT] = {
    [VETTING_EV_SUBMIT] = {B(VETTING_NOT_SUBMITTED) | B(VETTING_REJECTED), VETTING_SUBMITTED},
    [VETTING_EV_START] = {B(VETTING_SUBMITTED), VETTING_UNDER_REVIEW},
    [VETTING_EV_APPROVE] = {B(VETTING_UNDER_REVIEW) | B(VETTING_RE_REVIEW), VETTING_APPROVED},
    [VETTING_EV_REJECT] = {B(VETTING_UNDER_REVIEW) | B(VETTING_RE_REVIEW), VETTING_REJECTED},
    [VETTING_EV_REREVIEW] = {B(VETTING_APPROVED), VETTING_RE_REVIEW},
};

/* FACTS B5. An ended or terminated subscription can be signed anew. */
static const struct transition subscription_table[SUBSCRIPTION_EVENT_COUNT] = {
    [SUBSCRIPTION_EV_CONTRACT] = {B(SUBSCRIPTION_NONE) | B(SUBSCRIPTION_ENDED) |
                                      B(SUBSCRIPTION_TERMINATED_BY_PARTNER),
                                  SUBSCRIPTION_CONTRACTED},
    [SUBSCRIPTION_EV_ACTIVATE] = {B(SUBSCRIPTION_CONTRACTED), SUBSCRIPTION_ACTIVE},
    [SUBSCRIPTION_EV_SUSPEND] = {B(SUBSCRIPTION_ACTIVE), SUBSCRIPTION_SUSPENDED_BY_PARTNER},
    [SUBSCRIPTION_EV_RESUME] = {B(SUBSCRIPTION_SUSPENDED_BY_PARTNER), SUBSCRIPTION_ACTIVE},
    [SUBSCRIPTION_EV_END] = {B(SUBSCRIPTION_ACTIVE) | B(SUBSCRIPTION_SUSPENDED_BY_PARTNER),
                             SUBSCRIPTION_ENDED},
    [SUBSCRIPTION_EV_TERMINATE] = {B(SUBSCRIPTION_CONTRACTED) | B(SUBSCRIPTION_ACTIVE) |
                                       B(SUBSCRIPTION_SUSPENDED_BY_PARTNER),
                                   SUBSCRIPTION_TERMINATED_BY_PARTNER},
};

#define ORDERABLE   (B(PROVISIONING_READY) | B(PROVISIONING_DEPROVISIONED))
#define PENDING_ANY (B(PROVISIONING_PENDING_ALLOWLIST) | B(PROVISIONING_PENDING))

/* FACTS B5, Akamai's set of states. The two PENDING of the source are two states here, since they
 * end differently (PROVISIONING_EV_DONE below). */
static const struct transition provisioning_table[PROVISIONING_EVENT_COUNT] = {
    [PROVISIONING_EV_VETTED] = {B(PROVISIONING_NOT_READY), PROVISIONING_READY},
    [PROVISIONING_EV_ALLOWLIST] = {ORDERABLE, PROVISIONING_PENDING_ALLOWLIST},
    [PROVISIONING_EV_PROVISION] = {ORDERABLE | B(PROVISIONING_ALLOWLISTED), PROVISIONING_PENDING},
    [PROVISIONING_EV_DONE] = {PENDING_ANY, PROVISIONING_PROVISIONED},
    [PROVISIONING_EV_DEACTIVATE] = {B(PROVISIONING_PROVISIONED), PROVISIONING_ALLOWLISTED},
    [PROVISIONING_EV_DEPROVISION] = {B(PROVISIONING_READY) | PENDING_ANY |
                                         B(PROVISIONING_ALLOWLISTED) | B(PROVISIONING_PROVISIONED),
                                     PROVISIONING_DEPROVISIONED},
    [PROVISIONING_EV_REFILED] = {(1U << PROVISIONING_STATE_COUNT) - 1, PROVISIONING_NOT_READY},
};

static struct onboarding_step walk(struct transition t, unsigned from, enum refusal wrong_state)
{
    if ((t.from & B(from)) == 0) return (struct onboarding_step){(int)from, wrong_state};
    return (struct onboarding_step){t.to, REFUSAL_NONE};
}

static struct onboarding_step refuse(unsigned from, enum refusal refusal)
{
    return (struct onboarding_step){(int)from, refusal};
}

struct onboarding_step vetting_step(enum vetting_state from, enum vetting_event event,
                                    const struct onboarding_view *v)
{
    CN_ASSERT(from < VETTING_STATE_COUNT && event < VETTING_EVENT_COUNT);
    struct onboarding_step step = walk(vetting_table[event], from, REFUSAL_VETTING_BAD_STATE);
    if (step.refusal != REFUSAL_NONE || event != VETTING_EV_SUBMIT) return step;
    if (!v->has_number) return refuse(from, REFUSAL_VETTING_NEEDS_ICP);
    if (!v->inputs_complete) return refuse(from, REFUSAL_VETTING_INCOMPLETE);
    return step;
}

struct onboarding_step subscription_step(enum subscription_state from,
                                         enum subscription_event event)
{
    CN_ASSERT(from < SUBSCRIPTION_STATE_COUNT && event < SUBSCRIPTION_EVENT_COUNT);
    return walk(subscription_table[event], from, REFUSAL_SUBSCRIPTION_BAD_STATE);
}

/* "No provisioning before APPROVED" (FACTS B3) comes before any question of the host's state. */
static enum refusal order_guard(const struct onboarding_view *v)
{
    if (!v->vetted) return REFUSAL_VETTING_REQUIRED;
    if (!v->access_filed) return REFUSAL_ACCESS_NOT_FILED;
    if (!v->filing_serves) return REFUSAL_FILING_REQUIRED;
    if (!v->subscribed) return REFUSAL_SUBSCRIPTION_REQUIRED;
    return REFUSAL_NONE;
}

struct onboarding_step provisioning_step(enum provisioning_state from,
                                         enum provisioning_event event,
                                         const struct onboarding_view *v)
{
    CN_ASSERT(from < PROVISIONING_STATE_COUNT && event < PROVISIONING_EVENT_COUNT);
    if (event == PROVISIONING_EV_ALLOWLIST || event == PROVISIONING_EV_PROVISION) {
        enum refusal refusal = order_guard(v);
        if (refusal != REFUSAL_NONE) return refuse(from, refusal);
    }
    struct onboarding_step step =
        walk(provisioning_table[event], from, REFUSAL_PROVISION_BAD_STATE);
    if (step.refusal != REFUSAL_NONE) return step;
    if (event == PROVISIONING_EV_DEACTIVATE && v->shared_edge_locked) {
        return refuse(from, REFUSAL_SHARED_EDGE_POLICY);
    }
    if (event == PROVISIONING_EV_DONE && from == PROVISIONING_PENDING_ALLOWLIST) {
        step.to = PROVISIONING_ALLOWLISTED;
    }
    return step;
}

bool vetting_passed(enum vetting_state s)
{
    return s == VETTING_APPROVED || s == VETTING_RE_REVIEW;
}

const char *vetting_state_name(enum vetting_state s)
{
    CN_ASSERT(s < VETTING_STATE_COUNT);
    return vetting_names[s];
}

const char *vetting_input_name(enum vetting_input i)
{
    CN_ASSERT(i < VETTING_INPUT_COUNT);
    return input_names[i];
}

const char *subscription_state_name(enum subscription_state s)
{
    CN_ASSERT(s < SUBSCRIPTION_STATE_COUNT);
    return subscription_names[s];
}

const char *provisioning_state_name(enum provisioning_state s)
{
    CN_ASSERT(s < PROVISIONING_STATE_COUNT);
    return provisioning_names[s];
}
