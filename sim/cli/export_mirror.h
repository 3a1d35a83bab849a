/* SPDX-License-Identifier: MIT
 * export_mirror.h: what the command `export` needs of its part for other servers. */
#ifndef CNEDGE_SIM_CLI_EXPORT_MIRROR_H
#define CNEDGE_SIM_CLI_EXPORT_MIRROR_H

#include "cnedge/cli/cli.h"
#include "cnedge/replay/engine.h"

struct export_mirror {
    const char *format; /* one that export_mirror_knows */
    const char *out;    /* folder; made if need be */
    const char *listen; /* where the server is to listen */
};

/* Whether there is a kind of server of this name. */
CN_NONNULL bool export_mirror_knows(const char *format);

/* Writes the state of the engine's world. An exit code, after a message when it is not CLI_OK. */
CN_NONNULL int export_mirror(struct engine *e, struct arena *a, const struct export_mirror *m);

#endif
