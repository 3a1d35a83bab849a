/* SPDX-License-Identifier: MIT
 * reload.h: SIGHUP. */
#ifndef CNEDGE_SERVER_RELOAD_H
#define CNEDGE_SERVER_RELOAD_H

#include "server_internal.h"

struct reload;

/* Watches for SIGHUP. NULL when memory is out. */
CN_NONNULL CN_MUSTUSE struct reload *reload_new(struct server *s,
                                                const struct server_source *source);

/* Waits for a load that is under way, and forgets what it brought. */
void reload_free(struct reload *r);

#endif
