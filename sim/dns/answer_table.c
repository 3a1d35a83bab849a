/* SPDX-License-Identifier: MIT
 * answer_table.c: making a table, and telling it what has changed. */
#include "answer_table.h"

#include <string.h>

/* --- which hosts it may answer for ------------------------------------------------------------ */

/* Whether the answer for a host is that of its class: it has nothing of its own to be answered. A
 * zone has records beside a routed host's addresses, and where there are none it has its SOA, but
 * the addresses are those of the class. */
static bool is_plain(const struct world *w, uint32_t host)
{
    const struct host_spec *h = &w->spec->hosts[host];
    const struct site_spec *s = &w->spec->sites[h->site];
    bool cdn = w->cdn_zone != NULL && dname_within(h->name, w->cdn_zone);
    return h->cname == NULL && s->setup == SETUP_FULL && s->dedicated_count == 0 && !cdn;
}

/* --- whose negative answers it may give ------------------------------------------------------- */

static const uint8_t mailbox[] = "\12hostmaster"; /* where every RNAME begins */

/* Whether MNAME has a label that RNAME could point to. */
static bool has_mailbox(const struct apex_name *mname)
{
    for (unsigned i = 0; i < mname->labels; i++) {
        if (memcmp(mname->wire + mname->at[i], mailbox, sizeof(mailbox) - 1) == 0) return true;
    }
    return false;
}

/* Whether the SOA of a site's zone is like that of others: the zone has none of its own, and none
 * of its names is in another one. */
static bool has_plain_soa(const struct world *w, const struct site_spec *s)
{
    const uint8_t *cdn = w->cdn_zone;
    if (s->zone != NULL || s->setup != SETUP_FULL || *s->apex == 0) return false;
    return cdn == NULL || (!dname_within(s->apex, cdn) && !dname_within(cdn, s->apex));
}

/* table_site.depth, as long as no apex of another site is near. */
static uint8_t depth_of(const struct world *w, const struct site_spec *s)
{
    unsigned depth = 1;
    if (!has_plain_soa(w, s)) return 0;
    for (uint32_t i = 0; i < s->host_count; i++) {
        const uint8_t *name = w->spec->hosts[s->host_first + i].name;
        unsigned labels = dname_labels(name) - dname_labels(s->apex);
        if (dname_is_wildcard(name)) return TABLE_DEPTH_MAX;
        if (labels > depth) depth = labels;
    }
    return (uint8_t)depth;
}

/* A zone below another one: names between them exist, and hosts of the upper one may have names in
 * the lower one. */
static void part_nested(struct answer_table *t, const struct world_spec *s,
                        struct table_site *sites)
{
    struct apex_name above;
    unsigned label;
    for (uint32_t i = 0; i < s->site_count - s->app_count; i++) {
        if (*s->sites[i].apex == 0) continue;
        apex_name_split(&above, dname_parent(s->sites[i].apex));
        const struct apex_line *line = apex_table_find(t->apexes, &above, &label);
        if (line == NULL) continue;
        sites[i].depth = 0;
        if (sites[line->site].depth != 0) sites[line->site].depth = TABLE_DEPTH_MAX;
    }
}

static uint16_t class_of(const struct world *w, uint32_t host)
{
    const struct host *h = &w->hosts[host];
    if (!h->active || h->outside != CN_NONE16 || !is_plain(w, host)) return TABLE_CLASS_NONE;
    return h->class_;
}

/* --- making it -------------------------------------------------------------------------------- */

static const struct apex_table *apexes_of(struct arena *a, const struct world *w,
                                          const uint8_t key[SIPHASH_KEY_BYTES])
{
    const struct world_spec *s = w->spec;
    if (s->apexes != NULL) return s->apexes;
    struct apex_table *t = arena_get(a, 1, sizeof(*t));
    uint32_t count = s->site_count - s->app_count;
    if (t == NULL || !apex_table_init(t, a, count, key)) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        bool added;
        if (apex_table_add(t, s->sites[i].apex, i, &added) == NULL) return NULL;
    }
    return t;
}

static int compare_hosts(const struct table_host *a, const struct table_host *b)
{
    return table_compare(a, table_labels(b), b->len);
}

static void sift_down(struct table_host *h, uint32_t root, uint32_t count)
{
    struct table_host moved;
    memcpy(&moved, &h[root], sizeof(moved));
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= count) break;
        if (child + 1 < count && compare_hosts(&h[child], &h[child + 1]) < 0) child++;
        if (compare_hosts(&moved, &h[child]) >= 0) break;
        memcpy(&h[root], &h[child], sizeof(moved));
        root = child;
    }
    memcpy(&h[root], &moved, sizeof(moved));
}

/* A heap sort: a site may have very many hosts. Their labels all differ. */
static void sort(struct table_host *h, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;) {
        sift_down(h, i, count);
    }
    for (uint32_t n = count; n-- > 1;) {
        struct table_host last;
        memcpy(&last, &h[n], sizeof(last));
        memcpy(&h[n], &h[0], sizeof(last));
        memcpy(&h[0], &last, sizeof(last));
        sift_down(h, 0, n);
    }
}

static struct table_host host_of(const struct world_spec *s, uint32_t host)
{
    struct table_host h = {.class_ = TABLE_CLASS_NONE, .texts = s->hosts[host].txt_count > 0};
    const uint8_t *name = s->hosts[host].name;
    h.len = (uint8_t)(dname_len(name) - dname_len(s->sites[s->hosts[host].site].apex));
    if (h.len <= TABLE_LABEL_BYTES) {
        memcpy(h.labels, name, h.len);
    } else {
        memcpy(h.labels, &name, sizeof(const uint8_t *));
    }
    return h;
}

/* Where a host of the site has come to. */
static uint32_t place_of(const struct answer_table *t, const struct table_site *s,
                         const struct table_host *h)
{
    uint32_t low = s->first;
    for (uint32_t n = s->count;;) {
        uint32_t half = n / 2;
        CN_ASSERT(n > 0);
        int c = compare_hosts(&t->hosts[low + half], h);
        if (c == 0) return low + half;
        if (c < 0) low += half + 1;
        n = c < 0 ? n - half - 1 : half;
    }
}

static bool make_hosts(struct answer_table *t, struct arena *a, const struct world *w)
{
    const struct world_spec *s = w->spec;
    struct table_site *sites = arena_get(a, s->site_count, sizeof(*sites));
    t->hosts = arena_get_lines(a, s->host_count, sizeof(*t->hosts));
    t->places = arena_get(a, s->host_count, sizeof(*t->places));
    if (sites == NULL || t->hosts == NULL || t->places == NULL) return false;
    t->sites = sites;
    for (uint32_t i = 0; i < s->site_count; i++) {
        const struct site_spec *site = &s->sites[i];
        sites[i] = (struct table_site){site->host_first, site->host_count & 0xFFFFFF, 0};
        if (!has_mailbox(t->mname)) sites[i].depth = depth_of(w, site);
        for (uint32_t k = 0; k < site->host_count; k++) {
            struct table_host h = host_of(s, site->host_first + k);
            memcpy(&t->hosts[site->host_first + k], &h, sizeof(h));
        }
        sort(t->hosts + site->host_first, site->host_count);
    }
    for (uint32_t h = 0; h < s->host_count; h++) {
        struct table_host as = host_of(s, h);
        t->places[h] = place_of(t, &sites[s->hosts[h].site], &as);
        t->hosts[t->places[h]].class_ = class_of(w, h);
    }
    part_nested(t, s, sites);
    return true;
}

/* What is the same in every SOA, and room for the forms that it takes. */
static bool make_soas(struct answer_table *t, struct arena *a, const struct world_spec *s)
{
    static const uint8_t root[1];
    const uint8_t *first = s->nameserver_count > 0 ? s->nameservers[0] : root;
    uint8_t *name = arena_get(a, DNAME_MAX, 1);
    t->mname = arena_get(a, 1, sizeof(*t->mname));
    if (name == NULL || t->mname == NULL) return false;
    (void)dname_lower(first, name);
    apex_name_split(t->mname, name);
    t->soas = arena_get(a, t->mname->labels + (size_t)1, sizeof(*t->soas));
    return t->soas != NULL;
}

static uint64_t age_of(const struct world *w, uint32_t generation)
{
    return (uint64_t)generation << TABLE_GENERATION_SHIFT | world_serial(w);
}

static void take_choices(struct answer_table *t, const struct world *w)
{
    const struct choices *c = w->choices;
    t->line_count = w->topology->line_count;
    t->unknown_line = w->topology->unknown_line;
    t->least_bits[FAMILY_V4] = (uint8_t)c->ecs_min_v4_bits;
    t->least_bits[FAMILY_V6] = (uint8_t)c->ecs_min_v6_bits;
    t->scope_as_sent = c->ecs_scope == ECS_SCOPE_AS_SENT;
    t->unknown_by_source = c->unknown_subnet == SUBNET_SOURCE;
}

struct answer_table *answer_table_build(struct arena *a, struct world *w,
                                        const uint8_t key[SIPHASH_KEY_BYTES])
{
    struct answer_table *t = arena_get(a, 1, sizeof(*t));
    if (t == NULL) return NULL;
    take_choices(t, w);
    t->age = age_of(w, 1);
    t->network = w->generation;
    t->class_cells =
        t->line_count * (uint32_t)TABLE_HOST_COLUMNS + TABLE_COLUMNS - TABLE_HOST_COLUMNS;
    size_t cells = WORLD_CLASSES_MAX * (size_t)t->class_cells;
    t->apexes = apexes_of(a, w, key);
    t->prefixes = prefix_index_build(a, w->spec->prefixes);
    t->cells = arena_get(a, cells, sizeof(*t->cells));
    t->templates = arena_get(a, ANSWER_TABLE_TEMPLATES_MAX, sizeof(*t->templates));
    t->bytes = arena_get(a, ANSWER_TABLE_BYTES_MAX + TABLE_RECORD_ROOM, 1);
    t->slots = arena_get(a, 2 * (size_t)ANSWER_TABLE_TEMPLATES_MAX, sizeof(*t->slots));
    t->keys = arena_get(a, WORLD_CLASSES_MAX, sizeof(*t->keys));
    t->entered = arena_get(a, WORLD_CLASSES_MAX, sizeof(*t->entered));
    bool made = t->apexes != NULL && t->prefixes != NULL && t->cells != NULL &&
                t->templates != NULL && t->bytes != NULL && t->slots != NULL && t->keys != NULL &&
                t->entered != NULL;
    return made && make_soas(t, a, w->spec) && make_hosts(t, a, w) ? t : NULL;
}

uint32_t answer_table_count(const struct answer_table *t)
{
    return t->count;
}

/* --- changes ---------------------------------------------------------------------------------- */

/* A host comes to a class. If the class's number meant another one before, its cells are void. */
static void enter_class(struct answer_table *t, const struct world *w, uint16_t class_)
{
    const struct host_class *key = &w->classes[class_].key;
    if (t->entered[class_] && memcmp(&t->keys[class_], key, sizeof(*key)) == 0) return;
    for (uint32_t i = 0; i < t->class_cells; i++) {
        atomic_store_explicit(table_cell(t, class_, 0, 0) + i, 0, memory_order_relaxed);
    }
    t->entered[class_] = true;
    t->keys[class_] = *key;
}

/* The generation comes first: who sees a host's new class sees no template from before the event.
 * The serial comes with it, in one store: who sees a new template sees no serial from before. */
void answer_table_changed(struct answer_table *t, const struct world *w)
{
    uint64_t age = atomic_load_explicit(&t->age, memory_order_relaxed);
    uint32_t generation = (uint32_t)(age >> TABLE_GENERATION_SHIFT);
    if (t->network != w->generation) {
        t->network = w->generation;
        generation = generation == UINT32_MAX ? 1 : generation + 1;
    }
    uint64_t now = age_of(w, generation);
    if (now != age) atomic_store_explicit(&t->age, now, memory_order_release);
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        uint32_t host = w->changed.hosts[i];
        enter_class(t, w, w->hosts[host].class_);
        atomic_store_explicit(&t->hosts[t->places[host]].class_, class_of(w, host),
                              memory_order_release);
    }
}
