/* SPDX-License-Identifier: MIT */
#include "node.h"

#include <stdlib.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"

struct node node_item(const struct node *n, const struct type *t, json_t *value, struct at at)
{
    return (struct node){.doc = n->doc, .type = t, .value = value, .at = at};
}

struct at node_at(const struct node *n, const char *key)
{
    return (struct at){&n->at, key, 0};
}

json_t *node_get(const struct node *n, const char *key)
{
    return json_object_get(n->value, key);
}

/* The default of a key, or NULL; its type may lie in `*storage`. */
static const char *fallback(const struct node *n, const char *key, struct key *out,
                            struct type *storage)
{
    format_key(n->type, format_key_index(n->type, key), out, storage);
    return out->fallback;
}

bool node_bool(const struct node *n, const char *key)
{
    struct key k;
    struct type storage;
    const json_t *v = node_get(n, key);
    if (v != NULL) return json_is_true(v);
    const char *text = fallback(n, key, &k, &storage);
    return text != NULL && strcmp(text, "true") == 0;
}

int64_t node_whole(const json_t *number)
{
    return json_is_integer(number) ? json_integer_value(number) : (int64_t)json_real_value(number);
}

int64_t node_integer(const struct node *n, const char *key)
{
    struct key k;
    struct type storage;
    const json_t *v = node_get(n, key);
    if (v != NULL) return node_whole(v);
    const char *text = fallback(n, key, &k, &storage);
    CN_ASSERT(text != NULL);
    return strtoll(text, NULL, 10);
}

double node_degrees(const struct node *n, const char *key)
{
    const json_t *v = node_get(n, key);
    CN_ASSERT(v != NULL);
    return json_number_value(v);
}

const char *node_text(const struct node *n, const char *key)
{
    struct key k;
    struct type storage;
    const json_t *v = node_get(n, key);
    return v != NULL ? json_string_value(v) : fallback(n, key, &k, &storage);
}

int node_word(const struct node *n, const char *key)
{
    struct key k;
    struct type storage;
    const char *word = fallback(n, key, &k, &storage);
    const json_t *v = node_get(n, key);
    if (v != NULL) word = json_string_value(v);
    return word != NULL ? format_word_index(k.type, word) : -1;
}

walltime node_instant(const struct node *n, const char *key, walltime otherwise)
{
    walltime t = otherwise;
    const char *text = node_text(n, key);
    bool ok = text == NULL || timetext_instant(text, &t);
    CN_ASSERT(ok);
    return t;
}

size_t node_count(const struct node *n, const char *key)
{
    const json_t *v = node_get(n, key);
    return v == NULL ? 0 : json_is_array(v) ? json_array_size(v) : 1;
}

json_t *node_value(const struct node *n, const char *key, size_t i, struct at *list, struct at *at)
{
    json_t *v = node_get(n, key);
    *list = node_at(n, key);
    *at = *list;
    if (!json_is_array(v)) return v;
    *at = (struct at){list, NULL, i};
    return json_array_get(v, i);
}

uint8_t node_addresses(const struct node *n, const char *key, uint8_t *out, size_t bytes)
{
    size_t count = node_count(n, key);
    for (size_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        uint8_t address[16];
        bool v6;
        bool ok = addrtext_read(json_string_value(node_value(n, key, i, &list, &at)), address, &v6);
        CN_ASSERT(ok);
        memcpy(out + i * bytes, address, bytes);
    }
    return (uint8_t)count;
}
