/* SPDX-License-Identifier: MIT
 * tls.h: DNS over TLS (RFC 7858): a context for all connections, and a bufferevent for one. */
#ifndef CNEDGE_SERVER_TLS_H
#define CNEDGE_SERVER_TLS_H

#include <event2/bufferevent.h>

#include "cnedge/server/server.h"

struct tls;

/* Reads certificate and key, or makes a certificate that lives as long as the process and tells its
 * pin in the log. NULL after a message on stderr. */
CN_NONNULL CN_MUSTUSE struct tls *tls_new(const struct server_options *o);
void tls_free(struct tls *t);

/* Wraps an accepted connection, which is closed with the bufferevent. NULL when memory is out: the
 * descriptor is still open. */
CN_NONNULL CN_MUSTUSE struct bufferevent *tls_wrap(struct tls *t, struct event_base *base,
                                                   evutil_socket_t fd);

/* Says that we close, if that can be said without waiting (RFC 8446 section 6.1). */
CN_NONNULL void tls_say_goodbye(struct bufferevent *bev);

#endif
