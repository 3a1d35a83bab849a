/* SPDX-License-Identifier: MIT */
#include "mmdb_values.h"

#include <stdio.h>
#include <string.h>

enum type { /* of the format, version 2.0 */
            TYPE_EXTENDED = 0,
            TYPE_POINTER = 1,
            TYPE_TEXT = 2,
            TYPE_U16 = 5,
            TYPE_U32 = 6,
            TYPE_MAP = 7,
            TYPE_ARRAY = 11,
            TYPE_CONTAINER = 12,
            TYPE_END = 13,
            TYPE_BOOL = 14,
            TYPE_FLOAT = 15,
};

struct head {
    unsigned type;
    uint32_t size;  /* bytes, or entries; of a pointer: where it leads */
    size_t payload; /* where what follows begins */
};

static uint32_t big_endian(const uint8_t *p, unsigned bytes)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < bytes; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static bool has(struct mmdb_bytes b, size_t from, size_t bytes)
{
    return from <= b.len && b.len - from >= bytes;
}

static bool read_pointer(struct mmdb_bytes b, size_t at, uint8_t control, struct head *out)
{
    static const uint32_t base[] = {0, 2048, 526336, 0};
    unsigned bytes = (control >> 3 & 3U) + 1;
    uint32_t high = bytes < 4 ? control & 7U : 0;
    if (!has(b, at, bytes)) return false;
    *out = (struct head){TYPE_POINTER, base[bytes - 1], at + bytes};
    out->size += (bytes < 4 ? high << (8 * bytes) : 0) + big_endian(b.at + at, bytes);
    return true;
}

static bool read_head(struct mmdb_bytes b, size_t at, struct head *out)
{
    static const uint32_t base[] = {29, 285, 65821};
    if (!has(b, at, 1)) return false;
    uint8_t control = b.at[at++];
    unsigned type = control >> 5;
    if (type == TYPE_POINTER) return read_pointer(b, at, control, out);
    if (type == TYPE_EXTENDED) {
        if (!has(b, at, 1)) return false;
        type = 7U + b.at[at++];
        if (type <= TYPE_MAP || type > TYPE_FLOAT) return false;
    }
    uint32_t size = control & 31U;
    unsigned more = size >= 29 ? size - 28 : 0;
    if (!has(b, at, more)) return false;
    if (more > 0) size = base[more - 1] + big_endian(b.at + at, more);
    *out = (struct head){type, size, at + more};
    return type != TYPE_CONTAINER && type != TYPE_END;
}

/* How many values stand in one. */
static uint64_t inside(const struct head *h)
{
    if (h->type == TYPE_MAP) return 2 * (uint64_t)h->size;
    return h->type == TYPE_ARRAY ? h->size : 0;
}

static bool has_payload(const struct head *h)
{
    return h->type != TYPE_POINTER && h->type != TYPE_MAP && h->type != TYPE_ARRAY &&
           h->type != TYPE_BOOL;
}

size_t mmdb_values_end(struct mmdb_bytes b, size_t from, uint64_t *budget)
{
    size_t at = from;
    for (uint64_t left = 1; left > 0; left--) {
        struct head h;
        if (*budget == 0 || !read_head(b, at, &h)) return 0;
        --*budget;
        at = h.payload;
        if (has_payload(&h)) {
            if (!has(b, at, h.size)) return 0;
            at += h.size;
        }
        left += inside(&h);
    }
    return at;
}

/* Whether no pointer among the values of from..end leads to a map, a list or a pointer: those could
 * stand for more values than there are bytes in the world. */
static bool plain_pointers(struct mmdb_bytes b, size_t end)
{
    for (size_t at = 0; at < end;) {
        struct head h;
        struct head target;
        if (!read_head(b, at, &h)) return false;
        at = h.payload + (has_payload(&h) ? h.size : 0);
        if (h.type != TYPE_POINTER) continue;
        if (!read_head(b, h.size, &target) || !has_payload(&target)) return false;
    }
    return true;
}

/* The head of a value, or of what a pointer leads to. */
static bool follow(struct mmdb_bytes b, size_t at, struct head *out)
{
    if (!read_head(b, at, out)) return false;
    return out->type != TYPE_POINTER || read_head(b, out->size, out);
}

static bool is_text(struct mmdb_bytes b, const struct head *h, const char *text)
{
    size_t len = strlen(text);
    return h->type == TYPE_TEXT && h->size == len && has(b, h->payload, len) &&
           memcmp(b.at + h->payload, text, len) == 0;
}

/* An unsigned integer; UINT64_MAX for what is none of at most four bytes. */
static uint64_t number(struct mmdb_bytes b, const struct head *h)
{
    bool fits = (h->type == TYPE_U16 || h->type == TYPE_U32) && h->size <= 4;
    return fits && has(b, h->payload, h->size) ? big_endian(b.at + h->payload, h->size)
                                               : UINT64_MAX;
}

/* Whether what a list or a map holds are texts: of others, libmaxminddb 1.7 loses memory. */
static bool holds_texts(struct mmdb_bytes b, size_t at)
{
    struct head h;
    struct head item;
    uint64_t budget = MMDB_METADATA_VALUES_MAX;
    if (!read_head(b, at, &h)) return false;
    at = h.payload;
    for (uint64_t left = inside(&h); left > 0; left--) {
        if (!follow(b, at, &item) || item.type != TYPE_TEXT) return false;
        at = mmdb_values_end(b, at, &budget);
        if (at == 0) return false;
    }
    return true;
}

struct tree { /* what metadata say of the tree, the greatest of several */
    uint64_t nodes, record_bits;
};

/* Looks at the entry of the metadata whose key and value begin at these places. */
static bool take_entry(struct mmdb_bytes b, size_t at, size_t middle, struct tree *tree)
{
    struct head key;
    struct head value;
    uint64_t *out = NULL;
    if (!follow(b, at, &key) || !follow(b, middle, &value)) return false;
    if (is_text(b, &key, "node_count")) out = &tree->nodes;
    if (is_text(b, &key, "record_size")) out = &tree->record_bits;
    if (out != NULL && number(b, &value) > *out) *out = number(b, &value);
    bool texts = is_text(b, &key, "languages") || is_text(b, &key, "description");
    return !texts || holds_texts(b, middle);
}

/* Whether the tree that metadata tell of is smaller than the file. */
static bool tree_fits(struct mmdb_bytes b, uint64_t file_bytes)
{
    struct head map;
    struct tree tree = {0, 0};
    uint64_t budget = MMDB_METADATA_VALUES_MAX;
    if (!read_head(b, 0, &map) || map.type != TYPE_MAP) return false;
    size_t at = map.payload;
    for (uint32_t i = 0; i < map.size; i++) {
        size_t middle = mmdb_values_end(b, at, &budget);
        if (middle == 0 || !take_entry(b, at, middle, &tree)) return false;
        at = mmdb_values_end(b, middle, &budget);
        if (at == 0) return false;
    }
    return tree.nodes > 0 && tree.nodes <= UINT32_MAX && tree.record_bits <= 32 &&
           tree.nodes * (tree.record_bits / 4) < file_bytes;
}

bool mmdb_values_metadata(struct mmdb_bytes tail, uint64_t file_bytes)
{
    static const char marker[] = "\xAB\xCD\xEF"
                                 "MaxMind.com";
    const size_t len = sizeof(marker) - 1;
    uint64_t budget = MMDB_METADATA_VALUES_MAX;
    for (size_t at = tail.len; at-- > 0;) { /* the last one counts */
        if (!has(tail, at, len) || memcmp(tail.at + at, marker, len) != 0) continue;
        struct mmdb_bytes b = {tail.at + at + len, tail.len - at - len};
        size_t end = mmdb_values_end(b, 0, &budget);
        return end > 0 && plain_pointers(b, end) && tree_fits(b, file_bytes);
    }
    return false;
}

/* --- fields ----------------------------------------------------------------------------------- */

enum { LEVELS_MAX = 8, KEY_MAX = 128, MORE_BYTES = 6 /* ", ..." and NUL */ };

struct level { /* a map or list in which we are */
    size_t at;
    uint32_t left;
    bool list;
    size_t key_len; /* of the path that leads here */
};

struct paths {
    struct mmdb_bytes b;
    uint64_t budget;
    struct level level[LEVELS_MAX];
    unsigned depth;
    char key[KEY_MAX];
    char *out;
    size_t len, cap;
};

/* Appends the path; false when there is no room left. */
static bool put_path(struct paths *p)
{
    const char *comma = p->len > 0 ? ", " : "";
    size_t need = strlen(comma) + strlen(p->key);
    bool room = p->len + need + MORE_BYTES <= p->cap;
    const char *text = room ? p->key : p->len > 0 ? "..." : "";
    p->len += (size_t)snprintf(p->out + p->len, p->cap - p->len, "%s%s", comma, text);
    return room;
}

/* Sets the path to that of the level with one more step. False when it is too long. */
static bool set_key(struct paths *p, const struct level *l, const uint8_t *step, size_t len)
{
    size_t at = l->key_len;
    if (at + len + 2 > sizeof(p->key)) return false;
    if (at > 0) p->key[at++] = '.';
    for (size_t i = 0; i < len; i++) {
        uint8_t c = step[i] > ' ' && step[i] < 0x7F ? step[i] : (uint8_t)'?';
        p->key[at++] = (char)c;
    }
    p->key[at] = '\0';
    return true;
}

/* Reads the key of the next entry. */
static bool take_key(struct paths *p, struct level *l)
{
    struct head h;
    if (l->list) {
        l->left = 0; /* others are like the first */
        return set_key(p, l, (const uint8_t *)"0", 1);
    }
    if (!follow(p->b, l->at, &h) || h.type != TYPE_TEXT || !has(p->b, h.payload, h.size)) {
        return false;
    }
    l->at = mmdb_values_end(p->b, l->at, &p->budget);
    return l->at > 0 && set_key(p, l, p->b.at + h.payload, h.size);
}

static void enter(struct paths *p, const struct head *h)
{
    size_t len = strlen(p->key);
    const char *last = strrchr(p->key, '.');
    bool names = strcmp(last != NULL ? last + 1 : p->key, "names") == 0;
    p->level[p->depth++] =
        (struct level){h->payload, names ? 1 : h->size, h->type == TYPE_ARRAY, len};
}

/* Looks at the next entry; false when that is the end. */
static bool take_path(struct paths *p)
{
    struct head h;
    struct level *l = &p->level[p->depth - 1];
    if (l->left == 0) {
        p->depth--;
        return true;
    }
    l->left--;
    if (!take_key(p, l)) return false;
    size_t value = l->at;
    l->at = mmdb_values_end(p->b, value, &p->budget);
    if (l->at == 0 || !follow(p->b, value, &h)) return false;
    if (inside(&h) == 0) return put_path(p);
    if (p->depth == LEVELS_MAX) return false;
    enter(p, &h);
    return true;
}

void mmdb_values_paths(struct mmdb_bytes b, size_t at, char *out, size_t cap)
{
    struct head h;
    struct paths p = {.b = b, .budget = MMDB_METADATA_VALUES_MAX, .out = out, .cap = cap};
    CN_ASSERT(cap > MORE_BYTES);
    *out = '\0';
    if (!follow(b, at, &h) || h.type != TYPE_MAP) return;
    enter(&p, &h);
    while (p.depth > 0 && take_path(&p)) {
    }
}
