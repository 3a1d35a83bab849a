/* SPDX-License-Identifier: MIT
 * bytes.h: packets as pictures. A text such as "1234 0100 0001 0000 0000 0000 .www.shop.example
 * 0001 0001" becomes bytes: pairs of hex digits, ".NAME" a wire name with its root, and "'text" the
 * text's bytes (up to the next blank). */
#ifndef CNEDGE_TESTS_DNS_BYTES_H
#define CNEDGE_TESTS_DNS_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int bytes_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static inline size_t bytes_name(const char *text, size_t n, uint8_t *out)
{
    size_t pos = 0;
    for (size_t i = 1; i < n;) { /* text[0] is the dot */
        size_t len = strcspn(text + i, ". ");
        if (len == 0) break;
        out[pos++] = (uint8_t)len;
        memcpy(out + pos, text + i, len);
        pos += len;
        i += len + 1;
    }
    out[pos++] = 0;
    return pos;
}

/* Dies on a picture that is none: a test's own mistake. */
static inline size_t bytes_from(const char *picture, uint8_t *out, size_t cap)
{
    size_t pos = 0;
    for (const char *p = picture; *p != '\0';) {
        bool hex = bytes_digit(*p) >= 0;
        size_t n = hex ? strspn(p, "0123456789abcdef") : strcspn(p, " \n");
        if (pos + n + 2 > cap) abort();
        if (*p == '.') {
            pos += bytes_name(p, n, out + pos);
        } else if (*p == '\'') {
            memcpy(out + pos, p + 1, n - 1);
            pos += n - 1;
        } else if (hex && n % 2 == 0) {
            for (size_t i = 0; i < n; i += 2) {
                out[pos++] = (uint8_t)(bytes_digit(p[i]) * 16 + bytes_digit(p[i + 1]));
            }
        } else {
            abort();
        }
        p += n;
        p += strspn(p, " \n");
    }
    return pos;
}

#endif
