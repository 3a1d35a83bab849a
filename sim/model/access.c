/* SPDX-License-Identifier: MIT */
#include "cnedge/model/access.h"

static const struct {
    const char *name, *text;
} states[ACCESS_STATE_COUNT] = {
#define X(name, text) {#name, text},
    ACCESS_STATES(X)
#undef X
};

#define TO(state)                                                                                  \
    {                                                                                              \
        ACCESS_##state, REFUSAL_NONE                                                               \
    }
#define STAYS(state, why)                                                                          \
    {                                                                                              \
        ACCESS_##state, REFUSAL_ACCESS_##why                                                       \
    }

/* FACTS B1 (change, audit_timeout) seen from one provider. A cancelled access can be ordered anew.
 */
static const struct access_step table[ACCESS_STATE_COUNT][ACCESS_EVENT_COUNT] = {
    /* add, done, void, cancel */
    [ACCESS_NONE] = {TO(ORDERED), STAYS(NONE, BAD_STATE), STAYS(NONE, BAD_STATE),
                     STAYS(NONE, NOT_FILED)},
    [ACCESS_ORDERED] = {STAYS(ORDERED, BAD_STATE), TO(ACTIVE), TO(NONE), STAYS(ORDERED, NOT_FILED)},
    [ACCESS_ACTIVE] = {STAYS(ACTIVE, BAD_STATE), STAYS(ACTIVE, BAD_STATE), STAYS(ACTIVE, BAD_STATE),
                       TO(CANCELLED)},
    [ACCESS_CANCELLED] = {TO(ORDERED), STAYS(CANCELLED, BAD_STATE), STAYS(CANCELLED, BAD_STATE),
                          STAYS(CANCELLED, NOT_FILED)},
};

struct access_step access_step(enum access_state from, enum access_event event)
{
    CN_ASSERT(from < ACCESS_STATE_COUNT && event < ACCESS_EVENT_COUNT);
    return table[from][event];
}

const char *access_state_name(enum access_state s)
{
    CN_ASSERT(s < ACCESS_STATE_COUNT);
    return states[s].name;
}

const char *access_state_text(enum access_state s)
{
    CN_ASSERT(s < ACCESS_STATE_COUNT);
    return states[s].text;
}
