/* SPDX-License-Identifier: MIT */
#include "cnedge/base/addrtext.h"

#include <stdio.h>
#include <string.h>

static bool read_decimal(const char **p, unsigned max, unsigned *out)
{
    const char *s = *p;
    unsigned v = 0;
    if (*s == '0' && s[1] >= '0' && s[1] <= '9') return false; /* octal to some, so to none */
    while (*s >= '0' && *s <= '9' && v <= max) {
        v = v * 10 + (unsigned)(*s++ - '0');
    }
    bool ok = s > *p && v <= max;
    *p = s;
    *out = v;
    return ok;
}

/* Reads a dotted quad; advances `*p` past it. */
static bool read_quad(const char **p, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        unsigned v;
        if (i > 0 && *(*p)++ != '.') return false;
        if (!read_decimal(p, 255, &v)) return false;
        out[i] = (uint8_t)v;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct groups {
    uint8_t bytes[16];
    int count; /* bytes read */
    int gap;   /* where "::" stands, in bytes; -1 = nowhere */
};

/* Reads one 16-bit group; advances `*p`. */
static bool read_group(const char **p, struct groups *g)
{
    unsigned v = 0;
    int digits = 0;
    for (; hex_digit(**p) >= 0 && digits < 4; digits++, ++*p) {
        v = v << 4 | (unsigned)hex_digit(**p);
    }
    if (digits == 0 || g->count > 14) return false;
    g->bytes[g->count++] = (uint8_t)(v >> 8);
    g->bytes[g->count++] = (uint8_t)v;
    return true;
}

/* An embedded dotted quad can only be the last piece. */
static bool at_quad(const char *p)
{
    size_t digits = strspn(p, "0123456789");
    return digits > 0 && p[digits] == '.';
}

static bool read_pieces(const char *p, struct groups *g)
{
    if (p[0] == ':' && p[1] == ':') {
        g->gap = 0;
        p += 2;
    }
    while (*p != '\0') {
        if (at_quad(p)) {
            if (g->count > 12 || !read_quad(&p, g->bytes + g->count)) return false;
            g->count += 4;
            return *p == '\0';
        }
        if (!read_group(&p, g)) return false;
        if (*p == '\0') return true;
        if (*p++ != ':') return false;
        if (*p == ':') {
            if (g->gap >= 0) return false;
            g->gap = g->count;
            p++;
        } else if (*p == '\0') {
            return false;
        }
    }
    return true;
}

static bool read_v6(const char *text, uint8_t out[16])
{
    struct groups g = {.gap = -1};
    if (!read_pieces(text, &g)) return false;
    if (g.gap < 0) {
        memcpy(out, g.bytes, 16);
        return g.count == 16;
    }
    if (g.count > 14) return false; /* "::" stands for at least one group */
    memset(out, 0, 16);
    size_t tail = (size_t)(g.count - g.gap);
    memcpy(out, g.bytes, (size_t)g.gap);
    memcpy(out + 16 - tail, g.bytes + g.gap, tail);
    return true;
}

bool addrtext_read(const char *text, uint8_t out[16], bool *v6)
{
    uint8_t address[16] = {0};
    const char *p = text;
    *v6 = strchr(text, ':') != NULL;
    bool ok = *v6 ? read_v6(text, address) : read_quad(&p, address) && *p == '\0';
    if (ok) memcpy(out, address, 16);
    return ok;
}

static bool host_bits_zero(const struct addr_prefix *p)
{
    unsigned width = p->v6 ? 128 : 32;
    for (unsigned bit = p->bits; bit < width; bit++) {
        if ((p->address[bit / 8] & 0x80U >> bit % 8) != 0) return false;
    }
    return true;
}

bool addrtext_read_prefix(const char *text, struct addr_prefix *out)
{
    char address[ADDRTEXT_MAX];
    struct addr_prefix p = {.bits = 0};
    size_t len = strcspn(text, "/");
    if (len >= sizeof(address)) return false;
    memcpy(address, text, len);
    address[len] = '\0';
    if (!addrtext_read(address, p.address, &p.v6)) return false;
    unsigned width = p.v6 ? 128 : 32;
    unsigned bits = width;
    if (text[len] == '/') {
        const char *number = text + len + 1;
        if (!read_decimal(&number, width, &bits) || *number != '\0') return false;
    }
    p.bits = (uint8_t)bits;
    if (!host_bits_zero(&p)) return false;
    *out = p;
    return true;
}

/* The i-th 16-bit group of an IPv6 address. */
static unsigned group_at(const uint8_t *address, int i)
{
    const uint8_t *p = address + (ptrdiff_t)2 * i;
    return (unsigned)(p[0] << 8 | p[1]);
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952 section 4.2). */
static void zero_run(const uint8_t *address, int *first, int *count)
{
    *first = -1;
    *count = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && group_at(address, i + n) == 0) {
            n++;
        }
        if (n > *count) {
            *first = i;
            *count = n;
        }
    }
}

void addrtext_put(const uint8_t *address, bool v6, char out[ADDRTEXT_MAX])
{
    if (!v6) {
        snprintf(out, ADDRTEXT_MAX, "%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
        return;
    }
    int first;
    int count;
    zero_run(address, &first, &count);
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        if (i == first) {
            n += (size_t)snprintf(out + n, ADDRTEXT_MAX - n, "::");
            i += count - 1;
            continue;
        }
        bool colon = i > 0 && (first < 0 || i != first + count);
        n += (size_t)snprintf(out + n, ADDRTEXT_MAX - n, "%s%x", colon ? ":" : "",
                              group_at(address, i));
    }
}
