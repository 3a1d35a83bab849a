/* SPDX-License-Identifier: MIT
 * access.h: the machine of one filing's access at one provider, FACTS A1 and B1. Room model (pure).
 *
 * A filing is carried by the providers at which the site has access: where it was filed, and where
 * an extra-access order (接入) added it. Only a provider with access may serve the site. The filing
 * lives as long as one of them is left. */
#ifndef CNEDGE_MODEL_ACCESS_H
#define CNEDGE_MODEL_ACCESS_H

#include "cnedge/model/refusal.h"

/* X(suffix = name in scenarios, meaning) */
#define ACCESS_STATES(X)                                                                           \
    X(NONE, "the provider has no access filing for the site")                                      \
    X(ORDERED, "an order to add the access is open")                                               \
    X(ACTIVE, "the provider carries the filing")                                                   \
    X(CANCELLED, "the access was cancelled")

enum access_state {
#define X(name, text) ACCESS_##name,
    ACCESS_STATES(X)
#undef X
        ACCESS_STATE_COUNT
};

enum access_event {
    ACCESS_EV_ADD,    /* an extra-access order is opened */
    ACCESS_EV_DONE,   /* that order is decided */
    ACCESS_EV_VOID,   /* that order comes to nothing: the filing was lost meanwhile */
    ACCESS_EV_CANCEL, /* by the provider, after an audit or not, or by the holder */
    ACCESS_EVENT_COUNT
};

struct access_step {
    enum access_state to; /* the old state when refused */
    enum refusal refusal;
};

/* The transition, or why there is none. */
CN_CONST struct access_step access_step(enum access_state from, enum access_event event);

CN_CONST const char *access_state_name(enum access_state s);
CN_CONST const char *access_state_text(enum access_state s);

#endif
