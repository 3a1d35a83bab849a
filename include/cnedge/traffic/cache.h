/* SPDX-License-Identifier: MIT
 * cache.h: what one caching resolver keeps, with the habits of a population. Room traffic (pure).
 *
 * population.h counts many such caches at once in closed form; here is one of them, entry by entry,
 * for clients that ask it. The time is handed in. The table has a fixed size: a new entry takes a
 * free place of the CACHE_WAYS that a keyed hash assigns to its key, else that of an entry which
 * nobody would get any more, else that of the least recently used. So nobody can choose whose entry
 * is lost, and under pressure even "stale_forever" forgets. */
#ifndef CNEDGE_TRAFFIC_CACHE_H
#define CNEDGE_TRAFFIC_CACHE_H

#include "cnedge/base/dname.h"
#include "cnedge/base/siphash.h"
#include "cnedge/traffic/population.h"

enum {
    CACHE_WAYS = 4,
    CACHE_DATA_MAX = 4096, /* bytes of one entry; whoever has more does not keep it */
    CACHE_STALE_S = 30,    /* TTL of what is given although it is over (RFC 8767 section 4) */
};

struct cache_key {
    const uint8_t *name; /* wire, lower case */
    uint32_t type;       /* a record type, or a number of the user's own */
};

struct cache_item { /* borrowed */
    uint32_t ttl_s;
    uint8_t kind; /* the user's */
    bool plain;   /* kept for its TTL, whatever the habit is */
    const uint8_t *data;
    size_t len;
};

struct cache_entry {
    uint64_t turn;   /* of its last use; 0: free */
    uint64_t serial; /* of its arrival: the greater is the newer */
    simtime from;
    uint32_t life_s; /* as this resolver keeps it */
    uint32_t type;
    uint16_t len;
    uint8_t kind;
    bool plain;
    uint8_t name[DNAME_MAX];
    uint8_t data[CACHE_DATA_MAX];
};

struct cache {
    uint8_t key[SIPHASH_KEY_BYTES];
    struct population habit;     /* its profile, floor_s and extend */
    struct cache_entry *entries; /* the caller's, zero at the start */
    size_t sets;                 /* of CACHE_WAYS entries each */
    uint64_t turn;
};

enum cache_state {
    CACHE_NONE,  /* nothing that may be given: ask */
    CACHE_FRESH, /* give it */
    CACHE_STALE, /* give it, then ask: the next one gets what comes */
    CACHE_KEPT,  /* its time is over; give it all the same, and do not ask */
};

struct cache_hit {
    enum cache_state state;
    uint32_t left_s;                 /* the TTL to give: whole seconds that are left */
    const struct cache_entry *entry; /* until the next cache_put; NULL for CACHE_NONE */
};

/* What the resolver has for the key at `now`. Should the clock be set back, what came later is
 * over.
 */
CN_NONNULL struct cache_hit cache_find(struct cache *c, const struct cache_key *key, simtime now);

/* Keeps an item that was fetched at `now` in place of what was there. False, and nothing changed:
 * its time is over at once, or it is too large. */
CN_NONNULL bool cache_put(struct cache *c, const struct cache_key *key,
                          const struct cache_item *item, simtime now);

#endif
