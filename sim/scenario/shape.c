/* SPDX-License-Identifier: MIT */
#include "shape.h"

#include <stdio.h>
#include <string.h>

#include "hints.h"
#include "tables.h"

enum { PLANS_MAX = 64, RULES_MAX = 64, LIST_SHOWN_MAX = 10, NAMES_TEXT_MAX = 240 };

struct plan { /* what is worked out once for each type of object */
    const struct type *type;
    keyset required;
    size_t rule_count;
    const struct rule *rules;
};

struct frame {
    struct at at;
    const struct type *type;
    json_t *value;
    void *iter;   /* objects: the next member */
    size_t index; /* lists: the next item */
};

struct shape_walk {
    const struct jsondoc *doc;
    struct arena *scratch;
    struct plan plan[PLANS_MAX];
    size_t plan_count, depth;
    struct frame frame[FORMAT_DEPTH_MAX];
};

/* --- single values ---------------------------------------------------------------------------- */

static bool fits(enum shape shape, const json_t *v)
{
    switch (shape) {
    case SHAPE_TEXT:
    case SHAPE_WORD:
        return json_is_string(v);
    case SHAPE_BOOL:
    case SHAPE_TRUE:
        return json_is_boolean(v);
    case SHAPE_INTEGER:
    case SHAPE_DEGREES:
        return json_is_number(v);
    case SHAPE_NULL:
        return json_is_null(v);
    case SHAPE_LIST:
        return json_is_array(v);
    case SHAPE_OBJECT:
    case SHAPE_MAP:
        return json_is_object(v);
    case SHAPE_EITHER:
        return true;
    }
    return false;
}

const struct type *shape_alternative(const struct type *t, const json_t *value)
{
    if (t->shape != SHAPE_EITHER) return t;
    for (const struct type *const *e = t->either; *e != NULL; e++) {
        if (fits((*e)->shape, value)) return *e;
    }
    return NULL;
}

/* Appends one of a list of quoted names. */
static void list_name(char out[NAMES_TEXT_MAX], const char *name)
{
    size_t n = strlen(out);
    snprintf(out + n, NAMES_TEXT_MAX - n, "%s\"%s\"", n > 0 ? ", " : "", name);
}

static void describe_range(const struct type *t, char out[NAMES_TEXT_MAX])
{
    if (t->min == t->max) {
        snprintf(out, NAMES_TEXT_MAX, "%lld", (long long)t->min);
    } else {
        snprintf(out, NAMES_TEXT_MAX, "%lld..%lld", (long long)t->min, (long long)t->max);
    }
}

/* What a value of this type would be. */
static void describe(const struct type *t, char out[NAMES_TEXT_MAX])
{
    out[0] = '\0';
    switch (t->shape) {
    case SHAPE_WORD:
        for (int i = 0; i < t->words && i < LIST_SHOWN_MAX; i++) {
            list_name(out, format_word(t, i));
        }
        break;
    case SHAPE_BOOL:
        snprintf(out, NAMES_TEXT_MAX, "true or false");
        break;
    case SHAPE_TRUE:
        snprintf(out, NAMES_TEXT_MAX, "true");
        break;
    case SHAPE_INTEGER:
        describe_range(t, out);
        break;
    case SHAPE_DEGREES:
        snprintf(out, NAMES_TEXT_MAX, "%lld..%lld degrees", (long long)t->min, (long long)t->max);
        break;
    case SHAPE_LIST:
        snprintf(out, NAMES_TEXT_MAX, "a list");
        break;
    case SHAPE_NULL:
        snprintf(out, NAMES_TEXT_MAX, "null");
        break;
    case SHAPE_TEXT:
    case SHAPE_OBJECT:
    case SHAPE_MAP:
    case SHAPE_EITHER:
        break;
    }
    if (t->expected != NULL) snprintf(out, NAMES_TEXT_MAX, "%s", t->expected);
}

/* Reports that `v` is not what the type wants; `more` is added, unless it is NULL. */
static void reject(const struct shape_walk *w, const struct type *t, const struct at *at,
                   const json_t *v, const char *more)
{
    char want[NAMES_TEXT_MAX] = "";
    char got[SHOWN_MAX] = "";
    if (w->doc->diags->count < DIAG_MAX) { /* else it is only counted */
        describe(t, want);
        jsondoc_show(v, got);
    }
    bool one_of = t->shape == SHAPE_WORD && t->expected == NULL && t->words > 1;
    jsondoc_error(w->doc, at, "expected %s%s, got %s%s%s", one_of ? "one of " : "", want, got,
                  more == NULL ? "" : "; ", more == NULL ? "" : more);
}

/* The word that was probably meant. */
static const char *nearest_word(const struct type *t, const char *word)
{
    const char *words[FORMAT_WORDS_MAX];
    CN_ASSERT(t->words <= FORMAT_WORDS_MAX);
    for (int i = 0; i < t->words; i++) {
        words[i] = format_word(t, i);
    }
    return diag_nearest(word, words, (size_t)t->words);
}

static void check_word(const struct shape_walk *w, const struct type *t, const struct at *at,
                       const json_t *v)
{
    const char *word = json_string_value(v);
    if (format_word_index(t, word) >= 0) return;
    const char *why = t->explain != NULL ? t->explain(word) : NULL;
    const char *near = nearest_word(t, word);
    char hint[NAMES_TEXT_MAX];
    snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near == NULL ? "" : near);
    reject(w, t, at, v, why != NULL ? why : near != NULL ? hint : NULL);
}

static void check_text(const struct shape_walk *w, const struct type *t, const struct at *at,
                       const json_t *v)
{
    size_t len = json_string_length(v);
    if (len > (size_t)t->max) {
        jsondoc_limit(w->doc, at, "expected at most %lld bytes, got %zu", (long long)t->max, len);
    } else if (len < (size_t)t->min || (t->reads != NULL && !t->reads(json_string_value(v)))) {
        char hint[HINTS_TEXT_MAX];
        bool hinted = t->hint != NULL && t->hint(json_string_value(v), hint);
        reject(w, t, at, v, hinted ? hint : NULL);
    }
}

/* 1.0 is an integer, in JSON Schema too. */
static bool integer_fits(const struct type *t, const json_t *v)
{
    json_int_t i = json_integer_value(v);
    if (json_is_integer(v)) return i >= t->min && i <= t->max;
    double d = json_real_value(v);
    return d >= (double)t->min && d <= (double)t->max && d == (double)(int64_t)d;
}

static bool degrees_fit(const struct type *t, const json_t *v)
{
    double d = json_number_value(v);
    return d >= (double)t->min && d <= (double)t->max;
}

static void check_leaf(const struct shape_walk *w, const struct type *t, const struct at *at,
                       const json_t *v)
{
    switch (t->shape) {
    case SHAPE_TEXT:
        check_text(w, t, at, v);
        break;
    case SHAPE_WORD:
        check_word(w, t, at, v);
        break;
    case SHAPE_TRUE:
        if (!json_is_true(v)) reject(w, t, at, v, NULL);
        break;
    case SHAPE_INTEGER:
        if (!integer_fits(t, v)) reject(w, t, at, v, NULL);
        break;
    case SHAPE_DEGREES:
        if (!degrees_fit(t, v)) reject(w, t, at, v, NULL);
        break;
    case SHAPE_BOOL:
    case SHAPE_NULL:
    case SHAPE_LIST:
    case SHAPE_OBJECT:
    case SHAPE_MAP:
    case SHAPE_EITHER:
        break;
    }
}

/* --- the keys of one object ------------------------------------------------------------------- */

static keyset required_keys(const struct type *t)
{
    keyset set = 0;
    for (size_t i = 0; i < format_key_count(t); i++) {
        struct key key;
        struct type storage;
        format_key(t, i, &key, &storage);
        CN_ASSERT(!key.required || i < FORMAT_KEYSET_MAX);
        if (key.required) set |= format_keyset_of(i);
    }
    return set;
}

/* The plan of a type, made when it is met first; NULL when memory is exhausted. */
static const struct plan *plan_of(struct shape_walk *w, const struct type *t)
{
    for (size_t i = 0; i < w->plan_count; i++) {
        if (w->plan[i].type == t) return &w->plan[i];
    }
    CN_ASSERT(w->plan_count < PLANS_MAX);
    struct plan *p = &w->plan[w->plan_count++];
    struct rule *rules = arena_get(w->scratch, RULES_MAX, sizeof(*rules));
    *p = (struct plan){.type = t, .required = required_keys(t), .rules = rules};
    if (rules == NULL) return NULL;
    while (t->rule != NULL && t->rule(p->rule_count, &rules[p->rule_count])) {
        CN_ASSERT(p->rule_count < RULES_MAX - 1);
        p->rule_count++;
    }
    return p;
}

static void key_at(const struct type *t, size_t i, struct key *key)
{
    struct type storage;
    format_key(t, i, key, &storage);
    key->type = NULL; /* may lie in `storage` */
}

/* Whether an object is a site as portfolios have it. */
static bool is_row(const struct type *t)
{
    return t == &objects_row || t == &objects_portfolio || t == &objects_generate;
}

static void unknown_key(const struct shape_walk *w, const struct type *t, const struct at *at,
                        const char *name)
{
    const char *known[FORMAT_KEYS_MAX];
    size_t count = format_key_count(t);
    char got[SHOWN_MAX];
    char hint[HINTS_TEXT_MAX];
    for (size_t i = 0; i < count; i++) {
        struct key key;
        key_at(t, i, &key);
        known[i] = key.name;
    }
    const char *near = diag_nearest(name, known, count);
    const struct at here = {at, name, 0};
    bool hinted = is_row(t) && hints_row_key(name, hint);
    if (!hinted && near != NULL) snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
    jsondoc_show_text(name, got);
    jsondoc_key_error(w->doc, &here, "expected one of the known keys, got %s%s%s", got,
                      hinted || near != NULL ? "; " : "", hinted || near != NULL ? hint : "");
}

/* Which keys an object has; unknown ones are reported. */
static keyset present_keys(const struct shape_walk *w, const struct frame *f)
{
    keyset set = 0;
    const char *name;
    json_t *v;
    json_object_foreach(f->value, name, v)
    {
        size_t i = format_key_index(f->type, name);
        if (i < FORMAT_KEYS_MAX) {
            set |= format_keyset_of(i);
        } else {
            unknown_key(w, f->type, &f->at, name);
        }
    }
    return set;
}

struct decider {             /* the value of the key that rules look at */
    const char *when;        /* the key; NULL: none yet */
    const struct type *type; /* of its value */
    struct type storage;     /* what it may point to */
    const char *text;        /* its value or default; NULL: neither, or it is no text */
    int word;                /* SHAPE_WORD: its index, or -1 */
};

/* Rules with the same deciding key follow each other, so the last one is kept. */
static void decide(struct decider *d, const struct frame *f, const char *when)
{
    struct key key;
    if (d->when != NULL && strcmp(d->when, when) == 0) return;
    const json_t *v = json_object_get(f->value, when);
    format_key(f->type, format_key_index(f->type, when), &key, &d->storage);
    d->when = when;
    d->type = key.type;
    d->text = v == NULL ? key.fallback : json_string_value(v);
    d->word = d->text != NULL && key.type->shape == SHAPE_WORD
                  ? format_word_index(key.type, d->text)
                  : -1;
}

static bool rule_applies(const struct rule *r, const struct frame *f, struct decider *d)
{
    if (r->when == NULL) return true;
    if (r->present) return json_object_get(f->value, r->when) != NULL;
    decide(d, f, r->when);
    if (d->text == NULL) return false;
    if (d->type->shape == SHAPE_WORD) return d->word >= 0 && format_wordset_has(&r->words, d->word);
    return d->type->reads(d->text) && (strcmp(d->text, r->value) == 0) != r->unless;
}

/* ' with "do": "revoke_site"': when the rule applies. */
static void describe_rule(const struct rule *r, const struct decider *d, char out[NAMES_TEXT_MAX])
{
    char shown[SHOWN_MAX];
    out[0] = '\0';
    if (r->when == NULL) return;
    snprintf(out, NAMES_TEXT_MAX, " with \"%s\"", r->when);
    if (r->present) return;
    jsondoc_show_text(d->text, shown);
    snprintf(out, NAMES_TEXT_MAX, " with \"%s\": %s", r->when, shown);
}

static void list_keys(const struct type *t, keyset set, char out[NAMES_TEXT_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < format_key_count(t); i++) {
        struct key key;
        key_at(t, i, &key);
        if ((set & format_keyset_of(i)) != 0) list_name(out, key.name);
    }
}

static void missing_keys(const struct shape_walk *w, const struct frame *f, keyset missing,
                         const char *with)
{
    for (size_t i = 0; missing != 0; i++, missing >>= 1) {
        if ((missing & 1) == 0) continue;
        struct key key;
        key_at(f->type, i, &key);
        jsondoc_error(w->doc, &f->at, "expected the key \"%s\"%s%s%s%s, got none", key.name, with,
                      key.missing != NULL ? " (" : "", key.missing != NULL ? key.missing : "",
                      key.missing != NULL ? ")" : "");
    }
}

static void surplus_keys(const struct shape_walk *w, const struct frame *f, const struct rule *r,
                         keyset have, const char *with)
{
    keyset surplus = r->none & have;
    for (size_t i = 0; surplus != 0; i++, surplus >>= 1) {
        if ((surplus & 1) == 0) continue;
        struct key key;
        char got[SHOWN_MAX];
        key_at(f->type, i, &key);
        jsondoc_show(json_object_get(f->value, key.name), got);
        const struct at here = {&f->at, key.name, 0};
        jsondoc_key_error(w->doc, &here, "expected no \"%s\"%s, got %s%s%s", key.name, with, got,
                          r->advice != NULL ? "; " : "", r->advice != NULL ? r->advice : "");
    }
}

/* Whether none, or where exactly one is wanted more than one, of the rule's keys is there. */
static bool chosen_badly(const struct rule *r, keyset have)
{
    keyset found = have & r->one;
    return (r->some != 0 && (have & r->some) == 0) ||
           (r->one != 0 && (found == 0 || (found & (found - 1)) != 0));
}

static void choose_keys(const struct shape_walk *w, const struct frame *f, const struct rule *r,
                        keyset have, const char *with)
{
    char want[NAMES_TEXT_MAX];
    char got[NAMES_TEXT_MAX];
    keyset set = r->some != 0 ? r->some : r->one;
    list_keys(f->type, set, want);
    list_keys(f->type, have & set, got);
    jsondoc_error(w->doc, &f->at, "expected %s one of %s%s, got %s",
                  r->some != 0 ? "at least" : "exactly", want, with,
                  (have & set) != 0 ? got : "none");
}

static void check_rule(const struct shape_walk *w, const struct frame *f, const struct rule *r,
                       keyset have, struct decider *d)
{
    char with[NAMES_TEXT_MAX];
    bool badly = chosen_badly(r, have);
    bool broken = badly || (r->all & ~have) != 0 || (r->none & have) != 0;
    if (!broken || !rule_applies(r, f, d)) return;
    describe_rule(r, d, with);
    missing_keys(w, f, r->all & ~have, with);
    surplus_keys(w, f, r, have, with);
    if (badly) choose_keys(w, f, r, have, with);
}

static void check_keys(struct shape_walk *w, const struct frame *f)
{
    struct decider d = {.when = NULL};
    const struct plan *p = plan_of(w, f->type);
    if (p == NULL) return;
    keyset have = present_keys(w, f);
    missing_keys(w, f, p->required & ~have, "");
    for (size_t i = 0; i < p->rule_count; i++) {
        check_rule(w, f, &p->rules[i], have, &d);
    }
}

/* --- the tree --------------------------------------------------------------------------------- */

static void check_size(const struct shape_walk *w, const struct type *t, const struct at *at,
                       size_t size)
{
    if (size > (size_t)t->max) {
        jsondoc_limit(w->doc, at, "expected at most %lld items, got %zu", (long long)t->max, size);
    } else if (size < (size_t)t->min) {
        jsondoc_error(w->doc, at, "expected at least %lld item%s, got %s", (long long)t->min,
                      t->min == 1 ? "" : "s", size == 0 ? "none" : "fewer");
    }
}

/* Checks one value; what has parts becomes the innermost frame. */
static void enter(struct shape_walk *w, const struct type *t, const struct at *at, json_t *v)
{
    const struct type *actual = shape_alternative(t, v);
    if (actual == NULL || !fits(actual->shape, v)) {
        reject(w, t, at, v, NULL);
        return;
    }
    if (!json_is_object(v) && !json_is_array(v)) {
        check_leaf(w, actual, at, v);
        return;
    }
    CN_ASSERT(w->depth < FORMAT_DEPTH_MAX);
    struct frame *f = &w->frame[w->depth];
    *f = (struct frame){.at = *at, .type = actual, .value = v, .iter = json_object_iter(v)};
    w->depth++;
    if (actual->shape == SHAPE_OBJECT) {
        check_keys(w, f);
    } else {
        check_size(w, actual, at, json_is_array(v) ? json_array_size(v) : json_object_size(v));
    }
}

static void next_item(struct shape_walk *w, struct frame *f)
{
    const struct at here = {&f->at, NULL, f->index};
    json_t *v = json_array_get(f->value, f->index++);
    if (v == NULL) {
        w->depth--;
    } else {
        enter(w, f->type->item, &here, v);
    }
}

static void next_member(struct shape_walk *w, struct frame *f)
{
    if (f->iter == NULL) {
        w->depth--;
        return;
    }
    const struct at here = {&f->at, json_object_iter_key(f->iter), 0};
    json_t *v = json_object_iter_value(f->iter);
    f->iter = json_object_iter_next(f->value, f->iter);
    if (f->type->shape == SHAPE_MAP) {
        const struct type *key = f->type->map_key;
        if (strlen(here.key) > (size_t)key->max || !key->reads(here.key)) {
            char got[SHOWN_MAX];
            jsondoc_show_text(here.key, got);
            jsondoc_key_error(w->doc, &here, "expected %s, got %s", key->expected, got);
        }
        enter(w, f->type->item, &here, v);
        return;
    }
    struct key key;
    struct type storage;
    size_t i = format_key_index(f->type, here.key);
    if (i == FORMAT_KEYS_MAX) return; /* reported by check_keys */
    format_key(f->type, i, &key, &storage);
    enter(w, key.type, &here, v);
}

struct shape_walk *shape_new(struct arena *a)
{
    struct shape_walk *w = arena_get(a, 1, sizeof(*w));
    if (w != NULL) w->scratch = a;
    return w;
}

bool shape_tree(struct shape_walk *w, const struct jsondoc *d, const struct type *t)
{
    int before = d->diags->errors;
    w->doc = d;
    enter(w, t, &AT_ROOT, d->root);
    while (w->depth > 0) {
        struct frame *f = &w->frame[w->depth - 1];
        if (f->type->shape == SHAPE_LIST) {
            next_item(w, f);
        } else {
            next_member(w, f);
        }
    }
    return d->diags->errors == before && !w->scratch->failed;
}

bool shape_check(const struct jsondoc *d, const struct type *t, struct arena *scratch)
{
    struct shape_walk *w = shape_new(scratch);
    return w != NULL && shape_tree(w, d, t);
}
