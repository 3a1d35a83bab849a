/* SPDX-License-Identifier: MIT
 * rng.h: seeded randomness with named streams. Room base.
 *
 * One seed per run. Each entity has its own stream, derived from (seed, entity name, purpose), so
 * that adding a site does not reshuffle the draws of the others, and a draw never depends on how
 * many draws came before it. Integers only: the same everywhere. */
#ifndef CNEDGE_BASE_RNG_H
#define CNEDGE_BASE_RNG_H

#include "cnedge/base/base.h"

/* A 64-bit hash of `len` bytes, the same on every machine (FNV-1a, then mixed). */
CN_NONNULL CN_PURE uint64_t rng_hash(uint64_t seed, const void *bytes, size_t len);

/* The n-th draw of the stream (seed, name, purpose). */
CN_NONNULL CN_PURE uint64_t rng_draw(uint64_t seed, const char *name, const char *purpose,
                                     uint64_t n);

/* Maps a draw to lo..hi, both included; requires 0 <= lo <= hi. Uniform to within 2^-64. */
CN_CONST int64_t rng_between(uint64_t draw, int64_t lo, int64_t hi);

#endif
