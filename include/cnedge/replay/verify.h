/* SPDX-License-Identifier: MIT
 * verify.h: the invariants, proved for every state that up to two faults can lead to. Room replay.
 *
 * A state is a world at a position of the scenario's run. From the start, each scenario event and
 * each instant of timers leads to the next position; after the scenario's end, timers go on firing
 * for VERIFY_BEYOND_S. At each position, every fault of VERIFY_FAULTS is injected for every object
 * it can be about, up to `depth` faults on one way, in every order. After each event the invariants
 * are checked as a replay does. A fault stands at the instant of a scenario event behind that
 * event, and after timers at the next whole millisecond: so every way can be written as a scenario.
 *
 * Why the search may leave states out (sketches of proof; tests compare with the full search):
 *
 * Merging. What happens next is a function of the world's memory, the next scenario event, the
 * instant and the number of faults left. The digest covers just that; left out are only the table
 * of classes, which is a memory of decisions (each host's class key is in the digest), counters of
 * changes that nothing decides by, and the heap's layout, in place of which the timers' order is.
 * So two states with equal digests have equal futures, and one of them is enough. A digest has 128
 * bits: a million states collide with a chance below 1e-26.
 *
 * Classes. What is checked per class and line reads the class key and the network, nothing of a
 * site. A pair of key and network that was found good is good wherever it occurs again.
 *
 * Lines. The check of one line reads few PoPs, and notes which. It runs in order, so what it reads
 * next depends on what it has read. In a network that agrees with an earlier one, in which the line
 * was found good, on those PoPs, on what all PoPs have in common (struct invariant_summary) and on
 * all that belongs to no single PoP, it reads the same and finds the same.
 *
 * Deferring. A last fault that touches nothing but PoPs, regions, carriers or families may change
 * places with a step that touches none of these. Then it need not be followed from here: it is
 * injected behind the step as well. It need not even be injected here where its network was seen
 * with the same classes. verify_defer.c has the conditions; where sites look at PoPs, or load
 * decides answers, nothing is deferred.
 *
 * Crowded hours. They change how good paths are. No decision, guard, timer or invariant reads them,
 * so they neither begin nor end here, and are no positions.
 *
 * Orbits. Two sites with the same holder, account, edge name, settings, state, timers and hosts,
 * that no later scenario event names, differ in nothing but their names; swapping them maps the
 * world onto itself. A fault at one leads to the image of what it leads to at the other, and the
 * invariants do not look at names. So one site of an orbit stands for all. This needs durations
 * that do not depend on names: unless `drawn` is set, each duration that is a range counts as its
 * least value, and a partner carries everything out in one batch. Names that end in different
 * parents are kept apart, since rules look at endings. */
#ifndef CNEDGE_REPLAY_VERIFY_H
#define CNEDGE_REPLAY_VERIFY_H

#include <stdio.h>

#include "cnedge/model/invariant.h"
#include "cnedge/scenario/scenario.h"

enum {
    VERIFY_DEPTH_MAX = 2,
    VERIFY_VIOLATIONS_MAX = 8,
    VERIFY_PATH_MAX = 4096, /* events of a counterexample before it is shrunk */
};
/* How long timers go on firing after the scenario's end: a year and a bit. */
#define VERIFY_BEYOND_S (INT64_C(400) * 86400)

/* What a fault is injected for. */
enum verify_over {
    OVER_NOTHING,
    OVER_POP,
    OVER_REGION,         /* provinces that have a PoP */
    OVER_CARRIER,        /* carriers that a PoP has */
    OVER_REGION_CARRIER, /* the same within one province */
    OVER_SITE,
    OVER_HOST, /* no aliases */
    OVER_HOLDER,
    OVER_ACCOUNT,
    OVER_PARTNER,      /* when there are several */
    OVER_MAINLAND_POP, /* with several addresses: one of them */
    OVER_PACKAGE,
    OVER_PRODUCT,
    OVER_ACCESS,    /* a site and a provider that may carry its filing */
    OVER_DEDICATED, /* an address of a site's own */
};

/* X(event kind, what it is injected for, its cause, coverage or family if it has one). A new kind
 * of fault is one line here. The second half are recoveries: faults that end. */
#define VERIFY_FAULTS(X)                                                                           \
    X(POP_DOWN, OVER_POP, 0)                                                                       \
    X(PROVINCE_DOWN, OVER_REGION, 0)                                                               \
    X(CARRIER_DOWN, OVER_CARRIER, 0)                                                               \
    X(CARRIER_DOWN, OVER_REGION_CARRIER, 0)                                                        \
    X(FAMILY_DOWN, OVER_NOTHING, FAMILY_V4)                                                        \
    X(FAMILY_DOWN, OVER_NOTHING, FAMILY_V6)                                                        \
    X(ADDRESS_BLACKHOLE, OVER_MAINLAND_POP, FAMILY_V4)                                             \
    X(PARTNER_DNS_DOWN, OVER_NOTHING, 0)                                                           \
    X(PARTNER_DNS_DOWN, OVER_PARTNER, 0)                                                           \
    X(BORDER_CONGESTED, OVER_NOTHING, 0)                                                           \
    X(PACKAGE_EXPIRE, OVER_PACKAGE, 0)                                                             \
    X(PRODUCT_LOSE, OVER_PRODUCT, 0)                                                               \
    X(PARTNER_DOWN, OVER_NOTHING, 0)                                                               \
    X(PARTNER_DOWN, OVER_PARTNER, 0)                                                               \
    X(PARTNER_SUSPEND, OVER_SITE, 0)                                                               \
    X(PARTNER_SUSPEND, OVER_HOLDER, 0)                                                             \
    X(PARTNER_SUSPEND, OVER_ACCOUNT, 0)                                                            \
    X(PARTNER_SUSPEND, OVER_NOTHING, 0)                                                            \
    X(PARTNER_SUSPEND, OVER_PARTNER, 0)                                                            \
    X(PARTNER_CONTRACT_END, OVER_PARTNER, 0)                                                       \
    X(OUTAGE_DECLARE, OVER_PARTNER, 0)                                                             \
    X(PARTNER_TERMINATE, OVER_ACCOUNT, 0)                                                          \
    X(SUBSCRIPTION_END, OVER_ACCOUNT, 0)                                                           \
    X(REVOKE_SITE, OVER_SITE, CAUSE_UNSTATED)                                                      \
    X(REVOKE_SITE, OVER_SITE, CAUSE_ILLEGAL_CONTENT)                                               \
    X(REVOKE_SUBJECT, OVER_HOLDER, CAUSE_UNSTATED)                                                 \
    X(ACCESS_CANCEL, OVER_ACCESS, 0)                                                               \
    X(DEREGISTER_SITE, OVER_SITE, 0)                                                               \
    X(DEREGISTER_SUBJECT, OVER_HOLDER, 0)                                                          \
    X(AUDIT_HIT, OVER_SITE, CAUSE_UNSTATED)                                                        \
    X(FILING_CHANGE, OVER_SITE, 0)                                                                 \
    X(VIOLATE, OVER_HOLDER, 0)                                                                     \
    X(CERT_EXPIRE, OVER_HOLDER, 0)                                                                 \
    X(REPORT_MISSED, OVER_HOLDER, 0)                                                               \
    X(DOMAIN_EXPIRE, OVER_SITE, 0)                                                                 \
    X(DOMAIN_TRANSFER, OVER_SITE, 0)                                                               \
    X(BAR_ENTITY, OVER_HOLDER, 0)                                                                  \
    X(PSB_WARN, OVER_SITE, 0)                                                                      \
    X(PSB_PENALISE, OVER_SITE, 0)                                                                  \
    X(COMMERCIAL_REVOKE, OVER_HOLDER, 0)                                                           \
    X(CONTENT_CHANGE, OVER_SITE, 0)                                                                \
    X(VETTING_REREVIEW, OVER_SITE, 0)                                                              \
    X(VETTING_REJECT, OVER_SITE, 0)                                                                \
    X(STATUS_UNKNOWN, OVER_SITE, 0)                                                                \
    X(BLACKLIST_DOMAIN, OVER_SITE, 0)                                                              \
    X(BLACKLIST_ADDRESS, OVER_DEDICATED, 0)                                                        \
    X(CLOSE_RESOLUTION, OVER_SITE, 0)                                                              \
    X(DEACTIVATE, OVER_HOST, 0)                                                                    \
    X(DEPROVISION, OVER_HOST, 0)                                                                   \
    X(SET_COVERAGE, OVER_SITE, COVERAGE_GLOBAL)                                                    \
    X(SET_COVERAGE, OVER_SITE, COVERAGE_DOMESTIC)                                                  \
    X(SET_COVERAGE, OVER_SITE, COVERAGE_OVERSEAS)                                                  \
    X(POP_UP, OVER_POP, 0)                                                                         \
    X(POP_OBEY, OVER_POP, 0)                                                                       \
    X(PROVINCE_UP, OVER_REGION, 0)                                                                 \
    X(CARRIER_UP, OVER_CARRIER, 0)                                                                 \
    X(CARRIER_UP, OVER_REGION_CARRIER, 0)                                                          \
    X(FAMILY_UP, OVER_NOTHING, FAMILY_V6)                                                          \
    X(ADDRESS_ROTATE, OVER_MAINLAND_POP, FAMILY_V4)                                                \
    X(PARTNER_DNS_UP, OVER_NOTHING, 0)                                                             \
    X(PARTNER_DNS_UP, OVER_PARTNER, 0)                                                             \
    X(BORDER_CLEAR, OVER_NOTHING, 0)                                                               \
    X(CERT_RENEW, OVER_HOLDER, 0)                                                                  \
    X(DOMAIN_RENEW, OVER_SITE, 0)                                                                  \
    X(PARTNER_UP, OVER_NOTHING, 0)                                                                 \
    X(PARTNER_UP, OVER_PARTNER, 0)                                                                 \
    X(PARTNER_RESUME, OVER_SITE, 0)                                                                \
    X(PARTNER_RESUME, OVER_HOLDER, 0)                                                              \
    X(PARTNER_RESUME, OVER_ACCOUNT, 0)                                                             \
    X(PARTNER_RESUME, OVER_NOTHING, 0)                                                             \
    X(PARTNER_RESUME, OVER_PARTNER, 0)                                                             \
    X(OUTAGE_CLEAR, OVER_PARTNER, 0)                                                               \
    X(AUDIT_FIX, OVER_SITE, 0)                                                                     \
    X(FILING_CHANGE_DONE, OVER_SITE, 0)                                                            \
    X(FILING_REFILE, OVER_SITE, 0)                                                                 \
    X(COMMERCIAL_ISSUE, OVER_HOLDER, 0)                                                            \
    X(VETTING_APPROVE, OVER_SITE, 0)                                                               \
    X(STATUS_KNOWN, OVER_SITE, 0)                                                                  \
    X(UNLIST_DOMAIN, OVER_SITE, 0)                                                                 \
    X(OPEN_RESOLUTION, OVER_SITE, 0)                                                               \
    X(PROVISION, OVER_HOST, 0)                                                                     \
    X(SUBSCRIPTION_ACTIVATE, OVER_ACCOUNT, 0)

enum {
#define X(kind, over, arg) +1 /* NOLINT(bugprone-macro-parentheses): terms of a sum */
    VERIFY_FAULT_COUNT = 0 VERIFY_FAULTS(X)
#undef X
};

struct verify_fault_info {
    enum event_kind kind;
    enum verify_over over;
    uint8_t arg;
};

/* A line of VERIFY_FAULTS. */
CN_CONST const struct verify_fault_info *verify_faults_info(uint32_t row);
/* "site", "pop", ... */
CN_CONST const char *verify_faults_over_name(enum verify_over o);

struct verify_digest {
    uint64_t a, b;
};

struct verify_event { /* one event of a way */
    struct event event;
    const struct scenario_event *from; /* NULL: injected */
    enum refusal refusal;
};

struct verify_way { /* what leads from the start to a violation */
    struct verify_event *events;
    uint32_t count, injected;
    struct violation violation;
    simtime at;
};

struct verify_options {
    uint32_t depth; /* 0..VERIFY_DEPTH_MAX */
    simdur beyond;  /* how long timers go on firing after the scenario's end; 0: VERIFY_BEYOND_S */
    bool drawn;     /* durations as the seed draws them, not the least of each range */
    bool no_merging, no_orbits, no_deferring; /* for tests: look at everything */
    bool all;                                 /* go on after a violation */
    /* Test only, may be NULL: called after each event that was applied, before the invariants are
     * checked. It may corrupt the world; true: it did. */
    bool (*corrupt)(void *owner, struct world *w, const struct event *e);
    /* May be NULL: called for each new state, and for each way that ends in a violation. */
    void (*on_state)(void *owner, struct verify_digest d);
    void (*on_violation)(void *owner, const struct verify_way *way);
    void *owner;
};

struct verify_result {
    bool violated;
    struct verify_way way;    /* the first violation with the fewest faults, shrunk */
    uint64_t states;          /* different ones that were visited */
    uint64_t states_unmerged; /* that a search without merging and orbits would visit; saturates */
    uint64_t events;          /* applied */
    uint64_t refused;         /* injections that were refused */
    uint64_t deferred;        /* injections that were left to a later position */
    uint64_t checks;          /* (class, line) pairs and hosts looked at */
    uint64_t classes_known;   /* checks of a whole class that were known to be good */
    uint32_t faults;          /* faults times the objects they can be about */
    uint32_t faults_start;    /* of these, injected at the start after orbits were merged */
    uint32_t orbits;          /* of sites, at the start */
    uint64_t accepted[VERIFY_FAULT_COUNT];
};

/* Verifies `s`; memory from `a`. CN_OK also when an invariant is violated: see the result.
 * CN_E_LIMIT when memory or WORLD_CLASSES_MAX does not suffice; then nothing is proved. */
CN_NONNULL CN_MUSTUSE enum cn_status verify_run(struct arena *a, const struct scenario *s,
                                                const struct verify_options *o,
                                                struct verify_result *out);

/* --- reports ---------------------------------------------------------------------------------- */

/* What was proved or found, for people. */
CN_NONNULL void verify_report_text(FILE *out, const struct scenario *s,
                                   const struct verify_options *o, const struct verify_result *r);

/* The same as a JSON line. */
CN_NONNULL void verify_report_json(FILE *out, const struct scenario *s,
                                   const struct verify_options *o, const struct verify_result *r);

/* Writes the counterexample as a scenario that replays: the scenario's own file with the events of
 * the way and without expectations. False when the file cannot be read again or written. */
CN_NONNULL CN_MUSTUSE bool verify_report_scenario(FILE *out, const struct scenario *s,
                                                  const struct verify_options *o,
                                                  const struct verify_result *r);

#endif
