/* SPDX-License-Identifier: MIT
 * serve_args.h: what was said on the command line of `cnedge serve`. */
#ifndef CNEDGE_CLI_SERVE_ARGS_H
#define CNEDGE_CLI_SERVE_ARGS_H

#include "cnedge/server/server.h"

#define SERVE_ARGS_UNSAID UINT32_MAX

struct serve_args {
    const char *file;
    const char *listen[SERVER_LISTENERS_MAX];
    size_t listen_count;
    const char *at, *speed, *from, *secrets, *nsid, *keys; /* NULL: not given */
    bool no_cookies, chaos, public;
    struct server_tcp_limits tcp;
    uint32_t workers;
    uint32_t rrl, rrl_slip;         /* SERVE_ARGS_UNSAID: not given */
    const char *tls_cert, *tls_key; /* NULL: not given */
    const char *user;               /* NULL: not given */
    const char *metrics;            /* NULL: not given */
    const char *log_format;         /* NULL: not given */
    const char *dnstap;             /* NULL: not given */
};

/* Reads them, defaults included. CLI_OK, or CLI_USAGE after saying what was expected. */
CN_NONNULL CN_MUSTUSE int serve_args_read(int argc, char **argv, struct serve_args *out);

#endif
