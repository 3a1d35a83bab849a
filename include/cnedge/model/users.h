/* SPDX-License-Identifier: MIT
 * users.h: how many users a line has, where a scenario does not say. Room model (pure).
 *
 * A declared choice: users in thousands are the province's population (census of 2020) times the
 * carrier's share of subscriptions (fixed and mobile together, October 2024; of the carriers that
 * publish none, a guess). K and SIM; what matters is the proportions. Lines outside the mainland
 * have none by default, since a site's demand means its mainland users. */
#ifndef CNEDGE_MODEL_USERS_H
#define CNEDGE_MODEL_USERS_H

#include "cnedge/model/topology.h"

enum { USERS_MAX = 1000000 }; /* weight of one line */

/* The weight of a line; a province that is not known by name counts like a middling one. */
CN_NONNULL CN_PURE uint32_t users_of(const struct topology *t, const struct line *line);

#endif
