/* SPDX-License-Identifier: MIT
 * Addresses that serve one site alone: they answer in place of a mainland PoP's, and a blacklisted
 * one is left out (FACTS A10, B6, C2 row 22). */
#include <stdlib.h>

#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"
#include "test.h"
#include "world_fixture.h"

static struct fixture f;

static const struct site_address addresses[] = {
    {{203, 0, 113, 1}, false},
    {{0x20, 0x01, 0x0d, 0xb8, 0xde}, true},
    {{203, 0, 113, 2}, false},
};

/* Site 0 with all three, site 1 with none. */
static void start(uint8_t count)
{
    fixture_init(&f);
    uint32_t own = fixture_site(&f, "own.example");
    fixture_host(&f, "www.own.example");
    f.sites[own].dedicated = addresses;
    f.sites[own].dedicated_count = count;
    fixture_site(&f, "other.example");
    fixture_host(&f, "www.other.example");
    fixture_build(&f);
}

static enum refusal list(int64_t at_s, enum family family, uint8_t index)
{
    struct event e = on_site(EV_BLACKLIST_ADDRESS, at_s, 0);
    e.family = (uint8_t)family;
    e.address = index;
    return fixture_apply(&f, e);
}

/* "sha 1: 203.0.113.1 203.0.113.2": PoP, row, the last two bytes of each address. */
static void expect(uint32_t host, uint16_t type, uint16_t line, const char *want)
{
    char got[96];
    struct answer a;
    struct answer_addresses have;
    answer_find(f.w, f.hosts[host].name, type, line, &a);
    assert_int_equal(a.kind, ANSWER_POP);
    answer_addresses(f.w, &a, type, &have);
    int n = snprintf(got, sizeof(got), "%s %u:", f.pops[a.cell.pop].id, a.cell.row);
    for (uint8_t i = 0; i < have.count; i++) {
        const uint8_t *at = have.at[i];
        n += type == RR_A ? snprintf(got + n, sizeof(got) - (size_t)n, " %u.%u", at[0], at[3])
                          : snprintf(got + n, sizeof(got) - (size_t)n, " %x", at[4]);
    }
    assert_string_equal(got, want);
}

static void finish(void)
{
    struct violation first[4];
    struct violation_list found = {.items = first, .cap = CN_ARRAY_LEN(first)};
    invariant_sweep(f.w, &found);
    assert_int_equal(found.count, 0);
    fixture_free(&f);
}

static void they_answer_in_place_of_the_pops(void **state)
{
    (void)state;
    start(3);
    expect(0, RR_A, LINE_SH_TELECOM, "sha 1: 203.1 203.2");
    expect(0, RR_AAAA, LINE_SH_TELECOM, "sha 1: de");
    expect(0, RR_A, LINE_GD_MOBILE, "sha 1: 203.1 203.2");
    expect(0, RR_A, LINE_DE, "fra 2: 198.1"); /* the partner's addresses are in the mainland */
    expect(1, RR_A, LINE_SH_TELECOM, "sha 1: 198.1 198.2");
    finish();
}

static void a_family_without_one_shares_the_pops(void **state)
{
    (void)state;
    start(1);
    expect(0, RR_A, LINE_SH_TELECOM, "sha 1: 203.1");
    expect(0, RR_AAAA, LINE_SH_TELECOM, "sha 1: 0 0");
    finish();
}

static void row22_drops_a_listed_one(void **state)
{
    (void)state;
    start(3);
    assert_int_equal(list(1, FAMILY_V4, 0), REFUSAL_NONE);
    expect(0, RR_A, LINE_SH_TELECOM, "sha 22: 203.2");
    expect(0, RR_AAAA, LINE_SH_TELECOM, "sha 1: de");
    expect(1, RR_A, LINE_SH_TELECOM, "sha 1: 198.1 198.2");
    assert_int_equal(list(2, FAMILY_V4, 0), REFUSAL_ADDRESS_BAD_STATE);
    finish();
}

static void row22_without_any_the_next_pop_is_outside(void **state)
{
    (void)state;
    start(3);
    assert_int_equal(list(1, FAMILY_V4, 0), REFUSAL_NONE);
    assert_int_equal(list(1, FAMILY_V4, 1), REFUSAL_NONE);
    expect(0, RR_A, LINE_SH_TELECOM, "hkg 22: 198.1");
    expect(0, RR_AAAA, LINE_SH_TELECOM, "sha 1: de");
    expect(1, RR_A, LINE_SH_TELECOM, "sha 1: 198.1 198.2");
    finish();
}

static void a_violation_lists_those_that_are_left(void **state)
{
    (void)state;
    start(3);
    assert_int_equal(list(1, FAMILY_V4, 1), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&f, on_holder(EV_VIOLATE, 2, 0)), REFUSAL_NONE);
    assert_int_equal(f.w->holders[0].listed_addresses, 2);
    assert_int_equal(f.w->own_listed, 3);
    expect(0, RR_A, LINE_SH_TELECOM, "hkg 11: 198.1");
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"B6.dedicated.answered", they_answer_in_place_of_the_pops, NULL, NULL, NULL},
        {"B6.dedicated.one_family", a_family_without_one_shares_the_pops, NULL, NULL, NULL},
        {"C2.row22 dedicated, one left", row22_drops_a_listed_one, NULL, NULL, NULL},
        {"C2.row22 dedicated, none left", row22_without_any_the_next_pop_is_outside, NULL, NULL,
         NULL},
        {"B6.dedicated.violation", a_violation_lists_those_that_are_left, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("dedicated addresses", tests, NULL, NULL);
}
