/* SPDX-License-Identifier: MIT */
#include "cnedge/model/geo.h"

#define PI           3.14159265358979323846
#define EARTH_METRES 6371000.0

/* IEEE 754 rounds a square root correctly, so it is the same everywhere. */
static double root(double x)
{
    return __builtin_sqrt(x);
}

/* Taylor's series; for |x| <= pi/4 the first term left out is below 1e-17. */
static double sin_small(double x)
{
    double s = x * x;
    double sum = 0;
    for (int k = 17; k >= 3; k -= 2) {
        sum = (1.0 + sum) * -s / (double)(k * (k - 1));
    }
    return x + x * sum;
}

static double cos_small(double x)
{
    double s = x * x;
    double sum = 0;
    for (int k = 18; k >= 2; k -= 2) {
        sum = (1.0 + sum) * -s / (double)(k * (k - 1));
    }
    return 1.0 + sum;
}

/* Quarter turns are taken off in degrees, where that is exact. */
double geo_sin(double degrees)
{
    CN_ASSERT(degrees >= -720.0 && degrees <= 720.0);
    int quarters = (int)(degrees / 90.0 + (degrees < 0 ? -0.5 : 0.5));
    double x = (degrees - 90.0 * quarters) * (PI / 180.0);
    unsigned turn = (unsigned)quarters & 3U;
    double value = (turn & 1U) == 0 ? sin_small(x) : cos_small(x);
    return (turn & 2U) == 0 ? value : -value;
}

double geo_cos(double degrees)
{
    CN_ASSERT(degrees >= -720.0 && degrees <= 720.0);
    return geo_sin(degrees < 0 ? degrees + 90.0 : 90.0 - degrees);
}

/* asin x = 2 asin(x / sqrt(2 + 2 sqrt(1 - x^2))): three times, and the argument is at most
 * sin(pi/16) = 0.195, where nine terms of the series leave less than 1e-14. */
double geo_asin(double x)
{
    enum { HALVINGS = 3, TERMS = 9 };
    CN_ASSERT(x >= 0.0 && x <= 1.0);
    for (int i = 0; i < HALVINGS; i++) {
        x /= root(2.0 + 2.0 * root((1.0 - x) * (1.0 + x)));
    }
    double s = x * x;
    double sum = 0;
    for (int k = TERMS; k >= 1; k--) {
        /* term k over term k-1 is s (2k-1)^2 / (2k (2k+1)) */
        sum = (1.0 + sum) * s * (double)((2 * k - 1) * (2 * k - 1)) / (double)(2 * k * (2 * k + 1));
    }
    return (x + x * sum) * (1 << HALVINGS);
}

struct geo_vec geo_unit(double lat, double lon)
{
    CN_ASSERT(lat >= -90.0 && lat <= 90.0);
    CN_ASSERT(lon >= -360.0 && lon <= 360.0);
    double across = geo_cos(lat);
    return (struct geo_vec){across * geo_cos(lon), across * geo_sin(lon), geo_sin(lat)};
}

/* Half the chord is the sine of half the angle. Beyond 90 degrees that is inaccurate, and the chord
 * to the antipode of `b` is used instead. */
uint32_t geo_metres(struct geo_vec a, struct geo_vec b)
{
    double dx = a.x - b.x;
    double dy = a.y - b.y;
    double dz = a.z - b.z;
    double ex = a.x + b.x;
    double ey = a.y + b.y;
    double ez = a.z + b.z;
    double chord = dx * dx + dy * dy + dz * dz;
    double other = ex * ex + ey * ey + ez * ez;
    double angle =
        chord <= other ? 2.0 * geo_asin(root(chord) / 2.0) : PI - 2.0 * geo_asin(root(other) / 2.0);
    return (uint32_t)(angle * EARTH_METRES + 0.5);
}
