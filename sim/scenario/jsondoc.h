/* SPDX-License-Identifier: MIT
 * jsondoc.h: one JSON file as a tree, and errors located in it. Room scenario.
 *
 * A place in the tree is a chain of `struct at`, which lives on the stack of whoever walks; its
 * JSON pointer, line and column are worked out only when something is wrong there. */
#ifndef CNEDGE_SIM_SCENARIO_JSONDOC_H
#define CNEDGE_SIM_SCENARIO_JSONDOC_H

#include <jansson.h>

#include "cnedge/base/arena.h"
#include "cnedge/base/diag.h"
#include "jsonloc.h"

struct at;
struct jsondoc;

/* Finds the place of a value, or of its key, for a message: file, line and column in `where`, the
 * path in `path`, of DIAG_PATH_MAX bytes. */
typedef void (*jsondoc_place_fn)(const struct jsondoc *d, const struct at *at, bool key,
                                 struct diag_at *where, char *path);

struct jsondoc {
    const char *file; /* as the user named it */
    struct jsonloc_text text;
    json_t *root; /* NULL until read */
    struct diag_list *diags;
    enum cn_status *status; /* of the first error; CN_OK so far */
    char *buffer;           /* what jsondoc_free frees, or NULL */
    jsondoc_place_fn place; /* of trees that were put together; NULL: `text` tells places */
    void *owner;            /* for `place` */
    int line_before;        /* lines of the file before `text` */
};

struct at {
    const struct at *up; /* NULL at the root, which has no key or index */
    const char *key;     /* NULL: an item of a list */
    size_t index;
};

#define AT_ROOT ((struct at){NULL, NULL, 0})

/* Reads the whole file into `d->text`. `d->file`, `diags` and `status` are set before. */
CN_NONNULL CN_MUSTUSE bool jsondoc_read(struct jsondoc *d);

/* Parses `d->text`. What is neither an object nor a list at the root is a syntax error. */
CN_NONNULL CN_MUSTUSE bool jsondoc_parse(struct jsondoc *d);

CN_NONNULL void jsondoc_free(struct jsondoc *d);

/* Reports an error at a value; jsondoc_key_error points at its key. */
CN_NONNULL CN_PRINTF(3, 4) void jsondoc_error(const struct jsondoc *d, const struct at *at,
                                              const char *fmt, ...);
CN_NONNULL CN_PRINTF(3, 4) void jsondoc_key_error(const struct jsondoc *d, const struct at *at,
                                                  const char *fmt, ...);
/* A limit of this program rather than a rule of the format. */
CN_NONNULL CN_PRINTF(3, 4) void jsondoc_limit(const struct jsondoc *d, const struct at *at,
                                              const char *fmt, ...);
/* What `status` says. */
CN_NONNULL CN_PRINTF(4, 5) void jsondoc_fail(const struct jsondoc *d, enum cn_status status,
                                             const struct at *at, const char *fmt, ...);
CN_NONNULL CN_PRINTF(3, 4) void jsondoc_warning(const struct jsondoc *d, const struct at *at,
                                                const char *fmt, ...);

/* The place of a value in the text, or of its key; `path` is filled with its pointer. */
CN_NONNULL struct diag_at jsondoc_place(const struct jsondoc *d, const struct at *at, bool key,
                                        char path[DIAG_PATH_MAX]);

/* Reports that memory is exhausted, once. */
CN_NONNULL void jsondoc_no_memory(const struct jsondoc *d);

/* The JSON pointer of a place, cut to `cap`. */
CN_NONNULL void jsondoc_pointer(const struct at *at, char *out, size_t cap);

enum { SHOWN_MAX = 64 };

/* Renders a value for a message: a string quoted and cut at 40 bytes, "an object", "a list". */
CN_NONNULL void jsondoc_show(const json_t *value, char out[SHOWN_MAX]);
CN_NONNULL void jsondoc_show_text(const char *text, char out[SHOWN_MAX]);

#endif
