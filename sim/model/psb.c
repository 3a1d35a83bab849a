/* SPDX-License-Identifier: MIT */
#include "cnedge/model/psb.h"

static const char *const names[PSB_STATE_COUNT] = {"NOT_DUE",  "DUE",     "SUBMITTED", "FILED",
                                                   "RETURNED", "OVERDUE", "WARNED",    "PENALISED"};

#define B(state) (1U << PSB_##state)

/* FACTS B4. The source does not say what ends being late: submitting does, at any stage. */
static const struct {
    uint8_t from; /* bits of enum psb_state */
    uint8_t to;
} table[PSB_EVENT_COUNT] = {
    [PSB_EV_START] = {B(NOT_DUE), PSB_DUE},
    [PSB_EV_SUBMIT] = {B(DUE) | B(RETURNED) | B(OVERDUE) | B(WARNED) | B(PENALISED), PSB_SUBMITTED},
    [PSB_EV_ACCEPT] = {B(SUBMITTED), PSB_FILED},
    [PSB_EV_RETURN] = {B(SUBMITTED), PSB_RETURNED},
    [PSB_EV_OVERDUE] = {B(DUE), PSB_OVERDUE},
    [PSB_EV_WARN] = {B(OVERDUE), PSB_WARNED},
    [PSB_EV_PENALISE] = {B(WARNED), PSB_PENALISED},
};

struct psb_step psb_step(enum psb_state from, enum psb_event event, bool icp)
{
    CN_ASSERT(from < PSB_STATE_COUNT && event < PSB_EVENT_COUNT);
    if (event == PSB_EV_SUBMIT && !icp) return (struct psb_step){from, REFUSAL_PSB_NEEDS_ICP};
    if ((table[event].from & 1U << from) == 0) {
        return (struct psb_step){from, REFUSAL_PSB_BAD_STATE};
    }
    return (struct psb_step){(enum psb_state)table[event].to, REFUSAL_NONE};
}

const char *psb_state_name(enum psb_state s)
{
    CN_ASSERT(s < PSB_STATE_COUNT);
    return names[s];
}
