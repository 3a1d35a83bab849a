/* SPDX-License-Identifier: MIT
 * delay.h: the four parts of a failover (FACTS C3): how long from what happened until clients
 * behind their resolvers see it. Room replay.
 *
 * Detection ends when who decides knows: after the probes that convince a damper, after
 * outage_detection or an operator's word, after observe_delay. Propagation ends when the authority
 * answers otherwise: after batches, publish_delay, sync_delay, provisioning, graces and cool-downs.
 * Then caches keep the old answer for its TTL, and some for longer.
 *
 * A timer is put down to the step that set it, so a chain of timers leads back to what happened,
 * whatever else happens meanwhile. A deadline that passes, or a review that ends, is something that
 * happens itself. What comes of a PoP's probes is put down to the first failure that was not
 * forgiven, or to when the PoP was last well again. */
#ifndef CNEDGE_REPLAY_DELAY_H
#define CNEDGE_REPLAY_DELAY_H

#include "cnedge/replay/engine.h"
#include "cnedge/replay/history.h"

struct delay_origin {     /* where something comes from */
    simtime truth;        /* when it happened */
    simtime known;        /* when who decides knew of it; truth <= known */
    uint32_t event;       /* index in scenario.events; CN_NONE32: by itself */
    enum event_kind kind; /* EVENT_KIND_COUNT: before the start */
};

struct delay_pop {
    uint8_t seen;                /* enum pop_health, before the last step */
    simtime truth;               /* world.pop_notice.truth, before the last step */
    struct delay_origin trouble; /* the first failure that was not forgiven */
    struct delay_origin turn;    /* the last change of what probes find */
};

struct delay_partner {
    bool down;                /* before the last step */
    simtime said;             /* when an operator last declared it out */
    struct delay_origin turn; /* its network's last outage, or the end of it */
};

struct delay_timer {
    simtime due;
    struct delay_origin origin;
};

struct delay {
    struct delay_timer *timers; /* [slot] of world.timers; what is not set there is stale */
    struct delay_pop *pops;
    struct delay_partner partners[TOPOLOGY_PARTNERS_MAX];
    struct delay_origin last; /* of the last step */
};

/* For an engine that has not taken a step. False when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE bool delay_init(struct delay *d, struct arena *a, const struct engine *e);

/* engine_step, and where it comes from in `d->last`. */
CN_NONNULL CN_MUSTUSE bool delay_step(struct delay *d, struct engine *e, struct engine_step *out);

/* --- what somebody is answered, and where its last change came from ----------------------------
 */

struct delay_item { /* zeroed at first */
    struct history_item history;
    uint64_t print;
    simtime at, at_before;            /* of the last two changes of answer */
    struct delay_origin from, before; /* of these */
};

/* Notes what is answered after the last step, or before the first one; see history_note. */
CN_NONNULL void delay_note(struct delay_item *item, const struct delay *d, simtime now,
                           uint64_t print, uint32_t ttl_s);

struct delay_parts {
    struct delay_origin from;
    simtime at; /* when the answer changed */
    simdur detection, propagation;
    simdur ttl;   /* of the old answer, the least of its chain */
    simtime tail; /* beyond that, until 99 % have moved; SIMTIME_NEVER: not within `horizon` */
    simtime all;  /* the sum: from what happened; or SIMTIME_NEVER */
};

/* Of the last change of answer, for clients of the mixture. False when there was none. */
CN_NONNULL CN_MUSTUSE bool delay_parts(const struct delay_item *item,
                                       const struct population_mix *mix, simdur horizon,
                                       struct delay_parts *out);

#endif
