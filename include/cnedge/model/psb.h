/* SPDX-License-Identifier: MIT
 * psb.h: the machine of a site's filing with the public security bureau (公网安备), FACTS B4. Room
 * model (pure).
 *
 * A duty beside the ICP filing, to be met within 30 days. Nothing in the sources ties it to
 * routing; a setting may (C4.17). */
#ifndef CNEDGE_MODEL_PSB_H
#define CNEDGE_MODEL_PSB_H

#include "cnedge/model/refusal.h"

enum psb_state {
    PSB_NOT_DUE,
    PSB_DUE,
    PSB_SUBMITTED,
    PSB_FILED,
    PSB_RETURNED, /* to be corrected and submitted again */
    PSB_OVERDUE,
    PSB_WARNED,
    PSB_PENALISED,
    PSB_STATE_COUNT
};
enum psb_event {
    PSB_EV_START,  /* derived: the clock starts */
    PSB_EV_SUBMIT, /* guard: PSB_NEEDS_ICP */
    PSB_EV_ACCEPT,
    PSB_EV_RETURN,
    PSB_EV_OVERDUE, /* timer */
    PSB_EV_WARN,
    PSB_EV_PENALISE,
    PSB_EVENT_COUNT
};

struct psb_step {
    enum psb_state to; /* the old state when refused */
    enum refusal refusal;
};

/* The transition, or the refusal. `icp`: the site's ICP filing is in force, in truth. */
CN_CONST struct psb_step psb_step(enum psb_state from, enum psb_event event, bool icp);

/* "RETURNED", ... */
CN_CONST const char *psb_state_name(enum psb_state s);

#endif
