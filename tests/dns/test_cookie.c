/* SPDX-License-Identifier: MIT
 * DNS Cookies: the examples of RFC 9018, and each limit at its edge. */
#include "cnedge/dns/cookie.h"

#include "bytes.h"
#include "test.h"

#define SECRET_1 "e5e973e5a6b2a43f48e7dc849e37bfcf"
#define SECRET_2 "dd3bdf9344b678b185a6f5cb60fca715"
#define SECRET_3 "445536bcd2513298075a5d379663c962"
#define CLIENT_1 "2464c4abcf10c957"
#define OLD_1    "010000005cf79f111f8130c3eee29480"
#define V4_1     "c6336464" /* 198.51.100.100 */
#define V6_1     "20010db80220000159ded0f4876982b8"

enum { MADE_1 = 0x5cf79f11 };

struct row {
    const char *name;
    const char *secrets[COOKIE_SECRETS_MAX];
    const char *client, *server, *address;
    uint32_t now_s;
    enum cookie_state want;
    const char *answer; /* NULL: the same server cookie; "": some other */
};

static struct row rows[] = {
    {"RFC9018.A.1 a new server cookie", {SECRET_1}, CLIENT_1, "", V4_1, MADE_1, COOKIE_NONE, OLD_1},
    {"RFC9018.A.2 a renewed one",
     {SECRET_1},
     CLIENT_1,
     OLD_1,
     V4_1,
     0x5cf7a871,
     COOKIE_VALID,
     "010000005cf7a871d4a564a1442aca77"},
    {"RFC9018.A.3 reserved bytes that are set",
     {SECRET_1},
     "fc93fc62807ddb86",
     "01abcdef5cf78f71a314227b6679ebf5",
     "cb0071cb",
     0x5cf78f71 + COOKIE_LIFE_S,
     COOKIE_VALID,
     ""},
    {"RFC9018.A.4 the secret before",
     {SECRET_3, SECRET_2},
     "22681ab97d52c298",
     "010000005cf7c57926556bd0934c72f8",
     V6_1,
     0x5cf7c609,
     COOKIE_VALID,
     NULL},
    {"RFC9018.A.4 the old secret gone",
     {SECRET_3},
     "22681ab97d52c298",
     "010000005cf7c57926556bd0934c72f8",
     V6_1,
     0x5cf7c609,
     COOKIE_INVALID,
     "010000005cf7c609a6bb79d16625507a"},
    {"young: the same",
     {SECRET_1},
     CLIENT_1,
     OLD_1,
     V4_1,
     MADE_1 + COOKIE_RENEW_S,
     COOKIE_VALID,
     NULL},
    {"half its life: renewed",
     {SECRET_1},
     CLIENT_1,
     OLD_1,
     V4_1,
     MADE_1 + COOKIE_RENEW_S + 1,
     COOKIE_VALID,
     ""},
    {"an hour old", {SECRET_1}, CLIENT_1, OLD_1, V4_1, MADE_1 + COOKIE_LIFE_S, COOKIE_VALID, ""},
    {"older", {SECRET_1}, CLIENT_1, OLD_1, V4_1, MADE_1 + COOKIE_LIFE_S + 1, COOKIE_INVALID, ""},
    {"five minutes ahead",
     {SECRET_1},
     CLIENT_1,
     OLD_1,
     V4_1,
     MADE_1 - COOKIE_FUTURE_S,
     COOKIE_VALID,
     NULL},
    {"further ahead",
     {SECRET_1},
     CLIENT_1,
     OLD_1,
     V4_1,
     MADE_1 - COOKIE_FUTURE_S - 1,
     COOKIE_INVALID,
     ""},
    {"another client cookie",
     {SECRET_1},
     "2464c4abcf10c958",
     OLD_1,
     V4_1,
     MADE_1,
     COOKIE_INVALID,
     ""},
    {"another address", {SECRET_1}, CLIENT_1, OLD_1, "c6336465", MADE_1, COOKIE_INVALID, ""},
    {"another secret", {SECRET_2}, CLIENT_1, OLD_1, V4_1, MADE_1, COOKIE_INVALID, ""},
    {"the first of two secrets",
     {SECRET_1, SECRET_2},
     CLIENT_1,
     OLD_1,
     V4_1,
     MADE_1,
     COOKIE_VALID,
     NULL},
    {"another version",
     {SECRET_1},
     CLIENT_1,
     "020000005cf79f111f8130c3eee29480",
     V4_1,
     MADE_1,
     COOKIE_INVALID,
     ""},
    {"a bit of the hash",
     {SECRET_1},
     CLIENT_1,
     "010000005cf79f111f8130c3eee29481",
     V4_1,
     MADE_1,
     COOKIE_INVALID,
     ""},
    {"8 bytes of somebody else's",
     {SECRET_1},
     CLIENT_1,
     "0102030405060708",
     V4_1,
     MADE_1,
     COOKIE_INVALID,
     ""},
    {"32 bytes of somebody else's",
     {SECRET_1},
     CLIENT_1,
     OLD_1 OLD_1,
     V4_1,
     MADE_1 + 5,
     COOKIE_INVALID,
     ""},
};

static void check_row(void **state)
{
    const struct row *r = *state;
    struct cookie_keys keys = {.count = 0};
    for (; keys.count < COOKIE_SECRETS_MAX && r->secrets[keys.count] != NULL; keys.count++) {
        assert_true(cookie_read_secret(r->secrets[keys.count], keys.secret[keys.count]));
    }
    uint8_t data[128] = {0};
    uint8_t address[64];
    uint8_t want[64];
    uint8_t got[COOKIE_SERVER_BYTES];
    struct cookie c = {.present = false};
    size_t len = bytes_from(r->client, data, sizeof(data));
    len += bytes_from(r->server, data + len, sizeof(data) - len);
    assert_true(cookie_read(&c, data, len));
    struct cookie_client from = {.address = address, .now_s = r->now_s};
    from.v6 = bytes_from(r->address, address, sizeof(address)) == 16;
    assert_int_equal(cookie_check(&keys, &c, &from, got), r->want);
    const char *answer = r->answer == NULL ? r->server : r->answer;
    if (*answer == '\0') {
        assert_memory_not_equal(got, data + COOKIE_CLIENT_BYTES, sizeof(got));
    } else {
        assert_int_equal(bytes_from(answer, want, sizeof(want)), sizeof(got));
        assert_memory_equal(got, want, sizeof(got));
    }
}

/* Goal: 8, or 16 to 40 bytes, RFC 7873 section 4. */
static void test_lengths(void **state)
{
    (void)state;
    static const uint8_t zero[64];
    for (size_t len = 0; len <= sizeof(zero); len++) {
        struct cookie c = {.present = false};
        bool legal = len == 8 || (len >= 16 && len <= 40);
        assert_int_equal(cookie_read(&c, zero, len), legal);
        assert_int_equal(c.present, legal);
        if (legal) assert_int_equal(c.server_len, len - 8);
    }
}

/* Who brings none gets one. */
static void test_none(void **state)
{
    (void)state;
    static const struct cookie none = {.present = false};
    static const uint8_t address[4] = {198, 51, 100, 100};
    static const uint8_t zero[COOKIE_SERVER_BYTES];
    const struct cookie_keys keys = {.count = 1};
    const struct cookie_client from = {.address = address, .now_s = 1};
    uint8_t got[COOKIE_SERVER_BYTES] = {0};
    assert_int_equal(cookie_check(&keys, &none, &from, got), COOKIE_NONE);
    assert_memory_not_equal(got, zero, sizeof(got));
}

static void test_secrets(void **state)
{
    (void)state;
    uint8_t out[SIPHASH_KEY_BYTES];
    assert_true(cookie_read_secret("00112233445566778899aabbccddeeFF", out));
    assert_int_equal(out[1], 0x11);
    assert_int_equal(out[15], 0xff);
    assert_false(cookie_read_secret("", out));
    assert_false(cookie_read_secret("00112233445566778899aabbccddeef", out));
    assert_false(cookie_read_secret("00112233445566778899aabbccddeeff0", out));
    assert_false(cookie_read_secret("0011223344556677 899aabbccddeeff", out));
    assert_false(cookie_read_secret("g0112233445566778899aabbccddeeff", out));
    assert_false(cookie_read_secret("0g112233445566778899aabbccddeeff", out));
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + 3] = {cmocka_unit_test(test_lengths),
                                                       cmocka_unit_test(test_none),
                                                       cmocka_unit_test(test_secrets)};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        tests[i + 3] = (struct CMUnitTest){rows[i].name, check_row, NULL, NULL, &rows[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
