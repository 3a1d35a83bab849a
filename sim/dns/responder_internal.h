/* SPDX-License-Identifier: MIT
 * responder_internal.h: what the responder's files share. */
#ifndef CNEDGE_DNS_RESPONDER_INTERNAL_H
#define CNEDGE_DNS_RESPONDER_INTERNAL_H

#include "cnedge/dns/encode.h"
#include "cnedge/dns/responder.h"

struct responder_reply {
    struct world *w;
    const struct message *m;
    uint16_t line;
    const struct spill_client *client; /* NULL: any client of the line */
    bool by_line;                      /* what is answered depends on the line */
    bool by_client;                    /* and on the client's prefix */
    uint64_t key;                      /* of the client */
    enum encode_rcode rcode;
    bool authoritative;
    bool silent; /* nothing is sent */
    struct responder_note note;
    struct encode e;
};

/* Writes the records of one answer at `owner`, of the type that `r->m` asks for. */
CN_NONNULL void responder_put_answer(struct responder_reply *r, const uint8_t *owner,
                                     const struct answer *a);

/* Adds what the query asked for and the server has to say; the cookie first, it matters most. */
CN_NONNULL void responder_put_options(struct encode *e, const struct responder_client *c,
                                      const struct message *m);

/* What a verdict is answered with, as far as that does not depend on the name. */
CN_CONST enum encode_rcode responder_rcode_of(enum message_verdict v);

#endif
