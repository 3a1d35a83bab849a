/* SPDX-License-Identifier: MIT
 * track.h: the queries of one socket that wait for an answer, by message ID. */
#ifndef RIG_TRACK_H
#define RIG_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACK_SLOTS_MAX = 65536 };

struct track_slot {
    uint64_t sent_at;
    uint16_t id;
    uint8_t poll; /* number of the watched name, from 1; 0: no poll */
    bool busy;
};

struct track {
    struct track_slot *slots;
    uint32_t mask;
    uint32_t head, tail; /* sequence numbers: the next query, the oldest that may still wait */
    uint32_t waiting;
};

/* Makes room for `at_least` queries, up to TRACK_SLOTS_MAX. False without memory. */
bool track_init(struct track *t, uint32_t at_least);

/* A place for a query that is sent now; its ID is in it. What waited there for too long is handed
 * out in `lost` (busy says whether there was one). */
struct track_slot *track_open(struct track *t, uint64_t now, struct track_slot *lost);

/* Ends the wait for message `id`. False: nobody waits for it. */
bool track_close(struct track *t, uint16_t id, struct track_slot *out);

/* Takes out the oldest query that was sent before `limit`. False: there is none. */
bool track_expire(struct track *t, uint64_t limit, struct track_slot *out);

#endif
