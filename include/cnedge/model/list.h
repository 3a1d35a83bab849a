/* SPDX-License-Identifier: MIT
 * list.h: the lists of names at the border, and measures against everybody. Room model (pure).
 *
 * Two machines, each one table. The name machine (FACTS B6, "Domain") says what the border does to
 * a site or to one of its hosts; what a client meets is worked out in traffic/path.h. The measure
 * machine is for what is switched on and off again and may have a tail: HTTP keyword resets, a
 * province's own box, a delegation that was replaced, bogus answers for whole top-level domains
 * (FACTS A10, H).
 *
 *     CLEAN -> POISONED_PART -> POISONED_ALL -> SNI_RESET -> CLEARING -> CLEAN
 *
 * Nothing here changes what the authority answers: that is the blacklist of world_site.c. */
#ifndef CNEDGE_MODEL_LIST_H
#define CNEDGE_MODEL_LIST_H

#include "cnedge/model/refusal.h"

/* X(name, text) */
#define LIST_STATES(X)                                                                             \
    X(CLEAN, "on no list")                                                                         \
    X(POISONED_PART, "answers are forged for a share of clients, or for some carrier or province") \
    X(POISONED_ALL, "answers are forged for every client")                                         \
    X(SNI_RESET, "connections that name it are reset; answers may be forged too")                  \
    X(CLEARING, "taken off, but half of the devices still have it")

enum list_state {
#define X(name, text) LIST_##name,
    LIST_STATES(X)
#undef X
        LIST_STATE_COUNT
};

enum list_event {
    LIST_EV_POISON_PART, /* a share of clients, a carrier or a province */
    LIST_EV_POISON_ALL,
    LIST_EV_POISON_END,
    LIST_EV_SNI_RESET,
    LIST_EV_SNI_CLEAR,
    LIST_EV_CLEARED, /* timer: the last device has dropped it */
    LIST_EVENT_COUNT
};

struct list_view { /* what the guards look at */
    bool forged;   /* its answers are forged just now, whatever the state */
    bool sticky;   /* it has not been listed for its least time */
};

struct list_step { /* what an event leads to; on a refusal `to` is the old state */
    enum list_state to;
    enum refusal refusal;
};

/* The name machine. Refuses with BLACKLIST_BAD_STATE and BLACKLIST_STICKY. */
CN_NONNULL CN_PURE struct list_step list_step(enum list_state from, enum list_event event,
                                              const struct list_view *v);

/* "POISONED_PART"; a sentence for people. */
CN_CONST const char *list_state_name(enum list_state s);
CN_CONST const char *list_state_text(enum list_state s);
CN_CONST const char *list_event_name(enum list_event e);

enum measure_state { MEASURE_OFF, MEASURE_ON, MEASURE_TAIL, MEASURE_STATE_COUNT };

enum measure_event { MEASURE_EV_START, MEASURE_EV_STOP, MEASURE_EV_OVER, MEASURE_EVENT_COUNT };

struct measure_step {
    enum measure_state to;
    enum refusal refusal;
};

/* The measure machine: `sticky` as above; what has no tail passes through TAIL in no time. Refuses
 * with OUTAGE_BAD_STATE and BLACKLIST_STICKY. */
CN_CONST struct measure_step list_measure(enum measure_state from, enum measure_event event,
                                          bool sticky);

CN_CONST const char *list_measure_name(enum measure_state s);
CN_CONST const char *list_measure_event_name(enum measure_event e);

/* What an entry of the lists is about. */
enum listed_kind {
    LISTED_NAME,     /* the name machine */
    LISTED_HTTP,     /* requests that contain the name are reset */
    LISTED_PROVINCE, /* the box of a province, for traffic that leaves it */
    LISTED_PORTS,    /* found on a port other than 80 and 443 without a filing */
    LISTED_HIJACK,   /* the delegation was replaced at the registry */
    LISTED_BOGUS,    /* whole top-level domains resolve to one address */
    LISTED_KIND_COUNT
};

CN_CONST const char *list_kind_name(enum listed_kind k);

enum {
    LISTED_MAX = 256,        /* entries of a world; one that is clean again is used for the next */
    LISTED_STEPS = 32,       /* of a TTL, in which caches are looked at while they forget */
    LISTED_RESIDUAL_S = 180, /* the longest residual block after a reset (FACTS H, M6 M7) */
    LISTED_TLDS_MAX = 16,    /* of one event */
    LISTED_PERMILLE = 1000   /* everybody */
};

#endif
