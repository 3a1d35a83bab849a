/* SPDX-License-Identifier: MIT */
#include "times.h"

#include <string.h>

#include "cnedge/base/timetext.h"

static bool id_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_id(const char *text, size_t len)
{
    if (len == 0 || len >= TIMES_NAME_MAX || text[0] < 'a' || text[0] > 'z') return false;
    for (size_t i = 1; i < len; i++) {
        if (!id_char(text[i])) return false;
    }
    return true;
}

bool times_is_id(const char *text)
{
    return is_id(text, strlen(text));
}

/* The last sign that a duration follows up to the end; NULL when there is none. */
static const char *offset_sign(const char *text, simdur *offset)
{
    const char *sign = strrchr(text, '+');
    if (sign == NULL) sign = strrchr(text, '-');
    if (sign == NULL || !timetext_duration(sign + 1, strlen(sign + 1), offset)) return NULL;
    return sign;
}

bool times_is_event_id(const char *text)
{
    simdur offset;
    return times_is_id(text) && offset_sign(text, &offset) == NULL && strcmp(text, "start") != 0 &&
           strcmp(text, "end") != 0;
}

bool times_split(const char *text, struct times *out)
{
    struct times t = {.kind = TIMES_INSTANT};
    if (timetext_instant(text, &t.instant)) {
        *out = t;
        return true;
    }
    t.kind = TIMES_NAMED;
    const char *sign = offset_sign(text, &t.offset);
    size_t len = sign == NULL ? strlen(text) : (size_t)(sign - text);
    t.minus = sign != NULL && *sign == '-';
    if (len == 0 && sign != NULL && *sign == '+') {
        memcpy(t.name, "start", sizeof("start"));
    } else if (is_id(text, len)) {
        memcpy(t.name, text, len);
    } else {
        return false;
    }
    *out = t;
    return true;
}

bool times_resolve(const struct times *t, walltime start, simtime base, simtime *out)
{
    int64_t ns;
    if (t->kind == TIMES_INSTANT) {
        ns = t->instant.ns - start.ns; /* both are from 1970 to 2261 */
    } else if (t->minus) {
        ns = base.ns - t->offset.ns;
    } else if (__builtin_add_overflow(base.ns, t->offset.ns, &ns)) {
        return false;
    }
    if (ns < 0) return false;
    *out = (simtime){ns};
    return true;
}
