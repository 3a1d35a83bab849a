/* SPDX-License-Identifier: MIT */
#include "report_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* How many bytes a character has by its first one; 0 when it cannot begin one. */
static size_t length_of(uint8_t first)
{
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/* Not written in more bytes than it needs, no half of a surrogate pair, at most U+10FFFF. */
static bool in_range(uint32_t c, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return c >= least[len] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

size_t report_text_next(const char *text, uint32_t *c)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t len = length_of(p[0]);
    uint32_t code = len < 2 ? p[0] : p[0] & (0x7FU >> len);
    *c = REPLACEMENT;
    if (len == 0) return 1;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) return 1; /* the text's end too */
        code = code << 6 | (p[i] & 0x3F);
    }
    if (!in_range(code, len)) return 1;
    *c = code;
    return len;
}

bool report_text_plain(uint32_t c)
{
    return c >= 0x20 && (c < 0x7F || c > 0x9F) && (c & 0xFFFE) != 0xFFFE;
}

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3F));
    }
    out[0] = (char)(0xF00U >> len | c);
    return len;
}

void report_text_char(FILE *out, uint32_t c)
{
    char bytes[4] = "";
    fwrite(bytes, 1, encode(c, bytes), out);
}

const char *report_text_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* A copy in which all is UTF-8; NULL without memory. */
static char *mended(const char *text)
{
    char *copy = malloc(3 * strlen(text) + 1); /* U+FFFD has three bytes */
    if (copy == NULL) return NULL;
    size_t used = 0;
    while (*text != '\0') {
        uint32_t c;
        text += report_text_next(text, &c);
        used += encode(c, copy + used);
    }
    copy[used] = '\0';
    return copy;
}

struct json_t *report_string(const char *text)
{
    json_t *string = json_string(text);
    if (string != NULL) return string;
    char *copy = mended(text);
    if (copy != NULL) string = json_string(copy);
    free(copy);
    return string;
}

void report_set_text(struct json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, report_string(text));
}

void report_put_line(FILE *out, struct json_t *take_object)
{
    json_dumpf(take_object, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(take_object);
}
