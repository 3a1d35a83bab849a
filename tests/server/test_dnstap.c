/* SPDX-License-Identifier: MIT
 * dnstap: what --dnstap takes, and the memory of frames, against a list of what is in use. */
#define _GNU_SOURCE
#include "../../sim/server/dnstap_ring.h"
#include "cnedge/server/dnstap.h"

#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/base/rng.h"

enum { LIVE_MAX = 1024, ROUNDS = 200000, LEN_MAX = 70000, PASSED = 100000 };

#define P50 "/2345678901234567890123456789012345678901234567890"

struct row {
    const char *name;
    const char *text;
    const char *path; /* NULL = must fail */
    bool file;
};

static struct row rows[] = {
    {"socket", "unix:/run/tap.sock", "/run/tap.sock", false},
    {"file", "file:/tmp/a b", "/tmp/a b", true},
    {"longest", "unix:" P50 P50 "1234567", P50 P50 "1234567", false},
    {"too long", "unix:" P50 P50 "12345678", NULL, false},
    {"relative", "unix:tap.sock", NULL, false},
    {"no path", "file:", NULL, false},
    {"no scheme", "/run/tap.sock", NULL, false},
    {"another scheme", "tcp:/run/tap.sock", NULL, false},
    {"nothing", "", NULL, false},
};

static void reads(void **state)
{
    const struct row *r = *state;
    struct dnstap_at at;
    assert_int_equal(dnstap_read(r->text, &at), r->path != NULL);
    if (r->path == NULL) return;
    assert_string_equal(at.path, r->path);
    assert_int_equal(at.file, r->file);
}

static size_t draw(uint64_t *drawn, size_t below)
{
    return rng_draw(7, "ring", "length", ++*drawn) % below;
}

/* Frames of all lengths come and go; none lies over another, none is refused without need, and
 * when all are freed the largest one has room again. */
static void ring_keeps_frames_apart(void **state)
{
    static struct dnstap_ring ring;
    static struct {
        uint8_t *at;
        size_t len;
    } live[LIVE_MAX];
    uint64_t drawn = 0;
    size_t first = 0;
    size_t count = 0;
    size_t refused = 0;
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        bool fill = (i / 2000) % 2 == 0; /* fills up and runs empty in turn */
        size_t len = 1 + draw(&drawn, draw(&drawn, 10) == 0 ? LEN_MAX : 400);
        if (draw(&drawn, 10) < (fill ? 8U : 2U) && count < LIVE_MAX) {
            uint8_t *at = dnstap_ring_find(&ring, len);
            refused += at == NULL;
            if (at == NULL) continue;
            assert_true(at >= ring.bytes && at + len <= ring.bytes + DNSTAP_RING_BYTES);
            memset(at, (int)((first + count) & 0xFF), len);
            dnstap_ring_take(&ring, at, len);
            live[(first + count++) % LIVE_MAX].at = at;
            live[(first + count - 1) % LIVE_MAX].len = len;
        } else if (count > 0) {
            uint8_t *at = live[first % LIVE_MAX].at;
            for (size_t n = 0; n < live[first % LIVE_MAX].len; n++) {
                assert_int_equal(at[n], first & 0xFF);
            }
            dnstap_ring_free(&ring, at);
            first++;
            count--;
        }
    }
    assert_true(refused > 0 && first > 1000);
    while (count-- > 0) {
        dnstap_ring_free(&ring, live[first++ % LIVE_MAX].at);
    }
    assert_non_null(dnstap_ring_find(&ring, LEN_MAX));
}

struct passing {
    struct dnstap_ring ring;
    uint8_t *_Atomic box; /* one frame on its way */
    bool same;
};

static void *take_all(void *arg)
{
    struct passing *p = arg;
    p->same = true;
    for (uint32_t i = 0; i < PASSED; i++) {
        uint8_t *at;
        uint32_t got;
        while ((at = atomic_exchange(&p->box, NULL)) == NULL) {
            sched_yield();
        }
        memcpy(&got, at, sizeof(got));
        p->same = p->same && got == i;
        dnstap_ring_free(&p->ring, at);
    }
    return NULL;
}

/* One thread makes, another one frees: nothing is lost, nothing is written over. */
static void ring_between_threads(void **state)
{
    static struct passing p;
    pthread_t other;
    uint8_t *none;
    (void)state;
    assert_int_equal(pthread_create(&other, NULL, take_all, &p), 0);
    for (uint32_t i = 0; i < PASSED; i++) {
        uint8_t *at = dnstap_ring_find(&p.ring, 200);
        while (at == NULL) {
            at = dnstap_ring_find(&p.ring, 200);
        }
        memcpy(at, &i, sizeof(i));
        dnstap_ring_take(&p.ring, at, 200);
        do {
            none = NULL;
            sched_yield();
        } while (!atomic_compare_exchange_weak(&p.box, &none, at));
    }
    pthread_join(other, NULL);
    assert_true(p.same);
}

static const struct CMUnitTest single[] = {
    cmocka_unit_test(ring_keeps_frames_apart),
    cmocka_unit_test(ring_between_threads),
};

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, reads)
    int failed = cmocka_run_group_tests_name("texts", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("ring", single, NULL, NULL);
}
