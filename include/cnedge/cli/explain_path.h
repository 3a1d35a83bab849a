/* SPDX-License-Identifier: MIT
 * explain_path.h: prints the path view for `cnedge explain --path`. Room cli. */
#ifndef CNEDGE_CLI_EXPLAIN_PATH_H
#define CNEDGE_CLI_EXPLAIN_PATH_H

#include "cnedge/traffic/path.h"

/* Prints both stages, what dig and a browser see, and the reasons to stdout. */
CN_NONNULL void explain_path_print(const struct path_question *q, const struct path_view *v);

#endif
