/* SPDX-License-Identifier: MIT
 * policy_pops.c: choosing a PoP: walks over those of a line, nearest first. */
#include "policy_internal.h"

#include <string.h>

static bool serves(uint16_t carriers, enum carrier carrier)
{
    return carrier < CARRIER_COUNT && (carriers & 1U << carrier) != 0;
}

/* Whether a block stands between this client, or by the setting anybody, and an address. */
static bool concerns(const struct decider *x, const struct address_block *b)
{
    if (x->v->choices->address_block_scope == BLOCK_EVERYONE) return true;
    if (x->line->zone != ZONE_MAINLAND) return false;
    bool carrier = b->carrier == CN_NONE16 || b->carrier == x->line->carrier;
    return carrier && (b->region == CN_NONE16 || b->region == x->line->region);
}

/* Every look at a PoP goes through here: who asks learns what a decision depends on. */
static const struct pop_status *status_of(const struct decider *x, uint16_t pop)
{
    if (x->v->read != NULL) pop_set_add(x->v->read, pop);
    return &x->v->pops[pop];
}

static bool own_at(const struct host_class *h, const struct pop *p, enum family family)
{
    return p->class_ == POP_MAINLAND && h->own_all[family] != 0;
}

uint8_t policy_addresses(const struct host_class *h, const struct pop *p, enum family family,
                         uint8_t shared)
{
    return own_at(h, p, family) ? h->own[family] : shared;
}

/* Whether the site's dedicated addresses answer at a PoP. */
static bool has_own(const struct decider *x, uint16_t pop)
{
    return own_at(&x->v->host, &x->v->topology->pops[pop], (enum family)x->v->family);
}

/* The addresses of a PoP that this client may be given. */
static uint8_t addresses_for(const struct decider *x, uint16_t pop)
{
    const struct pop_status *now = status_of(x, pop);
    uint8_t mask = now->addresses;
    if (has_own(x, pop)) return x->v->host.own[x->v->family];
    if (!now->blocked) return mask;
    for (uint32_t i = 0; i < x->v->block_count; i++) {
        const struct address_block *b = &x->v->blocks[i];
        if (b->pop != pop || b->family != x->v->family || !concerns(x, b)) continue;
        mask = (uint8_t)(mask & ~(1U << b->index));
    }
    return mask;
}

/* It works, but row 22 of FACTS C2 passes over a PoP with no address left for this client. */
static bool cut_off(const struct decider *x, uint16_t pop)
{
    return status_of(x, pop)->usable && addresses_for(x, pop) == 0;
}

/* The client would have been given that PoP. */
static void miss_blocked(struct decider *x, uint16_t pop)
{
    bool own = has_own(x, pop);
    if (!x->blocked) policy_because(x, own ? RULE_OWN_LISTED : RULE_ADDRESSES_BLOCKED, pop);
    x->blocked = true;
}

static bool usable(struct decider *x, uint16_t pop)
{
    if (cut_off(x, pop)) miss_blocked(x, pop);
    return status_of(x, pop)->usable && addresses_for(x, pop) != 0;
}

static uint32_t lasting_ttl(const struct decider *x)
{
    return policy_lasting_ttl(&x->v->host, x->v->choices->ttl_mainland_s);
}

/* Says which addresses those are, and notes when some are missing. */
static void note_addresses(struct decider *x, uint16_t pop)
{
    bool own = has_own(x, pop);
    uint8_t all = own ? x->v->host.own_all[x->v->family] : status_of(x, pop)->addresses;
    if (own) policy_because(x, RULE_OWN_ADDRESSES, pop);
    if (x->d->addresses == all) return;
    policy_because(x, own ? RULE_OWN_LISTED : RULE_ADDRESS_DROPPED, pop);
    x->blocked = true;
}

static void answer_pop(struct decider *x, uint16_t pop, uint16_t skipped, uint32_t ttl_s)
{
    x->d->kind = DECISION_POP;
    x->d->pop = pop;
    x->d->ttl_s = ttl_s;
    x->d->addresses = addresses_for(x, pop);
    note_addresses(x, pop);
    if (skipped != CN_NONE16) policy_because(x, RULE_POP_SKIPPED, skipped);
    policy_because(x, RULE_NEAREST, pop);
}

/* Which outside PoPs a walk may take. */
enum outside_filter { OUTSIDE_ANY, OUTSIDE_NEAR, OUTSIDE_JP_SG_HK };

static bool outside_ok(const struct pop *p, enum outside_filter filter)
{
    switch (filter) {
    case OUTSIDE_NEAR:
        return p->class_ == POP_NEAR;
    case OUTSIDE_JP_SG_HK:
        return strcmp(p->country, "jp") == 0 || strcmp(p->country, "sg") == 0 ||
               strcmp(p->country, "hk") == 0;
    case OUTSIDE_ANY:
        break;
    }
    return true;
}

static bool try_outside(struct decider *x, enum outside_filter filter, uint32_t ttl_s)
{
    const struct topology *t = x->v->topology;
    uint16_t skipped = CN_NONE16;
    for (uint16_t i = 0; i < t->outside_count; i++) {
        uint16_t pop = x->line->outside[i];
        if (!outside_ok(&t->pops[pop], filter)) continue;
        if (usable(x, pop)) {
            answer_pop(x, pop, skipped, ttl_s);
            return true;
        }
        if (skipped == CN_NONE16) skipped = pop;
    }
    return false;
}

/* Answers with a PoP that a product names, and says which. */
static bool try_named(struct decider *x, uint16_t pop, enum policy_rule rule, uint32_t ttl_s)
{
    if (pop == CN_NONE16 || !usable(x, pop)) return false;
    answer_pop(x, pop, CN_NONE16, ttl_s);
    x->d->reasons[x->d->reason_count - 1].rule = (uint8_t)rule;
    return true;
}

/* FACTS E1: clients of the carriers that are served get the Hong Kong entry, the remaining ones the
 * paired premium instance; everybody the latter while an attack is scrubbed there. */
static bool go_entry(struct decider *x, uint32_t ttl_s)
{
    const struct entry_status *e = &x->v->entries[x->v->host.entry - 1];
    if (!e->active) return false;
    bool own = x->line->zone == ZONE_MAINLAND && serves(e->carriers, x->line->carrier);
    if (own && e->scrubbing) policy_because(x, RULE_ENTRY_SCRUBBING, 0);
    if (own && !e->scrubbing && try_named(x, e->entry, RULE_ENTRY, ttl_s)) return true;
    return try_named(x, e->premium, RULE_ENTRY_PREMIUM, ttl_s);
}

/* Mainland clients: JP, SG and HK first for a site that was lost under region_overseas, and near
 * before global where the settings say so; any PoP outside in the end. */
bool policy_go_outside(struct decider *x, uint32_t ttl_s)
{
    const struct host_class *h = &x->v->host;
    if (h->entry != 0 && go_entry(x, ttl_s)) return true;
    if (x->line->zone == ZONE_MAINLAND) {
        bool region = x->lost && h->policy == POLICY_REGION_OVERSEAS;
        if (h->coverage == COVERAGE_OVERSEAS) region = false;
        if (region && try_outside(x, OUTSIDE_JP_SG_HK, ttl_s)) return true;
        if (x->v->choices->near_first && try_outside(x, OUTSIDE_NEAR, ttl_s)) return true;
    }
    return try_outside(x, OUTSIDE_ANY, ttl_s);
}

struct skipped {      /* the nearest PoP that would have been taken, had nothing failed */
    uint16_t pop;     /* CN_NONE16: none */
    bool outage;      /* one was skipped for a carrier's or a province's outage: row 4, not 3 */
    uint16_t blocked; /* the first that was skipped for want of an address; CN_NONE16: none */
};

struct mainland_walk {
    uint16_t pop; /* CN_NONE16: none */
    struct skipped skipped;
    bool native; /* reached through the client's own carrier */
    bool own;    /* some PoP, working or not, is attached to it */
};

static void skip(const struct decider *x, struct skipped *s, uint16_t pop, bool outage)
{
    if (s->pop == CN_NONE16) s->pop = pop;
    if (s->blocked == CN_NONE16 && cut_off(x, pop)) s->blocked = pop;
    s->outage = s->outage || outage;
}

/* Only the partner that the site is onboarded at may serve it. */
static bool other_partners(const struct decider *x, uint16_t pop)
{
    return x->v->topology->pops[pop].partner != x->v->host.partner;
}

/* The nearest usable PoP that the client's carrier reaches; else the nearest usable one. A PoP of
 * other carriers is only missed where there is none of the client's own. */
static struct mainland_walk walk_mainland(struct decider *x)
{
    const struct topology *t = x->v->topology;
    enum carrier carrier = x->line->carrier;
    struct skipped other = {.pop = CN_NONE16, .blocked = CN_NONE16};
    struct mainland_walk w = {.pop = CN_NONE16, .skipped = other};
    for (uint16_t i = 0; i < t->mainland_count && !w.native; i++) {
        uint16_t pop = x->line->mainland[i];
        bool own = serves(t->pops[pop].carriers, carrier);
        w.own = w.own || (own && !other_partners(x, pop));
        /* One is found, and a farther one of other carriers is no better, whatever it can do. */
        if (other_partners(x, pop) || (!own && w.pop != CN_NONE16)) continue;
        const struct pop_status *now = status_of(x, pop);
        bool native = serves(now->carriers, carrier);
        bool can = now->usable && addresses_for(x, pop) != 0;
        if (own && (!can || !native)) {
            skip(x, &w.skipped, pop, now->region_out || (can && !native));
        } else if (!own && !can && w.pop == CN_NONE16) {
            skip(x, &other, pop, now->region_out);
        }
        if (can && (native || w.pop == CN_NONE16)) {
            w.pop = pop;
            w.native = native;
        }
    }
    uint16_t blocked = w.skipped.blocked;
    if (!w.native && blocked == CN_NONE16) blocked = other.blocked;
    if (blocked != CN_NONE16) miss_blocked(x, blocked);
    if (!w.native && w.skipped.pop == CN_NONE16) w.skipped = other;
    return w;
}

/* Whether the setting mainland_failover lets the answer move as far as the walk went. */
static bool may_move(const struct decider *x, const struct mainland_walk *w)
{
    switch ((enum mainland_failover)x->v->choices->mainland_failover) {
    case MAINLAND_FAILOVER_CARRIER:
        return w->native || !w->own;
    case MAINLAND_FAILOVER_NEAREST:
        return w->skipped.pop == CN_NONE16 || w->skipped.pop == w->pop;
    case MAINLAND_FAILOVER_ANY:
    case MAINLAND_FAILOVER_COUNT:
        break;
    }
    return true;
}

/* Rows 1, 3 and 4. */
bool policy_go_mainland(struct decider *x)
{
    struct mainland_walk w = walk_mainland(x);
    if (w.pop == CN_NONE16) {
        policy_because(x, RULE_PARTNER_OUT, 0);
        return false;
    }
    if (!may_move(x, &w)) {
        policy_because(x, RULE_MAINLAND_NOT_MOVED, w.pop);
        if (x->d->row == 0) x->d->row = w.skipped.outage ? 4 : 3;
        x->not_moved = true;
        return false;
    }
    if (!w.native) policy_because(x, RULE_CARRIER_NOT_SERVED, w.pop);
    uint16_t skipped = w.skipped.pop;
    bool free = x->d->row == 0;
    if (free) x->d->row = skipped == CN_NONE16 ? 1 : w.skipped.outage ? 4 : 3;
    answer_pop(x, w.pop, skipped == w.pop ? CN_NONE16 : skipped, lasting_ttl(x));
    if (free && x->blocked) x->d->row = 22;
    return true;
}

/* Coverage "domestic": foreign clients go to Telecom PoPs in East China (FACTS C2, AL11), then to
 * any mainland PoP. */
bool policy_go_domestic(struct decider *x)
{
    const struct topology *t = x->v->topology;
    uint16_t any = CN_NONE16;
    for (uint16_t i = 0; i < t->mainland_count; i++) {
        uint16_t pop = x->line->mainland[i];
        if (other_partners(x, pop) || !usable(x, pop)) continue;
        if (any == CN_NONE16) any = pop;
        if (t->regions[t->pops[pop].region].east_china &&
            serves(status_of(x, pop)->carriers, CARRIER_TELECOM)) {
            any = pop;
            break;
        }
    }
    if (any == CN_NONE16) {
        policy_because(x, RULE_PARTNER_OUT, 0);
        return false;
    }
    answer_pop(x, any, CN_NONE16, lasting_ttl(x));
    return true;
}

/* A mainland client, or a foreign one under coverage "domestic". */
static bool go_inside(struct decider *x)
{
    return x->line->zone == ZONE_MAINLAND ? policy_go_mainland(x) : policy_go_domestic(x);
}

/* Nothing usable at all: the PoP that would answer if everything were; an answer that may work
 * beats none (the same as gdnsd). */
void policy_go_last_resort(struct decider *x, bool inside)
{
    const struct policy_view *now = x->v;
    const struct topology *t = now->topology;
    struct pop_status well[TOPOLOGY_POPS_MAX];
    struct policy_view pretended = *now;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        well[i] = (struct pop_status){
            .usable = true, .addresses = now->pops[i].addresses, .carriers = t->pops[i].carriers};
    }
    pretended.pops = well;
    x->v = &pretended;
    bool found = (inside && go_inside(x)) || policy_go_outside(x, now->choices->ttl_failover_s);
    x->v = now;
    if (found) {
        x->d->reasons[x->d->reason_count - 1].rule = RULE_LAST_RESORT;
        x->d->ttl_s = now->choices->ttl_failover_s;
        return;
    }
    policy_because(x, RULE_NO_POP_OUTSIDE, 0); /* and the mainland's PoPs may not answer */
    x->d->kind = DECISION_NODATA;
    x->d->ttl_s = now->choices->ttl_negative_s;
}
