/* SPDX-License-Identifier: MIT
 * rtt.h: the modelled round-trip time between two places. Room model (pure).
 *
 * The formula stands in topology.h, which holds the results; this is used while a topology is
 * built. Each place knows its distance to every border gateway, so that a path across the border
 * costs a few multiplications. Times are summed exactly and rounded once. */
#ifndef CNEDGE_MODEL_RTT_H
#define CNEDGE_MODEL_RTT_H

#include "cnedge/model/geo.h"
#include "cnedge/model/topology.h"

struct rtt_place {
    struct geo_vec at;
    bool mainland;
    uint32_t extra_us;                         /* border detour of the country; mainland: 0 */
    uint32_t gateway_m[TOPOLOGY_GATEWAYS_MAX]; /* metres to each gateway of the model */
};

/* Fills `place` with what the model needs to know about a point. */
CN_NONNULL void rtt_place_init(struct rtt_place *place, const struct rtt_model *model,
                               struct point at, bool mainland, const char *country);

/* Microseconds, without cross_carrier_us; symmetric. At most UINT32_MAX. */
CN_NONNULL CN_PURE uint32_t rtt_between(const struct rtt_model *model, const struct rtt_place *a,
                                        const struct rtt_place *b);

#endif
