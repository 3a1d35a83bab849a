/* SPDX-License-Identifier: MIT
 * verify_orbit.c: which sites differ in nothing but their names. */
#include <string.h>

#include "verify_internal.h"

/* What never changes of a site and its hosts, without names and the filing's number. Members that
 * are added to the specifications count, as they are: pointers to something of a site's own keep
 * it apart. */
static uint64_t kin_of(const struct world_spec *w, uint32_t site)
{
    struct verify_digest d = {3, 4};
    struct site_spec s;
    memcpy(&s, &w->sites[site], sizeof(s));
    const uint8_t *parent = dname_parent(s.apex);
    verify_state_mix(&d, parent, dname_len(parent));
    s.domain = s.number = s.psb_number = NULL;
    s.apex = NULL;
    s.host_first = 0;
    if (!s.entry_shared) s.entry = 0;
    if (s.dedicated_count == 0) s.dedicated = NULL;
    verify_state_mix(&d, &s, sizeof(s));
    for (uint32_t i = 0; i < s.host_count; i++) {
        struct host_spec h;
        memcpy(&h, &w->hosts[w->sites[site].host_first + i], sizeof(h));
        h.name = NULL;
        h.site = 0;
        verify_state_mix(&d, &h, sizeof(h));
    }
    return d.a ^ d.b;
}

static void note_name(struct verify_orbits *o, const struct world_spec *w, uint32_t i)
{
    const struct event *e = &o->scenario->events[i].event;
    uint32_t site = e->host != CN_NONE32 ? w->hosts[e->host].site : e->site;
    if (site != CN_NONE32) o->last[site] = i + 1;
}

bool verify_orbit_init(struct verify_orbits *o, struct arena *a, const struct scenario *s,
                       const struct world_spec *spec)
{
    uint32_t size = 16;
    while (size < 2 * spec->site_count) {
        size *= 2;
    }
    o->scenario = s;
    o->slot_mask = size - 1;
    o->last = arena_get(a, spec->site_count, sizeof(*o->last));
    o->kin = arena_get(a, spec->site_count, sizeof(*o->kin));
    o->marks = arena_get(a, spec->site_count, sizeof(*o->marks));
    o->slots = arena_get(a, size, sizeof(*o->slots));
    if (a->failed) return false;
    for (uint32_t i = 0; i < spec->site_count; i++) {
        o->kin[i] = kin_of(spec, i);
    }
    for (uint32_t i = 0; i < s->event_count; i++) {
        note_name(o, spec, i);
    }
    return true;
}

/* What a site's state is just now, with its hosts and timers. */
static uint64_t mark_of(const struct verify_orbits *o, const struct world *w, uint32_t site)
{
    struct verify_digest d = {o->kin[site], 5};
    struct site s;
    memcpy(&s, &w->sites[site], sizeof(s));
    s.next_of_holder = s.next_of_account = s.next_of_edge = 0;
    verify_state_mix(&d, &s, sizeof(s));
    for (int t = 0; t < SITE_TIMER_COUNT; t++) {
        simtime at = world_site_timer_at(w, (enum site_timer)t, site);
        verify_state_mix(&d, &at, sizeof(at));
    }
    const struct site_spec *spec = &w->spec->sites[site];
    for (uint32_t i = 0; i < spec->host_count; i++) {
        struct host h;
        memcpy(&h, &w->hosts[spec->host_first + i], sizeof(h));
        const struct host_class *key = &w->classes[h.class_].key;
        simtime at = world_host_timer_at(w, spec->host_first + i);
        h.site = 0;
        h.class_ = 0;
        verify_state_mix(&d, &h, sizeof(h));
        verify_state_mix(&d, key, sizeof(*key));
        verify_state_mix(&d, &at, sizeof(at));
    }
    return d.a ^ d.b;
}

/* The site that stands for those with this mark; `site` itself when it is the first. */
static uint32_t first_with(struct verify_orbits *o, uint32_t site)
{
    uint32_t i = (uint32_t)o->marks[site] & o->slot_mask;
    while (o->slots[i] != 0) {
        uint32_t other = o->slots[i] - 1;
        if (o->marks[other] == o->marks[site]) return other;
        i = (i + 1) & o->slot_mask;
    }
    o->slots[i] = site + 1;
    return site;
}

void verify_orbit_weigh(struct verify_orbits *o, const struct world *w, uint32_t next,
                        uint32_t *weights)
{
    memset(o->slots, 0, ((size_t)o->slot_mask + 1) * sizeof(*o->slots));
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        weights[i] = 1;
        bool alone = o->off || w->spec->product_count > 0; /* products name sites and hosts */
        if (alone || o->last[i] > next) continue; /* it is named later: it stands for itself */
        o->marks[i] = mark_of(o, w, i);
        uint32_t first = first_with(o, i);
        if (first == i) continue;
        weights[i] = 0;
        weights[first]++;
    }
}
