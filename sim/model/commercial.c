/* SPDX-License-Identifier: MIT */
#include "cnedge/model/commercial.h"

static const char *const names[COMMERCIAL_STATE_COUNT] = {"NONE",       "APPLYING", "ISSUED",
                                                          "REPORT_DUE", "EXPIRED",  "REVOKED"};

#define B(state) (1U << COMMERCIAL_##state)
#define IN_FORCE (B(ISSUED) | B(REPORT_DUE))

/* FACTS B2. The source has no way back from a refused application or an expired licence: both may
 * apply anew, and so may a holder whose bar is over. */
static const struct {
    uint8_t from; /* bits of enum commercial_state */
    uint8_t to;
} table[COMMERCIAL_EVENT_COUNT] = {
    [COMMERCIAL_EV_APPLY] = {B(NONE) | B(EXPIRED) | B(REVOKED), COMMERCIAL_APPLYING},
    [COMMERCIAL_EV_ISSUE] = {B(APPLYING), COMMERCIAL_ISSUED},
    [COMMERCIAL_EV_REJECT] = {B(APPLYING), COMMERCIAL_NONE},
    [COMMERCIAL_EV_REPORT_DUE] = {B(ISSUED), COMMERCIAL_REPORT_DUE},
    [COMMERCIAL_EV_REPORT_FILED] = {B(REPORT_DUE), COMMERCIAL_ISSUED},
    [COMMERCIAL_EV_REPORT_MISSED] = {B(REPORT_DUE), COMMERCIAL_REVOKED},
    [COMMERCIAL_EV_EXPIRE] = {IN_FORCE, COMMERCIAL_EXPIRED},
    [COMMERCIAL_EV_REVOKE] = {IN_FORCE, COMMERCIAL_REVOKED},
};

static enum refusal guard_apply(enum commercial_state from, const struct commercial_view *v)
{
    if (!v->filing_in_force) return REFUSAL_FILING_REQUIRED;
    if (!v->eligible) return REFUSAL_HOLDER_NOT_ELIGIBLE;
    return from == COMMERCIAL_REVOKED && !v->bar_over ? REFUSAL_COMMERCIAL_BARRED : REFUSAL_NONE;
}

struct commercial_step commercial_step(enum commercial_state from, enum commercial_event event,
                                       const struct commercial_view *v)
{
    CN_ASSERT(from < COMMERCIAL_STATE_COUNT && event < COMMERCIAL_EVENT_COUNT);
    enum refusal refusal = REFUSAL_NONE;
    if ((table[event].from & 1U << from) == 0) {
        refusal = REFUSAL_COMMERCIAL_BAD_STATE;
    } else if (event == COMMERCIAL_EV_APPLY) {
        refusal = guard_apply(from, v);
    }
    if (refusal != REFUSAL_NONE) return (struct commercial_step){from, refusal};
    return (struct commercial_step){(enum commercial_state)table[event].to, REFUSAL_NONE};
}

bool commercial_in_force(enum commercial_state s)
{
    CN_ASSERT(s < COMMERCIAL_STATE_COUNT);
    return (IN_FORCE & 1U << s) != 0;
}

const char *commercial_state_name(enum commercial_state s)
{
    CN_ASSERT(s < COMMERCIAL_STATE_COUNT);
    return names[s];
}
