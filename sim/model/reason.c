/* SPDX-License-Identifier: MIT
 * reason.c: the words of policy.h's rules. */
#include "cnedge/model/policy.h"

#include <stdio.h>
#include <string.h>

enum arg_kind {
    ARG_NOTHING,
    ARG_LINE,
    ARG_COVERAGE,
    ARG_FILING,
    ARG_ACCESS,
    ARG_STATUS,
    ARG_SCOPE,
    ARG_SUBSCRIPTION,
    ARG_VETTING,
    ARG_PROVISIONING,
    ARG_POLICY,
    ARG_POP,
    ARG_FAMILY,
    ARG_CHAIN,
};

static const struct rule_info {
    const char *id;
    enum arg_kind arg;
    const char *text;
} rules[RULE_COUNT] = {
#define X(name, id, arg, text) {id, ARG_##arg, text},
    POLICY_RULES(X)
#undef X
};

static const char *const scopes[] = {"site", "holder", "account"};

const char *policy_chain_name(enum chain_state s)
{
    static const char *const names[CHAIN_STATE_COUNT] = {"none", "in force", "missing", "lost",
                                                         "blacklisted"};
    CN_ASSERT(s < CHAIN_STATE_COUNT);
    return names[s];
}

static const char *arg_text(const struct topology *t, enum arg_kind kind, uint16_t arg)
{
    switch (kind) {
    case ARG_NOTHING:
        return "";
    case ARG_LINE:
        return t->lines[arg].name;
    case ARG_COVERAGE:
        return coverage_name((enum coverage)arg);
    case ARG_FILING:
        return filing_state_name((enum filing_state)arg);
    case ARG_ACCESS:
        return access_state_name((enum access_state)arg);
    case ARG_STATUS:
        return filing_status_name((enum filing_status)arg);
    case ARG_SCOPE:
        return scopes[arg];
    case ARG_SUBSCRIPTION:
        return subscription_state_name((enum subscription_state)arg);
    case ARG_VETTING:
        return vetting_state_name((enum vetting_state)arg);
    case ARG_PROVISIONING:
        return provisioning_state_name((enum provisioning_state)arg);
    case ARG_POLICY:
        return revocation_policy_name((enum revocation_policy)arg);
    case ARG_POP:
        return t->pops[arg].id;
    case ARG_FAMILY:
        return family_name((enum family)arg);
    case ARG_CHAIN:
        return policy_chain_name((enum chain_state)arg);
    }
    return "";
}

const char *policy_rule_id(enum policy_rule r)
{
    CN_ASSERT(r < RULE_COUNT);
    return rules[r].id;
}

const char *policy_rule_text(enum policy_rule r)
{
    CN_ASSERT(r < RULE_COUNT);
    return rules[r].text;
}

enum policy_rule policy_rule_find(const char *id)
{
    unsigned r = 0;
    while (r < RULE_COUNT && strcmp(rules[r].id, id) != 0) {
        r++;
    }
    return (enum policy_rule)r;
}

void policy_reason_text(const struct topology *t, struct policy_reason r, char *out, size_t cap)
{
    CN_ASSERT(r.rule < RULE_COUNT);
    const struct rule_info *info = &rules[r.rule];
    const char *mark = strstr(info->text, "%s");
    if (mark == NULL) {
        snprintf(out, cap, "%s", info->text);
        return;
    }
    snprintf(out, cap, "%.*s%s%s", (int)(mark - info->text), info->text,
             arg_text(t, info->arg, r.arg), mark + 2);
}
