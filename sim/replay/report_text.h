/* SPDX-License-Identifier: MIT
 * report_text.h: what the reports' formats share. Room replay, private. */
#ifndef CNEDGE_REPLAY_REPORT_TEXT_H
#define CNEDGE_REPLAY_REPORT_TEXT_H

#include <stdio.h>

#include "cnedge/base/base.h"

struct json_t;

/* Reads the first character of a text that is not empty: how many bytes it has, and in `*c` its
 * code point. A byte that is no part of UTF-8 (a file's name may have such) reads as U+FFFD. */
CN_NONNULL size_t report_text_next(const char *text, uint32_t *c);

/* Whether a character may stand in a title or in XML: no control and no noncharacter. */
CN_CONST bool report_text_plain(uint32_t c);

/* Writes a character in UTF-8. */
CN_NONNULL void report_text_char(FILE *out, uint32_t c);

/* "s" after every number but one. */
CN_CONST const char *report_text_plural(uint64_t n);

/* A text; what is not UTF-8 in it becomes U+FFFD. NULL without memory. */
CN_NONNULL CN_MUSTUSE struct json_t *report_string(const char *text);

/* Sets a key of an object to such a text. */
CN_NONNULL void report_set_text(struct json_t *object, const char *key, const char *text);

/* Writes an object as a line and gives it up. */
CN_NONNULL void report_put_line(FILE *out, struct json_t *take_object);

#endif
