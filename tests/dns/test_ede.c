/* SPDX-License-Identifier: MIT
 * The Extended DNS Error of a decision (C4.22): which reason tells, and when there is none. */
#include "cnedge/dns/ede.h"

#include "test.h"
#include "world_fixture.h"

enum { NONE = -1 };

struct row {
    const char *name;
    enum ede_mode mode;
    enum decision_kind kind;
    uint16_t type;
    enum policy_rule reasons[3]; /* up to the first RULE_COUNT */
    int want;
};

#define END RULE_COUNT

static struct row rows[] = {
    {"C4.22 off: nothing", EDE_OFF, DECISION_NODATA, RR_A, {RULE_FAMILY_NODATA, END}, NONE},
    {"C4.22 no reason takes anything", EDE_ALL, DECISION_NODATA, RR_A, {RULE_NEAREST, END}, NONE},
    {"C4.22 the state", EDE_ALL, DECISION_POP, RR_A, {RULE_FILING_LOST, END}, EDE_CENSORED},
    {"C4.22 AAAA is asked for too",
     EDE_ALL,
     DECISION_ORIGIN,
     RR_AAAA,
     {RULE_BLACKLISTED, END},
     EDE_CENSORED},
    {"C4.22 an address is no answer to MX",
     EDE_ALL,
     DECISION_POP,
     RR_MX,
     {RULE_FILING_LOST, END},
     NONE},
    {"C4.22 errors alone: an address is none",
     EDE_ERRORS,
     DECISION_ORIGIN,
     RR_A,
     {RULE_FILING_LOST, END},
     NONE},
    {"C4.22 errors alone: no address is one",
     EDE_ERRORS,
     DECISION_NXDOMAIN,
     RR_MX,
     {RULE_FILING_LOST, END},
     EDE_CENSORED},
    {"C4.22 the first of two losses tells",
     EDE_ALL,
     DECISION_POP,
     RR_A,
     {RULE_PARTNER_SUSPENDED, RULE_FILING_LOST, END},
     EDE_BLOCKED},
    {"C4.22 what the name met comes before",
     EDE_ALL,
     DECISION_NODATA,
     RR_A,
     {RULE_FILING_LOST, RULE_FAMILY_NODATA, END},
     EDE_FILTERED},
    {"C4.22 a lapsed domain comes before",
     EDE_ALL,
     DECISION_REFUSED,
     RR_A,
     {RULE_FILING_LOST, RULE_DOMAIN_LAPSED, END},
     EDE_NOT_AUTHORITATIVE},
    {"C4.22 an old status comes last",
     EDE_ALL,
     DECISION_POP,
     RR_A,
     {RULE_STATUS_UNKNOWN_GRACE, RULE_FILING_LOST, END},
     EDE_CENSORED},
    {"C4.22 an old status alone",
     EDE_ALL,
     DECISION_POP,
     RR_A,
     {RULE_STATUS_UNKNOWN_GRACE, RULE_STATUS_UNKNOWN_GRACE, END},
     EDE_STALE_ANSWER},
    {"C4.22 and behind a loss",
     EDE_ALL,
     DECISION_POP,
     RR_A,
     {RULE_FILING_MISSING, RULE_STATUS_UNKNOWN_GRACE, END},
     EDE_PROHIBITED},
};

static struct fixture f;

static void check_row(void **state)
{
    const struct row *r = *state;
    struct choices choices = *f.w->choices;
    struct world w = *f.w;
    struct answer a = {.kind = ANSWER_NODATA, .zone = (const uint8_t *)""};
    struct decision d = {.kind = r->kind};
    struct ede out = {.code = 0};
    choices.ede = (int32_t)r->mode;
    w.choices = &choices;
    while (r->reasons[d.reason_count] != END) {
        d.reasons[d.reason_count].rule = (uint8_t)r->reasons[d.reason_count];
        d.reason_count++;
    }
    bool told = ede_of(&w, &a, r->type, &d, &out);
    assert_int_equal(told ? (int)out.code : NONE, r->want);
    if (told) {
        assert_true(out.text[0] != '\0');
        assert_non_null(ede_name(out.code));
    }
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ede_name(EDE_CENSORED), "Censored");
    assert_string_equal(ede_name(EDE_NOT_AUTHORITATIVE), "Not Authoritative");
    assert_null(ede_name(EDE_OTHER));
}

static int begin(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_site(&f, "shop.example");
    fixture_host(&f, "www.shop.example");
    return fixture_build(&f) == NULL;
}

static int end(void **state)
{
    (void)state;
    fixture_free(&f);
    return 0;
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 1];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(names);
    return cmocka_run_group_tests(tests, begin, end);
}
