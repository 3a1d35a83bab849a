/* SPDX-License-Identifier: MIT
 * records.h: RRsets of a zone, written into an answer. Room dns. */
#ifndef CNEDGE_SIM_DNS_RECORDS_H
#define CNEDGE_SIM_DNS_RECORDS_H

#include "cnedge/dns/encode.h"
#include "cnedge/model/answer.h"

struct records { /* who asks, for hints that follow the decision */
    struct world *w;
    struct encode *e;
    struct answer_client client;
    const struct spill_client *spill; /* NULL: any client of the line */
    bool by_client;                   /* set when what was written depends on the client's prefix */
};

/* Writes a set as the zone has it. */
CN_NONNULL void records_put_set(struct encode *e, enum encode_section section,
                                const struct zone_node *n, const struct zone_set *s);

/* Writes the RRset of an answer at `owner`, the name asked for or led to. */
CN_NONNULL void records_put(struct records *r, const uint8_t *owner, const struct answer *a);

/* Writes the zone's own SOA with the answer's TTL, and with a serial that grows with each change
 * of the world: that of the zone plus the seconds from the start to the last change. */
CN_NONNULL void records_put_soa(struct records *r, enum encode_section section,
                                const struct answer *a);

/* Writes a DNAME and the CNAME that follows from it at `owner`; only the DNAME when the name that
 * follows is too long (RFC 6672 section 2.2). */
CN_NONNULL void records_put_dname(struct records *r, const uint8_t *owner, const struct answer *a);

/* Writes a referral: NS, DS when the query understands DNSSEC, and glue. Glue below the delegation
 * has to be there or the answer is truncated (RFC 9471); other glue comes along when it fits. */
CN_NONNULL void records_put_referral(struct records *r, const struct answer *a);

#endif
