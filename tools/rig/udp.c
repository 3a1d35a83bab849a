/* SPDX-License-Identifier: MIT
 * udp.c: datagrams over several sockets, in batches. Either as many as may be outstanding, or at
 * random moments of a given mean rate (Poisson). */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum {
    SOCKET_BYTES = 4 << 20, /* of kernel buffer, as far as the kernel allows */
    RING = 8,               /* places for IDs per query that may be outstanding */
    SEND_TRIES = 3,
    QUIET_NS = 20000, /* open loop: shortest sleep at high rates, so that others get their turn */
    FAST = 50000,     /* queries a second, a high rate */
};

#define REAP_NS UINT64_C(5000000) /* how often what took too long is given up */

struct udp {
    int fd;
    struct track track;
};

union control { /* aligned for a control message */
    size_t align;
    uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
};

static struct udp sockets[LOAD_SOCKETS_MAX];
static struct mmsghdr in[LOAD_BATCH_MAX], out[LOAD_BATCH_MAX];
static struct iovec in_part[LOAD_BATCH_MAX], out_part[LOAD_BATCH_MAX];
static union control control[LOAD_BATCH_MAX];
static union {
    size_t align;
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
} cut[LOAD_BATCH_MAX];
static uint8_t answer[LOAD_BATCH_MAX][LOAD_ANSWER_MAX];
static uint8_t query[LOAD_BATCH_MAX][QUERIES_BYTES_MAX];
static int epoll_fd;

static bool fail(const char *what)
{
    fprintf(stderr, "rig_load: %s: %s\n", what, strerror(errno));
    return false;
}

static bool open_socket(const struct load_options *o, unsigned i)
{
    const int bytes = SOCKET_BYTES;
    const int on = 1;
    struct udp *s = &sockets[i];
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) return fail("socket");
    (void)setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    (void)setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (o->source_count > 0) {
        struct sockaddr_in from = {.sin_family = AF_INET,
                                   .sin_addr = o->sources[i % o->source_count]};
        if (bind(s->fd, (struct sockaddr *)&from, sizeof(from)) != 0) return fail("source");
    }
    if (connect(s->fd, (const struct sockaddr *)&o->server, sizeof(o->server)) != 0) {
        return fail("connect");
    }
    if (o->sleep && setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0) {
        return fail("SO_TIMESTAMPNS");
    }
    uint32_t room = o->rate > 0 ? TRACK_SLOTS_MAX : RING * (o->window / o->sockets + 1);
    if (!track_init(&s->track, room)) return fail("memory");
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event) == 0 || fail("epoll");
}

static bool open_all(const struct load_options *o)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) return fail("epoll");
    for (unsigned i = 0; i < o->sockets; i++) {
        if (!open_socket(o, i)) return false;
    }
    for (unsigned i = 0; i < LOAD_BATCH_MAX; i++) {
        in_part[i] = (struct iovec){answer[i], LOAD_ANSWER_MAX};
        in[i].msg_hdr = (struct msghdr){.msg_iov = &in_part[i], .msg_iovlen = 1};
    }
    return true;
}

/* Queries of one length that follow each other are one message, which the kernel cuts
 * (UDP_SEGMENT): that leaves the generator time to be faster than any server. Returns how many
 * messages there are. */
static unsigned put_messages(unsigned n)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; count++) {
        unsigned first = i;
        while (i < n && out_part[i].iov_len == out_part[first].iov_len) {
            i++;
        }
        struct msghdr *m = &out[count].msg_hdr;
        *m = (struct msghdr){.msg_iov = &out_part[first], .msg_iovlen = i - first};
        if (i - first == 1) continue;
        uint16_t len = (uint16_t)out_part[first].iov_len;
        m->msg_control = &cut[count];
        m->msg_controllen = sizeof(cut[count]);
        struct cmsghdr *c = CMSG_FIRSTHDR(m);
        *c = (struct cmsghdr){
            .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(len))};
        memcpy(CMSG_DATA(c), &len, sizeof(len));
    }
    return count;
}

/* Sends `n` queries; those that the kernel does not take are lost when their time is over. */
static void send_queries(struct load *l, struct udp *s, unsigned n)
{
    uint64_t now = load_now();
    unsigned tries = 0;
    for (unsigned i = 0; i < n; i++) {
        out_part[i].iov_base = query[i];
        out_part[i].iov_len = load_put_query(l, &s->track, now, query[i]);
    }
    unsigned count = put_messages(n);
    for (unsigned sent = 0; sent < count && tries < SEND_TRIES;) {
        int done = sendmmsg(s->fd, out + sent, count - sent, 0);
        sent += done > 0 ? (unsigned)done : 0;
        tries += done <= 0; /* ECONNREFUSED and the like */
        for (unsigned i = sent; tries == SEND_TRIES && i < count; i++) {
            l->send_failed += out[i].msg_hdr.msg_iovlen;
        }
    }
}

/* --- receiving ---------------------------------------------------------------------------------
 */

/* When the kernel took in message `i`; `now`, when it does not say. */
static uint64_t received_at(unsigned i, uint64_t now)
{
    struct msghdr *m = &in[i].msg_hdr;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec t;
        memcpy(&t, CMSG_DATA(c), sizeof(t));
        return (uint64_t)t.tv_sec * LOAD_SECOND + (uint64_t)t.tv_nsec;
    }
    return now;
}

static unsigned drain(struct load *l, struct udp *s)
{
    unsigned total = 0;
    for (int n = LOAD_BATCH_MAX; n == LOAD_BATCH_MAX;) {
        for (unsigned i = 0; l->options->sleep && i < LOAD_BATCH_MAX; i++) {
            in[i].msg_hdr.msg_control = &control[i];
            in[i].msg_hdr.msg_controllen = sizeof(control[i]);
        }
        n = recvmmsg(s->fd, in, LOAD_BATCH_MAX, MSG_DONTWAIT, NULL);
        uint64_t now = load_now();
        for (unsigned i = 0; n > 0 && i < (unsigned)n; i++) {
            uint64_t at = l->options->sleep ? received_at(i, now) : now;
            load_take(l, &s->track, at, answer[i], in[i].msg_len);
        }
        total += n > 0 ? (unsigned)n : 0;
    }
    return total;
}

static unsigned receive(struct load *l, int wait_ms)
{
    struct epoll_event events[LOAD_BATCH_MAX];
    unsigned total = 0;
    int n = epoll_wait(epoll_fd, events, LOAD_BATCH_MAX, wait_ms);
    for (int i = 0; i < n; i++) {
        total += drain(l, &sockets[events[i].data.u32]);
    }
    return total;
}

/* Returns how many queries still wait. */
static uint32_t reap(struct load *l, uint64_t now)
{
    uint32_t waiting = 0;
    for (unsigned i = 0; i < l->options->sockets; i++) {
        waiting += load_give_up(l, &sockets[i].track, now - l->options->timeout_ns);
    }
    return waiting;
}

static void turn(struct load *l, bool busy, int wait_ms)
{
    unsigned got = receive(l, wait_ms);
    l->turns++;
    l->idle_turns += got == 0 && !busy;
}

/* --- the two loops -----------------------------------------------------------------------------
 */

/* Refills a socket when half a batch has room, so that batches form. */
static bool refill(struct load *l, struct udp *s, unsigned window, unsigned batch)
{
    bool busy = false;
    while (s->track.waiting + (batch + 1) / 2 <= window) {
        unsigned n = window - s->track.waiting;
        send_queries(l, s, n < batch ? n : batch);
        busy = true;
    }
    return busy;
}

static void run_closed(struct load *l)
{
    const struct load_options *o = l->options;
    unsigned window = o->window > o->sockets ? o->window / o->sockets : 1;
    unsigned batch = o->batch < window ? o->batch : window;
    uint64_t reap_at = 0;
    for (uint64_t now = load_now(); !load_over(l, now); now = load_now()) {
        bool busy = false;
        if (now >= reap_at) {
            (void)reap(l, now);
            reap_at = now + REAP_NS;
        }
        for (unsigned i = 0; i < o->sockets; i++) {
            busy = refill(l, &sockets[i], window, batch) || busy;
        }
        turn(l, busy, o->sleep && !busy ? LOAD_PATIENCE_MS : 0);
    }
}

/* Sends all that is due; returns when the next query is. Both count from the beginning: as a number
 * of floating point, an instant of today has not the precision. */
static double send_due(struct load *l, double due, bool *busy)
{
    static unsigned which;
    const struct load_options *o = l->options;
    for (double now = (double)(load_now() - l->begin); due <= now;
         now = (double)(load_now() - l->begin)) {
        unsigned n = 0;
        if (now - due > l->lag_max) l->lag_max = now - due;
        for (; n < o->batch && due <= now; n++) {
            due += queries_gap(&l->queries) * (double)LOAD_SECOND / o->rate;
        }
        send_queries(l, &sockets[which++ % o->sockets], n);
        *busy = true;
    }
    return due;
}

static void sleep_until(uint64_t until, double rate)
{
    uint64_t now = load_now();
    if (rate > FAST && until < now + QUIET_NS) until = now + QUIET_NS;
    if (until <= now) return;
    const struct timespec t = {(time_t)(until / LOAD_SECOND), (long)(until % LOAD_SECOND)};
    (void)clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
}

static void run_open(struct load *l)
{
    double due = 0;
    uint64_t reap_at = 0;
    for (uint64_t now = load_now(); !load_over(l, now); now = load_now()) {
        bool busy = false;
        due = send_due(l, due, &busy);
        if (now >= reap_at) {
            (void)reap(l, now);
            reap_at = now + REAP_NS;
        }
        turn(l, busy, 0);
        if (l->options->sleep) sleep_until(l->begin + (uint64_t)due, l->options->rate);
    }
}

bool udp_run(struct load *l)
{
    if (!open_all(l->options)) return false;
    if (l->options->rate > 0) {
        run_open(l);
    } else {
        run_closed(l);
    }
    while (reap(l, load_now()) > 0) {
        (void)receive(l, LOAD_PATIENCE_MS);
    }
    return true;
}
