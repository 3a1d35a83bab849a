/* SPDX-License-Identifier: MIT
 * responder_options.c: EDNS options of the server's own, and what needs no more than them. */
#include <string.h>

#include "responder_internal.h"

static enum cookie_state check_cookie(const struct responder_client *c, const struct message *m,
                                      uint8_t out[COOKIE_SERVER_BYTES])
{
    const struct cookie_client from = {c->address, c->v6, c->server->now_s};
    return cookie_check(&c->server->cookies, &m->cookie, &from, out);
}

static bool speaks_cookies(const struct responder_client *c)
{
    return c->server != NULL && c->server->cookies.count > 0;
}

static void put_cookie(struct encode *e, const struct responder_client *c, const struct message *m)
{
    uint8_t both[COOKIE_CLIENT_BYTES + COOKIE_SERVER_BYTES];
    memcpy(both, m->cookie.client, COOKIE_CLIENT_BYTES);
    check_cookie(c, m, both + COOKIE_CLIENT_BYTES);
    encode_option(e, MESSAGE_OPTION_COOKIE, both, sizeof(both));
}

/* An invalid cookie is answered like none, with a new one (RFC 7873 section 5.2.4, third choice).
 */
void responder_put_options(struct encode *e, const struct responder_client *c,
                           const struct message *m)
{
    const struct responder_server *s = c->server;
    e->pad = c->tls && m->padding && m->version == 0; /* RFC 7830 section 4 */
    if (s == NULL || !m->edns || m->version != 0) return;
    if (m->cookie.present && speaks_cookies(c)) put_cookie(e, c, m);
    if (m->keepalive && c->tcp && s->keepalive_100ms != 0) {
        uint16_t told = c->closing ? 0 : s->keepalive_100ms;
        const uint8_t timeout[] = {(uint8_t)(told >> 8), (uint8_t)told};
        encode_option(e, MESSAGE_OPTION_KEEPALIVE, timeout, sizeof(timeout));
    }
    if (m->nsid && s->nsid_len > 0) encode_option(e, MESSAGE_OPTION_NSID, s->nsid, s->nsid_len);
}

bool responder_is_known(const struct responder_client *client, struct responder_query query)
{
    struct message m;
    uint8_t fresh[COOKIE_SERVER_BYTES];
    if (!speaks_cookies(client)) return false;
    enum message_verdict v = message_read(&m, query.bytes, query.len);
    return v != MESSAGE_DROP && v != MESSAGE_FORMERR && m.cookie.present &&
           check_cookie(client, &m, fresh) == COOKIE_VALID;
}

size_t responder_cut(const struct responder_client *client, struct responder_query query,
                     uint8_t *out, size_t cap)
{
    struct message m;
    struct encode e;
    CN_ASSERT(cap >= RESPONDER_UDP_MIN);
    enum message_verdict v = message_read(&m, query.bytes, query.len);
    if (v == MESSAGE_DROP) return 0;
    const struct encode_end end = {.rcode = responder_rcode_of(v), .udp_size = RESPONDER_UDP_MAX};
    encode_begin(&e, &m, query.bytes, out, RESPONDER_UDP_MIN);
    responder_put_options(&e, client, &m);
    if (end.rcode == ENCODE_NOERROR) encode_truncate(&e);
    return encode_finish(&e, &end);
}
