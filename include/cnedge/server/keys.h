/* SPDX-License-Identifier: MIT
 * keys.h: keys of those who may mirror a zone, and as which line they see it. Room server. */
#ifndef CNEDGE_SERVER_KEYS_H
#define CNEDGE_SERVER_KEYS_H

#include "cnedge/base/dname.h"
#include "cnedge/server/listen.h"

enum { KEYS_MAX = 16, KEYS_SECRET_MIN = 16, KEYS_SECRET_MAX = 64, KEYS_WHY_MAX = 320 };

struct server_key {
    uint8_t name[DNAME_MAX]; /* wire, lower case */
    uint8_t secret[KEYS_SECRET_MAX];
    size_t secret_len;
    char line[LISTEN_LINE_MAX]; /* that whoever has the key sees */
};

struct server_keys {
    size_t count;
    struct server_key key[KEYS_MAX];
};

/* Reads a file with a key on each line, "NAME hmac-sha256 SECRET LINE", SECRET in base64; others
 * than its owner may not read it. `out` has no keys yet. False with `why`. */
CN_NONNULL CN_MUSTUSE bool keys_read(const char *path, struct server_keys *out,
                                     char why[KEYS_WHY_MAX]);

#endif
