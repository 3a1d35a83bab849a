/* SPDX-License-Identifier: MIT
 * wire.h: bounded big-endian cursors over a packet, with a sticky error. Room dns.
 *
 * After the first overrun every read yields 0 and every write is dropped, so that a codec is a
 * straight line of calls with one check of `failed` at its end. Reader and writer are two types: a
 * reader cannot write. Nothing allocates. */
#ifndef CNEDGE_DNS_WIRE_H
#define CNEDGE_DNS_WIRE_H

#include "cnedge/base/dname.h"

struct wire_rd {
    const uint8_t *p; /* borrowed */
    size_t pos, len;
    bool failed;
};

struct wire_wr {
    uint8_t *p; /* borrowed */
    size_t pos, cap;
    bool failed;
};

/* Big-endian numbers; 0 once the reader has failed. */
CN_NONNULL uint8_t wire_get_u8(struct wire_rd *r);
CN_NONNULL uint16_t wire_get_u16(struct wire_rd *r);
CN_NONNULL uint32_t wire_get_u32(struct wire_rd *r);

/* The next `n` bytes in place, valid as long as the packet; NULL when there are fewer. */
CN_NONNULL const uint8_t *wire_get_bytes(struct wire_rd *r, size_t n);

/* A reader over the next `n` bytes alone; it has failed when there are fewer. */
CN_NONNULL struct wire_rd wire_get_part(struct wire_rd *r, size_t n);

/* Reads a name without compression into `out` in lower case. Returns its length in wire form, or
 * 0: a compression pointer, a label type of RFC 6891 section 5, too long, or cut off. */
CN_NONNULL size_t wire_get_name(struct wire_rd *r, uint8_t out[DNAME_MAX]);

/* Passes over a name that may end in a compression pointer. Pointers lead to before the name and
 * behind the header, and the whole name is one: that is looked at too. Returns how many bytes were
 * passed; 1 is the root itself. */
CN_NONNULL size_t wire_skip_name(struct wire_rd *r);

/* Big-endian numbers and plain bytes; dropped once the writer has failed. */
CN_NONNULL void wire_put_u8(struct wire_wr *w, uint8_t v);
CN_NONNULL void wire_put_u16(struct wire_wr *w, uint16_t v);
CN_NONNULL void wire_put_u32(struct wire_wr *w, uint32_t v);
CN_NONNULL void wire_put_bytes(struct wire_wr *w, const void *bytes, size_t n);

/* Writes over two bytes that were written before; does nothing when they were not. */
CN_NONNULL void wire_set_u16(struct wire_wr *w, size_t at, uint16_t v);

#endif
