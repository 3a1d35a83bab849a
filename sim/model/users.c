/* SPDX-License-Identifier: MIT */
#include "cnedge/model/users.h"

#include <string.h>

/* Ten thousands of inhabitants. */
static const struct {
    const char *province;
    uint32_t people;
} provinces[] = {
    {"beijing", 2189},  {"tianjin", 1387},   {"hebei", 7461},          {"shanxi", 3492},
    {"liaoning", 4259}, {"jilin", 2407},     {"inner-mongolia", 2405}, {"heilongjiang", 3185},
    {"shanghai", 2487}, {"jiangsu", 8475},   {"zhejiang", 6457},       {"anhui", 6103},
    {"fujian", 4154},   {"jiangxi", 4519},   {"shandong", 10153},      {"henan", 9937},
    {"hubei", 5775},    {"hunan", 6644},     {"guangdong", 12601},     {"guangxi", 5013},
    {"hainan", 1008},   {"chongqing", 3205}, {"sichuan", 8367},        {"guizhou", 3856},
    {"yunnan", 4721},   {"tibet", 365},      {"shaanxi", 3953},        {"gansu", 2502},
    {"qinghai", 592},   {"ningxia", 720},    {"xinjiang", 2585},       {"unknown", 0},
};
enum { PEOPLE_MIDDLING = 4000 };

/* Per mille of subscriptions. */
static const uint32_t shares[CARRIER_COUNT] = {
    [CARRIER_TELECOM] = 260, [CARRIER_UNICOM] = 190, [CARRIER_MOBILE] = 535,
    [CARRIER_CERNET] = 5,    [CARRIER_DRPENG] = 3,   [CARRIER_CABLE] = 7,
};

static uint32_t people_of(const char *province)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(provinces); i++) {
        if (strcmp(provinces[i].province, province) == 0) return provinces[i].people;
    }
    return PEOPLE_MIDDLING;
}

uint32_t users_of(const struct topology *t, const struct line *line)
{
    enum { TEN_THOUSANDS_PER_MILLE = 100 }; /* 10 thousands times a per mille, in thousands */
    if (line->zone != ZONE_MAINLAND) return 0;
    return people_of(t->regions[line->region].name) * shares[line->carrier] /
           TEN_THOUSANDS_PER_MILLE;
}
