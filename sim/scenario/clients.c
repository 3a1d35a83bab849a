/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "load.h"

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

static void read_client(struct load *l, const struct at *at, const char *name, const char *text,
                        struct scenario_client *out)
{
    unsigned leaf;
    char got[SHOWN_MAX];
    const struct jsondoc *d = l->root.doc;
    if (is_pattern(l->world->topology, name)) {
        jsondoc_key_error(d, at,
                          "expected a name that is neither a line nor a pattern of lines, "
                          "got \"%s\"",
                          name);
    }
    jsondoc_show_text(text, got);
    if (!clients_stand(l->world, text, out, &leaf)) {
        load_dangling(&l->lines, &l->root, at, "a line of the world, an address or a prefix", text);
    } else if (out->address_bits < leaf) {
        jsondoc_error(d, at,
                      "expected a prefix whose clients are all on one line, got %s (its first "
                      "/%u is)",
                      got, leaf);
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
        read_client(l, &at, name, json_string_value(v), &clients[n++]);
    }
    l->s->clients = clients;
    l->s->client_count = n;
}
