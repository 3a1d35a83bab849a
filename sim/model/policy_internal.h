/* SPDX-License-Identifier: MIT
 * policy_internal.h: a decision in the making, for the files of the policy; nobody else includes
 * it.
 *
 * policy_entitled.c says what the host may, policy_pops.c walks over PoPs, policy.c puts both
 * together. */
#ifndef CNEDGE_SIM_POLICY_INTERNAL_H
#define CNEDGE_SIM_POLICY_INTERNAL_H

#include "cnedge/model/policy.h"

struct decider {
    const struct policy_view *v;
    const struct line *line; /* what the client is treated as */
    struct decision *d;
    bool lost;      /* served from the mainland before: the revocation policy applies */
    bool barred;    /* not entitled for a reason that no revocation policy is about */
    bool not_moved; /* a mainland PoP works, but mainland_failover does not go that far */
    bool blocked;   /* a walk dropped an address, or a PoP for want of one (row 22) */
};

/* Adds a reason. */
CN_NONNULL void policy_because(struct decider *x, enum policy_rule rule, unsigned arg);

/* Judges every predicate of "entitled", each with its reason, and names the row. */
CN_NONNULL void policy_check_entitled(struct decider *x);

/* Walks; each answers with the PoP it finds and says whether there was one. */
CN_NONNULL bool policy_go_mainland(struct decider *x);
CN_NONNULL bool policy_go_domestic(struct decider *x);
CN_NONNULL bool policy_go_outside(struct decider *x, uint32_t ttl_s);

/* Nothing is usable: always answers. */
CN_NONNULL void policy_go_last_resort(struct decider *x, bool inside);

#endif
