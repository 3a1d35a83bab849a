/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* realpath */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Where `path` really is, when that is within `folder`. To be freed; NULL with errno. */
static char *locate(const char *folder, const char *path)
{
    char *top = realpath(folder, NULL);
    char *real = top != NULL ? realpath(path, NULL) : NULL;
    size_t len = top != NULL ? strlen(top) : 0;
    bool root = len == 1;
    bool inside = real != NULL && strncmp(real, top, len) == 0 && (root || real[len] == '/');
    int error = errno;
    free(top);
    if (real != NULL && !inside) {
        free(real);
        real = NULL;
        error = EXDEV;
    }
    errno = error;
    return real;
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

static enum cn_status read_open(struct arena *a, int fd, struct source_text *out,
                                char why[SOURCE_WHY_MAX])
{
    struct stat st;
    if (fstat(fd, &st) != 0) return unreadable(why);
    if (!S_ISREG(st.st_mode)) {
        return say(why, CN_E_IO, "expected an ordinary file, got ",
                   S_ISDIR(st.st_mode) ? "a folder" : "a device or a pipe");
    }
    if (st.st_size > ZONEFILE_BYTES_MAX) {
        return say(why, CN_E_LIMIT, "expected a file of at most 64 MiB, got a larger one", "");
    }
    size_t size = (size_t)st.st_size;
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
    char path[ZONEFILE_PATH_MAX];
    static const char *const inside = "expected a file within the scenario's folder";
    if (!goes_down(file)) return say(why, CN_E_INVALID, inside, ", got a path that leaves it");
    if (!source_join(folder, file, path)) {
        return say(why, CN_E_LIMIT, "expected a shorter path", "");
    }
    char *real = locate(folder, path);
    if (real == NULL && errno == EXDEV) {
        return say(why, CN_E_INVALID, inside, ", got a link that leaves it");
    }
    int fd = real != NULL ? open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW) : -1;
    free(real);
    if (fd < 0) return unreadable(why);
    enum cn_status status = read_open(a, fd, out, why);
    close(fd);
    return status;
}
