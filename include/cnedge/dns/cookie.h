/* SPDX-License-Identifier: MIT
 * cookie.h: DNS Cookies (RFC 7873) with server cookies that every implementation of RFC 9018 can
 * make and check, given the same secret. Room dns; no clock, no randomness: both are handed in.
 *
 * A server cookie is 16 bytes: version 1, three zeros, the time it was made, and the SipHash-2-4 of
 * client cookie, those eight bytes and the client's address. */
#ifndef CNEDGE_DNS_COOKIE_H
#define CNEDGE_DNS_COOKIE_H

#include "cnedge/base/siphash.h"

enum {
    COOKIE_CLIENT_BYTES = 8,
    COOKIE_SERVER_BYTES = 16, /* ours; others may be 8 to 32 */
    COOKIE_SERVER_MIN = 8,
    COOKIE_SERVER_MAX = 32,
    COOKIE_SECRETS_MAX = 2, /* the one in use, and the one before or after it */
    COOKIE_LIFE_S = 3600,   /* RFC 9018 section 4.3 */
    COOKIE_FUTURE_S = 300,  /* made by a server whose clock is ahead */
    COOKIE_RENEW_S = 1800,  /* older ones are replaced by a new one in the answer */
};

struct cookie_keys {
    uint8_t secret[COOKIE_SECRETS_MAX][SIPHASH_KEY_BYTES]; /* the first makes new cookies */
    uint8_t count;                                         /* 0: cookies are not spoken */
};

struct cookie { /* as a query brings it */
    bool present;
    uint8_t client[COOKIE_CLIENT_BYTES];
    uint8_t server_len; /* 0: the client has none yet */
    uint8_t server[COOKIE_SERVER_MAX];
};

struct cookie_client {
    const uint8_t *address; /* 4 or 16 bytes */
    bool v6;
    uint32_t now_s; /* Unix time modulo 2^32 */
};

enum cookie_state {
    COOKIE_NONE,    /* no option, or no server cookie in it */
    COOKIE_INVALID, /* not ours, too old, or made for another address */
    COOKIE_VALID,
};

/* Reads the option's data. False: not of a length that RFC 7873 section 4 allows. */
CN_NONNULL CN_MUSTUSE bool cookie_read(struct cookie *c, const uint8_t *data, size_t len);

/* Checks the server cookie of a query and writes the one that the answer is to carry: the same
 * while it is young, else a new one. */
CN_NONNULL enum cookie_state cookie_check(const struct cookie_keys *k, const struct cookie *c,
                                          const struct cookie_client *from,
                                          uint8_t out[COOKIE_SERVER_BYTES]);

/* Reads a secret: 32 hexadecimal digits. */
CN_NONNULL CN_MUSTUSE bool cookie_read_secret(const char *text, uint8_t out[SIPHASH_KEY_BYTES]);

#endif
