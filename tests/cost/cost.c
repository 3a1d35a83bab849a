/* SPDX-License-Identifier: MIT
 * cost.c: answers a fixed set of queries in process, each kind in a function of its own, so that
 * callgrind can count its instructions (tests/golden/cost.py). As the server does it: from the
 * table if that can, else by the responder; the kind `responder` as if there were no table.
 *
 *     cnedge_cost SUBNETS     prints for each kind how many queries it asked, and how many bytes
 *                             the answers had */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/arena.h"
#include "cnedge/dns/answer_table.h"
#include "cnedge/replay/engine.h"
#include "cnedge/scenario/heap.h"
#include "queries.h"

enum {
    SITES = 500,
    QUERIES = 4000, /* of a kind */
    SCENARIO_BYTES = 256 * SITES + 1024,
    COOKIE_OPTION = 12,
};

/* Each is measured; `cold` is the first to ask. */
#define COST_KINDS(X) X(cold) X(plain) X(edns) X(ecs) X(nxdomain) X(cookie) X(responder)

#define COST_ENUM(name) KIND_##name,
enum kind { COST_KINDS(COST_ENUM) KINDS };

struct set { /* of queries */
    size_t len[QUERIES];
    uint8_t bytes[QUERIES][QUERIES_BYTES_MAX + COOKIE_OPTION];
};

static struct set sets[KINDS];
static struct engine engine;
static struct answer_table *answers;
static const struct responder_server identity = {.cookies = {.count = 1}, .now_s = 1000};
static uint64_t answer_bytes[KINDS];

/* --- the world and the queries -----------------------------------------------------------------
 */

static const char scenario_head[] =
    "{\"cnedge\": 1, \"name\": \"cost\", \"start\": \"2026-01-01T00:00:00Z\", \"end\": \"+1d\","
    "\"nameservers\": [\"ns1.dns.test\", \"ns2.dns.test\"],"
    "\"holders\": [{\"id\": \"h\"}], \"sites\": [";

static bool build(struct arena *a, struct diag_list *diags)
{
    static char text[SCENARIO_BYTES];
    enum cn_status status;
    size_t len = (size_t)snprintf(text, sizeof(text), "%s", scenario_head);
    for (unsigned i = 0; i < SITES; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s{\"domain\": \"d%06u.example\", \"filing\": \"f%u\", \"hosts\": "
                                "[\"@\", \"www\"]}",
                                i > 0 ? "," : "", i, i);
    }
    len += (size_t)snprintf(text + len, sizeof(text) - len, "], \"filings\": [");
    for (unsigned i = 0; i < SITES; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s{\"id\": \"f%u\", \"holder\": \"h\", "
                                "\"number\": \"ICP 2026%06u-1\"}",
                                i > 0 ? "," : "", i, i);
    }
    len += (size_t)snprintf(text + len, sizeof(text) - len, "]}");
    const struct scenario_text source = {"cost", text, len};
    const struct scenario *s = scenario_parse(a, &source, diags, &status);
    static const uint8_t key[SIPHASH_KEY_BYTES] = {1};
    if (s == NULL || !engine_init(&engine, a, s)) return false;
    answers = answer_table_build(a, engine.world, key);
    return answers != NULL;
}

/* Puts a client cookie behind the OPT record at the end of a query. */
static size_t add_cookie(uint8_t *query, size_t len)
{
    static const uint8_t option[COOKIE_OPTION] = {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    query[len - 1] = sizeof(option);
    memcpy(query + len, option, sizeof(option));
    return len + sizeof(option);
}

static bool draw(enum kind kind, const char *subnets)
{
    struct queries q;
    struct set *set = &sets[kind];
    struct queries_spec spec = {.sites = SITES, .seed = 1};
    spec.absent = kind == KIND_nxdomain ? 100 : 0;
    spec.subnets = kind == KIND_ecs ? subnets : NULL;
    spec.edns = kind == KIND_edns || kind == KIND_cookie;
    if (!queries_init(&q, &spec)) return false;
    for (unsigned i = 0; i < QUERIES; i++) {
        set->len[i] = queries_put(&q, (uint16_t)i, set->bytes[i]);
        if (kind == KIND_cookie) set->len[i] = add_cookie(set->bytes[i], set->len[i]);
    }
    return true;
}

/* --- what is measured --------------------------------------------------------------------------
 */

static void answer_all(enum kind kind)
{
    static uint8_t out[RESPONDER_UDP_MAX];
    const struct set *set = &sets[kind];
    struct responder_client client = {
        .address = {202, 96, 209, 5}, .line = CN_NONE16, .server = &identity};
    bool table = kind != KIND_responder;
    for (unsigned i = 0; i < QUERIES; i++) {
        struct responder_note note = {.counted = false};
        struct answer_table_miss miss;
        struct responder_query q = {set->bytes[i], set->len[i]};
        client.note = &note;
        size_t len = table ? answer_table_answer(answers, &client, q, out, &miss) : 0;
        if (len == 0) {
            if (table) answer_table_learn(answers, engine.world, &miss, q);
            len = responder_answer(engine.world, &client, q, out, RESPONDER_UDP_MAX);
        }
        answer_bytes[kind] += len;
    }
}

#define COST_FUNCTION(name)                                                                        \
    void cost_##name(void);                                                                        \
    __attribute__((noinline)) void cost_##name(void)                                               \
    {                                                                                              \
        answer_all(KIND_##name);                                                                   \
    }
COST_KINDS(COST_FUNCTION)

#define COST_ROW(name) {#name, cost_##name},
static const struct {
    const char *name;
    void (*run)(void);
} rows[] = {COST_KINDS(COST_ROW)};

int main(int argc, char **argv)
{
    struct heap heap;
    struct arena arena;
    struct diag_list diags = {0};
    if (argc != 2) return 2;
    heap_init(&heap, &arena);
    if (!build(&arena, &diags)) {
        char text[256];
        if (diags.count > 0) diag_format(&diags, 0, text, sizeof(text));
        fprintf(stderr, "no world: %s\n", diags.count > 0 ? text : "out of memory");
        return 1;
    }
    for (enum kind k = 0; k < KINDS; k++) {
        if (!draw(k, argv[1])) return 1;
        if (k != KIND_cold) answer_all(k); /* what is to be learnt is known */
        answer_bytes[k] = 0;
        rows[k].run();
        printf("%s %d %" PRIu64 "\n", rows[k].name, QUERIES, answer_bytes[k]);
    }
    heap_free(&heap);
    return 0;
}
