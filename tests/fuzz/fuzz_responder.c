/* SPDX-License-Identifier: MIT
 * Query bytes in, answer bytes out: whatever is asked, the answer is one, fits, repeats the ID and
 * the question or none, is well formed to its last byte, and ldns can read it. The first byte of
 * the input is the client: bit 0 TCP, bit 1 IPv6, bit 2 a listener with a fixed line. */
#include "../dns/zones.h"
#include "cnedge/dns/message.h"

#include <ldns/ldns.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ldns(const uint8_t *answer, size_t len)
{
    ldns_pkt *pkt = NULL;
    ldns_status status = ldns_wire2pkt(&pkt, answer, len);
    CN_ASSERT(status == LDNS_STATUS_OK);
    CN_ASSERT(ldns_pkt_qr(pkt) && !ldns_pkt_ra(pkt) && !ldns_pkt_ad(pkt));
    ldns_pkt_free(pkt);
}

static void check_answer(const struct responder_query *q, const uint8_t *answer, size_t len)
{
    struct message m;
    enum message_verdict v = message_read(&m, q->bytes, q->len);
    CN_ASSERT((v == MESSAGE_DROP) == (len == 0));
    if (len == 0) return;
    CN_ASSERT(len >= MESSAGE_HEADER_BYTES);
    CN_ASSERT(memcmp(answer, q->bytes, 2) == 0);
    CN_ASSERT((answer[2] & 0x80) != 0);
    CN_ASSERT((answer[2] & 0x78) == (q->bytes[2] & 0x78));
    size_t question = answer[5] != 0 ? m.question_len : 0;
    CN_ASSERT(answer[4] == 0 && answer[5] == (m.question_len != 0));
    CN_ASSERT(memcmp(answer + MESSAGE_HEADER_BYTES, q->bytes + MESSAGE_HEADER_BYTES, question) ==
              0);
    CN_ASSERT(zones_walk(answer, len));
    check_ldns(answer, len);
}

static size_t udp_limit(const struct responder_query *q)
{
    struct message m;
    if (message_read(&m, q->bytes, q->len) == MESSAGE_DROP || m.udp_size < 512) return 512;
    return m.udp_size < RESPONDER_UDP_MAX ? m.udp_size : RESPONDER_UDP_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct responder_server identity = {.cookies = {.count = 2},
                                                     .version = "fuzz",
                                                     .nsid_len = RESPONDER_NSID_MAX,
                                                     .keepalive_100ms = 100};
    static struct fixture f;
    static uint8_t answer[RESPONDER_TCP_MAX + 1];
    if (f.w == NULL) zones_build(&f); /* kept to the end of the process */
    if (size == 0) return 0;
    struct responder_client client = {.address = {202, 96, 209, 5}, .line = CN_NONE16};
    client.tcp = (data[0] & 1) != 0;
    client.v6 = (data[0] & 2) != 0;
    if ((data[0] & 4) != 0) client.line = LINE_DE;
    client.tls = client.tcp && (data[0] & 16) != 0;
    if ((data[0] & 8) != 0) client.server = &identity;
    struct responder_query q = {data + 1, size - 1};
    size_t cap = client.tcp ? RESPONDER_TCP_MAX : RESPONDER_UDP_MAX;
    answer[cap] = 0xA5;
    size_t len = responder_answer(f.w, &client, q, answer, cap);
    CN_ASSERT(len <= (client.tcp ? cap : udp_limit(&q)));
    CN_ASSERT(answer[cap] == 0xA5);
    check_answer(&q, answer, len);
    return 0;
}
