/* SPDX-License-Identifier: MIT
 * resolver_internal.h: what the resolver's files share. */
#ifndef CNEDGE_DNS_RESOLVER_INTERNAL_H
#define CNEDGE_DNS_RESOLVER_INTERNAL_H

#include "cnedge/dns/resolver.h"

struct resolver_layout { /* of data with names that may be compressed */
    uint8_t before;      /* bytes in front of the names */
    uint8_t names;
};

/* Types of RFC 1035 alone; others are plain bytes (RFC 3597 section 4). */
CN_CONST struct resolver_layout resolver_layout_of(uint16_t type);

#endif
