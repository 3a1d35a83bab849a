/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cnedge/server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/server/log.h"
#include "dnstap_hook.h"
#include "http.h"
#include "notify.h"
#include "reload.h"
#include "resolve.h"
#include "retire.h"
#include "signed.h"
#include "tls.h"

enum {
    PORT_TRIES = 16,   /* to find one that is free for both transports */
    SHARE_NS = 200000, /* of a turn of the loop, for what is due: queries wait as long */
    PIECE_SITES = 4,   /* of an event, between two looks at the clock */
};

/* --- time ------------------------------------------------------------------------------------- */

static void set_wake(struct server *s)
{
    wake_set(&s->wake, clock_wait_ns(&s->clock, clock_mono_ns(), engine_next_at(s->engine)));
}

/* Makes a piece of what is due happen. False: nothing is. */
static bool do_piece(struct server *s, simtime now)
{
    struct engine *e = s->engine;
    if (simtime_before(now, engine_next_at(e)) || !engine_some(e, PIECE_SITES, &s->step)) {
        return false;
    }
    answer_table_changed(server_table(s)->answers, e->world);
    if (world_is_going(e->world)) return true;
    log_run_event(&s->run, &s->step);
    metrics_event(&s->metrics, &s->step);
    return true;
}

/* Makes happen what is due, for as long as a turn of the loop may take. The rest comes with the
 * next turn: the timer has expired at once, and what came in meanwhile is answered before. */
static void do_share(struct server *s)
{
    int64_t begun = clock_mono_ns();
    simtime now = clock_at(&s->clock, begun);
    bool any = s->behind;
    if (!s->behind) s->run = (struct log_run){.format = s->log, .scenario = s->engine->scenario};
    bool late = false;
    while (!late && do_piece(s, now)) {
        any = true;
        late = clock_mono_ns() - begun > SHARE_NS;
    }
    s->behind = late && !simtime_before(now, engine_next_at(s->engine));
    if (!s->behind) log_run_end(&s->run);
    if (any) set_wake(s);
}

/* Whoever is behind already has had this turn's share, or will have it. */
void server_catch_up(struct server *s)
{
    s->identity.now_s = (uint32_t)(clock_wall().ns / SIMDUR_SECOND);
    if (s->clock.ppm != 0 && !s->behind) do_share(s);
}

void server_new_events(struct server *s)
{
    if (s->clock.ppm != 0) do_share(s);
    set_wake(s);
}

static void on_wake(void *arg)
{
    server_new_events(arg);
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(arg);
}

/* Not later than what has yet to happen: whoever is told the time may ask what holds then. */
static simtime come_to(const struct server *s)
{
    simtime now = clock_at(&s->clock, clock_mono_ns());
    simtime next = engine_next_at(s->engine);
    return s->clock.ppm != 0 && simtime_before(next, now) ? next : now;
}

struct metrics_now server_now(const struct server *s)
{
    struct metrics_now now = {
        .engine = s->engine, .at = come_to(s), .speed_ppm = s->clock.ppm, .version = s->version};
    tcp_count(s->tcp, now.connections);
    if (s->dnstap != NULL) now.dnstap = dnstap_count(s->dnstap);
    return now;
}

enum metrics_transport server_stream(const struct server_socket *socket)
{
    return socket->listener.at.tls ? METRICS_TLS : METRICS_TCP;
}

/* --- addresses -------------------------------------------------------------------------------- */

void server_client(const struct sockaddr_storage *from, struct responder_client *out)
{
    memset(out, 0, sizeof(*out));
    out->line = CN_NONE16;
    out->v6 = from->ss_family == AF_INET6;
    if (out->v6) {
        memcpy(out->address, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
    } else {
        memcpy(out->address, &((const struct sockaddr_in *)from)->sin_addr, 4);
    }
}

socklen_t server_sockaddr(const struct listen_at *at, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof(*out));
    if (at->v6) {
        struct sockaddr_in6 *a = (struct sockaddr_in6 *)out;
        a->sin6_family = AF_INET6;
        a->sin6_port = htons(at->port);
        memcpy(&a->sin6_addr, at->address, 16);
        return sizeof(*a);
    }
    struct sockaddr_in *a = (struct sockaddr_in *)out;
    a->sin_family = AF_INET;
    a->sin_port = htons(at->port);
    memcpy(&a->sin_addr, at->address, 4);
    return sizeof(*a);
}

/* Two servers on one port would share its queries: SO_REUSEADDR is for TCP alone, where it only
 * skips the wait for connections that are long closed. Our own threads may share a UDP port; that
 * another process with our rights does is noticed when it binds to TCP. */
static evutil_socket_t bind_new(const struct listen_at *at, int type, bool shared)
{
    const int on = 1;
    struct sockaddr_storage address;
    socklen_t len = server_sockaddr(at, &address);
    int reuse = type == SOCK_STREAM ? SO_REUSEADDR : SO_REUSEPORT;
    evutil_socket_t fd = socket(address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if ((at->v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
        ((type == SOCK_STREAM || shared) &&
         setsockopt(fd, SOL_SOCKET, reuse, &on, sizeof(on)) != 0) ||
        bind(fd, (const struct sockaddr *)&address, len) != 0) {
        int error = errno;
        evutil_closesocket(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static bool share(evutil_socket_t fd)
{
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0;
}

evutil_socket_t server_bind(struct server *s, const struct listen_at *at, int type)
{
    bool shared = type == SOCK_DGRAM && s->metrics.worker_count > 1 && crew_serves(at);
    evutil_socket_t fd = activation_take(&s->activation, at, type);
    if (fd < 0) return bind_new(at, type, shared);
    return !shared || share(fd) ? fd : -1;
}

evutil_socket_t server_bind_beside(const struct server_socket *k)
{
    evutil_socket_t fd = bind_new(&k->listener.at, SOCK_DGRAM, true);
    return fd >= 0 ? fd : fcntl(k->udp_fd, F_DUPFD_CLOEXEC, 0);
}

uint16_t server_port(evutil_socket_t fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = {.v6 = {0}};
    socklen_t len = sizeof(a);
    if (getsockname(fd, &a.any, &len) != 0) return 0;
    return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

/* --- opening and closing ---------------------------------------------------------------------- */

static bool fail(const struct listen_at *at, const char *transport)
{
    int error = errno;
    char text[LISTEN_TEXT_MAX];
    listen_put(at, text);
    fprintf(stderr, "cnedge serve: cannot listen on %s (%s): %s\n", text, transport,
            strerror(error));
    return false;
}

/* Binds TCP alone for TLS; else UDP, then TCP to the same port. With port 0 the kernel has only
 * looked for one that is free for UDP: when TCP cannot have it, another is tried. */
static bool bind_all(struct server_socket *k)
{
    struct listen_at *at = &k->listener.at;
    bool any = at->port == 0;
    if (at->tls) {
        k->tcp_fd = server_bind(k->server, at, SOCK_STREAM);
        if (k->tcp_fd < 0) return fail(at, "tls");
        at->port = server_port(k->tcp_fd);
        return true;
    }
    for (int tries = 1;; tries++) {
        if (any) at->port = 0;
        k->udp_fd = server_bind(k->server, at, SOCK_DGRAM);
        if (k->udp_fd < 0) return fail(at, "udp");
        at->port = server_port(k->udp_fd);
        k->tcp_fd = server_bind(k->server, at, SOCK_STREAM);
        if (k->tcp_fd >= 0) return true;
        if (!any || errno != EADDRINUSE || tries == PORT_TRIES) return fail(at, "tcp");
        evutil_closesocket(k->udp_fd);
        k->udp_fd = -1;
    }
}

static bool open_sockets(struct server *s, const struct server_options *o)
{
    CN_ASSERT(o->listener_count >= 1 && o->listener_count <= SERVER_LISTENERS_MAX);
    for (size_t i = 0; i < o->listener_count; i++) {
        struct server_socket *k = &s->sockets[i];
        *k = (struct server_socket){
            .server = s, .listener = o->listeners[i], .udp_fd = -1, .tcp_fd = -1};
        s->socket_count++;
        if (k->listener.at.resolver && !resolve_start(k)) return fail(&k->listener.at, "resolver");
        if (!bind_all(k)) return false;
        if (!k->listener.at.tls && !udp_start(k)) return fail(&k->listener.at, "udp");
        if (!tcp_start(k)) return fail(&k->listener.at, "tcp");
    }
    return true;
}

static bool watch_signals(struct server *s)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    s->on_term = evsignal_new(s->base, SIGTERM, on_signal, s->base);
    s->on_int = evsignal_new(s->base, SIGINT, on_signal, s->base);
    if (s->on_term == NULL || s->on_int == NULL) return false;
    if (sigaction(SIGPIPE, &ignore, NULL) != 0) return false; /* a client may go at any time */
    return event_add(s->on_term, NULL) == 0 && event_add(s->on_int, NULL) == 0;
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    notify_send("WATCHDOG=1");
}

/* Twice as often as somebody wants to hear that the loop still turns. */
static bool feed_watchdog(struct server *s)
{
    uint64_t us = notify_watchdog_us() / 2;
    const struct timeval every = {.tv_sec = (time_t)(us / 1000000),
                                  .tv_usec = (suseconds_t)(us % 1000000)};
    if (us == 0) return true;
    s->watchdog = event_new(s->base, -1, EV_PERSIST, on_watchdog, NULL);
    return s->watchdog != NULL && event_add(s->watchdog, &every) == 0;
}

static bool open_metrics(struct server *s, const struct server_options *o)
{
    if (o->metrics == NULL) return true;
    s->metrics_at = *o->metrics;
    s->http = http_new(s, &s->metrics_at);
    return s->http != NULL;
}

static bool open_dnstap(struct server *s, const struct server_options *o)
{
    if (o->dnstap == NULL) return true;
    const struct dnstap_options d = {.at = *o->dnstap,
                                     .workers = o->workers,
                                     .nsid = o->nsid,
                                     .version = o->program_version,
                                     .log = o->log};
    s->dnstap = dnstap_new(s->base, &d);
    return s->dnstap != NULL;
}

static bool open_crew(struct server *s, const struct server_options *o)
{
    if (o->workers == 1) return true;
    s->crew = crew_new(s, o);
    return s->crew != NULL;
}

static bool open_server(struct server *s, const struct server_source *source,
                        const struct server_options *o)
{
    s->base = event_base_new();
    s->wake = (struct wake){.fd = -1, .call = on_wake, .arg = s};
    bool counters = metrics_begin(&s->metrics, o->workers);
    if (counters) s->udp = udp_new(s, o);
    s->tcp = tcp_new(&o->tcp);
    if (s->base != NULL) s->reload = reload_new(s, source);
    if (o->keys.count > 0) s->signer = signed_new(&o->keys);
    bool keys = o->keys.count == 0 || s->signer != NULL;
    if (!counters || !keys || s->base == NULL || s->reload == NULL || s->udp == NULL ||
        s->tcp == NULL || !wake_open(&s->wake, s->base) || !watch_signals(s) || !feed_watchdog(s) ||
        !identity_take(&s->identity, o)) {
        fprintf(stderr, "cnedge serve: cannot start: %s\n", strerror(errno));
        return false;
    }
    for (size_t i = 0; i < o->listener_count && s->tls == NULL; i++) {
        if (!o->listeners[i].at.tls) continue;
        s->tls = tls_new(o);
        if (s->tls == NULL) return false;
    }
    return activation_begin(&s->activation) && open_sockets(s, o) && open_metrics(s, o) &&
           open_dnstap(s, o) && open_crew(s, o) && activation_end(&s->activation);
}

static void free_event(struct event *e)
{
    if (e != NULL) event_free(e);
}

static void close_server(struct server *s)
{
    log_run_end(&s->run);
    crew_free(s->crew);
    s->crew = NULL;
    retire_rest(s);
    for (size_t i = 0; i < s->socket_count; i++) {
        udp_stop(&s->sockets[i]);
        tcp_stop(&s->sockets[i]);
        resolve_stop(&s->sockets[i]);
    }
    http_free(s->http);
    reload_free(s->reload);
    tcp_free(s->tcp);
    tls_free(s->tls);
    udp_free(s->udp);
    signed_free(s->signer);
    metrics_end(&s->metrics);
    dnstap_free(s->dnstap);
    table_free(server_table(s));
    wake_close(&s->wake);
    free_event(s->watchdog);
    free_event(s->on_term);
    free_event(s->on_int);
    if (s->base != NULL) event_base_free(s->base);
    free(s);
}

/* --- running ---------------------------------------------------------------------------------- */

static void announce(const struct server *s)
{
    for (size_t i = 0; i < s->socket_count; i++) {
        const struct server_listener *l = &s->sockets[i].listener;
        char text[LISTEN_TEXT_MAX];
        char mode[LISTEN_MODE_MAX];
        listen_put(&l->at, text);
        listen_put_mode(&l->at, mode);
        printf("listening on %s %s line=%s%s\n", text, l->at.tls ? "tls" : "udp+tcp",
               l->line == CN_NONE16 ? "from-client"
                                    : s->engine->world->topology->lines[l->line].name,
               mode);
    }
    if (s->http != NULL) {
        char text[LISTEN_TEXT_MAX];
        listen_put(&s->metrics_at, text);
        printf("metrics on http://%s/metrics\n", text);
    }
    fflush(stdout);
}

/* What has happened before the beginning is told in a line, not event by event. */
static bool begin(struct server *s, const struct server_options *o)
{
    struct engine_step step;
    unsigned long count = 0;
    while (!simtime_before(o->from, engine_next_at(s->engine)) && engine_step(s->engine, &step)) {
        metrics_event(&s->metrics, &step);
        count++;
    }
    if (count > 0) log_text(s->log, "%lu events before the start", count);
    struct table *t = table_new(s->engine);
    if (t == NULL) {
        fprintf(stderr, "cnedge serve: cannot start: %s\n", strerror(errno));
        return false;
    }
    (void)retire_publish(s, t);
    s->clock = clock_begin(o->from, o->speed_ppm);
    set_wake(s);
    return s->crew == NULL || crew_start(s->crew);
}

void server_tell_ready(const struct server *s)
{
    notify_send("READY=1\nSTATUS=Serving %s", s->engine->scenario->file);
}

enum cn_status server_run(struct engine *take_e, const struct server_source *source,
                          const struct server_options *o)
{
    struct server *s = calloc(1, sizeof(*s));
    if (s == NULL) {
        fprintf(stderr, "cnedge serve: cannot start: out of memory\n");
        source->unload(take_e);
        return CN_E_IO;
    }
    s->engine = take_e;
    s->version = o->program_version;
    s->log = o->log;
    s->metrics.begun_s = clock_wall().ns / SIMDUR_SECOND;
    bool ok =
        open_server(s, source, o) && (o->user == NULL || privileges_drop(o->user)) && begin(s, o);
    if (ok) {
        announce(s);
        server_tell_ready(s);
        ok = event_base_dispatch(s->base) == 0;
        if (!ok) fprintf(stderr, "cnedge serve: the event loop failed\n");
    }
    notify_send("STOPPING=1");
    struct engine *last = s->engine; /* another one than at first, after a reload */
    close_server(s);
    source->unload(last);
    return ok ? CN_OK : CN_E_IO;
}
