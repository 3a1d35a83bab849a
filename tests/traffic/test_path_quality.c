/* SPDX-License-Identifier: MIT
 * The path of the answer that a client really gets: past a PoP that passes clients on, and across a
 * border that is crowded or congested. One model of loss for the path view and for products. */
#include "cnedge/traffic/quality.h"
#include "small.h"

struct full {
    struct fixture f;
    uint32_t www;
    uint32_t capacity[POPS], users[LINES];
};

/* The mainland is out of reach for the site, and Hong Kong carries half of its clients. */
static void begin_full(struct full *s, bool spill)
{
    memset(s, 0, sizeof(*s));
    fixture_init(&s->f);
    uint32_t shop = fixture_site(&s->f, "shop.example");
    s->www = fixture_host(&s->f, "www.shop.example");
    s->f.sites[shop].demand_mbit = 100;
    s->users[LINE_SH_TELECOM] = 1;
    s->capacity[POP_HKG] = 50;
    s->f.spec.users = s->users;
    s->f.spec.capacity_mbps = s->capacity;
    s->f.spec.choices.spill = spill ? SPILL_BY_CAPACITY : SPILL_OFF;
    fixture_build(&s->f);
    assert_int_equal(fixture_apply(&s->f, on_everyone(EV_PARTNER_SUSPEND, 1)), REFUSAL_NONE);
}

static struct path_view ask_full(struct full *s, uint32_t n, struct answer *a)
{
    struct path_question q = {.client = path_client_of_line(s->f.w->topology, LINE_SH_TELECOM, n),
                              .name = s->f.hosts[s->www].name,
                              .seen = LINE_SH_TELECOM,
                              .type = RR_A,
                              .port = PATH_HTTPS,
                              .now = s->f.w->now,
                              .first = SIMTIME_NEVER,
                              .tried = CN_NONE32};
    struct path_view v;
    path_ask(s->f.w, &q, a, &v);
    return v;
}

/* Every client's path is that to the PoP it is given. */
static void path_is_of_the_answer(void **state)
{
    (void)state;
    enum { ASKED = 200 };
    for (int spill = 0; spill < 2; spill++) {
        static struct full s;
        begin_full(&s, spill != 0);
        unsigned moved = 0;
        for (uint32_t n = 0; n < ASKED; n++) {
            struct answer a;
            struct quality q;
            struct path_view v = ask_full(&s, n, &a);
            quality_of(s.f.w, LINE_SH_TELECOM, s.www, a.cell.pop, &q);
            assert_int_equal(v.rtt_us, q.rtt_us);
            assert_int_equal(v.loss_permille, q.loss_permille);
            assert_int_equal(v.connect, PATH_CONNECT_OK);
            moved += a.cell.pop != POP_HKG ? 1 : 0;
        }
        if (spill == 0) assert_int_equal(moved, 0);
        if (spill == 1) assert_in_range(moved, ASKED / 3, 2 * ASKED / 3);
        fixture_free(&s.f);
    }
}

/* Congestion is the loss of the crowded hours, whatever the hour, for queries and for connections;
 * inside it loses nothing. */
static void congestion_loses(void **state)
{
    (void)state;
    static struct small s;
    struct quality q;
    begin(&s, POLICY_REROUTE_OVERSEAS);
    quality_of(s.f.w, LINE_SH_TELECOM, s.www, POP_LAX, &q);
    assert_int_equal(q.loss_permille, 10);
    uint32_t calm = q.rtt_us;
    apply(&s, fixture_event(EV_BORDER_CONGESTED, 60));
    quality_of(s.f.w, LINE_SH_TELECOM, s.www, POP_LAX, &q);
    assert_int_equal(q.loss_permille, 150);
    assert_int_equal(q.rtt_us, calm + 30000);
    assert_int_equal(q.notes[q.note_count - 1].rule, QUALITY_CONGESTED);
    quality_of(s.f.w, LINE_SH_TELECOM, s.www, POP_SHA, &q);
    assert_int_equal(q.loss_permille, 0);
    apply(&s, fixture_event(EV_BORDER_CLEAR, 120));
    quality_of(s.f.w, LINE_SH_TELECOM, s.www, POP_LAX, &q);
    assert_int_equal(q.loss_permille, 10);
    fixture_free(&s.f);
}

/* How many of a thousand clients lose their query is the same setting. */
static void queries_are_lost_alike(void **state)
{
    (void)state;
    static const uint32_t settings[] = {0, 150, 600};
    for (size_t i = 0; i < CN_ARRAY_LEN(settings); i++) {
        static struct small s;
        unsigned lost = 0;
        begin(&s, POLICY_REROUTE_OVERSEAS);
        s.f.spec.choices.border_peak_loss_permille = settings[i];
        apply(&s, fixture_event(EV_BORDER_CONGESTED, 60));
        for (uint32_t n = 0; n < PATH_SAMPLES; n++) {
            struct ask a = ask(s.www, LINE_SH_TELECOM);
            a.client = n;
            lost += look(&s, a).dns == PATH_DNS_TIMEOUT ? 1 : 0;
        }
        assert_true(lost + 40 >= settings[i] && lost <= settings[i] + 40);
        if (settings[i] == 0) assert_int_equal(lost, 0);
        fixture_free(&s.f);
    }
}

/* Half of the clients leave the mainland when its PoP carries half of them: half of the demand
 * crosses the border. */
static void demand_follows_the_clients(void **state)
{
    (void)state;
    static struct full s;
    memset(&s, 0, sizeof(s));
    fixture_init(&s.f);
    uint32_t shop = fixture_site(&s.f, "shop.example");
    s.www = fixture_host(&s.f, "www.shop.example");
    s.f.sites[shop].demand_mbit = 100;
    s.users[LINE_SH_TELECOM] = 1;
    s.capacity[POP_SHA] = 50;
    s.capacity[POP_CAN] = 1;
    s.capacity[POP_BJS] = 1;
    s.f.spec.users = s.users;
    s.f.spec.capacity_mbps = s.capacity;
    s.f.spec.choices.spill = SPILL_BY_CAPACITY;
    fixture_package(&s.f);
    fixture_product(&s.f, PRODUCT_CEN, s.www);
    fixture_build(&s.f);
    uint32_t demand = quality_demand(s.f.w, 0, LINE_SH_TELECOM);
    assert_in_range(demand, 46, 50);
    fixture_free(&s.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"C4.9: the path is that of the answer", path_is_of_the_answer, NULL, NULL, NULL},
        {"C4.25: congestion loses what the crowded hours do", congestion_loses, NULL, NULL, NULL},
        {"C4.25: queries are lost alike", queries_are_lost_alike, NULL, NULL, NULL},
        {"C4.25: demand follows the clients", demand_follows_the_clients, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
