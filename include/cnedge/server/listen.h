/* SPDX-License-Identifier: MIT
 * listen.h: where to listen: an address, a port, and the line of whoever asks there. Room server.
 */
#ifndef CNEDGE_SERVER_LISTEN_H
#define CNEDGE_SERVER_LISTEN_H

#include "cnedge/traffic/population.h"

enum {
    LISTEN_LINE_MAX = 64, /* bytes of a line's name, NUL included */
    LISTEN_TEXT_MAX = 64, /* bytes of "[address]:port", NUL included */
    LISTEN_MODE_MAX = 48, /* bytes of ",path,resolver=extend:1000", NUL included */
    LISTEN_ERROR_MAX = 320,
};

#define LISTEN_FORM                                                                                \
    "ADDR:PORT or ADDR:PORT=LINE[,path][,resolver=PROFILE[:N]], such as "                          \
    "127.0.0.2:5300=cn/shanghai/telecom, and before it tls:// for TLS"

struct listen_at {
    uint8_t address[16]; /* network order; IPv4 in the first four bytes */
    bool v6;
    uint16_t port;              /* 0: the kernel chooses */
    char line[LISTEN_LINE_MAX]; /* "": found from each query */
    bool tls;                   /* DNS over TLS instead of UDP and TCP */
    bool path;                  /* answers what reaches a client of that line */
    bool resolver;              /* answers as a caching resolver of that line */
    struct population habit;    /* of the resolver: profile, floor_s, extend */
};

/* Reads "127.0.0.1:5300", "[::1]:5300", "tls://127.0.0.1:853", each with "=LINE" behind it, and
 * behind that ",path" or ",resolver=PROFILE" or both. PROFILE is as population_profile_name has it;
 * behind "floor" and "extend" may stand a colon and its seconds or its factor, else they are those
 * of population_default. False when it is none of that; `error` then says what was expected. */
CN_NONNULL CN_MUSTUSE bool listen_read(const char *text, struct listen_at *out,
                                       char error[LISTEN_ERROR_MAX]);

/* Whether only programs of this machine can reach the address: 127.0.0.0/8 and ::1. */
CN_NONNULL CN_PURE bool listen_is_loopback(const struct listen_at *at);

/* Writes ",path,resolver=floor:60", as much of it as there is. */
CN_NONNULL void listen_put_mode(const struct listen_at *at, char out[LISTEN_MODE_MAX]);

/* Writes "127.0.0.1:5300" or "[::1]:5300". */
CN_NONNULL void listen_put(const struct listen_at *at, char out[LISTEN_TEXT_MAX]);

#endif
