/* SPDX-License-Identifier: MIT
 * Row 31 of FACTS C2 from the side of the table: near PoPs are saturated after a mass failover. For
 * every host, policy and coverage of c2_table.h, with the mainland up and out: where the table says
 * a PoP that cannot carry its clients, they are spread over the near ones by what these can carry,
 * and the rest goes to global ones. Nobody else's answer changes. */
#include "c2_run.h"

enum { T_SPILL = 45, DEMAND_MBIT = 1200, CLIENTS = 60 };

static struct c2 t;
static uint64_t saturated;

/* The twelve mainland lines have equally many users, 100 Mbit/s each, and nobody else has any. Near
 * PoPs carry 600 of these 1,200 together; global ones have no limit. */
static uint32_t capacity[POPS] = {
    [POP_HKG] = 300, [POP_NRT] = 150, [POP_SIN] = 100, [POP_TPE] = 50};
static uint32_t users[C2_LINES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void prepare(struct c2 *c)
{
    c->s.f.spec.capacity_mbps = capacity;
    c->s.f.spec.users = users;
    c->s.f.spec.choices.spill = SPILL_BY_CAPACITY;
    c->s.f.spec.choices.ttl_spill_s = T_SPILL;
    c->s.f.sites[c->s.shop].demand_mbit = DEMAND_MBIT;
}

static uint16_t pop_of(const char *id)
{
    return id[0] == '\0' ? CN_NONE16 : find_pop(&t.s.f, id);
}

/* Mbit/s per PoP if every client got what the table says. */
static void loads(unsigned mbit[POPS])
{
    memset(mbit, 0, POPS * sizeof(*mbit));
    for (int line = 0; line < C2_MAINLAND_LINES; line++) {
        struct c2_expected x = c2_expect(&t, &c2_clients[line], FAMILY_V4);
        if (x.kind == ANSWER_POP) mbit[pop_of(x.pop)] += DEMAND_MBIT / C2_MAINLAND_LINES;
    }
}

static uint16_t ask(int line, unsigned n, const struct c2_expected *x, bool full)
{
    struct spill_client client = {.address = {198, 18, (uint8_t)n, 1}, .bits = 24};
    struct answer a;
    answer_find(t.s.f.w, t.s.f.hosts[t.s.ask].name, RR_A, (uint16_t)line, &a);
    answer_spread(t.s.f.w, (uint16_t)line, &client, &a);
    t.combinations++;
    bool cn = c2_clients[line].who == CN;
    int row = full && cn ? 31 : x->row;
    if (a.kind != x->kind || a.cell.row != row || a.ttl_s != (full ? T_SPILL : x->ttl_s)) {
        fail_msg("%s, %s, %s: kind %d row %d ttl %u, want %d %d %u", t.host->name,
                 c2_clients[line].name, revocation_policy_name(t.policy), (int)a.kind, a.cell.row,
                 a.ttl_s, (int)x->kind, row, full ? T_SPILL : x->ttl_s);
    }
    if (a.kind == ANSWER_POP && !full) assert_int_equal(a.cell.pop, pop_of(x->pop));
    return a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16;
}

/* All near ones full, the rest global, nobody inside. */
static void check_shares(const unsigned got[POPS])
{
    enum { ALL_CLIENTS = CLIENTS * C2_MAINLAND_LINES };
    for (uint16_t pop = 0; pop < POPS; pop++) {
        double share = (double)got[pop] * DEMAND_MBIT / ALL_CLIENTS;
        if (pop <= POP_BJS) assert_int_equal(got[pop], 0);
        if (capacity[pop] == 0) continue;
        if (share < capacity[pop] * 0.7 - 15 || share > capacity[pop] * 1.3 + 15) {
            fail_msg("%s: %s carries %.0f Mbit/s of %u", t.host->name, t.s.f.pops[pop].id, share,
                     capacity[pop]);
        }
    }
}

static void check_network(void)
{
    unsigned mbit[POPS];
    unsigned got[POPS] = {0};
    loads(mbit);
    bool mass = mbit[POP_HKG] == DEMAND_MBIT;
    for (int line = 0; line < C2_LINES; line++) {
        struct c2_expected x = c2_expect(&t, &c2_clients[line], FAMILY_V4);
        uint16_t pop = pop_of(x.pop);
        bool full = x.kind == ANSWER_POP && capacity[pop] != 0 && mbit[pop] > capacity[pop];
        for (unsigned n = 0; n < CLIENTS; n++) {
            uint16_t to = ask(line, n, &x, full);
            if (to != CN_NONE16 && line < C2_MAINLAND_LINES) got[to]++;
        }
    }
    if (!mass) return;
    check_shares(got);
    saturated++;
}

static void run(void)
{
    static const size_t inside[] = {0, C2_PARTNER_OUT};
    c2_begin(&t);
    c2_start(&t);
    c2_set_outside(&t, &c2_outside[0]);
    for (size_t i = 0; i < CN_ARRAY_LEN(inside); i++) {
        c2_set_inside(&t, inside[i]);
        check_network();
        c2_network(&t.s, c2_mainland[inside[i]].words, true);
    }
    fixture_free(&t.s.f);
}

static void row31(void **state)
{
    (void)state;
    t = (struct c2){.prepare = prepare};
    assert_string_equal(c2_mainland[C2_PARTNER_OUT].name, "partner out");
    for (size_t i = 0; i < CN_ARRAY_LEN(c2_hosts); i++) {
        for (int n = 0; n < POLICY_COUNT * COVERAGE_COUNT; n++) {
            t.host = &c2_hosts[i];
            t.policy = (enum revocation_policy)(n / COVERAGE_COUNT);
            t.coverage = (enum coverage)(n % COVERAGE_COUNT);
            run();
        }
    }
    assert_true(saturated > 1000);
    print_message("%llu combinations\n", (unsigned long long)t.combinations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "C2.row31.exhaustive", .test_func = row31},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
