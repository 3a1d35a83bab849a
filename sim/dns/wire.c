/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/wire.h"

#include <string.h>

enum { HEADER_BYTES = 12, POINTER_BITS = 0xC0 };

static bool rd_need(struct wire_rd *r, size_t n)
{
    CN_ASSERT(r->pos <= r->len);
    r->failed = r->failed || r->len - r->pos < n;
    return !r->failed;
}

static bool wr_need(struct wire_wr *w, size_t n)
{
    CN_ASSERT(w->pos <= w->cap);
    w->failed = w->failed || w->cap - w->pos < n;
    return !w->failed;
}

const uint8_t *wire_get_bytes(struct wire_rd *r, size_t n)
{
    if (!rd_need(r, n)) return NULL;
    const uint8_t *p = r->p + r->pos;
    r->pos += n;
    return p;
}

uint8_t wire_get_u8(struct wire_rd *r)
{
    const uint8_t *p = wire_get_bytes(r, 1);
    return p != NULL ? *p : 0;
}

uint16_t wire_get_u16(struct wire_rd *r)
{
    const uint8_t *p = wire_get_bytes(r, 2);
    if (p == NULL) return 0;
    return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t wire_get_u32(struct wire_rd *r)
{
    const uint8_t *p = wire_get_bytes(r, 4);
    if (p == NULL) return 0;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct wire_rd wire_get_part(struct wire_rd *r, size_t n)
{
    const uint8_t *p = wire_get_bytes(r, n);
    if (p == NULL) return (struct wire_rd){.p = r->p, .failed = true};
    return (struct wire_rd){.p = p, .len = n};
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

size_t wire_get_name(struct wire_rd *r, uint8_t out[DNAME_MAX])
{
    size_t n = 0;
    for (;;) {
        uint8_t label = wire_get_u8(r);
        if (label > DNAME_LABEL_MAX || n + 1 + label + (label != 0) > DNAME_MAX) r->failed = true;
        const uint8_t *bytes = wire_get_bytes(r, label);
        if (bytes == NULL) return 0;
        out[n++] = label;
        for (size_t i = 0; i < label; i++) {
            out[n++] = lower(bytes[i]);
        }
        if (label == 0) return n;
    }
}

/* Each pointer leads further to the front, so that there is an end. */
size_t wire_skip_name(struct wire_rd *r)
{
    struct wire_rd at = *r;
    size_t start = r->pos;
    size_t front = start;
    size_t end = 0;    /* behind the first pointer */
    size_t labels = 0; /* bytes of them */
    for (;;) {
        uint8_t label = wire_get_u8(&at);
        if (label >= POINTER_BITS) {
            size_t to = (size_t)(label - POINTER_BITS) << 8 | wire_get_u8(&at);
            if (end == 0) end = at.pos;
            if (to < HEADER_BYTES || to >= front) at.failed = true;
            if (at.failed) break;
            front = at.pos = to;
            continue;
        }
        labels += 1U + label;
        if (label > DNAME_LABEL_MAX || labels > DNAME_MAX) at.failed = true;
        if (wire_get_bytes(&at, label) == NULL || label == 0) break;
    }
    r->failed = at.failed;
    r->pos = end != 0 ? end : at.pos;
    return r->pos - start;
}

void wire_put_u8(struct wire_wr *w, uint8_t v)
{
    if (wr_need(w, 1)) w->p[w->pos++] = v;
}

void wire_put_u16(struct wire_wr *w, uint16_t v)
{
    const uint8_t bytes[] = {(uint8_t)(v >> 8), (uint8_t)v};
    wire_put_bytes(w, bytes, sizeof(bytes));
}

void wire_put_u32(struct wire_wr *w, uint32_t v)
{
    const uint8_t bytes[] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    wire_put_bytes(w, bytes, sizeof(bytes));
}

void wire_put_bytes(struct wire_wr *w, const void *bytes, size_t n)
{
    if (!wr_need(w, n)) return;
    memcpy(w->p + w->pos, bytes, n);
    w->pos += n;
}

void wire_set_u16(struct wire_wr *w, size_t at, uint16_t v)
{
    if (w->pos < 2 || at > w->pos - 2) return;
    w->p[at] = (uint8_t)(v >> 8);
    w->p[at + 1] = (uint8_t)v;
}
