/* SPDX-License-Identifier: MIT
 * refusal.h: why an event was refused. Room model (pure).
 *
 * An illegal event changes nothing and is answered with one of these codes. Names as suggested in
 * FACTS B; those marked "ours" fill gaps there. The codes are part of the scenario format: append
 * only. */
#ifndef CNEDGE_MODEL_REFUSAL_H
#define CNEDGE_MODEL_REFUSAL_H

#include "cnedge/base/base.h"

/* X(enumerator suffix = the code in scenarios, what it tells the user) */
#define REFUSAL_CODES(X)                                                                           \
    X(ICP_BAD_STATE, "the filing is not in a state in which this can happen")                      \
    X(ICP_ORDER_OPEN, "the subject already has an open order; one at a time")                      \
    X(TLD_NOT_APPROVED, "the top-level domain is not on the approved list")                        \
    X(REGISTRAR_NOT_APPROVED, "the domain's registrar is not approved by the ministry")            \
    X(REALNAME_MISMATCH, "the domain's real-name data does not match the subject, or is too new")  \
    X(DOMAIN_TERM_SHORT, "the domain registration ends too soon")                                  \
    X(NO_MAINLAND_RESOURCE, "no mainland hosting resource that lasts long enough")                 \
    X(DOMAIN_RESOLVES_DURING_FILING, "a first filing needs the domain's resolution closed")        \
    X(SMS_EXPIRED, "the SMS window has passed")                                                    \
    X(SMS_LOCKED, "too many wrong SMS codes; withdraw the order")                                  \
    X(ICP_LOCKED_AT_BUREAU, "the order lies at the bureau and cannot be withdrawn")                \
    X(SUBJECT_CHANGED_REFILE, "another subject cannot take over by a change; file anew")           \
    X(ICP_REVOKED_FINAL, "a revoked filing cannot be restored; file anew for a new number")        \
    X(ENTITY_BARRED, "the subject is barred from filing")                                          \
    X(FILING_REQUIRED, "a filing in force is needed first")                                        \
    X(COMMERCIAL_BAD_STATE, "the commercial licence is not in a state in which this can happen")   \
    X(VETTING_NEEDS_ICP, "vetting needs the filing's number")                                      \
    X(VETTING_INCOMPLETE, "vetting needs all five inputs")                                         \
    X(VETTING_REQUIRED, "vetting must have passed first")                                          \
    X(VETTING_BAD_STATE, "vetting is not in a state in which this can happen")                     \
    X(SUBSCRIPTION_REQUIRED, "the account has no active subscription")                             \
    X(SUBSCRIPTION_BAD_STATE, "the subscription is not in a state in which this can happen")       \
    X(SUSPENSION_BAD_STATE, "already suspended, or not suspended")                                 \
    X(PROVISION_BAD_STATE, "the host is not in a state in which this can happen")                  \
    X(SHARED_EDGE_POLICY, "the host shares an edge name that may not be unmapped")                 \
    X(HOST_BAD_STATE, "the host already exists, or does not exist yet")                            \
    X(IPV6_MANDATORY, "IPv6 is forced on for the mainland network")                                \
    X(LEGAL_OVERRIDE, "an operator cannot force what the licence state forbids")                   \
    X(DOMAIN_BEIAN_INVALID, "coverage that includes the mainland needs a valid filing")            \
    X(BLACKLIST_STICKY, "the domain has not been listed long enough to be taken off")              \
    X(BLACKLIST_BAD_STATE, "already listed, or not listed")                                        \
    X(RESOLUTION_BAD_STATE, "resolution is already closed, or already open")                       \
    X(STATUS_BAD_STATE, "the status is already unknown, or already known")                         \
    X(POP_BAD_STATE, "the PoP is already in that state")                                           \
    X(OUTAGE_BAD_STATE, "that outage already lasts, or there is none to end")                      \
    X(COVERAGE_EXCLUDES, "the site's coverage leaves the mainland out; change the coverage")       \
    /* Licences and reviews. */                                                                    \
    /* Who may apply. */                                                                           \
    /* Partners and scopes. */                                                                     \
    /* Lists and the border. */                                                                    \
    /* Addresses, families, DNS mode. */                                                           \
    /* Products and packages. */                                                                   \
    /* Capacity and resolvers. */

enum refusal {
    REFUSAL_NONE = 0, /* applied */
#define X(code, text) REFUSAL_##code,
    REFUSAL_CODES(X)
#undef X
        REFUSAL_COUNT
};

/* "ICP_BAD_STATE"; "" for REFUSAL_NONE. */
CN_CONST const char *refusal_name(enum refusal r);

/* One sentence for people, lower case, no full stop. */
CN_CONST const char *refusal_text(enum refusal r);

/* REFUSAL_NONE when there is no such code. */
CN_NONNULL CN_PURE enum refusal refusal_find(const char *code);

#endif
