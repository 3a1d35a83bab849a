/* SPDX-License-Identifier: MIT
 * What a zone says of a name: the examples of the RFCs, as tables. */
#include "zones.h"

/* RFC 4592 section 2.2.1, word for word but for elided data. */
static const char *const rfc4592[] = {
    "$TTL 3600",
    "example. SOA ns.example.com. hostmaster.example.com. 1 3600 600 604800 300",
    "example. NS ns.example.com.",
    "example. NS ns.example.net.",
    "*.example. TXT \"this is a wildcard\"",
    "*.example. MX 10 host1.example.",
    "sub.*.example. TXT \"this is not a wildcard\"",
    "host1.example. A 192.0.2.1",
    "_ssh._tcp.host1.example. SRV 0 0 22 host1.example.",
    "_ssh._tcp.host2.example. SRV 0 0 22 host2.example.",
    "subdel.example. NS ns.example.com.",
    "subdel.example. NS ns.example.net.",
    NULL};

/* RFC 1034 section 6.1, the parts of 6.2 that are one server's; TTLs made equal. */
static const char *const rfc1034[] = {
    "$TTL 86400",
    "@ SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. 870611 1800 300 604800 86400",
    "@ NS A.ISI.EDU.",
    "@ NS C.ISI.EDU.",
    "@ NS SRI-NIC.ARPA.",
    "MIL. NS SRI-NIC.ARPA.",
    "MIL. NS A.ISI.EDU.",
    "EDU. NS SRI-NIC.ARPA.",
    "EDU. NS C.ISI.EDU.",
    "SRI-NIC.ARPA. A 26.0.0.73",
    "SRI-NIC.ARPA. A 10.0.0.51",
    "SRI-NIC.ARPA. MX 0 SRI-NIC.ARPA.",
    "SRI-NIC.ARPA. HINFO DEC-2060 TOPS20",
    "ACC.ARPA. A 26.6.0.65",
    "ACC.ARPA. HINFO PDP-11/70 UNIX",
    "ACC.ARPA. MX 10 ACC.ARPA.",
    "USC-ISIC.ARPA. CNAME C.ISI.EDU.",
    "73.0.0.26.IN-ADDR.ARPA. PTR SRI-NIC.ARPA.",
    "A.ISI.EDU. A 26.3.0.103",
    "C.ISI.EDU. A 10.0.0.52",
    NULL};

static const char *const cuts[] = {
    "@ 900 SOA ns hostmaster 1 3600 600 604800 60",
    "@ NS ns",
    "ns A 192.0.2.53",
    "child NS ns.child",
    "child NS ns.elsewhere.example.",
    "child DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "ns.child A 192.0.2.54",
    "plain NS ns",
    "moved DNAME new.example.",
    "moved TXT stays",
    "a.b.c TXT deep",
    "_sip._udp SRV 1 2 5060 ns",
    "WWW CNAME Target.Example.",
    "\\000.x TXT zero",
    "\\001.x TXT one",
    "*.w CNAME target.example.",
    "self.w TXT here",
    "odd TYPE65280 \\# 3 abcdef",
    NULL};

enum zone_id { Z4592, Z1034, ZCUTS };
static const struct {
    const char *apex;
    const char *const *lines;
} zones[] = {{"example", rfc4592}, {".", rfc1034}, {"shop.example", cuts}};

static struct row {
    const char *name;
    enum zone_id zone;
    const char *ask;
    uint16_t type;
    const char *want;
} rows[] = {
    /* the queries of RFC 4592 section 2.2.1, in its order */
    {"RFC4592.2.2.1 query 1", Z4592, "host3.example", RR_MX, "records *.example"},
    {"RFC4592.2.2.1 query 2", Z4592, "host3.example", RR_A, "nodata*"},
    {"RFC4592.2.2.1 query 3", Z4592, "foo.bar.example", RR_TXT, "records *.example"},
    {"RFC4592.2.2.1 query 4", Z4592, "host1.example", RR_MX, "nodata"},
    {"RFC4592.2.2.1 query 5", Z4592, "sub.*.example", RR_MX, "nodata"},
    {"RFC4592.2.2.1 query 6", Z4592, "_telnet._tcp.host1.example", RR_SRV, "nxdomain"},
    {"RFC4592.2.2.1 query 7", Z4592, "host.subdel.example", RR_A, "refer subdel.example"},
    {"RFC4592.2.2.1 query 8", Z4592, "ghost.*.example", RR_MX, "nxdomain"},
    {"RFC4592.2.2.2 tcp", Z4592, "_tcp.host1.example", RR_A, "nodata"},
    {"RFC4592.2.2.2 host2", Z4592, "host2.example", RR_A, "nodata"},
    {"RFC4592.2.2.2 deep", Z4592, "x._tcp.host2.example", RR_A, "nxdomain"},
    {"RFC4592.4.1 itself", Z4592, "*.example", RR_TXT, "records *.example"},
    {"RFC4592.3.3.1 any", Z4592, "host3.example", RR_ANY, "any *.example"},
    /* RFC 1034 section 6.2 */
    {"RFC1034.6.2 query 1", Z1034, "sri-nic.arpa", RR_A, "records SRI-NIC.ARPA"},
    {"RFC1034.6.2 query 2", Z1034, "sri-nic.arpa", RR_ANY, "any SRI-NIC.ARPA"},
    {"RFC1034.6.2 query 3", Z1034, "sri-nic.arpa", RR_MX, "records SRI-NIC.ARPA"},
    {"RFC1034.6.2 query 4", Z1034, "sri-nic.arpa", RR_NS, "nodata"},
    {"RFC1034.6.2 query 5", Z1034, "sir-nic.arpa", RR_A, "nxdomain"},
    {"RFC1034.6.2 query 6", Z1034, "brl.mil", RR_A, "refer MIL"},
    {"RFC1034.6.2 query 7", Z1034, "usc-isic.arpa", RR_A, "alias USC-ISIC.ARPA"},
    {"RFC1034.6.2 query 8", Z1034, "usc-isic.arpa", RR_CNAME, "records USC-ISIC.ARPA"},
    {"RFC1034.4.2.1 glue is not ours", Z1034, "a.isi.edu", RR_A, "refer EDU"},
    {"RFC1034.4.3.2 apex", Z1034, ".", RR_NS, "records ."},
    /* delegations and DS */
    {"RFC1034.4.3.2 cut", ZCUTS, "child.shop.example", RR_A, "refer child.shop.example"},
    {"RFC1034.4.3.2 cut, NS", ZCUTS, "child.shop.example", RR_NS, "refer child.shop.example"},
    {"RFC1034.4.3.2 below a cut", ZCUTS, "x.y.child.shop.example", RR_A,
     "refer child.shop.example"},
    {"RFC1034.4.3.2 glue", ZCUTS, "ns.child.shop.example", RR_A, "refer child.shop.example"},
    {"RFC4035.3.1.4.1 DS", ZCUTS, "child.shop.example", RR_DS, "records child.shop.example"},
    {"RFC4035.3.1.4.1 no DS", ZCUTS, "plain.shop.example", RR_DS, "nodata"},
    {"RFC4035.3.1.4.1 DS below a cut", ZCUTS, "x.child.shop.example", RR_DS,
     "refer child.shop.example"},
    {"RFC4035.3.1.4.1 DS elsewhere", ZCUTS, "ns.shop.example", RR_DS, "nodata"},
    /* DNAME */
    {"RFC6672.2.3 below", ZCUTS, "x.moved.shop.example", RR_A, "dname moved.shop.example"},
    {"RFC6672.2.3 deep", ZCUTS, "x.y.moved.shop.example", RR_A, "dname moved.shop.example"},
    {"RFC6672.2.3 owner", ZCUTS, "moved.shop.example", RR_A, "nodata"},
    {"RFC6672.2.3 beside", ZCUTS, "moved.shop.example", RR_TXT, "records moved.shop.example"},
    {"RFC6672.2.3 itself", ZCUTS, "moved.shop.example", RR_DNAME, "records moved.shop.example"},
    {"RFC6672.2.3 type", ZCUTS, "x.moved.shop.example", RR_DNAME, "dname moved.shop.example"},
    /* names */
    {"RFC8020.2 empty non-terminal", ZCUTS, "b.c.shop.example", RR_A, "nodata"},
    {"RFC8020.2 empty non-terminal above another", ZCUTS, "c.shop.example", RR_ANY, "nodata"},
    {"RFC8020.2 beside it", ZCUTS, "x.b.c.shop.example", RR_A, "nxdomain"},
    {"RFC8552.1.1 underscore", ZCUTS, "_sip._udp.shop.example", RR_SRV,
     "records _sip._udp.shop.example"},
    {"RFC8552.1.1 underscore, above", ZCUTS, "_udp.shop.example", RR_SRV, "nodata"},
    {"RFC4343.3 case", ZCUTS, "www.shop.example", RR_A, "alias WWW.shop.example"},
    {"RFC1035.3.1 zero byte", ZCUTS, "\\000.x.shop.example", RR_TXT,
     "records \\000.x.shop.example"},
    {"RFC1035.3.1 byte one", ZCUTS, "\\001.x.shop.example", RR_TXT, "records \\001.x.shop.example"},
    {"RFC1035.3.1 byte two", ZCUTS, "\\002.x.shop.example", RR_TXT, "nxdomain"},
    {"RFC4592.3.3.3 cname", ZCUTS, "q.w.shop.example", RR_A, "alias *.w.shop.example"},
    {"RFC4592.3.3.1 exists", ZCUTS, "self.w.shop.example", RR_A, "nodata"},
    {"RFC3597.3 unknown type", ZCUTS, "odd.shop.example", 65280, "records odd.shop.example"},
    {"RFC3597.3 another type", ZCUTS, "odd.shop.example", 65281, "nodata"},
    {"RFC8482.4.2 ANY at a CNAME", ZCUTS, "www.shop.example", RR_ANY, "alias WWW.shop.example"},
};

static void looks_up(void **state)
{
    const struct row *row = *state;
    struct zones_made m;
    char got[ZONES_TEXT_MAX];
    zones_make(&m, zones[row->zone].apex, zones[row->zone].lines);
    assert_string_equal(m.first, "");
    zones_ask(m.zone, row->ask, row->type, got);
    assert_string_equal(got, row->want);
    zones_end(&m);
}

/* RFC 6672 section 2.2, table 1: query name, owner, target, result. */
static struct substitution {
    const char *name;
    const char *ask, *owner, *target, *want; /* want NULL: does not match, or too long */
} substitutions[] = {
    {"RFC6672.2.2 table 1 row 1", "com.", "example.com.", "example.net.", NULL},
    {"RFC6672.2.2 table 1 row 2", "example.com.", "example.com.", "example.net.", NULL},
    {"RFC6672.2.2 table 1 row 3", "a.example.com.", "example.com.", "example.net.",
     "a.example.net."},
    {"RFC6672.2.2 table 1 row 4", "a.b.example.com.", "example.com.", "example.net.",
     "a.b.example.net."},
    {"RFC6672.2.2 table 1 row 5", "ab.example.com.", "b.example.com.", "example.net.", NULL},
    {"RFC6672.2.2 table 1 row 6", "foo.example.com.", "example.com.", "example.net.",
     "foo.example.net."},
    {"RFC6672.2.2 table 1 row 7", "a.x.example.com.", "x.example.com.", "example.net.",
     "a.example.net."},
    {"RFC6672.2.2 table 1 row 8", "a.example.com.", "example.com.", "y.example.net.",
     "a.y.example.net."},
    {"RFC6672.2.2 table 1 row 9", "cyc.example.com.", "example.com.", "example.com.",
     "cyc.example.com."},
    {"RFC6672.2.2 table 1 row 10", "cyc.example.com.", "example.com.", "c.example.com.",
     "cyc.c.example.com."},
    {"RFC6672.2.2 table 1 row 11", "shortloop.x.x.", "x.", ".", "shortloop.x."},
    {"RFC6672.2.2 table 1 row 12", "shortloop.x.", "x.", ".", "shortloop."},
};

/* Whether a zone with that DNAME at its owner finds it, and what it makes of the name. */
static void substitutes(void **state)
{
    const struct substitution *row = *state;
    uint8_t ask[DNAME_MAX];
    uint8_t owner[DNAME_MAX];
    uint8_t target[DNAME_MAX];
    uint8_t made[DNAME_MAX];
    char text[DNAME_TEXT_MAX] = "";
    char line[ZONES_TEXT_MAX];
    struct zones_made m;
    assert_true(dname_from_text(row->ask, ask) > 0 && dname_from_text(row->owner, owner) > 0);
    assert_true(dname_from_text(row->target, target) > 0);
    snprintf(line, sizeof(line), "%s DNAME %s", row->owner, row->target);
    zones_make(&m, ".", (const char *const[]){line, NULL});
    assert_non_null(m.zone);
    struct zone_found f = zone_find(m.zone, ask, RR_A);
    assert_int_equal(f.kind == ZONE_DNAME, row->want != NULL);
    if (row->want != NULL) {
        assert_true(zone_substitute(ask, f.node->name, target, made));
        dname_to_text(made, text);
        assert_string_equal(text, row->want);
    }
    zones_end(&m);
}

/* RFC 6672 section 2.2: a result of more than 255 bytes is none. */
static void too_long(void **state)
{
    (void)state;
    uint8_t name[DNAME_MAX];
    uint8_t target[DNAME_MAX];
    uint8_t made[DNAME_MAX];
    static const uint8_t owner[] = {1, 'd', 0};
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        name[n] = 63;
        memset(name + n + 1, 'a' + i, 63);
        n += 64;
    }
    memcpy(name + n, owner, sizeof(owner)); /* 192 + 3 bytes */
    target[0] = 60;
    memset(target + 1, 't', 60);
    target[61] = 0; /* 62: the result has 192 + 62 */
    assert_true(zone_substitute(name, owner, target, made));
    assert_int_equal(dname_len(made), 254);
    target[0] = 61;
    target[61] = 't';
    target[62] = 0;
    assert_true(zone_substitute(name, owner, target, made));
    assert_int_equal(dname_len(made), DNAME_MAX);
    target[0] = 62;
    target[62] = 't';
    target[63] = 0;
    assert_false(zone_substitute(name, owner, target, made));
}

/* RFC 2308 section 5: the lesser of SOA's TTL and its last field. */
static void negative_ttl(void **state)
{
    (void)state;
    static const struct {
        const char *soa;
        uint32_t want;
    } cases[] = {{"@ 900 SOA ns.x. h.x. 7 1 1 1 60", 60}, {"@ 30 SOA ns.x. h.x. 7 1 1 1 60", 30}};
    for (size_t i = 0; i < CN_ARRAY_LEN(cases); i++) {
        struct zones_made m;
        zones_make(&m, "shop.example", (const char *const[]){cases[i].soa, NULL});
        assert_non_null(m.zone);
        assert_int_equal(m.zone->negative_ttl_s, cases[i].want);
        assert_int_equal(m.zone->serial, 7);
        zones_end(&m);
    }
}

/* Names and data are answered as they are spelled. */
static void keeps_case(void **state)
{
    (void)state;
    struct zones_made m;
    uint8_t wire[DNAME_MAX];
    char text[DNAME_TEXT_MAX];
    zones_make(&m, "shop.example", cuts);
    assert_true(dname_from_text("www.shop.example", wire) > 0);
    struct zone_found f = zone_find(m.zone, wire, RR_CNAME);
    dname_to_text(f.set->data->rdata, text);
    assert_string_equal(text, "Target.Example.");
    dname_to_text(f.node->name, text);
    assert_string_equal(text, "WWW.shop.example.");
    zones_end(&m);
}

/* A zone may be empty, and hold a name of 255 bytes with 127 labels. */
static void extremes(void **state)
{
    (void)state;
    struct zones_made m;
    char line[DNAME_TEXT_MAX] = "";
    char got[ZONES_TEXT_MAX];
    zones_make(&m, "shop.example", (const char *const[]){NULL});
    assert_non_null(m.zone);
    assert_null(m.zone->soa);
    zones_ask(m.zone, "shop.example", RR_A, got);
    assert_string_equal(got, "nodata");
    zones_ask(m.zone, "www.shop.example", RR_A, got);
    assert_string_equal(got, "nxdomain");
    zones_end(&m);
    for (size_t i = 0; i < 127; i++) {
        memcpy(line + 2 * i, "a.", 2);
    }
    memcpy(line + 254, " TXT deep", sizeof(" TXT deep"));
    zones_make(&m, ".", (const char *const[]){line, NULL});
    assert_string_equal(m.first, "");
    assert_int_equal(m.zone->node_count, 128);
    line[254] = '\0';
    zones_ask(m.zone, line, RR_TXT, got);
    assert_memory_equal(got, "records a.a.", 12);
    zones_ask(m.zone, line + 2, RR_TXT, got);
    assert_string_equal(got, "nodata");
    zones_end(&m);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + CN_ARRAY_LEN(substitutions) + 4];
    size_t n = CN_ARRAY_LEN(rows);
    TABLE_TESTS(tests, rows, looks_up);
    TABLE_TESTS(tests + n, substitutions, substitutes);
    n += CN_ARRAY_LEN(substitutions);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(too_long);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(negative_ttl);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(keeps_case);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(extremes);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
