/* SPDX-License-Identifier: MIT
 * The way back to the mainland (FACTS C4.11, C4.12, C4.3, C2 row 32): cool-down, shares of clients,
 * and which addresses of a PoP a client gets. */
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"

#include "story.h"

static struct story s;

static enum pop_class class_of(uint64_t key, uint8_t *row)
{
    struct answer a;
    struct answer_client c = {.line = LINE_SH_TELECOM, .key = key};
    answer_find_for(s.f.w, s.f.hosts[s.ask].name, RR_A, c, &a);
    assert_int_equal(a.kind, ANSWER_POP);
    *row = a.cell.row;
    return s.f.w->topology->pops[a.cell.pop].class_;
}

static void expect_all(enum pop_class want, unsigned want_row)
{
    for (uint64_t key = 0; key < 50; key++) {
        uint8_t row;
        assert_int_equal(class_of(key, &row), want);
        assert_int_equal(row, want_row);
    }
}

static unsigned inside(unsigned clients)
{
    unsigned n = 0;
    for (uint64_t key = 0; key < clients; key++) {
        uint8_t row;
        if (class_of(key, &row) == POP_MAINLAND) n++;
    }
    return n;
}

static void sweep(void)
{
    struct violation items[2];
    struct violation_list found = {.cap = 2, .items = items};
    invariant_sweep(s.f.w, &found);
    if (found.count > 0) fail_msg("%s", invariant_id(items[0].invariant));
}

static void at(int64_t minutes, const char *word)
{
    s.at_s = minutes * 60;
    fixture_run_until(&s.f, s.at_s);
    happen(&s, word);
    sweep();
}

static void wait_until(int64_t minutes)
{
    s.at_s = minutes * 60;
    fixture_run_until(&s.f, s.at_s);
    sweep();
}

static void begin(int64_t cooldown_min, uint32_t steps)
{
    story_begin(&s, "");
    struct choices *c = &s.f.spec.choices;
    c->return_cooldown.min = c->return_cooldown.max = simdur_s(cooldown_min * 60);
    c->return_steps = steps;
    c->unknown_grace.min = c->unknown_grace.max = simdur_s(0);
}

/* The status feed flaps each ten minutes; the cool-down is an hour. */
static void cooldown(void **state)
{
    (void)state;
    begin(60, 1);
    at(1, "unknown");
    wait_until(2);
    expect_all(POP_NEAR, 13);
    at(10, "known");
    expect_all(POP_NEAR, 32);
    at(20, "unknown");
    wait_until(21);
    expect_all(POP_NEAR, 13);
    at(30, "known");
    wait_until(79); /* an hour after the last loss */
    expect_all(POP_NEAR, 32);
    wait_until(81);
    expect_all(POP_MAINLAND, 1);
    at(90, "unknown"); /* a loss counts at once */
    wait_until(91);
    expect_all(POP_NEAR, 13);
    fixture_free(&s.f);
}

static void no_cooldown(void **state)
{
    (void)state;
    begin(0, 1);
    at(1, "unknown");
    wait_until(2);
    at(10, "known");
    expect_all(POP_MAINLAND, 1);
    fixture_free(&s.f);
}

/* What happens after a revocation, and the answer once it has: in the mainland only when the new
 * filing is approved and synchronised, the site vetted and the host provisioned, which takes 24 h.
 */
static void return_after_a_new_approval(void **state)
{
    static const struct {
        enum event_kind kind;
        int64_t hours; /* that pass after it */
        enum pop_class class_;
        unsigned row;
    } steps[] = {
        {EV_REVOKE_SITE, 30, POP_NEAR, 10},        {EV_CLOSE_RESOLUTION, 0, POP_CLASS_COUNT, 0},
        {EV_FILING_REFILE, 0, POP_CLASS_COUNT, 0}, {EV_FILING_SUBMIT, 0, POP_CLASS_COUNT, 0},
        {EV_PROVIDER_PASS, 0, POP_CLASS_COUNT, 0}, {EV_SMS_OK, 0, POP_CLASS_COUNT, 0},
        {EV_OPEN_RESOLUTION, 0, POP_NEAR, 8},      {EV_BUREAU_PASS, 7, POP_NEAR, 9},
        {EV_STATUS_KNOWN, 1, POP_NEAR, 14},        {EV_VETTING_SUBMIT, 0, POP_NEAR, 14},
        {EV_VETTING_START, 0, POP_NEAR, 14},       {EV_VETTING_APPROVE, 0, POP_NEAR, 9},
        {EV_PROVISION, 23, POP_NEAR, 9},           {EV_STATUS_KNOWN, 1, POP_MAINLAND, 32},
    };
    (void)state;
    story_begin(&s, "");
    for (size_t i = 0; i < CN_ARRAY_LEN(steps); i++) {
        struct event e = on_site(steps[i].kind, s.at_s, s.shop);
        if (steps[i].kind == EV_PROVISION) e = on_host(EV_PROVISION, s.at_s, s.www);
        if (steps[i].kind != EV_STATUS_KNOWN) must(&s, e); /* there, time passes alone */
        s.at_s += steps[i].hours * 3600;
        fixture_run_until(&s.f, s.at_s);
        sweep();
        if (steps[i].class_ != POP_CLASS_COUNT) expect_all(steps[i].class_, steps[i].row);
    }
    happen(&s, "sha-"); /* and from then on as any eligible site */
    expect_all(POP_MAINLAND, 3);
    fixture_free(&s.f);
}

/* Four shares, ten minutes apart; nobody who is back leaves again. */
static void shares(void **state)
{
    (void)state;
    enum { CLIENTS = 1000 };
    static bool back[CLIENTS];
    begin(60, 4);
    memset(back, 0, sizeof(back));
    at(1, "unknown");
    wait_until(2);
    at(10, "known");
    assert_int_equal(inside(CLIENTS), 0);
    for (unsigned step = 1; step <= 4; step++) {
        wait_until(61 + 10 * (int64_t)(step - 1) + 1);
        unsigned n = 0;
        for (uint64_t key = 0; key < CLIENTS; key++) {
            uint8_t row;
            bool in = class_of(key, &row) == POP_MAINLAND;
            assert_true(in || !back[key]);
            back[key] = in;
            n += in ? 1 : 0;
        }
        assert_in_range(n, CLIENTS / 4 * step - (step < 4 ? 60 : 0), CLIENTS / 4 * step + 60);
    }
    assert_int_equal(s.f.w->hosts[s.www].outside, CN_NONE16);
    fixture_free(&s.f);
}

static void shares_without_cooldown(void **state)
{
    (void)state;
    begin(0, 2);
    at(1, "unknown");
    wait_until(2);
    at(10, "known");
    assert_in_range(inside(1000), 400, 600);
    at(15, "unknown"); /* and all are outside again */
    wait_until(16);
    expect_all(POP_NEAR, 13);
    at(17, "known");
    wait_until(28);
    assert_int_equal(inside(1000), 1000);
    fixture_free(&s.f);
}

static unsigned ends_of(uint64_t key, char out[16])
{
    struct answer a;
    struct answer_addresses have;
    struct answer_client c = {.line = LINE_SH_TELECOM, .key = key};
    answer_find_for(s.f.w, s.f.hosts[s.ask].name, RR_A, c, &a);
    answer_addresses(s.f.w, &a, RR_A, &have);
    size_t n = 0;
    for (uint8_t i = 0; i < have.count; i++) {
        n += (size_t)snprintf(out + n, 16 - n, ".%u", have.at[i][3]);
    }
    return have.count;
}

static void addresses(void **state)
{
    char text[16];
    char again[16];
    unsigned first = 0;
    (void)state;
    story_begin(&s, "");
    ends_of(1, text);
    assert_string_equal(text, ".1.2");
    s.f.spec.choices.answer_addresses = 1;
    ends_of(7, text);
    assert_string_equal(text, ".1");
    s.f.spec.choices.address_rotation = ROTATION_HASHED;
    for (uint64_t key = 0; key < 100; key++) {
        assert_int_equal(ends_of(key, text), 1);
        ends_of(key, again);
        assert_string_equal(text, again);
        first += text[1] == '1' ? 1 : 0;
    }
    assert_in_range(first, 25, 75);
    s.f.spec.choices.answer_addresses = 8;
    for (uint64_t key = 0; key < 10; key++) {
        assert_int_equal(ends_of(key, text), 2);
        assert_true(strcmp(text, ".1.2") == 0 || strcmp(text, ".2.1") == 0);
    }
    fixture_free(&s.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "C2.row32", .test_func = return_after_a_new_approval},
        {.name = "C4.11", .test_func = cooldown},
        {.name = "C4.11.none", .test_func = no_cooldown},
        {.name = "C4.12", .test_func = shares},
        {.name = "C4.12.no_cooldown", .test_func = shares_without_cooldown},
        {.name = "C4.3", .test_func = addresses},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
