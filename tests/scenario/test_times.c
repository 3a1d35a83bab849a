/* SPDX-License-Identifier: MIT
 * Times as scenarios write them: what they are split into, and which instant they stand for. */
#include "test.h"

#include "../../sim/scenario/times.h"
#include "cnedge/base/timetext.h"

enum { MINUTE = 60 };

struct split_row {
    const char *name, *text;
    const char *base; /* NULL: no time; "": an instant */
    bool minus;
    int64_t offset_s;
};

static void test_split(void **state)
{
    const struct split_row *r = *state;
    struct times t;
    bool ok = times_split(r->text, &t);
    assert_int_equal(ok, r->base != NULL);
    if (r->base == NULL) return;
    assert_string_equal(t.name, r->base);
    assert_int_equal(t.kind, r->base[0] == '\0' ? TIMES_INSTANT : TIMES_NAMED);
    assert_int_equal(t.minus, r->minus);
    assert_true(t.offset.ns == r->offset_s * SIMDUR_SECOND);
}

#define ID63 "a23456789012345678901234567890123456789012345678901234567890123"

// clang-format off
static struct split_row split_rows[] = {
    {"instant",              "2026-03-02T09:00:00+08:00", "",          false, 0},
    {"instant without s",    "2026-03-02T09:00Z",         "",          false, 0},
    {"since start",          "+20m",                      "start",     false, 20 * MINUTE},
    {"since start, sum",     "+1h30m",                    "start",     false, 90 * MINUTE},
    {"zero",                 "+0s",                       "start",     false, 0},
    {"start",                "start",                     "start",     false, 0},
    {"start and offset",     "start+5m",                  "start",     false, 5 * MINUTE},
    {"end",                  "end",                       "end",       false, 0},
    {"before end",           "end-10m",                   "end",       true, 10 * MINUTE},
    {"event",                "revoked",                   "revoked",   false, 0},
    {"after event",          "revoked+30s",               "revoked",   false, 30},
    {"before event",         "revoked-30s",               "revoked",   true, 30},
    {"hyphens in the id",    "site-b-revoked",            "site-b-revoked", false, 0},
    {"hyphens and offset",   "site-b-revoked-1m",         "site-b-revoked", true, MINUTE},
    {"hyphen and plus",      "site-b+1m",                 "site-b",    false, MINUTE},
    {"a number is no offset", "revoked-30",               "revoked-30", false, 0},
    {"longest id",           ID63,                        ID63,        false, 0},
    {"id too long",          ID63 "4",                    NULL,        false, 0},
    {"nothing",              "",                          NULL,        false, 0},
    {"only a sign",          "+",                         NULL,        false, 0},
    {"minus since start",    "-20m",                      NULL,        false, 0},
    {"no sign",              "20m",                       NULL,        false, 0},
    {"two offsets",          "a+5m-3s",                   NULL,        false, 0},
    {"offset without unit",  "a+30",                      NULL,        false, 0},
    {"space",                "+20m ",                     NULL,        false, 0},
    {"capital",              "Revoked",                   NULL,        false, 0},
    {"no zone",              "2026-03-02T09:00:00",       NULL,        false, 0},
    {"no such day",          "2026-02-30T09:00:00Z",      NULL,        false, 0},
    {"too long a duration",  "+99999999999999999999d",    NULL,        false, 0},
};
// clang-format on

struct resolve_row {
    const char *name, *text;
    int64_t base_s;
    int64_t want_s; /* -1: not within what a simtime is */
};

static void test_resolve(void **state)
{
    const struct resolve_row *r = *state;
    struct times t;
    simtime got = {-1};
    walltime start;
    assert_true(timetext_instant("2026-03-02T00:00:00Z", &start));
    assert_true(times_split(r->text, &t));
    bool ok = times_resolve(&t, start, (simtime){r->base_s * SIMDUR_SECOND}, &got);
    assert_int_equal(ok, r->want_s >= 0);
    if (ok) assert_true(got.ns == r->want_s * SIMDUR_SECOND);
}

// clang-format off
static struct resolve_row resolve_rows[] = {
    {"the start itself",      "2026-03-02T00:00:00Z",      0,    0},
    {"another zone",          "2026-03-02T09:00:00+08:00", 0,    3600},
    {"before the start",      "2026-03-01T23:59:59Z",      0,    -1},
    {"offset",                "revoked+30s",               1200, 1230},
    {"offset back",           "revoked-30s",               1200, 1170},
    {"back to the start",     "revoked-20m",               1200, 0},
    {"back beyond the start", "revoked-21m",               1200, -1},
    {"beyond 292 years",      "revoked+100000d",           5000000000, -1},
};

struct id_row {
    const char *name, *text;
    bool id, event_id;
};

static struct id_row id_rows[] = {
    {"plain",               "revoked",     true,  true},
    {"digits and marks",    "a1_b-2",      true,  true},
    {"one letter",          "a",           true,  true},
    {"start is taken",      "start",       true,  false},
    {"end is taken",        "end",         true,  false},
    {"ends like an offset", "revoked-30s", true,  false},
    {"digit first",         "1a",          false, false},
    {"hyphen first",        "-a",          false, false},
    {"capital",             "A",           false, false},
    {"dot",                 "a.b",         false, false},
    {"nothing",             "",            false, false},
};
// clang-format on

static void test_id(void **state)
{
    const struct id_row *r = *state;
    assert_int_equal(times_is_id(r->text), r->id);
    assert_int_equal(times_is_event_id(r->text), r->event_id);
}

int main(void)
{
    enum {
        SPLITS = CN_ARRAY_LEN(split_rows),
        RESOLVES = CN_ARRAY_LEN(resolve_rows),
        IDS = CN_ARRAY_LEN(id_rows)
    };
    struct CMUnitTest tests[SPLITS + RESOLVES + IDS];
    TABLE_TESTS(tests, split_rows, test_split)
    TABLE_TESTS(tests + SPLITS, resolve_rows, test_resolve)
    TABLE_TESTS(tests + SPLITS + RESOLVES, id_rows, test_id)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
