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
static uint64_t count_names(const struct world *w)
{
    const struct world_spec *s = w->spec;
    uint64_t n = s->site_count + 1;
    for (uint32_t i = 0; i < s->host_count; i++) {
        const struct host_spec *h = &s->hosts[i];
        n += dname_labels(h->name) - dname_labels(s->sites[h->site].apex) + 1;
        if (w->cdn_zone != NULL && w->cdn_names[i] != NULL) n += dname_labels(h->name);
    }
    return n;
}

/* The CDN's zone: its apex, the hosts' second names, and the empty non-terminals between. */
static void add_cdn(struct world *w)
{
    struct name_slot *apex = add(w, w->cdn_zone, CN_NONE32);
    apex->apex = true;
    apex->cdn = true;
    for (uint32_t i = 0; i < w->spec->host_count; i++) {
        const uint8_t *name = w->cdn_names[i];
        if (name == NULL) continue;
        struct name_slot *slot = add(w, name, CN_NONE32);
        slot->cdn = true;
        slot->host = i;
        slot->site = w->spec->hosts[i].site;
        while (!dname_equal(name, w->cdn_zone)) {
            name = dname_parent(name);
            slot = add(w, name, CN_NONE32);
            slot->cdn = true;
            slot->below += w->spec->hosts[i].active ? 1 : 0;
        }
    }
}

bool world_names_build(struct world *w, struct arena *a)
{
    const struct world_spec *s = w->spec;
    uint64_t size = 16;
    while (size < 2 * count_names(w)) {
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
        w->wildcards = w->wildcards || dname_is_wildcard(name);
        while (!dname_equal(name, s->sites[site].apex)) {
            name = dname_parent(name);
            add(w, name, site)->below += s->hosts[i].active ? 1 : 0;
        }
    }
    if (w->cdn_zone != NULL) add_cdn(w);
    return true;
}

static void come_below(struct world *w, const uint8_t *name, const uint8_t *apex)
{
    while (!dname_equal(name, apex)) {
        name = dname_parent(name);
        slot_of(w, name)->below++;
    }
}

void world_names_come(struct world *w, uint32_t host)
{
    const struct host_spec *h = &w->spec->hosts[host];
    come_below(w, h->name, w->spec->sites[h->site].apex);
    if (w->cdn_zone != NULL && w->cdn_names[host] != NULL) {
        come_below(w, w->cdn_names[host], w->cdn_zone);
    }
}

const struct name_slot *world_names_find(const struct world *w, const uint8_t *name)
{
    const struct name_slot *slot = slot_of(w, name);
    return slot->name != NULL ? slot : NULL;
}

bool world_names_has(const struct world *w, const uint8_t *name)
{
    return world_names_find(w, name) != NULL;
}
