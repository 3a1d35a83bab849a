/* SPDX-License-Identifier: MIT
 * What the RFCs demand of an authority's answer to one message, each row named after the section;
 * docs/conformance.md lists them. The words of errors are in test_fault.c. Options that a server
 * brings of its own are in test_options.c, connections in ../server/test_tcp.c. */
#include "bytes.h"
#include "cnedge/dns/message.h"
#include "ede.h"
#include "test.h"
#include "zones.h"

#define PLAIN     "1234 0100 0001 0000 0000 0000 "
#define EDNS      "1234 0100 0001 0000 0000 0001 "
#define EDNS_2    "1234 0100 0001 0000 0000 0002 "
#define FLAGS(f)  "1234 " f " 0001 0000 0000 0000 "
#define A         " 0001 0001 "
#define TXT       " 0010 0001 "
#define WWW_A     ".www.shop.example" A
#define OPT       "00 0029 04d0 00000000 0000 "
#define OPT_OF(n) "00 0029 04d0 00000000 " n " "
#define ECS(n)    "0008 " n " "
#define TSIG_DATA ".hmac-sha256 00005cf79f11 012c 0004 01020304 1234 0000 0000 "
#define TSIG      "00fa 00ff 00000000 0021 " TSIG_DATA
#define BADKEY    ".key 00fa 00ff 00000000 001d .hmac-sha256 00005cf79f11 012c 0000 1234 0011 0000 "
#define LABEL63   "3f 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
#define LABEL61   "3d 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
#define LABEL62   "3e 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc "

enum { SILENCE = -1 };
enum how { UDP = 0, TCP = 1, TOLD = 2 /* CHAOS is answered */ };

struct answer_row {
    const char *name;
    const char *query;
    int how;
    int rcode;         /* with OPT's part; SILENCE: no answer */
    const char *flags; /* those that are set, QR aside */
    const char *end;   /* how the answer ends; "": not looked at */
};

static struct answer_row rows[] = {
    /* headers, questions */
    {"RFC1035.4.1.1 a query", PLAIN WWW_A, UDP, 0, "aa rd", ""},
    {"RFC1035.4.1.1 RD is copied, when clear", FLAGS("0000") WWW_A, UDP, 0, "aa", ""},
    {"RFC1035.4.1.1 an answer is not answered", FLAGS("8100") WWW_A, UDP, SILENCE, "", ""},
    {"RFC1035.4.1.1 nor over TCP", FLAGS("8100") WWW_A, TCP, SILENCE, "", ""},
    {"RFC1035.4.1.1 AA in a query is ignored", FLAGS("0500") ".www.elsewhere.test" A, UDP, 5, "rd",
     ""},
    {"RFC1035.4.1.1 TC in a query is ignored", FLAGS("0300") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC1035.4.1.1 RA in a query is not copied", FLAGS("0180") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC1035.4.1.1 Z is not copied", FLAGS("0140") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC1035.4.1.1 an rcode in a query is ignored", FLAGS("0105") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC1035.4.1.1 not even a header", "1234 0100 0001 0000 0000 00", UDP, SILENCE, "", ""},
    {"RFC1035.4.1.1 opcode IQUERY", FLAGS("0900") WWW_A, UDP, 4, "rd", ""},
    {"RFC1035.4.1.1 opcode STATUS", FLAGS("1100") WWW_A, UDP, 4, "rd", ""},
    {"RFC1035.4.1.1 opcode 15", FLAGS("7900") WWW_A, UDP, 4, "rd", ""},
    {"RFC1996.3.1 NOTIFY", FLAGS("2500") ".shop.example 0006 0001", UDP, 4, "rd", ""},
    {"RFC2136.2.2 UPDATE", FLAGS("2900") ".shop.example 0006 0001", UDP, 4, "rd", ""},
    {"RFC8490.5.1 DSO", "1234 3000 0000 0000 0000 0000 0001 0004 00003a98", TCP, 4, "", ""},
    {"RFC1035.4.1.2 no question", "1234 0100 0000 0000 0000 0000", UDP, 1, "rd", "0000 0000"},
    {"RFC9619.4 two questions", "1234 0100 0002 0000 0000 0000 " WWW_A WWW_A, UDP, 1, "rd", ""},
    {"RFC1035.4.1.2 a question that is cut off", PLAIN ".www.shop.example 0001", UDP, 1, "rd", ""},
    {"RFC1035.4.1.4 a pointer in the question", PLAIN "03 'www c00c 0001 0001", UDP, 1, "rd", ""},
    {"RFC1035.4.1.4 a pointer to itself", PLAIN "c00c 0001 0001", UDP, 1, "rd", ""},
    {"RFC1035.2.3.4 a name of 255 octets", PLAIN LABEL63 LABEL63 LABEL63 LABEL61 "00 0001 0001",
     UDP, 5, "rd", ""},
    {"RFC1035.2.3.4 a name of 256 octets", PLAIN LABEL63 LABEL63 LABEL63 LABEL62 "00 0001 0001",
     UDP, 1, "rd", ""},
    {"RFC6891.5 a label type that is none", PLAIN "41 01 00 0001 0001", UDP, 1, "rd", ""},
    {"RFC1035.4.1 bytes behind the message", PLAIN WWW_A "00", UDP, 1, "rd", "00 0001 0001"},
    {"RFC1035.4.1 the same over TCP", PLAIN WWW_A "00", TCP, 1, "rd", "00 0001 0001"},
    {"RFC1035.4.1 records that are counted and not there", EDNS WWW_A, UDP, 1, "rd", ""},
    {"RFC1035.4.1 an answer in a query",
     "1234 0100 0001 0001 0000 0000 " WWW_A "c00c 0001 0001 00000000 0004 01020304", UDP, 1, "rd",
     ""},
    {"RFC1035.3.2.4 class HS", PLAIN ".www.shop.example 0001 0004", UDP, 5, "rd", ""},
    {"RFC1035.3.2.5 class ANY", PLAIN ".www.shop.example 0001 00ff", UDP, 5, "rd", ""},
    {"RFC2931.3.1 SIG(0) is ignored",
     EDNS WWW_A "00 0018 00ff 00000000 0013 0000 05 00 00000000 5cf79f11 5cf79f11 0001 00", UDP, 0,
     "aa rd", ""},
    {"RFC4343.3 case does not matter, and is kept", PLAIN ".WwW.sHoP.eXaMpLe 001c 0001", UDP, 0,
     "aa rd", ""},
    {"RFC3597.2 a type that nobody knows", PLAIN ".www.shop.example ff00 0001", UDP, 0, "aa rd",
     ""},
    {"RFC4035.3.1.6 AD is not set", FLAGS("0120") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC4035.3.1.6 CD is cleared", FLAGS("0110") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC8906.3.2.1 every flag at once", FLAGS("07f0") WWW_A, UDP, 0, "aa rd", ""},
    {"RFC2181.9 TC when the answer does not fit", PLAIN ".three.shop.example" TXT, UDP, 0,
     "aa tc rd", "00 0010 0001"},
    {"RFC2181.9 no TC when it does", PLAIN ".three.shop.example" TXT, TCP, 0, "aa rd", ""},
    {"RFC1035.4.2.1 512 bytes over UDP, without EDNS", PLAIN ".big.shop.example" TXT, UDP, 0,
     "aa tc rd", "00 0010 0001"},
    {"RFC7766.5 and over TCP all of it", PLAIN ".big.shop.example" TXT, TCP, 0, "aa rd", ""},
    {"RFC2308.3 NXDOMAIN brings SOA, with the minimum", PLAIN ".no.shop.example" A, UDP, 3, "aa rd",
     "00000e10 00000258 00093a80 0000003c"},
    {"RFC2308.3 and so does NODATA", PLAIN ".www.shop.example 000f 0001", UDP, 0, "aa rd",
     "00000e10 00000258 00093a80 0000003c"},
    {"RFC6672.2.5 the target of DNAME is not compressed", PLAIN ".moved.zone.example 0027 0001",
     UDP, 0, "aa rd", "0027 0001 00000e10 000e .shop.example"},
    {"RFC3597.4 nor are names in types after RFC 1035",
     PLAIN "05 '_8443 06 '_https 03 'www 04 'zone 07 'example 00 0041 0001", UDP, 0, "aa rd",
     "0001 .www.zone.example 0004 0004 c6120801"},
    {"RFC8482.4.2 ANY", PLAIN ".www.shop.example 00ff 0001", UDP, 0, "aa rd",
     "0009 07 'RFC8482 00"},
    {"RFC9824.3.1 NXNAME is not asked for", PLAIN ".www.shop.example 0080 0001", UDP, 1, "rd", ""},
    {"RFC6895.3.1 OPT is not asked for", PLAIN ".www.shop.example 0029 0001", UDP, 1, "rd", ""},

    /* transfers */
    {"RFC5936.4.2 AXFR over UDP", PLAIN ".shop.example 00fc 0001", UDP, 1, "rd", ""},
    {"RFC5936.5 AXFR that is not allowed", PLAIN ".shop.example 00fc 0001", TCP, 5, "rd", ""},
    {"RFC1995.2 IXFR that is not allowed",
     "1234 0100 0001 0000 0001 0000 .shop.example 00fb 0001 c00c 0006 0001 00000000 0016 00 00 "
     "00000001 00000001 00000001 00000001 00000001",
     UDP, 5, "rd", ""},

    /* EDNS */
    {"RFC6891.6.1.1 no OPT unless asked", PLAIN ".none.shop.example" A, UDP, 3, "aa rd", ""},
    {"RFC6891.6.1.1 OPT for OPT", EDNS WWW_A OPT, UDP, 0, "aa rd", OPT},
    {"RFC6891.6.1.1 OPT in an error", EDNS ".www.elsewhere.test" A OPT, UDP, 5, "rd", OPT},
    {"RFC6891.6.1.1 OPT with NOTIMP", "1234 2100 0001 0000 0000 0001 " WWW_A OPT, UDP, 4, "rd",
     OPT},
    {"RFC6891.6.1.1 two OPT", EDNS_2 WWW_A OPT OPT, UDP, 1, "rd", OPT},
    {"RFC6891.6.1.1 OPT in the authority section", "1234 0100 0001 0000 0001 0000 " WWW_A OPT, UDP,
     1, "rd", ""},
    {"RFC6891.6.1.1 OPT in the answer section", "1234 0100 0001 0001 0000 0000 " WWW_A OPT, UDP, 1,
     "rd", ""},
    {"RFC6891.6.1.2 OPT with an owner", EDNS WWW_A "01 'a " OPT, UDP, 1, "rd", ""},
    {"RFC6891.6.1.2 an option past the end", EDNS WWW_A OPT_OF("0006") "fde9 0008 abcd", UDP, 1,
     "rd", OPT},
    {"RFC6891.6.1.2 half an option", EDNS WWW_A OPT_OF("0003") "fde9 00", UDP, 1, "rd", OPT},
    {"RFC6891.6.1.2 an unknown option is ignored", EDNS WWW_A OPT_OF("0006") "fde9 0002 abcd", UDP,
     0, "aa rd", OPT},
    {"RFC6891.7 options that are not well formed: OPT all the same",
     EDNS WWW_A OPT_OF("0004") "0003", UDP, 1, "rd", OPT},
    {"RFC6891.7 nor the record itself", EDNS WWW_A OPT_OF("ffff"), TCP, 1, "rd", OPT},
    {"RFC6891.7 an error without, for who sent none", EDNS WWW_A "00", UDP, 1, "rd",
     "00 0001 0001"},
    {"RFC6891.6.1.3 version 1", EDNS WWW_A "00 0029 04d0 00010000 0000", UDP, 16, "rd",
     "00 0029 04d0 01000000 0000"},
    {"RFC6891.6.1.3 version 255", EDNS WWW_A "00 0029 04d0 00ff0000 0000", TCP, 16, "rd",
     "00 0029 04d0 01000000 0000"},
    {"RFC6891.6.1.3 version 1 and an unknown opcode",
     "1234 7900 0001 0000 0000 0001 " WWW_A "00 0029 04d0 00010000 0000", UDP, 4, "rd", OPT},
    {"RFC6891.6.1.4 Z of OPT is ignored and clear", EDNS WWW_A "00 0029 04d0 00007fff 0000", UDP, 0,
     "aa rd", OPT},
    {"RFC3225.3 DO is copied", EDNS WWW_A "00 0029 04d0 00008000 0000", UDP, 0, "aa rd",
     "00 0029 04d0 00008000 0000"},
    {"RFC6891.6.2.3 below 512 counts as 512",
     EDNS ".www.shop.example" A "00 0029 0000 00000000 0000", UDP, 0, "aa rd", OPT},
    {"RFC6891.6.2.3 and over 512 is too much then",
     EDNS ".three.shop.example" TXT "00 0029 01ff 00000000 0000", UDP, 0, "aa tc rd", OPT},
    {"RFC6891.6.2.5 the size that the client takes",
     EDNS ".three.shop.example" TXT "00 0029 0400 00000000 0000", UDP, 0, "aa rd", OPT},
    {"RFC6891.6.2.5 but no more than 1232",
     EDNS ".big.shop.example" TXT "00 0029 ffff 00000000 0000", UDP, 0, "aa tc rd", OPT},
    {"RFC6891.6.2.3 over TCP it does not count",
     EDNS ".big.shop.example" TXT "00 0029 0200 00000000 0000", TCP, 0, "aa rd", OPT},

    /* Client Subnet */
    {"RFC7871.7.2.1 answered with family, source and address",
     EDNS WWW_A OPT_OF("000b") ECS("0007") "0001 18 00 ca60d1", UDP, 0, "aa rd",
     ECS("0007") "0001 18 18 ca60d1"},
    {"RFC7871.7.2.2 none in the answer to a query without", EDNS WWW_A OPT, UDP, 0, "aa rd", OPT},
    {"RFC7871.7.1.2 source 0, scope 0", EDNS WWW_A OPT_OF("0008") ECS("0004") "0001 00 00", UDP, 0,
     "aa rd", ECS("0004") "0001 00 00"},
    {"RFC7871.7.2.1 scope 0 where the answer is for all",
     EDNS ".txt.shop.example" TXT OPT_OF("000b") ECS("0007") "0001 18 00 ca60d1", UDP, 0, "aa rd",
     ECS("0007") "0001 18 00 ca60d1"},
    {"RFC7871.7.1.2 a refusal has scope 0",
     EDNS ".www.elsewhere.test" A OPT_OF("000b") ECS("0007") "0001 18 00 ca60d1", UDP, 5, "rd",
     ECS("0007") "0001 18 00 ca60d1"},
    {"RFC7871.6 IPv6", EDNS WWW_A OPT_OF("000b") ECS("0007") "0002 18 00 240e00", UDP, 0, "aa rd",
     ECS("0007") "0002 18 14 240e00"},
    {"RFC7871.6 a scope in a query", EDNS WWW_A OPT_OF("000b") ECS("0007") "0001 18 18 ca60d1", UDP,
     1, "rd", OPT},
    {"RFC7871.6 IPv4 longer than 32", EDNS WWW_A OPT_OF("000d") ECS("0009") "0001 21 00 ca60d11700",
     UDP, 1, "rd", OPT},
    {"RFC7871.6 IPv6 longer than 128",
     EDNS WWW_A OPT_OF("0019") ECS("0015") "0002 81 00 240e00aabbccdd00 0000000000000001 00", UDP,
     1, "rd", OPT},
    {"RFC7871.6 bits behind the prefix", EDNS WWW_A OPT_OF("000b") ECS("0007") "0001 17 00 ca60d1",
     UDP, 1, "rd", OPT},
    {"RFC7871.6 an octet too many", EDNS WWW_A OPT_OF("000c") ECS("0008") "0001 18 00 ca60d100",
     UDP, 1, "rd", OPT},
    {"RFC7871.6 an octet too few", EDNS WWW_A OPT_OF("000a") ECS("0006") "0001 18 00 ca60", UDP, 1,
     "rd", OPT},
    {"RFC7871.6 cut off", EDNS WWW_A OPT_OF("0007") ECS("0003") "0001 18", UDP, 1, "rd", OPT},
    {"RFC7871.7.1.2 an unknown family", EDNS WWW_A OPT_OF("0008") ECS("0004") "0003 00 00", UDP, 1,
     "rd", OPT},
    {"RFC7871.6 twice",
     EDNS WWW_A OPT_OF("0010") ECS("0004") "0001 00 00 " ECS("0004") "0001 00 00", UDP, 1, "rd",
     ""},

    /* signatures */
    {"RFC8945.5.2.1 a key that is not known", EDNS WWW_A ".key " TSIG, UDP, 9, "rd", BADKEY},
    {"RFC8945.5.1 behind OPT", EDNS_2 WWW_A OPT ".key " TSIG, UDP, 9, "rd", OPT BADKEY},
    {"RFC8945.5.1 not the last record", EDNS_2 WWW_A ".key " TSIG OPT, UDP, 1, "rd", ""},
    {"RFC8945.5.1 two of them", EDNS_2 WWW_A ".key " TSIG ".key " TSIG, UDP, 1, "rd", ""},
    {"RFC8945.5.2 malformed", EDNS WWW_A ".key 00fa 00ff 00000000 0002 0000", UDP, 1, "rd", ""},
    {"RFC8945.4.2 class IN", EDNS WWW_A ".key 00fa 0001 00000000 0021 " TSIG_DATA, UDP, 1, "rd",
     ""},
    {"RFC8945.5.3.2 no room for the key: the code alone",
     EDNS LABEL63 LABEL63 LABEL63 LABEL61 "00 0001 0001" LABEL63 LABEL63 LABEL63 LABEL61 "00 " TSIG,
     UDP, 9, "rd", "00 0001 0001"},

    /* CHAOS */
    {"RFC4892.3 version.bind, not told", PLAIN ".version.bind 0010 0003", UDP, 5, "rd", ""},
    {"RFC4892.3 version.bind", PLAIN ".version.bind 0010 0003", TOLD, 0, "rd",
     "c00c 0010 0003 00000000 0005 04 'test"},
    {"RFC4892.3 version.server", PLAIN ".version.server 0010 0003", TOLD, 0, "rd",
     "c00c 0010 0003 00000000 0005 04 'test"},
    {"RFC4892.3 id.server", PLAIN ".ID.server 0010 0003", TOLD, 0, "rd",
     "c00c 0010 0003 00000000 0003 02 'n1"},
    {"RFC4892.3 hostname.bind, type ANY", PLAIN ".hostname.bind 00ff 0003", TOLD, 0, "rd",
     "c00c 0010 0003 00000000 0003 02 'n1"},
    {"RFC4892.3 another name", PLAIN ".authors.bind 0010 0003", TOLD, 5, "rd", ""},
    {"RFC4892.3 another type", PLAIN ".version.bind 0001 0003", TOLD, 5, "rd", ""},
    {"RFC4892.3 a name of ours", PLAIN ".www.shop.example 0010 0003", TOLD, 5, "rd", ""},
};

static struct {
    struct fixture f;
    struct world *w;
} group;

static void flags_text(const uint8_t *answer, char out[32])
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{0x400, " aa"}, {0x200, " tc"}, {0x100, " rd"}, {0x80, " ra"},
                 {0x40, " z"},   {0x20, " ad"},  {0x10, " cd"}};
    unsigned flags = (unsigned)answer[2] << 8 | answer[3];
    size_t n = 0;
    out[0] = out[1] = '\0';
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        if ((flags & names[i].bit) == 0) continue;
        n += (size_t)snprintf(out + n, 32 - n, "%s", names[i].name);
    }
}

/* The response code with the part in OPT, which BADVERS alone has: there OPT follows the question.
 */
static int rcode_of(const struct responder_query *q, const uint8_t *answer)
{
    struct message m;
    size_t upper = MESSAGE_HEADER_BYTES + 5;
    bool badvers = message_read(&m, q->bytes, q->len) == MESSAGE_BADVERS;
    return (answer[3] & 0xF) + (badvers ? answer[upper + m.question_len] << 4 : 0);
}

static void check_row(void **state)
{
    static uint8_t answer[RESPONDER_TCP_MAX];
    static const struct responder_server told = {.version = "test", .nsid = "n1", .nsid_len = 2};
    const struct answer_row *r = *state;
    uint8_t query[1024];
    uint8_t want[512];
    char flags[32];
    char words[EDE_WORDS_MAX];
    struct responder_client client = {
        .address = {198, 51, 100, 100}, .line = CN_NONE16, .tcp = r->how == TCP};
    if (r->how == TOLD) client.server = &told;
    struct responder_query q = {query, bytes_from(r->query, query, sizeof(query))};
    size_t len = responder_answer(group.w, &client, q, answer, sizeof(answer));
    if (r->rcode == SILENCE) {
        assert_int_equal(len, 0);
        return;
    }
    assert_true(zones_walk(answer, len));
    assert_memory_equal(answer, query, 2); /* ID */
    assert_true((answer[2] & 0x80) != 0);
    assert_int_equal(answer[2] & 0x78, query[2] & 0x78); /* opcode */
    assert_int_equal(rcode_of(&q, answer), r->rcode);
    flags_text(answer, flags);
    assert_string_equal(flags + 1, r->flags);
    (void)ede_take(answer, &len, words);
    size_t end = bytes_from(r->end, want, sizeof(want));
    assert_true(len >= end);
    assert_memory_equal(answer + len - end, want, end);
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
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, begin, end);
}
