/* SPDX-License-Identifier: MIT */
#include "path_serve.h"

#include <string.h>

static struct path_client client_of(const struct world *w, uint16_t line, const struct message *m)
{
    struct path_client c = path_client_of_line(w->topology, line, 0);
    if (m->ecs.present && m->ecs.source != 0) {
        c.hash = path_client_hash(m->ecs.address, m->ecs.family == 2);
        c.asker = (struct spill_client){.bits = m->ecs.source, .v6 = m->ecs.family == 2};
        memcpy(c.asker.address, m->ecs.address, sizeof(c.asker.address));
    }
    return c;
}

static void add(struct path_serve *s, struct forge f)
{
    s->forged[s->forged_count++] = f;
}

static void add_forged(struct path_serve *s, const struct path_view *v)
{
    for (uint8_t i = 0; i < v->forged_count; i++) {
        struct forge f = {.rcode = ENCODE_NOERROR,
                          .authoritative = v->forged_aa[i],
                          .has_address = true,
                          .ttl_s = v->forged_ttl_s};
        memcpy(f.address, v->forged[i], sizeof(f.address));
        add(s, f);
    }
    if (v->forged_count == 0) add(s, (struct forge){.rcode = ENCODE_NOERROR});
}

/* What reaches a client of the listener's line. False: the query is none that the path knows. */
static bool look(const struct server_socket *socket, struct responder_query query,
                 struct path_view *v)
{
    struct message m;
    struct answer a;
    struct world *w = socket->server->engine->world;
    uint16_t line = socket->listener.line;
    if (!socket->listener.at.path) return false;
    if (message_read(&m, query.bytes, query.len) != MESSAGE_OK) return false;
    struct path_question q = {.client = client_of(w, line, &m),
                              .name = m.name,
                              .seen = line,
                              .type = m.type,
                              .port = PATH_HTTPS,
                              .now = w->now,
                              .first = SIMTIME_NEVER,
                              .tried = CN_NONE32};
    path_ask(w, &q, &a, v);
    return true;
}

struct path_serve path_serve_plan(const struct server_socket *socket, struct responder_query query)
{
    struct path_serve s = {.ours = true};
    struct path_view v;
    if (!look(socket, query, &v)) return s;
    s.ours = v.dns == PATH_DNS_GENUINE || v.dns == PATH_DNS_FORGED_FIRST;
    if (v.dns == PATH_DNS_FORGED_FIRST || v.dns == PATH_DNS_FORGED_ONLY) add_forged(&s, &v);
    if (v.dns == PATH_DNS_SERVFAIL) add(&s, (struct forge){.rcode = ENCODE_SERVFAIL});
    return s;
}

bool path_serve_resolver_down(const struct server_socket *socket, struct responder_query query)
{
    struct path_view v;
    if (!look(socket, query, &v)) return false;
    for (uint8_t i = 0; i < v.reason_count; i++) {
        if (v.reasons[i].rule == PATH_RULE_RESOLVER_DOWN) return true;
    }
    return false;
}
