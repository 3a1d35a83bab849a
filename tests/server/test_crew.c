/* SPDX-License-Identifier: MIT
 * What a thread of the crew does around each batch, and what it hands on; crew.c is here for its
 * inside, and the thread that has the scenario is played. */
#define _GNU_SOURCE
#define udp_take_over played_take_over /* NOLINT(readability-identifier-naming) */
#include "../../sim/server/crew.c"     /* NOLINT(bugprone-suspicious-include) */
#undef udp_take_over

#include <time.h>

#include "test.h"

enum { MEMBERS = 3, NUMBER = 2, LINE = 7 };

struct played { /* a member, and what it looks at */
    struct server server;
    struct crew crew;
    struct member members[MEMBERS];
    struct table table;
};

static struct member *play(struct played *p)
{
    memset(p, 0, sizeof(*p));
    struct member *m = &p->members[1];
    p->crew = (struct crew){.server = &p->server, .count = MEMBERS, .members = p->members};
    p->crew.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    p->server.crew = &p->crew;
    p->server.socket_count = NUMBER + 1;
    p->table.lines[NUMBER] = LINE;
    atomic_store(&p->server.table, &p->table);
    assert_true(metrics_begin(&p->server.metrics, MEMBERS));
    m->crew = &p->crew;
    m->lane = (struct lane){.server = &p->server, .number = 1, .batch = udp_batch_new()};
    m->lane.counts = &p->server.metrics.workers[1];
    assert_true(p->crew.wake >= 0 && m->lane.batch != NULL);
    return m;
}

static void end_play(struct played *p)
{
    udp_batch_free(p->members[1].lane.batch);
    metrics_end(&p->server.metrics);
    close(p->crew.wake);
}

static struct lane_view begin(struct played *p)
{
    return begin_batch(&p->members[1].lane, &p->server.sockets[NUMBER]);
}

static void serves_authorities_over_udp(void **state)
{
    (void)state;
    assert_true(crew_serves(&(struct listen_at){.port = 53}));
    assert_true(crew_serves(&(struct listen_at){.v6 = true, .line = "de"}));
    assert_false(crew_serves(&(struct listen_at){.tls = true}));
    assert_false(crew_serves(&(struct listen_at){.path = true}));
    assert_false(crew_serves(&(struct listen_at){.resolver = true}));
}

/* Who replaces a table sees whether a batch was begun with it. */
static void is_within_a_batch(void **state)
{
    (void)state;
    static struct played p;
    struct member *m = play(&p);
    for (int i = 0; i < 3; i++) {
        struct crew_mark before = crew_mark(&p.crew);
        assert_true(crew_is_past(&p.crew, &before));
        assert_int_equal(begin(&p).line, LINE);
        assert_ptr_equal(m->table, &p.table);
        assert_true(crew_is_past(&p.crew, &before)); /* it began behind the mark */
        struct crew_mark within = crew_mark(&p.crew);
        assert_false(crew_is_past(&p.crew, &within));
        end_batch(&m->lane);
        assert_true(crew_is_past(&p.crew, &within));
    }
    end_play(&p);
}

/* Cookies are made and judged by the time of the machine. */
static void knows_the_time(void **state)
{
    (void)state;
    static struct played p;
    struct member *m = play(&p);
    (void)begin(&p);
    assert_in_range(m->lane.identity.now_s, time(NULL) - 5, time(NULL) + 5);
    end_play(&p);
}

static void counts_lines_of_now(void **state)
{
    (void)state;
    static struct played p;
    struct member *m = play(&p);
    metrics_counter *count = &m->lane.counts->lines[LINE];
    metrics_add(count, 3);
    (void)begin(&p);
    assert_int_equal(*count, 3); /* the lines are the same */
    p.table.lines_number = 1;
    (void)begin(&p);
    assert_int_equal(*count, 0);
    metrics_add(count, 1);
    (void)begin(&p);
    assert_int_equal(*count, 1);
    end_play(&p);
}

/* How often the owner was woken since it was asked last. */
static uint64_t woken(struct played *p)
{
    eventfd_t count = 0;
    return eventfd_read(p->crew.wake, &count) == 0 ? count : 0;
}

static void hands_on_or_counts(void **state)
{
    (void)state;
    static struct played p;
    static struct udp_datagram d = {.len = 5, .bytes = "hello"};
    struct member *m = play(&p);
    struct metrics_counts *counts = m->lane.counts;
    d.from.ss_family = AF_INET;
    d.from_len = sizeof(struct sockaddr_in);
    udp_batch_begin(m->lane.batch);
    assert_true(udp_batch_put(m->lane.batch, &d));
    for (int i = 0; i < RELAY_PLACES; i++) {
        hand_on(m, NUMBER, 0);
        assert_int_equal(woken(&p), i == 0 ? 1 : 0);
    }
    assert_int_equal(counts->drops[METRICS_DROP_RELAY], 0);
    assert_int_equal(counts->query_bytes[METRICS_UDP], 0); /* who answers counts */
    hand_on(m, NUMBER, 0);
    assert_int_equal(counts->drops[METRICS_DROP_RELAY], 1);
    assert_int_equal(counts->query_bytes[METRICS_UDP], d.len);
    for (int i = 0; i < RELAY_PLACES; i++) {
        const struct relay_item *item = relay_next(&m->relay);
        assert_non_null(item);
        assert_int_equal(item->socket, NUMBER);
        assert_int_equal(item->datagram.len, d.len);
        assert_memory_equal(item->datagram.bytes, d.bytes, d.len);
        relay_done(&m->relay);
    }
    hand_on(m, NUMBER, 0);
    assert_int_equal(woken(&p), 1);
    end_play(&p);
}

static unsigned taken[MEMBERS]; /* how often from each member */
static unsigned left[MEMBERS];  /* after so many times there is no more */
static struct played *whose;

bool played_take_over(struct server *s, struct relay *r)
{
    (void)s;
    for (size_t i = 0; i < MEMBERS; i++) {
        if (r == &whose->members[i].relay) return ++taken[i] < left[i];
    }
    return false;
}

/* What one turn of the owner leaves it comes back for, without being woken by anybody. */
static void comes_back_for_the_rest(void **state)
{
    (void)state;
    static struct played p;
    static const unsigned lefts[][MEMBERS] = {{1, 1, 1}, {1, 1, 3}, {4, 1, 1}, {1, 2, 1}};
    (void)play(&p);
    whose = &p;
    for (size_t k = 0; k < CN_ARRAY_LEN(lefts); k++) {
        unsigned turns = 0;
        unsigned most = 1;
        memset(taken, 0, sizeof(taken));
        memcpy(left, lefts[k], sizeof(left));
        (void)eventfd_write(p.crew.wake, 1);
        for (eventfd_t n = 0; eventfd_read(p.crew.wake, &n) == 0; turns++) {
            (void)eventfd_write(p.crew.wake, n); /* as it was before we looked */
            on_relay(p.crew.wake, EV_READ, &p.crew);
        }
        for (size_t i = 0; i < MEMBERS; i++) {
            if (left[i] > most) most = left[i];
        }
        assert_int_equal(turns, most);
        for (size_t i = 0; i < MEMBERS; i++) {
            assert_int_equal(taken[i], most);
        }
    }
    end_play(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_authorities_over_udp),
        cmocka_unit_test(is_within_a_batch),
        cmocka_unit_test(knows_the_time),
        cmocka_unit_test(counts_lines_of_now),
        cmocka_unit_test(hands_on_or_counts),
        cmocka_unit_test(comes_back_for_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
