/* SPDX-License-Identifier: MIT */
#include "verify_internal.h"

static const struct verify_fault_info infos[VERIFY_FAULT_COUNT] = {
#define X(kind, over, arg) {EV_##kind, over, arg},
    VERIFY_FAULTS(X)
#undef X
};

const struct verify_fault_info *verify_faults_info(uint32_t row)
{
    CN_ASSERT(row < VERIFY_FAULT_COUNT);
    return &infos[row];
}

const char *verify_faults_over_name(enum verify_over o)
{
    static const char *const names[] = {[OVER_NOTHING] = "",
                                        [OVER_POP] = "pop",
                                        [OVER_REGION] = "province",
                                        [OVER_CARRIER] = "carrier",
                                        [OVER_REGION_CARRIER] = "carrier in a province",
                                        [OVER_SITE] = "site",
                                        [OVER_HOST] = "host",
                                        [OVER_HOLDER] = "holder",
                                        [OVER_ACCOUNT] = "account",
                                        [OVER_PARTNER] = "partner",
                                        [OVER_MAINLAND_POP] = "mainland pop",
                                        [OVER_PACKAGE] = "package",
                                        [OVER_PRODUCT] = "product",
                                        [OVER_ACCESS] = "provider of a site",
                                        [OVER_DEDICATED] = "address of a site"};
    CN_ASSERT(o < CN_ARRAY_LEN(names));
    return names[o];
}

/* The carriers that PoPs of a region have, or of all regions. */
static uint16_t carriers_of(const struct topology *t, uint16_t region)
{
    uint16_t carriers = 0;
    for (uint16_t i = 0; i < t->pop_count; i++) {
        if (t->pops[i].region == CN_NONE16) continue;
        if (region == CN_NONE16 || t->pops[i].region == region) carriers |= t->pops[i].carriers;
    }
    return carriers;
}

/* How many objects there are at most. */
static uint32_t object_count(const struct world_spec *w, enum verify_over over)
{
    switch (over) {
    case OVER_NOTHING:
        return 1;
    case OVER_POP:
    case OVER_MAINLAND_POP:
        return w->topology->pop_count;
    case OVER_PACKAGE:
        return w->package_count;
    case OVER_PRODUCT:
        return w->product_count;
    case OVER_REGION:
        return w->topology->region_count;
    case OVER_CARRIER:
        return CARRIER_COUNT;
    case OVER_REGION_CARRIER:
        return (uint32_t)w->topology->region_count * CARRIER_COUNT;
    case OVER_SITE:
        return w->site_count;
    case OVER_HOST:
        return w->host_count;
    case OVER_HOLDER:
        return w->holder_count;
    case OVER_ACCOUNT:
        return w->account_count;
    case OVER_ACCESS:
        return w->site_count * w->provider_count;
    case OVER_DEDICATED:
        return w->site_count * SPEC_DEDICATED_MAX;
    case OVER_PARTNER:
        break;
    }
    return w->partner_count > 1 ? w->partner_count : 0;
}

/* A carrier's outage; CARRIER_COUNT outages in each of the regions, or everywhere. */
static bool name_carrier(const struct topology *t, uint16_t region, uint32_t carrier,
                         struct event *e)
{
    e->region = region;
    e->carrier = (uint16_t)carrier;
    return (carriers_of(t, region) >> carrier & 1U) != 0;
}

static bool name_site(const struct world_spec *w, uint32_t site, struct verify_fault *f)
{
    f->event.site = f->site = site;
    f->event.scope = SCOPE_SITE;
    return !w->sites[site].app || (event_info(f->event.kind)->required & PARAM_APP) != 0;
}

/* The i-th address of a site's own: its family, and its number within that. */
static bool name_dedicated(const struct world_spec *w, uint32_t site, uint32_t i,
                           struct verify_fault *f)
{
    const struct site_spec *s = &w->sites[site];
    if (i >= s->dedicated_count) return false;
    f->event.site = f->site = site;
    f->event.family = s->dedicated[i].v6 ? FAMILY_V6 : FAMILY_V4;
    f->event.address = 0;
    for (uint32_t k = 0; k < i; k++) {
        if (s->dedicated[k].v6 == s->dedicated[i].v6) f->event.address++;
    }
    return true;
}

/* Makes the fault be about the i-th object; false when it would be about nothing. */
static bool name_object(const struct world_spec *w, enum verify_over over, uint32_t i,
                        struct verify_fault *f)
{
    const struct topology *t = w->topology;
    struct event *e = &f->event;
    switch (over) {
    case OVER_NOTHING:
        e->scope = SCOPE_EVERYONE;
        return true;
    case OVER_POP:
        e->pop = (uint16_t)i;
        return true;
    case OVER_REGION:
        e->region = (uint16_t)i;
        return carriers_of(t, e->region) != 0;
    case OVER_CARRIER:
        return name_carrier(t, CN_NONE16, i, e);
    case OVER_REGION_CARRIER:
        return name_carrier(t, (uint16_t)(i / CARRIER_COUNT), i % CARRIER_COUNT, e);
    case OVER_ACCESS:
        e->provider = (uint16_t)(i % w->provider_count);
        return name_site(w, i / w->provider_count, f);
    case OVER_SITE:
        return name_site(w, i, f);
    case OVER_HOST:
        e->host = i;
        f->site = w->hosts[i].site;
        return w->hosts[i].cname == NULL;
    case OVER_HOLDER:
        e->holder = i;
        e->scope = SCOPE_HOLDER;
        return true;
    case OVER_ACCOUNT:
        e->account = i;
        e->scope = SCOPE_ACCOUNT;
        return true;
    case OVER_MAINLAND_POP:
        e->pop = (uint16_t)i;
        return t->pops[i].class_ == POP_MAINLAND && t->pops[i].v4_count > 1;
    case OVER_DEDICATED:
        return name_dedicated(w, i / SPEC_DEDICATED_MAX, i % SPEC_DEDICATED_MAX, f);
    case OVER_PACKAGE:
        e->package = (uint16_t)i;
        return true;
    case OVER_PRODUCT:
        e->product = (uint16_t)i;
        return true;
    case OVER_PARTNER:
        break;
    }
    e->partner = (uint16_t)i;
    e->scope = SCOPE_PARTNER;
    return true;
}

static struct verify_fault fault_of(uint32_t row)
{
    const struct event_info *kind = event_info(infos[row].kind);
    uint32_t params = kind->required | kind->optional;
    struct verify_fault f = {event_make(infos[row].kind, SIMTIME_START), row, CN_NONE32};
    if ((params & PARAM_CAUSE) != 0) f.event.cause = infos[row].arg;
    if ((params & PARAM_COVERAGE) != 0) f.event.coverage = infos[row].arg;
    if ((params & (PARAM_FAMILY | PARAM_ADDRESS)) != 0) f.event.family = infos[row].arg;
    return f;
}

/* Whether the event names everything that its kind requires. */
static bool complete(const struct event *e)
{
    uint32_t need = event_info(e->kind)->required;
    uint32_t has = PARAM_COVERAGE | PARAM_FAMILY | PARAM_ADDRESS;
    has |= e->site != CN_NONE32 ? PARAM_FILED : 0U;
    has |= e->provider != CN_NONE16 ? PARAM_PROVIDER : 0U;
    has |= e->host != CN_NONE32 ? PARAM_HOST : 0U;
    has |= e->holder != CN_NONE32 ? PARAM_HOLDER : 0U;
    has |= e->account != CN_NONE32 ? PARAM_ACCOUNT : 0U;
    has |= e->pop != CN_NONE16 ? PARAM_POP : 0U;
    has |= e->region != CN_NONE16 ? PARAM_REGION : 0U;
    has |= e->carrier != CN_NONE16 ? PARAM_CARRIER : 0U;
    has |= e->partner != CN_NONE16 ? PARAM_PARTNER : 0U;
    has |= e->package != CN_NONE16 ? PARAM_PACKAGE : 0U;
    has |= e->product != CN_NONE16 ? PARAM_PRODUCT : 0U;
    has |= e->scope != SCOPE_NONE ? PARAM_SCOPE : 0U;
    return (need & ~has) == 0;
}

const struct verify_fault *verify_faults_list(struct arena *a, const struct world_spec *spec,
                                              uint32_t *count)
{
    size_t most = 0;
    *count = 0;
    for (uint32_t row = 0; row < VERIFY_FAULT_COUNT; row++) {
        most += object_count(spec, infos[row].over);
    }
    struct verify_fault *list = arena_get(a, most, sizeof(*list));
    if (list == NULL) return NULL;
    for (uint32_t row = 0; row < VERIFY_FAULT_COUNT; row++) {
        for (uint32_t i = 0; i < object_count(spec, infos[row].over); i++) {
            struct verify_fault f = fault_of(row);
            if (!name_object(spec, infos[row].over, i, &f)) continue;
            if ((event_info(f.event.kind)->required & PARAM_SCOPE) == 0) f.event.scope = SCOPE_NONE;
            CN_ASSERT(complete(&f.event)); /* else a line of VERIFY_FAULTS is wrong */
            list[(*count)++] = f;
        }
    }
    return list;
}
