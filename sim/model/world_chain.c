/* SPDX-License-Identifier: MIT
 * world_chain.c: hosts of partial set-up (FACTS A1, C1, C3): aliases of a second name in the CDN's
 * zone, HOST.cdn_zone, at which the routed addresses stand.
 *
 * A mainland edge needs a filing for every name of the chain, the CDN's own domain included
 * (D AK4). That one is a site like any other, when the scenario has one whose domain contains the
 * zone; else it is taken to be in order. */
#include "world_internal.h"

#include <string.h>

const uint8_t *world_target(const struct world *w, uint32_t host)
{
    const uint8_t *cname = w->spec->hosts[host].cname;
    if (cname != NULL || w->cdn_names == NULL) return cname;
    bool closed = w->sites[w->spec->hosts[host].site].closed; /* the CNAME is the customer's */
    return closed ? NULL : w->cdn_names[host];
}

bool world_chain_crosses(const struct world *w, uint32_t site, uint16_t line)
{
    if (world_dns_crosses(w, line)) return true;
    if (site == CN_NONE32 || w->spec->sites[site].setup != SETUP_PARTIAL) return false;
    if (line == w->topology->unknown_line) line = w->spec->unknown_line;
    return w->topology->lines[line].zone == ZONE_MAINLAND;
}

/* --- filing ----------------------------------------------------------------------------------- */

static bool was_lost(const struct site *s)
{
    switch (s->status_filing) {
    case FILING_REVOKED:
    case FILING_DEREGISTERED:
    case FILING_ACCESS_CANCELLED:
    case FILING_SHELL_SITE:
    case FILING_SHELL_SUBJECT:
        return true;
    default:
        return s->status_access == ACCESS_CANCELLED;
    }
}

static enum chain_state state_of_cdn(const struct world *w)
{
    if (w->cdn_site == CN_NONE32) return CHAIN_FILED;
    const struct site *s = &w->sites[w->cdn_site];
    if (s->blacklisted) return CHAIN_BLACKLISTED;
    if (s->expired) return CHAIN_LOST;
    bool unknown = s->status == STATUS_UNKNOWN;
    uint8_t status = unknown ? s->kept : s->status;
    if (status == STATUS_OK) return unknown && s->grace_over ? CHAIN_MISSING : CHAIN_FILED;
    return was_lost(s) ? CHAIN_LOST : CHAIN_MISSING;
}

enum chain_state world_chain_state(const struct world *w, uint32_t site)
{
    return w->spec->sites[site].setup == SETUP_PARTIAL ? state_of_cdn(w) : CHAIN_NONE;
}

bool world_chain_moved(struct world *w)
{
    uint8_t now = (uint8_t)state_of_cdn(w);
    bool moved = now != w->chain;
    w->chain = now;
    return moved;
}

/* --- names ------------------------------------------------------------------------------------ */

static const uint8_t *copy(struct arena *a, const uint8_t *name, size_t len)
{
    uint8_t *out = arena_get(a, len, 1);
    if (out != NULL) memcpy(out, name, len);
    return out;
}

bool world_chain_name(const uint8_t *host, const uint8_t *cdn_zone, uint8_t out[DNAME_MAX])
{
    static const uint8_t all[] = {3, 'a', 'l', 'l'};
    size_t n = 0;
    if (dname_is_wildcard(host)) {
        n = sizeof(all);
        memcpy(out, all, n);
        host = dname_parent(host);
    }
    size_t before = dname_len(host) - 1;
    size_t zone = dname_len(cdn_zone);
    if (n + before + zone > DNAME_MAX) return false;
    memcpy(out + n, host, before);
    memcpy(out + n + before, cdn_zone, zone);
    return true;
}

/* The loader has seen to it that it is not too long. */
static const uint8_t *second_name(const struct world *w, struct arena *a, const uint8_t *host)
{
    uint8_t name[DNAME_MAX];
    bool fits = world_chain_name(host, w->cdn_zone, name);
    CN_ASSERT(fits);
    return copy(a, name, dname_len(name));
}

static bool any_partial(const struct world_spec *s)
{
    for (uint32_t i = 0; i < s->site_count; i++) {
        if (s->sites[i].setup == SETUP_PARTIAL) return true;
    }
    return false;
}

/* The site with the longest domain that contains the zone. */
static uint32_t site_about(const struct world *w)
{
    uint32_t best = CN_NONE32;
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        const uint8_t *apex = w->spec->sites[i].apex;
        if (w->spec->sites[i].app || !dname_within(w->cdn_zone, apex)) continue;
        if (best == CN_NONE32 || dname_len(apex) > dname_len(w->spec->sites[best].apex)) best = i;
    }
    return best;
}

bool world_chain_build(struct world *w, struct arena *a)
{
    const struct world_spec *s = w->spec;
    uint8_t zone[DNAME_MAX];
    w->cdn_site = CN_NONE32;
    if (!any_partial(s)) return true;
    size_t len = dname_from_text(s->choices.cdn_zone.text, zone);
    CN_ASSERT(len > 0);
    w->cdn_zone = copy(a, zone, len);
    w->cdn_names = arena_get(a, s->host_count, sizeof(*w->cdn_names));
    if (a->failed) return false;
    for (uint32_t i = 0; i < s->host_count; i++) {
        bool partial = s->sites[s->hosts[i].site].setup == SETUP_PARTIAL;
        if (!partial || s->hosts[i].cname != NULL) continue;
        w->cdn_names[i] = second_name(w, a, s->hosts[i].name);
    }
    w->cdn_site = site_about(w);
    return !a->failed;
}
