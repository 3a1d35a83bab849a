/* SPDX-License-Identifier: MIT
 * world_class.c: hosts that behave alike are one class (DESIGN 9.4); a class has one cell per line.
 *
 * A host's state change moves it to another class: one store. A network change makes the cells of
 * every class stale, and they are computed again when next asked for. */
#include "world_internal.h"

#include <string.h>

#include "cnedge/base/rng.h"

enum { SLOTS = 4 * WORLD_CLASSES_MAX, SLOT_FREE = 0 };

_Static_assert(sizeof(struct host_class) == 18, "bytes only: equal values have equal bytes");

static uint8_t commercial_need(const struct world *w, uint32_t site)
{
    if (!w->spec->sites[site].needs_commercial) return COMMERCIAL_NOT_NEEDED;
    return w->sites[site].commercial == COMMERCIAL_ISSUED ? COMMERCIAL_OK : COMMERCIAL_MISSING;
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
        .subscription = s->subscription,
        .suspended = suspensions(w, h->site),
        .provisioning = h->provisioning,
        .blacklisted = s->blacklisted,
        .closed = s->closed,
        .settled = s->settled,
        .edge_unmapped = spec->edge_name != CN_NONE32 && w->edge_lost[spec->edge_name] > 0 ? 1 : 0,
        .coverage = s->coverage,
        .policy = (uint8_t)spec->policy,
        .partner = s->partner,
        .access = s->status_access,
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
    return i;
}

void world_class_mark(struct world *w, uint32_t host)
{
    if (w->host_marked[host] != 0) return;
    w->host_marked[host] = 1;
    w->changed.hosts[w->changed.host_count++] = host;
}

void world_class_host(struct world *w, uint32_t host)
{
    struct host *h = &w->hosts[host];
    struct host_class key = world_class_key(w, host);
    if (memcmp(&w->classes[h->class_].key, &key, sizeof(key)) == 0) return;
    w->classes[h->class_].hosts--;
    uint16_t to = intern(w, &key);
    h->class_ = to;
    w->classes[to].hosts++;
    if (h->active) world_class_mark(w, host);
}

static void update_hosts(struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    for (uint32_t i = 0; i < spec->host_count; i++) {
        world_class_host(w, spec->host_first + i);
    }
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
        if (policy_lost(&key, PARTNER_ACTIVE)) return true;
    }
    return false;
}

/* Counts the lost sites of the edge group; true when the group's name was unmapped or mapped. */
static bool count_lost(struct world *w, uint32_t site)
{
    uint32_t edge = w->spec->sites[site].edge_name;
    bool lost = site_lost(w, site);
    if (edge == CN_NONE32 || lost == w->sites[site].lost) return false;
    w->sites[site].lost = lost;
    uint32_t before = w->edge_lost[edge];
    w->edge_lost[edge] = lost ? before + 1 : before - 1;
    return before == 0 || w->edge_lost[edge] == 0;
}

void world_class_site(struct world *w, uint32_t site)
{
    if (!count_lost(w, site)) {
        update_hosts(w, site);
        world_overseas_site(w, site);
        return;
    }
    uint32_t s = w->edge_first[w->spec->sites[site].edge_name];
    for (; s != CN_NONE32; s = w->sites[s].next_of_edge) {
        update_hosts(w, s);
        world_overseas_site(w, s);
    }
}

void world_class_start(struct world *w)
{
    for (uint32_t s = 0; s < w->spec->site_count; s++) {
        count_lost(w, s);
    }
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        struct host_class key = world_class_key(w, h);
        w->hosts[h].class_ = intern(w, &key);
        w->classes[w->hosts[h].class_].hosts++;
    }
}

static struct policy_view view_of(const struct world *w, const struct host_class *key,
                                  uint16_t line)
{
    return (struct policy_view){
        .topology = w->topology,
        .pops = w->pops,
        .choices = w->choices,
        .host = *key,
        .partner = world_partner_state(w, key),
        .line = line,
        .unknown_line = w->spec->unknown_line,
    };
}

static void set_cell(struct class_ *c, uint16_t line, const struct decision *d, uint32_t now)
{
    struct cell *old = &c->cells[line];
    bool same = c->generation != 0 && old->pop == d->pop && old->kind == (uint8_t)d->kind &&
                old->row == d->row && old->ttl_s == d->ttl_s;
    *old = (struct cell){d->pop, (uint8_t)d->kind, d->row, d->ttl_s, same ? old->since : now};
}

const struct cell *world_cells(struct world *w, uint16_t class_)
{
    CN_ASSERT(class_ < w->class_count);
    struct class_ *c = &w->classes[class_];
    if (c->generation == w->generation) return c->cells;
    struct policy_view view = view_of(w, &c->key, 0);
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        struct decision d;
        view.line = line;
        policy_decide(&view, &d);
        set_cell(c, line, &d, w->generation);
    }
    c->entitled = policy_entitled(&c->key, world_partner_state(w, &c->key));
    c->generation = w->generation;
    return c->cells;
}

void world_decide(const struct world *w, uint32_t host, uint16_t line, struct decision *out)
{
    struct policy_view view = view_of(w, &w->classes[w->hosts[host].class_].key, line);
    policy_decide(&view, out);
}
