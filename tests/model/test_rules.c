/* SPDX-License-Identifier: MIT
 * Goal: the dated rules say what FACTS G says, on the last day before and the first day of each
 * change, and leave no day out. */
#include "cnedge/model/rules.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"

#include "../test.h"

static const struct rules by_date;

/* Noon in China on a day. */
static walltime noon(int32_t day)
{
    return (walltime){rules_day_start(day).ns + INT64_C(12) * 3600 * SIMDUR_SECOND};
}

struct dated_row {
    const char *name; /* "G.<rule>.<date>" */
    const char *want;
};

/* Written by hand from FACTS A1, A2b, B1, B7, G. */
static struct dated_row dated_rows[] = {
    {"G.tld_set.2018-01-01", "seed_2019"},
    {"G.tld_set.2019-10-23", "seed_2019"},
    {"G.tld_set.2019-10-24", "reported"},
    {"G.tld_set.2026-03-02", "reported"},
    {"G.registrar_approval_required.2017-12-31", "false"},
    {"G.registrar_approval_required.2018-01-01", "true"},
    {"G.registrar_authority.2026-03-02", "miit"},
    {"G.one_domain_per_site.2019-04-21", "false"},
    {"G.one_domain_per_site.2019-04-22", "true"},
    {"G.sms_window.2020-08-16", "48h"},
    {"G.sms_window.2020-08-17", "24h"},
    {"G.sms_provinces.2017-12-17", "none"},
    {"G.sms_provinces.2017-12-18", "tianjin gansu tibet ningxia hainan xinjiang qinghai"},
    {"G.sms_provinces.2020-08-16", "tianjin gansu tibet ningxia hainan xinjiang qinghai"},
    {"G.sms_provinces.2020-08-17", "all"},
    {"G.commercial_max_foreign_pct.2026-03-02", "50"},
    {"G.commercial_max_foreign_pct_pilot.2024-04-09", "50"},
    {"G.commercial_max_foreign_pct_pilot.2024-04-10", "100"},
    {"G.pilot_provinces.2024-04-09", "none"},
    {"G.pilot_provinces.2024-04-10", "beijing shanghai hainan guangdong"},
    {"G.footer_host.2019-05-31", "www.miitbeian.gov.cn"},
    {"G.footer_host.2019-06-01", "www.beian.miit.gov.cn"},
    {"G.footer_host.2020-07-31", "www.beian.miit.gov.cn"},
    {"G.footer_host.2020-08-01", "beian.miit.gov.cn"},
    {"G.psb_host.2023-10-31", "www.beian.gov.cn"},
    {"G.psb_host.2023-11-01", "beian.mps.gov.cn"},
    {"G.app_filing.2023-08-31", "none"},
    {"G.app_filing.2023-09-01", "new"},
    {"G.app_filing.2024-03-31", "new"},
    {"G.app_filing.2024-04-01", "all"},
    {"G.crossborder_downgrade.2019-12-31", "never"},
    {"G.crossborder_downgrade.2020-01-01", "intl_portal_only"},
    {"G.crossborder_downgrade.2026-02-28", "intl_portal_only"},
    {"G.crossborder_downgrade.2026-03-01", "allowed"},
    {"G.acceleration_plan.2024-12-31", "MCA"},
    {"G.acceleration_plan.2025-01-01", "CMA"},
    {"G.secure_acceleration_plan.2024-12-31", "Sec-MCA"},
    {"G.secure_acceleration_plan.2025-01-01", "Sec-CMA"},
    {"G.private_line_product.2022-12-31", "none"},
    {"G.private_line_product.2023-01-01", "China Express"},
    {"G.private_line_product.2025-01-01", "Global Acceleration"},
};

static void value_on_that_day(void **state)
{
    const struct dated_row *r = *state;
    char rule[64] = "";
    const char *dot = strrchr(r->name, '.');
    size_t len = (size_t)(dot - (r->name + 2));
    walltime start;
    char instant[40];
    assert_true(len < sizeof(rule));
    memcpy(rule, r->name + 2, len);
    snprintf(instant, sizeof(instant), "%sT12:00:00+08:00", dot + 1);
    assert_true(timetext_instant(instant, &start));
    enum rules_id id = rules_find(rule);
    assert_int_not_equal(id, RULES_COUNT);
    assert_string_equal(rules_at(&by_date, id, start), r->want);
}

/* --- the table ------------------------------------------------------------------------------ */

static bool value_fits(const struct rules_version *v)
{
    struct duration_range range;
    int count;
    const char *const *words;
    switch (rules_info(v->rule)->type) {
    case RULES_TYPE_TEXT:
    case RULES_TYPE_PROVINCES:
        return v->value[0] != '\0';
    case RULES_TYPE_WORD:
        words = rules_words(v->rule, &count);
        for (int i = 0; i < count; i++) {
            if (strcmp(words[i], v->value) == 0) return true;
        }
        return false;
    case RULES_TYPE_NUMBER:
        return v->value[strspn(v->value, "0123456789")] == '\0' &&
               rules_number(&by_date, v->rule, noon(v->from)) <= 100;
    case RULES_TYPE_BOOL:
        return strcmp(v->value, "true") == 0 || strcmp(v->value, "false") == 0;
    case RULES_TYPE_DURATION:
        return choices_read_range(v->value, &range);
    }
    return false;
}

/* The day after, by the calendar that the rules use. */
static int32_t next_day(int32_t day)
{
    return rules_day((walltime){noon(day).ns + INT64_C(86400) * SIMDUR_SECOND});
}

static void versions_leave_no_day_out(void **state)
{
    (void)state;
    size_t count;
    const struct rules_version *v = rules_table(&count);
    unsigned rules = 0;
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || v[i - 1].rule != v[i].rule;
        bool last = i + 1 == count || v[i + 1].rule != v[i].rule;
        rules += first ? 1 : 0;
        assert_true(i == 0 || v[i].rule >= v[i - 1].rule);
        assert_true(v[i].from <= v[i].to);
        if (first) assert_int_equal(v[i].from, RULES_EVER_FROM);
        if (!first) assert_int_equal(v[i].from, next_day(v[i - 1].to));
        if (last) assert_int_equal(v[i].to, RULES_EVER_TO);
        assert_true(value_fits(&v[i]));
        assert_true(strlen(v[i].source) > 0 && strlen(v[i].grade) > 0);
    }
    assert_int_equal(rules, RULES_COUNT);
}

static void a_fixed_rule_ignores_the_clock(void **state)
{
    (void)state;
    struct rules fixed = by_date;
    fixed.fixed[RULES_FOOTER_HOST] = "footer.example";
    fixed.fixed[RULES_COMMERCIAL_MAX_FOREIGN_PCT] = "75";
    fixed.fixed[RULES_ONE_DOMAIN_PER_SITE] = "false";
    assert_string_equal(rules_at(&fixed, RULES_FOOTER_HOST, noon(20100101)), "footer.example");
    assert_string_equal(rules_at(&fixed, RULES_FOOTER_HOST, noon(20260101)), "footer.example");
    assert_int_equal(rules_number(&fixed, RULES_COMMERCIAL_MAX_FOREIGN_PCT, noon(20260101)), 75);
    assert_false(rules_bool(&fixed, RULES_ONE_DOMAIN_PER_SITE, noon(20260101)));
    assert_true(rules_bool(&by_date, RULES_ONE_DOMAIN_PER_SITE, noon(20260101)));
}

/* A day begins at midnight in China, which is 16:00 UTC of the day before. */
static void days_are_those_of_china(void **state)
{
    (void)state;
    static const struct {
        int64_t utc_s;
        int32_t day;
    } rows[] = {{0, 19700101},
                {INT64_C(951753599), 20000228},  /* 2000-02-28T15:59:59Z */
                {INT64_C(951753600), 20000229},  /* 16:00:00Z */
                {INT64_C(951840000), 20000301},  /* 2000-02-29T16:00:00Z */
                {INT64_C(1712678399), 20240409}, /* 2024-04-09T15:59:59Z */
                {INT64_C(1712678400), 20240410},
                {INT64_C(4107513600), 21000301}}; /* 2100 has no 29 February */
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        assert_int_equal(rules_day((walltime){rows[i].utc_s * SIMDUR_SECOND}), rows[i].day);
    }
    for (int32_t day = 19700102; day < 22600101; day = next_day(day)) {
        walltime start = rules_day_start(day);
        assert_int_equal(rules_day(start), day);
        assert_true(rules_day((walltime){start.ns - 1}) < day);
        assert_int_equal(rules_day_end(day).ns, rules_day_start(next_day(day)).ns);
    }
    assert_int_equal(rules_day_start(22620101).ns, INT64_MAX);
    assert_int_equal(rules_day_start(RULES_EVER_TO).ns, INT64_MAX);
    assert_int_equal(rules_day_end(RULES_EVER_TO).ns, INT64_MAX);
}

static void provinces_are_words(void **state)
{
    (void)state;
    struct rules r = by_date;
    walltime t = noon(20260302);
    assert_true(rules_province(&r, RULES_SMS_PROVINCES, t, "tibet"));
    assert_true(rules_province(&r, RULES_SMS_PROVINCES, t, NULL)); /* all of them */
    assert_true(rules_province(&r, RULES_PILOT_PROVINCES, t, "hainan"));
    assert_false(rules_province(&r, RULES_PILOT_PROVINCES, t, "hai"));
    assert_false(rules_province(&r, RULES_PILOT_PROVINCES, t, "nan"));
    assert_false(rules_province(&r, RULES_PILOT_PROVINCES, t, ""));
    assert_false(rules_province(&r, RULES_PILOT_PROVINCES, t, NULL));
    r.fixed[RULES_PILOT_PROVINCES] = "none";
    assert_false(rules_province(&r, RULES_PILOT_PROVINCES, t, "hainan"));
}

static void words_and_durations_are_read(void **state)
{
    (void)state;
    int count;
    assert_int_equal(rules_word(&by_date, RULES_CROSSBORDER_DOWNGRADE, noon(20260302)),
                     DOWNGRADE_ALLOWED);
    assert_int_equal(rules_word(&by_date, RULES_CROSSBORDER_DOWNGRADE, noon(20200302)),
                     DOWNGRADE_INTL_PORTAL_ONLY);
    assert_int_equal(rules_word(&by_date, RULES_CROSSBORDER_DOWNGRADE, noon(20100302)),
                     DOWNGRADE_NEVER);
    assert_int_equal(rules_word(&by_date, RULES_REGISTRAR_AUTHORITY, noon(20260302)),
                     AUTHORITY_MIIT);
    assert_int_equal(rules_word(&by_date, RULES_TLD_SET, noon(20180302)), TLD_SET_SEED_2019);
    assert_int_equal(rules_duration(&by_date, RULES_SMS_WINDOW, noon(20180302)).max.ns,
                     INT64_C(48) * 3600 * SIMDUR_SECOND);
    assert_null(rules_words(RULES_FOOTER_HOST, &count));
    assert_non_null(strstr(rules_tlds(TLD_SET_REPORTED), "xn--fiqs8s"));
    assert_null(strstr(rules_tlds(TLD_SET_SEED_2019), "xn--"));
    assert_int_equal(rules_find("no_such_rule"), RULES_COUNT);
}

int main(void)
{
    struct CMUnitTest dated[CN_ARRAY_LEN(dated_rows)];
    TABLE_TESTS(dated, dated_rows, value_on_that_day);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(versions_leave_no_day_out),
        cmocka_unit_test(a_fixed_rule_ignores_the_clock),
        cmocka_unit_test(days_are_those_of_china),
        cmocka_unit_test(provinces_are_words),
        cmocka_unit_test(words_and_durations_are_read),
    };
    return cmocka_run_group_tests(dated, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
