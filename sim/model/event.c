/* SPDX-License-Identifier: MIT */
#include "cnedge/model/event.h"

#include <string.h>

static const struct event_info table[EVENT_KIND_COUNT] = {
#define X(kind, name, required, optional, text)                                                    \
    {name, required, optional, EV_##kind >= EV_FIRST_DERIVED, text},
    EVENT_KINDS(X)
#undef X
};

struct event event_make(enum event_kind kind, simtime at)
{
    return (struct event){.at = at,
                          .kind = kind,
                          .site = CN_NONE32,
                          .host = CN_NONE32,
                          .holder = CN_NONE32,
                          .account = CN_NONE32,
                          .pop = CN_NONE16,
                          .region = CN_NONE16,
                          .carrier = CN_NONE16,
                          .partner = CN_NONE16,
                          .to = CN_NONE16,
                          .listed = CN_NONE16,
                          .provider = CN_NONE16,
                          .package = CN_NONE16,
                          .product = CN_NONE16};
}

const struct event_info *event_info(enum event_kind kind)
{
    CN_ASSERT(kind < EVENT_KIND_COUNT);
    return &table[kind];
}

enum event_kind event_find(const char *name)
{
    unsigned k = 0;
    while (k < EVENT_KIND_COUNT && strcmp(table[k].name, name) != 0) {
        k++;
    }
    return (enum event_kind)k;
}
