/* SPDX-License-Identifier: MIT
 * The timers against a naive list: every short sequence of operations, and long random ones. */
#include "cnedge/base/rng.h"
#include "cnedge/model/evq.h"
#include "test.h"

#include <string.h>

enum { SLOTS = 12 };

struct model { /* timers in the order in which they were last set */
    struct {
        int64_t at;
        uint32_t slot;
    } timer[SLOTS];
    unsigned count;
    int64_t now;
};

struct both {
    struct evq q;
    struct evq_entry heap[SLOTS];
    uint32_t place[SLOTS];
    struct model m;
};

static void both_init(struct both *b, uint32_t slots)
{
    memset(b, 0, sizeof(*b));
    evq_init(&b->q, b->heap, b->place, slots);
}

static void model_clear(struct model *m, uint32_t slot)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < m->count; i++) {
        if (m->timer[i].slot != slot) m->timer[kept++] = m->timer[i];
    }
    m->count = kept;
}

static void both_set(struct both *b, uint32_t slot, int64_t at)
{
    evq_set(&b->q, slot, (simtime){at});
    model_clear(&b->m, slot);
    if (at == INT64_MAX) return;
    b->m.timer[b->m.count].at = at;
    b->m.timer[b->m.count++].slot = slot;
}

static void both_clear(struct both *b, uint32_t slot)
{
    evq_clear(&b->q, slot);
    model_clear(&b->m, slot);
}

static unsigned model_first(const struct model *m)
{
    unsigned best = 0;
    for (unsigned i = 1; i < m->count; i++) {
        if (m->timer[i].at < m->timer[best].at) best = i;
    }
    return best;
}

static void both_pop(struct both *b)
{
    uint32_t slot = UINT32_MAX;
    bool any = evq_pop(&b->q, &slot);
    assert_int_equal(any, b->m.count > 0);
    if (!any) return;
    unsigned first = model_first(&b->m);
    assert_int_equal(slot, b->m.timer[first].slot);
    b->m.now = b->m.timer[first].at;
    model_clear(&b->m, slot);
}

static void check(const struct both *b)
{
    const struct model *m = &b->m;
    int64_t next = m->count > 0 ? m->timer[model_first(m)].at : INT64_MAX;
    assert_int_equal(b->q.len, m->count);
    assert_int_equal(b->q.now.ns, m->now);
    assert_int_equal(evq_next_at(&b->q).ns, next);
    for (uint32_t slot = 0; slot < b->q.slots; slot++) {
        int64_t at = INT64_MAX;
        for (unsigned i = 0; i < m->count; i++) {
            if (m->timer[i].slot == slot) at = m->timer[i].at;
        }
        assert_int_equal(evq_at(&b->q, slot).ns, at);
    }
}

static void drain(struct both *b)
{
    while (b->m.count > 0) {
        both_pop(b);
        check(b);
    }
    both_pop(b);
}

/* Operations 0..9: set one of 3 slots now or a moment later, clear one, pop. */
static void do_operation(struct both *b, unsigned op)
{
    if (op < 6) {
        both_set(b, op / 2, b->m.now + op % 2);
    } else if (op < 9) {
        both_clear(b, op - 6);
    } else {
        both_pop(b);
    }
}

static void every_short_sequence_matches(void **state)
{
    enum { LENGTH = 5, SEQUENCES = 100000 }; /* 10^5 */
    (void)state;
    for (unsigned sequence = 0; sequence < SEQUENCES; sequence++) {
        struct both b;
        both_init(&b, 3);
        unsigned rest = sequence;
        for (unsigned i = 0; i < LENGTH; i++, rest /= 10) {
            do_operation(&b, rest % 10);
        }
        check(&b);
        drain(&b);
    }
}

struct random_row {
    const char *name;
    uint32_t slots, seq_first;
    int64_t spread; /* timers are set 0..spread ahead: small means many ties */
    unsigned pops;  /* of 16 operations */
};

static struct random_row random_rows[] = {
    {"random, many ties", SLOTS, 0, 2, 4},
    {"random, few ties", SLOTS, 0, 1000000, 4},
    {"random, nearly full", SLOTS, 0, 5, 1},
    {"random, nearly empty", SLOTS, 0, 5, 8},
    {"random, one slot", 1, 0, 3, 4},
    {"random, the numbers run out", SLOTS, UINT32_MAX - 2000, 2, 2},
};

static void random_operations_match(void **state)
{
    const struct random_row *row = *state;
    struct both b;
    both_init(&b, row->slots);
    b.q.seq_next = row->seq_first;
    for (uint64_t step = 0; step < 30000; step++) {
        uint64_t draw = rng_draw(1, row->name, "operation", step);
        uint32_t slot = (uint32_t)(draw >> 8) % row->slots;
        int64_t ahead = (int64_t)(draw >> 32) % (row->spread + 1);
        if (draw % 16 < row->pops) {
            both_pop(&b);
        } else if (draw % 16 == 15) {
            both_clear(&b, slot);
        } else {
            both_set(&b, slot, b.m.now + ahead);
        }
        check(&b);
    }
    drain(&b);
}

/* The order among timers that were set before and after the numbers ran out. */
static void numbers_run_out_with_any_number_of_timers(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= SLOTS; before++) {
        struct both b;
        both_init(&b, SLOTS);
        b.q.seq_next = UINT32_MAX - before;
        for (uint32_t i = 0; i < before; i++) {
            both_set(&b, (i * 5) % SLOTS, i % 3);
        }
        assert_int_equal(b.q.seq_next, UINT32_MAX);
        both_set(&b, 7, 1); /* moves it when it is set */
        assert_true(b.q.seq_next <= SLOTS + 1);
        check(&b);
        drain(&b);
    }
}

static void never_clears(void **state)
{
    (void)state;
    struct both b;
    both_init(&b, 2);
    both_set(&b, 0, 5);
    both_set(&b, 1, 5);
    both_set(&b, 0, INT64_MAX);
    both_set(&b, 0, INT64_MAX);
    check(&b);
    drain(&b);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(random_rows)];
    TABLE_TESTS(tests, random_rows, random_operations_match);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(every_short_sequence_matches),
        cmocka_unit_test(numbers_run_out_with_any_number_of_timers),
        cmocka_unit_test(never_clears),
    };
    int failed = cmocka_run_group_tests_name("evq random", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("evq", others, NULL, NULL);
}
