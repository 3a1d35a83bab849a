/* SPDX-License-Identifier: MIT
 * The world: the built-in one, or the scenario's own. */
#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/model/builtin.h"
#include "cnedge/model/users.h"
#include "load.h"
#include "mmdb.h"
#include "shape.h"
#include "tables.h"
#include "words.h"

struct slots { /* where PoPs or lines go */
    const char *what;
    struct names base; /* those of the built-in world, when it is extended */
    struct names own;  /* those that the file has named so far */
    uint16_t count;
    uint16_t max;
};

struct maker { /* a world in the making; all in scratch memory */
    struct load *l;
    struct topology_spec base; /* the built-in world */
    bool extends;
    struct region regions[TOPOLOGY_REGIONS_MAX];
    struct pop pops[TOPOLOGY_POPS_MAX];
    struct line lines[TOPOLOGY_LINES_MAX];
    uint16_t region_count;
    struct names region_names;
    struct slots pop_slots, line_slots;
};

/* --- what follows from a country -------------------------------------------------------------- */

static bool is_mainland(const char *country)
{
    return strcmp(country, "cn") == 0;
}

static bool is_near(const char *country)
{
    static const char *const near[] = {"hk", "mo", "tw", "jp", "kr", "sg"};
    for (size_t i = 0; i < CN_ARRAY_LEN(near); i++) {
        if (strcmp(near[i], country) == 0) return true;
    }
    return false;
}

/* --- regions ---------------------------------------------------------------------------------- */

static bool is_east_china(const struct maker *m, const char *name)
{
    for (uint16_t i = 0; i < m->base.region_count; i++) {
        if (strcmp(m->base.regions[i].name, name) == 0) return m->base.regions[i].east_china;
    }
    return false;
}

/* The region of this name. A world of its own has the regions that it names; one that extends the
 * built-in world has that one's, and any other is reported at `at`. */
static uint16_t take_region(struct maker *m, const struct node *n, const struct at *at,
                            const char *name)
{
    uint32_t found = names_find(&m->region_names, name);
    if (found != CN_NONE32) return (uint16_t)found;
    if (m->extends) {
        load_dangling(&m->region_names, n, at, "a province of the built-in world", name);
        return CN_NONE16;
    }
    if (m->region_count == TOPOLOGY_REGIONS_MAX) {
        jsondoc_limit(n->doc, at, "expected at most %d provinces, got \"%s\" too",
                      TOPOLOGY_REGIONS_MAX, name);
        return CN_NONE16;
    }
    struct region *r = &m->regions[m->region_count];
    if (strlen(name) >= sizeof(r->name)) {
        jsondoc_limit(n->doc, at, "expected a province's name of at most %zu bytes, got \"%s\"",
                      sizeof(r->name) - 1, name);
        return CN_NONE16;
    }
    snprintf(r->name, sizeof(r->name), "%s", name);
    r->east_china = is_east_china(m, name);
    names_add(&m->region_names, r->name, m->region_count);
    return m->region_count++;
}

/* --- PoPs and lines --------------------------------------------------------------------------- */

/* The place of the PoP or line that `key` names: that of the built-in one of this name, or a new
 * one. CN_NONE16, reported, when the file has named it before or there are too many. */
static uint16_t take_slot(struct slots *t, const struct node *n, const char *key)
{
    const char *name = node_text(n, key);
    const struct at at = node_at(n, key);
    if (names_find(&t->own, name) != CN_NONE32) {
        jsondoc_error(n->doc, &at, "expected each %s once, got \"%s\" again", t->what, name);
        return CN_NONE16;
    }
    names_add(&t->own, name, 0);
    uint32_t found = names_find(&t->base, name);
    if (found != CN_NONE32) return (uint16_t)found;
    if (t->count == t->max) {
        jsondoc_limit(n->doc, &at, "expected at most %u %ss in all, got \"%s\" too", t->max,
                      t->what, name);
        return CN_NONE16;
    }
    return t->count++;
}

static struct point read_point(const struct node *n)
{
    return (struct point){node_degrees(n, "lat"), node_degrees(n, "lon")};
}

static void read_mainland_pop(struct maker *m, const struct node *n, struct pop *p)
{
    const struct at at = node_at(n, "province");
    p->class_ = POP_MAINLAND;
    p->region = take_region(m, n, &at, node_text(n, "province"));
    for (size_t i = 0; i < node_count(n, "carriers"); i++) {
        struct at list;
        struct at item;
        const json_t *v = node_value(n, "carriers", i, &list, &item);
        p->carriers |= (uint16_t)(1U << carrier_find(json_string_value(v)));
    }
    const char *what = "the id of a declared partner";
    uint32_t partner = load_refer(&m->l->partners, n, "partner", what);
    if (partner != CN_NONE32) p->partner = (uint8_t)partner;
}

static void read_pop(struct maker *m, const struct node *n)
{
    uint16_t slot = take_slot(&m->pop_slots, n, "id");
    if (slot == CN_NONE16) return;
    struct pop *p = &m->pops[slot];
    *p = (struct pop){.region = CN_NONE16, .at = read_point(n)};
    snprintf(p->id, sizeof(p->id), "%s", node_text(n, "id"));
    snprintf(p->city, sizeof(p->city), "%s", node_text(n, "city"));
    snprintf(p->country, sizeof(p->country), "%s", node_text(n, "country"));
    p->v4_count = node_addresses(n, "v4", p->v4[0], 4);
    p->v6_count = node_addresses(n, "v6", p->v6[0], 16);
    p->v4_spares = node_addresses(n, "v4_spares", p->v4[p->v4_count], 4);
    p->v6_spares = node_addresses(n, "v6_spares", p->v6[p->v6_count], 16);
    if (is_mainland(p->country)) {
        read_mainland_pop(m, n, p);
    } else {
        p->class_ = is_near(p->country) ? POP_NEAR : POP_GLOBAL;
    }
}

/* "cn/PROVINCE/CARRIER" */
static void read_mainland_line(struct maker *m, const struct node *n, struct line *line)
{
    char province[LINE_NAME_MAX];
    const struct at at = node_at(n, "name");
    const char *carrier = strrchr(line->name, '/');
    size_t len = (size_t)(carrier - line->name) - 3;
    snprintf(province, sizeof(province), "%.*s", (int)len, line->name + 3);
    line->zone = ZONE_MAINLAND;
    line->carrier = carrier_find(carrier + 1);
    line->region = take_region(m, n, &at, province);
}

static void read_line(struct maker *m, const struct node *n)
{
    uint16_t slot = take_slot(&m->line_slots, n, "name");
    if (slot == CN_NONE16) return;
    struct line *line = &m->lines[slot];
    *line = (struct line){.carrier = CARRIER_COUNT, .region = CN_NONE16, .at = read_point(n)};
    snprintf(line->name, sizeof(line->name), "%s", node_text(n, "name"));
    if (strcmp(line->name, "unknown") == 0) {
        line->zone = ZONE_UNKNOWN;
        return;
    }
    memcpy(line->country, line->name, 2);
    if (is_mainland(line->country)) {
        read_mainland_line(m, n, line);
    } else {
        line->zone = is_near(line->country) ? ZONE_NEAR : ZONE_GLOBAL;
    }
}

static void read_list(struct maker *m, const struct node *world, const char *key,
                      const struct type *t, void (*read)(struct maker *, const struct node *))
{
    for (size_t i = 0; i < node_count(world, key); i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(world, key, i, &list, &at);
        struct node n = node_item(world, t, v, at);
        read(m, &n);
    }
}

/* --- the built-in world as a start ------------------------------------------------------------ */

static bool init_slots(struct slots *t, struct maker *m, const char *what, size_t own, uint16_t max)
{
    *t = (struct slots){.what = what, .max = max};
    return names_init(&t->base, m->l->scratch, max) && names_init(&t->own, m->l->scratch, own);
}

static bool init_maker(struct maker *m, const struct node *world)
{
    const size_t pops = node_count(world, "pops");
    const size_t lines = node_count(world, "lines");
    m->extends = node_word(world, "extends") == WORDS_EXTENDS_BUILTIN;
    return builtin_spec(m->l->scratch, &m->base) &&
           names_init(&m->region_names, m->l->scratch, TOPOLOGY_REGIONS_MAX) &&
           init_slots(&m->pop_slots, m, "PoP", pops, TOPOLOGY_POPS_MAX) &&
           init_slots(&m->line_slots, m, "line", lines, TOPOLOGY_LINES_MAX);
}

static void start_from_base(struct maker *m)
{
    const struct topology_spec *b = &m->base;
    memcpy(m->regions, b->regions, b->region_count * sizeof(*b->regions));
    memcpy(m->pops, b->pops, b->pop_count * sizeof(*b->pops));
    memcpy(m->lines, b->lines, b->line_count * sizeof(*b->lines));
    m->region_count = b->region_count;
    m->pop_slots.count = b->pop_count;
    m->line_slots.count = b->line_count;
    for (uint16_t i = 0; i < b->region_count; i++) {
        names_add(&m->region_names, b->regions[i].name, i);
    }
    for (uint16_t i = 0; i < b->pop_count; i++) {
        names_add(&m->pop_slots.base, b->pops[i].id, i);
    }
    for (uint16_t i = 0; i < b->line_count; i++) {
        names_add(&m->line_slots.base, b->lines[i].name, i);
    }
}

/* The line "unknown" is there whether or not the file speaks of it. */
static uint16_t unknown_line(struct maker *m)
{
    for (uint16_t i = 0; i < m->line_slots.count; i++) {
        if (m->lines[i].zone == ZONE_UNKNOWN) return i;
    }
    if (m->line_slots.count == TOPOLOGY_LINES_MAX) return CN_NONE16;
    m->lines[m->line_slots.count] = m->base.lines[m->base.unknown_line];
    return m->line_slots.count++;
}

static void read_rtt(const struct node *world, struct rtt_model *rtt)
{
    struct node n = node_item(world, &geography_rtt, node_get(world, "rtt"), node_at(world, "rtt"));
    rtt->access_us = (uint32_t)node_integer(&n, "access_us");
    rtt->outside_us_per_1000km = (uint32_t)node_integer(&n, "outside_us_per_1000km");
    rtt->inside_us_per_1000km = (uint32_t)node_integer(&n, "inside_us_per_1000km");
    rtt->border_us = (uint32_t)node_integer(&n, "border_us");
    rtt->cross_carrier_us = (uint32_t)node_integer(&n, "cross_carrier_us");
}

/* --- the address table ------------------------------------------------------------------------ */

/* Reads one entry; false, reported, when it cannot be laid into the table. */
static bool read_prefix(struct load *l, const struct node *n, struct names *seen,
                        struct prefix_entry *out)
{
    struct addr_prefix p;
    const struct at at = node_at(n, "prefix");
    const char *text = node_text(n, "prefix");
    bool ok = addrtext_read_prefix(text, &p);
    CN_ASSERT(ok);
    if (p.v6 && p.bits > 64) {
        jsondoc_error(n->doc, &at, "expected at most 64 bits of an IPv6 prefix, got \"%s\"", text);
        return false;
    }
    char key[ADDRTEXT_MAX + 8];
    addrtext_put(p.address, p.v6, key);
    size_t len = strlen(key);
    snprintf(key + len, sizeof(key) - len, "/%u", p.bits);
    if (names_find(seen, key) != CN_NONE32) {
        jsondoc_error(n->doc, &at, "expected each prefix once, got \"%s\" again", text);
        return false;
    }
    const char *copy = arena_text(l->scratch, key, strlen(key));
    if (copy == NULL) return false;
    names_add(seen, copy, 0);
    uint32_t line = load_refer(&l->lines, n, "line", "a line of this world");
    bool nowhere =
        node_bool(n, "anycast") && l->world->choices.anycast_resolvers == ANYCAST_UNKNOWN;
    if (line != CN_NONE32 && nowhere) line = l->world->topology->unknown_line;
    *out = (struct prefix_entry){.length = p.bits, .v6 = p.v6, .line = (uint16_t)line};
    memcpy(out->address, p.address, sizeof(out->address));
    return line != CN_NONE32;
}

/* What the scenario lists lies over what its files say, and that over the built-in table. */
static void lay_prefixes(struct load *l, const struct node *world, bool extends,
                         struct prefix_entry *entries, size_t count)
{
    struct world_spec *w = l->world;
    struct mmdb_tables base = {NULL, NULL, NULL};
    uint16_t below = extends ? PREFIX_BUILTIN : PREFIX_UNSAID;
    if (extends) {
        base.lines = builtin_prefixes(l->a, w->topology);
        if (base.lines == NULL) return;
    }
    if (node_count(world, "mmdb") > 0 && !mmdb_read(l, world, base.lines, &base)) return;
    w->prefixes = prefix_overlay(l->a, base.lines, w->topology->unknown_line, entries, count);
    for (size_t i = 0; i < count; i++) {
        entries[i].line = PREFIX_LISTED;
    }
    w->prefix_sources = prefix_overlay(l->a, base.sources, below, entries, count);
    w->prefix_files = base.files;
    if (w->prefix_sources == NULL) w->prefixes = NULL;
}

static void read_prefixes(struct load *l, const struct node *world, bool extends)
{
    struct names seen;
    size_t count = node_count(world, "prefixes");
    struct prefix_entry *entries = arena_get(l->scratch, count, sizeof(*entries));
    if (entries == NULL || !names_init(&seen, l->scratch, count)) return;
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(world, "prefixes", i, &list, &at);
        struct node n = node_item(world, &geography_prefix, v, at);
        if (read_prefix(l, &n, &seen, &entries[good])) good++;
    }
    lay_prefixes(l, world, extends, entries, good);
}

/* --- the world -------------------------------------------------------------------------------- */

/* Makes the names of the world's parts known to the other parts of the loader. */
static bool declare_world(struct load *l)
{
    const struct topology *t = l->world->topology;
    if (!names_init(&l->lines, l->scratch, t->line_count) ||
        !names_init(&l->pops, l->scratch, t->pop_count) ||
        !names_init(&l->regions, l->scratch, t->region_count)) {
        return false;
    }
    for (uint16_t i = 0; i < t->line_count; i++) {
        names_add(&l->lines, t->lines[i].name, i);
    }
    for (uint16_t i = 0; i < t->pop_count; i++) {
        names_add(&l->pops, t->pops[i].id, i);
    }
    for (uint16_t i = 0; i < t->region_count; i++) {
        names_add(&l->regions, t->regions[i].name, i);
    }
    return true;
}

/* The mainland line with the most users, the first of several; `otherwise` when there is none. */
static uint16_t busiest_line(const struct topology *t, uint16_t otherwise)
{
    uint16_t best = CN_NONE16;
    for (uint16_t i = 0; i < t->line_count; i++) {
        if (t->lines[i].zone != ZONE_MAINLAND) continue;
        uint32_t users = users_of(t, &t->lines[i]);
        if (best == CN_NONE16 || users > users_of(t, &t->lines[best])) best = i;
    }
    return best == CN_NONE16 ? otherwise : best;
}

static bool build(struct load *l, struct topology_spec *spec)
{
    spec->metric = (enum nearest_metric)l->world->choices.nearest_metric;
    spec->tie_break = (enum tie_break)l->world->choices.tie_break;
    l->world->topology = topology_build(l->a, spec);
    if (l->world->topology == NULL) return false;
    l->world->unknown_line = l->world->topology->unknown_line;
    if (l->world->choices.unknown_clients == UNKNOWN_MAINLAND) {
        l->world->unknown_line = busiest_line(l->world->topology, l->world->unknown_line);
    }
    return declare_world(l);
}

static void read_builtin(struct load *l)
{
    struct topology_spec spec = {0};
    if (!builtin_spec(l->scratch, &spec) || !build(l, &spec)) return;
    l->world->prefixes = builtin_prefixes(l->a, l->world->topology);
}

/* Reads the PoPs and lines; false, reported, when they make no world. */
static bool make(struct maker *m, const struct node *world, struct topology_spec *spec)
{
    int errors = world->doc->diags->errors;
    if (m->extends) start_from_base(m);
    read_list(m, world, "pops", &geography_pop, read_pop);
    read_list(m, world, "lines", &geography_line, read_line);
    uint16_t unknown = unknown_line(m); /* may add a line */
    *spec = (struct topology_spec){.regions = m->regions,
                                   .pops = m->pops,
                                   .lines = m->lines,
                                   .unknown_line = unknown,
                                   .region_count = m->region_count,
                                   .pop_count = m->pop_slots.count,
                                   .line_count = m->line_slots.count,
                                   .rtt = rtt_model_default()};
    read_rtt(world, &spec->rtt);
    if (spec->pop_count == 0) {
        jsondoc_error(world->doc, &world->at, "expected at least one PoP, got none");
    }
    if (spec->unknown_line == CN_NONE16) {
        jsondoc_limit(world->doc, &world->at, "expected at most %d lines with \"unknown\", got %u",
                      TOPOLOGY_LINES_MAX, TOPOLOGY_LINES_MAX + 1);
    }
    return world->doc->diags->errors == errors;
}

static void read_own(struct load *l, const struct node *world)
{
    struct topology_spec spec;
    struct maker *m = arena_get(l->scratch, 1, sizeof(*m));
    if (m == NULL) return;
    m->l = l;
    if (!init_maker(m, world) || !make(m, world, &spec) || !build(l, &spec)) return;
    read_prefixes(l, world, m->extends);
    uint32_t line = load_refer(&l->lines, world, "default_line", "a line of this world");
    bool named = l->world->choices.unknown_clients == UNKNOWN_DEFAULT_LINE;
    if (line != CN_NONE32 && named) l->world->unknown_line = (uint16_t)line;
}

/* The path of a file beside the scenario; NULL when memory is exhausted. */
static const char *beside(struct load *l, const char *path)
{
    const char *file = l->root.doc->file;
    const char *slash = strrchr(file, '/');
    size_t dir = slash == NULL ? 0 : (size_t)(slash - file) + 1;
    size_t len = strlen(path);
    char *full = arena_get(l->scratch, dir + len + 1, 1);
    if (full == NULL) return NULL;
    memcpy(full, file, dir);
    memcpy(full + dir, path, len + 1);
    return full;
}

static void read_file(struct load *l, const char *path)
{
    struct jsondoc d = {
        .file = beside(l, path), .diags = l->root.doc->diags, .status = l->root.doc->status};
    if (d.file != NULL && jsondoc_read(&d) && jsondoc_parse(&d) &&
        shape_check(&d, &geography_world_file, l->scratch)) {
        struct node world = {&d, &geography_world_file, d.root, AT_ROOT};
        read_own(l, &world);
    }
    jsondoc_free(&d);
}

void world_file_read(struct load *l)
{
    json_t *v = node_get(&l->root, "world");
    if (!json_is_object(v)) {
        read_builtin(l);
        return;
    }
    struct node world = node_item(&l->root, &geography_world, v, node_at(&l->root, "world"));
    const char *path = node_text(&world, "file");
    if (path != NULL) {
        read_file(l, path);
    } else {
        read_own(l, &world);
    }
}
