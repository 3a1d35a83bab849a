/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/fault.h"

#include "cnedge/dns/ede.h"

#define FAULT_FITS(name, code, text)                                                               \
    _Static_assert(sizeof(text) <= FAULT_TEXT_MAX + 1, "the words of " #name " are short");
FAULTS(FAULT_FITS)
#undef FAULT_FITS

static const struct {
    uint16_t code;
    const char *text;
} faults[FAULT_COUNT] = {
#define FAULT_ROW(name, code, text) [FAULT_##name] = {code, text},
    FAULTS(FAULT_ROW)
#undef FAULT_ROW
};

uint16_t fault_code(enum fault f)
{
    CN_ASSERT(f > FAULT_NONE && f < FAULT_COUNT);
    return faults[f].code;
}

const char *fault_text(enum fault f)
{
    CN_ASSERT(f > FAULT_NONE && f < FAULT_COUNT);
    return faults[f].text;
}
