/* SPDX-License-Identifier: MIT
 * planted.c: cnedge with a fault of its own, for tests of those who look for faults. The linker
 * puts this before world_apply: after an event of the row of VERIFY_FAULTS whose number is in
 * CNEDGE_PLANT, a PoP that is answered is taken out of use, and the answers do not learn of it. */
#include <stdlib.h>

#include "fault_row.h"

enum refusal __wrap_world_apply(struct world *w, const struct event *e);
enum refusal __real_world_apply(struct world *w, const struct event *e);

/* A PoP that some host's clients are sent to; CN_NONE16: nobody is sent to any. */
static uint16_t answered(struct world *w)
{
    for (uint32_t c = 0; c < w->class_count; c++) {
        if (w->classes[c].hosts == 0) continue;
        const struct cell *cells = world_cells(w, (uint16_t)c, FAMILY_V4);
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            if (cells[line].kind == DECISION_POP) return cells[line].pop;
        }
    }
    return CN_NONE16;
}

enum refusal __wrap_world_apply(struct world *w, const struct event *e)
{
    const char *row = getenv("CNEDGE_PLANT");
    enum refusal refusal = __real_world_apply(w, e);
    if (refusal != REFUSAL_NONE || row == NULL) return refusal;
    if (!fault_row_is(e, (uint32_t)strtoul(row, NULL, 10))) return refusal;
    uint16_t pop = answered(w);
    if (pop == CN_NONE16) return refusal;
    w->pop_admin[pop] = ADMIN_DRAIN;
    w->generation++; /* as if nothing had been forgotten */
    w->changed.network = true;
    return refusal;
}
