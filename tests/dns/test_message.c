/* SPDX-License-Identifier: MIT
 * Each query gets the verdict that the RFCs give it, well formed or not. */
#include "cnedge/dns/message.h"

#include "bytes.h"
#include "cnedge/model/answer.h"
#include "test.h"

/* ID 1234, RD set; the counts of questions, answers, authorities and additionals follow. */
#define HEAD(an, ns, ar) "1234 0100 0001 " an " " ns " " ar " "
#define PLAIN            HEAD("0000", "0000", "0000")
#define WITH_1           HEAD("0000", "0000", "0001")
#define WITH_2           HEAD("0000", "0000", "0002")
#define WWW              ".www.shop.example "
#define WWW_A            WWW "0001 0001 "
#define LABEL63          "3f 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
#define LABEL61          "3d 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
#define LABEL62          "3e 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc "
#define OPT(len)         "00 0029 04d0 00000000 " len " " /* 1232 bytes, version 0 */
#define ECS(len)         "0008 " len " "
#define COOKIE(len)      "000a " len " "
#define RR_A_REST        "0001 0001 00000e10 0004 01020304 " /* behind the owner */
#define TSIG_DATA        ".hmac-sha256 00005cf79f11 012c 0004 01020304 1234 0000 0000 "
#define TSIG_REST        "00fa 00ff 00000000 0021 " TSIG_DATA

struct row {
    const char *name;
    const char *query;
    enum message_verdict want;
    bool question, edns, ecs; /* understood */
};

static struct row rows[] = {
    /* header */
    {"nothing", "", MESSAGE_DROP, 0, 0, 0},
    {"one byte", "12", MESSAGE_DROP, 0, 0, 0},
    {"eleven bytes", "1234 0100 0001 0000 0000 00", MESSAGE_DROP, 0, 0, 0},
    {"an answer", "1234 8180 0001 0000 0000 0000" WWW_A, MESSAGE_DROP, 0, 0, 0},
    {"an answer to nothing", "1234 8000 0000 0000 0000 0000", MESSAGE_DROP, 0, 0, 0},
    {"header alone", "1234 0100 0000 0000 0000 0000", MESSAGE_FORMERR, 0, 0, 0},
    {"question count without one", PLAIN, MESSAGE_FORMERR, 0, 0, 0},
    {"two questions", "1234 0100 0002 0000 0000 0000 " WWW_A WWW_A, MESSAGE_FORMERR, 0, 0, 0},
    {"65535 questions", "1234 0100 ffff 0000 0000 0000 " WWW_A, MESSAGE_FORMERR, 0, 0, 0},
    {"no question, OPT", "1234 0100 0000 0000 0000 0001" OPT("0000"), MESSAGE_FORMERR, 0, 1, 0},
    {"answer record in a query", HEAD("0001", "0000", "0000") WWW_A "c00c" RR_A_REST,
     MESSAGE_FORMERR, 1, 0, 0},
    {"authority in a query", HEAD("0000", "0001", "0000") WWW_A "c00c" RR_A_REST, MESSAGE_FORMERR,
     1, 0, 0},
    {"plain A", PLAIN WWW_A, MESSAGE_OK, 1, 0, 0},
    {"all harmless flags", "1234 07f0 0001 0000 0000 0000 " WWW_A, MESSAGE_OK, 1, 0, 0},
    {"rcode in a query", "1234 010f 0001 0000 0000 0000 " WWW_A, MESSAGE_OK, 1, 0, 0},
    {"opcode IQUERY", "1234 0900 0001 0000 0000 0000 " WWW_A, MESSAGE_NOTIMP, 1, 0, 0},
    {"opcode STATUS", "1234 1000 0000 0000 0000 0000 ", MESSAGE_NOTIMP, 0, 0, 0},
    {"opcode NOTIFY",
     "1234 2400 0001 0000 0000 0000 "
     ".shop.example 0006 0001",
     MESSAGE_NOTIMP, 1, 0, 0},
    {"opcode UPDATE",
     "1234 2800 0001 0000 0001 0000 "
     ".shop.example 0006 0001"
     "c00c" RR_A_REST,
     MESSAGE_NOTIMP, 1, 0, 0},
    {"opcode 15 with OPT", "1234 7800 0001 0000 0000 0001 " WWW_A OPT("0000"), MESSAGE_NOTIMP, 1, 1,
     0},
    {"opcode 15 and garbage", "1234 7800 0001 0000 0000 0001 ff", MESSAGE_NOTIMP, 0, 0, 0},

    /* question */
    {"root", PLAIN "00 0002 0001", MESSAGE_OK, 1, 0, 0},
    {"upper case", PLAIN ".WWW.sHOP.eXample 0001 0001", MESSAGE_OK, 1, 0, 0},
    {"any bytes in a label", PLAIN "04 00ff2e20 00 0001 0001", MESSAGE_OK, 1, 0, 0},
    {"name of 255", PLAIN LABEL63 LABEL63 LABEL63 LABEL61 "00 0001 0001", MESSAGE_OK, 1, 0, 0},
    {"name of 256", PLAIN LABEL63 LABEL63 LABEL63 LABEL62 "00 0001 0001", MESSAGE_FORMERR, 0, 0, 0},
    {"label of 64", PLAIN "40" LABEL63 "61 00 0001 0001", MESSAGE_FORMERR, 0, 0, 0},
    {"pointer in the name", PLAIN "03 'www c00c 0001 0001", MESSAGE_FORMERR, 0, 0, 0},
    {"pointer to itself", PLAIN "c00c 0001 0001", MESSAGE_FORMERR, 0, 0, 0},
    {"name cut off", PLAIN "03 'www 04 'sh", MESSAGE_FORMERR, 0, 0, 0},
    {"type missing", PLAIN WWW, MESSAGE_FORMERR, 0, 0, 0},
    {"class cut off", PLAIN WWW "0001 00", MESSAGE_FORMERR, 0, 0, 0},
    {"a byte behind", PLAIN WWW_A "00", MESSAGE_FORMERR, 1, 0, 0},
    {"a record not counted", PLAIN WWW_A OPT("0000"), MESSAGE_FORMERR, 1, 0, 0},
    {"class CH", PLAIN ".version.bind 0010 0003", MESSAGE_CHAOS, 1, 0, 0},
    {"class CH, type ANY", PLAIN ".version.bind 00ff 0003", MESSAGE_CHAOS, 1, 0, 0},
    {"class CH, type A", PLAIN ".version.bind 0001 0003", MESSAGE_REFUSED, 1, 0, 0},
    {"class CH, AXFR", PLAIN ".version.bind 00fc 0003", MESSAGE_REFUSED, 1, 0, 0},
    {"class ANY", PLAIN WWW "0001 00ff", MESSAGE_REFUSED, 1, 0, 0},
    {"class 0", PLAIN WWW "0001 0000", MESSAGE_REFUSED, 1, 0, 0},
    {"type ANY", PLAIN WWW "00ff 0001", MESSAGE_OK, 1, 0, 0},
    {"type 65280", PLAIN WWW "ff00 0001", MESSAGE_OK, 1, 0, 0},
    {"type OPT", PLAIN WWW "0029 0001", MESSAGE_FORMERR, 1, 0, 0},
    {"type TSIG", PLAIN WWW "00fa 0001", MESSAGE_FORMERR, 1, 0, 0},
    {"type NXNAME", PLAIN WWW "0080 0001", MESSAGE_FORMERR, 1, 0, 0},
    {"type TKEY", PLAIN WWW "00f9 00ff", MESSAGE_NOTIMP, 1, 0, 0},
    {"type MAILA", PLAIN WWW "00fe 0001", MESSAGE_NOTIMP, 1, 0, 0},
    {"type MAILB", PLAIN WWW "00fd 0001", MESSAGE_NOTIMP, 1, 0, 0},
    {"AXFR", PLAIN ".shop.example 00fc 0001", MESSAGE_REFUSED, 1, 0, 0},
    {"IXFR",
     HEAD("0000", "0001", "0000") ".shop.example 00fb 0001"
                                  "c00c" RR_A_REST,
     MESSAGE_REFUSED, 1, 0, 0},
    {"IXFR with OPT as SOA", HEAD("0000", "0001", "0000") ".shop.example 00fb 0001" OPT("0000"),
     MESSAGE_FORMERR, 1, 1, 0},
    {"IXFR cut off",
     HEAD("0000", "0001", "0000") ".shop.example 00fb 0001"
                                  "c00c 0006",
     MESSAGE_FORMERR, 1, 0, 0},

    /* OPT */
    {"OPT", WITH_1 WWW_A OPT("0000"), MESSAGE_OK, 1, 1, 0},
    {"OPT with DO and Z", WITH_1 WWW_A "00 0029 04d0 0000ffff 0000", MESSAGE_OK, 1, 1, 0},
    {"OPT with an rcode", WITH_1 WWW_A "00 0029 04d0 ff000000 0000", MESSAGE_OK, 1, 1, 0},
    {"OPT of size 0", WITH_1 WWW_A "00 0029 0000 00000000 0000", MESSAGE_OK, 1, 1, 0},
    {"OPT counted, not there", WITH_1 WWW_A, MESSAGE_FORMERR, 1, 0, 0},
    {"two counted, one there", WITH_2 WWW_A OPT("0000"), MESSAGE_FORMERR, 1, 1, 0},
    {"two OPT", WITH_2 WWW_A OPT("0000") OPT("0000"), MESSAGE_FORMERR, 1, 1, 0},
    {"OPT with an owner", WITH_1 WWW_A "01 'a " OPT("0000"), MESSAGE_FORMERR, 1, 1, 0},
    {"OPT with a pointer", WITH_1 WWW_A "c01c 0029 04d0 00000000 0000", MESSAGE_FORMERR, 1, 0, 0},
    {"OPT with a pointer to the root", WITH_1 WWW_A "c01d 0029 04d0 00000000 0000", MESSAGE_FORMERR,
     1, 1, 0},
    {"OPT header cut off", WITH_1 WWW_A "00 0029 04d0 0000", MESSAGE_FORMERR, 1, 0, 0},
    {"OPT data cut off", WITH_1 WWW_A OPT("0004") "0003 00", MESSAGE_FORMERR, 1, 1, 0},
    {"OPT data cut off, version 1", WITH_1 WWW_A "00 0029 04d0 00010000 0004 0003 00",
     MESSAGE_FORMERR, 1, 1, 0},
    {"OPT length cut off", WITH_1 WWW_A "00 0029 04d0 00000000 00", MESSAGE_FORMERR, 1, 0, 0},
    {"OPT, a byte behind", WITH_1 WWW_A OPT("0000") "00", MESSAGE_FORMERR, 1, 1, 0},
    {"EDNS version 1", WITH_1 WWW_A "00 0029 04d0 00010000 0000", MESSAGE_BADVERS, 1, 1, 0},
    {"EDNS version 255", WITH_1 WWW_A "00 0029 04d0 00ff0000 0000", MESSAGE_BADVERS, 1, 1, 0},
    {"version 1, other options", WITH_1 WWW_A "00 0029 04d0 00010000 0003 010203", MESSAGE_BADVERS,
     1, 1, 0},
    {"version 1, byte behind", WITH_1 WWW_A "00 0029 04d0 00010000 0000 00", MESSAGE_FORMERR, 1, 1,
     0},
    {"unknown option", WITH_1 WWW_A OPT("0006") "fde9 0002 abcd", MESSAGE_OK, 1, 1, 0},
    {"empty option", WITH_1 WWW_A OPT("0004") "0003 0000", MESSAGE_OK, 1, 1, 0},
    {"option past OPT's end", WITH_1 WWW_A OPT("0006") "000a 0008 abcd", MESSAGE_FORMERR, 1, 1, 0},
    {"half an option", WITH_1 WWW_A OPT("0003") "000a 00", MESSAGE_FORMERR, 1, 1, 0},
    {"option past the packet", WITH_1 WWW_A OPT("0004") "000a ffff", MESSAGE_FORMERR, 1, 1, 0},
    {"a byte behind options", WITH_1 WWW_A OPT("0005") "000a 0000 00", MESSAGE_FORMERR, 1, 1, 0},

    /* other additional records */
    {"A in additional", WITH_1 WWW_A "c00c" RR_A_REST, MESSAGE_OK, 1, 0, 0},
    {"A before OPT", WITH_2 WWW_A "c00c" RR_A_REST OPT("0000"), MESSAGE_OK, 1, 1, 0},
    {"A behind OPT", WITH_2 WWW_A OPT("0000") "c00c" RR_A_REST, MESSAGE_OK, 1, 1, 0},
    {"A, pointer forward", WITH_1 WWW_A "c0ff" RR_A_REST, MESSAGE_FORMERR, 1, 0, 0},
    {"A, pointer into header", WITH_1 WWW_A "c000" RR_A_REST, MESSAGE_FORMERR, 1, 0, 0},
    {"A, data past the end", WITH_1 WWW_A "c00c 0001 0001 00000e10 0005 01020304", MESSAGE_FORMERR,
     1, 0, 0},
    {"TSIG", WITH_1 WWW_A ".key " TSIG_REST, MESSAGE_NOTAUTH, 1, 0, 0},
    {"OPT, then TSIG", WITH_2 WWW_A OPT("0000") ".key " TSIG_REST, MESSAGE_NOTAUTH, 1, 1, 0},
    {"TSIG of a key at the root", WITH_1 WWW_A "00 " TSIG_REST, MESSAGE_NOTAUTH, 1, 0, 0},
    {"TSIG with other data",
     WITH_1 WWW_A ".key 00fa 00ff 00000000 0023 .hmac-sha256 00005cf79f11 012c 0004 01020304 1234 "
                  "0012 0002 0102",
     MESSAGE_NOTAUTH, 1, 0, 0},
    {"TSIG, compressed key", WITH_1 WWW_A "c00c " TSIG_REST, MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG without data", WITH_1 WWW_A ".key 00fa 00ff 00000000 0000", MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG, compressed algorithm",
     WITH_1 WWW_A ".key 00fa 00ff 00000000 0016 c00c 00005cf79f11 012c 0004 01020304 1234 0000 "
                  "0000",
     MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG, signature past its end",
     WITH_1 WWW_A ".key 00fa 00ff 00000000 0021 .hmac-sha256 00005cf79f11 012c 0009 01020304 1234 "
                  "0000 0000",
     MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG, a byte behind", WITH_1 WWW_A ".key 00fa 00ff 00000000 0022 " TSIG_DATA "00",
     MESSAGE_FORMERR, 1, 0, 0},
    {"SIG(0) is ignored",
     WITH_1 WWW_A "00 0018 00ff 00000000 0013 0000 05 00 00000000 5cf79f11 5cf79f11 0001 00",
     MESSAGE_OK, 1, 0, 0},
    {"TSIG, then OPT", WITH_2 WWW_A ".key " TSIG_REST OPT("0000"), MESSAGE_FORMERR, 1, 1, 0},
    {"two TSIG", WITH_2 WWW_A ".key " TSIG_REST ".key " TSIG_REST, MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG in class IN", WITH_1 WWW_A ".key 00fa 0001 00000000 0000", MESSAGE_FORMERR, 1, 0, 0},
    {"TSIG with a TTL", WITH_1 WWW_A ".key 00fa 00ff 00000001 0000", MESSAGE_FORMERR, 1, 0, 0},

    /* EDNS Client Subnet, RFC 7871 */
    {"ECS /24", WITH_1 WWW_A OPT("000b") ECS("0007") "0001 18 00 ca60d1", MESSAGE_OK, 1, 1, 1},
    {"ECS /32", WITH_1 WWW_A OPT("000c") ECS("0008") "0001 20 00 ca60d117", MESSAGE_OK, 1, 1, 1},
    {"ECS /33", WITH_1 WWW_A OPT("000d") ECS("0009") "0001 21 00 ca60d11700", MESSAGE_FORMERR, 1, 1,
     0},
    {"ECS /20", WITH_1 WWW_A OPT("000b") ECS("0007") "0001 14 00 ca60d0", MESSAGE_OK, 1, 1, 1},
    {"ECS /20 with bits behind", WITH_1 WWW_A OPT("000b") ECS("0007") "0001 14 00 ca60d1",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS /0", WITH_1 WWW_A OPT("0008") ECS("0004") "0001 00 00", MESSAGE_OK, 1, 1, 1},
    {"ECS /0 with an address", WITH_1 WWW_A OPT("0009") ECS("0005") "0001 00 00 00",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS address too long", WITH_1 WWW_A OPT("000c") ECS("0008") "0001 18 00 ca60d100",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS address too short", WITH_1 WWW_A OPT("000a") ECS("0006") "0001 18 00 ca60",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS with a scope", WITH_1 WWW_A OPT("000b") ECS("0007") "0001 18 18 ca60d1", MESSAGE_FORMERR,
     1, 1, 0},
    {"ECS of three bytes", WITH_1 WWW_A OPT("0007") ECS("0003") "0001 00", MESSAGE_FORMERR, 1, 1,
     0},
    {"ECS empty", WITH_1 WWW_A OPT("0004") ECS("0000"), MESSAGE_FORMERR, 1, 1, 0},
    {"ECS v6 /56", WITH_1 WWW_A OPT("000f") ECS("000b") "0002 38 00 240e00aabbccdd", MESSAGE_OK, 1,
     1, 1},
    {"ECS v6 /128",
     WITH_1 WWW_A OPT("0018") ECS("0014") "0002 80 00 240e00aabbccdd00 0000000000000001",
     MESSAGE_OK, 1, 1, 1},
    {"ECS v6 /129",
     WITH_1 WWW_A OPT("0019") ECS("0015") "0002 81 00 240e00aabbccdd00 0000000000000001 00",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS v6 /57, bits behind", WITH_1 WWW_A OPT("0010") ECS("000c") "0002 39 00 240e00aabbccdd 40",
     MESSAGE_FORMERR, 1, 1, 0},
    {"ECS family 0, /0", WITH_1 WWW_A OPT("0008") ECS("0004") "0000 00 00", MESSAGE_OK, 1, 1, 1},
    {"ECS family 0, /8", WITH_1 WWW_A OPT("0009") ECS("0005") "0000 08 00 0a", MESSAGE_FORMERR, 1,
     1, 0},
    {"ECS family 3", WITH_1 WWW_A OPT("0008") ECS("0004") "0003 00 00", MESSAGE_FORMERR, 1, 1, 0},
    {"ECS twice", WITH_1 WWW_A OPT("0010") ECS("0004") "0001 00 00" ECS("0004") "0001 00 00",
     MESSAGE_FORMERR, 1, 1, 1},
    /* DNS Cookies, RFC 7873; keepalive, RFC 7828; NSID, RFC 5001 */
    {"cookie of the client", WITH_1 WWW_A OPT("000c") COOKIE("0008") "0102030405060708", MESSAGE_OK,
     1, 1, 0},
    {"cookie of 7 bytes", WITH_1 WWW_A OPT("000b") COOKIE("0007") "01020304050607", MESSAGE_FORMERR,
     1, 1, 0},
    {"cookie of 9 bytes", WITH_1 WWW_A OPT("000d") COOKIE("0009") "010203040506070809",
     MESSAGE_FORMERR, 1, 1, 0},
    {"two cookies, the second too short",
     WITH_1 WWW_A OPT("0013") COOKIE("0008") "0102030405060708" COOKIE("0003") "010203", MESSAGE_OK,
     1, 1, 0},
    {"a cookie and no question",
     "1234 0100 0000 0000 0000 0001" OPT("000c") COOKIE("0008") "0102030405060708", MESSAGE_COOKIE,
     0, 1, 0},
    {"a cookie, no question, another opcode",
     "1234 2000 0000 0000 0000 0001" OPT("000c") COOKIE("0008") "0102030405060708", MESSAGE_NOTIMP,
     0, 1, 0},
    {"a cookie, no question, version 1",
     "1234 0100 0000 0000 0000 0001 00 0029 04d0 00010000 000c" COOKIE("0008") "0102030405060708",
     MESSAGE_FORMERR, 0, 1, 0},
    {"keepalive", WITH_1 WWW_A OPT("0004") "000b 0000", MESSAGE_OK, 1, 1, 0},
    {"keepalive with a time", WITH_1 WWW_A OPT("0006") "000b 0002 0064", MESSAGE_OK, 1, 1, 0},
    {"NSID with data", WITH_1 WWW_A OPT("0006") "0003 0002 abcd", MESSAGE_OK, 1, 1, 0},
    {"ECS behind a cookie",
     WITH_1 WWW_A OPT("0017") "000a 0008 0102030405060708" ECS("0007") "0001 18 00 ca60d1",
     MESSAGE_OK, 1, 1, 1},
};

static void check_row(void **state)
{
    const struct row *r = *state;
    uint8_t in[1024];
    size_t len = bytes_from(r->query, in, sizeof(in));
    uint8_t *query = malloc(len + 1); /* of exact size for the sanitizers; never of size 0 */
    assert_non_null(query);
    memcpy(query + 1, in, len);
    struct message m;
    assert_int_equal(message_read(&m, query + 1, len), r->want);
    assert_int_equal(m.question_len != 0, r->question);
    assert_int_equal(m.edns, r->edns);
    assert_int_equal(m.ecs.present, r->ecs);
    if (len >= 2) assert_int_equal(m.id, 0x1234);
    free(query);
}

/* Every shortened form of a good query is refused: no length is believed. */
static void check_every_cut(void **state)
{
    (void)state;
    uint8_t in[512];
    size_t len = bytes_from(
        WITH_2 WWW_A "c00c" RR_A_REST OPT("000b") ECS("0007") "0001 18 00 ca60d1", in, sizeof(in));
    struct message m;
    assert_int_equal(message_read(&m, in, len), MESSAGE_OK);
    for (size_t cut = 0; cut < len; cut++) {
        enum message_verdict want = cut < MESSAGE_HEADER_BYTES ? MESSAGE_DROP : MESSAGE_FORMERR;
        assert_int_equal(message_read(&m, in, cut), want);
    }
}

static void check_fields(void **state)
{
    (void)state;
    uint8_t in[512];
    size_t len = bytes_from("beef 0000 0001 0000 0000 0001 .WwW.Shop.EXAMPLE 001c 0001 "
                            "00 0029 1000 00008000 000b 0008 0007 0001 14 00 ca60d0",
                            in, sizeof(in));
    struct message m;
    assert_int_equal(message_read(&m, in, len), MESSAGE_OK);
    assert_int_equal(m.id, 0xbeef);
    assert_false(m.rd);
    assert_int_equal(m.type, RR_AAAA);
    assert_int_equal(m.class_, MESSAGE_CLASS_IN);
    assert_int_equal(m.question_len, 18 + 4);
    assert_memory_equal(m.name, "\3www\4shop\7example", 18); /* lower case */
    assert_int_equal(m.udp_size, 4096);
    assert_true(m.dnssec_ok);
    assert_int_equal(m.ecs.family, 1);
    assert_int_equal(m.ecs.source, 20);
    assert_int_equal(m.ecs.bytes, 3);
    const uint8_t address[16] = {0xca, 0x60, 0xd0};
    assert_memory_equal(m.ecs.address, address, 16);
}

static void check_nothing_is_left(void **state)
{
    (void)state;
    uint8_t in[512];
    size_t len = bytes_from(WITH_1 WWW_A OPT("0008") ECS("0004") "0001 00 00", in, sizeof(in));
    struct message m;
    assert_int_equal(message_read(&m, in, len), MESSAGE_OK);
    len = bytes_from("4321 0000 0001 0000 0000 0000 " WWW_A, in, sizeof(in));
    assert_int_equal(message_read(&m, in, len), MESSAGE_OK); /* the same struct again */
    assert_false(m.edns || m.ecs.present || m.rd || m.udp_size != 0);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(check_every_cut),
        cmocka_unit_test(check_fields),
        cmocka_unit_test(check_nothing_is_left),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(others, NULL, NULL) + cmocka_run_group_tests(tests, NULL, NULL);
}
