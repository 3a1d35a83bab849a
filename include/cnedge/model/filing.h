/* SPDX-License-Identifier: MIT
 * filing.h: the machine of one ICP filing (备案), FACTS B1. Room model (pure): state in, state out.
 *
 * The table in filing.c is the machine; guards that need more than the state are in
 * filing_guard. A filing has no expiry date and a revoked one never comes back (FACTS 0.2). */
#ifndef CNEDGE_MODEL_FILING_H
#define CNEDGE_MODEL_FILING_H

#include "cnedge/base/simtime.h"
#include "cnedge/model/refusal.h"

/* X(suffix = name in scenarios, may a mainland PoP serve?, meaning) */
#define FILING_STATES(X)                                                                           \
    X(NONE, false, "nothing filed")                                                                \
    X(DRAFT, false, "the order is being filled in")                                                \
    X(PROVIDER_REVIEW, false, "the access provider reviews")                                       \
    X(PROVIDER_FIX, false, "the provider wants corrections")                                       \
    X(PROVIDER_REJECTED, false, "the provider rejected the order")                                 \
    X(SMS_PENDING, false, "waiting for the SMS code")                                              \
    X(BUREAU_REVIEW, false, "locked at the bureau")                                                \
    X(BUREAU_REJECTED, false, "the bureau rejected the order")                                     \
    X(APPROVED_UNSYNCED, false, "approved, but the partner has not seen it yet")                   \
    X(ACTIVE, true, "in force")                                                                    \
    X(CHANGE_PENDING, true, "in force, a change order is open")                                    \
    X(AUDIT_NOTICE, true, "in force, an audit found a mismatch and set a deadline")                \
    X(ACCESS_CANCELLED, false, "the provider cancelled its access")                                \
    X(SHELL_SITE, false, "no access provider is left; the bureau will clean up")                   \
    X(SHELL_SUBJECT, false, "the subject has no site left; the bureau will clean up")              \
    X(DEREGISTERED, false, "given up by its holder")                                               \
    X(REVOKED, false, "revoked by the bureau; the number is gone")

enum filing_state {
#define X(name, serves, text) FILING_##name,
    FILING_STATES(X)
#undef X
        FILING_STATE_COUNT
};

/* What can happen to one filing. Subject-wide events are applied to each filing of the subject. */
enum filing_event {
    FILING_EV_DRAFT,
    FILING_EV_SUBMIT,
    FILING_EV_PROVIDER_PASS,
    FILING_EV_PROVIDER_FIX,
    FILING_EV_PROVIDER_REJECT,
    FILING_EV_SMS_OK,
    FILING_EV_SMS_WRONG,
    FILING_EV_WITHDRAW,
    FILING_EV_BUREAU_PASS,
    FILING_EV_BUREAU_REJECT,
    FILING_EV_SYNCED, /* timer: the partner has seen the approval */
    FILING_EV_CHANGE,
    FILING_EV_CHANGE_DONE,
    FILING_EV_AUDIT_HIT,
    FILING_EV_AUDIT_FIX,
    FILING_EV_AUDIT_TIMEOUT, /* timer: the deadline passed */
    FILING_EV_SHELL,         /* timer: it was the last access */
    FILING_EV_CLEANUP,       /* timer: the bureau removes the shell */
    FILING_EV_DEREGISTER,
    FILING_EV_REVOKE,
    FILING_EV_RESTORE,
    FILING_EV_REFILE,
    FILING_EV_DEREGISTER_SUBJECT, /* one filing of a subject that gives up all of them */
    FILING_EV_ADD_ACCESS,         /* an extra-access order */
    FILING_EV_CANCEL_ACCESS,      /* a provider's access is cancelled */
    FILING_EVENT_COUNT
};

struct filing_step {
    enum filing_state to; /* the old state when refused */
    enum refusal refusal;
};

/* What the guards look at besides the state. */
struct filing_view {
    bool order_open;        /* another order of the subject is open, here or at another site */
    enum refusal applicant; /* what speaks against who applies and for what; or REFUSAL_NONE */
    bool tld_ok;            /* setting approved_tlds, or the rule tld_set */
    bool registrar_ok;
    bool realname_ok;     /* holder data equal the subject's, for realname_age or longer */
    bool term_ok;         /* the domain stays registered for longer than domain_term */
    bool resource_ok;     /* mainland hosting for resource_term or longer */
    bool first_filing;    /* the subject holds no filing in force */
    bool resolves;        /* the site's names resolve */
    bool sms_needed;      /* the order needs the SMS code before it goes to the bureau */
    bool subject_changes; /* a change that would alter the subject */
    bool barred;          /* the subject is barred */
    bool sms_window_open; /* since the code was sent */
    bool sms_tries_left;
    bool data_audited;   /* the audit found the holder's data wrong: a change order mends that */
    bool mended;         /* what the audit found is no longer so */
    bool last_access;    /* no provider but the one that goes carries the filing */
    bool still_overseas; /* the audit's finding, and it is still so */
    bool last_site;      /* no other site of the subject has access */
};

/* The transition, or the first guard that refuses it. */
CN_NONNULL CN_PURE struct filing_step filing_step(enum filing_state from, enum filing_event event,
                                                  const struct filing_view *v);

/* May a mainland PoP serve? */
CN_CONST bool filing_serves(enum filing_state s);
/* Is an order of the subject open in this state? */
CN_CONST bool filing_order_open(enum filing_state s);
/* Does a number exist that vetting can be asked for with? */
CN_CONST bool filing_has_number(enum filing_state s);

CN_CONST const char *filing_state_name(enum filing_state s);
CN_CONST const char *filing_state_text(enum filing_state s);
CN_CONST const char *filing_event_name(enum filing_event e);

/* Why a filing was lost (FACTS B1, revocation causes). */
enum filing_cause {
    CAUSE_UNSTATED,
    CAUSE_HOLDER_REQUEST,
    CAUSE_DOMAIN_LAPSED,
    CAUSE_FALSE_DATA,
    CAUSE_ILLEGAL_CONTENT,
    CAUSE_SUBJECT_ABNORMAL,
    CAUSE_RESOLVES_OVERSEAS, /* this one and those below: of audits */
    CAUSE_WRONG_FOOTER,
    CAUSE_CONTACT_DEAD,
    CAUSE_CERTIFICATE_EXPIRED,
    CAUSE_COUNT
};

CN_CONST const char *filing_cause_name(enum filing_cause c);

/* The reduced view that a router consumes (FACTS B1, AWS and Alibaba expose the same). */
enum filing_status { STATUS_OK, STATUS_NO, STATUS_ILLEGAL, STATUS_UNKNOWN, STATUS_COUNT };

CN_CONST const char *filing_status_name(enum filing_status s);

#endif
