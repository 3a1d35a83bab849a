/* SPDX-License-Identifier: MIT
 * partner.h: how a partner stands to its customers as a whole (FACTS A6, B5). Room model (pure).
 *
 * A partner operates mainland PoPs, vets, and may suspend or end the service at any time without
 * notice (X1). That is its word and not its network's health: an outage (world_network.c) ends by
 * itself, a suspension only when the partner resumes, and an ended contract not at all. */
#ifndef CNEDGE_MODEL_PARTNER_H
#define CNEDGE_MODEL_PARTNER_H

#include "cnedge/model/refusal.h"

/* X(suffix = name in scenarios, meaning) */
#define PARTNER_STATES(X)                                                                          \
    X(ACTIVE, "it serves its customers")                                                           \
    X(SUSPENDED, "it has suspended everyone; it may resume")                                       \
    X(ENDED, "its contract has ended; its sites need another partner")

enum partner_state {
#define X(name, text) PARTNER_##name,
    PARTNER_STATES(X)
#undef X
        PARTNER_STATE_COUNT
};

enum partner_event { PARTNER_EV_SUSPEND, PARTNER_EV_RESUME, PARTNER_EV_END, PARTNER_EVENT_COUNT };

struct partner_step {
    enum partner_state to; /* the old state when refused */
    enum refusal refusal;
};

/* The transition, or why there is none. No guard: the partner needs no reason. */
CN_CONST struct partner_step partner_step(enum partner_state from, enum partner_event event);

CN_CONST const char *partner_state_name(enum partner_state s);
CN_CONST const char *partner_state_text(enum partner_state s);

#endif
