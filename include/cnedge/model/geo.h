/* SPDX-License-Identifier: MIT
 * geo.h: great circles without libm. Room model (pure).
 *
 * The functions of libm differ between machines by the last bit, which is enough to turn a tie
 * between two PoPs; here the same operations run in the same order everywhere. Errors are below
 * 1e-14 in sines and cosines and below 1e-12 rad in angles (less than a hundredth of a millimetre
 * on the ground). Build time only. */
#ifndef CNEDGE_MODEL_GEO_H
#define CNEDGE_MODEL_GEO_H

#include "cnedge/base/base.h"

struct geo_vec { /* a point on the unit sphere */
    double x, y, z;
};

/* Sine and cosine of an angle in degrees, |degrees| <= 720. */
CN_CONST double geo_sin(double degrees);
CN_CONST double geo_cos(double degrees);

/* Arc sine in radians of 0 <= x <= 1. */
CN_CONST double geo_asin(double x);

/* The point at this latitude and longitude (degrees). */
CN_CONST struct geo_vec geo_unit(double lat, double lon);

/* Great-circle distance in whole metres, on a sphere of 6371 km. */
CN_CONST uint32_t geo_metres(struct geo_vec a, struct geo_vec b);

#endif
