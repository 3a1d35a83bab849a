/* SPDX-License-Identifier: MIT
 * world.h: the mutable state and its one reducer. Room model (pure).
 *
 * state = fold(world_apply, events). Memory is taken from the arena when the world is built and
 * never afterwards. What an event changed is left in `changed`, so that whoever drives the world
 * looks at that and not at everything. One writer; readers on the same thread. */
#ifndef CNEDGE_MODEL_WORLD_H
#define CNEDGE_MODEL_WORLD_H

#include "cnedge/model/address.h"
#include "cnedge/model/event.h"
#include "cnedge/model/evq.h"
#include "cnedge/model/health.h"
#include "cnedge/model/list.h"
#include "cnedge/model/policy.h"
#include "cnedge/model/spill.h"

enum { WORLD_CLASSES_MAX = 1024, WORLD_BLOCKS_MAX = 64, WORLD_PPM = 1000000 };

/* The timers: one slot per site and purpose, then one per host, then one per holder and purpose,
 * then one per listed entry. */
enum site_timer {
    TIMER_FILING,
    TIMER_OBSERVE,
    TIMER_SETTLE,
    TIMER_GRACE,
    TIMER_RETURN,
    TIMER_VETTING,
    TIMER_BATCH,        /* what befell its account or holder reaches the site */
    TIMER_OVERSEAS,     /* it has been answered outside for too long */
    TIMER_CASCADE,      /* its holder's violation reaches it */
    TIMER_PSB,          /* the police filing: its deadline or review */
    TIMER_REGISTRATION, /* the domain's registration ends */
    SITE_TIMER_COUNT
};

enum package_timer { PACKAGE_TIMER_STEP, PACKAGE_TIMER_TERM, PACKAGE_TIMER_COUNT };
enum holder_timer {
    TIMER_COMMERCIAL,  /* the application's or the yearly report's next date */
    TIMER_EXPIRY,      /* of the commercial licence */
    TIMER_CERTIFICATE, /* the end of the certificate that the holder files with */
    HOLDER_TIMER_COUNT
};

enum pop_admin { ADMIN_OBEY, ADMIN_FORCE_UP, ADMIN_DRAIN, ADMIN_COUNT };

CN_CONST const char *pop_admin_name(enum pop_admin a);

struct partner {
    bool dns_down; /* its nameservers in China are out */
    uint8_t state; /* enum partner_state */
    bool down;     /* its whole mainland network has an outage: the truth */
    bool detected; /* and we have found that out */
    bool declared; /* an operator says so, true or not */
    uint32_t draws;
    uint16_t usable; /* how many of its PoPs are */
};

struct holder {
    bool barred, suspended;
    bool certificate_expired; /* the one that the bureau knows */
    bool certificate_renewed; /* after that: new orders stand on the new one */
    bool violated;
    uint32_t listed_sites, listed_addresses; /* blacklisted with its violation */
    uint8_t subject;                         /* enum subject_state */
    uint32_t site_first;  /* head of the list through site.next_of_holder; CN_NONE32 = empty */
    uint32_t orders;      /* filings with an open order: legal only up to one */
    uint32_t numbers;     /* filings that have a number */
    uint32_t app_numbers; /* those of `numbers` that are of apps */
    uint32_t accessible;  /* filings that some provider carries */
    uint8_t commercial;   /* enum commercial_state */
    uint32_t draws;       /* as in struct site */
    simtime barred_from_commercial; /* until then, when the licence was revoked */
};

struct account {
    uint8_t subscription;  /* enum subscription_state */
    uint32_t site_first;   /* head of the list through site.next_of_account */
    int64_t balance_minor; /* when the account's orders need it */
};

struct site {
    uint32_t next_of_holder, next_of_account, next_of_edge;
    uint8_t filing; /* enum filing_state: the truth */
    uint8_t cause;  /* enum filing_cause of the last loss */
    uint8_t sms_wrong;
    uint32_t access, access_cancelled; /* bits of providers: see access.h */
    uint32_t filed_through;            /* the accesses that an approval brings */
    uint16_t access_order, auditor;    /* providers: of the open order; of the audit */
    uint8_t vetting, psb;
    uint8_t psb_draws; /* as `draws`, of its own: the police filing moves no other draw */
    uint8_t status, status_filing, status_access, kept; /* as observed: see struct host_class */
    bool by_subject, status_by_subject, grace_over;
    bool suspended, blacklisted, closed, settled;
    bool expired, renewed; /* the domain's registration: lapsed; renewed within the run */
    uint8_t partner;       /* where it is onboarded */
    uint8_t subscription;  /* the account's, as far as the partner has carried it out */
    bool by_holder;        /* its holder is suspended, as far as the partner has carried that out */
    bool addresses_listed; /* its dedicated addresses, with its holder's violation */
    uint8_t own[FAMILY_COUNT]; /* masks over its dedicated addresses: not blacklisted */
    bool transferred;          /* the domain left the holder */
    bool learnt;               /* the partner knows of a loss that DNS does not show yet */
    bool lost;                 /* under unmap_shared: counts in its edge group */
    bool forced;               /* to the mainland, by an operator whom admin_force obeys */
    uint32_t ttl_s;            /* of lasting answers; 0: as in the settings */
    uint8_t coverage;
    uint32_t draws;       /* how many durations were drawn for it: the next draw's number */
    simtime sms_deadline; /* when filing is SMS_PENDING */
    simtime listed_until; /* blacklisted: not to be unlisted before */
    bool refiled, left;   /* filed anew in this run; was once in order and is not, or was not */
    simtime cool_until;   /* `left`: no return to the mainland before */
    uint32_t demand_mbit;
    uint32_t routed; /* hosts of it that are no aliases: each has an even part of the demand */
};

struct package {           /* a bandwidth package */
    uint8_t state;         /* enum package_state */
    bool processing;       /* an upgrade is under way */
    bool bound;            /* EXPIRED: it was in use before */
    uint32_t mbit;         /* now */
    uint32_t lasting_mbit; /* TEMP_UPGRADED: after it */
    uint32_t target_mbit;  /* processing: after it */
    uint32_t draws;
    struct meter meter; /* idle: in state IDLE */
};

enum product_attack { ATTACK_NONE, ATTACK_ON, ATTACK_WAITING };

struct product {
    uint8_t state;   /* enum product_state */
    uint8_t edition; /* enum product_edition */
    uint8_t attack;  /* enum product_attack */
    uint32_t mbit;   /* what it carries at most; 0: no limit is known */
    uint32_t draws;
    struct meter meter;
};

struct host {
    uint32_t site;
    uint16_t class_; /* index in world.classes */
    uint8_t provisioning;
    uint8_t allowlist_only; /* the pending step ends ALLOWLISTED */
    bool active;
    bool unmapped;    /* by deactivate, and not switched on again since */
    bool in_order;    /* entitled, as far as the host itself is concerned */
    uint8_t held;     /* shares of clients kept outside although it is; see world_return.c */
    uint16_t outside; /* the class of those clients; CN_NONE16: none, or class_ itself */
};

struct listed {           /* an entry of the border's lists; what members mean depends on `kind` */
    uint32_t site, host;  /* host CN_NONE32: the site with all names in it; both: no name */
    uint16_t region;      /* PROVINCE: whose box; NAME: where it is forged, CN_NONE16: everywhere */
    uint16_t carrier;     /* NAME: for whose clients it is forged; CN_NONE16: for all */
    uint8_t kind;         /* enum listed_kind */
    uint8_t state;        /* NAME: enum list_state; else enum measure_state */
    bool sni;             /* NAME: connections that name it are reset */
    uint8_t tld_count;    /* BOGUS */
    uint32_t share;       /* NAME: permille of clients for whom it is forged */
    uint32_t unused;      /* 0: no gaps, so that equal entries have equal bytes */
    simtime started;      /* HIJACK, BOGUS: when it last began; `ended` likewise */
    simtime as_of;        /* HIJACK, BOGUS: what caches hold is told as of this instant */
    simdur life;          /* HIJACK, BOGUS: TTL of the wrong answer; BOGUS: once it has ended */
    simtime since;        /* of `state` */
    simtime listed_until; /* not to be taken off before */
    simtime resets_since; /* when resets last began */
    simtime ended;        /* when resets last ended; SIMTIME_NEVER: they have not */
    const char *const *tlds; /* BOGUS: tld_count of them */
};

struct cell { /* one line's decision for one class and family, without reasons */
    uint16_t pop;
    uint8_t kind; /* enum decision_kind */
    uint8_t row;
    uint8_t addresses[FAMILY_COUNT]; /* DECISION_POP: masks over the PoP's pool */
    uint32_t ttl_s;
    uint32_t since; /* world.generation in which this cell last changed */
};

struct class_ {
    struct host_class key;
    uint32_t hosts;      /* members */
    uint64_t routed;     /* hosts that are answered for, those of cohorts' members included */
    uint32_t generation; /* of the network state that `cells` was computed for; 0 = never */
    uint32_t checked;    /* generation in which the invariants were last checked; 0 = never */
    bool entitled;
    uint64_t demand_kbps;             /* of its members */
    bool parted;                      /* the families had a table each */
    struct cell *cells[FAMILY_COUNT]; /* line_count each; see world_cells */
};

struct pop_watch { /* a PoP under probes: see world_health.c */
    struct health health;
    uint8_t finds; /* enum health_probe: what probes find since the last change of that */
    simtime from;  /* probes from here on are not counted in `health` yet */
};

struct pop_notice { /* for reports; nothing decides by it */
    simtime truth;  /* since when probes find what they find */
    simtime seen;   /* since when the PoP is taken for what it is taken for */
};

struct pop_address { /* one of a PoP's pool (address.h) */
    uint8_t state;   /* enum address_state */
    uint32_t draws;
    simtime until; /* not to be cleared before */
};

struct family_state { /* outages of one address family */
    bool mainland_down;
    bool *pop_down;                 /* [pop] */
    bool *region_down;              /* [region] */
    uint16_t carriers_down;         /* bits: everywhere */
    uint16_t *region_carriers_down; /* [region] bits */
    struct pop_status *pops;        /* [pop] effective, as answers of this family see it */
    uint16_t mainland_works;        /* bits per partner: some PoP of its works over it */
};

struct changes {     /* by the last world_apply, world_fire, world_begin or world_more */
    uint32_t *hosts; /* whose class changed, or that came into being */
    uint32_t host_count;
    bool border;  /* lists, resolvers, delegations: what reaches clients, not what we answer */
    bool network; /* PoPs, carriers or the partner: any class may answer differently */
    bool paths;   /* products, packages, demand or the hour: paths may be of another quality */
};

struct name_slot {       /* the name index: open addressing */
    const uint8_t *name; /* wire, lower case; NULL = free */
    uint32_t site;
    uint32_t host;  /* CN_NONE32: apex without a host, or an empty non-terminal */
    uint32_t below; /* active hosts of the zone below the name: with one, the name exists */
    bool apex;
    bool cdn; /* a name of the CDN's zone: `site` is that of its host; CN_NONE32 without one */
};

struct world;

struct filing_rest { /* of a step of a site's filing */
    struct event event;
    uint8_t what; /* enum filing_event */
    uint8_t to;   /* enum filing_state */
};

/* What is left of an event that reaches many sites; nothing outside of the reducer looks at it. */
struct world_work {
    const struct world_pass *pass; /* over sites; NULL: there is none */
    uint32_t site;                 /* the next one; CN_NONE32: it has been everywhere */
    /* Before all else: hosts of one site, from `host` on; hosts_end 0: there are none. */
    uint32_t host, hosts_end;
    void (*each)(struct world *w, uint32_t host);
    void (*behind)(struct world *w, uint32_t site); /* the last of them */
    /* Before the pass goes on: sites that follow the one that it was at, plus one; 0: none. */
    uint32_t group;                               /* on the same edge name */
    uint32_t chain;                               /* of partial set-up */
    uint32_t overseas;                            /* of the first of these partners (bits), whose */
    uint16_t partners;                            /* network failed or is back: overseas_audit */
    void (*then)(struct world *w, uint32_t site); /* and then: what is left of that one; or NULL */
    uint32_t then_site;
    struct filing_rest rest; /* of its filing's step */
    uint32_t load;           /* behind all of them: classes whose load is added already */
    struct event event;      /* as the pass sees it */
    enum refusal refusal;    /* of the whole event, as far as it has come */
    bool going;              /* world_begin has begun and world_more has not ended */
};

struct world {
    const struct world_spec *spec;
    const struct topology *topology;
    const struct choices *choices;
    simtime now;        /* of the last event */
    simtime changed_at; /* of the last event that was applied */
    uint32_t changes;   /* events that were applied so far */
    uint32_t pieces;    /* of events that took more than one */
    struct world_work work;
    struct partner *partners;
    struct holder *holders;
    struct account *accounts;
    struct site *sites;
    struct host *hosts;
    uint32_t *edge_first; /* [edge name] head of the list through site.next_of_edge */
    uint32_t *edge_lost;  /* [edge name] lost sites under unmap_shared */
    struct evq timers;
    uint8_t *pop_health, *pop_admin; /* [pop] the truth; what an operator says */
    uint8_t *pop_seen;               /* [pop] enum pop_health: what it is taken for */
    struct health_conf health;
    struct pop_watch *watches;  /* [pop] zeros without a damper */
    struct pop_notice *notices; /* [pop] the same */
    simtime *batch_from;    /* [site] for reports: when its holder's loss reached the partner, whose
                             * batch it waits for then; NULL: there are no batches */
    bool *region_down;      /* [region] */
    uint16_t carriers_down; /* bits: everywhere */
    uint16_t *region_carriers_down; /* [region] bits */
    bool border_443_reset;          /* every connection to port 443 across the border */
    uint16_t listed_count;          /* entries of `listed` that were ever used */
    uint16_t resolvers_down;        /* bits: carriers whose resolvers fail everywhere */
    /* What clients meet on the way; see traffic/path.h. */
    struct listed *listed;           /* LISTED_MAX */
    uint64_t listed_draws;           /* durations drawn for them so far */
    uint16_t *region_resolvers_down; /* [region] bits */
    bool *site_names_barred;         /* [site_spec.name_group] */
    struct pop_status *pops;         /* [pop] effective, over any family */
    struct family_state families[FAMILY_COUNT];
    bool families_part;            /* A and AAAA can differ just now */
    struct pop_address *addresses; /* [pop][family][pool] */
    uint8_t *in_use;               /* [pop][family] masks */
    struct address_block *blocks;  /* WORLD_BLOCKS_MAX */
    uint32_t block_count;
    bool border_congested;       /* queries that cross the border may time out */
    uint32_t message_generation; /* in which answers changed that no cell shows */
    struct package *packages;
    struct product *products;
    struct entry_status *entries; /* [product] what the policy sees of it */
    uint8_t *host_entry;          /* [host] its Hong Kong entry's index plus one; 0: none */
    bool peak;                    /* which end of the crowded hours the timer is not set for */
    bool timeless;                /* see world_make_timeless */
    uint32_t generation;          /* of the network state; starts at 1 */
    struct class_ *classes;       /* WORLD_CLASSES_MAX */
    uint32_t class_count;
    uint16_t *class_slots; /* hash index over classes */
    bool class_limit;      /* sticky: WORLD_CLASSES_MAX was reached; the run is void */
    struct name_slot *names;
    uint32_t name_mask;
    bool wildcards;            /* some host is "*", active or not */
    const uint8_t *cdn_zone;   /* wire; NULL: no site has the partial set-up */
    const uint8_t **cdn_names; /* [host] wire: its second name, in that zone; or NULL */
    uint32_t cdn_site;         /* that is about the CDN's own domain; CN_NONE32: none */
    uint8_t chain;             /* enum chain_state, as classes show it */
    uint32_t own_listed;       /* dedicated addresses of all sites that are blacklisted */
    struct changes changed;
    uint8_t *host_marked;                 /* [host] already in changed.hosts */
    uint64_t filings[FILING_STATE_COUNT]; /* sites, members of cohorts included: see world_tally */
    /* Load: see world_load. */
    uint64_t users;           /* of all lines */
    uint32_t demanding;       /* sites that have a demand */
    uint64_t *nearest_kbps;   /* [pop] as if every client got its nearest PoP */
    uint64_t *pop_kbps;       /* [pop] with what is passed on */
    uint64_t *adding_kbps;    /* [pop] the former, while it is made */
    bool load_due;            /* a host moved since those were computed */
    uint32_t load_generation; /* of the network state that they were computed for */
    struct spill_plan spill;  /* pop_count 0: setting spill is off, or there is no demand */
};

/* Builds a world from `spec` (borrowed as long as the world lives). NULL when the arena is
 * exhausted; check class_limit after. Names are unique: the loader has seen to that. */
CN_NONNULL CN_MUSTUSE struct world *world_build(struct arena *a, const struct world_spec *spec);

/* Applies one event at its instant, which must not lie before w->now. Refused events change
 * nothing. `w->changed` says what changed. */
CN_NONNULL CN_MUSTUSE enum refusal world_apply(struct world *w, const struct event *e);

/* The same in pieces, for whoever has something else to do meanwhile: begins with the event, and
 * does what it is about at up to `sites` sites; where load decides answers, a class whose load is
 * added counts as one. While world_is_going, world_more goes on with as many, and no other event
 * may begin; after each of them `w->changed` says what this piece changed.
 * All that is asked of a world may be asked then: each site is as it was before the event or as it
 * will be behind it. When the event has come to its end, *refusal is what world_apply would have
 * returned, and it counts: until then serials stay, so that nobody takes a zone for the new one
 * that is still the old. */
CN_NONNULL void world_begin(struct world *w, const struct event *e, uint32_t sites,
                            enum refusal *refusal);
CN_NONNULL void world_more(struct world *w, uint32_t sites, enum refusal *refusal);
CN_NONNULL CN_PURE static inline bool world_is_going(const struct world *w)
{
    return w->work.going;
}

/* When the machines' next timer is due. */
CN_NONNULL CN_PURE simtime world_next_at(const struct world *w);

/* Takes the earliest timer and applies the derived event it stands for, which is written to
 * `*out`. False when no timer is set. */
CN_NONNULL CN_MUSTUSE bool world_fire(struct world *w, struct event *out);

/* The same in pieces, as world_begin. */
CN_NONNULL CN_MUSTUSE bool world_begin_timer(struct world *w, uint32_t sites, struct event *out);

/* How many there are, members of cohorts included; what it costs does not depend on it. */
struct world_tally {
    uint64_t filings[FILING_STATE_COUNT]; /* sites and apps by the state of their filing */
    uint64_t entitled, not_entitled;      /* routed hosts that exist */
};
CN_NONNULL CN_MUSTUSE struct world_tally world_tally(const struct world *w);

/* For who asks what is answered, and never how well or since when. The crowded hours come and go no
 * more: they change how good paths are and nothing else. And world_cell decides one cell where only
 * one is wanted. */
CN_NONNULL void world_make_timeless(struct world *w);

/* The cells of a class for every line, up to date with the network. Unless families_part, those of
 * both families are one table, which is decided once. */
CN_NONNULL const struct cell *world_cells(struct world *w, uint16_t class_, enum family family);

/* One of them. After world_make_timeless its `since` may be unset. */
CN_NONNULL CN_MUSTUSE struct cell world_cell(struct world *w, uint16_t class_, uint16_t line,
                                             enum family family);

/* One cell, decided anew whatever the table holds; its `since` unset, and addresses of `family`
 * only. Adds the PoPs whose status the decision looked at to `read`. */
CN_NONNULL CN_MUSTUSE struct cell world_cell_afresh(const struct world *w, uint16_t class_,
                                                    uint16_t line, enum family family,
                                                    struct pop_set *read);

/* The decision for one host, line and family with its reasons. Equals the cell. */
CN_NONNULL void world_decide(const struct world *w, uint32_t host, uint16_t line,
                             enum family family, struct decision *out);

/* Whether the zones of a partner's sites get no proper answer just now (C2 row 27). */
CN_NONNULL CN_PURE bool world_dns_out(const struct world *w, uint8_t partner);

/* Whether the border is crowded at an instant, by the clock in China: peak_from, peak_until. */
CN_NONNULL CN_PURE bool world_crowded(const struct world *w, simtime at);

/* Whether queries of a line cross the border to get here: FACTS 0.6, setting dns_mode. */
CN_NONNULL CN_PURE bool world_dns_crosses(const struct world *w, uint16_t line);

/* Where a CNAME at the host's name leads: an alias's target, or its second name in the CDN's zone.
 * NULL: there is no CNAME, or the customer has closed resolution (FACTS A1). */
CN_NONNULL CN_PURE const uint8_t *world_target(const struct world *w, uint32_t host);

/* Whether queries of a line cross the border on their way along a site's names: those of partial
 * set-up begin in the customer's zone, whose nameservers are taken to be outside the mainland. */
CN_NONNULL CN_PURE bool world_chain_crosses(const struct world *w, uint32_t site, uint16_t line);

/* The second name of a host in partial set-up: its own with the CDN's zone behind it, with "all"
 * for "*", which is no name that clients accept. False: it would be too long. */
CN_NONNULL CN_MUSTUSE bool world_chain_name(const uint8_t *host, const uint8_t *cdn_zone,
                                            uint8_t out[DNAME_MAX]);

/* The same for a class. */
CN_NONNULL void world_decide_class(const struct world *w, uint16_t class_, uint16_t line,
                                   enum family family, struct decision *out);

/* Which class of a host answers one client: there are two while clients return in shares. */
CN_NONNULL CN_PURE uint16_t world_class_for(const struct world *w, uint32_t host, uint64_t client);

/* The key of a client that is known by its line only. */
CN_NONNULL CN_PURE uint64_t world_line_client(const struct world *w, uint16_t line);

/* A number for a client and a host: the same whatever else happens (DESIGN 9.4). */
CN_NONNULL CN_PURE uint64_t world_client_draw(const struct world *w, uint32_t host,
                                              uint64_t client);

/* An address as a client would connect to it. */
struct world_address {
    uint16_t pop, line;
    uint16_t port; /* 0: any */
    uint8_t family, index;
};

/* The address that an event with PARAM_ADDRESS names: one of its PoP, or of its site alone. */
CN_NONNULL void world_address_text(const struct world_spec *s, const struct event *e,
                                   char out[ADDRTEXT_MAX]);

/* Whether a block stands between that line and that address and port. */
CN_NONNULL CN_PURE bool world_address_blocked(const struct world *w, const struct world_address *x);

/* The state of an address of a PoP's pool. */
CN_NONNULL CN_PURE enum address_state world_address_state(const struct world *w, uint16_t pop,
                                                          enum family family, unsigned index);

struct world_health_view {
    enum pop_health truth, seen; /* what is wrong with the PoP itself; what it is taken for */
    enum health_probe finds;     /* what a probe finds now */
    struct health health;
    simtime truth_since, seen_since;
    simtime turns; /* when `seen` changes if nothing else does; SIMTIME_NEVER: it does not */
};

/* A PoP's health after the probes before `at`, which no event precedes that was not applied. With
 * setting health "none" only `truth` and `seen` mean something. */
CN_NONNULL CN_PURE struct world_health_view world_health_view(const struct world *w, uint16_t pop,
                                                              simtime at);

/* Whether probes and a damper stand between the truth about PoPs and what answers know of it. */
CN_NONNULL CN_PURE bool world_health_damped(const struct world *w);

/* What a probe of the PoP would find just now. */
CN_NONNULL CN_PURE enum health_probe world_health_finds(const struct world *w, uint16_t pop);

/* Whether the PoP in truth serves nobody: it, its province or its partner's network is out. */
CN_NONNULL CN_PURE bool world_health_fails(const struct world *w, uint16_t pop);

/* How the partner of a host's class stands. */
CN_NONNULL CN_PURE enum partner_state world_partner_state(const struct world *w,
                                                          const struct host_class *key);

/* A provider's access to the site's filing, in truth; and how many providers carry it. */
CN_NONNULL CN_PURE enum access_state world_access_at(const struct world *w, uint32_t site,
                                                     uint16_t provider);
CN_NONNULL CN_PURE uint8_t world_access_count(const struct world *w, uint32_t site);

/* Why a refused event met the wrong state: "the filing is SMS_PENDING". False when the code is not
 * about a state. To be asked before the next event. */
CN_NONNULL bool world_refusal_state(const struct world *w, const struct event *e, enum refusal r,
                                    char *out, size_t cap);
/* Bits of enum carrier that a product serves now. */
CN_NONNULL CN_PURE uint16_t world_product_carriers(const struct world *w, uint16_t product);

/* Sum of the limits of the connections on a package that are bought, Mbit/s; one is left out
 * (CN_NONE16: none). */
CN_NONNULL CN_PURE uint32_t world_package_connected(const struct world *w, uint16_t package,
                                                    uint16_t without);

/* Whether the partner has yet to carry out what befell the site's account or holder. */
CN_NONNULL CN_PURE bool world_batch_pending(const struct world *w, uint32_t site);

/* Whether a name, in lower case, is that of a site or a host, or stands above a host. */
CN_NONNULL CN_PURE bool world_names_has(const struct world *w, const uint8_t *name);

/* SOA serial of every zone, setting soa_serial (FACTS C4.23): Unix time of the last change, that of
 * the run's start plus the number of changes, or that of the start. */
CN_NONNULL CN_PURE uint32_t world_serial(const struct world *w);

/* When a timer of a site or of a host is due; SIMTIME_NEVER if it is not set. */
CN_NONNULL CN_PURE simtime world_site_timer_at(const struct world *w, enum site_timer timer,
                                               uint32_t site);
CN_NONNULL CN_PURE simtime world_host_timer_at(const struct world *w, uint32_t host);

/* When the filing's review, audit or shell ends by itself; SIMTIME_NEVER when nothing runs. */
CN_NONNULL CN_PURE simtime world_filing_deadline(const struct world *w, uint32_t site);
/* The same for the police filing. */
CN_NONNULL CN_PURE simtime world_psb_deadline(const struct world *w, uint32_t site);
/* The same for the partner's vetting. */
CN_NONNULL CN_PURE simtime world_vetting_deadline(const struct world *w, uint32_t site);
/* The state of the commercial licence of a site's holder; NONE without a holder. */
CN_NONNULL CN_PURE enum commercial_state world_commercial_state(const struct world *w,
                                                                uint32_t site);
/* When the certificate that the site's holder files with ends; SIMTIME_NEVER: not known, or over.
 */
CN_NONNULL CN_PURE simtime world_certificate_end(const struct world *w, uint32_t site);
/* When the registration of the site's domain ends; the same. */
CN_NONNULL CN_PURE simtime world_registration_end(const struct world *w, uint32_t site);
/* When its application, report or validity next takes a step by itself. */
CN_NONNULL CN_PURE simtime world_commercial_deadline(const struct world *w, uint32_t holder);

/* --- load: how much traffic each PoP carries ------------------------------------------------- */

/* Whether any site has a demand and any line has users. */
CN_NONNULL CN_PURE bool world_has_load(const struct world *w);

/* Kbit/s per PoP, what is passed on included. Cost: classes x lines, when something changed. Valid
 * until the next event; with spill, as of the last one. */
CN_NONNULL const uint64_t *world_load(struct world *w);

/* UINT64_MAX: without limit. */
CN_NONNULL CN_PURE uint64_t world_capacity(const struct world *w, uint16_t pop);

/* Whether the clients to whom the PoP is the nearest ask for more than it can carry (FACTS D1.4):
 * an observation; only setting `spill` does anything about it. */
CN_NONNULL bool world_saturated(struct world *w, uint16_t pop);

/* --- spill: answers that differ between clients of one line ----------------------------------- */

/* Whether clients of the host whose nearest PoP is `pop` are passed on, or some of them. */
CN_NONNULL CN_PURE bool world_spreads(const struct world *w, uint32_t host, uint16_t pop);

/* The PoP that one client gets whose nearest is `pop`. */
CN_NONNULL CN_PURE uint16_t world_spread_to(const struct world *w, uint32_t host, uint16_t line,
                                            const struct spill_client *c, uint16_t pop);

/* The share, ppm, of the host's clients that get `to` of those whose nearest PoP is `from`. */
CN_NONNULL CN_PURE uint32_t world_spread_share(const struct world *w, uint32_t host, uint16_t from,
                                               uint16_t to);

/* The row of an answer that spill has decided. */
CN_NONNULL CN_PURE uint8_t world_spread_row(const struct world *w, uint16_t line,
                                            const struct cell *cell, uint16_t to);

struct world_ask { /* one client's question */
    uint32_t host;
    uint16_t line;
    enum family family;
    const struct spill_client *client; /* borrowed */
};

/* world_decide, for one client of the line. */
CN_NONNULL void world_decide_for(const struct world *w, const struct world_ask *ask,
                                 struct decision *d);

/* The addresses of a PoP that clients of the line may be given, a mask over its pool; 0 when it
 * cannot be used over that family. */
CN_NONNULL CN_PURE uint8_t world_spread_addresses(const struct world *w, uint16_t pop,
                                                  uint16_t line, enum family family);

#endif
