/* SPDX-License-Identifier: MIT
 * world_class.c: hosts that behave alike are one class (DESIGN 9.4); a class has one cell per line.
 *
 * A host's state change moves it to another class: one store. A network change makes the cells of
 * every class stale, and they are computed again when next asked for. */
#include "world_internal.h"

#include <string.h>

#include "cnedge/base/rng.h"

enum { SLOTS = 4 * WORLD_CLASSES_MAX, SLOT_FREE = 0 };

_Static_assert(sizeof(struct host_class) == 32, "bytes only: equal values have equal bytes");

static uint8_t commercial_need(const struct world *w, uint32_t site)
{
    if (!w->spec->sites[site].needs_commercial) return COMMERCIAL_NOT_NEEDED;
    enum commercial_state state = world_commercial_state(w, site);
    if (commercial_in_force(state)) return COMMERCIAL_OK;
    bool lost = state == COMMERCIAL_EXPIRED || state == COMMERCIAL_REVOKED;
    if (lost && w->choices->commercial_loss == COMMERCIAL_LOSS_IGNORED) {
        return COMMERCIAL_OVERLOOKED;
    }
    return COMMERCIAL_MISSING;
}

static uint8_t suspensions(const struct world *w, uint32_t site)
{
    return (uint8_t)((w->sites[site].suspended ? 1 : 0) | (w->sites[site].by_holder ? 2 : 0));
}

struct host_class world_class_key(const struct world *w, uint32_t host)
{
    const struct host *h = &w->hosts[host];
    const struct site *s = &w->sites[h->site];
    const struct site_spec *spec = &w->spec->sites[h->site];
    return (struct host_class){
        .status = s->status,
        .filing = s->status_filing,
        .by_subject = s->status_by_subject,
        .kept = s->status == STATUS_UNKNOWN ? s->kept : 0,
        .grace_over = s->grace_over,
        .commercial = commercial_need(w, h->site),
        .vetting = s->vetting,
        .psb_bars = w->choices->psb_affects_routing && s->psb == PSB_PENALISED ? 1 : 0,
        .subscription = s->subscription,
        .suspended = suspensions(w, h->site),
        .provisioning = h->provisioning,
        .blacklisted = s->blacklisted,
        .closed = s->closed,
        .lapsed = s->expired,
        .settled = s->settled,
        .edge_unmapped = spec->edge_name != CN_NONE32 && w->edge_lost[spec->edge_name] > 0 ? 1 : 0,
        .coverage = s->coverage,
        .held = h->held > 0,
        .returned = s->refiled,
        .policy = (uint8_t)spec->policy,
        .entry = w->host_entry[host],
        .partner = s->partner,
        .access = s->status_access,
        .chain = (uint8_t)world_chain_state(w, h->site),
        .own_all = {world_violation_own(w, h->site, FAMILY_V4),
                    world_violation_own(w, h->site, FAMILY_V6)},
        .own = {s->own[FAMILY_V4], s->own[FAMILY_V6]},
        .ttl_s = {(uint8_t)(s->ttl_s >> 16), (uint8_t)(s->ttl_s >> 8), (uint8_t)s->ttl_s},
        .forced = s->forced,
    };
}

static uint32_t slot_of(const struct world *w, const struct host_class *key)
{
    uint32_t i = (uint32_t)rng_hash(0, key, sizeof(*key)) % SLOTS;
    while (w->class_slots[i] != SLOT_FREE &&
           memcmp(&w->classes[w->class_slots[i] - 1].key, key, sizeof(*key)) != 0) {
        i = (i + 1) % SLOTS;
    }
    return i;
}

/* Forgets classes that no host is in, when the table is full. */
static void forget_empty(struct world *w)
{
    memset(w->class_slots, 0, SLOTS * sizeof(*w->class_slots));
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        w->class_slots[slot_of(w, &w->classes[i].key)] = (uint16_t)(i + 1);
    }
}

/* An index for a new class; CN_NONE16 when WORLD_CLASSES_MAX are in use. */
static uint16_t free_class(struct world *w)
{
    if (w->class_count < WORLD_CLASSES_MAX) return (uint16_t)w->class_count++;
    forget_empty(w);
    for (uint32_t i = 0; i < WORLD_CLASSES_MAX; i++) {
        if (w->classes[i].hosts == 0) return (uint16_t)i;
    }
    return CN_NONE16;
}

static uint16_t intern(struct world *w, const struct host_class *key)
{
    uint32_t slot = slot_of(w, key);
    if (w->class_slots[slot] != SLOT_FREE) return (uint16_t)(w->class_slots[slot] - 1);
    uint16_t i = free_class(w);
    if (i == CN_NONE16) {
        w->class_limit = true;
        return 0;
    }
    slot = slot_of(w, key); /* forget_empty may have moved it */
    w->class_slots[slot] = (uint16_t)(i + 1);
    struct class_ *c = &w->classes[i];
    c->key = *key;
    c->generation = 0;
    c->checked = 0;
    c->parted = false;
    return i;
}

void world_class_mark(struct world *w, uint32_t host)
{
    if (w->host_marked[host] != 0) return;
    w->host_marked[host] = 1;
    w->changed.hosts[w->changed.host_count++] = host;
}

/* The class of those clients that are still kept outside while others are back already. */
static uint16_t outside_class(struct world *w, const struct host *h, struct host_class *key)
{
    if (h->held == 0 || h->held == w->choices->return_steps) return CN_NONE16;
    uint16_t to = intern(w, key);
    key->held = 0;
    return to;
}

static void move(struct world *w, uint16_t *place, uint16_t to)
{
    if (*place != CN_NONE16) w->classes[*place].hosts--;
    *place = to;
    if (to != CN_NONE16) w->classes[to].hosts++;
}

void world_class_host(struct world *w, uint32_t host)
{
    struct host *h = &w->hosts[host];
    world_return_note(w, host);
    struct host_class key = world_class_key(w, host);
    uint16_t was = h->class_;
    uint16_t was_outside = h->outside;
    bool held = h->held > 0 || was_outside != CN_NONE16;
    if (!held && memcmp(&w->classes[was].key, &key, sizeof(key)) == 0) return;
    world_load_leave(w, host);
    world_tally_host(w, host, false);
    move(w, &h->outside, CN_NONE16);
    move(w, &h->outside, outside_class(w, h, &key));
    w->classes[was].hosts--;
    uint16_t to = intern(w, &key);
    h->class_ = to;
    w->classes[to].hosts++;
    world_load_join(w, host);
    world_tally_host(w, host, true);
    /* Its number may be the one it had, which was free for a moment, and means another class now.
     */
    if (h->active) world_class_mark(w, host);
}

/* A host of it was lost. A suspension of everyone is no reason to unmap one name. */
static bool site_lost(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    if (spec->policy != POLICY_UNMAP_SHARED) return false;
    for (uint32_t i = 0; i < spec->host_count; i++) {
        uint32_t host = spec->host_first + i;
        if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) continue;
        struct host_class key = world_class_key(w, host);
        if (w->hosts[host].unmapped) return true;
        if (policy_lost(&key, PARTNER_ACTIVE)) return true;
    }
    return false;
}

/* Counts the lost sites of the edge group; true when the group's name was unmapped or mapped. */
static bool count_lost(struct world *w, uint32_t site)
{
    uint32_t edge = w->spec->sites[site].edge_name;
    bool lost = edge != CN_NONE32 && site_lost(w, site);
    if (lost == w->sites[site].lost) return false;
    w->sites[site].lost = lost;
    uint32_t before = w->edge_lost[edge];
    w->edge_lost[edge] = lost ? before + 1 : before - 1;
    return before == 0 || w->edge_lost[edge] == 0;
}

void world_class_in_group(struct world *w, uint32_t site)
{
    world_work_hosts(w, site, world_class_host, world_overseas_site);
}

static void update_site(struct world *w, uint32_t site)
{
    if (count_lost(w, site)) {
        world_work_group(w, w->edge_first[w->spec->sites[site].edge_name]);
    } else {
        world_class_in_group(w, site);
    }
}

void world_class_in_chain(struct world *w, uint32_t site)
{
    if (site != w->cdn_site && w->spec->sites[site].setup == SETUP_PARTIAL) update_site(w, site);
}

/* The CDN's own domain takes those along whose names lead through it. */
void world_class_next(struct world *w, uint32_t site)
{
    update_site(w, site);
    if (site == w->cdn_site && world_chain_moved(w)) world_work_chain(w);
}

void world_class_site(struct world *w, uint32_t site)
{
    world_work_follow(w);
    world_class_next(w, site);
}

void world_class_start(struct world *w)
{
    (void)world_chain_moved(w);
    for (uint32_t s = 0; s < w->spec->site_count; s++) {
        count_lost(w, s);
    }
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        world_return_note(w, h);
        struct host_class key = world_class_key(w, h);
        w->hosts[h].class_ = intern(w, &key);
        w->classes[w->hosts[h].class_].hosts++;
        world_load_join(w, h);
        world_tally_host(w, h, true);
    }
}

static struct policy_view view_of(const struct world *w, const struct host_class *key,
                                  uint16_t line, enum family family)
{
    struct policy_view v = {
        .topology = w->topology,
        .pops = w->families[family].pops,
        .choices = w->choices,
        .blocks = w->blocks,
        .block_count = w->block_count,
        .family = (uint8_t)family,
        .host = *key,
        .partner = world_partner_state(w, key),
        .entries = w->entries,
        .line = line,
        .unknown_line = w->spec->unknown_line,
    };
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        v.mainland_works[f] = (w->families[f].mainland_works & 1U << key->partner) != 0;
    }
    return v;
}

enum { OF_V4 = 1 << FAMILY_V4, OF_V6 = 1 << FAMILY_V6, OF_BOTH = OF_V4 | OF_V6 };

/* For readers of these families. */
static bool same_answer(const struct cell *a, const struct cell *b, unsigned families)
{
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        if ((families & 1U << f) != 0 && a->addresses[f] != b->addresses[f]) return false;
    }
    return a->pop == b->pop && a->kind == b->kind && a->row == b->row && a->ttl_s == b->ttl_s;
}

/* Decides one line for one family; where the families agree, for both. */
static struct cell decide_cell(const struct world *w, struct class_ *c, uint16_t line,
                               enum family family)
{
    struct decision d;
    struct policy_view view = view_of(w, &c->key, line, family);
    policy_decide(&view, &d);
    struct cell cell = {.pop = d.pop, .kind = (uint8_t)d.kind, .row = d.row, .ttl_s = d.ttl_s};
    cell.addresses[family] = d.addresses;
    if (!w->families_part && d.kind == DECISION_POP) {
        cell.addresses[FAMILY_V6] = policy_addresses(&c->key, &w->topology->pops[d.pop], FAMILY_V6,
                                                     w->families[FAMILY_V6].pops[d.pop].addresses);
    }
    return cell;
}

static void set_cell(struct class_ *c, struct cell *old, struct cell new, uint32_t now,
                     unsigned families)
{
    new.since = c->generation != 0 && same_answer(old, &new, families) ? old->since : now;
    *old = new;
}

/* Where the families part, the cells of IPv6 are a table of their own, which goes on from the
 * common one; where they meet again, a cell is as old as the younger of both. */
static void fill_line(const struct world *w, struct class_ *c, uint16_t line)
{
    struct cell *v4 = &c->cells[FAMILY_V4][line];
    struct cell *v6 = &c->cells[FAMILY_V6][line];
    bool part = w->families_part;
    if (part && !c->parted) *v6 = *v4;
    struct cell new = decide_cell(w, c, line, FAMILY_V4);
    set_cell(c, v4, new, w->generation, part || c->parted ? OF_V4 : OF_BOTH);
    if (part) {
        set_cell(c, v6, decide_cell(w, c, line, FAMILY_V6), w->generation, OF_V6);
    } else if (c->parted && (!same_answer(v4, v6, OF_V6) || v6->since > v4->since)) {
        v4->since = w->generation;
    }
}

const struct cell *world_cells(struct world *w, uint16_t class_, enum family family)
{
    CN_ASSERT(class_ < w->class_count);
    struct class_ *c = &w->classes[class_];
    if (c->generation != w->generation) {
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            fill_line(w, c, line);
        }
        c->entitled = policy_entitled(&c->key, world_partner_state(w, &c->key));
        c->parted = w->families_part;
        c->generation = w->generation;
    }
    return c->cells[c->parted ? family : FAMILY_V4];
}

struct cell world_cell_afresh(const struct world *w, uint16_t class_, uint16_t line,
                              enum family family, struct pop_set *read)
{
    struct decision d;
    struct policy_view view = view_of(w, &w->classes[class_].key, line, family);
    view.read = read;
    policy_decide(&view, &d);
    struct cell cell = {.pop = d.pop, .kind = (uint8_t)d.kind, .row = d.row, .ttl_s = d.ttl_s};
    cell.addresses[family] = d.addresses;
    return cell;
}

void world_decide_class(const struct world *w, uint16_t class_, uint16_t line, enum family family,
                        struct decision *out)
{
    struct policy_view view = view_of(w, &w->classes[class_].key, line, family);
    policy_decide(&view, out);
}

void world_decide(const struct world *w, uint32_t host, uint16_t line, enum family family,
                  struct decision *out)
{
    uint16_t number = world_class_for(w, host, world_line_client(w, line));
    world_decide_class(w, number, line, family, out);
}

struct cell world_cell(struct world *w, uint16_t class_, uint16_t line, enum family family)
{
    struct pop_set read = {0};
    CN_ASSERT(class_ < w->class_count);
    if (w->timeless && w->classes[class_].generation != w->generation) {
        return world_cell_afresh(w, class_, line, family, &read);
    }
    return world_cells(w, class_, family)[line];
}

void world_make_timeless(struct world *w)
{
    w->timeless = true;
    world_stop_peak(w);
}
