/* SPDX-License-Identifier: MIT */
#include "jsonloc.h"

#include <stdio.h>
#include <string.h>

struct scan {
    const char *p, *end, *line_start;
    int line;
};

static struct scan scan_start(struct jsonloc_text t)
{
    return (struct scan){.p = t.text, .end = t.text + t.len, .line_start = t.text, .line = 1};
}

static struct jsonloc here(const struct scan *s)
{
    return (struct jsonloc){s->line, (int)(s->p - s->line_start) + 1};
}

/* Steps over one byte; newlines are counted wherever they stand. */
static void step(struct scan *s)
{
    if (*s->p++ == '\n') {
        s->line++;
        s->line_start = s->p;
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A token of one byte. */
static bool is_mark(char c)
{
    return c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':';
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && is_space(*s->p)) {
        step(s);
    }
}

static bool at(const struct scan *s, char c)
{
    return s->p < s->end && *s->p == c;
}

/* Leaves `p` after the closing quote. */
static void skip_string(struct scan *s)
{
    step(s);
    while (s->p < s->end && *s->p != '"') {
        if (*s->p == '\\') step(s);
        if (s->p < s->end) step(s);
    }
    if (s->p < s->end) step(s);
}

/* Skips one token: a string, a bracket, a separator, or a run of anything else. */
static void skip_token(struct scan *s)
{
    if (*s->p == '"') {
        skip_string(s);
        return;
    }
    if (is_mark(*s->p)) {
        step(s);
        return;
    }
    while (s->p < s->end && !is_mark(*s->p) && !is_space(*s->p) && *s->p != '"') {
        step(s);
    }
}

/* Skips one value of any kind by counting brackets outside strings. */
static void skip_value(struct scan *s)
{
    size_t depth = 0;
    do {
        skip_space(s);
        if (s->p >= s->end) return;
        if (*s->p == '{' || *s->p == '[') depth++;
        if (*s->p == '}' || *s->p == ']') {
            if (depth == 0) return; /* not JSON: the bracket is somebody else's */
            depth--;
        }
        skip_token(s);
    } while (depth > 0);
}

/* --- comparing a key with a token of a pointer ------------------------------------------------ */

struct unescape { /* the bytes that a JSON string stands for, one by one */
    const char *p, *end;
    uint8_t pending[4]; /* the rest of a \u escape in UTF-8 */
    unsigned first, count;
};

static int32_t hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The four hexadecimal digits at `p`, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t v = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        if (hex(p[i]) < 0) return -1;
        v = v * 16 + hex(p[i]);
    }
    return v;
}

static void utf8(struct unescape *u, uint32_t c)
{
    static const uint8_t lead[] = {0x00, 0xC0, 0xE0, 0xF0};
    unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    u->first = 0;
    u->count = more + 1;
    for (unsigned i = more; i > 0; i--) {
        u->pending[i] = (uint8_t)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    u->pending[0] = (uint8_t)(lead[more] | c);
}

/* Reads four digits of a \u escape, or two such that make a surrogate pair; `p` is after the u. */
static void read_unicode(struct unescape *u)
{
    int32_t c = hex4(u->p, u->end);
    if (c < 0) {
        utf8(u, 0xFFFD);
        return;
    }
    u->p += 4;
    if (c >= 0xD800 && c < 0xDC00 && u->end - u->p >= 6 && u->p[0] == '\\' && u->p[1] == 'u') {
        int32_t low = hex4(u->p + 2, u->end);
        if (low >= 0xDC00 && low < 0xE000) {
            u->p += 6;
            c = 0x10000 + (c - 0xD800) * 0x400 + (low - 0xDC00);
        }
    }
    utf8(u, (uint32_t)c);
}

/* What a backslash and this character stand for. */
static uint8_t short_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return (uint8_t)c;
    }
}

/* The next byte, or -1 at the end. */
static int unescape_next(struct unescape *u)
{
    if (u->first < u->count) return u->pending[u->first++];
    if (u->p >= u->end) return -1;
    char c = *u->p++;
    if (c != '\\' || u->p >= u->end) return (uint8_t)c;
    c = *u->p++;
    if (c == 'u') {
        read_unicode(u);
        return u->pending[u->first++];
    }
    return short_escape(c);
}

/* The next byte of a pointer's token (~0 is ~, ~1 is /); -1 at its end. Advances `*p`. */
static int pointer_next(const char **p, const char *end)
{
    if (*p >= end) return -1;
    char c = *(*p)++;
    if (c != '~' || *p >= end) return (uint8_t)c;
    return *(*p)++ == '1' ? '/' : '~';
}

/* Whether the JSON string body `key`..`key_end` is what the token `tok`..`tok_end` says. */
static bool key_equals(const char *key, const char *key_end, const char *tok, const char *tok_end)
{
    struct unescape u = {.p = key, .end = key_end};
    int a;
    int b;
    do {
        a = unescape_next(&u);
        b = pointer_next(&tok, tok_end);
    } while (a == b && a >= 0);
    return a == b;
}

/* --- following a pointer ---------------------------------------------------------------------- */

/* The index that a token names, or SIZE_MAX: digits without a leading zero. */
static size_t token_index(const char *tok, size_t len)
{
    size_t v = 0;
    if (len == 0 || len > 18 || (tok[0] == '0' && len > 1)) return SIZE_MAX;
    for (size_t i = 0; i < len; i++) {
        if (tok[i] < '0' || tok[i] > '9') return SIZE_MAX;
        v = v * 10 + (size_t)(tok[i] - '0');
    }
    return v;
}

/* Enters the object or list at `p`. False when there is none, or it is empty. */
static bool enter(struct scan *s)
{
    if (!at(s, '{') && !at(s, '[')) return false;
    step(s);
    skip_space(s);
    return s->p < s->end && *s->p != '}' && *s->p != ']';
}

/* From the start of an item to the start of the next. False when there is none. */
static bool next(struct scan *s)
{
    skip_value(s);
    skip_space(s);
    if (!at(s, ',')) return false;
    step(s);
    skip_space(s);
    return s->p < s->end;
}

/* Stops at the value whose key is `tok`; `*key` is where the key stands. */
static bool find_member(struct scan *s, const char *tok, size_t len, struct jsonloc *key)
{
    bool more = enter(s);
    while (more && at(s, '"')) {
        *key = here(s);
        const char *body = s->p + 1;
        skip_string(s);
        bool hit = key_equals(body, s->p > body ? s->p - 1 : body, tok, tok + len);
        skip_space(s);
        if (!at(s, ':')) return false;
        step(s);
        skip_space(s);
        if (hit) return true;
        more = next(s);
    }
    return false;
}

static bool find_item(struct scan *s, size_t index)
{
    bool more = index != SIZE_MAX && enter(s);
    for (; more && index > 0; index--) {
        more = next(s);
    }
    return more;
}

/* Leaves `p` at the value that the pointer names. */
static bool follow(struct scan *s, const char *pointer, struct jsonloc *key)
{
    CN_ASSERT(pointer[0] == '\0' || pointer[0] == '/');
    skip_space(s);
    *key = here(s);
    while (*pointer == '/') {
        const char *tok = pointer + 1;
        size_t len = strcspn(tok, "/");
        if (at(s, '{')) {
            if (!find_member(s, tok, len, key)) return false;
        } else {
            if (!find_item(s, token_index(tok, len))) return false;
            *key = here(s);
        }
        pointer = tok + len;
    }
    return true;
}

bool jsonloc_find(struct jsonloc_text t, const char *pointer, struct jsonloc *value,
                  struct jsonloc *key)
{
    struct scan s = scan_start(t);
    if (!follow(&s, pointer, key)) return false;
    *value = here(&s);
    return true;
}

size_t jsonloc_items(struct jsonloc_text t, const char *pointer, struct jsonloc *out, size_t cap)
{
    struct scan s = scan_start(t);
    struct jsonloc key;
    size_t n = 0;
    if (!follow(&s, pointer, &key) || !at(&s, '[')) return 0;
    for (bool more = enter(&s); more && n < cap; more = next(&s)) {
        out[n++] = here(&s);
    }
    return n;
}

/* --- from an offset to a pointer -------------------------------------------------------------- */

void jsonloc_append(char *out, size_t cap, const char *token, size_t len)
{
    size_t n = strlen(out);
    if (n + 1 < cap) out[n++] = '/';
    for (size_t i = 0; i < len; i++) {
        bool escaped = token[i] == '~' || token[i] == '/';
        if (n + (escaped ? 2 : 1) >= cap) break;
        if (escaped) out[n++] = '~';
        out[n++] = (char)(token[i] == '~' ? '0' : token[i] == '/' ? '1' : token[i]);
    }
    out[n] = '\0';
}

enum { LEVELS_MAX = 16 }; /* deeper ones are not named in the pointer */

struct level {
    bool object, key_next;
    size_t index;
    const char *key; /* the body of the last key's token; NULL = none yet */
    size_t key_len;
};

struct path {
    struct level level[LEVELS_MAX];
    size_t depth;
};

/* The innermost level, or NULL at the root and below LEVELS_MAX. */
static struct level *top(struct path *p)
{
    return p->depth > 0 && p->depth <= LEVELS_MAX ? &p->level[p->depth - 1] : NULL;
}

/* Takes note of the token `tok`..`end`. */
static void path_token(struct path *p, const char *tok, const char *end)
{
    struct level *l = top(p);
    if (*tok == '{' || *tok == '[') {
        p->depth++;
        l = top(p);
        if (l != NULL) *l = (struct level){.object = *tok == '{', .key_next = *tok == '{'};
    } else if (*tok == '}' || *tok == ']') {
        if (p->depth > 0) p->depth--;
    } else if (l == NULL) {
        return;
    } else if (*tok == ',') {
        l->index++;
        l->key_next = l->object;
        l->key = NULL;
    } else if (*tok == '"' && l->key_next) {
        l->key = tok + 1;
        l->key_len =
            end > tok + 1 && end[-1] == '"' ? (size_t)(end - tok) - 2 : (size_t)(end - tok) - 1;
        l->key_next = false;
    }
}

/* Writes the pointer to the value, or to the place between values, where the path stands. */
static void path_pointer(const struct path *p, char out[JSONLOC_POINTER_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < p->depth && i < LEVELS_MAX; i++) {
        const struct level *l = &p->level[i];
        char index[24];
        int n = snprintf(index, sizeof(index), "%zu", l->index);
        if (!l->object) jsonloc_append(out, JSONLOC_POINTER_MAX, index, (size_t)n);
        if (l->object && l->key != NULL) {
            jsonloc_append(out, JSONLOC_POINTER_MAX, l->key, l->key_len);
        }
    }
}

void jsonloc_at(struct jsonloc_text t, size_t offset, struct jsonloc *out,
                char pointer[JSONLOC_POINTER_MAX])
{
    struct scan s = scan_start(t);
    struct path p = {.depth = 0};
    CN_ASSERT(offset <= t.len);
    for (;;) {
        skip_space(&s);
        *out = here(&s);
        if (s.p >= s.end) break;
        const char *tok = s.p;
        skip_token(&s);
        bool found = (size_t)(s.p - t.text) >= offset && offset < t.len;
        bool closes = *tok == '}' || *tok == ']';
        if (!found || !closes) path_token(&p, tok, s.p);
        if (found) break;
    }
    path_pointer(&p, pointer);
}

struct jsonloc jsonloc_of(struct jsonloc_text t, size_t offset)
{
    struct scan s = scan_start(t);
    while (s.p < s.end && (size_t)(s.p - t.text) < offset) {
        step(&s);
    }
    return here(&s);
}
