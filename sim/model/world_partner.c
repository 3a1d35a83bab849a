/* SPDX-License-Identifier: MIT
 * world_partner.c: partners within the world: outages, suspensions by scope, the end of a contract,
 * and the move of sites from one partner to another (FACTS 0.7, A6, B5). */
#include "world_internal.h"

/* --- outages: the network is broken, the right to use it is not ------------------------------- */

/* Whether the authority takes the partner's network for out. */
bool world_partner_out(const struct world *w, uint8_t partner)
{
    return w->partners[partner].detected || w->partners[partner].declared;
}

/* Finds out, at once or later; never, where that is left to an operator. */
static void detect(struct world *w, uint8_t partner)
{
    struct partner *p = &w->partners[partner];
    const struct choices *c = w->choices;
    if (c->outage_authority == OUTAGE_OPERATOR || world_health_detects(w)) return;
    simdur d = world_draw_for(w, w->spec->partners[partner].id, c->outage_detection,
                              "outage_detection", p->draws++);
    p->detected = d.ns == 0;
    if (!p->detected) world_set_partner_timer(w, partner, simtime_add(w->now, d));
}

static void set_down(struct world *w, uint8_t partner, bool down)
{
    struct partner *p = &w->partners[partner];
    p->down = down;
    p->detected = false;
    world_clear_partner_timer(w, partner);
    if (down) detect(w, partner);
}

/* One partner's, or with `partner` CN_NONE16 every partner's. */
enum refusal world_partner_outage(struct world *w, const struct event *e, int down)
{
    enum refusal refusal = REFUSAL_OUTAGE_BAD_STATE;
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (e->partner != CN_NONE16 && e->partner != i) continue;
        if (w->partners[i].down == (down != 0)) continue;
        set_down(w, i, down != 0);
        refusal = REFUSAL_NONE;
    }
    if (refusal == REFUSAL_NONE) world_network_refresh(w, false);
    return refusal;
}

enum refusal world_partner_found(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    world_clear_partner_timer(w, (uint8_t)e->partner);
    w->partners[e->partner].detected = true;
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

/* What an operator says holds until it is taken back, whatever the network does. */
enum refusal world_partner_declare(struct world *w, const struct event *e, int on)
{
    struct partner *p = &w->partners[e->partner];
    if (p->declared == (on != 0)) return REFUSAL_OUTAGE_BAD_STATE;
    p->declared = on != 0;
    world_network_refresh(w, false);
    return REFUSAL_NONE;
}

/* --- suspension, by whom it reaches ----------------------------------------------------------- */

static enum refusal suspend_site(struct world *w, uint32_t site, bool on)
{
    if (w->sites[site].suspended == on) return REFUSAL_SUSPENSION_BAD_STATE;
    w->sites[site].suspended = on;
    world_class_site(w, site);
    return REFUSAL_NONE;
}

static void reach_site(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    world_batch_site(w, site);
}

static const struct world_pass of_holder = {world_work_of_holder, reach_site, NULL};

static enum refusal suspend_holder(struct world *w, const struct event *e, bool on)
{
    struct holder *h = &w->holders[e->holder];
    if (h->suspended == on) return REFUSAL_SUSPENSION_BAD_STATE;
    h->suspended = on;
    world_work_begin(w, &of_holder, e, h->site_first);
    return REFUSAL_NONE;
}

/* A few stores and a new generation: no site is touched. `partner` CN_NONE16: all of them, as far
 * as it is legal; refused when it is for none. */
static enum refusal step_partners(struct world *w, uint16_t partner, enum partner_event event)
{
    enum refusal refusal = REFUSAL_NONE;
    bool any = false;
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (partner != CN_NONE16 && partner != i) continue;
        struct partner_step step = partner_step((enum partner_state)w->partners[i].state, event);
        w->partners[i].state = (uint8_t)step.to;
        if (refusal == REFUSAL_NONE) refusal = step.refusal;
        any = any || step.refusal == REFUSAL_NONE;
    }
    if (!any) return refusal;
    w->generation++;
    w->changed.network = true;
    for (uint8_t i = 0; i < w->spec->partner_count; i++) {
        if (partner == CN_NONE16 || partner == i) world_overseas_partner(w, i);
    }
    return REFUSAL_NONE;
}

enum refusal world_partner_suspend(struct world *w, const struct event *e, int on)
{
    switch (e->scope) {
    case SCOPE_SITE:
        return suspend_site(w, e->site, on != 0);
    case SCOPE_HOLDER:
        return suspend_holder(w, e, on != 0);
    case SCOPE_ACCOUNT:
        return world_onboard_account(w, e, on ? SUBSCRIPTION_EV_SUSPEND : SUBSCRIPTION_EV_RESUME);
    case SCOPE_PARTNER:
    case SCOPE_EVERYONE:
        return step_partners(w, e->partner, on ? PARTNER_EV_SUSPEND : PARTNER_EV_RESUME);
    case SCOPE_NONE:
        break;
    }
    CN_ASSERT(e->scope != SCOPE_NONE);
    return REFUSAL_SUSPENSION_BAD_STATE;
}

enum refusal world_partner_end(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    return step_partners(w, e->partner, PARTNER_EV_END);
}

enum partner_state world_partner_state(const struct world *w, const struct host_class *key)
{
    return (enum partner_state)w->partners[key->partner].state;
}

/* --- change of partner ------------------------------------------------------------------------ */

/* The new partner vets for itself, and its network has never heard of the hosts (FACTS A6: every
 * zone re-vetted, new addresses). What the old partner did to the site is its own affair. */
static void move_site(struct world *w, uint32_t site, uint16_t to)
{
    w->sites[site].partner = (uint8_t)to;
    w->sites[site].suspended = false;
    world_filing_look(w, site);
    world_work_then(w, site, world_onboard_reset);
}

/* A filing must have been added at the new partner before the site can go there (FACTS D1.34); a
 * site without one may go and file there. */
static bool may_move(const struct world *w, uint32_t site, uint16_t to)
{
    return !filing_has_number((enum filing_state)w->sites[site].filing) ||
           world_access_at(w, site, to) == ACCESS_ACTIVE;
}

static bool in_reach(const struct world *w, const struct event *e, uint32_t site)
{
    uint8_t partner = w->sites[site].partner;
    return partner != e->to && (e->scope != SCOPE_PARTNER || partner == e->partner);
}

static void check_site(struct world *w, const struct event *e, uint32_t site)
{
    if (!in_reach(w, e, site)) return;
    bool may = may_move(w, site, e->to);
    world_work_ends(w, may ? REFUSAL_NONE : REFUSAL_ACCESS_NOT_FILED);
    if (!may) world_work_stop(w);
}

static void set_site(struct world *w, const struct event *e, uint32_t site)
{
    if (in_reach(w, e, site)) move_site(w, site, e->to);
}

/* The next site that a scoped event may reach. */
static uint32_t next_in_scope(const struct world *w, const struct event *e, uint32_t site)
{
    switch (e->scope) {
    case SCOPE_HOLDER:
        return w->sites[site].next_of_holder;
    case SCOPE_ACCOUNT:
        return w->sites[site].next_of_account;
    case SCOPE_PARTNER:
    case SCOPE_EVERYONE:
        return site + 1 < w->spec->site_count ? site + 1 : CN_NONE32;
    case SCOPE_SITE:
    case SCOPE_NONE:
        break;
    }
    return CN_NONE32;
}

static uint32_t first_in_scope(const struct world *w, const struct event *e)
{
    switch (e->scope) {
    case SCOPE_SITE:
        return e->site;
    case SCOPE_HOLDER:
        return w->holders[e->holder].site_first;
    case SCOPE_ACCOUNT:
        return w->accounts[e->account].site_first;
    case SCOPE_PARTNER:
    case SCOPE_EVERYONE:
        return w->spec->site_count > 0 ? 0 : CN_NONE32;
    case SCOPE_NONE:
        break;
    }
    CN_ASSERT(e->scope != SCOPE_NONE);
    return CN_NONE32;
}

static const struct world_pass setting = {next_in_scope, set_site, NULL};

static void set_all(struct world *w, const struct event *e, enum refusal refusal)
{
    if (refusal == REFUSAL_NONE) world_work_begin(w, &setting, e, first_in_scope(w, e));
}

static const struct world_pass checking = {next_in_scope, check_site, set_all};

/* Sites that are there already stay; of the others all move or none. */
enum refusal world_partner_set(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (w->partners[e->to].state == PARTNER_ENDED) return REFUSAL_PARTNER_CONTRACT_ENDED;
    world_work_begin(w, &checking, e, first_in_scope(w, e));
    return REFUSAL_PARTNER_BAD_STATE;
}
