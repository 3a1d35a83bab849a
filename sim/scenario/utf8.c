/* SPDX-License-Identifier: MIT */
#include "utf8.h"

size_t utf8_len(const uint8_t *p, size_t left)
{
    /* the second byte's range after most bytes, E0, ED, F0, F4 */
    static const uint8_t low[] = {0x80, 0xA0, 0x80, 0x90, 0x80};
    static const uint8_t high[] = {0xBF, 0xBF, 0x9F, 0xBF, 0x8F};
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
    size_t len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (left < len) return 0;
    size_t kind = p[0] == 0xE0 ? 1 : p[0] == 0xED ? 2 : p[0] == 0xF0 ? 3 : p[0] == 0xF4 ? 4 : 0;
    if (p[1] < low[kind] || p[1] > high[kind]) return 0;
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
    }
    return len;
}

size_t utf8_good(const uint8_t *p, size_t len)
{
    size_t i = 0;
    while (i < len && p[i] != 0) {
        size_t n = utf8_len(p + i, len - i);
        if (n == 0) break;
        i += n;
    }
    return i;
}

size_t utf8_put(uint32_t c, char *out)
{
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3F));
    }
    out[0] = (char)(lead[len] | c);
    return len;
}
