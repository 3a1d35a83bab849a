/* SPDX-License-Identifier: MIT
 * format.h: the scenario format as tables. Room scenario.
 *
 * One description serves the loader (shape.c checks a file against it, node.c takes values and
 * defaults by it), the JSON Schema (schema.c) and the list of keys in the manual. It says all that
 * can be said of one value or one object alone: the shape. What relates values to each other
 * (references, order, duplicates) is the loader's, in entities.c, events.c, expect.c. */
#ifndef CNEDGE_SIM_SCENARIO_FORMAT_H
#define CNEDGE_SIM_SCENARIO_FORMAT_H

#include "cnedge/base/base.h"
#include "hints.h"

enum {
    FORMAT_VERSION = 1,
    FORMAT_DEPTH_MAX = 12,   /* levels of objects and lists in a valid file */
    FORMAT_KEYS_MAX = 256,   /* keys of one object */
    FORMAT_KEYSET_MAX = 64,  /* the first of them are bits of `keyset`: those that rules speak of */
    FORMAT_WORDS_MAX = 256,  /* words of one enumeration: bits of struct wordset */
    FORMAT_ID_MAX = 63,      /* bytes of an id */
    FORMAT_NAME_MAX = 256,   /* bytes of a short text for people */
    FORMAT_TEXT_MAX = 65536, /* bytes of a long text for people */
};

enum shape {
    SHAPE_TEXT, /* a string that `reads` accepts */
    SHAPE_WORD, /* one of `words` words */
    SHAPE_BOOL,
    SHAPE_TRUE,    /* true only: the key's presence is the statement */
    SHAPE_INTEGER, /* min..max */
    SHAPE_DEGREES, /* a number, min..max */
    SHAPE_NULL,
    SHAPE_LIST,   /* of `item`, min..max of them */
    SHAPE_OBJECT, /* with the keys of a table */
    SHAPE_MAP,    /* an object of `item` by names that are `map_key`, min..max of them */
    SHAPE_EITHER, /* of `either`, which differ in their JSON types */
};

typedef uint64_t keyset; /* bit i: key i of the object, of the first FORMAT_KEYSET_MAX */

struct wordset {
    uint64_t bit[FORMAT_WORDS_MAX / 64];
};

/* What must hold between the keys of one object, when something holds for one of them. */
struct rule {
    const char *when;            /* deciding key; NULL: always */
    bool present;                /* applies when `when` is present */
    const char *value;           /* SHAPE_TEXT: applies when `when` has this value */
    bool unless;                 /* applies when it has another one instead */
    struct wordset words;        /* SHAPE_WORD: applies when `when` has one of these values */
    keyset all, none, some, one; /* required, not allowed, at least one, exactly one */
    const char *advice;          /* what to write instead; NULL: nothing */
};

struct type;

struct key {
    const char *name;
    const struct type *type;
    bool required;
    const char *fallback; /* default, as text; NULL: there is none, see `text` */
    const char *text;     /* what it says, for the schema and the manual */
    const char *missing;  /* why it is required, when that surprises; or NULL */
};

struct type {
    const char *name; /* in the schema's $defs; NULL: written in place */
    enum shape shape;
    const char *expected; /* for messages; NULL: made from the members below */
    /* SHAPE_TEXT. `pattern` (ECMA 262) accepts all that `reads` accepts. */
    bool (*reads)(const char *text);
    const char *pattern;
    bool (*hint)(const char *text, char out[HINTS_TEXT_MAX]); /* what was meant; NULL: no idea */
    /* SHAPE_WORD. `explain` adds to the message for a wrong word, or gives NULL. */
    const char *(*word)(int i);
    const char *const *word_list; /* instead of `word` */
    const char *(*explain)(const char *got);
    int words;
    int64_t min, max; /* TEXT: bytes; LIST, MAP: items; INTEGER, DEGREES: the value */
    const struct type *item, *map_key;
    const struct type *const *either; /* ends with NULL */
    /* SHAPE_OBJECT: static keys, or made by `make_key`, whose types live in `*storage`. */
    const struct key *keys;
    size_t key_count;
    size_t (*count_keys)(void);
    void (*make_key)(size_t i, struct key *out, struct type *storage);
    bool (*rule)(size_t i, struct rule *out); /* false at the end; NULL: no rules */
};

CN_NONNULL CN_PURE size_t format_key_count(const struct type *t);

/* Key `i`; its type may lie in `*storage`. */
CN_NONNULL void format_key(const struct type *t, size_t i, struct key *out, struct type *storage);

/* The index of a key; FORMAT_KEYS_MAX when there is none. */
CN_NONNULL size_t format_key_index(const struct type *t, const char *name);

/* Word `i` of a SHAPE_WORD. */
CN_NONNULL const char *format_word(const struct type *t, int i);
/* The index of a word; -1 when there is none. */
CN_NONNULL int format_word_index(const struct type *t, const char *word);

CN_NONNULL void format_wordset_add(struct wordset *s, int word);
CN_NONNULL CN_PURE bool format_wordset_has(const struct wordset *s, int word);

/* The keys that `names` lists, parted by spaces; each must be one of the type's. */
CN_NONNULL keyset format_keyset(const struct type *t, const char *names);
/* The set of key `i` alone; empty for a key that no set can hold. */
CN_CONST keyset format_keyset_of(size_t i);
/* All keys. */
CN_NONNULL keyset format_all_keys(const struct type *t);

#endif
