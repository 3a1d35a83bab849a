/* SPDX-License-Identifier: MIT
 * reload.c: SIGHUP loads the scenario's file again. A thread of its own does that, and brings the
 * new world up to now, while this one goes on answering from the old: loaders have no variables
 * that they could share (tools/check_pure.py). Between two batches of queries the worlds are
 * swapped. Whatever speaks against the new file is logged, and the old one stays. */
#define _GNU_SOURCE
#include "reload.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnedge/server/log.h"
#include "notify.h"
#include "resolve.h"
#include "retire.h"
#include "thread.h"

enum {
    RELOAD_TEXT_MAX = DIAG_FILE_MAX + DIAG_PATH_MAX + DIAG_TEXT_MAX + 64,
    MICROSECOND_NS = 1000,
};

struct reload {
    struct server *server;
    struct server_source source;
    struct event *on_hup, *on_loaded;
    int done[2]; /* a pipe: the thread writes a byte when it is through */
    pthread_t thread;
    bool running;
    bool again; /* asked for once more meanwhile: the file may have changed after it was read */
    bool held;  /* the world that is answering was behind when the new one was there */
    /* The thread's, until it is through. */
    walltime now;           /* simulated, when it began */
    struct engine *engine;  /* what came of it; NULL: nothing */
    struct table *table;    /* of `engine` */
    struct diag_list diags; /* of the load */
};

/* Simulated time of an engine's run at an instant of the calendar. */
static simtime in_run(const struct engine *e, walltime at)
{
    return (simtime){at.ns - e->scenario->start.ns};
}

static walltime simulated_now(const struct server *s)
{
    simtime now = clock_at(&s->clock, clock_mono_ns());
    return (walltime){s->engine->scenario->start.ns + now.ns};
}

/* Loading takes its time: what has happened meanwhile shall not hold up those who ask, and has been
 * logged and counted by the world that is still answering. Nobody writes the clock before the swap.
 */
static void catch_up(struct reload *r)
{
    struct engine_step step;
    simtime until = in_run(r->engine, simulated_now(r->server));
    while (!simtime_before(until, engine_next_at(r->engine)) && engine_step(r->engine, &step)) {
        answer_table_changed(r->table->answers, r->engine->world);
    }
}

static void make(struct reload *r)
{
    r->engine = r->source.load(r->source.file, &r->diags);
    if (r->engine == NULL) return;
    engine_advance(r->engine, in_run(r->engine, r->now));
    r->table = table_new(r->engine);
}

/* Loads what is not loaded yet. */
static void *load(void *arg)
{
    struct reload *r = arg;
    const uint8_t through = 1;
    if (r->engine == NULL) make(r);
    if (r->table != NULL) catch_up(r);
    ssize_t n = write(r->done[1], &through, sizeof(through));
    CN_ASSERT(n == (ssize_t)sizeof(through)); /* the pipe is empty: one thread, one byte */
    return NULL;
}

static void count_refusal(struct metrics *m)
{
    m->reloads_refused++;
    m->reload_refused = true;
}

static void begin(struct reload *r)
{
    r->again = r->running;
    if (r->running) return;
    r->now = simulated_now(r->server);
    r->diags = (struct diag_list){.count = 0};
    r->held = false;
    notify_send("RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ns() / MICROSECOND_NS);
    r->running = thread_start(&r->thread, load, r) == 0;
    if (r->running) return;
    log_text(r->server->log, "cannot reload: no thread");
    count_refusal(&r->server->metrics);
    server_tell_ready(r->server);
}

static void on_hup(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    begin(arg);
}

/* --- what speaks against a new world ---------------------------------------------------------- */

static bool has_lines(const struct server *s, const struct topology *t)
{
    for (size_t i = 0; i < s->socket_count; i++) {
        const struct listen_at *at = &s->sockets[i].listener.at;
        if (at->line[0] == '\0' || topology_find_line(t, at->line) != CN_NONE16) continue;
        log_text(s->log, "cannot reload: a listener needs the line %s, which is gone", at->line);
        return false;
    }
    return true;
}

static bool is_fit(const struct reload *r)
{
    if (r->engine == NULL) return false;
    if (r->table == NULL) {
        log_text(r->server->log, "cannot reload: out of memory");
        return false;
    }
    if (in_run(r->engine, simulated_now(r->server)).ns < 0) {
        log_text(r->server->log,
                 "cannot reload: the scenario begins after the simulated time of now");
        return false;
    }
    return has_lines(r->server, r->engine->world->topology);
}

/* --- the swap --------------------------------------------------------------------------------- */

static void swap(struct reload *r)
{
    struct server *s = r->server;
    struct engine *old = s->engine;
    walltime now = simulated_now(s);
    bool another_start = old->scenario->start.ns != r->engine->scenario->start.ns;
    const struct topology *t = r->engine->world->topology;
    for (size_t i = 0; i < s->socket_count; i++) {
        struct server_listener *l = &s->sockets[i].listener;
        if (another_start) resolve_forget(&s->sockets[i]);
        if (l->line != CN_NONE16) l->line = topology_find_line(t, l->at.line);
    }
    s->engine = r->engine;
    struct retired gone = {retire_publish(s, r->table), old, r->source.unload};
    s->clock = clock_begin(in_run(s->engine, now), s->clock.ppm);
    r->engine = NULL;
    r->table = NULL;
    s->metrics.reloads++;
    s->metrics.reload_refused = false;
    log_reloaded(s->log, s->engine->scenario);
    server_new_events(s);
    retire(s, &gone);
}

static void give_up(struct reload *r)
{
    table_free(r->table);
    if (r->engine != NULL) r->source.unload(r->engine);
    r->table = NULL;
    r->engine = NULL;
}

static void refuse(struct reload *r)
{
    char text[RELOAD_TEXT_MAX];
    for (int i = 0; i < r->diags.count; i++) {
        if (r->diags.item[i].warning) continue;
        diag_format(&r->diags, i, text, sizeof(text));
        log_text(r->server->log, "cannot reload: %s", text);
    }
    give_up(r);
    count_refusal(&r->server->metrics);
}

/* While something happens piece by piece, the old world stays: it has begun to tell of it. The new
 * one, which was not brought up to date meanwhile, is then. False: come back later. */
static bool is_time(struct reload *r, evutil_socket_t fd)
{
    uint8_t through;
    r->held = r->held || r->server->behind;
    if (r->server->behind) return false; /* the byte is still there: called again */
    if (read(fd, &through, sizeof(through)) != (ssize_t)sizeof(through)) return false;
    (void)pthread_join(r->thread, NULL);
    r->running = r->held && r->table != NULL && thread_start(&r->thread, load, r) == 0;
    r->held = false;
    return !r->running;
}

static void on_loaded(evutil_socket_t fd, short what, void *arg)
{
    struct reload *r = arg;
    (void)what;
    if (!is_time(r, fd)) return;
    if (is_fit(r)) {
        swap(r);
    } else {
        refuse(r);
    }
    server_tell_ready(r->server);
    if (r->again) begin(r);
}

/* --- opening and closing ---------------------------------------------------------------------- */

static bool set_up(struct reload *r)
{
    if (pipe2(r->done, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    r->on_hup = evsignal_new(r->server->base, SIGHUP, on_hup, r);
    r->on_loaded = event_new(r->server->base, r->done[0], EV_READ | EV_PERSIST, on_loaded, r);
    return r->on_hup != NULL && r->on_loaded != NULL && event_add(r->on_hup, NULL) == 0 &&
           event_add(r->on_loaded, NULL) == 0;
}

struct reload *reload_new(struct server *s, const struct server_source *source)
{
    struct reload *r = calloc(1, sizeof(*r));
    if (r == NULL) return NULL;
    r->server = s;
    r->source = *source;
    r->done[0] = r->done[1] = -1;
    if (set_up(r)) return r;
    reload_free(r);
    return NULL;
}

void reload_free(struct reload *r)
{
    if (r == NULL) return;
    if (r->running) (void)pthread_join(r->thread, NULL);
    give_up(r);
    if (r->on_hup != NULL) event_free(r->on_hup);
    if (r->on_loaded != NULL) event_free(r->on_loaded);
    for (size_t i = 0; i < CN_ARRAY_LEN(r->done); i++) {
        if (r->done[i] >= 0) close(r->done[i]);
    }
    free(r);
}
