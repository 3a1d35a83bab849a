/* SPDX-License-Identifier: MIT
 * The dampers of PoP health (FACTS B8): by hand, and by brute force against strings of results. */
#include "cnedge/model/health.h"

#include <string.h>

#include "test.h"

/* --- the damper: every verdict with every result ---------------------------------------------- */

/* Thresholds 3 (down), 2 (forgive), 4 (up). Results, '+' good and '-' bad, and what the damper says
 * after each: U good, D bad. */
struct picture {
    const char *name, *results, *want;
};

static struct picture pictures[] = {
    {"B8.good.UNKNOWN", "+", "U"},
    {"B8.bad.UNKNOWN", "-", "D"},
    {"B8.good.UP", "++++", "UUUU"},
    {"B8.bad.UP", "+--", "UUU"},
    {"B8.bad.UP.at_the_threshold", "+---", "UUUD"},
    {"B8.good.UP.does_not_forgive", "+-+-+-", "UUUUUD"},
    {"B8.good.UP.forgives", "+--++--", "UUUUUUU"},
    {"B8.good.UP.forgives_no_more_than_once", "+--++---", "UUUUUUUD"},
    {"B8.good.UP.long_run", "+-+++++++--", "UUUUUUUUUUU"},
    {"B8.bad.DOWN", "----", "DDDD"},
    {"B8.good.DOWN", "-+++", "DDDD"},
    {"B8.good.DOWN.at_the_threshold", "-++++", "DDDDU"},
    {"B8.bad.DOWN.starts_over", "-+++-++++", "DDDDDDDDU"},
    {"B8.good.UP.starts_over_too", "-++++---", "DDDDUUUD"},
};

static void check_picture(void **state)
{
    const struct picture *p = *state;
    const struct health_conf c = {.down_after = 3, .forgive_after = 2, .up_after = 4};
    struct health_damper d = {0};
    assert_int_equal(strlen(p->results), strlen(p->want));
    for (size_t i = 0; p->results[i] != '\0'; i++) {
        d = health_damp(&c, d, p->results[i] == '+');
        char got = d.verdict == HEALTH_GOOD ? 'U' : d.verdict == HEALTH_BAD ? 'D' : '?';
        if (got != p->want[i]) {
            fail_msg("%s, result %zu: expected %c, got %c", p->name, i + 1, p->want[i], got);
        }
    }
}

/* What gdnsd says of itself, on strings: since it last changed its mind,
 * up:   it goes down at the down_after-th failure behind the last run of forgive_after successes;
 * down: it comes up when the string ends in up_after successes. The first result decides alone. */
static bool by_string(const struct health_conf *c, const char *results, bool *good)
{
    enum { LONG = 64 };
    char run[LONG];
    const char *since = results + 1;
    *good = results[0] == '+';
    bool turned = false;
    for (size_t n = 1; results[n] != '\0'; n++) {
        char part[LONG];
        size_t len = (size_t)(results + n + 1 - since);
        memcpy(part, since, len);
        part[len] = '\0';
        uint32_t wanted = *good ? c->forgive_after : c->up_after;
        memset(run, '+', wanted);
        run[wanted] = '\0';
        turned = false;
        if (*good) {
            const char *from = part;
            for (const char *hit; (hit = strstr(from, run)) != NULL;) {
                from = hit + 1;
            }
            uint32_t failures = 0;
            for (; *from != '\0'; from++) {
                failures += *from == '-' ? 1 : 0;
            }
            turned = failures >= c->down_after;
        } else {
            turned = len >= wanted && strcmp(part + len - wanted, run) == 0;
        }
        if (!turned) continue;
        *good = !*good;
        since = results + n + 1;
    }
    return turned;
}

enum { BRUTE_LENGTH = 12 };

static void check_string(const struct health_conf *c, unsigned bits)
{
    char results[BRUTE_LENGTH + 1] = {0};
    struct health_damper d = {0};
    unsigned changed_at = 0;
    for (unsigned n = 0; n < BRUTE_LENGTH; n++) {
        bool good;
        results[n] = (bits & 1U << n) != 0 ? '+' : '-';
        uint8_t before = d.verdict;
        d = health_damp(c, d, results[n] == '+');
        bool turned = by_string(c, results, &good);
        if (d.verdict != (good ? HEALTH_GOOD : HEALTH_BAD)) {
            fail_msg("down %u, forgive %u, up %u: \"%s\": expected %s", c->down_after,
                     c->forgive_after, c->up_after, results, good ? "good" : "bad");
        }
        if (n == 0) continue;
        assert_int_equal(turned, before != d.verdict);
        if (!turned) continue;
        unsigned least = good ? c->up_after : c->down_after;
        assert_true(n - changed_at >= least); /* never flaps more often than this */
        changed_at = n;
    }
}

static void every_string_of_twelve(void **state)
{
    (void)state;
    for (uint32_t t = 0; t < 4 * 3 * 4; t++) {
        const struct health_conf c = {
            .down_after = 1 + t % 4, .forgive_after = 1 + t / 4 % 3, .up_after = 1 + t / 12};
        for (unsigned bits = 0; bits < 1U << BRUTE_LENGTH; bits++) {
            check_string(&c, bits);
        }
    }
}

/* --- three kinds of results, two dampers ------------------------------------------------------ */

/* '+' ok, 'o' poor, '-' fail; U UP, G DEGRADED, D DOWN. Thresholds 2, 2, 3. */
static struct picture states[] = {
    {"B8.probe_ok.UNKNOWN", "+", "U"},
    {"B8.probe_poor.UNKNOWN", "o", "G"},
    {"B8.probe_fail.UNKNOWN", "-", "D"},
    {"B8.probe_ok.UP", "++", "UU"},
    {"B8.probe_poor.UP", "+oo", "UUG"},
    {"B8.probe_fail.UP", "+--", "UUD"},
    {"B8.probe_ok.DEGRADED", "o+++", "GGGU"},
    {"B8.probe_poor.DEGRADED", "ooo", "GGG"},
    {"B8.probe_fail.DEGRADED", "o--", "GGD"},
    {"B8.probe_ok.DOWN", "-+++", "DDDU"},
    {"B8.probe_poor.DOWN", "-ooo", "DDDG"},
    {"B8.probe_fail.DOWN", "---", "DDD"},
    {"B8.probe_fail.UP.one_of_each", "+o-", "UUG"}, /* one failure, but two that were not good */
    {"B8.probe_ok.DOWN.by_way_of_DEGRADED", "-o++++", "DDDGUU"},
};

static void check_states(void **state)
{
    const struct picture *p = *state;
    const struct health_conf c = {.down_after = 2, .forgive_after = 2, .up_after = 3};
    struct health h = {{0}, {0}};
    assert_int_equal(health_state(h), HEALTH_UNKNOWN);
    for (size_t i = 0; p->results[i] != '\0'; i++) {
        enum health_probe probe = p->results[i] == '+'   ? HEALTH_PROBE_OK
                                  : p->results[i] == 'o' ? HEALTH_PROBE_POOR
                                                         : HEALTH_PROBE_FAIL;
        h = health_step(&c, h, probe);
        char got = "UGD?"[health_state(h)];
        if (got != p->want[i]) {
            fail_msg("%s, probe %zu: expected %c, got %c", p->name, i + 1, p->want[i], got);
        }
    }
}

int main(void)
{
    enum { PICTURES = CN_ARRAY_LEN(pictures), STATES = PICTURES + CN_ARRAY_LEN(states) };
    struct CMUnitTest tests[STATES + 1];
    TABLE_TESTS(tests, pictures, check_picture)
    TABLE_TESTS(tests + PICTURES, states, check_states)
    tests[STATES] =
        (struct CMUnitTest){"B8.every_string_of_twelve", every_string_of_twelve, NULL, NULL, NULL};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
