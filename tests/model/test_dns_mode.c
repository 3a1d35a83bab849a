/* SPDX-License-Identifier: MIT
 * Rows 27 and 28 of FACTS C2, transcribed by hand: where zones are answered decides who loses
 * what. Expected: the kind of the answer, its row, and whether the query may time out. The words of
 * a row are those of story.h. */
#include "cnedge/model/answer.h"

#include "story.h"

struct row {
    const char *name, *line, *words;
    enum answer_kind kind;
    unsigned row;
    bool may_time_out;
};

#define SH_CT "cn/shanghai/telecom"
#define CHINA "dns_mode=in_china "

static struct row rows[] = {
    {"C2.row27.mainland", SH_CT, CHINA "dns_down", ANSWER_SILENT, 27, false},
    {"C2.row27.outside", "de", CHINA "dns_down", ANSWER_SILENT, 27, false},
    {"C2.row27.near", "hk", CHINA "dns_down", ANSWER_SILENT, 27, false},
    {"C2.row27.unknown", "unknown", CHINA "dns_down", ANSWER_SILENT, 27, false},
    {"C2.row27.servfail", SH_CT, CHINA "dns_failure=servfail dns_down", ANSWER_SERVFAIL, 27, false},
    {"C2.row27.servfail.outside", "de", CHINA "dns_failure=servfail dns_down", ANSWER_SERVFAIL, 27,
     false},
    {"C2.row27.revoked", SH_CT, CHINA "revoke dns_down", ANSWER_SILENT, 27, false},
    {"C2.row27.global", SH_CT, "dns_down", ANSWER_POP, 1, false},
    {"C2.row27.global.outside", "de", "dns_down", ANSWER_POP, 2, false},
    {"C2.row28", SH_CT, "congested", ANSWER_POP, 1, true},
    {"C2.row28.revoked", SH_CT, "congested revoke", ANSWER_POP, 10, true},
    {"C2.row28.outside", "de", "congested", ANSWER_POP, 2, false},
    {"C2.row28.near", "hk", "congested", ANSWER_POP, 30, false},
    {"C2.row28.in_china", SH_CT, CHINA "congested", ANSWER_POP, 1, false},
    {"C2.row28.in_china.outside", "de", CHINA "congested", ANSWER_POP, 2, true},
    {"C2.row28.unknown", "unknown", "congested", ANSWER_POP, 29, false},
    {"C2.row28.unknown.inside", "unknown", "unknown_line=" SH_CT " congested", ANSWER_POP, 1, true},
};

static void check_row(void **state)
{
    const struct row *r = *state;
    static const uint16_t types[] = {RR_A, RR_AAAA};
    static struct story s;
    story_begin(&s, r->words);
    uint16_t line = find_line(&s.f, r->line);
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        struct answer a;
        answer_find(s.f.w, s.f.hosts[s.ask].name, types[i], line, &a);
        assert_int_equal(a.kind, r->kind);
        assert_int_equal(a.cell.row, r->row);
        assert_int_equal(a.may_time_out, r->may_time_out);
    }
    fixture_free(&s.f);
}

/* Other types and names that do not exist fail the same way, and a name of no site does not. */
static void row27_for_everything(void **state)
{
    static struct story s;
    struct answer a;
    uint8_t wire[DNAME_MAX];
    (void)state;
    story_begin(&s, CHINA "dns_down");
    answer_find(s.f.w, s.f.sites[s.shop].apex, RR_SOA, LINE_DE, &a);
    assert_int_equal(a.kind, ANSWER_SILENT);
    assert_true(dname_from_text("none.shop.example", wire) > 0);
    answer_find(s.f.w, wire, RR_A, LINE_DE, &a);
    assert_int_equal(a.kind, ANSWER_SILENT);
    assert_true(dname_from_text("elsewhere.test", wire) > 0);
    answer_find(s.f.w, wire, RR_A, LINE_DE, &a);
    assert_int_equal(a.kind, ANSWER_REFUSED);
    fixture_free(&s.f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 1];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] =
        (struct CMUnitTest){.name = "C2.row27.every_question", .test_func = row27_for_everything};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
