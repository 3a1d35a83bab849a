/* SPDX-License-Identifier: MIT
 * utf8.h: whether bytes are text. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_UTF8_H
#define CNEDGE_SIM_SCENARIO_UTF8_H

#include "cnedge/base/base.h"

/* The length of the first character (RFC 3629) of `left` bytes, at least one; 0 when it is none. */
CN_NONNULL CN_PURE size_t utf8_len(const uint8_t *p, size_t left);

/* How many bytes from the start are whole characters other than NUL. */
CN_NONNULL CN_PURE size_t utf8_good(const uint8_t *p, size_t len);

/* Writes a character, which is no half of a pair; its length, at most 4. */
CN_NONNULL size_t utf8_put(uint32_t c, char *out);

#endif
