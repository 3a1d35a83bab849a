/* SPDX-License-Identifier: MIT
 * judge_path.h: the path view of an expectation's items and of named clients. Room replay. */
#ifndef CNEDGE_REPLAY_JUDGE_PATH_H
#define CNEDGE_REPLAY_JUDGE_PATH_H

#include "cnedge/replay/judge.h"
#include "cnedge/traffic/path.h"

/* Whether item `item` meets what the expectation says of the path. */
CN_NONNULL bool judge_path_holds(const struct judge *j, const struct expectation *e, uint64_t item);

/* Writes "path: dns forged_first, 350..450 of 1,000 clients"; cut to `cap`. */
CN_NONNULL void judge_path_expected(const struct judge *j, const struct expectation *e, char *out,
                                    size_t cap);

/* Writes "path: dns genuine, connect sni_reset (connect.sni)"; cut to `cap`. */
CN_NONNULL void judge_path_got(const struct judge *j, const struct expectation *e, uint64_t item,
                               char *out, size_t cap);

/* The question of one client for one host just now, port 443, tried for the first time. */
CN_NONNULL struct path_question judge_path_ask(const struct world *w,
                                               const struct scenario_client *c, const uint8_t *name,
                                               uint16_t type);

#endif
