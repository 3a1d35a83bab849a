/* SPDX-License-Identifier: MIT
 * Whole answers of a site that has a zone (tests/dns/zone_site.h), as ldns reads them. */
#include "bytes.h"
#include "shown.h"

enum { QUERY_MAX = 1024 };

#define PLAIN       "1234 0000 0001 0000 0000 0000 "
#define EDNS        "1234 0000 0001 0000 0000 0001 "
#define OPT_DO      " 00 0029 04d0 00008000 0000 "
#define ECS_TELECOM " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 ca60d1 "
#define ECS_US      " 00 0029 04d0 00000000 000b 0008 0007 0001 18 00 080808 "
#define IN(type)    " " type " 0001 "
#define A           IN("0001")
#define NS          IN("0002")
#define CNAME       IN("0005")
#define SOA         IN("0006")
#define MX          IN("000f")
#define TXT         IN("0010")
#define AAAA        IN("001c")
#define DNAME       IN("0027")
#define DS          IN("002b")
#define SVCB        IN("0040")
#define HTTPS       IN("0041")
#define ANY         IN("00ff")
#define ODD         IN("ff00")
#define ZONE        ".zone.example"
#define SOA_IS                                                                                     \
    "zone.example. 120 IN SOA Ns1.zone.example. hostmaster.zone.example. 100 7200 600 1209600 120"
#define DS_DATA " 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct row {
    const char *name;
    const char *query;
    const char *want; /* rcode, flags | answer ; authority + additional # scope */
} rows[] = {
    /* data of the zone */
    {"RFC1034.4.3.2 answer", PLAIN ".mail" ZONE A,
     "NOERROR aa | mail.zone.example. 600 IN A 192.0.2.25"},
    {"RFC1034.4.3.2 apex", PLAIN ZONE NS,
     "NOERROR aa | zone.example. 3600 IN NS Ns1.zone.example."},
    {"RFC4343.4 case of data", PLAIN ZONE MX,
     "NOERROR aa | zone.example. 3600 IN MX 10 Mail.zone.example."},
    {"RFC4343.4 case of the question", PLAIN ".mAiL.zOnE.example" A,
     "NOERROR aa | mAiL.zOnE.example. 600 IN A 192.0.2.25"},
    {"RFC1035.5 SOA", PLAIN ZONE SOA,
     "NOERROR aa | zone.example. 3600 IN SOA Ns1.zone.example. hostmaster.zone.example. 100 7200 "
     "600 1209600 120"},
    {"RFC3597.3 unknown type", PLAIN ".odd" ZONE ODD,
     "NOERROR aa | odd.zone.example. 3600 IN TYPE65280 \\# 4 deadbeef"},
    {"RFC2308.2.2 NODATA", PLAIN ".mail" ZONE AAAA, "NOERROR aa | ; " SOA_IS},
    {"RFC2308.2.1 NXDOMAIN", PLAIN ".x.mail" ZONE A, "NXDOMAIN aa | ; " SOA_IS},
    {"RFC8020.2 empty non-terminal", PLAIN "._https.www" ZONE A, "NOERROR aa | ; " SOA_IS},
    {"RFC8482.4.2 ANY", PLAIN ".mail" ZONE ANY,
     "NOERROR aa | mail.zone.example. 300 IN HINFO \"RFC8482\" \"\""},
    {"RFC8482.4.2 ANY at a CNAME", PLAIN ".one" ZONE ANY,
     "NOERROR aa | one.zone.example. 3600 IN CNAME two.zone.example."},

    /* hosts among the data */
    {"host A follows the decision", PLAIN ".www" ZONE A,
     "NOERROR aa | www.zone.example. 300 IN A 198.18.8.1"},
    {"host TXT from the zone", PLAIN ".www" ZONE TXT,
     "NOERROR aa | www.zone.example. 3600 IN TXT \"hello\""},
    {"host without such a record", PLAIN ".www" ZONE MX, "NOERROR aa | ; " SOA_IS},
    {"host not active yet is the wildcard's", PLAIN ".later" ZONE TXT,
     "NOERROR aa | later.zone.example. 3600 IN TXT \"wild\""},
    {"RFC4592.2.2.1 wildcard", PLAIN ".free" ZONE TXT,
     "NOERROR aa | free.zone.example. 3600 IN TXT \"wild\""},
    {"RFC4592.2.2.1 below a host", PLAIN ".x.www" ZONE TXT, "NXDOMAIN aa | ; " SOA_IS},
    {"RFC4592.2.2.1 above a host", PLAIN ".b" ZONE TXT, "NOERROR aa | ; " SOA_IS},
    {"RFC4592.2.2.1 beside a host", PLAIN ".x.b" ZONE TXT, "NXDOMAIN aa | ; " SOA_IS},
    {"why", PLAIN "._why.mail" ZONE TXT, "NXDOMAIN aa | ; " SOA_IS},

    /* aliases */
    {"RFC1034.3.6.2 into another zone", PLAIN ".toshop" ZONE A,
     "NOERROR aa | toshop.zone.example. 3600 IN CNAME WWW.Shop.Example. | WWW.Shop.Example. 300 IN "
     "A 198.18.8.1"},
    {"RFC1034.3.6.2 CNAME itself", PLAIN ".toshop" ZONE CNAME,
     "NOERROR aa | toshop.zone.example. 3600 IN CNAME WWW.Shop.Example."},
    {"RFC6604.3 code of the last name", PLAIN ".tonone" ZONE A,
     "NXDOMAIN aa | tonone.zone.example. 3600 IN CNAME nothing.mail.zone.example. | ; " SOA_IS},
    {"RFC1034.3.6.2 circle", PLAIN ".one" ZONE A,
     "NOERROR aa | one.zone.example. 3600 IN CNAME two.zone.example. | two.zone.example. 3600 IN "
     "CNAME one.zone.example."},
    {"RFC4592.3.3.3 wildcard CNAME", PLAIN ".q.w" ZONE A,
     "NOERROR aa | q.w.zone.example. 3600 IN CNAME Target.Elsewhere.Test."},
    {"RFC6672.3.1 DNAME", PLAIN ".www.moved" ZONE A,
     "NOERROR aa | moved.zone.example. 3600 IN DNAME shop.example. | www.moved.zone.example. 3600 "
     "IN CNAME www.shop.example. | www.shop.example. 300 IN A 198.18.8.1"},
    {"RFC6672.3.1 DNAME after DNAME", PLAIN ".www.looped" ZONE AAAA,
     "NOERROR aa | looped.zone.example. 3600 IN DNAME moved.zone.example. | "
     "www.looped.zone.example. 3600 IN CNAME www.moved.zone.example. | "
     "moved.zone.example. 3600 IN DNAME shop.example. | www.moved.zone.example. 3600 IN CNAME "
     "www.shop.example. | www.shop.example. 300 IN AAAA 2001:db8:8::1"},
    {"RFC6672.3.2 DNAME, CNAME asked for", PLAIN ".www.moved" ZONE CNAME,
     "NOERROR aa | moved.zone.example. 3600 IN DNAME shop.example. | www.moved.zone.example. 3600 "
     "IN CNAME www.shop.example."},
    {"RFC6672.2.3 owner", PLAIN ".moved" ZONE DNAME,
     "NOERROR aa | moved.zone.example. 3600 IN DNAME shop.example."},
    {"RFC6672.2.2 too long",
     PLAIN ".ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.long" ZONE A,
     "YXDOMAIN aa | long.zone.example. 3600 IN DNAME "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
     "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.test."},

    /* referrals */
    {"RFC1034.4.3.2 referral with glue", PLAIN ".x.child" ZONE A,
     "NOERROR | ; child.zone.example. 3600 IN NS ns.child.zone.example. ; child.zone.example. 3600 "
     "IN NS ns.other.zone.example. "
     "+ ns.child.zone.example. 3600 IN A 192.0.2.61 + ns.child.zone.example. 3600 IN AAAA "
     "2001:db8::61 + ns.other.zone.example. 3600 IN A 192.0.2.62"},
    {"RFC1034.4.3.2 sibling glue alone", PLAIN ".other" ZONE A,
     "NOERROR | ; other.zone.example. 3600 IN NS ns.other.zone.example. + ns.other.zone.example. "
     "3600 IN A 192.0.2.62"},
    {"RFC4035.3.1.4 DS in a referral", EDNS ".other.child" ZONE A OPT_DO,
     "NOERROR | ; child.zone.example. 3600 IN NS ns.child.zone.example. ; child.zone.example. 3600 "
     "IN NS ns.other.zone.example. ; "
     "child.zone.example. 3600 IN DS 12345" DS_DATA
     " + ns.child.zone.example. 3600 IN A 192.0.2.61 + ns.child.zone.example. 3600 IN AAAA "
     "2001:db8::61 + ns.other.zone.example. 3600 IN A 192.0.2.62"},
    {"RFC4035.3.1.4.1 DS at a delegation", PLAIN ".child" ZONE DS,
     "NOERROR aa | child.zone.example. 3600 IN DS 12345" DS_DATA},
    {"RFC4035.3.1.4.1 no DS", PLAIN ".other" ZONE DS, "NOERROR aa | ; " SOA_IS},
    {"RFC4035.3.1.4.1 DS of a zone of ours", PLAIN ".inner" ZONE DS,
     "NOERROR aa | inner.zone.example. 3600 IN DS 1" DS_DATA},
    {"zone of ours below", PLAIN ".inner" ZONE A,
     "NOERROR aa | inner.zone.example. 300 IN A 198.18.8.1"},

    /* hints that follow the decision */
    {"RFC9460.7.3 hints outside", PLAIN ZONE HTTPS,
     "NOERROR aa | zone.example. 300 IN HTTPS 1 . alpn=h2 ipv4hint=198.18.8.1 "
     "ipv6hint=2001:db8:8::1"},
    {"RFC9460.7.3 hints in the mainland, scope as of A", EDNS ZONE HTTPS ECS_TELECOM,
     "NOERROR aa | zone.example. 60 IN HTTPS 1 . alpn=h2 ipv4hint=198.18.0.1,198.18.0.2 "
     "ipv6hint=2001:db8::1,2001:db8::2 # 24"},
    {"RFC9460.2.2 order of keys", PLAIN ".www" ZONE HTTPS,
     "NOERROR aa | www.zone.example. 300 IN HTTPS 1 . mandatory=alpn alpn=h2,h3 port=8443 "
     "ipv6hint=2001:db8:8::1 key65000=x"},
    {"RFC9460.2.5 target is the host", PLAIN "._8443._https.www" ZONE HTTPS,
     "NOERROR aa | _8443._https.www.zone.example. 300 IN HTTPS 1 www.zone.example. "
     "ipv4hint=198.18.8.1"},
    {"RFC9460.7.3 target in partial set-up", PLAIN ".svc" ZONE SVCB,
     "NOERROR aa | svc.zone.example. 300 IN SVCB 1 www.part.example. ipv4hint=198.18.8.1"},
    {"records of the zone: scope 0", EDNS ".mail" ZONE A ECS_TELECOM,
     "NOERROR aa | mail.zone.example. 600 IN A 192.0.2.25 # 0"},
    {"alias to a host: scope of the host", EDNS ".toshop" ZONE A ECS_US,
     "NOERROR aa | toshop.zone.example. 3600 IN CNAME WWW.Shop.Example. | WWW.Shop.Example. 300 IN "
     "A 198.18.8.1 # 24"},
};

static struct {
    struct fixture f;
    struct world *w;
} group;

static size_t answer_to(const char *picture, bool tcp, uint8_t out[RESPONDER_TCP_MAX])
{
    uint8_t query[QUERY_MAX];
    struct responder_client client = {.address = {8, 8, 8, 8}, .line = CN_NONE16, .tcp = tcp};
    struct responder_query q = {query, bytes_from(picture, query, sizeof(query))};
    return responder_answer(group.w, &client, q, out, RESPONDER_TCP_MAX);
}

static void answers(void **state)
{
    const struct row *row = *state;
    static uint8_t answer[RESPONDER_TCP_MAX];
    struct shown got = {.len = 0};
    shown_read(&got, answer, answer_to(row->query, false, answer));
    assert_string_equal(got.text, row->want);
}

/* Replay and the responder agree about what a name has. */
static void follows_alike(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint16_t type;
        enum answer_kind kind;
        uint32_t ttl_s;
    } cases[] = {{"mail.zone.example", RR_A, ANSWER_RECORDS, 600},
                 {"toshop.zone.example", RR_A, ANSWER_POP, 300},
                 {"www.moved.zone.example", RR_A, ANSWER_POP, 300},
                 {"tonone.zone.example", RR_A, ANSWER_NXDOMAIN, 120},
                 {"x.child.zone.example", RR_A, ANSWER_DELEGATION, 3600},
                 {"q.w.zone.example", RR_A, ANSWER_ALIAS, 3600},
                 {"one.zone.example", RR_A, ANSWER_ALIAS, 3600}};
    for (size_t i = 0; i < CN_ARRAY_LEN(cases); i++) {
        struct answer a;
        uint8_t name[DNAME_MAX];
        assert_true(dname_from_text(cases[i].name, name) > 0);
        answer_follow(group.w, name, cases[i].type, LINE_US, &a);
        assert_int_equal(a.kind, cases[i].kind);
        assert_int_equal(a.ttl_s, cases[i].ttl_s);
    }
    struct answer a;
    uint8_t name[DNAME_MAX];
    struct answer_addresses have;
    assert_true(dname_from_text("mail.zone.example", name) > 0);
    answer_follow(group.w, name, RR_A, LINE_US, &a);
    answer_addresses(group.w, &a, RR_A, &have);
    assert_int_equal(have.count, 1);
    assert_memory_equal(have.at[0], ((const uint8_t[]){192, 0, 2, 25}), 4);
}

/* Glue below the delegation has to be there, or the answer is truncated; that of another delegation
 * comes along as far as it fits. 512 bytes hold 16 nameservers, and not their addresses too. */
static void glue_that_does_not_fit(void **state)
{
    (void)state;
    static uint8_t answer[RESPONDER_TCP_MAX];
    size_t len = answer_to(PLAIN ".x.crowd" ZONE A, false, answer);
    assert_true(len < 64 && (answer[2] & 2) != 0); /* TC, nothing but the question */
    len = answer_to(PLAIN ".x.crowd" ZONE A, true, answer);
    assert_true((answer[2] & 2) == 0 && answer[9] == 16 && answer[11] == 16);
    len = answer_to(PLAIN ".x.far" ZONE A, false, answer);
    assert_true(len <= 512 && (answer[2] & 2) == 0);
    assert_int_equal(answer[9], 16);
    assert_in_range(answer[11], 1, 15);
    assert_true(zones_walk(answer, len));
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + 2];
    TABLE_TESTS(tests, rows, answers);
    tests[CN_ARRAY_LEN(rows)] = (struct CMUnitTest)cmocka_unit_test(follows_alike);
    tests[CN_ARRAY_LEN(rows) + 1] =
        (struct CMUnitTest){"RFC9471.2 glue", glue_that_does_not_fit, NULL, NULL, NULL};
    group.w = zones_build(&group.f);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_free(&group.f);
    return failed;
}
