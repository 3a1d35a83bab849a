/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/judge_path.h"

#include <inttypes.h>
#include <stdio.h>

struct path_question judge_path_ask(const struct world *w, const struct scenario_client *c,
                                    const uint8_t *name, uint16_t type)
{
    struct path_client client = path_client_of_line(w->topology, c->stands, 0);
    client.resolver = c->resolver;
    if (c->address_bits > 0) {
        client.hash = path_client_hash(c->address, c->v6);
        client.asker = scenario_asker(c);
    }
    return (struct path_question){.client = client,
                                  .name = name,
                                  .seen = c->line,
                                  .type = type,
                                  .port = PATH_HTTPS,
                                  .now = w->now,
                                  .first = SIMTIME_NEVER,
                                  .tried = CN_NONE32};
}

/* Client `n` of the item's line, or the named one. */
static struct path_question question(const struct judge *j, const struct expectation *e,
                                     uint64_t item, uint32_t n)
{
    const struct expect_path *p = &e->path;
    uint16_t line = judge_line(e, item);
    struct scenario_client c = {.line = line, .stands = line, .resolver = line};
    if (p->client != CN_NONE32) c = j->scenario->clients[p->client];
    struct path_question q = judge_path_ask(j->world, &c, judge_name(j, e, item), e->type);
    if (p->share) {
        struct path_client one = path_client_of_line(j->world->topology, c.stands, n);
        q.client.hash = one.hash;
        q.client.asker = one.asker;
    }
    q.port = p->port;
    if (p->tries_again) q.first = p->first;
    q.tried = p->tried;
    return q;
}

static void look(const struct judge *j, struct path_question q, struct path_view *v)
{
    struct answer a;
    path_ask(j->world, &q, &a, v);
}

static bool has_rule(const struct path_view *v, uint8_t rule)
{
    for (uint8_t i = 0; i < v->reason_count; i++) {
        if (v->reasons[i].rule == rule) return true;
    }
    return false;
}

static bool matches(const struct expect_path *p, const struct path_view *v)
{
    if (p->dns != 0 && (p->dns & 1U << v->dns) == 0) return false;
    if (p->connect != 0 && (p->connect & 1U << v->connect) == 0) return false;
    for (uint16_t i = 0; i < p->rule_count; i++) {
        if (!has_rule(v, p->rules[i])) return false;
    }
    return true;
}

/* Of PATH_SAMPLES clients of the line. */
static uint32_t count_matches(const struct judge *j, const struct expectation *e, uint64_t item)
{
    uint32_t hits = 0;
    for (uint32_t n = 0; n < PATH_SAMPLES; n++) {
        struct path_view v;
        look(j, question(j, e, item, n), &v);
        hits += matches(&e->path, &v) ? 1 : 0;
    }
    return hits;
}

bool judge_path_holds(const struct judge *j, const struct expectation *e, uint64_t item)
{
    if (!e->path.share) {
        struct path_view v;
        look(j, question(j, e, item, 0), &v);
        return matches(&e->path, &v);
    }
    uint32_t hits = count_matches(j, e, item);
    return hits >= e->path.min && hits <= e->path.max;
}

/* --- words ---------------------------------------------------------------------------------- */

static size_t add(char *out, size_t used, size_t cap, const char *text)
{
    if (used >= cap - 1) return used;
    int n = snprintf(out + used, cap - used, "%s", text);
    return used + (size_t)n;
}

static size_t add_kinds(char *out, size_t used, size_t cap, const struct expect_path *p, bool dns)
{
    uint32_t bits = dns ? p->dns : p->connect;
    const char *before = dns ? " dns " : " connect ";
    for (unsigned i = 0; i < (dns ? (unsigned)PATH_DNS_COUNT : (unsigned)PATH_CONNECT_COUNT); i++) {
        if ((bits & 1U << i) == 0) continue;
        used = add(out, used, cap, before);
        used = add(out, used, cap,
                   dns ? path_dns_name((enum path_dns)i) : path_connect_name((enum path_connect)i));
        before = " or ";
    }
    return used;
}

void judge_path_expected(const struct judge *j, const struct expectation *e, char *out, size_t cap)
{
    (void)j;
    const struct expect_path *p = &e->path;
    char text[64];
    size_t used = add(out, 0, cap, "path");
    used = add_kinds(out, used, cap, p, true);
    used = add_kinds(out, used, cap, p, false);
    if (p->port != PATH_HTTPS) {
        snprintf(text, sizeof(text), " port %u", p->port);
        used = add(out, used, cap, text);
    }
    for (uint16_t i = 0; i < p->rule_count; i++) {
        used = add(out, used, cap, " reason ");
        used = add(out, used, cap, path_rule_id((enum path_rule)p->rules[i]));
    }
    if (!p->share) return;
    snprintf(text, sizeof(text), " for %u..%u of 1,000 clients", p->min, p->max);
    add(out, used, cap, text);
}

void judge_path_got(const struct judge *j, const struct expectation *e, uint64_t item, char *out,
                    size_t cap)
{
    struct path_view v;
    look(j, question(j, e, item, 0), &v);
    size_t used = add(out, 0, cap, "path");
    if (e->path.share) {
        char text[64];
        snprintf(text, sizeof(text),
                 " so for %" PRIu32 " of 1,000 clients; of one:", count_matches(j, e, item));
        used = add(out, used, cap, text);
    }
    used = add(out, used, cap, " dns ");
    used = add(out, used, cap, path_dns_name(v.dns));
    used = add(out, used, cap, " connect ");
    used = add(out, used, cap, path_connect_name(v.connect));
    for (uint8_t i = 0; i < v.reason_count; i++) {
        used = add(out, used, cap, i == 0 ? " (" : ", ");
        used = add(out, used, cap, path_rule_id((enum path_rule)v.reasons[i].rule));
    }
    if (v.reason_count > 0) add(out, used, cap, ")");
}
