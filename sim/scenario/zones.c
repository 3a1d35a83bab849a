/* SPDX-License-Identifier: MIT
 * Zones: what sites hold besides their hosts. */
#include "zones.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/zonefile/zonefile.h"
#include "tables.h"

struct reader {
    struct load *l;
    const struct site_spec *sites;
    const struct host_spec *hosts;
    uint32_t site;
    struct node node; /* of the site */
    const struct zone *zone;
};

static const struct site_spec *site_of(const struct reader *r)
{
    return &r->sites[r->site];
}

/* --- reading ---------------------------------------------------------------------------------- */

static void report_at(const struct reader *r, enum cn_status status, const struct at *at,
                      const char *text)
{
    if (status == CN_E_LIMIT) {
        jsondoc_limit(r->node.doc, at, "%s", text);
    } else {
        jsondoc_error(r->node.doc, at, "%s", text);
    }
}

/* A fault in a file is told with that file's line; in an inline record, at the record. */
static void report(void *owner, enum cn_status status, const char *file, int line, const char *text)
{
    const struct reader *r = owner;
    const struct jsondoc *d = r->node.doc;
    const struct at at = node_at(&r->node, "zone");
    if (file != NULL) {
        (void)diag_add(d->diags, status, (struct diag_at){.file = file, .line = line}, "%s", text);
        if (*d->status == CN_OK) *d->status = status;
    } else if (line > 0) {
        const struct at item = {&at, NULL, (size_t)line - 1};
        report_at(r, status, &item, text);
    } else {
        report_at(r, status, &at, text);
    }
}

static const char *const *inline_lines(struct reader *r, size_t count)
{
    const char **lines = arena_get(r->l->scratch, count, sizeof(*lines));
    for (size_t i = 0; lines != NULL && i < count; i++) {
        struct at list;
        struct at at;
        lines[i] = json_string_value(node_value(&r->node, "zone", i, &list, &at));
    }
    return lines;
}

static const uint8_t *const *host_names(const struct reader *r)
{
    const struct site_spec *s = site_of(r);
    const uint8_t **names = arena_get(r->l->scratch, s->host_count, sizeof(*names));
    for (uint32_t i = 0; names != NULL && i < s->host_count; i++) {
        names[i] = r->hosts[s->host_first + i].name;
    }
    return names;
}

static const struct zone *read_zone(struct reader *r)
{
    struct load *l = r->l;
    const struct site_spec *s = site_of(r);
    const json_t *v = node_get(&r->node, "zone");
    struct zonefile z = {.folder = load_folder(l),
                         .apex = s->apex,
                         .hosts = host_names(r),
                         .host_count = s->host_count,
                         .report = report,
                         .owner = r};
    if (json_is_string(v)) {
        z.file = json_string_value(v);
    } else {
        z.line_count = (uint32_t)node_count(&r->node, "zone");
        z.lines = inline_lines(r, z.line_count);
    }
    if (!load_has_memory(l) || s->apex == NULL) return NULL;
    return zonefile_read(l->a, l->scratch, &z);
}

/* --- hosts and the zone ----------------------------------------------------------------------- */

static uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* Whether a service record has addresses of its own. */
static bool literal_hint(const struct zone_datum *d)
{
    enum { IPV4HINT = 4, IPV6HINT = 6 };
    const uint8_t *end = d->rdata + d->len;
    for (const uint8_t *p = d->rdata + 2 + dname_len(d->rdata + 2); p < end;) {
        uint16_t key = get_u16(p);
        if (key == IPV4HINT || key == IPV6HINT) return true;
        p += 4 + get_u16(p + 2);
    }
    return false;
}

/* Labels of the closest name at or above `name` that a site's hosts make exist. */
static unsigned made_by_hosts(const struct reader *r, const struct site_spec *s,
                              const uint8_t *name)
{
    unsigned labels = dname_labels(name);
    for (; !dname_equal(name, s->apex); name = dname_parent(name), labels--) {
        for (uint32_t i = 0; i < s->host_count; i++) {
            if (dname_within(r->hosts[s->host_first + i].name, name)) return labels;
        }
    }
    return labels;
}

/* The host "*" that stands for a name; CN_NONE32: there is none. */
static uint32_t wildcard_host(const struct reader *r, const uint8_t *name)
{
    char text[DNAME_TEXT_MAX];
    uint32_t site = CN_NONE32;
    for (const uint8_t *up = name; *up != 0 && site == CN_NONE32; up = dname_parent(up)) {
        dname_show(up, text);
        site = names_find(&r->l->sites, text);
    }
    if (site == CN_NONE32) return CN_NONE32;
    const struct site_spec *s = &r->sites[site];
    for (uint32_t i = 0; i < s->host_count; i++) {
        uint32_t host = s->host_first + i;
        const uint8_t *wildcard = r->hosts[host].name;
        if (!dname_is_wildcard(wildcard) || !dname_within(name, dname_parent(wildcard))) continue;
        unsigned labels = dname_labels(wildcard) - 1;
        struct zone_found f = {.encloser = 0};
        if (s->zone != NULL) f = zone_find(s->zone, name, RR_A);
        bool closest = f.encloser <= labels && made_by_hosts(r, s, name) == labels;
        if (closest && (s->zone == NULL || zone_hidden_by(s->zone, name) == NULL)) return host;
    }
    return CN_NONE32;
}

/* The declared host that a service record leads to and whose addresses follow the decision. */
static uint32_t service_host(const struct reader *r, const struct zone_node *n,
                             const struct zone_datum *d)
{
    uint8_t lower[DNAME_MAX];
    char text[DNAME_TEXT_MAX];
    const uint8_t *target = d->rdata + 2;
    dname_lower(*target != 0 ? target : n->name, lower);
    dname_show(lower, text);
    uint32_t host = names_find(&r->l->hosts, text);
    if (host == CN_NONE32) host = wildcard_host(r, lower);
    if (host != CN_NONE32 && r->hosts[host].cname != NULL) return CN_NONE32;
    return host;
}

static bool is_service(uint16_t type)
{
    return type == RR_SVCB || type == RR_HTTPS;
}

/* A hint follows the decision exactly where the addresses do. */
static void check_service(const struct reader *r, const struct zone_node *n,
                          const struct zone_set *s)
{
    char name[DNAME_TEXT_MAX];
    const struct at at = node_at(&r->node, "zone");
    dname_show(n->name, name);
    for (uint16_t i = 0; i < s->count; i++) {
        const struct zone_datum *d = &s->data[i];
        bool routed = service_host(r, n, d) != CN_NONE32;
        if (d->hints != 0 && !routed) {
            jsondoc_error(r->node.doc, &at,
                          "expected hints \"auto\" only for a host of a site that is no alias, got "
                          "them at \"%s\"",
                          name);
        } else if (routed && literal_hint(d)) {
            jsondoc_error(r->node.doc, &at,
                          "expected ipv4hint=auto and ipv6hint=auto for a host whose addresses "
                          "follow the decision, got addresses at \"%s\"",
                          name);
        }
    }
}

static void check_nodes(const struct reader *r)
{
    char name[DNAME_TEXT_MAX];
    static const uint8_t why[] = {4, '_', 'w', 'h', 'y'};
    const struct at at = node_at(&r->node, "zone");
    for (uint32_t i = 0; i < r->zone->node_count; i++) {
        const struct zone_node *n = &r->zone->nodes[i];
        if (n->key_len > sizeof(why) && memcmp(n->name, why, sizeof(why)) == 0) {
            dname_show(n->name, name);
            jsondoc_error(r->node.doc, &at,
                          "expected no label \"_why\", which cnedge answers itself, got \"%s\"",
                          name);
        }
        for (uint16_t k = 0; k < n->set_count; k++) {
            if (is_service(n->sets[k].type)) check_service(r, n, &n->sets[k]);
        }
    }
}

/* The first type of a zone's node that a host there leaves no room for; 0: there is none. */
static uint16_t clash(const struct host_spec *h, bool alias, const struct zone_node *n)
{
    for (uint16_t i = 0; i < n->set_count; i++) {
        uint16_t type = n->sets[i].type;
        bool taken = alias || type == RR_A || type == RR_AAAA || type == RR_CNAME ||
                     (type == RR_TXT && h->txt_count > 0);
        if (taken) return type;
    }
    return 0;
}

static void check_host(const struct reader *r, uint32_t index)
{
    char name[DNAME_TEXT_MAX];
    const struct host_spec *h = &r->hosts[index];
    const struct at list = node_at(&r->node, "hosts");
    const struct at at = {&list, NULL, index - site_of(r)->host_first};
    const struct zone_node *by = zone_hidden_by(r->zone, h->name);
    if (by != NULL) {
        dname_show(by->name, name);
        jsondoc_error(r->node.doc, &at,
                      "expected a host that the zone has for itself, got one at or below the %s "
                      "\"%s\"",
                      by->cut ? "delegation" : "DNAME", name);
        return;
    }
    const struct zone_node *n = zone_node_at(r->zone, h->name);
    bool alias = h->cname != NULL || site_of(r)->setup == SETUP_PARTIAL;
    uint16_t type = n != NULL ? clash(h, alias, n) : 0;
    if (type == 0) return;
    const char *word = rr_type_name(type);
    dname_show(h->name, name);
    const char *got = word != NULL ? word : "another type";
    if (alias) {
        jsondoc_error(r->node.doc, &at,
                      "expected nothing in the zone at a host that is an alias, got %s at \"%s\"",
                      got, name);
    } else {
        jsondoc_error(r->node.doc, &at,
                      "expected no addresses, alias or texts in the zone beside those of the host, "
                      "got %s at \"%s\"",
                      got, name);
    }
}

/* --- sites inside each other ------------------------------------------------------------------ */

/* A zone may delegate what is another site of the scenario, and has nothing else to say of it. */
static void check_inner(const struct reader *r, uint32_t inner)
{
    struct at list;
    struct at at;
    const struct site_spec *s = &r->sites[inner];
    for (const char *up = strchr(s->domain, '.'); up != NULL; up = strchr(up + 1, '.')) {
        uint32_t outer = names_find(&r->l->sites, up + 1);
        if (outer == CN_NONE32 || r->sites[outer].zone == NULL) continue;
        const struct zone *z = r->sites[outer].zone;
        const struct zone_node *n = zone_node_at(z, s->apex);
        const struct zone_node *by = zone_hidden_by(z, s->apex);
        if (by == n && (n == NULL || n->cut)) return;
        json_t *v = node_value(&r->l->root, "sites", inner, &list, &at);
        (void)v;
        jsondoc_error(r->l->root.doc, &at,
                      "expected a site of which the zone of \"%s\" has nothing but a delegation, "
                      "got \"%s\"",
                      r->sites[outer].domain, s->domain);
        return;
    }
}

void zones_read(struct load *l, struct site_spec *sites, uint32_t count,
                const struct host_spec *hosts)
{
    struct reader r = {.l = l, .sites = sites, .hosts = hosts};
    bool any = false;
    for (r.site = 0; r.site < count && load_has_memory(l); r.site++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "sites", r.site, &list, &at);
        r.node = node_item(&l->root, &objects_site, v, at);
        if (node_get(&r.node, "zone") == NULL) continue;
        r.zone = read_zone(&r);
        sites[r.site].zone = r.zone;
        if (r.zone == NULL) continue;
        any = true;
        check_nodes(&r);
        for (uint32_t i = 0; i < sites[r.site].host_count; i++) {
            check_host(&r, sites[r.site].host_first + i);
        }
    }
    for (uint32_t i = 0; any && i < count; i++) {
        check_inner(&r, i);
    }
}
