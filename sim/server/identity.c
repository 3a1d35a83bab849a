/* SPDX-License-Identifier: MIT
 * identity.c: who the server is to its clients. The only place that draws from chance: a secret
 * must not be guessed, and no answer to a question depends on it. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/random.h>

#include "server_internal.h"

bool identity_draw(uint8_t secret[SIPHASH_KEY_BYTES])
{
    return getrandom(secret, SIPHASH_KEY_BYTES, 0) == SIPHASH_KEY_BYTES;
}

bool identity_take(struct responder_server *id, const struct server_options *o)
{
    id->keepalive_100ms = (uint16_t)(o->tcp.idle_s * 10);
    id->version = o->version;
    if (o->nsid != NULL) {
        id->nsid_len = (uint8_t)strnlen(o->nsid, RESPONDER_NSID_MAX);
        memcpy(id->nsid, o->nsid, id->nsid_len);
    }
    if (o->no_cookies) return true;
    id->cookies = o->cookies;
    if (id->cookies.count > 0) return true;
    id->cookies.count = 1;
    return identity_draw(id->cookies.secret[0]);
}
