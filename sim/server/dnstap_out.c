/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "dnstap_out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "cnedge/server/clock.h"

enum {
    OUT_PARTS_MAX = 256,      /* of one write; fstrm brings no more */
    OUT_STOP_NS = 1000000000, /* how long a reader is waited for when we stop */
    OUT_ANSWER_MS = 3000,     /* how long it may take to say that it takes dnstap */
    OUT_MODE = 0640,
    MILLISECOND_NS = 1000000,
};

/* --- waiting ---------------------------------------------------------------------------------- */

static fstrm_res fail(struct dnstap_out *o, int error)
{
    if (o->fd >= 0) close(o->fd);
    o->fd = -1;
    atomic_store(&o->open, false);
    atomic_store(&o->error, error);
    return fstrm_res_failure;
}

/* Waits until the other side is ready. False with errno set: it is late, or we stop. */
static bool wait_for(struct dnstap_out *o, short what, int within_ms)
{
    struct pollfd both[] = {{.fd = o->fd, .events = what}, {.fd = o->stop[0], .events = POLLIN}};
    int64_t stop_by = atomic_load(&o->stop_by);
    if (stop_by > 0) {
        int64_t left_ns = stop_by - clock_mono_ns();
        within_ms = left_ns > 0 ? (int)(left_ns / MILLISECOND_NS) + 1 : 0;
    }
    int n = poll(both, stop_by > 0 ? 1 : 2, within_ms);
    if (n > 0 || (n < 0 && errno == EINTR)) return true;
    if (n == 0) errno = ETIMEDOUT;
    return false;
}

/* --- what fstrm asks for ---------------------------------------------------------------------- */

/* A file is opened once: another time would cut off what it has. */
static fstrm_res on_open(void *of)
{
    struct dnstap_out *o = of;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (o->at.file) {
        if (o->tried) return fstrm_res_failure;
        o->tried = true;
        return fstrm_res_success;
    }
    o->heard = false;
    if (o->fd >= 0) close(o->fd);
    o->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (o->fd < 0) return fail(o, errno);
    memcpy(to.sun_path, o->at.path, sizeof(to.sun_path));
    if (connect(o->fd, (const struct sockaddr *)&to, sizeof(to)) != 0) return fail(o, errno);
    return fstrm_res_success;
}

static fstrm_res on_close(void *of)
{
    struct dnstap_out *o = of;
    (void)fail(o, o->fd < 0 ? atomic_load(&o->error) : ENOTCONN);
    return fstrm_res_success;
}

static fstrm_res on_read(void *of, void *data, size_t len)
{
    struct dnstap_out *o = of;
    uint8_t *at = data;
    while (len > 0) {
        ssize_t n = o->fd < 0 ? -1 : read(o->fd, at, len);
        if (n == 0) return fail(o, ECONNRESET);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (o->fd < 0) {
            return fstrm_res_failure;
        } else if ((errno != EAGAIN && errno != EINTR) || !wait_for(o, POLLIN, OUT_ANSWER_MS)) {
            return fail(o, errno);
        }
    }
    o->heard = true;
    return fstrm_res_success;
}

/* Passes over `n` bytes that were written. Returns the first part that is not empty. */
static struct iovec *pass(struct iovec *part, int *count, size_t n)
{
    while (*count > 0 && n >= part->iov_len) {
        n -= part->iov_len;
        part++;
        --*count;
    }
    if (*count == 0) return part;
    part->iov_base = (uint8_t *)part->iov_base + n;
    part->iov_len -= n;
    return part;
}

/* Frames come as pairs of length and bytes; what opens and closes the stream is one part. A stream
 * is open after its first words, and to a reader after those that follow its answer. */
static fstrm_res on_write(void *of, const struct iovec *parts, int count)
{
    struct dnstap_out *o = of;
    struct iovec left[OUT_PARTS_MAX];
    struct iovec *part = left;
    int todo = count;
    CN_ASSERT(count <= OUT_PARTS_MAX);
    memcpy(left, parts, (size_t)count * sizeof(left[0]));
    while (todo > 0) {
        ssize_t n = o->fd < 0 ? -1 : writev(o->fd, part, todo);
        if (n >= 0) {
            part = pass(part, &todo, (size_t)n);
        } else if (o->fd < 0) {
            return fstrm_res_failure;
        } else if ((errno != EAGAIN && errno != EINTR) || !wait_for(o, POLLOUT, -1)) {
            return fail(o, errno);
        }
    }
    o->sent += (unsigned)count / 2;
    if (o->heard || o->at.file) atomic_store(&o->open, true);
    return fstrm_res_success;
}

/* --- from outside ----------------------------------------------------------------------------- */

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, OUT_MODE);
}

bool dnstap_out_begin(struct dnstap_out *o, const struct dnstap_at *at)
{
    *o = (struct dnstap_out){.at = *at, .fd = -1};
    if (pipe2(o->stop, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    if (at->file) o->fd = open_file(at->path);
    if (!at->file || o->fd >= 0) return true;
    int error = errno;
    close(o->stop[0]);
    close(o->stop[1]);
    errno = error;
    return false;
}

struct fstrm_rdwr *dnstap_out_rdwr(struct dnstap_out *o)
{
    struct fstrm_rdwr *r = fstrm_rdwr_init(o);
    if (r == NULL) return NULL;
    fstrm_rdwr_set_open(r, on_open);
    fstrm_rdwr_set_close(r, on_close);
    fstrm_rdwr_set_write(r, on_write);
    if (!o->at.file) fstrm_rdwr_set_read(r, on_read);
    return r;
}

void dnstap_out_stop(struct dnstap_out *o)
{
    const uint8_t now = 1;
    atomic_store(&o->stop_by, clock_mono_ns() + OUT_STOP_NS);
    ssize_t n = write(o->stop[1], &now, sizeof(now));
    CN_ASSERT(n == (ssize_t)sizeof(now)); /* the pipe is empty: once */
}

void dnstap_out_end(struct dnstap_out *o)
{
    if (o->fd >= 0) close(o->fd);
    o->fd = -1;
    close(o->stop[0]);
    close(o->stop[1]);
}

bool dnstap_out_sent(struct dnstap_out *o)
{
    if (o->sent == 0) return false;
    o->sent--;
    return true;
}
