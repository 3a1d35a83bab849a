/* SPDX-License-Identifier: MIT
 * small.h: two sites and what a client meets on its way to them, for tests of the path view. */
#ifndef CNEDGE_TEST_SMALL_H
#define CNEDGE_TEST_SMALL_H

#include "cnedge/traffic/path.h"

#include "world_fixture.h"

#include "test.h"

enum { NEVER_TRIED = -1 };

struct small { /* two sites: shop.example with www and cdn, other.example with www */
    struct fixture f;
    uint32_t shop, other, www, cdn, third;
};

static inline void begin(struct small *s, enum revocation_policy policy)
{
    fixture_init(&s->f);
    s->shop = fixture_site(&s->f, "shop.example");
    s->f.sites[s->shop].policy = policy;
    s->www = fixture_host(&s->f, "www.shop.example");
    s->cdn = fixture_host(&s->f, "cdn.shop.example");
    s->other = fixture_site(&s->f, "other.example");
    s->third = fixture_host(&s->f, "www.other.example");
    s->f.sites[s->shop].origin = &s->f.origin;
    s->f.spec.choices.path_min_listed = (struct duration_range){.business = false};
    s->f.spec.choices.path_clearing = (struct duration_range){.business = false};
    fixture_build(&s->f);
}

static inline void apply(struct small *s, struct event e)
{
    assert_int_equal(fixture_apply(&s->f, e), REFUSAL_NONE);
}

static inline void poison(struct small *s, int64_t at_s, uint32_t host, uint16_t share)
{
    struct event e = on_host(EV_POISON, at_s, host);
    e.share_permille = share;
    apply(s, e);
}

struct ask {
    uint32_t host;
    uint16_t line, resolver, type, port;
    uint32_t client; /* number */
    int64_t now_s, first_s;
    uint32_t tried;
};

static inline struct path_view look(struct small *s, struct ask a)
{
    struct answer answer;
    struct path_view v;
    struct path_client client = path_client_of_line(s->f.w->topology, a.line, a.client);
    client.resolver = a.resolver;
    const uint8_t *name = s->f.hosts[a.host].name;
    answer_follow(s->f.w, name, a.type, a.resolver, &answer);
    const struct path_question q = {.client = client,
                                    .name = name,
                                    .answer = &answer,
                                    .type = a.type,
                                    .port = a.port,
                                    .now = simtime_add(SIMTIME_START, simdur_s(a.now_s)),
                                    .first = a.first_s == NEVER_TRIED
                                                 ? SIMTIME_NEVER
                                                 : simtime_add(SIMTIME_START, simdur_s(a.first_s)),
                                    .tried = a.tried};
    path_look(s->f.w, &q, &v);
    return v;
}

static inline struct ask ask(uint32_t host, uint16_t line)
{
    return (struct ask){.host = host,
                        .line = line,
                        .resolver = line,
                        .type = RR_A,
                        .port = PATH_HTTPS,
                        .now_s = 1000,
                        .first_s = NEVER_TRIED,
                        .tried = CN_NONE32};
}

static inline bool because(const struct path_view *v, enum path_rule rule)
{
    for (uint8_t i = 0; i < v->reason_count; i++) {
        if (v->reasons[i].rule == rule) return true;
    }
    return false;
}

enum { CLIENTS = 10000 };

/* Within five standard deviations of a binomial distribution. */
static inline void within(uint32_t hits, double p)
{
    double mean = CLIENTS * p;
    double off = hits > mean ? hits - mean : mean - hits;
    assert_true(off * off <= 25.0 * CLIENTS * p * (1 - p));
}

#endif
