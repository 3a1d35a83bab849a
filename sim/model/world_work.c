/* SPDX-License-Identifier: MIT
 * world_work.c: what is left of an event that reaches many sites: where its pass over them is. */
#include "world_internal.h"

enum { HOSTS_AT_ONCE = 8 };

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

uint32_t world_work_no_other(const struct world *w, const struct event *e, uint32_t site)
{
    (void)w;
    (void)e;
    (void)site;
    return CN_NONE32;
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
    CN_ASSERT(pass != NULL);
    w->work.pass = NULL;
    if (pass->end != NULL) pass->end(w, &w->work.event, w->work.refusal);
}

/* The next site is found first: what happens to this one may stop the pass. */
static void step(struct world *w)
{
    struct world_work *k = &w->work;
    uint32_t site = k->site;
    CN_ASSERT(k->pass != NULL);
    k->site = k->pass->next(w, &k->event, site);
    k->pass->site(w, &k->event, site);
}

/* --- the hosts of one site -------------------------------------------------------------------- */

static void follow_hosts(struct world *w)
{
    struct world_work *k = &w->work;
    for (unsigned i = 0; i < HOSTS_AT_ONCE && k->host < k->hosts_end; i++) {
        k->each(w, k->host++);
    }
    if (k->host < k->hosts_end) return;
    uint32_t site = w->hosts[k->hosts_end - 1].site;
    k->hosts_end = 0;
    k->behind(w, site);
}

void world_work_hosts(struct world *w, uint32_t site, void (*each)(struct world *w, uint32_t host),
                      void (*behind)(struct world *w, uint32_t site))
{
    const struct site_spec *spec = &w->spec->sites[site];
    struct world_work *k = &w->work;
    CN_ASSERT(k->hosts_end == 0);
    if (spec->host_count == 0) { /* an app */
        behind(w, site);
        return;
    }
    k->host = spec->host_first;
    k->hosts_end = spec->host_first + spec->host_count;
    k->each = each;
    k->behind = behind;
    if (spec->host_count <= HOSTS_AT_ONCE) follow_hosts(w);
}

/* --- sites that follow another one ------------------------------------------------------------ */

void world_work_group(struct world *w, uint32_t first)
{
    CN_ASSERT(w->work.group == 0);
    w->work.group = first + 1;
}

void world_work_chain(struct world *w)
{
    CN_ASSERT(w->work.chain == 0);
    w->work.chain = 1;
}

void world_work_partner(struct world *w, uint8_t partner)
{
    struct world_work *k = &w->work;
    if (w->spec->site_count == 0) return;
    CN_ASSERT(k->overseas <= 1);
    k->overseas = 1;
    k->partners = (uint16_t)(k->partners | 1U << partner);
}

static bool follows(const struct world *w)
{
    const struct world_work *k = &w->work;
    bool sites = k->overseas != 0 || k->group != 0 || k->chain != 0;
    return sites || k->hosts_end != 0 || k->then != NULL;
}

void world_work_then(struct world *w, uint32_t site, void (*then)(struct world *w, uint32_t site))
{
    CN_ASSERT(w->work.then == NULL);
    if (!follows(w)) {
        then(w, site);
        return;
    }
    w->work.then = then;
    w->work.then_site = site;
}

/* The sites of one partner after those of another. */
static void follow_partner(struct world *w)
{
    struct world_work *k = &w->work;
    uint32_t site = k->overseas - 1;
    uint8_t partner = 0;
    while ((k->partners & 1U << partner) == 0) {
        partner++;
    }
    if (k->overseas < w->spec->site_count) {
        k->overseas++;
    } else {
        k->partners = (uint16_t)(k->partners & (k->partners - 1U));
        k->overseas = k->partners != 0 ? 1 : 0;
    }
    world_overseas_in_partner(w, partner, site);
}

/* One of them. A site of the chain may have an edge name of its own, whose sites come first. */
static void follow_one(struct world *w)
{
    struct world_work *k = &w->work;
    if (k->hosts_end != 0) {
        follow_hosts(w);
    } else if (k->overseas != 0) {
        follow_partner(w);
    } else if (k->group != 0) {
        uint32_t site = k->group - 1;
        k->group = w->sites[site].next_of_edge + 1; /* CN_NONE32 plus one is none */
        world_class_in_group(w, site);
    } else if (k->chain != 0) {
        uint32_t site = k->chain - 1;
        k->chain = k->chain < w->spec->site_count ? k->chain + 1 : 0;
        world_class_in_chain(w, site);
    } else {
        void (*then)(struct world * w, uint32_t site) = k->then;
        k->then = NULL;
        then(w, k->then_site);
    }
}

void world_work_follow(struct world *w)
{
    while (follows(w)) {
        follow_one(w);
    }
}

/* --- going on --------------------------------------------------------------------------------- */

bool world_work_left(const struct world *w)
{
    return w->work.pass != NULL || follows(w) || world_load_unsettled(w);
}

/* Of what follows first, then of the pass, and then of the load. */
static void one(struct world *w)
{
    if (follows(w)) {
        follow_one(w);
    } else if (w->work.pass != NULL) {
        step(w);
    } else {
        world_load_step(w);
    }
}

/* A pass that has been everywhere takes no site to end. */
void world_work_some(struct world *w, uint32_t sites)
{
    while (world_work_left(w)) {
        bool over = w->work.pass != NULL && w->work.site == CN_NONE32;
        if (over && !follows(w)) {
            end_pass(w);
        } else if (sites-- == 0) {
            return;
        } else {
            one(w);
        }
    }
}
