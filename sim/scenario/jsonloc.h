/* SPDX-License-Identifier: MIT
 * jsonloc.h: where in a JSON text a value stands. Room scenario.
 *
 * jansson keeps no positions. The text is scanned again for them: when an error is reported, and
 * once for each list whose items are to be named by line later. Any bytes may be scanned; for text
 * that is not JSON the answers are places in the text all the same. Columns count bytes. */
#ifndef CNEDGE_SIM_SCENARIO_JSONLOC_H
#define CNEDGE_SIM_SCENARIO_JSONLOC_H

#include "cnedge/base/base.h"

struct jsonloc {
    int line, column; /* 1-based */
};

struct jsonloc_text {
    const char *text;
    size_t len;
};

/* Finds the value that a JSON pointer (RFC 6901) names, and the key in front of it (of a list's
 * item, and at the root: the value again). False when there is none. */
CN_NONNULL bool jsonloc_find(struct jsonloc_text t, const char *pointer, struct jsonloc *value,
                             struct jsonloc *key);

/* Finds the items of the list at `pointer`, the first `cap` of them, in one pass. Returns how many
 * it found. */
CN_NONNULL size_t jsonloc_items(struct jsonloc_text t, const char *pointer, struct jsonloc *out,
                                size_t cap);

enum { JSONLOC_POINTER_MAX = 512 };

/* Finds the token that ends at byte `offset` or contains it, and the pointer (cut to
 * JSONLOC_POINTER_MAX) of what it belongs to: for syntax errors. The offset may be `t.len`: the end
 * of the text, after its last token. */
CN_NONNULL void jsonloc_at(struct jsonloc_text t, size_t offset, struct jsonloc *out,
                           char pointer[JSONLOC_POINTER_MAX]);

/* The line and column of byte `offset`. */
CN_NONNULL struct jsonloc jsonloc_of(struct jsonloc_text t, size_t offset);

/* Appends "/token" to a pointer in `out`, with ~ and / escaped; cut to `cap`, NUL-terminated. */
CN_NONNULL void jsonloc_append(char *out, size_t cap, const char *token, size_t len);

#endif
