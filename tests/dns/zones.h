/* SPDX-License-Identifier: MIT
 * zones.h: a small world to ask, for the tests and the fuzz target of the responder, and a walk
 * over an answer that trusts nothing in it.
 *
 *     shop.example        in order: mainland PoPs for mainland lines; www, aliases, TXT, empty
 *                         non-terminals; origin for nobody
 *     gone.example        revoked under delete_name: its names are deleted
 *     home.example        revoked under to_origin, with an IPv4 origin alone
 *     both.example        the same with both families
 *     closed.example      resolution closed
 *     revoked.example     revoked under reroute_overseas
 *     tiny.shop.example   a zone below another one
 *     part.example        in partial set-up: aliases of names in cdn.cloudflarecn.net
 *     cut.example         the same, revoked under delete_name
 *     zone.example        with a zone: see zone_site.h
 *     inner.zone.example  a zone below that, which delegates it
 *     wild.example, wildzone.example  routed hosts "*": see zone_wild.h
 *
 * 202.96.209.0/24 and 240e::/20 are cn/shanghai/telecom, 8.8.8.0/24 is us, 192.0.2.0/25 and
 * 192.0.2.128/26 are de; all else is unknown, which stands for us. */
#ifndef CNEDGE_TESTS_DNS_ZONES_H
#define CNEDGE_TESTS_DNS_ZONES_H

#include "cnedge/dns/responder.h"
#include "cnedge/dns/wire.h"
#include "world_fixture.h"
#include "zone_site.h"
#include "zone_wild.h"

#define ZONES_TEXT_250                                                                             \
    "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt" \
    "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt" \
    "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"

static inline void zones_texts(struct fixture *f)
{
    static const char *const two[] = {"v=spf1 -all", ""};
    static const char *const big[] = {ZONES_TEXT_250 "0", ZONES_TEXT_250 "1", ZONES_TEXT_250 "2",
                                      ZONES_TEXT_250 "3", ZONES_TEXT_250 "4", ZONES_TEXT_250 "5",
                                      ZONES_TEXT_250 "6", ZONES_TEXT_250 "7"};
    struct host_spec *h = &f->hosts[fixture_host(f, "txt.shop.example")];
    h->txt = two;
    h->txt_count = 2;
    h = &f->hosts[fixture_host(f, "big.shop.example")];
    h->txt = big;
    h->txt_count = 8;
    h = &f->hosts[fixture_host(f, "three.shop.example")]; /* over 512 bytes, under 1232 */
    h->txt = big;
    h->txt_count = 3;
}

static inline void zones_shop(struct fixture *f)
{
    fixture_site(f, "shop.example");
    fixture_host(f, "shop.example");
    fixture_host(f, "www.shop.example");
    fixture_alias(f, "cdn.shop.example", "www.shop.example");
    fixture_alias(f, "far.shop.example", "cdn.shop.example");
    fixture_alias(f, "out.shop.example", "edge.elsewhere.test");
    fixture_alias(f, "lost.shop.example", "nothing.shop.example");
    fixture_alias(f, "next.shop.example", "www.revoked.example");
    fixture_alias(f, "one.shop.example", "two.shop.example");
    fixture_alias(f, "two.shop.example", "one.shop.example");
    fixture_alias(f, "self.shop.example", "self.shop.example");
    fixture_host(f, "a.b.deep.shop.example");
    f->hosts[fixture_host(f, "later.shop.example")].active = false;
    zones_texts(f);
}

/* Ten aliases in a row: more than are followed. */
static inline void zones_chain(struct fixture *f)
{
    char from[32];
    char to[32];
    fixture_site(f, "chain.example");
    for (int i = 0; i < 10; i++) {
        snprintf(from, sizeof(from), "c%d.chain.example", i);
        snprintf(to, sizeof(to), "c%d.chain.example", i + 1);
        fixture_alias(f, from, to);
    }
    fixture_host(f, "c10.chain.example");
}

static inline void zones_lost(struct fixture *f)
{
    static const struct origin_spec both = {.v4_count = 1,
                                            .v6_count = 2,
                                            .v4 = {{192, 0, 2, 1}},
                                            .v6 = {{0x20, 0x01, 0x0d, 0xb8, 1}, {0x20, 1}}};
    struct site_spec *s = &f->sites[fixture_site(f, "gone.example")];
    s->filing = FILING_REVOKED;
    s->policy = POLICY_DELETE_NAME;
    fixture_host(f, "gone.example");
    fixture_host(f, "www.gone.example");
    fixture_host(f, "*.gone.example");
    s = &f->sites[fixture_site(f, "home.example")];
    s->filing = FILING_REVOKED;
    s->policy = POLICY_TO_ORIGIN;
    f->origin.v6_count = 0;
    s->origin = &f->origin;
    fixture_host(f, "www.home.example");
    s = &f->sites[fixture_site(f, "both.example")];
    s->filing = FILING_REVOKED;
    s->policy = POLICY_TO_ORIGIN;
    s->origin = &both;
    fixture_host(f, "www.both.example");
    fixture_site(f, "closed.example");
    f->sites[f->spec.site_count - 1].resolution_closed = true;
    fixture_host(f, "www.closed.example");
    s = &f->sites[fixture_site(f, "revoked.example")];
    s->filing = FILING_REVOKED;
    fixture_host(f, "www.revoked.example");
}

static inline void zones_partial(struct fixture *f)
{
    f->sites[fixture_site(f, "part.example")].setup = SETUP_PARTIAL;
    fixture_host(f, "www.part.example");
    fixture_host(f, "*.w.part.example");
    fixture_host(f, "a.b.part.example");
    fixture_alias(f, "old.part.example", "www.part.example");
    fixture_alias(f, "side.part.example", "www.part.example.cdn.cloudflarecn.net");
    f->hosts[fixture_host(f, "later.part.example")].active = false;
    struct site_spec *s = &f->sites[fixture_site(f, "cut.example")];
    s->setup = SETUP_PARTIAL;
    s->filing = FILING_REVOKED;
    s->policy = POLICY_DELETE_NAME;
    fixture_host(f, "www.cut.example");
}

static inline const struct prefix_table *zones_prefixes(struct arena *a)
{
    struct prefix_entry entries[] = {
        {{202, 96, 209}, 24, false, LINE_SH_TELECOM},
        {{8, 8, 8}, 24, false, LINE_US},
        {{192, 0, 2}, 25, false, LINE_DE},
        {{192, 0, 2, 128}, 26, false, LINE_DE},
        {{0x24, 0x0e}, 20, true, LINE_SH_TELECOM},
        {{0x2a, 0x01}, 16, true, LINE_DE},
    };
    return prefix_overlay(a, NULL, LINE_UNKNOWN, entries, CN_ARRAY_LEN(entries));
}

/* Builds the world; fixture_free when done. */
static inline struct world *zones_build(struct fixture *f)
{
    fixture_init(f);
    f->spec.prefixes = zones_prefixes(&f->arena);
    CN_ASSERT(f->spec.prefixes != NULL);
    zones_shop(f);
    zones_chain(f);
    zones_lost(f);
    fixture_site(f, "tiny.shop.example");
    fixture_host(f, "www.tiny.shop.example");
    zones_partial(f);
    zone_site_add(f);
    zone_wild_add(f);
    return fixture_build(f);
}

/* Whether header, question and records fill the answer to its last byte, and every compression
 * pointer points back. */
static inline bool zones_walk(const uint8_t *answer, size_t len)
{
    struct wire_rd r = {.p = answer, .len = len};
    wire_get_u32(&r);
    unsigned questions = wire_get_u16(&r);
    unsigned records = wire_get_u16(&r);
    records += wire_get_u16(&r);
    records += wire_get_u16(&r);
    for (unsigned i = 0; i < questions; i++) {
        wire_skip_name(&r);
        wire_get_u32(&r);
    }
    for (unsigned i = 0; i < records && !r.failed; i++) {
        wire_skip_name(&r);
        wire_get_bytes(&r, 8);
        wire_get_bytes(&r, wire_get_u16(&r));
    }
    return !r.failed && r.pos == r.len;
}

#endif
