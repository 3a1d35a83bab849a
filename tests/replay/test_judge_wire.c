/* SPDX-License-Identifier: MIT
 * The check that the responder's bytes say what expectations are judged by. */
#include "test.h"

#include "play.h"

/* --- every kind of answer ------------------------------------------------------------------- */

struct kind_row {
    const char *name;
    const char *asked;
    uint16_t type;
    enum answer_kind kind;
};

/* clang-format off */
static struct kind_row kind_rows[] = {
    {"PoP, IPv4",                "www.shop.example",      RR_A,     ANSWER_POP},
    {"PoP, IPv6",                "www.shop.example",      RR_AAAA,  ANSWER_POP},
    {"PoP, through an alias",    "alias.shop.example",    RR_AAAA,  ANSWER_POP},
    {"origin, IPv4",             "www.gone.example",      RR_A,     ANSWER_ORIGIN},
    {"origin, IPv6",             "www.gone.example",      RR_AAAA,  ANSWER_ORIGIN},
    {"REFUSED",                  "www.shop.test",         RR_A,     ANSWER_REFUSED},
    {"NXDOMAIN",                 "no.shop.example",       RR_A,     ANSWER_NXDOMAIN},
    {"NXDOMAIN behind an alias", "broken.shop.example",   RR_A,     ANSWER_NXDOMAIN},
    {"deleted name",             "www.deleted.example",   RR_A,     ANSWER_NXDOMAIN},
    {"NODATA",                   "www.shop.example",      RR_TXT,   ANSWER_NODATA},
    {"NODATA behind an alias",   "alias.shop.example",    RR_TXT,   ANSWER_NODATA},
    {"empty non-terminal",       "b.shop.example",        RR_A,     ANSWER_NODATA},
    {"CNAME",                    "alias.shop.example",    RR_CNAME, ANSWER_ALIAS},
    {"alias out of the zones",   "abroad.shop.example",   RR_A,     ANSWER_ALIAS},
    {"SOA",                      "shop.example",          RR_SOA,   ANSWER_SOA},
    {"NS",                       "shop.example",          RR_NS,    ANSWER_NS},
    {"TXT",                      "txt.shop.example",      RR_TXT,   ANSWER_TXT},
    {"reasons",                  "_why.www.shop.example", RR_TXT,   ANSWER_WHY},
    {"ANY",                      "www.shop.example",      RR_ANY,   ANSWER_ANY},
};
/* clang-format on */

static void declare(struct play *p)
{
    static const char *const txt[] = {"v=1", "hello"};
    play_init(p);
    fixture_site(&p->f, "shop.example");
    fixture_host(&p->f, "www.shop.example");
    fixture_alias(&p->f, "alias.shop.example", "www.shop.example");
    fixture_alias(&p->f, "broken.shop.example", "no.shop.example");
    fixture_alias(&p->f, "abroad.shop.example", "www.shop.test");
    fixture_host(&p->f, "a.b.shop.example");
    uint32_t with_txt = fixture_host(&p->f, "txt.shop.example");
    p->f.hosts[with_txt].txt = txt;
    p->f.hosts[with_txt].txt_count = 2;
    uint32_t gone = fixture_site(&p->f, "gone.example");
    fixture_host(&p->f, "www.gone.example");
    p->f.sites[gone].filing = FILING_REVOKED;
    p->f.sites[gone].policy = POLICY_TO_ORIGIN;
    p->f.sites[gone].origin = &p->f.origin;
    uint32_t deleted = fixture_site(&p->f, "deleted.example");
    fixture_host(&p->f, "www.deleted.example");
    p->f.sites[deleted].filing = FILING_REVOKED;
    p->f.sites[deleted].policy = POLICY_DELETE_NAME;
}

/* Goal: the bytes agree for every kind of answer, from every line. */
static void test_kind(void **state)
{
    const struct kind_row *row = *state;
    struct play p;
    declare(&p);
    struct expectation *e = play_name(&p, row->asked, LINE_SH_TELECOM);
    e->type = row->type;
    play_build(&p, 10);
    struct judge j = {.world = p.f.w, .scenario = &p.s};
    struct answer a;
    answer_follow(p.f.w, e->name, e->type, LINE_SH_TELECOM, &a);
    assert_int_equal(a.kind, row->kind);
    for (uint16_t line = 0; line < LINES; line++) {
        p.lines[e->number] = line;
        assert_true(judge_wire_agrees(&j, e, 0));
    }
    play_free(&p);
}

/* --- the world changes between asking and reading ------------------------------------------- */

static uint8_t packet[JUDGE_PACKET_MAX];

/* Whether an answer that was asked for before the event still agrees after it. */
static bool agrees_after(const char *asked, uint16_t type, const struct event *event)
{
    struct play p;
    declare(&p);
    struct expectation *e = play_name(&p, asked, LINE_SH_TELECOM);
    e->type = type;
    play_build(&p, 10);
    struct judge j = {.world = p.f.w, .scenario = &p.s};
    size_t len = judge_wire_ask(&j, e, 0, packet);
    assert_true(judge_wire_reads(&j, e, 0, packet, len));
    assert_int_equal(world_apply(p.f.w, event), REFUSAL_NONE);
    bool agrees = judge_wire_reads(&j, e, 0, packet, len);
    play_free(&p);
    return agrees;
}

/* Goal: another PoP, another TTL, another result code are each noticed; what does not concern the
 * answer is not. */
static void test_changed_between(void **state)
{
    (void)state;
    struct event pop = on_pop(EV_POP_DOWN, 1, POP_SHA);
    struct event other = on_pop(EV_POP_DOWN, 1, POP_FRA);
    struct event drain = on_pop(EV_POP_DRAIN, 1, POP_BJS);
    struct event closed = on_site(EV_CLOSE_RESOLUTION, 1, 0);
    struct event lost = on_site(EV_REVOKE_SITE, 1, 0);
    assert_false(agrees_after("www.shop.example", RR_A, &pop));
    assert_false(agrees_after("www.shop.example", RR_AAAA, &pop));
    assert_false(agrees_after("alias.shop.example", RR_A, &lost));
    assert_false(agrees_after("www.shop.example", RR_A, &closed));
    assert_true(agrees_after("www.shop.example", RR_A, &other));
    assert_true(agrees_after("www.shop.example", RR_A, &drain));
    assert_true(agrees_after("no.shop.example", RR_A, &lost));
    assert_true(agrees_after("shop.example", RR_NS, &lost));
}

/* Goal: bytes that end too early agree with nothing. */
static void test_cut(void **state)
{
    (void)state;
    struct play p;
    declare(&p);
    struct expectation *e = play_name(&p, "www.shop.example", LINE_SH_TELECOM);
    play_build(&p, 10);
    struct judge j = {.world = p.f.w, .scenario = &p.s};
    size_t len = judge_wire_ask(&j, e, 0, packet);
    assert_true(len > 12);
    for (size_t cut = 0; cut < len; cut++) {
        assert_false(judge_wire_reads(&j, e, 0, packet, cut));
    }
    assert_true(judge_wire_reads(&j, e, 0, packet, len));
    play_free(&p);
}

/* Goal: an expectation that asks no name has nothing to disagree with. */
static void test_no_name(void **state)
{
    (void)state;
    struct play p;
    declare(&p);
    struct expectation *e = play_expect(&p, EXPECT_STATE);
    e->site = 0;
    play_build(&p, 10);
    struct judge j = {.world = p.f.w, .scenario = &p.s};
    assert_int_equal(judge_wire_ask(&j, e, 0, packet), 0);
    assert_true(judge_wire_agrees(&j, e, 0));
    play_free(&p);
}

int main(void)
{
    struct CMUnitTest kinds[CN_ARRAY_LEN(kind_rows)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changed_between),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_no_name),
    };
    TABLE_TESTS(kinds, kind_rows, test_kind);
    return cmocka_run_group_tests_name("kinds", kinds, NULL, NULL) +
           cmocka_run_group_tests_name("judge_wire", tests, NULL, NULL);
}
