/* SPDX-License-Identifier: MIT
 * A pointer, a newline and a text: places lie inside of the text, and when the text is JSON they
 * are those of the values that jansson finds. */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/scenario/jsonloc.h"

enum { ITEMS_MAX = 64, TOKEN_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The byte at a place; it must be in the text, or just behind it. */
static int byte_at(struct jsonloc_text t, struct jsonloc loc)
{
    const char *p = t.text;
    const char *end = t.text + t.len;
    CN_ASSERT(loc.line >= 1 && loc.column >= 1);
    for (int line = 1; line < loc.line; line++) {
        p = memchr(p, '\n', (size_t)(end - p));
        CN_ASSERT(p != NULL);
        p++;
    }
    CN_ASSERT(loc.column - 1 <= end - p);
    p += loc.column - 1;
    return p < end ? (uint8_t)*p : -1;
}

/* The first byte of a value's text says what it is. */
static bool starts(const json_t *v, int c)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return c == '{';
    case JSON_ARRAY:
        return c == '[';
    case JSON_STRING:
        return c == '"';
    case JSON_INTEGER:
    case JSON_REAL:
        return c == '-' || (c >= '0' && c <= '9');
    case JSON_TRUE:
        return c == 't';
    case JSON_FALSE:
        return c == 'f';
    case JSON_NULL:
        return c == 'n';
    }
    return false;
}

/* One token without its escapes. */
static void unescape(const char *tok, size_t len, char out[TOKEN_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < len && n + 1 < TOKEN_MAX; i++) {
        char c = tok[i];
        if (c == '~' && i + 1 < len) c = tok[++i] == '1' ? '/' : '~';
        out[n++] = c;
    }
    out[n] = '\0';
}

/* The value that the pointer names, by walking the tree. */
static const json_t *follow(const json_t *v, const char *pointer)
{
    while (v != NULL && *pointer == '/') {
        char token[TOKEN_MAX];
        size_t len = strcspn(pointer + 1, "/");
        unescape(pointer + 1, len, token);
        pointer += len + 1;
        if (json_is_array(v)) {
            bool index = token[0] != '\0' && token[strspn(token, "0123456789")] == '\0' &&
                         (token[0] != '0' || token[1] == '\0') && strlen(token) <= 18;
            v = index ? json_array_get(v, strtoull(token, NULL, 10)) : NULL;
        } else {
            v = json_object_get(v, token);
        }
    }
    return v;
}

static void check_find(struct jsonloc_text t, const char *pointer)
{
    struct jsonloc value;
    struct jsonloc key;
    json_error_t error;
    bool found = jsonloc_find(t, pointer, &value, &key);
    if (found) {
        byte_at(t, value);
        byte_at(t, key);
    }
    json_t *root = json_loadb(t.text, t.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL || strlen(pointer) >= TOKEN_MAX) {
        json_decref(root);
        return;
    }
    const json_t *v = follow(root, pointer);
    CN_ASSERT(found == (v != NULL));
    if (v != NULL) CN_ASSERT(starts(v, byte_at(t, value)));
    struct jsonloc items[ITEMS_MAX];
    size_t count = jsonloc_items(t, pointer, items, ITEMS_MAX);
    size_t want = v != NULL ? json_array_size(v) : 0;
    CN_ASSERT(count == (want < ITEMS_MAX ? want : ITEMS_MAX));
    for (size_t i = 0; i < count; i++) {
        CN_ASSERT(starts(json_array_get(v, i), byte_at(t, items[i])));
    }
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = memchr(data, '\n', size);
    size_t pointer_len = newline == NULL ? 0 : (size_t)(newline - data);
    size_t skip = newline == NULL ? 0 : pointer_len + 1;
    struct jsonloc_text t = {(const char *)data + skip, size - skip};
    char *pointer = calloc(1, pointer_len + 2);
    if (pointer == NULL) return 0;
    if (pointer_len > 0) {
        memcpy(pointer, data, pointer_len);
        pointer[0] = '/';
    }
    check_find(t, pointer);
    struct jsonloc loc;
    char shown[JSONLOC_POINTER_MAX];
    struct jsonloc items[ITEMS_MAX];
    for (size_t offset = 0; offset <= t.len && offset < 64; offset++) {
        jsonloc_at(t, offset, &loc, shown);
        byte_at(t, loc);
        byte_at(t, jsonloc_of(t, offset));
    }
    jsonloc_at(t, t.len, &loc, shown);
    byte_at(t, loc);
    size_t count = jsonloc_items(t, pointer, items, ITEMS_MAX);
    for (size_t i = 0; i < count; i++) {
        byte_at(t, items[i]);
    }
    free(pointer);
    return 0;
}
