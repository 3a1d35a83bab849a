/* SPDX-License-Identifier: MIT
 * udp.c: datagrams, as the thread that runs the scenario answers them. */
#include <stdlib.h>
#include <string.h>

#include "lane.h"
#include "relay.h"
#include "resolve.h"
#include "retire.h"
#include "signed.h"
#include "udp_burst.h"

_Static_assert((int)UDP_BATCH_ANSWERS >= UDP_BATCH * (PATH_INJECTORS + 1),
               "room for all that one batch may bring");

struct udp {
    struct lane lane;
    struct udp_batch *relayed; /* what other threads hand over */
};

struct udp *udp_new(struct server *s, const struct server_options *o)
{
    struct udp *u = calloc(1, sizeof(*u));
    if (u == NULL) return NULL;
    u->lane.server = s;
    u->relayed = udp_batch_new();
    if (lane_open(&u->lane, o) && u->relayed != NULL) return u;
    udp_free(u);
    return NULL;
}

void udp_free(struct udp *u)
{
    if (u == NULL) return;
    lane_close(&u->lane);
    udp_batch_free(u->relayed);
    free(u);
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

/* What the listener has clients meet on the path. False: we are not to answer ourselves. */
static bool forge(struct lane *l, const struct server_socket *socket, size_t i)
{
    struct responder_query query = udp_batch_query(l->batch, i);
    struct path_serve plan = resolve_plan(socket, query);
    for (uint8_t n = 0; n < plan.forged_count; n++) {
        uint8_t *out = udp_batch_next(l->batch);
        size_t len = forge_answer(&plan.forged[n], query, out, RESPONDER_UDP_MAX);
        metrics_add(&l->counts->forged, len > 0);
        (void)lane_queue(l, i, len);
    }
    if (plan.ours) return true;
    metrics_add(&l->counts->drops[METRICS_DROP_SCENARIO], plan.forged_count == 0);
    return false;
}

/* The responder's answer, or what belongs to a signature. Returns its length. */
static size_t from_world(struct lane *l, const struct server_socket *socket, size_t i)
{
    const struct responder_client *client = &l->queries[i].client;
    struct responder_query query = udp_batch_query(l->batch, i);
    struct datagram by_key = {.out = udp_batch_next(l->batch)};
    const struct signed_sink sink = {keep_datagram, &by_key};
    struct signed_transfer *none = NULL; /* over UDP there are no transfers */
    if (signed_answer(socket, client, query, &sink, &none) == SIGNED_NOT) {
        return resolve_answer(socket, client, query, by_key.out, RESPONDER_UDP_MAX);
    }
    CN_ASSERT(none == NULL);
    return by_key.len;
}

static bool answer(struct lane *l, const struct lane_view *view, const struct lane_work *work,
                   size_t i)
{
    struct server *s = l->server;
    struct answer_table_miss miss;
    lane_count(l, i);
    size_t len = lane_from_table(l, view, i, &miss);
    if (len == 0) {
        if (miss.learn) {
            struct answer_table *t = server_table(s)->answers;
            answer_table_learn(t, s->engine->world, &miss, udp_batch_query(l->batch, i));
        }
        if (!forge(l, work->socket, i)) return true;
        len = from_world(l, work->socket, i);
    }
    bool sent = lane_queue(l, i, len);
    metrics_query(l->counts, s->engine->world->topology, METRICS_UDP, &l->queries[i].note, sent);
    return true;
}

static struct lane_view begin_batch(struct lane *l, const struct server_socket *socket)
{
    bool plain = socket->resolver == NULL && !socket->listener.at.path;
    server_catch_up(l->server);
    l->identity = l->server->identity;
    return (struct lane_view){.table = plain ? server_table(l->server)->answers : NULL,
                              .line = socket->listener.line};
}

static void end_batch(struct lane *l)
{
    (void)l;
}

static struct lane_work work_of(const struct server_socket *socket)
{
    return (struct lane_work){.socket = socket,
                              .fd = socket->udp_fd,
                              .event = socket->udp_event,
                              .begin = begin_batch,
                              .end = end_batch,
                              .answer = answer};
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    const struct server_socket *socket = arg;
    const struct lane_work work = work_of(socket);
    (void)fd;
    (void)what;
    lane_run(&socket->server->udp->lane, &work);
}

/* The datagrams from the front of the relay that came to one listener, at most a batch. Returns how
 * many. */
static size_t take_some(struct udp_batch *b, struct relay *r, size_t number)
{
    size_t n = 0;
    const struct relay_item *item = relay_next(r);
    udp_batch_begin(b);
    while (item != NULL && item->socket == number && udp_batch_put(b, &item->datagram)) {
        relay_done(r);
        n++;
        item = relay_next(r);
    }
    return n;
}

bool udp_take_over(struct server *s, struct relay *r)
{
    struct lane *l = &s->udp->lane;
    struct udp_batch *own = l->batch;
    const struct relay_item *item;
    l->batch = s->udp->relayed;
    for (int batch = 0; batch < LANE_BATCHES_MAX && (item = relay_next(r)) != NULL; batch++) {
        const struct lane_work work = work_of(&s->sockets[item->socket]);
        lane_answer(l, &work, take_some(l->batch, r, item->socket));
    }
    l->batch = own;
    return relay_next(r) != NULL;
}

static bool is_wildcard(const struct listen_at *at)
{
    static const uint8_t zero[16];
    return memcmp(at->address, zero, at->v6 ? 16 : 4) == 0;
}

bool udp_start(struct server_socket *socket)
{
    const struct listen_at *at = &socket->listener.at;
    evutil_socket_t fd = socket->udp_fd;
    socket->wildcard = is_wildcard(at);
    if (!udp_batch_set_up(fd, at->v6, socket->wildcard)) return false;
    socket->bursts = udp_burst_known(fd);
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
