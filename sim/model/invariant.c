/* SPDX-License-Identifier: MIT */
#include "invariant_internal.h"

#include <string.h>

/* --- raw state, looked at without the policy's help ------------------------------------------- */

static bool carrier_reaches_over(const struct world *w, uint16_t pop, enum carrier carrier,
                                 enum family family)
{
    const struct pop *p = &w->topology->pops[pop];
    const struct family_state *f = &w->families[family];
    if (p->region == CN_NONE16 || (p->carriers & 1U << carrier) == 0) return false;
    if (!w->choices->line_failover) return true;
    unsigned down = w->carriers_down | w->region_carriers_down[p->region] | f->carriers_down |
                    f->region_carriers_down[p->region];
    return (down & 1U << carrier) == 0;
}

static bool works_over(const struct world *w, uint16_t pop, enum family family)
{
    const struct pop *p = &w->topology->pops[pop];
    const struct family_state *f = &w->families[family];
    if (w->pop_admin[pop] == ADMIN_FORCE_UP) return true;
    if (f->pop_down[pop]) return false;
    if (p->class_ != POP_MAINLAND) return true;
    if (f->mainland_down || f->region_down[p->region]) return false;
    for (unsigned c = 0; c < CARRIER_COUNT; c++) {
        if (carrier_reaches_over(w, pop, (enum carrier)c, family)) return true;
    }
    return false;
}

static bool keeps(const struct world *w, enum family family)
{
    return family == FAMILY_V6 && w->choices->v6_failover == V6_KEEP;
}

static bool carrier_reaches(const struct world *w, uint16_t pop, enum carrier carrier,
                            enum family family)
{
    if (carrier_reaches_over(w, pop, carrier, family)) return true;
    return keeps(w, family) && carrier_reaches_over(w, pop, carrier, FAMILY_V4);
}

static bool pop_alive(const struct world *w, uint16_t pop, enum family family)
{
    const struct pop *p = &w->topology->pops[pop];
    if (w->pop_admin[pop] == ADMIN_FORCE_UP) return true;
    if (w->pop_admin[pop] == ADMIN_DRAIN || !invariant_health(w, pop)) return false;
    const struct partner *by = &w->partners[p->partner];
    bool out = by->detected || by->declared;
    if (p->class_ == POP_MAINLAND && out) return false;
    if (works_over(w, pop, family)) return true;
    return keeps(w, family) && works_over(w, pop, FAMILY_V4);
}

static bool filing_was_lost(const struct host_class *k)
{
    bool in_force = k->filing == FILING_ACTIVE || k->filing == FILING_CHANGE_PENDING ||
                    k->filing == FILING_AUDIT_NOTICE;
    if (in_force && k->access == ACCESS_CANCELLED) return true; /* in force at others only */
    return k->filing == FILING_REVOKED || k->filing == FILING_DEREGISTERED ||
           k->filing == FILING_ACCESS_CANCELLED || k->filing == FILING_SHELL_SITE ||
           k->filing == FILING_SHELL_SUBJECT;
}

/* Whether the filing serves, as far as the partner knows; `*over`: it no longer knows. */
static bool filing_ok(const struct host_class *k, bool *over)
{
    uint8_t status = k->status == STATUS_UNKNOWN ? k->kept : k->status;
    *over = k->status == STATUS_UNKNOWN && k->grace_over && k->kept == STATUS_OK;
    return status == STATUS_OK && !*over;
}

/* Served from the mainland before, and lost to one of the rows 10 to 12, 15, 16, 18. */
static bool lost(const struct world *w, const struct host_class *k)
{
    bool over;
    if (k->provisioning != PROVISIONING_PROVISIONED) return false;
    if (w->partners[k->partner].state != PARTNER_ACTIVE || k->suspended != 0) return true;
    if (k->subscription != SUBSCRIPTION_ACTIVE) return true;
    if (k->vetting != VETTING_APPROVED && k->vetting != VETTING_RE_REVIEW) return true;
    return k->chain == CHAIN_LOST || (!filing_ok(k, &over) && !over && filing_was_lost(k));
}

/* Kept in the mainland although it is lost, since nothing else forbids it. */
static bool kept(const struct world *w, const struct host_class *k)
{
    bool over;
    if (k->policy != POLICY_SUSPEND && k->policy != POLICY_DENY_AT_EDGE) return false;
    if (!lost(w, k) || k->blacklisted || k->psb_bars) return false;
    if (k->commercial == COMMERCIAL_MISSING) return false;
    if (k->chain == CHAIN_MISSING || k->chain == CHAIN_BLACKLISTED) return false;
    return filing_ok(k, &over) || (!over && filing_was_lost(k));
}

/* Whether mainland PoPs may be answered for a class at all. */
static bool mainland_allowed(const struct world *w, const struct host_class *k)
{
    if (k->coverage == COVERAGE_OVERSEAS) return false;
    if (k->forced) return true; /* only with admin_force obeyed: see same_circumstances */
    if (k->edge_unmapped || k->held) return false;
    return policy_entitled(k, (enum partner_state)w->partners[k->partner].state) || kept(w, k);
}

/* --- nearest: the least tuple of DESIGN 9.1 over all PoPs ------------------------------------- */

static uint16_t effective_line(const struct world *w, uint16_t line)
{
    return line == w->topology->unknown_line ? w->spec->unknown_line : line;
}

static bool jp_sg_hk(const struct pop *p)
{
    return strcmp(p->country, "jp") == 0 || strcmp(p->country, "sg") == 0 ||
           strcmp(p->country, "hk") == 0;
}

static bool lost_to_region_overseas(const struct world *w, const struct host_class *k)
{
    return k->policy == POLICY_REGION_OVERSEAS && k->coverage != COVERAGE_OVERSEAS && lost(w, k);
}

enum { RANK_OUTSIDE = 3, RANK_NEVER = 9 }; /* any PoP outside; may not answer */

/* Rank of a PoP's class for a mainland client. */
static unsigned rank_for_mainland(const struct world *w, const struct host_class *k,
                                  const struct pop *p)
{
    if (p->class_ == POP_MAINLAND && p->partner != k->partner) return RANK_NEVER;
    if (p->class_ == POP_MAINLAND) return mainland_allowed(w, k) ? 0 : RANK_NEVER;
    if (lost_to_region_overseas(w, k) && jp_sg_hk(p)) return 1;
    return w->choices->near_first && p->class_ == POP_NEAR ? 2 : RANK_OUTSIDE;
}

static unsigned rank_for_outside(const struct world *w, const struct host_class *k, uint16_t pop,
                                 enum family family)
{
    const struct pop *p = &w->topology->pops[pop];
    if (p->class_ != POP_MAINLAND) return RANK_OUTSIDE;
    if (p->partner != k->partner) return RANK_NEVER;
    bool last = w->choices->mainland_for_outside == FOR_OUTSIDE_LAST_RESORT;
    bool domestic = k->coverage == COVERAGE_DOMESTIC;
    if ((!domestic && !last) || !mainland_allowed(w, k)) return RANK_NEVER;
    bool east = w->topology->regions[p->region].east_china;
    unsigned first = domestic ? 0 : RANK_OUTSIDE + 1;
    return east && carrier_reaches(w, pop, CARRIER_TELECOM, family) ? first : first + 1;
}

struct tuple {
    unsigned rank, not_served;
    uint32_t metric, tie;
    const char *id;
};

static bool less(const struct tuple *a, const struct tuple *b)
{
    if (a->rank != b->rank) return a->rank < b->rank;
    if (a->not_served != b->not_served) return a->not_served < b->not_served;
    if (a->metric != b->metric) return a->metric < b->metric;
    if (a->tie != b->tie) return a->tie < b->tie;
    return strcmp(a->id, b->id) < 0;
}

static void note_least(uint8_t *least, uint8_t rank)
{
    if (rank < *least) *least = rank;
}

void invariant_rank(const struct world *w, const struct host_class *key, enum family family,
                    struct invariant_ranks *out)
{
    out->read = NULL;
    out->family = family;
    out->key = key;
    out->entry = key->entry;
    out->partner = key->partner;
    memset(out->least, RANK_NEVER, sizeof(out->least));
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        bool mainland = w->topology->pops[pop].class_ == POP_MAINLAND;
        out->alive[pop] = pop_alive(w, pop, family);
        out->inside[pop] = (uint8_t)rank_for_mainland(w, key, &w->topology->pops[pop]);
        out->outside[pop] = (uint8_t)rank_for_outside(w, key, pop, family);
        if (!out->alive[pop]) continue;
        note_least(&out->least[1][mainland], out->inside[pop]);
        note_least(&out->least[0][mainland], out->outside[pop]);
    }
    out->reached = 0;
    for (uint16_t pop = 0; pop < w->topology->pop_count; pop++) {
        if (!out->alive[pop] || out->inside[pop] != out->least[1][1]) continue;
        for (unsigned c = 0; c < CARRIER_COUNT; c++) {
            unsigned bit = carrier_reaches(w, pop, (enum carrier)c, family) ? 1U << c : 0U;
            out->reached = (uint16_t)(out->reached | bit);
        }
    }
}

/* Every look of a line at a PoP: see invariant_lines.c. */
static void note_read(const struct invariant_ranks *r, uint16_t pop)
{
    if (r->read != NULL) pop_set_add(r->read, pop);
}

static struct tuple tuple_of(const struct world *w, const struct invariant_ranks *r, uint16_t line,
                             uint16_t pop)
{
    const struct line *l = &w->topology->lines[line];
    const struct pop *p = &w->topology->pops[pop];
    bool inside = l->zone == ZONE_MAINLAND;
    bool own_carrier =
        !inside || p->class_ != POP_MAINLAND || carrier_reaches(w, pop, l->carrier, r->family);
    return (struct tuple){
        .rank = inside ? r->inside[pop] : r->outside[pop],
        .not_served = own_carrier ? 0 : 1,
        .metric = w->topology->metric_value[(size_t)line * w->topology->pop_count + pop],
        .tie = topology_tie(w->topology, line, pop),
        .id = p->id};
}

/* Whether it can serve the line's carrier, when all works. */
static bool has_carrier(const struct world *w, uint16_t pop, uint16_t line)
{
    return (w->topology->pops[pop].carriers >> w->topology->lines[line].carrier & 1U) != 0;
}

/* The least of the PoPs that `list` names, and `best`. The list is sorted by (metric, tie, id), as
 * its topology says; so once a PoP of the least rank is found, with its carrier served unless none
 * serves it, what follows cannot beat it; and before that, only what has the carrier can. */
static uint16_t nearest_of(const struct world *w, const struct invariant_ranks *r, uint16_t line,
                           const uint16_t *list, uint16_t best)
{
    bool inside = w->topology->lines[line].zone == ZONE_MAINLAND;
    bool mainland = list == w->topology->lines[line].mainland;
    uint16_t count = mainland ? w->topology->mainland_count : w->topology->outside_count;
    if (r->least[inside][mainland] == RANK_NEVER) return best;
    struct tuple best_tuple = {.rank = RANK_NEVER};
    bool listed = false; /* the best is one of this list */
    bool served =
        !inside || !mainland || (r->reached >> w->topology->lines[line].carrier & 1U) != 0;
    if (best != CN_NONE16) best_tuple = tuple_of(w, r, line, best);
    for (uint16_t i = 0; i < count; i++) {
        unsigned rank = best_tuple.rank + (listed ? 0 : 1); /* equals of another list may beat it */
        bool best_there_is = best_tuple.not_served == 0 || !served;
        if (rank <= r->least[inside][mainland] && best_there_is) break;
        if (rank <= r->least[inside][mainland] && !has_carrier(w, list[i], line)) continue;
        note_read(r, list[i]);
        if (!r->alive[list[i]] ||
            invariant_address_given(w, r->key, list[i], r->family, line) == 0) {
            continue;
        }
        struct tuple t = tuple_of(w, r, line, list[i]);
        if (t.rank == RANK_NEVER || (best != CN_NONE16 && !less(&t, &best_tuple))) continue;
        best = list[i];
        best_tuple = t;
        listed = true;
    }
    return best;
}

/* The PoP that a Hong Kong entry which is bought names for the line: its own for the carriers of
 * its edition, unless a plain edition is attacked; else the premium instance. CN_NONE16: none that
 * works. */
static uint16_t named_by_entry(const struct world *w, const struct invariant_ranks *r,
                               uint16_t line)
{
    if (r->entry == 0 || r->entry > w->spec->product_count) return CN_NONE16;
    const struct product *p = &w->products[r->entry - 1];
    const struct product_spec *spec = &w->spec->products[r->entry - 1];
    const struct line *l = &w->topology->lines[line];
    if (p->state != PRODUCT_STATE_ACTIVE) return CN_NONE16;
    bool plain = p->edition == EDITION_MCA || p->edition == EDITION_CMA;
    bool away = plain && p->attack != ATTACK_NONE;
    uint16_t carriers = spec->carriers != 0
                            ? spec->carriers
                            : product_carriers(spec->kind, (enum product_edition)p->edition);
    bool own = l->zone == ZONE_MAINLAND && (carriers >> l->carrier & 1U) != 0;
    uint16_t pop = spec->pop;
    if (own) note_read(r, pop);
    if (own && !away && r->alive[pop] &&
        invariant_address_given(w, r->key, pop, r->family, line) != 0) {
        return pop;
    }
    pop = spec->premium;
    if (pop != CN_NONE16) note_read(r, pop);
    if (pop == CN_NONE16 || !r->alive[pop]) return CN_NONE16;
    return invariant_address_given(w, r->key, pop, r->family, line) != 0 ? pop : CN_NONE16;
}

static uint16_t nearest(const struct world *w, const struct invariant_ranks *r, uint16_t line)
{
    line = effective_line(w, line);
    const struct line *l = &w->topology->lines[line];
    uint16_t best = nearest_of(w, r, line, l->mainland, CN_NONE16);
    bool inside = l->zone == ZONE_MAINLAND;
    bool reached = best != CN_NONE16 && inside && carrier_reaches(w, best, l->carrier, r->family);
    if (best != CN_NONE16 && inside &&
        !invariant_may_move(w, line, &(struct moved){r->partner, best, reached})) {
        best = CN_NONE16;
    }
    bool first = best != CN_NONE16 && (inside || r->outside[best] < RANK_OUTSIDE);
    uint16_t named = first ? CN_NONE16 : named_by_entry(w, r, line);
    if (named != CN_NONE16) return named;
    return nearest_of(w, r, line, l->outside, best);
}

uint16_t invariant_nearest(const struct world *w, const struct host_class *key, uint16_t line,
                           enum family family)
{
    struct invariant_ranks ranks;
    invariant_rank(w, key, family, &ranks);
    return nearest(w, &ranks, line);
}

/* --- the checks ------------------------------------------------------------------------------- */

static void found(struct invariant_checker *c, enum invariant i, uint16_t line, uint16_t got,
                  uint16_t want)
{
    if (c->out->count < c->out->cap) {
        c->out->items[c->out->count] = (struct violation){i, c->host, c->class_, line, got, want};
    }
    c->out->count++;
}

static void check_pop(struct invariant_checker *c, uint16_t line, const struct cell *cell)
{
    const struct world *w = c->w;
    const struct pop *p = &w->topology->pops[cell->pop];
    bool inside = w->topology->lines[effective_line(w, line)].zone == ZONE_MAINLAND;
    if (p->class_ == POP_MAINLAND) {
        if (!mainland_allowed(w, c->key)) {
            found(c, INVARIANT_MAINLAND_ENTITLED, line, cell->pop, CN_NONE16);
        }
        if (p->partner != c->key->partner) {
            found(c, INVARIANT_OWN_PARTNER, line, cell->pop, CN_NONE16);
        }
        bool last = w->choices->mainland_for_outside == FOR_OUTSIDE_LAST_RESORT;
        if (!inside && !last && c->key->coverage != COVERAGE_DOMESTIC) {
            found(c, INVARIANT_MAINLAND_INSIDE, line, cell->pop, CN_NONE16);
        }
    }
    if (p->v4_count == 0 || p->v6_count == 0) {
        found(c, INVARIANT_AAAA_FORCED, line, cell->pop, CN_NONE16);
    }
    uint16_t want = nearest(w, &c->ranks, line);
    if (want == CN_NONE16) return; /* nothing usable: the last resort */
    note_read(&c->ranks, cell->pop);
    unsigned addresses =
        invariant_address_given(w, c->key, cell->pop, c->ranks.family, effective_line(w, line));
    if (cell->addresses[c->ranks.family] != addresses) {
        found(c, INVARIANT_ADDRESSES, line, cell->pop, want);
    }
    if (!c->ranks.alive[cell->pop]) found(c, INVARIANT_POP_USABLE, line, cell->pop, want);
    if (cell->pop != want) found(c, INVARIANT_NEAREST, line, cell->pop, want);
}

static void check_reasons(struct invariant_checker *c, uint16_t line, const struct cell *cell)
{
    struct world *w = c->w;
    struct policy_view view = {.topology = w->topology,
                               .pops = w->families[c->ranks.family].pops,
                               .choices = w->choices,
                               .blocks = w->blocks,
                               .block_count = w->block_count,
                               .family = (uint8_t)c->ranks.family,
                               .host = *c->key,
                               .partner = (enum partner_state)c->w->partners[c->key->partner].state,
                               .entries = w->entries,
                               .line = line,
                               .unknown_line = w->spec->unknown_line,
                               .read = c->ranks.read};
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        view.mainland_works[f] = (w->families[f].mainland_works & 1U << c->key->partner) != 0;
    }
    struct decision d;
    policy_decide(&view, &d);
    bool same = d.pop == cell->pop && d.kind == cell->kind && d.ttl_s == cell->ttl_s &&
                (d.kind != DECISION_POP || d.addresses == cell->addresses[c->ranks.family]);
    if (d.reason_count == 0 || !same) found(c, INVARIANT_HAS_REASON, line, cell->pop, d.pop);
}

/* FACTS A9: AAAA is forced on. The setting nodata lets it go where IPv6 is out in the mainland. */
static bool nodata_allowed(const struct world *w, uint8_t partner)
{
    const struct topology *t = w->topology;
    if (w->choices->v6_failover != V6_NODATA) return false;
    for (uint16_t pop = 0; pop < t->pop_count; pop++) {
        bool own = t->pops[pop].class_ == POP_MAINLAND && t->pops[pop].partner == partner;
        if (own && pop_alive(w, pop, FAMILY_V6)) return false;
    }
    return true;
}

void invariant_check_line(struct invariant_checker *c, uint16_t line, const struct cell *cell)
{
    c->out->checks++;
    if (cell->kind == DECISION_POP) check_pop(c, line, cell);
    if (!invariant_ttl_declared(c->w->choices, c->key, cell)) {
        found(c, INVARIANT_TTL_DECLARED, line, cell->pop, CN_NONE16);
    }
    check_reasons(c, line, cell);
}

void invariant_check_families(struct invariant_checker *c, uint16_t line,
                              const struct cell *const cells[FAMILY_COUNT])
{
    const struct cell *v4 = cells[FAMILY_V4];
    const struct cell *v6 = cells[FAMILY_V6];
    if (!c->part && (v4->pop != v6->pop || v4->kind != v6->kind || v4->ttl_s != v6->ttl_s)) {
        found(c, INVARIANT_FAMILIES_AGREE, line, v6->pop, v4->pop);
    }
    if (v4->kind == DECISION_POP && v6->kind != DECISION_POP && !c->nodata_allowed) {
        found(c, INVARIANT_AAAA_FORCED, line, v6->pop, v4->pop);
    }
}

void invariant_checker_init(struct invariant_checker *c, struct world *w, uint16_t class_,
                            struct violation_list *out)
{
    c->w = w;
    c->out = out;
    c->key = &w->classes[class_].key;
    c->host = CN_NONE32;
    c->class_ = class_;
    c->part = invariant_lines_part(w);
    c->nodata_allowed = nodata_allowed(w, c->key->partner);
}

static void check_class(struct world *w, uint16_t class_, struct violation_list *out)
{
    struct invariant_checker c;
    invariant_checker_init(&c, w, class_, out);
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        if (f == FAMILY_V6 && !c.part && !w->families_part) continue; /* the same table */
        invariant_rank(w, c.key, (enum family)f, &c.ranks);
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            invariant_check_line(&c, line, &world_cells(w, class_, (enum family)f)[line]);
        }
    }
    bool tables = c.part || w->families_part || w->classes[class_].parted;
    for (uint16_t line = 0; tables && line < w->topology->line_count; line++) {
        const struct cell *cells[FAMILY_COUNT] = {&world_cells(w, class_, FAMILY_V4)[line],
                                                  &world_cells(w, class_, FAMILY_V6)[line]};
        invariant_check_families(&c, line, cells);
    }
    w->classes[class_].checked = w->generation;
}

/* A class that was checked since the network last changed answers as it did then. */
static void check_class_once(struct world *w, uint16_t class_, struct violation_list *out)
{
    if (w->classes[class_].checked != w->generation) check_class(w, class_, out);
}

/* What the policy knows of the site besides its entitlement. */
static bool same_circumstances(const struct world *w, const struct host_class *k, uint32_t site)
{
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    bool unmapped = spec->edge_name != CN_NONE32 && w->edge_lost[spec->edge_name] > 0;
    return k->filing == s->status_filing && (k->by_subject != 0) == s->status_by_subject &&
           (k->blacklisted != 0) == s->blacklisted && (k->closed != 0) == s->closed &&
           (k->lapsed != 0) == s->expired && (k->settled != 0) == s->settled &&
           (k->edge_unmapped != 0) == unmapped && k->coverage == s->coverage &&
           (k->forced != 0) == s->forced &&
           (!k->forced || w->choices->admin_force == FORCE_OBEYED) &&
           (k->returned != 0) == s->refiled && k->policy == (uint8_t)spec->policy &&
           k->partner == s->partner && k->access == s->status_access &&
           k->chain == invariant_site_chain(w, site) && invariant_address_current(w, k, site) &&
           k->ttl_s[0] * 65536U + k->ttl_s[1] * 256U + k->ttl_s[2] == s->ttl_s;
}

/* What befell the site's account and holder has reached it, unless its batch is yet to come. */
static bool carried_out(const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    bool holder = spec->holder != CN_NONE32 && w->holders[spec->holder].suspended;
    bool same = s->subscription == w->accounts[spec->account].subscription;
    return (same && s->by_holder == holder) || world_batch_pending(w, site);
}

/* Why a host is not entitled is what its revocation policy depends on. */
static bool same_entitlement(const struct world *w, const struct host_class *k, uint32_t host)
{
    const struct host *h = &w->hosts[host];
    const struct site *s = &w->sites[h->site];
    bool missing = invariant_site_lacks_licence(w, h->site);
    return k->status == s->status && (k->status != STATUS_UNKNOWN || k->kept == s->kept) &&
           (k->grace_over != 0) == s->grace_over && k->vetting == s->vetting &&
           (k->commercial == COMMERCIAL_MISSING) == missing &&
           (k->psb_bars != 0) == invariant_site_punished(w, s) &&
           k->subscription == s->subscription && carried_out(w, h->site) &&
           k->provisioning == h->provisioning && ((k->suspended & 1) != 0) == s->suspended &&
           ((k->suspended & 2) != 0) == s->by_holder;
}

/* The Hong Kong entry that lists this host among its users, plus one; 0: none. */
static uint8_t entry_of(const struct world *w, uint32_t host)
{
    uint8_t entry = 0;
    for (uint16_t i = 0; i < w->spec->product_count; i++) {
        const struct product_spec *p = &w->spec->products[i];
        for (uint32_t h = 0; p->kind == PRODUCT_HK_ENTRY && h < p->host_count; h++) {
            if (p->hosts[h] == host) entry = (uint8_t)(i + 1);
        }
    }
    return entry;
}

static bool same_hold(const struct world *w, const struct host_class *k, const struct host *h)
{
    if (h->outside == CN_NONE16) return (k->held != 0) == (h->held > 0);
    return !k->held && w->classes[h->outside].key.held;
}

static void check_host(struct world *w, uint32_t host, struct violation_list *out)
{
    uint16_t index = w->hosts[host].class_;
    out->checks++;
    const struct host_class *key = &w->classes[index].key;
    bool claimed = policy_entitled(key, (enum partner_state)w->partners[key->partner].state);
    if (claimed == invariant_site_entitled(w, host) && same_entitlement(w, key, host) &&
        key->entry == entry_of(w, host) && same_hold(w, key, &w->hosts[host]) &&
        same_circumstances(w, key, w->hosts[host].site)) {
        return;
    }
    struct invariant_checker c = {.w = w, .out = out, .host = host, .class_ = index};
    found(&c, INVARIANT_CLASS_CURRENT, CN_NONE16, CN_NONE16, CN_NONE16);
}

/* Whether the host's questions are answered at all, for one of the lines. */
static void check_message(struct world *w, uint32_t host, struct violation_list *out)
{
    invariant_dns_host(w, host, (uint16_t)(host % w->topology->line_count), out);
}

static void check_classes(struct world *w, struct violation_list *out)
{
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts > 0) check_class_once(w, (uint16_t)i, out);
    }
}

void invariant_check_changed(struct world *w, struct violation_list *out)
{
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        uint32_t host = w->changed.hosts[i];
        check_host(w, host, out);
        check_message(w, host, out);
        check_class_once(w, w->hosts[host].class_, out);
    }
    if (w->changed.network) {
        check_classes(w, out);
        invariant_dns_partners(w, out);
    }
    if (w->changed.network || w->changed.host_count > 0) invariant_spill_check(w, out);
}

void invariant_check_all(struct world *w, struct violation_list *out)
{
    check_classes(w, out);
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (!w->hosts[h].active) continue;
        check_host(w, h, out);
        check_message(w, h, out);
    }
    invariant_spill_check(w, out);
}

void invariant_sweep(struct world *w, struct violation_list *out)
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (!w->hosts[h].active) continue;
        check_host(w, h, out);
        check_class(w, w->hosts[h].class_, out);
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            invariant_dns_host(w, h, line, out);
        }
    }
    invariant_spill_check(w, out);
}
