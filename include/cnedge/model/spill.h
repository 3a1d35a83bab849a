/* SPDX-License-Identifier: MIT
 * spill.h: what a PoP above its capacity passes on, and to whom (FACTS C2 row 31, C4.9). Room model
 * (pure).
 *
 * A PoP keeps capacity / load of its clients. The rest goes to usable PoPs with room, in proportion
 * to that room: from a mainland PoP to those of the same partner, then near ones, then global ones;
 * from a near one to near ones, then global ones; from a global one to global ones, then near ones.
 * What finds no room anywhere stays. Who moves is drawn from a keyed hash of (seed, client prefix,
 * host), never from a counter: the same client gets the same answer as long as the plan stands. */
#ifndef CNEDGE_MODEL_SPILL_H
#define CNEDGE_MODEL_SPILL_H

#include "cnedge/base/arena.h"
#include "cnedge/model/topology.h"

/* Hash values are parted among PoPs: the first `keep` of SPILL_ALL stay. */
#define SPILL_ALL (UINT64_C(1) << 32)

/* The part of a client's address that its answer may depend on: bits of IPv4 and of IPv6. */
enum { SPILL_V4_BITS = 24, SPILL_V6_BITS = 56 };

struct spill_pop { /* what the plan is made from */
    uint64_t load_kbps;
    uint64_t capacity_kbps; /* UINT64_MAX: without limit */
    enum pop_class class_;
    uint8_t partner; /* of a mainland PoP */
    bool usable;
};

struct spill_plan {
    uint16_t pop_count;
    bool any;         /* some PoP passes clients on */
    uint64_t *moved;  /* [from * pop_count + to] kbit/s; 0 on the diagonal */
    uint64_t *bounds; /* the same shape: hash values below it go to `to` or to a lesser one; the
                         diagonal holds what `from` keeps and comes first */
};

/* Storage for `pop_count` PoPs; false when the arena is exhausted. Nothing is passed on at first.
 */
CN_NONNULL CN_MUSTUSE bool spill_init(struct spill_plan *p, struct arena *a, uint16_t pop_count);

/* Makes the plan anew. Returns whether it differs from before. Cost: PoPs squared. */
CN_NONNULL bool spill_make(struct spill_plan *p, const struct spill_pop *pops);

/* Where the hash value `draw` goes whose nearest PoP is `from`. */
CN_NONNULL CN_PURE uint16_t spill_to(const struct spill_plan *p, uint16_t from, uint32_t draw);

/* The share, ppm, of the clients of `from` that get `to`. */
CN_NONNULL CN_PURE uint32_t spill_share(const struct spill_plan *p, uint16_t from, uint16_t to);

struct spill_client {    /* who asks */
    uint8_t address[16]; /* network order */
    uint8_t bits;        /* known of the address; 0: none, the line is asked for as one client */
    bool v6;
};

/* The prefix of a client that is hashed: its known bits, at most SPILL_V4_BITS or SPILL_V6_BITS. */
CN_NONNULL CN_PURE uint8_t spill_bits(const struct spill_client *c);

/* The hash value of a client on `line` for a host (wire name). */
CN_NONNULL CN_PURE uint32_t spill_draw(uint64_t seed, const struct line *line,
                                       const struct spill_client *c, const uint8_t *host);

#endif
