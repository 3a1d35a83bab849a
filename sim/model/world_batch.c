/* SPDX-License-Identifier: MIT
 * world_batch.c: how fast a partner carries out what befalls a holder or an account with many sites
 * (FACTS C4.10, D1.2): all of them at once, or in batches over a time. Which batch a site is in is
 * drawn from the seed and its domain, so the order is the same in every run, and one site more
 * moves no other. */
#include "cnedge/base/rng.h"
#include "world_internal.h"

simdur world_batch_delay(struct world *w, uint32_t site)
{
    const struct choices *c = w->choices;
    if (c->partner_batches <= 1) return (simdur){0};
    const char *domain = w->spec->sites[site].domain;
    uint64_t draw = rng_draw(w->spec->seed, domain, "partner_batch", w->sites[site].draws++);
    int64_t batch = rng_between(draw, 0, (int64_t)c->partner_batches - 1);
    simdur interval =
        choices_draw(c->batch_interval, w->spec->seed, "partner", "batch_interval", 0);
    return (simdur){batch * interval.ns};
}

/* From now on the site is treated as its account and its holder are. */
static void carry_out(struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    struct site *s = &w->sites[site];
    s->subscription = w->accounts[spec->account].subscription;
    s->by_holder = spec->holder != CN_NONE32 && w->holders[spec->holder].suspended;
}

void world_batch_start(struct world *w)
{
    for (uint32_t s = 0; s < w->spec->site_count; s++) {
        carry_out(w, s);
    }
}

void world_batch_site(struct world *w, uint32_t site)
{
    if (world_timer_is_set(w, TIMER_BATCH, site)) return; /* its batch will see how things stand */
    simdur delay = world_batch_delay(w, site);
    if (delay.ns > 0) {
        world_set_timer(w, TIMER_BATCH, site, simtime_add(w->now, delay));
        return;
    }
    carry_out(w, site);
    world_class_site(w, site);
}

bool world_batch_pending(const struct world *w, uint32_t site)
{
    return world_timer_is_set(w, TIMER_BATCH, site);
}

enum refusal world_batch_due(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    world_clear_timer(w, TIMER_BATCH, e->site);
    carry_out(w, e->site);
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}
