/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/model/choices.h"

#define DAY_NS (86400 * SIMDUR_SECOND)

/* Reads "3bd" as three times 24 h. */
static bool read_business(const char *text, size_t len, simdur *out)
{
    enum { COUNT_MAX = 10000 };
    int64_t count = 0;
    if (len < 3 || memcmp(text + len - 2, "bd", 2) != 0) return false;
    for (size_t i = 0; i < len - 2; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        count = count * 10 + (text[i] - '0');
        if (count > COUNT_MAX) return false;
    }
    *out = (simdur){count * DAY_NS};
    return true;
}

static bool read_one(const char *text, size_t len, bool business, simdur *out)
{
    return business ? read_business(text, len, out) : timetext_duration(text, len, out);
}

bool choices_read_range(const char *text, struct duration_range *out)
{
    const char *dots = strstr(text, "..");
    struct duration_range r = {.business = strstr(text, "bd") != NULL};
    size_t len = dots != NULL ? (size_t)(dots - text) : strlen(text);
    if (!read_one(text, len, r.business, &r.min)) return false;
    r.max = r.min;
    if (dots != NULL && !read_one(dots + 2, strlen(dots + 2), r.business, &r.max)) return false;
    if (r.min.ns > r.max.ns) return false;
    *out = r;
    return true;
}
