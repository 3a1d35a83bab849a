/* SPDX-License-Identifier: MIT
 * apps.h: filings of kind "app". Room scenario. */
#ifndef CNEDGE_SCENARIO_APPS_H
#define CNEDGE_SCENARIO_APPS_H

#include "load.h"

/* How many filings are apps'. */
CN_NONNULL CN_PURE uint32_t apps_count(const struct load *l);

/* Puts the apps at `first` and behind it, and declares their ids. */
CN_NONNULL void apps_declare(struct load *l, struct site_spec *sites, uint32_t first);

/* The site stands under an app's filing: it goes by that, and through whom it was filed. */
CN_NONNULL void apps_cover(struct site_spec *sites, const struct load_filing *f,
                           struct site_spec *s);

#endif
