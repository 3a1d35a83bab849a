/* SPDX-License-Identifier: MIT
 * subject.h: the machine of a subject (主体), the holder as the bureau knows it, FACTS A2 and B1.
 * Room model (pure).
 *
 * A subject has its own number, and one filing per site under it. Its state follows from what
 * happens to its filings, but for the two events that reach the subject as a whole. */
#ifndef CNEDGE_MODEL_SUBJECT_H
#define CNEDGE_MODEL_SUBJECT_H

#include "cnedge/model/refusal.h"

/* X(suffix = name in scenarios, meaning) */
#define SUBJECT_STATES(X)                                                                          \
    X(NONE, "it has never had a filing")                                                           \
    X(ACTIVE, "it has a filing that some provider carries")                                        \
    X(SHELL, "no provider carries a filing of it any more")                                        \
    X(DEREGISTERED, "it was given up with all its filings")                                        \
    X(REVOKED, "it was revoked with all its filings, or removed as a shell")

enum subject_state {
#define X(name, text) SUBJECT_##name,
    SUBJECT_STATES(X)
#undef X
        SUBJECT_STATE_COUNT
};

enum subject_event {
    SUBJECT_EV_FILED,   /* a filing of it was approved, or has access again */
    SUBJECT_EV_EMPTIED, /* the last filing with access is gone */
    SUBJECT_EV_CLEANUP, /* the bureau removed its last shell */
    SUBJECT_EV_DEREGISTER,
    SUBJECT_EV_REVOKE,
    SUBJECT_EVENT_COUNT
};

struct subject_step {
    enum subject_state to; /* the old state when refused */
    enum refusal refusal;
};

/* The transition, or ICP_BAD_STATE. */
CN_CONST struct subject_step subject_step(enum subject_state from, enum subject_event event);

CN_CONST const char *subject_state_name(enum subject_state s);
CN_CONST const char *subject_state_text(enum subject_state s);

#endif
