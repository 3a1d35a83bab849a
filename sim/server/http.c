/* SPDX-License-Identifier: MIT
 * http.c: what a monitoring system asks for. Requests are short, and answers are made at once: a
 * scrape costs the thread that answers DNS well under a millisecond. */
#define _GNU_SOURCE
#include "http.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "metrics.h"

enum {
    HTTP_TIMEOUT_S = 5,          /* for each step of a connection */
    HTTP_HEADERS_MAX = 8 * 1024, /* bytes of a request */
    HTTP_BODY_MAX = 0,
    HTTP_BACKLOG = 16,
    HTTP_PAUSE_US = 100000, /* without accepting, when descriptors have run out */
};

struct http {
    struct server *server;
    struct evhttp *evhttp;
    struct evconnlistener *listener; /* of `evhttp` */
};

/* Sends what was made; 503 when there was no memory for it. */
static void reply(struct evhttp_request *request, int code, const char *type, struct evbuffer *body)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    evhttp_add_header(headers, "Content-Type", type);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    evhttp_send_reply(request, code, NULL, body);
}

static void on_metrics(struct evhttp_request *request, void *arg)
{
    struct server *s = ((struct http *)arg)->server;
    struct evbuffer *body = evbuffer_new();
    server_catch_up(s);
    struct metrics_now now = server_now(s);
    if (body != NULL && metrics_put(&s->metrics, &now, body)) {
        reply(request, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", body);
    } else {
        evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
    }
    if (body != NULL) evbuffer_free(body);
}

/* A world that needs more classes than there are places for answers no longer as it should. */
static void on_health(struct evhttp_request *request, void *arg)
{
    struct server *s = ((struct http *)arg)->server;
    struct evbuffer *body = evbuffer_new();
    server_catch_up(s);
    bool good = !s->engine->world->class_limit;
    if (body != NULL && evbuffer_add_printf(body, "%s\n", good ? "ok" : "too many classes") > 0) {
        reply(request, good ? HTTP_OK : HTTP_SERVUNAVAIL, "text/plain; charset=utf-8", body);
    } else {
        evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
    }
    if (body != NULL) evbuffer_free(body);
}

/* Costs nothing, whatever the number of sites: whoever times an event from outside asks often. */
static void on_time(struct evhttp_request *request, void *arg)
{
    struct server *s = ((struct http *)arg)->server;
    struct evbuffer *body = evbuffer_new();
    int64_t ns = s->engine->scenario->start.ns + server_now(s).at.ns;
    if (body != NULL && evbuffer_add_printf(body, "%" PRId64 ".%09" PRId64 "\n", ns / SIMDUR_SECOND,
                                            ns % SIMDUR_SECOND) > 0) {
        reply(request, HTTP_OK, "text/plain; charset=utf-8", body);
    } else {
        evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
    }
    if (body != NULL) evbuffer_free(body);
}

/* Whether three quarters of our descriptors are in use: the kernel gives the lowest free one. */
static bool is_crowded(void)
{
    struct rlimit files;
    int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0) close(fd);
    return fd < 0 ||
           (getrlimit(RLIMIT_NOFILE, &files) == 0 && (rlim_t)fd >= files.rlim_cur / 4 * 3);
}

static void rest(struct evconnlistener *listener);

/* Accepts again when there are descriptors for it; looks again later while there are none. */
static void on_rested(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    if (is_crowded()) {
        rest(arg);
    } else {
        evconnlistener_enable(arg);
    }
}

/* A pause: the kernel would wake us up at once for a connection that stays with it. */
static void rest(struct evconnlistener *listener)
{
    const struct timeval pause = {.tv_usec = HTTP_PAUSE_US};
    evconnlistener_disable(listener);
    event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, on_rested, listener, &pause);
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    rest(listener);
}

/* Clients of HTTP can crowd out each other, but not those of DNS, who have half of all descriptors:
 * evhttp counts no connections, so what is left is counted. */
static struct bufferevent *on_connection(struct event_base *base, void *arg)
{
    if (is_crowded()) rest(((struct http *)arg)->listener);
    return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
}

static bool accept_on(struct http *h, evutil_socket_t fd)
{
    struct evhttp_bound_socket *bound = NULL;
    if (listen(fd, HTTP_BACKLOG) == 0) bound = evhttp_accept_socket_with_handle(h->evhttp, fd);
    if (bound == NULL) {
        evutil_closesocket(fd);
        return false;
    }
    h->listener = evhttp_bound_socket_get_listener(bound);
    evconnlistener_set_error_cb(h->listener, on_accept_error);
    return true;
}

static bool set_up(struct http *h, struct listen_at *at)
{
    h->evhttp = evhttp_new(h->server->base);
    if (h->evhttp == NULL) return false;
    evhttp_set_timeout(h->evhttp, HTTP_TIMEOUT_S);
    evhttp_set_max_headers_size(h->evhttp, HTTP_HEADERS_MAX);
    evhttp_set_max_body_size(h->evhttp, HTTP_BODY_MAX);
    evhttp_set_bevcb(h->evhttp, on_connection, h);
    evhttp_set_allowed_methods(h->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    if (evhttp_set_cb(h->evhttp, "/metrics", on_metrics, h) != 0 ||
        evhttp_set_cb(h->evhttp, "/healthz", on_health, h) != 0 ||
        evhttp_set_cb(h->evhttp, "/time", on_time, h) != 0) {
        return false;
    }
    evutil_socket_t fd = server_bind(h->server, at, SOCK_STREAM);
    if (fd < 0) return false;
    at->port = server_port(fd);
    return accept_on(h, fd);
}

struct http *http_new(struct server *s, struct listen_at *at)
{
    struct http *h = calloc(1, sizeof(*h));
    if (h != NULL) {
        h->server = s;
        if (set_up(h, at)) return h;
    }
    char text[LISTEN_TEXT_MAX];
    listen_put(at, text);
    fprintf(stderr, "cnedge serve: cannot listen on %s (metrics): %s\n", text, strerror(errno));
    http_free(h);
    return NULL;
}

void http_free(struct http *h)
{
    if (h == NULL) return;
    if (h->evhttp != NULL) evhttp_free(h->evhttp);
    free(h);
}
