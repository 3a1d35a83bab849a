/* SPDX-License-Identifier: MIT
 * zone.c: looking names up in a compiled zone. */
#include "cnedge/model/zone.h"

#include <string.h>

#include "cnedge/model/answer.h"

enum { LABELS_MAX = 128 };

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* 0 ends a label, so 0 and 1 within one are written as two bytes, in the same order. */
static size_t put_label(const uint8_t *label, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 1; i <= *label; i++) {
        uint8_t c = lower(label[i]);
        if (c <= 1) {
            out[n++] = 1;
            c = (uint8_t)(c + 1);
        }
        out[n++] = c;
    }
    out[n++] = 0;
    return n;
}

size_t zone_key(const uint8_t *name, uint8_t out[ZONE_KEY_MAX])
{
    const uint8_t *labels[LABELS_MAX];
    size_t count = 0;
    size_t n = 0;
    for (; *name != 0; name = dname_parent(name)) {
        labels[count++] = name;
    }
    while (count > 0) {
        n += put_label(labels[--count], out + n);
    }
    return n;
}

struct sought {
    uint8_t key[ZONE_KEY_MAX];
    size_t len;
};

static bool begins_with(const struct sought *s, const struct zone_node *n)
{
    return n->key_len <= s->len && memcmp(s->key, n->key, n->key_len) == 0;
}

static int compare(const struct sought *s, const struct zone_node *n)
{
    size_t len = s->len < n->key_len ? s->len : n->key_len;
    int c = memcmp(s->key, n->key, len);
    if (c != 0 || s->len == n->key_len) return c;
    return s->len < n->key_len ? -1 : 1;
}

/* The deepest node that is the name or above it. What stands before a name's place lies below the
 * name's closest encloser or is it: everything between the two in canonical order does. */
static const struct zone_node *encloser(const struct zone *z, const struct sought *s)
{
    uint32_t low = 0; /* nodes before it are not behind the name */
    uint32_t high = z->node_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(s, &z->nodes[middle]) < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    CN_ASSERT(low > 0); /* the apex is before every name of the zone */
    const struct zone_node *n = &z->nodes[low - 1];
    while (!begins_with(s, n)) {
        n = &z->nodes[n->parent];
    }
    return n;
}

const struct zone_set *zone_set_of(const struct zone_node *n, uint16_t type)
{
    for (uint16_t i = 0; i < n->set_count; i++) {
        if (n->sets[i].type == type) return &n->sets[i];
    }
    return NULL;
}

const struct zone_node *zone_node_at(const struct zone *z, const uint8_t *name)
{
    struct sought s;
    s.len = zone_key(name, s.key);
    const struct zone_node *n = encloser(z, &s);
    return n->key_len == s.len ? n : NULL;
}

static const struct zone_node *hidden_by(const struct zone *z, const struct zone_node *n,
                                         const struct sought *s)
{
    if (n->closed != CN_NONE32) return &z->nodes[n->closed];
    bool below = n->key_len < s->len;
    return below && zone_set_of(n, RR_DNAME) != NULL ? n : NULL;
}

const struct zone_node *zone_hidden_by(const struct zone *z, const uint8_t *name)
{
    struct sought s;
    s.len = zone_key(name, s.key);
    return hidden_by(z, encloser(z, &s), &s);
}

/* A node that nothing hides: steps 3a and 3c of RFC 1034 section 4.3.2. */
static void at_node(const struct zone_node *n, uint16_t type, struct zone_found *out)
{
    const struct zone_set *alias = zone_set_of(n, RR_CNAME);
    out->node = n;
    out->set = zone_set_of(n, type);
    if (out->set != NULL) {
        out->kind = ZONE_RECORDS;
    } else if (alias != NULL) {
        out->kind = ZONE_ALIAS;
        out->set = alias;
    } else if (type == RR_ANY && n->set_count > 0) {
        out->kind = ZONE_ANY;
    } else {
        out->kind = ZONE_NODATA;
    }
}

/* A name that a delegation or a DNAME hides. The parent's side of a cut answers for DS itself (RFC
 * 4035 section 3.1.4.1). */
static void at_hidden(const struct zone_node *by, bool itself, uint16_t type,
                      struct zone_found *out)
{
    out->node = by;
    out->set = zone_set_of(by, by->cut ? RR_NS : RR_DNAME);
    out->kind = by->cut ? ZONE_DELEGATION : ZONE_DNAME;
    if (!by->cut || !itself || type != RR_DS) return;
    out->set = zone_set_of(by, RR_DS);
    out->kind = out->set != NULL ? ZONE_RECORDS : ZONE_NODATA;
}

struct zone_found zone_find(const struct zone *z, const uint8_t *name, uint16_t type)
{
    struct sought s;
    s.len = zone_key(name, s.key);
    const struct zone_node *n = encloser(z, &s);
    struct zone_found out = {.kind = ZONE_NXDOMAIN, .encloser = n->labels};
    bool exact = n->key_len == s.len;
    const struct zone_node *by = hidden_by(z, n, &s);
    if (by != NULL) {
        at_hidden(by, exact && by == n, type, &out);
    } else if (exact) {
        at_node(n, type, &out);
    } else if (n->wildcard != CN_NONE32) {
        CN_ASSERT(z->nodes != NULL);
        at_node(&z->nodes[n->wildcard], type, &out);
        out.wildcard = true;
    }
    return out;
}

bool zone_substitute(const uint8_t *name, const uint8_t *owner, const uint8_t *target,
                     uint8_t out[DNAME_MAX])
{
    size_t kept = dname_len(name) - dname_len(owner);
    size_t len = dname_len(target);
    if (kept + len > DNAME_MAX) return false;
    uint8_t made[DNAME_MAX]; /* `name` may be `out` */
    memcpy(made, name, kept);
    memcpy(made + kept, target, len);
    memcpy(out, made, kept + len);
    return true;
}
