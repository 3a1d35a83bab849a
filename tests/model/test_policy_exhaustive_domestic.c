/* SPDX-License-Identifier: MIT
 * The decision table of FACTS C2 under coverage "domestic": everyone in the mainland. Every
 * combination of client, state of the host, revocation policy, cool-down, family, and network
 * inside and outside against c2_table.h. */
#include "c2_run.h"

static struct c2 t;

static void every_combination(void **state)
{
    (void)state;
    c2_each_combination(&t, COVERAGE_DOMESTIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "C2.coverage.domestic.exhaustive", .test_func = every_combination},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
