/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <string.h>

#include "cnedge/model/number.h"

bool load_has_memory(const struct load *l)
{
    return !l->a->failed && !l->scratch->failed;
}

void load_canonical(const char *text, char out[DNAME_TEXT_MAX])
{
    size_t len = strlen(text);
    CN_ASSERT(len < DNAME_TEXT_MAX);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    if (len > 0 && out[len - 1] == '.') len--;
    out[len] = '\0';
}

const char *load_copy(struct load *l, const char *text)
{
    const char *copy = arena_text(l->a, text, strlen(text));
    return copy != NULL ? copy : "";
}

/* The first of a set of kinds, for people. */
static enum number_kind first_kind(uint32_t kinds)
{
    unsigned k = 0;
    while ((kinds & 1U << k) == 0) {
        k++;
    }
    return (enum number_kind)k;
}

const char *load_number(struct load *l, const struct node *n, const char *key, uint32_t kinds,
                        const struct province *province)
{
    struct number number;
    struct number_error error;
    const char *text = node_text(n, key);
    const struct at at = node_at(n, key);
    if (text == NULL) return NULL;
    if (!number_read(text, &number, &error)) {
        jsondoc_error(n->doc, &at, "expected %s at byte %zu of the number, got \"%s\"",
                      error.expected, error.at, text);
    } else if ((kinds & 1U << number.kind) == 0) {
        jsondoc_error(n->doc, &at, "expected %s, got \"%s\", %s",
                      number_kind_text(first_kind(kinds)), text, number_kind_text(number.kind));
    } else if (province != NULL && number.province != province) {
        jsondoc_error(n->doc, &at,
                      "expected a number of %s (%s), where its holder files, got \"%s\"",
                      province->name, province->glyph, text);
    }
    return load_copy(l, text);
}

const uint8_t *load_wire(struct load *l, const char *text)
{
    uint8_t wire[DNAME_MAX];
    size_t len = dname_from_text(text, wire);
    CN_ASSERT(len > 0);
    uint8_t *copy = arena_get(l->a, len, 1);
    if (copy != NULL) memcpy(copy, wire, len);
    return copy;
}

bool load_declare(struct names *t, const struct node *n, const char *key, const char *what,
                  uint32_t value)
{
    const char *text = node_text(n, key);
    if (names_find(t, text) != CN_NONE32) {
        const struct at at = node_at(n, key);
        jsondoc_error(n->doc, &at, "expected an id that no other %s has, got \"%s\" again", what,
                      text);
        return false;
    }
    names_add(t, text, value);
    return true;
}

void load_dangling(const struct names *t, const struct node *n, const struct at *at,
                   const char *what, const char *text)
{
    char got[SHOWN_MAX];
    const char *near = names_nearest(t, text);
    jsondoc_show_text(text, got);
    jsondoc_error(n->doc, at, "expected %s, got %s%s%s%s", what, got,
                  near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                  near != NULL ? "\"?" : "");
}

/* Finds `text`, which stands at `key`. */
static uint32_t refer(const struct names *t, const struct node *n, const char *key,
                      const char *what, const char *text)
{
    uint32_t value = names_find(t, text);
    if (value != CN_NONE32) return value;
    const struct at at = node_at(n, key);
    load_dangling(t, n, &at, what, text);
    return CN_NONE32;
}

uint32_t load_refer(const struct names *t, const struct node *n, const char *key, const char *what)
{
    const char *text = node_text(n, key);
    return text == NULL ? CN_NONE32 : refer(t, n, key, what, text);
}

uint32_t load_refer_name(const struct names *t, const struct node *n, const char *key,
                         const char *what)
{
    char canonical[DNAME_TEXT_MAX];
    const char *text = node_text(n, key);
    if (text == NULL) return CN_NONE32;
    load_canonical(text, canonical);
    return refer(t, n, key, what, canonical);
}

const char *load_folder(struct load *l)
{
    const char *file = l->root.doc->file;
    const char *slash = strrchr(file, '/');
    if (slash == NULL) return ".";
    size_t len = slash == file ? 1 : (size_t)(slash - file);
    return arena_text(l->scratch, file, len);
}
