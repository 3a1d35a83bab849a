/* SPDX-License-Identifier: MIT
 * Sines, arcs and distances against libm, densely over their whole range. */
#include "cnedge/model/geo.h"
#include "test.h"

#include <math.h>

#define RADIANS (3.14159265358979323846 / 180.0)

static void sines_match_libm(void **state)
{
    (void)state;
    for (int i = -720000; i <= 720000; i += 7) {
        double degrees = i / 1000.0;
        assert_true(fabs(geo_sin(degrees) - sin(degrees * RADIANS)) < 1e-14);
        assert_true(fabs(geo_cos(degrees) - cos(degrees * RADIANS)) < 1e-14);
    }
}

static void quarter_turns_are_exact(void **state)
{
    (void)state;
    for (int i = -8; i <= 8; i++) {
        static const double sine[4] = {0, 1, 0, -1};
        assert_true(geo_sin(90.0 * i) == sine[(unsigned)i & 3U]);
        assert_true(geo_cos(90.0 * i) == sine[(unsigned)(i + 1) & 3U]);
    }
}

static void arc_sine_matches_libm(void **state)
{
    (void)state;
    for (int i = 0; i <= 1000000; i++) {
        double x = i / 1000000.0;
        assert_true(fabs(geo_asin(x) - asin(x)) < 1e-12);
    }
    for (double x = 1.0; x > 1e-300; x /= 3) {
        assert_true(fabs(geo_asin(x) - asin(x)) <= 1e-14 * x + 1e-300);
    }
}

/* Vincenty's formula for a sphere, which is accurate at every distance. */
static double metres_by_libm(double lat1, double lon1, double lat2, double lon2)
{
    double p = lat1 * RADIANS;
    double q = lat2 * RADIANS;
    double d = (lon2 - lon1) * RADIANS;
    double a = cos(q) * sin(d);
    double b = cos(p) * sin(q) - sin(p) * cos(q) * cos(d);
    double c = sin(p) * sin(q) + cos(p) * cos(q) * cos(d);
    return 6371000.0 * atan2(sqrt(a * a + b * b), c);
}

static void check_metres(double lat1, double lon1, double lat2, double lon2)
{
    double want = metres_by_libm(lat1, lon1, lat2, lon2);
    double got = geo_metres(geo_unit(lat1, lon1), geo_unit(lat2, lon2));
    assert_true(fabs(got - want) <= 0.5 + 1e-4);
}

static void distances_match_libm(void **state)
{
    (void)state;
    for (int lat1 = -90; lat1 <= 90; lat1 += 15) {
        for (int lat2 = -90; lat2 <= 90; lat2 += 9) {
            for (int lon = -180; lon <= 180; lon += 4) {
                check_metres(lat1, 17.25, lat2, lon);
                check_metres(lat1, lon, -lat1 + lat2 * 1e-4 * (lat1 % 90 != 0), lon + 180.0);
                check_metres(lat1 * 0.9, lon, lat1 * 0.9 + lat2 * 1e-7, lon + 1e-6);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_match_libm),
        cmocka_unit_test(quarter_turns_are_exact),
        cmocka_unit_test(arc_sine_matches_libm),
        cmocka_unit_test(distances_match_libm),
    };
    return cmocka_run_group_tests_name("geo", tests, NULL, NULL);
}
