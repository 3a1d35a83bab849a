/* SPDX-License-Identifier: MIT
 * Routed hosts "*" (tests/dns/zone_wild.h): which names they stand for, and with what. */
#include "bytes.h"
#include "shown.h"

enum { QUERY_MAX = 1024 };

#define PLAIN       "1234 0000 0001 0000 0000 0000 "
#define EDNS        "1234 0000 0001 0000 0000 0001 "
#define ECS_TELECOM " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 ca60d1 "
#define IN(type)    " " type " 0001 "
#define A           IN("0001")
#define NS          IN("0002")
#define CNAME       IN("0005")
#define SOA         IN("0006")
#define MX          IN("000f")
#define TXT         IN("0010")
#define AAAA        IN("001c")
#define DS          IN("002b")
#define SVCB        IN("0040")
#define HTTPS       IN("0041")
#define ANY         IN("00ff")
#define W           ".wild.example"
#define Z           ".wildzone.example"
#define SOA_DATA(d) " 60 IN SOA ns1.dns.test. hostmaster." d " 1772413200 3600 600 604800 60"
#define SOA_W       "wild.example." SOA_DATA("wild.example.")
#define SOA_Z       "wildzone.example." SOA_DATA("wildzone.example.")
#define NX_W        "NXDOMAIN aa | ; " SOA_W
#define NODATA_W    "NOERROR aa | ; " SOA_W
#define NX_Z        "NXDOMAIN aa | ; " SOA_Z
#define NODATA_Z    "NOERROR aa | ; " SOA_Z
#define OUTSIDE     " 300 IN A 198.18.8.1"

static struct row {
    const char *name;
    const char *query;
    const char *want; /* rcode, flags | answer ; authority + additional # scope */
} rows[] = {
    {"RFC4592.2.1.1 a name", PLAIN ".any" W A, "NOERROR aa | any.wild.example." OUTSIDE},
    {"RFC4592.2.1.1 several labels", PLAIN ".a.b.c" W A,
     "NOERROR aa | a.b.c.wild.example." OUTSIDE},
    {"RFC4343.4 case", PLAIN ".AnY.WILD.example" A, "NOERROR aa | AnY.WILD.example." OUTSIDE},
    {"RFC4592.2.1.1 AAAA", PLAIN ".any" W AAAA,
     "NOERROR aa | any.wild.example. 300 IN AAAA 2001:db8:8::1"},
    {"the mainland's address and its scope", EDNS ".any" W A ECS_TELECOM,
     "NOERROR aa | any.wild.example. 60 IN A 198.18.0.1 | any.wild.example. 60 IN A 198.18.0.2 # "
     "24"},
    {"RFC4592.4.1 itself", PLAIN ".*" W A, "NOERROR aa | *.wild.example." OUTSIDE},
    {"RFC4592.2.1.1 below itself", PLAIN ".x.*" W A, NX_W},
    {"RFC4592.2.1.1 an asterisk within", PLAIN ".*.any" W A,
     "NOERROR aa | *.any.wild.example." OUTSIDE},
    {"RFC4592.2.2.1 NODATA", PLAIN ".any" W MX, NODATA_W},
    {"RFC4592.2.2.1 texts of the host", PLAIN ".any" W TXT,
     "NOERROR aa | any.wild.example. 300 IN TXT \"for all\""},
    {"RFC4592.3.3.1 underscore", PLAIN "._dmarc" W A, "NOERROR aa | _dmarc.wild.example." OUTSIDE},
    {"RFC4592.2.2.1 a host", PLAIN ".www" W TXT, NODATA_W},
    {"RFC4592.2.2.1 below a host", PLAIN ".x.www" W A, NX_W},
    {"RFC4592.2.2.1 empty non-terminal", PLAIN ".deep" W A, NODATA_W},
    {"RFC8482.4.2 ANY where nothing is", PLAIN ".deep" W ANY, NODATA_W},
    {"RFC4592.2.2.1 below it", PLAIN ".x.deep" W A, NX_W},
    {"RFC4592.4.2 NS", PLAIN ".any" W NS, NODATA_W},
    {"RFC4592.4.1 SOA", PLAIN ".any" W SOA, NODATA_W},
    {"RFC8482.4.2 ANY", PLAIN ".any" W ANY,
     "NOERROR aa | any.wild.example. 300 IN HINFO \"RFC8482\" \"\""},
    {"a host that is yet to come", PLAIN ".later" W A, "NOERROR aa | later.wild.example." OUTSIDE},
    {"below it", PLAIN ".x.later" W A, "NOERROR aa | x.later.wild.example." OUTSIDE},
    {"RFC4592.3.3.3 alias", PLAIN ".any.alias" W A,
     "NOERROR aa | any.alias.wild.example. 300 IN CNAME www.wild.example. | "
     "www.wild.example." OUTSIDE},
    {"why, of a name that it stands for", PLAIN "._why.any" W MX, NODATA_W},
    {"why, of one that it does not", PLAIN "._why.x.www" W TXT, NX_W},
    {"deleted with the others", PLAIN ".any.gone.example" A,
     "NXDOMAIN aa | ; gone.example." SOA_DATA("gone.example.")},
    {"partial set-up: one second name for all", PLAIN ".any.w.part.example" A,
     "NOERROR aa | any.w.part.example. 300 IN CNAME all.w.part.example.cdn.cloudflarecn.net. | "
     "all.w.part.example.cdn.cloudflarecn.net." OUTSIDE},

    /* beside a zone */
    {"zone: a name", PLAIN ".any" Z A, "NOERROR aa | any.wildzone.example." OUTSIDE},
    {"zone: other types of the same owner", PLAIN ".any" Z MX,
     "NOERROR aa | any.wildzone.example. 300 IN MX 10 mail.wildzone.example."},
    {"zone: hints follow", PLAIN ".any" Z HTTPS,
     "NOERROR aa | any.wildzone.example. 300 IN HTTPS 1 . alpn=h2 ipv4hint=198.18.8.1"},
    {"zone: hints follow, in the mainland", EDNS ".any" Z HTTPS ECS_TELECOM,
     "NOERROR aa | any.wildzone.example. 60 IN HTTPS 1 . alpn=h2 ipv4hint=198.18.0.1,198.18.0.2 # "
     "24"},
    {"zone: hints of a name that it stands for", PLAIN ".svc" Z SVCB,
     "NOERROR aa | svc.wildzone.example. 300 IN SVCB 1 any.wildzone.example. ipv4hint=198.18.8.1"},
    {"zone: neither", PLAIN ".any" Z TXT, NODATA_Z},
    {"zone: a name with records", PLAIN ".mail" Z AAAA, NODATA_Z},
    {"zone: RFC4592.2.2.1 closer wildcard", PLAIN ".any.mail" Z TXT,
     "NOERROR aa | any.mail.wildzone.example. 300 IN TXT \"deeper\""},
    {"zone: RFC4592.2.2.1 closer wildcard, NODATA", PLAIN ".any.mail" Z A, NODATA_Z},
    {"zone: RFC4592.2.2.1 empty non-terminal of records", PLAIN ".ent" Z A, NODATA_Z},
    {"zone: RFC4592.2.2.1 below it", PLAIN ".y.ent" Z A, NX_Z},
    {"zone: RFC4592.2.2.1 empty non-terminal of hosts", PLAIN ".between" Z MX, NODATA_Z},
    {"zone: RFC4592.2.2.1 below that", PLAIN ".y.between" Z MX, NX_Z},
    {"zone: RFC4592.4.1 itself", PLAIN ".*" Z A, "NOERROR aa | *.wildzone.example." OUTSIDE},
    {"zone: RFC6672.3.1 below a DNAME", PLAIN ".any.old" Z A,
     "NOERROR aa | old.wildzone.example. 300 IN DNAME wild.example. | any.old.wildzone.example. "
     "300 IN CNAME any.wild.example. | any.wild.example." OUTSIDE},
    {"zone: below a delegation", PLAIN ".any.child" Z A,
     "NOERROR | ; child.wildzone.example. 300 IN NS ns.child.wildzone.example. + "
     "ns.child.wildzone.example. 300 IN A 192.0.2.61"},
    {"zone: DS of a zone below", PLAIN ".sub" Z DS, NODATA_Z},
    {"RFC4035.3.1.4.1 DS of a zone below one without records", PLAIN ".tiny.shop.example" DS,
     "NOERROR aa | ; shop.example." SOA_DATA("shop.example.")},
    {"zone: a zone below is not its own", PLAIN ".any.sub" Z A,
     "NXDOMAIN aa | ; sub.wildzone.example." SOA_DATA("sub.wildzone.example.")},
    {"zone: why, of a name that is no host's", PLAIN "._why.mail" Z TXT,
     "NOERROR aa | _why.mail.wildzone.example. 300 IN TXT \"deeper\""},
};

static struct {
    struct fixture f;
    struct world *w;
} group;

static void answers(void **state)
{
    const struct row *row = *state;
    static uint8_t answer[RESPONDER_TCP_MAX];
    uint8_t query[QUERY_MAX];
    struct shown got = {.len = 0};
    struct responder_client client = {.address = {8, 8, 8, 8}, .line = CN_NONE16};
    struct responder_query q = {query, bytes_from(row->query, query, sizeof(query))};
    shown_read(&got, answer, responder_answer(group.w, &client, q, answer, sizeof(answer)));
    assert_string_equal(got.text, row->want);
}

static void ask_why(void **state)
{
    (void)state;
    struct answer a;
    uint8_t name[DNAME_MAX];
    assert_true(dname_from_text("_why.any.wild.example", name) > 0);
    answer_find(group.w, name, RR_TXT, LINE_US, &a);
    assert_int_equal(a.kind, ANSWER_WHY);
    assert_true(dname_from_text("*.wild.example", name) > 0);
    assert_true(dname_equal(group.f.hosts[a.host].name, name));
    assert_true(dname_from_text("_why.any.wildzone.example", name) > 0);
    answer_find(group.w, name, RR_TXT, LINE_US, &a);
    assert_int_equal(a.kind, ANSWER_WHY);
}

/* What comes into being is no longer the wildcard's, nor what lies beside it. */
static void a_host_comes(void **state)
{
    struct fixture f;
    struct answer a;
    uint8_t name[DNAME_MAX];
    struct world *w = zones_build(&f);
    (void)state;
    assert_true(dname_from_text("*.later.wild.example", name) > 0);
    struct event e = {.kind = EV_ADD_HOST, .host = answer_host(w, name)};
    assert_true(dname_from_text("x.later.wild.example", name) > 0);
    answer_find(w, name, RR_A, LINE_US, &a);
    uint32_t before = a.host;
    assert_int_equal(world_apply(w, &e), REFUSAL_NONE);
    answer_find(w, name, RR_A, LINE_US, &a);
    assert_int_equal(a.host, e.host);
    assert_int_not_equal(a.host, before);
    answer_find(w, dname_parent(name), RR_A, LINE_US, &a);
    assert_int_equal(a.kind, ANSWER_NODATA);
    fixture_free(&f);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + 2];
    TABLE_TESTS(tests, rows, answers);
    tests[CN_ARRAY_LEN(rows)] = (struct CMUnitTest)cmocka_unit_test(ask_why);
    tests[CN_ARRAY_LEN(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(a_host_comes);
    group.w = zones_build(&group.f);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_free(&group.f);
    return failed;
}
