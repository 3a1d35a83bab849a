/* SPDX-License-Identifier: MIT
 * base.h: compiler attributes, always-on assertions, array helpers. Room base, header only. */
#ifndef CNEDGE_BASE_BASE_H
#define CNEDGE_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CN_NONNULL      __attribute__((nonnull))
#define CN_MUSTUSE      __attribute__((warn_unused_result))
#define CN_PURE         __attribute__((pure))
#define CN_CONST        __attribute__((const))
#define CN_NORETURN     __attribute__((noreturn, cold))
#define CN_PRINTF(F, A) __attribute__((format(printf, F, A)))
#define CN_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* "No such thing" for the index types: uint32_t (sites, hosts, holders, accounts, filings) and
 * uint16_t (lines, PoPs, provinces, carriers, classes). */
#define CN_NONE32 UINT32_MAX
#define CN_NONE16 UINT16_MAX

/* Programmer errors only. On in every build type: a wrong simulation is worse than a dead one. */
#define CN_ASSERT(cond)                                                                            \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0)) cn_assert_failed(#cond, __FILE__, __LINE__);             \
    } while (0)

/* Prints the condition and its place to stderr and aborts. */
CN_NORETURN void cn_assert_failed(const char *cond, const char *file, int line);

#endif
