/* SPDX-License-Identifier: MIT
 * The incremental judging equals a naive one that looks at everything at every instant. */
#include "test.h"

#include "cnedge/base/rng.h"

#include "play.h"

enum { SEEDS = 250, END_S = 24, ITEMS_MAX = 128, EXPECTATIONS = 24, HOSTS = 11, LATER = 4 };

/* --- random scenarios ----------------------------------------------------------------------- */

struct dice {
    uint64_t seed, n;
};

/* 0..below - 1 */
static uint32_t roll(struct dice *d, uint32_t below)
{
    return (uint32_t)rng_between(rng_draw(d->seed, "dice", "roll", d->n++), 0, below - 1);
}

static bool one_in(struct dice *d, uint32_t n)
{
    return roll(d, n) == 0;
}

/* Three sites, two of them on one edge name; an alias from the first to the second and from there
 * to the third, and one to a name that is nothing until a host below it is there; hosts that are
 * not there from the start, one of them below another. */
static void declare(struct play *p, struct dice *d)
{
    static const char *const domains[] = {"one.example", "two.example", "three.example"};
    static const char *const hosts[] = {"www.one.example", "www.two.example", "www.three.example"};
    static const char *const aliases[] = {"a.one.example", "a.two.example"};
    static const char *const targets[] = {"a.two.example", "www.three.example"};
    static const char *const later[LATER] = {"new.three.example", "below.new.three.example",
                                             "leaf.empty.three.example", "below.www.three.example"};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t site = fixture_site(&p->f, domains[i]);
        uint32_t host = fixture_host(&p->f, hosts[i]);
        p->f.hosts[host].active = !one_in(d, 4);
        p->f.sites[site].policy = (enum revocation_policy)roll(d, POLICY_COUNT);
        p->f.sites[site].coverage = (enum coverage)roll(d, COVERAGE_COUNT);
        p->f.sites[site].origin = &p->f.origin;
        if (i < 2) p->f.sites[site].edge_name = 0;
        if (i < 2) fixture_alias(&p->f, aliases[i], targets[i]);
    }
    fixture_host(&p->f, "three.example");
    fixture_alias(&p->f, "a.three.example", "empty.three.example");
    for (size_t i = 0; i < LATER; i++) {
        p->f.hosts[fixture_host(&p->f, later[i])].active = false;
    }
    CN_ASSERT(p->f.spec.host_count == HOSTS);
}

static struct event random_event(struct dice *d, int64_t at_s)
{
    static const enum event_kind of_site[] = {
        EV_REVOKE_SITE,      EV_PARTNER_SUSPEND, EV_PARTNER_RESUME, EV_BLACKLIST_DOMAIN,
        EV_VETTING_REREVIEW, EV_VETTING_REJECT,  EV_STATUS_UNKNOWN, EV_STATUS_KNOWN,
        EV_CLOSE_RESOLUTION, EV_OPEN_RESOLUTION, EV_AUDIT_HIT,      EV_DEREGISTER_SITE};
    static const enum event_kind of_host[] = {EV_ADD_HOST, EV_DEPROVISION, EV_PROVISION,
                                              EV_DEACTIVATE, EV_ALLOWLIST};
    static const enum event_kind of_pop[] = {EV_POP_DOWN,  EV_POP_DEGRADE, EV_POP_UP,
                                             EV_POP_DRAIN, EV_POP_OBEY,    EV_POP_FORCE_UP};
    static const enum event_kind wide[] = {EV_PARTNER_DOWN, EV_PARTNER_UP};
    switch (roll(d, 9)) {
    case 0:
    case 1:
        return on_site(of_site[roll(d, CN_ARRAY_LEN(of_site))], at_s, roll(d, 3));
    case 2:
        return on_host(of_host[roll(d, CN_ARRAY_LEN(of_host))], at_s, roll(d, HOSTS));
    case 3:
    case 4:
        return on_pop(of_pop[roll(d, CN_ARRAY_LEN(of_pop))], at_s, (uint16_t)roll(d, POPS));
    case 5:
        return on_region(one_in(d, 2) ? EV_PROVINCE_DOWN : EV_PROVINCE_UP, at_s,
                         (uint16_t)roll(d, REGIONS));
    case 6:
        return on_carrier(one_in(d, 2) ? EV_CARRIER_DOWN : EV_CARRIER_UP, at_s,
                          (enum carrier)roll(d, 3), CN_NONE16);
    case 7:
        return on_host(EV_ADD_HOST, at_s, HOSTS - LATER + roll(d, LATER));
    default:
        return one_in(d, 2)
                   ? fixture_event(wide[roll(d, 2)], at_s)
                   : on_everyone(one_in(d, 2) ? EV_PARTNER_SUSPEND : EV_PARTNER_RESUME, at_s);
    }
}

/* Several in one second as a rule. */
static void random_events(struct play *p, struct dice *d)
{
    int64_t at_s = 0;
    for (uint32_t n = 5 + roll(d, 30); n > 0 && at_s <= END_S; n--) {
        play_event(p, random_event(d, at_s));
        at_s += roll(d, 3);
    }
}

static void random_window(struct dice *d, struct expectation *e)
{
    enum expect_when when = (enum expect_when)roll(d, 4);
    int64_t from = roll(d, END_S + 1);
    int64_t until = when == EXPECT_AT ? from : from + roll(d, (uint32_t)(END_S - from) + 1);
    if (one_in(d, 4)) until = when == EXPECT_AT ? from : END_S;
    bool half_open = when == EXPECT_ALWAYS || when == EXPECT_NEVER;
    if (half_open && until == from) until = from < END_S ? from + 1 : from;
    play_window(e, when, from, until);
}

struct lists { /* what an expectation's pointers point to */
    uint32_t hosts[HOSTS];
    uint16_t lines[LINES];
    uint16_t pops[2];
    uint8_t rules[1];
};

static void random_items(struct dice *d, struct expectation *e, struct lists *l)
{
    e->hosts = l->hosts;
    e->lines = l->lines;
    e->host_count = 0;
    e->line_count = 0;
    uint32_t only = roll(d, HOSTS);
    for (uint32_t h = 0; h < HOSTS; h++) {
        if (h == only || one_in(d, 3)) l->hosts[e->host_count++] = h;
    }
    only = roll(d, LINES);
    for (uint16_t i = 0; i < LINES; i++) {
        if (i == only || one_in(d, 4)) l->lines[e->line_count++] = i;
    }
}

static void random_claim(struct dice *d, struct expectation *e, struct lists *l)
{
    static const uint8_t rules[] = {RULE_NEAREST, RULE_POP_SKIPPED, RULE_CARRIER_NOT_SERVED,
                                    RULE_ENTITLED, RULE_LAST_RESORT};
    switch (roll(d, 7)) {
    case 0:
    case 1:
        play_class(e, (enum pop_class)roll(d, POP_CLASS_COUNT));
        if (one_in(d, 2)) play_class(e, POP_MAINLAND);
        return;
    case 2:
        e->asserts |= ASSERT_POP;
        e->pops = l->pops;
        e->pop_count = 2;
        l->pops[0] = (uint16_t)roll(d, POPS);
        l->pops[1] = (uint16_t)roll(d, POPS);
        return;
    case 3:
        e->asserts |= ASSERT_NEAREST;
        e->nearest = true;
        return;
    case 4:
        e->asserts |= ASSERT_TTL;
        e->ttl_max_s = roll(d, 400);
        return;
    case 5:
        e->asserts |= ASSERT_REASON;
        e->rules = l->rules;
        e->rule_count = 1;
        l->rules[0] = rules[roll(d, CN_ARRAY_LEN(rules))];
        return;
    default:
        play_rcode(e, (enum expect_rcode)roll(d, RCODE_COUNT));
    }
}

static void random_answer(struct play *p, struct dice *d, struct lists *l)
{
    static const uint16_t types[] = {RR_A, RR_AAAA, RR_A, RR_TXT};
    static const char *const others[] = {"no.one.example", "_why.www.one.example", "one.test",
                                         "empty.three.example"};
    bool other = one_in(d, 6);
    struct expectation *e =
        other ? play_name(p, others[roll(d, CN_ARRAY_LEN(others))], (uint16_t)roll(d, LINES))
              : play_answer(p, 0, 0);
    e->type = types[roll(d, CN_ARRAY_LEN(types))];
    random_window(d, e);
    if (other || e->type == RR_TXT) {
        play_rcode(e, (enum expect_rcode)roll(d, RCODE_COUNT));
    } else {
        random_claim(d, e, l);
    }
    if (!other) random_items(d, e, l);
    if (e->when == EXPECT_ALWAYS && one_in(d, 2)) {
        if (one_in(d, 2)) e->asserts = 0;
        play_changes(e, roll(d, 3), roll(d, 3) + 1);
    }
}

static void random_state(struct play *p, struct dice *d)
{
    struct expectation *e = play_expect(p, one_in(d, 2) ? EXPECT_STATE : EXPECT_EVENT);
    random_window(d, e);
    if (e->subject == EXPECT_EVENT) {
        e->event = roll(d, p->s.event_count);
        e->asserts = ASSERT_APPLIED;
        return;
    }
    e->site = roll(d, 3);
    e->asserts = ASSERT_FILING;
    e->filing = one_in(d, 2) ? FILING_ACTIVE : FILING_REVOKED;
}

static void random_scenario(struct play *p, struct dice *d, struct lists lists[EXPECTATIONS])
{
    play_init(p);
    p->f.spec.choices.ttl_settle = (struct duration_range){simdur_s(5), simdur_s(5), false};
    p->f.spec.choices.observe_delay = (struct duration_range){simdur_s(0), simdur_s(3), false};
    p->f.spec.choices.line_failover = one_in(d, 2);
    p->f.spec.choices.degraded_usable = one_in(d, 2);
    p->f.spec.seed = d->seed;
    declare(p, d);
    random_events(p, d);
    for (uint32_t i = 0; i < EXPECTATIONS; i++) {
        if (one_in(d, 6)) {
            random_state(p, d);
        } else {
            random_answer(p, d, &lists[i]);
        }
    }
}

/* --- judged naively ------------------------------------------------------------------------- */

struct naive {
    bool over, failed;
    bool opened; /* looked at before, so that changes can be counted */
    simtime failed_at;
    bool broken[ITEMS_MAX]; /* items that fail at that instant */
    bool seen[ITEMS_MAX];
    uint32_t changes[ITEMS_MAX];
    uint64_t prints[ITEMS_MAX];
};

static bool looks(const struct scenario *s, const struct expectation *e, simtime now)
{
    if (simtime_before(now, e->from) || simtime_before(e->until, now)) return false;
    if (e->when == EXPECT_AT || e->when == EXPECT_EVENTUALLY) return true;
    return simtime_before(now, e->until) || e->until.ns == s->end.ns;
}

static void break_item(struct naive *n, uint64_t item, simtime at)
{
    n->failed = true;
    n->failed_at = at;
    n->broken[item] = true;
}

static void look(const struct judge *j, const struct expectation *e, struct naive *n, simtime now)
{
    uint64_t items = judge_items(e);
    assert_true(items <= ITEMS_MAX);
    for (uint64_t i = 0; i < items; i++) {
        bool holds = judge_holds(j, e, i);
        uint64_t print = judge_fingerprint(j, e, i);
        n->changes[i] += n->opened && print != n->prints[i] ? 1 : 0;
        n->prints[i] = print;
        n->seen[i] = n->seen[i] || holds;
        bool must = e->when == EXPECT_AT || e->when == EXPECT_ALWAYS;
        if ((must && !holds) || (e->when == EXPECT_NEVER && holds)) break_item(n, i, now);
    }
    n->opened = true;
}

/* After the last instant that a window includes. */
static void close_window(const struct expectation *e, struct naive *n)
{
    for (uint64_t i = 0; i < judge_items(e); i++) {
        bool restless = (e->asserts & ASSERT_CHANGES) != 0 &&
                        (n->changes[i] < e->changes_min || n->changes[i] > e->changes_max);
        if ((e->when == EXPECT_EVENTUALLY && !n->seen[i]) || restless) {
            break_item(n, i, e->until);
        }
    }
    n->over = true;
}

static void instant(const struct judge *j, struct naive naive[], simtime now)
{
    for (uint32_t i = 0; i < j->scenario->expectation_count; i++) {
        const struct expectation *e = &j->scenario->expectations[i];
        struct naive *n = &naive[i];
        if (n->failed || n->over) continue;
        if (looks(j->scenario, e, now)) look(j, e, n, now);
        if (!n->failed && !simtime_before(now, e->until)) close_window(e, n);
    }
}

/* Every second and every timer's instant. */
static void judge_naively(const struct play *p, struct arena *a, struct naive naive[])
{
    struct engine e;
    struct outcome outcomes[PLAY_EVENTS] = {{0}};
    assert_true(engine_init(&e, a, &p->s));
    struct judge j = {e.world, &p->s, outcomes, NULL};
    for (int64_t s = 0; s <= END_S;) {
        struct engine_step step;
        simtime now = engine_next_at(&e);
        if (simtime_before(play_at(s), now)) now = play_at(s);
        while (engine_next_at(&e).ns == now.ns && engine_step(&e, &step)) {
            if (step.from == NULL) continue;
            struct outcome *o = &outcomes[step.from - p->events];
            o->kind = step.refusal == REFUSAL_NONE ? OUTCOME_APPLIED : OUTCOME_REFUSED;
            o->refusal = (uint8_t)step.refusal;
        }
        e.world->now = now;
        instant(&j, naive, now);
        s += now.ns == play_at(s).ns ? 1 : 0;
    }
}

/* --- both ----------------------------------------------------------------------------------- */

/* Whether the failure is about an item that fails naively at that instant. */
static bool same_item(const struct play *p, const struct expectation *e, const struct naive *n,
                      const struct failure *why)
{
    struct judge j = {.world = p->f.w, .scenario = &p->s};
    for (uint64_t i = 0; i < judge_items(e); i++) {
        if (!n->broken[i] || judge_line(e, i) != why->line) continue;
        const uint8_t *name = judge_name(&j, e, i);
        if (name == why->name || (name != NULL && dname_equal(name, why->name))) return true;
    }
    return false;
}

static void compare(const struct play *p, uint32_t i, const struct naive *n, uint64_t seed)
{
    const struct finding *f = play_finding(p, i);
    const struct failure *why = f->failure;
    bool same = n->failed == (why != NULL);
    if (same && n->failed) {
        same = why->at.ns == n->failed_at.ns && same_item(p, f->expectation, n, why);
    }
    if (same) return;
    print_error("seed %llu, expectation %u: %s\n", (unsigned long long)seed, i, f->title);
    print_error("naive: %s at %lld; run: %s\n", n->failed ? "fails" : "holds",
                (long long)(n->failed_at.ns / SIMDUR_SECOND), why != NULL ? why->got : "holds");
    print_error("run: at %lld\n", (long long)play_failed_at(f));
    fail();
}

/* Goal: skipping what did not change changes no verdict, no instant and no item. */
static void test_equal(void **state)
{
    (void)state;
    uint32_t held = 0;
    uint32_t failed = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        static struct lists lists[EXPECTATIONS];
        static struct naive naive[EXPECTATIONS];
        struct dice d = {.seed = seed};
        struct play p;
        memset(lists, 0, sizeof(lists));
        memset(naive, 0, sizeof(naive));
        random_scenario(&p, &d, lists);
        play_run(&p, END_S);
        assert_int_equal(p.status, CN_OK);
        assert_int_equal(play_invariants(&p)->verdict, VERDICT_PASS);
        judge_naively(&p, &p.f.arena, naive);
        for (uint32_t i = 0; i < EXPECTATIONS; i++) {
            compare(&p, i, &naive[i], seed);
            held += naive[i].failed ? 0 : 1;
            failed += naive[i].failed ? 1 : 0;
        }
        play_free(&p);
    }
    print_message("%u expectations held, %u failed\n", held, failed);
    assert_true(held > SEEDS && failed > SEEDS); /* else the scenarios are too dull */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal)};
    return cmocka_run_group_tests_name("watch_random", tests, NULL, NULL);
}
