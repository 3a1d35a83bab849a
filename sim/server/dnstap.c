/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cnedge/server/dnstap.h"

#include <dnstap.pb-c.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnedge/server/clock.h"
#include "dnstap_hook.h"
#include "dnstap_out.h"
#include "dnstap_ring.h"

#define CONTENT_TYPE "protobuf:dnstap.Dnstap"

enum {
    QUEUE_FRAMES = 16384,          /* of one worker; fstrm's maximum */
    QUEUE_WAKE = QUEUE_FRAMES / 2, /* places left when the writing thread is woken up early */
    BUFFER_BYTES = 65536,          /* that are written at once */
    OUTPUT_FRAMES = 128,           /* that are written at once */
    REOPEN_S = 1,
    TICK_S = 1,
    TELL_TICKS = 10, /* between two lines about dropped frames */
    HOST_MAX = 256,
    VERSION_MAX = 64,
    HEADER_BYTES = 12, /* of DNS */
    QR_AT = 2,
    QR = 0x80,
};

struct worker {
    struct dnstap_ring ring;
    struct fstrm_iothr_queue *queue;
    struct dnstap *of;
    _Atomic uint64_t queue_full, no_reader; /* written by the worker alone */
};

struct dnstap {
    struct dnstap_out out;
    struct fstrm_iothr *thread;
    struct worker *workers;
    size_t worker_count;
    _Atomic uint64_t written, lost; /* by the writing thread */
    char identity[HOST_MAX], version[VERSION_MAX];
    enum log_format log;
    struct event *tick;
    unsigned ticks; /* since the last line about dropped frames */
    bool told_open; /* what has been logged: the state, the cause, how many were dropped */
    int told_error;
    struct dnstap_counts told;
};

bool dnstap_read(const char *text, struct dnstap_at *out)
{
    static const char *const schemes[] = {"unix:", "file:"};
    for (size_t i = 0; i < CN_ARRAY_LEN(schemes); i++) {
        size_t len = strlen(schemes[i]);
        if (strncmp(text, schemes[i], len) != 0 || text[len] != '/') continue;
        if (strlen(text + len) >= sizeof(out->path)) return false;
        *out = (struct dnstap_at){.file = i == 1};
        memcpy(out->path, text + len, strlen(text + len));
        return true;
    }
    return false;
}

union address { /* as the kernel has it */
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage room;
};

static uint16_t put_end(const union address *a, uint8_t out[16])
{
    bool v6 = a->any.sa_family == AF_INET6;
    memcpy(out, v6 ? (const void *)&a->v6.sin6_addr : (const void *)&a->v4.sin_addr, v6 ? 16 : 4);
    return ntohs(v6 ? a->v6.sin6_port : a->v4.sin_port);
}

struct dnstap_ends dnstap_ends_of(const struct server_socket *socket,
                                  const struct sockaddr_storage *from)
{
    const struct listen_at *at = &socket->listener.at;
    struct dnstap_ends e = {.v6 = at->v6, .to_port = at->port};
    memcpy(e.to, at->address, sizeof(e.to));
    e.from_port = put_end((const union address *)from, e.from);
    return e;
}

struct dnstap_ends dnstap_ends_on(const struct server_socket *socket,
                                  const struct sockaddr_storage *from, evutil_socket_t fd)
{
    struct dnstap_ends e = dnstap_ends_of(socket, from);
    union address here = {.room = {0}};
    socklen_t len = sizeof(here);
    if (getsockname(fd, &here.any, &len) == 0) e.to_port = put_end(&here, e.to);
    return e;
}

/* --- frames ----------------------------------------------------------------------------------- */

static void add(_Atomic uint64_t *counter)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, now + 1, memory_order_relaxed);
}

/* The writing thread is through with a frame. */
static void give_back(void *frame, void *of)
{
    struct worker *w = of;
    add(dnstap_out_sent(&w->of->out) ? &w->of->written : &w->of->lost);
    dnstap_ring_free(&w->ring, frame);
}

static ProtobufCBinaryData bytes(const void *data, size_t len)
{
    union {
        const void *in;
        void *out;
    } u = {.in = data}; /* protobuf-c does not write there when it packs */
    return (ProtobufCBinaryData){.len = len, .data = u.out};
}

static void submit(struct dnstap *d, struct worker *w, Dnstap__Message *m)
{
    Dnstap__Dnstap top = DNSTAP__DNSTAP__INIT;
    top.type = DNSTAP__DNSTAP__TYPE__MESSAGE;
    top.has_identity = top.has_version = true;
    top.identity = bytes(d->identity, strlen(d->identity));
    top.version = bytes(d->version, strlen(d->version));
    top.message = m;
    size_t len = dnstap__dnstap__get_packed_size(&top);
    uint8_t *frame = dnstap_ring_find(&w->ring, len);
    if (frame == NULL) {
        add(&w->queue_full);
        return;
    }
    size_t head = w->ring.head;
    (void)dnstap__dnstap__pack(&top, frame);
    dnstap_ring_take(&w->ring, frame, len);
    if (fstrm_iothr_submit(d->thread, w->queue, frame, len, give_back, w) == fstrm_res_success) {
        return;
    }
    w->ring.head = head;
    add(&w->queue_full);
}

static Dnstap__SocketProtocol protocol_of(enum metrics_transport t)
{
    if (t == METRICS_TLS) return DNSTAP__SOCKET_PROTOCOL__DOT;
    return t == METRICS_TCP ? DNSTAP__SOCKET_PROTOCOL__TCP : DNSTAP__SOCKET_PROTOCOL__UDP;
}

static void put_ends(Dnstap__Message *m, const struct dnstap_exchange *x)
{
    const struct dnstap_ends *e = x->ends;
    size_t len = e->v6 ? 16 : 4;
    m->has_socket_family = m->has_socket_protocol = true;
    m->socket_family = e->v6 ? DNSTAP__SOCKET_FAMILY__INET6 : DNSTAP__SOCKET_FAMILY__INET;
    m->socket_protocol = protocol_of(x->transport);
    m->has_query_address = m->has_response_address = true;
    m->query_address = bytes(e->from, len);
    m->response_address = bytes(e->to, len);
    m->has_query_port = m->has_response_port = true;
    m->query_port = e->from_port;
    m->response_port = e->to_port;
    m->has_query_time_sec = m->has_query_time_nsec = true;
    m->query_time_sec = (uint64_t)(x->asked.ns / SIMDUR_SECOND);
    m->query_time_nsec = (uint32_t)(x->asked.ns % SIMDUR_SECOND);
}

static void tell_query(struct dnstap *d, struct worker *w, const struct dnstap_exchange *x)
{
    Dnstap__Message m = DNSTAP__MESSAGE__INIT;
    m.type = x->resolver ? DNSTAP__MESSAGE__TYPE__CLIENT_QUERY : DNSTAP__MESSAGE__TYPE__AUTH_QUERY;
    put_ends(&m, x);
    m.has_query_message = true;
    m.query_message = bytes(x->query.bytes, x->query.len);
    submit(d, w, &m);
}

static void tell_answer(struct dnstap *d, struct worker *w, const struct dnstap_exchange *x)
{
    walltime now = clock_wall();
    Dnstap__Message m = DNSTAP__MESSAGE__INIT;
    m.type =
        x->resolver ? DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE : DNSTAP__MESSAGE__TYPE__AUTH_RESPONSE;
    put_ends(&m, x);
    m.has_response_time_sec = m.has_response_time_nsec = true;
    m.response_time_sec = (uint64_t)(now.ns / SIMDUR_SECOND);
    m.response_time_nsec = (uint32_t)(now.ns % SIMDUR_SECOND);
    m.has_response_message = true;
    m.response_message = bytes(x->answer, x->answer_len);
    submit(d, w, &m);
}

void dnstap_exchange(struct dnstap *d, size_t worker, const struct dnstap_exchange *x)
{
    CN_ASSERT(worker < d->worker_count);
    struct worker *w = &d->workers[worker];
    bool query = x->query.len >= HEADER_BYTES && (x->query.bytes[QR_AT] & QR) == 0;
    bool answer = x->answer_len > 0;
    if (!atomic_load(&d->out.open) && atomic_load(&d->out.error) != 0) {
        for (int i = 0; i < query + answer; i++) {
            add(&w->no_reader);
        }
        return;
    }
    if (query) tell_query(d, w, x);
    if (answer) tell_answer(d, w, x);
}

struct dnstap_counts dnstap_count(const struct dnstap *d)
{
    struct dnstap_counts c = {.asked_for = true,
                              .written = atomic_load(&d->written),
                              .no_reader = atomic_load(&d->lost),
                              .open = atomic_load(&d->out.open)};
    for (size_t i = 0; i < d->worker_count; i++) {
        c.queue_full += atomic_load(&d->workers[i].queue_full);
        c.no_reader += atomic_load(&d->workers[i].no_reader);
    }
    return c;
}

/* --- what is logged --------------------------------------------------------------------------- */

static void tell_state(struct dnstap *d, const struct dnstap_counts *now)
{
    const char *kind = d->out.at.file ? "file" : "unix";
    int error = atomic_load(&d->out.error);
    if (now->open && !d->told_open) {
        log_text(d->log, "dnstap: writing to %s:%s, %llu frames were dropped before", kind,
                 d->out.at.path, (unsigned long long)now->no_reader + now->queue_full);
    } else if (!now->open && (d->told_open || error != d->told_error)) {
        log_text(d->log, "dnstap: cannot write to %s:%s: %s%s", kind, d->out.at.path,
                 strerror(error), d->out.at.file ? "" : "; trying every second");
    }
    d->told_open = now->open;
    d->told_error = error;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct dnstap *d = arg;
    struct dnstap_counts now = dnstap_count(d);
    (void)fd;
    (void)what;
    tell_state(d, &now);
    d->ticks++;
    if (now.queue_full == d->told.queue_full || d->ticks < TELL_TICKS) return;
    log_text(d->log, "dnstap: %llu frames dropped, the reader is slow",
             (unsigned long long)now.queue_full - d->told.queue_full);
    d->told = now;
    d->ticks = 0;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static struct fstrm_writer *make_writer(struct dnstap *d)
{
    struct fstrm_writer *w = NULL;
    struct fstrm_writer_options *o = fstrm_writer_options_init();
    struct fstrm_rdwr *r = dnstap_out_rdwr(&d->out);
    if (o != NULL && r != NULL &&
        fstrm_writer_options_add_content_type(o, CONTENT_TYPE, sizeof(CONTENT_TYPE) - 1) ==
            fstrm_res_success) {
        w = fstrm_writer_init(o, &r);
    }
    fstrm_rdwr_destroy(&r);
    fstrm_writer_options_destroy(&o);
    return w;
}

static struct fstrm_iothr *start(struct fstrm_writer **take_writer, unsigned workers)
{
    struct fstrm_iothr *t = NULL;
    struct fstrm_iothr_options *o = fstrm_iothr_options_init();
    sigset_t all;
    sigset_t before;
    if (o != NULL &&
        fstrm_iothr_options_set_output_queue_size(o, OUTPUT_FRAMES) == fstrm_res_success &&
        fstrm_iothr_options_set_num_input_queues(o, workers) == fstrm_res_success &&
        fstrm_iothr_options_set_input_queue_size(o, QUEUE_FRAMES) == fstrm_res_success &&
        fstrm_iothr_options_set_queue_notify_threshold(o, QUEUE_WAKE) == fstrm_res_success &&
        fstrm_iothr_options_set_buffer_hint(o, BUFFER_BYTES) == fstrm_res_success &&
        fstrm_iothr_options_set_reopen_interval(o, REOPEN_S) == fstrm_res_success) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for who answers */
        t = fstrm_iothr_init(o, take_writer);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    fstrm_iothr_options_destroy(&o);
    return t;
}

static bool set_up(struct dnstap *d, struct event_base *base)
{
    const struct timeval every = {.tv_sec = TICK_S};
    struct fstrm_writer *writer = make_writer(d);
    if (writer != NULL) d->thread = start(&writer, (unsigned)d->worker_count);
    fstrm_writer_destroy(&writer);
    if (d->thread == NULL) return false;
    for (size_t i = 0; i < d->worker_count; i++) {
        d->workers[i].of = d;
        d->workers[i].queue = fstrm_iothr_get_input_queue_idx(d->thread, i);
    }
    d->ticks = TELL_TICKS; /* the first frames that are dropped are told of at once */
    d->tick = event_new(base, -1, EV_PERSIST, on_tick, d);
    return d->tick != NULL && event_add(d->tick, &every) == 0;
}

static void name_us(struct dnstap *d, const struct dnstap_options *o)
{
    if (o->nsid != NULL) {
        snprintf(d->identity, sizeof(d->identity), "%s", o->nsid);
    } else if (gethostname(d->identity, sizeof(d->identity) - 1) != 0) {
        d->identity[0] = '\0';
    }
    snprintf(d->version, sizeof(d->version), "cnedge %s", o->version);
}

struct dnstap *dnstap_new(struct event_base *base, const struct dnstap_options *o)
{
    struct dnstap *d = calloc(1, sizeof(*d));
    bool begun = false;
    if (d != NULL) d->workers = calloc(o->workers, sizeof(*d->workers));
    if (d != NULL && d->workers != NULL) {
        d->worker_count = o->workers;
        d->log = o->log;
        name_us(d, o);
        begun = dnstap_out_begin(&d->out, &o->at);
        if (begun && set_up(d, base)) return d;
    }
    fprintf(stderr, "cnedge serve: cannot write dnstap to %s: %s\n", o->at.path, strerror(errno));
    if (begun) {
        dnstap_free(d);
    } else if (d != NULL) {
        free(d->workers);
        free(d);
    }
    return NULL;
}

void dnstap_free(struct dnstap *d)
{
    if (d == NULL) return;
    if (d->tick != NULL) event_free(d->tick);
    dnstap_out_stop(&d->out);
    fstrm_iothr_destroy(&d->thread);
    dnstap_out_end(&d->out);
    free(d->workers);
    free(d);
}
