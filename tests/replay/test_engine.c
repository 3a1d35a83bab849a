/* SPDX-License-Identifier: MIT
 * The engine: what happens when, in which order, up to where. */
#include "test.h"

#include "cnedge/base/rng.h"

#include "play.h"

enum { LOG_MAX = 2048 };

/* "3 revoke_site, 5 observed*, ...": second and kind of each step; timers have a star, refused
 * events an exclamation mark. */
static void step_all(struct engine *e, char log[LOG_MAX])
{
    struct engine_step step;
    size_t used = 0;
    log[0] = '\0';
    while (engine_step(e, &step)) {
        used += (size_t)snprintf(log + used, LOG_MAX - used, "%s%lld %s%s%s", used > 0 ? ", " : "",
                                 (long long)(step.event.at.ns / SIMDUR_SECOND),
                                 event_info(step.event.kind)->name, step.from == NULL ? "*" : "",
                                 step.refusal != REFUSAL_NONE ? "!" : "");
        assert_true(used < LOG_MAX);
    }
}

/* A site with a host; changes settle after 4 s, losses are observed after 2 s. */
static uint32_t one_site(struct play *p)
{
    play_init(p);
    p->f.spec.choices.ttl_settle = (struct duration_range){simdur_s(4), simdur_s(4), false};
    p->f.spec.choices.observe_delay = (struct duration_range){simdur_s(2), simdur_s(2), false};
    uint32_t site = fixture_site(&p->f, "shop.example");
    fixture_host(&p->f, "www.shop.example");
    return site;
}

static void assert_log(struct play *p, int64_t end_s, uint32_t without, const char *want)
{
    struct engine e;
    char log[LOG_MAX];
    play_build(p, end_s);
    assert_true(engine_init(&e, &p->f.arena, &p->s));
    e.without = without;
    step_all(&e, log);
    assert_string_equal(log, want);
    play_free(p);
}

/* Goal: one instant's events come in file order, the timers of that instant after them. */
static void test_equal_times(void **state)
{
    (void)state;
    struct play p;
    uint32_t site = one_site(&p);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, site));
    play_event(&p, on_pop(EV_POP_DOWN, 3, POP_FRA)); /* at 3, the loss is observed */
    play_event(&p, on_pop(EV_POP_DOWN, 3, POP_LAX));
    play_event(&p, on_pop(EV_POP_UP, 3, POP_FRA));
    assert_log(&p, 20, CN_NONE32,
               "1 revoke_site, 3 pop_down, 3 pop_down, 3 pop_up, 3 status_observed*, 7 settled*");
}

/* Goal: a timer may set the next one, and a refused event sets none. */
static void test_timer_chain(void **state)
{
    (void)state;
    struct play p;
    uint32_t site = one_site(&p);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, site));
    play_event(&p, on_site(EV_REVOKE_SITE, 9, site));
    assert_log(&p, 20, CN_NONE32, "1 revoke_site, 3 status_observed*, 7 settled*, 9 revoke_site!");
}

/* Goal: what is due at the end happens, what is due later does not. */
static void test_end(void **state)
{
    (void)state;
    struct play p;
    uint32_t site = one_site(&p);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, site));
    play_event(&p, on_pop(EV_POP_DOWN, 7, POP_FRA));
    play_event(&p, on_pop(EV_POP_UP, 8, POP_FRA));
    assert_log(&p, 7, CN_NONE32, "1 revoke_site, 3 status_observed*, 7 pop_down, 7 settled*");
}

/* Goal: an event that is left out does not happen, nor what follows from it; it is named by its
 * place in the file, which is not its place in time. */
static void test_without(void **state)
{
    (void)state;
    struct play p;
    uint32_t site = one_site(&p);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, site))->number = 2;
    play_event(&p, on_pop(EV_POP_DOWN, 5, POP_FRA))->number = 0;
    play_event(&p, on_pop(EV_POP_UP, 6, POP_FRA))->number = 1;
    assert_log(&p, 20, 2, "5 pop_down, 6 pop_up");
}

/* Goal: a shifted event happens once, at its new time and last of the events of that instant. */
static void test_shifted(void **state)
{
    static const struct {
        const char *name;
        uint32_t number;
        int64_t to;
        const char *want;
    } rows[] = {
        {"later, among others", 0, 6,
         "5 pop_down, 6 pop_up, 6 revoke_site, 8 status_observed*, 12 settled*"},
        {"later than all", 0, 9,
         "5 pop_down, 6 pop_up, 9 revoke_site, 11 status_observed*, 15 settled*"},
        {"after the end", 0, 21, "5 pop_down, 6 pop_up"},
        {"earlier", 2, 0, "0 pop_up!, 1 revoke_site, 3 status_observed*, 5 pop_down, 7 settled*"},
        {"to its own time", 1, 5,
         "1 revoke_site, 3 status_observed*, 5 pop_down, 6 pop_up, 7 settled*"},
    };
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct play p;
        struct engine e;
        char log[LOG_MAX];
        uint32_t site = one_site(&p);
        play_event(&p, on_site(EV_REVOKE_SITE, 1, site))->number = 0;
        play_event(&p, on_pop(EV_POP_DOWN, 5, POP_FRA))->number = 1;
        play_event(&p, on_pop(EV_POP_UP, 6, POP_FRA))->number = 2;
        play_build(&p, 20);
        assert_true(engine_init(&e, &p.f.arena, &p.s));
        e.shifted = rows[i].number;
        e.shifted_at = (simtime){rows[i].to * SIMDUR_SECOND};
        step_all(&e, log);
        if (strcmp(log, rows[i].want) != 0) fail_msg("%s: got %s", rows[i].name, log);
        play_free(&p);
    }
}

/* Goal: leaving out the last event leaves nothing, not the timers that would be due then. */
static void test_without_last(void **state)
{
    (void)state;
    struct play p;
    uint32_t site = one_site(&p);
    play_event(&p, on_pop(EV_POP_DOWN, 1, POP_FRA));
    play_event(&p, on_site(EV_REVOKE_SITE, 5, site));
    assert_log(&p, 20, 1, "1 pop_down");
}

/* Goal: nothing is due in a scenario in which nothing happens. */
static void test_nothing(void **state)
{
    (void)state;
    struct play p;
    struct engine e;
    struct engine_step step;
    one_site(&p);
    play_build(&p, 20);
    assert_true(engine_init(&e, &p.f.arena, &p.s));
    assert_int_equal(engine_next_at(&e).ns, SIMTIME_NEVER.ns);
    assert_false(engine_step(&e, &step));
    engine_advance(&e, play_at(20));
    play_free(&p);
}

/* --- engine_advance ------------------------------------------------------------------------- */

static void random_events(struct play *p, uint64_t seed, uint32_t sites)
{
    static const enum event_kind kinds[] = {EV_REVOKE_SITE,   EV_AUDIT_HIT,      EV_FILING_REFILE,
                                            EV_FILING_SUBMIT, EV_STATUS_UNKNOWN, EV_STATUS_KNOWN};
    int64_t at_s = 0;
    for (uint64_t i = 0; i < 40; i++) {
        uint64_t draw = rng_draw(seed, "events", "draw", i);
        enum event_kind kind = kinds[draw % CN_ARRAY_LEN(kinds)];
        at_s += (int64_t)(draw >> 8) % 3;
        play_event(p, on_site(kind, at_s, (uint32_t)(draw >> 16) % sites));
    }
}

static void assert_same_world(const struct world *a, const struct world *b)
{
    assert_int_equal(a->generation, b->generation);
    assert_int_equal(world_next_at(a).ns, world_next_at(b).ns);
    for (uint32_t i = 0; i < a->spec->site_count; i++) {
        assert_memory_equal(&a->sites[i], &b->sites[i], sizeof(a->sites[i]));
    }
    for (uint32_t i = 0; i < a->spec->host_count; i++) {
        assert_int_equal(a->hosts[i].class_, b->hosts[i].class_);
    }
}

/* Goal: advancing in any strides gets where stepping does. */
static void test_advance(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct play p;
        struct engine strides;
        struct engine steps;
        struct engine_step step;
        one_site(&p);
        fixture_site(&p.f, "two.example");
        fixture_host(&p.f, "www.two.example");
        random_events(&p, seed, 2);
        play_build(&p, 60);
        assert_true(engine_init(&strides, &p.f.arena, &p.s));
        assert_true(engine_init(&steps, &p.f.arena, &p.s));
        for (int64_t at_s = 0; at_s <= 60; at_s += 1 + (int64_t)(seed % 7)) {
            engine_advance(&strides, play_at(at_s));
            while (!simtime_before(play_at(at_s), engine_next_at(&steps))) {
                assert_true(engine_step(&steps, &step));
            }
            assert_int_equal(strides.next, steps.next);
            assert_same_world(strides.world, steps.world);
        }
        play_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_times), cmocka_unit_test(test_timer_chain),
        cmocka_unit_test(test_end),         cmocka_unit_test(test_without),
        cmocka_unit_test(test_shifted),     cmocka_unit_test(test_without_last),
        cmocka_unit_test(test_nothing),     cmocka_unit_test(test_advance),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
