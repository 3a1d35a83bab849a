/* SPDX-License-Identifier: MIT
 * world_image.h: a copy of everything in a world that may change, to be compared. */
#ifndef CNEDGE_WORLD_IMAGE_H
#define CNEDGE_WORLD_IMAGE_H

#include "test.h"
#include "world_fixture.h"

enum { IMAGE_MAX = 1 << 17 };

struct image {
    size_t size;
    uint8_t bytes[IMAGE_MAX];
};

static inline void image_put(struct image *image, const void *from, size_t count, size_t size)
{
    size_t bytes = count * size;
    assert_true(image->size + bytes <= IMAGE_MAX);
    memcpy(image->bytes + image->size, from, bytes);
    image->size += bytes;
}

/* All of the world's state but `now`, `changed`, and cells, which are computed when asked for. */
static inline void take_image(const struct world *w, struct image *image)
{
    const struct world_spec *s = w->spec;
    const struct topology *t = w->topology;
    image->size = 0;
    image_put(image, &w->changed_at, 1, sizeof(w->changed_at));
    image_put(image, &w->changes, 1, sizeof(w->changes));
    image_put(image, &w->work, 1, sizeof(w->work));
    image_put(image, w->filings, FILING_STATE_COUNT, sizeof(w->filings[0]));
    image_put(image, w->holders, s->holder_count, sizeof(w->holders[0]));
    image_put(image, w->accounts, s->account_count, sizeof(w->accounts[0]));
    image_put(image, w->sites, s->site_count, sizeof(w->sites[0]));
    image_put(image, w->hosts, s->host_count, sizeof(w->hosts[0]));
    image_put(image, w->edge_first, s->edge_name_count, sizeof(w->edge_first[0]));
    image_put(image, w->edge_lost, s->edge_name_count, sizeof(w->edge_lost[0]));
    image_put(image, w->timers.heap, w->timers.len, sizeof(w->timers.heap[0]));
    image_put(image, w->timers.place, w->timers.slots, sizeof(w->timers.place[0]));
    image_put(image, &w->timers.seq_next, 1, sizeof(w->timers.seq_next));
    image_put(image, w->pop_health, t->pop_count, sizeof(w->pop_health[0]));
    image_put(image, w->pop_seen, t->pop_count, sizeof(w->pop_seen[0]));
    image_put(image, w->watches, t->pop_count, sizeof(w->watches[0]));
    image_put(image, w->notices, t->pop_count, sizeof(w->notices[0]));
    image_put(image, w->pop_admin, t->pop_count, sizeof(w->pop_admin[0]));
    image_put(image, w->region_down, t->region_count, sizeof(w->region_down[0]));
    image_put(image, &w->carriers_down, 1, sizeof(w->carriers_down));
    image_put(image, w->region_carriers_down, t->region_count, sizeof(w->region_carriers_down[0]));
    image_put(image, w->partners, s->partner_count, sizeof(w->partners[0]));
    image_put(image, w->pops, t->pop_count, sizeof(w->pops[0]));
    for (unsigned f = 0; f < FAMILY_COUNT; f++) {
        const struct family_state *family = &w->families[f];
        image_put(image, &family->mainland_down, 1, sizeof(family->mainland_down));
        image_put(image, family->pop_down, t->pop_count, sizeof(family->pop_down[0]));
        image_put(image, family->region_down, t->region_count, sizeof(family->region_down[0]));
        image_put(image, &family->carriers_down, 1, sizeof(family->carriers_down));
        image_put(image, family->region_carriers_down, t->region_count,
                  sizeof(family->region_carriers_down[0]));
        image_put(image, family->pops, t->pop_count, sizeof(family->pops[0]));
    }
    image_put(image, w->addresses, (size_t)t->pop_count * FAMILY_COUNT * POP_POOL_MAX,
              sizeof(w->addresses[0]));
    image_put(image, w->in_use, (size_t)t->pop_count * FAMILY_COUNT, sizeof(w->in_use[0]));
    image_put(image, w->blocks, w->block_count, sizeof(w->blocks[0]));
    image_put(image, &w->block_count, 1, sizeof(w->block_count));
    image_put(image, &w->border_congested, 1, sizeof(w->border_congested));
    image_put(image, &w->message_generation, 1, sizeof(w->message_generation));
    image_put(image, &w->generation, 1, sizeof(w->generation));
    image_put(image, &w->class_count, 1, sizeof(w->class_count));
    image_put(image, &w->class_limit, 1, sizeof(w->class_limit));
    for (uint32_t i = 0; i < w->class_count; i++) {
        image_put(image, &w->classes[i].key, 1, sizeof(w->classes[i].key));
        image_put(image, &w->classes[i].hosts, 1, sizeof(w->classes[i].hosts));
    }
    image_put(image, w->host_marked, s->host_count, sizeof(w->host_marked[0]));
    if (w->spill.pop_count == 0) return;
    image_put(image, w->nearest_kbps, t->pop_count, sizeof(w->nearest_kbps[0]));
    image_put(image, w->pop_kbps, t->pop_count, sizeof(w->pop_kbps[0]));
    image_put(image, w->spill.bounds, (size_t)t->pop_count * t->pop_count,
              sizeof(w->spill.bounds[0]));
}

#endif
