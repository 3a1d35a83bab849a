/* SPDX-License-Identifier: MIT */
#include "cnedge/model/rules.h"

#include <string.h>

#define EVER_FROM RULES_EVER_FROM
#define EVER_TO   RULES_EVER_TO

/* FACTS G. Where the source knows only the month, the first day of the month is taken; where it
 * knows no date at all, the source says so and the day is ours. */
static const struct rules_version versions[] = {
    {RULES_TLD_SET, EVER_FROM, 20191023, "seed_2019", "X", "FACTS A1, G (X2)"},
    {RULES_TLD_SET, 20191024, EVER_TO, "reported", "F",
     "FACTS G (chinaweld 2019-10-24, v2ray tld-cn; no authoritative list was reachable)"},
    {RULES_REGISTRAR_APPROVAL_REQUIRED, EVER_FROM, 20171231, "false", "D", "FACTS A1 (AL5 AL5b)"},
    {RULES_REGISTRAR_APPROVAL_REQUIRED, 20180101, EVER_TO, "true", "D", "FACTS A1 (AL5 AL5b HW1)"},
    {RULES_REGISTRAR_AUTHORITY, EVER_FROM, EVER_TO, "miit", "D",
     "FACTS G (HW1 AL5; X2 says the registry, CNNIC)"},
    {RULES_ONE_DOMAIN_PER_SITE, EVER_FROM, 20190421, "false", "D", "FACTS A1 (AL3)"},
    {RULES_ONE_DOMAIN_PER_SITE, 20190422, EVER_TO, "true", "D", "FACTS A1 (AL3)"},
    {RULES_SMS_WINDOW, EVER_FROM, 20200816, "48h", "D", "FACTS B1 (faq-detail/36925)"},
    {RULES_SMS_WINDOW, 20200817, EVER_TO, "24h", "D", "FACTS B1 (HW1)"},
    {RULES_SMS_PROVINCES, EVER_FROM, 20171217, "none", "F", "hnithr.com/d1181 (2017-12-26)"},
    {RULES_SMS_PROVINCES, 20171218, 20200816, "tianjin gansu tibet ningxia hainan xinjiang qinghai",
     "D", "FACTS B1 (faq-detail/36925: seven provinces; their names F huyunkeji.com/show-231)"},
    {RULES_SMS_PROVINCES, 20200817, EVER_TO, "all", "D", "FACTS B1 (HW1)"},
    {RULES_COMMERCIAL_MAX_FOREIGN_PCT, EVER_FROM, EVER_TO, "50", "X", "FACTS A2 (X2; D CF2)"},
    {RULES_COMMERCIAL_MAX_FOREIGN_PCT_PILOT, EVER_FROM, 20240409, "50", "R", "FACTS A2b (LG1)"},
    {RULES_COMMERCIAL_MAX_FOREIGN_PCT_PILOT, 20240410, EVER_TO, "100", "R", "FACTS A2b (LG1 LG2)"},
    {RULES_PILOT_PROVINCES, EVER_FROM, 20240409, "none", "R", "FACTS A2b (LG1)"},
    {RULES_PILOT_PROVINCES, 20240410, EVER_TO, "beijing shanghai hainan guangdong", "R",
     "FACTS A2b (LG1: Beijing, Lin-gang and Pudong of Shanghai, Hainan, Shenzhen of Guangdong)"},
    {RULES_FOOTER_HOST, EVER_FROM, 20190531, "www.miitbeian.gov.cn", "X", "FACTS G (X2)"},
    {RULES_FOOTER_HOST, 20190601, 20200731, "www.beian.miit.gov.cn", "F",
     "FACTS G (Practice01#1, LeaveIt#32: by mid-2019)"},
    {RULES_FOOTER_HOST, 20200801, EVER_TO, "beian.miit.gov.cn", "D",
     "FACTS G (AL4 HW1 CF2; from about 2020-08 F mdx#123)"},
    {RULES_PSB_HOST, EVER_FROM, 20231031, "www.beian.gov.cn", "F", "FACTS G (next-theme#723)"},
    {RULES_PSB_HOST, 20231101, EVER_TO, "beian.mps.gov.cn", "F",
     "FACTS G (next-theme#723: around 2023-11)"},
    {RULES_APP_FILING, EVER_FROM, 20230831, "none", "R",
     "FACTS G (ministry's notice 2023 no. 105; ecns 2023-08-10: filing begins in 2023-09)"},
    {RULES_APP_FILING, 20230901, 20240331, "new", "R",
     "FACTS G (ecns 2023-08-10: those online already have until the end of 2024-03)"},
    {RULES_APP_FILING, 20240401, EVER_TO, "all", "R",
     "FACTS G (ecns 2023-08-10: from 2024-04 the ministry inspects)"},
    {RULES_CROSSBORDER_DOWNGRADE, EVER_FROM, 20191231, "never", "D",
     "FACTS B7, G (AL22, an earlier page; the last day is ours)"},
    {RULES_CROSSBORDER_DOWNGRADE, 20200101, 20260228, "intl_portal_only", "X",
     "FACTS B7, G (X2; the first day is ours)"},
    {RULES_CROSSBORDER_DOWNGRADE, 20260301, EVER_TO, "allowed", "D",
     "FACTS B7, G (AL21 of 2026-03-01)"},
    {RULES_ACCELERATION_PLAN, EVER_FROM, 20241231, "MCA", "X",
     "FACTS G (X2; the last day is ours)"},
    {RULES_ACCELERATION_PLAN, 20250101, EVER_TO, "CMA", "D",
     "FACTS G (AL27; the first day is ours)"},
    {RULES_SECURE_ACCELERATION_PLAN, EVER_FROM, 20241231, "Sec-MCA", "D",
     "FACTS G (AL28; the last day is ours)"},
    {RULES_SECURE_ACCELERATION_PLAN, 20250101, EVER_TO, "Sec-CMA", "D",
     "FACTS G (AL27 AL28; the first day is ours)"},
    {RULES_PRIVATE_LINE_PRODUCT, EVER_FROM, 20221231, "none", "X", "FACTS A6 (X1)"},
    {RULES_PRIVATE_LINE_PRODUCT, 20230101, 20241231, "China Express", "D",
     "FACTS A6 (CF12: early 2023; CF5; the last day is ours)"},
    {RULES_PRIVATE_LINE_PRODUCT, 20250101, EVER_TO, "Global Acceleration", "D",
     "FACTS A6 (CF4; the first day is ours)"},
};

static const char *const tld_sets[] = {"seed_2019", "reported"};
static const char *const authorities[] = {"miit", "cnnic"};
static const char *const app_filings[] = {"none", "new", "all"};
static const char *const downgrades[] = {"never", "intl_portal_only", "allowed"};

static const struct rules_info infos[RULES_COUNT] = {
#define X(id, name, type, text) {#name, text, RULES_TYPE_##type},
    RULES_TABLE(X)
#undef X
};

const struct rules_info *rules_info(enum rules_id id)
{
    CN_ASSERT(id < RULES_COUNT);
    return &infos[id];
}

const char *const *rules_words(enum rules_id id, int *count)
{
    static const struct {
        const char *const *words;
        int count;
    } words[RULES_COUNT] = {
        [RULES_TLD_SET] = {tld_sets, CN_ARRAY_LEN(tld_sets)},
        [RULES_REGISTRAR_AUTHORITY] = {authorities, CN_ARRAY_LEN(authorities)},
        [RULES_APP_FILING] = {app_filings, CN_ARRAY_LEN(app_filings)},
        [RULES_CROSSBORDER_DOWNGRADE] = {downgrades, CN_ARRAY_LEN(downgrades)},
    };
    CN_ASSERT(id < RULES_COUNT);
    *count = words[id].count;
    return words[id].words;
}

const struct rules_version *rules_table(size_t *count)
{
    *count = CN_ARRAY_LEN(versions);
    return versions;
}

enum rules_id rules_find(const char *name)
{
    for (unsigned i = 0; i < RULES_COUNT; i++) {
        if (strcmp(infos[i].name, name) == 0) return (enum rules_id)i;
    }
    return RULES_COUNT;
}

/* --- days ------------------------------------------------------------------------------------- */

enum { CHINA_EAST_S = 8 * 3600, DAY_S = 86400 };

int32_t rules_day(walltime t)
{
    int64_t s = t.ns / SIMDUR_SECOND + CHINA_EAST_S;
    int64_t days = s / DAY_S + 719468; /* since 0000-03-01; the run lies between 1970 and 2261 */
    int64_t era = days / 146097;
    int64_t doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    return (int32_t)(year * 10000 + month * 100 + day);
}

/* Nanoseconds since 1970 do not reach farther. */
enum { LAST_WHOLE_YEAR = 2261 };

walltime rules_day_start(int32_t day)
{
    int64_t year = day / 10000;
    if (year > LAST_WHOLE_YEAR) return (walltime){INT64_MAX};
    int64_t month = day / 100 % 100;
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t mp = month <= 2 ? month + 9 : month - 3;
    int64_t doy = (153 * mp + 2) / 5 + day % 100 - 1;
    int64_t doe = y % 400 * 365 + y % 400 / 4 - y % 400 / 100 + doy;
    int64_t days = y / 400 * 146097 + doe - 719468;
    return (walltime){(days * DAY_S - CHINA_EAST_S) * SIMDUR_SECOND};
}

walltime rules_day_end(int32_t day)
{
    walltime start = rules_day_start(day);
    if (start.ns == INT64_MAX) return start;
    return (walltime){start.ns + DAY_S * SIMDUR_SECOND};
}

/* --- values ----------------------------------------------------------------------------------- */

const struct rules_version *rules_version_at(enum rules_id id, walltime t)
{
    int32_t day = rules_day(t);
    const struct rules_version *found = NULL;
    for (size_t i = 0; i < CN_ARRAY_LEN(versions) && found == NULL; i++) {
        const struct rules_version *v = &versions[i];
        if (v->rule == id && v->from <= day && day <= v->to) found = v;
    }
    CN_ASSERT(found != NULL);
    return found;
}

const char *rules_at(const struct rules *r, enum rules_id id, walltime t)
{
    CN_ASSERT(id < RULES_COUNT);
    return r->fixed[id] != NULL ? r->fixed[id] : rules_version_at(id, t)->value;
}

bool rules_bool(const struct rules *r, enum rules_id id, walltime t)
{
    CN_ASSERT(infos[id].type == RULES_TYPE_BOOL);
    return strcmp(rules_at(r, id, t), "true") == 0;
}

uint32_t rules_number(const struct rules *r, enum rules_id id, walltime t)
{
    uint32_t n = 0;
    CN_ASSERT(infos[id].type == RULES_TYPE_NUMBER);
    for (const char *p = rules_at(r, id, t); *p != '\0'; p++) {
        CN_ASSERT(*p >= '0' && *p <= '9');
        n = n * 10 + (uint32_t)(*p - '0');
    }
    return n;
}

struct duration_range rules_duration(const struct rules *r, enum rules_id id, walltime t)
{
    struct duration_range range;
    CN_ASSERT(infos[id].type == RULES_TYPE_DURATION);
    bool ok = choices_read_range(rules_at(r, id, t), &range);
    CN_ASSERT(ok);
    return range;
}

int rules_word(const struct rules *r, enum rules_id id, walltime t)
{
    int count;
    const char *const *words = rules_words(id, &count);
    const char *value = rules_at(r, id, t);
    int i = 0;
    while (i < count && strcmp(words[i], value) != 0) {
        i++;
    }
    CN_ASSERT(i < count);
    return i;
}

bool rules_list_has(const char *list, const char *word, size_t len)
{
    while (*list != '\0') {
        size_t n = strcspn(list, " ");
        if (n == len && memcmp(list, word, n) == 0) return true;
        list += n;
        list += *list == ' ' ? 1 : 0;
    }
    return false;
}

bool rules_province(const struct rules *r, enum rules_id id, walltime t, const char *province)
{
    CN_ASSERT(infos[id].type == RULES_TYPE_PROVINCES);
    const char *list = rules_at(r, id, t);
    if (strcmp(list, "all") == 0) return true;
    return province != NULL && province[0] != '\0' &&
           rules_list_has(list, province, strlen(province));
}

const char *rules_tlds(enum rules_tld_set set)
{
    /* example and test are reserved names (RFC 2606), so that scenarios can use them. The A-labels
     * are those of the Chinese names for: China, company, network, web address, shop, group, I love
     * you. */
    static const char *const tlds[] = {
        [TLD_SET_SEED_2019] = "cn com net org asia example test",
        [TLD_SET_REPORTED] = "cn com net org asia top wang ren cc tv mobi xin club vip xn--fiqs8s "
                             "xn--55qx5d xn--io0a7i xn--ses554g xn--czru2d xn--3bst00m "
                             "xn--6qq986b3xl example test"};
    CN_ASSERT(set < CN_ARRAY_LEN(tlds));
    return tlds[set];
}
