/* SPDX-License-Identifier: MIT
 * The machine of a PoP's address, transcribed from FACTS B6: CLEAN -> PORT_BLOCKED -> BLACKHOLED ->
 * RETIRED (the operator rotates); BLACKHOLED -> CLEAN possible but slow. */
#include "cnedge/model/address.h"

#include <string.h>

#include "test.h"

/* What each event does in each state; guards: u not in use, s no spare, t sticky, a the same block,
 * f no room. */
struct row {
    const char *name;
    enum address_state from;
    enum address_event event;
    const char *guards;
    const char *want; /* a state or a refusal */
};

// clang-format off
static struct row rows[] = {
    {"B6.address_block.CLEAN", ADDRESS_CLEAN, ADDRESS_EV_BLOCK, "", "PORT_BLOCKED"},
    {"B6.address_blackhole.CLEAN", ADDRESS_CLEAN, ADDRESS_EV_BLACKHOLE, "", "BLACKHOLED"},
    {"B6.address_rotate.CLEAN", ADDRESS_CLEAN, ADDRESS_EV_ROTATE, "", "RETIRED"},
    {"B6.address_clear.CLEAN", ADDRESS_CLEAN, ADDRESS_EV_CLEAR, "", "ADDRESS_BAD_STATE"},
    {"B6.address_block.PORT_BLOCKED", ADDRESS_PORT_BLOCKED, ADDRESS_EV_BLOCK, "", "PORT_BLOCKED"},
    {"B6.address_blackhole.PORT_BLOCKED", ADDRESS_PORT_BLOCKED, ADDRESS_EV_BLACKHOLE, "",
     "BLACKHOLED"},
    {"B6.address_rotate.PORT_BLOCKED", ADDRESS_PORT_BLOCKED, ADDRESS_EV_ROTATE, "", "RETIRED"},
    {"B6.address_clear.PORT_BLOCKED", ADDRESS_PORT_BLOCKED, ADDRESS_EV_CLEAR, "", "CLEAN"},
    {"B6.address_block.BLACKHOLED", ADDRESS_BLACKHOLED, ADDRESS_EV_BLOCK, "", "ADDRESS_BAD_STATE"},
    {"B6.address_blackhole.BLACKHOLED", ADDRESS_BLACKHOLED, ADDRESS_EV_BLACKHOLE, "",
     "ADDRESS_BAD_STATE"},
    {"B6.address_rotate.BLACKHOLED", ADDRESS_BLACKHOLED, ADDRESS_EV_ROTATE, "", "RETIRED"},
    {"B6.address_clear.BLACKHOLED", ADDRESS_BLACKHOLED, ADDRESS_EV_CLEAR, "", "CLEAN"},
    {"B6.address_block.RETIRED", ADDRESS_RETIRED, ADDRESS_EV_BLOCK, "", "ADDRESS_BAD_STATE"},
    {"B6.address_blackhole.RETIRED", ADDRESS_RETIRED, ADDRESS_EV_BLACKHOLE, "",
     "ADDRESS_BAD_STATE"},
    {"B6.address_rotate.RETIRED", ADDRESS_RETIRED, ADDRESS_EV_ROTATE, "", "ADDRESS_BAD_STATE"},
    {"B6.address_clear.RETIRED", ADDRESS_RETIRED, ADDRESS_EV_CLEAR, "", "ADDRESS_BAD_STATE"},
    /* guards */
    {"B6.address_block.ADDRESS_BAD_STATE", ADDRESS_PORT_BLOCKED, ADDRESS_EV_BLOCK, "a",
     "ADDRESS_BAD_STATE"},
    {"B6.address_block.ADDRESS_BLOCKS_FULL", ADDRESS_CLEAN, ADDRESS_EV_BLOCK, "f",
     "ADDRESS_BLOCKS_FULL"},
    {"B6.address_blackhole.ADDRESS_BLOCKS_FULL", ADDRESS_CLEAN, ADDRESS_EV_BLACKHOLE, "f",
     "ADDRESS_BLOCKS_FULL"},
    {"B6.address_rotate.ADDRESS_NOT_IN_USE", ADDRESS_CLEAN, ADDRESS_EV_ROTATE, "us",
     "ADDRESS_NOT_IN_USE"},
    {"B6.address_rotate.NO_SPARE_ADDRESS", ADDRESS_BLACKHOLED, ADDRESS_EV_ROTATE, "s",
     "NO_SPARE_ADDRESS"},
    {"B6.address_clear.ADDRESS_STICKY", ADDRESS_BLACKHOLED, ADDRESS_EV_CLEAR, "t",
     "ADDRESS_STICKY"},
};
// clang-format on

static bool has(const struct row *r, char guard)
{
    return strchr(r->guards, guard) != NULL;
}

static void check_row(void **state)
{
    const struct row *r = *state;
    struct address_view v = {.in_use = !has(r, 'u'),
                             .spare = !has(r, 's'),
                             .sticky = has(r, 't'),
                             .same = has(r, 'a'),
                             .full = has(r, 'f')};
    struct address_step step = address_step(r->from, r->event, &v);
    if (step.refusal != REFUSAL_NONE) {
        assert_string_equal(refusal_name(step.refusal), r->want);
        assert_int_equal(step.to, r->from);
    } else {
        assert_string_equal(address_state_name(step.to), r->want);
    }
}

/* Every pair is in the table. */
static void every_pair(void **state)
{
    (void)state;
    bool seen[ADDRESS_STATE_COUNT][ADDRESS_EVENT_COUNT] = {{false}};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        if (rows[i].guards[0] == '\0') seen[rows[i].from][rows[i].event] = true;
    }
    for (unsigned s = 0; s < ADDRESS_STATE_COUNT; s++) {
        for (unsigned e = 0; e < ADDRESS_EVENT_COUNT; e++) {
            assert_true(seen[s][e]);
        }
    }
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 1];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(every_pair);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
