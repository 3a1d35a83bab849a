/* SPDX-License-Identifier: MIT
 * diag.h: operating errors with a source location. Room base.
 *
 * A function that can fail on input returns an `enum cn_status` and, when it has something to say
 * to a human, appends to the caller's `struct diag_list`. Validation keeps going and reports up
 * to DIAG_MAX problems in one run; `dropped` counts the rest. */
#ifndef CNEDGE_BASE_DIAG_H
#define CNEDGE_BASE_DIAG_H

#include "cnedge/base/base.h"

enum cn_status {
    CN_OK = 0,
    CN_E_SYNTAX,  /* input is not well formed */
    CN_E_INVALID, /* well formed, but breaks a rule */
    CN_E_LIMIT,   /* a documented limit was reached */
    CN_E_IO,      /* the operating system said no; errno in the message */
};

enum { DIAG_MAX = 20, DIAG_FILE_MAX = 256, DIAG_PATH_MAX = 160, DIAG_TEXT_MAX = 320 };

struct diag {
    int line;                 /* 1-based; 0 = unknown */
    int column;               /* 1-based, in bytes; 0 = unknown */
    bool warning;             /* does not make the input invalid */
    char file[DIAG_FILE_MAX]; /* as the user named it */
    char path[DIAG_PATH_MAX]; /* JSON pointer such as "/events/3/at", or "" */
    char text[DIAG_TEXT_MAX]; /* lower case, no full stop */
};

struct diag_list {
    int count;    /* items stored, errors and warnings */
    int errors;   /* how many errors were added, dropped ones included */
    int dropped;  /* items that did not fit */
    bool stopped; /* nobody looked for more behind the last one */
    struct diag item[DIAG_MAX];
};

struct diag_at {      /* where; every member may be empty */
    const char *file; /* borrowed for the call; NULL = "" */
    const char *path; /* borrowed for the call; NULL = "" */
    int line, column;
    bool warning;
};

/* Appends one message. Returns `status` so that a caller can write
 * `return diag_add(dl, CN_E_INVALID, at, ...)`. Truncates long text; never fails. */
CN_NONNULL CN_PRINTF(4, 5) enum cn_status
    diag_add(struct diag_list *dl, enum cn_status status, struct diag_at at, const char *fmt, ...);

/* Puts the items from number `from` on in the order of their lines and columns, those of one file
 * together: the file that was named first comes first. */
CN_NONNULL void diag_sort(struct diag_list *dl, int from);

/* Writes "file:line:column: path: text" of item `i` to `out` (NUL-terminated, truncated to `cap`);
 * line and column are left out when unknown, and a warning says "warning: " before its text. */
CN_NONNULL void diag_format(const struct diag_list *dl, int i, char *out, size_t cap);

/* The candidate nearest to `word` by edit distance, or NULL when none is close enough to be a
 * likely typo (distance at most 1 + length/3). Ties go to the earlier candidate. */
CN_NONNULL CN_PURE const char *diag_nearest(const char *word, const char *const *candidates,
                                            size_t count);

#endif
