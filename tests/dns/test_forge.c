/* SPDX-License-Identifier: MIT
 * Answers that are not ours: one address or none, the code and the AA bit as told, the question as
 * it was asked; nothing for what is no query. */
#include "cnedge/dns/forge.h"

#include <string.h>

#include "test.h"

/* www.shop.example A, RD set. */
static const uint8_t query_a[] = {0x12, 0x34, 0x01, 0x00, 0,   1,   0,   0,   0,   0, 0,   0,
                                  3,    'w',  'w',  'w',  4,   's', 'h', 'o', 'p', 7, 'e', 'x',
                                  'a',  'm',  'p',  'l',  'e', 0,   0,   1,   0,   1};
enum { TYPE_AT = sizeof(query_a) - 3, ANSWERS_AT = 7, FLAGS_AT = 2, RCODE_AT = 3 };

static size_t forged(uint8_t type, struct forge f, uint8_t out[RESPONDER_UDP_MAX])
{
    uint8_t query[sizeof(query_a)];
    memcpy(query, query_a, sizeof(query));
    query[TYPE_AT] = type;
    return forge_answer(&f, (struct responder_query){query, sizeof(query)}, out, RESPONDER_UDP_MAX);
}

static void an_address_of_the_family_asked_for(void **state)
{
    (void)state;
    uint8_t out[RESPONDER_UDP_MAX];
    struct forge f = {.authoritative = true, .has_address = true, .ttl_s = 300};
    memcpy(f.address, (uint8_t[]){198, 51, 100, 7}, 4);
    size_t len = forged(RR_A, f, out);
    assert_int_equal(len, sizeof(query_a) + 16);
    assert_int_equal(out[ANSWERS_AT], 1);
    assert_int_equal(out[FLAGS_AT] & 4, 4); /* AA */
    assert_memory_equal(out, query_a, 2);
    assert_memory_equal(out + len - 4, f.address, 4);
    len = forged(RR_AAAA, f, out);
    assert_int_equal(len, sizeof(query_a) + 28);
    assert_memory_equal(out + len - 16, f.address, 16);
}

static void no_address_for_other_types(void **state)
{
    (void)state;
    uint8_t out[RESPONDER_UDP_MAX];
    struct forge f = {.has_address = true};
    assert_int_equal(forged(RR_TXT, f, out), sizeof(query_a));
    assert_int_equal(out[ANSWERS_AT], 0);
    assert_int_equal(out[FLAGS_AT] & 4, 0);
}

static void a_failure_is_a_code(void **state)
{
    (void)state;
    uint8_t out[RESPONDER_UDP_MAX];
    struct forge f = {.rcode = ENCODE_SERVFAIL};
    assert_int_equal(forged(RR_A, f, out), sizeof(query_a));
    assert_int_equal(out[RCODE_AT] & 0xF, 2);
}

static void what_is_no_query_gets_nothing(void **state)
{
    (void)state;
    uint8_t out[RESPONDER_UDP_MAX];
    struct forge f = {.has_address = true};
    for (size_t len = 0; len < sizeof(query_a); len++) {
        assert_int_equal(
            forge_answer(&f, (struct responder_query){query_a, len}, out, RESPONDER_UDP_MAX), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_of_the_family_asked_for),
        cmocka_unit_test(no_address_for_other_types),
        cmocka_unit_test(a_failure_is_a_code),
        cmocka_unit_test(what_is_no_query_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
