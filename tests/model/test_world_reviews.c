/* SPDX-License-Identifier: MIT
 * Stories of licences and reviews: what lasts business days, what ends by itself, and what an event
 * ends before that. The run starts on Monday, 2026-03-02, at 09:00 in China. */
#include "story.h"

enum { DAY = 86400 };

static struct story s;

static void applied(struct event e)
{
    must(&s, e);
    s.at_s = e.at.ns / SIMDUR_SECOND;
}

static void refused(struct event e, enum refusal code)
{
    assert_string_equal(refusal_name(fixture_apply(&s.f, e)), refusal_name(code));
}

static void next_is(enum event_kind kind, int64_t at_s)
{
    struct event fired;
    assert_int_equal(world_next_at(s.f.w).ns, at_s * SIMDUR_SECOND);
    assert_true(world_fire(s.f.w, &fired));
    assert_string_equal(event_info(fired.kind)->name, event_info(kind)->name);
    s.at_s = at_s;
}

/* Starts a story whose settings are still to be changed; fixture_build ends that. */
static void prepare(void)
{
    fixture_init(&s.f);
    s.shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    s.at_s = 0;
}

static void end(void)
{
    fixture_free(&s.f);
}

static struct duration_range business_days(int64_t min, int64_t max)
{
    return (struct duration_range){simdur_s(min * DAY), simdur_s(max * DAY), true};
}

/* --- business days -------------------------------------------------------------------------- */

/* A notice on Friday with a deadline of five business days ends a week later; a scenario's day off
 * moves it by one more, which is a Saturday, and so to Monday. */
static void business_days_are_counted_from_the_event(void **state)
{
    (void)state;
    static const int32_t wednesday[] = {20523}; /* 2026-03-11 */
    for (uint32_t off = 0; off <= 1; off++) {
        prepare();
        s.f.spec.choices.audit_deadline = business_days(5, 5);
        s.f.spec.calendar = (struct calendar){.holidays = wednesday, .holiday_count = off};
        fixture_build(&s.f);
        applied(on_site(EV_AUDIT_HIT, 4 * DAY, s.shop));
        next_is(EV_AUDIT_TIMEOUT, (off == 1 ? 14 : 11) * DAY);
        end();
    }
}

/* Data changed on Friday are three business days old on Wednesday, not on Monday. */
static void real_names_ripen_in_business_days(void **state)
{
    (void)state;
    prepare();
    s.f.sites[s.shop].filing = FILING_DRAFT;
    s.f.sites[s.shop].resolution_closed = true;
    s.f.sites[s.shop].realname_since = fixture_day(4);
    fixture_build(&s.f);
    refused(on_site(EV_FILING_SUBMIT, 7 * DAY, s.shop), REFUSAL_REALNAME_MISMATCH);
    refused(on_site(EV_FILING_SUBMIT, 9 * DAY - 1, s.shop), REFUSAL_REALNAME_MISMATCH);
    applied(on_site(EV_FILING_SUBMIT, 9 * DAY, s.shop));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(business_days_are_counted_from_the_event),
        cmocka_unit_test(real_names_ripen_in_business_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
