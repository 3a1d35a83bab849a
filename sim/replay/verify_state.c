/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "verify_internal.h"

/* --- building --------------------------------------------------------------------------------- */

/* What is drawn by a site's name becomes its least value: see "Orbits" in verify.h. */
static void settle_durations(struct choices *c)
{
    c->partner_batches = 1;
    size_t count;
    const struct choice_info *table = choices_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].type != CHOICE_RANGE) continue;
        struct duration_range *r = (void *)((uint8_t *)c + table[i].offset);
        r->max = r->min;
    }
}

static void *no_more(void *owner, size_t size)
{
    (void)owner;
    (void)size;
    return NULL;
}

/* The world is built twice: once to see how much memory it takes, and once in one piece of it. So
 * whatever a world consists of is saved and restored. */
static bool build(struct verify_space *s, struct arena *a)
{
    size_t before = a->total_bytes;
    if (world_build(a, &s->spec) == NULL) return false;
    s->block_bytes = a->total_bytes - before;
    s->block = arena_get(a, 1, s->block_bytes);
    if (s->block == NULL) return false;
    struct arena one;
    arena_init(&one, no_more, s);
    one.block = s->block;
    one.size = s->block_bytes;
    s->w = world_build(&one, &s->spec);
    CN_ASSERT(s->w != NULL);
    return !s->w->class_limit;
}

static int by_address(const void *a, const void *b)
{
    const struct verify_range *x = a;
    const struct verify_range *y = b;
    return x->from < y->from ? -1 : x->from > y->from ? 1 : 0;
}

static void add_range(struct verify_space *s, const void *from, size_t len,
                      enum verify_range_kind kind)
{
    CN_ASSERT(s->range_count < VERIFY_RANGES_MAX);
    s->ranges[s->range_count++] = (struct verify_range){.from = from, .len = len, .kind = kind};
}

/* What lies between the named ranges belongs to the network: so what is added to the world later
 * counts as something that every decision may read, until somebody says otherwise here. */
static void fill_gaps(struct verify_space *s)
{
    const uint8_t *at = s->block;
    uint32_t named = s->range_count;
    qsort(s->ranges, named, sizeof(s->ranges[0]), by_address);
    for (uint32_t i = 0; i < named; i++) {
        const struct verify_range *r = &s->ranges[i];
        CN_ASSERT(r->from >= at);
        if (r->from > at) add_range(s, at, (size_t)(r->from - at), RANGE_NETWORK);
        at = r->from + r->len;
    }
    add_range(s, at, (size_t)(s->block + s->block_bytes - at), RANGE_NETWORK);
    qsort(s->ranges, s->range_count, sizeof(s->ranges[0]), by_address);
}

/* Load and who is passed on follow from the classes, their demand and the network. */
static void skip_load(struct verify_space *s)
{
    const struct world *w = s->w;
    size_t pops = w->topology->pop_count;
    add_range(s, w->nearest_kbps, pops * sizeof(*w->nearest_kbps), RANGE_SKIPPED);
    add_range(s, w->pop_kbps, pops * sizeof(*w->pop_kbps), RANGE_SKIPPED);
    add_range(s, w->adding_kbps, pops * sizeof(*w->adding_kbps), RANGE_SKIPPED);
    if (w->spill.pop_count == 0) return;
    add_range(s, w->spill.moved, pops * pops * sizeof(*w->spill.moved), RANGE_SKIPPED);
    add_range(s, w->spill.bounds, pops * pops * sizeof(*w->spill.bounds), RANGE_SKIPPED);
}

/* What the network has of one PoP or of one region. A PoP's decisions read its own region's. */
static void add_column(struct verify_space *s, const void *from, size_t size, bool by_region)
{
    const struct topology *t = s->w->topology;
    CN_ASSERT(s->column_count < VERIFY_COLUMNS_MAX);
    s->columns[s->column_count++] = (struct verify_column){from, size, by_region, NULL};
    add_range(s, from, (by_region ? t->region_count : t->pop_count) * size, RANGE_POPS);
}

static void map_pops(struct verify_space *s)
{
    const struct world *w = s->w;
    add_column(s, w->pop_health, sizeof(*w->pop_health), false);
    add_column(s, w->pop_seen, sizeof(*w->pop_seen), false);
    add_column(s, w->watches, sizeof(*w->watches), false);
    add_column(s, w->pop_admin, sizeof(*w->pop_admin), false);
    add_column(s, w->pops, sizeof(*w->pops), false);
    add_column(s, w->in_use, FAMILY_COUNT * sizeof(*w->in_use), false);
    add_column(s, w->region_down, sizeof(*w->region_down), true);
    add_column(s, w->region_carriers_down, sizeof(*w->region_carriers_down), true);
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        const struct family_state *family = &w->families[f];
        add_column(s, family->pops, sizeof(*family->pops), false);
        add_column(s, family->pop_down, sizeof(*family->pop_down), false);
        add_column(s, family->region_down, sizeof(*family->region_down), true);
        add_column(s, family->region_carriers_down, sizeof(*family->region_carriers_down), true);
    }
}

static void map_memory(struct verify_space *s)
{
    const struct world *w = s->w;
    const struct world_spec *spec = &s->spec;
    struct cell *const *first = w->classes[0].cells; /* a table per family, one behind the other */
    const uint8_t *second = (const uint8_t *)w->classes[1].cells[FAMILY_V4];
    s->cells = (const uint8_t *)first[FAMILY_V4];
    size_t stride = (size_t)(second - s->cells);
    s->cells_end = (const uint8_t *)first[FAMILY_V6] + WORLD_CLASSES_MAX * stride;
    add_range(s, w, sizeof(*w), RANGE_SKIPPED);
    size_t pops = w->topology->pop_count;
    add_range(s, w->notices, pops * sizeof(*w->notices), RANGE_SKIPPED);
    if (w->batch_from != NULL) {
        add_range(s, w->batch_from, spec->site_count * sizeof(*w->batch_from), RANGE_SKIPPED);
    }
    add_range(s, w->holders, spec->holder_count * sizeof(*w->holders), RANGE_REST);
    add_range(s, w->accounts, spec->account_count * sizeof(*w->accounts), RANGE_REST);
    add_range(s, w->sites, spec->site_count * sizeof(*w->sites), RANGE_REST);
    add_range(s, w->hosts, spec->host_count * sizeof(*w->hosts), RANGE_SKIPPED);
    add_range(s, w->edge_first, spec->edge_name_count * sizeof(*w->edge_first), RANGE_REST);
    add_range(s, w->edge_lost, spec->edge_name_count * sizeof(*w->edge_lost), RANGE_REST);
    add_range(s, w->classes, WORLD_CLASSES_MAX * sizeof(*w->classes), RANGE_SKIPPED);
    add_range(s, w->class_slots, 4 * (size_t)WORLD_CLASSES_MAX * sizeof(*w->class_slots),
              RANGE_SKIPPED);
    add_range(s, w->changed.hosts, spec->host_count * sizeof(*w->changed.hosts), RANGE_SKIPPED);
    add_range(s, w->host_marked, spec->host_count * sizeof(*w->host_marked), RANGE_SKIPPED);
    add_range(s, s->cells, (size_t)(s->cells_end - s->cells), RANGE_SKIPPED);
    add_range(s, w->timers.heap, w->timers.slots * sizeof(*w->timers.heap), RANGE_SKIPPED);
    add_range(s, w->timers.place, w->timers.slots * sizeof(*w->timers.place), RANGE_SKIPPED);
    add_range(s, w->listed, LISTED_MAX * sizeof(*w->listed), RANGE_SKIPPED);
    skip_load(s);
    map_pops(s);
    add_range(s, w->names, ((size_t)w->name_mask + 1) * sizeof(*w->names), RANGE_REST);
    fill_gaps(s);
}

/* Digests are about what differs from the start: then pointers, which never change, are nothing,
 * and the same state has the same digest in every run. */
static bool keep_start(struct verify_space *s, struct arena *a)
{
    memcpy(&s->start, s->w, sizeof(s->start));
    for (uint32_t i = 0; i < s->range_count; i++) {
        struct verify_range *r = &s->ranges[i];
        if (r->kind == RANGE_SKIPPED) continue;
        uint8_t *copy = arena_get(a, 1, r->len);
        if (copy == NULL) return false;
        if (r->len > 0) memcpy(copy, r->from, r->len);
        r->start = copy;
    }
    return true;
}

/* --- saving and restoring --------------------------------------------------------------------- */

size_t verify_state_bytes(const struct verify_space *s)
{
    return s->block_bytes - (size_t)(s->cells_end - s->cells);
}

/* Classes beyond class_count are in no use; what lies there is whatever was there. */
static size_t classes_in_use(const struct verify_space *s, const struct world *w)
{
    CN_ASSERT((const uint8_t *)w->classes < s->cells);
    return w->class_count * sizeof(*w->classes);
}

void verify_state_save(const struct verify_space *s, uint8_t *out)
{
    const uint8_t *classes = (const uint8_t *)s->w->classes;
    const uint8_t *behind = classes + WORLD_CLASSES_MAX * sizeof(*s->w->classes);
    size_t head = (size_t)(classes - s->block);
    memcpy(out, s->block, head + classes_in_use(s, s->w));
    out += behind - s->block;
    memcpy(out, behind, (size_t)(s->cells - behind));
    out += s->cells - behind;
    memcpy(out, s->cells_end, (size_t)(s->block + s->block_bytes - s->cells_end));
}

void verify_state_restore(struct verify_space *s, const uint8_t *saved)
{
    struct world *w = s->w;
    uint8_t *classes = (uint8_t *)w->classes;
    uint8_t *behind = classes + WORLD_CLASSES_MAX * sizeof(*w->classes);
    size_t head = (size_t)(classes - s->block);
    uint8_t *after = s->block + (s->cells_end - s->block);
    memcpy(s->block, saved, head);
    memcpy(classes, saved + head, classes_in_use(s, w));
    saved += behind - s->block;
    memcpy(behind, saved, (size_t)(s->cells - behind));
    saved += s->cells - behind;
    memcpy(after, saved, (size_t)(s->block + s->block_bytes - after));
    for (uint32_t i = 0; i < w->class_count; i++) {
        w->classes[i].generation = 0;
        w->classes[i].checked = 0;
    }
}

/* --- digests ---------------------------------------------------------------------------------- */

static uint64_t turn(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void mix_word(struct verify_digest *d, uint64_t word)
{
    d->a = turn(d->a ^ word, 29) * UINT64_C(0xBF58476D1CE4E5B9);
    d->b = turn(d->b + word, 37) * UINT64_C(0x94D049BB133111EB) + UINT64_C(0x9E3779B97F4A7C15);
}

/* The difference of two pieces of memory: where it is, and what. Most of them are equal. */
static void mix_difference(struct verify_digest *d, const void *now, const void *then, size_t len)
{
    enum { CHUNK = 256, LARGE = 16384 };
    const uint8_t *p = now;
    const uint8_t *q = then;
    for (size_t i = 0; i < len; i += CHUNK) {
        size_t end = len - i < CHUNK ? len : i + CHUNK;
        while (i % LARGE == 0 && len - i >= LARGE && memcmp(p + i, q + i, LARGE) == 0) {
            i += LARGE;
            end = len - i < CHUNK ? len : i + CHUNK;
        }
        if (memcmp(p + i, q + i, end - i) == 0) continue;
        for (size_t k = i; k < end; k += sizeof(uint64_t)) {
            uint64_t x = 0;
            uint64_t y = 0;
            size_t n = end - k < sizeof(x) ? end - k : sizeof(x);
            memcpy(&x, p + k, n);
            memcpy(&y, q + k, n);
            if (x == y) continue;
            mix_word(d, k);
            mix_word(d, x ^ y);
        }
    }
    mix_word(d, len);
}

void verify_state_mix(struct verify_digest *d, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t word;
    for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        mix_word(d, word);
    }
    word = len;
    memcpy(&word, p, len);
    mix_word(d, word ^ (uint64_t)len << 56);
}

static void finish(struct verify_digest *d)
{
    for (int i = 0; i < 3; i++) {
        mix_word(d, d->a >> 32 ^ d->b);
    }
    if (d->a == 0 && d->b == 0) d->a = 1;
}

static void mix_ranges(const struct verify_space *s, struct verify_digest *d,
                       enum verify_range_kind kind)
{
    for (uint32_t i = 0; i < s->range_count; i++) {
        const struct verify_range *r = &s->ranges[i];
        if (r->kind == kind) mix_difference(d, r->from, r->start, r->len);
    }
}

static uint16_t element_of(const struct verify_space *s, const struct verify_column *c,
                           uint16_t pop)
{
    return c->by_region ? s->w->topology->pops[pop].region : pop;
}

static uint64_t hash_pop(const struct verify_space *s, uint16_t pop)
{
    struct verify_digest d = {pop, 6};
    for (uint32_t i = 0; i < s->column_count; i++) {
        const struct verify_column *c = &s->columns[i];
        uint16_t at = element_of(s, c, pop);
        if (at != CN_NONE16) verify_state_mix(&d, c->from + at * c->size, c->size);
    }
    finish(&d);
    return d.a ^ d.b;
}

/* Most PoPs are as they were at the start. */
static void find_different(const struct verify_space *s, const struct verify_column *c)
{
    const struct topology *t = s->w->topology;
    size_t count = c->by_region ? t->region_count : t->pop_count;
    if (count == 0 || memcmp(c->from, c->start, count * c->size) == 0) return;
    for (uint16_t pop = 0; pop < t->pop_count; pop++) {
        uint16_t at = element_of(s, c, pop);
        if (at == CN_NONE16) continue;
        if (memcmp(c->from + at * c->size, c->start + at * c->size, c->size) != 0) {
            s->pops_differ[pop] = true;
        }
    }
}

void verify_state_pops(const struct verify_space *s, uint64_t *out)
{
    uint16_t count = s->w->topology->pop_count;
    memset(s->pops_differ, 0, count * sizeof(*s->pops_differ));
    for (uint32_t i = 0; i < s->column_count; i++) {
        find_different(s, &s->columns[i]);
    }
    for (uint16_t pop = 0; pop < count; pop++) {
        out[pop] = s->pops_differ[pop] ? hash_pop(s, pop) : s->pops_start[pop];
    }
}

/* What verify_state_pops compares with. */
static bool keep_pops(struct verify_space *s, struct arena *a)
{
    uint16_t count = s->w->topology->pop_count;
    s->pops_start = arena_get(a, count, sizeof(*s->pops_start));
    s->pops_differ = arena_get(a, count, sizeof(*s->pops_differ));
    if (a->failed) return false;
    for (uint32_t i = 0; i < s->column_count; i++) {
        for (uint32_t k = 0; k < s->range_count; k++) {
            if (s->ranges[k].from == s->columns[i].from) s->columns[i].start = s->ranges[k].start;
        }
    }
    for (uint16_t pop = 0; pop < count; pop++) {
        s->pops_start[pop] = hash_pop(s, pop);
    }
    return true;
}

struct verify_network verify_state_network(const struct verify_space *s)
{
    struct verify_network network = {.rest = {1, 2}};
    struct verify_digest d = network.rest;
    struct world w;
    memcpy(&w, s->w, sizeof(w));
    w.now = s->start.now; /* no decision reads when */
    w.changed_at = s->start.changed_at;
    w.changes = s->start.changes;
    w.generation = s->start.generation; /* of caches */
    w.load_generation = s->start.load_generation;
    w.spill = s->start.spill;
    w.load_due = s->start.load_due;
    w.message_generation = s->start.message_generation;
    w.class_count = s->start.class_count;
    w.changed = s->start.changed;
    w.timers = s->start.timers;
    mix_difference(&d, &w, &s->start, sizeof(w));
    mix_ranges(s, &d, RANGE_NETWORK);
    network.rest = d;
    finish(&network.rest);
    mix_ranges(s, &d, RANGE_POPS);
    finish(&d);
    network.all = d;
    return network;
}

static int by_due(const void *a, const void *b)
{
    const struct evq_entry *x = a;
    const struct evq_entry *y = b;
    if (x->at.ns != y->at.ns) return x->at.ns < y->at.ns ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq ? 1 : 0;
}

/* Which timers are set, when they are due, and in which order; not how the heap holds them. */
static void mix_timers(const struct verify_space *s, struct verify_digest *d)
{
    const struct evq *q = &s->w->timers;
    if (q->len > 0) memcpy(s->timers, q->heap, q->len * sizeof(*s->timers));
    qsort(s->timers, q->len, sizeof(*s->timers), by_due);
    for (uint32_t i = 0; i < q->len; i++) {
        mix_word(d, (uint64_t)s->timers[i].at.ns);
        mix_word(d, s->timers[i].slot);
    }
}

static void mix_hosts(const struct verify_space *s, struct verify_digest *d)
{
    const struct world *w = s->w;
    for (uint32_t i = 0; i < s->spec.host_count; i++) {
        struct host h = w->hosts[i];
        const struct host_class *key = &w->classes[h.class_].key;
        h.class_ = 0; /* an index; the key says what it means */
        verify_state_mix(d, &h, sizeof(h));
        verify_state_mix(d, key, sizeof(*key));
    }
}

_Static_assert(sizeof(struct listed) == 24 + 7 * sizeof(simtime) + sizeof(void *), "no gaps");

struct verify_digest verify_state_digest(const struct verify_space *s, struct verify_digest network,
                                         struct verify_position p)
{
    struct verify_digest d = network;
    mix_ranges(s, &d, RANGE_REST);
    mix_hosts(s, &d);
    mix_timers(s, &d);
    verify_state_mix(&d, s->w->listed, s->w->listed_count * sizeof(*s->w->listed));
    mix_word(&d, (uint64_t)p.at.ns);
    mix_word(&d, p.next);
    finish(&d);
    return d;
}

/* --- the whole -------------------------------------------------------------------------------- */

bool verify_state_init(struct verify_space *s, struct arena *a, const struct world_spec *spec,
                       bool drawn)
{
    *s = (struct verify_space){.spec = *spec};
    if (!drawn) settle_durations(&s->spec.choices);
    if (!build(s, a)) return false;
    map_memory(s);
    world_make_timeless(s->w);
    s->timers = arena_get(a, s->w->timers.slots, sizeof(*s->timers));
    return s->timers != NULL && keep_start(s, a) && keep_pops(s, a);
}
