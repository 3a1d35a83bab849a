/* SPDX-License-Identifier: MIT */
#include "cnedge/model/filing.h"

static const struct state_info {
    const char *name;
    bool serves;
    const char *text;
} states[FILING_STATE_COUNT] = {
#define X(name, serves, text) {#name, serves, text},
    FILING_STATES(X)
#undef X
};

static const char *const event_names[FILING_EVENT_COUNT] = {"draft",
                                                            "submit",
                                                            "provider_pass",
                                                            "provider_fix",
                                                            "provider_reject",
                                                            "sms_ok",
                                                            "sms_wrong",
                                                            "withdraw",
                                                            "bureau_pass",
                                                            "bureau_reject",
                                                            "synced",
                                                            "change",
                                                            "change_done",
                                                            "audit_hit",
                                                            "audit_fix",
                                                            "audit_timeout",
                                                            "shell",
                                                            "cleanup",
                                                            "deregister",
                                                            "revoke",
                                                            "restore",
                                                            "refile",
                                                            "deregister_subject",
                                                            "add_access",
                                                            "cancel_access"};

static const char *const cause_names[CAUSE_COUNT] = {
    "unstated",        "holder_request",     "domain_lapsed",     "false_data",
    "illegal_content", "subject_abnormal",   "resolves_overseas", "wrong_footer",
    "contact_dead",    "certificate_expired"};

static const char *const status_names[STATUS_COUNT] = {"OK", "NO", "ILLEGAL", "UNKNOWN"};

enum { GO_NOWHERE = 0xFF };

#define S(name)     (1U << FILING_##name)
#define AT_PROVIDER (S(PROVIDER_REVIEW) | S(PROVIDER_FIX) | S(PROVIDER_REJECTED) | S(SMS_PENDING))
#define SERVING     (S(ACTIVE) | S(CHANGE_PENDING) | S(AUDIT_NOTICE))
#define HOLDS_NUMBER                                                                               \
    (SERVING | S(APPROVED_UNSYNCED) | S(ACCESS_CANCELLED) | S(SHELL_SITE) | S(SHELL_SUBJECT))

/* FACTS B1, "Events and guards": from which states an event is legal and where it leads. A target
 * of GO_NOWHERE keeps the state. Where the source leaves gaps:
 * - submit also continues an order that the provider or the bureau sent back ("fix and restart at
 *   the provider");
 * - withdraw also works while the SMS code is awaited, or a locked-out order could never be undone;
 * - change also answers an audit that found the holder's data wrong (D1.22: "change order needed");
 * - revoke reaches every filing that has a number, serving or not, and so does the deregistration
 *   of the subject ("all sites"), but for one with an open order;
 * - another provider can take a filing over whose last access was cancelled, until it is a shell
 *   ("the provider cancelling and nobody taking over", AL1);
 * - of several accesses one may go without the filing: it stays in force. */
static const struct transition {
    uint32_t from; /* bits of enum filing_state */
    uint8_t to;
} transitions[FILING_EVENT_COUNT] = {
    [FILING_EV_DRAFT] = {S(NONE), FILING_DRAFT},
    [FILING_EV_SUBMIT] = {S(DRAFT) | S(PROVIDER_FIX) | S(PROVIDER_REJECTED) | S(BUREAU_REJECTED),
                          FILING_PROVIDER_REVIEW},
    [FILING_EV_PROVIDER_PASS] = {S(PROVIDER_REVIEW), FILING_SMS_PENDING},
    [FILING_EV_PROVIDER_FIX] = {S(PROVIDER_REVIEW), FILING_PROVIDER_FIX},
    [FILING_EV_PROVIDER_REJECT] = {S(PROVIDER_REVIEW), FILING_PROVIDER_REJECTED},
    [FILING_EV_SMS_OK] = {S(SMS_PENDING), FILING_BUREAU_REVIEW},
    [FILING_EV_SMS_WRONG] = {S(SMS_PENDING), GO_NOWHERE},
    [FILING_EV_WITHDRAW] = {AT_PROVIDER, FILING_DRAFT},
    [FILING_EV_BUREAU_PASS] = {S(BUREAU_REVIEW), FILING_APPROVED_UNSYNCED},
    [FILING_EV_BUREAU_REJECT] = {S(BUREAU_REVIEW), FILING_BUREAU_REJECTED},
    [FILING_EV_SYNCED] = {S(APPROVED_UNSYNCED), FILING_ACTIVE},
    [FILING_EV_CHANGE] = {S(ACTIVE) | S(AUDIT_NOTICE), FILING_CHANGE_PENDING},
    [FILING_EV_CHANGE_DONE] = {S(CHANGE_PENDING), FILING_ACTIVE},
    [FILING_EV_AUDIT_HIT] = {S(ACTIVE), FILING_AUDIT_NOTICE},
    [FILING_EV_AUDIT_FIX] = {S(AUDIT_NOTICE), FILING_ACTIVE},
    [FILING_EV_AUDIT_TIMEOUT] = {S(AUDIT_NOTICE), FILING_ACCESS_CANCELLED},
    [FILING_EV_SHELL] = {S(ACCESS_CANCELLED), FILING_SHELL_SITE},
    [FILING_EV_CLEANUP] = {S(SHELL_SITE) | S(SHELL_SUBJECT), FILING_REVOKED},
    [FILING_EV_DEREGISTER] = {S(ACTIVE), FILING_DEREGISTERED},
    [FILING_EV_REVOKE] = {HOLDS_NUMBER, FILING_REVOKED},
    [FILING_EV_RESTORE] = {0, GO_NOWHERE},
    [FILING_EV_REFILE] = {S(REVOKED) | S(DEREGISTERED), FILING_DRAFT},
    [FILING_EV_DEREGISTER_SUBJECT] = {HOLDS_NUMBER & ~S(CHANGE_PENDING), FILING_DEREGISTERED},
    [FILING_EV_ADD_ACCESS] = {S(ACTIVE) | S(ACCESS_CANCELLED), FILING_CHANGE_PENDING},
    [FILING_EV_CANCEL_ACCESS] = {S(ACTIVE) | S(AUDIT_NOTICE), GO_NOWHERE},
};

static enum refusal guard_submit(const struct filing_view *v)
{
    if (v->barred) return REFUSAL_ENTITY_BARRED;
    if (v->order_open) return REFUSAL_ICP_ORDER_OPEN;
    if (v->applicant != REFUSAL_NONE) return v->applicant;
    if (!v->tld_ok) return REFUSAL_TLD_NOT_APPROVED;
    if (!v->registrar_ok) return REFUSAL_REGISTRAR_NOT_APPROVED;
    if (!v->realname_ok) return REFUSAL_REALNAME_MISMATCH;
    if (!v->term_ok) return REFUSAL_DOMAIN_TERM_SHORT;
    if (!v->resource_ok) return REFUSAL_NO_MAINLAND_RESOURCE;
    if (v->first_filing && v->resolves) return REFUSAL_DOMAIN_RESOLVES_DURING_FILING;
    return REFUSAL_NONE;
}

static enum refusal guard_sms(const struct filing_view *v)
{
    if (!v->sms_window_open) return REFUSAL_SMS_EXPIRED;
    if (!v->sms_tries_left) return REFUSAL_SMS_LOCKED;
    return REFUSAL_NONE;
}

static enum refusal guard_change(enum filing_state from, const struct filing_view *v)
{
    if (from == FILING_AUDIT_NOTICE && !v->data_audited) return REFUSAL_ICP_BAD_STATE;
    if (v->subject_changes) return REFUSAL_SUBJECT_CHANGED_REFILE;
    return v->order_open ? REFUSAL_ICP_ORDER_OPEN : REFUSAL_NONE;
}

/* The guard of a legal event. */
static enum refusal guard(enum filing_state from, enum filing_event event,
                          const struct filing_view *v)
{
    switch ((int)event) {
    case FILING_EV_SUBMIT:
        return guard_submit(v);
    case FILING_EV_SMS_OK:
    case FILING_EV_SMS_WRONG:
        return guard_sms(v);
    case FILING_EV_CHANGE:
        return guard_change(from, v);
    case FILING_EV_DEREGISTER:
    case FILING_EV_DEREGISTER_SUBJECT:
    case FILING_EV_ADD_ACCESS:
        return v->order_open ? REFUSAL_ICP_ORDER_OPEN : REFUSAL_NONE;
    case FILING_EV_AUDIT_FIX:
        if (v->still_overseas) return REFUSAL_AUDIT_STILL_OVERSEAS;
        return v->mended ? REFUSAL_NONE : REFUSAL_AUDIT_NOT_MENDED;
    case FILING_EV_SHELL:
        return v->last_access ? REFUSAL_NONE : REFUSAL_ICP_BAD_STATE;
    case FILING_EV_REFILE:
        return v->barred ? REFUSAL_ENTITY_BARRED : REFUSAL_NONE;
    default:
        return REFUSAL_NONE;
    }
}

/* Which code an event gets in a state where it is not legal. */
static enum refusal wrong_state(enum filing_state from, enum filing_event event)
{
    if (event == FILING_EV_WITHDRAW && from == FILING_BUREAU_REVIEW) {
        return REFUSAL_ICP_LOCKED_AT_BUREAU;
    }
    bool gives_up = event == FILING_EV_DEREGISTER || event == FILING_EV_DEREGISTER_SUBJECT;
    gives_up = gives_up || event == FILING_EV_CANCEL_ACCESS;
    if (gives_up && filing_order_open(from)) return REFUSAL_ICP_ORDER_OPEN;
    if (event == FILING_EV_RESTORE && from == FILING_REVOKED) return REFUSAL_ICP_REVOKED_FINAL;
    return REFUSAL_ICP_BAD_STATE;
}

struct filing_step filing_step(enum filing_state from, enum filing_event event,
                               const struct filing_view *v)
{
    CN_ASSERT(from < FILING_STATE_COUNT);
    CN_ASSERT(event < FILING_EVENT_COUNT);
    const struct transition *t = &transitions[event];
    if ((t->from & 1U << from) == 0) {
        return (struct filing_step){from, wrong_state(from, event)};
    }
    enum refusal refusal = guard(from, event, v);
    if (refusal != REFUSAL_NONE) return (struct filing_step){from, refusal};
    if (event == FILING_EV_CANCEL_ACCESS && v->last_access) {
        return (struct filing_step){FILING_ACCESS_CANCELLED, REFUSAL_NONE};
    }
    if (event == FILING_EV_AUDIT_TIMEOUT && !v->last_access) {
        return (struct filing_step){FILING_ACTIVE, REFUSAL_NONE};
    }
    if (event == FILING_EV_PROVIDER_PASS && !v->sms_needed) {
        return (struct filing_step){FILING_BUREAU_REVIEW, REFUSAL_NONE};
    }
    if (t->to == GO_NOWHERE) return (struct filing_step){from, REFUSAL_NONE};
    if (event == FILING_EV_SHELL && v->last_site) {
        return (struct filing_step){FILING_SHELL_SUBJECT, REFUSAL_NONE};
    }
    return (struct filing_step){(enum filing_state)t->to, REFUSAL_NONE};
}

bool filing_serves(enum filing_state s)
{
    CN_ASSERT(s < FILING_STATE_COUNT);
    return states[s].serves;
}

bool filing_order_open(enum filing_state s)
{
    CN_ASSERT(s < FILING_STATE_COUNT);
    return (1U << s & (AT_PROVIDER | S(BUREAU_REVIEW) | S(CHANGE_PENDING))) != 0;
}

bool filing_has_number(enum filing_state s)
{
    CN_ASSERT(s < FILING_STATE_COUNT);
    return (1U << s & HOLDS_NUMBER) != 0;
}

const char *filing_state_name(enum filing_state s)
{
    CN_ASSERT(s < FILING_STATE_COUNT);
    return states[s].name;
}

const char *filing_state_text(enum filing_state s)
{
    CN_ASSERT(s < FILING_STATE_COUNT);
    return states[s].text;
}

const char *filing_event_name(enum filing_event e)
{
    CN_ASSERT(e < FILING_EVENT_COUNT);
    return event_names[e];
}

const char *filing_cause_name(enum filing_cause c)
{
    CN_ASSERT(c < CAUSE_COUNT);
    return cause_names[c];
}

const char *filing_status_name(enum filing_status s)
{
    CN_ASSERT(s < STATUS_COUNT);
    return status_names[s];
}
