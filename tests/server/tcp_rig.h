/* SPDX-License-Identifier: MIT
 * tcp_rig.h: the TCP side of the server with socket pairs for a network, so that clients can have
 * any address and every step is ours. The world is that of ../dns/zones.h. */
#ifndef CNEDGE_TESTS_SERVER_TCP_RIG_H
#define CNEDGE_TESTS_SERVER_TCP_RIG_H

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../sim/server/server_internal.h"
#include "../../sim/server/table.h"
#include "../dns/zones.h"

struct tcp_rig {
    struct fixture f;
    struct engine engine;
    struct table *table;
    struct server server;
    struct server_socket socket;
};

static inline void tcp_rig_start(struct tcp_rig *rig, const struct server_tcp_limits *limits)
{
    rig->server = (struct server){.engine = &rig->engine, .base = event_base_new()};
    atomic_init(&rig->server.table, rig->table);
    rig->server.identity.keepalive_100ms = (uint16_t)(limits->idle_s * 10);
    rig->server.tcp = tcp_new(limits);
    CN_ASSERT(rig->server.base != NULL && rig->server.tcp != NULL &&
              metrics_begin(&rig->server.metrics, 1));
    rig->socket = (struct server_socket){.server = &rig->server, .listener = {.line = CN_NONE16}};
}

static inline void tcp_rig_stop(struct tcp_rig *rig)
{
    tcp_free(rig->server.tcp);
    metrics_end(&rig->server.metrics);
    event_base_free(rig->server.base);
}

static inline void tcp_rig_init(struct tcp_rig *rig)
{
    rig->engine = (struct engine){.world = zones_build(&rig->f)};
    rig->table = table_new(&rig->engine);
    CN_ASSERT(rig->table != NULL);
}

static inline void tcp_rig_end(struct tcp_rig *rig)
{
    table_free(rig->table);
    fixture_free(&rig->f);
}

/* Lets the server do what can be done now. */
static inline void tcp_rig_turn(struct tcp_rig *rig)
{
    event_base_loop(rig->server.base, EVLOOP_NONBLOCK);
}

/* A connection; our end of it. `address` is of 4 bytes, or of 16 if `v6`. */
static inline int tcp_rig_connect(struct tcp_rig *rig, const uint8_t *address, bool v6)
{
    int ends[2];
    struct sockaddr_storage from = {.ss_family = v6 ? AF_INET6 : AF_INET};
    int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
    CN_ASSERT(failed == 0);
    if (v6) {
        memcpy(&((struct sockaddr_in6 *)&from)->sin6_addr, address, 16);
    } else {
        memcpy(&((struct sockaddr_in *)&from)->sin_addr, address, 4);
    }
    tcp_adopt(&rig->socket, ends[1], &from);
    return ends[0];
}

/* Reads what has come, up to `cap` bytes; -1 when the server has closed and nothing is left. */
static inline ssize_t tcp_rig_read(int fd, void *out, size_t cap)
{
    ssize_t n = read(fd, out, cap);
    if (n > 0) return n;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

#endif
