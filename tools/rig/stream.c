/* SPDX-License-Identifier: MIT
 * stream.c: queries over TCP and TLS connections that stay open, several on their way at a time. A
 * connection that ends is opened again, and what was on its way is lost. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum {
    OUT_BYTES = 32768,
    IN_BYTES = 131072,
    RING = 8,
    PREFIX = 2, /* bytes of length before each message */
};

#define REAP_NS UINT64_C(5000000)

struct stream {
    int fd;
    SSL *tls;
    struct track track;
    size_t out_len, in_len;
    uint8_t out[OUT_BYTES], in[IN_BYTES];
};

static struct stream streams[LOAD_SOCKETS_MAX];
static SSL_CTX *context;
static int epoll_fd;

static bool fail(const char *what)
{
    fprintf(stderr, "rig_load: %s: %s\n", what, strerror(errno));
    return false;
}

static bool open_stream(const struct load_options *o, unsigned i)
{
    const int on = 1;
    struct stream *s = &streams[i];
    s->out_len = s->in_len = 0;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0) return fail("socket");
    if (connect(s->fd, (const struct sockaddr *)&o->server, sizeof(o->server)) != 0) {
        return fail("connect");
    }
    (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (o->mode == LOAD_TLS) {
        s->tls = SSL_new(context);
        if (s->tls == NULL || SSL_set_fd(s->tls, s->fd) != 1 || SSL_connect(s->tls) != 1) {
            return fail("TLS handshake");
        }
    }
    if (fcntl(s->fd, F_SETFL, O_NONBLOCK) != 0) return fail("fcntl");
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event) == 0 || fail("epoll");
}

static bool open_all(const struct load_options *o)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) return fail("epoll");
    if (o->mode == LOAD_TLS) {
        context = SSL_CTX_new(TLS_client_method());
        if (context == NULL) return fail("TLS");
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL); /* the server has made its own */
        (void)SSL_CTX_set_mode(context,
                               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    for (unsigned i = 0; i < o->sockets; i++) {
        if (!track_init(&streams[i].track, RING * (o->window / o->sockets + 1))) {
            return fail("memory");
        }
        if (!open_stream(o, i)) return false;
    }
    return true;
}

/* Opens a connection anew that has ended. */
static bool open_again(struct load *l, struct stream *s)
{
    (void)load_give_up(l, &s->track, UINT64_MAX);
    SSL_free(s->tls);
    s->tls = NULL;
    (void)close(s->fd);
    l->reconnects++;
    return open_stream(l->options, (unsigned)(s - streams));
}

/* --- bytes -------------------------------------------------------------------------------------
 */

/* How many bytes went, 0: none just now, -1: the connection has ended. */
static long put_bytes(struct stream *s)
{
    if (s->tls != NULL) {
        int n = SSL_write(s->tls, s->out, (int)s->out_len);
        if (n > 0) return n;
        int why = SSL_get_error(s->tls, n);
        return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    ssize_t n = send(s->fd, s->out, s->out_len, MSG_NOSIGNAL);
    return n >= 0 ? n : errno == EAGAIN ? 0 : -1;
}

static long get_bytes(struct stream *s)
{
    uint8_t *to = s->in + s->in_len;
    size_t room = IN_BYTES - s->in_len;
    if (s->tls != NULL) {
        int n = SSL_read(s->tls, to, (int)room);
        if (n > 0) return n;
        int why = SSL_get_error(s->tls, n);
        return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    ssize_t n = recv(s->fd, to, room, 0);
    return n > 0 ? n : n < 0 && errno == EAGAIN ? 0 : -1;
}

static bool flush(struct load *l, struct stream *s)
{
    if (s->out_len == 0) return true;
    long n = put_bytes(s);
    if (n < 0) return open_again(l, s);
    s->out_len -= (size_t)n;
    memmove(s->out, s->out + n, s->out_len);
    return true;
}

/* --- messages ----------------------------------------------------------------------------------
 */

static bool refill(struct load *l, struct stream *s, unsigned window, unsigned batch)
{
    if (s->track.waiting + (batch + 1) / 2 > window) return false;
    uint64_t now = load_now();
    bool busy = false;
    while (s->track.waiting < window && s->out_len + PREFIX + QUERIES_BYTES_MAX <= OUT_BYTES) {
        uint8_t *at = s->out + s->out_len;
        size_t len = load_put_query(l, &s->track, now, at + PREFIX);
        at[0] = (uint8_t)(len >> 8);
        at[1] = (uint8_t)len;
        s->out_len += PREFIX + len;
        busy = true;
    }
    return busy;
}

static unsigned take_messages(struct load *l, struct stream *s)
{
    unsigned total = 0;
    size_t at = 0;
    uint64_t now = load_now();
    while (s->in_len - at >= PREFIX) {
        size_t len = (size_t)s->in[at] << 8 | s->in[at + 1];
        if (s->in_len - at < PREFIX + len) break;
        load_take(l, &s->track, now, s->in + at + PREFIX, len);
        at += PREFIX + len;
        total++;
    }
    s->in_len -= at;
    memmove(s->in, s->in + at, s->in_len);
    return total;
}

static bool receive(struct load *l, int wait_ms, unsigned *total)
{
    struct epoll_event events[LOAD_BATCH_MAX];
    int n = epoll_wait(epoll_fd, events, LOAD_BATCH_MAX, wait_ms);
    *total = 0;
    for (int i = 0; i < n; i++) {
        struct stream *s = &streams[events[i].data.u32];
        long got = get_bytes(s);
        for (; got > 0; got = get_bytes(s)) { /* TLS may hold more than the socket shows */
            s->in_len += (size_t)got;
            *total += take_messages(l, s);
        }
        if (got < 0 && !open_again(l, s)) return false;
    }
    return true;
}

static uint32_t reap(struct load *l, uint64_t now)
{
    uint32_t waiting = 0;
    for (unsigned i = 0; i < l->options->sockets; i++) {
        waiting += load_give_up(l, &streams[i].track, now - l->options->timeout_ns);
    }
    return waiting;
}

bool stream_run(struct load *l)
{
    const struct load_options *o = l->options;
    unsigned window = o->window > o->sockets ? o->window / o->sockets : 1;
    unsigned batch = o->batch < window ? o->batch : window;
    unsigned got;
    uint64_t reap_at = 0;
    if (!open_all(o)) return false;
    for (uint64_t now = load_now(); !load_over(l, now); now = load_now()) {
        bool busy = false;
        if (now >= reap_at) {
            (void)reap(l, now);
            reap_at = now + REAP_NS;
        }
        for (unsigned i = 0; i < o->sockets; i++) {
            busy = refill(l, &streams[i], window, batch) || busy;
            if (!flush(l, &streams[i])) return false;
        }
        if (!receive(l, 0, &got)) return false;
        l->turns++;
        l->idle_turns += got == 0 && !busy;
    }
    while (reap(l, load_now()) > 0) {
        if (!receive(l, LOAD_PATIENCE_MS, &got)) return false;
    }
    return true;
}
