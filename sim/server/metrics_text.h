/* SPDX-License-Identifier: MIT
 * metrics_text.h: the tables that counting and its text share. */
#ifndef CNEDGE_SERVER_METRICS_TEXT_H
#define CNEDGE_SERVER_METRICS_TEXT_H

#include "metrics.h"

enum {
    METRICS_TYPES_REST = 2,
    METRICS_TYPE_OTHER = METRICS_TYPES - METRICS_TYPES_REST, /* a type without a place */
    METRICS_TYPE_NONE,                                       /* no question could be read */
};

extern const uint32_t metrics_bounds_ns[METRICS_BUCKETS - 1];
extern const uint16_t metrics_types[METRICS_TYPES - METRICS_TYPES_REST];

#endif
