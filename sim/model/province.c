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
    /* name, code, glyphs, sites, order, age, cross, shell adds, foreigners, shows subject */
    {"beijing", "BJ", "京", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"tianjin", "TJ", "津", NULL, 0, 0, USUAL_AGE, ALLOWED, true, true, false},
    {"shanghai", "SH", "沪", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"chongqing", "CQ", "渝", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hebei", "HE", "冀", NULL, 0, 0, USUAL_AGE, PERMIT, false, false, false},
    {"henan", "HA", "豫", NULL, 0, 5, USUAL_AGE, PERMIT, false, true, false},
    {"yunnan", "YN", "滇", "云", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"liaoning", "LN", "辽", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"heilongjiang", "HL", "黑", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hunan", "HN", "湘", NULL, 0, 1, USUAL_AGE, PERMIT, false, true, false},
    {"anhui", "AH", "皖", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"shandong", "SD", "鲁", NULL, 0, 0, 17, PERMIT, false, true, false},
    {"xinjiang", "XJ", "新", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"jiangsu", "JS", "苏", NULL, 0, 0, 16, PERMIT, true, true, false},
    {"zhejiang", "ZJ", "浙", NULL, 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"jiangxi", "JX", "赣", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hubei", "HB", "鄂", NULL, 0, 1, USUAL_AGE, PERMIT, false, true, false},
    {"guangxi", "GX", "桂", NULL, 0, 0, USUAL_AGE, FORBIDDEN, true, true, false},
    {"gansu", "GS", "陇", "甘", 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"shanxi", "SX", "晋", NULL, 0, 3, USUAL_AGE, FORBIDDEN, true, true, false},
    {"inner-mongolia", "NM", "蒙", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"shaanxi", "SN", "陕", NULL, 30, 0, USUAL_AGE, ALLOWED, false, true, false},
    {"jilin", "JL", "吉", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"fujian", "FJ", "闽", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"guizhou", "GZ", "黔", "贵", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"guangdong", "GD", "粤", NULL, 0, 0, 16, PERMIT, false, true, true},
    {"sichuan", "SC", "蜀", "川", 0, 0, USUAL_AGE, PERMIT, true, true, false},
    {"qinghai", "QH", "青", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
    {"tibet", "XZ", "藏", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"hainan", "HI", "琼", NULL, 0, 0, USUAL_AGE, PERMIT, false, true, false},
    {"ningxia", "NX", "宁", NULL, 0, 0, USUAL_AGE, FORBIDDEN, false, true, false},
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

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

/* Whether a text is a name but for case and blanks in place of hyphens. */
static bool is_name(const char *text, const char *name)
{
    while (*text != '\0' && (upper(*text) == upper(*name) || (*text == ' ' && *name == '-'))) {
        text++;
        name++;
    }
    return *text == '\0' && *name == '\0';
}

const struct province *province_of_code(const char *text)
{
    const char *code = text;
    if (upper(text[0]) == 'C' && upper(text[1]) == 'N' && text[2] == '-') code += 3;
    for (size_t i = 0; i < PROVINCE_COUNT; i++) {
        const char *iso = table[i].iso;
        if (upper(code[0]) == iso[0] && upper(code[1]) == iso[1] && code[2] == '\0') {
            return &table[i];
        }
    }
    for (size_t i = 0; i < PROVINCE_COUNT; i++) {
        if (is_name(text, table[i].name)) return &table[i];
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
