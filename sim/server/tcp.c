/* SPDX-License-Identifier: MIT
 * tcp.c: queries over TCP (RFC 7766): each message behind its length, as many per connection as the
 * client likes, answered in order.
 *
 * A connection has `idle_s` for each step: to bring a whole query, or to take what waits for it;
 * and `life_s` in all, near whose end clients that ask are told to close (RFC 7828). While more
 * than TCP_OUTPUT_MAX waits, nothing more of it is read. When all places are taken, a newcomer gets
 * the place of the connection that has been idle the longest (RFC 7766 section 6.2.3): places held
 * by clients that never ask keep nobody out. */
#define _GNU_SOURCE
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "dnstap_hook.h"
#include "resolve.h"
#include "retire.h"
#include "signed.h"
#include "tls.h"

enum {
    TCP_PIPELINE_MAX = 64,       /* queries per wake-up: then others have their turn */
    TCP_OUTPUT_MAX = 128 * 1024, /* bytes that wait for one client */
    TCP_INPUT_MAX = 128 * 1024,  /* bytes read ahead; more than one message of any length */
    TCP_LENGTH_BYTES = 2,
    TCP_BACKLOG = 128,            /* connections that the kernel holds until we take them */
    TCP_QUERY_MIN = 12,           /* a DNS header */
    TCP_PAUSE_US = 100000,        /* without accepting, when descriptors have run out */
    TCP_TRANSFER_MAX = 64 * 1024, /* bytes of a transfer that wait, when the next piece is made */
    TCP_SITE_BYTES = 8,           /* of an IPv6 address: one subscriber has them all, RFC 6177 */
};

struct tcp_client {
    const struct server_socket *socket; /* NULL: free */
    struct bufferevent *bev;
    struct event *patience;
    struct responder_client client;
    struct dnstap_ends ends;
    walltime asked;                   /* when the query came that is answered; for dnstap alone */
    int64_t ends_ns;                  /* when its life is over, monotonic */
    uint64_t turn;                    /* of its last step, counted over all connections */
    struct signed_transfer *transfer; /* under way; NULL: none */
    TAILQ_ENTRY(tcp_client) next;     /* of those who get a piece */
    bool in_line;                     /* is one of them */
    bool half_closed;                 /* will send nothing more */
    bool lives_out;                   /* what ends next is its life, not our patience */
    bool ending;                      /* is asked nothing more, and takes what waits for it */
};

struct tcp {
    struct tcp_client *clients;
    size_t max;
    struct server_tcp_limits limits;
    uint64_t turn;
    TAILQ_HEAD(tcp_line, tcp_client) line; /* whose transfers have room for a piece */
    struct event *piece;                   /* makes the next one; NULL: there was none yet */
    uint8_t answer[TCP_LENGTH_BYTES + RESPONDER_TCP_MAX];
};

struct tcp *tcp_new(const struct server_tcp_limits *limits)
{
    struct rlimit files;
    struct tcp *t = calloc(1, sizeof(*t));
    if (t == NULL) return NULL;
    t->limits = *limits;
    TAILQ_INIT(&t->line);
    t->max = limits->clients;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 2 < t->max) {
        t->max = (size_t)(files.rlim_cur / 2);
    }
    t->clients = calloc(t->max, sizeof(*t->clients));
    if (t->clients != NULL) return t;
    free(t);
    return NULL;
}

static struct tcp *table_of(const struct tcp_client *c)
{
    return c->socket->server->tcp;
}

/* However it ended. */
static void end_transfer(struct tcp_client *c)
{
    if (c->in_line) TAILQ_REMOVE(&table_of(c)->line, c, next);
    c->in_line = false;
    signed_end(c->transfer);
    c->transfer = NULL;
}

static void close_client(struct tcp_client *c)
{
    end_transfer(c);
    if (c->patience != NULL) event_free(c->patience);
    if (c->bev != NULL) {
        if (c->client.tls) tls_say_goodbye(c->bev);
        bufferevent_free(c->bev);
    }
    *c = (struct tcp_client){.socket = NULL};
}

void tcp_free(struct tcp *t)
{
    if (t == NULL) return;
    for (size_t i = 0; i < t->max; i++) {
        if (t->clients[i].socket != NULL) close_client(&t->clients[i]);
    }
    if (t->piece != NULL) event_free(t->piece);
    free(t->clients);
    free(t);
}

/* --- answering -------------------------------------------------------------------------------- */

static struct metrics_counts *counts_of(const struct tcp_client *c)
{
    return server_counts(c->socket->server);
}

/* How long the connection may go on in all; 0 when its time is over. */
static int64_t life_left_ns(const struct tcp_client *c)
{
    int64_t left = c->ends_ns - clock_mono_ns();
    return left > 0 ? left : 0;
}

/* A step was made: the next one has its time, but no longer than the connection lives. */
static void be_patient(struct tcp_client *c)
{
    struct tcp *t = table_of(c);
    int64_t ns = (int64_t)t->limits.idle_s * SIMDUR_SECOND;
    int64_t left = life_left_ns(c);
    c->lives_out = !c->ending && left < ns;
    if (c->lives_out) ns = left;
    const struct timeval wait = {.tv_sec = (time_t)(ns / SIMDUR_SECOND),
                                 .tv_usec = (suseconds_t)(ns % SIMDUR_SECOND / 1000)};
    c->turn = ++t->turn;
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

/* Tells dnstap of a query, or of an answer to the last one. */
static void tap(const struct tcp_client *c, struct responder_query query, const uint8_t *answer,
                size_t len)
{
    const struct dnstap_exchange x = {.ends = &c->ends,
                                      .transport = server_stream(c->socket),
                                      .resolver = c->socket->resolver != NULL,
                                      .asked = c->asked,
                                      .query = query,
                                      .answer = answer,
                                      .answer_len = len};
    if (c->socket->server->dnstap != NULL) dnstap_exchange(c->socket->server->dnstap, 0, &x);
}

/* A message of a signed answer, behind its length. */
static bool send_message(void *to, const uint8_t *message, size_t len)
{
    struct tcp_client *c = to;
    const uint8_t length[TCP_LENGTH_BYTES] = {(uint8_t)(len >> 8), (uint8_t)len};
    metrics_add(&counts_of(c)->answer_bytes[server_stream(c->socket)], len);
    tap(c, (struct responder_query){message, 0}, message, len);
    return bufferevent_write(c->bev, length, sizeof(length)) == 0 &&
           bufferevent_write(c->bev, message, len) == 0;
}

/* What is sent back for a query that is not signed, in the table's buffer: its length, 0: nothing,
 * which the path may want; `*meant` says so. */
static size_t unsigned_answer(const struct tcp_client *c, const struct responder_client *client,
                              struct responder_query query, bool *meant)
{
    struct metrics_counts *counts = counts_of(c);
    uint8_t *out = table_of(c)->answer + TCP_LENGTH_BYTES;
    struct path_serve plan = resolve_plan(c->socket, query);
    *meant = !plan.ours;
    if (plan.forged_count > 0) { /* one answer for one query: the fastest */
        size_t n = forge_answer(&plan.forged[0], query, out, RESPONDER_TCP_MAX);
        metrics_add(&counts->forged, n > 0);
        return n;
    }
    if (!plan.ours) {
        metrics_add(&counts->drops[METRICS_DROP_SCENARIO], 1);
        return 0;
    }
    size_t n = resolve_answer(c->socket, client, query, out, RESPONDER_TCP_MAX);
    metrics_query(counts, c->socket->server->engine->world->topology, server_stream(c->socket),
                  client->note, true);
    return n;
}

/* Whether ours is the only answer that the client is to get. */
static bool is_ours(const struct tcp_client *c, struct responder_query query)
{
    struct path_serve plan = resolve_plan(c->socket, query);
    return plan.ours && plan.forged_count == 0;
}

/* --- transfers ---------------------------------------------------------------------------------
 *
 * They are made piece by piece, each of one message and one in a turn of the loop, whoever's they
 * are: queries over UDP never wait for more than that. A client is in line while what waits for it
 * leaves room; it gets its piece and stands at the end again. */

static void on_piece(evutil_socket_t fd, short what, void *arg);

/* In the next turn of the loop, after it has looked for queries. */
static bool call_next(struct tcp *t, struct event_base *base)
{
    const struct timeval at_once = {.tv_sec = 0};
    if (t->piece == NULL) t->piece = evtimer_new(base, on_piece, t);
    return t->piece != NULL && event_add(t->piece, &at_once) == 0;
}

/* Puts a client in line unless enough waits for it already; when that is so no more is known from
 * on_written. False when memory is out. */
static bool stand_in_line(struct tcp_client *c)
{
    struct tcp *t = table_of(c);
    if (c->in_line || waiting(c) > TCP_TRANSFER_MAX) return true;
    TAILQ_INSERT_TAIL(&t->line, c, next);
    c->in_line = true;
    return call_next(t, c->socket->server->base);
}

/* Makes one message; false: the transfer broke off. Behind the last one other queries follow. */
static bool send_piece(struct tcp_client *c)
{
    const struct signed_sink sink = {send_message, c};
    enum signed_result r = signed_next(c->transfer, &sink);
    if (r == SIGNED_MORE) return stand_in_line(c);
    end_transfer(c);
    if (r != SIGNED_DONE) return false;
    bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
    if (!c->half_closed) bufferevent_enable(c->bev, EV_READ);
    bufferevent_trigger(c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    return true;
}

/* Nothing is read as long as it lasts. The first piece is made at once. */
static bool begin_transfer(struct tcp_client *c)
{
    bufferevent_disable(c->bev, EV_READ);
    bufferevent_setwatermark(c->bev, EV_WRITE, TCP_TRANSFER_MAX, 0);
    return send_piece(c);
}

static void on_piece(evutil_socket_t fd, short what, void *arg)
{
    struct tcp *t = arg;
    struct tcp_client *c = TAILQ_FIRST(&t->line);
    (void)fd;
    (void)what;
    if (c == NULL) return;
    struct server *s = c->socket->server;
    TAILQ_REMOVE(&t->line, c, next);
    c->in_line = false;
    server_catch_up(s);
    if (!send_piece(c)) close_client(c);
    if (!TAILQ_EMPTY(&t->line)) (void)call_next(t, s->base);
}

/* --- answering -------------------------------------------------------------------------------- */

/* Answers from the table, as over UDP, where nobody but us answers. Returns the length; 0: not
 * from there. */
static size_t answer_from_table(const struct tcp_client *c, const struct responder_client *client,
                                struct responder_query query)
{
    const struct server_socket *socket = c->socket;
    if (socket->resolver != NULL || socket->listener.at.path) return 0;
    struct answer_table *t = server_table(socket->server)->answers;
    struct answer_table_miss miss;
    size_t n = answer_table_answer(t, client, query, table_of(c)->answer + TCP_LENGTH_BYTES, &miss);
    struct world *w = socket->server->engine->world;
    if (n == 0) answer_table_learn(t, w, &miss, query);
    if (n > 0) metrics_query(counts_of(c), w->topology, server_stream(socket), client->note, true);
    return n;
}

/* Sends the answer of `n` bytes that stands behind its length. False: the stream is at its end. */
static bool send_answer(struct tcp_client *c, size_t n)
{
    uint8_t *out = table_of(c)->answer;
    metrics_add(&counts_of(c)->answer_bytes[server_stream(c->socket)], n);
    tap(c, (struct responder_query){out, 0}, out + TCP_LENGTH_BYTES, n);
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
    return bufferevent_write(c->bev, out, TCP_LENGTH_BYTES + n) == 0;
}

/* Answers a query. False when it is none, or the stream cannot go on. */
static bool answer_query(struct tcp_client *c, struct responder_query query)
{
    struct server *s = c->socket->server;
    struct responder_note note = {.counted = false};
    struct responder_client client = c->client;
    client.note = &note;
    size_t n = answer_from_table(c, &client, query);
    if (n > 0) return send_answer(c, n);
    enum signed_result by_key = SIGNED_NOT;
    if (s->signer != NULL && is_ours(c, query)) {
        const struct signed_sink sink = {send_message, c};
        by_key = signed_answer(c->socket, &client, query, &sink, &c->transfer);
    }
    if (by_key != SIGNED_NOT) {
        metrics_query(counts_of(c), s->engine->world->topology, server_stream(c->socket), &note,
                      true);
        return by_key == SIGNED_MORE ? begin_transfer(c) : by_key == SIGNED_DONE;
    }
    bool meant = false;
    n = unsigned_answer(c, &client, query, &meant);
    return n > 0 ? send_answer(c, n) : meant; /* silence, or no query */
}

/* Answers the message at the front. False when it is no query: the stream is not DNS. */
static bool answer(struct tcp_client *c, struct evbuffer *in, size_t len)
{
    int64_t begun_ns = clock_mono_ns();
    const uint8_t *message = evbuffer_pullup(in, (ev_ssize_t)(TCP_LENGTH_BYTES + len));
    if (message == NULL) return false;
    struct responder_query query = {message + TCP_LENGTH_BYTES, len};
    size_t before = waiting(c);
    if (c->socket->server->dnstap != NULL) c->asked = clock_wall();
    tap(c, query, message, 0);
    metrics_add(&counts_of(c)->query_bytes[server_stream(c->socket)], len);
    bool good = answer_query(c, query);
    evbuffer_drain(in, TCP_LENGTH_BYTES + len);
    if (waiting(c) > before) metrics_latency(counts_of(c), clock_mono_ns() - begun_ns, 1);
    return good;
}

enum progress { PROGRESS_WAITS, PROGRESS_HAS_MORE, PROGRESS_BROKEN };

/* Answers what has come whole, up to the limits of one wake-up. */
static enum progress answer_some(struct tcp_client *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    for (int i = 0; c->transfer == NULL && i < TCP_PIPELINE_MAX && waiting(c) <= TCP_OUTPUT_MAX;
         i++) {
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

/* Takes nothing more, but lets the client have what waits for it. */
static void end_client(struct tcp_client *c)
{
    end_transfer(c);
    bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
    c->ending = true;
    bufferevent_disable(c->bev, EV_READ);
    be_patient(c);
}

/* Goes on with a connection after anything has changed: more input, less output, or its end. */
static void proceed(struct tcp_client *c)
{
    if (c->ending) {
        if (waiting(c) == 0) close_client(c);
        return;
    }
    if (c->transfer != NULL) {
        if (!stand_in_line(c)) close_client(c);
        return;
    }
    server_catch_up(c->socket->server);
    c->client.closing = life_left_ns(c) <= (int64_t)table_of(c)->limits.idle_s * SIMDUR_SECOND;
    enum progress p = answer_some(c);
    metrics_add(&counts_of(c)->drops[METRICS_DROP_TCP_STREAM], p == PROGRESS_BROKEN);
    if (p == PROGRESS_BROKEN && waiting(c) > 0) { /* what came before is answered */
        end_client(c);
        return;
    }
    if (p == PROGRESS_BROKEN || (p == PROGRESS_WAITS && c->half_closed && waiting(c) == 0)) {
        close_client(c);
        return;
    }
    if (p != PROGRESS_HAS_MORE || c->transfer != NULL) return;
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

/* All that waited has been taken; of a transfer, enough of it. */
static void on_written(struct bufferevent *bev, void *arg)
{
    struct tcp_client *c = arg;
    if (!c->half_closed && !c->ending && c->transfer == NULL) bufferevent_enable(bev, EV_READ);
    be_patient(c);
    proceed(c);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
    struct tcp_client *c = arg;
    (void)bev;
    if ((what & BEV_EVENT_CONNECTED) != 0) return; /* TLS is agreed on */
    if ((what & BEV_EVENT_EOF) == 0) {
        close_client(c);
        return;
    }
    c->half_closed = true;
    proceed(c);
}

/* Who is slow is cut off; who is busy when its life ends may take what waits for it. */
static void on_impatient(evutil_socket_t fd, short what, void *arg)
{
    struct tcp_client *c = arg;
    (void)fd;
    (void)what;
    metrics_add(&counts_of(c)->drops[METRICS_DROP_TCP_PATIENCE], 1);
    if (!c->lives_out || waiting(c) == 0) {
        close_client(c);
        return;
    }
    end_client(c);
}

/* --- accepting -------------------------------------------------------------------------------- */

/* Whether both count as one client: an IPv4 address, or the /64 of an IPv6 one. */
static bool same_client(const struct responder_client *a, const struct responder_client *b)
{
    return a->v6 == b->v6 && memcmp(a->address, b->address, a->v6 ? TCP_SITE_BYTES : 4) == 0;
}

/* A place for one more connection from this address: a free one, else that of the connection whose
 * last step is the longest ago. NULL: this client has as many as it may. */
static struct tcp_client *find_place(struct tcp *t, const struct responder_client *from)
{
    struct tcp_client *place = NULL;
    size_t same = 0;
    for (size_t i = 0; i < t->max; i++) {
        struct tcp_client *c = &t->clients[i];
        if (place == NULL ||
            (place->socket != NULL && (c->socket == NULL || c->turn < place->turn))) {
            place = c;
        }
        same += c->socket != NULL && same_client(&c->client, from);
    }
    return same < t->limits.per_address ? place : NULL;
}

/* Takes the descriptor over. False when memory is out: what was made is still to be closed. */
static bool open_client(struct tcp_client *c, evutil_socket_t fd)
{
    const int on = 1;
    struct event_base *base = c->socket->server->base;
    c->bev = c->client.tls ? tls_wrap(c->socket->server->tls, base, fd)
                           : bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
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

void tcp_adopt(const struct server_socket *socket, evutil_socket_t fd,
               const struct sockaddr_storage *from)
{
    struct tcp *t = socket->server->tcp;
    struct metrics_counts *m = server_counts(socket->server);
    struct responder_client client;
    server_client(from, &client);
    client.line = socket->listener.line;
    client.server = &socket->server->identity;
    client.tcp = true;
    client.tls = socket->listener.at.tls;
    struct tcp_client *c = find_place(t, &client);
    metrics_add(&m->connections[server_stream(socket)], 1);
    if (c == NULL) {
        metrics_add(&m->drops[METRICS_DROP_TCP_PLACES], 1);
        evutil_closesocket(fd);
        return;
    }
    metrics_add(&m->drops[METRICS_DROP_TCP_DISPLACED], c->socket != NULL);
    if (c->socket != NULL) close_client(c);
    *c =
        (struct tcp_client){.socket = socket,
                            .client = client,
                            .ends = dnstap_ends_on(socket, from, fd),
                            .ends_ns = clock_mono_ns() + (int64_t)t->limits.life_s * SIMDUR_SECOND};
    if (!open_client(c, fd)) close_client(c);
}

void tcp_count(const struct tcp *t, size_t out[METRICS_TRANSPORT_COUNT])
{
    for (size_t i = 0; i < t->max; i++) {
        if (t->clients[i].socket != NULL) out[server_stream(t->clients[i].socket)]++;
    }
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_len, void *arg)
{
    (void)listener;
    struct sockaddr_storage address = {0};
    memcpy(&address, from, (size_t)from_len);
    tcp_adopt(arg, fd, &address);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    evconnlistener_enable(arg);
}

/* No descriptor is left, or memory is out. The connection stays with the kernel, which would wake
 * us up for it at once and without end. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    const struct timeval pause = {.tv_usec = TCP_PAUSE_US};
    (void)arg;
    evconnlistener_disable(listener);
    event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, on_rested, listener, &pause);
}

bool tcp_start(struct server_socket *socket)
{
    socket->tcp_listener = evconnlistener_new(socket->server->base, on_accept, socket,
                                              LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                                              TCP_BACKLOG, socket->tcp_fd);
    if (socket->tcp_listener == NULL) return false;
    evconnlistener_set_error_cb(socket->tcp_listener, on_accept_error);
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
