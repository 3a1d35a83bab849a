/* SPDX-License-Identifier: MIT
 * signed.h: what is answered to queries that are signed with a key of ours: transfers of a zone as
 * the key's line sees it, and every other query from that line. Room server. */
#ifndef CNEDGE_SIM_SERVER_SIGNED_H
#define CNEDGE_SIM_SERVER_SIGNED_H

#include "server_internal.h"

enum { SIGNED_BYTES_MAX = 256 * 1024 * 1024 }; /* of one transfer */

struct signer; /* the keys and a buffer */

/* NULL when memory is out. */
CN_NONNULL CN_MUSTUSE struct signer *signed_new(const struct server_keys *keys);
void signed_free(struct signer *s);

/* A transfer under way: what has been said of the zone, and the signature so far. */
struct signed_transfer;

enum signed_result {
    SIGNED_NOT,   /* not for us: unsigned, or by a key that is not ours */
    SIGNED_DONE,  /* every message has been given to `send` */
    SIGNED_MORE,  /* a transfer: signed_next gives `send` its messages, one by one */
    SIGNED_ENDED, /* a transfer broke off: the connection has to go */
};

struct signed_sink { /* takes one message of an answer; false: no more */
    bool (*send)(void *to, const uint8_t *message, size_t len);
    void *to;
};

/* Answers a signed query, in one message unless it is a transfer, which `*more` becomes then. */
CN_NONNULL CN_MUSTUSE enum signed_result signed_answer(const struct server_socket *socket,
                                                       const struct responder_client *client,
                                                       struct responder_query query,
                                                       const struct signed_sink *sink,
                                                       struct signed_transfer **more);

/* The next message of a transfer, or none yet. SIGNED_DONE when that was the last; SIGNED_ENDED
 * also when the world has changed meanwhile, so that nobody gets half of it before and half after.
 */
CN_NONNULL CN_MUSTUSE enum signed_result signed_next(struct signed_transfer *t,
                                                     const struct signed_sink *sink);

/* Forgets a transfer, and counts how it ended. */
void signed_end(struct signed_transfer *t);

#endif
