/* SPDX-License-Identifier: MIT
 * invariant_words.c: the invariants' names and sentences. */
#include "cnedge/model/invariant.h"

static const struct {
    const char *id, *text;
} infos[INVARIANT_COUNT] = {
#define X(name, id, text) {id, text},
    INVARIANTS(X)
#undef X
};

const char *invariant_id(enum invariant i)
{
    CN_ASSERT(i < INVARIANT_COUNT);
    return infos[i].id;
}

const char *invariant_text(enum invariant i)
{
    CN_ASSERT(i < INVARIANT_COUNT);
    return infos[i].text;
}
