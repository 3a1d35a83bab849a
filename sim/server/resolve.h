/* SPDX-License-Identifier: MIT
 * resolve.h: listeners that answer as a caching resolver of their line, ",resolver=PROFILE". */
#ifndef CNEDGE_SERVER_RESOLVE_H
#define CNEDGE_SERVER_RESOLVE_H

#include "path_serve.h"

/* Gives the listener its resolver with an empty cache. False with errno set. */
CN_NONNULL CN_MUSTUSE bool resolve_start(struct server_socket *socket);
CN_NONNULL void resolve_stop(struct server_socket *socket);

/* Empties the cache: the times in it count from another instant now. */
CN_NONNULL void resolve_forget(struct server_socket *socket);

/* What is sent to whoever asks here. Behind a resolver that is no forged answer, those reach the
 * resolver itself; but nothing at all while ",path" says that the line's resolvers are down. */
CN_NONNULL struct path_serve resolve_plan(const struct server_socket *socket,
                                          struct responder_query query);

/* Answers as the listener's resolver, or as the authority if it has none. As responder_answer. */
CN_NONNULL size_t resolve_answer(const struct server_socket *socket,
                                 const struct responder_client *client,
                                 struct responder_query query, uint8_t *out, size_t cap);

#endif
