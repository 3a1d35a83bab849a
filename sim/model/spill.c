/* SPDX-License-Identifier: MIT */
#include "cnedge/model/spill.h"

#include <string.h>

#include "cnedge/base/dname.h"
#include "cnedge/base/rng.h"

/* --- the plan --------------------------------------------------------------------------------- */

/* For each class of PoP, where its excess goes first, then, and last. */
static const enum pop_class order[POP_CLASS_COUNT][POP_CLASS_COUNT] = {
    [POP_MAINLAND] = {POP_MAINLAND, POP_NEAR, POP_GLOBAL},
    [POP_NEAR] = {POP_NEAR, POP_GLOBAL, POP_CLASS_COUNT},
    [POP_GLOBAL] = {POP_GLOBAL, POP_NEAR, POP_CLASS_COUNT},
};

bool spill_init(struct spill_plan *p, struct arena *a, uint16_t pop_count)
{
    size_t cells = (size_t)pop_count * pop_count;
    *p = (struct spill_plan){.pop_count = pop_count};
    p->moved = arena_get(a, cells, sizeof(*p->moved));
    p->bounds = arena_get(a, cells, sizeof(*p->bounds));
    return !a->failed;
}

/* a * b / c for a <= c, without overflow; exact while c < 2^32, else to 2^-31 of it. */
static uint64_t part(uint64_t a, uint64_t b, uint64_t c)
{
    while (c >= SPILL_ALL) {
        a >>= 1;
        c >>= 1;
    }
    uint64_t whole = b / c;
    uint64_t rest = b % c;
    return a * whole + a * rest / c;
}

struct maker {
    struct spill_plan *plan;
    const struct spill_pop *pops;
    uint64_t total; /* the load of all: what a PoP without limit has room for */
    uint64_t excess[TOPOLOGY_POPS_MAX], room[TOPOLOGY_POPS_MAX];
};

static void measure(struct maker *m)
{
    uint16_t n = m->plan->pop_count;
    m->total = 0;
    for (uint16_t i = 0; i < n; i++) {
        m->total += m->pops[i].load_kbps;
    }
    for (uint16_t i = 0; i < n; i++) {
        const struct spill_pop *p = &m->pops[i];
        bool limited = p->capacity_kbps != UINT64_MAX;
        bool full = limited && p->load_kbps >= p->capacity_kbps;
        m->excess[i] = full ? p->load_kbps - p->capacity_kbps : 0;
        m->room[i] = !p->usable || full ? 0 : limited ? p->capacity_kbps - p->load_kbps : m->total;
    }
}

struct group {
    enum pop_class class_;
    int partner; /* -1: of any */
};

static bool is_in(const struct maker *m, uint16_t pop, const struct group *g)
{
    const struct spill_pop *p = &m->pops[pop];
    return p->class_ == g->class_ && (g->partner < 0 || p->partner == g->partner);
}

static uint64_t sum(const struct maker *m, const uint64_t *values, const struct group *g)
{
    uint64_t s = 0;
    for (uint16_t i = 0; i < m->plan->pop_count; i++) {
        if (is_in(m, i, g)) s += values[i];
    }
    return s;
}

static void move(struct maker *m, uint16_t from, uint16_t to, uint64_t kbps)
{
    if (kbps > m->excess[from]) kbps = m->excess[from];
    if (kbps > m->room[to]) kbps = m->room[to];
    m->plan->moved[(size_t)from * m->plan->pop_count + to] += kbps;
    m->excess[from] -= kbps;
    m->room[to] -= kbps;
}

/* Shares the excess of one group out over the room of another, each in proportion; then the few
 * kbit/s that rounding down has left. */
static void pass_on(struct maker *m, const struct group *from, const struct group *to)
{
    uint16_t n = m->plan->pop_count;
    uint64_t excess = sum(m, m->excess, from);
    uint64_t room = sum(m, m->room, to);
    uint64_t excess_of[TOPOLOGY_POPS_MAX];
    uint64_t room_of[TOPOLOGY_POPS_MAX];
    if (excess == 0 || room == 0) return;
    memcpy(excess_of, m->excess, n * sizeof(*excess_of));
    memcpy(room_of, m->room, n * sizeof(*room_of));
    for (int rounding = 0; rounding < 2; rounding++) {
        for (uint16_t i = 0; i < n; i++) {
            if (!is_in(m, i, from) || m->excess[i] == 0) continue;
            uint64_t going = excess <= room ? excess_of[i] : part(excess_of[i], room, excess);
            for (uint16_t k = 0; k < n; k++) {
                if (!is_in(m, k, to) || m->room[k] == 0) continue;
                move(m, i, k, rounding == 1 ? UINT64_MAX : part(room_of[k], going, room));
            }
        }
    }
}

/* Inside the mainland clients stay with their partner. */
static void pass_on_class(struct maker *m, enum pop_class from, enum pop_class to)
{
    bool inside = from == POP_MAINLAND && to == POP_MAINLAND;
    for (int partner = inside ? 0 : -1; partner < (inside ? TOPOLOGY_PARTNERS_MAX : 0); partner++) {
        struct group source = {from, partner};
        struct group target = {to, partner};
        pass_on(m, &source, &target);
    }
}

/* The hash values of one PoP, parted like its load. */
static bool set_bounds(struct spill_plan *p, uint16_t from, uint64_t load)
{
    const uint64_t *moved = p->moved + (size_t)from * p->pop_count;
    uint64_t *bounds = p->bounds + (size_t)from * p->pop_count;
    uint64_t gone = 0;
    bool changed = false;
    for (uint16_t to = 0; to < p->pop_count; to++) {
        gone += moved[to];
    }
    uint64_t upto = load - gone;
    for (uint16_t i = 0; i <= p->pop_count; i++) { /* first the PoP itself, then the others */
        uint16_t to = i == 0 ? from : (uint16_t)(i - 1);
        if (i > 0 && to == from) continue;
        upto += i == 0 ? 0 : moved[to];
        uint64_t bound = upto == load ? SPILL_ALL : part(upto, SPILL_ALL, load);
        changed = changed || bounds[to] != bound;
        bounds[to] = bound;
    }
    p->any = p->any || gone > 0;
    return changed;
}

bool spill_make(struct spill_plan *p, const struct spill_pop *pops)
{
    struct maker m = {.plan = p, .pops = pops};
    bool changed = false;
    CN_ASSERT(p->pop_count <= TOPOLOGY_POPS_MAX);
    memset(p->moved, 0, (size_t)p->pop_count * p->pop_count * sizeof(*p->moved));
    measure(&m);
    for (unsigned from = 0; from < POP_CLASS_COUNT; from++) {
        for (unsigned step = 0; step < POP_CLASS_COUNT; step++) {
            enum pop_class to = order[from][step];
            if (to != POP_CLASS_COUNT) pass_on_class(&m, (enum pop_class)from, to);
        }
    }
    p->any = false;
    for (uint16_t i = 0; i < p->pop_count; i++) {
        changed = set_bounds(p, i, pops[i].load_kbps) || changed;
    }
    return changed;
}

uint16_t spill_to(const struct spill_plan *p, uint16_t from, uint32_t draw)
{
    const uint64_t *bounds = p->bounds + (size_t)from * p->pop_count;
    if (!p->any || draw < bounds[from]) return from;
    uint16_t to = 0;
    while (to == from || draw >= bounds[to]) {
        to++;
    }
    return to;
}

uint32_t spill_share(const struct spill_plan *p, uint16_t from, uint16_t to)
{
    enum { PPM = 1000000 };
    const uint64_t *bounds = p->bounds + (size_t)from * p->pop_count;
    if (!p->any) return from == to ? PPM : 0;
    uint64_t below = bounds[from];
    if (to == from) return (uint32_t)(below * PPM / SPILL_ALL);
    for (uint16_t i = 0; i < to; i++) {
        if (i != from) below = bounds[i];
    }
    return (uint32_t)((bounds[to] - below) * PPM / SPILL_ALL);
}

/* --- who moves -------------------------------------------------------------------------------- */

uint8_t spill_bits(const struct spill_client *c)
{
    uint8_t most = c->v6 ? SPILL_V6_BITS : SPILL_V4_BITS;
    return c->bits < most ? c->bits : most;
}

uint32_t spill_draw(uint64_t seed, const struct line *line, const struct spill_client *c,
                    const uint8_t *host)
{
    uint8_t prefix[18] = {spill_bits(c), c->v6 ? 6 : 4};
    for (unsigned bit = 0; bit < prefix[0]; bit++) {
        uint8_t mask = (uint8_t)(0x80U >> bit % 8);
        prefix[2 + bit / 8] |= c->address[bit / 8] & mask;
    }
    uint64_t h = rng_hash(seed, line->name, strlen(line->name));
    h = rng_hash(h, prefix, sizeof(prefix));
    return (uint32_t)(rng_hash(h, host, dname_len(host)) >> 32);
}
