/* SPDX-License-Identifier: MIT
 * choices.h: the declared choices of a run. Room model (pure).
 *
 * What the sources leave open (FACTS C4) is a named setting with a documented default that a
 * scenario may change. choices_table describes each one: the loader, the schema, the man page and
 * `cnedge list choices` all read it. */
#ifndef CNEDGE_MODEL_CHOICES_H
#define CNEDGE_MODEL_CHOICES_H

#include "cnedge/model/calendar.h"

/* What the authority does when a site that was served from the mainland loses its entitlement
 * (FACTS C2, the second table). */
enum revocation_policy {
    POLICY_REROUTE_OVERSEAS, /* near, then global PoPs: Cloudflare (X1) */
    POLICY_SUSPEND,          /* still mainland addresses, the edge refuses: Alibaba CDN (AL10) */
    POLICY_DENY_AT_EDGE,     /* mainland addresses, denied at the edge: Akamai (AK1) */
    POLICY_UNMAP_SHARED,     /* everyone on the shared edge name goes outside: Akamai (AK1) */
    POLICY_DELETE_NAME,      /* the name is gone: NXDOMAIN, for everyone: DCDN (AL12) */
    POLICY_TO_ORIGIN,        /* the origin's address, for everyone: Alibaba workaround (AL10) */
    POLICY_REGION_OVERSEAS,  /* mainland clients to PoPs in JP, SG, HK: Alibaba workaround (AL11) */
    POLICY_COUNT
};

CN_CONST const char *revocation_policy_name(enum revocation_policy p);

/* Where a site may be served from (FACTS C2, AL11 AL14). */
enum coverage {
    COVERAGE_GLOBAL,   /* mainland clients in the mainland, others outside */
    COVERAGE_DOMESTIC, /* everyone in the mainland; foreign clients in East China, Telecom */
    COVERAGE_OVERSEAS, /* nobody in the mainland; needs no filing */
    COVERAGE_COUNT
};

/* What AAAA gets where IPv6 is out and IPv4 is not (FACTS C2 row 6, C4.5). */
enum v6_failover { V6_KEEP, V6_NEAR, V6_NODATA, V6_FAILOVER_COUNT };

/* The order of a PoP's addresses in an answer (FACTS C4.3). */
enum address_rotation { ROTATION_FIXED, ROTATION_HASHED, ROTATION_COUNT };

/* Where the customers' zones are answered (FACTS C1, 0.6). */
enum dns_mode { DNS_GLOBAL, DNS_IN_CHINA, DNS_MODE_COUNT };

/* What a query gets when the nameservers in China are out (FACTS C2 row 27). */
enum dns_failure { DNS_FAILURE_SILENT, DNS_FAILURE_SERVFAIL, DNS_FAILURE_COUNT };

/* For whom a blocked address is left out of answers (FACTS C2 row 22). */
enum block_scope { BLOCK_CLIENTS, BLOCK_EVERYONE, BLOCK_SCOPE_COUNT };

CN_CONST const char *coverage_name(enum coverage c);

/* What a PoP above its capacity does with its clients (FACTS C4.9, C2 row 31). */
enum spill_mode {
    SPILL_OFF,         /* keeps them all */
    SPILL_BY_CAPACITY, /* keeps what it can carry and passes the rest on: see spill.h */
    SPILL_MODE_COUNT
};

/* Where forged addresses come from: never from anybody's real ones. */
enum forged_pool {
    FORGED_SYNTHETIC, /* A from 198.51.100.0/24, AAAA from 2001:db8:dead::/48 */
    FORGED_REALISTIC, /* AAAA from 2001::/32, as measured (FACTS H, M3 M5); A as above */
    FORGED_POOL_COUNT
};

/* When a review ends (FACTS B1 to B4). */
enum reviews {
    REVIEWS_EVENTS, /* when the scenario says so */
    REVIEWS_DRAWN,  /* with success after its duration, unless an event ends it before */
    REVIEWS_COUNT
};

/* What became of a yearly report by the end of March that no event speaks of (FACTS B2). */
enum annual_report { REPORT_FILED, REPORT_MISSED, ANNUAL_REPORT_COUNT };

/* When the 30 days of the police filing begin: the sources disagree (FACTS A5). */
enum psb_clock { PSB_CLOCK_SITE_OPENING, PSB_CLOCK_ICP_APPROVAL, PSB_CLOCK_COUNT };

/* What is answered for a domain whose registration has lapsed (FACTS D1.21). */
enum lapsed_domain { LAPSED_NXDOMAIN, LAPSED_REFUSED, LAPSED_DOMAIN_COUNT };

/* What the loss of the commercial licence means while the filing lives (FACTS C4.16). */
enum commercial_loss {
    COMMERCIAL_LOSS_NOT_ENTITLED, /* sites that need one are not entitled */
    COMMERCIAL_LOSS_IGNORED,      /* nobody minds */
    COMMERCIAL_LOSS_COUNT
};

/* Whose damper stands between the truth about a PoP and what answers know of it (FACTS B8). */
enum health_profile {
    HEALTH_PROFILE_NONE, /* nobody's: events act at once */
    HEALTH_PROFILE_GDNSD,
    HEALTH_PROFILE_GTM, /* Alibaba Cloud's Global Traffic Manager */
    HEALTH_PROFILE_POWERDNS,
    HEALTH_PROFILE_COUNT
};

/* What a PoP counts as before the first result of a probe. */
enum health_cold_start {
    HEALTH_COLD_CHECKED, /* there is no such time: a round of probes precedes the start */
    HEALTH_COLD_UP,
    HEALTH_COLD_FAILING,
    HEALTH_COLD_COUNT
};

/* Where probes come from: one that crosses the border takes the border's failure for the PoP's. */
enum health_probes_from {
    HEALTH_FROM_NAMESERVERS, /* from where the nameservers are: see enum dns_mode */
    HEALTH_FROM_MAINLAND,
    HEALTH_FROM_OUTSIDE,
    HEALTH_FROM_BOTH,   /* as many nodes inside as outside */
    HEALTH_FROM_EVENTS, /* from nowhere: only events bring results */
    HEALTH_FROM_COUNT
};

/* Drawn from the run's seed, per entity; min <= max. In business days, each of which stands for 24
 * h in `min` and `max`, the duration depends on when it starts: choices_after. */
/* Who may say that a partner's whole network is out (FACTS C4.8). */
enum outage_authority {
    OUTAGE_DETECTED, /* our own detection; an operator may say so as well */
    OUTAGE_OPERATOR, /* an operator alone: nothing leaves the mainland before */
    OUTAGE_AUTHORITY_COUNT
};

/* How far a mainland client's answer moves inside before it leaves the mainland (FACTS C4.4). */
enum mainland_failover {
    MAINLAND_FAILOVER_ANY,     /* to any mainland PoP */
    MAINLAND_FAILOVER_CARRIER, /* to those that its carrier reaches, where it has any */
    MAINLAND_FAILOVER_NEAREST, /* not at all */
    MAINLAND_FAILOVER_COUNT
};

/* Whether clients outside may ever get mainland PoPs, coverage aside (FACTS C4.15). */
enum mainland_for_outside { FOR_OUTSIDE_NEVER, FOR_OUTSIDE_LAST_RESORT, FOR_OUTSIDE_COUNT };

/* What clients of the unknown line are treated as (FACTS C4.20, C2 row 29). */
enum unknown_clients {
    UNKNOWN_DEFAULT_LINE, /* the world's default_line; a client outside when it names none */
    UNKNOWN_MAINLAND,     /* the mainland line with the most users */
    UNKNOWN_CLIENTS_COUNT
};

/* What a prefix that the world marks as anycast says of its clients (FACTS C4.20). */
enum anycast_resolvers { ANYCAST_MAPPED, ANYCAST_UNKNOWN, ANYCAST_RESOLVERS_COUNT };

/* A client whose Client Subnet no prefix covers (FACTS C4.20, C4.21). */
enum unknown_subnet { SUBNET_UNKNOWN, SUBNET_SOURCE, UNKNOWN_SUBNET_COUNT };

/* The scope of an answer that depends on the client's subnet (FACTS C4.21). */
enum ecs_scope { ECS_SCOPE_DECIDING, ECS_SCOPE_AS_SENT, ECS_SCOPE_COUNT };

/* Which answers carry an Extended DNS Error (FACTS C4.22). */
enum ede_mode { EDE_OFF, EDE_ERRORS, EDE_ALL, EDE_MODE_COUNT };

/* What the SOA's serial counts (FACTS C4.23). */
enum soa_serial { SERIAL_LAST_CHANGE, SERIAL_CHANGES, SERIAL_CONSTANT, SOA_SERIAL_COUNT };

/* Whether an operator's force beats the licence state (FACTS C4.26). */
enum admin_force { FORCE_REFUSED, FORCE_OBEYED, ADMIN_FORCE_COUNT };

struct duration_range {
    simdur min, max;
    bool business;
};

enum { CHOICES_LIST_MAX = 48, CHOICES_ITEM_MAX = 24 };

struct choice_list { /* of words in lower case */
    uint8_t count;
    char item[CHOICES_LIST_MAX][CHOICES_ITEM_MAX];
};

/* How a site's names lead to the edge (FACTS A1, C1). */
enum setup {
    SETUP_FULL,    /* its zone is answered with addresses */
    SETUP_PARTIAL, /* its hosts are aliases of names in the zone cdn_zone */
    SETUP_COUNT
};

/* "full", "partial" */
CN_CONST const char *setup_name(enum setup s);

struct choice_name { /* a domain name in lower case, without final dot */
    char text[254];
};

/* Whose documentation the defaults follow where sources differ; explicit settings win. */
enum profile {
    PROFILE_NONE, /* the default of each setting */
    PROFILE_SEED,
    PROFILE_CLOUDFLARE,
    PROFILE_ALIYUN,
    PROFILE_HUAWEI,
    PROFILE_COUNT
};

enum { CHOICES_MAX = 256 }; /* settings */

struct choices {
    int32_t profile;           /* enum profile */
    int32_t revocation_policy; /* enum revocation_policy: default of the sites */
    int32_t coverage;          /* enum coverage: default of the sites */
    int32_t nearest_metric;    /* enum nearest_metric */
    bool near_first;           /* a mainland client sent outside: near PoPs before global ones */
    bool line_failover;        /* a carrier's outage moves its clients to PoPs of other carriers */
    bool degraded_usable;      /* a DEGRADED PoP still answers */
    uint32_t ttl_mainland_s;
    uint32_t ttl_outside_s;
    uint32_t ttl_failover_s;             /* while a state may soon change again */
    uint32_t ttl_negative_s;             /* SOA minimum */
    struct duration_range ttl_settle;    /* after this, ttl_failover_s becomes ttl_outside_s */
    struct duration_range observe_delay; /* legal event -> the partner knows */
    struct duration_range sync_delay;    /* approval -> the partner knows */
    struct duration_range provisioning_delay;
    struct duration_range sms_window;
    uint32_t sms_tries;
    struct duration_range audit_deadline;
    struct duration_range shell_delay;
    struct duration_range shell_cleanup;
    struct duration_range unknown_grace;
    struct duration_range blacklist_min_listed;
    struct duration_range realname_age;
    struct duration_range domain_term;
    struct duration_range resource_term;
    /* PoP health. */
    int32_t health;             /* enum health_profile: gives the others their defaults */
    uint32_t health_interval_s; /* these: see struct health_conf */
    uint32_t health_down_after;
    uint32_t health_forgive_after;
    uint32_t health_up_after;
    int32_t health_cold_start;  /* enum health_cold_start */
    int32_t health_probes_from; /* enum health_probes_from */
    uint32_t health_fail_pct;
    uint32_t health_pool_pct;
    /* Licences and reviews. */
    int32_t reviews; /* enum reviews */
    struct duration_range provider_review;
    struct duration_range sms_confirmation;
    struct duration_range bureau_review; /* of a first filing and of a change order */
    struct duration_range vetting_review;
    struct duration_range commercial_review;
    struct duration_range commercial_validity;
    struct duration_range commercial_bar;
    int32_t annual_report;   /* enum annual_report */
    int32_t commercial_loss; /* enum commercial_loss */
    int32_t lapsed_domain;   /* enum lapsed_domain */
    int32_t psb_clock;       /* enum psb_clock */
    struct duration_range psb_deadline;
    struct duration_range psb_review;
    bool psb_affects_routing; /* a site that the police penalised is not entitled */
    bool rereview_on_content; /* content_change makes the partner look again */
    bool rereview_on_change;  /* so does a change order that is decided */
    /* Who may apply. */
    struct choice_list approved_registrars, registry_registrars, sensitive_words;
    /* Partners and scopes. */
    uint32_t partner_batches; /* in which a partner carries out what befalls many sites */
    struct duration_range batch_interval;   /* between two batches */
    struct duration_range publish_delay;    /* the partner knows of a loss -> DNS says so */
    struct duration_range outage_detection; /* a partner's network fails -> it is taken for out */
    int32_t outage_authority;               /* enum outage_authority */
    bool overseas_audit;                    /* staying outside costs the filing */
    struct duration_range overseas_tolerance;
    struct duration_range cascade_delay; /* a holder's violation -> the blacklisting of each site */
    bool violation_bars;                 /* it also bars the holder from filing */
    /* Lists and the border. */
    struct duration_range path_min_listed; /* a name that is forged or reset stays so at least */
    struct duration_range province_min_listed;
    struct duration_range path_clearing; /* until the last device has dropped a name */
    struct duration_range bogus_tail;    /* until the last cache has forgotten bogus answers */
    uint32_t ns_ttl_s;                   /* of delegations in caches */
    int32_t forged_pool;                 /* enum forged_pool */
    uint32_t forged_pool_size;           /* addresses of each family */
    uint32_t forged_ttl_s;
    /* Addresses, families, DNS mode. */
    int32_t dns_mode;                        /* enum dns_mode */
    int32_t partner_dns_failure;             /* enum dns_failure */
    struct duration_range return_cooldown;   /* from a loss to the earliest return */
    uint32_t return_steps;                   /* shares in which clients return; 1: all at once */
    struct duration_range return_interval;   /* between two of them */
    uint32_t answer_addresses;               /* of a PoP with several, how many in one answer */
    int32_t address_rotation;                /* enum address_rotation */
    int32_t v6_failover;                     /* enum v6_failover */
    int32_t address_block_scope;             /* enum block_scope */
    struct duration_range address_block_min; /* a port block lasts at least */
    struct duration_range address_blackhole_min; /* a blackhole lasts at least */
    int32_t setup;                               /* enum setup */
    struct choice_name cdn_zone; /* where hosts of partial set-up have their second name */
    uint32_t ttl_cname_s;        /* of every CNAME record */
    /* Products and packages. */
    struct duration_range package_create_delay;
    struct duration_range package_upgrade_delay;
    struct duration_range package_term; /* one value */
    struct duration_range package_release_delay;
    struct duration_range temp_upgrade_min; /* one value */
    struct duration_range attack_switch_back;
    struct duration_range peak_from, peak_until; /* one value each: since midnight, UTC+8 */
    uint32_t border_loss_permille;               /* public Internet across the border */
    uint32_t border_peak_loss_permille;
    uint32_t near_peak_loss_permille;
    uint32_t hk_peak_loss_permille;
    uint32_t border_peak_us;
    uint32_t private_loss_permille; /* what a product carries */
    uint32_t private_border_us;
    /* Capacity and resolvers. */
    int32_t spill; /* enum spill_mode */
    uint32_t ttl_spill_s;
    struct choice_list approved_tlds; /* no dots; when not given, the rule tld_set decides */
    /* Clients, answers and operators. */
    int32_t tie_break;                         /* enum tie_break */
    int32_t mainland_failover;                 /* enum mainland_failover */
    int32_t mainland_for_outside;              /* enum mainland_for_outside */
    int32_t unknown_clients;                   /* enum unknown_clients */
    int32_t anycast_resolvers;                 /* enum anycast_resolvers */
    int32_t unknown_subnet;                    /* enum unknown_subnet */
    uint32_t ecs_min_v4_bits, ecs_min_v6_bits; /* shorter prefixes are not believed */
    int32_t ecs_scope;                         /* enum ecs_scope */
    int32_t ede;                               /* enum ede_mode */
    bool ede_text;                             /* it says why in words */
    int32_t soa_serial;                        /* enum soa_serial */
    int32_t admin_force;                       /* enum admin_force */
    bool given[CHOICES_MAX]; /* [place in choices_table] the scenario or its profile says it */
};

enum choice_type {
    CHOICE_ENUM,   /* int32_t, `names` */
    CHOICE_BOOL,   /* bool */
    CHOICE_NUMBER, /* uint32_t, min..max */
    CHOICE_RANGE,  /* struct duration_range; "8h", "7h..24h" or "1bd..20bd" in scenarios */
    CHOICE_LIST,   /* struct choice_list; words parted by spaces in `fallback` */
    CHOICE_NAME,   /* struct choice_name */
};

struct choice_info {
    const char *name;
    enum choice_type type;
    uint32_t c4;              /* CHOICE_C4 bits: the declared choices it stands for; 0 = none */
    size_t offset;            /* in struct choices */
    const char *const *names; /* CHOICE_ENUM */
    uint32_t min, max;        /* CHOICE_NUMBER: the range; CHOICE_ENUM: max = number of names */
    const char *fallback;     /* the default, as text in scenario syntax */
    const char *text;         /* what it decides, for people */
    const char *grade;        /* of the default: "X", "D", "M", "R", "F", "V", "I", "K" or "SIM" */
    const char *source;       /* FACTS section and what stands there: "FACTS B1 (HW1)" */
};

enum { CHOICES_DECLARED = 26 }; /* how many choices FACTS C4 declares, numbered from 1 */

/* The bit of declared choice `n`. */
#define CHOICE_C4(n) (1U << (n))

/* Every setting; `*count` is their number. */
CN_NONNULL const struct choice_info *choices_table(size_t *count);

/* The documented defaults. */
CN_NONNULL void choices_default(struct choices *c);

/* The setting's place in the table; the number of settings when there is none. */
CN_NONNULL CN_PURE size_t choices_find(const char *name);

/* Sets the setting at that place to a value in the syntax of `fallback`. False, and nothing is
 * changed, when the text is no such value. It then counts as given. */
CN_NONNULL CN_MUSTUSE bool choices_set(struct choices *c, size_t i, const char *text);

/* Whether the member at this offset of struct choices is given. */
CN_NONNULL CN_PURE bool choices_given(const struct choices *c, size_t offset);

/* What FACTS C4 says of declared choice `n`, 1..CHOICES_DECLARED. */
CN_CONST const char *choices_declared(unsigned n);

/* The draw of `r` for one entity and purpose; of business days, in whole ones of 24 h each. */
CN_NONNULL CN_PURE simdur choices_draw(struct duration_range r, uint64_t seed, const char *entity,
                                       const char *purpose, uint64_t n);

/* When a duration that was drawn from `r` ends that starts at `from`. */
CN_NONNULL CN_PURE walltime choices_after(struct duration_range r, simdur drawn, walltime from,
                                          const struct calendar *c);

/* Reads "8h", "7h..24h", "3bd" or "1bd..20bd"; business days stand alone, at most 10000. */
CN_NONNULL CN_MUSTUSE bool choices_read_range(const char *text, struct duration_range *out);

#endif
