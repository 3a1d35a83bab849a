/* SPDX-License-Identifier: MIT
 * When the table of a world that is gone may be freed: not before every thread that was at
 * something has finished it. The crew's threads are played; crew.c is here for its inside. */
#include "../../sim/server/crew.c" /* NOLINT(bugprone-suspicious-include) */
#include "../../sim/server/retire.h"

#include "test.h"

enum { MEMBERS = 3, TURNS = 200, TURN_US = 1000 };

static void set(struct crew *c, size_t i, uint64_t turns)
{
    atomic_store(&c->members[i].turns, turns);
}

static void mark_waits_for_those_within(void **state)
{
    (void)state;
    static const struct {
        uint64_t before, after;
        bool past;
    } rows[] = {{0, 0, true},  {0, 1, true}, {2, 2, true}, {2, 3, true},  {2, 5, true},
                {1, 1, false}, {1, 2, true}, {1, 3, true}, {7, 7, false}, {7, 8, true}};
    static struct member members[MEMBERS];
    struct crew c = {.count = MEMBERS, .members = members};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        for (size_t m = 0; m < MEMBERS; m++) {
            for (size_t k = 0; k < MEMBERS; k++) {
                set(&c, k, k == m ? rows[i].before : 4);
            }
            struct crew_mark mark = crew_mark(&c);
            set(&c, m, rows[i].after);
            assert_int_equal(crew_is_past(&c, &mark), rows[i].past);
        }
    }
}

struct played { /* a server whose threads do what the test says */
    struct server server;
    struct crew crew;
    struct member members[MEMBERS];
};

static void play(struct played *p)
{
    *p = (struct played){.crew = {.count = MEMBERS}};
    p->crew.members = p->members;
    p->server.crew = &p->crew;
    p->server.base = event_base_new();
    assert_non_null(p->server.base);
}

static atomic_uint unloaded;
static _Atomic(pthread_t) unloader; /* of the last one */

static void unload(struct engine *e)
{
    (void)e;
    unloader = pthread_self();
    atomic_fetch_add(&unloaded, 1);
}

static const struct retired gone = {NULL, NULL, unload};

static void turn(struct server *s)
{
    for (int i = 0; i < TURNS && s->retirements != NULL; i++) {
        usleep(TURN_US);
        event_base_loop(s->base, EVLOOP_NONBLOCK);
    }
}

static void freed_when_the_last_has_moved(void **state)
{
    (void)state;
    static struct played p;
    play(&p);
    unloaded = 0;
    set(&p.crew, 0, 1);
    set(&p.crew, 2, 5);
    retire(&p.server, &gone);
    turn(&p.server);
    assert_int_equal(unloaded, 0);
    set(&p.crew, 0, 2);
    turn(&p.server);
    assert_int_equal(unloaded, 0);
    set(&p.crew, 2, 7); /* within another batch, which began with the new table */
    turn(&p.server);
    assert_int_equal(unloaded, 1);
    assert_null(p.server.retirements);
    event_base_free(p.server.base);
}

static void several_go_in_any_order(void **state)
{
    (void)state;
    static struct played p;
    play(&p);
    unloaded = 0;
    set(&p.crew, 1, 1);
    retire(&p.server, &gone);
    set(&p.crew, 0, 1);
    retire(&p.server, &gone);
    set(&p.crew, 1, 2); /* the first one may go, the second waits for another thread */
    turn(&p.server);
    assert_int_equal(unloaded, 1);
    retire(&p.server, &gone);
    retire_rest(&p.server);
    assert_int_equal(unloaded, 3);
    assert_null(p.server.retirements);
    event_base_free(p.server.base);
}

/* The memory of a million sites is given back by a thread that answers nobody. */
static void by_another_thread(void **state)
{
    (void)state;
    static struct server s;
    struct retired all = gone;
    s.base = event_base_new();
    all.table = calloc(1, sizeof(*all.table)); /* which AddressSanitizer sees again */
    CN_ASSERT(s.base != NULL && all.table != NULL);
    heap_init(&all.table->heap, &all.table->arena);
    unloaded = 0;
    retire(&s, &all);
    assert_int_equal(unloaded, 0);
    turn(&s);
    assert_int_equal(unloaded, 1);
    assert_false(pthread_equal(unloader, pthread_self()));
    assert_null(s.retirements);
    event_base_free(s.base);
}

static atomic_bool may_go;

static void unload_late(struct engine *e)
{
    while (!atomic_load(&may_go)) {
        usleep(TURN_US);
    }
    unload(e);
}

/* Who closes waits for what is being freed, and frees the rest. */
static void rest_waits(void **state)
{
    (void)state;
    static struct server s;
    static const struct retired late = {NULL, NULL, unload_late};
    s.base = event_base_new();
    assert_non_null(s.base);
    unloaded = 0;
    atomic_store(&may_go, false);
    retire(&s, &late);
    turn(&s);
    assert_non_null(s.retirements);
    retire(&s, &gone);
    atomic_store(&may_go, true);
    retire_rest(&s);
    assert_int_equal(unloaded, 2);
    assert_null(s.retirements);
    event_base_free(s.base);
}

/* Worker 0 counts lines anew when they are others; the other workers see it by the number. */
static void lines_of_another_world(void **state)
{
    (void)state;
    static const struct {
        uint16_t count;
        const char *names[3];
        uint32_t number; /* behind the table before */
    } rows[] = {{2, {"de", "fr"}, 0},       {2, {"de", "fr"}, 0},       {2, {"de", "us"}, 1},
                {3, {"de", "us", "fr"}, 2}, {3, {"de", "us", "fr"}, 2}, {2, {"de", "us"}, 3},
                {2, {"fr", "us"}, 4}};
    static struct server s;
    static struct line lines[CN_ARRAY_LEN(rows)][3];
    static struct topology topologies[CN_ARRAY_LEN(rows)];
    static struct table tables[CN_ARRAY_LEN(rows)];
    s.socket_count = 2;
    s.sockets[0].listener.line = 4;
    s.sockets[1].listener.line = CN_NONE16;
    assert_true(metrics_begin(&s.metrics, 2));
    struct metrics_counts *counts = server_counts(&s);
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        for (size_t k = 0; k < rows[i].count; k++) {
            snprintf(lines[i][k].name, sizeof(lines[i][k].name), "%s", rows[i].names[k]);
        }
        topologies[i] = (struct topology){.lines = lines[i], .line_count = rows[i].count};
        tables[i].topology = &topologies[i];
        bool same = i == 0 || rows[i].number == rows[i - 1].number;
        metrics_add(&counts->lines[1], 1);
        uint64_t before = counts->lines[1];
        assert_ptr_equal(retire_publish(&s, &tables[i]), i == 0 ? NULL : &tables[i - 1]);
        assert_ptr_equal(server_table(&s), &tables[i]);
        assert_int_equal(tables[i].lines_number, rows[i].number);
        assert_int_equal(counts->lines_number, rows[i].number);
        assert_int_equal(counts->lines[1], same ? before : 0);
        assert_int_equal(tables[i].lines[0], 4);
        assert_int_equal(tables[i].lines[1], CN_NONE16);
    }
    metrics_end(&s.metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mark_waits_for_those_within),
        cmocka_unit_test(freed_when_the_last_has_moved),
        cmocka_unit_test(several_go_in_any_order),
        cmocka_unit_test(by_another_thread),
        cmocka_unit_test(rest_waits),
        cmocka_unit_test(lines_of_another_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
