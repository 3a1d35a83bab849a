/* SPDX-License-Identifier: MIT
 * explain_chain.h: `cnedge explain`: the CNAMEs that lead from a name to its answer. Room cli. */
#ifndef CNEDGE_CLI_EXPLAIN_CHAIN_H
#define CNEDGE_CLI_EXPLAIN_CHAIN_H

#include "cnedge/model/answer.h"

/* Prints each CNAME that is followed; with partial set-up, also whose each name is, whether it is
 * filed, and how long caches keep the whole chain. Nothing when there is no CNAME. */
CN_NONNULL void explain_chain_print(struct world *w, const uint8_t *name, uint16_t type,
                                    uint16_t line);

/* Where in its zone the record stands that gave an answer: "  (FILE:LINE)"; nothing for others. */
CN_NONNULL void explain_chain_place(const struct answer *a);

#endif
