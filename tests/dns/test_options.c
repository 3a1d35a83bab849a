/* SPDX-License-Identifier: MIT
 * EDNS options in answers: cookies (RFC 7873, 9018), NSID (RFC 5001), keepalive (RFC 7828). */
#include "bytes.h"
#include "ede.h"
#include "test.h"
#include "zones.h"

#define EDNS       "1234 0100 0001 0000 0000 0001 "
#define EDNS_2     "1234 0100 0001 0000 0000 0002 "
#define A          " 0001 0001 "
#define TXT        " 0010 0001 "
#define WWW_A      ".www.shop.example" A
#define OPT_OF(n)  "00 0029 04d0 00000000 " n " "
#define CLIENT     "2464c4abcf10c957 "
#define OLD        "010000005cf79f111f8130c3eee29480 "
#define RENEWED    "010000005cf7a871d4a564a1442aca77 "
#define SENT       "000a 0018 " CLIENT OLD
#define COOKIE     "000a 0008 " CLIENT
#define COOKIE_OLD SENT
#define NSID       "0003 0000 "
#define KEEPALIVE  "000b 0000 "

enum server { SILENT, FULL, LATER, NAMED, SERVERS };

static const uint8_t secret[SIPHASH_KEY_BYTES] = {0xe5, 0xe9, 0x73, 0xe5, 0xa6, 0xb2, 0xa4, 0x3f,
                                                  0x48, 0xe7, 0xdc, 0x84, 0x9e, 0x37, 0xbf, 0xcf};
static struct responder_server servers[SERVERS] = {
    [SILENT] = {.now_s = 0},
    [FULL] = {.cookies = {.count = 1},
              .now_s = 0x5cf79f11,
              .nsid_len = 2,
              .nsid = "n1",
              .keepalive_100ms = 100},
    [LATER] = {.cookies = {.count = 1}, .now_s = 0x5cf7a871},
    [NAMED] = {.nsid_len = 2, .nsid = "n1"},
};

struct options_row {
    const char *name;
    const char *query;
    enum server server;
    bool tcp;
    unsigned rcode;
    const char *want; /* how the answer ends: its OPT record */
};

static struct options_row options_rows[] = {
    {"RFC7873.5.2.3 a client cookie alone", EDNS WWW_A OPT_OF("000c") COOKIE, FULL, false, 0,
     OPT_OF("001c") SENT},
    {"RFC7873.5.2.5 a valid server cookie", EDNS WWW_A OPT_OF("001c") COOKIE_OLD, FULL, false, 0,
     OPT_OF("001c") SENT},
    {"RFC9018.4.3 renewed after half an hour", EDNS WWW_A OPT_OF("001c") COOKIE_OLD, LATER, false,
     0, OPT_OF("001c") "000a 0018 " CLIENT RENEWED},
    {"RFC7873.5.2.4 an invalid server cookie",
     EDNS WWW_A OPT_OF("0014") "000a 0010 " CLIENT "0102030405060708", FULL, false, 0,
     OPT_OF("001c") SENT},
    {"RFC7873.5.2.1 no cookie asked, none given", EDNS WWW_A OPT_OF("0000"), FULL, false, 0,
     OPT_OF("0000")},
    {"RFC7873.5.2 cookies not spoken", EDNS WWW_A OPT_OF("000c") COOKIE, SILENT, false, 0,
     OPT_OF("0000")},
    {"RFC7873.5.2.2 malformed", EDNS WWW_A OPT_OF("000b") "000a 0007 01020304050607", FULL, false,
     1, OPT_OF("0000")},
    {"RFC7873.5.4 no question", "1234 0100 0000 0000 0000 0001 " OPT_OF("000c") COOKIE, FULL, false,
     0, "0000 0001 " OPT_OF("001c") SENT},
    {"RFC7873.5.4 no question, cookies not spoken",
     "1234 0100 0000 0000 0000 0001 " OPT_OF("000c") COOKIE, NAMED, false, 1, OPT_OF("0000")},
    {"a cookie in a refusal", EDNS ".www.elsewhere.test" A OPT_OF("000c") COOKIE, FULL, false, 5,
     OPT_OF("001c") SENT},
    {"a cookie beside a subnet", EDNS WWW_A OPT_OF("0017") "0008 0007 0001 18 00 ca60d1 " COOKIE,
     FULL, false, 0, OPT_OF("0027") "0008 0007 0001 18 18 ca60d1 " SENT},
    {"an answer that is cut keeps the cookie", EDNS ".big.shop.example" TXT OPT_OF("000c") COOKIE,
     FULL, false, 0, OPT_OF("001c") SENT},
    {"RFC5001.2.2 NSID", EDNS WWW_A OPT_OF("0004") NSID, FULL, false, 0,
     OPT_OF("0006") "0003 0002 'n1"},
    {"RFC5001.2.1 NSID with data, which are ignored", EDNS WWW_A OPT_OF("0006") "0003 0002 abcd",
     FULL, false, 0, OPT_OF("0006") "0003 0002 'n1"},
    {"RFC7873.5.2 of two cookies the first counts",
     EDNS WWW_A OPT_OF("0018") COOKIE "000a 0008 0102030405060708", FULL, false, 0,
     OPT_OF("001c") SENT},
    {"RFC7873.5.2 whatever the second is", EDNS WWW_A OPT_OF("0011") COOKIE "000a 0001 01", FULL,
     false, 0, OPT_OF("001c") SENT},
    {"RFC5001.2.2 NSID not asked for", EDNS WWW_A OPT_OF("0000"), NAMED, false, 0, OPT_OF("0000")},
    {"NSID not told", EDNS WWW_A OPT_OF("0004") NSID, SILENT, false, 0, OPT_OF("0000")},
    {"RFC7828.3.3.2 keepalive", EDNS WWW_A OPT_OF("0004") KEEPALIVE, FULL, true, 0,
     OPT_OF("0006") "000b 0002 0064"},
    {"RFC7828.3.3.2 not over UDP", EDNS WWW_A OPT_OF("0004") KEEPALIVE, FULL, false, 0,
     OPT_OF("0000")},
    {"RFC7828.3.2.1 not asked for", EDNS WWW_A OPT_OF("0000"), FULL, true, 0, OPT_OF("0000")},
    {"RFC7828.3.1 a query with a time", EDNS WWW_A OPT_OF("0006") "000b 0002 0064", FULL, true, 1,
     OPT_OF("0006") "000b 0002 0064"},
    {"RFC7828.3.2.1 a time over UDP is ignored", EDNS WWW_A OPT_OF("0006") "000b 0002 0064", FULL,
     false, 0, OPT_OF("0000")},
    {"RFC7828.3.3.2 a server without a time tells none", EDNS WWW_A OPT_OF("0004") KEEPALIVE, NAMED,
     true, 0, OPT_OF("0000")},
    {"RFC7828.3.1 of two, one with a time", EDNS WWW_A OPT_OF("000a") "000b 0002 0064 000b 0000",
     FULL, true, 1, OPT_OF("0006") "000b 0002 0064"},
    {"BADVERS speaks version 0 only", EDNS WWW_A "00 0029 04d0 00010000 000c " COOKIE, FULL, false,
     0, "00 0029 04d0 01000000 0000 "},
};

static struct {
    struct fixture f;
    struct world *w;
} group;

static void check_row(void **state)
{
    static uint8_t answer[RESPONDER_TCP_MAX];
    const struct options_row *r = *state;
    uint8_t query[256];
    uint8_t want[256];
    char words[EDE_WORDS_MAX];
    struct responder_client client = {
        .address = {198, 51, 100, 100}, .line = CN_NONE16, .tcp = r->tcp};
    client.server = &servers[r->server];
    struct responder_query q = {query, bytes_from(r->query, query, sizeof(query))};
    size_t len = responder_answer(group.w, &client, q, answer, sizeof(answer));
    size_t end = bytes_from(r->want, want, sizeof(want));
    assert_true(zones_walk(answer, len));
    assert_int_equal(answer[3] & 0xF, r->rcode);
    (void)ede_take(answer, &len, words);
    assert_true(len >= end);
    assert_memory_equal(answer + len - end, want, end);
}

/* Goal: options take room from records, and an answer that fits exactly is not cut. */
static void check_room(void **state)
{
    (void)state;
    static const char *const asked[] = {EDNS ".three.shop.example" TXT OPT_OF("0000"),
                                        EDNS ".three.shop.example" TXT OPT_OF("000c") COOKIE};
    static uint8_t answer[RESPONDER_UDP_MAX];
    uint8_t query[256];
    struct responder_client client = {.address = {198, 51, 100, 100}, .line = CN_NONE16};
    client.server = &servers[FULL];
    size_t plain = 0;
    for (int cookie = 0; cookie < 2; cookie++) {
        struct responder_query q = {query, bytes_from(asked[cookie], query, sizeof(query))};
        size_t size_at = 12 + 20 + 4 + 3; /* header, name, type and class, OPT's owner and type */
        size_t whole = responder_answer(group.w, &client, q, answer, sizeof(answer));
        assert_int_equal(answer[2] & 2, 0);
        if (cookie == 0) plain = whole;
        if (cookie == 1) assert_int_equal(whole, plain + 28);
        for (size_t size = whole - 1; size <= whole; size++) {
            query[size_at] = (uint8_t)(size >> 8);
            query[size_at + 1] = (uint8_t)size;
            size_t len = responder_answer(group.w, &client, q, answer, sizeof(answer));
            assert_int_equal((answer[2] & 2) != 0, size < whole);
            assert_true(len <= size);
        }
    }
}

/* --- who is known, and what is left of an answer that is one too many ------------------------ */

struct known_row {
    const char *name;
    const char *query;
    enum server server;
    bool known;
    const char *cut; /* how the shortened answer ends; NULL: there is none */
    unsigned rcode;  /* its code; other than 0, it is not TC */
};

#define NO_QUESTION "1234 0100 0000 0000 0000 0001 "
#define WWW_CUT     "03 'www 04 'shop 07 'example 00 0001 0001 "

static struct known_row known_rows[] = {
    {"RFC7873.5.2.5 a valid cookie is known", EDNS WWW_A OPT_OF("001c") COOKIE_OLD, FULL, true,
     WWW_CUT OPT_OF("001c") SENT, 0},
    {"RFC7873.5.4 without a question too", NO_QUESTION OPT_OF("001c") COOKIE_OLD, FULL, true,
     OPT_OF("001c") SENT, 0},
    {"a refusal is for one that is known",
     EDNS ".www.shop.example 0001 0004 " OPT_OF("001c") COOKIE_OLD, FULL, true, OPT_OF("001c") SENT,
     5},
    {"RFC7873.5.2.3 a client cookie alone is not", EDNS WWW_A OPT_OF("000c") COOKIE, FULL, false,
     WWW_CUT OPT_OF("001c") SENT, 0},
    {"RFC9018.4.3 one that is to be renewed is", EDNS WWW_A OPT_OF("001c") COOKIE_OLD, LATER, true,
     WWW_CUT OPT_OF("001c") "000a 0018 " CLIENT RENEWED, 0},
    {"RFC7873.5.2.4 nor one that is not ours",
     EDNS WWW_A OPT_OF("0014") "000a 0010 " CLIENT "0102030405060708", FULL, false,
     WWW_CUT OPT_OF("001c") SENT, 0},
    {"no cookie", EDNS WWW_A OPT_OF("0000"), FULL, false, WWW_CUT OPT_OF("0000"), 0},
    {"no OPT", "1234 0100 0001 0000 0000 0000 " WWW_A, FULL, false, WWW_CUT, 0},
    {"cookies are not spoken", EDNS WWW_A OPT_OF("001c") COOKIE_OLD, NAMED, false,
     WWW_CUT OPT_OF("0000"), 0},
    {"a query that is malformed is known to nobody",
     EDNS_2 WWW_A OPT_OF("001c") COOKIE_OLD OPT_OF("0000"), FULL, false, OPT_OF("001c") SENT, 1},
    {"version 1 is told so, not to come back", EDNS WWW_A "00 0029 04d0 00010000 0000 ", FULL,
     false, "00 0029 04d0 01000000 0000 ", 16},
    {"an answer is none", "1234 8100 0001 0000 0000 0001 " WWW_A OPT_OF("001c") COOKIE_OLD, FULL,
     false, NULL, 0},
};

static void check_known(void **state)
{
    const struct known_row *r = *state;
    uint8_t query[256];
    uint8_t want[256];
    uint8_t out[RESPONDER_UDP_MIN];
    struct responder_client client = {.address = {198, 51, 100, 100}, .line = CN_NONE16};
    client.server = &servers[r->server];
    struct responder_query q = {query, bytes_from(r->query, query, sizeof(query))};
    assert_int_equal(responder_is_known(&client, q), r->known);
    size_t len = responder_cut(&client, q, out, sizeof(out));
    assert_int_equal(len == 0, r->cut == NULL);
    if (r->cut == NULL) return;
    size_t end = bytes_from(r->cut, want, sizeof(want));
    assert_true(zones_walk(out, len));
    assert_int_equal(out[3] & 0xF, r->rcode & 0xF);
    assert_int_equal((out[2] & 2) != 0, r->rcode == 0); /* TC */
    assert_memory_equal(out + len - end, want, end);
}

/* A server that has nothing to say of itself knows nobody. */
static void check_no_server(void **state)
{
    (void)state;
    uint8_t query[256];
    const struct responder_client client = {.line = CN_NONE16};
    struct responder_query q = {
        query, bytes_from(EDNS WWW_A OPT_OF("001c") COOKIE_OLD, query, sizeof(query))};
    assert_false(responder_is_known(&client, q));
}

static int begin(void **state)
{
    (void)state;
    group.w = zones_build(&group.f);
    memcpy(servers[FULL].cookies.secret[0], secret, sizeof(secret));
    memcpy(servers[LATER].cookies.secret[0], secret, sizeof(secret));
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
    enum { ROWS = CN_ARRAY_LEN(options_rows), KNOWN = CN_ARRAY_LEN(known_rows) };
    struct CMUnitTest tests[ROWS + KNOWN + 2];
    TABLE_TESTS(tests, options_rows, check_row)
    TABLE_TESTS(tests + ROWS, known_rows, check_known)
    tests[ROWS + KNOWN] = (struct CMUnitTest)cmocka_unit_test(check_room);
    tests[ROWS + KNOWN + 1] = (struct CMUnitTest)cmocka_unit_test(check_no_server);
    return cmocka_run_group_tests(tests, begin, end);
}
