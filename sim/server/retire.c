/* SPDX-License-Identifier: MIT */
#include "retire.h"

#include <stdlib.h>
#include <string.h>

#include "thread.h"

enum { LOOK_AGAIN_US = 10000 };

struct retirement {
    struct retired what;
    struct crew_mark mark;
    struct server *server;
    struct event *timer;
    pthread_t thread; /* that ends it, when `running` */
    bool running;
    atomic_bool ended;
    struct retirement *next;
};

static bool same_lines(const struct topology *a, const struct topology *b)
{
    if (a->line_count != b->line_count) return false;
    for (uint16_t i = 0; i < a->line_count; i++) {
        if (strcmp(a->lines[i].name, b->lines[i].name) != 0) return false;
    }
    return true;
}

/* In one order with what crew.c does at the beginning of a batch: a thread whose batch crew_mark
 * does not see finds this table. */
struct table *retire_publish(struct server *s, struct table *t)
{
    struct table *before = server_table(s);
    for (size_t i = 0; i < s->socket_count; i++) {
        t->lines[i] = s->sockets[i].listener.line;
    }
    if (before != NULL) {
        bool same = same_lines(before->topology, t->topology);
        t->lines_number = before->lines_number + (same ? 0 : 1);
        if (!same) metrics_new_lines(server_counts(s), t->lines_number);
    }
    atomic_store_explicit(&s->table, t, memory_order_seq_cst);
    return before;
}

/* --- the end of a world ----------------------------------------------------------------------- */

/* Giving the memory of a million sites back takes longer than a query should wait. */
static void *end(void *arg)
{
    struct retirement *r = arg;
    table_free(r->what.table);
    r->what.unload(r->what.engine);
    atomic_store_explicit(&r->ended, true, memory_order_release);
    return NULL;
}

/* Where no thread is to be had, it ends here. */
static void start(struct retirement *r)
{
    r->running = thread_start(&r->thread, end, r) == 0;
    if (!r->running) (void)end(r);
}

/* Frees the one that `*at` leads to, when its world has ended or after that. */
static void take_out(struct retirement **at)
{
    struct retirement *r = *at;
    *at = r->next;
    event_free(r->timer);
    if (r->running) (void)pthread_join(r->thread, NULL);
    free(r);
}

static bool has_ended(const struct retirement *r)
{
    return atomic_load_explicit(&r->ended, memory_order_acquire);
}

static bool is_unseen(const struct retirement *r)
{
    return r->server->crew == NULL || crew_is_past(r->server->crew, &r->mark);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct retirement *r = arg;
    (void)fd;
    (void)what;
    if (!r->running && is_unseen(r)) start(r);
    if (!has_ended(r)) return;
    struct retirement **at = &r->server->retirements;
    while (*at != r) {
        at = &(*at)->next;
    }
    take_out(at);
}

/* Without memory to remember it by, it stays: that is no worse than what comes next. */
void retire(struct server *s, const struct retired *what)
{
    const struct timeval again = {.tv_usec = LOOK_AGAIN_US};
    struct retirement *r = calloc(1, sizeof(*r));
    if (r == NULL) return;
    r->what = *what;
    r->server = s;
    if (s->crew != NULL) r->mark = crew_mark(s->crew);
    r->timer = event_new(s->base, -1, EV_PERSIST, on_timer, r);
    if (r->timer == NULL || event_add(r->timer, &again) != 0) {
        if (r->timer != NULL) event_free(r->timer);
        free(r);
        return;
    }
    r->next = s->retirements;
    s->retirements = r;
}

void retire_rest(struct server *s)
{
    while (s->retirements != NULL) {
        if (!s->retirements->running) (void)end(s->retirements);
        take_out(&s->retirements);
    }
}
