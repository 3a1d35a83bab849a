/* SPDX-License-Identifier: MIT
 * source.h: files beside a scenario, confined to its folder. Room zonefile. */
#ifndef CNEDGE_ZONEFILE_SOURCE_H
#define CNEDGE_ZONEFILE_SOURCE_H

#include <stdio.h>

#include "cnedge/base/arena.h"
#include "cnedge/zonefile/zonefile.h"

struct source_text {
    const char *text;
    size_t len;
};

enum { SOURCE_WHY_MAX = 200 };

/* Reads `file` in `folder` into `a`. On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_read(struct arena *a, const char *folder,
                                                 const char *file, struct source_text *out,
                                                 char why[SOURCE_WHY_MAX]);

/* Opens `file` in `folder` for reading, an ordinary file of at most `max` bytes. To be closed by
 * fclose. On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_open(const char *folder, const char *file, int64_t max,
                                                 FILE **out, char why[SOURCE_WHY_MAX]);

/* A file as it was at one moment, for a library that maps what a path leads to: a mapped file that
 * somebody cuts ends the program. */
struct source_snapshot {
    int fd;        /* in memory; belongs to nobody else */
    char path[32]; /* of `fd` while it is open */
};

/* Copies `file` in `folder`, an ordinary file of at most `max` bytes. Runs of zeros take no room.
 * On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_snapshot(const char *folder, const char *file,
                                                     int64_t max, struct source_snapshot *out,
                                                     char why[SOURCE_WHY_MAX]);
CN_NONNULL void source_snapshot_close(struct source_snapshot *s);

/* "folder/file"; "file" in the current folder. False when that is too long. */
CN_NONNULL CN_MUSTUSE bool source_join(const char *folder, const char *file,
                                       char out[ZONEFILE_PATH_MAX]);

#endif
