/* SPDX-License-Identifier: MIT
 * judge_wire.c: the same question in bytes, through the responder. */
#include <string.h>

#include "cnedge/dns/responder.h"
#include "cnedge/dns/wire.h"
#include "cnedge/replay/judge.h"

_Static_assert((int)JUDGE_PACKET_MAX == (int)RESPONDER_TCP_MAX, "room for every answer");

enum { QUERY_MAX = 12 + DNAME_MAX + 4, CLASS_IN = 1, HEADER_RD = 0x0100 };

/* NOLINTNEXTLINE(readability-non-const-parameter): the cursor writes to it */
static size_t write_query(const uint8_t *name, uint16_t type, uint8_t out[QUERY_MAX])
{
    struct wire_wr w = {.p = out, .cap = QUERY_MAX};
    static const uint16_t header[] = {0x6365, HEADER_RD, 1, 0, 0, 0};
    for (size_t i = 0; i < CN_ARRAY_LEN(header); i++) {
        wire_put_u16(&w, header[i]);
    }
    wire_put_bytes(&w, name, dname_len(name));
    wire_put_u16(&w, type);
    wire_put_u16(&w, CLASS_IN);
    CN_ASSERT(!w.failed);
    return w.pos;
}

struct seen { /* in the answer section */
    uint8_t rcode;
    uint16_t records;
    uint16_t addresses; /* records of the type asked for, when that is A or AAAA */
    uint32_t ttl_s;     /* of the last of them */
    uint8_t address[16];
};

static void read_record(struct wire_rd *r, uint16_t type, struct seen *s)
{
    wire_skip_name(r);
    uint16_t rr_type = wire_get_u16(r);
    wire_get_u16(r);
    uint32_t ttl_s = wire_get_u32(r);
    uint16_t len = wire_get_u16(r);
    const uint8_t *data = wire_get_bytes(r, len);
    if (data == NULL || rr_type != type || len > sizeof(s->address)) return;
    s->addresses++;
    s->ttl_s = ttl_s;
    memcpy(s->address, data, len);
}

static bool read_answer(const uint8_t *packet, size_t len, uint16_t type, struct seen *s)
{
    struct wire_rd r = {.p = packet, .len = len};
    *s = (struct seen){0};
    wire_get_u16(&r);
    s->rcode = wire_get_u16(&r) & 0xF;
    wire_get_u16(&r);
    s->records = wire_get_u16(&r);
    wire_get_u32(&r);
    wire_skip_name(&r);
    wire_get_u32(&r);
    for (uint16_t i = 0; i < s->records && !r.failed; i++) {
        read_record(&r, type, s);
    }
    return !r.failed;
}

static bool agrees(const struct world *w, const struct answer *a, uint16_t type,
                   const struct seen *s)
{
    enum { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, YXDOMAIN = 6 };
    if (a->kind == ANSWER_SERVFAIL) return s->rcode == SERVFAIL;
    if (a->kind == ANSWER_REFUSED) return s->rcode == REFUSED;
    if (a->kind == ANSWER_NXDOMAIN) return s->rcode == NXDOMAIN;
    if (a->kind == ANSWER_TOO_LONG) return s->rcode == YXDOMAIN;
    if (a->kind == ANSWER_DELEGATION) return s->rcode == NOERROR;
    if (a->kind == ANSWER_NODATA) return s->rcode == NOERROR && s->addresses == 0;
    if (a->kind != ANSWER_POP && a->kind != ANSWER_ORIGIN) {
        return s->rcode == NOERROR && s->records > 0;
    }
    struct answer_addresses have;
    answer_addresses(w, a, type, &have);
    return s->rcode == NOERROR && s->addresses == have.count && have.count > 0 &&
           s->ttl_s == a->ttl_s &&
           memcmp(s->address, have.at[have.count - 1], type == RR_A ? 4 : 16) == 0;
}

size_t judge_wire_ask(const struct judge *j, const struct expectation *e, uint64_t item,
                      uint8_t out[JUDGE_PACKET_MAX])
{
    const uint8_t *name = judge_name(j, e, item);
    if (name == NULL) return 0;
    uint8_t query[QUERY_MAX];
    struct spill_client asker = judge_asker(e);
    struct responder_client client = {.tcp = true, .line = judge_line(e, item), .v6 = asker.v6};
    memcpy(client.address, asker.address, sizeof(client.address));
    struct responder_query asked = {query, write_query(name, e->type, query)};
    return responder_answer(j->world, &client, asked, out, JUDGE_PACKET_MAX);
}

bool judge_wire_reads(const struct judge *j, const struct expectation *e, uint64_t item,
                      const uint8_t *packet, size_t len)
{
    struct answer a;
    struct seen s;
    struct spill_client asker = judge_asker(e);
    answer_follow(j->world, judge_name(j, e, item), e->type, judge_line(e, item), &a);
    answer_spread(j->world, judge_line(e, item), &asker, &a);
    if (a.kind == ANSWER_SILENT || len == 0) return a.kind == ANSWER_SILENT && len == 0;
    return read_answer(packet, len, e->type, &s) && agrees(j->world, &a, e->type, &s);
}

bool judge_wire_agrees(const struct judge *j, const struct expectation *e, uint64_t item)
{
    uint8_t packet[JUDGE_PACKET_MAX];
    if (e->subject != EXPECT_ANSWER) return true;
    size_t len = judge_wire_ask(j, e, item, packet);
    return judge_wire_reads(j, e, item, packet, len);
}
