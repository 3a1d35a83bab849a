/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "load.h"
#include "tables.h"

bool clients_stand(const struct world_spec *w, const char *text, struct scenario_client *out,
                   unsigned *leaf)
{
    struct addr_prefix p;
    struct scenario_client c = {.name = "", .line = topology_find_line(w->topology, text)};
    *leaf = 0;
    if (c.line == CN_NONE16) {
        if (!addrtext_read_prefix(text, &p)) return false;
        struct prefix_match m =
            p.v6 ? prefix_find6(w->prefixes, p.address) : prefix_find4(w->prefixes, p.address);
        c.line = m.line;
        c.v6 = p.v6;
        c.address_bits = p.bits;
        memcpy(c.address, p.address, sizeof(c.address));
        *leaf = m.length;
    }
    c.stands = c.line;
    c.resolver = c.line;
    *out = c;
    return true;
}

/* Whether the word selects lines when it stands where a pattern may. */
static bool is_pattern(const struct topology *t, const char *name)
{
    for (uint16_t i = 0; i < t->line_count; i++) {
        if (line_matches(&t->lines[i], name)) return true;
    }
    return false;
}

/* Reads where a client or its resolver stands. */
static void read_stand(struct load *l, const struct at *at, const char *text,
                       struct scenario_client *out)
{
    unsigned leaf;
    char got[SHOWN_MAX];
    const struct jsondoc *d = l->root.doc;
    jsondoc_show_text(text, got);
    if (!clients_stand(l->world, text, out, &leaf)) {
        load_dangling(&l->lines, &l->root, at, "a line of the world, an address or a prefix", text);
    } else if (out->address_bits < leaf) {
        jsondoc_error(d, at,
                      "expected a prefix whose clients are all on one line, got %s (its first "
                      "/%u is)",
                      got, leaf);
    }
}

/* FACTS D1.30: who is near and taken for somebody in the mainland loses with the filing what he
 * never needed it for. */
static void warn_of_mapping(const struct load *l, const struct at *at,
                            const struct scenario_client *c)
{
    const struct line *lines = l->world->topology->lines;
    if (lines[c->stands].zone != ZONE_NEAR || lines[c->line].zone != ZONE_MAINLAND) return;
    jsondoc_warning(l->root.doc, at,
                    "a client in %s is taken for one in the mainland (%s); near lines should never "
                    "be mapped to the mainland",
                    lines[c->stands].name, lines[c->line].name);
}

/* A client whose resolver stands elsewhere: without Client Subnet the authority sees only that. */
static void read_behind(struct load *l, const struct at *at, json_t *v, struct scenario_client *out)
{
    struct scenario_client resolver = {.line = 0};
    struct node n = node_item(&l->root, &objects_client, v, *at);
    const struct at at_client = node_at(&n, "at");
    const struct at at_resolver = node_at(&n, "resolver");
    read_stand(l, &at_client, node_text(&n, "at"), out);
    read_stand(l, &at_resolver, node_text(&n, "resolver"), &resolver);
    out->resolver = resolver.line;
    if (!node_bool(&n, "ecs")) out->line = resolver.line;
    warn_of_mapping(l, &at_resolver, out);
}

static void read_client(struct load *l, const struct at *at, const char *name, json_t *v,
                        struct scenario_client *out)
{
    const struct jsondoc *d = l->root.doc;
    if (is_pattern(l->world->topology, name)) {
        jsondoc_key_error(d, at,
                          "expected a name that is neither a line nor a pattern of lines, "
                          "got \"%s\"",
                          name);
    }
    if (json_is_object(v)) {
        read_behind(l, at, v, out);
    } else {
        read_stand(l, at, json_string_value(v), out);
    }
    out->name = load_copy(l, name);
}

void clients_read(struct load *l)
{
    const struct at list = node_at(&l->root, "clients");
    json_t *map = node_get(&l->root, "clients");
    size_t count = map == NULL ? 0 : json_object_size(map);
    struct scenario_client *clients = arena_get(l->a, count, sizeof(*clients));
    if (!names_init(&l->clients, l->scratch, count) || clients == NULL || map == NULL) return;
    uint32_t n = 0;
    const char *name;
    json_t *v;
    json_object_foreach(map, name, v)
    {
        const struct at at = {&list, name, 0};
        names_add(&l->clients, name, n);
        read_client(l, &at, name, v, &clients[n++]);
    }
    l->s->clients = clients;
    l->s->client_count = n;
}
