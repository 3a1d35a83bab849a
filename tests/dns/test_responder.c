/* SPDX-License-Identifier: MIT
 * Whole answers from query bytes. ldns is the oracle: it must read each answer, and what it reads
 * is what is compared. The bytes themselves are pinned in tests/dns/golden/answers.txt; run the
 * test with CNEDGE_UPDATE=1 to write that file anew, and read the difference. */
#include "bytes.h"
#include "test.h"
#include "zones.h"

#include <ldns/ldns.h>

enum { PICTURE_MAX = 4096, QUERY_MAX = 1024 };

#define GOLDEN_FILE "tests/dns/golden/answers.txt"

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

// clang-format off
static struct row rows[] = {
    /* addresses, by line */
    {"A from outside", PLAIN ".www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1"},
    {"A from the mainland, all addresses", PLAIN ".www.shop.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2"},
    {"AAAA", PLAIN ".www.shop.example" AAAA, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN AAAA 2001:db8:8::1"},
    {"IPv6 source", PLAIN ".www.shop.example" AAAA, FROM_TELECOM6, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN AAAA 2001:db8::1 | www.shop.example. 60 IN AAAA 2001:db8::2"},
    {"line of the listener", PLAIN ".www.shop.example" A, FROM_LISTENER, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2"},
    {"revoked: from the mainland to the nearest outside", PLAIN ".www.revoked.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.revoked.example. 300 IN A 198.18.3.1"},
    {"apex", PLAIN ".shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN A 198.18.8.1"},
    {"zone below a zone", PLAIN ".www.tiny.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | www.tiny.shop.example. 300 IN A 198.18.8.1"},
    {"origin", PLAIN ".www.home.example" A, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.home.example. 60 IN A 203.0.113.80"},
    {"origin without the family", PLAIN ".www.home.example" AAAA, FROM_TELECOM, 0,
     "NOERROR qr aa rd | ; home.example. 60 IN SOA ns1.dns.test. hostmaster.home.example. 1772413200 3600 600 604800 60"},

    /* flags and spelling */
    {"RD clear stays clear", "1234 0000 0001 0000 0000 0000 .www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa | www.shop.example. 300 IN A 198.18.8.1"},
    {"AD, CD, AA, RA, TC, Z are not repeated", "1234 07f0 0001 0000 0000 0000 .www.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1"},
    {"spelling is kept", PLAIN ".wWw.ShOP.eXAMPLE" A, FROM_US, 0,
     "NOERROR qr aa rd | wWw.ShOP.eXAMPLE. 300 IN A 198.18.8.1"},
    {"spelling is kept in SOA's owner", PLAIN ".nO.ShOP.eXAMPLE" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; ShOP.eXAMPLE. 60 IN SOA ns1.dns.test. hostmaster.ShOP.eXAMPLE. 1772413200 3600 600 604800 60"},

    /* aliases */
    {"alias", PLAIN ".cdn.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | cdn.shop.example. 300 IN CNAME www.shop.example. | www.shop.example. 300 IN A 198.18.8.1"},
    {"alias of an alias", PLAIN ".far.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | far.shop.example. 300 IN CNAME cdn.shop.example. | cdn.shop.example. 300 IN CNAME www.shop.example. | "
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
     "NOERROR qr aa rd | next.shop.example. 300 IN CNAME www.revoked.example. | www.revoked.example. 300 IN A 198.18.3.1"},
    {"aliases in a circle", PLAIN ".one.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | one.shop.example. 300 IN CNAME two.shop.example. | two.shop.example. 300 IN CNAME one.shop.example."},
    {"alias of itself", PLAIN ".self.shop.example" A, FROM_US, 0,
     "NOERROR qr aa rd | self.shop.example. 300 IN CNAME self.shop.example."},

    /* no such data, no such name, no such zone */
    {"NODATA", PLAIN ".www.shop.example" MX, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NODATA for TXT", PLAIN ".www.shop.example" TXT, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NXDOMAIN", PLAIN ".no.shop.example" A, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"NXDOMAIN below a host", PLAIN ".x.www.shop.example" A, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"empty non-terminal", PLAIN ".b.deep.shop.example" A, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"host that is not active yet", PLAIN ".later.shop.example" A, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_SHOP},
    {"deleted name", PLAIN ".www.gone.example" A, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; gone.example. 60 IN SOA ns1.dns.test. hostmaster.gone.example. 1772413200 3600 600 604800 60"},
    {"deleted apex", PLAIN ".gone.example" A, FROM_US, 0,
     "NOERROR qr aa rd | ; gone.example. 60 IN SOA ns1.dns.test. hostmaster.gone.example. 1772413200 3600 600 604800 60"},
    {"parent of our zone", PLAIN ".example" A, FROM_US, 0, "REFUSED qr rd"},
    {"another zone", PLAIN ".www.elsewhere.test" A, FROM_US, 0, "REFUSED qr rd"},
    {"root", PLAIN "00" NS, FROM_US, 0, "REFUSED qr rd"},
    {"suffix that is no parent", PLAIN ".notshop.example" A, FROM_US, 0, "REFUSED qr rd"},

    /* other types */
    {"SOA", PLAIN ".shop.example" SOA, FROM_US, 0, "NOERROR qr aa rd | " SOA_SHOP},
    {"SOA below the apex", PLAIN ".www.shop.example" SOA, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"NS", PLAIN ".shop.example" NS, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN NS ns1.dns.test. | shop.example. 300 IN NS ns2.dns.test."},
    {"TXT", PLAIN ".txt.shop.example" TXT, FROM_US, 0,
     "NOERROR qr aa rd | txt.shop.example. 300 IN TXT \"v=spf1 -all\" | txt.shop.example. 300 IN TXT \"\""},
    {"ANY", PLAIN ".www.shop.example" ANY, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN HINFO \"RFC8482\" \"\""},
    {"why, other type", PLAIN "._why.www.shop.example" A, FROM_US, 0, "NOERROR qr aa rd | ; " SOA_SHOP},
    {"why of no host", PLAIN "._why.no.shop.example" TXT, FROM_US, 0, "NXDOMAIN qr aa rd | ; " SOA_SHOP},

    /* refusals */
    {"AXFR", PLAIN ".shop.example 00fc 0001", FROM_US, 1, "REFUSED qr rd"},
    {"CHAOS", PLAIN ".version.bind 0010 0003", FROM_US, 0, "REFUSED qr rd"},
    {"NOTIFY", "1234 2400 0001 0000 0000 0000 .shop.example" SOA, FROM_US, 0, "NOTIMPL qr"},
    {"opcode 15", "1234 7900 0000 0000 0000 0000", FROM_US, 0, "NOTIMPL qr rd"},
    {"no question", "1234 0100 0000 0000 0000 0000", FROM_US, 0, "FORMERR qr rd"},
    {"broken name", PLAIN "c00c" A, FROM_US, 0, "FORMERR qr rd"},
    {"two OPT", "1234 0100 0001 0000 0000 0002 .www.shop.example" A OPT("04d0") OPT("04d0"), FROM_US, 0, "FORMERR qr rd | edns 1232"},
    {"EDNS version 1", EDNS ".www.shop.example" A "00 0029 04d0 00010000 0000", FROM_US, 0, "BADVERS qr rd | edns 1232"},

    /* EDNS */
    {"OPT", EDNS ".www.shop.example" A OPT("1000"), FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232"},
    {"DO is repeated", EDNS ".www.shop.example" A OPT_DO, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 do"},
    {"OPT outside our zones", EDNS ".www.elsewhere.test" A OPT("04d0"), FROM_US, 0, "REFUSED qr rd | edns 1232"},
    {"unknown option is not repeated", EDNS ".www.shop.example" A "00 0029 04d0 00000000 0006 fde9 0002 abcd", FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232"},

    /* EDNS Client Subnet */
    {"ECS decides", EDNS ".www.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2 | edns 1232 ecs 000118 24 ca60d1"},
    {"ECS before the source", EDNS ".www.shop.example" A ECS_US, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000118 24 080808"},
    {"listener before ECS, scope 0", EDNS ".www.shop.example" A ECS_US, FROM_LISTENER, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2 | edns 1232 ecs 000118 0 080808"},
    {"ECS of nobody", EDNS ".www.shop.example" A ECS_NOBODY, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000118 7 0a0000"},
    {"ECS wider than the leaf: scope tells", EDNS ".www.shop.example" A ECS_SHORT, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000110 17 ca60"},
    {"ECS /32 in a merged leaf", EDNS ".www.shop.example" A ECS_LONG, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.7.1 | edns 1232 ecs 000120 25 c0000201"},
    {"ECS /0 is the source's line, scope 0", EDNS ".www.shop.example" A ECS_ZERO, FROM_TELECOM, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2 | edns 1232 ecs 000100 0 -"},
    {"ECS v6 /0", EDNS ".www.shop.example" A ECS_ZERO6, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000200 0 -"},
    {"ECS family 0", EDNS ".www.shop.example" A ECS_FAMILY0, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.8.1 | edns 1232 ecs 000000 0 -"},
    {"ECS v6", EDNS ".www.shop.example" A ECS_V6, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2 | edns 1232 ecs 000238 20 240e00aabbccdd"},
    {"ECS v6 /128", EDNS ".www.shop.example" AAAA ECS_V6_DE, FROM_US, 0,
     "NOERROR qr aa rd | www.shop.example. 300 IN AAAA 2001:db8:7::1 | edns 1232 ecs 000280 16 2a010000000000000000000000000001"},
    {"ECS, answer for everyone: scope 0", EDNS ".shop.example" NS ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | shop.example. 300 IN NS ns1.dns.test. | shop.example. 300 IN NS ns2.dns.test. | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS, alias: scope of its target", EDNS ".out.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa rd | out.shop.example. 300 IN CNAME edge.elsewhere.test. | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS, NXDOMAIN: scope 0", EDNS ".no.shop.example" A ECS_TELECOM, FROM_US, 0,
     "NXDOMAIN qr aa rd | ; " SOA_SHOP " | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS, REFUSED: scope 0", EDNS ".elsewhere.test" A ECS_TELECOM, FROM_US, 0,
     "REFUSED qr rd | edns 1232 ecs 000118 0 ca60d1"},
    {"ECS with a scope", EDNS ".www.shop.example" A "00 0029 04d0 00000000 000b 0008 0007 0001 18 18 ca60d1", FROM_US, 0,
     "FORMERR qr rd | edns 1232"},

    /* size */
    {"over 512 without EDNS", PLAIN ".three.shop.example" TXT, FROM_US, 0, "NOERROR qr aa tc rd"},
    {"over 512, size 400 counts as 512", EDNS ".three.shop.example" TXT OPT("0190"), FROM_US, 0, "NOERROR qr aa tc rd | edns 1232"},
    {"over 1232 whatever is offered", EDNS ".big.shop.example" TXT OPT("ffff"), FROM_US, 0, "NOERROR qr aa tc rd | edns 1232"},
    {"over 1232 keeps ECS", EDNS ".big.shop.example" TXT ECS_TELECOM, FROM_US, 0,
     "NOERROR qr aa tc rd | edns 1232 ecs 000118 0 ca60d1"},
    {"a long chain is cut", PLAIN ".c0.chain.example" A, FROM_US, 0,
     "NOERROR qr aa rd | c0.chain.example. 300 IN CNAME c1.chain.example. | c1.chain.example. 300 IN CNAME c2.chain.example. | "
     "c2.chain.example. 300 IN CNAME c3.chain.example. | c3.chain.example. 300 IN CNAME c4.chain.example. | "
     "c4.chain.example. 300 IN CNAME c5.chain.example. | c5.chain.example. 300 IN CNAME c6.chain.example. | "
     "c6.chain.example. 300 IN CNAME c7.chain.example. | c7.chain.example. 300 IN CNAME c8.chain.example. | "
     "c8.chain.example. 300 IN CNAME c9.chain.example."},
};
// clang-format on

static struct {
    struct fixture f;
    struct world *w;
} group;

struct exchange {
    uint8_t query[QUERY_MAX];
    uint8_t answer[RESPONDER_TCP_MAX];
    size_t query_len, answer_len;
};

static void ask(struct exchange *x, const char *picture, const struct responder_client *client)
{
    x->query_len = bytes_from(picture, x->query, sizeof(x->query));
    struct responder_query q = {x->query, x->query_len};
    size_t cap = client->tcp ? sizeof(x->answer) : RESPONDER_UDP_MAX;
    x->answer_len = responder_answer(group.w, client, q, x->answer, cap);
}

/* --- what ldns reads, as one line: parts between bars ---------------------------------------- */

struct shown {
    char text[PICTURE_MAX];
    size_t len;
};

static void add(struct shown *l, const char *what)
{
    size_t n = strlen(what);
    assert_true(l->len + n < sizeof(l->text));
    memcpy(l->text + l->len, what, n + 1);
    l->len += n;
}

static void add_record(struct shown *l, const ldns_rr *rr)
{
    char *text = ldns_rr2str(rr);
    assert_non_null(text);
    size_t len = strcspn(text, "\n");
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    text[len] = '\0';
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '\t') *p = ' ';
    }
    add(l, text);
    free(text);
}

static void add_records(struct shown *l, const ldns_rr_list *list, const char *mark)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        add(l, mark);
        add_record(l, ldns_rr_list_rr(list, i));
    }
}

/* " ecs FAMILY+SOURCE SCOPE ADDRESS". */
static void add_ecs(struct shown *l, const ldns_rdf *options)
{
    char text[128];
    const uint8_t *p = ldns_rdf_data(options);
    size_t len = ldns_rdf_size(options);
    assert_true(len >= 8);
    assert_int_equal(p[1], 8);
    assert_int_equal(p[3], len - 4);
    snprintf(text, sizeof(text), " ecs %02x%02x%02x %u ", p[4], p[5], p[6], p[7]);
    add(l, text);
    if (len == 8) add(l, "-");
    for (size_t i = 8; i < len; i++) {
        snprintf(text, sizeof(text), "%02x", p[i]);
        add(l, text);
    }
}

static void add_header(struct shown *l, const ldns_pkt *pkt)
{
    bool badvers = ldns_pkt_edns_extended_rcode(pkt) == 1;
    char *text = ldns_pkt_rcode2str(ldns_pkt_get_rcode(pkt));
    add(l, badvers ? "BADVERS" : text);
    free(text);
    if (ldns_pkt_qr(pkt)) add(l, " qr");
    if (ldns_pkt_aa(pkt)) add(l, " aa");
    if (ldns_pkt_tc(pkt)) add(l, " tc");
    if (ldns_pkt_rd(pkt)) add(l, " rd");
    if (ldns_pkt_ra(pkt)) add(l, " ra");
    if (ldns_pkt_ad(pkt)) add(l, " ad");
    if (ldns_pkt_cd(pkt)) add(l, " cd");
}

static void add_edns(struct shown *l, const ldns_pkt *pkt)
{
    char text[32];
    snprintf(text, sizeof(text), " | edns %u", ldns_pkt_edns_udp_size(pkt));
    add(l, text);
    if (ldns_pkt_edns_do(pkt)) add(l, " do");
    if (ldns_pkt_edns_data(pkt) != NULL) add_ecs(l, ldns_pkt_edns_data(pkt));
}

/* What ldns makes of its own copy must be the same again. */
static void check_again(const ldns_pkt *pkt)
{
    uint8_t *wire = NULL;
    size_t len = 0;
    ldns_pkt *again = NULL;
    assert_int_equal(ldns_pkt2wire(&wire, pkt, &len), LDNS_STATUS_OK);
    assert_int_equal(ldns_wire2pkt(&again, wire, len), LDNS_STATUS_OK);
    assert_int_equal(ldns_rr_list_compare(ldns_pkt_answer(pkt), ldns_pkt_answer(again)), 0);
    assert_int_equal(ldns_rr_list_compare(ldns_pkt_authority(pkt), ldns_pkt_authority(again)), 0);
    ldns_pkt_free(again);
    free(wire);
}

static ldns_pkt *read_answer(const struct exchange *x)
{
    ldns_pkt *pkt = NULL;
    assert_true(zones_walk(x->answer, x->answer_len));
    assert_int_equal(ldns_wire2pkt(&pkt, x->answer, x->answer_len), LDNS_STATUS_OK);
    assert_int_equal(ldns_pkt_id(pkt), 0x1234);
    assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_additional(pkt)), 0);
    check_again(pkt);
    return pkt;
}

static void show(struct shown *l, const struct exchange *x)
{
    ldns_pkt *pkt = read_answer(x);
    l->len = 0;
    add_header(l, pkt);
    add_records(l, ldns_pkt_answer(pkt), " | ");
    add_records(l, ldns_pkt_authority(pkt), " | ; ");
    if (ldns_pkt_edns(pkt)) add_edns(l, pkt);
    ldns_pkt_free(pkt);
}

/* --- the table -------------------------------------------------------------------------------- */

static void check_row(void **state)
{
    static struct exchange x;
    static struct shown got;
    const struct row *r = *state;
    struct responder_client client = sources[r->source];
    client.tcp = r->tcp;
    ask(&x, r->query, &client);
    show(&got, &x);
    assert_string_equal(got.text, r->want);
}

/* The next line of the golden file is this one; when updating, it becomes it. */
static void golden_line(FILE *f, bool update, const char *text)
{
    static char want[PICTURE_MAX];
    if (update) {
        fprintf(f, "%s\n", text);
        return;
    }
    assert_non_null(fgets(want, sizeof(want), f));
    want[strcspn(want, "\n")] = '\0';
    assert_string_equal(text, want);
}

static void golden_bytes(FILE *f, bool update, const uint8_t *bytes, size_t len)
{
    static char text[PICTURE_MAX];
    assert_true(2 * len + 1 <= sizeof(text));
    text[0] = '\0';
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    golden_line(f, update, text);
}

static void check_golden(void **state)
{
    (void)state;
    static struct exchange x;
    bool update = getenv("CNEDGE_UPDATE") != NULL;
    FILE *f = fopen(GOLDEN_FILE, update ? "w" : "r");
    assert_non_null(f);
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct responder_client client = sources[rows[i].source];
        client.tcp = rows[i].tcp;
        ask(&x, rows[i].query, &client);
        golden_line(f, update, rows[i].name);
        golden_bytes(f, update, x.query, x.query_len);
        golden_bytes(f, update, x.answer, x.answer_len);
    }
    assert_int_equal(fgetc(f) != EOF && !update, 0); /* and nothing behind */
    fclose(f);
}

/* --- by themselves ---------------------------------------------------------------------------- */

static void check_question_is_repeated(void **state)
{
    (void)state;
    static struct exchange x;
    ask(&x, EDNS ".wWw.ShOP.eXAMPLE" A ECS_TELECOM, &sources[FROM_US]);
    assert_memory_equal(x.answer + 12, x.query + 12, 18 + 4);
    assert_memory_equal(x.answer + 12 + 22, "\xc0\x0c", 2); /* the first owner points to it */
}

static void check_drops(void **state)
{
    (void)state;
    static struct exchange x;
    ask(&x, "1234 8100 0001 0000 0000 0000 .www.shop.example" A, &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
    ask(&x, "1234 0100 0001 0000 0000 00", &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
    ask(&x, "", &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
}

static size_t answer_count(const char *picture, bool tcp)
{
    static struct exchange x;
    struct responder_client client = sources[FROM_TELECOM];
    client.tcp = tcp;
    ask(&x, picture, &client);
    ldns_pkt *pkt = read_answer(&x);
    size_t n = ldns_rr_list_rr_count(ldns_pkt_answer(pkt));
    ldns_pkt_free(pkt);
    return n;
}

static size_t three_texts_of(size_t udp_size)
{
    char picture[256];
    snprintf(picture, sizeof(picture), EDNS ".three.shop.example" TXT " 00 0029 %04x 00000000 0000",
             (unsigned)udp_size);
    return answer_count(picture, false);
}

/* Truncation is exact: the same answer over TCP is whole, and so it is where it just fits. */
static void check_sizes(void **state)
{
    (void)state;
    assert_int_equal(answer_count(PLAIN ".three.shop.example" TXT, false), 0);
    assert_int_equal(answer_count(PLAIN ".three.shop.example" TXT, true), 3);
    assert_int_equal(answer_count(EDNS ".three.shop.example" TXT OPT("04d0"), false), 3);
    assert_int_equal(answer_count(EDNS ".big.shop.example" TXT OPT("ffff"), false), 0);
    assert_int_equal(answer_count(PLAIN ".big.shop.example" TXT, true), 8);
    static struct exchange x;
    ask(&x, EDNS ".three.shop.example" TXT OPT("04d0"), &sources[FROM_US]);
    size_t whole = x.answer_len;
    assert_int_equal(three_texts_of(whole), 3);
    assert_int_equal(three_texts_of(whole - 1), 0);
}

/* The reasons are those of the decision, one record each, behind a summary. */
static void check_why(void **state)
{
    (void)state;
    static struct exchange x;
    struct decision d;
    char text[256];
    struct responder_client client = sources[FROM_TELECOM];
    client.tcp = true;
    ask(&x, PLAIN "._why.www.revoked.example" TXT, &client);
    ldns_pkt *pkt = read_answer(&x);
    ldns_rr_list *answer = ldns_pkt_answer(pkt);
    uint32_t host = 0;
    while (!dname_equal(group.f.hosts[host].name, (const uint8_t *)"\3www\7revoked\7example")) {
        host++;
    }
    world_decide(group.w, host, LINE_SH_TELECOM, &d);
    assert_true(d.reason_count > 0);
    assert_int_equal(ldns_rr_list_rr_count(answer), d.reason_count + 1U);
    char *first = ldns_rr2str(ldns_rr_list_rr(answer, 0));
    assert_non_null(strstr(first, "\"answer: PoP hkg, row 10, TTL 300 s\""));
    assert_non_null(strstr(first, "_why.www.revoked.example.\t0\tIN\tTXT"));
    free(first);
    for (unsigned i = 0; i < d.reason_count; i++) {
        char *got = ldns_rr2str(ldns_rr_list_rr(answer, i + 1));
        policy_reason_text(group.w->topology, d.reasons[i], text, sizeof(text));
        assert_non_null(strstr(got, text));
        free(got);
    }
    ldns_pkt_free(pkt);
}

/* A state change shows in the very next answer, and in the serial. */
static void check_change(void **state)
{
    (void)state;
    static struct exchange x;
    static struct shown got;
    struct fixture f;
    struct world *before = group.w;
    group.w = zones_build(&f);
    struct event down = on_pop(EV_POP_DOWN, 5, POP_LAX);
    assert_int_equal(world_apply(group.w, &down), REFUSAL_NONE);
    ask(&x, PLAIN ".www.shop.example" A, &sources[FROM_US]);
    show(&got, &x);
    assert_string_equal(got.text, "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.7.1");
    ask(&x, PLAIN ".shop.example" SOA, &sources[FROM_US]);
    show(&got, &x);
    assert_non_null(strstr(got.text, " 1772413205 "));
    fixture_free(&f);
    group.w = before;
}

/* The longest apex leaves no room for "hostmaster" in front of it. */
static void check_long_apex(void **state)
{
    (void)state;
    static struct exchange x;
    static struct shown got;
    char domain[256];
    char picture[512];
    struct fixture f;
    struct world *before = group.w;
    for (size_t i = 0; i < 253; i++) {
        domain[i] = i % 50 == 49 ? '.' : 'a';
    }
    domain[253] = '\0';
    fixture_init(&f);
    f.spec.prefixes = zones_prefixes(&f.arena);
    fixture_site(&f, domain);
    group.w = fixture_build(&f);
    snprintf(picture, sizeof(picture), PLAIN ".%s" MX, domain);
    ask(&x, picture, &sources[FROM_US]);
    show(&got, &x);
    assert_non_null(strstr(got.text, "NOERROR qr aa rd | ; aaaaaaaa"));
    fixture_free(&f);
    group.w = before;
}

static int begin(void **state)
{
    (void)state;
    group.w = zones_build(&group.f);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_free(&group.f);
    return 0;
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(check_question_is_repeated),
        cmocka_unit_test(check_drops),
        cmocka_unit_test(check_sizes),
        cmocka_unit_test(check_why),
        cmocka_unit_test(check_change),
        cmocka_unit_test(check_long_apex),
        cmocka_unit_test(check_golden),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, begin, end) + cmocka_run_group_tests(others, begin, end);
}
