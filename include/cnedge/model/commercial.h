/* SPDX-License-Identifier: MIT
 * commercial.h: the machine of a commercial licence (证), FACTS B2. Room model (pure).
 *
 * It belongs to the holder ("per operator", FACTS A2): one for all its sites that need one. Unlike
 * a filing it expires, and needs a report each year. */
#ifndef CNEDGE_MODEL_COMMERCIAL_H
#define CNEDGE_MODEL_COMMERCIAL_H

#include "cnedge/model/refusal.h"

enum commercial_state {
    COMMERCIAL_NONE,
    COMMERCIAL_APPLYING,
    COMMERCIAL_ISSUED,
    COMMERCIAL_REPORT_DUE, /* in force; the report on the year before is due by the end of March */
    COMMERCIAL_EXPIRED,
    COMMERCIAL_REVOKED, /* bars the holder from another for years */
    COMMERCIAL_STATE_COUNT
};
enum commercial_event {
    COMMERCIAL_EV_APPLY, /* guards: FILING_REQUIRED, HOLDER_NOT_ELIGIBLE, COMMERCIAL_BARRED */
    COMMERCIAL_EV_ISSUE,
    COMMERCIAL_EV_REJECT,
    COMMERCIAL_EV_REPORT_DUE, /* timer: a year begins */
    COMMERCIAL_EV_REPORT_FILED,
    COMMERCIAL_EV_REPORT_MISSED,
    COMMERCIAL_EV_EXPIRE, /* timer */
    COMMERCIAL_EV_REVOKE,
    COMMERCIAL_EVENT_COUNT
};

/* What the guards of an application look at. */
struct commercial_view {
    bool filing_in_force; /* of one of the holder's sites, in truth: the bureau knows */
    bool eligible;        /* FACTS A2: a company that is not too foreign-owned */
    bool bar_over;        /* after a revocation */
};

struct commercial_step {
    enum commercial_state to; /* the old state when refused */
    enum refusal refusal;
};

/* The transition, or the refusal: for the wrong state, else of the first guard that fails. */
CN_NONNULL CN_PURE struct commercial_step commercial_step(enum commercial_state from,
                                                          enum commercial_event event,
                                                          const struct commercial_view *v);

/* Does it entitle its holder's sites? */
CN_CONST bool commercial_in_force(enum commercial_state s);

/* "REPORT_DUE", ... */
CN_CONST const char *commercial_state_name(enum commercial_state s);

#endif
