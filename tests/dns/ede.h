/* SPDX-License-Identifier: MIT
 * ede.h: takes the Extended DNS Error out of an answer, so that the rest can be compared. */
#ifndef CNEDGE_TESTS_DNS_EDE_H
#define CNEDGE_TESTS_DNS_EDE_H

#include <string.h>

#include "cnedge/dns/message.h"
#include "cnedge/dns/wire.h"
#include "cnedge/model/answer.h"

enum { EDE_NONE = -1, EDE_WORDS_MAX = 256 };

/* Where the data of OPT begin, of an answer that is well formed; 0: it has none. */
static inline size_t ede_opt_at(const uint8_t *answer, size_t len)
{
    struct wire_rd r = {.p = answer, .pos = 4, .len = len};
    unsigned questions = wire_get_u16(&r);
    unsigned records = wire_get_u16(&r);
    records += wire_get_u16(&r);
    records += wire_get_u16(&r);
    for (unsigned i = 0; i < questions; i++) {
        (void)wire_skip_name(&r);
        wire_get_u32(&r);
    }
    for (unsigned i = 0; i < records && !r.failed; i++) {
        (void)wire_skip_name(&r);
        uint16_t type = wire_get_u16(&r);
        wire_get_bytes(&r, 6);
        if (type == RR_OPT) return r.pos + 2;
        wire_get_bytes(&r, wire_get_u16(&r));
    }
    return 0;
}

/* Returns the info code, EDE_NONE without one, and writes its words. */
static inline int ede_take(uint8_t *answer, size_t *len, char words[EDE_WORDS_MAX])
{
    size_t at = ede_opt_at(answer, *len);
    words[0] = '\0';
    if (at == 0) return EDE_NONE;
    size_t size = (size_t)answer[at - 2] << 8 | answer[at - 1];
    for (size_t i = at; i < at + size;) {
        size_t n = 4 + ((size_t)answer[i + 2] << 8 | answer[i + 3]);
        if (answer[i + 1] != MESSAGE_OPTION_EDE) {
            i += n;
            continue;
        }
        int code = answer[i + 4] << 8 | answer[i + 5];
        memcpy(words, answer + i + 6, n - 6);
        words[n - 6] = '\0';
        memmove(answer + i, answer + i + n, *len - i - n);
        *len -= n;
        answer[at - 2] = (uint8_t)((size - n) >> 8);
        answer[at - 1] = (uint8_t)(size - n);
        return code;
    }
    return EDE_NONE;
}

#endif
