/* SPDX-License-Identifier: MIT
 * answers.h: queries, where they come from, and what comes back. The table of test_responder.c. */
#ifndef CNEDGE_TESTS_DNS_ANSWERS_H
#define CNEDGE_TESTS_DNS_ANSWERS_H

#include "zones.h"

#define PLAIN       "1234 0100 0001 0000 0000 0000 "
#define EDNS        "1234 0100 0001 0000 0000 0001 "
#define A           " 0001 0001 "
#define AAAA        " 001c 0001 "
#define NS          " 0002 0001 "
#define CNAME       " 0005 0001 "
#define SOA         " 0006 0001 "
#define TXT         " 0010 0001 "
#define MX          " 000f 0001 "
#define ANY         " 00ff 0001 "
#define OPT(size)   " 00 0029 " size " 00000000 0000 "
#define OPT_DO      " 00 0029 04d0 00008000 0000 "
#define ECS_TELECOM " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 ca60d1 "
#define ECS_US      " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 080808 "
#define ECS_NOBODY  " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 0a0000 "
#define ECS_SHORT   " 00 0029 04d0 00000000 000a 0008 0006 0001 10 00 ca60 "
#define ECS_LONG    " 00 0029 04d0 00000000 000c 0008 0008 0001 20 00 c0000201 "
#define ECS_ZERO    " 00 0029 04d0 00000000 0008 0008 0004 0001 00 00 "
#define ECS_ZERO6   " 00 0029 04d0 00000000 0008 0008 0004 0002 00 00 "
#define ECS_FAMILY0 " 00 0029 04d0 00000000 0008 0008 0004 0000 00 00 "
#define ECS_V6      " 00 0029 04d0 00000000 000f 0008 000b 0002 38 00 240e00aabbccdd "
#define ECS_V6_DE                                                                                  \
    " 00 0029 04d0 00000000 0018 0008 0014 0002 80 00 2a01000000000000 0000000000000001 "

#define SOA_SHOP                                                                                   \
    "shop.example. 60 IN SOA ns1.dns.test. hostmaster.shop.example. 1772413200 3600 600 604800 60"

#define SOA_PART                                                                                   \
    "part.example. 60 IN SOA ns1.dns.test. hostmaster.part.example. 1772413200 3600 600 604800 60"
#define SOA_CDN                                                                                    \
    "cdn.cloudflarecn.net. 60 IN SOA ns1.dns.test. hostmaster.cdn.cloudflarecn.net. 1772413200 "   \
    "3600 600 604800 60"
#define CNAME_PART "www.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net. | "
#define CDN_PART   ".www.part.example.cdn.cloudflarecn.net"

enum source { FROM_US, FROM_TELECOM, FROM_TELECOM6, FROM_LISTENER, SOURCES };

static const struct responder_client sources[SOURCES] = {
    [FROM_US] = {.address = {8, 8, 8, 8}, .line = CN_NONE16},
    [FROM_TELECOM] = {.address = {202, 96, 209, 5}, .line = CN_NONE16},
    [FROM_TELECOM6] = {.address = {0x24, 0x0e, 0, 1}, .v6 = true, .line = CN_NONE16},
    [FROM_LISTENER] = {.address = {127, 0, 0, 1}, .line = LINE_SH_TELECOM},
};

struct row {
    const char *name;
    const char *query;
    enum source source;
    bool tcp;
    const char *want; /* rcode and flags | answers | authority | edns */
};

static struct row rows[] = {
    /* addresses, by line */
    {"A from outside", PLAIN ".www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1"},
    {"A from the mainland, all addresses", PLAIN ".www.shop.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2"},
    {"AAAA", PLAIN ".www.shop.example" AAAA, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN AAAA 2001:db8:8::1"},
    {"IPv6 source", PLAIN ".www.shop.example" AAAA, FROM_TELECOM6, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN AAAA 2001:db8::1 | www.shop.example. 60 IN AAAA "
     "2001:db8::2"},
    {"line of the listener", PLAIN ".www.shop.example" A, FROM_LISTENER, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2"},
    {"revoked: from the mainland to the nearest outside", PLAIN ".www.revoked.example" A,
     FROM_TELECOM, 0, "NOERROR qr aa rd | www.revoked.example. 300 IN A 198.18.3.1"},
    {"apex", PLAIN ".shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN A 198.18.8.1"},
    {"zone below a zone", PLAIN ".www.tiny.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | www.tiny.shop.example. 300 IN A 198.18.8.1"},
    {"origin", PLAIN ".www.home.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.home.example. 60 IN A 203.0.113.80"},
    {"origin by IPv6", PLAIN ".www.both.example" AAAA, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.both.example. 60 IN AAAA 2001:db8:100:: | www.both.example. 60 IN "
     "AAAA "
     "2001::"},
    {"origin without the family", PLAIN ".www.home.example" AAAA, FROM_TELECOM, 0,
     "NOERROR qr aa rd | ; home.example. 60 IN SOA ns1.dns.test. hostmaster.home.example. "
     "1772413200 3600 600 604800 60"},

    /* flags and spelling */
    {"RD clear stays clear", "1234 0000 0001 0000 0000 0000 .www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa | www.shop.example. 300 IN A 198.18.8.1"},
    {"AD, CD, AA, RA, TC, Z are not repeated", "1234 07f0 0001 0000 0000 0000 .www.shop.example" A,
     FROM_US, 0, "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1"},
    {"spelling is kept", PLAIN ".wWw.ShOP.eXAMPLE" A, FROM_US, 0,
     "NOERROR qr aa rd | wWw.ShOP.eXAMPLE. 300 IN A 198.18.8.1"},
    {"spelling is kept in SOA's owner", PLAIN ".nO.ShOP.eXAMPLE" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; ShOP.eXAMPLE. 60 IN SOA ns1.dns.test. hostmaster.ShOP.eXAMPLE. "
     "1772413200 3600 600 604800 60"},

    /* aliases */
    {"alias", PLAIN ".cdn.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | cdn.shop.example. 300 IN CNAME www.shop.example. | www.shop.example. 300 "
     "IN A 198.18.8.1"},
    {"alias of an alias", PLAIN ".far.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | far.shop.example. 300 IN CNAME cdn.shop.example. | cdn.shop.example. 300 "
     "IN CNAME www.shop.example. | "
     "www.shop.example. 300 IN A 198.18.8.1"},
    {"alias itself", PLAIN ".far.shop.example" CNAME, FROM_US, 0,
     "NOERROR qr aa rd | far.shop.example. 300 IN CNAME cdn.shop.example."},
    {"alias out of our zones", PLAIN ".out.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | out.shop.example. 300 IN CNAME edge.elsewhere.test."},
    {"alias of nothing", PLAIN ".lost.shop.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | lost.shop.example. 300 IN CNAME nothing.shop.example. | ; " SOA_SHOP},
    {"alias, other type", PLAIN ".cdn.shop.example" MX, FROM_US, 0,
     "NOERROR qr aa rd | cdn.shop.example. 300 IN CNAME www.shop.example. | ; " SOA_SHOP},
    {"alias into another zone", PLAIN ".next.shop.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | next.shop.example. 300 IN CNAME www.revoked.example. | "
     "www.revoked.example. 300 IN A 198.18.3.1"},
    {"aliases in a circle", PLAIN ".one.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | one.shop.example. 300 IN CNAME two.shop.example. | two.shop.example. 300 "
     "IN CNAME one.shop.example."},
    {"alias of itself", PLAIN ".self.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | self.shop.example. 300 IN CNAME self.shop.example."},

    /* partial set-up: the customer's name */
    {"C1.setup.partial A from the mainland", PLAIN ".www.part.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | " CNAME_PART "www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.1 | "
     "www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.2"},
    {"C1.setup.partial AAAA from outside", PLAIN ".www.part.example" AAAA, FROM_US, 0,
     "NOERROR qr aa rd | " CNAME_PART
     "www.part.example.cdn.cloudflarecn.net. 300 IN AAAA 2001:db8:8::1"},
    {"C1.setup.partial CNAME: itself alone", PLAIN ".www.part.example" CNAME, FROM_US, 0,
     "NOERROR qr aa rd | www.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net."},
    {"C1.setup.partial ANY: the CNAME (RFC 8482 section 4.2)", PLAIN ".www.part.example" ANY,
     FROM_US, 0,
     "NOERROR qr aa rd | www.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net."},
    {"C1.setup.partial other type: NODATA of the target's zone", PLAIN ".www.part.example" MX,
     FROM_US, 0,
     "NOERROR qr aa rd | www.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net. | "
     "; " SOA_CDN},
    {"C1.setup.partial spelling is kept", PLAIN ".wWw.pArt.example" A, FROM_US, 0,
     "NOERROR qr aa rd | wWw.pArt.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net. | "
     "www.part.example.cdn.cloudflarecn.net. 300 IN A 198.18.8.1"},
    {"C1.setup.partial alias of an alias", PLAIN ".old.part.example" A, FROM_US, 0,
     "NOERROR qr aa rd | old.part.example. 300 IN CNAME www.part.example. | " CNAME_PART
     "www.part.example.cdn.cloudflarecn.net. 300 IN A 198.18.8.1"},
    {"C1.setup.partial alias of the second name", PLAIN ".side.part.example" A, FROM_US, 0,
     "NOERROR qr aa rd | side.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net. | "
     "www.part.example.cdn.cloudflarecn.net. 300 IN A 198.18.8.1"},
    {"C1.setup.partial the customer's apex", PLAIN ".part.example" SOA, FROM_US, 0,
     "NOERROR qr aa rd | " SOA_PART},
    {"C1.setup.partial NXDOMAIN in the customer's zone", PLAIN ".no.part.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_PART},
    {"C1.setup.partial delete_name: the CNAME stays", PLAIN ".www.cut.example" A, FROM_TELECOM, 0,
     "NXDOMAIN qr aa rd | www.cut.example. 300 IN CNAME www.cut.example.cdn.cloudflarecn.net. | "
     "; " SOA_CDN},
    {"C1.setup.partial delete_name, CNAME asked for", PLAIN ".www.cut.example" CNAME, FROM_US, 0,
     "NOERROR qr aa rd | www.cut.example. 300 IN CNAME www.cut.example.cdn.cloudflarecn.net."},
    {"C1.setup.partial ECS: scope of the target", EDNS ".www.part.example" A ECS_TELECOM, FROM_US,
     0,
     "NOERROR qr aa rd | " CNAME_PART "www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.1 | "
     "www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.2 | edns 1232 ecs 000118 24 ca60d1"},
    {"C1.setup.partial ECS, CNAME: scope 0", EDNS ".www.part.example" CNAME ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | www.part.example. 300 IN CNAME www.part.example.cdn.cloudflarecn.net. | "
     "edns 1232 ecs 000118 0 ca60d1"},
    {"C1.setup.partial why", PLAIN "._why.www.part.example" A, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_PART},

    /* partial set-up: the CDN's zone */
    {"C1.setup.cdn A", PLAIN CDN_PART A, FROM_US, 0,
     "NOERROR qr aa rd | www.part.example.cdn.cloudflarecn.net. 300 IN A 198.18.8.1"},
    {"C1.setup.cdn A from the mainland, by ECS", EDNS CDN_PART A ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.1 | "
     "www.part.example.cdn.cloudflarecn.net. 60 IN A 198.18.0.2 | edns 1232 ecs 000118 24 ca60d1"},
    {"C1.setup.cdn CNAME", PLAIN CDN_PART CNAME, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn TXT", PLAIN CDN_PART TXT, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn ANY", PLAIN CDN_PART ANY, FROM_US, 0,
     "NOERROR qr aa rd | www.part.example.cdn.cloudflarecn.net. 300 IN HINFO \"RFC8482\" \"\""},
    {"C1.setup.cdn SOA", PLAIN ".cdn.cloudflarecn.net" SOA, FROM_US, 0,
     "NOERROR qr aa rd | " SOA_CDN},
    {"C1.setup.cdn NS", PLAIN ".cdn.cloudflarecn.net" NS, FROM_US, 0,
     "NOERROR qr aa rd | cdn.cloudflarecn.net. 300 IN NS ns1.dns.test. | cdn.cloudflarecn.net. 300 "
     "IN NS ns2.dns.test."},
    {"C1.setup.cdn apex A", PLAIN ".cdn.cloudflarecn.net" A, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn empty non-terminal", PLAIN ".b.part.example.cdn.cloudflarecn.net" A, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn empty non-terminal, top", PLAIN ".example.cdn.cloudflarecn.net" ANY, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn NXDOMAIN", PLAIN ".no.part.example.cdn.cloudflarecn.net" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn an alias has no second name", PLAIN ".old.part.example.cdn.cloudflarecn.net" A,
     FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn a host that is not active yet",
     PLAIN ".later.part.example.cdn.cloudflarecn.net" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn a host of full set-up", PLAIN ".www.shop.example.cdn.cloudflarecn.net" A,
     FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn delete_name: all names below the zone are gone",
     PLAIN ".www.cut.example.cdn.cloudflarecn.net" A, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_CDN},
    {"C1.setup.cdn above the zone", PLAIN ".cloudflarecn.net" SOA, FROM_US, 0, "REFUSED qr rd"},

    /* no such data, no such name, no such zone */
    {"NODATA", PLAIN ".www.shop.example" MX, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NODATA for TXT", PLAIN ".www.shop.example" TXT, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NXDOMAIN", PLAIN ".no.shop.example" A, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"NXDOMAIN below a host", PLAIN ".x.www.shop.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"empty non-terminal", PLAIN ".b.deep.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_SHOP},
    {"host that is not active yet", PLAIN ".later.shop.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"deleted name", PLAIN ".www.gone.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; gone.example. 60 IN SOA ns1.dns.test. hostmaster.gone.example. "
     "1772413200 3600 600 604800 60"},
    {"deleted apex", PLAIN ".gone.example" A, FROM_US, 0,
     "NOERROR qr aa rd | ; gone.example. 60 IN SOA ns1.dns.test. hostmaster.gone.example. "
     "1772413200 3600 600 604800 60"},
    {"parent of our zone", PLAIN ".example" A, FROM_US, 0, "REFUSED qr rd"},
    {"another zone", PLAIN ".www.elsewhere.test" A, FROM_US, 0, "REFUSED qr rd"},
    {"root", PLAIN "00" NS, FROM_US, 0, "REFUSED qr rd"},
    {"suffix that is no parent", PLAIN ".notshop.example" A, FROM_US, 0, "REFUSED qr rd"},

    /* other types */
    {"SOA", PLAIN ".shop.example" SOA, FROM_US, 0, "NOERROR qr aa rd | " SOA_SHOP},
    {"SOA below the apex", PLAIN ".www.shop.example" SOA, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NS", PLAIN ".shop.example" NS, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN NS ns1.dns.test. | shop.example. 300 IN NS "
     "ns2.dns.test."},
    {"TXT", PLAIN ".txt.shop.example" TXT, FROM_US, 0,
     "NOERROR qr aa rd | txt.shop.example. 300 IN TXT \"v=spf1 -all\" | txt.shop.example. 300 IN "
     "TXT \"\""},
    {"ANY", PLAIN ".www.shop.example" ANY, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN HINFO \"RFC8482\" \"\""},
    {"why, other type", PLAIN "._why.www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | ; " SOA_SHOP},
    {"why of no host", PLAIN "._why.no.shop.example" TXT, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_SHOP},

    /* refusals */
    {"AXFR", PLAIN ".shop.example 00fc 0001", FROM_US, 1, "REFUSED qr rd"},
    {"CHAOS", PLAIN ".version.bind 0010 0003", FROM_US, 0, "REFUSED qr rd"},
    {"NOTIFY", "1234 2400 0001 0000 0000 0000 .shop.example" SOA, FROM_US, 0, "NOTIMPL qr"},
    {"opcode 15", "1234 7900 0000 0000 0000 0000", FROM_US, 0, "NOTIMPL qr rd"},
    {"no question", "1234 0100 0000 0000 0000 0000", FROM_US, 0, "FORMERR qr rd"},
    {"broken name", PLAIN "c00c" A, FROM_US, 0, "FORMERR qr rd"},
    {"two OPT", "1234 0100 0001 0000 0000 0002 .www.shop.example" A OPT("04d0") OPT("04d0"),
     FROM_US, 0,
     "FORMERR qr rd | edns 1232 ede 0 there is more than one OPT record (RFC 6891 section 6.1.1)"},
    {"EDNS version 1", EDNS ".www.shop.example" A "00 0029 04d0 00010000 0000", FROM_US, 0,
     "BADVERS qr rd | edns 1232 ede 21 version 0 of EDNS is spoken here"},

    /* EDNS */
    {"OPT", EDNS ".www.shop.example" A OPT("1000"), FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232"},
    {"DO is repeated", EDNS ".www.shop.example" A OPT_DO, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 do"},
    {"OPT outside our zones", EDNS ".www.elsewhere.test" A OPT("04d0"), FROM_US, 0,
     "REFUSED qr rd | edns 1232"},
    {"unknown option is not repeated",
     EDNS ".www.shop.example" A "00 0029 04d0 00000000 0006 fde9 0002 abcd", FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232"},

    /* EDNS Client Subnet */
    {"ECS decides", EDNS ".www.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2 | edns 1232 ecs 000118 24 ca60d1"},
    {"ECS before the source", EDNS ".www.shop.example" A ECS_US, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000118 24 080808"},
    {"listener before ECS, scope 0", EDNS ".www.shop.example" A ECS_US, FROM_LISTENER, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2 | edns 1232 ecs 000118 0 080808"},
    {"ECS of nobody", EDNS ".www.shop.example" A ECS_NOBODY, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000118 7 0a0000"},
    {"ECS wider than the leaf: scope tells", EDNS ".www.shop.example" A ECS_SHORT, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000110 17 ca60"},
    {"ECS /32 in a merged leaf", EDNS ".www.shop.example" A ECS_LONG, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.7.1 | edns 1232 ecs 000120 25 c0000201"},
    {"ECS /0 is the source's line, scope 0", EDNS ".www.shop.example" A ECS_ZERO, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2 | edns 1232 ecs 000100 0 -"},
    {"ECS v6 /0", EDNS ".www.shop.example" A ECS_ZERO6, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000200 0 -"},
    {"ECS family 0", EDNS ".www.shop.example" A ECS_FAMILY0, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000000 0 -"},
    {"ECS v6", EDNS ".www.shop.example" A ECS_V6, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A "
     "198.18.0.2 | edns 1232 ecs 000238 20 240e00aabbccdd"},
    {"ECS v6 /128", EDNS ".www.shop.example" AAAA ECS_V6_DE, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN AAAA 2001:db8:7::1 | edns 1232 ecs 000280 16 "
     "2a010000000000000000000000000001"},
    {"ECS, answer for everyone: scope 0", EDNS ".shop.example" NS ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN NS ns1.dns.test. | shop.example. 300 IN NS "
     "ns2.dns.test. | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS, alias: scope of its target", EDNS ".out.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | out.shop.example. 300 IN CNAME edge.elsewhere.test. | edns 1232 ecs "
     "000118 0 ca60d1"},
    {"ECS, NXDOMAIN: scope 0", EDNS ".no.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_SHOP " | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS, REFUSED: scope 0", EDNS ".elsewhere.test" A ECS_TELECOM, FROM_US, 0,
     "REFUSED qr rd | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS with a scope",
     EDNS ".www.shop.example" A "00 0029 04d0 00000000 000b 0008 0007 0001 18 18 ca60d1", FROM_US,
     0,
     "FORMERR qr rd | edns 1232 ede 0 the scope of a query's Client Subnet is 0 (RFC 7871 section "
     "6)"},

    /* size */
    {"over 512 without EDNS", PLAIN ".three.shop.example" TXT, FROM_US, 0, "NOERROR qr aa tc rd"},
    {"over 512, size 400 counts as 512", EDNS ".three.shop.example" TXT OPT("0190"), FROM_US, 0,
     "NOERROR qr aa tc rd | edns 1232"},
    {"over 1232 whatever is offered", EDNS ".big.shop.example" TXT OPT("ffff"), FROM_US, 0,
     "NOERROR qr aa tc rd | edns 1232"},
    {"over 1232 keeps ECS", EDNS ".big.shop.example" TXT ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa tc rd | edns 1232 ecs 000118 0 ca60d1"},
    {"a long chain is cut", PLAIN ".c0.chain.example" A, FROM_US, 0,
     "NOERROR qr aa rd | c0.chain.example. 300 IN CNAME c1.chain.example. | c1.chain.example. 300 "
     "IN CNAME c2.chain.example. | "
     "c2.chain.example. 300 IN CNAME c3.chain.example. | c3.chain.example. 300 IN CNAME "
     "c4.chain.example. | "
     "c4.chain.example. 300 IN CNAME c5.chain.example. | c5.chain.example. 300 IN CNAME "
     "c6.chain.example. | "
     "c6.chain.example. 300 IN CNAME c7.chain.example. | c7.chain.example. 300 IN CNAME "
     "c8.chain.example. | "
     "c8.chain.example. 300 IN CNAME c9.chain.example."},
};

#endif
