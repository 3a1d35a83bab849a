/* SPDX-License-Identifier: MIT
 * zone_site.h: a site that has a zone, for the tests and the fuzz target of the responder. */
#ifndef CNEDGE_TESTS_DNS_ZONE_SITE_H
#define CNEDGE_TESTS_DNS_ZONE_SITE_H

#include "cnedge/zonefile/zonefile.h"
#include "world_fixture.h"

static inline void zone_site_report(void *owner, enum cn_status status, const char *file, int line,
                                    const char *text)
{
    (void)owner;
    (void)status;
    (void)file;
    fprintf(stderr, "record %d: %s\n", line, text);
    CN_ASSERT(false);
}

static const char *const zone_site_lines[] = {
    "$TTL 3600",
    "@ SOA Ns1 hostmaster 100 7200 600 1209600 120",
    "@ NS Ns1",
    "@ MX 10 Mail",
    "@ HTTPS 1 . alpn=h2 ipv4hint=auto ipv6hint=auto",
    "Ns1 A 192.0.2.53",
    "mail 600 A 192.0.2.25",
    "www TXT hello",
    "www HTTPS 1 . mandatory=alpn alpn=h2,h3 port=8443 ipv6hint=auto key65000=x",
    "_8443._https.www HTTPS 1 www.zone.example. ipv4hint=auto",
    "svc SVCB 1 www.part.example. ipv4hint=auto",
    "* TXT wild",
    "*.w CNAME Target.Elsewhere.Test.",
    "toshop CNAME WWW.Shop.Example.",
    "tonone CNAME nothing.mail",
    "one CNAME two",
    "two CNAME one",
    "moved DNAME shop.example.",
    "looped DNAME moved",
    "long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
    "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.test.",
    "child NS ns.child",
    "child NS ns.other",
    "child DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "ns.child A 192.0.2.61",
    "ns.child AAAA 2001:db8::61",
    "other NS ns.other",
    "ns.other A 192.0.2.62",
    "inner NS ns1",
    "inner DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "crowd NS n10.crowd",
    "n10.crowd A 192.0.2.110",
    "far NS n10.crowd",
    "crowd NS n11.crowd",
    "n11.crowd A 192.0.2.111",
    "far NS n11.crowd",
    "crowd NS n12.crowd",
    "n12.crowd A 192.0.2.112",
    "far NS n12.crowd",
    "crowd NS n13.crowd",
    "n13.crowd A 192.0.2.113",
    "far NS n13.crowd",
    "crowd NS n14.crowd",
    "n14.crowd A 192.0.2.114",
    "far NS n14.crowd",
    "crowd NS n15.crowd",
    "n15.crowd A 192.0.2.115",
    "far NS n15.crowd",
    "crowd NS n16.crowd",
    "n16.crowd A 192.0.2.116",
    "far NS n16.crowd",
    "crowd NS n17.crowd",
    "n17.crowd A 192.0.2.117",
    "far NS n17.crowd",
    "crowd NS n18.crowd",
    "n18.crowd A 192.0.2.118",
    "far NS n18.crowd",
    "crowd NS n19.crowd",
    "n19.crowd A 192.0.2.119",
    "far NS n19.crowd",
    "crowd NS n20.crowd",
    "n20.crowd A 192.0.2.120",
    "far NS n20.crowd",
    "crowd NS n21.crowd",
    "n21.crowd A 192.0.2.121",
    "far NS n21.crowd",
    "crowd NS n22.crowd",
    "n22.crowd A 192.0.2.122",
    "far NS n22.crowd",
    "crowd NS n23.crowd",
    "n23.crowd A 192.0.2.123",
    "far NS n23.crowd",
    "crowd NS n24.crowd",
    "n24.crowd A 192.0.2.124",
    "far NS n24.crowd",
    "crowd NS n25.crowd",
    "n25.crowd A 192.0.2.125",
    "far NS n25.crowd",
    "odd TYPE65280 \\# 4 deadbeef",
    NULL};

/* The zone of a site from records; `lines` ends with NULL. */
static inline const struct zone *zone_site_read(struct fixture *f, const char *domain,
                                                const char *const *lines)
{
    uint8_t apex[DNAME_MAX];
    struct zonefile z = {.folder = ".", .lines = lines, .report = zone_site_report, .owner = f};
    z.apex = apex;
    CN_ASSERT(dname_from_text(domain, apex) > 0);
    while (lines[z.line_count] != NULL) {
        z.line_count++;
    }
    const struct zone *zone = zonefile_read(&f->arena, &f->arena, &z);
    CN_ASSERT(zone != NULL);
    return zone;
}

/* Adds the site zone.example with its zone; routed are its apex, www, a.b, and later one day. */
static inline void zone_site_add(struct fixture *f)
{
    struct site_spec *s = &f->sites[fixture_site(f, "zone.example")];
    fixture_host(f, "zone.example");
    fixture_host(f, "www.zone.example");
    fixture_host(f, "a.b.zone.example");
    f->hosts[fixture_host(f, "later.zone.example")].active = false;
    s->zone = zone_site_read(f, "zone.example", zone_site_lines);
    fixture_site(f, "inner.zone.example");
    fixture_host(f, "inner.zone.example");
}

#endif
