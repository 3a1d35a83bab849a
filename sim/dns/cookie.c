/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/cookie.h"

#include <string.h>

#include "cnedge/dns/wire.h"

enum {
    VERSION = 1,
    TIME_AT = 4,
    HASH_AT = 8,
    INPUT_MAX = COOKIE_CLIENT_BYTES + HASH_AT + 16,
};

bool cookie_read(struct cookie *c, const uint8_t *data, size_t len)
{
    size_t server = len - COOKIE_CLIENT_BYTES;
    if (len < COOKIE_CLIENT_BYTES) return false;
    if (server != 0 && (server < COOKIE_SERVER_MIN || server > COOKIE_SERVER_MAX)) return false;
    c->present = true;
    c->server_len = (uint8_t)server;
    memcpy(c->client, data, COOKIE_CLIENT_BYTES);
    memcpy(c->server, data + COOKIE_CLIENT_BYTES, server);
    return true;
}

/* RFC 9018 section 4.4: what is hashed is the client cookie, the first half of the server cookie,
 * and the address. */
static void hash(const uint8_t secret[SIPHASH_KEY_BYTES], const struct cookie *c,
                 const struct cookie_client *from, const uint8_t head[HASH_AT],
                 uint8_t out[SIPHASH_BYTES])
{
    uint8_t input[INPUT_MAX];
    size_t address = from->v6 ? 16 : 4;
    memcpy(input, c->client, COOKIE_CLIENT_BYTES);
    memcpy(input + COOKIE_CLIENT_BYTES, head, HASH_AT);
    memcpy(input + COOKIE_CLIENT_BYTES + HASH_AT, from->address, address);
    uint64_t h = siphash(secret, input, COOKIE_CLIENT_BYTES + HASH_AT + address);
    for (int i = 0; i < SIPHASH_BYTES; i++) {
        out[i] = (uint8_t)(h >> 8 * i);
    }
}

static void make(const struct cookie_keys *k, const struct cookie *c,
                 const struct cookie_client *from, uint8_t out[COOKIE_SERVER_BYTES])
{
    struct wire_wr w = {.p = out, .cap = COOKIE_SERVER_BYTES};
    wire_put_u32(&w, (uint32_t)VERSION << 24);
    wire_put_u32(&w, from->now_s);
    hash(k->secret[0], c, from, out, out + HASH_AT);
}

static uint32_t made_at(const struct cookie *c)
{
    struct wire_rd r = {.p = c->server + TIME_AT, .len = 4};
    return wire_get_u32(&r);
}

/* How old a cookie is; negative: from the future. Serial number arithmetic, RFC 1982. */
static int64_t age(const struct cookie *c, uint32_t now_s)
{
    uint32_t d = now_s - made_at(c);
    return d <= INT32_MAX ? (int64_t)d : (int64_t)d - ((int64_t)UINT32_MAX + 1);
}

/* Compares without saying by its duration how much is equal. */
static bool same(const uint8_t *a, const uint8_t *b, size_t len)
{
    unsigned differs = 0;
    for (size_t i = 0; i < len; i++) {
        differs |= (unsigned)(a[i] ^ b[i]);
    }
    return differs == 0;
}

static bool is_ours(const struct cookie_keys *k, const struct cookie *c,
                    const struct cookie_client *from)
{
    uint8_t want[SIPHASH_BYTES];
    bool found = false;
    if (c->server_len != COOKIE_SERVER_BYTES || c->server[0] != VERSION) return false;
    for (int i = 0; i < k->count; i++) {
        hash(k->secret[i], c, from, c->server, want);
        found = same(want, c->server + HASH_AT, SIPHASH_BYTES) || found;
    }
    return found;
}

enum cookie_state cookie_check(const struct cookie_keys *k, const struct cookie *c,
                               const struct cookie_client *from, uint8_t out[COOKIE_SERVER_BYTES])
{
    CN_ASSERT(k->count > 0);
    make(k, c, from, out);
    if (!c->present || c->server_len == 0) return COOKIE_NONE;
    if (!is_ours(k, c, from)) return COOKIE_INVALID;
    int64_t old = age(c, from->now_s);
    if (old > COOKIE_LIFE_S || old < -(int64_t)COOKIE_FUTURE_S) return COOKIE_INVALID;
    if (old <= COOKIE_RENEW_S) memcpy(out, c->server, COOKIE_SERVER_BYTES);
    return COOKIE_VALID;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool cookie_read_secret(const char *text, uint8_t out[SIPHASH_KEY_BYTES])
{
    if (strlen(text) != (size_t)SIPHASH_KEY_BYTES * 2) return false;
    for (size_t i = 0; i < SIPHASH_KEY_BYTES; i++) {
        int high = hex_digit(text[2 * i]);
        int low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
