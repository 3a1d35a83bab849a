/* SPDX-License-Identifier: MIT
 * address.h: IP addresses and prefixes as text (RFC 4291 section 2.2, RFC 4632). Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_ADDRESS_H
#define CNEDGE_SIM_SCENARIO_ADDRESS_H

#include "cnedge/base/base.h"

struct address {
    uint8_t byte[16]; /* network order; IPv4 in the first four, the rest zero */
    uint8_t bits;     /* of the prefix; 32 or 128 for a single address */
    bool v6;
};

/* Reads "192.0.2.1" or "2001:db8::1". */
CN_NONNULL CN_MUSTUSE bool address_read(const char *text, struct address *out);

/* Reads an address or "192.0.2.0/24". Bits behind the prefix length are kept: see address_network. */
CN_NONNULL CN_MUSTUSE bool address_read_prefix(const char *text, struct address *out);

/* Clears the bits behind the prefix length. True when they were clear already. */
CN_NONNULL bool address_network(struct address *a);

enum { ADDRESS_TEXT_MAX = 48 };

/* Writes "192.0.2.0/24"; the length is left out when it is full. */
CN_NONNULL void address_put(const struct address *a, char out[ADDRESS_TEXT_MAX]);

#endif
