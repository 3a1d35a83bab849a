/* SPDX-License-Identifier: MIT */
#include "export_state.h"

#include <string.h>

#include "cnedge/base/rng.h"
#include "cnedge/dns/responder.h"
#include "cnedge/dns/transfer.h"

enum { QUERY_MAX = MESSAGE_HEADER_BYTES + DNAME_MAX + 4 };

struct question { /* a transfer as somebody would ask for it */
    uint8_t bytes[QUERY_MAX];
    struct message m;
};

static void ask(struct question *q, const uint8_t *apex)
{
    struct wire_wr w = {.p = q->bytes, .cap = sizeof(q->bytes)};
    static const uint16_t header[] = {0, 0, 1, 0, 0, 0};
    for (size_t i = 0; i < CN_ARRAY_LEN(header); i++) {
        wire_put_u16(&w, header[i]);
    }
    wire_put_bytes(&w, apex, dname_len(apex));
    wire_put_u16(&w, RR_AXFR);
    wire_put_u16(&w, MESSAGE_CLASS_IN);
    enum message_verdict v = message_read(&q->m, q->bytes, w.pos);
    CN_ASSERT(v == MESSAGE_REFUSED); /* well formed, and a transfer */
}

struct reading {
    const struct export_state *s;
    struct arena *a;
    struct export_record *first, **last;
    uint64_t hash[2]; /* of all that was read */
};

static bool hash_message(void *to, const uint8_t *message, size_t len)
{
    struct reading *r = to;
    for (size_t i = 0; i < CN_ARRAY_LEN(r->hash); i++) {
        r->hash[i] = rng_hash(r->hash[i] + i + 1, message, len);
    }
    return true;
}

static bool read_part(struct reading *r, const uint8_t *apex, uint16_t line,
                      enum transfer_part part, transfer_sink sink)
{
    static const size_t cap = RESPONDER_TCP_MAX;
    struct question q;
    uint8_t buffer[RESPONDER_TCP_MAX];
    ask(&q, apex);
    struct transfer t = {.w = r->s->w,
                         .apex = apex,
                         .line = line,
                         .part = part,
                         .plain = true,
                         .m = &q.m,
                         .query = q.bytes,
                         .buffer = buffer,
                         .cap = cap,
                         .sink = sink,
                         .to = r};
    return transfer_write(&t);
}

/* --- zones and groups ------------------------------------------------------------------------- */

static bool find_zones(struct export_state *s, struct arena *a)
{
    const struct world_spec *spec = s->w->spec;
    uint32_t sites = spec->site_count - spec->app_count;
    s->zones = arena_get(a, sites + 1U, sizeof(*s->zones));
    if (s->zones == NULL) return false;
    for (uint32_t i = 0; i <= sites; i++) {
        const uint8_t *apex = i < sites ? spec->sites[i].apex : s->w->cdn_zone;
        uint16_t line = s->w->topology->unknown_line;
        if (apex == NULL || transfer_refusal(s->w, apex, line) != ENCODE_NOERROR) continue;
        s->zones[s->zone_count++] = apex;
    }
    return true;
}

static void mark_lines(struct export_state *s)
{
    const struct prefix_table *t = s->w->spec->prefixes;
    for (uint16_t i = 0; i < s->w->topology->line_count; i++) {
        s->group[i] = CN_NONE16;
    }
    for (uint32_t i = 0; i < t->n4; i++) {
        s->group[t->line4[i]] = 0;
    }
    for (uint32_t i = 0; i < t->n6; i++) {
        s->group[t->line6[i]] = 0;
    }
    s->group[s->w->topology->unknown_line] = 0;
}

static bool hash_line(const struct export_state *s, uint16_t line, uint64_t out[2])
{
    struct reading r = {.s = s};
    for (uint32_t z = 0; z < s->zone_count; z++) {
        if (!read_part(&r, s->zones[z], line, TRANSFER_ROUTED, hash_message)) return false;
    }
    memcpy(out, r.hash, sizeof(r.hash));
    return true;
}

/* Whether lines whose cells are the same may still get different answers: by a draw for each client
 * and host. */
static bool has_draws(const struct world *w)
{
    const struct topology *t = w->topology;
    bool many = false;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        const struct pop *p = &t->pops[i];
        many = many || p->v4_count + p->v4_spares > 1 || p->v6_count + p->v6_spares > 1;
    }
    if (w->spill.any || (many && w->choices->address_rotation == ROTATION_HASHED)) return true;
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (w->hosts[h].outside != CN_NONE16) return true;
    }
    return false;
}

/* Over all that answers have from the decisions for a line. */
static void hash_cells(struct world *w, uint16_t line, uint64_t out[2])
{
    out[0] = 0;
    out[1] = 0;
    for (uint32_t c = 0; c < w->class_count; c++) {
        for (int f = 0; w->classes[c].hosts > 0 && f < FAMILY_COUNT; f++) {
            const struct cell cell = world_cells(w, (uint16_t)c, (enum family)f)[line];
            const uint32_t read[] = {cell.pop, cell.kind, cell.addresses[FAMILY_V4],
                                     cell.addresses[FAMILY_V6], cell.ttl_s};
            for (unsigned i = 0; i < 2; i++) {
                out[i] = rng_hash(out[i] + i + 1, read, sizeof(read));
            }
        }
    }
}

/* Where the hash at `count` stands first. */
static uint16_t find_hash(uint64_t (*hashes)[2], uint16_t count)
{
    uint16_t i = 0;
    while (memcmp(hashes[i], hashes[count], sizeof(*hashes)) != 0) {
        i++;
    }
    return i;
}

/* Lines with the same cells are not looked at twice: a look is a walk through every zone. */
static bool find_groups(struct export_state *s, struct arena *a)
{
    uint16_t lines = s->w->topology->line_count;
    bool draws = has_draws(s->w);
    uint16_t kinds = 0;
    uint64_t(*cells)[2] = arena_get(a, lines, sizeof(*cells));
    uint64_t(*hashes)[2] = arena_get(a, lines, sizeof(*hashes));
    uint16_t *group_of = arena_get(a, lines, sizeof(*group_of)); /* of lines with these cells */
    s->group = arena_get(a, lines, sizeof(*s->group));
    s->line = arena_get(a, lines, sizeof(*s->line));
    if (cells == NULL || hashes == NULL || group_of == NULL) return false;
    if (s->group == NULL || s->line == NULL) return false;
    mark_lines(s);
    for (uint16_t i = 0; i < lines; i++) {
        if (s->group[i] == CN_NONE16) continue;
        hash_cells(s->w, i, cells[kinds]);
        uint16_t kind = draws ? kinds : find_hash(cells, kinds);
        if (kind == kinds) {
            if (!hash_line(s, i, hashes[s->group_count])) return false;
            group_of[kinds] = find_hash(hashes, s->group_count);
            if (group_of[kinds] == s->group_count) s->line[s->group_count++] = i;
            kinds++;
        }
        s->group[i] = group_of[kind];
    }
    s->unknown = s->group[s->w->topology->unknown_line];
    return true;
}

bool export_state_init(struct export_state *s, struct arena *a, struct world *w)
{
    *s = (struct export_state){.w = w};
    return find_zones(s, a) && find_groups(s, a);
}

/* --- one zone --------------------------------------------------------------------------------- */

/* Takes the records of a message, whose names are not compressed, without its question. */
static bool keep_message(void *to, const uint8_t *message, size_t len)
{
    struct reading *r = to;
    uint8_t *copy = arena_get(r->a, len, 1);
    if (copy == NULL) return false;
    memcpy(copy, message, len);
    struct wire_rd w = {.p = copy, .len = len};
    (void)wire_get_bytes(&w, 6);
    uint16_t count = wire_get_u16(&w);
    (void)wire_get_bytes(&w, 4);
    (void)wire_skip_name(&w);
    (void)wire_get_bytes(&w, 4);
    for (; count > 0; count--) {
        struct export_record *e = arena_get(r->a, 1, sizeof(*e));
        if (e == NULL) return false;
        e->owner = copy + w.pos;
        (void)wire_skip_name(&w);
        e->type = wire_get_u16(&w);
        (void)wire_get_u16(&w);
        e->ttl_s = wire_get_u32(&w);
        e->len = wire_get_u16(&w);
        e->rdata = wire_get_bytes(&w, e->len);
        *r->last = e;
        r->last = &e->next;
    }
    CN_ASSERT(!w.failed);
    return true;
}

static bool same_set(const uint8_t *owner, uint16_t type, const struct export_record *r)
{
    return type == r->type && dname_equal(owner, r->owner);
}

/* The set that a record belongs to, looked for from `*at` on; a new one at `*at` when it is
 * missing. The walks of all groups go through the names in the same order. */
static struct export_set **find_set(struct arena *a, struct export_set **at,
                                    const struct export_record *r, uint16_t groups)
{
    for (struct export_set **p = at; *p != NULL; p = &(*p)->next) {
        if (same_set((*p)->owner, (*p)->type, r)) return p;
    }
    struct export_set *set = arena_get(a, 1, sizeof(*set) + groups * sizeof(set->v[0]));
    if (set == NULL) return NULL;
    set->owner = r->owner;
    set->type = r->type;
    set->next = *at;
    *at = set;
    return at;
}

static bool take_group(struct reading *r, struct export_set **at, uint16_t group, uint16_t groups)
{
    const struct export_record *e = r->first;
    while (e != NULL) {
        at = find_set(r->a, at, e, groups);
        if (at == NULL) return false;
        struct export_variant *v = &(*at)->v[group];
        *v = (struct export_variant){.first = e, .ttl_s = e->ttl_s};
        for (; e != NULL && same_set((*at)->owner, (*at)->type, e); e = e->next) {
            v->count++;
        }
        at = &(*at)->next;
    }
    return true;
}

static bool same_variant(const struct export_variant *a, const struct export_variant *b)
{
    const struct export_record *x = a->first;
    const struct export_record *y = b->first;
    if (a->count != b->count || a->ttl_s != b->ttl_s) return false;
    for (uint16_t i = 0; i < a->count; i++, x = x->next, y = y->next) {
        if (x->len != y->len || memcmp(x->rdata, y->rdata, x->len) != 0) return false;
    }
    return true;
}

/* Sets that all groups have alike depend on nothing. */
static void sort_out(struct export_zone *z, uint16_t groups)
{
    struct export_set **fixed = &z->fixed;
    while (*fixed != NULL) {
        fixed = &(*fixed)->next;
    }
    for (struct export_set **p = &z->routed; *p != NULL;) {
        struct export_set *set = *p;
        bool alike = true;
        set->everywhere = true;
        for (uint16_t g = 0; g < groups; g++) {
            alike = alike && same_variant(&set->v[0], &set->v[g]);
            set->everywhere = set->everywhere && set->v[g].count > 0;
        }
        if (!alike) {
            p = &set->next;
            continue;
        }
        *p = set->next;
        set->next = NULL;
        *fixed = set;
        fixed = &set->next;
    }
}

bool export_state_zone(const struct export_state *s, const uint8_t *apex, struct arena *a,
                       struct export_zone *out)
{
    *out = (struct export_zone){.apex = apex};
    struct reading r = {.s = s, .a = a, .last = &r.first};
    if (!read_part(&r, apex, s->line[s->unknown], TRANSFER_FIXED, keep_message)) return false;
    if (!take_group(&r, &out->fixed, 0, 1)) return false;
    for (uint16_t g = 0; g < s->group_count; g++) {
        r.first = NULL;
        r.last = &r.first;
        if (!read_part(&r, apex, s->line[g], TRANSFER_ROUTED, keep_message)) return false;
        if (!take_group(&r, &out->routed, g, s->group_count)) return false;
    }
    sort_out(out, s->group_count);
    return true;
}

/* --- addresses -------------------------------------------------------------------------------- */

struct span {          /* of addresses: IPv4, or the top 64 bits of IPv6 */
    uint64_t from, to; /* both included */
    bool v6;
    uint16_t line;
};

static void put_address(struct export_prefix *p, uint64_t at)
{
    int bytes = p->v6 ? 8 : 4;
    for (int i = 0; i < bytes; i++) {
        p->address[i] = (uint8_t)(at >> (8 * (bytes - 1 - i)));
    }
}

/* A span as prefixes. */
static bool split(const struct export_state *s, const struct span *span, export_prefix_fn fn,
                  void *to)
{
    uint64_t at = span->from;
    for (;;) {
        unsigned free = 0; /* bits behind the prefix */
        unsigned width = span->v6 ? 64 : 32;
        while (free < width && (at & (UINT64_MAX >> (63 - free))) == 0 &&
               (UINT64_MAX >> (63 - free)) <= span->to - at) {
            free++;
        }
        struct export_prefix p = {.bits = (uint8_t)(width - free),
                                  .v6 = span->v6,
                                  .line = span->line,
                                  .group = s->group[span->line]};
        put_address(&p, at);
        if (!fn(to, &p)) return false;
        uint64_t last = at + (free == 0 ? 0 : UINT64_MAX >> (64 - free));
        if (last == span->to) return true;
        at = last + 1;
    }
}

static uint64_t start_of(const struct prefix_table *t, bool v6, uint32_t i)
{
    if (v6) return i < t->n6 ? t->start6[i] : 0; /* behind the last: it wraps around */
    return i < t->n4 ? t->start4[i] : UINT64_C(1) << 32;
}

/* Lines of one class; without classes each line is one. */
static bool same(const uint16_t *classes, uint16_t a, uint16_t b)
{
    return classes != NULL ? classes[a] == classes[b] : a == b;
}

bool export_state_split(const struct export_state *s, const uint16_t *classes, export_prefix_fn fn,
                        void *to)
{
    const struct prefix_table *t = s->w->spec->prefixes;
    for (int v6 = 0; v6 < 2; v6++) {
        const uint16_t *line = v6 ? t->line6 : t->line4;
        uint32_t n = v6 ? t->n6 : t->n4;
        for (uint32_t i = 0, j = 0; i < n; i = j) {
            for (j = i + 1; j < n && same(classes, line[i], line[j]); j++) {
            }
            struct span span = {.from = start_of(t, v6 != 0, i),
                                .to = start_of(t, v6 != 0, j) - 1,
                                .v6 = v6 != 0,
                                .line = line[i]};
            if (!split(s, &span, fn, to)) return false;
        }
    }
    return true;
}

bool export_state_prefixes(const struct export_state *s, bool by_line, export_prefix_fn fn,
                           void *to)
{
    return export_state_split(s, by_line ? NULL : s->group, fn, to);
}
