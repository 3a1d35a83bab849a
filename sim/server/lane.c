/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* struct in6_pktinfo */
#include "lane.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dnstap_hook.h"

enum { MILLISECOND_NS = 1000000 };

bool lane_open(struct lane *l, const struct server_options *o)
{
    uint32_t share = (uint32_t)((o->rrl + o->workers - 1) / o->workers);
    l->limit = (struct ratelimit){.rate = share, .slip = o->rrl_slip, .sets = LANE_LIMIT_SETS};
    l->batch = udp_batch_new();
    l->counts = &l->server->metrics.workers[l->number];
    l->queries = aligned_alloc(ARENA_LINE_BYTES, UDP_BATCH * sizeof(*l->queries));
    if (l->batch == NULL || l->queries == NULL) return false;
    if (o->rrl == 0) return true;
    l->limit.buckets = calloc((size_t)LANE_LIMIT_SETS * RATELIMIT_WAYS, sizeof(*l->limit.buckets));
    return l->limit.buckets != NULL && identity_draw(l->limit.key);
}

void lane_close(struct lane *l)
{
    udp_batch_free(l->batch);
    free(l->limit.buckets);
    free(l->queries);
    l->batch = NULL;
    l->limit.buckets = NULL;
    l->queries = NULL;
}

static bool from_port_0(const struct sockaddr_storage *from)
{
    in_port_t port = from->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)from)->sin6_port
                                                 : ((const struct sockaddr_in *)from)->sin_port;
    return port == 0;
}

void lane_count(struct lane *l, size_t i)
{
    metrics_add(&l->counts->query_bytes[METRICS_UDP], udp_batch_query(l->batch, i).len);
}

/* Who sent a datagram. False: it cannot be answered, and was counted. */
static bool take(struct lane *l, uint16_t line, size_t i, struct lane_query *q)
{
    bool too_long = udp_batch_too_long(l->batch, i);
    if (too_long || from_port_0(udp_batch_from(l->batch, i))) {
        enum metrics_drop why = too_long ? METRICS_DROP_TOO_LONG : METRICS_DROP_PORT_ZERO;
        lane_count(l, i);
        metrics_add(&l->counts->drops[why], 1);
        return false;
    }
    server_client(udp_batch_from(l->batch, i), &q->client);
    q->client.line = line;
    q->client.server = &l->identity;
    q->client.note = &q->note;
    q->note.counted = false;
    return true;
}

/* Takes them all, and makes the steps that the table has for many. */
static void read_batch(struct lane *l, const struct lane_view *view, size_t n)
{
    const struct answer_table *t = view->table;
    for (size_t i = 0; i < n; i++) {
        struct lane_query *q = &l->queries[i];
        q->taken = take(l, view->line, i, q);
        q->asked.none = true;
        if (!q->taken || t == NULL) continue;
        answer_table_read(t, &q->client, udp_batch_query(l->batch, i), &q->asked);
    }
    for (size_t i = 0; t != NULL && i < n; i++) {
        answer_table_locate(t, &l->queries[i].asked);
    }
    for (size_t i = 0; t != NULL && i < n; i++) {
        answer_table_reach(t, &l->queries[i].asked);
    }
}

size_t lane_from_table(struct lane *l, const struct lane_view *view, size_t i,
                       struct answer_table_miss *miss)
{
    miss->learn = false;
    if (view->table == NULL) return 0;
    return answer_table_finish(view->table, &l->queries[i].asked, udp_batch_next(l->batch), miss);
}

/* What is left of the next answer: an error is short, and TCP would not mend it. 0: nothing. */
static size_t limited(struct lane *l, size_t i, size_t len)
{
    const struct responder_client *c = &l->queries[i].client;
    uint8_t *out = udp_batch_next(l->batch);
    const struct ratelimit_for a = {c->address, c->v6, ratelimit_kind_of(out)};
    struct responder_query q = udp_batch_query(l->batch, i);
    enum ratelimit_verdict v = ratelimit_take(&l->limit, &a, l->now_ms);
    if (v == RATELIMIT_PASS || responder_is_known(c, q)) return len;
    bool slip = v == RATELIMIT_SLIP;
    metrics_add(slip ? &l->counts->slipped : &l->counts->drops[METRICS_DROP_RATE_LIMIT], 1);
    if (!slip) return 0;
    return a.kind == RATELIMIT_ERROR ? len : responder_cut(c, q, out, RESPONDER_UDP_MAX);
}

bool lane_queue(struct lane *l, size_t i, size_t len)
{
    if (len > 0 && l->limit.rate != 0) len = limited(l, i, len);
    udp_batch_queue(l->batch, i, len);
    return len > 0;
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

/* Tells dnstap of datagram `i` and of its answers, those from `first` on. */
static void tap(struct lane *l, const struct server_socket *socket, size_t i, size_t first)
{
    struct dnstap *d = l->server->dnstap;
    struct dnstap_ends ends = dnstap_ends_of(socket, udp_batch_from(l->batch, i));
    struct dnstap_exchange x = {.ends = &ends,
                                .transport = METRICS_UDP,
                                .resolver = socket->resolver != NULL,
                                .asked = l->asked,
                                .query = udp_batch_query(l->batch, i)};
    size_t end = udp_batch_count(l->batch);
    if (udp_batch_too_long(l->batch, i)) return; /* not all of it is here */
    put_asked_address(udp_batch_header(l->batch, i), ends.to);
    if (first == end) dnstap_exchange(d, l->number, &x);
    for (size_t n = first; n < end; n++) {
        struct responder_query answer = udp_batch_answer(l->batch, n);
        x.answer = answer.bytes;
        x.answer_len = answer.len;
        dnstap_exchange(d, l->number, &x);
        x.query.len = 0;
    }
}

void lane_answer(struct lane *l, const struct lane_work *work, size_t n)
{
    const struct lane_view view = work->begin(l, work->socket);
    int64_t begun_ns = clock_mono_ns();
    bool tapped = l->server->dnstap != NULL;
    if (tapped) l->asked = clock_wall();
    l->now_ms = (uint64_t)(begun_ns / MILLISECOND_NS);
    read_batch(l, &view, n);
    for (size_t i = 0; i < n; i++) {
        size_t first = udp_batch_count(l->batch);
        bool ours = !l->queries[i].taken || work->answer(l, &view, work, i);
        if (tapped && ours) tap(l, work->socket, i, first);
    }
    size_t count = udp_batch_count(l->batch);
    struct udp_sent sent = udp_batch_send(l->batch, work->fd, work->socket->bursts);
    metrics_add(&l->counts->answer_bytes[METRICS_UDP], sent.bytes);
    metrics_add(&l->counts->drops[METRICS_DROP_SEND], sent.lost);
    metrics_latency(l->counts, clock_mono_ns() - begun_ns, count);
    work->end(l);
}

/* While datagrams wait, nobody needs to be woken for them: the loop does not watch the socket, so
 * that the kernel need not look for somebody to wake with each answer that leaves by it. */
void lane_run(struct lane *l, const struct lane_work *work)
{
    bool watched = true;
    for (int batch = 0; batch < LANE_BATCHES_MAX; batch++) {
        size_t n = udp_batch_receive(l->batch, work->fd, work->socket->wildcard);
        if (n == 0) break;
        if (n == UDP_BATCH && watched) {
            event_del(work->event);
            watched = false;
        }
        lane_answer(l, work, n);
        if (n < UDP_BATCH) break;
    }
    if (!watched) (void)event_add(work->event, NULL);
}
