/* SPDX-License-Identifier: MIT
 * dnstap_out.h: the far end of dnstap, a file or a Unix socket, for the thread of libfstrm that
 * writes. Room server.
 *
 * fstrm's own writers wait for a reader without end, also while the program wants to stop. This one
 * gives up then, and tells how it stands. */
#ifndef CNEDGE_SERVER_DNSTAP_OUT_H
#define CNEDGE_SERVER_DNSTAP_OUT_H

#include <fstrm.h>
#include <stdatomic.h>

#include "cnedge/server/dnstap.h"

struct dnstap_out {
    struct dnstap_at at;
    int stop[2]; /* a pipe that is readable when it is time to stop */
    /* Read by others too. */
    _Atomic bool open;       /* frames find their way */
    _Atomic int error;       /* why not, errno of the last failure; 0: not tried yet */
    _Atomic int64_t stop_by; /* when to give up, monotonic nanoseconds; 0: not stopping */
    /* The writing thread's. */
    int fd; /* -1: none */
    bool tried, heard;
    uint64_t sent; /* frames that were written since the last call of dnstap_out_sent */
};

/* Opens a file, or gets ready to connect. False with errno set. */
CN_NONNULL CN_MUSTUSE bool dnstap_out_begin(struct dnstap_out *o, const struct dnstap_at *at);

/* The operations of a writer; NULL when memory is out. A socket's reader is spoken to first. */
CN_NONNULL CN_MUSTUSE struct fstrm_rdwr *dnstap_out_rdwr(struct dnstap_out *o);

/* From now on nobody is waited for longer than a second. */
CN_NONNULL void dnstap_out_stop(struct dnstap_out *o);

/* Closes what is still open, when no thread writes any more. */
CN_NONNULL void dnstap_out_end(struct dnstap_out *o);

/* Whether one more of the frames that fstrm gives back was written; else it is lost. */
CN_NONNULL CN_MUSTUSE bool dnstap_out_sent(struct dnstap_out *o);

#endif
