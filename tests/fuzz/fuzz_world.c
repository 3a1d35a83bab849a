/* SPDX-License-Identifier: MIT
 * Bytes as a small world and what happens to it. After every event the invariants hold, what is
 * counted is right, and no timer's event is refused (world_fire asserts that). */
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"

#include "world_random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 400 };

static void check_counts(const struct world *w)
{
    uint32_t members = 0;
    for (uint32_t i = 0; i < w->class_count; i++) {
        members += w->classes[i].hosts;
    }
    for (uint32_t i = 0; i < w->spec->host_count; i++) {
        members -= w->hosts[i].outside != CN_NONE16 ? 1 : 0; /* those are in two */
    }
    CN_ASSERT(members == w->spec->host_count);
    CN_ASSERT(!w->class_limit);
    CN_ASSERT(!simtime_before(world_next_at(w), w->now));
}

static void check_world(struct world *w, struct violation_list *found)
{
    invariant_check_changed(w, found);
    CN_ASSERT(found->count == 0);
    check_counts(w);
}

/* Every host answers something that is decided as its cell says. */
static void check_answers(struct world *w)
{
    struct violation_list found = {0};
    invariant_sweep(w, &found);
    CN_ASSERT(found.count == 0);
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        struct answer a;
        answer_follow(w, w->spec->hosts[h].name, RR_A, LINE_SH_TELECOM, &a);
        CN_ASSERT(a.kind != ANSWER_REFUSED);
        if (a.kind == ANSWER_POP) CN_ASSERT(a.cell.pop < w->topology->pop_count);
    }
}

static bool fire(struct world *w)
{
    struct event e;
    simtime due = world_next_at(w);
    if (!world_fire(w, &e)) return false;
    CN_ASSERT(e.at.ns == due.ns);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fixture f;
    struct dice d = {.bytes = data, .left = size};
    struct violation_list found = {0};
    random_world(&d, &f);
    invariant_check_all(f.w, &found);
    CN_ASSERT(found.count == 0);
    for (int i = 0; i < EVENTS_MAX && dice_left(&d); i++) {
        if (!chance(&d, 5) || !fire(f.w)) {
            struct event e = random_event(&d, &f);
            enum refusal refusal = world_apply(f.w, &e);
            bool changed = f.w->changed.host_count > 0 || f.w->changed.network;
            CN_ASSERT(refusal == REFUSAL_NONE || !changed);
        }
        check_world(f.w, &found);
    }
    check_answers(f.w);
    fixture_free(&f);
    return 0;
}
