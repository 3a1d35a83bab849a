/* SPDX-License-Identifier: MIT */
#include "cnedge/model/province.h"

#include <string.h>

/* FACTS A2, end (HW1: Huawei's digest of the bureaus' rules, D, second-hand) and A3. What is not in
 * the digest has the usual value: 18 years, residence permit, foreigners may, and no limits (SIM).
 * Age floors: Jiangsu and Guangdong 16, Shandong 17. */
#define USUAL_AGE 18
#define PERMIT    PROVINCE_CROSS_PERMIT
#define ALLOWED   PROVINCE_CROSS_ALLOWED
#define FORBIDDEN PROVINCE_CROSS_FORBIDDEN

static const struct province table[PROVINCE_COUNT] = {
    /* name, glyphs, sites, order, age, cross, shell adds, foreigners, shows subject */
    {"beijing", "京", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"tianjin", "津", NULL, 0, 0, USUAL_AGE, ALLOWED, true, true, false},
    {"shanghai", "沪", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"chongqing", "渝", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hebei", "冀", NULL, 0, 0, USUAL_AGE, PERMIT, false, false, false},
    {"henan", "豫", NULL, 0, 5, USUAL_AGE, PERMIT, false, true, false},
    {"yunnan", "滇", "云", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"liaoning", "辽", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"heilongjiang", "黑", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hunan", "湘", NULL, 0, 1, USUAL_AGE, PERMIT, false, true, false},
    {"anhui", "皖", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"shandong", "鲁", NULL, 0, 0, 17, PERMIT, false, true, false},
    {"xinjiang", "新", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"jiangsu", "苏", NULL, 0, 0, 16, PERMIT, true, true, false},
    {"zhejiang", "浙", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"jiangxi", "赣", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hubei", "鄂", NULL, 0, 1, USUAL_AGE, PERMIT, false, true, false},
    {"guangxi", "桂", NULL, 0, 0, USUAL_AGE, FORBIDDEN, true, true, false},
    {"gansu", "陇", "甘", 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"shanxi", "晋", NULL, 0, 3, USUAL_AGE, FORBIDDEN, true, true, false},
    {"inner-mongolia", "蒙", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"shaanxi", "陕", NULL, 30, 0, USUAL_AGE, ALLOWED, false, true, false},
    {"jilin", "吉", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"fujian", "闽", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"guizhou", "黔", "贵", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"guangdong", "粤", NULL, 0, 0, 16, PERMIT, false, true, true},
    {"sichuan", "蜀", "川", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"qinghai", "青", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"tibet", "藏", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hainan", "琼", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"ningxia", "宁", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
};

const struct province *province_table(void)
{
    return table;
}

const struct province *province_find(const char *name)
{
    if (name == NULL) return NULL;
    for (size_t i = 0; i < PROVINCE_COUNT; i++) {
        if (strcmp(table[i].name, name) == 0) return &table[i];
    }
    return NULL;
}

/* The length of `glyph` when `text` begins with it, else 0. */
static size_t begins(const char *text, const char *glyph)
{
    size_t len = glyph != NULL ? strlen(glyph) : 0;
    return len > 0 && strncmp(text, glyph, len) == 0 ? len : 0;
}

const struct province *province_of_glyph(const char *text, size_t *len)
{
    for (size_t i = 0; i < PROVINCE_COUNT; i++) {
        *len = begins(text, table[i].glyph);
        if (*len == 0) *len = begins(text, table[i].other);
        if (*len > 0) return &table[i];
    }
    return NULL;
}
