/* SPDX-License-Identifier: MIT
 * world_names.c: the name index: every apex, host and empty non-terminal, by open addressing. */
#include "world_internal.h"

#include "cnedge/base/rng.h"

static uint32_t home_of(const struct world *w, const uint8_t *name)
{
    return (uint32_t)rng_hash(0, name, dname_len(name)) & w->name_mask;
}

/* The slot that holds the name, or the free one where it belongs. */
static struct name_slot *slot_of(const struct world *w, const uint8_t *name)
{
    uint32_t i = home_of(w, name);
    while (w->names[i].name != NULL && !dname_equal(w->names[i].name, name)) {
        i = (i + 1) & w->name_mask;
    }
    return &w->names[i];
}

static struct name_slot *add(struct world *w, const uint8_t *name, uint32_t site)
{
    struct name_slot *slot = slot_of(w, name);
    if (slot->name != NULL) return slot;
    *slot = (struct name_slot){.name = name, .site = site, .host = CN_NONE32};
    return slot;
}

/* Names to be held at most: apexes, hosts and every name between a host and its apex. */
static uint64_t count_names(const struct world_spec *s)
{
    uint64_t n = s->site_count;
    for (uint32_t i = 0; i < s->host_count; i++) {
        const struct host_spec *h = &s->hosts[i];
        n += dname_labels(h->name) - dname_labels(s->sites[h->site].apex) + 1;
    }
    return n;
}

bool world_names_build(struct world *w, struct arena *a)
{
    const struct world_spec *s = w->spec;
    uint64_t size = 16;
    while (size < 2 * count_names(s)) {
        size *= 2;
    }
    CN_ASSERT(size <= UINT32_MAX);
    w->names = arena_get(a, size, sizeof(*w->names));
    if (w->names == NULL) return false;
    w->name_mask = (uint32_t)size - 1;
    for (uint32_t i = 0; i < s->site_count - s->app_count; i++) {
        add(w, s->sites[i].apex, i)->apex = true;
    }
    for (uint32_t i = 0; i < s->host_count; i++) {
        uint32_t site = s->hosts[i].site;
        const uint8_t *name = s->hosts[i].name;
        add(w, name, site)->host = i;
        while (!dname_equal(name, s->sites[site].apex)) {
            name = dname_parent(name);
            add(w, name, site)->below += s->hosts[i].active ? 1 : 0;
        }
    }
    return true;
}

void world_names_come(struct world *w, uint32_t host)
{
    const struct host_spec *h = &w->spec->hosts[host];
    const uint8_t *name = h->name;
    while (!dname_equal(name, w->spec->sites[h->site].apex)) {
        name = dname_parent(name);
        slot_of(w, name)->below++;
    }
}

const struct name_slot *world_names_find(const struct world *w, const uint8_t *name)
{
    const struct name_slot *slot = slot_of(w, name);
    return slot->name != NULL ? slot : NULL;
}
