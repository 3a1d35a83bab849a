/* SPDX-License-Identifier: MIT
 * invariant_spill.c: what must hold of clients that are passed on. Looks at where shares of clients
 * end up, not at how the plan was made. */
#include "cnedge/model/invariant.h"

enum { SLACK_KBPS = 1000, SLACK_PER_MILLE = 1 };

static void found(struct violation_list *out, uint16_t got, uint16_t want)
{
    if (out->count < out->cap) {
        out->items[out->count] = (struct violation){.invariant = INVARIANT_SPILL_CAPACITY,
                                                    .host = CN_NONE32,
                                                    .class_ = CN_NONE16,
                                                    .line = CN_NONE16,
                                                    .got_pop = got,
                                                    .want_pop = want};
    }
    out->count++;
}

/* kbit/s of the clients whose nearest PoP it is, over all classes. */
static void add_nearest(struct world *w, uint16_t class_, double kbps[TOPOLOGY_POPS_MAX])
{
    const struct cell *cells = world_cells(w, class_, FAMILY_V4);
    const struct class_ *c = &w->classes[class_];
    bool may = policy_entitled(&c->key, world_partner_state(w, &c->key));
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        const struct cell *cell = &cells[line];
        if (cell->kind != DECISION_POP) continue;
        bool inside = w->topology->pops[cell->pop].class_ == POP_MAINLAND;
        if (inside && !may) continue; /* refused at the edge */
        kbps[cell->pop] += (double)c->demand_kbps * (double)w->spec->users[line] / (double)w->users;
    }
}

/* Whether clients of `from` may be passed on to `to` at all. */
static bool may_go(const struct world *w, uint16_t from, uint16_t to)
{
    const struct pop *pops = w->topology->pops;
    if (!w->pops[to].usable) return false;
    if (pops[to].class_ != POP_MAINLAND) return true;
    return pops[from].class_ == POP_MAINLAND && pops[from].partner == pops[to].partner;
}

static double limit_of(const struct world *w, uint16_t pop)
{
    return (double)world_capacity(w, pop);
}

static bool above(const struct world *w, uint16_t pop, double kbps)
{
    double limit = limit_of(w, pop);
    return kbps > limit + limit * SLACK_PER_MILLE / 1000 + SLACK_KBPS;
}

static bool has_room(const struct world *w, uint16_t pop, double kbps)
{
    double limit = limit_of(w, pop);
    return kbps < limit - limit * SLACK_PER_MILLE / 1000 - SLACK_KBPS;
}

/* A PoP with room for the clients of one that is above its capacity; CN_NONE16: none. */
static uint16_t room_for(const struct world *w, uint16_t from, const double *kbps)
{
    for (uint16_t to = 0; to < w->topology->pop_count; to++) {
        if (to != from && may_go(w, from, to) && has_room(w, to, kbps[to])) return to;
    }
    return CN_NONE16;
}

void invariant_spill_check(struct world *w, struct violation_list *out)
{
    double nearest[TOPOLOGY_POPS_MAX] = {0};
    double kbps[TOPOLOGY_POPS_MAX] = {0};
    uint16_t n = w->topology->pop_count;
    if (w->spill.pop_count == 0) return;
    out->checks++;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts > 0) add_nearest(w, (uint16_t)i, nearest);
    }
    for (uint16_t from = 0; from < n; from++) {
        for (uint16_t to = 0; to < n; to++) {
            uint32_t share = spill_share(&w->spill, from, to);
            kbps[to] += nearest[from] * share / WORLD_PPM;
            if (share > 0 && to != from && !may_go(w, from, to)) found(out, to, from);
        }
    }
    for (uint16_t pop = 0; pop < n; pop++) {
        if (!above(w, pop, kbps[pop])) continue;
        uint16_t room = room_for(w, pop, kbps);
        if (room != CN_NONE16) found(out, pop, room);
    }
}
