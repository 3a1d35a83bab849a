/* SPDX-License-Identifier: MIT */
#include "cnedge/model/profile.h"

#include <string.h>

static const char *const names[PROFILE_COUNT] = {"none", "seed", "cloudflare", "aliyun", "huawei"};

/* FACTS C2 (second table), B1, B5, G. A setting that a source says nothing of keeps its default. */
static const struct profile_value values[] = {
    {PROFILE_SEED, "revocation_policy", "reroute_overseas", "X", "FACTS C2 (X1)"},
    {PROFILE_SEED, "approved_tlds", "com net org asia cn example test", "X", "FACTS A1 (X2)"},
    {PROFILE_SEED, "provider_review", "0s", "X", "FACTS A2 (X2: counted in the bureau's weeks)"},
    {PROFILE_SEED, "bureau_review", "14d..28d", "X", "FACTS A2, G (X2: 2 to 4 weeks)"},
    {PROFILE_CLOUDFLARE, "provider_review", "0s", "D",
     "FACTS A2 (CF2: counted in the bureau's months)"},
    {PROFILE_CLOUDFLARE, "bureau_review", "30d..60d", "D", "FACTS A2, G (CF2: 1 to 2 months)"},
    {PROFILE_CLOUDFLARE, "revocation_policy", "reroute_overseas", "D", "FACTS C2 (CF7)"},
    {PROFILE_CLOUDFLARE, "provisioning_delay", "24h", "D", "FACTS B5 (CF8: at least 24 h)"},
    {PROFILE_ALIYUN, "revocation_policy", "suspend", "D", "FACTS C2 (AL10)"},
    {PROFILE_ALIYUN, "sync_delay", "8h", "D", "FACTS B1 (AL13)"},
    {PROFILE_HUAWEI, "bureau_review", "7bd..20bd", "D", "FACTS A2, G (HW2)"},
    {PROFILE_HUAWEI, "revocation_policy", "suspend", "D",
     "FACTS C2 (HW3: bans, un-bans on request)"},
    {PROFILE_HUAWEI, "line_failover", "false", "D", "FACTS A8, C2 row 4 (HW5)"},
    {PROFILE_HUAWEI, "sync_delay", "0s..1d", "D", "FACTS B1 (HW1: up to a working day)"},
};

const struct profile_value *profile_table(size_t *count)
{
    *count = CN_ARRAY_LEN(values);
    return values;
}

const struct profile_value *profile_find(enum profile p, const char *setting)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(values); i++) {
        if (values[i].profile == p && strcmp(values[i].setting, setting) == 0) return &values[i];
    }
    return NULL;
}

const char *profile_text(enum profile p, const struct choice_info *info)
{
    const struct profile_value *v = profile_find(p, info->name);
    if (info->offset == offsetof(struct choices, profile)) return profile_name(p);
    return v != NULL ? v->value : info->fallback;
}

void profile_apply(struct choices *c, enum profile p)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    c->profile = (int32_t)p;
    for (size_t i = 0; i < count; i++) {
        const struct profile_value *v = profile_find(p, table[i].name);
        if (v == NULL || c->given[i]) continue;
        bool ok = choices_set(c, i, v->value);
        CN_ASSERT(ok);
    }
}

const char *profile_name(enum profile p)
{
    CN_ASSERT(p < PROFILE_COUNT);
    return names[p];
}

enum profile profile_named(const char *name)
{
    unsigned p = 0;
    while (p < PROFILE_COUNT && strcmp(names[p], name) != 0) {
        p++;
    }
    return (enum profile)p;
}
