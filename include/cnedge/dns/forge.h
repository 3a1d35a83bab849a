/* SPDX-License-Identifier: MIT
 * forge.h: answers that are not ours, for listeners that show what a client gets. Room dns. */
#ifndef CNEDGE_DNS_FORGE_H
#define CNEDGE_DNS_FORGE_H

#include "cnedge/dns/encode.h"
#include "cnedge/dns/responder.h"

struct forge {
    enum encode_rcode rcode;
    bool authoritative;  /* what the forger says of itself */
    bool has_address;    /* else no record */
    uint8_t address[16]; /* of the family asked for; IPv4 in the first four bytes */
    uint32_t ttl_s;
};

/* Answers one query with that, without Client Subnet's scope, cookies and the like. Returns the
 * answer's length; 0 when the bytes are no query. `cap` as for responder_answer. */
CN_NONNULL size_t forge_answer(const struct forge *f, struct responder_query query, uint8_t *out,
                               size_t cap);

#endif
