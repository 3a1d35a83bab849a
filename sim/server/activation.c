/* SPDX-License-Identifier: MIT
 * activation.c: a socket is matched to a listener by its address and type, not by its name or
 * number: a unit file cannot send queries of one line to another. */
#define _GNU_SOURCE
#include "activation.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACTIVATION_FIRST = 3, DECIMAL = 10 };

static uintmax_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text != NULL ? strtoumax(text, NULL, DECIMAL) : 0;
}

bool activation_begin(struct activation *a)
{
    *a = (struct activation){.first = ACTIVATION_FIRST};
    if (number_of("LISTEN_PID") != (uintmax_t)getpid()) return true;
    uintmax_t count = number_of("LISTEN_FDS");
    if (count > ACTIVATION_MAX) {
        fprintf(stderr, "cnedge serve: expected at most %d sockets from the service manager\n",
                ACTIVATION_MAX);
        return false;
    }
    a->count = (unsigned)count;
    return true;
}

/* Where the socket is bound. False when it is of no family that DNS is spoken in. */
static bool address_of(evutil_socket_t fd, struct listen_at *out)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = {.v6 = {0}};
    socklen_t len = sizeof(a);
    *out = (struct listen_at){.port = 0};
    if (getsockname(fd, &a.any, &len) != 0) return false;
    out->v6 = a.any.sa_family == AF_INET6;
    if (!out->v6 && a.any.sa_family != AF_INET) return false;
    out->port = ntohs(out->v6 ? a.v6.sin6_port : a.v4.sin_port);
    if (out->v6) {
        memcpy(out->address, &a.v6.sin6_addr, sizeof(a.v6.sin6_addr));
    } else {
        memcpy(out->address, &a.v4.sin_addr, sizeof(a.v4.sin_addr));
    }
    return true;
}

static bool is_of_type(evutil_socket_t fd, int type)
{
    int have = 0;
    socklen_t len = sizeof(have);
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &have, &len) == 0 && have == type;
}

static bool matches(evutil_socket_t fd, const struct listen_at *at, int type)
{
    struct listen_at have;
    return address_of(fd, &have) && is_of_type(fd, type) && have.v6 == at->v6 &&
           have.port == at->port && memcmp(have.address, at->address, sizeof(at->address)) == 0;
}

evutil_socket_t activation_take(struct activation *a, const struct listen_at *at, int type)
{
    for (unsigned i = 0; i < a->count; i++) {
        evutil_socket_t fd = a->first + (evutil_socket_t)i;
        if (a->taken[i] || !matches(fd, at, type)) continue;
        if (evutil_make_socket_nonblocking(fd) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
            return -1;
        }
        a->taken[i] = true;
        return fd;
    }
    return -1;
}

bool activation_end(struct activation *a)
{
    bool all = true;
    for (unsigned i = 0; i < a->count; i++) {
        if (a->taken[i]) continue;
        struct listen_at at;
        char text[LISTEN_TEXT_MAX] = "no address of the Internet";
        evutil_socket_t fd = a->first + (evutil_socket_t)i;
        if (address_of(fd, &at)) listen_put(&at, text);
        fprintf(stderr,
                "cnedge serve: expected a --listen or --metrics for each socket from the service "
                "manager, got none for %s (%s)\n",
                text, is_of_type(fd, SOCK_DGRAM) ? "udp" : "tcp");
        close(fd);
        all = false;
    }
    a->count = 0;
    return all;
}
