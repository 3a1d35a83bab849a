/* SPDX-License-Identifier: MIT */
#include "cnedge/base/dname.h"

#include <string.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads one character or escape at `*p`; advances it. -1 when an escape is broken. */
static int read_char(const char **p)
{
    const char *s = *p;
    if (*s != '\\') {
        *p = s + 1;
        return (uint8_t)*s;
    }
    if (digit(s[1]) && digit(s[2]) && digit(s[3])) {
        int v = (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
        *p = s + 4;
        return v <= 255 ? v : -1;
    }
    if (s[1] == '\0' || digit(s[1])) return -1;
    *p = s + 2;
    return (uint8_t)s[1];
}

/* Reads one label into out[0..]; advances `*p` to the dot or the end. Its length, or 0. */
static size_t read_label(const char **p, uint8_t *out, size_t room)
{
    size_t n = 0;
    while (**p != '.' && **p != '\0') {
        int c = read_char(p);
        if (c < 0 || n == DNAME_LABEL_MAX || n == room) return 0;
        out[n++] = lower((uint8_t)c);
    }
    return n;
}

size_t dname_from_text(const char *text, uint8_t out[DNAME_MAX])
{
    size_t n = 0;
    const char *p = text;
    if (*p == '\0') return 0;
    if (strcmp(p, ".") == 0) p++;
    while (*p != '\0') {
        if (n + 2 >= DNAME_MAX) return 0;
        size_t len = read_label(&p, out + n + 1, DNAME_MAX - 2 - n);
        if (len == 0) return 0;
        out[n] = (uint8_t)len;
        n += len + 1;
        if (*p == '.') p++;
    }
    out[n] = 0;
    return n + 1;
}

static char *put_char(char *p, uint8_t c)
{
    if (c <= 0x20 || c >= 0x7F) {
        *p++ = '\\';
        *p++ = (char)('0' + c / 100);
        *p++ = (char)('0' + c / 10 % 10);
        *p++ = (char)('0' + c % 10);
        return p;
    }
    if (strchr(".\\\"();@$", c) != NULL) *p++ = '\\';
    *p++ = (char)c;
    return p;
}

void dname_to_text(const uint8_t *wire, char out[DNAME_TEXT_MAX])
{
    char *p = out;
    if (*wire == 0) *p++ = '.';
    while (*wire != 0) {
        for (size_t i = 1; i <= *wire; i++) {
            p = put_char(p, wire[i]);
        }
        *p++ = '.';
        wire += *wire + 1;
    }
    *p = '\0';
}

void dname_show(const uint8_t *wire, char out[DNAME_TEXT_MAX])
{
    dname_to_text(wire, out);
    if (*wire != 0) out[strlen(out) - 1] = '\0';
}

size_t dname_len(const uint8_t *wire)
{
    size_t n = 0;
    while (wire[n] != 0) {
        n += wire[n] + 1U;
    }
    return n + 1;
}

unsigned dname_labels(const uint8_t *wire)
{
    unsigned labels = 0;
    for (; *wire != 0; wire += *wire + 1) {
        labels++;
    }
    return labels;
}

bool dname_equal(const uint8_t *a, const uint8_t *b)
{
    size_t len = dname_len(a);
    if (len != dname_len(b)) return false;
    for (size_t i = 0; i < len; i++) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

bool dname_within(const uint8_t *name, const uint8_t *ancestor)
{
    unsigned have = dname_labels(name);
    unsigned want = dname_labels(ancestor);
    if (have < want) return false;
    for (; have > want; have--) {
        name = dname_parent(name);
    }
    return dname_equal(name, ancestor);
}

const uint8_t *dname_parent(const uint8_t *wire)
{
    return *wire == 0 ? wire : wire + *wire + 1;
}

size_t dname_lower(const uint8_t *wire, uint8_t out[DNAME_MAX])
{
    size_t len = dname_len(wire);
    for (size_t i = 0; i < len; i++) {
        out[i] = lower(wire[i]); /* length bytes are at most 63, below 'A' */
    }
    return len;
}

bool dname_is_wildcard(const uint8_t *wire)
{
    return wire[0] == 1 && wire[1] == '*';
}

static bool host_char(uint8_t c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

static bool host_label(const uint8_t *label, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool inside = i > 0 && i + 1 < len;
        bool ok = host_char(label[i]) || (label[i] == '-' && inside) ||
                  (label[i] == '_' && i == 0 && len > 1);
        if (!ok) return false;
    }
    return true;
}

bool dname_is_host(const uint8_t *wire)
{
    for (; *wire != 0; wire += *wire + 1) {
        if (!host_label(wire + 1, *wire)) return false;
    }
    return true;
}
