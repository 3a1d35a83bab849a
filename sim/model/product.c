/* SPDX-License-Identifier: MIT */
#include "cnedge/model/product.h"

#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/model/topology.h"

#define BIT(carrier) (1U << (unsigned)CARRIER_##carrier)

enum {
    ALL_CARRIERS = (1 << CARRIER_COUNT) - 1,
    EURO_15 = 1500, /* minor units */
    EURO_50 = 5000,
    DOLLAR_2600 = 260000,
};

static const struct kind_info {
    const char *name, *label; /* the label of hk_entry: by its edition */
    uint16_t carriers;        /* hk_entry: see editions */
    uint32_t mbit;
    struct price price;
} kinds[PRODUCT_KIND_COUNT] = {
    /* X2: 10 Mbit/s, about EUR 150 for these and 50 besides, per month. */
    [PRODUCT_CARRIER_TUNNEL] =
        {"carrier_tunnel", "carrier tunnel", BIT(TELECOM), 10, {"EUR", EURO_50, EURO_15}},
    /* X2: from about USD 2,600 a month; the bandwidth is not stated. */
    [PRODUCT_HK_ENTRY] = {"hk_entry", NULL, 0, 0, {"USD", DOLLAR_2600, 0}},
    /* The package is what is paid for. */
    [PRODUCT_CEN] = {"cen", "CEN", ALL_CARRIERS, 0, {"", 0, 0}},
    [PRODUCT_VPC_PEERING] = {"vpc_peering", "VPC peering over CEN", ALL_CARRIERS, 0, {"", 0, 0}},
    [PRODUCT_GLOBAL_ACCELERATION] =
        {"global_acceleration", "acceleration", ALL_CARRIERS, 0, {"", 0, 0}},
};

static const struct {
    const char *name;
    uint16_t carriers;
    bool scrubs_inline;
} editions[EDITION_COUNT] = {
    [EDITION_MCA] = {"mca", ALL_CARRIERS & ~BIT(MOBILE), false},
    [EDITION_SEC_MCA] = {"sec_mca", ALL_CARRIERS & ~BIT(MOBILE), true},
    [EDITION_CMA] = {"cma", BIT(TELECOM) | BIT(UNICOM), false},
    [EDITION_SEC_CMA_1] = {"sec_cma_1", BIT(TELECOM) | BIT(UNICOM), true},
    [EDITION_SEC_CMA_2] = {"sec_cma_2", BIT(TELECOM) | BIT(UNICOM) | BIT(MOBILE), true},
};

static const char *const providers[PROVIDER_COUNT] = {"alibaba_cloud", "cbc_tech",   "cloudflare",
                                                      "cmi",           "jdcloud",    "niaoyun",
                                                      "tencent_cloud", "webercloud", "other"};

static const char launched[] = "2023-01-01T00:00:00Z"; /* "early 2023", D CF12 */
static const char relisted[] = "2024-01-01T00:00:00Z"; /* the later list has no day: SIM */

static const struct product_licence licences[] = {
    {PROVIDER_ALIBABA_CLOUD, PRODUCT_HK_ENTRY, NULL, NULL, "X X2; D AL27 AL28"},
    {PROVIDER_ALIBABA_CLOUD, PRODUCT_CEN, NULL, NULL, "X X2; D AL23"},
    {PROVIDER_ALIBABA_CLOUD, PRODUCT_VPC_PEERING, NULL, NULL, "X X2"},
    {PROVIDER_CBC_TECH, PRODUCT_GLOBAL_ACCELERATION, launched, NULL, "D CF12 CF5"},
    {PROVIDER_CMI, PRODUCT_GLOBAL_ACCELERATION, launched, NULL, "D CF12 CF5"},
    {PROVIDER_JDCLOUD, PRODUCT_GLOBAL_ACCELERATION, relisted, NULL, "D CF5; the day SIM"},
    {PROVIDER_NIAOYUN, PRODUCT_GLOBAL_ACCELERATION, launched, relisted,
     "D CF12, no longer in CF5; the day SIM"},
    {PROVIDER_TENCENT_CLOUD, PRODUCT_GLOBAL_ACCELERATION, NULL, NULL,
     "D TC4 (China Unicom runs the cross-border part)"},
    {PROVIDER_WEBERCLOUD, PRODUCT_CARRIER_TUNNEL, NULL, NULL, "X X2"},
};

static const char *const state_names[PRODUCT_STATE_COUNT] = {
#define X(name, text) #name,
    PRODUCT_STATES(X)
#undef X
};
static const char *const state_texts[PRODUCT_STATE_COUNT] = {
#define X(name, text) text,
    PRODUCT_STATES(X)
#undef X
};
static const char *const event_names[PRODUCT_EVENT_COUNT] = {
    "buy", "cancel", "lose", "change", "resize", "attack_start", "attack_end"};

/* --- what is sold ----------------------------------------------------------------------------- */

/* NULL is long ago, or never. */
static bool before(walltime at, const char *day)
{
    walltime t;
    if (day == NULL) return false;
    bool ok = timetext_instant(day, &t);
    CN_ASSERT(ok);
    return at.ns < t.ns;
}

const char *product_kind_name(enum product_kind k)
{
    CN_ASSERT(k < PRODUCT_KIND_COUNT);
    return kinds[k].name;
}

const char *product_label(const struct rules *r, enum product_kind k, enum product_edition e,
                          walltime at)
{
    CN_ASSERT(k < PRODUCT_KIND_COUNT);
    if (k == PRODUCT_HK_ENTRY) {
        return rules_at(
            r, product_edition_inline(e) ? RULES_SECURE_ACCELERATION_PLAN : RULES_ACCELERATION_PLAN,
            at);
    }
    if (k != PRODUCT_GLOBAL_ACCELERATION) return kinds[k].label;
    const char *name = rules_at(r, RULES_PRIVATE_LINE_PRODUCT, at);
    return strcmp(name, "none") == 0 ? kinds[k].label : name;
}

bool product_is_connection(enum product_kind k)
{
    return k == PRODUCT_CEN || k == PRODUCT_VPC_PEERING;
}

const char *product_edition_name(enum product_edition e)
{
    CN_ASSERT(e < EDITION_COUNT);
    return editions[e].name;
}

bool product_edition_inline(enum product_edition e)
{
    CN_ASSERT(e < EDITION_COUNT);
    return editions[e].scrubs_inline;
}

uint16_t product_carriers(enum product_kind k, enum product_edition e)
{
    CN_ASSERT(k < PRODUCT_KIND_COUNT && e < EDITION_COUNT);
    return k == PRODUCT_HK_ENTRY ? editions[e].carriers : kinds[k].carriers;
}

struct price product_price(enum product_kind k)
{
    CN_ASSERT(k < PRODUCT_KIND_COUNT);
    return kinds[k].price;
}

uint32_t product_mbit(enum product_kind k)
{
    CN_ASSERT(k < PRODUCT_KIND_COUNT);
    return kinds[k].mbit;
}

const char *product_provider_name(enum product_provider p)
{
    CN_ASSERT(p < PROVIDER_COUNT);
    return providers[p];
}

const struct product_licence *product_licences(size_t *count)
{
    *count = CN_ARRAY_LEN(licences);
    return licences;
}

bool product_licensed(enum product_provider p, enum product_kind k, walltime at)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(licences); i++) {
        const struct product_licence *l = &licences[i];
        if (l->provider != p || l->kind != k || before(at, l->from)) continue;
        if (l->until == NULL || before(at, l->until)) return true;
    }
    return false;
}

/* --- the machine ------------------------------------------------------------------------------ */

#define B(state) (1U << (unsigned)PRODUCT_STATE_##state)

enum { STAY = PRODUCT_STATE_COUNT };

static const struct transition {
    uint8_t from, to;
} table[PRODUCT_EVENT_COUNT] = {
    [PRODUCT_EV_BUY] = {B(NONE) | B(CANCELLED) | B(LOST), PRODUCT_STATE_ACTIVE},
    [PRODUCT_EV_CANCEL] = {B(ACTIVE), PRODUCT_STATE_CANCELLED},
    [PRODUCT_EV_LOSE] = {B(ACTIVE), PRODUCT_STATE_LOST},
    [PRODUCT_EV_CHANGE] = {B(ACTIVE), STAY},
    [PRODUCT_EV_RESIZE] = {B(ACTIVE), STAY},
    [PRODUCT_EV_ATTACK_START] = {B(ACTIVE), STAY},
    [PRODUCT_EV_ATTACK_END] = {B(ACTIVE), STAY},
};

/* A connection has a limit, and fits on its package with the others (D AL21). */
static enum refusal connection_guard(const struct product_view *v)
{
    if (!product_is_connection(v->kind)) return REFUSAL_NONE;
    if (!v->package_carries) return REFUSAL_BWP_REQUIRED;
    if (v->limit == 0) return REFUSAL_BWP_SIZE;
    return v->connected + v->limit > v->package_mbit ? REFUSAL_BWP_SUM_EXCEEDS : REFUSAL_NONE;
}

static enum refusal buy_guard(const struct product_view *v)
{
    if (!v->licensed) return REFUSAL_PROVIDER_NOT_LICENSED;
    if (v->kind == PRODUCT_HK_ENTRY && v->by_address) return REFUSAL_CNAME_REQUIRED;
    enum refusal refusal = connection_guard(v);
    if (refusal != REFUSAL_NONE) return refusal;
    return v->affordable ? REFUSAL_NONE : REFUSAL_INSUFFICIENT_BALANCE;
}

static enum refusal guard(enum product_event event, const struct product_view *v)
{
    bool entry = v->kind == PRODUCT_HK_ENTRY;
    switch (event) {
    case PRODUCT_EV_BUY:
        return buy_guard(v);
    case PRODUCT_EV_CHANGE:
        return entry && !v->same_edition ? REFUSAL_NONE : REFUSAL_PRODUCT_BAD_STATE;
    case PRODUCT_EV_RESIZE:
        return connection_guard(v);
    case PRODUCT_EV_ATTACK_START:
        return entry && !v->under_attack ? REFUSAL_NONE : REFUSAL_ATTACK_BAD_STATE;
    case PRODUCT_EV_ATTACK_END:
        return entry && v->under_attack ? REFUSAL_NONE : REFUSAL_ATTACK_BAD_STATE;
    case PRODUCT_EV_CANCEL:
    case PRODUCT_EV_LOSE:
    case PRODUCT_EVENT_COUNT:
        break;
    }
    return REFUSAL_NONE;
}

struct product_step product_step(enum product_state from, enum product_event event,
                                 const struct product_view *v)
{
    CN_ASSERT(from < PRODUCT_STATE_COUNT && event < PRODUCT_EVENT_COUNT);
    struct product_step step = {from, REFUSAL_PRODUCT_BAD_STATE};
    if ((table[event].from & 1U << from) == 0) return step;
    step.refusal = guard(event, v);
    if (step.refusal == REFUSAL_NONE && table[event].to != STAY) {
        step.to = (enum product_state)table[event].to;
    }
    return step;
}

const char *product_state_name(enum product_state s)
{
    CN_ASSERT(s < PRODUCT_STATE_COUNT);
    return state_names[s];
}

const char *product_state_text(enum product_state s)
{
    CN_ASSERT(s < PRODUCT_STATE_COUNT);
    return state_texts[s];
}

const char *product_event_name(enum product_event e)
{
    CN_ASSERT(e < PRODUCT_EVENT_COUNT);
    return event_names[e];
}
