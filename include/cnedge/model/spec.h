/* SPDX-License-Identifier: MIT
 * spec.h: the initial state of a world as plain data. Room model.
 *
 * Whoever reads a scenario fills this in; world_build makes a running world from it. All names are
 * already indices, all wire names lower case. Arrays and texts must outlive the world. */
#ifndef CNEDGE_MODEL_SPEC_H
#define CNEDGE_MODEL_SPEC_H

#include "cnedge/base/dname.h"
#include "cnedge/base/simtime.h"
#include "cnedge/model/access.h"
#include "cnedge/model/apex_table.h"
#include "cnedge/model/applicant.h"
#include "cnedge/model/choices.h"
#include "cnedge/model/commercial.h"
#include "cnedge/model/filing.h"
#include "cnedge/model/onboarding.h"
#include "cnedge/model/package.h"
#include "cnedge/model/partner.h"
#include "cnedge/model/prefix.h"
#include "cnedge/model/product.h"
#include "cnedge/model/psb.h"
#include "cnedge/model/rules.h"
#include "cnedge/model/subject.h"
#include "cnedge/model/topology.h"

enum {
    SPEC_SITES_MAX = 1000000,
    SPEC_HOSTS_MAX = 4000000,
    SPEC_HOLDERS_MAX = 1000000,
    SPEC_ACCOUNTS_MAX = 1000000,
    SPEC_CAPACITY_MAX_MBPS = 1000000000,
    SPEC_TXT_MAX = 8, /* TXT records at one host */
    SPEC_TXT_BYTES_MAX = 255,
    SPEC_NAMESERVERS_MAX = 8,
    SPEC_PROVIDERS_MAX = 32, /* bits of site_spec.accesses */
    SPEC_PACKAGES_MAX = 255,
    SPEC_PRODUCTS_MAX = 255, /* an index plus one fits a byte of struct host_class */
};

struct holder_spec { /* FACTS A2: the legal subject of filings */
    const char *id;
    bool barred;    /* may not file any more (FACTS B6) */
    bool suspended; /* by the partner, from the start */
    bool proxy;     /* an ICP proxy: holds filings for others (FACTS A11) */
    /* Who may apply. */
    enum applicant_type type;
    const struct province *province; /* where it files; NULL: not said */
    const struct province *home;     /* of the identity card; NULL: as `province` */
    walltime certificate_until;      /* 0: it does not end */
    uint8_t age, foreign_pct;        /* as in struct applicant_view */
    bool resident, pilot_area;
    enum commercial_state commercial;
    const char *commercial_number; /* NULL: not said */
    walltime commercial_until;     /* when one that is in force expires; 0: not known, never */
};

struct partner_spec { /* FACTS A6: who operates mainland PoPs, vets and may suspend */
    const char *id;
    enum partner_state state;
};

struct account_spec { /* the partner's customer */
    const char *id;
    enum subscription_state subscription;
    bool limited; /* orders need its balance */
    int64_t balance_minor;
    char currency[MONEY_CURRENCY_MAX]; /* of the balance */
};

struct origin_spec { /* where the customer's own server is: revocation_policy "to_origin" */
    uint8_t v4_count, v6_count;
    uint8_t v4[POP_ADDRESSES_MAX][4];
    uint8_t v6[POP_ADDRESSES_MAX][16];
};

enum { SPEC_DEDICATED_MAX = 8 };

struct site_address { /* an address that serves this site alone */
    uint8_t address[16];
    bool v6;
};

struct zone;

struct site_spec {
    const char *domain;  /* text without final dot, for people */
    const uint8_t *apex; /* wire name */
    uint32_t holder;     /* CN_NONE32: nobody files for it, and `filing` is NONE */
    uint32_t account;
    uint8_t partner;     /* where it is onboarded: only this one's mainland PoPs answer for it */
    uint32_t name_group; /* sites that are filed under one name; CN_NONE32: no name is given */
    uint32_t edge_name;  /* group of sites on one shared edge name; CN_NONE32: its own */
    uint32_t host_first, host_count; /* in world_spec.hosts */
    const char *number;              /* of the filing; NULL when there is none */
    enum filing_state filing;
    /* Bits of providers: who carries the filing; before its approval, through whom it is filed;
     * where no access is left, whose was cancelled. */
    uint32_t accesses;
    bool needs_commercial;
    enum vetting_state vetting;
    enum psb_state psb;
    const char *psb_number; /* that the police gave; NULL: not said */
    enum coverage coverage;
    enum setup setup;
    enum revocation_policy policy;
    bool suspended; /* by the partner, from the start */
    bool blacklisted;
    bool resolution_closed;
    uint32_t order;    /* sites of one holder with the same number are one order; CN_NONE32: own */
    uint32_t entry;    /* the filing; sites with the same one share it (FACTS A1, before 2019) */
    bool entry_shared; /* another site has the same `entry` */
    bool app;        /* no site but an app: a filing of its own, no hosts, no name (FACTS A2, G) */
    uint32_t app_of; /* index plus one of the app whose filing covers the domain; 0: none does */
    walltime online_since; /* of an app; 0: not said, before all rules */
    bool registrar_ok;     /* FACTS A1: approved by the ministry; unless `registrar` is set */
    const char *registrar; /* its name, in lower case; NULL: not said */
    bool realname_matches;
    walltime realname_since; /* when the registration data were last changed */
    walltime domain_expires;
    walltime resource_until;          /* mainland hosting resource; 0: there is none */
    const struct origin_spec *origin; /* NULL: none given */
    const struct zone *zone;          /* what it holds besides its hosts; NULL: nothing */
    uint32_t demand_mbit; /* what mainland clients ask for across the border when sent there */
    uint16_t hosted;      /* PoP index plus one: served from that data centre alone; 0: no */
    const struct site_address *dedicated;
    uint8_t dedicated_count;
    uint32_t members; /* it is one of so many sites that differ in name and number only, and stands
                       * for all of them: a cohort, see world_spec.apexes. 0: it is itself */
};

struct host_spec {
    const uint8_t *name; /* wire, full */
    uint32_t site;
    bool active; /* false: comes into being by add_host */
    enum provisioning_state provisioning;
    const uint8_t *cname;   /* wire; not NULL: the host is an alias and not routed */
    const char *const *txt; /* static TXT records, each at most SPEC_TXT_BYTES_MAX bytes */
    uint8_t txt_count;
};

struct package_spec { /* a bandwidth package: FACTS B7 */
    const char *id;
    uint32_t account; /* that pays */
    enum package_state state;
    uint16_t mbit;
    bool cross_border, pay_as_you_go;
    bool temporary;  /* temporary upgrades are switched on */
    bool bound;      /* state EXPIRED: it was in use */
    simtime expires; /* SIMTIME_NEVER: not in this run */
    struct price price;
};

/* Whether its provider may sell a product. */
enum licence_held { LICENCE_BY_DATE, LICENCE_HELD, LICENCE_MISSING };

struct product_spec { /* FACTS A6, E1 */
    const char *id;
    enum product_kind kind;
    enum product_provider provider;
    enum licence_held licence;
    uint32_t account; /* that pays */
    enum product_state state;
    enum product_edition edition; /* hk_entry */
    bool by_address;              /* selected by address; hk_entry: a service that is reached so */
    uint16_t package;             /* connections; else CN_NONE16 */
    uint16_t carriers;            /* bits of enum carrier; 0: as the kind and edition say */
    uint32_t mbit;                /* what it carries at most; 0: not known, no limit */
    uint16_t pop;          /* where it ends; CN_NONE16: near PoPs (cen), Hong Kong (acceleration) */
    uint16_t premium;      /* hk_entry: for the remaining clients; CN_NONE16: none */
    const uint32_t *hosts; /* that use it, ascending */
    const uint32_t *sites; /* of these, ascending */
    uint32_t host_count, site_count;
    struct price price;
};

struct population_mix;

struct world_spec {
    walltime start;
    uint64_t seed;
    const struct topology *topology;
    const struct prefix_table *prefixes;
    const struct prefix_table *prefix_sources; /* of enum prefix_source; NULL: all is built in */
    const char *const *prefix_files; /* MaxMind DB files, in order, as the user knows them */
    struct choices choices;
    struct rules rules;                  /* what the scenario fixes of the dated rules */
    const struct partner_spec *partners; /* at least one, at most TOPOLOGY_PARTNERS_MAX */
    struct calendar calendar;            /* zeros: the built-in one */
    /* Of the resolvers' caches (traffic/population.h): nothing in the model looks at `mixes`; NULL:
     * the declared defaults. An entry lives for its TTL times the stretch, 0 is 1, and then for
     * some time more. */
    const struct population_mix *mixes; /* [line] */
    uint32_t caches_stretch, caches_linger_s;
    uint16_t unknown_line; /* what clients of the unknown line are treated as (C2 row 29) */
    const struct holder_spec *holders;
    const struct account_spec *accounts;
    const struct site_spec *sites;   /* the last app_count of them are apps */
    const struct host_spec *hosts;   /* grouped by site, in site order */
    const struct apex_table *apexes; /* of all sites, members too; NULL: no site has members */
    /* Those sites of cohorts that stand for no others, in the order of their files: wire names,
     * each followed by the text of its filing's number, "" when that is not said. */
    const uint8_t *const *members;
    uint32_t member_count;
    const char *const *providers; /* ids: the partners first, then who else carries filings */
    uint8_t partner_count, provider_count;
    uint32_t holder_count, account_count, site_count, host_count, app_count;
    uint32_t edge_name_count, name_group_count;
    const struct package_spec *packages;
    const struct product_spec *products;
    uint16_t package_count, product_count;
    bool paths; /* somebody looks at the quality of paths: the clock of the crowded hours runs */
    const uint8_t *nameservers[SPEC_NAMESERVERS_MAX]; /* wire; the NS records of every zone */
    uint8_t nameserver_count;
    const uint32_t *capacity_mbps; /* [pop] 0: without limit; NULL: none has a limit */
    const uint32_t *users;         /* [line] weights, at most USERS_MAX; NULL: no line has any */
};

/* How many sites a site stands for. */
static inline uint32_t spec_weight(const struct site_spec *s)
{
    return s->members > 0 ? s->members : 1;
}

/* The site that stands for a member: one of `members`. */
CN_NONNULL CN_PURE uint32_t spec_member_site(const struct world_spec *w, const uint8_t *member);

/* The name of a host as the member with that apex has it; `apex` may be the site's own. */
CN_NONNULL void spec_member_host(const struct world_spec *w, uint32_t host, const uint8_t *apex,
                                 uint8_t out[DNAME_MAX]);

/* How many sites and hosts there are, members and theirs included, apps not. */
struct spec_count {
    uint64_t sites, hosts;
    uint32_t cohorts;
};
CN_NONNULL CN_PURE struct spec_count spec_count(const struct world_spec *w);

/* Under which key a site or app is named: "site" or "app". */
CN_NONNULL CN_PURE const char *spec_site_key(const struct world_spec *w, uint32_t site);

/* Whether the top-level domain of a name may be filed at `t`: setting approved_tlds, or the rule.
 */
CN_NONNULL CN_PURE bool spec_tld_ok(const struct world_spec *w, const uint8_t *name, walltime t);

#endif
