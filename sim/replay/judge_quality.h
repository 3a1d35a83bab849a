/* SPDX-License-Identifier: MIT
 * judge_quality.h: expectations about paths, packages and products. Room replay; for judge.c. */
#ifndef CNEDGE_SIM_REPLAY_JUDGE_QUALITY_H
#define CNEDGE_SIM_REPLAY_JUDGE_QUALITY_H

#include "cnedge/model/answer.h"
#include "cnedge/scenario/scenario.h"

/* The assertions that look at the path to the PoP that is answered. */
enum { JUDGE_QUALITY = ASSERT_RTT | ASSERT_LOSS | ASSERT_CARRIED };

/* Whether the path from the line to the PoP of the answer is as expected; an answer without a PoP
 * has no path. */
CN_NONNULL bool judge_quality_holds(const struct world *w, const struct expectation *e,
                                    const struct answer *a, uint16_t line);
/* "path 40..60 ms, loss at most 5 per mille, carried by cen-hk"; returns its length. */
CN_NONNULL size_t judge_quality_expected(const struct world *w, const struct expectation *e,
                                         char *out, size_t cap);
CN_NONNULL size_t judge_quality_got(const struct world *w, const struct answer *a, uint16_t line,
                                    char *out, size_t cap);

/* Whether the package or product that is named is in the state that is expected. */
CN_NONNULL CN_PURE bool judge_quality_state(const struct world *w, const struct expectation *e);
CN_NONNULL size_t judge_quality_state_expected(const struct expectation *e, char *out, size_t cap);
CN_NONNULL size_t judge_quality_state_got(const struct world *w, const struct expectation *e,
                                          char *out, size_t cap);

#endif
