/* SPDX-License-Identifier: MIT
 * Whole zones of tests/dns/zones.h, as ldns reads them: what a transfer says, a query is answered.
 */
#include "cnedge/dns/transfer.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <strings.h>

#include "test.h"
#include "zones.h"

enum { RECORDS_MAX = 512, QUERY_MAX = 512 };

struct taken {
    char *record[RECORDS_MAX];
    size_t count, messages;
    size_t enough; /* messages that are taken; 0: all */
};

static void drop(struct taken *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->record[i]);
    }
}

static void take_packet(struct taken *t, const uint8_t *message, size_t len)
{
    ldns_pkt *pkt = NULL;
    assert_int_equal(ldns_wire2pkt(&pkt, message, len), LDNS_STATUS_OK);
    ldns_rr_list *list = ldns_pkt_answer(pkt);
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        assert_true(t->count < RECORDS_MAX);
        t->record[t->count++] = ldns_rr2str(ldns_rr_list_rr(list, i));
    }
    ldns_pkt_free(pkt);
}

static bool take(void *to, const uint8_t *message, size_t len)
{
    struct taken *t = to;
    take_packet(t, message, len);
    return ++t->messages != t->enough;
}

struct asked {
    uint8_t bytes[QUERY_MAX];
    size_t len;
    struct message m;
};

static void ask(struct asked *q, const uint8_t *name, uint16_t type)
{
    struct wire_wr w = {.p = q->bytes, .cap = sizeof(q->bytes)};
    static const uint16_t header[] = {0x1234, 0, 1, 0, 0, 0};
    for (size_t i = 0; i < CN_ARRAY_LEN(header); i++) {
        wire_put_u16(&w, header[i]);
    }
    wire_put_bytes(&w, name, dname_len(name));
    wire_put_u16(&w, type);
    wire_put_u16(&w, MESSAGE_CLASS_IN);
    assert_int_not_equal(message_read(&q->m, q->bytes, w.pos), MESSAGE_FORMERR);
    q->len = w.pos;
}

struct want {
    const char *apex;
    uint16_t line;
    enum transfer_part part;
    size_t cap;
    bool plain;
};

static bool transfer(struct world *w, const struct want *want, struct taken *t)
{
    static uint8_t buffer[RESPONDER_TCP_MAX];
    uint8_t apex[DNAME_MAX];
    struct asked q;
    assert_true(dname_from_text(want->apex, apex) > 0);
    ask(&q, apex, RR_AXFR);
    const struct transfer x = {.w = w,
                               .apex = apex,
                               .line = want->line,
                               .part = want->part,
                               .plain = want->plain,
                               .m = &q.m,
                               .query = q.bytes,
                               .buffer = buffer,
                               .cap = want->cap,
                               .sink = take,
                               .to = t};
    return transfer_write(&x);
}

static bool has(const struct taken *t, const char *record)
{
    for (size_t i = 0; i < t->count; i++) {
        if (strcasecmp(t->record[i], record) == 0) return true;
    }
    return false;
}

/* What the responder answers from this line; referrals are in another section. */
static void answer(struct world *w, const char *record, uint16_t line, struct taken *t)
{
    static uint8_t out[RESPONDER_TCP_MAX];
    struct responder_client client = {.tcp = true, .line = line};
    struct asked q;
    ldns_rr *rr = NULL;
    assert_int_equal(ldns_rr_new_frm_str(&rr, record, 0, NULL, NULL), LDNS_STATUS_OK);
    ask(&q, ldns_rdf_data(ldns_rr_owner(rr)), (uint16_t)ldns_rr_get_type(rr));
    size_t len =
        responder_answer(w, &client, (struct responder_query){q.bytes, q.len}, out, sizeof(out));
    take_packet(t, out, len);
    ldns_rr_free(rr);
}

static const char *const apexes[] = {"shop.example",         "gone.example",   "home.example",
                                     "both.example",         "closed.example", "revoked.example",
                                     "tiny.shop.example",    "part.example",   "cut.example",
                                     "cdn.cloudflarecn.net", "zone.example",   "wild.example",
                                     "wildzone.example"};
static const uint16_t lines[] = {LINE_SH_TELECOM, LINE_US, LINE_DE};

/* Each record is part of the answer to a query for it; what is handed to others is not ours to
 * answer, and is told as it stands. */
static void says_what_is_answered(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    size_t handed = 0;
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(apexes) * CN_ARRAY_LEN(lines); i++) {
        struct want want = {.apex = apexes[i % CN_ARRAY_LEN(apexes)],
                            .line = lines[i / CN_ARRAY_LEN(apexes)],
                            .cap = RESPONDER_TCP_MAX};
        struct taken all = {0};
        assert_true(transfer(w, &want, &all));
        assert_true(all.count >= 2);
        assert_string_equal(all.record[0], all.record[all.count - 1]);
        for (size_t r = 0; r < all.count; r++) {
            struct taken got = {0};
            answer(w, all.record[r], want.line, &got);
            bool is_answered = has(&got, all.record[r]);
            handed += !is_answered;
            if (!is_answered) assert_non_null(strstr(want.apex, "zone.example"));
            drop(&got);
        }
        drop(&all);
    }
    assert_int_not_equal(handed, 0);
    fixture_free(&f);
}

/* Fixed and routed records are all of them, in whatever size of messages, compressed or not. */
static void parts_are_the_whole(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(apexes); i++) {
        struct taken all = {0};
        struct taken parts = {0};
        struct want want = {.apex = apexes[i], .line = LINE_SH_TELECOM, .cap = RESPONDER_TCP_MAX};
        assert_true(transfer(w, &want, &all));
        want.part = TRANSFER_FIXED;
        want.plain = true;
        want.cap = 4096;
        assert_true(transfer(w, &want, &parts));
        want.part = TRANSFER_ROUTED;
        assert_true(transfer(w, &want, &parts));
        assert_int_equal(parts.count, all.count - 1);
        for (size_t r = 0; r < all.count; r++) {
            assert_true(has(&parts, all.record[r]));
        }
        drop(&all);
        drop(&parts);
    }
    fixture_free(&f);
}

/* One message after the other, whatever is asked in between and however few names one may look at:
 * the same records in the same order. */
static void pieces_are_the_whole(void **state)
{
    static uint8_t buffer[RESPONDER_TCP_MAX];
    struct fixture f;
    struct world *w = zones_build(&f);
    size_t pauses = 0;
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(apexes) * 3; i++) {
        struct want want = {apexes[i / 3], LINE_DE, TRANSFER_ALL, RESPONDER_TCP_MAX, true};
        struct taken all = {0};
        struct taken got = {0};
        uint8_t apex[DNAME_MAX];
        struct transfer_cursor c = {.at = 0};
        struct asked q;
        size_t len = 0;
        assert_true(transfer(w, &want, &all));
        assert_true(dname_from_text(want.apex, apex) > 0);
        ask(&q, apex, RR_AXFR);
        const struct transfer t = {.w = w,
                                   .apex = apex,
                                   .line = LINE_DE,
                                   .plain = true, /* names as they are spelled */
                                   .names_max = (uint32_t)(i % 3),
                                   .m = &q.m,
                                   .query = q.bytes,
                                   .buffer = buffer,
                                   .cap = 4096};
        for (enum transfer_result r; (r = transfer_next(&t, &c, &len)) != TRANSFER_END;) {
            assert_int_not_equal(r, TRANSFER_FAILED);
            pauses += r == TRANSFER_PAUSE;
            if (r != TRANSFER_MESSAGE) continue;
            take_packet(&got, buffer, len);
            ask(&q, apex, RR_AXFR);
            memset(buffer, 0xAA, sizeof(buffer)); /* others use it too */
        }
        assert_int_equal(got.count, all.count);
        for (size_t r = 0; r < all.count; r++) {
            assert_string_equal(got.record[r], all.record[r]);
        }
        drop(&all);
        drop(&got);
    }
    assert_true(pauses > 0);
    fixture_free(&f);
}

static void lines_differ(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    struct taken one = {0};
    struct taken two = {0};
    struct want want = {"zone.example", LINE_SH_TELECOM, TRANSFER_ROUTED, 4096, false};
    (void)state;
    assert_true(transfer(w, &want, &one));
    want.line = LINE_DE;
    assert_true(transfer(w, &want, &two));
    assert_true(one.count > 0);
    assert_false(has(&two, one.record[0]));
    drop(&one);
    drop(&two);
    fixture_free(&f);
}

static void soa_alone(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    struct taken t = {0};
    (void)state;
    assert_true(transfer(w, &(struct want){"zone.example", LINE_US, TRANSFER_SOA, 512, false}, &t));
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(t.record[0], "\tSOA\t"));
    drop(&t);
    fixture_free(&f);
}

/* The callee may have enough; and an RRset that does not fit in any message ends it. */
static void ends_early(void **state)
{
    struct fixture f;
    struct world *w = zones_build(&f);
    struct taken t = {.enough = 2};
    struct taken big = {0};
    (void)state;
    assert_false(
        transfer(w, &(struct want){"zone.example", LINE_US, TRANSFER_ALL, 512, false}, &t));
    assert_int_equal(t.messages, 2);
    assert_false(
        transfer(w, &(struct want){"shop.example", LINE_US, TRANSFER_ALL, 512, false}, &big));
    drop(&t);
    drop(&big);
    fixture_free(&f);
}

/* Wherever the callee has enough, that message is the last one. */
static void ends_anywhere(void **state)
{
    static const struct want rows[] = {
        {"zone.example", LINE_US, TRANSFER_ALL, 1300, false},
        {"zone.example", LINE_DE, TRANSFER_ALL, 1300, true},
        {"zone.example", LINE_DE, TRANSFER_ROUTED, 700, true},
        {"shop.example", LINE_SH_TELECOM, TRANSFER_ALL, 3000, true},
        {"wildzone.example", LINE_US, TRANSFER_ALL, 512, true},
        {"cdn.cloudflarecn.net", LINE_US, TRANSFER_ALL, 512, true},
        {"chain.example", LINE_US, TRANSFER_FIXED, 512, true},
    };
    struct fixture f;
    struct world *w = zones_build(&f);
    size_t ended = 0;
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct taken all = {0};
        if (!transfer(w, &rows[i], &all)) fail_msg("row %zu", i);
        for (size_t n = 1; n <= all.messages; n++, ended++) {
            struct taken some = {.enough = n};
            assert_false(transfer(w, &rows[i], &some));
            assert_int_equal(some.messages, n);
            assert_true(some.count <= all.count);
            drop(&some);
        }
        drop(&all);
    }
    assert_true(ended > 10);
    fixture_free(&f);
}

static void refused_while_the_nameservers_are_out(void **state)
{
    static const enum dns_failure how[] = {DNS_FAILURE_SILENT, DNS_FAILURE_SERVFAIL};
    uint8_t name[DNAME_MAX];
    (void)state;
    assert_true(dname_from_text("shop.example", name) > 0);
    for (size_t i = 0; i < CN_ARRAY_LEN(how); i++) {
        struct fixture f;
        struct world *w = zones_build(&f);
        f.spec.choices.dns_mode = DNS_IN_CHINA;
        f.spec.choices.partner_dns_failure = (int32_t)how[i];
        assert_int_equal(transfer_refusal(w, name, LINE_US), ENCODE_NOERROR);
        assert_int_equal(fixture_apply(&f, fixture_event(EV_PARTNER_DNS_DOWN, 60)), REFUSAL_NONE);
        assert_int_equal(transfer_refusal(w, name, LINE_US), ENCODE_SERVFAIL);
        fixture_free(&f);
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *name;
        enum encode_rcode want;
    } rows[] = {{"shop.example", ENCODE_NOERROR},         {"zone.example", ENCODE_NOERROR},
                {"cdn.cloudflarecn.net", ENCODE_NOERROR}, {"www.shop.example", ENCODE_NOTAUTH},
                {"child.zone.example", ENCODE_NOTAUTH},   {"elsewhere.test", ENCODE_NOTAUTH}};
    struct fixture f;
    struct world *w = zones_build(&f);
    uint8_t name[DNAME_MAX];
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        assert_true(dname_from_text(rows[i].name, name) > 0);
        assert_int_equal(transfer_refusal(w, name, LINE_US), rows[i].want);
    }
    assert_true(dname_from_text("shop.example", name) > 0);
    w->sites[answer_zone(w, name)].expired = true;
    assert_int_equal(transfer_refusal(w, name, LINE_US), ENCODE_REFUSED);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_answered),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(pieces_are_the_whole),
        cmocka_unit_test(lines_differ),
        cmocka_unit_test(soa_alone),
        cmocka_unit_test(ends_early),
        cmocka_unit_test(ends_anywhere),
        cmocka_unit_test(refused_while_the_nameservers_are_out),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
