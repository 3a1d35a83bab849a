/* SPDX-License-Identifier: MIT
 * world_build.c: a running world from its specification. */
#include "world_internal.h"

enum { CLASS_SLOTS = 4 * WORLD_CLASSES_MAX };

static void *get(struct arena *a, size_t count, size_t size)
{
    return arena_get(a, count, size);
}

/* All memory of the world, in one place. False when the arena is exhausted. */
static bool allocate(struct world *w, struct arena *a)
{
    const struct world_spec *s = w->spec;
    const struct topology *t = w->topology;
    w->partners = get(a, s->partner_count, sizeof(*w->partners));
    w->holders = get(a, s->holder_count, sizeof(*w->holders));
    w->accounts = get(a, s->account_count, sizeof(*w->accounts));
    w->sites = get(a, s->site_count, sizeof(*w->sites));
    w->hosts = get(a, s->host_count, sizeof(*w->hosts));
    w->edge_first = get(a, s->edge_name_count, sizeof(*w->edge_first));
    w->edge_lost = get(a, s->edge_name_count, sizeof(*w->edge_lost));
    w->pop_health = get(a, t->pop_count, sizeof(*w->pop_health));
    w->pop_admin = get(a, t->pop_count, sizeof(*w->pop_admin));
    w->pop_seen = get(a, t->pop_count, sizeof(*w->pop_seen));
    w->watches = get(a, t->pop_count, sizeof(*w->watches));
    w->notices = get(a, t->pop_count, sizeof(*w->notices));
    if (s->choices.partner_batches > 1) {
        w->batch_from = get(a, s->site_count, sizeof(*w->batch_from));
    }
    w->region_down = get(a, t->region_count, sizeof(*w->region_down));
    w->region_carriers_down = get(a, t->region_count, sizeof(*w->region_carriers_down));
    w->region_resolvers_down = get(a, t->region_count, sizeof(*w->region_resolvers_down));
    w->site_names_barred = get(a, s->name_group_count, sizeof(*w->site_names_barred));
    w->listed = get(a, LISTED_MAX, sizeof(*w->listed));
    w->pops = get(a, t->pop_count, sizeof(*w->pops));
    w->addresses =
        get(a, (size_t)t->pop_count * FAMILY_COUNT * POP_POOL_MAX, sizeof(*w->addresses));
    w->in_use = get(a, (size_t)t->pop_count * FAMILY_COUNT, sizeof(*w->in_use));
    w->blocks = get(a, WORLD_BLOCKS_MAX, sizeof(*w->blocks));
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        struct family_state *family = &w->families[f];
        family->pop_down = get(a, t->pop_count, sizeof(*family->pop_down));
        family->region_down = get(a, t->region_count, sizeof(*family->region_down));
        family->region_carriers_down =
            get(a, t->region_count, sizeof(*family->region_carriers_down));
        family->pops = get(a, t->pop_count, sizeof(*family->pops));
    }
    w->packages = get(a, s->package_count, sizeof(*w->packages));
    w->products = get(a, s->product_count, sizeof(*w->products));
    w->entries = get(a, s->product_count, sizeof(*w->entries));
    w->host_entry = get(a, s->host_count, sizeof(*w->host_entry));
    w->classes = get(a, WORLD_CLASSES_MAX, sizeof(*w->classes));
    w->class_slots = get(a, CLASS_SLOTS, sizeof(*w->class_slots));
    w->changed.hosts = get(a, s->host_count, sizeof(*w->changed.hosts));
    w->host_marked = get(a, s->host_count, sizeof(*w->host_marked));
    size_t cells = (size_t)WORLD_CLASSES_MAX * t->line_count;
    struct cell *v4 = get(a, cells, sizeof(*v4));
    struct cell *v6 = get(a, cells, sizeof(*v6));
    if (a->failed) return false;
    for (uint32_t i = 0; i < WORLD_CLASSES_MAX; i++) {
        w->classes[i].cells[FAMILY_V4] = v4 + (size_t)i * t->line_count;
        w->classes[i].cells[FAMILY_V6] = v6 + (size_t)i * t->line_count;
    }
    return true;
}

static void init_sites(struct world *w)
{
    const struct choices *c = w->choices;
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        const struct site_spec *spec = &w->spec->sites[i];
        w->sites[i] = (struct site){
            .next_of_holder = CN_NONE32,
            .next_of_account = CN_NONE32,
            .next_of_edge = CN_NONE32,
            .filing = (uint8_t)spec->filing,
            .filed_through = spec->accesses,
            .access_order = CN_NONE16,
            .auditor = spec->partner,
            .vetting = (uint8_t)spec->vetting,
            .psb = (uint8_t)spec->psb,
            .suspended = spec->suspended,
            .partner = spec->partner,
            .blacklisted = spec->blacklisted,
            .closed = spec->resolution_closed,
            .settled = true,
            .coverage = (uint8_t)spec->coverage,
            .own = {world_violation_own(w, i, FAMILY_V4), world_violation_own(w, i, FAMILY_V6)},
            .demand_mbit = spec->demand_mbit,
        };
        if (spec->blacklisted) {
            walltime until = world_least_after(w, c->blacklist_min_listed, w->spec->start);
            w->sites[i].listed_until = (simtime){until.ns - w->spec->start.ns};
        }
    }
}

static void init_hosts(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->host_count; i++) {
        const struct host_spec *spec = &w->spec->hosts[i];
        w->hosts[i] = (struct host){.site = spec->site,
                                    .provisioning = (uint8_t)spec->provisioning,
                                    .outside = CN_NONE16,
                                    .active = spec->active};
    }
}

static void init_owners(struct world *w)
{
    const struct world_spec *s = w->spec;
    for (uint8_t i = 0; i < s->partner_count; i++) {
        w->partners[i] = (struct partner){.state = (uint8_t)s->partners[i].state};
    }
    for (uint32_t i = 0; i < s->holder_count; i++) {
        w->holders[i] = (struct holder){.barred = s->holders[i].barred,
                                        .suspended = s->holders[i].suspended,
                                        .commercial = (uint8_t)s->holders[i].commercial,
                                        .site_first = CN_NONE32};
    }
    for (uint32_t i = 0; i < s->account_count; i++) {
        w->accounts[i] = (struct account){.subscription = (uint8_t)s->accounts[i].subscription,
                                          .balance_minor = s->accounts[i].balance_minor,
                                          .site_first = CN_NONE32};
    }
    for (uint32_t i = 0; i < s->edge_name_count; i++) {
        w->edge_first[i] = CN_NONE32;
    }
}

/* Puts `site` in front of a list and returns the old head. */
static uint32_t prepend(uint32_t *head, uint32_t site)
{
    uint32_t next = *head;
    *head = site;
    return next;
}

/* Lists run in site order: they are filled from the back. */
static void link_sites(struct world *w)
{
    for (uint32_t i = w->spec->site_count; i-- > 0;) {
        const struct site_spec *spec = &w->spec->sites[i];
        struct site *s = &w->sites[i];
        if (spec->holder != CN_NONE32) {
            s->next_of_holder = prepend(&w->holders[spec->holder].site_first, i);
        }
        if (!spec->app) {
            s->next_of_account = prepend(&w->accounts[spec->account].site_first, i);
        }
        if (spec->edge_name != CN_NONE32) {
            s->next_of_edge = prepend(&w->edge_first[spec->edge_name], i);
        }
    }
}

struct world *world_build(struct arena *a, const struct world_spec *spec)
{
    struct world *w = get(a, 1, sizeof(*w));
    if (w == NULL) return NULL;
    w->spec = spec;
    w->topology = spec->topology;
    w->choices = &spec->choices;
    if (!allocate(w, a) || !world_timers_build(w, a)) return NULL;
    if (!world_chain_build(w, a) || !world_names_build(w, a)) return NULL;
    if (!world_load_build(w, a)) return NULL;
    init_owners(w);
    init_sites(w);
    init_hosts(w);
    link_sites(w);
    world_address_start(w);
    world_network_start(w);
    for (uint32_t i = 0; i < spec->site_count; i++) {
        world_filing_start(w, i);
        world_onboard_review(w, i);
        world_psb_start(w, i);
    }
    world_access_start(w);
    for (uint32_t i = 0; i < spec->holder_count; i++) {
        world_commercial_start(w, i);
        world_certificate_start(w, i);
    }
    for (uint32_t i = 0; i < spec->host_count; i++) {
        world_onboard_start(w, i);
    }
    world_batch_start(w);
    for (uint16_t i = 0; i < spec->package_count; i++) {
        world_package_start(w, i);
    }
    world_product_start(w);
    world_load_start(w);
    world_class_start(w);
    world_overseas_start(w);
    while (world_load_unsettled(w)) {
        world_load_step(w);
    }
    w->changed.network = false; /* nobody has looked yet */
    return w;
}
