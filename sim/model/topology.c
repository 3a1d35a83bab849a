/* SPDX-License-Identifier: MIT */
#include "cnedge/model/topology.h"

#include "cnedge/base/rng.h"
#include "cnedge/model/geo.h"
#include "cnedge/model/rtt.h"

#include <string.h>

const char *carrier_name(enum carrier c)
{
    static const char *const name[CARRIER_COUNT] = {
        [CARRIER_TELECOM] = "telecom", [CARRIER_UNICOM] = "unicom", [CARRIER_MOBILE] = "mobile",
        [CARRIER_CERNET] = "cernet",   [CARRIER_CSTNET] = "cstnet", [CARRIER_DRPENG] = "drpeng",
        [CARRIER_CABLE] = "cable",     [CARRIER_CLOUD] = "cloud",   [CARRIER_OTHER] = "other",
    };
    CN_ASSERT(c < CARRIER_COUNT);
    return name[c];
}

enum carrier carrier_find(const char *name)
{
    for (unsigned c = 0; c < CARRIER_COUNT; c++) {
        if (strcmp(carrier_name((enum carrier)c), name) == 0) return (enum carrier)c;
    }
    return CARRIER_COUNT;
}

const char *family_name(enum family f)
{
    CN_ASSERT(f < FAMILY_COUNT);
    return f == FAMILY_V4 ? "v4" : "v6";
}

const char *pop_class_name(enum pop_class c)
{
    static const char *const name[POP_CLASS_COUNT] = {
        [POP_MAINLAND] = "mainland", [POP_NEAR] = "near", [POP_GLOBAL] = "global"};
    CN_ASSERT(c < POP_CLASS_COUNT);
    return name[c];
}

const char *client_zone_name(enum client_zone z)
{
    static const char *const name[] = {[ZONE_MAINLAND] = "mainland",
                                       [ZONE_NEAR] = "near",
                                       [ZONE_GLOBAL] = "global",
                                       [ZONE_UNKNOWN] = "unknown"};
    CN_ASSERT(z < CN_ARRAY_LEN(name));
    return name[z];
}

const char *nearest_metric_name(enum nearest_metric m)
{
    static const char *const name[METRIC_COUNT] = {
        [METRIC_RTT] = "rtt", [METRIC_GREAT_CIRCLE] = "great_circle", [METRIC_ORDER] = "order"};
    CN_ASSERT(m < METRIC_COUNT);
    return name[m];
}

uint32_t topology_metres(struct point a, struct point b)
{
    return geo_metres(geo_unit(a.lat, a.lon), geo_unit(b.lat, b.lon));
}

/* Sorting: a merge sort of indices, so that the order is the same with every C library. */

typedef bool (*before_fn)(const void *context, uint16_t a, uint16_t b);

struct sorter {
    before_fn before;
    const void *context;
    uint16_t scratch[TOPOLOGY_LINES_MAX];
};

/* Merges the sorted runs [lo, mid) and [mid, hi) of `index`. */
static void merge(struct sorter *s, uint16_t *index, uint32_t lo, uint32_t mid, uint32_t hi)
{
    uint32_t left = lo;
    uint32_t right = mid;
    for (uint32_t i = lo; i < hi; i++) {
        bool take_right =
            left == mid || (right < hi && s->before(s->context, index[right], index[left]));
        s->scratch[i] = take_right ? index[right++] : index[left++];
    }
    memcpy(index + lo, s->scratch + lo, (hi - lo) * sizeof(index[0]));
}

static void sort(struct sorter *s, uint16_t *index, uint32_t count)
{
    CN_ASSERT(count <= CN_ARRAY_LEN(s->scratch));
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t lo = 0; lo + width < count; lo += 2 * width) {
            uint32_t hi = lo + 2 * width < count ? lo + 2 * width : count;
            merge(s, index, lo, lo + width, hi);
        }
    }
}

/* Index by name or id. */

static bool line_before(const void *context, uint16_t a, uint16_t b)
{
    const struct line *lines = context;
    return strcmp(lines[a].name, lines[b].name) < 0;
}

static bool pop_before(const void *context, uint16_t a, uint16_t b)
{
    const struct pop *pops = context;
    return strcmp(pops[a].id, pops[b].id) < 0;
}

/* Indices 0..count-1 in the order of `before`, which must be strict: names are unique. */
static const uint16_t *sorted_index(struct arena *a, uint16_t count, before_fn before,
                                    const void *context)
{
    uint16_t *index = arena_get(a, count, sizeof(index[0]));
    if (index == NULL) return NULL;
    for (uint16_t i = 0; i < count; i++) {
        index[i] = i;
    }
    struct sorter s = {.before = before, .context = context};
    sort(&s, index, count);
    for (uint16_t i = 1; i < count; i++) {
        CN_ASSERT(before(context, index[i - 1], index[i]));
    }
    return index;
}

uint16_t topology_find_line(const struct topology *t, const char *name)
{
    uint32_t lo = 0;
    uint32_t hi = t->line_count;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        int order = strcmp(t->lines[t->line_by_name[mid]].name, name);
        if (order == 0) return t->line_by_name[mid];
        if (order < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return CN_NONE16;
}

uint16_t topology_find_pop(const struct topology *t, const char *id)
{
    uint32_t lo = 0;
    uint32_t hi = t->pop_count;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        int order = strcmp(t->pops[t->pop_by_id[mid]].id, id);
        if (order == 0) return t->pop_by_id[mid];
        if (order < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return CN_NONE16;
}

uint16_t topology_find_region(const struct topology *t, const char *name)
{
    for (uint16_t i = 0; i < t->region_count; i++) {
        if (strcmp(t->regions[i].name, name) == 0) return i;
    }
    return CN_NONE16;
}

/* Building. */

struct builder {
    struct arena *arena;
    struct topology *t;
    struct line *lines;            /* t->lines, while they may be written */
    uint16_t *rank;                /* PoP -> its place in pop_by_id */
    const struct rtt_place *place; /* of each PoP */
    uint32_t *rtt_us;
    uint32_t *metric_value; /* the same array as rtt_us for METRIC_RTT */
};

static void check_spec(const struct topology_spec *spec)
{
    CN_ASSERT(spec->region_count <= TOPOLOGY_REGIONS_MAX);
    CN_ASSERT(spec->pop_count <= TOPOLOGY_POPS_MAX);
    CN_ASSERT(spec->line_count <= TOPOLOGY_LINES_MAX);
    CN_ASSERT(spec->unknown_line < spec->line_count);
    CN_ASSERT(spec->metric < METRIC_COUNT);
    CN_ASSERT(spec->tie_break < TIE_BREAK_COUNT);
    for (uint16_t i = 0; i < spec->line_count; i++) {
        const struct line *line = &spec->lines[i];
        bool mainland = line->zone == ZONE_MAINLAND;
        CN_ASSERT(mainland ? line->region < spec->region_count : line->region == CN_NONE16);
        CN_ASSERT(mainland == (line->carrier < CARRIER_COUNT));
    }
    for (uint16_t i = 0; i < spec->pop_count; i++) {
        const struct pop *pop = &spec->pops[i];
        bool mainland = pop->class_ == POP_MAINLAND;
        CN_ASSERT(mainland ? pop->region < spec->region_count : pop->region == CN_NONE16);
        CN_ASSERT(pop->v4_count >= 1 && pop->v4_count <= POP_ADDRESSES_MAX);
        CN_ASSERT(pop->v6_count >= 1 && pop->v6_count <= POP_ADDRESSES_MAX);
    }
}

static void *copy(struct arena *a, const void *from, size_t count, size_t size)
{
    void *to = arena_get(a, count, size);
    if (to != NULL && count > 0) memcpy(to, from, count * size);
    return to;
}

static bool copy_spec(struct builder *b, const struct topology_spec *spec)
{
    struct arena *a = b->arena;
    struct topology *t = arena_get(a, 1, sizeof(*t));
    if (t == NULL) return false;
    b->lines = copy(a, spec->lines, spec->line_count, sizeof(b->lines[0]));
    *t = (struct topology){
        .regions = copy(a, spec->regions, spec->region_count, sizeof(t->regions[0])),
        .pops = copy(a, spec->pops, spec->pop_count, sizeof(t->pops[0])),
        .lines = b->lines,
        .region_count = spec->region_count,
        .pop_count = spec->pop_count,
        .line_count = spec->line_count,
        .unknown_line = spec->unknown_line,
        .metric = spec->metric,
        .tie_break = spec->tie_break,
        .rtt = spec->rtt,
    };
    b->t = t;
    return t->regions != NULL && t->pops != NULL && t->lines != NULL;
}

static bool make_indices(struct builder *b)
{
    struct topology *t = b->t;
    t->line_by_name = sorted_index(b->arena, t->line_count, line_before, t->lines);
    t->pop_by_id = sorted_index(b->arena, t->pop_count, pop_before, t->pops);
    b->rank = arena_get(b->arena, t->pop_count, sizeof(b->rank[0]));
    if (t->line_by_name == NULL || t->pop_by_id == NULL || b->rank == NULL) return false;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        b->rank[t->pop_by_id[i]] = i;
        if (t->pops[i].class_ == POP_MAINLAND) t->mainland_count++;
    }
    t->outside_count = (uint16_t)(t->pop_count - t->mainland_count);
    return true;
}

static bool copy_kinds(struct builder *b)
{
    struct topology *t = b->t;
    uint8_t *zones = arena_get(b->arena, t->line_count, sizeof(*zones));
    uint8_t *classes = arena_get(b->arena, t->pop_count, sizeof(*classes));
    if (zones == NULL || classes == NULL) return false;
    for (uint16_t i = 0; i < t->line_count; i++) {
        zones[i] = (uint8_t)t->lines[i].zone;
    }
    for (uint16_t i = 0; i < t->pop_count; i++) {
        classes[i] = (uint8_t)t->pops[i].class_;
    }
    t->line_zones = zones;
    t->pop_classes = classes;
    return true;
}

static bool make_places(struct builder *b)
{
    const struct topology *t = b->t;
    struct rtt_place *place = arena_get(b->arena, t->pop_count, sizeof(place[0]));
    if (place == NULL) return false;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        const struct pop *pop = &t->pops[i];
        bool mainland = pop->class_ == POP_MAINLAND;
        rtt_place_init(&place[i], &t->rtt, pop->at, mainland, pop->country);
    }
    b->place = place;
    return true;
}

static bool make_values(struct builder *b)
{
    struct topology *t = b->t;
    size_t cells = (size_t)t->line_count * t->pop_count;
    b->rtt_us = arena_get(b->arena, cells, sizeof(b->rtt_us[0]));
    b->metric_value = t->metric == METRIC_RTT
                          ? b->rtt_us
                          : arena_get(b->arena, cells, sizeof(b->metric_value[0]));
    t->rtt_us = b->rtt_us;
    t->metric_value = b->metric_value;
    return b->rtt_us != NULL && b->metric_value != NULL;
}

static uint32_t metric_of(const struct builder *b, const struct rtt_place *line, uint16_t pop,
                          uint32_t rtt_us)
{
    switch (b->t->metric) {
    case METRIC_GREAT_CIRCLE:
        return geo_metres(line->at, b->place[pop].at);
    case METRIC_ORDER:
        return pop;
    case METRIC_RTT:
    case METRIC_COUNT:
        break;
    }
    return rtt_us;
}

static void fill_values(struct builder *b, uint16_t line_index)
{
    const struct topology *t = b->t;
    const struct line *line = &t->lines[line_index];
    size_t row = (size_t)line_index * t->pop_count;
    struct rtt_place place;
    rtt_place_init(&place, &t->rtt, line->at, line->zone == ZONE_MAINLAND, line->country);
    for (uint16_t pop = 0; pop < t->pop_count; pop++) {
        uint32_t us = rtt_between(&t->rtt, &place, &b->place[pop]);
        b->rtt_us[row + pop] = us;
        b->metric_value[row + pop] = metric_of(b, &place, pop, us);
    }
}

uint32_t topology_tie(const struct topology *t, uint16_t line, uint16_t pop)
{
    switch (t->tie_break) {
    case TIE_ORDER:
        return pop;
    case TIE_LINE: {
        const char *id = t->pops[pop].id;
        const char *name = t->lines[line].name;
        return (uint32_t)(rng_hash(rng_hash(0, name, strlen(name)), id, strlen(id)) >> 32);
    }
    case TIE_ID:
    case TIE_BREAK_COUNT:
        break;
    }
    return 0;
}

struct nearer {
    const uint32_t *metric; /* per PoP, of one line */
    uint32_t tie[TOPOLOGY_POPS_MAX];
    const uint16_t *rank;
};

static bool nearer_before(const void *context, uint16_t a, uint16_t b)
{
    const struct nearer *n = context;
    if (n->metric[a] != n->metric[b]) return n->metric[a] < n->metric[b];
    return n->tie[a] != n->tie[b] ? n->tie[a] < n->tie[b] : n->rank[a] < n->rank[b];
}

static bool fill_order(struct builder *b, uint16_t line_index)
{
    const struct topology *t = b->t;
    uint16_t *order = arena_get(b->arena, t->pop_count, sizeof(order[0]));
    if (order == NULL) return false;
    uint16_t *mainland = order;
    uint16_t *outside = order + t->mainland_count;
    uint16_t m = 0;
    uint16_t o = 0;
    for (uint16_t pop = 0; pop < t->pop_count; pop++) {
        if (t->pops[pop].class_ == POP_MAINLAND) {
            mainland[m++] = pop;
        } else {
            outside[o++] = pop;
        }
    }
    struct nearer n = {.metric = b->metric_value + (size_t)line_index * t->pop_count,
                       .rank = b->rank};
    for (uint16_t pop = 0; pop < t->pop_count; pop++) {
        n.tie[pop] = topology_tie(t, line_index, pop);
    }
    struct sorter s = {.before = nearer_before, .context = &n};
    sort(&s, mainland, m);
    sort(&s, outside, o);
    b->lines[line_index].mainland = mainland;
    b->lines[line_index].outside = outside;
    return true;
}

const struct topology *topology_build(struct arena *a, const struct topology_spec *spec)
{
    struct builder b = {.arena = a};
    check_spec(spec);
    if (!copy_spec(&b, spec) || !make_indices(&b) || !copy_kinds(&b) || !make_places(&b) ||
        !make_values(&b)) {
        return NULL;
    }
    for (uint16_t line = 0; line < b.t->line_count; line++) {
        fill_values(&b, line);
        if (!fill_order(&b, line)) return NULL;
    }
    return b.t;
}

unsigned topology_pool(const struct pop *p, enum family f)
{
    return f == FAMILY_V4 ? (unsigned)p->v4_count + p->v4_spares
                          : (unsigned)p->v6_count + p->v6_spares;
}

void topology_address_text(const struct pop *p, enum family f, unsigned index,
                           char out[ADDRTEXT_MAX])
{
    CN_ASSERT(index < topology_pool(p, f));
    addrtext_put(f == FAMILY_V6 ? p->v6[index] : p->v4[index], f == FAMILY_V6, out);
}

uint32_t topology_rtt_us(const struct topology *t, uint16_t line, uint16_t pop, bool carrier_served)
{
    CN_ASSERT(line < t->line_count);
    CN_ASSERT(pop < t->pop_count);
    uint32_t us = t->rtt_us[(size_t)line * t->pop_count + pop];
    uint32_t more = carrier_served ? 0 : t->rtt.cross_carrier_us;
    return us <= UINT32_MAX - more ? us + more : UINT32_MAX;
}

/* Whether the parts of a name begin with those of a pattern. */
static bool parts_match(const char *name, const char *pattern)
{
    for (;;) {
        size_t name_len = strcspn(name, "/");
        size_t len = strcspn(pattern, "/");
        bool any = len == 1 && pattern[0] == '*';
        if (!any && (len != name_len || memcmp(name, pattern, len) != 0)) return false;
        if (pattern[len] == '\0') return true;
        if (name[name_len] == '\0') return false;
        name += name_len + 1;
        pattern += len + 1;
    }
}

bool line_matches(const struct line *line, const char *pattern)
{
    bool negated = pattern[0] == '!';
    return parts_match(line->name, pattern + (negated ? 1 : 0)) != negated;
}
