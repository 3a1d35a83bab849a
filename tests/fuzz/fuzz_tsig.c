/* SPDX-License-Identifier: MIT
 * Signed queries: whatever comes, nobody without a key gets what needs one, and every answer is
 * well formed, fits, and is signed if it has to be. The input's first byte: bit 0, the rest is a
 * message that is signed here with a key of ours (else it is what comes from the net); bit 1, over
 * TCP; bit 2, with the other key; bit 3, one byte of the signed message is changed on the way,
 * which one and how the last two bytes of the input say; bit 4, the clocks are apart; bit 5, the
 * end of the signature is cut off. */
#include "../../sim/server/signed.h"
#include "../../sim/server/tsig.h"
#include "../dns/zones.h"

#include <ldns/ldns.h>

enum {
    MESSAGE_MAX = 16384,
    HEADER = 12,
    NOW_S = 1772413200,
    FORMERR = 1,
    NOTAUTH = 9,
    SIGN = 1,
    TCP = 2,
    OTHER_KEY = 4,
    CHANGE = 8,
    LATE = 16,
    CUT = 32,
    TURNS_MAX = 100000, /* of a transfer */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    struct fixture f;
    struct engine engine;
    struct server server;
    struct server_socket socket;
    struct server_keys keys;
} rig;

struct got {
    struct responder_query query;
    size_t limit; /* bytes of a message */
    size_t messages;
    unsigned rcode;
    bool has_records, is_signed;
};

static void begin(void)
{
    static const char *const names[] = {
        "mirror",
        "a-key-with-a-long-name.of.several.labels.that.fill.some.of.the.room.in.a.datagram"};
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        struct server_key *k = &rig.keys.key[rig.keys.count++];
        size_t len = dname_from_text(names[i], k->name);
        CN_ASSERT(len > 0);
        memset(k->secret, (int)(i + 1), KEYS_SECRET_MAX);
        k->secret_len = KEYS_SECRET_MAX;
        snprintf(k->line, sizeof(k->line), "%s", i == 0 ? "cn/shanghai/telecom" : "de");
    }
    rig.engine = (struct engine){.world = zones_build(&rig.f)};
    rig.server = (struct server){.engine = &rig.engine, .identity = {.now_s = NOW_S}};
    rig.server.signer = signed_new(&rig.keys);
    rig.socket = (struct server_socket){.server = &rig.server, .listener = {.line = CN_NONE16}};
    bool ready = rig.server.signer != NULL && metrics_begin(&rig.server.metrics, 1);
    CN_ASSERT(ready);
}

/* Whether the last record of a well-formed message is TSIG. */
static bool ends_in_tsig(const uint8_t *message, size_t len)
{
    struct wire_rd r = {.p = message, .pos = 4, .len = len};
    unsigned questions = wire_get_u16(&r);
    unsigned records = wire_get_u16(&r);
    records += wire_get_u16(&r);
    records += wire_get_u16(&r);
    uint16_t type = 0;
    for (unsigned i = 0; i < questions; i++) {
        (void)wire_skip_name(&r);
        wire_get_u32(&r);
    }
    for (unsigned i = 0; i < records; i++) {
        (void)wire_skip_name(&r);
        type = wire_get_u16(&r);
        wire_get_bytes(&r, 6);
        wire_get_bytes(&r, wire_get_u16(&r));
    }
    return type == 250;
}

static bool take(void *to, const uint8_t *message, size_t len)
{
    struct got *g = to;
    ldns_pkt *pkt = NULL;
    CN_ASSERT(len >= HEADER && len <= g->limit);
    CN_ASSERT(memcmp(message, g->query.bytes, 2) == 0 && (message[2] & 0x80) != 0);
    CN_ASSERT(zones_walk(message, len));
    ldns_status status = ldns_wire2pkt(&pkt, message, len);
    CN_ASSERT(status == LDNS_STATUS_OK);
    ldns_pkt_free(pkt);
    bool tsig = ends_in_tsig(message, len);
    CN_ASSERT(g->messages == 0 || tsig == g->is_signed);
    g->is_signed = tsig;
    g->rcode = message[3] & 0xF;
    g->has_records = g->has_records || (message[6] | message[7] | message[8] | message[9]) != 0;
    g->messages++;
    return true;
}

/* Signs a message in place; returns its new length. */
static size_t sign(uint8_t *message, size_t len, unsigned how)
{
    struct tsig t = {.key = &rig.keys.key[(how & OTHER_KEY) != 0],
                     .now = (how & LATE) != 0 ? NOW_S - TSIG_FUDGE_S - 1 : NOW_S,
                     .id = (uint16_t)(message[0] << 8 | message[1])};
    return tsig_sign(&t, message, len);
}

/* Shortens the signature, which stands before ID, error and other length, by some bytes. */
static size_t cut(uint8_t *message, size_t signed_len, size_t len, unsigned by)
{
    enum { BEHIND = 6, FIXED = 8 };
    struct wire_rd r = {.p = message, .pos = len, .len = signed_len};
    (void)wire_skip_name(&r);
    wire_get_bytes(&r, FIXED);
    size_t length_at = r.pos;
    uint16_t data = wire_get_u16(&r);
    (void)wire_skip_name(&r);
    wire_get_bytes(&r, 8);
    size_t mac_at = r.pos;
    CN_ASSERT(!r.failed && by <= TSIG_MAC_BYTES);
    message[length_at] = (uint8_t)((data - by) >> 8);
    message[length_at + 1] = (uint8_t)(data - by);
    message[mac_at + 1] = (uint8_t)(TSIG_MAC_BYTES - by);
    memmove(message + signed_len - BEHIND - by, message + signed_len - BEHIND, BEHIND);
    return signed_len - by;
}

static size_t udp_limit(const struct responder_query *q)
{
    struct message m;
    if (message_read(&m, q->bytes, q->len) == MESSAGE_DROP || m.udp_size < RESPONDER_UDP_MIN) {
        return RESPONDER_UDP_MIN;
    }
    return m.udp_size < RESPONDER_UDP_MAX ? m.udp_size : RESPONDER_UDP_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t message[MESSAGE_MAX + TSIG_ROOM];
    struct message before;
    if (rig.server.signer == NULL) begin(); /* kept to the end of the process */
    if (size < 3 || size - 3 > MESSAGE_MAX) return 0;
    unsigned how = data[0];
    size_t len = size - 3;
    size_t bare = len;
    memcpy(message, data + 1, len);
    if ((how & SIGN) !=
        0) { /* a query that is well formed, without TSIG, and could have one more */
        if (message_read(&before, message, len) == MESSAGE_DROP || before.tsig.present) return 0;
        if (before.fault != FAULT_NONE && before.fault < FAULT_TSIG_KEY) return 0;
        if (before.opcode != 0 || before.version != 0) return 0;
        len = sign(message, len, how);
        if ((how & CUT) != 0) len = cut(message, len, bare, data[size - 2] % (TSIG_MAC_BYTES + 1));
    }
    bool changed = (how & SIGN) != 0 && (how & CHANGE) != 0 && data[size - 1] != 0;
    if (changed) message[2 + data[size - 2] % (bare - 2)] ^= data[size - 1];
    struct got got = {.query = {message, len}};
    got.limit = (how & TCP) != 0 ? RESPONDER_TCP_MAX : udp_limit(&got.query);
    struct responder_client client = {
        .address = {198, 51, 100, 1}, .line = CN_NONE16, .tcp = (how & TCP) != 0};
    const struct signed_sink sink = {take, &got};
    struct signed_transfer *more = NULL;
    enum signed_result r = signed_answer(&rig.socket, &client, got.query, &sink, &more);
    for (int turns = 0; r == SIGNED_MORE; turns++) {
        CN_ASSERT(turns < TURNS_MAX);
        r = signed_next(more, &sink);
    }
    if (more != NULL) signed_end(more);
    CN_ASSERT((r == SIGNED_NOT) == (got.messages == 0) || r == SIGNED_ENDED);
    bool cut_off = (how & CUT) != 0 && data[size - 2] % (TSIG_MAC_BYTES + 1) != 0;
    bool believed = (how & SIGN) != 0 && !changed && (how & LATE) == 0 && !cut_off;
    if (believed) {
        CN_ASSERT(r != SIGNED_NOT && (got.is_signed || got.messages == 0));
    } else if (r != SIGNED_NOT) { /* no key, nothing */
        CN_ASSERT(got.messages == 1 && !got.has_records);
        CN_ASSERT(got.rcode == NOTAUTH || got.rcode == FORMERR);
    }
    return 0;
}
