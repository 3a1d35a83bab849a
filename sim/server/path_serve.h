/* SPDX-License-Identifier: MIT
 * path_serve.h: listeners that answer what a client would get instead of what we say. */
#ifndef CNEDGE_SERVER_PATH_SERVE_H
#define CNEDGE_SERVER_PATH_SERVE_H

#include "cnedge/dns/forge.h"
#include "cnedge/traffic/path.h"
#include "server_internal.h"

struct path_serve { /* what to send: these in order, then our own answer */
    struct forge forged[PATH_INJECTORS];
    uint8_t forged_count;
    bool ours; /* 0 forged and not ours: silence */
};

/* What a resolver's own query gets on its way to us, or a client's where no resolver is; on a
 * listener without ",path": ours. A client is told apart by the Client Subnet that its query names,
 * else it is the one that `cnedge explain` and expectations look at for the listener's line. */
CN_NONNULL struct path_serve path_serve_plan(const struct server_socket *socket,
                                             struct responder_query query);

/* Whether the resolvers of the listener's line are down for a client that asks this. */
CN_NONNULL bool path_serve_resolver_down(const struct server_socket *socket,
                                         struct responder_query query);

#endif
