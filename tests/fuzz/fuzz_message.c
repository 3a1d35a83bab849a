/* SPDX-License-Identifier: MIT
 * Whatever the bytes are: the verdict is one of ours, and what is said to be understood lies within
 * the packet. */
#include "cnedge/dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message m;
    enum message_verdict v = message_read(&m, data, size);
    CN_ASSERT((v == MESSAGE_DROP) == (size < MESSAGE_HEADER_BYTES || (data[2] & 0x80) != 0));
    if (v == MESSAGE_DROP) return 0;
    CN_ASSERT(m.question_len + (size_t)MESSAGE_HEADER_BYTES <= size);
    if (m.question_len != 0) CN_ASSERT(dname_len(m.name) + 4 == m.question_len);
    if (v == MESSAGE_OK || v == MESSAGE_REFUSED) CN_ASSERT(m.question_len != 0 && m.version == 0);
    if (v == MESSAGE_BADVERS) CN_ASSERT(m.edns && m.version != 0);
    if (m.ecs.present) {
        CN_ASSERT(m.edns && m.ecs.family <= 2);
        CN_ASSERT(m.ecs.bytes <= 16 && m.ecs.bytes == (m.ecs.source + 7) / 8);
    }
    return 0;
}
