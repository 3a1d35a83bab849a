/* SPDX-License-Identifier: MIT
 * The ring between two threads: order, room, and that its reader is woken whenever it has to be. */
#define _GNU_SOURCE
#include "../../sim/server/relay.h"

#include "test.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

enum { PASSED = 200000, PATIENCE_S = 60 };

static bool put(struct relay *r, size_t number)
{
    struct relay_item *place = relay_place(r);
    assert_non_null(place);
    place->socket = number;
    return relay_put(r);
}

static void take(struct relay *r, size_t number)
{
    const struct relay_item *item = relay_next(r);
    assert_non_null(item);
    assert_int_equal(item->socket, number);
    relay_done(r);
}

/* Several times round, with every number of datagrams in it. */
static void keeps_order(void **state)
{
    (void)state;
    static struct relay r;
    size_t in = 0;
    size_t out = 0;
    for (size_t n = 0; n <= RELAY_PLACES; n++) {
        for (size_t i = 0; i < n; i++) {
            (void)put(&r, in++);
        }
        for (size_t i = 0; i < n; i++) {
            take(&r, out++);
        }
        assert_null(relay_next(&r));
    }
}

static void has_room_for_so_many(void **state)
{
    (void)state;
    static struct relay r;
    for (size_t i = 0; i < RELAY_PLACES; i++) {
        (void)put(&r, i);
    }
    assert_null(relay_place(&r));
    take(&r, 0);
    (void)put(&r, RELAY_PLACES);
    assert_null(relay_place(&r));
    for (size_t i = 1; i <= RELAY_PLACES; i++) {
        take(&r, i);
    }
    assert_null(relay_next(&r));
}

static void wakes_who_has_seen_all(void **state)
{
    (void)state;
    static struct relay r;
    assert_true(put(&r, 0));
    assert_false(put(&r, 1));
    take(&r, 0);
    assert_false(put(&r, 2)); /* the reader is not through */
    take(&r, 1);
    take(&r, 2);
    assert_true(put(&r, 3));
}

struct passing {
    struct relay relay;
    sem_t wake;
    bool in_order, in_time;
};

/* Sleeps whenever it sees nothing. */
static void *take_all(void *arg)
{
    struct passing *p = arg;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    for (size_t n = 0; n < PASSED;) {
        const struct relay_item *item;
        p->in_time = sem_timedwait(&p->wake, &until) == 0;
        if (!p->in_time) return NULL;
        while ((item = relay_next(&p->relay)) != NULL) {
            p->in_order = p->in_order && item->socket == n && item->datagram.len == n;
            relay_done(&p->relay);
            n++;
        }
    }
    return NULL;
}

/* Waits for as long as it takes the reader to do something, so that both meet at every step. */
static void dawdle(size_t i, size_t steps)
{
    for (volatile size_t n = i * 7 % steps; n > 0; n--) {
    }
}

/* Nothing is lost, out of order, or left lying while its reader sleeps. */
static void pass_all(size_t steps)
{
    static struct passing p;
    pthread_t other;
    memset(&p, 0, sizeof(p));
    p.in_order = true;
    assert_int_equal(sem_init(&p.wake, 0, 0), 0);
    assert_int_equal(pthread_create(&other, NULL, take_all, &p), 0);
    for (size_t i = 0; i < PASSED; i++) {
        struct relay_item *place = relay_place(&p.relay);
        for (int tries = 0; place == NULL && tries < PATIENCE_S * 1000; tries++) {
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
            place = relay_place(&p.relay);
        }
        if (place == NULL) break; /* it was not woken */
        place->socket = i;
        place->datagram.len = i;
        if (relay_put(&p.relay)) sem_post(&p.wake);
        dawdle(i, steps);
    }
    pthread_join(other, NULL);
    assert_true(p.in_time);
    assert_true(p.in_order);
    sem_destroy(&p.wake);
}

static void between_threads(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 40, 100, 300};
    for (size_t i = 0; i < CN_ARRAY_LEN(steps); i++) {
        pass_all(steps[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(has_room_for_so_many),
        cmocka_unit_test(wakes_who_has_seen_all),
        cmocka_unit_test(between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
