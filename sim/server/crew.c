/* SPDX-License-Identifier: MIT
 * crew.c: ARCHITECTURE.md, "Threads", says which order of memory makes this right. */
#define _GNU_SOURCE
#include "crew.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lane.h"
#include "thread.h"

struct member;

struct member_socket {
    struct member *member;
    const struct server_socket *of;
    size_t number; /* of the listener */
    evutil_socket_t fd;
    struct event *event;
};

struct member { /* of the crew: a thread */
    struct lane lane;
    struct crew *crew;
    struct event_base *base;
    struct event *on_stop;
    int stop; /* eventfd */
    pthread_t thread;
    bool running;
    const struct table *table; /* for this batch */
    _Atomic uint64_t turns;    /* odd: within a batch */
    struct relay relay;        /* to the thread that has the scenario */
    size_t socket_count;
    struct member_socket sockets[SERVER_LISTENERS_MAX];
};

struct crew {
    struct server *server;
    struct event *on_relay;
    int wake; /* eventfd: something is in a relay */
    size_t count;
    struct member *members;
};

bool crew_serves(const struct listen_at *at)
{
    return !at->tls && !at->path && !at->resolver;
}

/* --- what a thread does ----------------------------------------------------------------------- */

static struct lane_view begin_batch(struct lane *l, const struct server_socket *socket)
{
    struct member *m = (struct member *)l; /* its first member */
    uint64_t turns = atomic_load_explicit(&m->turns, memory_order_relaxed);
    atomic_store_explicit(&m->turns, turns + 1, memory_order_seq_cst);
    m->table = atomic_load_explicit(&l->server->table, memory_order_seq_cst);
    l->identity.now_s = (uint32_t)(clock_wall().ns / SIMDUR_SECOND);
    uint64_t lines = atomic_load_explicit(&l->counts->lines_number, memory_order_relaxed);
    if (lines != m->table->lines_number) metrics_new_lines(l->counts, m->table->lines_number);
    return (struct lane_view){.table = m->table->answers,
                              .line = m->table->lines[socket - l->server->sockets]};
}

static void end_batch(struct lane *l)
{
    struct member *m = (struct member *)l;
    uint64_t turns = atomic_load_explicit(&m->turns, memory_order_relaxed);
    atomic_store_explicit(&m->turns, turns + 1, memory_order_release);
}

/* When the relay is full, the datagram is lost, as datagrams are. */
static void hand_on(struct member *m, size_t number, size_t i)
{
    struct relay_item *place = relay_place(&m->relay);
    if (place == NULL) {
        lane_count(&m->lane, i);
        metrics_add(&m->lane.counts->drops[METRICS_DROP_RELAY], 1);
        return;
    }
    place->socket = number;
    udp_batch_copy(m->lane.batch, i, &place->datagram);
    if (relay_put(&m->relay)) (void)eventfd_write(m->crew->wake, 1);
}

static bool answer(struct lane *l, const struct lane_view *view, const struct lane_work *work,
                   size_t i)
{
    struct member *m = (struct member *)l;
    struct answer_table_miss miss;
    size_t len = lane_from_table(l, view, i, &miss);
    if (len == 0) {
        hand_on(m, (size_t)(work->socket - l->server->sockets), i);
        return false;
    }
    lane_count(l, i);
    bool sent = lane_queue(l, i, len);
    metrics_query(l->counts, m->table->topology, METRICS_UDP, &l->queries[i].note, sent);
    return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct member_socket *s = arg;
    const struct lane_work work = {.socket = s->of,
                                   .fd = fd,
                                   .event = s->event,
                                   .begin = begin_batch,
                                   .end = end_batch,
                                   .answer = answer};
    (void)what;
    lane_run(&s->member->lane, &work);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(arg);
}

static void *run(void *arg)
{
    struct member *m = arg;
    (void)event_base_dispatch(m->base);
    return NULL;
}

/* --- what the thread that has the scenario does for them -------------------------------------- */

static void on_relay(evutil_socket_t fd, short what, void *arg)
{
    struct crew *c = arg;
    eventfd_t count;
    bool more = false;
    (void)what;
    (void)eventfd_read(fd, &count);
    for (size_t i = 0; i < c->count; i++) {
        more = udp_take_over(c->server, &c->members[i].relay) || more;
    }
    if (more) (void)eventfd_write(fd, 1);
}

/* --- opening and closing ---------------------------------------------------------------------- */

static bool open_socket(struct member *m, size_t number)
{
    struct server_socket *of = &m->crew->server->sockets[number];
    struct member_socket *s = &m->sockets[m->socket_count];
    const struct listen_at *at = &of->listener.at;
    *s = (struct member_socket){.member = m, .of = of, .number = number, .fd = -1};
    m->socket_count++;
    s->fd = server_bind_beside(of);
    if (s->fd < 0 || !udp_batch_set_up(s->fd, at->v6, of->wildcard)) return false;
    s->event = event_new(m->base, s->fd, EV_READ | EV_PERSIST, on_readable, s);
    return s->event != NULL && event_add(s->event, NULL) == 0;
}

static bool open_member(struct member *m, const struct server_options *o)
{
    struct server *s = m->crew->server;
    m->lane.server = s;
    m->lane.identity = s->identity;
    m->base = event_base_new();
    m->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->base == NULL || m->stop < 0) return false;
    m->on_stop = event_new(m->base, m->stop, EV_READ | EV_PERSIST, on_stop, m->base);
    if (m->on_stop == NULL || event_add(m->on_stop, NULL) != 0) return false;
    for (size_t i = 0; i < s->socket_count; i++) {
        if (crew_serves(&s->sockets[i].listener.at) && !open_socket(m, i)) return false;
    }
    return lane_open(&m->lane, o);
}

static void close_member(struct member *m)
{
    if (m->running) {
        (void)eventfd_write(m->stop, 1);
        (void)pthread_join(m->thread, NULL);
    }
    for (size_t i = 0; i < m->socket_count; i++) {
        if (m->sockets[i].event != NULL) event_free(m->sockets[i].event);
        if (m->sockets[i].fd >= 0) evutil_closesocket(m->sockets[i].fd);
    }
    if (m->on_stop != NULL) event_free(m->on_stop);
    if (m->base != NULL) event_base_free(m->base);
    if (m->stop >= 0) close(m->stop);
    lane_close(&m->lane);
}

static bool open_crew(struct crew *c, const struct server_options *o)
{
    c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->wake < 0) return false;
    c->on_relay = event_new(c->server->base, c->wake, EV_READ | EV_PERSIST, on_relay, c);
    if (c->on_relay == NULL || event_add(c->on_relay, NULL) != 0) return false;
    for (size_t i = 0; i < o->workers - 1; i++) {
        struct member *m = &c->members[i];
        m->crew = c;
        m->stop = -1;
        m->lane.number = i + 1;
        c->count++;
        if (!open_member(m, o)) return false;
    }
    return true;
}

struct crew *crew_new(struct server *s, const struct server_options *o)
{
    struct crew *c = calloc(1, sizeof(*c));
    if (c != NULL) {
        c->server = s;
        c->wake = -1;
        c->members = calloc(o->workers, sizeof(*c->members));
        if (c->members != NULL && open_crew(c, o)) return c;
    }
    fprintf(stderr, "cnedge serve: cannot start %u workers: %s\n", (unsigned)o->workers,
            strerror(errno));
    crew_free(c);
    return NULL;
}

bool crew_start(struct crew *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct member *m = &c->members[i];
        int error = thread_start(&m->thread, run, m);
        m->running = error == 0;
        if (m->running) continue;
        fprintf(stderr, "cnedge serve: cannot start a worker: %s\n", strerror(error));
        break;
    }
    return c->count == 0 || c->members[c->count - 1].running;
}

void crew_free(struct crew *c)
{
    if (c == NULL) return;
    for (size_t i = 0; i < c->count; i++) {
        close_member(&c->members[i]);
    }
    if (c->on_relay != NULL) event_free(c->on_relay);
    if (c->wake >= 0) close(c->wake);
    free(c->members);
    free(c);
}

/* --- when a table may go ---------------------------------------------------------------------- */

struct crew_mark crew_mark(const struct crew *c)
{
    struct crew_mark m = {{0}};
    for (size_t i = 0; i < c->count; i++) {
        m.at[i] = atomic_load_explicit(&c->members[i].turns, memory_order_seq_cst);
    }
    return m;
}

bool crew_is_past(const struct crew *c, const struct crew_mark *m)
{
    for (size_t i = 0; i < c->count; i++) {
        bool within = m->at[i] % 2 == 1;
        uint64_t now = atomic_load_explicit(&c->members[i].turns, memory_order_acquire);
        if (within && now == m->at[i]) return false;
    }
    return true;
}
