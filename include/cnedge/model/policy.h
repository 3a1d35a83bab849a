/* SPDX-License-Identifier: MIT
 * policy.h: which PoP answers one line for one host, for how long, and why. Room model (pure).
 *
 * policy_decide is a function of its view: no clock, no randomness, no state. Every decision has
 * an ordered list of reasons, each a rule with its input, and the row of FACTS C2 that it is an
 * instance of. */
#ifndef CNEDGE_MODEL_POLICY_H
#define CNEDGE_MODEL_POLICY_H

#include "cnedge/model/spec.h"

enum { POLICY_REASONS_MAX = 24 };

/* All that the policy reads of a host (DESIGN 9.4). Hosts with equal values are one class. Bytes
 * only, so that two values are equal when their bytes are. */
struct host_class {
    uint8_t status;       /* enum filing_status, as the partner has observed it */
    uint8_t filing;       /* enum filing_state behind `status`, as observed */
    uint8_t by_subject;   /* revoked with the whole subject (C2 row 11) */
    uint8_t kept;         /* status UNKNOWN: the enum filing_status known before */
    uint8_t grace_over;   /* status UNKNOWN for longer than unknown_grace */
    uint8_t commercial;   /* enum commercial_need */
    uint8_t psb_bars;     /* penalised by the police, and psb_affects_routing */
    uint8_t vetting;      /* enum vetting_state */
    uint8_t subscription; /* enum subscription_state */
    uint8_t suspended;    /* bits: 1 this site, 2 its holder */
    uint8_t provisioning; /* enum provisioning_state */
    uint8_t blacklisted;
    uint8_t closed;        /* resolution closed by the customer */
    uint8_t lapsed;        /* the domain's registration has lapsed */
    uint8_t settled;       /* the last change is older than ttl_settle */
    uint8_t edge_unmapped; /* a site on the same edge name was lost under unmap_shared */
    uint8_t coverage;      /* enum coverage */
    uint8_t policy;        /* enum revocation_policy */
    uint8_t held;          /* back in order, but kept outside by return_cooldown, return_steps */
    uint8_t returned;      /* filed anew in this run (C2 row 32) */
    uint8_t partner;       /* where the site is onboarded; see world_spec.partners */
    uint8_t access;        /* enum access_state at that partner, as observed */
    uint8_t entry;         /* its Hong Kong entry in policy_view.entries, plus one; 0: none */
    uint8_t ttl_s[3];      /* of lasting answers, high byte first; 0: as in the settings */
    uint8_t forced;        /* an operator forces mainland answers, and admin_force obeys */
    uint8_t chain;         /* enum chain_state */
    /* Addresses that serve the site alone, at mainland PoPs; masks over those of the family. */
    uint8_t own_all[FAMILY_COUNT]; /* 0: it has none, and shares those of the PoP */
    uint8_t own[FAMILY_COUNT];     /* those that are not blacklisted */
};

/* A mainland edge serves a host of partial set-up under two names, and both need a filing: that of
 * the CDN's own domain as well (FACTS A1, D AK4). */
enum chain_state {
    CHAIN_NONE,  /* full set-up: there is one name only */
    CHAIN_FILED, /* the CDN's domain is filed, or no site of the scenario is about it */
    CHAIN_MISSING,
    CHAIN_LOST,
    CHAIN_BLACKLISTED,
    CHAIN_STATE_COUNT
};

/* "none", "in force", ...: of the CDN's domain, in sentences. */
CN_CONST const char *policy_chain_name(enum chain_state s);

enum commercial_need {
    COMMERCIAL_NOT_NEEDED,
    COMMERCIAL_OK,
    COMMERCIAL_MISSING,
    COMMERCIAL_OVERLOOKED, /* lost, and commercial_loss says that nobody minds */
};

/* What a PoP can do right now, computed by the world from health, admin state and outages. */
struct pop_status {
    bool usable;
    bool region_out;   /* its province has an outage */
    bool blocked;      /* policy_view.blocks names an address of it */
    uint8_t addresses; /* mask over the PoP's pool: in use now, of the family that is looked at */
    uint16_t carriers; /* bits of enum carrier reached just now */
};

/* An address that some clients cannot reach (FACTS B6, C2 row 22). */
struct address_block {
    uint16_t pop;
    uint8_t family;   /* enum family */
    uint8_t index;    /* in the PoP's pool */
    uint16_t port;    /* 0: every port. The DNS cannot tell ports apart: any block drops it */
    uint16_t carrier; /* CN_NONE16: every carrier of the mainland */
    uint16_t region;  /* CN_NONE16: every province */
};

/* What a Hong Kong entry does right now. */
struct entry_status {
    bool active, scrubbing;
    uint16_t carriers; /* bits of enum carrier it steers */
    uint16_t entry;    /* PoP for their clients */
    uint16_t premium;  /* PoP for the others; CN_NONE16: none */
};

struct pop_set { /* of a topology's PoPs */
    uint64_t words[TOPOLOGY_POPS_MAX / 64];
};

static inline void pop_set_add(struct pop_set *s, uint16_t pop)
{
    s->words[pop / 64] |= UINT64_C(1) << pop % 64;
}

struct policy_view {
    const struct topology *topology;
    const struct pop_status *pops; /* topology->pop_count; as `family` sees them */
    const struct address_block *blocks;
    uint32_t block_count;
    uint8_t family;                    /* enum family that is asked for */
    bool mainland_works[FAMILY_COUNT]; /* some mainland PoP works over it, settings aside */
    const struct choices *choices;
    struct host_class host;
    enum partner_state partner; /* how the host's partner stands to all of its customers */
    const struct entry_status *entries;
    uint16_t line;
    uint16_t unknown_line; /* stands in for the unknown line */
    struct pop_set *read;  /* may be NULL: gets the PoPs whose status the decision looks at */
};

/* The rules that can appear as reasons. X(enumerator, id, what the argument is, text)
 * Texts take the argument as %s. */
#define POLICY_RULES(X)                                                                            \
    X(CLIENT_MAINLAND, "client.mainland", LINE, "the client's line %s is in the mainland")         \
    X(CLIENT_OUTSIDE, "client.outside", LINE, "the client's line %s is outside the mainland")      \
    X(CLIENT_UNKNOWN, "client.unknown", LINE, "the client's line is unknown; treated as %s")       \
    X(OUTSIDE_ALWAYS, "client.never_mainland", NOTHING,                                            \
      "clients outside are never sent to the mainland, whatever the licences")                     \
    X(COVERAGE, "coverage", COVERAGE, "the site's coverage is %s")                                 \
    X(RESOLUTION_CLOSED, "resolution.closed", NOTHING,                                             \
      "the customer closed the site's resolution")                                                 \
    X(DOMAIN_LAPSED, "domain.lapsed", NOTHING,                                                     \
      "the domain's registration has lapsed: the parent zone no longer points here")               \
    X(BLACKLISTED, "domain.blacklisted", NOTHING, "the domain is blacklisted")                     \
    X(FILING_SERVES, "filing.serves", FILING, "the filing is %s")                                  \
    X(FILING_MISSING, "filing.missing", FILING, "there is no filing in force: %s")                 \
    X(FILING_UNSYNCED, "filing.unsynced", NOTHING,                                                 \
      "the filing is approved but not yet seen by the partner")                                    \
    X(FILING_LOST, "filing.lost", FILING, "the filing was lost: %s")                               \
    X(ACCESS_MISSING, "access.missing", ACCESS,                                                    \
      "the filing is in force, but not at the site's partner: its access there is %s")             \
    X(CHAIN_FILED, "chain.filed", NOTHING,                                                         \
      "the CNAME leads through the CDN's domain, which is filed as well")                          \
    X(CHAIN_BROKEN, "chain.broken", CHAIN,                                                         \
      "every name of the CNAME chain needs a filing; that of the CDN's domain is %s")              \
    X(SUBJECT_REVOKED, "subject.revoked", NOTHING, "the subject was revoked with all its filings") \
    X(STATUS_UNKNOWN_GRACE, "status.unknown.grace", STATUS,                                        \
      "the filing's status is unknown; the last known one, %s, is kept for the grace period")      \
    X(STATUS_UNKNOWN_OVER, "status.unknown.over", NOTHING,                                         \
      "the filing's status has been unknown for longer than the grace period")                     \
    X(PARTNER_SUSPENDED_ALL, "partner.suspended.everyone", NOTHING,                                \
      "the partner suspended everyone")                                                            \
    X(PARTNER_ENDED, "partner.contract_ended", NOTHING, "the contract with the partner has ended") \
    X(PARTNER_SUSPENDED, "partner.suspended", SCOPE, "the partner suspended the %s")               \
    X(SUBSCRIPTION_ACTIVE, "subscription.active", NOTHING, "the subscription is active")           \
    X(SUBSCRIPTION_INACTIVE, "subscription.inactive", SUBSCRIPTION, "the subscription is %s")      \
    X(VETTING_PASSED, "vetting.passed", VETTING, "vetting is %s")                                  \
    X(VETTING_MISSING, "vetting.missing", VETTING, "vetting has not passed: %s")                   \
    X(VETTING_LOST, "vetting.lost", NOTHING, "vetting was rejected on re-review")                  \
    X(COMMERCIAL_MISSING, "commercial.missing", NOTHING,                                           \
      "the site needs a commercial licence and has none")                                          \
    X(PSB_PENALISED, "psb.penalised", NOTHING,                                                     \
      "the police penalised the missing filing; the setting psb_affects_routing heeds that")       \
    X(COMMERCIAL_OVERLOOKED, "commercial.overlooked", NOTHING,                                     \
      "the site's commercial licence was lost; the setting commercial_loss overlooks that")        \
    X(PROVISIONED, "provisioning.done", NOTHING, "the host is provisioned")                        \
    X(PROVISIONING_MISSING, "provisioning.missing", PROVISIONING,                                  \
      "the host is not provisioned: %s")                                                           \
    X(ENTITLED, "entitled", NOTHING, "the host may be served from the mainland")                   \
    X(NOT_ENTITLED, "not_entitled", NOTHING, "the host may not be served from the mainland")       \
    X(REVOCATION_POLICY, "revocation_policy", POLICY, "the revocation policy is %s")               \
    X(EDGE_UNMAPPED, "edge.unmapped", NOTHING,                                                     \
      "a site on the same shared edge name was lost, and the name is unmapped")                    \
    X(PARTNER_OUT, "mainland.none_usable", NOTHING, "no mainland PoP is usable")                   \
    X(POP_SKIPPED, "pop.skipped", POP, "PoP %s is nearer but not usable")                          \
    X(CARRIER_NOT_SERVED, "carrier.not_served", POP,                                               \
      "no usable PoP serves the client's carrier; %s is reached through another")                  \
    X(NEAREST, "nearest", POP, "PoP %s is the nearest usable one")                                 \
    X(ENTRY, "product.entry", POP, "the Hong Kong entry %s takes in clients of this carrier")      \
    X(ENTRY_SCRUBBING, "product.scrubbing", NOTHING,                                               \
      "an attack is scrubbed; the Hong Kong entry is bypassed")                                    \
    X(ENTRY_PREMIUM, "product.premium", POP,                                                       \
      "the premium instance %s, which is paired with a Hong Kong entry, takes the other clients")  \
    X(LAST_RESORT, "last_resort", POP, "no PoP at all is usable; %s would be the nearest")         \
    X(NO_POP_OUTSIDE, "outside.no_pop", NOTHING, "the world has no PoP outside the mainland")      \
    X(MAINLAND_NOT_MOVED, "mainland.not_moved", POP,                                               \
      "PoP %s could answer, but the setting mainland_failover sends the client outside")           \
    X(MAINLAND_FOR_OUTSIDE, "mainland.for_outside", NOTHING,                                       \
      "no PoP outside is usable; the setting mainland_for_outside lets the mainland answer")       \
    X(FORCED, "operator.forced", NOTHING,                                                          \
      "an operator forces mainland answers; the setting admin_force obeys, whatever the licences") \
    X(RETURN_HELD, "return.held", NOTHING,                                                         \
      "the host may return to the mainland, but the settings keep it outside for a while")         \
    X(FAMILY_OUT, "family.out", FAMILY,                                                            \
      "no mainland PoP works over IP%s, but some do over the other")                               \
    X(FAMILY_KEPT, "family.kept", NOTHING, "the setting v6_failover keeps AAAA in the mainland")   \
    X(FAMILY_NODATA, "family.nodata", NOTHING,                                                     \
      "the setting v6_failover leaves AAAA without an answer")                                     \
    X(ADDRESS_DROPPED, "address.dropped", POP,                                                     \
      "an address of PoP %s is blocked for the client and left out")                               \
    X(ADDRESSES_BLOCKED, "address.all_blocked", POP,                                               \
      "every address of PoP %s is blocked for the client")                                         \
    X(OWN_ADDRESSES, "address.dedicated", POP,                                                     \
      "the site's dedicated addresses answer in place of those of PoP %s")                         \
    X(OWN_LISTED, "address.dedicated_blacklisted", NOTHING,                                        \
      "a dedicated address of the site is blacklisted and left out")                               \
    X(ORIGIN, "origin", NOTHING, "the customer's origin answers")                                  \
    X(NAME_DELETED, "name.deleted", NOTHING, "the name was deleted")                               \
    X(SPILL, "spill", POP, "PoP %s is above its capacity and passes clients on")                   \
    X(SPILL_MOVED, "spill.moved", POP, "this client is passed on to PoP %s")

enum policy_rule {
#define X(name, id, arg, text) RULE_##name,
    POLICY_RULES(X)
#undef X
        RULE_COUNT
};

struct policy_reason {
    uint8_t rule; /* enum policy_rule */
    uint16_t arg; /* its meaning depends on the rule */
};

enum decision_kind {
    DECISION_POP,
    DECISION_ORIGIN,   /* the site's origin addresses */
    DECISION_NXDOMAIN, /* the name is gone */
    DECISION_NODATA,   /* the name has no addresses just now */
    DECISION_REFUSED,  /* the zone is not ours to answer for any more */
};

struct decision {
    enum decision_kind kind;
    uint16_t pop;       /* DECISION_POP */
    uint8_t addresses;  /* DECISION_POP: mask over the PoP's pool of the family asked for */
    uint8_t row;        /* of FACTS C2; 0 when the table has no row for it */
    bool entitled;      /* of the host, whatever the client */
    bool mainland_kept; /* suspend, deny_at_edge: mainland addresses by definition */
    uint32_t ttl_s;
    uint8_t reason_count;
    struct policy_reason reasons[POLICY_REASONS_MAX];
};

/* The addresses that a host of this class is given at a PoP for a family: of its own where it has
 * some and the PoP is in the mainland, else `shared`, which is a mask over the PoP's pool. */
CN_NONNULL CN_PURE uint8_t policy_addresses(const struct host_class *h, const struct pop *p,
                                            enum family family, uint8_t shared);

/* Fills `*out`. Cost: a walk over the PoPs by distance up to the first usable one. */
CN_NONNULL void policy_decide(const struct policy_view *v, struct decision *out);

/* Whether a host of this class may be served from the mainland, as DESIGN section 1 defines it. */
CN_NONNULL CN_PURE bool policy_entitled(const struct host_class *h, enum partner_state partner);

/* Whether such a host was served from the mainland and may no longer be, for a reason that the
 * revocation policy is about: rows 10 to 12, 15, 16 and 18 of FACTS C2. */
CN_NONNULL CN_PURE bool policy_lost(const struct host_class *h, enum partner_state partner);

/* The TTL of lasting answers of such a host: what the site sets, else what the settings say. */
CN_NONNULL CN_PURE uint32_t policy_lasting_ttl(const struct host_class *h, uint32_t setting_s);

CN_CONST const char *policy_rule_id(enum policy_rule r);
/* The rule's sentence, with %s where its argument goes. */
CN_CONST const char *policy_rule_text(enum policy_rule r);
/* RULE_COUNT when there is no such rule. */
CN_NONNULL CN_PURE enum policy_rule policy_rule_find(const char *id);

/* Writes the reason as a sentence for people, lower case, no full stop, truncated to `cap`. */
CN_NONNULL void policy_reason_text(const struct topology *t, struct policy_reason r, char *out,
                                   size_t cap);

#endif
