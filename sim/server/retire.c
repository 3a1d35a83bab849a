/* SPDX-License-Identifier: MIT */
#include "retire.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_AGAIN_US = 10000 };

struct retirement {
    struct retired what;
    struct crew_mark mark;
    struct server *server;
    struct event *timer;
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

static void end(const struct retired *r)
{
    table_free(r->table);
    r->unload(r->engine);
}

/* Ends the one that `*at` leads to. */
static void take_out(struct retirement **at)
{
    struct retirement *r = *at;
    *at = r->next;
    event_free(r->timer);
    end(&r->what);
    free(r);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct retirement *r = arg;
    (void)fd;
    (void)what;
    if (!crew_is_past(r->server->crew, &r->mark)) return;
    struct retirement **at = &r->server->retirements;
    while (*at != r) {
        at = &(*at)->next;
    }
    take_out(at);
}

static bool keep(struct server *s, const struct retired *what)
{
    const struct timeval again = {.tv_usec = LOOK_AGAIN_US};
    struct retirement *r = calloc(1, sizeof(*r));
    if (r == NULL) return false;
    *r = (struct retirement){.what = *what, .mark = crew_mark(s->crew), .server = s};
    r->timer = event_new(s->base, -1, EV_PERSIST, on_timer, r);
    if (r->timer == NULL || event_add(r->timer, &again) != 0) {
        if (r->timer != NULL) event_free(r->timer);
        free(r);
        return false;
    }
    r->next = s->retirements;
    s->retirements = r;
    return true;
}

/* Without memory to remember it by, it stays: that is no worse than what comes next. */
void retire(struct server *s, const struct retired *r)
{
    if (s->crew == NULL) {
        end(r);
    } else {
        (void)keep(s, r);
    }
}

void retire_rest(struct server *s)
{
    while (s->retirements != NULL) {
        take_out(&s->retirements);
    }
}
