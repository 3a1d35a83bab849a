/* SPDX-License-Identifier: MIT */
#include "cnedge/model/package.h"

static const char *const names[PACKAGE_STATE_COUNT] = {
#define X(name, carries, text) #name,
    PACKAGE_STATES(X)
#undef X
};

static const char *const texts[PACKAGE_STATE_COUNT] = {
#define X(name, carries, text) text,
    PACKAGE_STATES(X)
#undef X
};

static const bool carries_traffic[PACKAGE_STATE_COUNT] = {
#define X(name, carries, text) carries,
    PACKAGE_STATES(X)
#undef X
};

static const char *const event_names[PACKAGE_EVENT_COUNT] = {
    "create",       "created", "bind",     "unbind", "upgrade", "downgrade",
    "temp_upgrade", "resized", "fallback", "renew",  "expire",  "release"};

static const char *const portal_names[PORTAL_COUNT] = {"international", "domestic"};

#define B(state) (1U << (unsigned)(state))

/* Bound, with a size that lasts; with a size for a while. */
#define LASTING (B(PACKAGE_IN_USE) | B(PACKAGE_UPGRADED) | B(PACKAGE_DOWNGRADED))
#define BOUND   (LASTING | B(PACKAGE_TEMP_UPGRADED))
#define LIVE    (B(PACKAGE_IDLE) | BOUND)

enum { STAY = PACKAGE_STATE_COUNT };

/* FACTS B7: CREATING -> IDLE -> IN_USE -> {UPGRADED, DOWNGRADED, TEMP_UPGRADED} -> EXPIRED ->
 * RELEASED. STAY is refined by land_of. */
static const struct transition {
    uint16_t from;
    uint8_t to;
} table[PACKAGE_EVENT_COUNT] = {
    [PACKAGE_EV_CREATE] = {B(PACKAGE_NONE), PACKAGE_CREATING},
    [PACKAGE_EV_CREATED] = {B(PACKAGE_CREATING), PACKAGE_IDLE},
    [PACKAGE_EV_BIND] = {B(PACKAGE_IDLE), PACKAGE_IN_USE},
    [PACKAGE_EV_UNBIND] = {LASTING, PACKAGE_IDLE},
    [PACKAGE_EV_UPGRADE] = {LASTING | B(PACKAGE_IDLE), PACKAGE_UPGRADED},
    [PACKAGE_EV_DOWNGRADE] = {LASTING | B(PACKAGE_IDLE), PACKAGE_DOWNGRADED},
    [PACKAGE_EV_TEMP_UPGRADE] = {LASTING, PACKAGE_TEMP_UPGRADED},
    [PACKAGE_EV_RESIZED] = {B(PACKAGE_IDLE) | B(PACKAGE_UPGRADED), STAY},
    [PACKAGE_EV_FALLBACK] = {B(PACKAGE_TEMP_UPGRADED), PACKAGE_IN_USE},
    [PACKAGE_EV_RENEW] = {LIVE | B(PACKAGE_EXPIRED), STAY},
    [PACKAGE_EV_EXPIRE] = {LIVE, PACKAGE_EXPIRED},
    [PACKAGE_EV_RELEASE] = {B(PACKAGE_IDLE) | B(PACKAGE_EXPIRED), PACKAGE_RELEASED},
};

/* Orders wait for the one before; what time does by itself waits for nothing. */
static bool is_order(enum package_event e)
{
    switch (e) {
    case PACKAGE_EV_CREATED:
    case PACKAGE_EV_RESIZED:
    case PACKAGE_EV_FALLBACK:
    case PACKAGE_EV_EXPIRE:
        return false;
    case PACKAGE_EV_CREATE:
    case PACKAGE_EV_BIND:
    case PACKAGE_EV_UNBIND:
    case PACKAGE_EV_UPGRADE:
    case PACKAGE_EV_DOWNGRADE:
    case PACKAGE_EV_TEMP_UPGRADE:
    case PACKAGE_EV_RENEW:
    case PACKAGE_EV_RELEASE:
    case PACKAGE_EVENT_COUNT:
        break;
    }
    return true;
}

static bool size_ok(uint32_t mbit)
{
    return mbit >= PACKAGE_MBIT_MIN && mbit <= PACKAGE_MBIT_MAX;
}

static enum refusal larger_guard(const struct package_view *v)
{
    if (!size_ok(v->target) || v->target <= v->mbit) return REFUSAL_BWP_SIZE;
    return v->affordable ? REFUSAL_NONE : REFUSAL_INSUFFICIENT_BALANCE;
}

static enum refusal smaller_guard(const struct package_view *v)
{
    if (!size_ok(v->target) || v->target >= v->mbit) return REFUSAL_BWP_SIZE;
    bool domestic = v->portal == PORTAL_DOMESTIC;
    bool forbidden =
        v->rule == DOWNGRADE_NEVER || (v->rule == DOWNGRADE_INTL_PORTAL_ONLY && domestic);
    if (v->cross_border && forbidden) return REFUSAL_BWP_DOWNGRADE_PORTAL;
    return v->connected > v->target ? REFUSAL_BWP_SUM_EXCEEDS : REFUSAL_NONE;
}

static enum refusal temporary_guard(const struct package_view *v)
{
    if (v->pay_as_you_go) return REFUSAL_INVALID_STATUS;
    if (!v->temporary) return REFUSAL_BWP_TEMP_DISABLED;
    if (v->lasts.ns < v->lasts_min.ns) return REFUSAL_BWP_TEMP_SHORT;
    return larger_guard(v);
}

/* Guards of an event that the state allows. */
static enum refusal guard(enum package_event event, const struct package_view *v)
{
    switch (event) {
    case PACKAGE_EV_CREATE:
        if (!size_ok(v->target)) return REFUSAL_BWP_SIZE;
        return v->affordable ? REFUSAL_NONE : REFUSAL_INSUFFICIENT_BALANCE;
    case PACKAGE_EV_UNBIND:
        return v->connected > 0 ? REFUSAL_BWP_CONNECTED : REFUSAL_NONE;
    case PACKAGE_EV_UPGRADE:
        return larger_guard(v);
    case PACKAGE_EV_DOWNGRADE:
        return smaller_guard(v);
    case PACKAGE_EV_TEMP_UPGRADE:
        return temporary_guard(v);
    case PACKAGE_EV_RENEW:
        if (v->pay_as_you_go) return REFUSAL_INVALID_STATUS;
        return v->affordable ? REFUSAL_NONE : REFUSAL_INSUFFICIENT_BALANCE;
    case PACKAGE_EV_EXPIRE:
        return v->pay_as_you_go ? REFUSAL_INVALID_STATUS : REFUSAL_NONE;
    case PACKAGE_EV_CREATED:
    case PACKAGE_EV_BIND:
    case PACKAGE_EV_RESIZED:
    case PACKAGE_EV_FALLBACK:
    case PACKAGE_EV_RELEASE:
    case PACKAGE_EVENT_COUNT:
        break;
    }
    return REFUSAL_NONE;
}

/* Where a legal event leads: an idle package that is resized stays idle, and one that is renewed
 * too late is what it was before. */
static enum package_state land_of(enum package_state from, enum package_event event,
                                  const struct package_view *v)
{
    bool resize = event == PACKAGE_EV_UPGRADE || event == PACKAGE_EV_DOWNGRADE;
    if (resize && from == PACKAGE_IDLE) return from;
    if (event == PACKAGE_EV_RENEW && from == PACKAGE_EXPIRED) {
        return v->bound ? PACKAGE_IN_USE : PACKAGE_IDLE;
    }
    return table[event].to == STAY ? from : (enum package_state)table[event].to;
}

struct package_step package_step(enum package_state from, enum package_event event,
                                 const struct package_view *v)
{
    CN_ASSERT(from < PACKAGE_STATE_COUNT && event < PACKAGE_EVENT_COUNT);
    struct package_step refused = {from, REFUSAL_INVALID_STATUS};
    if (from == PACKAGE_CREATING && event != PACKAGE_EV_CREATED) {
        refused.refusal = REFUSAL_ORDER_PROCESSING;
        return refused;
    }
    if ((table[event].from & B(from)) == 0) return refused;
    refused.refusal =
        v->processing && is_order(event) ? REFUSAL_OPERATION_PROCESSING : guard(event, v);
    if (refused.refusal != REFUSAL_NONE) return refused;
    return (struct package_step){land_of(from, event, v), REFUSAL_NONE};
}

bool package_carries(enum package_state s)
{
    CN_ASSERT(s < PACKAGE_STATE_COUNT);
    return carries_traffic[s];
}

bool package_billed(enum package_state s)
{
    CN_ASSERT(s < PACKAGE_STATE_COUNT);
    return (LIVE & B(s)) != 0;
}

const char *package_state_name(enum package_state s)
{
    CN_ASSERT(s < PACKAGE_STATE_COUNT);
    return names[s];
}

const char *package_state_text(enum package_state s)
{
    CN_ASSERT(s < PACKAGE_STATE_COUNT);
    return texts[s];
}

const char *package_event_name(enum package_event e)
{
    CN_ASSERT(e < PACKAGE_EVENT_COUNT);
    return event_names[e];
}

const char *package_portal_name(enum package_portal p)
{
    CN_ASSERT(p < PORTAL_COUNT);
    return portal_names[p];
}
