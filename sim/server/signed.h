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

enum signed_result {
    SIGNED_NOT,   /* not for us: unsigned, or by a key that is not ours */
    SIGNED_DONE,  /* every message has been given to `send` */
    SIGNED_ENDED, /* a transfer broke off: the connection has to go */
};

/* Takes one message of an answer; false: no more. */
typedef bool (*signed_send)(void *to, const uint8_t *message, size_t len);

/* Answers a signed query, in one message unless it is a transfer over TCP. */
CN_NONNULL CN_MUSTUSE enum signed_result signed_answer(const struct server_socket *socket,
                                                       const struct responder_client *client,
                                                       struct responder_query query,
                                                       signed_send send, void *to);

#endif
