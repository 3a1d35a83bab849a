/* SPDX-License-Identifier: MIT
 * tcp.c: queries over TCP (RFC 7766): each message behind its length, as many per connection as the
 * client likes, answered in order.
 *
 * A connection has TCP_PATIENCE_S for each step: to bring a whole query, or to take what waits for
 * it. While more than TCP_OUTPUT_MAX waits, nothing more of it is read. */
#define _GNU_SOURCE
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "path_serve.h"

enum {
    TCP_CLIENTS_MAX = 512,        /* connections in all, and at most half of our descriptors */
    TCP_CLIENTS_PER_ADDRESS = 64, /* connections from one address */
    TCP_PIPELINE_MAX = 64,        /* queries per wake-up: then others have their turn */
    TCP_OUTPUT_MAX = 128 * 1024,  /* bytes that wait for one client */
    TCP_INPUT_MAX = 128 * 1024,   /* bytes read ahead; more than one message of any length */
    TCP_LENGTH_BYTES = 2,
    TCP_BACKLOG = 128,
    TCP_QUERY_MIN = 12, /* a DNS header */
};

struct tcp_client {
    const struct server_socket *socket; /* NULL: free */
    struct bufferevent *bev;
    struct event *patience;
    struct responder_client client;
    bool half_closed; /* will send nothing more */
};

struct tcp {
    struct tcp_client clients[TCP_CLIENTS_MAX];
    size_t max;
    uint8_t answer[TCP_LENGTH_BYTES + RESPONDER_TCP_MAX];
};

struct tcp *tcp_new(void)
{
    struct rlimit limit;
    struct tcp *t = calloc(1, sizeof(*t));
    if (t == NULL) return NULL;
    t->max = TCP_CLIENTS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < t->max) {
        t->max = (size_t)(limit.rlim_cur / 2);
    }
    return t;
}

static void close_client(struct tcp_client *c)
{
    if (c->patience != NULL) event_free(c->patience);
    if (c->bev != NULL) bufferevent_free(c->bev);
    *c = (struct tcp_client){.socket = NULL};
}

void tcp_free(struct tcp *t)
{
    if (t == NULL) return;
    for (size_t i = 0; i < TCP_CLIENTS_MAX; i++) {
        if (t->clients[i].socket != NULL) close_client(&t->clients[i]);
    }
    free(t);
}

/* --- answering -------------------------------------------------------------------------------- */

static void be_patient(struct tcp_client *c)
{
    const struct timeval wait = {.tv_sec = TCP_PATIENCE_S};
    event_add(c->patience, &wait);
}

static size_t waiting(const struct tcp_client *c)
{
    return evbuffer_get_length(bufferevent_get_output(c->bev));
}

/* The length of the message at the front; 0 when not even that has come. */
static size_t message_length(struct evbuffer *in)
{
    uint8_t bytes[TCP_LENGTH_BYTES];
    if (evbuffer_copyout(in, bytes, sizeof(bytes)) != (ev_ssize_t)sizeof(bytes)) return 0;
    return (size_t)bytes[0] << 8 | bytes[1];
}

/* Answers the message at the front. False when it is no query: the stream is not DNS. */
static bool answer(struct tcp_client *c, struct evbuffer *in, size_t len)
{
    struct tcp *t = c->socket->server->tcp;
    const uint8_t *message = evbuffer_pullup(in, (ev_ssize_t)(TCP_LENGTH_BYTES + len));
    if (message == NULL) return false;
    struct responder_query query = {message + TCP_LENGTH_BYTES, len};
    size_t n = 0;
    uint8_t *out = t->answer + TCP_LENGTH_BYTES;
    struct path_serve plan = path_serve_plan(c->socket, query);
    if (plan.forged_count > 0) { /* one answer for one query: the fastest */
        n = forge_answer(&plan.forged[0], query, out, RESPONDER_TCP_MAX);
    } else if (plan.ours) {
        struct world *w = c->socket->server->engine->world;
        n = responder_answer(w, &c->client, query, out, RESPONDER_TCP_MAX);
    }
    evbuffer_drain(in, TCP_LENGTH_BYTES + len);
    if (n == 0) return !plan.ours; /* silence that is meant, or no query */
    t->answer[0] = (uint8_t)(n >> 8);
    t->answer[1] = (uint8_t)n;
    return bufferevent_write(c->bev, t->answer, TCP_LENGTH_BYTES + n) == 0;
}

enum progress { PROGRESS_WAITS, PROGRESS_HAS_MORE, PROGRESS_BROKEN };

/* Answers what has come whole, up to the limits of one wake-up. */
static enum progress answer_some(struct tcp_client *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    for (int i = 0; i < TCP_PIPELINE_MAX && waiting(c) <= TCP_OUTPUT_MAX; i++) {
        size_t have = evbuffer_get_length(in);
        if (have < TCP_LENGTH_BYTES) return PROGRESS_WAITS;
        size_t len = message_length(in);
        if (len < TCP_QUERY_MIN) return PROGRESS_BROKEN;
        if (have < TCP_LENGTH_BYTES + len) return PROGRESS_WAITS;
        if (!answer(c, in, len)) return PROGRESS_BROKEN;
        be_patient(c);
    }
    return PROGRESS_HAS_MORE;
}

/* Goes on with a connection after anything has changed: more input, less output, or its end. */
static void proceed(struct tcp_client *c)
{
    server_catch_up(c->socket->server);
    enum progress p = answer_some(c);
    if (p == PROGRESS_BROKEN || (p == PROGRESS_WAITS && c->half_closed && waiting(c) == 0)) {
        close_client(c);
        return;
    }
    if (p != PROGRESS_HAS_MORE) return;
    if (waiting(c) > TCP_OUTPUT_MAX) {
        bufferevent_disable(c->bev, EV_READ); /* until on_written */
    } else {
        bufferevent_trigger(c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    }
}

static void on_read(struct bufferevent *bev, void *arg)
{
    (void)bev;
    proceed(arg);
}

/* All that waited has been taken. */
static void on_written(struct bufferevent *bev, void *arg)
{
    struct tcp_client *c = arg;
    if (!c->half_closed) bufferevent_enable(bev, EV_READ);
    be_patient(c);
    proceed(c);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
    struct tcp_client *c = arg;
    (void)bev;
    if ((what & BEV_EVENT_EOF) == 0) {
        close_client(c);
        return;
    }
    c->half_closed = true;
    proceed(c);
}

static void on_impatient(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    close_client(arg);
}

/* --- accepting -------------------------------------------------------------------------------- */

/* A place for one more connection from this address, or NULL: too many are open. */
static struct tcp_client *find_place(struct tcp *t, const struct responder_client *from)
{
    struct tcp_client *place = NULL;
    size_t same = 0;
    for (size_t i = 0; i < t->max; i++) {
        struct tcp_client *c = &t->clients[i];
        if (c->socket == NULL) {
            if (place == NULL) place = c;
        } else if (c->client.v6 == from->v6 && memcmp(c->client.address, from->address, 16) == 0) {
            same++;
        }
    }
    return same < TCP_CLIENTS_PER_ADDRESS ? place : NULL;
}

/* Takes the descriptor over. False when memory is out: what was made is still to be closed. */
static bool open_client(struct tcp_client *c, evutil_socket_t fd)
{
    const int on = 1;
    struct event_base *base = c->socket->server->base;
    c->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (c->bev == NULL) {
        evutil_closesocket(fd);
        return false;
    }
    c->patience = evtimer_new(base, on_impatient, c);
    if (c->patience == NULL) return false;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    bufferevent_setcb(c->bev, on_read, on_written, on_end, c);
    bufferevent_setwatermark(c->bev, EV_READ, 0, TCP_INPUT_MAX);
    be_patient(c);
    return bufferevent_enable(c->bev, EV_READ | EV_WRITE) == 0;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_len, void *arg)
{
    (void)listener;
    const struct server_socket *socket = arg;
    struct sockaddr_storage address = {0};
    memcpy(&address, from, (size_t)from_len);
    struct responder_client client = server_client(socket, &address);
    client.tcp = true;
    struct tcp_client *c = find_place(socket->server->tcp, &client);
    if (c == NULL) {
        evutil_closesocket(fd);
        return;
    }
    *c = (struct tcp_client){.socket = socket, .client = client};
    if (!open_client(c, fd)) close_client(c);
}

bool tcp_start(struct server_socket *socket)
{
    socket->tcp_listener = evconnlistener_new(socket->server->base, on_accept, socket,
                                              LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                                              TCP_BACKLOG, socket->tcp_fd);
    if (socket->tcp_listener == NULL) return false;
    socket->tcp_fd = -1;
    return true;
}

void tcp_stop(struct server_socket *socket)
{
    if (socket->tcp_listener != NULL) evconnlistener_free(socket->tcp_listener);
    if (socket->tcp_fd >= 0) evutil_closesocket(socket->tcp_fd);
    socket->tcp_listener = NULL;
    socket->tcp_fd = -1;
}
