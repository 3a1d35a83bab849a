/* SPDX-License-Identifier: MIT
 * answer_internal.h: what the files that find answers share; nobody else includes it. */
#ifndef CNEDGE_SIM_ANSWER_INTERNAL_H
#define CNEDGE_SIM_ANSWER_INTERNAL_H

#include "cnedge/model/answer.h"
#include "world_internal.h"

_Static_assert((int)SPEC_DEDICATED_MAX <= (int)POP_POOL_MAX, "a mask holds them");

CN_NONNULL void answer_set(struct answer *out, enum answer_kind kind, uint32_t ttl_s);

/* NXDOMAIN or NODATA. */
CN_NONNULL void answer_set_negative(const struct world *w, struct answer *out,
                                    enum answer_kind kind);

/* Whether a partner's nameservers are out; sets what queries get then (C2 row 27). */
CN_NONNULL bool answer_dns_out(const struct world *w, uint8_t partner, struct answer *out);

/* A or AAAA of the routed host out->host. */
CN_NONNULL void answer_routed(struct world *w, uint16_t type, uint16_t line, struct answer *out);

/* What queries get once the domain's registration has lapsed. */
CN_NONNULL void answer_lapsed(struct world *w, uint16_t line, struct answer *out);

/* "_why" in front of a routed host's name. False when `name` is not that. */
CN_NONNULL bool answer_why(const struct world *w, const uint8_t *name, uint16_t type,
                           struct answer *out);

/* Whether revocation_policy "delete_name" has taken the name of the routed host out->host away. */
CN_NONNULL bool answer_deleted(struct world *w, uint16_t line, struct answer *out);

/* Whether the slot's name exists just now. */
bool answer_exists(const struct world *w, const struct name_slot *slot);

struct answer_named {
    uint8_t name[DNAME_MAX];
    const uint8_t *member; /* the apex of the member that the name lies in; NULL: in none */
    uint32_t site;         /* that stands for it */
};

/* answer_member.c: the name under which the world knows `name`: another one for names of members.
 * The result is `name`, or in `out`. */
CN_NONNULL const uint8_t *answer_named(const struct world *w, const uint8_t *name,
                                       struct answer_named *out);

/* The closest name at or above `name` that exists because of hosts; it points into `name`, which
 * lies in a zone. */
CN_NONNULL const uint8_t *answer_encloser(const struct world *w, const uint8_t *name);

/* The slot of the host "*" that stands for `name`, which no host makes exist, in the zone of `out`
 * (RFC 4592): the one below the closest encloser. NULL: there is none. */
CN_NONNULL const struct name_slot *answer_wildcard(const struct world *w, const uint8_t *name,
                                                   const struct answer *out);

/* answer_chain.c: a name in the CDN's zone, which out->zone says it is. */
CN_NONNULL void answer_chain_find(struct world *w, const uint8_t *name, uint16_t type,
                                  uint16_t line, struct answer *out);

/* answer_records.c: a name in a site that has a zone. */
CN_NONNULL void answer_records_find(struct world *w, const uint8_t *name, uint16_t type,
                                    struct answer_client client, struct answer *out);

#endif
