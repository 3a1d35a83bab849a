/* SPDX-License-Identifier: MIT
 * A run as a whole: events that had to be refused, what touched a failure, invariants, limits. */
#include "test.h"

#include "play.h"

/* --- refused events ------------------------------------------------------------------------- */

struct refused_row {
    const char *name;
    enum refusal declared;
    bool twice; /* the revocation comes a second time, and is refused with ICP_BAD_STATE */
    const char *title, *expected, *got; /* NULL: it passes, or (no title) there is no such point */
};

#define BAD_STATE                                                                                  \
    "refused with ICP_BAD_STATE: the filing is not in a state in which this can happen "           \
    "(FACTS B1 I); to do: look up the filing's state at that instant and do the step before this " \
    "one first"
#define BAD_STATE_MET BAD_STATE "; the filing is REVOKED"
#define BARRED                                                                                     \
    "refused with ENTITY_BARRED: the subject is barred from filing (FACTS A10 D AL1); to do: "     \
    "nothing helps this holder; another legal subject has to file"

static struct refused_row refused_rows[] = {
    {"applied as declared", REFUSAL_NONE, false, NULL, NULL, NULL},
    {"refused as declared", REFUSAL_ICP_BAD_STATE, true,
     "event +3s revoke_site shop.example (again) is refused with ICP_BAD_STATE", NULL, NULL},
    {"refused, and should not be", REFUSAL_NONE, true,
     "event +3s revoke_site shop.example (again) is applied", "applied", BAD_STATE_MET},
    {"applied, and should not be", REFUSAL_ICP_BAD_STATE, false,
     "event +3s revoke_site shop.example (again) is refused with ICP_BAD_STATE", BAD_STATE,
     "applied"},
    {"refused with another code", REFUSAL_ENTITY_BARRED, true,
     "event +3s revoke_site shop.example (again) is refused with ENTITY_BARRED", BARRED,
     BAD_STATE_MET},
};

/* Goal: an event is a test point when it must be refused or was; its verdict is DESIGN 9.2's. */
static void test_refused(void **state)
{
    const struct refused_row *row = *state;
    struct play p;
    play_init(&p);
    uint32_t shop = fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    if (row->twice) play_event(&p, on_site(EV_REVOKE_SITE, 2, shop));
    struct scenario_event *again = play_event(&p, on_site(EV_REVOKE_SITE, 3, shop));
    again->id = "again";
    again->refused = row->declared;
    play_run(&p, 9);
    assert_int_equal(p.status, CN_OK);
    assert_int_equal(p.result.finding_count, row->title == NULL ? 1 : 2);
    assert_int_equal(p.result.failed, row->expected == NULL ? 0 : 1);
    if (row->title != NULL) {
        const struct finding *f = play_event_finding(&p, 0);
        assert_string_equal(f->title, row->title);
        assert_ptr_equal(f->event, again);
        assert_int_equal(f->verdict, row->expected == NULL ? VERDICT_PASS : VERDICT_FAIL);
        assert_int_equal(f->failure == NULL, row->expected == NULL);
    }
    if (row->expected != NULL) {
        const struct failure *why = play_event_finding(&p, 0)->failure;
        assert_string_equal(why->expected, row->expected);
        assert_string_equal(why->got, row->got);
        assert_int_equal(play_failed_at(play_event_finding(&p, 0)), 3);
    }
    play_free(&p);
}

/* --- what touched a failure ----------------------------------------------------------------- */

static void assert_touched(const struct play *p, const struct failure *why,
                           const char *const want[], size_t count)
{
    assert_non_null(why);
    assert_int_equal(why->touched_count, count);
    for (size_t i = 0; i < count; i++) {
        char text[JUDGE_TEXT_MAX];
        run_event_text(&p->s, &why->touched[i], text);
        assert_string_equal(text, want[i]);
    }
}

/* Goal: the last three events of the site and of the network are named, newest first; not those
 * that were refused as they had to be, nor other sites', nor what comes later. */
static void test_touched(void **state)
{
    (void)state;
    static const char *const want[] = {
        "+7s pop_down fra",
        "+4s revoke_site shop.example (revoked)",
        "+1s pop_down sin",
    };
    struct play p;
    play_init(&p);
    uint32_t shop = fixture_site(&p.f, "shop.example");
    uint32_t www = fixture_host(&p.f, "www.shop.example");
    uint32_t other = fixture_site(&p.f, "other.example");
    fixture_host(&p.f, "www.other.example");
    struct expectation *e = play_answer(&p, www, LINE_SH_TELECOM);
    play_class(e, POP_MAINLAND);
    play_window(e, EXPECT_AT, 8, 8);
    play_event(&p, on_pop(EV_POP_DOWN, 1, POP_SIN));
    play_event(&p, on_pop(EV_POP_DEGRADE, 2, POP_BJS));
    play_event(&p, on_site(EV_REVOKE_SITE, 4, shop))->id = "revoked";
    play_event(&p, on_site(EV_REVOKE_SITE, 5, other));
    play_event(&p, on_site(EV_REVOKE_SITE, 6, shop))->refused = REFUSAL_ICP_BAD_STATE;
    play_event(&p, on_pop(EV_POP_DOWN, 7, POP_FRA));
    play_event(&p, on_site(EV_BLACKLIST_DOMAIN, 9, shop));
    play_run(&p, 9);
    assert_touched(&p, play_finding(&p, 0)->failure, want, CN_ARRAY_LEN(want));
    play_free(&p);
}

/* Goal: an event of a holder touches the holder's sites; an event touches its site once. */
static void test_touched_by_holder(void **state)
{
    (void)state;
    static const char *const want[] = {"+2s revoke_subject holder holder"};
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "shop.example");
    uint32_t www = fixture_host(&p.f, "www.shop.example");
    fixture_host(&p.f, "img.shop.example");
    p.f.sites[0].holder = 0;
    struct expectation *e = play_answer(&p, www, LINE_SH_TELECOM);
    play_class(e, POP_MAINLAND);
    play_window(e, EXPECT_ALWAYS, 0, 9);
    play_event(&p, on_holder(EV_REVOKE_SUBJECT, 2, 0));
    play_run(&p, 9);
    assert_touched(&p, play_finding(&p, 0)->failure, want, CN_ARRAY_LEN(want));
    play_free(&p);
}

/* Goal: each thing that an event may name is in its text. */
static void test_event_texts(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    play_build(&p, 9);
    const struct {
        struct event event;
        const char *want;
    } rows[] = {
        {on_site(EV_REVOKE_SITE, 60, 0), "+1m revoke_site shop.example"},
        {on_host(EV_ADD_HOST, 3600, 0), "+1h add_host www.shop.example"},
        {on_holder(EV_BAR_ENTITY, 0, 0), "+0s bar_entity holder holder"},
        {on_account(EV_SUBSCRIPTION_END, 1, 0), "+1s subscription_end account account"},
        {on_pop(EV_POP_DOWN, 1, POP_NRT), "+1s pop_down nrt"},
        {on_region(EV_PROVINCE_DOWN, 1, REGION_BEIJING), "+1s province_down beijing"},
        {on_carrier(EV_CARRIER_DOWN, 1, CARRIER_UNICOM, CN_NONE16), "+1s carrier_down unicom"},
        {on_carrier(EV_CARRIER_UP, 1, CARRIER_UNICOM, REGION_BEIJING),
         "+1s carrier_up unicom beijing"},
        {on_everyone(EV_PARTNER_SUSPEND, 1), "+1s partner_suspend everyone"},
        {fixture_event(EV_PARTNER_DOWN, 1), "+1s partner_down"},
    };
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        char text[JUDGE_TEXT_MAX];
        run_event_text(&p.s, &(struct touched){rows[i].event, "", REFUSAL_NONE}, text);
        assert_string_equal(text, rows[i].want);
    }
    play_free(&p);
}

/* --- invariants ----------------------------------------------------------------------------- */

/* Plants a fault in the world: Hong Kong fails behind the back of whoever keeps track of it. */
static void plant(void *owner, struct engine *e, const struct engine_step *step)
{
    const enum event_kind *after = owner;
    if (step == NULL || step->event.kind != *after) return;
    e->world->pop_health[POP_HKG] = HEALTH_DOWN;
}

/* Goal: a planted fault is found at the next event that makes use of it, told with what is known
 * then, and fails the run though every expectation holds. */
static void test_invariants(void **state)
{
    (void)state;
    enum event_kind after = EV_POP_DEGRADE;
    static const char *const want[] = {"+3s revoke_site shop.example", "+1s pop_degrade sin"};
    struct play p;
    play_init(&p);
    p.options.on_step = plant;
    p.options.owner = &after;
    p.f.spec.choices.degraded_usable = false;
    uint32_t shop = fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    uint32_t other = fixture_site(&p.f, "other.example");
    fixture_host(&p.f, "www.other.example");
    play_event(&p, on_pop(EV_POP_DEGRADE, 1, POP_SIN));
    play_event(&p, on_site(EV_CLOSE_RESOLUTION, 2, other)); /* no address: nothing to be seen */
    play_event(&p, on_site(EV_REVOKE_SITE, 3, shop));
    play_event(&p, on_site(EV_BLACKLIST_DOMAIN, 4, shop));
    play_run(&p, 9);
    assert_int_equal(p.status, CN_OK);
    const struct finding *f = play_invariants(&p);
    assert_int_equal(f->verdict, VERDICT_FAIL);
    assert_int_equal(p.result.failed, 1);
    assert_int_equal(play_failed_at(f), 3);
    assert_string_equal(f->failure->expected, invariant_text(INVARIANT_POP_USABLE));
    const char *got = "pop_usable: www.shop.example from cn/shanghai/telecom got hkg, expected nrt "
                      "(the first of ";
    assert_memory_equal(f->failure->got, got, strlen(got));
    assert_touched(&p, f->failure, want, CN_ARRAY_LEN(want));
    play_free(&p);
}

/* Goal: the world is checked before the first event too. */
static void test_invariants_at_start(void **state)
{
    (void)state;
    struct play p;
    play_init(&p);
    fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    play_build(&p, 9);
    struct pop *pops = (struct pop *)(uintptr_t)p.s.world.topology->pops;
    pops[POP_SHA].v6_count = 0; /* no world is built like that: IPv6 is forced on */
    p.status = run_scenario(&p.f.arena, &p.s, &p.options, &p.result);
    const struct finding *f = play_invariants(&p);
    assert_int_equal(f->verdict, VERDICT_FAIL);
    assert_int_equal(play_failed_at(f), 0);
    assert_string_equal(f->failure->expected, invariant_text(INVARIANT_AAAA_FORCED));
    assert_int_equal(f->failure->touched_count, 0);
    play_free(&p);
}

/* --- on_step -------------------------------------------------------------------------------- */

struct steps {
    uint32_t count;
    uint32_t starts;
    int64_t last_ns;
};

static void count_step(void *owner, struct engine *e, const struct engine_step *step)
{
    struct steps *s = owner;
    s->starts += step == NULL ? 1 : 0;
    s->count += step != NULL ? 1 : 0;
    if (step == NULL) return;
    assert_true(step->event.at.ns >= s->last_ns);
    assert_int_equal(e->world->now.ns, step->event.at.ns);
    s->last_ns = step->event.at.ns;
}

/* Goal: whoever watches the run hears of the start once and of each event, timers included. */
static void test_on_step(void **state)
{
    (void)state;
    struct steps steps = {0};
    struct play p;
    play_init(&p);
    p.options.on_step = count_step;
    p.options.owner = &steps;
    p.f.spec.choices.observe_delay = (struct duration_range){simdur_s(2), simdur_s(2), false};
    uint32_t shop = fixture_site(&p.f, "shop.example");
    fixture_host(&p.f, "www.shop.example");
    play_event(&p, on_site(EV_REVOKE_SITE, 1, shop));
    play_event(&p, on_site(EV_REVOKE_SITE, 2, shop))->refused = REFUSAL_ICP_BAD_STATE;
    play_run(&p, 9);
    assert_int_equal(steps.starts, 1);
    assert_int_equal(steps.count, 3);
    assert_int_equal(p.result.events, 3);
    play_free(&p);
}

/* --- limits --------------------------------------------------------------------------------- */

enum { MANY = WORLD_CLASSES_MAX + 1 };

/* `count` sites with a host each, and no two hosts alike. The vetting is left out: an event will
 * change it. */
struct many {
    struct site_spec sites[MANY];
    struct host_spec hosts[MANY];
};

static void declare_many(struct play *p, struct many *m, uint32_t count)
{
    play_init(p);
    fixture_account(&p->f, "ended");
    p->f.accounts[1].subscription = SUBSCRIPTION_ENDED;
    fixture_site(&p->f, "shop.example");
    fixture_host(&p->f, "www.shop.example");
    for (uint32_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "s%u.example", i);
        m->sites[i] = p->f.sites[0];
        m->hosts[i] = p->f.hosts[0];
        m->sites[i].domain = "many.example";
        m->sites[i].apex = fixture_name(&p->f, name);
        m->sites[i].host_first = i;
        m->hosts[i].name = m->sites[i].apex;
        m->hosts[i].site = i;
        m->sites[i].account = i % 2;
        m->sites[i].coverage = (enum coverage)(i / 2 % COVERAGE_COUNT);
        m->sites[i].policy = (enum revocation_policy)(i / 6 % POLICY_COUNT);
        m->hosts[i].provisioning = (enum provisioning_state)(i / 42 % PROVISIONING_STATE_COUNT);
        m->sites[i].resolution_closed = i / 294 % 2 == 1;
        m->sites[i].blacklisted = i / 588 % 2 == 1;
        m->sites[i].suspended = i / 1176 == 1;
    }
    play_build(p, 9);
    p->s.world.sites = m->sites;
    p->s.world.hosts = m->hosts;
    p->s.world.site_count = count;
    p->s.world.host_count = count;
}

static struct many many;

/* Goal: as many classes as there may be are fine, and a host that moves from one to a new one may
 * take the place of the one it left. */
static void test_class_limit_reached(void **state)
{
    (void)state;
    struct play p;
    declare_many(&p, &many, WORLD_CLASSES_MAX);
    play_event(&p, on_site(EV_VETTING_REREVIEW, 1, 0));
    p.status = run_scenario(&p.f.arena, &p.s, &p.options, &p.result);
    assert_int_equal(p.status, CN_OK);
    assert_int_equal(p.result.failed, 0);
    play_free(&p);
}

/* Goal: one class more from the start makes the run void. */
static void test_class_limit_at_start(void **state)
{
    (void)state;
    struct play p;
    declare_many(&p, &many, MANY);
    assert_int_equal(run_scenario(&p.f.arena, &p.s, &p.options, &p.result), CN_E_LIMIT);
    play_free(&p);
}

/* Goal: so does one class more in the middle of the run. */
static void test_class_limit_later(void **state)
{
    (void)state;
    struct play p;
    declare_many(&p, &many, MANY);
    many.sites[MANY - 1] = many.sites[0]; /* two hosts alike, until one of them changes */
    many.sites[MANY - 1].apex = many.hosts[MANY - 1].name;
    many.sites[MANY - 1].host_first = MANY - 1;
    many.hosts[MANY - 1].provisioning = many.hosts[0].provisioning;
    play_event(&p, on_pop(EV_POP_DOWN, 1, POP_FRA));
    play_event(&p, on_site(EV_VETTING_REREVIEW, 2, MANY - 1));
    assert_int_equal(run_scenario(&p.f.arena, &p.s, &p.options, &p.result), CN_E_LIMIT);
    assert_int_equal(p.result.events, 2);
    play_free(&p);
}

/* --- memory --------------------------------------------------------------------------------- */

/* So many events that their log outgrows its first block, and failures to tell. */
static void declare_much(struct play *p)
{
    play_init(p);
    for (uint32_t i = 0; i < 8; i++) {
        static const char *const domains[] = {"a.example", "b.example", "c.example", "d.example",
                                              "e.example", "f.example", "g.example", "h.example"};
        fixture_site(&p->f, domains[i]);
        uint32_t host = fixture_host(&p->f, domains[i]);
        struct expectation *e = play_answer(p, host, LINE_SH_TELECOM);
        play_class(e, POP_NEAR);
        play_changes(e, 0, 1);
        play_window(e, EXPECT_ALWAYS, 0, 9);
        e = play_answer(p, host, LINE_DE);
        play_class(e, POP_NEAR);
        play_window(e, EXPECT_EVENTUALLY, 0, 9);
    }
    play_build(p, 20000);
}

/* Goal: whichever block of memory is refused, the run says so and nothing else happens. */
static void test_memory(void **state)
{
    (void)state;
    static struct scenario_event events[20000];
    struct play p;
    declare_much(&p);
    for (uint32_t i = 0; i < CN_ARRAY_LEN(events); i++) {
        enum event_kind kind = i % 2 == 0 ? EV_POP_DOWN : EV_POP_UP;
        events[i] = (struct scenario_event){
            .event = on_pop(kind, i, POP_LAX), .id = "", .number = i, .place = {1, 1, ""}};
    }
    p.s.events = events;
    p.s.event_count = CN_ARRAY_LEN(events);
    enum cn_status status = CN_E_LIMIT;
    unsigned blocks = 0;
    for (; status != CN_OK; blocks++) {
        struct test_heap heap = {.blocks_max = blocks};
        struct arena a;
        arena_init(&a, test_heap_more, &heap);
        status = run_scenario(&a, &p.s, &p.options, &p.result);
        assert_int_equal(status, a.failed ? CN_E_LIMIT : CN_OK);
        test_heap_free(&heap);
        assert_true(blocks < TEST_HEAP_BLOCKS);
    }
    assert_true(blocks > 4);
    assert_int_equal(p.result.events, CN_ARRAY_LEN(events));
    assert_int_equal(p.result.failed, 16);
    play_free(&p);
}

int main(void)
{
    struct CMUnitTest refused[CN_ARRAY_LEN(refused_rows)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_touched),
        cmocka_unit_test(test_touched_by_holder),
        cmocka_unit_test(test_event_texts),
        cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_invariants_at_start),
        cmocka_unit_test(test_on_step),
        cmocka_unit_test(test_class_limit_reached),
        cmocka_unit_test(test_class_limit_at_start),
        cmocka_unit_test(test_class_limit_later),
        cmocka_unit_test(test_memory),
    };
    TABLE_TESTS(refused, refused_rows, test_refused);
    return cmocka_run_group_tests_name("refused", refused, NULL, NULL) +
           cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
