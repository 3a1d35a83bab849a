/* SPDX-License-Identifier: MIT
 * fault_row.h: which row of VERIFY_FAULTS an event is. */
#ifndef CNEDGE_FAULT_ROW_H
#define CNEDGE_FAULT_ROW_H

#include "cnedge/replay/verify.h"

/* Whether the row's object is what the event names. */
static inline bool fault_row_over(const struct event *e, enum verify_over over)
{
    bool region = e->region != CN_NONE16;
    switch ((int)over) {
    case OVER_NOTHING:
        return e->partner == CN_NONE16 && (e->scope == SCOPE_EVERYONE || e->scope == SCOPE_NONE);
    case OVER_PARTNER:
        return e->partner != CN_NONE16;
    case OVER_CARRIER:
        return !region;
    case OVER_REGION_CARRIER:
        return region;
    case OVER_SITE:
        return e->site != CN_NONE32;
    case OVER_HOLDER:
        return e->holder != CN_NONE32;
    case OVER_ACCOUNT:
        return e->account != CN_NONE32;
    default:
        return true;
    }
}

/* Whether the event is one that the row injects. */
static inline bool fault_row_is(const struct event *e, uint32_t row)
{
    const struct verify_fault_info *info = verify_faults_info(row);
    uint32_t params = event_info(info->kind)->required | event_info(info->kind)->optional;
    if (e->kind != info->kind) return false;
    if ((params & PARAM_CAUSE) != 0 && e->cause != info->arg) return false;
    if ((params & PARAM_COVERAGE) != 0 && e->coverage != info->arg) return false;
    if ((params & PARAM_FAMILY) != 0 && e->family != info->arg) return false;
    return fault_row_over(e, info->over);
}

#endif
