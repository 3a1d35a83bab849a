/* SPDX-License-Identifier: MIT
 * clients.h: where a client stands, from its text. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_CLIENTS_H
#define CNEDGE_SIM_SCENARIO_CLIENTS_H

#include "cnedge/scenario/scenario.h"

/* Reads a line's name, an address or a prefix. `*leaf` is the length of the widest prefix around
 * the address whose clients are all on that line. False when it is none of these. */
CN_NONNULL CN_MUSTUSE bool clients_stand(const struct world_spec *w, const char *text,
                                         struct scenario_client *out, unsigned *leaf);

#endif
