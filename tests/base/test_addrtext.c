/* SPDX-License-Identifier: MIT
 * Addresses as text against inet_pton and inet_ntop: random texts, random addresses, and a table of
 * prefixes. */
#define _POSIX_C_SOURCE 200809L
#include "cnedge/base/addrtext.h"
#include "cnedge/base/rng.h"

#include "test.h"

#include <arpa/inet.h>
#include <string.h>

static uint64_t rolls;

static unsigned roll(unsigned sides)
{
    return (unsigned)(rng_draw(1, "addrtext", "", rolls++) % sides);
}

/* --- reading -------------------------------------------------------------------------------- */

static void same_as_inet_pton(const char *text)
{
    uint8_t want[16] = {0};
    uint8_t got[16] = {0};
    bool v6 = false;
    bool is_v6 = inet_pton(AF_INET6, text, want) == 1;
    bool is = is_v6 || inet_pton(AF_INET, text, want) == 1;
    bool ok = addrtext_read(text, got, &v6);
    if (ok != is) fail_msg("\"%s\": read %d, inet_pton %d", text, ok, is);
    if (!is) return;
    assert_int_equal(v6, is_v6);
    assert_memory_equal(got, want, sizeof(got));
}

static const char *const texts[] = {
    "",
    "0.0.0.0",
    "255.255.255.255",
    "192.0.2.1",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.4 ",
    " 1.2.3.4",
    "0x1.2.3.4",
    "1.2.3.-4",
    "::",
    "::1",
    "1::",
    ":",
    ":::",
    "1:::2",
    "::1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "1:2:3:4:5:6:7:8::",
    "2001:db8::ABcd",
    "2001:db8::12345",
    "2001:db8::g",
    "::ffff:192.0.2.1",
    "::192.0.2.1",
    "1:2:3:4:5:6:192.0.2.1",
    "1:2:3:4:5:6:7:192.0.2.1",
    "::192.0.2.1:1",
    "::192.0.2",
    "::256.0.2.1",
    "::01.0.2.1",
    "64:ff9b::192.0.2.33",
    "fe80::1%eth0",
    "[::1]",
    "1:",
    ":1",
    "1:2:3:4:5:6:7:",
};

static void table_of_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(texts); i++) {
        same_as_inet_pton(texts[i]);
    }
}

static void random_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {":", ":",  "::",  ".",    ".", "0",
                                         "1", "25", "255", "ffff", "a"};
    for (int i = 0; i < 300000; i++) {
        char text[128] = "";
        unsigned n = 1 + roll(16);
        for (unsigned k = 0; k < n; k++) {
            strncat(text, pieces[roll(CN_ARRAY_LEN(pieces))], 6);
        }
        same_as_inet_pton(text);
    }
}

/* --- writing -------------------------------------------------------------------------------- */

/* Often zero groups, so that there is something to shorten. */
static void random_address(uint8_t out[16])
{
    for (int i = 0; i < 16; i += 2) {
        bool zero = roll(2) == 0;
        out[i] = zero ? 0 : (uint8_t)roll(256);
        out[i + 1] = zero ? 0 : (uint8_t)roll(256);
    }
}

/* inet_ntop writes these with a dotted quad at the end; we write all addresses alike. */
static bool has_dotted_form(const uint8_t address[16])
{
    static const uint8_t zeros[12] = {0};
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return memcmp(address, zeros, 12) == 0 || memcmp(address, mapped, 12) == 0;
}

static void random_addresses(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint8_t address[16] = {0};
        uint8_t again[16] = {0};
        char got[ADDRTEXT_MAX];
        char want[ADDRTEXT_MAX];
        bool v6;
        random_address(address);
        addrtext_put(address, true, got);
        assert_true(addrtext_read(got, again, &v6));
        assert_true(v6);
        assert_memory_equal(again, address, 16);
        if (!has_dotted_form(address)) {
            assert_non_null(inet_ntop(AF_INET6, address, want, sizeof(want)));
            assert_string_equal(got, want);
        }
        addrtext_put(address, false, got);
        assert_non_null(inet_ntop(AF_INET, address, want, sizeof(want)));
        assert_string_equal(got, want);
    }
}

static void a_mapped_address_is_written_in_groups(void **state)
{
    (void)state;
    static const uint8_t mapped[16] = {[10] = 0xFF, [11] = 0xFF, [12] = 192, [15] = 1};
    char text[ADDRTEXT_MAX];
    addrtext_put(mapped, true, text);
    assert_string_equal(text, "::ffff:c000:1");
}

static void the_longest_texts_fit(void **state)
{
    (void)state;
    uint8_t address[16];
    char text[ADDRTEXT_MAX];
    memset(address, 0xFF, sizeof(address));
    addrtext_put(address, true, text);
    assert_string_equal(text, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    addrtext_put(address, false, text);
    assert_string_equal(text, "255.255.255.255");
}

/* --- prefixes ------------------------------------------------------------------------------- */

struct row {
    const char *name; /* the text */
    int bits;         /* -1: not a prefix */
    bool v6;
    const char *address;
};

static struct row rows[] = {
    {"192.0.2.0/24", 24, false, "192.0.2.0"},
    {"192.0.2.1", 32, false, "192.0.2.1"},
    {"192.0.2.1/32", 32, false, "192.0.2.1"},
    {"0.0.0.0/0", 0, false, "0.0.0.0"},
    {"128.0.0.0/1", 1, false, "128.0.0.0"},
    {"2001:db8::/32", 32, true, "2001:db8::"},
    {"2001:db8::1", 128, true, "2001:db8::1"},
    {"::/0", 0, true, "::"},
    {"2001:db8:0:8000::/49", 49, true, "2001:db8:0:8000::"},
    {"192.0.2.1/24", -1, false, ""},
    {"192.0.2.128/24", -1, false, ""},
    {"128.0.0.0/0", -1, false, ""},
    {"2001:db8::1/127", -1, false, ""},
    {"2001:db8:0:8000::/48", -1, false, ""},
    {"192.0.2.0/33", -1, false, ""},
    {"::/129", -1, false, ""},
    {"192.0.2.0/", -1, false, ""},
    {"192.0.2.0/-1", -1, false, ""},
    {"192.0.2.0/024", -1, false, ""},
    {"192.0.2.0/ 24", -1, false, ""},
    {"192.0.2.0/24 ", -1, false, ""},
    {"192.0.2.0/24/24", -1, false, ""},
    {"192.0.2.0/4294967320", -1, false, ""},
    {"/24", -1, false, ""},
    {"", -1, false, ""},
    {"192.0.2/24", -1, false, ""},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255ffff/128", -1, false, ""},
};

static void check_row(void **state)
{
    const struct row *r = *state;
    struct addr_prefix p = {.bits = 77};
    char text[ADDRTEXT_MAX];
    assert_int_equal(addrtext_read_prefix(r->name, &p), r->bits >= 0);
    if (r->bits < 0) {
        assert_int_equal(p.bits, 77); /* untouched */
        return;
    }
    assert_int_equal(p.bits, r->bits);
    assert_int_equal(p.v6, r->v6);
    addrtext_put(p.address, p.v6, text);
    assert_string_equal(text, r->address);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(table_of_texts),
        cmocka_unit_test(random_texts),
        cmocka_unit_test(random_addresses),
        cmocka_unit_test(a_mapped_address_is_written_in_groups),
        cmocka_unit_test(the_longest_texts_fit),
    };
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, rows, check_row)
    memcpy(tests + ROWS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
