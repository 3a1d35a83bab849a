/* SPDX-License-Identifier: MIT
 * address.h: the machine of one address of a PoP (FACTS B6). Room model (pure).
 *
 *   CLEAN          every client can reach it, as far as lists go
 *   PORT_BLOCKED   one port, or all, are blocked for some carriers or provinces
 *   BLACKHOLED     packets to it are dropped everywhere in the mainland
 *   RETIRED        the operator rotated it out; it never comes back
 *
 * A clearing is refused before the block has lasted for its least time (settings address_block_min
 * and address_blackhole_min, SIM: B6 says "possible but slow"). Rotation needs a clean spare. */
#ifndef CNEDGE_MODEL_ADDRESS_H
#define CNEDGE_MODEL_ADDRESS_H

#include "cnedge/model/refusal.h"

enum address_state {
    ADDRESS_CLEAN,
    ADDRESS_PORT_BLOCKED,
    ADDRESS_BLACKHOLED,
    ADDRESS_RETIRED,
    ADDRESS_STATE_COUNT
};

enum address_event {
    ADDRESS_EV_BLOCK,     /* guards: ADDRESS_BLOCKS_FULL */
    ADDRESS_EV_BLACKHOLE, /* guards: ADDRESS_BLOCKS_FULL */
    ADDRESS_EV_ROTATE,    /* guards: ADDRESS_NOT_IN_USE, NO_SPARE_ADDRESS */
    ADDRESS_EV_CLEAR,     /* guard: ADDRESS_STICKY */
    ADDRESS_EVENT_COUNT
};

/* What the guards look at. */
struct address_view {
    bool in_use; /* given in answers unless it is blocked */
    bool spare;  /* the PoP has a clean address that is not in use */
    bool sticky; /* the block has not lasted for its least time */
    bool same;   /* this very block stands already */
    bool full;   /* the table of blocks has no room */
};

struct address_step {
    enum address_state to;
    enum refusal refusal;
};

/* The machine: a table of (state, event), then the guards. */
CN_NONNULL CN_PURE struct address_step
address_step(enum address_state from, enum address_event event, const struct address_view *v);

/* "CLEAN", ... */
CN_CONST const char *address_state_name(enum address_state s);

#endif
