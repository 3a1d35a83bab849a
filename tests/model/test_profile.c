/* SPDX-License-Identifier: MIT
 * Goal: a profile changes the defaults that its source documents, and nothing that is given. */
#include "cnedge/model/profile.h"

#include <string.h>

#include "../test.h"

static void every_value_fits_its_setting(void **state)
{
    (void)state;
    size_t count;
    size_t settings;
    const struct profile_value *v = profile_table(&count);
    (void)choices_table(&settings);
    for (size_t i = 0; i < count; i++) {
        struct choices c;
        choices_default(&c);
        size_t place = choices_find(v[i].setting);
        assert_int_not_equal(place, settings);
        assert_true(choices_set(&c, place, v[i].value));
        assert_true(c.given[place]);
        assert_ptr_equal(profile_find(v[i].profile, v[i].setting), &v[i]); /* once each */
    }
}

static void profiles_follow_their_source(void **state)
{
    (void)state;
    struct choices c;
    choices_default(&c);
    profile_apply(&c, PROFILE_NONE);
    assert_int_equal(c.revocation_policy, POLICY_REROUTE_OVERSEAS);
    assert_true(c.line_failover);
    profile_apply(&c, PROFILE_HUAWEI);
    assert_int_equal(c.profile, PROFILE_HUAWEI);
    assert_false(c.line_failover);
    assert_int_equal(c.revocation_policy, POLICY_SUSPEND);
    choices_default(&c);
    profile_apply(&c, PROFILE_SEED);
    assert_int_equal(c.bureau_review.min.ns, INT64_C(14) * 86400 * SIMDUR_SECOND);
    assert_int_equal(c.approved_tlds.count, 7);
    choices_default(&c);
    profile_apply(&c, PROFILE_ALIYUN);
    assert_int_equal(c.revocation_policy, POLICY_SUSPEND);
    assert_true(c.line_failover);
}

static void what_is_given_wins(void **state)
{
    (void)state;
    struct choices c;
    choices_default(&c);
    assert_true(choices_set(&c, choices_find("line_failover"), "true"));
    profile_apply(&c, PROFILE_HUAWEI);
    assert_true(c.line_failover);
    assert_int_equal(c.revocation_policy, POLICY_SUSPEND);
}

static void profiles_are_named(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROFILE_COUNT; p++) {
        assert_int_equal(profile_named(profile_name((enum profile)p)), p);
    }
    assert_int_equal(profile_named("nobody"), PROFILE_COUNT);
}

/* --- values as text ------------------------------------------------------------------------- */

struct set_row {
    const char *name; /* "setting = value" */
    bool ok;
};

static struct set_row set_rows[] = {
    {"near_first = true", true},
    {"near_first = false", true},
    {"near_first = maybe", false},
    {"ttl_mainland_s = 1", true},
    {"ttl_mainland_s = 86400", true},
    {"ttl_mainland_s = 0", false},
    {"ttl_mainland_s = 86401", false},
    {"ttl_mainland_s = 99999999999", false},
    {"ttl_mainland_s = 6x", false},
    {"ttl_mainland_s = ", false},
    {"revocation_policy = suspend", true},
    {"revocation_policy = suspended", false},
    {"sync_delay = 7h..24h", true},
    {"sync_delay = 24h..7h", false},
    {"approved_tlds = cn com", true},
    {"approved_tlds = ", true},
    {"approved_tlds = cn  com", false},
    {"approved_tlds = a-top-level-domain-that-is-long", false},
};

static void set_takes_what_fits(void **state)
{
    const struct set_row *r = *state;
    struct choices c;
    struct choices before;
    char setting[64] = "";
    const char *equals = strstr(r->name, " = ");
    choices_default(&c);
    memcpy(&before, &c, sizeof(c));
    memcpy(setting, r->name, (size_t)(equals - r->name));
    size_t place = choices_find(setting);
    assert_int_equal(choices_set(&c, place, equals + 3), r->ok);
    assert_int_equal(c.given[place], r->ok);
    if (!r->ok) assert_memory_equal(&c, &before, sizeof(c));
}

int main(void)
{
    struct CMUnitTest sets[CN_ARRAY_LEN(set_rows)];
    TABLE_TESTS(sets, set_rows, set_takes_what_fits);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(every_value_fits_its_setting),
        cmocka_unit_test(profiles_follow_their_source),
        cmocka_unit_test(what_is_given_wins),
        cmocka_unit_test(profiles_are_named),
    };
    return cmocka_run_group_tests(sets, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
