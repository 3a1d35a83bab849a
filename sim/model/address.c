/* SPDX-License-Identifier: MIT */
#include "cnedge/model/address.h"

static const char *const names[ADDRESS_STATE_COUNT] = {"CLEAN", "PORT_BLOCKED", "BLACKHOLED",
                                                       "RETIRED"};

enum { BAD = ADDRESS_STATE_COUNT };

static const unsigned char table[ADDRESS_STATE_COUNT][ADDRESS_EVENT_COUNT] = {
    /*                        BLOCK                 BLACKHOLE           ROTATE           CLEAR */
    [ADDRESS_CLEAN] = {ADDRESS_PORT_BLOCKED, ADDRESS_BLACKHOLED, ADDRESS_RETIRED, BAD},
    [ADDRESS_PORT_BLOCKED] = {ADDRESS_PORT_BLOCKED, ADDRESS_BLACKHOLED, ADDRESS_RETIRED,
                              ADDRESS_CLEAN},
    [ADDRESS_BLACKHOLED] = {BAD, BAD, ADDRESS_RETIRED, ADDRESS_CLEAN},
    [ADDRESS_RETIRED] = {BAD, BAD, BAD, BAD},
};

static enum refusal guard(enum address_event event, const struct address_view *v)
{
    switch (event) {
    case ADDRESS_EV_BLOCK:
        if (v->same) return REFUSAL_ADDRESS_BAD_STATE;
        return v->full ? REFUSAL_ADDRESS_BLOCKS_FULL : REFUSAL_NONE;
    case ADDRESS_EV_BLACKHOLE:
        return v->full ? REFUSAL_ADDRESS_BLOCKS_FULL : REFUSAL_NONE;
    case ADDRESS_EV_ROTATE:
        if (!v->in_use) return REFUSAL_ADDRESS_NOT_IN_USE;
        return v->spare ? REFUSAL_NONE : REFUSAL_NO_SPARE_ADDRESS;
    case ADDRESS_EV_CLEAR:
        return v->sticky ? REFUSAL_ADDRESS_STICKY : REFUSAL_NONE;
    case ADDRESS_EVENT_COUNT:
        break;
    }
    return REFUSAL_ADDRESS_BAD_STATE;
}

struct address_step address_step(enum address_state from, enum address_event event,
                                 const struct address_view *v)
{
    CN_ASSERT(from < ADDRESS_STATE_COUNT && event < ADDRESS_EVENT_COUNT);
    unsigned to = table[from][event];
    if (to == BAD) return (struct address_step){from, REFUSAL_ADDRESS_BAD_STATE};
    enum refusal refusal = guard(event, v);
    if (refusal != REFUSAL_NONE) return (struct address_step){from, refusal};
    return (struct address_step){(enum address_state)to, REFUSAL_NONE};
}

const char *address_state_name(enum address_state s)
{
    CN_ASSERT(s < ADDRESS_STATE_COUNT);
    return names[s];
}
