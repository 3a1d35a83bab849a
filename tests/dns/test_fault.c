/* SPDX-License-Identifier: MIT
 * What is wrong with a query is told in words, if it had OPT. The words are pinned in
 * tests/dns/golden/faults.txt; run the test with CNEDGE_UPDATE=1 to write that file anew. Those
 * about keys of ours, which the server checks, are told in tests/integration/transfer.py. */
#include "cnedge/dns/fault.h"

#include "bytes.h"
#include "cnedge/dns/encode.h"
#include "ede.h"
#include "test.h"
#include "zones.h"

#define GOLDEN_FILE "tests/dns/golden/faults.txt"

#define COUNTS(q, an, ns, ar) "1234 0100 " q " " an " " ns " " ar " "
#define EDNS                  COUNTS("0001", "0000", "0000", "0001")
#define EDNS_2                COUNTS("0001", "0000", "0000", "0002")
#define A                     " 0001 0001 "
#define WWW_A                 ".www.shop.example" A
#define OPT                   "00 0029 04d0 00000000 0000 "
#define OPT_OF(n)             "00 0029 04d0 00000000 " n " "
#define ECS(n)                "0008 " n " "
#define RECORD                "c00c 0001 0001 00000000 0004 01020304 "
#define COOKIE                "000a 0008 0102030405060708"
#define TSIG_DATA             ".hmac-sha256 00005cf79f11 012c 0004 01020304 1234 0000 0000 "
#define TSIG                  ".key 00fa 00ff 00000000 0021 " TSIG_DATA

enum how { UDP, TCP };

struct fault_row {
    const char *name;
    enum fault fault;
    int rcode;
    const char *query;
    enum how how;
};

static struct fault_row rows[] = {
    {"RFC9619.4 two questions", FAULT_QUESTIONS, 1,
     COUNTS("0002", "0000", "0000", "0001") WWW_A WWW_A OPT, UDP},
    {"RFC9619.4 more than are there, and no OPT that could be read", FAULT_NONE, 1,
     COUNTS("ffff", "0000", "0000", "0001") WWW_A WWW_A OPT, UDP},
    {"no question", FAULT_NO_QUESTION, 1, COUNTS("0000", "0000", "0000", "0001") OPT, UDP},
    {"RFC7873.5.4 a cookie, and cookies are not spoken", FAULT_NO_QUESTION, 1,
     COUNTS("0000", "0000", "0000", "0001") OPT_OF("000c") COOKIE, UDP},
    {"RFC6891.6.1.1 an answer in the query, OPT behind it", FAULT_ANSWERS, 1,
     COUNTS("0001", "0001", "0000", "0001") WWW_A RECORD OPT, UDP},
    {"RFC6891.6.1.1 an authority, OPT behind it", FAULT_AUTHORITIES, 1,
     COUNTS("0001", "0000", "0001", "0001") WWW_A RECORD OPT, UDP},
    {"RFC1995.2 a SOA in a query that is not IXFR", FAULT_AUTHORITIES, 1,
     COUNTS("0001", "0000", "0001", "0001") WWW_A "c00c 0006 0001 00000000 0016 00 00 00000001 "
                                                  "00000001 00000001 00000001 00000001 " OPT,
     UDP},
    {"a record that is not there", FAULT_RECORD, 1, EDNS_2 WWW_A OPT, UDP},
    {"RFC1035.4.1.4 an owner that leads to no name", FAULT_NONE, 1,
     EDNS_2 ".www.shop.example 4141 0001"
            "c01e 0001 0001 00000000 0004 01020304 " OPT,
     UDP},
    {"RFC1035.3.3 A of three bytes", FAULT_RDATA, 1,
     EDNS_2 WWW_A "00 0001 0001 00000000 0003 010203 " OPT, UDP},
    {"RFC1035.3.3 NS without a name", FAULT_RDATA, 1,
     EDNS_2 WWW_A OPT "00 0002 0001 00000000 0004 'abcd ", UDP},
    {"RFC1035.3.3 NS with bytes behind its name", FAULT_RDATA, 1,
     EDNS_2 WWW_A OPT "00 0002 0001 00000000 0003 c00c00 ", UDP},
    {"RFC1035.3.3 NS with a pointer", FAULT_NONE, 0,
     EDNS_2 WWW_A OPT "00 0002 0001 00000000 0002 c00c ", UDP},
    {"RFC1035.3.3 SOA with a number too few", FAULT_RDATA, 1,
     COUNTS("0001", "0000", "0001", "0001") ".shop.example 00fb 0001 c00c 0006 0001 00000000 0012 "
                                            "00 00 00000001 00000001 00000001 00000001 " OPT,
     UDP},
    {"RFC2931.3.1 SIG(0) cut off", FAULT_RDATA, 1,
     EDNS_2 WWW_A OPT "00 0018 00ff 00000000 0012 0000 05 00 00000000 5cf79f11 5cf79f11 0001 ",
     UDP},
    {"RFC3597.2 data of other types are not looked at", FAULT_NONE, 0,
     EDNS_2 WWW_A OPT "00 ff00 0001 00000000 0003 c0ffee ", UDP},
    {"RFC1035.4.1 bytes behind", FAULT_BEHIND, 1, EDNS WWW_A OPT "00", UDP},
    {"RFC6891.6.1.1 two OPT", FAULT_OPT_TWICE, 1, EDNS_2 WWW_A OPT OPT, UDP},
    {"RFC6891.6.1.1 the first of three faults", FAULT_OPT_TWICE, 1,
     EDNS_2 WWW_A OPT "01 'a " OPT "00", UDP},
    {"RFC6891.6.1.1 OPT as an answer", FAULT_OPT_PLACE, 1,
     COUNTS("0001", "0001", "0000", "0000") WWW_A OPT, UDP},
    {"RFC6891.6.1.1 OPT as an authority", FAULT_OPT_PLACE, 1,
     COUNTS("0001", "0000", "0001", "0000") WWW_A OPT, UDP},
    {"RFC6891.6.1.2 OPT with an owner", FAULT_OPT_OWNER, 1, EDNS WWW_A "01 'a " OPT, UDP},
    {"RFC6891.6.1.2 an option past the end", FAULT_OPTION, 1,
     EDNS WWW_A OPT_OF("0006") "fde9 0008 abcd", UDP},
    {"RFC7873.5.2.2 a cookie of seven bytes", FAULT_COOKIE, 1,
     EDNS WWW_A OPT_OF("000b") "000a 0007 01020304050607", UDP},
    {"RFC7873.5.2.2 a cookie of fifteen", FAULT_COOKIE, 1,
     EDNS WWW_A OPT_OF("0013") "000a 000f 0102030405060708 01020304050607", UDP},
    {"RFC7873.5.2.2 a cookie of forty-one", FAULT_COOKIE, 1,
     EDNS WWW_A OPT_OF("002d") "000a 0029 0102030405060708 0102030405060708 0102030405060708 "
                               "0102030405060708 0102030405060708 01",
     UDP},
    {"RFC7828.3.1 keepalive with a time", FAULT_KEEPALIVE, 1,
     EDNS WWW_A OPT_OF("0006") "000b 0002 0064", TCP},
    {"RFC7871.6 twice", FAULT_ECS_TWICE, 1,
     EDNS WWW_A OPT_OF("0010") ECS("0004") "0001 00 00 " ECS("0004") "0001 00 00", UDP},
    {"RFC7871.6 cut off", FAULT_ECS_CUT, 1, EDNS WWW_A OPT_OF("0007") ECS("0003") "0001 18", UDP},
    {"RFC7871.7.1.2 family 3", FAULT_ECS_FAMILY, 1,
     EDNS WWW_A OPT_OF("0008") ECS("0004") "0003 00 00", UDP},
    {"RFC7871.6 a scope", FAULT_ECS_SCOPE, 1,
     EDNS WWW_A OPT_OF("000b") ECS("0007") "0001 18 18 ca60d1", UDP},
    {"RFC7871.6 33 bits of IPv4", FAULT_ECS_PREFIX, 1,
     EDNS WWW_A OPT_OF("000d") ECS("0009") "0001 21 00 ca60d11700", UDP},
    {"RFC7871.6 an octet too many", FAULT_ECS_LENGTH, 1,
     EDNS WWW_A OPT_OF("000c") ECS("0008") "0001 18 00 ca60d100", UDP},
    {"RFC7871.6 bits behind the prefix", FAULT_ECS_BITS, 1,
     EDNS WWW_A OPT_OF("000b") ECS("0007") "0001 17 00 ca60d1", UDP},
    {"RFC8945.5.1 not the last record", FAULT_TSIG_LAST, 1, EDNS_2 WWW_A TSIG OPT, UDP},
    {"RFC8945.5.2 malformed", FAULT_TSIG_DATA, 1,
     EDNS_2 WWW_A OPT ".key 00fa 00ff 00000000 0002 0000", UDP},
    {"RFC8945.5.2.1 a key that is not known", FAULT_TSIG_KEY, 9, EDNS_2 WWW_A OPT TSIG, UDP},
    {"RFC6891.6.1.3 version 1", FAULT_VERSION, 16, EDNS WWW_A "00 0029 04d0 00010000 0000", UDP},
    {"RFC1996.3.1 NOTIFY, with its SOA", FAULT_OPCODE, 4,
     "1234 2500 0001 0001 0000 0001 .shop.example 0006 0001 " RECORD OPT, UDP},
    {"RFC9824.3.1 NXNAME", FAULT_TYPE_META, 1, EDNS ".www.shop.example 0080 0001" OPT, UDP},
    {"RFC6895.3.1 MAILA", FAULT_TYPE_OLD, 4, EDNS ".www.shop.example 00fe 0001" OPT, UDP},
    {"RFC1035.3.2.4 class HS", FAULT_CLASS, 5, EDNS ".www.shop.example 0001 0004" OPT, UDP},
    {"RFC4892.3 version.bind, not told", FAULT_CHAOS, 5, EDNS ".version.bind 0010 0003" OPT, UDP},
    {"RFC4892.3 another type", FAULT_CHAOS, 5, EDNS ".version.bind 0001 0003" OPT, UDP},
    {"RFC5936.4.2 AXFR over UDP", FAULT_AXFR_UDP, 1, EDNS ".shop.example 00fc 0001" OPT, UDP},
    {"RFC5936.5 AXFR without a key", FAULT_TRANSFER_UNSIGNED, 5, EDNS ".shop.example 00fc 0001" OPT,
     TCP},
    {"RFC6672.2.2 a name that gets too long", FAULT_NAME_LENGTH, 6,
     EDNS ".ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.long.zone.example" A OPT,
     UDP},
    {"RFC8914.2 nothing is wrong", FAULT_NONE, 0, EDNS WWW_A OPT, UDP},
    {"RFC8914.2 no OPT, no place", FAULT_NONE, 4, "1234 7900 0001 0000 0000 0000 " WWW_A, UDP},
};

static struct {
    struct fixture f;
    struct world *w;
} group;

static void check_row(void **state)
{
    static uint8_t answer[RESPONDER_TCP_MAX];
    const struct fault_row *r = *state;
    uint8_t query[512];
    char words[EDE_WORDS_MAX];
    const struct responder_client client = {
        .address = {198, 51, 100, 100}, .line = CN_NONE16, .tcp = r->how == TCP};
    struct responder_query q = {query, bytes_from(r->query, query, sizeof(query))};
    size_t len = responder_answer(group.w, &client, q, answer, sizeof(answer));
    assert_true(zones_walk(answer, len));
    size_t opt = ede_opt_at(answer, len);
    int upper = opt != 0 ? answer[opt - 6] << 4 : 0;
    assert_int_equal(upper | (answer[3] & 0xF), r->rcode);
    int code = ede_take(answer, &len, words);
    if (r->fault == FAULT_NONE) {
        assert_int_equal(code, EDE_NONE);
        return;
    }
    assert_string_equal(words, fault_text(r->fault));
    assert_int_equal(code, fault_code(r->fault));
    assert_true(zones_walk(answer, len));
}

/* Each fault that the responder finds has a row. */
static void check_all_have_rows(void **state)
{
    (void)state;
    static const enum fault of_keys[] = {
        FAULT_TSIG_SIZE,     FAULT_TSIG_SIGNATURE, FAULT_TSIG_TIME,       FAULT_TSIG_CUT,
        FAULT_TRANSFER_LINE, FAULT_TRANSFER_ZONE,  FAULT_TRANSFER_LAPSED, FAULT_TRANSFER_OUT};
    bool seen[FAULT_COUNT] = {[FAULT_NONE] = true};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        seen[rows[i].fault] = true;
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(of_keys); i++) {
        assert_false(seen[of_keys[i]]);
        seen[of_keys[i]] = true;
    }
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        assert_true(seen[i]);
    }
}

static void check_golden(void **state)
{
    (void)state;
    bool update = getenv("CNEDGE_UPDATE") != NULL;
    FILE *f = fopen(GOLDEN_FILE, update ? "w" : "r");
    char want[512];
    char line[512];
    assert_non_null(f);
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        snprintf(line, sizeof(line), "%u %s\n", fault_code((enum fault)i),
                 fault_text((enum fault)i));
        if (update) {
            assert_true(fputs(line, f) >= 0);
            continue;
        }
        assert_non_null(fgets(want, sizeof(want), f));
        assert_string_equal(line, want);
    }
    assert_true(update || fgetc(f) == EOF);
    fclose(f);
}

/* Goal: words leave room for what matters more, then only the code is told, then nothing. */
static void check_room(void **state)
{
    (void)state;
    enum { LIMIT = 512, CODE_ALONE = 6 };
    static uint8_t out[LIMIT];
    uint8_t query[128];
    size_t query_len = bytes_from(EDNS WWW_A "00 0029 04d0 00010000 0000", query, sizeof(query));
    struct message m;
    assert_int_equal(message_read(&m, query, query_len), MESSAGE_BADVERS);
    size_t words = strlen(fault_text(m.fault));
    size_t free_bytes = LIMIT - query_len; /* the answer without records is as long */
    for (size_t reserve = 0; reserve <= free_bytes; reserve++) {
        struct encode e;
        const struct encode_end end = {.rcode = ENCODE_BADVERS};
        encode_begin(&e, &m, query, out, LIMIT);
        encode_fault(&e, reserve);
        size_t len = encode_finish(&e, &end) - query_len;
        size_t left = free_bytes - reserve;
        size_t want = left < CODE_ALONE           ? 0
                      : left < CODE_ALONE + words ? CODE_ALONE
                                                  : CODE_ALONE + words;
        assert_int_equal(len, want);
    }
}

/* Goal: the TSIG that says BADKEY is never pushed out by words, at any length of its name. */
static void check_bad_key_comes_first(void **state)
{
    (void)state;
    enum { KEY_MAX = 200, LABEL = 50 };
    static uint8_t answer[RESPONDER_TCP_MAX];
    static const struct responder_client client = {.line = CN_NONE16};
    bool in_words = false;
    bool code_alone = false;
    for (int n = 1; n <= KEY_MAX; n++) {
        char key[KEY_MAX + 1];
        char picture[1024];
        char words[EDE_WORDS_MAX];
        uint8_t query[1024];
        memset(key, 'k', sizeof(key));
        for (int i = LABEL; i < KEY_MAX; i += LABEL) {
            key[i] = '.';
        }
        snprintf(picture, sizeof(picture),
                 EDNS_2 ".%.200s.shop.example" A "00 0029 0200 00000000 0000 "
                        ".%.*s 00fa 00ff 00000000 0021 " TSIG_DATA,
                 key, n, key);
        struct responder_query q = {query, bytes_from(picture, query, sizeof(query))};
        size_t len = responder_answer(group.w, &client, q, answer, RESPONDER_UDP_MAX);
        assert_true(zones_walk(answer, len));
        assert_true(len <= RESPONDER_UDP_MIN);
        assert_int_equal(answer[3] & 0xF, ENCODE_NOTAUTH);
        assert_int_equal(answer[11], 2); /* OPT and TSIG */
        int code = ede_take(answer, &len, words);
        in_words = in_words || words[0] != '\0';
        code_alone = code_alone || (code != EDE_NONE && words[0] == '\0');
    }
    assert_true(in_words && code_alone);
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
        cmocka_unit_test(check_all_have_rows),
        cmocka_unit_test(check_golden),
        {"RFC8914.3 words give way", check_room, NULL, NULL, NULL},
        cmocka_unit_test(check_bad_key_comes_first),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, begin, end) + cmocka_run_group_tests(others, begin, end);
}
