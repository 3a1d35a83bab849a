/* SPDX-License-Identifier: MIT
 * dname.h: domain names in wire form (RFC 1035 section 3.1), and as text. Room base.
 *
 * A wire name is length-prefixed labels up to and including the root's zero byte, at most
 * DNAME_MAX bytes, labels of at most 63 bytes. Names kept by cnedge are lower case; matching
 * ignores ASCII case (RFC 4343). */
#ifndef CNEDGE_BASE_DNAME_H
#define CNEDGE_BASE_DNAME_H

#include "cnedge/base/base.h"

enum {
    DNAME_MAX = 255, /* bytes in wire form, RFC 1035 section 2.3.4 */
    DNAME_LABEL_MAX = 63,
    DNAME_TEXT_MAX = 1024, /* bytes of text, escapes and NUL included */
};

/* Reads text such as "www.shop.example" or "shop.example." (always taken as absolute), with the
 * escapes \X and \DDD of RFC 1035 section 5.1, into wire form, lower case. Returns the wire
 * length, or 0 when the text is not a name ("" is not one; "." is the root). */
CN_NONNULL size_t dname_from_text(const char *text, uint8_t out[DNAME_MAX]);

/* Writes the name as text with a final dot, escaping what needs it. */
CN_NONNULL void dname_to_text(const uint8_t *wire, char out[DNAME_TEXT_MAX]);

/* The same without the final dot, as scenarios and people write names; the root stays ".". */
CN_NONNULL void dname_show(const uint8_t *wire, char out[DNAME_TEXT_MAX]);

/* Bytes of the wire name, the root's zero included. The name must be well formed. */
CN_NONNULL CN_PURE size_t dname_len(const uint8_t *wire);

/* How many labels, the root not counted. */
CN_NONNULL CN_PURE unsigned dname_labels(const uint8_t *wire);

/* Equal but for ASCII case. */
CN_NONNULL CN_PURE bool dname_equal(const uint8_t *a, const uint8_t *b);

/* Whether `name` is `ancestor` or lies below it; ignores case. */
CN_NONNULL CN_PURE bool dname_within(const uint8_t *name, const uint8_t *ancestor);

/* The same name without its first label; the root stays the root. */
CN_NONNULL CN_PURE const uint8_t *dname_parent(const uint8_t *wire);

/* Copies a well-formed name in lower case; returns its length. */
CN_NONNULL size_t dname_lower(const uint8_t *wire, uint8_t out[DNAME_MAX]);

/* Whether the first label is "*" (RFC 4592 section 2.1.1). */
CN_NONNULL CN_PURE bool dname_is_wildcard(const uint8_t *wire);

/* Whether every label is a host-name label: letters, digits, hyphens inside, or a leading
 * underscore (service labels); "*" is not. */
CN_NONNULL CN_PURE bool dname_is_host(const uint8_t *wire);

#endif
