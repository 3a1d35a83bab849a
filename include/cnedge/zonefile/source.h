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

enum { SOURCE_WHY_MAX = 200, SOURCE_REAL_MAX = 4096 };

/* Reads `file` in `folder` into `a`. On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_read(struct arena *a, const char *folder,
                                                 const char *file, struct source_text *out,
                                                 char why[SOURCE_WHY_MAX]);

/* Opens `file` in `folder` for reading, an ordinary file of at most `max` bytes. To be closed by
 * fclose. On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_open(const char *folder, const char *file, int64_t max,
                                                 FILE **out, char why[SOURCE_WHY_MAX]);

/* Where `file` in `folder` really is, an ordinary file of at most `max` bytes, for a library that
 * opens files itself. On failure `why` says what was expected. */
CN_NONNULL CN_MUSTUSE enum cn_status source_locate(const char *folder, const char *file,
                                                   int64_t max, char real[SOURCE_REAL_MAX],
                                                   char why[SOURCE_WHY_MAX]);

/* "folder/file"; "file" in the current folder. False when that is too long. */
CN_NONNULL CN_MUSTUSE bool source_join(const char *folder, const char *file,
                                       char out[ZONEFILE_PATH_MAX]);

#endif
