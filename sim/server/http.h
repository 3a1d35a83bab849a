/* SPDX-License-Identifier: MIT
 * http.h: GET /metrics and GET /healthz for whoever watches the server. */
#ifndef CNEDGE_SERVER_HTTP_H
#define CNEDGE_SERVER_HTTP_H

#include "server_internal.h"

struct http;

/* Answers on that address, whose port becomes the real one. NULL after a message on stderr. */
CN_NONNULL CN_MUSTUSE struct http *http_new(struct server *s, struct listen_at *at);

/* Closes listener and connections. */
void http_free(struct http *h);

#endif
