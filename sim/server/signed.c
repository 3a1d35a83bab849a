/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "signed.h"

#include <stdlib.h>
#include <string.h>

#include "cnedge/dns/transfer.h"
#include "tsig.h"

enum {
    MESSAGE_CAP = RESPONDER_TCP_MAX - TSIG_ROOM,
    PIECE_CAP = 16384, /* of a transfer, where RRsets allow: names are compressed up to there */
    PIECE_NAMES = 256, /* that are looked at for one */
    SOA_NUMBERS = 20,
};

struct signer {
    struct server_keys keys;
    uint8_t bare[RESPONDER_TCP_MAX];
    uint8_t answer[RESPONDER_TCP_MAX + TSIG_ROOM];
};

struct exchange {
    struct signer *s;
    struct metrics_counts *counts;
    struct tsig tsig;
    struct message m; /* the query without its signature */
    struct responder_query bare;
    const struct signed_sink *sink;
    uint16_t line;               /* of the key */
    struct responder_note *note; /* NULL: nobody counts */
    size_t sent;                 /* bytes */
};

struct signed_transfer {
    struct exchange x;
    struct transfer_cursor at;
    const struct server *server;
    const struct engine *engine; /* the one that it began with, and how it was then */
    uint64_t reloads;
    uint32_t changes, pieces;
    bool done;
    uint8_t query[]; /* what x.bare.bytes is */
};

struct signer *signed_new(const struct server_keys *keys)
{
    struct signer *s = calloc(1, sizeof(*s));
    if (s != NULL) s->keys = *keys;
    return s;
}

void signed_free(struct signer *s)
{
    if (s != NULL) explicit_bzero(&s->keys, sizeof(s->keys));
    free(s);
}

/* Signs the message in s->answer and sends it; what is no signature is not answered with one. */
static bool send_signed(struct exchange *x, size_t len)
{
    if (!x->tsig.malformed) len = tsig_sign(&x->tsig, x->s->answer, len);
    x->sent += len;
    return x->sent <= SIGNED_BYTES_MAX && x->sink->send(x->sink->to, x->s->answer, len);
}

static bool send_part(void *of, const uint8_t *message, size_t len)
{
    struct exchange *x = of;
    CN_ASSERT(message == x->s->answer);
    return send_signed(x, len);
}

/* Bytes of the TSIG record that an answer gets. */
static size_t tsig_bytes(const struct exchange *x)
{
    return 10 + 2 * dname_len(x->tsig.key->name) + 16 + TSIG_MAC_BYTES + 16;
}

/* Notes what is answered without the responder; without a line it is no query to count. */
static void tell(const struct exchange *x, enum encode_rcode rcode)
{
    if (x->note == NULL || x->line == CN_NONE16) return;
    *x->note = (struct responder_note){.counted = true,
                                       .pop = CN_NONE16,
                                       .type = x->m.type,
                                       .rcode = (uint16_t)rcode,
                                       .line = x->line};
}

/* Nothing but a code, and why. */
static bool refuse(struct exchange *x, enum encode_rcode rcode, enum fault why)
{
    struct encode e;
    const struct encode_end end = {.rcode = rcode, .udp_size = RESPONDER_UDP_MAX};
    x->m.fault = why;
    tell(x, rcode);
    encode_begin(&e, &x->m, x->bare.bytes, x->s->answer, RESPONDER_UDP_MIN);
    encode_fault(&e, tsig_bytes(x));
    return send_signed(x, encode_finish(&e, &end));
}

static bool keep_length(void *to, const uint8_t *message, size_t len)
{
    size_t *out = to;
    (void)message;
    *out = len;
    return true;
}

/* Whether the client has the zone as it is, or a newer one (RFC 1995 section 2, RFC 1982). */
static bool is_current(struct exchange *x, struct world *w)
{
    struct message plain = x->m;
    size_t len = 0;
    plain.edns = false;
    const struct transfer t = {.w = w,
                               .apex = x->m.name,
                               .line = x->line,
                               .part = TRANSFER_SOA,
                               .m = &plain,
                               .query = x->bare.bytes,
                               .buffer = x->s->answer,
                               .cap = MESSAGE_CAP,
                               .sink = keep_length,
                               .to = &len};
    if (!x->m.has_serial || !transfer_write(&t) || len < SOA_NUMBERS) return false;
    struct wire_rd r = {.p = x->s->answer, .pos = len - SOA_NUMBERS, .len = len};
    return x->m.serial - wire_get_u32(&r) < UINT32_MAX / 2;
}

/* Whether a transfer is refused, and why. */
static enum encode_rcode transfer_no(const struct exchange *x, struct world *w, bool tcp,
                                     enum fault *why)
{
    if (!tcp && x->m.type == RR_AXFR) {
        *why = FAULT_AXFR_UDP;
        return ENCODE_FORMERR;
    }
    if (x->m.class_ != MESSAGE_CLASS_IN) {
        *why = FAULT_CLASS;
        return ENCODE_REFUSED;
    }
    enum encode_rcode no = transfer_refusal(w, x->m.name, x->line);
    *why = no == ENCODE_NOTAUTH    ? FAULT_TRANSFER_ZONE
           : no == ENCODE_SERVFAIL ? FAULT_TRANSFER_OUT
                                   : FAULT_TRANSFER_LAPSED;
    return no;
}

/* Keeps all that the messages to come need; the buffers that others use too are not part of it. */
static enum signed_result begin_transfer(const struct exchange *x, const struct server *server,
                                         struct signed_transfer **more)
{
    struct signed_transfer *t = malloc(sizeof(*t) + x->bare.len);
    if (t == NULL) return SIGNED_ENDED;
    *t = (struct signed_transfer){.x = *x,
                                  .server = server,
                                  .engine = server->engine,
                                  .reloads = server->metrics.reloads,
                                  .changes = server->engine->world->changes,
                                  .pieces = server->engine->world->pieces};
    memcpy(t->query, x->bare.bytes, x->bare.len);
    t->x.bare.bytes = t->query;
    t->x.note = NULL;
    *more = t;
    return SIGNED_MORE;
}

static enum signed_result answer_transfer(struct exchange *x, const struct server *server, bool tcp,
                                          struct signed_transfer **more)
{
    struct world *w = server->engine->world;
    enum fault why = FAULT_NONE;
    enum encode_rcode no = transfer_no(x, w, tcp, &why);
    if (no != ENCODE_NOERROR) {
        metrics_add(&x->counts->transfers[METRICS_TRANSFER_REFUSED], 1);
        return refuse(x, no, why) ? SIGNED_DONE : SIGNED_ENDED;
    }
    tell(x, no);
    bool alone = x->m.type == RR_IXFR && (!tcp || is_current(x, w));
    if (!alone) return begin_transfer(x, server, more);
    const struct transfer t = {.w = w,
                               .apex = x->m.name,
                               .line = x->line,
                               .part = TRANSFER_SOA,
                               .m = &x->m,
                               .query = x->bare.bytes,
                               .buffer = x->s->answer,
                               .cap = MESSAGE_CAP,
                               .sink = send_part,
                               .to = x};
    bool done = transfer_write(&t);
    metrics_add(&x->counts->transfers[done ? METRICS_TRANSFER_DONE : METRICS_TRANSFER_BROKEN], 1);
    return done ? SIGNED_DONE : SIGNED_ENDED;
}

/* Whether what was told so far still holds. */
static bool is_same_world(const struct signed_transfer *t)
{
    const struct server *s = t->server;
    return s->engine == t->engine && s->metrics.reloads == t->reloads &&
           s->engine->world->changes == t->changes && s->engine->world->pieces == t->pieces;
}

/* An RRset that does not fit in a piece gets a message of its own. */
static enum transfer_result next_message(struct signed_transfer *t, size_t *len)
{
    struct transfer now = {.w = t->engine->world,
                           .apex = t->x.m.name,
                           .line = t->x.line,
                           .part = TRANSFER_ALL,
                           .names_max = PIECE_NAMES,
                           .m = &t->x.m,
                           .query = t->query,
                           .buffer = t->x.s->answer,
                           .cap = PIECE_CAP};
    enum transfer_result r = transfer_next(&now, &t->at, len);
    if (r != TRANSFER_FAILED) return r;
    now.cap = MESSAGE_CAP;
    now.names_max = 1;
    return transfer_next(&now, &t->at, len);
}

enum signed_result signed_next(struct signed_transfer *t, const struct signed_sink *sink)
{
    size_t len = 0;
    t->x.sink = sink;
    if (!is_same_world(t)) return SIGNED_ENDED;
    t->x.tsig.now = t->server->identity.now_s;
    enum transfer_result r = next_message(t, &len);
    t->done = r == TRANSFER_END;
    if (r == TRANSFER_END) return SIGNED_DONE;
    if (r == TRANSFER_PAUSE) return SIGNED_MORE;
    return r == TRANSFER_MESSAGE && send_signed(&t->x, len) ? SIGNED_MORE : SIGNED_ENDED;
}

void signed_end(struct signed_transfer *t)
{
    if (t == NULL) return;
    metrics_add(&t->x.counts->transfers[t->done ? METRICS_TRANSFER_DONE : METRICS_TRANSFER_BROKEN],
                1);
    free(t);
}

static size_t room(const struct message *m)
{
    if (m->udp_size < RESPONDER_UDP_MIN) return RESPONDER_UDP_MIN;
    return m->udp_size < RESPONDER_UDP_MAX ? m->udp_size : RESPONDER_UDP_MAX;
}

/* Any other query, from the key's line. An answer that its signature makes too long is cut. */
static bool answer_query(struct exchange *x, struct world *w, const struct responder_client *client)
{
    struct responder_client c = *client;
    c.line = x->line;
    size_t len = responder_answer(w, &c, x->bare, x->s->answer, RESPONDER_TCP_MAX);
    if (len == 0) return true;
    if (len + tsig_bytes(x) > (c.tcp ? RESPONDER_TCP_MAX : room(&x->m))) {
        len = responder_cut(&c, x->bare, x->s->answer, RESPONDER_UDP_MIN);
    }
    return send_signed(x, len);
}

static enum fault fault_of(enum tsig_error e)
{
    if (e == TSIG_BADSIG) return FAULT_TSIG_SIGNATURE;
    return e == TSIG_BADTIME ? FAULT_TSIG_TIME : FAULT_TSIG_CUT;
}

static enum metrics_signed kind_of(const struct tsig *t)
{
    if (t->malformed) return METRICS_SIGNED_MALFORMED;
    if (t->error == TSIG_BADSIG) return METRICS_SIGNED_BADSIG;
    if (t->error == TSIG_BADTIME) return METRICS_SIGNED_BADTIME;
    return t->error == TSIG_BADTRUNC ? METRICS_SIGNED_BADTRUNC : METRICS_SIGNED_GOOD;
}

enum signed_result signed_answer(const struct server_socket *socket,
                                 const struct responder_client *client,
                                 struct responder_query query, const struct signed_sink *sink,
                                 struct signed_transfer **more)
{
    struct server *server = socket->server;
    struct world *w = server->engine->world;
    struct message asked;
    struct exchange x = {
        .s = server->signer, .counts = server_counts(server), .sink = sink, .note = client->note};
    if (x.s == NULL || socket->resolver != NULL) return SIGNED_NOT;
    if (message_read(&asked, query.bytes, query.len) != MESSAGE_NOTAUTH) return SIGNED_NOT;
    x.tsig.now = server->identity.now_s;
    if (!tsig_open(&x.tsig, &x.s->keys, &asked, query, x.s->bare)) {
        metrics_add(&x.counts->signed_by[METRICS_SIGNED_BADKEY], 1);
        return SIGNED_NOT;
    }
    metrics_add(&x.counts->signed_by[kind_of(&x.tsig)], 1);
    x.bare = (struct responder_query){x.s->bare, asked.tsig.name_at};
    enum message_verdict v = message_read(&x.m, x.bare.bytes, x.bare.len);
    bool sent = true;
    x.line = topology_find_line(w->topology, x.tsig.key->line);
    if (x.tsig.malformed) {
        sent = refuse(&x, ENCODE_FORMERR, FAULT_TSIG_SIZE);
    } else if (x.tsig.error != TSIG_NOERROR) {
        sent = refuse(&x, ENCODE_NOTAUTH, fault_of(x.tsig.error));
    } else if (x.line == CN_NONE16) { /* the world was loaded anew and has no such line */
        sent = refuse(&x, ENCODE_REFUSED, FAULT_TRANSFER_LINE);
    } else if (v == MESSAGE_REFUSED && (x.m.type == RR_AXFR || x.m.type == RR_IXFR)) {
        return answer_transfer(&x, server, client->tcp, more);
    } else {
        sent = answer_query(&x, w, client);
    }
    return sent ? SIGNED_DONE : SIGNED_ENDED;
}
