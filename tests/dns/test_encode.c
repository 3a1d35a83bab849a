/* SPDX-License-Identifier: MIT
 * The limits of the writer of answers: what can be pointed to, what fits, what is left out. */
#include "cnedge/dns/encode.h"

#include "bytes.h"
#include "cnedge/model/answer.h"
#include "test.h"
#include "zones.h"

enum { OUT_MAX = 65535, OPT_BYTES = 11 };

#define PLAIN "1234 0100 0001 0000 0000 0000 .shop.example 0001 0001"
#define EDNS  "1234 0100 0001 0000 0000 0001 .shop.example 0001 0001 00 0029 ffff 00000000 0000"

static struct {
    struct message m;
    uint8_t query[512];
    size_t query_len;
    uint8_t out[OUT_MAX];
    struct encode e;
} x;

static void begin(const char *picture, size_t limit)
{
    x.query_len = bytes_from(picture, x.query, sizeof(x.query));
    assert_int_not_equal(message_read(&x.m, x.query, x.query_len), MESSAGE_DROP);
    encode_begin(&x.e, &x.m, x.query, x.out, limit);
}

static size_t finish(enum encode_rcode rcode)
{
    const struct encode_end end = {.rcode = rcode, .udp_size = 1232};
    size_t len = encode_finish(&x.e, &end);
    assert_true(zones_walk(x.out, len));
    return len;
}

/* Writes an A record at nNUMBER.shop.example; returns how many bytes its owner took. */
static size_t put(unsigned number)
{
    uint8_t owner[64];
    char picture[64];
    snprintf(picture, sizeof(picture), ".n%04u.shop.example", number);
    bytes_from(picture, owner, sizeof(owner));
    size_t before = x.e.w.pos;
    encode_open(&x.e, &(struct encode_record){ENCODE_ANSWER, owner, RR_A, 60});
    size_t taken = x.e.record - before - 8;
    wire_put_u32(&x.e.w, number);
    encode_close(&x.e);
    return taken;
}

/* Names are remembered up to ENCODE_NAMES_MAX; later ones are spelled out, and stay right. */
static void names_that_are_not_remembered(void **state)
{
    enum { POINTER = 2, SPELLED = 6 + POINTER, TOLD = 2, FITS = ENCODE_NAMES_MAX - TOLD };
    (void)state;
    begin(PLAIN, OUT_MAX);
    for (unsigned i = 0; i < FITS + 10; i++) {
        assert_int_equal(put(i), SPELLED);
    }
    assert_int_equal(put(0), POINTER);
    assert_int_equal(put(FITS - 1), POINTER);
    assert_int_equal(put(FITS), SPELLED);
    (void)finish(ENCODE_NOERROR);
}

/* A pointer has 14 bits. */
static void names_that_stand_too_far_behind(void **state)
{
    enum { POINTER = 2, SPELLED = 6 + POINTER, FAR = 0x4000 };
    static const uint8_t root[1] = {0};
    static const uint8_t filler[FAR] = {0};
    (void)state;
    begin(PLAIN, OUT_MAX);
    assert_int_equal(put(1), SPELLED);
    encode_open(&x.e, &(struct encode_record){ENCODE_ANSWER, root, 65280, 60});
    wire_put_bytes(&x.e.w, filler, sizeof(filler));
    encode_close(&x.e);
    assert_int_equal(put(1), POINTER);
    assert_int_equal(put(2), SPELLED);
    assert_int_equal(put(2), SPELLED);
    (void)finish(ENCODE_NOERROR);
}

static void a_long_text_is_cut(void **state)
{
    char text[301];
    (void)state;
    memset(text, 't', sizeof(text));
    text[300] = '\0';
    begin(PLAIN, OUT_MAX);
    encode_open(&x.e, &(struct encode_record){ENCODE_ANSWER, x.m.name, RR_TXT, 60});
    encode_text(&x.e, text);
    encode_close(&x.e);
    size_t len = finish(ENCODE_NOERROR);
    assert_int_equal(len, x.query_len + 12 + 256);
    assert_int_equal(x.out[len - 256], 255);
}

/* An option that has no room is left out, whole; those before it stay. */
static void options_that_do_not_fit(void **state)
{
    static const uint8_t data[ENCODE_OPTIONS_MAX] = {0};
    (void)state;
    begin(EDNS, 512);
    size_t room = 512 - x.query_len - 4;
    assert_false(encode_option(&x.e, 65001, data, room + 1));
    assert_true(encode_option(&x.e, 65001, data, 100));
    assert_false(encode_option(&x.e, 65001, data, room - 103));
    assert_int_equal(finish(ENCODE_NOERROR), x.query_len + 104);

    begin(EDNS, OUT_MAX);
    assert_true(encode_option(&x.e, 65001, data, ENCODE_OPTIONS_MAX - 4 - 4));
    assert_false(encode_option(&x.e, 65001, data, 1));
    assert_true(encode_option(&x.e, 65001, data, 0));
    assert_int_equal(finish(ENCODE_NOERROR), x.query_len + ENCODE_OPTIONS_MAX);

    begin(EDNS, 512);
    encode_truncate(&x.e);
    assert_false(encode_option(&x.e, 65001, data, 0)); /* nor behind a record that did not fit */
    assert_int_equal(finish(ENCODE_NOERROR), x.query_len);
    assert_true((x.out[2] & 2) != 0);
}

/* RFC 7830: up to a multiple of the block, or to the limit, or not at all. */
static void padding_as_far_as_there_is_room(void **state)
{
    static const struct {
        size_t limit, filled, want;
    } rows[] = {
        {OUT_MAX, 0, ENCODE_PAD_BLOCK},
        {OUT_MAX, ENCODE_PAD_BLOCK - 57, ENCODE_PAD_BLOCK},
        {OUT_MAX, ENCODE_PAD_BLOCK - 56, 2 * ENCODE_PAD_BLOCK},
        {512, ENCODE_PAD_BLOCK - 56, 512},
        {512, 512 - 41 - 12 - 4, 512}, /* an empty option just fits */
        {512, 512 - 41 - 12 - 3, 512 - 3},
    };
    static const uint8_t filler[1024] = {0};
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        begin(EDNS, rows[i].limit);
        assert_int_equal(x.query_len, 41);
        x.e.pad = true;
        encode_open(&x.e, &(struct encode_record){ENCODE_ANSWER, x.m.name, 65280, 60});
        wire_put_bytes(&x.e.w, filler, rows[i].filled);
        encode_close(&x.e);
        assert_int_equal(finish(ENCODE_NOERROR), rows[i].want);
    }
}

/* NOTAUTH about a zone is not about a key. */
static void notauth_without_a_signature(void **state)
{
    (void)state;
    begin(PLAIN, 512);
    assert_int_equal(finish(ENCODE_NOTAUTH), x.query_len);
    assert_int_equal(x.out[11], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_not_remembered),
        cmocka_unit_test(names_that_stand_too_far_behind),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(options_that_do_not_fit),
        {"RFC7830.4 padding as far as there is room", padding_as_far_as_there_is_room, NULL, NULL,
         NULL},
        cmocka_unit_test(notauth_without_a_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
