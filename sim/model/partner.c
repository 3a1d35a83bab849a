/* SPDX-License-Identifier: MIT */
#include "cnedge/model/partner.h"

static const struct {
    const char *name, *text;
} states[PARTNER_STATE_COUNT] = {
#define X(name, text) {#name, text},
    PARTNER_STATES(X)
#undef X
};

#define TO(state)                                                                                  \
    {                                                                                              \
        PARTNER_##state, REFUSAL_NONE                                                              \
    }
#define STAYS(state, why)                                                                          \
    {                                                                                              \
        PARTNER_##state, REFUSAL_##why                                                             \
    }

/* FACTS B5 for the partner as a whole. That an ended contract cannot be taken up again is ours: a
 * new one begins with every site vetted anew, which is what set_partner is. */
static const struct partner_step table[PARTNER_STATE_COUNT][PARTNER_EVENT_COUNT] = {
    /* suspend, resume, end */
    [PARTNER_ACTIVE] = {TO(SUSPENDED), STAYS(ACTIVE, SUSPENSION_BAD_STATE), TO(ENDED)},
    [PARTNER_SUSPENDED] = {STAYS(SUSPENDED, SUSPENSION_BAD_STATE), TO(ACTIVE), TO(ENDED)},
    [PARTNER_ENDED] = {STAYS(ENDED, PARTNER_CONTRACT_ENDED), STAYS(ENDED, PARTNER_CONTRACT_ENDED),
                       STAYS(ENDED, PARTNER_CONTRACT_ENDED)},
};

struct partner_step partner_step(enum partner_state from, enum partner_event event)
{
    CN_ASSERT(from < PARTNER_STATE_COUNT && event < PARTNER_EVENT_COUNT);
    return table[from][event];
}

const char *partner_state_name(enum partner_state s)
{
    CN_ASSERT(s < PARTNER_STATE_COUNT);
    return states[s].name;
}

const char *partner_state_text(enum partner_state s)
{
    CN_ASSERT(s < PARTNER_STATE_COUNT);
    return states[s].text;
}
