/* SPDX-License-Identifier: MIT
 * world_work.c: what is left of an event that reaches many sites: where its pass over them is. */
#include "world_internal.h"

uint32_t world_work_of_holder(const struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    return w->sites[site].next_of_holder;
}

uint32_t world_work_of_account(const struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    return w->sites[site].next_of_account;
}

void world_work_begin(struct world *w, const struct world_pass *pass, const struct event *e,
                      uint32_t first)
{
    CN_ASSERT(w->work.pass == NULL);
    struct event own = *e; /* it may be the work's */
    w->work.pass = pass;
    w->work.site = first;
    w->work.event = own;
}

void world_work_ends(struct world *w, enum refusal refusal)
{
    w->work.refusal = refusal;
}

void world_work_stop(struct world *w)
{
    w->work.site = CN_NONE32;
}

/* The pass is over before its end is told of: that may begin the next one. */
static void end_pass(struct world *w)
{
    const struct world_pass *pass = w->work.pass;
    w->work.pass = NULL;
    if (pass->end != NULL) pass->end(w, &w->work.event, w->work.refusal);
}

/* The next site is found first: what happens to this one may stop the pass. */
static void step(struct world *w)
{
    struct world_work *k = &w->work;
    uint32_t site = k->site;
    k->site = k->pass->next(w, &k->event, site);
    k->pass->site(w, &k->event, site);
}

void world_work_some(struct world *w, uint32_t sites)
{
    while (w->work.pass != NULL) {
        if (w->work.site == CN_NONE32) {
            end_pass(w);
        } else if (sites-- > 0) {
            step(w);
        } else {
            return;
        }
    }
}
