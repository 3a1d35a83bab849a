/* SPDX-License-Identifier: MIT
 * product.h: cross-border products: what can be bought, from whom, and the machine of one.
 * Room model (pure).
 *
 * A product carries or steers the traffic of some mainland clients across the border (FACTS A6,
 * E1, DESIGN 4.8). What a kind does:
 *
 *   carrier_tunnel       a tunnel of one carrier to the seller's data centre; carries its clients
 * to hosts in that data centre and nowhere else (WeberCloud, X2) hk_entry             an entry in
 * Hong Kong to which DNS steers clients by carrier; the others get the paired premium instance
 * (Alibaba Anti-DDoS, D AL27 AL28 AL31) cen                  a connection over a bandwidth package
 * to the near PoPs (D AL21 AL23) vpc_peering          the same to one place: two private networks
 * over CEN (X2) global_acceleration  a partner's line that lands at its site in Hong Kong (D CF4
 * CF5 CF6 CF12)
 *
 * cen and vpc_peering are connections: they share a package (package.h). */
#ifndef CNEDGE_MODEL_PRODUCT_H
#define CNEDGE_MODEL_PRODUCT_H

#include "cnedge/model/money.h"
#include "cnedge/model/refusal.h"
#include "cnedge/model/rules.h"

enum product_kind {
    PRODUCT_CARRIER_TUNNEL,
    PRODUCT_HK_ENTRY,
    PRODUCT_CEN,
    PRODUCT_VPC_PEERING,
    PRODUCT_GLOBAL_ACCELERATION,
    PRODUCT_KIND_COUNT
};

CN_CONST const char *product_kind_name(enum product_kind k);

/* Shares a bandwidth package. */
CN_CONST bool product_is_connection(enum product_kind k);

/* Editions of hk_entry. Carriers served: Sec-MCA all but Mobile, Sec-CMA 1.0 Telecom and Unicom,
 * 2.0 Mobile too (D AL27 AL28); of plain MCA and CMA nothing was found: as the Sec edition of
 * their time (SIM). Only the plain ones switch to scrubbing during an attack (D AL27 AL29). */
enum product_edition {
    EDITION_MCA,
    EDITION_SEC_MCA,
    EDITION_CMA,
    EDITION_SEC_CMA_1,
    EDITION_SEC_CMA_2,
    EDITION_COUNT
};

CN_CONST const char *product_edition_name(enum product_edition e);
/* Scrubs on the way, so that an attack changes nothing in the DNS. */
CN_CONST bool product_edition_inline(enum product_edition e);

/* The name it is sold under, which may have changed over the years: rules private_line_product,
 * acceleration_plan and secure_acceleration_plan. */
CN_NONNULL CN_PURE const char *product_label(const struct rules *r, enum product_kind k,
                                             enum product_edition e, walltime at);

/* Bits of enum carrier that a kind serves; of hk_entry, its edition. */
CN_CONST uint16_t product_carriers(enum product_kind k, enum product_edition e);

/* What it costs when the scenario does not say; `currency` is "" when no source has a number. */
CN_CONST struct price product_price(enum product_kind k);
/* How much it carries, Mbit/s, when the scenario does not say; 0: no source has a number. */
CN_CONST uint32_t product_mbit(enum product_kind k);

/* --- who may sell ----------------------------------------------------------------------------- */

enum product_provider {
    PROVIDER_ALIBABA_CLOUD,
    PROVIDER_CBC_TECH,
    PROVIDER_CLOUDFLARE,
    PROVIDER_CMI,
    PROVIDER_JDCLOUD,
    PROVIDER_NIAOYUN,
    PROVIDER_TENCENT_CLOUD,
    PROVIDER_WEBERCLOUD,
    PROVIDER_OTHER,
    PROVIDER_COUNT
};

CN_CONST const char *product_provider_name(enum product_provider p);

struct product_licence { /* who may sell what, and when; anybody else may not */
    enum product_provider provider;
    enum product_kind kind;
    const char *from, *until; /* days, half open; NULL: no limit is known */
    const char *source;       /* with its grade */
};

/* Every row; `*count` is their number. */
CN_NONNULL const struct product_licence *product_licences(size_t *count);

/* Whether this provider may sell this kind on that day. Cloudflare may sell none: it has no licence
 * for lines of its own (X X1). */
CN_CONST bool product_licensed(enum product_provider p, enum product_kind k, walltime at);

/* --- the machine ------------------------------------------------------------------------------ */

/* X(suffix = name in scenarios, meaning) */
#define PRODUCT_STATES(X)                                                                          \
    X(NONE, "not bought")                                                                          \
    X(ACTIVE, "bought and working")                                                                \
    X(CANCELLED, "given up by its customer")                                                       \
    X(LOST, "the provider stopped it")

enum product_state {
#define X(name, text) PRODUCT_STATE_##name,
    PRODUCT_STATES(X)
#undef X
        PRODUCT_STATE_COUNT
};

CN_CONST const char *product_state_name(enum product_state s);
CN_CONST const char *product_state_text(enum product_state s);

enum product_event {
    PRODUCT_EV_BUY,
    PRODUCT_EV_CANCEL,
    PRODUCT_EV_LOSE,
    PRODUCT_EV_CHANGE, /* another edition */
    PRODUCT_EV_RESIZE, /* another bandwidth; of a connection, its limit */
    PRODUCT_EV_ATTACK_START,
    PRODUCT_EV_ATTACK_END,
    PRODUCT_EVENT_COUNT
};

CN_CONST const char *product_event_name(enum product_event e);

struct product_step {
    enum product_state to; /* the old state when refused */
    enum refusal refusal;
};

/* What the guards look at besides the state. */
struct product_view {
    enum product_kind kind;
    bool licensed;
    bool by_address;      /* hk_entry: the service is reached by address, without a CNAME */
    bool package_carries; /* connections: the package is in use */
    bool affordable;
    bool same_edition;
    bool under_attack;
    uint32_t connected, limit, package_mbit; /* connections: sum without this one; this; the size */
};

/* The transition, or the first guard that refuses it. */
CN_NONNULL CN_PURE struct product_step
product_step(enum product_state from, enum product_event event, const struct product_view *v);

#endif
