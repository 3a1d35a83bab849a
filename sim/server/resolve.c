/* SPDX-License-Identifier: MIT */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "cnedge/dns/resolver.h"

/* What the resolver's own query brings: the fastest answer, as a resolver takes it. */
static size_t ask(void *of, struct responder_query query, uint8_t *out, size_t cap)
{
    const struct server_socket *socket = of;
    const struct server_listener *l = &socket->listener;
    struct responder_client self = {.v6 = l->at.v6, .tcp = true, .line = l->line};
    memcpy(self.address, l->at.address, sizeof(self.address));
    struct path_serve plan = path_serve_plan(socket, query);
    if (plan.forged_count > 0) return forge_answer(&plan.forged[0], query, out, cap);
    if (!plan.ours) return 0;
    return responder_answer(socket->server->engine->world, &self, query, out, cap);
}

bool resolve_start(struct server_socket *socket)
{
    struct resolver *r = calloc(1, sizeof(*r));
    socket->resolver = r;
    if (r == NULL) return false;
    r->cache.habit = socket->listener.at.habit;
    r->cache.sets = RESOLVER_SETS;
    r->cache.entries = calloc((size_t)RESOLVER_SETS * CACHE_WAYS, sizeof(*r->cache.entries));
    r->upstream = (struct resolver_upstream){ask, socket};
    return r->cache.entries != NULL && identity_draw(r->cache.key);
}

void resolve_stop(struct server_socket *socket)
{
    if (socket->resolver == NULL) return;
    free(socket->resolver->cache.entries);
    free(socket->resolver);
    socket->resolver = NULL;
}

void resolve_forget(struct server_socket *socket)
{
    if (socket->resolver == NULL) return;
    struct cache *c = &socket->resolver->cache;
    memset(c->entries, 0, (size_t)c->sets * CACHE_WAYS * sizeof(*c->entries));
}

struct path_serve resolve_plan(const struct server_socket *socket, struct responder_query query)
{
    if (socket->resolver == NULL) return path_serve_plan(socket, query);
    return (struct path_serve){.ours = !path_serve_resolver_down(socket, query)};
}

size_t resolve_answer(const struct server_socket *socket, const struct responder_client *client,
                      struct responder_query query, uint8_t *out, size_t cap)
{
    struct server *s = socket->server;
    struct world *w = s->engine->world;
    if (socket->resolver == NULL) return responder_answer(w, client, query, out, cap);
    simtime now = clock_at(&s->clock, clock_mono_ns());
    return resolver_answer(socket->resolver, &(struct resolver_query){w, client, query, now}, out,
                           cap);
}
