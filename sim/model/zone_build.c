/* SPDX-License-Identifier: MIT
 * zone_build.c: a zone from its records: order, empty non-terminals, RRsets, and the rules that the
 * records of one zone must keep. */
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/model/zone.h"

enum { LABELS_MAX = 128 };

struct item { /* a record on its way */
    const uint8_t *key;
    uint16_t key_len;
    uint32_t record;
};

struct builder {
    const struct zone_source *from;
    struct arena *a, *scratch;
    struct zone_report *why;
    struct item *items; /* sorted; item i becomes datum i */
    struct zone *zone;
    struct zone_node *nodes; /* of `zone` */
    struct zone_set *sets;
    struct zone_datum *data;
    uint32_t *first; /* [node] its first item; CN_NONE32: none */
    uint32_t node_count, set_count;
    size_t bytes;              /* of keys, names and rdata, in all */
    uint8_t *out;              /* where the next of them go */
    uint32_t path[LABELS_MAX]; /* [label count] the nodes above the owner at hand */
};

static bool fail(struct builder *b, enum zone_problem p, uint32_t record, uint32_t other)
{
    *b->why = (struct zone_report){p, record, other};
    return false;
}

static const struct zone_record *record_of(const struct builder *b, uint32_t item)
{
    return &b->from->records[b->items[item].record];
}

/* The record of a set's datum `i`. */
static uint32_t number_of(const struct builder *b, const struct zone_set *s, uint16_t i)
{
    return b->items[(size_t)(s->data - b->data) + i].record;
}

/* --- order ------------------------------------------------------------------------------------ */

static int compare_bytes(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
    if (c != 0 || a_len == b_len) return c;
    return a_len < b_len ? -1 : 1;
}

/* Owner, type, data (RFC 4034 section 6.3), place in the source. */
static int compare(const struct builder *b, const struct item *x, const struct item *y)
{
    const struct zone_record *r = &b->from->records[x->record];
    const struct zone_record *s = &b->from->records[y->record];
    int c = compare_bytes(x->key, x->key_len, y->key, y->key_len);
    if (c != 0) return c;
    if (r->type != s->type) return r->type < s->type ? -1 : 1;
    c = compare_bytes(r->rdata, r->len, s->rdata, s->len);
    if (c != 0) return c;
    return x->record < y->record ? -1 : 1;
}

static void merge(const struct builder *b, const struct item *from, struct item *to,
                  const uint32_t at[3])
{
    uint32_t i = at[0];
    uint32_t j = at[1];
    for (uint32_t k = at[0]; k < at[2]; k++) {
        bool left = j == at[2] || (i < at[1] && compare(b, &from[i], &from[j]) < 0);
        to[k] = left ? from[i++] : from[j++];
    }
}

static bool sort(struct builder *b)
{
    uint32_t count = b->from->count;
    struct item *from = b->items;
    CN_ASSERT(from != NULL);
    struct item *to = arena_get(b->scratch, count, sizeof(*to));
    if (to == NULL) return fail(b, ZONE_NO_MEMORY, CN_NONE32, CN_NONE32);
    for (uint64_t width = 1; width < count; width *= 2) {
        for (uint64_t low = 0; low < count; low += 2 * width) {
            uint64_t middle = low + width < count ? low + width : count;
            uint64_t high = low + 2 * width < count ? low + 2 * width : count;
            merge(b, from, to, (uint32_t[]){(uint32_t)low, (uint32_t)middle, (uint32_t)high});
        }
        struct item *swap = from;
        from = to;
        to = swap;
    }
    b->items = from;
    return true;
}

static bool collect(struct builder *b)
{
    const struct zone_source *from = b->from;
    if (from->count > ZONE_RECORDS_MAX) {
        return fail(b, ZONE_TOO_MANY_RECORDS, ZONE_RECORDS_MAX, CN_NONE32);
    }
    b->items = arena_get(b->scratch, from->count, sizeof(*b->items));
    for (uint32_t i = 0; b->items != NULL && i < from->count; i++) {
        uint8_t key[ZONE_KEY_MAX];
        const struct zone_record *r = &from->records[i];
        if (!dname_within(r->owner, from->apex)) return fail(b, ZONE_OUTSIDE, i, CN_NONE32);
        size_t len = zone_key(r->owner, key);
        uint8_t *copy = arena_get(b->scratch, len, 1);
        if (copy == NULL) break;
        memcpy(copy, key, len);
        b->items[i] = (struct item){copy, (uint16_t)len, i};
        b->bytes += r->len;
    }
    if (b->scratch->failed) return fail(b, ZONE_NO_MEMORY, CN_NONE32, CN_NONE32);
    return sort(b);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static bool same_owner(const struct item *x, const struct item *y)
{
    return x->key_len == y->key_len && memcmp(x->key, y->key, x->key_len) == 0;
}

/* How many labels two keys share, from the root on. A zero byte ends each label. */
static unsigned shared_labels(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    unsigned labels = 0;
    for (size_t i = 0; i < a_len && i < b_len && a[i] == b[i]; i++) {
        labels += a[i] == 0;
    }
    return labels;
}

/* Bytes of the key's first `labels` labels. */
static uint16_t key_part(const uint8_t *key, unsigned labels)
{
    uint16_t len = 0;
    for (; labels > 0; len++) {
        labels -= key[len] == 0;
    }
    return len;
}

/* Counts the nodes and the bytes of their keys and names: the apex, the owners, and what is between
 * them and not an owner. */
static void count_nodes(struct builder *b, const struct item *apex)
{
    const struct item *last = apex;
    b->node_count = 1;
    b->bytes += apex->key_len + dname_len(b->from->apex);
    for (uint32_t i = 0; i < b->from->count; i++) {
        const struct item *x = &b->items[i];
        const uint8_t *owner = record_of(b, i)->owner;
        if (i == 0 || !same_owner(x, &b->items[i - 1])) {
            unsigned shared = shared_labels(last->key, last->key_len, x->key, x->key_len);
            b->node_count += dname_labels(owner) - shared;
            b->bytes += x->key_len + dname_len(owner);
            last = x;
        }
        bool new_set = i == 0 || !same_owner(x, &b->items[i - 1]) ||
                       record_of(b, i)->type != record_of(b, i - 1)->type;
        b->set_count += new_set;
    }
}

static const uint8_t *keep(struct builder *b, const uint8_t *bytes, size_t len)
{
    uint8_t *at = b->out;
    memcpy(at, bytes, len);
    b->out += len;
    return at;
}

/* Adds one node below the one that stands in the path. `name` and `key` are kept already. */
static void add_node(struct builder *b, const uint8_t *name, const uint8_t *key, unsigned labels)
{
    uint32_t i = b->zone->node_count++;
    uint32_t parent = i == 0 ? 0 : b->path[labels - 1];
    b->nodes[i] = (struct zone_node){.name = name,
                                     .key = key,
                                     .key_len = key_part(key, labels),
                                     .labels = (uint8_t)labels,
                                     .parent = parent,
                                     .wildcard = CN_NONE32,
                                     .closed = CN_NONE32};
    b->first[i] = CN_NONE32;
    b->path[labels] = i;
    if (i == 0) return;
    b->nodes[parent].below = true;
    if (dname_is_wildcard(name)) b->nodes[parent].wildcard = i;
}

/* Adds the owner of item `i` and the empty non-terminals above it that are not there yet. */
static void add_owner(struct builder *b, uint32_t i, unsigned have)
{
    const uint8_t *owner = record_of(b, i)->owner;
    const uint8_t *key = keep(b, b->items[i].key, b->items[i].key_len);
    const uint8_t *name = keep(b, owner, dname_len(owner));
    unsigned labels = dname_labels(owner);
    for (unsigned d = have + 1; d <= labels; d++) {
        const uint8_t *part = name;
        for (unsigned k = labels; k > d; k--) {
            part = dname_parent(part);
        }
        add_node(b, part, key, d);
    }
}

/* Fills the set that begins at item `i` and ends before `end`. */
static bool add_set(struct builder *b, uint32_t i, uint32_t end, struct zone_set *out)
{
    size_t bytes = 0;
    const struct zone_record *head = record_of(b, i);
    *out = (struct zone_set){head->type, (uint16_t)(end - i), head->ttl_s, &b->data[i]};
    for (uint32_t k = i; k < end; k++) {
        const struct zone_record *r = record_of(b, k);
        uint32_t number = b->items[k].record;
        uint32_t before = k > i ? b->items[k - 1].record : number;
        uint32_t late = number > before ? number : before;
        uint32_t early = number > before ? before : number;
        const struct zone_record *last = &b->from->records[before];
        bool same = k > i && compare_bytes(r->rdata, r->len, last->rdata, last->len) == 0 &&
                    r->hints == last->hints;
        if (same) return fail(b, ZONE_DUPLICATE, late, early);
        if (r->ttl_s != last->ttl_s) return fail(b, ZONE_TTL_DIFFERS, late, early);
        enum { HEAD = 12 }; /* of a record, its owner compressed */
        bytes += r->len + (size_t)HEAD;
        if (bytes > ZONE_SET_BYTES_MAX) return fail(b, ZONE_SET_TOO_LARGE, number, CN_NONE32);
        b->data[k] = (struct zone_datum){.rdata = keep(b, r->rdata, r->len),
                                         .line = r->line,
                                         .len = r->len,
                                         .hints = r->hints,
                                         .file = r->file};
    }
    return true;
}

static bool fill(struct builder *b)
{
    uint32_t count = b->from->count;
    struct zone_set *set = b->sets;
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i + 1;
        const struct item *x = &b->items[i];
        if (i == 0 || !same_owner(x, &b->items[i - 1])) {
            const struct zone_node *last = &b->nodes[b->zone->node_count - 1];
            add_owner(b, i, shared_labels(last->key, last->key_len, x->key, x->key_len));
            uint32_t owner = b->path[dname_labels(record_of(b, i)->owner)];
            b->nodes[owner].sets = set;
            b->first[owner] = i;
        }
        while (end < count && same_owner(x, &b->items[end]) &&
               record_of(b, end)->type == record_of(b, i)->type) {
            end++;
        }
        if (!add_set(b, i, end, set++)) return false;
        b->nodes[b->path[dname_labels(record_of(b, i)->owner)]].set_count++;
        i = end;
    }
    return true;
}

static bool make_nodes(struct builder *b)
{
    uint8_t key[ZONE_KEY_MAX];
    const uint8_t *apex = b->from->apex;
    const struct item top = {key, (uint16_t)zone_key(apex, key), CN_NONE32};
    count_nodes(b, &top);
    b->zone = arena_get(b->a, 1, sizeof(*b->zone));
    b->nodes = arena_get(b->a, b->node_count, sizeof(*b->nodes));
    b->sets = arena_get(b->a, b->set_count, sizeof(*b->sets));
    b->data = arena_get(b->a, b->from->count, sizeof(*b->data));
    b->first = arena_get(b->scratch, b->node_count, sizeof(*b->first));
    b->out = arena_get(b->a, b->bytes, 1);
    if (b->a->failed || b->scratch->failed) {
        return fail(b, ZONE_NO_MEMORY, CN_NONE32, CN_NONE32);
    }
    const uint8_t *kept = keep(b, key, top.key_len);
    add_node(b, keep(b, apex, dname_len(apex)), kept, dname_labels(apex));
    bool ok = fill(b);
    b->zone->nodes = b->nodes;
    b->zone->record_count = b->from->count;
    return ok;
}

/* --- the rules -------------------------------------------------------------------------------- */

static uint32_t first_record(const struct builder *b, const struct zone_node *n)
{
    return b->items[b->first[n - b->nodes]].record;
}

/* CNAME and DNAME. */
static bool check_aliases(struct builder *b, const struct zone_node *n)
{
    const struct zone_set *cname = zone_set_of(n, RR_CNAME);
    const struct zone_set *dname = zone_set_of(n, RR_DNAME);
    if (cname != NULL && n == b->nodes) {
        return fail(b, ZONE_CNAME_AT_APEX, number_of(b, cname, 0), CN_NONE32);
    }
    if (cname != NULL && n->set_count > 1) {
        const struct zone_set *other = cname == n->sets ? n->sets + 1 : n->sets;
        return fail(b, ZONE_CNAME_AND_OTHER, number_of(b, other, 0), number_of(b, cname, 0));
    }
    if (cname != NULL && cname->count > 1) {
        return fail(b, ZONE_CNAME_AGAIN, number_of(b, cname, 1), number_of(b, cname, 0));
    }
    if (dname == NULL) return true;
    if (dname->count > 1) {
        return fail(b, ZONE_DNAME_AGAIN, number_of(b, dname, 1), number_of(b, dname, 0));
    }
    if (dname_is_wildcard(n->name)) {
        return fail(b, ZONE_WILDCARD_DNAME, number_of(b, dname, 0), CN_NONE32);
    }
    return !n->cut || fail(b, ZONE_DNAME_AT_CUT, number_of(b, dname, 0), CN_NONE32);
}

static bool is_address(uint16_t type)
{
    return type == RR_A || type == RR_AAAA;
}

/* What may stand at a delegation, and below one. */
static bool check_cut(struct builder *b, const struct zone_node *n)
{
    const struct zone_set *ds = zone_set_of(n, RR_DS);
    if (n->cut && dname_is_wildcard(n->name)) {
        return fail(b, ZONE_WILDCARD_NS, number_of(b, zone_set_of(n, RR_NS), 0), CN_NONE32);
    }
    if (ds != NULL && !n->cut) {
        return fail(b, ZONE_DS_WITHOUT_NS, number_of(b, ds, 0), CN_NONE32);
    }
    if (n->closed == CN_NONE32) return true;
    const struct zone_node *by = &b->nodes[n->closed];
    if (!by->cut) {
        const struct zone_set *dname = zone_set_of(by, RR_DNAME);
        return fail(b, ZONE_BELOW_DNAME, first_record(b, n), number_of(b, dname, 0));
    }
    uint32_t ns = number_of(b, zone_set_of(by, RR_NS), 0);
    for (uint16_t i = 0; i < n->set_count; i++) {
        uint16_t type = n->sets[i].type;
        bool own = n == by && (type == RR_NS || type == RR_DS);
        if (own || is_address(type)) continue;
        return fail(b, n == by ? ZONE_AT_CUT : ZONE_BELOW_CUT, number_of(b, &n->sets[i], 0), ns);
    }
    return true;
}

static bool check_soa(struct builder *b, const struct zone_node *n)
{
    const struct zone_set *soa = zone_set_of(n, RR_SOA);
    if (soa == NULL) return true;
    if (n != b->nodes) return fail(b, ZONE_SOA_ELSEWHERE, number_of(b, soa, 0), CN_NONE32);
    if (soa->count > 1) {
        return fail(b, ZONE_SOA_AGAIN, number_of(b, soa, 1), number_of(b, soa, 0));
    }
    return true;
}

/* Parents come before what is below them. */
static bool check_nodes(struct builder *b)
{
    for (uint32_t i = 0; i < b->zone->node_count; i++) {
        struct zone_node *n = &b->nodes[i];
        const struct zone_node *up = &b->nodes[n->parent];
        n->cut = i > 0 && zone_set_of(n, RR_NS) != NULL;
        if (i > 0 && up->closed != CN_NONE32) {
            n->closed = up->closed;
        } else if (i > 0 && zone_set_of(up, RR_DNAME) != NULL) {
            n->closed = n->parent;
        } else if (n->cut) {
            n->closed = i;
        }
        if (n->set_count == 0) continue;
        if (!check_soa(b, n) || !check_aliases(b, n) || !check_cut(b, n)) return false;
    }
    return true;
}

static bool is_host(const struct builder *b, const uint8_t *name)
{
    for (uint32_t i = 0; i < b->from->host_count; i++) {
        const uint8_t *host = b->from->hosts[i];
        if (dname_equal(host, name)) return true;
        if (dname_is_wildcard(host) && dname_within(name, dname_parent(host))) return true;
    }
    return false;
}

static bool has_address(const struct zone_node *n)
{
    return n != NULL && (zone_set_of(n, RR_A) != NULL || zone_set_of(n, RR_AAAA) != NULL);
}

/* Whether a nameserver within the zone can be reached. Those below another delegation are that
 * one's business. */
static enum zone_problem judge_target(const struct builder *b, const struct zone_node *n,
                                      const uint8_t *target)
{
    if (!dname_within(target, b->from->apex) || is_host(b, target)) return ZONE_OK;
    struct zone_found v4 = zone_find(b->zone, target, RR_A);
    struct zone_found v6 = zone_find(b->zone, target, RR_AAAA);
    if (v4.kind == ZONE_ALIAS || v4.kind == ZONE_DNAME) return ZONE_NS_IS_CNAME;
    if (v4.kind == ZONE_RECORDS || v6.kind == ZONE_RECORDS) return ZONE_OK;
    if (v4.kind == ZONE_DELEGATION && v4.node != n) return ZONE_OK;
    return has_address(zone_node_at(b->zone, target)) ? ZONE_OK : ZONE_GLUE_MISSING;
}

static bool check_nameservers(struct builder *b)
{
    uint8_t lower[DNAME_MAX];
    for (uint32_t i = 0; i < b->zone->node_count; i++) {
        const struct zone_set *ns = zone_set_of(&b->nodes[i], RR_NS);
        for (uint16_t k = 0; ns != NULL && k < ns->count; k++) {
            dname_lower(ns->data[k].rdata, lower);
            enum zone_problem p = judge_target(b, &b->nodes[i], lower);
            if (p != ZONE_OK) return fail(b, p, number_of(b, ns, k), CN_NONE32);
        }
    }
    return true;
}

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool check_head(struct builder *b)
{
    struct zone *z = b->zone;
    z->files = b->from->files;
    z->soa = zone_set_of(b->nodes, RR_SOA);
    z->ns = zone_set_of(b->nodes, RR_NS);
    if (z->soa == NULL && !b->from->own_head) {
        return fail(b, ZONE_SOA_MISSING, CN_NONE32, CN_NONE32);
    }
    if (z->ns == NULL && !b->from->own_head) {
        return fail(b, ZONE_NS_MISSING, CN_NONE32, CN_NONE32);
    }
    if (z->soa == NULL) return true;
    const uint8_t *numbers = z->soa->data->rdata + z->soa->data->len - ZONE_SOA_NUMBERS;
    uint32_t minimum = get_u32(numbers + 16);
    z->serial = get_u32(numbers);
    z->negative_ttl_s = minimum < z->soa->ttl_s ? minimum : z->soa->ttl_s;
    return true;
}

const struct zone *zone_build(struct arena *a, struct arena *scratch,
                              const struct zone_source *from, struct zone_report *why)
{
    struct builder b = {.from = from, .a = a, .scratch = scratch, .why = why};
    *why = (struct zone_report){ZONE_OK, CN_NONE32, CN_NONE32};
    bool ok =
        collect(&b) && make_nodes(&b) && check_nodes(&b) && check_head(&b) && check_nameservers(&b);
    return ok ? b.zone : NULL;
}

const char *zone_problem_text(enum zone_problem p)
{
    static const char *const texts[ZONE_PROBLEM_COUNT] = {
        [ZONE_OK] = "",
        [ZONE_OUTSIDE] = "expected a name within the zone",
        [ZONE_SOA_ELSEWHERE] = "expected SOA at the zone's apex only",
        [ZONE_SOA_AGAIN] = "expected one SOA record, got a second one",
        [ZONE_SOA_MISSING] = "expected a SOA record at the apex, got none",
        [ZONE_NS_MISSING] = "expected NS records at the apex, got none",
        [ZONE_CNAME_AGAIN] = "expected one CNAME record at a name, got a second one",
        [ZONE_CNAME_AT_APEX] = ("expected no CNAME at the apex; make \"@\" a host of the site, or "
                                "write the addresses that it stands for, as A and AAAA"),
        [ZONE_CNAME_AND_OTHER] = "expected no other record at a name that has a CNAME",
        [ZONE_DNAME_AGAIN] = "expected one DNAME record at a name, got a second one",
        [ZONE_DNAME_AT_CUT] = "expected no DNAME at a delegation",
        [ZONE_BELOW_DNAME] = "expected no record below a DNAME, which stands for all of them",
        [ZONE_AT_CUT] = "expected only NS, DS and addresses at a delegation",
        [ZONE_BELOW_CUT] = "expected only addresses of nameservers below a delegation",
        [ZONE_DS_WITHOUT_NS] = "expected DS only at a delegation, beside its NS records",
        [ZONE_WILDCARD_NS] = "expected no NS at a wildcard",
        [ZONE_WILDCARD_DNAME] = "expected no DNAME at a wildcard",
        [ZONE_TTL_DIFFERS] = "expected one TTL for all records of a name and type",
        [ZONE_DUPLICATE] = "expected each record once, got it again",
        [ZONE_GLUE_MISSING] = "expected an address for the nameserver, which is in this zone",
        [ZONE_NS_IS_CNAME] = "expected a nameserver that is no alias",
        [ZONE_SET_TOO_LARGE] = "expected records of one name and type that fit in one message",
        [ZONE_TOO_MANY_RECORDS] = "expected at most 1000000 records in a zone",
        [ZONE_NO_MEMORY] = "expected more memory",
    };
    return texts[p];
}
