/* SPDX-License-Identifier: MIT
 * Answering allocates nothing: the linker hands every malloc, calloc and realloc of the program to
 * the counter below, and no query, good or bad, moves it. */
#include "bytes.h"
#include "cnedge/dns/answer_table.h"
#include "test.h"
#include "zones.h"

/* Volatile: the compiler knows malloc, and believes that it touches neither. */
static volatile unsigned long allocations;
static volatile bool armed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

void *__wrap_malloc(size_t size)
{
    allocations += armed;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations += armed;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    allocations += armed;
    return __real_realloc(p, size);
}

void __wrap_free(void *p)
{
    allocations += armed && p != NULL;
    __real_free(p);
}

/* The same from a table: what it answers, what it cannot, and what it learns. Whether it
 * has an answer. */
static bool ask_table(struct answer_table *t, struct world *w,
                      const struct responder_client *client, struct responder_query q)
{
    uint8_t out[RESPONDER_UDP_MAX];
    struct answer_table_miss miss;
    size_t len = answer_table_answer(t, client, q, out, &miss);
    answer_table_learn(t, w, &miss, q);
    return len > 0 || answer_table_answer(t, client, q, out, &miss) > 0;
}

/* Answers every query of the golden file, and every shortened form of it, over both transports. */
static void check_none(void **state)
{
    (void)state;
    static const struct responder_server identity = {.cookies = {.count = 1}, .nsid_len = 4};
    static uint8_t answer[RESPONDER_TCP_MAX];
    static char text[8192];
    struct fixture f;
    static const uint8_t key[SIPHASH_KEY_BYTES] = {1};
    struct world *w = zones_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    assert_non_null(t);
    FILE *golden = fopen("tests/dns/golden/answers.txt", "r");
    assert_non_null(golden);
    unsigned queries = 0;
    unsigned from_table = 0;
    unsigned negative = 0;
    for (unsigned n = 0; fgets(text, sizeof(text), golden) != NULL; n++) {
        if (n % 3 != 1) continue; /* name, query, answer */
        uint8_t query[1024];
        size_t len = bytes_from(text, query, sizeof(query));
        struct responder_client client = {.address = {202, 96, 209, 5}, .line = CN_NONE16};
        armed = true;
        for (size_t cut = 0; cut <= len; cut++) {
            client.tcp = cut % 2 == 0;
            client.server = cut % 3 == 0 ? &identity : NULL;
            responder_answer(w, &client, (struct responder_query){query, cut}, answer,
                             sizeof(answer));
            bool answered = ask_table(t, w, &client, (struct responder_query){query, cut});
            from_table += answered;
            negative += answered && answer[7] == 0; /* ANCOUNT */
        }
        armed = false;
        queries++;
    }
    fclose(golden);
    fixture_free(&f);
    assert_true(queries > 50);
    assert_true(from_table > 10);
    assert_true(negative > 0);
    assert_int_equal(allocations, 0);
}

/* A name that does not exist, which no query of the file is that the table answers. */
static void check_no_such_name(void **state)
{
    (void)state;
    static const uint8_t key[SIPHASH_KEY_BYTES] = {1};
    const struct responder_client client = {.line = LINE_DE};
    uint8_t query[256];
    struct fixture f;
    struct world *w = zones_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    assert_non_null(t);
    size_t len = bytes_from("1234 0100 0001 0000 0000 0000 .no.closed.example 0001 0001", query,
                            sizeof(query));
    armed = true;
    bool answered = ask_table(t, w, &client, (struct responder_query){query, len});
    armed = false;
    fixture_free(&f);
    assert_true(answered);
    assert_int_equal(allocations, 0);
}

static void check_counter_counts(void **state)
{
    (void)state;
    armed = true;
    void *volatile p = malloc(1);
    armed = false;
    free(p);
    assert_int_equal(allocations, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_none),
        cmocka_unit_test(check_no_such_name),
        cmocka_unit_test(check_counter_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
