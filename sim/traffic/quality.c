/* SPDX-License-Identifier: MIT */
#include "cnedge/traffic/quality.h"

#include <string.h>

#include "cnedge/model/rtt.h"

static const struct {
    const char *id, *text;
} infos[QUALITY_RULE_COUNT] = {
#define X(name, id, text) {id, text},
    QUALITY_RULES(X)
#undef X
};

const char *quality_rule_id(enum quality_rule r)
{
    CN_ASSERT(r < QUALITY_RULE_COUNT);
    return infos[r].id;
}

const char *quality_rule_text(enum quality_rule r)
{
    CN_ASSERT(r < QUALITY_RULE_COUNT);
    return infos[r].text;
}

static void note(struct quality *q, enum quality_rule rule, uint16_t product)
{
    if (q->note_count == QUALITY_NOTES_MAX) return;
    q->notes[q->note_count++] = (struct quality_note){(uint8_t)rule, product};
}

/* --- who uses a product, and how much of it --------------------------------------------------- */

bool quality_uses(const struct world *w, uint16_t product, uint32_t host)
{
    const struct product_spec *spec = &w->spec->products[product];
    uint32_t lo = 0;
    uint32_t hi = spec->host_count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (spec->hosts[mid] < host) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < spec->host_count && spec->hosts[lo] == host;
}

uint32_t quality_capacity(const struct world *w, uint16_t product)
{
    const struct product_spec *spec = &w->spec->products[product];
    uint32_t limit = w->products[product].mbit;
    if (spec->package == CN_NONE16) return limit;
    uint32_t size = w->packages[spec->package].mbit;
    uint32_t sum = world_package_connected(w, spec->package, CN_NONE16);
    if (sum <= size) return limit;
    return (uint32_t)((uint64_t)limit * size / sum);
}

/* The site's first host that is routed; CN_NONE32 when there is none. */
static uint32_t routed_host(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    for (uint32_t h = spec->host_first; h < spec->host_first + spec->host_count; h++) {
        if (w->hosts[h].active && w->spec->hosts[h].cname == NULL) return h;
    }
    return CN_NONE32;
}

/* The share, ppm, of the line's clients that are sent to PoPs outside, over IPv4. */
static uint32_t sent_outside(const struct world *w, uint32_t host, uint16_t line)
{
    struct decision d;
    uint32_t inside = 0;
    world_decide(w, host, line, FAMILY_V4, &d);
    if (d.kind != DECISION_POP) return 0;
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        if (w->topology->pops[pop].class_ != POP_MAINLAND) continue;
        inside += world_spread_share(w, host, d.pop, pop);
    }
    return inside < WORLD_PPM ? WORLD_PPM - inside : 0;
}

uint32_t quality_demand(const struct world *w, uint16_t product, uint16_t line)
{
    const struct product_spec *spec = &w->spec->products[product];
    uint64_t sum = 0;
    for (uint32_t i = 0; i < spec->site_count; i++) {
        uint32_t demand = w->sites[spec->sites[i]].demand_mbit;
        uint32_t host = demand > 0 ? routed_host(w, spec->sites[i]) : CN_NONE32;
        if (host == CN_NONE32) continue;
        uint64_t one = (uint64_t)demand * sent_outside(w, host, line) / WORLD_PPM;
        sum += one * spec_weight(&w->spec->sites[spec->sites[i]]);
    }
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

/* --- paths ------------------------------------------------------------------------------------ */

/* The clients' line: what the unknown line is treated as. */
static uint16_t effective(const struct world *w, uint16_t line)
{
    return line == w->topology->unknown_line ? w->spec->unknown_line : line;
}

static bool in_hong_kong(const struct pop *p)
{
    return strcmp(p->country, "hk") == 0;
}

static uint32_t public_loss(const struct world *w, const struct pop *p, bool crowded)
{
    const struct choices *c = w->choices;
    uint32_t peak = in_hong_kong(p)         ? c->hk_peak_loss_permille
                    : p->class_ == POP_NEAR ? c->near_peak_loss_permille
                                            : c->border_peak_loss_permille;
    return crowded ? peak : c->border_loss_permille;
}

/* Across the border as if it cost private_border_us and no country's detour were in the way. */
static uint32_t private_rtt(const struct world *w, const struct line *line, const struct pop *p)
{
    struct rtt_model model = w->topology->rtt;
    struct rtt_place client;
    struct rtt_place edge;
    model.border_us = w->choices->private_border_us;
    model.extra_count = 0;
    rtt_place_init(&client, &model, line->at, true, line->country);
    rtt_place_init(&edge, &model, p->at, false, p->country);
    return rtt_between(&model, &client, &edge);
}

/* Whether the product leads to this PoP at all. */
static bool leads_to(const struct world *w, uint16_t product, uint16_t pop)
{
    const struct product_spec *spec = &w->spec->products[product];
    const struct pop *p = &w->topology->pops[pop];
    if (spec->pop != CN_NONE16) return spec->pop == pop;
    return spec->kind == PRODUCT_CEN ? p->class_ == POP_NEAR : in_hong_kong(p);
}

/* Why the product does not carry the path; QUALITY_CARRIED when it does. */
static enum quality_rule obstacle(const struct world *w, uint16_t product, const struct line *line,
                                  uint16_t pop)
{
    const struct product_spec *spec = &w->spec->products[product];
    if (w->products[product].state != PRODUCT_STATE_ACTIVE) return QUALITY_NOT_BOUGHT;
    if (spec->package != CN_NONE16 &&
        !package_carries((enum package_state)w->packages[spec->package].state)) {
        return QUALITY_PACKAGE;
    }
    if ((world_product_carriers(w, product) & 1U << line->carrier) == 0) return QUALITY_CARRIER;
    if (w->entries[product].scrubbing) return QUALITY_SCRUBBED;
    return leads_to(w, product, pop) ? QUALITY_CARRIED : QUALITY_ELSEWHERE;
}

/* Loss of what a product carries: its own, and what it has no room for. */
static uint32_t private_loss(const struct world *w, uint32_t capacity, uint32_t demand)
{
    uint32_t own = w->choices->private_loss_permille;
    if (capacity == 0 || demand <= capacity) return own;
    uint32_t lost = (uint32_t)((uint64_t)(demand - capacity) * QUALITY_PERMILLE / demand);
    return lost > own ? lost : own;
}

static bool better(const struct quality *a, const struct quality *b)
{
    if (a->loss_permille != b->loss_permille) return a->loss_permille < b->loss_permille;
    return a->rtt_us < b->rtt_us;
}

/* The best product that carries the path; false, with notes, when none does. */
static bool on_product(const struct world *w, uint16_t line, uint32_t host, uint16_t pop,
                       struct quality *out)
{
    const struct line *from = &w->topology->lines[line];
    struct quality best = {.product = CN_NONE16};
    for (uint16_t i = 0; i < w->spec->product_count; i++) {
        if (!quality_uses(w, i, host)) continue;
        enum quality_rule rule = obstacle(w, i, from, pop);
        if (rule != QUALITY_CARRIED) {
            note(out, rule, i);
            continue;
        }
        struct quality now = {.product = i,
                              .capacity_mbit = quality_capacity(w, i),
                              .demand_mbit = quality_demand(w, i, line),
                              .rtt_us = private_rtt(w, from, &w->topology->pops[pop])};
        now.loss_permille = private_loss(w, now.capacity_mbit, now.demand_mbit);
        if (best.product == CN_NONE16 || better(&now, &best)) best = now;
    }
    if (best.product == CN_NONE16) return false;
    memcpy(best.notes, out->notes, sizeof(best.notes));
    best.note_count = out->note_count;
    *out = best;
    note(out, QUALITY_CARRIED, out->product);
    bool full = out->capacity_mbit != 0 && out->demand_mbit > out->capacity_mbit;
    if (full) note(out, QUALITY_FULL, out->product);
    return true;
}

static uint32_t plain_rtt(const struct world *w, const struct line *from, uint16_t line,
                          uint16_t pop)
{
    bool served = from->zone != ZONE_MAINLAND || w->topology->pops[pop].class_ != POP_MAINLAND ||
                  (w->pops[pop].carriers & 1U << from->carrier) != 0;
    return topology_rtt_us(w->topology, line, pop, served);
}

void quality_of(const struct world *w, uint16_t line, uint32_t host, uint16_t pop,
                struct quality *out)
{
    quality_at(w, &(struct quality_path){line, host, pop, w->now}, out);
}

void quality_at(const struct world *w, const struct quality_path *path, struct quality *out)
{
    uint16_t line = effective(w, path->line);
    uint16_t pop = path->pop;
    const struct line *from = &w->topology->lines[line];
    const struct pop *p = &w->topology->pops[pop];
    bool peak = world_crowded(w, path->at);
    bool inside = from->zone == ZONE_MAINLAND;
    *out = (struct quality){.product = CN_NONE16};
    if (inside == (p->class_ == POP_MAINLAND)) {
        out->rtt_us = plain_rtt(w, from, line, pop);
        note(out, inside ? QUALITY_INSIDE : QUALITY_OUTSIDE, CN_NONE16);
        return;
    }
    if (inside && on_product(w, line, path->host, pop, out)) return;
    out->rtt_us = plain_rtt(w, from, line, pop);
    out->loss_permille = public_loss(w, p, peak || w->border_congested);
    note(out, QUALITY_PUBLIC, CN_NONE16);
    if (peak) note(out, QUALITY_PEAK, CN_NONE16);
    if (w->border_congested) note(out, QUALITY_CONGESTED, CN_NONE16);
    if (!peak && !w->border_congested) return;
    uint32_t more = w->choices->border_peak_us;
    out->rtt_us = out->rtt_us < UINT32_MAX - more ? out->rtt_us + more : UINT32_MAX;
}
