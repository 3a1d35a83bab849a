/* SPDX-License-Identifier: MIT
 * Answers that differ between clients of one line: which prefix decides, and what the scope of the
 * Client Subnet option says then. */
#include "bytes.h"
#include "cnedge/dns/responder.h"
#include "test.h"
#include "world_fixture.h"

struct full {
    struct fixture f;
    uint32_t www;
    uint32_t capacity[POPS], users[LINES];
};

/* Everybody is in Hong Kong, which can carry half of them; 198.18.0.0/16 is one line's leaf. */
static void full_init(struct full *l, bool suspended)
{
    memset(l, 0, sizeof(*l));
    fixture_init(&l->f);
    struct prefix_entry entries[] = {{{198, 18}, 16, false, LINE_SH_TELECOM},
                                     {{192, 0, 2, 64}, 26, false, LINE_SH_TELECOM}};
    l->f.spec.prefixes = prefix_overlay(&l->f.arena, NULL, LINE_UNKNOWN, entries, 2);
    uint32_t shop = fixture_site(&l->f, "shop.example");
    l->www = fixture_host(&l->f, "www.shop.example");
    l->f.sites[shop].demand_mbit = 100;
    l->users[LINE_SH_TELECOM] = 1;
    l->capacity[POP_HKG] = 50;
    l->f.spec.users = l->users;
    l->f.spec.capacity_mbps = l->capacity;
    l->f.spec.choices.spill = SPILL_BY_CAPACITY;
    fixture_build(&l->f);
    if (!suspended) return;
    assert_int_equal(fixture_apply(&l->f, on_everyone(EV_PARTNER_SUSPEND, 1)), REFUSAL_NONE);
}

struct got {
    uint8_t scope;
    uint8_t address[4];
};

/* Asks for an A record with a Client Subnet option of `bytes` address bytes. */
static struct got ask_type(struct full *l, const char *name, const char *type, const char *ecs,
                           unsigned bytes)
{
    char picture[256];
    uint8_t query[256];
    uint8_t out[RESPONDER_UDP_MAX];
    struct responder_client client = {.line = CN_NONE16, .address = {10, 9, 8, 7}};
    snprintf(picture, sizeof(picture),
             "1234 0000 0001 0000 0000 0001 %s %s 0001 00 0029 04d0 00000000 %04x 0008 %04x %s",
             name, type, 8 + bytes, 4 + bytes, ecs);
    size_t len = bytes_from(picture, query, sizeof(query));
    len = responder_answer(l->f.w, &client, (struct responder_query){query, len}, out, sizeof(out));
    assert_true(len > 40);
    struct got got = {.scope = out[len - bytes - 1]};
    size_t opt = 11 + 4 + 4 + bytes;
    memcpy(got.address, out + len - opt - 4, 4); /* the last record before OPT */
    return got;
}

static struct got ask(struct full *l, const char *name, const char *ecs, unsigned bytes)
{
    return ask_type(l, name, "0001", ecs, bytes);
}

static uint16_t pop_for(const struct full *l, uint8_t third, uint8_t bits)
{
    struct spill_client c = {.address = {198, 18, third, 0}, .bits = bits};
    return world_spread_to(l->f.w, l->www, LINE_SH_TELECOM, &c, POP_HKG);
}

static void the_scope_is_the_hashed_prefix(void **state)
{
    (void)state;
    struct full l;
    full_init(&l, true);
    bool kept = false;
    bool moved = false;
    for (unsigned third = 0; third < 64; third++) {
        char ecs[32];
        snprintf(ecs, sizeof(ecs), "0001 18 00 c612%02x", third);
        struct got got = ask(&l, ".www.shop.example", ecs, 3);
        uint16_t want = pop_for(&l, (uint8_t)third, 24);
        assert_int_equal(got.scope, 24);
        assert_int_equal(got.address[2], want); /* 198.18.POP.1 */
        kept = kept || want == POP_HKG;
        moved = moved || want != POP_HKG;
    }
    assert_true(kept && moved);
    fixture_free(&l.f);
}

static void a_longer_subnet_is_cut_and_a_shorter_one_is_taken_as_it_is(void **state)
{
    (void)state;
    struct full l;
    full_init(&l, true);
    struct got whole = ask(&l, ".www.shop.example", "0001 20 00 c6120763", 4);
    assert_int_equal(whole.scope, 24);
    assert_int_equal(whole.address[2], pop_for(&l, 7, 24));
    struct got some = ask(&l, ".www.shop.example", "0001 14 00 c61270", 3);
    assert_int_equal(some.scope, 20);
    assert_int_equal(some.address[2], pop_for(&l, 0x70, 20));
    /* The line's own prefix is longer than what is hashed. */
    assert_int_equal(ask(&l, ".www.shop.example", "0001 20 00 c0000241", 4).scope, 26);
    fixture_free(&l.f);
}

/* What explains an answer is as long valid as the answer. */
static void the_reasons_have_the_scope_of_the_answer(void **state)
{
    (void)state;
    struct full l;
    full_init(&l, true);
    assert_int_equal(ask_type(&l, "._why.www.shop.example", "0010", "0001 20 00 c6120763", 4).scope,
                     24);
    fixture_free(&l.f);
    full_init(&l, false);
    assert_int_equal(ask_type(&l, "._why.www.shop.example", "0010", "0001 20 00 c6120763", 4).scope,
                     16);
    fixture_free(&l.f);
}

static void without_saturation_the_line_decides(void **state)
{
    (void)state;
    struct full l;
    full_init(&l, false);
    struct got got = ask(&l, ".www.shop.example", "0001 18 00 c61207", 3);
    assert_int_equal(got.scope, 16);
    assert_int_equal(got.address[2], POP_SHA);
    fixture_free(&l.f);
}

/* The same query twice, and after a detour, is answered the same. */
static void the_same_state_gives_the_same_answer(void **state)
{
    (void)state;
    struct full l;
    full_init(&l, true);
    struct got first = ask(&l, ".www.shop.example", "0001 18 00 c61207", 3);
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_RESUME, 10)), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&l.f, on_everyone(EV_PARTNER_SUSPEND, 20)), REFUSAL_NONE);
    struct got again = ask(&l, ".www.shop.example", "0001 18 00 c61207", 3);
    assert_memory_equal(first.address, again.address, 4);
    fixture_free(&l.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"C4.21 the scope is the hashed prefix", the_scope_is_the_hashed_prefix, NULL, NULL, NULL},
        cmocka_unit_test(a_longer_subnet_is_cut_and_a_shorter_one_is_taken_as_it_is),
        cmocka_unit_test(the_reasons_have_the_scope_of_the_answer),
        cmocka_unit_test(without_saturation_the_line_decides),
        cmocka_unit_test(the_same_state_gives_the_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
