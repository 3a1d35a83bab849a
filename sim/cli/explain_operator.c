/* SPDX-License-Identifier: MIT
 * explain_operator.c: `cnedge explain --operator`: what the operator of a site can know.
 *
 * The bureau speaks to the holder and the partner, not to the CDN's customer. What comes through is
 * one of three words per site (FACTS B1: AWS exposes APPROVED, SUSPENDED and PENDING), never a
 * cause. Health, provisioning, the subscription and vetting are the operator's own business. */
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"

/* Whether the rule speaks of what lies behind the partner's word. */
static bool behind_the_word(enum policy_rule rule)
{
    switch ((int)rule) {
    case RULE_BLACKLISTED:
    case RULE_FILING_SERVES:
    case RULE_FILING_MISSING:
    case RULE_FILING_UNSYNCED:
    case RULE_FILING_LOST:
    case RULE_ACCESS_MISSING:
    case RULE_SUBJECT_REVOKED:
    case RULE_STATUS_UNKNOWN_GRACE:
    case RULE_STATUS_UNKNOWN_OVER:
    case RULE_PARTNER_SUSPENDED:
    case RULE_PARTNER_SUSPENDED_ALL:
    case RULE_REVOCATION_POLICY:
        return true;
    default:
        return false;
    }
}

static const char *word_of(const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    bool partner = w->partners[s->partner].state == PARTNER_ACTIVE;
    bool account = s->subscription != SUBSCRIPTION_SUSPENDED_BY_PARTNER;
    if (s->status == STATUS_UNKNOWN) return "PENDING";
    bool good = s->status == STATUS_OK && !s->suspended && !s->by_holder && !s->blacklisted;
    return good && partner && account ? "APPROVED" : "SUSPENDED";
}

static bool passed_over(const struct decision *d)
{
    for (uint8_t i = 0; i < d->reason_count; i++) {
        if (behind_the_word((enum policy_rule)d->reasons[i].rule)) return true;
    }
    return false;
}

void explain_operator_print(const struct world *w, const struct answer *a, uint16_t line,
                            enum family family)
{
    struct decision d;
    if (a->site == CN_NONE32) return;
    printf("site %s: the partner says %s\n", w->spec->sites[a->site].domain, word_of(w, a->site));
    if (a->host == CN_NONE32 || w->spec->hosts[a->host].cname != NULL) return;
    world_decide(w, a->host, line, family, &d);
    printf("because, as far as the operator can know:\n");
    for (uint8_t i = 0; i < d.reason_count; i++) {
        char text[512];
        enum policy_rule rule = (enum policy_rule)d.reasons[i].rule;
        if (behind_the_word(rule)) continue;
        policy_reason_text(w->topology, d.reasons[i], text, sizeof(text));
        printf("  %-24s %s\n", policy_rule_id(rule), text);
    }
    const char *word = word_of(w, a->site);
    const char *silent = strcmp(word, "APPROVED") == 0 ? "" : ", and not why";
    if (passed_over(&d)) printf("  %-24s the partner says %s%s\n", "-", word, silent);
}
