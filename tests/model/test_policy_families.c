/* SPDX-License-Identifier: MIT
 * A and AAAA apart: rows 6, 7 and 22 of FACTS C2, transcribed by hand from that document. The words
 * of a row are those of story.h. Expected of each type: class, PoP, TTL, row, and how the addresses
 * end (198.18.0.1 and 2001:db8::1 are sha's first ones). */
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"

#include "story.h"

struct row {
    const char *name, *line, *words, *a, *aaaa;
};

#define SH_CT "cn/shanghai/telecom"
#define SH_CU "cn/shanghai/unicom"
#define GD_CM "cn/guangdong/mobile"

// clang-format off
static struct row rows[] = {
    {"C2.row1.both", SH_CT, "", "mainland sha 60 1 .1.2", "mainland sha 60 1 .1.2"},

    /* 6: CN v6 dead, v4 alive: A from CN; AAAA {keep CN, NEAR v6, NODATA} */
    {"C2.row6.keep", SH_CT, "v6", "mainland sha 60 6 .1.2", "mainland sha 60 6 .1.2"},
    {"C2.row6.near", SH_CT, "v6_failover=near v6",
     "mainland sha 60 6 .1.2", "near hkg 60 6 .1"},
    {"C2.row6.nodata", SH_CT, "v6_failover=nodata v6", "mainland sha 60 6 .1.2", "nodata - 60 6"},
    {"C2.row6.near.next", SH_CT, "v6_failover=near hkg- v6",
     "mainland sha 60 6 .1.2", "near nrt 60 6 .1"},
    {"C2.row6.one_pop.keep", SH_CT, "v6/pop:sha",
     "mainland sha 60 1 .1.2", "mainland sha 60 1 .1.2"},
    {"C2.row6.one_pop.near", SH_CT, "v6_failover=near v6/pop:sha", /* never overseas while CN can */
     "mainland sha 60 1 .1.2", "mainland can 60 3 .1"},
    {"C2.row6.one_pop.nodata", SH_CT, "v6_failover=nodata v6/pop:sha",
     "mainland sha 60 1 .1.2", "mainland can 60 3 .1"},
    {"C2.row6.province", SH_CT, "v6_failover=near v6/province:shanghai",
     "mainland sha 60 1 .1.2", "mainland can 60 4 .1"},
    {"C2.row6.carrier", SH_CU, "v6_failover=near v6/carrier:unicom",
     "mainland bjs 60 1 .1", "mainland sha 60 4 .1.2"},
    {"C2.row6.near_pop", SH_CT, "v6_failover=near revoke v6/pop:hkg",
     "near hkg 60 10 .1", "near nrt 60 10 .1"},
    {"C2.row6.outside", "de", "v6_failover=near v6", "global fra 300 2 .1", "global fra 300 2 .1"},
    {"C2.row6.not_entitled", SH_CT, "v6_failover=nodata v6 revoke",
     "near hkg 60 10 .1", "near hkg 60 10 .1"},
    {"C2.row6.kept", SH_CT, "v6_failover=nodata policy=suspend revoke v6",
     "mainland sha 60 10 .1.2", "nodata - 60 10"},
    {"C2.row6.domestic", "de", "v6_failover=near coverage=domestic v6",
     "mainland sha 60 0 .1.2", "global fra 300 0 .1"},

    /* 7: CN v4 dead, v6 alive: AAAA CN, A -> NEAR */
    {"C2.row7", SH_CT, "v4", "near hkg 60 7 .1", "mainland sha 60 7 .1.2"},
    {"C2.row7.near", SH_CT, "v6_failover=near v4", "near hkg 60 7 .1", "mainland sha 60 7 .1.2"},
    {"C2.row7.one_pop", SH_CT, "v4/pop:sha", "mainland can 60 3 .1", "mainland sha 60 1 .1.2"},
    {"C2.row7.pop_down_too", GD_CM, "v4 sha-", "near hkg 60 7 .1", "mainland bjs 60 7 .1"},
    {"C2.row7.both_out", SH_CT, "v4 v6", "near hkg 60 5 .1", "near hkg 60 5 .1"},
    {"C2.row7.both_out.near", SH_CT, "v6_failover=near v4 v6",
     "near hkg 60 5 .1", "near hkg 60 5 .1"},
    {"C2.row7.forced_up", SH_CT, "sha^ v4", "mainland sha 60 1 .1.2", "mainland sha 60 1 .1.2"},

    /* 22: one address of the set blocked: drop it, answer the rest; if empty, next PoP */
    {"C2.row22", SH_CT, "block", "mainland sha 60 22 .2", "mainland sha 60 1 .1.2"},
    {"C2.row22.v6", SH_CT, "block6", "mainland sha 60 1 .1.2", "mainland sha 60 22 .2"},
    {"C2.row22.carrier", SH_CT, "block:telecom", "mainland sha 60 22 .2",
     "mainland sha 60 1 .1.2"},
    {"C2.row22.other_carrier", GD_CM, "block:telecom", "mainland sha 60 1 .1.2",
     "mainland sha 60 1 .1.2"},
    {"C2.row22.everyone", GD_CM, "block_scope=everyone block:telecom", "mainland sha 60 22 .2",
     "mainland sha 60 1 .1.2"},
    {"C2.row22.empty", SH_CT, "block block2", "mainland can 60 22 .1", "mainland sha 60 1 .1.2"},
    /* a PoP that the client would not have got is no loss to it */
    {"C2.row22.empty.not_its_own", SH_CU, "block block2", "mainland bjs 60 1 .1",
     "mainland bjs 60 1 .1"},
    {"C2.row22.empty.its_last", SH_CU, "block block2 can- bjs-", "near hkg 60 22 .1",
     "mainland sha 60 3 .1.2"},
    {"C2.row22.empty.everywhere", SH_CT, "block block2 can- bjs-", "near hkg 60 22 .1",
     "mainland sha 60 1 .1.2"},
    {"C2.row22.blackhole", GD_CM, "blackhole", "mainland sha 60 22 .2", "mainland sha 60 1 .1.2"},
    {"C2.row22.rotate", SH_CT, "block rotate", "mainland sha 60 1 .2.3", "mainland sha 60 1 .1.2"},
    {"C2.row22.clear", SH_CT, "block +2h clear", "mainland sha 60 1 .1.2",
     "mainland sha 60 1 .1.2"},
    {"C2.row22.both", SH_CT, "block block6", "mainland sha 60 22 .2", "mainland sha 60 22 .2"},
    {"C2.row22.outside", "de", "coverage=domestic block", "mainland sha 60 0 .1.2",
     "mainland sha 60 0 .1.2"},
    {"C2.row22.outside.everyone", "de", "coverage=domestic block_scope=everyone block",
     "mainland sha 60 0 .2", "mainland sha 60 0 .1.2"},
    {"C2.row22.kept", SH_CT, "policy=suspend revoke block", "mainland sha 60 10 .2",
     "mainland sha 60 10 .1.2"},
};
// clang-format on

static void describe(const struct story *s, const struct answer *a, uint16_t type, char *out,
                     size_t cap)
{
    const struct topology *t = s->f.w->topology;
    struct answer_addresses have;
    const char *kind = a->kind == ANSWER_NODATA ? "nodata" : "other";
    const char *pop = "-";
    if (a->kind == ANSWER_POP) {
        kind = pop_class_name(t->pops[a->cell.pop].class_);
        pop = t->pops[a->cell.pop].id;
    }
    size_t n = (size_t)snprintf(out, cap, "%s %s %u %u%s", kind, pop, a->ttl_s, a->cell.row,
                                a->kind == ANSWER_POP ? " " : "");
    answer_addresses(s->f.w, a, type, &have);
    for (uint8_t i = 0; i < have.count; i++) {
        n += (size_t)snprintf(out + n, cap - n, ".%u", have.at[i][type == RR_A ? 3 : 15]);
    }
}

static void must_hold(struct world *w)
{
    struct violation items[4];
    struct violation_list found = {.cap = 4, .items = items};
    invariant_sweep(w, &found);
    if (found.count > 0) fail_msg("%s", invariant_id(items[0].invariant));
}

static void check_row(void **state)
{
    const struct row *r = *state;
    static struct story s;
    story_begin(&s, r->words);
    uint16_t line = find_line(&s.f, r->line);
    for (int i = 0; i < 2; i++) {
        char got[80];
        struct answer a;
        uint16_t type = i == 0 ? RR_A : RR_AAAA;
        answer_find(s.f.w, s.f.hosts[s.ask].name, type, line, &a);
        describe(&s, &a, type, got, sizeof(got));
        assert_string_equal(got, i == 0 ? r->a : r->aaaa);
    }
    must_hold(s.f.w);
    fixture_free(&s.f);
}

/* What the path view asks: per port and line. */
static void blocked_for_whom(void **state)
{
    static struct story s;
    (void)state;
    story_begin(&s, "block:telecom");
    struct world_address x = {.pop = POP_SHA, .line = LINE_SH_TELECOM, .port = 443};
    assert_true(world_address_blocked(s.f.w, &x));
    x.port = 80;
    assert_false(world_address_blocked(s.f.w, &x));
    x.port = 0;
    assert_true(world_address_blocked(s.f.w, &x));
    x.index = 1;
    assert_false(world_address_blocked(s.f.w, &x));
    x.index = 0;
    x.family = FAMILY_V6;
    assert_false(world_address_blocked(s.f.w, &x));
    x.family = FAMILY_V4;
    x.line = LINE_SH_UNICOM;
    assert_false(world_address_blocked(s.f.w, &x));
    x.line = LINE_DE;
    assert_false(world_address_blocked(s.f.w, &x));
    assert_int_equal(world_address_state(s.f.w, POP_SHA, FAMILY_V4, 0), ADDRESS_PORT_BLOCKED);
    fixture_free(&s.f);
}

/* The cells of both families are one table again when the outage ends, and look changed. */
static void tables_part_and_meet(void **state)
{
    static struct story s;
    (void)state;
    story_begin(&s, "v6_failover=near");
    struct world *w = s.f.w;
    uint16_t class_ = w->hosts[s.www].class_;
    assert_ptr_equal(world_cells(w, class_, FAMILY_V4), world_cells(w, class_, FAMILY_V6));
    struct event e = fixture_event(EV_FAMILY_DOWN, 1);
    e.family = FAMILY_V6;
    assert_int_equal(fixture_apply(&s.f, e), REFUSAL_NONE);
    struct cell v4 = world_cells(w, class_, FAMILY_V4)[LINE_DE];
    struct cell v6 = world_cells(w, class_, FAMILY_V6)[LINE_SH_TELECOM];
    assert_int_equal(v4.since, 1); /* Germany's answer did not change */
    assert_int_equal(v6.since, w->generation);
    assert_int_equal(v6.pop, POP_HKG);
    e.kind = EV_FAMILY_UP;
    assert_int_equal(fixture_apply(&s.f, e), REFUSAL_NONE);
    v6 = world_cells(w, class_, FAMILY_V6)[LINE_SH_TELECOM];
    assert_int_equal(v6.since, w->generation);
    assert_int_equal(v6.pop, POP_SHA);
    assert_int_equal(world_cells(w, class_, FAMILY_V6)[LINE_DE].since, 1);
    fixture_free(&s.f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 2];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] =
        (struct CMUnitTest){.name = "B6.address.blocked_for_whom", .test_func = blocked_for_whom};
    tests[ROWS + 1] = (struct CMUnitTest)cmocka_unit_test(tables_part_and_meet);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
