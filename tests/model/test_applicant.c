/* SPDX-License-Identifier: MIT
 * Goal: who may apply for what, as FACTS A2 says, and what the provincial bureaus ask for. The
 * wanted values are written by hand from there. */
#include "cnedge/model/applicant.h"

#include <string.h>

#include "../test.h"

/* --- the table of FACTS A2 ------------------------------------------------------------------ */

struct right_row {
    const char *name; /* "A2.<applicant>.<filing|commercial>" */
    enum applicant_right want;
};

static struct right_row right_rows[] = {
    {"A2.mainland_company.filing", APPLICANT_YES},
    {"A2.mainland_company.commercial", APPLICANT_BY_SHARE},
    {"A2.foreign_invested.filing", APPLICANT_YES},
    {"A2.foreign_invested.commercial", APPLICANT_BY_SHARE},
    {"A2.rep_office.filing", APPLICANT_YES},
    {"A2.rep_office.commercial", APPLICANT_NO},
    {"A2.individual.filing", APPLICANT_YES},
    {"A2.individual.commercial", APPLICANT_NO},
    {"A2.hmt_resident.filing", APPLICANT_WITH_PAPERS},
    {"A2.hmt_resident.commercial", APPLICANT_NO},
    {"A2.foreign_individual.filing", APPLICANT_WITH_PAPERS},
    {"A2.foreign_individual.commercial", APPLICANT_NO},
    {"A2.foreign_company.filing", APPLICANT_NO},
    {"A2.foreign_company.commercial", APPLICANT_NO},
    {"A2.institution.filing", APPLICANT_YES},
    {"A2.institution.commercial", APPLICANT_NO},
    {"A2.government.filing", APPLICANT_YES},
    {"A2.government.commercial", APPLICANT_NO},
};

static enum applicant_type type_named(const char *name, size_t len)
{
    for (unsigned t = 0; t < APPLICANT_TYPE_COUNT; t++) {
        const char *is = applicant_type_name((enum applicant_type)t);
        if (strlen(is) == len && memcmp(is, name, len) == 0) return (enum applicant_type)t;
    }
    fail_msg("no such applicant: %s", name);
    return APPLICANT_TYPE_COUNT;
}

static void right_is_as_the_table_says(void **state)
{
    const struct right_row *r = *state;
    const char *type = strchr(r->name, '.') + 1;
    const char *what = strrchr(r->name, '.') + 1;
    enum applicant_type t = type_named(type, (size_t)(what - 1 - type));
    bool filing = strcmp(what, "filing") == 0;
    assert_int_equal(filing ? applicant_filing(t) : applicant_commercial(t), r->want);
    assert_true(strlen(applicant_type_text(t)) > 0);
}

/* --- the guards of an order ----------------------------------------------------------------- */

struct file_row {
    const char *name; /* "A2.<applicant>.<case>" */
    const char *province, *home;
    const char *want;
    enum applicant_type type;
    uint32_t sites, order;
    bool no_papers, expired, shell;
    uint8_t age;
};

static struct file_row file_rows[] = {
    {.name = "company", .type = APPLICANT_MAINLAND_COMPANY, .want = ""},
    {.name = "company in Shanghai", .province = "shanghai", .want = ""},
    {.name = "company with a lapsed licence", .expired = true, .want = "CERTIFICATE_EXPIRED"},
    {.name = "company without papers", .no_papers = true, .want = ""},
    {.name = "foreign company", .type = APPLICANT_FOREIGN_COMPANY, .want = "FILING_NOT_ELIGIBLE"},
    {.name = "foreign company in Shanghai",
     .type = APPLICANT_FOREIGN_COMPANY,
     .province = "shanghai",
     .want = "FILING_NOT_ELIGIBLE"},
    {.name = "rep office", .type = APPLICANT_REP_OFFICE, .province = "beijing", .want = ""},
    {.name = "hmt resident with permit", .type = APPLICANT_HMT_RESIDENT, .want = ""},
    {.name = "hmt resident without permit",
     .type = APPLICANT_HMT_RESIDENT,
     .no_papers = true,
     .want = "APPLICANT_NOT_RESIDENT"},
    {.name = "foreigner with passport",
     .type = APPLICANT_FOREIGN_INDIVIDUAL,
     .province = "shanghai",
     .want = ""},
    {.name = "foreigner without passport",
     .type = APPLICANT_FOREIGN_INDIVIDUAL,
     .no_papers = true,
     .want = "APPLICANT_NOT_RESIDENT"},
    {.name = "foreigner in Hebei",
     .type = APPLICANT_FOREIGN_INDIVIDUAL,
     .province = "hebei",
     .want = "FILING_NOT_ELIGIBLE"},
    {.name = "foreign-invested in Hebei",
     .type = APPLICANT_FOREIGN_INVESTED,
     .province = "hebei",
     .want = ""},
    {.name = "17 in Hebei",
     .type = APPLICANT_INDIVIDUAL,
     .province = "hebei",
     .age = 17,
     .want = "APPLICANT_TOO_YOUNG"},
    {.name = "18 in Hebei",
     .type = APPLICANT_INDIVIDUAL,
     .province = "hebei",
     .age = 18,
     .want = ""},
    {.name = "16 in Jiangsu",
     .type = APPLICANT_INDIVIDUAL,
     .province = "jiangsu",
     .age = 16,
     .want = ""},
    {.name = "15 in Jiangsu",
     .type = APPLICANT_INDIVIDUAL,
     .province = "jiangsu",
     .age = 15,
     .want = "APPLICANT_TOO_YOUNG"},
    {.name = "16 in Shandong",
     .type = APPLICANT_INDIVIDUAL,
     .province = "shandong",
     .age = 16,
     .want = "APPLICANT_TOO_YOUNG"},
    {.name = "17 in Shandong",
     .type = APPLICANT_INDIVIDUAL,
     .province = "shandong",
     .age = 17,
     .want = ""},
    {.name = "16 in Guangdong",
     .type = APPLICANT_INDIVIDUAL,
     .province = "guangdong",
     .age = 16,
     .want = ""},
    {.name = "a young company", .province = "hebei", .age = 2, .want = ""},
    {.name = "age not said", .type = APPLICANT_INDIVIDUAL, .province = "hebei", .want = ""},
    {.name = "age without a bureau", .type = APPLICANT_INDIVIDUAL, .age = 3, .want = ""},
    {.name = "from Hunan in Tianjin",
     .type = APPLICANT_INDIVIDUAL,
     .province = "tianjin",
     .home = "hunan",
     .no_papers = true,
     .want = ""},
    {.name = "from Hunan in Guangdong with permit",
     .type = APPLICANT_INDIVIDUAL,
     .province = "guangdong",
     .home = "hunan",
     .want = ""},
    {.name = "from Hunan in Guangdong without permit",
     .type = APPLICANT_INDIVIDUAL,
     .province = "guangdong",
     .home = "hunan",
     .no_papers = true,
     .want = "APPLICANT_NOT_RESIDENT"},
    {.name = "from Hunan in Gansu",
     .type = APPLICANT_INDIVIDUAL,
     .province = "gansu",
     .home = "hunan",
     .want = "CROSS_PROVINCE"},
    {.name = "from Gansu in Gansu",
     .type = APPLICANT_INDIVIDUAL,
     .province = "gansu",
     .home = "gansu",
     .no_papers = true,
     .want = ""},
    {.name = "company away from home", .province = "gansu", .home = "hunan", .want = ""},
    {.name = "shell in Beijing", .province = "beijing", .shell = true, .want = ""},
    {.name = "shell in Guangdong",
     .province = "guangdong",
     .shell = true,
     .want = "SHELL_CANCEL_FIRST"},
    {.name = "30th site in Shaanxi", .province = "shaanxi", .sites = 29, .want = ""},
    {.name = "31st site in Shaanxi", .province = "shaanxi", .sites = 30, .want = "SITES_CAP"},
    {.name = "31st site in Shanxi", .province = "shanxi", .sites = 30, .want = ""},
    {.name = "second site of an order in Hunan",
     .province = "hunan",
     .order = 2,
     .want = "ORDER_SITES_CAP"},
    {.name = "second site of an order in Hubei",
     .province = "hubei",
     .order = 2,
     .want = "ORDER_SITES_CAP"},
    {.name = "fifth site of an order in Henan", .province = "henan", .order = 5, .want = ""},
    {.name = "sixth site of an order in Henan",
     .province = "henan",
     .order = 6,
     .want = "ORDER_SITES_CAP"},
    {.name = "third site of an order in Shanxi", .province = "shanxi", .order = 3, .want = ""},
    {.name = "fourth site of an order in Shanxi",
     .province = "shanxi",
     .order = 4,
     .want = "ORDER_SITES_CAP"},
    {.name = "tenth site of an order in Shanghai", .province = "shanghai", .order = 10, .want = ""},
};

static void may_file(void **state)
{
    const struct file_row *r = *state;
    struct applicant_view v = {.type = r->type,
                               .province = province_find(r->province),
                               .home = province_find(r->home),
                               .resident = !r->no_papers,
                               .certificate_ok = !r->expired,
                               .shell_subject = r->shell,
                               .age = r->age,
                               .foreign_max_pct = 50,
                               .sites = r->sites,
                               .order_sites = r->order > 0 ? r->order : 1};
    assert_true(r->province == NULL || v.province != NULL);
    assert_string_equal(refusal_name(applicant_may_file(&v)), r->want);
}

/* --- the foreign share ---------------------------------------------------------------------- */

struct share_row {
    const char *name;
    enum applicant_type type;
    uint8_t share, max;
    bool want;
};

static struct share_row share_rows[] = {
    {"A2.foreign_invested.commercial 49 of 50", APPLICANT_FOREIGN_INVESTED, 49, 50, true},
    {"A2.foreign_invested.commercial 50 of 50", APPLICANT_FOREIGN_INVESTED, 50, 50, false},
    {"A2.foreign_invested.commercial WFOE", APPLICANT_FOREIGN_INVESTED, 100, 50, false},
    {"A2.foreign_invested.commercial WFOE in a pilot area", APPLICANT_FOREIGN_INVESTED, 100, 100,
     true},
    {"A2.mainland_company.commercial all of the mainland", APPLICANT_MAINLAND_COMPANY, 0, 50, true},
    {"A2.individual.commercial nobody's share", APPLICANT_INDIVIDUAL, 0, 100, false},
};

static void may_sell(void **state)
{
    const struct share_row *r = *state;
    struct applicant_view v = {.type = r->type, .foreign_pct = r->share, .foreign_max_pct = r->max};
    assert_int_equal(applicant_may_sell(&v), r->want);
}

/* --- provinces ------------------------------------------------------------------------------ */

static void provinces_are_31(void **state)
{
    (void)state;
    static const char *const shell_adds[] = {"tianjin", "liaoning", "sichuan",  "yunnan",
                                             "jiangsu", "zhejiang", "shanghai", "guangxi",
                                             "shanxi",  "beijing",  "guizhou"};
    unsigned adds = 0;
    for (size_t i = 0; i < PROVINCE_COUNT; i++) {
        const struct province *p = &province_table()[i];
        size_t len;
        assert_ptr_equal(province_find(p->name), p);
        assert_ptr_equal(province_of_glyph(p->glyph, &len), p);
        assert_int_equal(len, 3);
        if (p->other != NULL) assert_ptr_equal(province_of_glyph(p->other, &len), p);
        adds += p->shell_adds ? 1 : 0;
        assert_int_equal(p->shows_subject, strcmp(p->name, "guangdong") == 0);
        assert_int_equal(p->foreigners, strcmp(p->name, "hebei") != 0);
    }
    assert_int_equal(adds, CN_ARRAY_LEN(shell_adds));
    for (size_t i = 0; i < CN_ARRAY_LEN(shell_adds); i++) {
        assert_true(province_find(shell_adds[i])->shell_adds);
    }
    assert_null(province_find("hong-kong"));
    assert_null(province_find(NULL));
}

int main(void)
{
    struct CMUnitTest rights[CN_ARRAY_LEN(right_rows)];
    struct CMUnitTest files[CN_ARRAY_LEN(file_rows)];
    struct CMUnitTest shares[CN_ARRAY_LEN(share_rows)];
    const struct CMUnitTest others[] = {cmocka_unit_test(provinces_are_31)};
    assert_int_equal(CN_ARRAY_LEN(right_rows), 2 * APPLICANT_TYPE_COUNT);
    TABLE_TESTS(rights, right_rows, right_is_as_the_table_says);
    TABLE_TESTS(files, file_rows, may_file);
    TABLE_TESTS(shares, share_rows, may_sell);
    return cmocka_run_group_tests(rights, NULL, NULL) + cmocka_run_group_tests(files, NULL, NULL) +
           cmocka_run_group_tests(shares, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
