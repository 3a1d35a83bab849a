/* SPDX-License-Identifier: MIT
 * play.h: a scenario by hand over the fixture's world, and its run.
 *
 *     struct play p;
 *     play_init(&p);
 *     uint32_t shop = fixture_site(&p.f, "shop.example");
 *     uint32_t www = fixture_host(&p.f, "www.shop.example");
 *     play_event(&p, on_site(EV_REVOKE_SITE, 3, shop));
 *     struct expectation *e = play_answer(&p, www, LINE_SH_TELECOM);
 *     play_window(e, EXPECT_ALWAYS, 0, 3);
 *     play_class(e, POP_MAINLAND);
 *     play_run(&p, 10);
 *     assert_int_equal(p.result.failed, 0);
 *     play_free(&p);
 *
 * Times are seconds. Events are given in time order. An expectation is about one host and line
 * until e->hosts or e->lines are set to more. */
#ifndef CNEDGE_PLAY_H
#define CNEDGE_PLAY_H

#include "cnedge/replay/run.h"

#include "world_fixture.h"

enum { PLAY_EVENTS = 256, PLAY_EXPECTATIONS = 64 };

struct play {
    struct fixture f;
    struct scenario s;
    struct scenario_event events[PLAY_EVENTS];
    struct expectation expectations[PLAY_EXPECTATIONS];
    uint32_t hosts[PLAY_EXPECTATIONS]; /* what e->hosts and e->lines point to at first */
    uint16_t lines[PLAY_EXPECTATIONS];
    struct run_options options;
    enum cn_status status;
    struct run_result result;
};

static inline simtime play_at(int64_t at_s)
{
    return simtime_add(SIMTIME_START, simdur_s(at_s));
}

static inline void play_init(struct play *p)
{
    memset(p, 0, sizeof(*p));
    fixture_init(&p->f);
    p->options.without = CN_NONE32;
    p->options.shifted = CN_NONE32;
    p->s.file = "play.json";
    p->s.name = "play";
    p->s.description = "";
    p->s.source = "";
    p->s.events = p->events;
    p->s.expectations = p->expectations;
}

static inline struct scenario_event *play_event(struct play *p, struct event event)
{
    CN_ASSERT(p->s.event_count < PLAY_EVENTS);
    struct scenario_event *e = &p->events[p->s.event_count];
    *e = (struct scenario_event){
        .event = event, .id = "", .number = p->s.event_count++, .place = {1, 1, "/events"}};
    return e;
}

static inline struct expectation *play_expect(struct play *p, enum expect_subject subject)
{
    CN_ASSERT(p->s.expectation_count < PLAY_EXPECTATIONS);
    struct expectation *e = &p->expectations[p->s.expectation_count];
    *e = (struct expectation){.id = "",
                              .number = p->s.expectation_count++,
                              .place = {1, 1, "/expect"},
                              .subject = subject,
                              .type = RR_A,
                              .site = CN_NONE32,
                              .account = CN_NONE32,
                              .partner = CN_NONE32,
                              .package = CN_NONE32,
                              .product = CN_NONE32,
                              .provider = CN_NONE32,
                              .holder = CN_NONE32,
                              .host = CN_NONE32,
                              .event = CN_NONE32};
    return e;
}

static inline struct expectation *play_answer(struct play *p, uint32_t host, uint16_t line)
{
    struct expectation *e = play_expect(p, EXPECT_ANSWER);
    p->hosts[e->number] = host;
    p->lines[e->number] = line;
    e->name_text = "a host";
    e->from_text = "a line";
    e->hosts = &p->hosts[e->number];
    e->host_count = 1;
    e->lines = &p->lines[e->number];
    e->line_count = 1;
    return e;
}

/* About a name that is no declared host. */
static inline struct expectation *play_name(struct play *p, const char *name, uint16_t line)
{
    struct expectation *e = play_answer(p, 0, line);
    e->name = fixture_name(&p->f, name);
    e->hosts = NULL;
    e->host_count = 0;
    return e;
}

static inline void play_window(struct expectation *e, enum expect_when when, int64_t from_s,
                               int64_t until_s)
{
    e->when = when;
    e->from = play_at(from_s);
    e->until = play_at(until_s);
}

static inline void play_class(struct expectation *e, enum pop_class class_)
{
    e->asserts |= ASSERT_CLASS;
    e->classes |= (uint8_t)(1U << class_);
}

static inline void play_rcode(struct expectation *e, enum expect_rcode rcode)
{
    e->asserts |= ASSERT_RCODE;
    e->rcode = rcode;
}

static inline void play_changes(struct expectation *e, uint32_t min, uint32_t max)
{
    e->asserts |= ASSERT_CHANGES;
    e->changes_min = min;
    e->changes_max = max;
}

/* Builds the fixture's world and the scenario of it; nothing may be declared afterwards. */
static inline void play_build(struct play *p, int64_t end_s)
{
    fixture_build(&p->f);
    p->s.end = play_at(end_s);
    p->s.start = p->f.spec.start;
    p->s.seed = p->f.spec.seed;
    p->s.world = p->f.spec;
}

/* Builds and runs up to `end_s`. */
static inline void play_run(struct play *p, int64_t end_s)
{
    play_build(p, end_s);
    p->status = run_scenario(&p->f.arena, &p->s, &p->options, &p->result);
}

/* The finding about the n-th expectation. */
static inline const struct finding *play_finding(const struct play *p, uint32_t n)
{
    CN_ASSERT(n < p->s.expectation_count && p->status == CN_OK);
    const struct finding *f = &p->result.findings[n];
    CN_ASSERT(f->expectation == &p->expectations[n]);
    return f;
}

/* The finding about events, in the order in which they happened. */
static inline const struct finding *play_event_finding(const struct play *p, uint32_t n)
{
    const struct finding *f = &p->result.findings[p->s.expectation_count + n];
    CN_ASSERT(p->s.expectation_count + n < p->result.finding_count && f->kind == FINDING_EVENT);
    return f;
}

static inline const struct finding *play_invariants(const struct play *p)
{
    const struct finding *f = &p->result.findings[p->result.finding_count - 1];
    CN_ASSERT(f->kind == FINDING_INVARIANTS);
    return f;
}

/* Second of the failure; -1 when there is none. */
static inline int64_t play_failed_at(const struct finding *f)
{
    return f->failure == NULL ? -1 : f->failure->at.ns / SIMDUR_SECOND;
}

static inline void play_free(struct play *p)
{
    fixture_free(&p->f);
}

#endif
