/* SPDX-License-Identifier: MIT
 * population.h: what clients behind caching resolvers still get after the authority has changed its
 * answer. Room traffic (pure).
 *
 * A population is many independent caches of one behaviour. What the authority said is a history of
 * segments: from an instant on, one answer with one TTL. Asked is the share of the answers given to
 * clients at `t` that stem from the segments that count: the old PoP's after a failover, the forged
 * one's after a poisoning, the negative one's after a deletion (its TTL is the negative TTL then).
 *
 * The forms are closed, from renewal theory: queries for a name reach a cache as a Poisson process
 * of rate r, or so often that an entry is asked for again as soon as it expires (busy, rate 0). A
 * segment that lasts for at least one TTL is taken to have come to rest: the ages of the entries
 * are uniform. That is exact for one change of a long-lasting answer, and for caches that are busy
 * when TTLs become shorter or an answer lasts for less than its TTL; in between it neglects waves.
 *
 *   honest, T = TTL, x since the change:  r(T - x) / (1 + rT) for x < T, then 0; busy: 1 - x/T
 *   floor:          the same with T = max(TTL, floor)
 *   extend:         the same with T = TTL * extend
 *   stale_first:    1 - rx / (1 + rT) for x <= T, then e^(-r(x - T)) / (1 + rT): the first asker
 *                   after the expiry still gets the old answer, however late, and only then the
 *                   cache refreshes; busy: like honest
 *   stale_forever:  1: what was cached before the history's first change is never asked for again
 *
 * Arithmetic is + - * / on doubles, so equal on every machine; results are integers. */
#ifndef CNEDGE_TRAFFIC_POPULATION_H
#define CNEDGE_TRAFFIC_POPULATION_H

#include "cnedge/base/simtime.h"

enum {
    POPULATION_PPM = 1000000,      /* all of a population */
    POPULATION_SEGMENTS_MAX = 64,  /* of one history */
    POPULATION_RATE_MAX = 3600000, /* queries per hour that are told apart from busy */
    POPULATION_WEIGHT_MAX = 1000000,
    POPULATION_FLOOR_MAX_S = 86400,
    POPULATION_EXTEND_MAX = 1000,
    POPULATION_LIFE_MAX_S = INT32_MAX, /* the greatest TTL, RFC 2181 section 8 */
};

/* How a resolver treats TTLs (FACTS H2, last paragraph). */
enum population_profile {
    POPULATION_HONEST,
    POPULATION_FLOOR,         /* keeps entries for at least floor_s (M M11: tens of seconds) */
    POPULATION_EXTEND,        /* stretches TTLs (M M10: 8.74 % of resolvers world-wide) */
    POPULATION_STALE_FIRST,   /* answers first, refreshes after, without a limit (F M12) */
    POPULATION_STALE_FOREVER, /* never asks again: some runtimes and pinned configurations */
    POPULATION_COUNT
};

/* "honest", "floor", "extend", "stale_first", "stale_forever". */
CN_CONST const char *population_profile_name(enum population_profile p);

struct population {
    uint8_t profile;        /* enum population_profile */
    uint32_t weight;        /* users, in any unit; at most POPULATION_WEIGHT_MAX */
    uint32_t rate_per_hour; /* queries for one name at one cache; 0 = busy */
    uint32_t floor_s;       /* POPULATION_FLOOR: 1..POPULATION_FLOOR_MAX_S */
    uint32_t extend;        /* POPULATION_EXTEND: 1..POPULATION_EXTEND_MAX, a factor */
};

/* How long a resolver with that habit keeps what came with this TTL; seconds, at most
 * POPULATION_LIFE_MAX_S. The stale habits keep it for its TTL, and then some. */
CN_NONNULL CN_PURE uint32_t population_life_s(const struct population *p, uint32_t ttl_s);

struct population_segment { /* one answer of the authority, until the next segment begins */
    simtime from;           /* ascending; the first one has lasted for ever */
    uint32_t ttl_s;         /* in force while it is given */
    bool counts;            /* whether its entries are what is asked about */
};

struct population_history {
    const struct population_segment *segments; /* borrowed */
    uint32_t count;                            /* 1..POPULATION_SEGMENTS_MAX */
};

/* The share, ppm, of the answers that clients of one population get at `t` which stem from segments
 * that count. Segments that begin after `t` are not looked at. */
CN_NONNULL CN_PURE uint32_t population_share(const struct population *p,
                                             const struct population_history *h, simtime t);

struct population_mix {            /* populations of one line; their weights are not all 0 */
    const struct population *list; /* borrowed */
    uint32_t count;                /* >= 1 */
};

/* The same for a mixture, weighted; halves are rounded up. */
CN_NONNULL CN_PURE uint32_t population_mix_share(const struct population_mix *m,
                                                 const struct population_history *h, simtime t);

/* How long after the beginning of the last segment, which does not count, the share falls to `ppm`
 * or below, to the millisecond above. SIMTIME_NEVER when that is not within `horizon` of it. */
CN_NONNULL CN_PURE simtime population_mix_falls(const struct population_mix *m,
                                                const struct population_history *h, uint32_t ppm,
                                                simdur horizon);

struct population_poison { /* a wrong answer that was given for a while */
    uint32_t ttl_s;        /* of the right answer, before and after */
    uint32_t wrong_ttl_s;  /* of the wrong one */
    simtime from, until;   /* it was given in [from, until) */
};

/* The share, ppm, of answers at `t` that are still the wrong one, or are it already: the tail of
 * forged or hijacked answers in caches (FACTS D0, 2014-01-21; D1.29, D1.37). When only a part of
 * the queries was answered wrongly, the share is that part of this. */
CN_NONNULL CN_PURE uint32_t population_mix_poisoned(const struct population_mix *m,
                                                    const struct population_poison *p, simtime t);

/* The populations that stand for a line of which a scenario says nothing; shares are declared
 * choices (FACTS H2 SIM) around the two numbers that were measured or reported: in the mainland 60
 * % stale_first (F M12), everywhere 8.74 % extend (M M10). */
CN_CONST struct population_mix population_default(bool mainland);

#endif
