/* SPDX-License-Identifier: MIT */
#include "select.h"

#include <stdlib.h>
#include <string.h>

bool select_init(struct select *s, struct load *l, size_t count)
{
    *s = (struct select){.l = l};
    s->line_sets = arena_get(l->scratch, count, sizeof(*s->line_sets));
    s->host_sets = arena_get(l->scratch, count, sizeof(*s->host_sets));
    s->line_chosen = arena_get(l->scratch, l->world->topology->line_count, sizeof(bool));
    return names_init(&s->line_texts, l->scratch, count) &&
           names_init(&s->host_texts, l->scratch, count);
}

/* All values of a key in one text, by which equal selections are found; NULL without memory. */
static const char *join(const struct load *l, const struct node *n, const char *key)
{
    struct at list;
    struct at at;
    size_t len = 0;
    size_t count = node_count(n, key);
    for (size_t i = 0; i < count; i++) {
        len += json_string_length(node_value(n, key, i, &list, &at)) + 1;
    }
    char *text = arena_get(l->scratch, len + 1, 1);
    if (text == NULL) return NULL;
    len = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *v = node_value(n, key, i, &list, &at);
        memcpy(text + len, json_string_value(v), json_string_length(v));
        len += json_string_length(v);
        text[len++] = '\n';
    }
    return text;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Chooses, or with "!" leaves out, what one text names. Returns whether it names any line. */
static bool choose(struct select *s, const char *text, bool *chosen)
{
    const struct topology *t = s->l->world->topology;
    uint32_t client = names_find(&s->l->clients, text);
    if (client != CN_NONE32) {
        chosen[s->l->s->clients[client].line] = true;
        return true;
    }
    bool out = *text == '!';
    bool any = false;
    for (uint16_t i = 0; i < t->line_count; i++) {
        if (!line_matches(&t->lines[i], text + (out ? 1 : 0))) continue;
        chosen[i] = !out;
        any = true;
    }
    return any;
}

static bool starts_with_all(const struct node *n)
{
    for (size_t i = 0; i < node_count(n, "from"); i++) {
        struct at list;
        struct at at;
        if (json_string_value(node_value(n, "from", i, &list, &at))[0] != '!') return false;
    }
    return true;
}

static void no_line(const struct select *s, const struct node *n, const struct at *at,
                    const char *text)
{
    const char *what = "a declared client or a pattern that selects a line";
    const struct names *lines = &s->l->lines;
    const struct names *clients = &s->l->clients;
    load_dangling(names_nearest(clients, text) != NULL ? clients : lines, n, at, what, text);
}

/* What is named with "!" is left out of the rest, or of all lines when there is no rest. */
static bool choose_all(struct select *s, const struct node *n)
{
    bool ok = true;
    uint16_t line_count = s->l->world->topology->line_count;
    memset(s->line_chosen, starts_with_all(n) ? 1 : 0, line_count * sizeof(bool));
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < node_count(n, "from"); i++) {
            struct at list;
            struct at at;
            const char *text = json_string_value(node_value(n, "from", i, &list, &at));
            if ((*text == '!') != (pass == 1) || choose(s, text, s->line_chosen)) continue;
            no_line(s, n, &at, text);
            ok = false;
        }
    }
    return ok;
}

static bool store_lines(struct select *s, const struct node *n, struct select_set *out)
{
    uint16_t line_count = s->l->world->topology->line_count;
    *out = (struct select_set){0};
    for (uint16_t i = 0; i < line_count; i++) {
        out->count += s->line_chosen[i] ? 1 : 0;
    }
    if (out->count == 0) {
        const struct at at = node_at(n, "from");
        jsondoc_error(n->doc, &at, "expected at least one line, got none that is left");
        return false;
    }
    uint16_t *lines = arena_get(s->l->a, out->count, sizeof(*lines));
    if (lines == NULL) return false;
    out->lines = lines;
    for (uint16_t i = 0; i < line_count; i++) {
        if (s->line_chosen[i]) *lines++ = i;
    }
    return true;
}

bool select_lines(struct select *s, const struct node *n, struct select_set *out)
{
    const char *text = join(s->l, n, "from");
    if (text == NULL) return false;
    uint32_t known = names_find(&s->line_texts, text);
    if (known != CN_NONE32) {
        *out = s->line_sets[known];
        return true;
    }
    if (!choose_all(s, n) || !store_lines(s, n, out)) return false;
    uint32_t index = (uint32_t)s->line_texts.count;
    s->line_sets[index] = *out;
    names_add(&s->line_texts, text, index);
    return true;
}

/* --- hosts ------------------------------------------------------------------------------------ */

/* "www.shop.example" as "example.shop.www.". */
static char *reversed(struct load *l, const uint8_t *wire)
{
    size_t len = dname_len(wire) - 1;
    char *key = arena_get(l->scratch, len + 1, 1);
    if (key == NULL) return NULL;
    char *end = key + len;
    for (; *wire != 0; wire += *wire + 1) {
        *--end = '.';
        end -= *wire;
        memcpy(end, wire + 1, *wire);
    }
    return key;
}

static int compare_keys(const void *x, const void *y)
{
    const struct select_below *a = x;
    const struct select_below *b = y;
    return strcmp(a->key, b->key);
}

static bool make_below(struct select *s)
{
    const struct world_spec *w = s->l->world;
    if (s->below != NULL) return true;
    struct select_below *below = arena_get(s->l->scratch, w->host_count, sizeof(*below));
    if (below == NULL) return false;
    for (uint32_t i = 0; i < w->host_count; i++) {
        below[i] = (struct select_below){reversed(s->l, w->hosts[i].name), i};
        if (below[i].key == NULL) return false;
    }
    qsort(below, w->host_count, sizeof(*below), compare_keys);
    s->below = below;
    return true;
}

/* The first host whose key is not before `key`. */
static uint32_t lower_bound(const struct select *s, const char *key)
{
    uint32_t lo = 0;
    uint32_t hi = s->l->world->host_count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (strcmp(s->below[mid].key, key) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

struct hosts { /* a selection in the making */
    uint32_t *list;
    size_t count, cap;
};

static bool add_host(struct load *l, struct hosts *h, uint32_t host)
{
    if (h->count == h->cap) {
        size_t cap = h->cap * 2 + 4;
        uint32_t *bigger = arena_get(l->scratch, cap, sizeof(*bigger));
        if (bigger == NULL) return false;
        if (h->count > 0) memcpy(bigger, h->list, h->count * sizeof(*bigger));
        h->list = bigger;
        h->cap = cap;
    }
    h->list[h->count++] = host;
    return true;
}

/* Adds the hosts below a domain. Returns how many there are. */
static size_t add_below(struct select *s, struct hosts *h, const char *domain)
{
    size_t before = h->count;
    uint8_t wire[DNAME_MAX];
    if (!make_below(s) || dname_from_text(domain, wire) == 0) return 0;
    const char *key = reversed(s->l, wire);
    if (key == NULL) return 0;
    for (uint32_t i = lower_bound(s, key); i < s->l->world->host_count; i++) {
        if (strncmp(s->below[i].key, key, strlen(key)) != 0) break;
        if (s->below[i].key[strlen(key)] == '\0') continue; /* the domain itself */
        if (!add_host(s->l, h, s->below[i].host)) break;
    }
    return h->count - before;
}

/* Adds what one text names; false, reported, when that is nothing. */
static bool add_named(struct select *s, const struct node *n, const struct at *at, const char *text,
                      struct hosts *h)
{
    char name[DNAME_TEXT_MAX];
    load_canonical(text, name);
    if (strcmp(text, "*") == 0) {
        for (uint32_t i = 0; i < s->l->world->host_count; i++) {
            if (!add_host(s->l, h, i)) return false;
        }
        if (h->count > 0) return true;
        jsondoc_error(n->doc, at, "expected declared hosts for \"*\", got none");
        return false;
    }
    if (strncmp(name, "*.", 2) == 0) {
        if (add_below(s, h, name + 2) > 0) return true;
        load_dangling(&s->l->sites, n, at, "\"*.\" and a domain with declared hosts below it",
                      text);
        return false;
    }
    uint32_t host = names_find(&s->l->hosts, name);
    if (host != CN_NONE32) return add_host(s->l, h, host);
    load_dangling(&s->l->hosts, n, at,
                  "the full name of a declared host (another name stands alone)", text);
    return false;
}

static int compare_hosts(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x;
    uint32_t b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* Puts the hosts in ascending order, each once, into the scenario's memory. */
static bool store_hosts(struct load *l, struct hosts *h, struct select_set *out)
{
    qsort(h->list, h->count, sizeof(*h->list), compare_hosts);
    uint32_t *hosts = arena_get(l->a, h->count, sizeof(*hosts));
    if (hosts == NULL) return false;
    *out = (struct select_set){.hosts = hosts};
    for (size_t i = 0; i < h->count; i++) {
        if (i == 0 || h->list[i] != h->list[i - 1]) hosts[out->count++] = h->list[i];
    }
    return true;
}

static bool make_hosts(struct select *s, const struct node *n, struct select_set *out)
{
    bool ok = true;
    struct hosts h = {.count = 0};
    for (size_t i = 0; i < node_count(n, "name"); i++) {
        struct at list;
        struct at at;
        const char *text = json_string_value(node_value(n, "name", i, &list, &at));
        ok = add_named(s, n, &at, text, &h) && ok;
    }
    return ok && h.count > 0 && store_hosts(s->l, &h, out);
}

/* One full name that is no declared host: its wire form; NULL for everything else. */
static const uint8_t *other_name(struct select *s, const struct node *n)
{
    char name[DNAME_TEXT_MAX];
    struct at list;
    struct at at;
    if (node_count(n, "name") != 1) return NULL;
    load_canonical(json_string_value(node_value(n, "name", 0, &list, &at)), name);
    if (*name == '*' || names_find(&s->l->hosts, name) != CN_NONE32) return NULL;
    return load_wire(s->l, name);
}

bool select_hosts(struct select *s, const struct node *n, struct select_set *out,
                  const uint8_t **name)
{
    *out = (struct select_set){0};
    *name = other_name(s, n);
    if (*name != NULL) return true;
    const char *text = join(s->l, n, "name");
    if (text == NULL) return false;
    uint32_t known = names_find(&s->host_texts, text);
    if (known != CN_NONE32) {
        *out = s->host_sets[known];
        return true;
    }
    if (!make_hosts(s, n, out)) return false;
    uint32_t index = (uint32_t)s->host_texts.count;
    s->host_sets[index] = *out;
    names_add(&s->host_texts, text, index);
    return true;
}
