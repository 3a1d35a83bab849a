/* SPDX-License-Identifier: MIT
 * A site's own TTL (FACTS C3: lower it before a planned switch, raise it after). */
#include "cnedge/model/invariant.h"

#include "test.h"
#include "world_fixture.h"

static enum refusal set_ttl(struct fixture *f, int64_t at_s, uint32_t site, uint32_t seconds)
{
    struct event e = on_site(EV_SET_TTL, at_s, site);
    e.seconds = seconds;
    return fixture_apply(f, e);
}

static void lasting_answers_have_it(void **state)
{
    (void)state;
    struct fixture f;
    struct violation items[4];
    struct violation_list violations = {.cap = 4, .items = items};
    fixture_init(&f);
    uint32_t shop = fixture_site(&f, "shop.example");
    uint32_t www = fixture_host(&f, "www.shop.example");
    fixture_site(&f, "other.example");
    uint32_t other = fixture_host(&f, "www.other.example");
    fixture_build(&f);
    assert_int_equal(set_ttl(&f, 1, shop, 70000), REFUSAL_NONE);
    assert_int_equal(fixture_cell(&f, www, LINE_SH_TELECOM).ttl_s, 70000);
    assert_int_equal(fixture_cell(&f, www, LINE_DE).ttl_s, 70000);
    assert_int_equal(fixture_cell(&f, other, LINE_SH_TELECOM).ttl_s, 60);
    invariant_check_changed(f.w, &violations);
    assert_int_equal(set_ttl(&f, 2, shop, 70000), REFUSAL_TTL_BAD_STATE);
    assert_int_equal(fixture_apply(&f, on_site(EV_REVOKE_SITE, 3, shop)), REFUSAL_NONE);
    assert_int_equal(fixture_cell(&f, www, LINE_SH_TELECOM).ttl_s, 60); /* may soon change again */
    fixture_run_until(&f, 3 + 2 * 86400);
    assert_int_equal(fixture_cell(&f, www, LINE_SH_TELECOM).ttl_s, 70000);
    invariant_check_changed(f.w, &violations);
    assert_int_equal(set_ttl(&f, 4 + 2 * 86400, shop, 0), REFUSAL_NONE);
    assert_int_equal(fixture_cell(&f, www, LINE_SH_TELECOM).ttl_s, 300);
    assert_int_equal(set_ttl(&f, 5 + 2 * 86400, shop, 0), REFUSAL_TTL_BAD_STATE);
    invariant_check_changed(f.w, &violations);
    assert_int_equal(violations.count, 0);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"C3.set_ttl", lasting_answers_have_it, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
