/* SPDX-License-Identifier: MIT
 * world_fixture.h: small worlds by hand, for tests of the model and of what stands on it.
 *
 *     struct fixture f;
 *     fixture_init(&f);
 *     uint32_t shop = fixture_site(&f, "shop.example");
 *     uint32_t www = fixture_host(&f, "www.shop.example");
 *     f.sites[shop].filing = FILING_REVOKED;          (whatever is to differ from a site in order)
 *     struct world *w = fixture_build(&f);
 *     assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 60, shop)), REFUSAL_NONE);
 *     fixture_free(&f);
 *
 * A new site is in order: its filing is ACTIVE, it is vetted and subscribed, and its hosts are
 * provisioned. There is one holder, one account and one partner from the start, each with index 0.
 *
 * The network: three mainland PoPs, four near, two global; nine lines.
 *
 *     PoP  place      carriers         line                  nearest PoP outside
 *     sha  shanghai   telecom mobile   cn/shanghai/telecom   hkg
 *     can  guangdong  telecom unicom   cn/shanghai/unicom    hkg
 *     bjs  beijing    unicom mobile    cn/guangdong/mobile   hkg
 *     hkg nrt sin tpe (near)           cn/beijing/cernet     hkg
 *     fra lax (global)                 hk, tw, de, us        hkg, tpe, fra, lax
 *                                      unknown               that of us, which it stands for
 *
 * Shanghai is in East China. No PoP serves cernet. From Shanghai, bjs is nearer than can. */
#ifndef CNEDGE_WORLD_FIXTURE_H
#define CNEDGE_WORLD_FIXTURE_H

#include "cnedge/model/world.h"

#include "heap.h"

#include <stdio.h>
#include <string.h>

enum {
    FIXTURE_SITES = 64,
    FIXTURE_HOSTS = 128,
    FIXTURE_OWNERS = 16,
    FIXTURE_PARTNERS = 3,
    FIXTURE_PURCHASES = 4
};

enum { POP_SHA, POP_CAN, POP_BJS, POP_HKG, POP_NRT, POP_SIN, POP_TPE, POP_FRA, POP_LAX, POPS };

enum {
    LINE_SH_TELECOM,
    LINE_SH_UNICOM,
    LINE_GD_MOBILE,
    LINE_BJ_CERNET,
    LINE_HK,
    LINE_TW,
    LINE_DE,
    LINE_US,
    LINE_UNKNOWN,
    LINES
};

enum { REGION_SHANGHAI, REGION_GUANGDONG, REGION_BEIJING, REGIONS };

/* 2026-03-02T01:00:00Z, in seconds of Unix time. */
#define FIXTURE_START_S INT64_C(1772413200)
#define FIXTURE_DAY_S   INT64_C(86400)

struct fixture {
    struct test_heap heap;
    struct arena arena;
    struct topology_spec topology; /* may be changed until fixture_build */
    struct region regions[REGIONS];
    struct pop pops[POPS];
    struct line lines[LINES];
    struct world_spec spec; /* choices, seed, unknown_line: may be changed until fixture_build */
    struct holder_spec holders[FIXTURE_OWNERS];
    struct account_spec accounts[FIXTURE_OWNERS];
    struct partner_spec partners[FIXTURE_PARTNERS];
    const char *providers[FIXTURE_PARTNERS + 1]; /* the partners, and "elsewhere" */
    struct package_spec packages[FIXTURE_PURCHASES];
    struct product_spec products[FIXTURE_PURCHASES];
    uint32_t product_hosts[FIXTURE_PURCHASES], product_sites[FIXTURE_PURCHASES];
    struct site_spec sites[FIXTURE_SITES];
    struct host_spec hosts[FIXTURE_HOSTS];
    struct origin_spec origin; /* 203.0.113.80 and 2001:db8:ffff::80; a site may point to it */
    struct world *w;
};

/* --- the network ---------------------------------------------------------------------------- */

static inline struct point fixture_at(double lat, double lon)
{
    return (struct point){.lat = lat, .lon = lon};
}

#define FIXTURE_BIT(c) (1U << CARRIER_##c)

static inline void fixture_pops(struct fixture *f)
{
    static const struct {
        const char *id, *country;
        enum pop_class class_;
        uint16_t region, carriers;
        struct point at;
    } rows[POPS] = {
        {"sha",
         "cn",
         POP_MAINLAND,
         REGION_SHANGHAI,
         FIXTURE_BIT(TELECOM) | FIXTURE_BIT(MOBILE),
         {31.23, 121.47}},
        {"can",
         "cn",
         POP_MAINLAND,
         REGION_GUANGDONG,
         FIXTURE_BIT(TELECOM) | FIXTURE_BIT(UNICOM),
         {23.13, 113.26}},
        {"bjs",
         "cn",
         POP_MAINLAND,
         REGION_BEIJING,
         FIXTURE_BIT(UNICOM) | FIXTURE_BIT(MOBILE),
         {39.90, 116.41}},
        {"hkg", "hk", POP_NEAR, CN_NONE16, 0, {22.31, 113.92}},
        {"nrt", "jp", POP_NEAR, CN_NONE16, 0, {35.77, 140.39}},
        {"sin", "sg", POP_NEAR, CN_NONE16, 0, {1.36, 103.99}},
        {"tpe", "tw", POP_NEAR, CN_NONE16, 0, {25.08, 121.23}},
        {"fra", "de", POP_GLOBAL, CN_NONE16, 0, {50.03, 8.57}},
        {"lax", "us", POP_GLOBAL, CN_NONE16, 0, {33.94, -118.41}},
    };
    for (unsigned i = 0; i < POPS; i++) {
        struct pop *p = &f->pops[i];
        *p = (struct pop){.region = rows[i].region,
                          .carriers = rows[i].carriers,
                          .class_ = rows[i].class_,
                          .at = rows[i].at,
                          .v4_count = i == POP_SHA ? 2 : 1,
                          .v6_count = i == POP_SHA ? 2 : 1,
                          .v4_spares = i == POP_SHA ? 1 : 0,
                          .v6_spares = i == POP_SHA ? 1 : 0};
        snprintf(p->id, sizeof(p->id), "%s", rows[i].id);
        snprintf(p->city, sizeof(p->city), "city of %s", rows[i].id);
        snprintf(p->country, sizeof(p->country), "%s", rows[i].country);
        for (uint8_t n = 0; n < 3; n++) { /* 198.18.POP.1 and 2001:db8:POP::1 */
            memcpy(p->v4[n], (uint8_t[4]){198, 18, (uint8_t)i, (uint8_t)(n + 1)}, 4);
            memcpy(p->v6[n], (uint8_t[6]){0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)i}, 6);
            p->v6[n][15] = (uint8_t)(n + 1);
        }
    }
}

static inline void fixture_line(struct fixture *f, unsigned i, const char *name,
                                enum client_zone zone, struct point at)
{
    struct line *l = &f->lines[i];
    *l = (struct line){.zone = zone, .carrier = CARRIER_COUNT, .region = CN_NONE16, .at = at};
    snprintf(l->name, sizeof(l->name), "%s", name);
    if (zone != ZONE_UNKNOWN) snprintf(l->country, sizeof(l->country), "%.2s", name);
}

static inline void fixture_mainland_line(struct fixture *f, unsigned i, uint16_t region,
                                         enum carrier carrier)
{
    static const char *const carriers[] = {"telecom", "unicom", "mobile", "cernet"};
    static const struct point at[REGIONS] = {{31.2, 121.5}, {23.1, 113.3}, {39.9, 116.4}};
    char name[LINE_NAME_MAX];
    snprintf(name, sizeof(name), "cn/%.31s/%s", f->regions[region].name, carriers[carrier]);
    fixture_line(f, i, name, ZONE_MAINLAND, at[region]);
    f->lines[i].region = region;
    f->lines[i].carrier = carrier;
}

static inline void fixture_topology(struct fixture *f)
{
    f->regions[REGION_SHANGHAI] = (struct region){"shanghai", true};
    f->regions[REGION_GUANGDONG] = (struct region){"guangdong", false};
    f->regions[REGION_BEIJING] = (struct region){"beijing", false};
    fixture_pops(f);
    fixture_mainland_line(f, LINE_SH_TELECOM, REGION_SHANGHAI, CARRIER_TELECOM);
    fixture_mainland_line(f, LINE_SH_UNICOM, REGION_SHANGHAI, CARRIER_UNICOM);
    fixture_mainland_line(f, LINE_GD_MOBILE, REGION_GUANGDONG, CARRIER_MOBILE);
    fixture_mainland_line(f, LINE_BJ_CERNET, REGION_BEIJING, CARRIER_CERNET);
    fixture_line(f, LINE_HK, "hk", ZONE_NEAR, fixture_at(22.3, 114.2));
    fixture_line(f, LINE_TW, "tw", ZONE_NEAR, fixture_at(25.0, 121.5));
    fixture_line(f, LINE_DE, "de", ZONE_GLOBAL, fixture_at(50.1, 8.7));
    fixture_line(f, LINE_US, "us", ZONE_GLOBAL, fixture_at(39.8, -98.6));
    fixture_line(f, LINE_UNKNOWN, "unknown", ZONE_UNKNOWN, fixture_at(0, 0));
    f->topology = (struct topology_spec){.regions = f->regions,
                                         .pops = f->pops,
                                         .lines = f->lines,
                                         .region_count = REGIONS,
                                         .pop_count = POPS,
                                         .line_count = LINES,
                                         .unknown_line = LINE_UNKNOWN,
                                         .metric = METRIC_RTT,
                                         .rtt = rtt_model_default()};
}

/* --- declaring ------------------------------------------------------------------------------ */

/* The wire form of a name, in the arena. */
static inline const uint8_t *fixture_name(struct fixture *f, const char *text)
{
    uint8_t wire[DNAME_MAX];
    size_t len = dname_from_text(text, wire);
    CN_ASSERT(len > 0);
    uint8_t *copy = arena_get(&f->arena, len, 1);
    CN_ASSERT(copy != NULL);
    memcpy(copy, wire, len);
    return copy;
}

static inline uint32_t fixture_holder(struct fixture *f, const char *id)
{
    CN_ASSERT(f->spec.holder_count < FIXTURE_OWNERS);
    f->holders[f->spec.holder_count] = (struct holder_spec){.id = id};
    return f->spec.holder_count++;
}

static inline uint32_t fixture_account(struct fixture *f, const char *id)
{
    CN_ASSERT(f->spec.account_count < FIXTURE_OWNERS);
    f->accounts[f->spec.account_count] =
        (struct account_spec){.id = id, .subscription = SUBSCRIPTION_ACTIVE};
    return f->spec.account_count++;
}

/* A cross-border package of 100 Mbit/s in use, of account 0, that does not expire. */
static inline uint16_t fixture_package(struct fixture *f)
{
    CN_ASSERT(f->spec.package_count < FIXTURE_PURCHASES);
    f->packages[f->spec.package_count] = (struct package_spec){.id = "package",
                                                               .state = PACKAGE_IN_USE,
                                                               .mbit = 100,
                                                               .cross_border = true,
                                                               .temporary = true,
                                                               .expires = SIMTIME_NEVER};
    f->spec.packages = f->packages;
    return f->spec.package_count++;
}

/* A product that one host uses, bought by account 0, licensed; a Hong Kong entry at hkg with its
 * premium instance at sin, or a connection of 40 Mbit/s on package 0. */
static inline uint16_t fixture_product(struct fixture *f, enum product_kind kind, uint32_t host)
{
    uint16_t i = f->spec.product_count;
    CN_ASSERT(i < FIXTURE_PURCHASES);
    bool entry = kind == PRODUCT_HK_ENTRY;
    f->product_hosts[i] = host;
    f->product_sites[i] = f->hosts[host].site;
    f->products[i] = (struct product_spec){.id = "product",
                                           .kind = kind,
                                           .licence = LICENCE_HELD,
                                           .state = PRODUCT_STATE_ACTIVE,
                                           .edition = EDITION_CMA,
                                           .package = entry ? CN_NONE16 : 0,
                                           .mbit = 40,
                                           .pop = entry ? POP_HKG : CN_NONE16,
                                           .premium = entry ? POP_SIN : CN_NONE16,
                                           .hosts = &f->product_hosts[i],
                                           .sites = &f->product_sites[i],
                                           .host_count = 1,
                                           .site_count = 1};
    f->spec.products = f->products;
    f->spec.paths = true;
    return f->spec.product_count++;
}

/* PoPs of the fixture belong to partner 0 unless their `partner` says otherwise. */
static inline uint8_t fixture_partner(struct fixture *f, const char *id)
{
    CN_ASSERT(f->spec.partner_count < FIXTURE_PARTNERS);
    f->partners[f->spec.partner_count] = (struct partner_spec){.id = id};
    return f->spec.partner_count++;
}

static inline walltime fixture_day(int64_t days_after_start)
{
    return (walltime){(FIXTURE_START_S + days_after_start * FIXTURE_DAY_S) * SIMDUR_SECOND};
}

/* `domain` must outlive the fixture. Hosts that are declared next belong to this site. */
static inline uint32_t fixture_site(struct fixture *f, const char *domain)
{
    CN_ASSERT(f->spec.site_count < FIXTURE_SITES);
    f->sites[f->spec.site_count] = (struct site_spec){
        .domain = domain,
        .apex = fixture_name(f, domain),
        .name_group = CN_NONE32,
        .edge_name = CN_NONE32,
        .host_first = f->spec.host_count,
        .number = "ICP 2026000001-1",
        .filing = FILING_ACTIVE,
        .accesses = 1, /* at partner 0 */
        .vetting = VETTING_APPROVED,
        .psb = PSB_FILED,
        .coverage = COVERAGE_GLOBAL,
        .policy = POLICY_REROUTE_OVERSEAS,
        .order = CN_NONE32,
        .entry = CN_NONE32,
        .registrar_ok = true,
        .realname_matches = true,
        .realname_since = fixture_day(-30),
        .domain_expires = {INT64_MAX}, /* never */
        .resource_until = fixture_day(3650),
    };
    return f->spec.site_count++;
}

/* A host of the site declared last. */
static inline uint32_t fixture_host(struct fixture *f, const char *name)
{
    CN_ASSERT(f->spec.host_count < FIXTURE_HOSTS && f->spec.site_count > 0);
    uint32_t site = f->spec.site_count - 1;
    f->hosts[f->spec.host_count] = (struct host_spec){.name = fixture_name(f, name),
                                                      .site = site,
                                                      .active = true,
                                                      .provisioning = PROVISIONING_PROVISIONED};
    f->sites[site].host_count++;
    return f->spec.host_count++;
}

/* A host of the site declared last that is an alias of `target`. */
static inline uint32_t fixture_alias(struct fixture *f, const char *name, const char *target)
{
    uint32_t host = fixture_host(f, name);
    f->hosts[host].cname = fixture_name(f, target);
    return host;
}

/* --- life ----------------------------------------------------------------------------------- */

static inline void fixture_init(struct fixture *f)
{
    memset(f, 0, sizeof(*f));
    f->heap.blocks_max = TEST_HEAP_BLOCKS;
    arena_init(&f->arena, test_heap_more, &f->heap);
    fixture_topology(f);
    f->origin = (struct origin_spec){.v4_count = 1,
                                     .v6_count = 1,
                                     .v4 = {{203, 0, 113, 80}},
                                     .v6 = {{0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff}}};
    f->origin.v6[0][15] = 0x80;
    f->spec.start = fixture_day(0);
    f->spec.seed = 1;
    choices_default(&f->spec.choices);
    f->spec.unknown_line = LINE_US;
    f->spec.nameservers[0] = fixture_name(f, "ns1.dns.test");
    f->spec.nameservers[1] = fixture_name(f, "ns2.dns.test");
    f->spec.nameserver_count = 2;
    fixture_holder(f, "holder");
    fixture_account(f, "account");
    fixture_partner(f, "partner");
    f->spec.partners = f->partners;
}

/* Builds the world from what was declared; nothing may be declared afterwards. Edge names need no
 * declaration: a site's edge_name is a small number. */
static inline struct world *fixture_build(struct fixture *f)
{
    f->topology.metric = (enum nearest_metric)f->spec.choices.nearest_metric;
    f->topology.tie_break = (enum tie_break)f->spec.choices.tie_break;
    f->spec.topology = topology_build(&f->arena, &f->topology);
    CN_ASSERT(f->spec.topology != NULL);
    for (uint8_t i = 0; i < f->spec.partner_count; i++) {
        f->providers[i] = f->partners[i].id;
    }
    f->providers[f->spec.partner_count] = "elsewhere";
    f->spec.providers = f->providers;
    f->spec.provider_count = (uint8_t)(f->spec.partner_count + 1);
    f->spec.holders = f->holders;
    f->spec.accounts = f->accounts;
    f->spec.sites = f->sites;
    f->spec.hosts = f->hosts;
    for (uint32_t i = 0; i < f->spec.site_count; i++) {
        uint32_t edge = f->sites[i].edge_name;
        if (edge != CN_NONE32 && edge >= f->spec.edge_name_count) {
            f->spec.edge_name_count = edge + 1;
        }
        uint32_t name = f->sites[i].name_group;
        if (name != CN_NONE32 && name >= f->spec.name_group_count) {
            f->spec.name_group_count = name + 1;
        }
    }
    f->w = world_build(&f->arena, &f->spec);
    CN_ASSERT(f->w != NULL);
    CN_ASSERT(!f->w->class_limit);
    return f->w;
}

static inline void fixture_free(struct fixture *f)
{
    test_heap_free(&f->heap);
}

/* --- events: what, when (seconds after the start), to whom ---------------------------------- */

static inline struct event fixture_event(enum event_kind kind, int64_t at_s)
{
    struct event e = event_make(kind, simtime_add(SIMTIME_START, simdur_s(at_s)));
    e.inputs = VETTING_INPUTS_ALL;
    return e;
}

static inline struct event on_site(enum event_kind kind, int64_t at_s, uint32_t site)
{
    struct event e = fixture_event(kind, at_s);
    e.site = site;
    e.scope = SCOPE_SITE;
    return e;
}

static inline struct event on_host(enum event_kind kind, int64_t at_s, uint32_t host)
{
    struct event e = fixture_event(kind, at_s);
    e.host = host;
    return e;
}

static inline struct event on_holder(enum event_kind kind, int64_t at_s, uint32_t holder)
{
    struct event e = fixture_event(kind, at_s);
    e.holder = holder;
    e.scope = SCOPE_HOLDER;
    return e;
}

static inline struct event on_account(enum event_kind kind, int64_t at_s, uint32_t account)
{
    struct event e = fixture_event(kind, at_s);
    e.account = account;
    e.scope = SCOPE_ACCOUNT;
    return e;
}

/* Of the partner as a whole: its network, its contract, or all it serves. */
static inline struct event on_partner(enum event_kind kind, int64_t at_s, uint16_t partner)
{
    struct event e = fixture_event(kind, at_s);
    e.partner = partner;
    e.scope = SCOPE_PARTNER;
    return e;
}

static inline struct event on_everyone(enum event_kind kind, int64_t at_s)
{
    struct event e = fixture_event(kind, at_s);
    e.scope = SCOPE_EVERYONE;
    return e;
}

static inline struct event on_pop(enum event_kind kind, int64_t at_s, uint16_t pop)
{
    struct event e = fixture_event(kind, at_s);
    e.pop = pop;
    return e;
}

static inline struct event on_region(enum event_kind kind, int64_t at_s, uint16_t region)
{
    struct event e = fixture_event(kind, at_s);
    e.region = region;
    return e;
}

/* At a provider: partners have their own index, "elsewhere" the one after the last. */
static inline struct event on_access(enum event_kind kind, int64_t at_s, uint32_t site,
                                     uint16_t provider)
{
    struct event e = on_site(kind, at_s, site);
    e.provider = provider;
    return e;
}

/* `region` CN_NONE16: the carrier everywhere. */
static inline struct event on_carrier(enum event_kind kind, int64_t at_s, enum carrier carrier,
                                      uint16_t region)
{
    struct event e = on_region(kind, at_s, region);
    e.carrier = (uint16_t)carrier;
    return e;
}

static inline enum refusal fixture_apply(struct fixture *f, struct event e)
{
    return world_apply(f->w, &e);
}

/* Fires every timer that is due up to and including `at_s`. */
static inline void fixture_run_until(struct fixture *f, int64_t at_s)
{
    simtime until = simtime_add(SIMTIME_START, simdur_s(at_s));
    struct event fired;
    while (!simtime_before(until, world_next_at(f->w))) {
        bool any = world_fire(f->w, &fired);
        CN_ASSERT(any);
    }
}

/* What a host answers to a line just now. */
static inline struct cell fixture_cell(struct fixture *f, uint32_t host, uint16_t line)
{
    return world_cells(f->w, f->w->hosts[host].class_, FAMILY_V4)[line];
}

#endif
