/* SPDX-License-Identifier: MIT
 * negative_rig.h: a site with little in it, and a table that is asked what is not there. */
#ifndef CNEDGE_TESTS_DNS_NEGATIVE_RIG_H
#define CNEDGE_TESTS_DNS_NEGATIVE_RIG_H

#include "../../sim/dns/answer_table.h"

#include "cnedge/dns/encode.h"
#include "test.h"
#include "zones.h"

#define LABEL_60 "llllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"

static const uint8_t key[SIPHASH_KEY_BYTES] = {7};

struct rig {
    struct fixture f;
    struct answer_table *t;
    uint32_t flat; /* a site with the hosts www and txt, and an alias */
    uint8_t rcode; /* of the last answer */
    uint8_t row;
};

static inline void start(struct rig *r)
{
    if (r->f.w == NULL) (void)fixture_build(&r->f);
    r->t = answer_table_build(&r->f.arena, r->f.w, key);
    assert_non_null(r->t);
}

static inline void begin(struct rig *r)
{
    static const char *const text[] = {"hello"};
    memset(r, 0, sizeof(*r));
    fixture_init(&r->f);
    r->f.spec.prefixes = zones_prefixes(&r->f.arena);
    r->flat = fixture_site(&r->f, "flat.example");
    fixture_host(&r->f, "www.flat.example");
    struct host_spec *h = &r->f.hosts[fixture_host(&r->f, "txt.flat.example")];
    h->txt = text;
    h->txt_count = 1;
    fixture_alias(&r->f, "alias.flat.example", "www.elsewhere.test");
}

enum said { NOTHING, MISSED, ANSWERED };

static inline size_t make_query(const char *name, unsigned type, bool edns, uint8_t *out)
{
    static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0,  0, 0, 0, 11,
                                  0, 8, 0,  7, 0,   1, 24, 0, 8, 8, 8};
    const uint8_t head[] = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, edns};
    memcpy(out, head, sizeof(head));
    size_t len = sizeof(head) + dname_from_text(name, out + sizeof(head));
    const uint8_t tail[] = {(uint8_t)(type >> 8), (uint8_t)type, 0, 1};
    memcpy(out + len, tail, sizeof(tail));
    len += sizeof(tail);
    if (edns) memcpy(out + len, opt, sizeof(opt));
    return len + (edns ? sizeof(opt) : 0);
}

/* Asks once; an answer is held against the responder's. The table learns what it missed. */
static inline enum said ask_once(struct rig *r, const char *name, unsigned type, bool edns)
{
    uint8_t bytes[512];
    uint8_t is[RESPONDER_UDP_MAX];
    uint8_t want[RESPONDER_UDP_MAX];
    struct responder_note notes[2];
    struct answer_table_miss miss;
    const struct responder_query q = {bytes, make_query(name, type, edns, bytes)};
    struct responder_client client = {
        .address = {202, 96, 209, 5}, .line = CN_NONE16, .note = &notes[0]};
    size_t len = answer_table_answer(r->t, &client, q, is, &miss);
    answer_table_learn(r->t, r->f.w, &miss, q);
    if (len == 0) return miss.learn ? MISSED : NOTHING;
    client.note = &notes[1];
    assert_int_equal(responder_answer(r->f.w, &client, q, want, sizeof(want)), len);
    assert_memory_equal(is, want, len);
    assert_int_equal(notes[0].rcode, notes[1].rcode);
    assert_int_equal(notes[0].row, notes[1].row);
    assert_int_equal(notes[0].type, notes[1].type);
    assert_int_equal(notes[0].pop, notes[1].pop);
    r->rcode = is[3];
    r->row = notes[0].row;
    return ANSWERED;
}

/* What it says in the end, with EDNS and without. */
static inline enum said ask(struct rig *r, const char *name, unsigned type)
{
    enum said last[2];
    for (int edns = 0; edns < 2; edns++) {
        enum said first = ask_once(r, name, type, edns);
        last[edns] = first == MISSED ? ask_once(r, name, type, edns) : first;
    }
    assert_int_equal(last[0], last[1]);
    return last[0];
}

static inline void expect(struct rig *r, const char *name, unsigned type, enum said want,
                          uint8_t rcode)
{
    enum said is = ask(r, name, type);
    if (is != want) fail_msg("%s, type %u: %d instead of %d", name, type, is, want);
    if (is == ANSWERED) assert_int_equal(r->rcode, rcode);
}

#endif
