/* SPDX-License-Identifier: MIT
 * Whatever an authority answers a resolver listener: it is taken apart or refused, kept or not, and
 * what the client gets is well formed, the first time and from the cache. The first byte of the
 * input is the habit, the second the type that is asked for; the rest is each answer, behind the
 * ID.
 */
#include "../dns/zones.h"
#include "cnedge/dns/message.h"
#include "cnedge/dns/resolver.h"

#include <ldns/ldns.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *bytes;
    size_t len;
};

static size_t ask(void *of, struct responder_query query, uint8_t *out, size_t cap)
{
    const struct input *in = of;
    size_t len = in->len < cap - 2 ? in->len : cap - 2;
    memcpy(out, query.bytes, 2);
    memcpy(out + 2, in->bytes, len);
    return 2 + len;
}

static void check(const uint8_t *answer, size_t len)
{
    ldns_pkt *pkt = NULL;
    CN_ASSERT(len >= MESSAGE_HEADER_BYTES && len <= RESPONDER_UDP_MAX);
    CN_ASSERT((answer[2] & 0x84) == 0x80 && (answer[3] & 0xa0) == 0x80); /* QR, RA; no AA, no AD */
    CN_ASSERT(zones_walk(answer, len));
    ldns_status status = ldns_wire2pkt(&pkt, answer, len);
    if (status == LDNS_STATUS_OK) ldns_pkt_free(pkt); /* data of known types may be nonsense */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { SETS = 2 };
    static const uint8_t question[] = {0x12, 0x34, 1,    0,   0,    1,   0,   0, 0, 0, 0, 1,
                                       1,    'a',  4,    't', 'e',  's', 't', 0, 0, 1, 0, 1,
                                       0,    0,    0x29, 4,   0xd0, 0,   0,   0, 0, 0, 0};
    static struct resolver r;
    static struct cache_entry entries[SETS * CACHE_WAYS];
    static struct fixture f;
    static uint8_t answer[RESPONDER_UDP_MAX];
    uint8_t query[sizeof(question)];
    if (f.w == NULL) zones_build(&f); /* kept to the end of the process */
    if (size < 2) return 0;
    struct input in = {data + 2, size - 2};
    memset(entries, 0, sizeof(entries));
    r.cache = (struct cache){.habit = {.profile = data[0] % POPULATION_COUNT,
                                       .floor_s = POPULATION_FLOOR_MAX_S,
                                       .extend = POPULATION_EXTEND_MAX},
                             .entries = entries,
                             .sets = SETS};
    r.upstream = (struct resolver_upstream){ask, &in};
    memcpy(query, question, sizeof(query));
    query[21] = data[1];
    const struct responder_client client = {.line = LINE_DE};
    struct resolver_query q = {.w = f.w, .client = &client, .query = {query, sizeof(query)}};
    for (int64_t at_s = 0; at_s <= 100000; at_s = at_s * 10 + 1) {
        q.now.ns = at_s * SIMDUR_SECOND;
        check(answer, resolver_answer(&r, &q, answer, sizeof(answer)));
    }
    return 0;
}
