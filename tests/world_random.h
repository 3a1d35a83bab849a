/* SPDX-License-Identifier: MIT
 * world_random.h: small worlds and events by chance, or by the bytes of a fuzzer.
 *
 * Every choice is a roll of `struct dice`: the given bytes first, and when they are used up, zeros
 * or a seeded stream. Most events are refused somewhere, most are legal somewhere else. */
#ifndef CNEDGE_WORLD_RANDOM_H
#define CNEDGE_WORLD_RANDOM_H

#include "cnedge/base/rng.h"

#include "world_fixture.h"

struct dice {
    const uint8_t *bytes;
    size_t left;
    bool loaded;  /* worlds may have demand, capacities and spill */
    bool crowded; /* sites may have many hosts */
    bool endless; /* goes on with the stream of `seed` */
    uint64_t seed, rolls;
};

static inline bool dice_left(const struct dice *d)
{
    return d->endless || d->left > 0;
}

/* 0..sides-1; sides at most 256. */
static inline unsigned roll(struct dice *d, unsigned sides)
{
    if (d->left > 0) {
        d->left--;
        return *d->bytes++ % sides;
    }
    if (!d->endless) return 0;
    return (unsigned)(rng_draw(d->seed, "dice", "", d->rolls++) % sides);
}

static inline bool chance(struct dice *d, unsigned one_in)
{
    return roll(d, one_in) == one_in - 1;
}

enum { RANDOM_SITES_MAX = 5 };

/* --- a world -------------------------------------------------------------------------------- */

static inline struct duration_range random_range(struct dice *d, int64_t unit_s)
{
    int64_t min = (int64_t)roll(d, 4) * unit_s;
    return (struct duration_range){simdur_s(min), simdur_s(min + (int64_t)roll(d, 3) * unit_s),
                                   false};
}

static inline void random_choices(struct dice *d, struct choices *c)
{
    c->nearest_metric = (int32_t)roll(d, METRIC_COUNT);
    c->tie_break = (int32_t)roll(d, TIE_BREAK_COUNT);
    c->mainland_failover = (int32_t)roll(d, MAINLAND_FAILOVER_COUNT);
    c->mainland_for_outside = (int32_t)roll(d, FOR_OUTSIDE_COUNT);
    c->admin_force = (int32_t)roll(d, ADMIN_FORCE_COUNT);
    c->near_first = !chance(d, 3);
    c->line_failover = !chance(d, 3);
    c->degraded_usable = !chance(d, 3);
    c->observe_delay = random_range(d, 3600);
    c->sync_delay = random_range(d, 3600);
    c->provisioning_delay = random_range(d, 3600);
    c->sms_window = random_range(d, 3600);
    c->audit_deadline = random_range(d, 7200);
    c->shell_delay = random_range(d, 3600);
    c->shell_cleanup = random_range(d, 7200);
    c->unknown_grace = random_range(d, 1800);
    c->ttl_settle = random_range(d, 3600);
    c->blacklist_min_listed = random_range(d, 3600);
    c->cascade_delay = random_range(d, 600);
    c->violation_bars = chance(d, 2);
    c->partner_batches = 1 + roll(d, 4);
    c->batch_interval = random_range(d, 600);
    c->publish_delay = random_range(d, 600);
    c->outage_detection = random_range(d, 600);
    c->outage_authority = (int32_t)roll(d, OUTAGE_AUTHORITY_COUNT);
    c->overseas_audit = chance(d, 2);
    c->overseas_tolerance = random_range(d, 3600);
    c->path_min_listed = random_range(d, 60);
    c->province_min_listed = random_range(d, 60);
    c->path_clearing = random_range(d, 600);
    c->bogus_tail = random_range(d, 1800);
    c->ns_ttl_s = 600 * roll(d, 4);
    c->return_cooldown = random_range(d, 1800);
    c->return_steps = 1 + roll(d, 4);
    c->return_interval = random_range(d, 600);
    c->dns_mode = (int32_t)roll(d, DNS_MODE_COUNT);
    c->v6_failover = (int32_t)roll(d, V6_FAILOVER_COUNT);
    c->address_block_scope = (int32_t)roll(d, BLOCK_SCOPE_COUNT);
    c->address_block_min = random_range(d, 1800);
    c->address_blackhole_min = random_range(d, 1800);
    /* Seldom: where probes set the pace, whatever waits for hours is not seen. */
    if (!chance(d, 4)) return;
    c->health = (int32_t)roll(d, HEALTH_PROFILE_COUNT);
    c->health_probes_from = (int32_t)roll(d, HEALTH_FROM_COUNT);
    c->health_cold_start = (int32_t)roll(d, HEALTH_COLD_COUNT);
    c->health_interval_s = 1 + roll(d, 100);
    c->health_down_after = 1 + roll(d, 3);
    c->health_forgive_after = 1 + roll(d, 3);
    c->health_up_after = 1 + roll(d, 3);
    c->health_pool_pct = 25 * roll(d, 5);
}

static inline void random_site(struct dice *d, struct fixture *f, uint32_t site)
{
    static const enum filing_state filings[] = {FILING_ACTIVE,
                                                FILING_ACTIVE,
                                                FILING_ACTIVE,
                                                FILING_ACTIVE,
                                                FILING_NONE,
                                                FILING_DRAFT,
                                                FILING_SMS_PENDING,
                                                FILING_SMS_PENDING,
                                                FILING_SMS_PENDING,
                                                FILING_BUREAU_REVIEW,
                                                FILING_AUDIT_NOTICE,
                                                FILING_SHELL_SITE,
                                                FILING_CHANGE_PENDING,
                                                FILING_APPROVED_UNSYNCED,
                                                FILING_ACCESS_CANCELLED,
                                                FILING_REVOKED,
                                                FILING_DEREGISTERED,
                                                FILING_PROVIDER_REVIEW};
    struct site_spec *s = &f->sites[site];
    s->holder = roll(d, f->spec.holder_count);
    s->account = roll(d, f->spec.account_count);
    s->edge_name = chance(d, 2) ? 0 : CN_NONE32;
    s->name_group = chance(d, 2) ? 0 : CN_NONE32;
    s->filing = filings[roll(d, CN_ARRAY_LEN(filings))];
    if (chance(d, 8)) {
        s->holder = CN_NONE32;
        s->filing = FILING_NONE;
    }
    s->needs_commercial = chance(d, 4);
    if (chance(d, 3)) s->psb = (enum psb_state)roll(d, PSB_STATE_COUNT);
    if (chance(d, 3)) s->vetting = (enum vetting_state)roll(d, VETTING_STATE_COUNT);
    s->coverage = chance(d, 3) ? (enum coverage)roll(d, COVERAGE_COUNT) : COVERAGE_GLOBAL;
    s->policy = (enum revocation_policy)roll(d, POLICY_COUNT);
    s->suspended = chance(d, 12);
    s->blacklisted = chance(d, 12);
    s->partner = (uint8_t)roll(d, f->spec.partner_count);
    s->accesses = chance(d, 2) ? 1U << s->partner : 1 + roll(d, (1U << f->spec.partner_count));
    s->resolution_closed = chance(d, 8);
    s->origin = &f->origin;
}

static inline void random_hosts(struct dice *d, struct fixture *f, uint32_t site)
{
    char name[64];
    unsigned hosts = 1 + roll(d, 3);
    if (d->crowded && chance(d, 4)) hosts += 8 + roll(d, 8);
    for (unsigned i = 0; i < hosts; i++) {
        snprintf(name, sizeof(name), "h%u.%s", i, f->sites[site].domain);
        if (i == 2 && chance(d, 2)) {
            fixture_alias(f, name, f->sites[0].domain);
            continue;
        }
        uint32_t host = fixture_host(f, name);
        f->hosts[host].active = !chance(d, 6);
        if (chance(d, 3)) {
            f->hosts[host].provisioning =
                (enum provisioning_state)roll(d, PROVISIONING_STATE_COUNT);
        }
    }
}

/* Packages of two states, connections on them, and a Hong Kong entry for some host. */
static inline void random_purchases(struct dice *d, struct fixture *f)
{
    static const enum package_state states[] = {PACKAGE_NONE, PACKAGE_IDLE, PACKAGE_IN_USE,
                                                PACKAGE_EXPIRED};
    for (unsigned i = 0; i < 2; i++) {
        uint16_t package = fixture_package(f);
        f->packages[package].state = states[roll(d, CN_ARRAY_LEN(states))];
        f->packages[package].pay_as_you_go = chance(d, 4);
        if (chance(d, 2)) f->packages[package].expires = (simtime){simdur_s(7200).ns};
    }
    uint16_t cen = fixture_product(f, PRODUCT_CEN, roll(d, f->spec.host_count));
    f->products[cen].state = PRODUCT_STATE_NONE;
    uint16_t entry = fixture_product(f, PRODUCT_HK_ENTRY, roll(d, f->spec.host_count));
    f->products[entry].edition = (enum product_edition)roll(d, EDITION_COUNT);
    f->products[entry].state = (enum product_state)roll(d, PRODUCT_STATE_COUNT);
    if (chance(d, 3)) f->products[entry].premium = CN_NONE16;
}

/* Users, demand and capacities, and mostly spill: enough for some PoPs to be full at times. */
static inline void random_load(struct dice *d, struct fixture *f)
{
    uint32_t *capacity = arena_get(&f->arena, POPS, sizeof(*capacity));
    uint32_t *users = arena_get(&f->arena, LINES, sizeof(*users));
    CN_ASSERT(capacity != NULL && users != NULL);
    for (unsigned i = 0; i < POPS; i++) {
        capacity[i] = chance(d, 3) ? 0 : 1 + roll(d, 200);
    }
    for (unsigned i = 0; i < LINES; i++) {
        users[i] = roll(d, 10);
    }
    for (uint32_t i = 0; i < f->spec.site_count; i++) {
        f->sites[i].demand_mbit = roll(d, 256);
    }
    f->spec.capacity_mbps = capacity;
    f->spec.users = users;
    f->spec.choices.spill = chance(d, 4) ? SPILL_OFF : SPILL_BY_CAPACITY;
}

/* Declares and builds a world of a few sites; fixture_free ends it. */
static inline void random_world(struct dice *d, struct fixture *f)
{
    static const struct site_address own[] = {
        {{203, 0, 113, 7}, false}, {{0x20, 0x01, 0x0d, 0xb8, 7}, true}, {{203, 0, 113, 8}, false}};
    static const char *const domains[RANDOM_SITES_MAX] = {"a.example", "b.example", "c.test",
                                                          "d.invalid", "deep.a.example"};
    fixture_init(f);
    f->spec.seed = roll(d, 256);
    if (chance(d, 2)) random_choices(d, &f->spec.choices);
    if (chance(d, 3)) f->spec.unknown_line = (uint16_t)roll(d, LINES);
    fixture_holder(f, "second");
    fixture_account(f, "second");
    f->holders[1].suspended = chance(d, 8);
    /* Seldom: a licence's next date is months away, and whatever waits for hours ends before. */
    if (chance(d, 4)) {
        f->holders[0].commercial = (enum commercial_state)roll(d, COMMERCIAL_STATE_COUNT);
    }
    if (chance(d, 4)) {
        f->accounts[1].subscription = (enum subscription_state)roll(d, SUBSCRIPTION_STATE_COUNT);
    }
    if (chance(d, 2)) f->pops[POP_BJS].partner = fixture_partner(f, "second");
    unsigned sites = 1 + roll(d, RANDOM_SITES_MAX);
    for (unsigned i = 0; i < sites; i++) {
        uint32_t site = fixture_site(f, domains[i]);
        random_site(d, f, site);
        f->sites[site].setup = i % 3 == 2 ? SETUP_PARTIAL : SETUP_FULL;
        f->sites[site].dedicated = own;
        f->sites[site].dedicated_count = (uint8_t)(i % (CN_ARRAY_LEN(own) + 1));
        random_hosts(d, f, site);
    }
    if (chance(d, 2)) random_purchases(d, f);
    if (d->loaded && chance(d, 2)) random_load(d, f);
    fixture_build(f);
}

/* --- what happens --------------------------------------------------------------------------- */

/* An outage of a family at a PoP, in a province, on a carrier or both, or in the mainland. */
static inline void random_family(struct dice *d, struct event *e)
{
    unsigned where = roll(d, 4);
    e->family = (uint8_t)roll(d, FAMILY_COUNT);
    if (where != 0) e->pop = CN_NONE16;
    if (where != 1) e->carrier = CN_NONE16;
    if (where == 0 || where == 3) e->region = CN_NONE16;
}

/* Any of the PoP's addresses; of Shanghai's more often than not, which has a spare one. */
static inline void random_address(struct dice *d, const struct fixture *f, struct event *e)
{
    if (e->pop == CN_NONE16) { /* a site's own */
        e->family = (uint8_t)roll(d, FAMILY_COUNT);
        e->address = (uint8_t)roll(d, POP_POOL_MAX);
        return;
    }
    if (chance(d, 2)) e->pop = POP_SHA;
    e->family = (uint8_t)roll(d, FAMILY_COUNT);
    const struct pop *p = &f->pops[e->pop];
    e->address = (uint8_t)roll(d, topology_pool(p, (enum family)e->family));
    bool block = (event_info(e->kind)->optional & PARAM_PORT) != 0;
    e->port = block && chance(d, 2) ? 443 : 0;
    if (block && chance(d, 2)) e->carrier = CN_NONE16;
}

static inline void random_params(struct dice *d, const struct fixture *f, struct event *e)
{
    const struct event_info *info = event_info(e->kind);
    uint32_t params = info->required | info->optional;
    if ((params & PARAM_SITE) != 0) e->site = roll(d, f->spec.site_count);
    if ((params & PARAM_HOST) != 0) e->host = roll(d, f->spec.host_count);
    if ((params & PARAM_HOLDER) != 0) e->holder = roll(d, f->spec.holder_count);
    if ((params & PARAM_ACCOUNT) != 0) e->account = roll(d, f->spec.account_count);
    if ((params & PARAM_PARTNER) != 0) e->partner = (uint16_t)roll(d, f->spec.partner_count);
    if ((info->optional & PARAM_PARTNER) != 0 && chance(d, 2)) e->partner = CN_NONE16;
    if ((params & PARAM_PROVIDER) != 0) e->provider = (uint16_t)roll(d, f->spec.provider_count);
    if ((info->optional & PARAM_PROVIDER) != 0 && chance(d, 2)) e->provider = CN_NONE16;
    if ((params & PARAM_TO) != 0) e->to = (uint16_t)roll(d, f->spec.partner_count);
    if ((params & PARAM_POP) != 0) e->pop = (uint16_t)roll(d, POPS);
    if ((info->required & PARAM_REGION) != 0) e->region = (uint16_t)roll(d, REGIONS);
    if ((info->optional & PARAM_REGION) != 0) {
        unsigned region = roll(d, REGIONS + 1);
        e->region = region == REGIONS ? CN_NONE16 : (uint16_t)region;
    }
    if ((params & PARAM_CARRIER) != 0) e->carrier = (uint16_t)roll(d, CARRIER_CERNET + 1);
    if ((params & PARAM_CAUSE) != 0) e->cause = (uint8_t)roll(d, CAUSE_COUNT);
    if ((params & PARAM_INPUTS) != 0 && chance(d, 8)) e->inputs = 0;
    if ((params & PARAM_COVERAGE) != 0) e->coverage = (uint8_t)roll(d, COVERAGE_COUNT);
    if ((params & PARAM_SUBJECT) != 0) e->subject_changes = chance(d, 4);
    if ((params & PARAM_SECONDS) != 0) e->seconds = 30 * roll(d, 4);
    if ((params & PARAM_SHARE) != 0) e->share_permille = (uint16_t)(1000 - 300 * roll(d, 3));
    if ((params & PARAM_TLDS) != 0) {
        static const char *const tlds[] = {"example"};
        e->tlds = tlds;
        e->tld_count = 1;
    }
    if ((params & PARAM_NAMED) != 0) {
        bool host = f->spec.host_count > 0 && chance(d, 2);
        if (host) e->host = roll(d, f->spec.host_count);
        if (!host) e->site = roll(d, f->spec.site_count);
    }
    if ((params & PARAM_FAMILY) != 0) random_family(d, e);
    if ((params & PARAM_ADDRESS) != 0) random_address(d, f, e);
}

static inline void random_order(struct dice *d, struct event *e)
{
    static const uint32_t sizes[] = {1, 2, 39, 40, 99, 100, 101, 200, 10000, 10001};
    uint32_t params = event_info(e->kind)->required | event_info(e->kind)->optional;
    if ((params & PARAM_PACKAGE) != 0) e->package = (uint16_t)roll(d, 2);
    if ((params & PARAM_PRODUCT) != 0) e->product = (uint16_t)roll(d, 2);
    if ((params & PARAM_MBIT) != 0) e->mbit = sizes[roll(d, CN_ARRAY_LEN(sizes))];
    if ((params & PARAM_PORTAL) != 0) e->portal = (uint8_t)roll(d, PORTAL_COUNT);
    if ((params & PARAM_FOR) != 0) e->lasts = simdur_s((int64_t)(2 + roll(d, 3)) * 3600);
    if ((params & PARAM_EDITION) != 0) e->edition = (uint8_t)roll(d, EDITION_COUNT);
}

/* Whether what the event is about was declared. */
static inline bool is_declared(const struct fixture *f, enum event_kind kind)
{
    uint32_t required = event_info(kind)->required;
    return (required & (PARAM_PACKAGE | PARAM_PRODUCT)) == 0 || f->spec.product_count > 0;
}

static inline void random_scope(struct dice *d, const struct fixture *f, struct event *e)
{
    switch (roll(d, 5)) {
    case 3:
        e->scope = SCOPE_PARTNER;
        e->partner = (uint16_t)roll(d, f->spec.partner_count);
        return;
    case 0:
        e->scope = SCOPE_SITE;
        e->site = roll(d, f->spec.site_count);
        return;
    case 1:
        e->scope = SCOPE_HOLDER;
        e->holder = roll(d, f->spec.holder_count);
        return;
    case 2:
        e->scope = SCOPE_ACCOUNT;
        e->account = roll(d, f->spec.account_count);
        return;
    default:
        e->scope = SCOPE_EVERYONE;
    }
}

/* An event of a scenario (none that a timer derives) at an instant that no timer is before. */
static inline struct event random_event(struct dice *d, const struct fixture *f)
{
    enum event_kind kind = (enum event_kind)roll(d, EV_FIRST_DERIVED);
    if (!is_declared(f, kind)) kind = EV_POP_DOWN;
    static const int64_t steps_s[] = {0, 1, 60, 600, 1800, 3600, 7200};
    int64_t step = steps_s[roll(d, CN_ARRAY_LEN(steps_s))];
    struct event e = event_make(kind, simtime_add(f->w->now, simdur_s(step)));
    if (simtime_before(world_next_at(f->w), e.at)) e.at = world_next_at(f->w);
    e.inputs = VETTING_INPUTS_ALL;
    random_params(d, f, &e);
    random_order(d, &e);
    if ((event_info(kind)->required & PARAM_SCOPE) != 0) random_scope(d, f, &e);
    return e;
}

#endif
