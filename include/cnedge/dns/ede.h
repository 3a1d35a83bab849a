/* SPDX-License-Identifier: MIT
 * ede.h: the Extended DNS Error of an answer (RFC 8914). Room dns.
 *
 * A declared choice (FACTS C4.22): settings ede and ede_text. What the state took away is 16
 * (Censored), what the partner took away 15 (Blocked), what the customer switched off 17
 * (Filtered), what is not permitted yet 18 (Prohibited); an answer that rests on the last known
 * status is 3 (Stale Answer). A zone that is not ours, or not any more, is 20 (Not Authoritative),
 * nameservers that are out are 14 (Not Ready). */
#ifndef CNEDGE_DNS_EDE_H
#define CNEDGE_DNS_EDE_H

#include "cnedge/model/answer.h"

enum ede_code { /* IANA */
                EDE_OTHER = 0,
                EDE_STALE_ANSWER = 3,
                EDE_NOT_READY = 14,
                EDE_BLOCKED = 15,
                EDE_CENSORED = 16,
                EDE_FILTERED = 17,
                EDE_PROHIBITED = 18,
                EDE_STALE_NXDOMAIN = 19, /* of resolver listeners, as are 0 and 22 */
                EDE_NOT_AUTHORITATIVE = 20,
                EDE_NOT_SUPPORTED = 21, /* of queries, as is 30: see fault.h */
                EDE_NO_REACHABLE_AUTHORITY = 22,
                EDE_INVALID_TYPE = 30, /* RFC 9824 */
};

enum { EDE_TEXT_MAX = 160 };

struct ede {
    uint16_t code; /* enum ede_code */
    char text[EDE_TEXT_MAX];
};

/* The error that an answer to a query of `type` carries; `d` is the decision that it comes from,
 * NULL when it is about no routed host. False: none. */
CN_MUSTUSE bool ede_of(const struct world *w, const struct answer *a, uint16_t type,
                       const struct decision *d, struct ede *out);

/* "Censored"; NULL for a code that is not used here. */
CN_CONST const char *ede_name(uint16_t code);

#endif
