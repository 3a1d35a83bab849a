/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* initgroups */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server_internal.h"

static bool become(const struct passwd *p)
{
    if (geteuid() == p->pw_uid && getuid() == p->pw_uid && p->pw_uid != 0) return true;
    if (initgroups(p->pw_name, p->pw_gid) != 0 || setgid(p->pw_gid) != 0) return false;
    return setuid(p->pw_uid) == 0;
}

/* Whoever was root and is not any more must not be able to come back. */
static bool is_final(const struct passwd *p)
{
    return p->pw_uid == 0 || (setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0);
}

bool privileges_drop(const char *user)
{
    errno = 0;
    const struct passwd *p = getpwnam(user);
    const char *why = p == NULL && errno == 0 ? "no such user" : NULL;
    if (p != NULL && become(p) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        if (is_final(p)) return true;
        why = "the old privileges could be taken back";
    }
    fprintf(stderr, "cnedge serve: cannot become %s: %s\n", user,
            why != NULL ? why : strerror(errno));
    return false;
}
