/* SPDX-License-Identifier: MIT
 * onboarding.h: the machines beside the filing that decide whether a host may be served from the
 * mainland: content vetting (FACTS B3), subscription and provisioning (B5). Room model (pure): each
 * is a table of (state, event) -> state or refusal. */
#ifndef CNEDGE_MODEL_ONBOARDING_H
#define CNEDGE_MODEL_ONBOARDING_H

#include "cnedge/model/refusal.h"

/* --- vetting by the partner, per site --------------------------------------------------------- */

enum vetting_state {
    VETTING_NOT_SUBMITTED,
    VETTING_SUBMITTED,
    VETTING_UNDER_REVIEW,
    VETTING_APPROVED,
    VETTING_REJECTED,
    VETTING_RE_REVIEW, /* approved before and looked at again: still served */
    VETTING_STATE_COUNT
};
enum vetting_event {
    VETTING_EV_SUBMIT, /* guards: VETTING_NEEDS_ICP, VETTING_INCOMPLETE */
    VETTING_EV_START,
    VETTING_EV_APPROVE,
    VETTING_EV_REJECT,
    VETTING_EV_REREVIEW,
    VETTING_EVENT_COUNT
};

/* The five things the partner wants to see (FACTS A4). */
enum vetting_input {
    VETTING_IN_CUSTOMER,
    VETTING_IN_DOMAIN,
    VETTING_IN_ICP_NUMBER,
    VETTING_IN_DESCRIPTION,
    VETTING_IN_ATTESTATION,
    VETTING_INPUT_COUNT
};
enum { VETTING_INPUTS_ALL = (1 << VETTING_INPUT_COUNT) - 1 };

/* --- subscription, per account ---------------------------------------------------------------- */

enum subscription_state {
    SUBSCRIPTION_NONE,
    SUBSCRIPTION_CONTRACTED,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_SUSPENDED_BY_PARTNER,
    SUBSCRIPTION_ENDED,
    SUBSCRIPTION_TERMINATED_BY_PARTNER,
    SUBSCRIPTION_STATE_COUNT
};
enum subscription_event {
    SUBSCRIPTION_EV_CONTRACT,
    SUBSCRIPTION_EV_ACTIVATE,
    SUBSCRIPTION_EV_SUSPEND,
    SUBSCRIPTION_EV_RESUME,
    SUBSCRIPTION_EV_END,
    SUBSCRIPTION_EV_TERMINATE, /* "at any time and without liability": no guard but the state */
    SUBSCRIPTION_EVENT_COUNT
};

/* --- provisioning, per host ------------------------------------------------------------------- */

enum provisioning_state {
    PROVISIONING_NOT_READY,
    PROVISIONING_READY, /* vetted, nothing ordered */
    PROVISIONING_PENDING_ALLOWLIST,
    PROVISIONING_ALLOWLISTED, /* may be served in the mainland, not mapped there */
    PROVISIONING_PENDING,
    PROVISIONING_PROVISIONED,
    PROVISIONING_DEPROVISIONED,
    PROVISIONING_STATE_COUNT
};
enum provisioning_event {
    PROVISIONING_EV_VETTED, /* derived: vetting of the site passed */
    PROVISIONING_EV_ALLOWLIST,
    PROVISIONING_EV_PROVISION,
    PROVISIONING_EV_DONE,       /* timer: the pending step is done */
    PROVISIONING_EV_DEACTIVATE, /* guard: SHARED_EDGE_POLICY */
    PROVISIONING_EV_DEPROVISION,
    PROVISIONING_EV_REFILED, /* derived: the site files anew and starts over */
    PROVISIONING_EVENT_COUNT
};

/* Everything that the guards of this file look at. */
struct onboarding_view {
    bool filing_serves; /* as the partner knows */
    bool access_filed;  /* false: the filing is in force, but not at the site's partner */
    bool has_number;
    bool inputs_complete;
    bool vetted;             /* APPROVED or RE_REVIEW */
    bool subscribed;         /* the account's subscription is ACTIVE */
    bool shared_edge_locked; /* shares an edge name under a policy that does not unmap */
};

struct onboarding_step {
    int to; /* the machine's state enum; the old state when refused */
    enum refusal refusal;
};

/* The transition, or the refusal: of the first guard that fails, else for the wrong state. */
CN_NONNULL CN_PURE struct onboarding_step
vetting_step(enum vetting_state from, enum vetting_event event, const struct onboarding_view *v);
CN_CONST struct onboarding_step subscription_step(enum subscription_state from,
                                                  enum subscription_event event);
CN_NONNULL CN_PURE struct onboarding_step provisioning_step(enum provisioning_state from,
                                                            enum provisioning_event event,
                                                            const struct onboarding_view *v);

/* Vetted, as `entitled` means it. */
CN_CONST bool vetting_passed(enum vetting_state s);

/* Names as in scenarios: "APPROVED", ... Each has `*_COUNT` names. */
CN_CONST const char *vetting_state_name(enum vetting_state s);
CN_CONST const char *vetting_input_name(enum vetting_input i);
CN_CONST const char *subscription_state_name(enum subscription_state s);
CN_CONST const char *provisioning_state_name(enum provisioning_state s);

#endif
