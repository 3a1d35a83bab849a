/* SPDX-License-Identifier: MIT
 * feed.h: a file as a window that moves over it. Room scenario.
 *
 * A file of any size is read in pieces of FEED_BYTES; who reads lines or records out of it sees a
 * whole one in the window, or is told that it is longer than FEED_LINE_MAX. */
#ifndef CNEDGE_SIM_SCENARIO_FEED_H
#define CNEDGE_SIM_SCENARIO_FEED_H

#include <stdio.h>

#include "cnedge/base/arena.h"

enum { FEED_BYTES = 256 * 1024, FEED_LINE_MAX = 64 * 1024 };

struct feed {
    FILE *file;      /* borrowed */
    char *bytes;     /* FEED_BYTES, and one to end a text with */
    size_t pos, end; /* the unread part of `bytes` */
    int64_t start;   /* where in the file bytes[0] was */
    bool eof;        /* nothing follows `end` */
    bool failed;     /* reading failed: errno of the caller's call */
};

enum feed_line { FEED_LINE, FEED_END, FEED_LONG };

/* Begins to read; the window is taken from `a`. False when that is exhausted. */
CN_NONNULL CN_MUSTUSE bool feed_init(struct feed *f, struct arena *a, FILE *file);

/* Moves the unread part to the front and reads behind it. False when nothing was added. */
CN_NONNULL bool feed_more(struct feed *f);

/* Takes the next line without its LF; it may be written to, one byte behind it included, until the
 * next call. FEED_LONG: it is longer than FEED_LINE_MAX and has been skipped. */
CN_NONNULL CN_MUSTUSE enum feed_line feed_line(struct feed *f, char **line, size_t *len);

/* Skips the rest of the line. */
CN_NONNULL void feed_skip(struct feed *f);

/* Where in the file the next byte is. */
CN_NONNULL CN_PURE int64_t feed_offset(const struct feed *f);

/* Goes to that place. False when it cannot. */
CN_NONNULL CN_MUSTUSE bool feed_seek(struct feed *f, int64_t offset);

#endif
