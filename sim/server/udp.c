/* SPDX-License-Identifier: MIT
 * udp.c: datagrams in batches. A socket that is bound to a wildcard answers from the address that
 * was asked: the kernel hands that address over with each datagram, and it goes back with the
 * answer. */
#define _GNU_SOURCE /* recvmmsg, sendmmsg, struct in6_pktinfo */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/dns/ratelimit.h"
#include "dnstap_hook.h"
#include "resolve.h"
#include "signed.h"
#include "table.h"

enum {
    MILLISECOND_NS = 1000000,
    UDP_BATCH = 32,                                 /* datagrams per system call */
    UDP_ANSWERS = UDP_BATCH * (PATH_INJECTORS + 1), /* forged ones and ours for each */
    UDP_BATCHES_MAX = 8,        /* per wake-up: then timers and TCP have their turn */
    UDP_QUERY_MAX = 4096,       /* longer datagrams are dropped: no query is that long */
    UDP_LIMIT_SETS = 1 << 14,   /* of rate limiting: 65536 pairs of network and kind */
    UDP_SOCKET_BYTES = 1 << 20, /* of kernel buffer, per direction, as far as the kernel allows */
};

union control { /* aligned for a control message */
    size_t align;
    uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct udp {
    struct ratelimit limit;
    uint64_t now_ms;
    walltime asked; /* when the batch was read; for dnstap alone */
    struct ratelimit_bucket buckets[UDP_LIMIT_SETS * RATELIMIT_WAYS];
    struct mmsghdr in[UDP_BATCH], out[UDP_ANSWERS];
    struct iovec in_part[UDP_BATCH], out_part[UDP_ANSWERS];
    struct sockaddr_storage from[UDP_BATCH];
    union control control[UDP_BATCH];
    uint8_t query[UDP_BATCH][UDP_QUERY_MAX];
    uint8_t answer[UDP_ANSWERS][RESPONDER_UDP_MAX];
};

struct udp *udp_new(const struct server_options *o)
{
    struct udp *u = calloc(1, sizeof(*u));
    if (u == NULL) return NULL;
    u->limit = (struct ratelimit){.rate = o->rrl, .slip = o->rrl_slip, .sets = UDP_LIMIT_SETS};
    u->limit.buckets = u->buckets;
    if (identity_draw(u->limit.key)) return u;
    free(u);
    return NULL;
}

void udp_free(struct udp *u)
{
    free(u);
}

static void prepare(struct udp *u)
{
    for (size_t i = 0; i < UDP_BATCH; i++) {
        u->in_part[i] = (struct iovec){u->query[i], UDP_QUERY_MAX};
        u->in[i].msg_hdr = (struct msghdr){.msg_name = &u->from[i],
                                           .msg_namelen = sizeof(u->from[i]),
                                           .msg_iov = &u->in_part[i],
                                           .msg_iovlen = 1,
                                           .msg_control = &u->control[i],
                                           .msg_controllen = sizeof(u->control[i])};
    }
}

/* An IPv4 answer leaves by the route of its own, not by the interface that the query came in on. */
static void release_interface(struct msghdr *m)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    if (c == NULL || c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) return;
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof(info));
    info.ipi_ifindex = 0;
    memcpy(CMSG_DATA(c), &info, sizeof(info));
}

static bool from_port_0(const struct sockaddr_storage *from)
{
    in_port_t port = from->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)from)->sin6_port
                                                 : ((const struct sockaddr_in *)from)->sin_port;
    return port == 0;
}

/* What stands in answer `*count` becomes one of those to be sent back to where `m` came from. */
static void queue(struct udp *u, struct msghdr *m, size_t len, size_t *count)
{
    if (len == 0) return;
    release_interface(m);
    u->out_part[*count] = (struct iovec){u->answer[*count], len};
    u->out[*count].msg_hdr = *m;
    u->out[*count].msg_hdr.msg_iov = &u->out_part[*count];
    u->out[*count].msg_hdr.msg_flags = 0;
    ++*count;
}

/* What is left of an answer in `out` when its network has had enough of them: an error is short,
 * and TCP would not mend it. Who has shown by a cookie that it is there gets them all. Returns the
 * length, 0: nothing. */
static size_t limited(struct server *s, const struct responder_client *c, struct responder_query q,
                      uint8_t *out, size_t len)
{
    struct udp *u = s->udp;
    if (len == 0 || u->limit.rate == 0) return len;
    const struct ratelimit_for a = {c->address, c->v6, ratelimit_kind_of(out)};
    enum ratelimit_verdict v = ratelimit_take(&u->limit, &a, u->now_ms);
    if (v == RATELIMIT_PASS || responder_is_known(c, q)) return len;
    struct metrics_counts *m = server_counts(s);
    metrics_add(v == RATELIMIT_SLIP ? &m->slipped : &m->drops[METRICS_DROP_RATE_LIMIT], 1);
    if (v != RATELIMIT_SLIP) return 0;
    return a.kind == RATELIMIT_ERROR ? len : responder_cut(c, q, out, RESPONDER_UDP_MAX);
}

/* Whether a datagram cannot be answered whatever it says. */
static bool is_hopeless(struct metrics_counts *m, const struct msghdr *h,
                        const struct sockaddr_storage *a)
{
    bool too_long = (h->msg_flags & MSG_TRUNC) != 0;
    if (!too_long && !from_port_0(a)) return false;
    metrics_add(&m->drops[too_long ? METRICS_DROP_TOO_LONG : METRICS_DROP_PORT_ZERO], 1);
    return true;
}

struct datagram {
    uint8_t *out; /* RESPONDER_UDP_MAX bytes */
    size_t len;
};

static bool keep_datagram(void *to, const uint8_t *message, size_t len)
{
    struct datagram *d = to;
    if (len > RESPONDER_UDP_MAX) return false;
    memcpy(d->out, message, len);
    d->len = len;
    return true;
}

/* Answers from the table, if it can be. Returns the answer's length, else 0. */
static size_t from_table(const struct server_socket *socket,
                         const struct responder_client *client, struct responder_query query,
                         uint8_t *out)
{
    struct server *s = socket->server;
    struct answer_table_miss miss;
    if (socket->resolver != NULL || socket->listener.at.path) return 0;
    struct answer_table *t = table_answers(s->table);
    size_t len = answer_table_answer(t, client, query, out, &miss);
    if (len == 0) answer_table_learn(t, s->engine->world, &miss, query);
    return len;
}

/* Answers datagram `i`; its answers, if any, become messages from `*count` on. */
static void answer(const struct server_socket *socket, size_t i, size_t *count)
{
    struct udp *u = socket->server->udp;
    struct metrics_counts *metrics = server_counts(socket->server);
    struct msghdr *m = &u->in[i].msg_hdr;
    struct responder_note note = {.counted = false};
    metrics_add(&metrics->query_bytes[METRICS_UDP], u->in[i].msg_len);
    if (is_hopeless(metrics, m, &u->from[i])) return;
    struct responder_client client = server_client(socket, &u->from[i]);
    struct responder_query query = {u->query[i], u->in[i].msg_len};
    client.note = &note;
    size_t ready = from_table(socket, &client, query, u->answer[*count]);
    if (ready > 0) {
        metrics_query(metrics, socket->server->engine->world, METRICS_UDP, &note);
        queue(u, m, limited(socket->server, &client, query, u->answer[*count], ready), count);
        return;
    }
    struct path_serve plan = resolve_plan(socket, query);
    for (uint8_t n = 0; n < plan.forged_count; n++) {
        uint8_t *out = u->answer[*count];
        size_t len = forge_answer(&plan.forged[n], query, out, RESPONDER_UDP_MAX);
        metrics_add(&metrics->forged, len > 0);
        queue(u, m, limited(socket->server, &client, query, out, len), count);
    }
    if (!plan.ours) {
        metrics_add(&metrics->drops[METRICS_DROP_SCENARIO], plan.forged_count == 0);
        return;
    }
    struct world *w = socket->server->engine->world;
    uint8_t *out = u->answer[*count];
    struct datagram by_key = {.out = out};
    if (signed_answer(socket, &client, query, keep_datagram, &by_key) != SIGNED_NOT) {
        metrics_query(metrics, w, METRICS_UDP, &note);
        queue(u, m, limited(socket->server, &client, query, out, by_key.len), count);
        return;
    }
    size_t len = resolve_answer(socket, &client, query, out, RESPONDER_UDP_MAX);
    metrics_query(metrics, w, METRICS_UDP, &note);
    queue(u, m, limited(socket->server, &client, query, out, len), count);
}

/* The address that was asked, of a socket that is bound to all. */
static void put_asked_address(struct msghdr *m, uint8_t out[16])
{
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    if (c == NULL) return;
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
        memcpy(out, CMSG_DATA(c) + offsetof(struct in_pktinfo, ipi_spec_dst), 4);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
        memcpy(out, CMSG_DATA(c) + offsetof(struct in6_pktinfo, ipi6_addr), 16);
    }
}

/* Tells dnstap of datagram `i` and of its answers, which are messages `first` to `end`. */
static void tap(const struct server_socket *socket, size_t i, size_t first, size_t end)
{
    struct udp *u = socket->server->udp;
    struct dnstap_ends ends = dnstap_ends_of(socket, &u->from[i]);
    struct dnstap_exchange x = {.ends = &ends,
                                .transport = METRICS_UDP,
                                .resolver = socket->resolver != NULL,
                                .asked = u->asked,
                                .query = {u->query[i], u->in[i].msg_len}};
    if ((u->in[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) return; /* not all of it is here */
    put_asked_address(&u->in[i].msg_hdr, ends.to);
    if (first == end) dnstap_exchange(socket->server->dnstap, 0, &x);
    for (size_t n = first; n < end; n++) {
        x.answer = u->answer[n];
        x.answer_len = u->out_part[n].iov_len;
        dnstap_exchange(socket->server->dnstap, 0, &x);
        x.query.len = 0;
    }
}

/* An answer that the kernel does not take is lost, as datagrams are; the next one may be taken. */
static void send_all(evutil_socket_t fd, struct server *s, size_t count)
{
    struct udp *u = s->udp;
    struct metrics_counts *m = server_counts(s);
    for (size_t sent = 0; sent < count;) {
        int n = sendmmsg(fd, u->out + sent, (unsigned)(count - sent), 0);
        for (int i = 0; i < n; i++) {
            metrics_add(&m->answer_bytes[METRICS_UDP], u->out_part[sent + (size_t)i].iov_len);
        }
        metrics_add(&m->drops[METRICS_DROP_SEND], n <= 0);
        sent += n > 0 ? (size_t)n : 1;
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    const struct server_socket *socket = arg;
    struct udp *u = socket->server->udp;
    for (int batch = 0; batch < UDP_BATCHES_MAX; batch++) {
        prepare(u);
        int n = recvmmsg(fd, u->in, UDP_BATCH, MSG_DONTWAIT, NULL);
        if (n <= 0) return; /* nothing left, or an error that belongs to a lost answer */
        server_catch_up(socket->server);
        int64_t begun_ns = clock_mono_ns();
        if (socket->server->dnstap != NULL) u->asked = clock_wall();
        u->now_ms = (uint64_t)(begun_ns / MILLISECOND_NS);
        size_t count = 0;
        for (size_t i = 0; i < (size_t)n; i++) {
            size_t first = count;
            answer(socket, i, &count);
            if (socket->server->dnstap != NULL) tap(socket, i, first, count);
        }
        send_all(fd, socket->server, count);
        metrics_latency(server_counts(socket->server), clock_mono_ns() - begun_ns, count);
        if (n < UDP_BATCH) return;
    }
}

static bool is_wildcard(const struct listen_at *at)
{
    static const uint8_t zero[16];
    return memcmp(at->address, zero, at->v6 ? 16 : 4) == 0;
}

bool udp_start(struct server_socket *socket)
{
    const int on = 1;
    const int bytes = UDP_SOCKET_BYTES;
    const struct listen_at *at = &socket->listener.at;
    evutil_socket_t fd = socket->udp_fd;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (is_wildcard(at)) {
        int level = at->v6 ? IPPROTO_IPV6 : IPPROTO_IP;
        if (setsockopt(fd, level, at->v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof(on)) != 0) {
            return false;
        }
    }
    socket->udp_event =
        event_new(socket->server->base, fd, EV_READ | EV_PERSIST, on_readable, socket);
    return socket->udp_event != NULL && event_add(socket->udp_event, NULL) == 0;
}

void udp_stop(struct server_socket *socket)
{
    if (socket->udp_event != NULL) event_free(socket->udp_event);
    socket->udp_event = NULL;
    if (socket->udp_fd >= 0) evutil_closesocket(socket->udp_fd);
    socket->udp_fd = -1;
}
