/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* realpath, memfd_create */
#include "cnedge/zonefile/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

bool source_join(const char *folder, const char *file, char out[ZONEFILE_PATH_MAX])
{
    bool here = strcmp(folder, ".") == 0;
    int n = snprintf(out, ZONEFILE_PATH_MAX, "%s%s%s", here ? "" : folder, here ? "" : "/", file);
    return n > 0 && n < ZONEFILE_PATH_MAX;
}

/* Whether a path goes down only. */
static bool goes_down(const char *path)
{
    if (*path == '/' || *path == '\0') return false;
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        if (*p == '/') p++;
        if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0')) return false;
    }
    return true;
}

/* Where `path` really is, when that is within `folder`: in `real`. False with errno. */
static bool locate(const char *folder, const char *path, char real[PATH_MAX])
{
    char top[PATH_MAX];
    if (realpath(folder, top) == NULL || realpath(path, real) == NULL) return false;
    size_t len = strlen(top);
    bool root = len == 1;
    if (strncmp(real, top, len) == 0 && (root || real[len] == '/')) return true;
    errno = EXDEV;
    return false;
}

static enum cn_status say(char why[SOURCE_WHY_MAX], enum cn_status status, const char *text,
                          const char *got)
{
    snprintf(why, SOURCE_WHY_MAX, "%s%s", text, got);
    return status;
}

static enum cn_status unreadable(char why[SOURCE_WHY_MAX])
{
    return say(why, CN_E_IO, "expected a readable file, got ", strerror(errno));
}

/* Whether an open file is an ordinary one of at most `max` bytes; its size. */
static enum cn_status measure(int fd, int64_t max, size_t *size, char why[SOURCE_WHY_MAX])
{
    struct stat st;
    if (fstat(fd, &st) != 0) return unreadable(why);
    if (!S_ISREG(st.st_mode)) {
        return say(why, CN_E_IO, "expected an ordinary file, got ",
                   S_ISDIR(st.st_mode) ? "a folder" : "a device or a pipe");
    }
    if (st.st_size > max) {
        bool whole = max % MIB == 0;
        snprintf(why, SOURCE_WHY_MAX, "expected a file of at most %lld %s, got one of %lld bytes",
                 (long long)(whole ? max / MIB : max), whole ? "MiB" : "bytes",
                 (long long)st.st_size);
        return CN_E_LIMIT;
    }
    *size = (size_t)st.st_size;
    return CN_OK;
}

/* Opens a file that really is within the folder; its descriptor in `*fd`. */
static enum cn_status open_inside(const char *folder, const char *file, int *fd,
                                  char why[SOURCE_WHY_MAX])
{
    char path[ZONEFILE_PATH_MAX];
    char real[PATH_MAX];
    static const char *const inside = "expected a file within the scenario's folder";
    if (!goes_down(file)) return say(why, CN_E_INVALID, inside, ", got a path that leaves it");
    if (!source_join(folder, file, path)) {
        return say(why, CN_E_LIMIT, "expected a shorter path", "");
    }
    if (!locate(folder, path, real)) {
        return errno == EXDEV ? say(why, CN_E_INVALID, inside, ", got a link that leaves it")
                              : unreadable(why);
    }
    *fd = open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    return *fd < 0 ? unreadable(why) : CN_OK;
}

static enum cn_status read_whole(struct arena *a, int fd, struct source_text *out,
                                 char why[SOURCE_WHY_MAX])
{
    size_t size;
    enum cn_status status = measure(fd, ZONEFILE_BYTES_MAX, &size, why);
    if (status != CN_OK) return status;
    char *text = arena_get(a, size, 1);
    if (text == NULL) return say(why, CN_E_LIMIT, "expected more memory", "");
    size_t len = 0;
    ssize_t n = 1;
    while (len < size && n > 0) {
        n = read(fd, text + len, size - len);
        if (n > 0) len += (size_t)n;
    }
    if (n < 0) return unreadable(why);
    *out = (struct source_text){text, len};
    return CN_OK;
}

enum cn_status source_read(struct arena *a, const char *folder, const char *file,
                           struct source_text *out, char why[SOURCE_WHY_MAX])
{
    int fd;
    enum cn_status status = open_inside(folder, file, &fd, why);
    if (status != CN_OK) return status;
    status = read_whole(a, fd, out, why);
    close(fd);
    return status;
}

enum cn_status source_open(const char *folder, const char *file, int64_t max, FILE **out,
                           char why[SOURCE_WHY_MAX])
{
    int fd;
    size_t size;
    enum cn_status status = open_inside(folder, file, &fd, why);
    if (status != CN_OK) return status;
    status = measure(fd, max, &size, why);
    *out = status == CN_OK ? fdopen(fd, "rb") : NULL;
    if (status == CN_OK && *out == NULL) status = unreadable(why);
    if (*out == NULL) close(fd);
    return status;
}

enum { COPY_BYTES = 64 * 1024 };

static bool is_zero(const uint8_t *p, size_t len)
{
    return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

static bool write_all(int fd, const uint8_t *p, size_t len)
{
    if (is_zero(p, len)) return lseek(fd, (off_t)len, SEEK_CUR) >= 0;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n <= 0) return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* Copies at most `size` bytes; false with errno. */
static bool copy(int from, int to, size_t size)
{
    static const size_t most = COPY_BYTES;
    uint8_t buffer[COPY_BYTES];
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(from, buffer, size - len < most ? size - len : most);
        if (n < 0) return false;
        if (n == 0) break;
        if (!write_all(to, buffer, (size_t)n)) return false;
        len += (size_t)n;
    }
    return ftruncate(to, (off_t)len) == 0;
}

enum cn_status source_snapshot(const char *folder, const char *file, int64_t max,
                               struct source_snapshot *out, char why[SOURCE_WHY_MAX])
{
    int fd;
    size_t size;
    enum cn_status status = open_inside(folder, file, &fd, why);
    if (status != CN_OK) return status;
    status = measure(fd, max, &size, why);
    out->fd = status == CN_OK ? memfd_create("cnedge", MFD_CLOEXEC) : -1;
    if (status == CN_OK && (out->fd < 0 || !copy(fd, out->fd, size))) {
        status = unreadable(why);
        if (out->fd >= 0) close(out->fd);
    }
    close(fd);
    if (status == CN_OK) snprintf(out->path, sizeof(out->path), "/proc/self/fd/%d", out->fd);
    return status;
}

void source_snapshot_close(struct source_snapshot *s)
{
    close(s->fd);
    s->fd = -1;
}
