/* SPDX-License-Identifier: MIT
 * notify.c: the protocol is short enough to need no libsystemd. */
#define _GNU_SOURCE
#include "notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NOTIFY_BYTES_MAX = 512, DECIMAL = 10 };

/* A path, or with '@' in front a name of Linux's own, which has a zero byte there. Length 0: no
 * address. */
static socklen_t address_of(const char *text, struct sockaddr_un *out)
{
    size_t len = strlen(text);
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((text[0] != '/' && text[0] != '@') || len >= sizeof(out->sun_path)) return 0;
    memcpy(out->sun_path, text, len);
    if (text[0] == '@') out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (text[0] == '/'));
}

void notify_send(const char *fmt, ...)
{
    char text[NOTIFY_BYTES_MAX];
    struct sockaddr_un to;
    va_list ap;
    const char *where = getenv("NOTIFY_SOCKET");
    if (where == NULL) return;
    socklen_t to_len = address_of(where, &to);
    int fd = to_len > 0 ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (fd < 0) return;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    size_t len = n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1;
    (void)sendto(fd, text, len, MSG_NOSIGNAL, (const struct sockaddr *)&to, to_len);
    close(fd);
}

uint64_t notify_watchdog_us(void)
{
    const char *us = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    if (us == NULL) return 0;
    if (pid != NULL && strtoumax(pid, NULL, DECIMAL) != (uintmax_t)getpid()) return 0;
    return strtoumax(us, NULL, DECIMAL);
}
