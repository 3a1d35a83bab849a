/* SPDX-License-Identifier: MIT
 * invariant.h: what must hold in every scenario, for every host and line, after every event
 * (DESIGN section 6). Room model (pure).
 *
 * The checks are written a second time on purpose: they look at raw state (health, outages, what
 * the partner has observed) and compare every PoP with every other, and use nothing of policy.c.
 *
 * Why checking per class and line is enough (DESIGN 9.10): an answer is a function of (class key,
 * line, network state); a host's class key is checked against its site's raw state whenever the
 * host changes, and a class's cells are checked for every line whenever the class is entered or the
 * network changes. So every (host, line) of the world is covered by one (class, line) check that is
 * no older than the last change that could alter it. A member of a cohort has the answers of the
 * site that stands for it, by its name alone, so it is covered by the hosts of that site.
 * invariant_sweep does it the long way; tests show on small worlds that both find the same, and
 * that members are answered as if each had a state of its own. */
#ifndef CNEDGE_MODEL_INVARIANT_H
#define CNEDGE_MODEL_INVARIANT_H

#include "cnedge/model/world.h"

/* X(enumerator, id, text with the settings that relax it) */
#define INVARIANTS(X)                                                                              \
    X(MAINLAND_ENTITLED, "mainland_entitled",                                                      \
      "no mainland address for a host that is not entitled (relaxed by revocation_policy suspend " \
      "and deny_at_edge, by unknown_grace, and by admin_force obeyed for sites that are forced)")  \
    X(MAINLAND_INSIDE, "mainland_inside",                                                          \
      "no mainland address for a client outside (relaxed by coverage domestic, and by "            \
      "mainland_for_outside last_resort while no PoP outside is usable)")                          \
    X(OWN_PARTNER, "own_partner",                                                                  \
      "a mainland PoP that answers belongs to the partner that the site is onboarded at")          \
    X(AAAA_FORCED, "aaaa_forced",                                                                  \
      "a PoP that answers has IPv4 and IPv6 addresses, and AAAA is answered where A is (relaxed "  \
      "by v6_failover nodata)")                                                                    \
    X(FAMILIES_AGREE, "families_agree",                                                            \
      "A and AAAA name the same PoP (relaxed while a family is out or an address is blocked)")     \
    X(ADDRESSES, "addresses",                                                                      \
      "an answer has the addresses in use that are not blocked for the client, and no others")     \
    X(POP_USABLE, "pop_usable",                                                                    \
      "no PoP that is down or drained answers while a usable one exists")                          \
    X(NEAREST, "nearest",                                                                          \
      "the PoP that answers is the nearest usable one (relaxed by spill for the clients that are " \
      "passed on, and by mainland_failover for those that it sends outside)")                      \
    X(TTL_DECLARED, "ttl_declared", "the TTL is one of the declared ones")                         \
    X(HAS_REASON, "has_reason", "the decision has reasons and ends in its cell")                   \
    X(CLASS_CURRENT, "class_current", "the host's class is what its site's state says")            \
    X(SPILL_CAPACITY, "spill_capacity",                                                            \
      "with spill, no PoP carries more than its capacity while a usable one has room that its "    \
      "clients may be passed on to, and clients are passed on to usable PoPs only, none of "       \
      "them from outside into the mainland")                                                       \
    X(DNS_OUTAGE, "dns_outage",                                                                    \
      "while its partner's nameservers in China are out and dns_mode is in_china, a site is "      \
      "answered for nobody; else for everybody (relaxed by partial set-up, whose names are the "   \
      "customer's)")                                                                               \
    X(DNS_CROSSING, "dns_crossing",                                                                \
      "a query may time out when it crosses a congested border, which those of mainland clients "  \
      "do with dns_mode global and those of all others with in_china; and no other may")

enum invariant {
#define X(name, id, text) INVARIANT_##name,
    INVARIANTS(X)
#undef X
        INVARIANT_COUNT
};

CN_CONST const char *invariant_id(enum invariant i);
CN_CONST const char *invariant_text(enum invariant i);

struct violation {
    enum invariant invariant;
    uint32_t host; /* CN_NONE32: any host of the class */
    uint16_t class_;
    uint16_t line;     /* CN_NONE16: every line */
    uint16_t got_pop;  /* what was answered; CN_NONE16: no PoP */
    uint16_t want_pop; /* INVARIANT_NEAREST: what should have been */
};

struct violation_list {
    uint32_t count; /* found, also those that did not fit */
    uint32_t cap;
    struct violation *items; /* caller's storage */
    uint64_t checks;         /* (class, line) pairs and hosts looked at */
};

/* Checks what the last event changed: w->changed. */
CN_NONNULL void invariant_check_changed(struct world *w, struct violation_list *out);

/* Checks every class in use and every active host: for the start of a run. */
CN_NONNULL void invariant_check_all(struct world *w, struct violation_list *out);

/* The same for every host x line, one by one. For tests on small worlds. */
CN_NONNULL void invariant_sweep(struct world *w, struct violation_list *out);

/* Whether a cell of a class of hosts has a TTL that the settings, or the site, declare. */
CN_NONNULL CN_PURE bool invariant_ttl_declared(const struct choices *c, const struct host_class *k,
                                               const struct cell *cell);

/* The part of them that is about spill; looks at every class in use. Part of all three. */
CN_NONNULL void invariant_spill_check(struct world *w, struct violation_list *out);

/* --- line by line, for who looks at many networks that differ in few PoPs --------------------- */

/* What the check of a class's lines reads of all PoPs at once. Equal values have equal bytes. */
struct invariant_summary {
    uint16_t reached[FAMILY_COUNT]; /* carriers that some PoP for mainland clients reaches */
    uint8_t least[FAMILY_COUNT][2][2];
    bool part, tables, nodata_allowed; /* whether A and AAAA may differ, and how */
};

/* It, for a class as the network stands. */
CN_NONNULL void invariant_lines_summary(struct world *w, uint16_t class_,
                                        struct invariant_summary *out);

/* Whether the invariants hold for those lines of a class whose bit is set in `which`, with answers
 * that are decided anew. Adds to `reads[line]` the PoPs whose state that depended on, and to
 * `*checks` how much was looked at. */
CN_NONNULL CN_MUSTUSE bool invariant_lines_good(struct world *w, uint16_t class_,
                                                const uint64_t *which, struct pop_set *reads,
                                                uint64_t *checks);

/* The nearest usable PoP for a class and line by comparing all of them; CN_NONE16 when no PoP that
 * may answer is usable. For expectations ("nearest": true) as well. */
CN_NONNULL CN_PURE uint16_t invariant_nearest(const struct world *w, const struct host_class *key,
                                              uint16_t line, enum family family);

#endif
