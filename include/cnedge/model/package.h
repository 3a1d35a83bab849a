/* SPDX-License-Identifier: MIT
 * package.h: the machine of one bandwidth package (CEN), FACTS B7. Room model (pure): state in,
 * state out.
 *
 * A package is bandwidth across the border that connections (products.h) share. It is ordered,
 * becomes idle, is bound and then in use; its size may change, and it ends by its term or by being
 * released. It is billed from its creation on, also while it is idle (D AL26). The table in
 * package.c is the machine. States and limits are Alibaba's (D AL21 AL23 to AL26); NONE, and
 * renewing, are ours. */
#ifndef CNEDGE_MODEL_PACKAGE_H
#define CNEDGE_MODEL_PACKAGE_H

#include "cnedge/base/simtime.h"
#include "cnedge/model/refusal.h"
#include "cnedge/model/rules.h"

enum { PACKAGE_MBIT_MIN = 2, PACKAGE_MBIT_MAX = 10000 }; /* D AL25 */

/* X(suffix = name in scenarios, does it carry traffic?, meaning) */
#define PACKAGE_STATES(X)                                                                          \
    X(NONE, false, "not ordered")                                                                  \
    X(CREATING, false, "ordered, not there yet")                                                   \
    X(IDLE, false, "bought and bound to nothing; billed all the same")                             \
    X(IN_USE, true, "bound")                                                                       \
    X(UPGRADED, true, "bound, enlarged since")                                                     \
    X(DOWNGRADED, true, "bound, made smaller since")                                               \
    X(TEMP_UPGRADED, true, "bound, larger for a while")                                            \
    X(EXPIRED, false, "its term is over and it carries nothing")                                   \
    X(RELEASED, false, "gone")

enum package_state {
#define X(name, carries, text) PACKAGE_##name,
    PACKAGE_STATES(X)
#undef X
        PACKAGE_STATE_COUNT
};

enum package_event {
    PACKAGE_EV_CREATE,
    PACKAGE_EV_CREATED, /* timer: the order is done */
    PACKAGE_EV_BIND,
    PACKAGE_EV_UNBIND,
    PACKAGE_EV_UPGRADE,
    PACKAGE_EV_DOWNGRADE,
    PACKAGE_EV_TEMP_UPGRADE,
    PACKAGE_EV_RESIZED,  /* timer: an upgrade takes effect */
    PACKAGE_EV_FALLBACK, /* timer: a temporary upgrade ends */
    PACKAGE_EV_RENEW,
    PACKAGE_EV_EXPIRE, /* the term ends; a timer too */
    PACKAGE_EV_RELEASE,
    PACKAGE_EVENT_COUNT
};

/* Where an order is placed. */
enum package_portal { PORTAL_INTERNATIONAL, PORTAL_DOMESTIC, PORTAL_COUNT };

CN_CONST const char *package_portal_name(enum package_portal p);

struct package_step {
    enum package_state to; /* the old state when refused */
    enum refusal refusal;
};

/* What the guards look at besides the state. */
struct package_view {
    bool processing;    /* an upgrade that is under way */
    bool bound;         /* EXPIRED: it was in use before */
    bool pay_as_you_go; /* no term; no temporary upgrade (D AL24) */
    bool temporary;     /* temporary upgrades are switched on (off by default, D AL24) */
    bool cross_border;
    bool affordable;           /* the account's balance covers the order */
    enum rules_downgrade rule; /* crossborder_downgrade, as it is in force */
    enum package_portal portal;
    uint32_t mbit;      /* the size now */
    uint32_t target;    /* the size that is asked for; CREATE: the size */
    uint32_t connected; /* sum of the limits of the connections on it, Mbit/s */
    simdur lasts;       /* TEMP_UPGRADE: how long */
    simdur lasts_min;   /* the least that may be */
};

/* The transition, or the first guard that refuses it. */
CN_NONNULL CN_PURE struct package_step
package_step(enum package_state from, enum package_event event, const struct package_view *v);

/* Does it carry traffic in this state? */
CN_CONST bool package_carries(enum package_state s);
/* Is it billed? */
CN_CONST bool package_billed(enum package_state s);

CN_CONST const char *package_state_name(enum package_state s);
CN_CONST const char *package_state_text(enum package_state s);
CN_CONST const char *package_event_name(enum package_event e);

#endif
