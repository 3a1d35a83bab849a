/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 256, REF_MAX = 96 };

/* --- the types that a type leads to ----------------------------------------------------------- */

struct queue { /* each named type once, in the order in which they are met */
    const struct type *type[TYPES_MAX];
    size_t count;
};

static void meet(struct queue *q, const struct type *t)
{
    for (size_t i = 0; i < q->count; i++) {
        if (q->type[i] == t) return;
        CN_ASSERT(strcmp(q->type[i]->name, t->name) != 0);
    }
    CN_ASSERT(q->count < TYPES_MAX);
    q->type[q->count++] = t;
}

/* Meets what a type consists of. */
static void meet_parts(struct queue *q, const struct type *t)
{
    if (t->item != NULL) meet(q, t->item);
    if (t->map_key != NULL) meet(q, t->map_key);
    for (size_t i = 0; t->shape == SHAPE_EITHER && t->either[i] != NULL; i++) {
        meet(q, t->either[i]);
    }
    for (size_t i = 0; t->shape == SHAPE_OBJECT && i < format_key_count(t); i++) {
        struct key key;
        struct type storage;
        format_key(t, i, &key, &storage);
        if (key.type->name != NULL) meet(q, key.type);
    }
}

void schema_each_key(const struct type *root, schema_key_fn fn, void *context)
{
    struct queue q = {.count = 0};
    meet(&q, root);
    for (size_t i = 0; i < q.count; i++) {
        const struct type *t = q.type[i];
        meet_parts(&q, t);
        for (size_t k = 0; t->shape == SHAPE_OBJECT && k < format_key_count(t); k++) {
            struct key key;
            struct type storage;
            format_key(t, k, &key, &storage);
            fn(context, t, &key);
        }
    }
}

/* --- building JSON ---------------------------------------------------------------------------- */

struct maker {
    bool failed; /* sticky: memory */
};

static void put(struct maker *m, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) m->failed = true;
}

static void append(struct maker *m, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) m->failed = true;
}

static void add_reference(struct maker *m, json_t *o, const struct type *t)
{
    char text[REF_MAX];
    snprintf(text, sizeof(text), "#/$defs/%s", t->name);
    put(m, o, "$ref", json_string(text));
}

static json_t *reference(struct maker *m, const struct type *t)
{
    json_t *o = json_object();
    add_reference(m, o, t);
    return o;
}

/* The names of a set of keys. */
static json_t *key_names(struct maker *m, const struct type *t, keyset set)
{
    json_t *list = json_array();
    for (size_t i = 0; i < format_key_count(t); i++) {
        struct key key;
        struct type storage;
        format_key(t, i, &key, &storage);
        if ((set & format_keyset_of(i)) != 0) append(m, list, json_string(key.name));
    }
    return list;
}

/* --- single values ---------------------------------------------------------------------------- */

static void add_text(struct maker *m, json_t *o, const struct type *t)
{
    put(m, o, "type", json_string("string"));
    if (t->expected != NULL) put(m, o, "description", json_string(t->expected));
    if (t->min > 0) put(m, o, "minLength", json_integer(t->min));
    put(m, o, "maxLength", json_integer(t->max));
    if (t->pattern != NULL) put(m, o, "pattern", json_string(t->pattern));
}

static void add_words(struct maker *m, json_t *o, const struct type *t)
{
    json_t *words = json_array();
    for (int i = 0; i < t->words; i++) {
        append(m, words, json_string(format_word(t, i)));
    }
    put(m, o, "enum", words);
}

static void add_number(struct maker *m, json_t *o, const struct type *t, const char *type)
{
    put(m, o, "type", json_string(type));
    put(m, o, "minimum", json_integer(t->min));
    put(m, o, "maximum", json_integer(t->max));
}

static void add_list(struct maker *m, json_t *o, const struct type *t)
{
    put(m, o, "type", json_string("array"));
    put(m, o, "items", reference(m, t->item));
    if (t->min > 0) put(m, o, "minItems", json_integer(t->min));
    put(m, o, "maxItems", json_integer(t->max));
}

static void add_map(struct maker *m, json_t *o, const struct type *t)
{
    put(m, o, "type", json_string("object"));
    put(m, o, "propertyNames", reference(m, t->map_key));
    put(m, o, "additionalProperties", reference(m, t->item));
    put(m, o, "maxProperties", json_integer(t->max));
}

static void add_either(struct maker *m, json_t *o, const struct type *t)
{
    json_t *list = json_array();
    for (const struct type *const *e = t->either; *e != NULL; e++) {
        append(m, list, reference(m, *e));
    }
    put(m, o, "anyOf", list);
}

/* Everything but objects. Parts are referred to, so this goes no deeper. */
static void add_value(struct maker *m, json_t *o, const struct type *t)
{
    switch (t->shape) {
    case SHAPE_TEXT:
        add_text(m, o, t);
        break;
    case SHAPE_WORD:
        add_words(m, o, t);
        break;
    case SHAPE_BOOL:
        put(m, o, "type", json_string("boolean"));
        break;
    case SHAPE_TRUE:
        put(m, o, "const", json_true());
        break;
    case SHAPE_INTEGER:
        add_number(m, o, t, "integer");
        break;
    case SHAPE_DEGREES:
        add_number(m, o, t, "number");
        break;
    case SHAPE_NULL:
        put(m, o, "type", json_string("null"));
        break;
    case SHAPE_LIST:
        add_list(m, o, t);
        break;
    case SHAPE_MAP:
        add_map(m, o, t);
        break;
    case SHAPE_EITHER:
        add_either(m, o, t);
        break;
    case SHAPE_OBJECT:
        CN_ASSERT(t->shape != SHAPE_OBJECT);
        break;
    }
}

/* --- objects ---------------------------------------------------------------------------------- */

/* {"KEY": false, ...}: none of these. */
static json_t *forbidden(struct maker *m, const struct type *t, keyset set)
{
    json_t *names = key_names(m, t, set);
    json_t *o = json_object();
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        put(m, o, json_string_value(name), json_false());
    }
    json_decref(names);
    return o;
}

/* [{"required": ["KEY"]}, ...] */
static json_t *alternatives(struct maker *m, const struct type *t, keyset set)
{
    json_t *names = key_names(m, t, set);
    json_t *list = json_array();
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        json_t *o = json_object();
        json_t *required = json_array();
        append(m, required, json_string(json_string_value(name)));
        put(m, o, "required", required);
        append(m, list, o);
    }
    json_decref(names);
    return list;
}

static void add_demands(struct maker *m, json_t *o, const struct type *t, const struct rule *r)
{
    if (r->all != 0) put(m, o, "required", key_names(m, t, r->all));
    if (r->none != 0) put(m, o, "properties", forbidden(m, t, r->none));
    if (r->some != 0) put(m, o, "anyOf", alternatives(m, t, r->some));
    if (r->one != 0) put(m, o, "oneOf", alternatives(m, t, r->one));
}

/* The values that the deciding key has when the rule applies. */
static json_t *deciding_values(struct maker *m, const struct type *t, const struct rule *r)
{
    json_t *o = json_object();
    if (t->shape == SHAPE_TEXT) {
        put(m, o, "const", json_string(r->value));
        return o;
    }
    json_t *words = json_array();
    for (int i = 0; i < t->words; i++) {
        if (format_wordset_has(&r->words, i)) append(m, words, json_string(format_word(t, i)));
    }
    put(m, o, "enum", words);
    return o;
}

/* When the rule applies. A key with a default decides by it when it is absent. */
static json_t *condition(struct maker *m, const struct type *t, const struct rule *r)
{
    struct key key;
    struct type storage;
    size_t i = format_key_index(t, r->when);
    format_key(t, i, &key, &storage);
    json_t *o = json_object();
    if (!r->present) {
        json_t *properties = json_object();
        put(m, properties, key.name, deciding_values(m, key.type, r));
        put(m, o, "properties", properties);
    }
    bool by_default = !r->present && key.fallback != NULL && key.type->shape == SHAPE_WORD &&
                      format_wordset_has(&r->words, format_word_index(key.type, key.fallback));
    if (!by_default) put(m, o, "required", key_names(m, t, UINT64_C(1) << i));
    return o;
}

static json_t *rule_schema(struct maker *m, const struct type *t, const struct rule *r)
{
    json_t *o = json_object();
    if (r->when == NULL) {
        add_demands(m, o, t, r);
        return o;
    }
    json_t *then = json_object();
    add_demands(m, then, t, r);
    put(m, o, "if", condition(m, t, r));
    put(m, o, r->unless ? "else" : "then", then);
    return o;
}

static void add_rules(struct maker *m, json_t *o, const struct type *t)
{
    struct rule r;
    json_t *list = json_array();
    for (size_t i = 0; t->rule != NULL && t->rule(i, &r); i++) {
        append(m, list, rule_schema(m, t, &r));
    }
    if (json_array_size(list) > 0) {
        put(m, o, "allOf", list);
    } else {
        json_decref(list);
    }
}

/* A default as a value: words parted by spaces for a list. */
static json_t *default_value(struct maker *m, const struct type *t, const char *text)
{
    if (t->shape == SHAPE_BOOL) return json_boolean(strcmp(text, "true") == 0);
    if (t->shape == SHAPE_INTEGER) return json_integer(strtoll(text, NULL, 10));
    if (t->shape != SHAPE_LIST) return json_string(text);
    json_t *list = json_array();
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        append(m, list, json_stringn(text, len));
        text += len;
        text += strspn(text, " ");
    }
    return list;
}

static json_t *key_schema(struct maker *m, const struct key *k)
{
    json_t *o = json_object();
    if (k->type->name != NULL) {
        add_reference(m, o, k->type);
    } else {
        add_value(m, o, k->type);
    }
    put(m, o, "description", json_string(k->text));
    if (k->fallback != NULL && k->fallback[0] != '\0') {
        put(m, o, "default", default_value(m, k->type, k->fallback));
    }
    return o;
}

static void add_object(struct maker *m, json_t *o, const struct type *t)
{
    keyset required = 0;
    json_t *properties = json_object();
    for (size_t i = 0; i < format_key_count(t); i++) {
        struct key key;
        struct type storage;
        format_key(t, i, &key, &storage);
        CN_ASSERT(!key.required || i < FORMAT_KEYSET_MAX);
        if (key.required) required |= format_keyset_of(i);
        put(m, properties, key.name, key_schema(m, &key));
    }
    put(m, o, "type", json_string("object"));
    put(m, o, "properties", properties);
    put(m, o, "additionalProperties", json_false());
    if (required != 0) put(m, o, "required", key_names(m, t, required));
    add_rules(m, o, t);
}

static json_t *type_schema(struct maker *m, const struct type *t)
{
    json_t *o = json_object();
    if (t->shape == SHAPE_OBJECT) {
        add_object(m, o, t);
    } else {
        add_value(m, o, t);
    }
    return o;
}

json_t *schema_make(const struct type *root, const struct type *more)
{
    struct maker m = {.failed = false};
    struct queue q = {.count = 0};
    json_t *o = json_object();
    json_t *defs = json_object();
    put(&m, o, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    put(&m, o, "title", json_string("cnedge scenario"));
    add_reference(&m, o, root);
    meet(&q, root);
    meet(&q, more);
    for (size_t i = 0; i < q.count; i++) {
        meet_parts(&q, q.type[i]);
        put(&m, defs, q.type[i]->name, type_schema(&m, q.type[i]));
    }
    put(&m, o, "$defs", defs);
    if (!m.failed) return o;
    json_decref(o);
    return NULL;
}
