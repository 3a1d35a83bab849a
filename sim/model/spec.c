/* SPDX-License-Identifier: MIT */
#include "cnedge/model/spec.h"

const char *spec_site_key(const struct world_spec *w, uint32_t site)
{
    return w->sites[site].app ? "app" : "site";
}
