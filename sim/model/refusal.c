/* SPDX-License-Identifier: MIT */
#include "cnedge/model/refusal.h"

#include <string.h>

static const char *const names[] = {[REFUSAL_NONE] = "",
#define X(code, text, source, advice) [REFUSAL_##code] = #code,
                                    REFUSAL_CODES(X)
#undef X
};

static const char *const texts[] = {[REFUSAL_NONE] = "applied",
#define X(code, text, source, advice) [REFUSAL_##code] = (text),
                                    REFUSAL_CODES(X)
#undef X
};

static const char *const sources[] = {[REFUSAL_NONE] = "",
#define X(code, text, source, advice) [REFUSAL_##code] = (source),
                                      REFUSAL_CODES(X)
#undef X
};

static const char *const advices[] = {[REFUSAL_NONE] = "",
#define X(code, text, source, advice) [REFUSAL_##code] = (advice),
                                      REFUSAL_CODES(X)
#undef X
};

const char *refusal_name(enum refusal r)
{
    CN_ASSERT(r < REFUSAL_COUNT);
    return names[r];
}

const char *refusal_text(enum refusal r)
{
    CN_ASSERT(r < REFUSAL_COUNT);
    return texts[r];
}

const char *refusal_source(enum refusal r)
{
    CN_ASSERT(r < REFUSAL_COUNT);
    return sources[r];
}

const char *refusal_advice(enum refusal r)
{
    CN_ASSERT(r < REFUSAL_COUNT);
    return advices[r];
}

enum refusal refusal_find(const char *code)
{
    for (unsigned r = REFUSAL_NONE + 1; r < REFUSAL_COUNT; r++) {
        if (strcmp(names[r], code) == 0) return (enum refusal)r;
    }
    return REFUSAL_NONE;
}
