/* SPDX-License-Identifier: MIT */
#include "address.h"

#include <stdio.h>
#include <string.h>

/* Reads a decimal number up to `max` without leading zeros; advances `*p`. */
static bool decimal(const char **p, unsigned max, unsigned *out)
{
    const char *first = *p;
    unsigned v = 0;
    while (**p >= '0' && **p <= '9' && v <= max) {
        v = v * 10 + (unsigned)(*(*p)++ - '0');
    }
    *out = v;
    return *p > first && v <= max && (*first != '0' || *p == first + 1);
}

/* Reads four decimal bytes; advances `*p`. */
static bool dotted(const char **p, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        unsigned v;
        if (i > 0 && *(*p)++ != '.') return false;
        if (!decimal(p, 255, &v)) return false;
        out[i] = (uint8_t)v;
    }
    return true;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Reads one to four hexadecimal digits; advances `*p`. */
static bool group(const char **p, uint8_t out[2])
{
    unsigned v = 0;
    int n = 0;
    for (; n < 4 && hex(**p) >= 0; n++) {
        v = v << 4 | (unsigned)hex(*(*p)++);
    }
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
    return n > 0;
}

struct v6 { /* an IPv6 address while it is read */
    uint8_t *byte;
    size_t n;   /* bytes read */
    size_t gap; /* where "::" stands; 16 = nowhere */
};

/* Reads groups up to the end of the address; the last four bytes may be dotted. */
static bool groups(const char **p, struct v6 *a)
{
    while (a->n < 16) {
        const char *first = *p;
        if (a->n <= 12 && dotted(p, a->byte + a->n)) {
            a->n += 4;
            return true;
        }
        *p = first;
        if (!group(p, a->byte + a->n)) return a->gap == a->n && a->gap < 16;
        a->n += 2;
        if (**p != ':' || a->n == 16) return true;
        ++*p;
        if (**p != ':') continue;
        if (a->gap < 16) return false;
        a->gap = a->n;
        ++*p;
    }
    return true;
}

/* Reads an IPv6 address; advances `*p` to what follows it. */
static bool read_v6(const char **p, uint8_t out[16])
{
    struct v6 a = {.byte = out, .gap = 16};
    if ((*p)[0] == ':') {
        if ((*p)[1] != ':') return false;
        a.gap = 0;
        *p += 2;
    }
    if (!groups(p, &a)) return false;
    if (a.gap == 16) return a.n == 16;
    if (a.n == 16) return false;
    size_t tail = a.n - a.gap;
    memmove(out + 16 - tail, out + a.gap, tail);
    memset(out + a.gap, 0, 16 - a.n);
    return true;
}

/* Reads an address; `*end` is what follows it. */
static bool read_any(const char *text, struct address *out, const char **end)
{
    struct address a = {.v6 = strchr(text, ':') != NULL};
    *end = text;
    a.bits = a.v6 ? 128 : 32;
    if (!(a.v6 ? read_v6(end, a.byte) : dotted(end, a.byte))) return false;
    *out = a;
    return true;
}

bool address_read(const char *text, struct address *out)
{
    const char *end;
    struct address a;
    if (!read_any(text, &a, &end) || *end != '\0') return false;
    *out = a;
    return true;
}

bool address_read_prefix(const char *text, struct address *out)
{
    const char *end;
    struct address a;
    if (!read_any(text, &a, &end)) return false;
    if (*end == '/') {
        unsigned bits;
        end++;
        if (!decimal(&end, a.bits, &bits)) return false;
        a.bits = (uint8_t)bits;
    }
    if (*end != '\0') return false;
    *out = a;
    return true;
}

bool address_network(struct address *a)
{
    bool clear = true;
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = a->bits >= i * 8 + 8 ? 8 : a->bits > i * 8 ? a->bits - i * 8U : 0;
        uint8_t mask = (uint8_t)(0xFF00U >> keep);
        clear = clear && (a->byte[i] & ~mask) == 0;
        a->byte[i] &= mask;
    }
    return clear;
}

/* Where the longest run of zero groups (RFC 5952 section 4.2) starts; its length in `*len`. */
static int zero_run(const uint8_t byte[16], int *len)
{
    int best = 8;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && byte[2 * (i + n)] == 0 && byte[2 * (i + n) + 1] == 0) {
            n++;
        }
        if (n > *len) {
            best = i;
            *len = n;
        }
    }
    return best;
}

static size_t put_v6(const uint8_t byte[16], char *out, size_t cap)
{
    int len;
    int gap = zero_run(byte, &len);
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            n += (size_t)snprintf(out + n, cap - n, i + len == 8 ? "::" : ":");
            i += len - 1;
            continue;
        }
        unsigned v = (unsigned)byte[2 * i] << 8 | byte[2 * i + 1];
        n += (size_t)snprintf(out + n, cap - n, "%s%x", i > 0 ? ":" : "", v);
    }
    return n;
}

void address_put(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
    const uint8_t *b = a->byte;
    size_t n = a->v6 ? put_v6(b, out, ADDRESS_TEXT_MAX)
                     : (size_t)snprintf(out, ADDRESS_TEXT_MAX, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    if (a->bits == (a->v6 ? 128 : 32)) return;
    snprintf(out + n, ADDRESS_TEXT_MAX - n, "/%u", a->bits);
}
