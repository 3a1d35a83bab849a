/* SPDX-License-Identifier: MIT */
#include "cnedge/model/rtt.h"

#include <string.h>

struct rtt_model rtt_model_default(void)
{
    return (struct rtt_model){
        .access_us = 5000,
        .outside_us_per_1000km = 16500,
        .inside_us_per_1000km = 20000,
        .border_us = 85000,
        .cross_carrier_us = 15000,
        .gateway_count = 3,
        .gateway = {{39.91, 116.40}, {31.22, 121.46}, {23.12, 113.25}},
        .extra_count = 2,
        .extra = {{"tw", 110000}, {"vn", 110000}},
    };
}

static uint32_t extra_us(const struct rtt_model *model, const char *country)
{
    for (unsigned i = 0; i < model->extra_count; i++) {
        if (strcmp(model->extra[i].country, country) == 0) return model->extra[i].us;
    }
    return 0;
}

void rtt_place_init(struct rtt_place *place, const struct rtt_model *model, struct point at,
                    bool mainland, const char *country)
{
    CN_ASSERT(model->gateway_count >= 1);
    CN_ASSERT(model->gateway_count <= TOPOLOGY_GATEWAYS_MAX);
    CN_ASSERT(model->extra_count <= TOPOLOGY_EXTRAS_MAX);
    *place = (struct rtt_place){.at = geo_unit(at.lat, at.lon), .mainland = mainland};
    if (!mainland) place->extra_us = extra_us(model, country);
    for (unsigned i = 0; i < model->gateway_count; i++) {
        struct geo_vec gateway = geo_unit(model->gateway[i].lat, model->gateway[i].lon);
        place->gateway_m[i] = geo_metres(place->at, gateway);
    }
}

/* In units of a millionth of a microsecond; below 2^57, so that two legs can be added. */
static uint64_t leg(uint32_t metres, uint32_t us_per_1000km)
{
    return (uint64_t)metres * us_per_1000km;
}

static uint64_t least_detour(const struct rtt_model *model, const struct rtt_place *inside,
                             const struct rtt_place *outside)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < model->gateway_count; i++) {
        uint64_t sum = leg(inside->gateway_m[i], model->inside_us_per_1000km) +
                       leg(outside->gateway_m[i], model->outside_us_per_1000km);
        if (sum < best) best = sum;
    }
    return best;
}

uint32_t rtt_between(const struct rtt_model *model, const struct rtt_place *a,
                     const struct rtt_place *b)
{
    enum { METRES_PER_1000KM = 1000000 };
    uint64_t us = model->access_us;
    uint64_t path;
    if (a->mainland == b->mainland) {
        path = leg(geo_metres(a->at, b->at),
                   a->mainland ? model->inside_us_per_1000km : model->outside_us_per_1000km);
    } else {
        path = a->mainland ? least_detour(model, a, b) : least_detour(model, b, a);
        us += (uint64_t)model->border_us + a->extra_us + b->extra_us;
    }
    us += (path + METRES_PER_1000KM / 2) / METRES_PER_1000KM;
    return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}
