/* SPDX-License-Identifier: MIT
 * world_address.c: blocked, blackholed and rotated addresses of PoPs (FACTS B6, C2 row 22). */
#include "world_internal.h"

static struct pop_address *address_at(struct world *w, uint16_t pop, unsigned family,
                                      unsigned index)
{
    return &w->addresses[((size_t)pop * FAMILY_COUNT + family) * POP_POOL_MAX + index];
}

static bool same_address(const struct address_block *b, const struct event *e)
{
    return b->pop == e->pop && b->family == e->family && b->index == e->address;
}

static bool same_block(const struct address_block *b, const struct event *e)
{
    return same_address(b, e) && b->port == e->port && b->carrier == e->carrier &&
           b->region == e->region;
}

/* The first clean address behind those in use; POP_POOL_MAX when there is none. */
static unsigned find_spare(struct world *w, const struct event *e)
{
    const struct pop *p = &w->topology->pops[e->pop];
    unsigned pool = topology_pool(p, (enum family)e->family);
    uint8_t in_use = *world_address_in_use(w, e->pop, e->family);
    for (unsigned i = 0; i < pool; i++) {
        bool clean = address_at(w, e->pop, e->family, i)->state == ADDRESS_CLEAN;
        if (clean && (in_use & 1U << i) == 0) return i;
    }
    return POP_POOL_MAX;
}

static struct address_view view_of(struct world *w, const struct event *e)
{
    const struct pop_address *a = address_at(w, e->pop, e->family, e->address);
    struct address_view v = {
        .in_use = (*world_address_in_use(w, e->pop, e->family) & 1U << e->address) != 0,
        .spare = find_spare(w, e) != POP_POOL_MAX,
        .sticky = simtime_before(w->now, a->until),
        .full = w->block_count == WORLD_BLOCKS_MAX};
    for (uint32_t i = 0; i < w->block_count; i++) {
        v.same = v.same || same_block(&w->blocks[i], e);
    }
    return v;
}

static void forget_blocks(struct world *w, const struct event *e)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->block_count; i++) {
        if (!same_address(&w->blocks[i], e)) w->blocks[kept++] = w->blocks[i];
    }
    while (w->block_count > kept) { /* the same blocks are the same bytes */
        w->blocks[--w->block_count] = (struct address_block){0};
    }
}

static void add_block(struct world *w, const struct event *e)
{
    w->blocks[w->block_count++] = (struct address_block){.pop = e->pop,
                                                         .family = e->family,
                                                         .index = e->address,
                                                         .port = e->port,
                                                         .carrier = e->carrier,
                                                         .region = e->region};
}

/* The stream of draws is the address itself. */
static void stick(struct world *w, const struct event *e, struct duration_range least)
{
    const struct pop *p = &w->topology->pops[e->pop];
    struct pop_address *a = address_at(w, e->pop, e->family, e->address);
    char text[ADDRTEXT_MAX];
    topology_address_text(p, (enum family)e->family, e->address, text);
    simdur d = choices_draw(least, w->spec->seed, text, "address_block", a->draws++);
    simtime until = simtime_add(w->now, d);
    if (simtime_before(a->until, until)) a->until = until;
}

static void rotate(struct world *w, const struct event *e)
{
    uint8_t *in_use = world_address_in_use(w, e->pop, e->family);
    unsigned spare = find_spare(w, e);
    *in_use = (uint8_t)((*in_use & ~(1U << e->address)) | 1U << spare);
    forget_blocks(w, e);
}

enum refusal world_address_event(struct world *w, const struct event *e, int arg)
{
    struct pop_address *a = address_at(w, e->pop, e->family, e->address);
    struct address_view v = view_of(w, e);
    struct address_step step =
        address_step((enum address_state)a->state, (enum address_event)arg, &v);
    if (step.refusal != REFUSAL_NONE) return step.refusal;
    switch ((enum address_event)arg) {
    case ADDRESS_EV_BLOCK:
        add_block(w, e);
        stick(w, e, w->choices->address_block_min);
        break;
    case ADDRESS_EV_BLACKHOLE:
        forget_blocks(w, e);
        add_block(w, e);
        stick(w, e, w->choices->address_blackhole_min);
        break;
    case ADDRESS_EV_ROTATE:
        rotate(w, e);
        break;
    case ADDRESS_EV_CLEAR:
    case ADDRESS_EVENT_COUNT:
        forget_blocks(w, e);
        break;
    }
    a->state = (uint8_t)step.to;
    world_network_refresh(w, true);
    return REFUSAL_NONE;
}

enum address_state world_address_state(const struct world *w, uint16_t pop, enum family family,
                                       unsigned index)
{
    CN_ASSERT(pop < w->topology->pop_count && index < POP_POOL_MAX);
    size_t at = ((size_t)pop * FAMILY_COUNT + family) * POP_POOL_MAX + index;
    return (enum address_state)w->addresses[at].state;
}

void world_address_text(const struct world_spec *s, const struct event *e, char out[ADDRTEXT_MAX])
{
    enum family family = (enum family)e->family;
    if (e->pop != CN_NONE16) {
        topology_address_text(&s->topology->pops[e->pop], family, e->address, out);
        return;
    }
    const struct site_spec *site = &s->sites[e->site];
    unsigned n = 0;
    out[0] = '\0';
    for (uint8_t i = 0; i < site->dedicated_count; i++) {
        if (site->dedicated[i].v6 != (family == FAMILY_V6)) continue;
        if (n++ == e->address) addrtext_put(site->dedicated[i].address, family == FAMILY_V6, out);
    }
}

uint8_t *world_address_in_use(struct world *w, uint16_t pop, unsigned family)
{
    return &w->in_use[(size_t)pop * FAMILY_COUNT + family];
}

bool world_address_blocked(const struct world *w, const struct world_address *x)
{
    const struct line *l = &w->topology->lines[x->line];
    if (l->zone != ZONE_MAINLAND) return false;
    for (uint32_t i = 0; i < w->block_count; i++) {
        const struct address_block *b = &w->blocks[i];
        if (b->pop != x->pop || b->family != x->family || b->index != x->index) continue;
        if (b->port != 0 && x->port != 0 && b->port != x->port) continue;
        bool carrier = b->carrier == CN_NONE16 || b->carrier == l->carrier;
        if (carrier && (b->region == CN_NONE16 || b->region == l->region)) return true;
    }
    return false;
}

void world_address_start(struct world *w)
{
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        const struct pop *p = &w->topology->pops[pop];
        *world_address_in_use(w, pop, FAMILY_V4) = (uint8_t)((1U << p->v4_count) - 1);
        *world_address_in_use(w, pop, FAMILY_V6) = (uint8_t)((1U << p->v6_count) - 1);
    }
    for (uint32_t i = 0; i < (uint32_t)w->topology->pop_count * FAMILY_COUNT * POP_POOL_MAX; i++) {
        w->addresses[i].until = SIMTIME_START;
    }
}
