/* SPDX-License-Identifier: MIT
 * rules_report.h: settings and dated rules with their sources, as JSON. Room replay. */
#ifndef CNEDGE_REPLAY_RULES_REPORT_H
#define CNEDGE_REPLAY_RULES_REPORT_H

#include <stdio.h>

#include "cnedge/model/profile.h"

/* One JSON object: "profile", "declared" (the choices of FACTS C4 with the settings that stand for
 * them), "settings" (with the value that the profile gives), "rules" (with every version). False
 * when memory is exhausted; write errors are left in the stream. */
CN_NONNULL CN_MUSTUSE bool rules_report_json(FILE *out, enum profile profile);

#endif
