/* SPDX-License-Identifier: MIT
 * tsig.h: queries signed with a key of ours, and answers signed with it (RFC 8945, HMAC-SHA256).
 * Room server. */
#ifndef CNEDGE_SIM_SERVER_TSIG_H
#define CNEDGE_SIM_SERVER_TSIG_H

#include "cnedge/dns/message.h"
#include "cnedge/server/server.h"

enum {
    TSIG_MAC_BYTES = 32,
    TSIG_ROOM = 512, /* more than a TSIG record ever takes */
    TSIG_FUDGE_S = 300,
};

enum tsig_error { TSIG_NOERROR = 0, TSIG_BADSIG = 16, TSIG_BADTIME = 18, TSIG_BADTRUNC = 22 };

struct tsig { /* a signed exchange */
    const struct server_key *key;
    enum tsig_error error;
    bool malformed; /* a signature too long or too short to be one: FORMERR */
    uint64_t time;  /* when the query was signed, seconds */
    uint64_t now;
    uint16_t id;                 /* of the message that was signed */
    uint8_t mac[TSIG_MAC_BYTES]; /* of the query; then of the last answer */
    uint8_t mac_len;
    bool again; /* an answer has been signed: the next one continues */
};

/* Looks up the key of a signed query and checks the signature; writes the query without it to
 * `bare`, which has room for it, and its length to `*len`. False: the key is not ours. */
CN_NONNULL CN_MUSTUSE bool tsig_open(struct tsig *t, const struct server_keys *keys,
                                     const struct message *m, struct responder_query query,
                                     uint8_t *bare);

/* Appends TSIG to an answer of `len` bytes, behind which TSIG_ROOM bytes are free. Returns its new
 * length. */
CN_NONNULL CN_MUSTUSE size_t tsig_sign(struct tsig *t, uint8_t *answer, size_t len);

#endif
