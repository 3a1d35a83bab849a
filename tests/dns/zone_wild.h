/* SPDX-License-Identifier: MIT
 * zone_wild.h: sites with routed hosts "*", with and without a zone, for the tests and the fuzz
 * targets of the responder. */
#ifndef CNEDGE_TESTS_DNS_ZONE_WILD_H
#define CNEDGE_TESTS_DNS_ZONE_WILD_H

#include "zone_site.h"

static const char *const zone_wild_lines[] = {"mail A 192.0.2.25",
                                              "x.ent TXT between",
                                              "* MX 10 mail",
                                              "* HTTPS 1 . alpn=h2 ipv4hint=auto",
                                              "*.mail TXT deeper",
                                              "svc SVCB 1 any ipv4hint=auto",
                                              "old DNAME wild.example.",
                                              "child NS ns.child",
                                              "ns.child A 192.0.2.61",
                                              NULL};

static inline void zone_wild_add(struct fixture *f)
{
    static const char *const text[] = {"for all"};
    fixture_site(f, "wild.example");
    fixture_host(f, "wild.example");
    fixture_host(f, "www.wild.example");
    struct host_spec *h = &f->hosts[fixture_host(f, "*.wild.example")];
    h->txt = text;
    h->txt_count = 1;
    fixture_host(f, "a.b.deep.wild.example");
    f->hosts[fixture_host(f, "later.wild.example")].active = false;
    f->hosts[fixture_host(f, "*.later.wild.example")].active = false;
    fixture_alias(f, "*.alias.wild.example", "www.wild.example");
    struct site_spec *s = &f->sites[fixture_site(f, "wildzone.example")];
    s->zone = zone_site_read(f, "wildzone.example", zone_wild_lines);
    fixture_host(f, "*.wildzone.example");
    fixture_host(f, "in.between.wildzone.example");
    fixture_site(f, "sub.wildzone.example");
    fixture_host(f, "www.sub.wildzone.example");
}

#endif
