/* SPDX-License-Identifier: MIT
 * dnstap.h: where to tell what was asked and answered, as dnstap (dnstap.info). Room server. */
#ifndef CNEDGE_SERVER_DNSTAP_H
#define CNEDGE_SERVER_DNSTAP_H

#include "cnedge/base/base.h"

enum { DNSTAP_PATH_MAX = 108 }; /* bytes, NUL included: what fits into a Unix socket's address */

#define DNSTAP_FORM "unix:/PATH or file:/PATH, the path at most 107 bytes long"

struct dnstap_at {
    bool file; /* else a Unix socket at which somebody listens */
    char path[DNSTAP_PATH_MAX];
};

/* Reads DNSTAP_FORM. False when it is none. */
CN_NONNULL CN_MUSTUSE bool dnstap_read(const char *text, struct dnstap_at *out);

#endif
