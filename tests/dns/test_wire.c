/* SPDX-License-Identifier: MIT
 * Cursors never leave their packet, and stay failed once they have failed. */
#include "cnedge/dns/wire.h"

#include "bytes.h"
#include "test.h"

#define LABEL63 "3f 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
#define LABEL61 "3d 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
#define LABEL62 "3e 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc "

struct name_row {
    const char *name;
    const char *bytes;
    size_t want; /* 0 = must fail */
};

// clang-format off
static struct name_row names[] = {
    {"root",                 "00", 1},
    {"www.example.cn",       "03 'WwW 07 'example 02 'cn 00", 16},
    {"missing terminator",   "03 'www", 0},
    {"label past the end",   "07 'www", 0},
    {"compression pointer",  "c00c", 0},
    {"pointer after label",  "03 'www c00c", 0},
    {"binary label type",    "41 00 00", 0},
    {"label type 10",        "80 00", 0},
    {"label of 63",          LABEL63 "00", 65},
    {"label of 64",          "40 61" LABEL63 "00", 0},
    {"name of 255",          LABEL63 LABEL63 LABEL63 LABEL61 "00", 255},
    {"name of 256",          LABEL63 LABEL63 LABEL63 LABEL62 "00", 0},
    {"255 without the root", LABEL63 LABEL63 LABEL63 LABEL62, 0},
    {"empty input",          "", 0},
};
// clang-format on

static void check_name(void **state)
{
    const struct name_row *r = *state;
    uint8_t in[512];
    uint8_t out[DNAME_MAX];
    struct wire_rd rd = {.p = in, .len = bytes_from(r->bytes, in, sizeof(in))};
    assert_int_equal(wire_get_name(&rd, out), r->want);
    assert_int_equal(rd.failed, r->want == 0);
    if (r->want != 0) assert_int_equal(dname_len(out), r->want);
    assert_int_equal(wire_get_u8(&rd), 0); /* sticky, or at the end */
    assert_true(rd.failed);
}

struct skip_row {
    const char *name;
    const char *bytes; /* after a header and a question of 12 + 5 bytes */
    size_t want;       /* bytes passed; 0 = must fail */
};

// clang-format off
static struct skip_row skips[] = {
    {"skip root",                 "00", 1},
    {"skip labels",               "03 'www 00", 5},
    {"skip pointer",              "c00c", 2},
    {"skip label and pointer",    "03 'www c00c", 6},
    {"skip into the header",      "c00b", 0},
    {"skip to itself",            "c011", 0},
    {"skip forward",              "03 'www c0ff", 0},
    {"skip inside itself",        "03 'www c012", 0},
    {"skip half a pointer",       "c0", 0},
    {"skip cut off",              "03 'ww", 0},
    {"skip label type 10",        "80 00", 0},
    {"skip 255",                  LABEL63 LABEL63 LABEL63 LABEL61 "00", 255},
    {"skip 256",                  LABEL63 LABEL63 LABEL63 LABEL62 "00", 0},
};
// clang-format on

static void check_skip(void **state)
{
    const struct skip_row *r = *state;
    uint8_t in[512] = {0};
    size_t before = 17;
    size_t len = bytes_from(r->bytes, in + before, sizeof(in) - before);
    struct wire_rd rd = {.p = in, .pos = before, .len = before + len};
    size_t passed = wire_skip_name(&rd);
    assert_int_equal(rd.failed, r->want == 0);
    if (r->want != 0) assert_int_equal(passed, r->want);
}

struct follow_row {
    const char *name;
    const char *before; /* behind a header */
    const char *bytes;
    size_t want; /* bytes passed; 0 = must fail */
};

// clang-format off
static struct follow_row follows[] = {
    {"follow a chain of pointers",     "00 c00c 01 'a c00d", "c00f", 2},
    {"follow labels, then a pointer",  "03 'www 00", "01 'a c00c", 4},
    {"follow to a label type 10",      "80 00", "c00c", 0},
    {"follow in a circle",             "03 'www c00c", "c00c", 0},
    {"follow forward again",           "c00e 00", "c00c", 0},
    {"follow past the end",            "03 'ab", "c00c", 0},
    {"follow to a name of 255",        LABEL63 LABEL63 LABEL63 LABEL61 "00", "c00c", 2},
    {"follow to a name of 257 in all", LABEL63 LABEL63 LABEL63 LABEL61 "00", "01 'a c00c", 0},
};
// clang-format on

/* A pointer leads to a name, and the whole is one. */
static void check_follow(void **state)
{
    const struct follow_row *r = *state;
    uint8_t in[512] = {0};
    size_t at = 12 + bytes_from(r->before, in + 12, sizeof(in) - 12);
    size_t len = at + bytes_from(r->bytes, in + at, sizeof(in) - at);
    struct wire_rd rd = {.p = in, .pos = at, .len = len};
    size_t passed = wire_skip_name(&rd);
    assert_int_equal(rd.failed, r->want == 0);
    if (r->want == 0) return;
    assert_int_equal(passed, r->want);
    assert_int_equal(rd.pos, len);
}

static void check_numbers(void **state)
{
    (void)state;
    uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 0xff, 0xff};
    struct wire_rd rd = {.p = in, .len = sizeof(in)};
    assert_int_equal(wire_get_u8(&rd), 1);
    assert_int_equal(wire_get_u16(&rd), 0x0203);
    assert_int_equal(wire_get_u32(&rd), 0x04050607);
    assert_int_equal(wire_get_u32(&rd), 0); /* two bytes are left */
    assert_true(rd.failed);
    assert_int_equal(wire_get_u8(&rd), 0); /* and stay unread */
}

static void check_part(void **state)
{
    (void)state;
    uint8_t in[] = {1, 2, 3, 4};
    struct wire_rd rd = {.p = in, .len = sizeof(in)};
    struct wire_rd part = wire_get_part(&rd, 3);
    assert_int_equal(wire_get_u16(&part), 0x0102);
    assert_int_equal(wire_get_u16(&part), 0); /* the fourth byte is not the part's */
    assert_true(part.failed);
    assert_int_equal(wire_get_u8(&rd), 4);
    assert_false(rd.failed);
    part = wire_get_part(&rd, 1);
    assert_true(part.failed);
    assert_true(rd.failed);
}

static void check_writer(void **state)
{
    (void)state;
    uint8_t out[8] = {0};
    struct wire_wr wr = {.p = out, .cap = 7};
    wire_put_u8(&wr, 1);
    wire_put_u16(&wr, 0x0203);
    wire_put_u32(&wr, 0x04050607);
    assert_false(wr.failed);
    wire_put_u8(&wr, 8);
    assert_true(wr.failed);
    wire_put_bytes(&wr, "", 0);
    const uint8_t want[] = {1, 2, 3, 4, 5, 6, 7, 0};
    assert_memory_equal(out, want, sizeof(want));
    wire_set_u16(&wr, 5, 0x0a0b);
    assert_int_equal(out[5], 0x0a);
    assert_int_equal(out[6], 0x0b);
    wire_set_u16(&wr, 6, 0xffff); /* one byte of it was never written */
    assert_int_equal(out[6], 0x0b);
    assert_int_equal(out[7], 0);
}

static void check_writer_room(void **state)
{
    (void)state;
    uint8_t out[3] = {0};
    struct wire_wr wr = {.p = out, .cap = 3};
    wire_put_u32(&wr, UINT32_MAX); /* does not fit: nothing of it is written */
    wire_put_u8(&wr, 1);           /* sticky */
    assert_true(wr.failed);
    assert_int_equal(wr.pos, 0);
    assert_int_equal(out[0], 0);
    wire_set_u16(&wr, 0, 7);
    assert_int_equal(out[1], 0);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(check_numbers),
        cmocka_unit_test(check_part),
        cmocka_unit_test(check_writer),
        cmocka_unit_test(check_writer_room),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(names)];
    struct CMUnitTest skip_tests[CN_ARRAY_LEN(skips)];
    TABLE_TESTS(tests, names, check_name)
    struct CMUnitTest follow_tests[CN_ARRAY_LEN(follows)];
    TABLE_TESTS(skip_tests, skips, check_skip)
    TABLE_TESTS(follow_tests, follows, check_follow)
    return cmocka_run_group_tests(others, NULL, NULL) + cmocka_run_group_tests(tests, NULL, NULL) +
           cmocka_run_group_tests(skip_tests, NULL, NULL) +
           cmocka_run_group_tests(follow_tests, NULL, NULL);
}
