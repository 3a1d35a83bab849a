/* SPDX-License-Identifier: MIT
 * The decision table of FACTS C2 under coverage "global": mainland clients inside, the others
 * outside. Every combination of client, state of the host, revocation policy, cool-down, family,
 * and network inside and outside against c2_table.h. */
#include "c2_run.h"

static struct c2 t;

static void every_combination(void **state)
{
    (void)state;
    c2_each_combination(&t, COVERAGE_GLOBAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "C2.coverage.global.exhaustive", .test_func = every_combination},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
