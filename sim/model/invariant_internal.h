/* SPDX-License-Identifier: MIT
 * invariant_internal.h: what the files of the invariants share; nobody else includes it. */
#ifndef CNEDGE_SIM_INVARIANT_INTERNAL_H
#define CNEDGE_SIM_INVARIANT_INTERNAL_H

#include "cnedge/model/invariant.h"

/* invariant_move.c */
struct moved {       /* a mainland PoP that would answer a mainland client */
    uint8_t partner; /* whose PoPs may */
    uint16_t pop;
    bool reached; /* by the client's carrier, as things are */
};
/* Whether the setting mainland_failover lets the line's answer go there. */
CN_NONNULL CN_PURE bool invariant_may_move(const struct world *w, uint16_t line,
                                           const struct moved *m);

/* invariant_site.c */
/* Whether the site lacks a commercial licence that it needs. */
CN_NONNULL CN_PURE bool invariant_site_lacks_licence(const struct world *w, uint32_t site);
/* Whether the police penalised it, where that matters. */
CN_NONNULL CN_PURE bool invariant_site_punished(const struct world *w, const struct site *s);
/* What the CDN's own domain is for a site whose names lead through it. */
CN_NONNULL CN_PURE enum chain_state invariant_site_chain(const struct world *w, uint32_t site);
/* Whether the host is entitled. */
CN_NONNULL CN_PURE bool invariant_site_entitled(const struct world *w, uint32_t host);

#endif
