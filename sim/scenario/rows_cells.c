/* SPDX-License-Identifier: MIT */
#include "rows_cells.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hints.h"
#include "tables.h"
#include "utf8.h"

enum { NAMES_MAX = 128, NAME_MAX = 64, CELL_MAX = FEED_LINE_MAX + 1 };

/* --- columns ---------------------------------------------------------------------------------- */

/* Calls `fn` for every name that a column can have; stops when it returns true. */
typedef bool (*name_fn)(void *context, const struct key *key, const struct key *member);

static bool each_name(name_fn fn, void *context)
{
    for (size_t i = 0; i < format_key_count(&objects_row); i++) {
        struct key key;
        struct type storage;
        format_key(&objects_row, i, &key, &storage);
        if (key.type->shape != SHAPE_OBJECT) {
            if (fn(context, &key, NULL)) return true;
            continue;
        }
        for (size_t k = 0; k < format_key_count(key.type); k++) {
            struct key member;
            struct type more;
            format_key(key.type, k, &member, &more);
            if (fn(context, &key, &member)) return true;
        }
    }
    return false;
}

static void full_name(const struct key *key, const struct key *member, char out[NAME_MAX])
{
    snprintf(out, NAME_MAX, "%s%s%s", key->name, member != NULL ? "." : "",
             member != NULL ? member->name : "");
}

struct search {
    const char *name;
    struct rows_column *out;
};

static bool is_name(void *context, const struct key *key, const struct key *member)
{
    char name[NAME_MAX];
    const struct search *s = context;
    full_name(key, member, name);
    if (strcmp(name, s->name) != 0) return false;
    s->out->key = key->name;
    s->out->member = member != NULL ? member->name : NULL;
    s->out->type = member != NULL ? *member->type : *key->type;
    return true;
}

struct names_list {
    char text[NAMES_MAX][NAME_MAX];
    const char *name[NAMES_MAX];
    size_t count;
};

static bool list_name(void *context, const struct key *key, const struct key *member)
{
    struct names_list *l = context;
    CN_ASSERT(l->count < NAMES_MAX);
    full_name(key, member, l->text[l->count]);
    l->name[l->count] = l->text[l->count];
    l->count++;
    return false;
}

bool rows_cells_column(struct rows *r, const char *name, struct rows_column *c,
                       char why[DIAG_TEXT_MAX])
{
    struct search s = {.name = name, .out = c};
    struct names_list all = {.count = 0};
    char got[SHOWN_MAX];
    char hint[HINTS_TEXT_MAX];
    *c = (struct rows_column){.name = arena_text(r->l->scratch, name, strlen(name))};
    if (c->name != NULL && each_name(is_name, &s)) return true;
    (void)each_name(list_name, &all);
    const char *near = diag_nearest(name, all.name, all.count);
    bool hinted = hints_row_key(name, hint);
    if (!hinted && near != NULL) snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
    jsondoc_show_text(name, got);
    snprintf(why, DIAG_TEXT_MAX, "expected one of the known columns, got %s%s%s", got,
             hinted || near != NULL ? "; " : "", hinted || near != NULL ? hint : "");
    return false;
}

/* --- cells ------------------------------------------------------------------------------------ */

static bool can_be(const struct type *t, enum shape shape)
{
    if (t->shape != SHAPE_EITHER) return t->shape == shape;
    for (const struct type *const *e = t->either; *e != NULL; e++) {
        if ((*e)->shape == shape) return true;
    }
    return false;
}

/* Words parted by spaces. */
static json_t *words_value(const char *text)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    while (ok && *text != '\0') {
        size_t len = strcspn(text, " ");
        if (len > 0) ok = json_array_append_new(list, json_stringn(text, len)) == 0;
        text += len;
        text += strspn(text, " ");
    }
    if (ok) return list;
    json_decref(list);
    return NULL;
}

/* An integer when the cell is one; else its text, which is none and will be reported so. */
static json_t *number_value(const char *text)
{
    char *end;
    errno = 0;
    size_t digits = strspn(text + (*text == '-' ? 1 : 0), "0123456789");
    long long n = strtoll(text, &end, 10);
    bool whole = digits > 0 && digits < 19 && *end == '\0' && errno == 0;
    return whole ? json_integer(n) : json_string(text);
}

static json_t *cell_value(const struct type *t, const char *text)
{
    bool yes = strcmp(text, "true") == 0;
    if (can_be(t, SHAPE_BOOL) && (yes || strcmp(text, "false") == 0)) return json_boolean(yes);
    if (can_be(t, SHAPE_INTEGER)) return number_value(text);
    if (can_be(t, SHAPE_NULL) && strcmp(text, "null") == 0) return json_null();
    if (can_be(t, SHAPE_LIST)) return words_value(text);
    return json_string(text);
}

/* Puts a cell into the row's object. */
static bool put_cell(json_t *row, const struct rows_column *c, const char *text)
{
    json_t *into = row;
    if (c->member != NULL) {
        into = json_object_get(row, c->key);
        if (into == NULL && json_object_set_new(row, c->key, json_object()) == 0) {
            into = json_object_get(row, c->key);
        }
        if (into == NULL) return false;
    }
    const char *key = c->member != NULL ? c->member : c->key;
    return json_object_set_new(into, key, cell_value(&c->type, text)) == 0;
}

/* An empty cell says nothing; but a domain there must be. */
static json_t *cells_object(struct rows *r)
{
    json_t *row = json_object();
    bool ok = row != NULL;
    for (size_t i = 0; ok && i < r->column_count; i++) {
        const struct rows_column *c = &r->column[i];
        const struct csv_field *f = &r->csv.field[i];
        if (f->len > 0 || strcmp(c->key, "domain") == 0) ok = put_cell(row, c, f->text);
    }
    if (ok) return row;
    json_decref(row);
    jsondoc_no_memory(&r->doc);
    return NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

struct look { /* at a line */
    const char *p, *end;
    bool odd; /* not what a simple line looks like */
};

static void skip_space(struct look *k)
{
    while (k->p < k->end && (*k->p == ' ' || *k->p == '\t' || *k->p == '\r')) {
        k->p++;
    }
}

/* Takes one sign. */
static bool take(struct look *k, char c)
{
    skip_space(k);
    bool there = k->p < k->end && *k->p == c;
    if (there) k->p++;
    return there;
}

/* Takes a string; gives what is between its quotation marks, and whether there are escapes. */
static bool take_string(struct look *k, const char **text, size_t *len, bool *escaped)
{
    *escaped = false;
    if (!take(k, '"')) return false;
    *text = k->p;
    while (k->p < k->end && *k->p != '"') {
        if (*k->p == '\\') {
            *escaped = true;
            k->p++;
        }
        k->p++;
    }
    if (k->p >= k->end) return false;
    *len = (size_t)(k->p++ - *text);
    return true;
}

/* Passes over a value that is no string. */
static bool skip_value(struct look *k)
{
    int depth = 0;
    const char *text;
    size_t len;
    bool escaped;
    while (k->p < k->end) {
        char c = *k->p;
        if (c == '"') {
            if (!take_string(k, &text, &len, &escaped)) return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) return true;
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        k->p++;
    }
    return false;
}

static bool is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* The 16 bits of "\u" and four hexadecimal digits; -1 when it is none. */
static int32_t read_unit(const char *p, size_t left)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    int32_t unit = 0;
    if (left < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    for (size_t i = 2; i < 6; i++) {
        const char *digit = memchr(digits, p[i], sizeof(digits) - 1);
        if (digit == NULL) return -1;
        int32_t value = (int32_t)(digit - digits);
        unit = unit << 4 | (value > 15 ? value - 6 : value);
    }
    return unit;
}

/* Reads the character that is escaped at `p`, and how many bytes that takes. 0: it is none, or NUL,
 * or half of a pair. */
static uint32_t read_escape(const char *p, size_t left, size_t *taken)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    *taken = 2;
    const char *name = left < 2 ? NULL : memchr(names, p[1], sizeof(names) - 1);
    if (name != NULL) return (uint32_t)values[name - names];
    int32_t unit = read_unit(p, left);
    *taken = 6;
    if (unit < 0xD800 || unit > 0xDFFF) return unit < 0 ? 0 : (uint32_t)unit;
    int32_t low = unit < 0xDC00 ? read_unit(p + 6, left - 6) : -1;
    *taken = 12;
    if (low < 0xDC00 || low > 0xDFFF) return 0;
    return 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

/* Reads the escapes of a string. False when one of them is no character, or NUL. */
static bool unescape(const char *text, size_t len, char *out, size_t *out_len)
{
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t taken;
        if (text[i] != '\\') {
            out[n++] = text[i++];
            continue;
        }
        uint32_t c = read_escape(text + i, len - i, &taken);
        if (c == 0) return false;
        n += utf8_put(c, out + n);
        i += taken;
    }
    *out_len = n;
    return true;
}

struct cut { /* a value that is taken out of the line */
    const char *text;
    size_t len;
    bool escaped;
};

/* One member of the object; notes the values that differ from row to row. */
static bool look_at_member(struct look *k, struct cut *domain, struct cut *number)
{
    const char *key;
    size_t len;
    bool escaped;
    if (!take_string(k, &key, &len, &escaped) || escaped || !take(k, ':')) return false;
    skip_space(k);
    struct cut *cut = is(key, len, "domain")          ? domain
                      : is(key, len, "filing_number") ? number
                                                      : NULL;
    if (cut == NULL || k->p == k->end || *k->p != '"') return skip_value(k) && cut == NULL;
    bool once = cut->text == NULL;
    return take_string(k, &cut->text, &cut->len, &cut->escaped) && once;
}

/* Copies a part of the line into the key; what is cut out leaves its place. */
static void add_key(struct rows *r, const char *from, const char *to)
{
    memcpy(r->key_bytes + r->key_len, from, (size_t)(to - from));
    r->key_len += (size_t)(to - from);
}

/* Copies a value as text, ended by NUL. Its size; 0: it has an escape that is not to be told so
 * easily. */
static size_t copy_cut(const struct cut *cut, char *out)
{
    size_t n = cut->len;
    if (!cut->escaped) memcpy(out, cut->text, cut->len);
    if (cut->escaped && !unescape(cut->text, cut->len, out, &n)) return 0;
    out[n] = '\0';
    return n + 1;
}

void rows_cells_line(struct rows *r)
{
    struct cut domain = {NULL, 0, false};
    struct cut number = {NULL, 0, false};
    struct look k = {.p = r->text, .end = r->text + r->len};
    r->plain = take(&k, '{');
    while (r->plain) {
        r->plain = look_at_member(&k, &domain, &number);
        if (!take(&k, ',')) break;
    }
    r->plain = r->plain && take(&k, '}') && domain.text != NULL;
    skip_space(&k);
    r->plain = r->plain && k.p == k.end;
    if (!r->plain) return;
    bool two = number.text != NULL;
    const struct cut *first = two && number.text < domain.text ? &number : &domain;
    const struct cut *second = first == &number ? &domain : &number;
    r->key_len = 0;
    add_key(r, r->text, first->text);
    const char *rest = first->text + first->len;
    if (two) add_key(r, rest, second->text);
    if (two) rest = second->text + second->len;
    add_key(r, rest, r->text + r->len);
    /* Copies, ended by NUL: the line itself is needed as it is. */
    char *copy = r->key_bytes + r->key_len;
    size_t size = copy_cut(&domain, copy);
    r->domain = copy;
    copy += size;
    r->number = two ? copy : NULL;
    r->plain = size > 0 && (!two || copy_cut(&number, copy) > 0);
}

static json_t *line_object(struct rows *r)
{
    struct jsondoc line = {.file = r->file,
                           .text = {r->text, r->len},
                           .diags = r->doc.diags,
                           .status = r->doc.status,
                           .line_before = r->line - 1};
    if (!jsondoc_parse(&line)) return NULL;
    if (json_is_object(line.root)) return line.root;
    const struct at at = AT_ROOT;
    char got[SHOWN_MAX];
    jsondoc_show(line.root, got);
    jsondoc_error(&line, &at, "expected a site, got %s", got);
    json_decref(line.root);
    return NULL;
}

/* --- what is made up -------------------------------------------------------------------------- */

static json_t *made_object(struct rows *r)
{
    json_t *row = json_copy(node_get(&r->portfolio, "generate"));
    bool ok = row != NULL && json_object_del(row, "sites") == 0 &&
              (json_object_get(row, "first") == NULL || json_object_del(row, "first") == 0) &&
              json_object_set_new(row, "domain", json_string(r->domain)) == 0;
    if (ok && r->number != NULL) {
        ok = json_object_set_new(row, "filing_number", json_string(r->number)) == 0;
    }
    if (ok) return row;
    json_decref(row);
    jsondoc_no_memory(&r->doc);
    return NULL;
}

json_t *rows_cells_object(struct rows *r)
{
    if (r->form == ROWS_MADE) return made_object(r);
    return r->form == ROWS_CSV ? cells_object(r) : line_object(r);
}
