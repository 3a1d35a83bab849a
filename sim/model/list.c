/* SPDX-License-Identifier: MIT */
#include "cnedge/model/list.h"

static const char *const state_names[LIST_STATE_COUNT] = {
#define X(name, text) #name,
    LIST_STATES(X)
#undef X
};

static const char *const state_texts[LIST_STATE_COUNT] = {
#define X(name, text) text,
    LIST_STATES(X)
#undef X
};

static const char *const event_names[LIST_EVENT_COUNT] = {"poison_part", "poison_all", "poison_end",
                                                          "sni_reset",   "sni_clear",  "cleared"};

static const char *const measure_names[MEASURE_STATE_COUNT] = {"OFF", "ON", "TAIL"};
static const char *const measure_event_names[MEASURE_EVENT_COUNT] = {"start", "stop", "over"};

static const char *const kind_names[LISTED_KIND_COUNT] = {"name",  "http",   "province",
                                                          "ports", "hijack", "bogus"};

enum { BAD = 0xFF };

/* FACTS B6. Rows: from; columns: poison_part, poison_all, poison_end, sni_reset, sni_clear,
 * cleared. Where the source leaves gaps:
 * - SNI resets need no forging before them (drill 26: "DNS clean");
 * - forging may begin or grow while resets last, and end before them; the resets stay;
 * - forging that is general does not become partial again: it ends;
 * - a name may be listed again while it is being cleared. */
static const uint8_t table[LIST_STATE_COUNT][LIST_EVENT_COUNT] = {
    [LIST_CLEAN] = {LIST_POISONED_PART, LIST_POISONED_ALL, BAD, LIST_SNI_RESET, BAD, BAD},
    [LIST_POISONED_PART] = {LIST_POISONED_PART, LIST_POISONED_ALL, LIST_CLEARING, LIST_SNI_RESET,
                            BAD, BAD},
    [LIST_POISONED_ALL] = {BAD, BAD, LIST_CLEARING, LIST_SNI_RESET, BAD, BAD},
    [LIST_SNI_RESET] = {LIST_SNI_RESET, LIST_SNI_RESET, LIST_SNI_RESET, BAD, LIST_CLEARING, BAD},
    [LIST_CLEARING] = {LIST_POISONED_PART, LIST_POISONED_ALL, BAD, LIST_SNI_RESET, BAD, LIST_CLEAN},
};

struct list_step list_step(enum list_state from, enum list_event event, const struct list_view *v)
{
    CN_ASSERT(from < LIST_STATE_COUNT);
    CN_ASSERT(event < LIST_EVENT_COUNT);
    uint8_t to = table[from][event];
    bool end = event == LIST_EV_POISON_END;
    if (to == BAD || (end && !v->forged)) {
        return (struct list_step){from, REFUSAL_BLACKLIST_BAD_STATE};
    }
    if ((end || event == LIST_EV_SNI_CLEAR) && v->sticky) {
        return (struct list_step){from, REFUSAL_BLACKLIST_STICKY};
    }
    return (struct list_step){(enum list_state)to, REFUSAL_NONE};
}

/* Rows: from; columns: start, stop, over. */
static const uint8_t measures[MEASURE_STATE_COUNT][MEASURE_EVENT_COUNT] = {
    [MEASURE_OFF] = {MEASURE_ON, BAD, BAD},
    [MEASURE_ON] = {BAD, MEASURE_TAIL, BAD},
    [MEASURE_TAIL] = {MEASURE_ON, BAD, MEASURE_OFF},
};

struct measure_step list_measure(enum measure_state from, enum measure_event event, bool sticky)
{
    CN_ASSERT(from < MEASURE_STATE_COUNT);
    CN_ASSERT(event < MEASURE_EVENT_COUNT);
    uint8_t to = measures[from][event];
    if (to == BAD) return (struct measure_step){from, REFUSAL_OUTAGE_BAD_STATE};
    if (event == MEASURE_EV_STOP && sticky) {
        return (struct measure_step){from, REFUSAL_BLACKLIST_STICKY};
    }
    return (struct measure_step){(enum measure_state)to, REFUSAL_NONE};
}

const char *list_state_name(enum list_state s)
{
    CN_ASSERT(s < LIST_STATE_COUNT);
    return state_names[s];
}

const char *list_state_text(enum list_state s)
{
    CN_ASSERT(s < LIST_STATE_COUNT);
    return state_texts[s];
}

const char *list_event_name(enum list_event e)
{
    CN_ASSERT(e < LIST_EVENT_COUNT);
    return event_names[e];
}

const char *list_measure_name(enum measure_state s)
{
    CN_ASSERT(s < MEASURE_STATE_COUNT);
    return measure_names[s];
}

const char *list_measure_event_name(enum measure_event e)
{
    CN_ASSERT(e < MEASURE_EVENT_COUNT);
    return measure_event_names[e];
}

const char *list_kind_name(enum listed_kind k)
{
    CN_ASSERT(k < LISTED_KIND_COUNT);
    return kind_names[k];
}
