/* SPDX-License-Identifier: MIT */
#include "jsondoc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/scenario/scenario.h"
#include "utf8.h"

enum { FILE_STEP = 64 * 1024, TEXT_CUT = 40, LEVELS_MAX = 16 };

/* --- reporting -------------------------------------------------------------------------------- */

CN_PRINTF(4, 0) /* the arguments come as a va_list */
static void add(const struct jsondoc *d, enum cn_status status, struct diag_at at, const char *fmt,
                va_list ap)
{
    char text[DIAG_TEXT_MAX] = "";
    if (d->diags->count < DIAG_MAX) vsnprintf(text, sizeof(text), fmt, ap); /* else only counted */
    if (at.file == NULL) at.file = d->file;
    if (at.line > 0) at.line += d->line_before;
    diag_add(d->diags, status, at, "%s", text);
    if (!at.warning && *d->status == CN_OK) *d->status = status;
}

CN_PRINTF(4, 5)
static void add_at(const struct jsondoc *d, enum cn_status status, struct diag_at at,
                   const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(d, status, at, fmt, ap);
    va_end(ap);
}

void jsondoc_no_memory(const struct jsondoc *d)
{
    if (*d->status == CN_E_IO) return;
    add_at(d, CN_E_IO, (struct diag_at){.path = NULL}, "expected enough memory, got %s",
           strerror(ENOMEM));
    *d->status = CN_E_IO;
}

void jsondoc_pointer(const struct at *at, char *out, size_t cap)
{
    const struct at *chain[LEVELS_MAX];
    size_t n = 0;
    for (; at->up != NULL; at = at->up) {
        CN_ASSERT(n < LEVELS_MAX);
        chain[n++] = at;
    }
    out[0] = '\0';
    while (n > 0) {
        const struct at *a = chain[--n];
        char index[24];
        snprintf(index, sizeof(index), "%zu", a->index);
        const char *token = a->key != NULL ? a->key : index;
        jsonloc_append(out, cap, token, strlen(token));
    }
}

/* How many bytes an exact pointer may need. */
static size_t pointer_size(const struct at *at)
{
    size_t n = 1;
    for (; at->up != NULL; at = at->up) {
        n += at->key != NULL ? 2 * strlen(at->key) + 1 : 24;
    }
    return n;
}

/* Makes a pointer fit to be printed: no control characters, no half of a UTF-8 character. */
static void tidy_pointer(char *pointer, size_t cap)
{
    size_t n = strlen(pointer);
    if (n + 1 >= cap) {
        n = cap - 1;
        while (n > 0 && ((uint8_t)pointer[n] & 0xC0) == 0x80) {
            n--;
        }
        pointer[n] = '\0';
    }
    for (; *pointer != '\0'; pointer++) {
        if ((uint8_t)*pointer < 0x20 || *pointer == 0x7F) *pointer = '?';
    }
}

struct diag_at jsondoc_place(const struct jsondoc *d, const struct at *at, bool key,
                             char path[DIAG_PATH_MAX])
{
    struct diag_at where = {.file = d->file, .path = path};
    path[0] = '\0';
    char *pointer = malloc(pointer_size(at));
    if (pointer == NULL) return where;
    jsondoc_pointer(at, pointer, pointer_size(at));
    struct jsonloc value;
    struct jsonloc name;
    if (jsonloc_find(d->text, pointer, &value, &name)) {
        where.line = key ? name.line : value.line;
        where.column = key ? name.column : value.column;
    }
    tidy_pointer(pointer, DIAG_PATH_MAX);
    snprintf(path, DIAG_PATH_MAX, "%s", pointer);
    free(pointer);
    return where;
}

/* The place of `at` for a message. The text is not scanned when the message will not be kept. */
static struct diag_at locate(const struct jsondoc *d, const struct at *at, bool key,
                             char shown[DIAG_PATH_MAX])
{
    struct diag_at where = {.path = shown};
    shown[0] = '\0';
    if (d->diags->count >= DIAG_MAX) return where;
    if (d->place == NULL) return jsondoc_place(d, at, key, shown);
    d->place(d, at, key, &where, shown);
    return where;
}

void jsondoc_error(const struct jsondoc *d, const struct at *at, const char *fmt, ...)
{
    char shown[DIAG_PATH_MAX];
    va_list ap;
    va_start(ap, fmt);
    add(d, CN_E_INVALID, locate(d, at, false, shown), fmt, ap);
    va_end(ap);
}

void jsondoc_key_error(const struct jsondoc *d, const struct at *at, const char *fmt, ...)
{
    char shown[DIAG_PATH_MAX];
    va_list ap;
    va_start(ap, fmt);
    add(d, CN_E_INVALID, locate(d, at, true, shown), fmt, ap);
    va_end(ap);
}

void jsondoc_limit(const struct jsondoc *d, const struct at *at, const char *fmt, ...)
{
    char shown[DIAG_PATH_MAX];
    va_list ap;
    va_start(ap, fmt);
    add(d, CN_E_LIMIT, locate(d, at, false, shown), fmt, ap);
    va_end(ap);
}

void jsondoc_fail(const struct jsondoc *d, enum cn_status status, const struct at *at,
                  const char *fmt, ...)
{
    char shown[DIAG_PATH_MAX];
    va_list ap;
    va_start(ap, fmt);
    add(d, status, locate(d, at, false, shown), fmt, ap);
    va_end(ap);
}

void jsondoc_warning(const struct jsondoc *d, const struct at *at, const char *fmt, ...)
{
    char shown[DIAG_PATH_MAX];
    struct diag_at where = locate(d, at, false, shown);
    where.warning = true;
    va_list ap;
    va_start(ap, fmt);
    add(d, CN_OK, where, fmt, ap);
    va_end(ap);
}

/* --- showing values --------------------------------------------------------------------------- */

/* The length of the UTF-8 character at `p`, of text that is UTF-8. */
static size_t char_len(const char *p)
{
    size_t n = 1;
    while (((uint8_t)p[n] & 0xC0) == 0x80) {
        n++;
    }
    return n;
}

void jsondoc_show_text(const char *text, char out[SHOWN_MAX])
{
    size_t n = 0;
    out[n++] = '"';
    while (*text != '\0') {
        uint8_t c = (uint8_t)*text;
        size_t len = char_len(text);
        bool control = c < 0x20 || c == 0x7F;
        bool quoted = c == '"' || c == '\\';
        if (n + (control ? 6 : quoted ? 2 : len) > TEXT_CUT + 1) {
            n += (size_t)snprintf(out + n, SHOWN_MAX - n, "...");
            break;
        }
        if (control) {
            n += (size_t)snprintf(out + n, SHOWN_MAX - n, "\\u%04x", c);
        } else {
            if (quoted) out[n++] = '\\';
            memcpy(out + n, text, len);
            n += len;
        }
        text += len;
    }
    snprintf(out + n, SHOWN_MAX - n, "\"");
}

void jsondoc_show(const json_t *value, char out[SHOWN_MAX])
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        jsondoc_show_text(json_string_value(value), out);
        break;
    case JSON_INTEGER:
        snprintf(out, SHOWN_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(out, SHOWN_MAX, "%.10g", json_real_value(value));
        break;
    case JSON_OBJECT:
        snprintf(out, SHOWN_MAX, "an object");
        break;
    case JSON_ARRAY:
        snprintf(out, SHOWN_MAX, "%s", json_array_size(value) == 0 ? "an empty list" : "a list");
        break;
    case JSON_TRUE:
        snprintf(out, SHOWN_MAX, "true");
        break;
    case JSON_FALSE:
        snprintf(out, SHOWN_MAX, "false");
        break;
    case JSON_NULL:
        snprintf(out, SHOWN_MAX, "null");
        break;
    }
}

/* --- reading and parsing ---------------------------------------------------------------------- */

static bool read_all(struct jsondoc *d, FILE *f)
{
    size_t cap = 0;
    while (!feof(f) && !ferror(f)) {
        if (d->text.len > SCENARIO_BYTES_MAX) {
            add_at(d, CN_E_LIMIT, (struct diag_at){.path = NULL},
                   "expected at most %d bytes, got more", SCENARIO_BYTES_MAX);
            return false;
        }
        if (cap - d->text.len < FILE_STEP) {
            cap = cap * 2 + FILE_STEP;
            char *bigger = realloc(d->buffer, cap);
            if (bigger == NULL) {
                jsondoc_no_memory(d);
                return false;
            }
            d->buffer = bigger;
        }
        d->text.len += fread(d->buffer + d->text.len, 1, FILE_STEP, f);
    }
    d->text.text = d->buffer;
    return !ferror(f);
}

bool jsondoc_read(struct jsondoc *d)
{
    CN_ASSERT(d->buffer == NULL);
    d->text = (struct jsonloc_text){"", 0};
    errno = 0;
    FILE *f = fopen(d->file, "rb");
    bool ok = f != NULL && read_all(d, f);
    if (!ok && *d->status == CN_OK) {
        add_at(d, CN_E_IO, (struct diag_at){.path = NULL}, "expected a readable file, got %s",
               strerror(errno));
    }
    if (f != NULL) fclose(f);
    return ok;
}

/* Reports what jansson would, but with the place of the byte. */
static bool bytes_ok(const struct jsondoc *d)
{
    const uint8_t *p = (const uint8_t *)d->text.text;
    size_t len = d->text.len;
    size_t i = utf8_good(p, len);
    bool marked = len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0;
    if (i == len && !marked) return true;
    struct jsonloc loc = marked ? (struct jsonloc){1, 1} : jsonloc_of(d->text, i);
    struct diag_at where = {.line = loc.line, .column = loc.column};
    if (marked) {
        add_at(d, CN_E_SYNTAX, where, "expected JSON, got a byte order mark");
    } else {
        add_at(d, CN_E_SYNTAX, where, "expected JSON in UTF-8, got the byte 0x%02x", p[i]);
    }
    return false;
}

/* jansson's message on one line and in UTF-8, for what has no message of ours. */
static void tidy_message(char *text)
{
    for (char *p = text; *p != '\0';) {
        size_t n = utf8_len((const uint8_t *)p, strlen(p));
        if (n == 0 || (uint8_t)*p < 0x20) *p = '?';
        p += n == 0 ? 1 : n;
    }
}

static void syntax_error(const struct jsondoc *d, json_error_t *e)
{
    size_t offset = e->position < 0 ? 0 : (size_t)e->position;
    if (offset > d->text.len) offset = d->text.len;
    struct jsonloc loc;
    char pointer[JSONLOC_POINTER_MAX];
    enum json_error_code code = json_error_code(e);
    if (code == json_error_premature_end_of_input) offset = d->text.len;
    jsonloc_at(d->text, offset, &loc, pointer);
    tidy_pointer(pointer, DIAG_PATH_MAX);
    tidy_message(e->text);
    struct diag_at where = {.path = pointer, .line = loc.line, .column = loc.column};
    if (code == json_error_duplicate_key) {
        const char *key = strstr(e->text, "near '");
        add_at(d, CN_E_SYNTAX, where, "expected each key once, got %.*s again",
               key == NULL ? 3 : (int)strlen(key + 6) - 1, key == NULL ? "one" : key + 6);
    } else if (code == json_error_stack_overflow) {
        add_at(d, CN_E_SYNTAX, where, "expected fewer levels of objects and lists, got over %d",
               JSON_PARSER_MAX_DEPTH);
    } else {
        add_at(d, CN_E_SYNTAX, where, "expected JSON, got a syntax error: %s", e->text);
    }
}

bool jsondoc_parse(struct jsondoc *d)
{
    if (d->text.len > SCENARIO_BYTES_MAX) {
        add_at(d, CN_E_LIMIT, (struct diag_at){.path = NULL}, "expected at most %d bytes, got %zu",
               SCENARIO_BYTES_MAX, d->text.len);
        return false;
    }
    if (!bytes_ok(d)) return false;
    json_error_t e = {.position = 0};
    d->root = json_loadb(d->text.text, d->text.len, JSON_REJECT_DUPLICATES, &e);
    if (d->root != NULL) return true;
    if (e.text[0] == '\0') { /* its scanner, out of memory, may also report some token as invalid */
        jsondoc_no_memory(d);
    } else {
        syntax_error(d, &e);
    }
    return false;
}

void jsondoc_free(struct jsondoc *d)
{
    json_decref(d->root);
    free(d->buffer);
    d->root = NULL;
    d->buffer = NULL;
}
