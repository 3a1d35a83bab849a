/* SPDX-License-Identifier: MIT
 * Which records are taken, and why others are not. Rows are single records of the zone
 * shop.example, or a few parted by "|". */
#include "zones.h"

static struct row {
    const char *name;
    const char *records;
    const char *want; /* the beginning of the first problem; NULL: taken */
} rows[] = {
    /* owner, TTL, class, type */
    {"RFC1035.5.1 order", "a 60 IN A 192.0.2.1|b IN 60 A 192.0.2.1|c A 192.0.2.1", NULL},
    {"RFC1035.5.1 units", "a 1h30m A 192.0.2.1", NULL},
    {"RFC1035.5.1 same owner", "a A 192.0.2.1| AAAA 2001:db8::1", NULL},
    {"RFC1035.5.1 no owner", " A 192.0.2.1", "1: expected a name at the beginning"},
    {"RFC1035.5.1 class", "a CH A 192.0.2.1", "1: expected the class IN, got \"CH\""},
    {"RFC1035.5.1 no type", "a 60 IN", "1: expected the type of a record, got the end"},
    {"RFC1035.5.1 bad type", "a 60 IN BOGUS x", "1: expected the type of a record, got \"BOGUS\""},
    {"type.ALIAS", "@ ALIAS cdn.elsewhere.test.",
     "1: expected the type of a record, got \"ALIAS\"; write the addresses that it stands for"},
    {"type.aname", "www 60 IN aname cdn.elsewhere.test.",
     "1: expected the type of a record, got \"aname\"; write the addresses that it stands for"},
    {"RFC2181.8 ttl", "a 2147483647 A 192.0.2.1", NULL},
    {"RFC2181.8 ttl large", "a 2147483648 A 192.0.2.1", "1: expected a TTL of 0..2147483647"},
    {"RFC2181.8 ttl unit", "a 1y A 192.0.2.1", "1: expected a TTL of"},
    {"RFC2181.8 ttl directive", "$TTL 1x", "1: expected 0..2147483647 seconds"},
    {"RFC1035.5.1 origin", "$ORIGIN x|a A 192.0.2.1", NULL},
    {"RFC1035.5.1 origin two", "$ORIGIN x y", "1: expected one name behind $ORIGIN, got 2"},
    {"RFC1035.5.1 outside", "$ORIGIN other.example.|a A 192.0.2.1",
     "2: expected a name within the zone (\"a.other.example\", A)"},
    {"RFC1035.5.1 include", "$INCLUDE other", "1: expected a record, got $INCLUDE"},
    {"generate", "$GENERATE 1-9 a$ A 192.0.2.$", "1: expected $ORIGIN, $TTL or $INCLUDE, got"},
    {"line.empty", "", "1: expected a record, got an empty line"},
    {"line.comment", "; nothing", "1: expected a record, got an empty line"},
    {"line.behind", "a A 192.0.2.1 ; the host", NULL},
    {"parentheses", "a ( A ( 192.0.2.1", "1: expected a closing parenthesis, got a second"},
    {"parentheses.open", "a ( A 192.0.2.1", "1: expected a closing parenthesis, got the end"},
    {"parentheses.close", "a A ) 192.0.2.1", "1: expected no closing parenthesis"},
    {"quote.open", "a TXT \"abc", "1: expected a closing quote"},
    {"quote.behind", "a TXT \"abc\"def", "1: expected a space behind a closing quote"},
    {"quote.before", "a TXT abc\"def\"", "1: expected a space before a quote"},
    {"escape.end", "a TXT abc\\", "1: expected a character behind \\"},
    /* names */
    {"RFC1035.2.3.4 label",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa A 192.0.2.1", NULL},
    {"RFC1035.2.3.4 label long",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa A 192.0.2.1",
     "1: expected a domain name (labels of 1 to 63 bytes"},
    {"RFC1035.3.1 empty label", "a..b A 192.0.2.1", "1: expected a domain name"},
    {"RFC1035.5.1 escape", "a\\.b\\032c A 192.0.2.1", NULL},
    {"RFC1035.5.1 escape bad", "a\\256 A 192.0.2.1", "1: expected a domain name"},
    {"RFC1035.5.1 escape short", "a\\12 A 192.0.2.1", "1: expected a domain name"},
    {"name.quoted", "\"a\" A 192.0.2.1", "1: expected a domain name"},
    /* data: what ldns lets pass */
    {"data.behind", "a A 192.0.2.1 192.0.2.2", "1: expected the data of a A record"},
    {"data.address", "a A 192.0.2", "1: expected the data of a A record"},
    {"data.number", "a MX 65536 b", "1: expected a number 0..65535, got \"65536\""},
    {"data.negative", "a MX -1 b", "1: expected a number 0..65535, got \"-1\""},
    {"data.soa_serial", "@ SOA a b 4294967296 1 1 1 1", "1: expected a number 0..4294967295"},
    {"data.soa_units", "@ SOA a b 1 1h 10m 1w 5m", NULL},
    {"data.soa_unit", "@ SOA a b 1 1h 10m 1w 5y", "1: expected seconds"},
    {"data.hex_odd", "a TLSA 3 1 1 abc", "1: expected an even number of hexadecimal digits"},
    {"data.hex", "a TLSA 3 1 1 abcg", "1: expected hexadecimal digits, got \"abcg\""},
    {"data.caa_flags", "a CAA 256 issue \"ca.example\"", "1: expected a number 0..255"},
    {"data.txt_long",
     "a TXT "
     "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
     "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
     "4"
     "567890123456789012345678901234567890123456789012345678901234567890123456789\"",
     "1: expected the data of a TXT record"},
    {"RFC3597.5 unknown", "a TYPE65280 \\# 3 ab cdef", NULL},
    {"RFC3597.5 empty", "a TYPE65280 \\# 0", NULL},
    {"RFC3597.5 known", "a A \\# 4 c0000201", NULL},
    {"RFC3597.5 class1", "a CLASS1 TYPE1 192.0.2.1", NULL},
    {"RFC3597.5 length", "a TYPE65280 \\# 4 abcdef",
     "1: expected 4 bytes as said behind \\#, got 3"},
    {"RFC3597.5 digits", "a A \\# 4 zz000201", "1: expected hexadecimal digits"},
    {"RFC3597.5 not an address", "a A \\# 3 c00002", "1: expected the data of a A record"},
    {"RFC3597.5 too much", "a A \\# 5 c000020101", "1: expected the data of a A record"},
    {"RFC3597.5 pointer", "a NS \\# 2 c00c", "1: expected the data of a NS record"},
    {"RFC3597.5 text", "a TYPE65280 abc", "1: expected the data of a type without a format"},
    {"RFC3597.5 type", "a TYPE65536 \\# 0", "1: expected the type of a record"},
    /* service parameters */
    {"RFC9460.2.1 taken", "www HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1", NULL},
    {"RFC9460.2.1 quoted", "www HTTPS 1 . alpn=\"h2,h3\" port=\"8443\"", NULL},
    {"RFC9460.2.1 auto", "www HTTPS 1 . ipv4hint=auto alpn=h2 ipv6hint=auto", NULL},
    {"RFC9460.2.1 auto twice", "www HTTPS 1 . ipv4hint=auto ipv4hint=auto",
     "1: expected each parameter once, got \"ipv4hint=auto\" again"},
    {"RFC9460.2.1 auto both", "www HTTPS 1 . ipv4hint=auto ipv4hint=192.0.2.1",
     "1: expected each parameter once (RFC 9460)"},
    {"RFC9460.2.2 twice", "www HTTPS 1 . alpn=h2 alpn=h3", "1: expected each parameter once"},
    {"RFC9460.2.4.2 alias", "www HTTPS 0 cdn.example.", NULL},
    {"RFC9460.2.4.2 alias params", "www HTTPS 0 cdn.example. alpn=h2",
     "1: expected no parameters with priority 0"},
    {"RFC9460.7.1 no default", "www HTTPS 1 . no-default-alpn",
     "1: expected \"alpn\" beside \"no-default-alpn\""},
    {"RFC9460.7.2 port", "www HTTPS 1 . port=65536", "1: expected a port 0..65535"},
    {"RFC9460.8 mandatory", "www HTTPS 1 . mandatory=alpn alpn=h2", NULL},
    {"RFC9460.8 absent", "www HTTPS 1 . mandatory=port alpn=h2",
     "1: expected the parameters that \"mandatory\" names"},
    /* types that no zone of ours holds */
    {"RFC6895.3.1 any", "a ANY \\# 0", "1: expected a type that a zone can hold, got \"ANY\""},
    {"RFC6895.3.1 opt", "a OPT \\# 0", "1: expected a type that a zone can hold, got \"OPT\""},
    {"RFC6895.3.1 axfr", "a TYPE252 \\# 0", "1: expected a type that a zone can hold"},
    {"signatures", "a TYPE46 \\# 0", "1: expected a zone without signatures"},
    /* what records are to each other */
    {"RFC1034.3.6.2 cname", "a CNAME b|a TXT x",
     "2: expected no other record at a name that has a CNAME (\"a.shop.example\", TXT); see record "
     "1"},
    {"RFC2181.10.1 cname", "a CNAME b|a CNAME c", "2: expected one CNAME record at a name"},
    {"RFC1912.2.4 apex", "@ CNAME b", "1: expected no CNAME at the apex"},
    {"RFC2181.5.2 ttl", "a 60 A 192.0.2.1|a 61 A 192.0.2.2", "2: expected one TTL for all"},
    {"RFC2181.5 twice", "a A 192.0.2.1|b A 192.0.2.1|A A 192.0.2.1",
     "3: expected each record once, got it again (\"A.shop.example\", A); see record 1"},
    {"RFC2181.6.1 soa", "@ SOA a. b. 1 1 1 1 1|@ SOA a. b. 2 1 1 1 1", "2: expected one SOA"},
    {"RFC1035.5.2 soa", "a SOA a. b. 1 1 1 1 1", "1: expected SOA at the zone's apex only"},
    {"RFC6672.2.4 two", "a DNAME b.|a DNAME c.", "2: expected one DNAME record at a name"},
    {"RFC6672.2.4 below", "a DNAME b.|x.y.a TXT x", "2: expected no record below a DNAME"},
    {"RFC6672.2.4 cname", "a DNAME b.|a CNAME c.", "1: expected no other record at a name that"},
    {"RFC6672.2.3 apex", "@ DNAME b.|@ TXT x", NULL},
    {"RFC6672.2.3 cut", "a DNAME b.|a NS c.", "1: expected no DNAME at a delegation"},
    {"RFC4592.4.4 dname", "*.a DNAME b.", "1: expected no DNAME at a wildcard"},
    {"RFC4592.4.2 ns", "*.a NS b.", "1: expected no NS at a wildcard"},
    {"RFC1034.4.2.1 cut", "a NS b.|a TXT x", "2: expected only NS, DS and addresses at a"},
    {"RFC1034.4.2.1 below", "a NS b.|x.a TXT x", "2: expected only addresses of nameservers"},
    {"RFC1034.4.2.1 nested", "a NS b.|x.a NS b.", "2: expected only addresses of nameservers"},
    {"RFC1034.4.2.1 glue", "a NS ns.a|ns.a A 192.0.2.1", NULL},
    {"RFC1034.4.2.1 glue itself", "a NS a|a A 192.0.2.1", NULL},
    {"RFC1034.4.2.1 glue missing", "a NS ns.a",
     "1: expected an address for the nameserver, which is in this zone (\"ns.a.shop.example\", "
     "NS)"},
    {"RFC1034.4.2.1 apex", "@ NS ns", "1: expected an address for the nameserver"},
    {"RFC1034.4.2.1 sibling", "a NS ns.b|b NS c.", NULL},
    {"RFC1034.4.2.1 wildcard", "@ NS ns.w|*.w A 192.0.2.1", NULL},
    {"RFC2181.10.3 ns", "@ NS ns|ns CNAME x", "1: expected a nameserver that is no alias"},
    {"RFC2181.10.3 dname", "@ NS ns.d|d DNAME x.", "1: expected a nameserver that is no alias"},
    {"RFC4035.2.4 ds",
     "a DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
     "1: expected DS only at a delegation"},
};

static void reads(void **state)
{
    const struct row *row = *state;
    struct zones_made m;
    char text[2048];
    const char *lines[ZONES_LINES_MAX + 1] = {NULL};
    size_t count = 0;
    assert_true(strlen(row->records) < sizeof(text));
    memcpy(text, row->records, strlen(row->records) + 1);
    for (char *p = text; p != NULL;) {
        lines[count++] = p;
        p = strchr(p, '|');
        if (p != NULL) *p++ = '\0';
    }
    zones_make(&m, "shop.example", lines);
    if (row->want == NULL) {
        assert_string_equal(m.first, "");
    } else {
        size_t len = strlen(row->want);
        if (strncmp(m.first, row->want, len) != 0) assert_string_equal(m.first, row->want);
    }
    zones_end(&m);
}

/* Parameters stand in the order of their keys, whatever their order in the file, and a hint that
 * follows the decision is not among them. */
static void service_wire(void **state)
{
    (void)state;
    static const uint8_t want[] = {0, 1, 0, 0, 1, 0, 3, 2, 'h', '2', 0, 3, 0, 2, 0x20, 0xFB};
    struct zones_made m;
    uint8_t wire[DNAME_MAX];
    zones_make(&m, "shop.example",
               (const char *const[]){"www HTTPS 1 . port=8443 ipv4hint=auto alpn=h2", NULL});
    assert_true(dname_from_text("www.shop.example", wire) > 0);
    struct zone_found f = zone_find(m.zone, wire, RR_HTTPS);
    assert_int_equal(f.kind, ZONE_RECORDS);
    assert_int_equal(f.set->data->len, sizeof(want));
    assert_memory_equal(f.set->data->rdata, want, sizeof(want));
    assert_int_equal(f.set->data->hints, ZONE_HINT_V4);
    zones_end(&m);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + 1];
    TABLE_TESTS(tests, rows, reads);
    tests[CN_ARRAY_LEN(rows)] = (struct CMUnitTest)cmocka_unit_test(service_wire);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
