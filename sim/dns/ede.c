/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/ede.h"

#include <stdio.h>

static const struct {
    uint16_t code;
    const char *name;
} names[] = {{EDE_STALE_ANSWER, "Stale Answer"},
             {EDE_NOT_READY, "Not Ready"},
             {EDE_BLOCKED, "Blocked"},
             {EDE_CENSORED, "Censored"},
             {EDE_FILTERED, "Filtered"},
             {EDE_PROHIBITED, "Prohibited"},
             {EDE_NOT_AUTHORITATIVE, "Not Authoritative"}};

const char *ede_name(uint16_t code)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        if (names[i].code == code) return names[i].name;
    }
    return NULL;
}

/* Who is behind a reason; 0: it takes nothing away. */
static uint16_t code_of(enum policy_rule rule)
{
    switch ((int)rule) {
    case RULE_BLACKLISTED: /* the state */
    case RULE_FILING_LOST:
    case RULE_SUBJECT_REVOKED:
    case RULE_PSB_PENALISED:
        return EDE_CENSORED;
    case RULE_PARTNER_SUSPENDED_ALL: /* the operator of the network */
    case RULE_PARTNER_SUSPENDED:
    case RULE_PARTNER_ENDED:
    case RULE_VETTING_LOST:
    case RULE_EDGE_UNMAPPED:
        return EDE_BLOCKED;
    case RULE_RESOLUTION_CLOSED: /* the customer */
    case RULE_FAMILY_NODATA:
        return EDE_FILTERED;
    case RULE_FILING_MISSING: /* nobody: it was never allowed, or is not yet */
    case RULE_FILING_UNSYNCED:
    case RULE_ACCESS_MISSING:
    case RULE_STATUS_UNKNOWN_OVER:
    case RULE_SUBSCRIPTION_INACTIVE:
    case RULE_VETTING_MISSING:
    case RULE_COMMERCIAL_MISSING:
    case RULE_PROVISIONING_MISSING:
        return EDE_PROHIBITED;
    case RULE_DOMAIN_LAPSED:
        return EDE_NOT_AUTHORITATIVE;
    case RULE_STATUS_UNKNOWN_GRACE:
        return EDE_STALE_ANSWER;
    default:
        return 0;
    }
}

/* What the name itself met comes before what its licences are, and those before a status that is
 * only old. */
static bool comes_before(uint16_t a, uint16_t b)
{
    if (b == 0) return true;
    if (b == EDE_STALE_ANSWER) return a != EDE_STALE_ANSWER;
    return a == EDE_NOT_AUTHORITATIVE || a == EDE_FILTERED;
}

static bool from_reasons(const struct world *w, const struct decision *d, struct ede *out)
{
    uint16_t best = 0;
    for (uint8_t i = 0; i < d->reason_count; i++) {
        uint16_t code = code_of((enum policy_rule)d->reasons[i].rule);
        if (code == 0 || !comes_before(code, best)) continue;
        best = code;
        policy_reason_text(w->topology, d->reasons[i], out->text, sizeof(out->text));
    }
    out->code = best;
    return best != 0;
}

static bool plain(struct ede *out, enum ede_code code, const char *text)
{
    out->code = (uint16_t)code;
    snprintf(out->text, sizeof(out->text), "%s", text);
    return true;
}

bool ede_of(const struct world *w, const struct answer *a, uint16_t type, const struct decision *d,
            struct ede *out)
{
    if (w->choices->ede == EDE_OFF) return false;
    if (a->kind == ANSWER_SERVFAIL) {
        return plain(out, EDE_NOT_READY, "the partner's nameservers in China do not work");
    }
    if (a->zone == NULL) {
        return plain(out, EDE_NOT_AUTHORITATIVE, "the name is in no zone of ours");
    }
    if (d == NULL) return false;
    bool address = d->kind == DECISION_POP || d->kind == DECISION_ORIGIN;
    bool asked = type == RR_A || type == RR_AAAA;
    if (address && (w->choices->ede != EDE_ALL || !asked)) return false;
    return from_reasons(w, d, out);
}
