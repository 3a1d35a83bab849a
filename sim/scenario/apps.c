/* SPDX-License-Identifier: MIT
 * Apps: filings that are no site's, and the sites that stand under them. */
#include "apps.h"

/* The first of a set of providers that is a partner. */
static uint8_t partner_of(const struct load *l, uint32_t accesses)
{
    for (uint8_t p = 0; p < l->world->partner_count; p++) {
        if ((accesses & 1U << p) != 0) return p;
    }
    return 0;
}

/* An app: a site without names, to whose filing happens what happens to a site's. */
static struct site_spec app_spec(const struct load *l, uint32_t filing)
{
    static const uint8_t apex[] = "\3app"; /* nobody asks for it: it is in no index */
    const struct load_filing *f = &l->filing[filing];
    uint8_t partner = partner_of(l, f->accesses);
    return (struct site_spec){.domain = f->id,
                              .apex = apex,
                              .app = true,
                              .online_since = f->online_since,
                              .holder = f->holder,
                              .partner = partner,
                              .name_group = CN_NONE32,
                              .edge_name = CN_NONE32,
                              .number = f->number,
                              .filing = f->state,
                              .accesses = f->accesses != 0 ? f->accesses : 1U << partner,
                              .vetting = VETTING_NOT_SUBMITTED,
                              .psb = PSB_NOT_DUE,
                              .coverage = (enum coverage)l->world->choices.coverage,
                              .policy = POLICY_REROUTE_OVERSEAS,
                              .order = f->order,
                              .entry = filing,
                              .registrar_ok = true,
                              .realname_matches = true,
                              .domain_expires = {INT64_MAX},
                              .resource_until = {INT64_MAX}};
}

uint32_t apps_count(const struct load *l)
{
    uint32_t apps = 0;
    for (size_t i = 0; i < l->filings.count; i++) {
        apps += l->filing[i].is_app ? 1 : 0;
    }
    return apps;
}

void apps_declare(struct load *l, struct site_spec *sites, uint32_t first)
{
    for (uint32_t i = 0; i < l->filings.count; i++) {
        if (!l->filing[i].is_app) continue;
        l->filing[i].app = first;
        sites[first] = app_spec(l, i);
        sites[first].domain = load_copy(l, l->filing[i].id);
        names_add(&l->apps, sites[first].domain, first);
        first++;
    }
}

void apps_cover(struct site_spec *sites, const struct load_filing *f, struct site_spec *s)
{
    struct site_spec *app = &sites[f->app];
    if (f->accesses == 0 && !app->entry_shared) { /* the first one says who the partner is */
        app->partner = s->partner;
        app->accesses = s->accesses;
    }
    app->entry_shared = true;
    s->entry_shared = true;
    s->app_of = f->app + 1;
    s->holder = app->holder;
    s->number = app->number;
    s->filing = app->filing;
    s->accesses = app->accesses;
    s->order = app->order;
    s->entry = app->entry;
}
