/* SPDX-License-Identifier: MIT
 * siphash.h: SipHash, a keyed hash for short inputs (Aumasson, Bernstein 2012). Room base.
 *
 * Whoever does not know the key cannot choose inputs that collide, nor make the hash of an input:
 * for tables that strangers fill, and for DNS Cookies (RFC 9018 section 4.4). */
#ifndef CNEDGE_BASE_SIPHASH_H
#define CNEDGE_BASE_SIPHASH_H

#include "cnedge/base/base.h"

enum { SIPHASH_KEY_BYTES = 16, SIPHASH_BYTES = 8 };

/* SipHash-2-4. The hash as a number; its bytes on the wire are this in little-endian order. */
CN_NONNULL CN_PURE uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes,
                                    size_t len);

/* SipHash-1-3, with fewer rounds: for tables in memory, whose hashes nobody sees. */
CN_NONNULL CN_PURE uint64_t siphash_1_3(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes,
                                        size_t len);

#endif
