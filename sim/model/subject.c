/* SPDX-License-Identifier: MIT */
#include "cnedge/model/subject.h"

static const struct {
    const char *name, *text;
} states[SUBJECT_STATE_COUNT] = {
#define X(name, text) {#name, text},
    SUBJECT_STATES(X)
#undef X
};

#define TO(state)                                                                                  \
    {                                                                                              \
        SUBJECT_##state, REFUSAL_NONE                                                              \
    }
#define STAYS(state)                                                                               \
    {                                                                                              \
        SUBJECT_##state, REFUSAL_ICP_BAD_STATE                                                     \
    }

/* FACTS B1: deregister_subject, revoke_subject, SHELL_SUBJECT, cleanup. A subject that is gone
 * comes back only by filing anew, with a new number. */
static const struct subject_step table[SUBJECT_STATE_COUNT][SUBJECT_EVENT_COUNT] = {
    /* filed, emptied, cleanup, deregister, revoke */
    [SUBJECT_NONE] = {TO(ACTIVE), STAYS(NONE), STAYS(NONE), STAYS(NONE), STAYS(NONE)},
    [SUBJECT_ACTIVE] = {TO(ACTIVE), TO(SHELL), STAYS(ACTIVE), TO(DEREGISTERED), TO(REVOKED)},
    [SUBJECT_SHELL] = {TO(ACTIVE), STAYS(SHELL), TO(REVOKED), TO(DEREGISTERED), TO(REVOKED)},
    [SUBJECT_DEREGISTERED] = {TO(ACTIVE), STAYS(DEREGISTERED), STAYS(DEREGISTERED),
                              STAYS(DEREGISTERED), STAYS(DEREGISTERED)},
    [SUBJECT_REVOKED] = {TO(ACTIVE), STAYS(REVOKED), STAYS(REVOKED), STAYS(REVOKED),
                         STAYS(REVOKED)},
};

struct subject_step subject_step(enum subject_state from, enum subject_event event)
{
    CN_ASSERT(from < SUBJECT_STATE_COUNT && event < SUBJECT_EVENT_COUNT);
    return table[from][event];
}

const char *subject_state_name(enum subject_state s)
{
    CN_ASSERT(s < SUBJECT_STATE_COUNT);
    return states[s].name;
}

const char *subject_state_text(enum subject_state s)
{
    CN_ASSERT(s < SUBJECT_STATE_COUNT);
    return states[s].text;
}
