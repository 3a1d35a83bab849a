/* SPDX-License-Identifier: MIT */
#include "track.h"

#include <stdlib.h>

bool track_init(struct track *t, uint32_t at_least)
{
    uint32_t slots = 1024;
    while (slots < at_least && slots < TRACK_SLOTS_MAX) {
        slots *= 2;
    }
    *t = (struct track){.mask = slots - 1, .slots = calloc(slots, sizeof(*t->slots))};
    return t->slots != NULL;
}

static void end(struct track *t, struct track_slot *slot, struct track_slot *out)
{
    *out = *slot;
    slot->busy = false;
    t->waiting--;
}

struct track_slot *track_open(struct track *t, uint64_t now, struct track_slot *lost)
{
    struct track_slot *slot = &t->slots[t->head & t->mask];
    lost->busy = false;
    if (slot->busy) end(t, slot, lost);
    if (t->head - t->tail > t->mask) t->tail = t->head - t->mask;
    *slot = (struct track_slot){.sent_at = now, .id = (uint16_t)t->head, .busy = true};
    t->head++;
    t->waiting++;
    return slot;
}

bool track_close(struct track *t, uint16_t id, struct track_slot *out)
{
    struct track_slot *slot = &t->slots[id & t->mask];
    if (!slot->busy || slot->id != id) return false;
    end(t, slot, out);
    return true;
}

bool track_expire(struct track *t, uint64_t limit, struct track_slot *out)
{
    for (; t->tail != t->head; t->tail++) {
        struct track_slot *slot = &t->slots[t->tail & t->mask];
        if (!slot->busy) continue;
        if (slot->sent_at >= limit) return false;
        end(t, slot, out);
        return true;
    }
    return false;
}
