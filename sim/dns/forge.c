/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/forge.h"

size_t forge_answer(const struct forge *f, struct responder_query query, uint8_t *out, size_t cap)
{
    struct message m;
    struct encode e = {.option_len = 0};
    CN_ASSERT(cap >= RESPONDER_UDP_MIN);
    if (message_read(&m, query.bytes, query.len) != MESSAGE_OK) return 0;
    encode_begin(&e, &m, query.bytes, out, RESPONDER_UDP_MIN);
    if (f->has_address && (m.type == RR_A || m.type == RR_AAAA)) {
        encode_open(&e, &(struct encode_record){ENCODE_ANSWER, m.name, m.type, f->ttl_s});
        wire_put_bytes(&e.w, f->address, m.type == RR_A ? 4 : 16);
        encode_close(&e);
    }
    const struct encode_end end = {
        .rcode = f->rcode, .authoritative = f->authoritative, .udp_size = RESPONDER_UDP_MAX};
    return encode_finish(&e, &end);
}
