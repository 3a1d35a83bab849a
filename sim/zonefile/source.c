/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* realpath */
#include "cnedge/zonefile/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Opens a file that really is within the folder; its descriptor in `*fd`, where it is in `real`. */
static enum cn_status open_inside(const char *folder, const char *file, int *fd,
                                  char real[PATH_MAX], char why[SOURCE_WHY_MAX])
{
    char path[ZONEFILE_PATH_MAX];
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
    char real[PATH_MAX];
    enum cn_status status = open_inside(folder, file, &fd, real, why);
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
    char real[PATH_MAX];
    enum cn_status status = open_inside(folder, file, &fd, real, why);
    if (status != CN_OK) return status;
    status = measure(fd, max, &size, why);
    *out = status == CN_OK ? fdopen(fd, "rb") : NULL;
    if (status == CN_OK && *out == NULL) status = unreadable(why);
    if (*out == NULL) close(fd);
    return status;
}

enum cn_status source_locate(const char *folder, const char *file, int64_t max,
                             char real[SOURCE_REAL_MAX], char why[SOURCE_WHY_MAX])
{
    int fd;
    size_t size;
    _Static_assert((int)SOURCE_REAL_MAX >= (int)PATH_MAX, "a path fits");
    enum cn_status status = open_inside(folder, file, &fd, real, why);
    if (status != CN_OK) return status;
    status = measure(fd, max, &size, why);
    close(fd);
    return status;
}
