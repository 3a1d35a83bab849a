/* SPDX-License-Identifier: MIT
 * world_load.c: how much traffic each PoP carries, and the spill plan that follows from it.
 *
 * A site's demand is parted evenly among its routed hosts, and each host's part among the lines by
 * their users. So a class has a demand, and the load of a PoP is a sum over classes and lines, made
 * anew only when somebody asks after a host has moved or the network has changed. With spill on it
 * is made, and the plan with it, at the end of the event: class by class, so that whoever does
 * events in pieces does this in pieces. Until then the last event's plan decides. */
#include "world_internal.h"

#include <string.h>

enum { KBPS_PER_MBPS = 1000 };

/* --- demand ----------------------------------------------------------------------------------- */

static uint64_t host_kbps(const struct world *w, uint32_t host)
{
    uint32_t site = w->hosts[host].site;
    const struct site *s = &w->sites[site];
    bool counts = w->hosts[host].active && w->spec->hosts[host].cname == NULL;
    if (!counts || s->demand_mbit == 0 || w->users == 0) return 0;
    uint64_t one = (uint64_t)s->demand_mbit * KBPS_PER_MBPS / s->routed;
    return one * spec_weight(&w->spec->sites[site]);
}

void world_load_join(struct world *w, uint32_t host)
{
    uint64_t kbps = host_kbps(w, host);
    if (kbps == 0) return;
    w->classes[w->hosts[host].class_].demand_kbps += kbps;
    w->load_due = true;
}

void world_load_leave(struct world *w, uint32_t host)
{
    w->classes[w->hosts[host].class_].demand_kbps -= host_kbps(w, host);
}

void world_load_demand(struct world *w, uint32_t site, uint32_t mbit)
{
    const struct site_spec *spec = &w->spec->sites[site];
    for (uint32_t i = 0; i < spec->host_count; i++) {
        world_load_leave(w, spec->host_first + i);
    }
    w->demanding = w->demanding + (mbit > 0 ? 1 : 0) - (w->sites[site].demand_mbit > 0 ? 1 : 0);
    w->sites[site].demand_mbit = mbit;
    for (uint32_t i = 0; i < spec->host_count; i++) {
        world_load_join(w, spec->host_first + i);
    }
    w->load_due = true;
}

/* How many hosts share the demand of each site. */
static void count_routed(struct world *w)
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        w->sites[w->spec->hosts[h].site].routed += w->spec->hosts[h].cname == NULL ? 1 : 0;
    }
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        w->demanding += w->sites[i].demand_mbit > 0 ? 1 : 0;
    }
}

bool world_load_build(struct world *w, struct arena *a)
{
    const struct world_spec *s = w->spec;
    uint16_t pops = w->topology->pop_count;
    w->nearest_kbps = arena_get(a, pops, sizeof(*w->nearest_kbps));
    w->pop_kbps = arena_get(a, pops, sizeof(*w->pop_kbps));
    w->adding_kbps = arena_get(a, pops, sizeof(*w->adding_kbps));
    w->load_due = true;
    for (uint16_t i = 0; s->users != NULL && i < w->topology->line_count; i++) {
        w->users += s->users[i];
    }
    if (w->users == 0 || w->choices->spill == SPILL_OFF) return !a->failed;
    return spill_init(&w->spill, a, pops);
}

void world_load_start(struct world *w)
{
    count_routed(w);
}

/* --- load ------------------------------------------------------------------------------------- */

bool world_has_load(const struct world *w)
{
    return w->users > 0 && w->demanding > 0;
}

uint64_t world_capacity(const struct world *w, uint16_t pop)
{
    uint32_t mbps = w->spec->capacity_mbps != NULL ? w->spec->capacity_mbps[pop] : 0;
    return mbps == 0 ? UINT64_MAX : (uint64_t)mbps * KBPS_PER_MBPS;
}

/* A mainland PoP that is answered for a class that is not entitled refuses its clients: no load. */
static bool carries(const struct world *w, const struct class_ *c, const struct cell *cell)
{
    if (cell->kind != DECISION_POP) return false;
    return c->entitled || w->topology->pops[cell->pop].class_ != POP_MAINLAND;
}

static void add_class(struct world *w, uint16_t class_)
{
    uint64_t users[TOPOLOGY_POPS_MAX] = {0};
    const struct cell *cells = world_cells(w, class_, FAMILY_V4);
    const struct class_ *c = &w->classes[class_];
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        if (carries(w, c, &cells[line])) users[cells[line].pop] += w->spec->users[line];
    }
    uint64_t each = c->demand_kbps / w->users;
    uint64_t rest = c->demand_kbps % w->users;
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        w->adding_kbps[pop] += each * users[pop] + rest * users[pop] / w->users;
    }
}

/* Makes the plan and moves the load accordingly. */
static bool spill(struct world *w)
{
    struct spill_pop pops[TOPOLOGY_POPS_MAX] = {0};
    uint16_t n = w->topology->pop_count;
    for (uint16_t i = 0; i < n; i++) {
        pops[i] = (struct spill_pop){.load_kbps = w->nearest_kbps[i],
                                     .capacity_kbps = world_capacity(w, i),
                                     .class_ = w->topology->pops[i].class_,
                                     .partner = w->topology->pops[i].partner,
                                     .usable = w->pops[i].usable};
    }
    bool changed = spill_make(&w->spill, pops);
    for (uint16_t from = 0; from < n; from++) {
        for (uint16_t to = 0; to < n; to++) {
            uint64_t kbps = w->spill.moved[(size_t)from * n + to];
            w->pop_kbps[from] -= kbps;
            w->pop_kbps[to] += kbps;
        }
    }
    return changed;
}

static bool due(const struct world *w)
{
    return w->load_due || w->load_generation != w->generation;
}

/* The classes' load is added up. A new plan is a change of the network. */
static void conclude(struct world *w)
{
    size_t bytes = w->topology->pop_count * sizeof(*w->pop_kbps);
    memcpy(w->nearest_kbps, w->adding_kbps, bytes);
    memcpy(w->pop_kbps, w->adding_kbps, bytes);
    w->load_due = false;
    w->work.load = 0;
    if (w->spill.pop_count > 0 && spill(w)) {
        w->generation++;
        w->changed.network = true;
    }
    w->load_generation = w->generation;
}

void world_load_step(struct world *w)
{
    uint32_t *i = &w->work.load;
    if (*i == 0) memset(w->adding_kbps, 0, w->topology->pop_count * sizeof(*w->adding_kbps));
    while (*i < w->class_count && (w->classes[*i].demand_kbps == 0 || !world_has_load(w))) {
        ++*i;
    }
    if (*i < w->class_count) {
        add_class(w, (uint16_t)(*i)++);
    } else {
        conclude(w);
    }
}

bool world_load_unsettled(const struct world *w)
{
    return w->spill.pop_count > 0 && due(w);
}

/* With a plan that has been done behind the last event. */
static void refresh(struct world *w)
{
    while (w->spill.pop_count == 0 && due(w)) {
        world_load_step(w);
    }
}

const uint64_t *world_load(struct world *w)
{
    refresh(w);
    return w->pop_kbps;
}

bool world_saturated(struct world *w, uint16_t pop)
{
    refresh(w);
    return w->nearest_kbps[pop] > world_capacity(w, pop);
}

/* --- who is passed on ------------------------------------------------------------------------- */

bool world_spreads(const struct world *w, uint32_t host, uint16_t pop)
{
    if (!w->spill.any || spill_share(&w->spill, pop, pop) == WORLD_PPM) return false;
    const struct class_ *c = &w->classes[w->hosts[host].class_];
    return c->entitled || w->topology->pops[pop].class_ != POP_MAINLAND;
}

uint8_t world_spread_addresses(const struct world *w, uint16_t pop, uint16_t line,
                               enum family family)
{
    const struct pop_status *now = &w->families[family].pops[pop];
    bool everyone = w->choices->address_block_scope == BLOCK_EVERYONE;
    uint8_t mask = now->usable ? now->addresses : 0;
    for (uint8_t i = 0; now->blocked && i < POP_POOL_MAX; i++) {
        struct world_address at = {.pop = pop, .line = line, .family = (uint8_t)family, .index = i};
        bool blocked = world_address_blocked(w, &at);
        for (uint32_t k = 0; everyone && k < w->block_count; k++) {
            const struct address_block *b = &w->blocks[k];
            blocked = blocked || (b->pop == pop && b->family == family && b->index == i);
        }
        if (blocked) mask = (uint8_t)(mask & ~(1U << i));
    }
    return mask;
}

uint16_t world_spread_to(const struct world *w, uint32_t host, uint16_t line,
                         const struct spill_client *c, uint16_t pop)
{
    const struct line *l = &w->topology->lines[line];
    if (!world_spreads(w, host, pop)) return pop;
    uint16_t to =
        spill_to(&w->spill, pop, spill_draw(w->spec->seed, l, c, w->spec->hosts[host].name));
    bool both = world_spread_addresses(w, to, line, FAMILY_V4) != 0 &&
                world_spread_addresses(w, to, line, FAMILY_V6) != 0;
    return both ? to : pop; /* nobody is passed on to where it has no address */
}

uint32_t world_spread_share(const struct world *w, uint32_t host, uint16_t from, uint16_t to)
{
    if (!world_spreads(w, host, from)) return from == to ? WORLD_PPM : 0;
    return spill_share(&w->spill, from, to);
}

uint8_t world_spread_row(const struct world *w, uint16_t line, const struct cell *cell, uint16_t to)
{
    const struct pop *pops = w->topology->pops;
    bool stays_inside = pops[cell->pop].class_ == POP_MAINLAND && pops[to].class_ == POP_MAINLAND;
    uint16_t stands = line == w->topology->unknown_line ? w->spec->unknown_line : line;
    bool mainland = w->topology->lines[stands].zone == ZONE_MAINLAND;
    return mainland && !stays_inside ? 31 : cell->row;
}

void world_decide_for(const struct world *w, const struct world_ask *ask, struct decision *d)
{
    world_decide(w, ask->host, ask->line, ask->family, d);
    if (d->kind != DECISION_POP || !world_spreads(w, ask->host, d->pop)) return;
    struct cell cell = {.pop = d->pop, .row = d->row};
    uint16_t to = world_spread_to(w, ask->host, ask->line, ask->client, d->pop);
    CN_ASSERT(d->reason_count + 2 <= POLICY_REASONS_MAX);
    d->reasons[d->reason_count++] = (struct policy_reason){RULE_SPILL, d->pop};
    d->row = world_spread_row(w, ask->line, &cell, to);
    d->ttl_s = w->choices->ttl_spill_s;
    if (to == d->pop) return;
    d->reasons[d->reason_count++] = (struct policy_reason){RULE_SPILL_MOVED, to};
    d->pop = to;
    const struct host_class *key = &w->classes[w->hosts[ask->host].class_].key;
    d->addresses = policy_addresses(key, &w->topology->pops[to], ask->family,
                                    world_spread_addresses(w, to, ask->line, ask->family));
}
