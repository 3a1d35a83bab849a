/* SPDX-License-Identifier: MIT
 * addrtext.h: IP addresses as text, without the socket library. Room base. */
#ifndef CNEDGE_BASE_ADDRTEXT_H
#define CNEDGE_BASE_ADDRTEXT_H

#include "cnedge/base/base.h"

enum { ADDRTEXT_MAX = 48 }; /* bytes that any address with a prefix length fits in, NUL included */

struct addr_prefix {
    uint8_t address[16]; /* network order; IPv4 in the first four bytes; host bits zero */
    uint8_t bits;        /* 0..32 or 0..128 */
    bool v6;
};

/* Reads a whole string as an IPv4 or IPv6 address (RFC 4291 forms, no zone). */
CN_NONNULL CN_MUSTUSE bool addrtext_read(const char *text, uint8_t out[16], bool *v6);

/* Reads "192.0.2.0/24"; without a slash the prefix is the whole address. Host bits set are an
 * error. */
CN_NONNULL CN_MUSTUSE bool addrtext_read_prefix(const char *text, struct addr_prefix *out);

/* Writes dotted quad, or RFC 5952 form for IPv6. */
CN_NONNULL void addrtext_put(const uint8_t *address, bool v6, char out[ADDRTEXT_MAX]);

#endif
