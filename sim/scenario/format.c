/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <string.h>

/* Most words differ in their first byte: this is looked up for every key of every object. */
static bool is(const char *a, const char *b)
{
    return a[0] == b[0] && strcmp(a, b) == 0;
}

size_t format_key_count(const struct type *t)
{
    CN_ASSERT(t->shape == SHAPE_OBJECT);
    return t->count_keys != NULL ? t->count_keys() : t->key_count;
}

void format_key(const struct type *t, size_t i, struct key *out, struct type *storage)
{
    CN_ASSERT(i < format_key_count(t));
    if (t->make_key != NULL) {
        t->make_key(i, out, storage);
    } else {
        *out = t->keys[i];
    }
}

size_t format_key_index(const struct type *t, const char *name)
{
    size_t count = format_key_count(t);
    for (size_t i = 0; i < count; i++) {
        struct key key;
        struct type storage;
        if (t->make_key == NULL) {
            if (is(t->keys[i].name, name)) return i;
            continue;
        }
        t->make_key(i, &key, &storage);
        if (is(key.name, name)) return i;
    }
    return FORMAT_KEYS_MAX;
}

const char *format_word(const struct type *t, int i)
{
    CN_ASSERT(t->shape == SHAPE_WORD && i >= 0 && i < t->words);
    return t->word_list != NULL ? t->word_list[i] : t->word(i);
}

int format_word_index(const struct type *t, const char *word)
{
    for (int i = 0; i < t->words; i++) {
        if (is(format_word(t, i), word)) return i;
    }
    return -1;
}

void format_wordset_add(struct wordset *s, int word)
{
    CN_ASSERT(word >= 0 && word < FORMAT_WORDS_MAX);
    s->bit[word / 64] |= UINT64_C(1) << word % 64;
}

bool format_wordset_has(const struct wordset *s, int word)
{
    CN_ASSERT(word >= 0 && word < FORMAT_WORDS_MAX);
    return (s->bit[word / 64] >> word % 64 & 1) != 0;
}

keyset format_keyset_of(size_t i)
{
    return i < FORMAT_KEYSET_MAX ? UINT64_C(1) << i : 0;
}

keyset format_keyset(const struct type *t, const char *names)
{
    keyset set = 0;
    while (*names != '\0') {
        char name[FORMAT_ID_MAX + 1] = "";
        size_t len = strcspn(names, " ");
        CN_ASSERT(len < sizeof(name));
        memcpy(name, names, len);
        size_t i = format_key_index(t, name);
        CN_ASSERT(i < FORMAT_KEYSET_MAX);
        set |= format_keyset_of(i);
        names += len;
        names += strspn(names, " ");
    }
    return set;
}

keyset format_all_keys(const struct type *t)
{
    size_t count = format_key_count(t);
    CN_ASSERT(count < FORMAT_KEYSET_MAX);
    return (UINT64_C(1) << count) - 1;
}
