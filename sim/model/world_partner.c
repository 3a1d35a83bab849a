/* SPDX-License-Identifier: MIT
 * world_partner.c: partners within the world: outages, suspensions by scope, the end of a contract,
 * and the move of sites from one partner to another (FACTS 0.7, A6, B5). */
#include "world_internal.h"

/* --- the sites in an event's reach ------------------------------------------------------------ */

static uint32_t next_at_partner(const struct world *w, uint16_t partner, uint32_t site)
{
    while (site < w->spec->site_count && w->sites[site].partner != partner) {
        site++;
    }
    return site < w->spec->site_count ? site : CN_NONE32;
}

uint32_t world_partner_first(const struct world *w, const struct event *e)
{
    switch (e->scope) {
    case SCOPE_SITE:
        return e->site;
    case SCOPE_HOLDER:
        return w->holders[e->holder].site_first;
    case SCOPE_ACCOUNT:
        return w->accounts[e->account].site_first;
    case SCOPE_PARTNER:
        return next_at_partner(w, e->partner, 0);
    case SCOPE_EVERYONE:
        return w->spec->site_count > 0 ? 0 : CN_NONE32;
    case SCOPE_NONE:
        break;
    }
    CN_ASSERT(e->scope != SCOPE_NONE);
    return CN_NONE32;
}

uint32_t world_partner_next(const struct world *w, const struct event *e, uint32_t site)
{
    switch (e->scope) {
    case SCOPE_HOLDER:
        return w->sites[site].next_of_holder;
    case SCOPE_ACCOUNT:
        return w->sites[site].next_of_account;
    case SCOPE_PARTNER:
        return next_at_partner(w, e->partner, site + 1);
    case SCOPE_EVERYONE:
        return site + 1 < w->spec->site_count ? site + 1 : CN_NONE32;
    case SCOPE_SITE:
    case SCOPE_NONE:
        break;
    }
    return CN_NONE32;
}

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

static enum refusal suspend_holder(struct world *w, uint32_t holder, bool on)
{
    struct holder *h = &w->holders[holder];
    if (h->suspended == on) return REFUSAL_SUSPENSION_BAD_STATE;
    h->suspended = on;
    for (uint32_t s = h->site_first; s != CN_NONE32; s = w->sites[s].next_of_holder) {
        world_batch_site(w, s);
    }
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
        return suspend_holder(w, e->holder, on != 0);
    case SCOPE_ACCOUNT:
        return world_onboard_account(w, e->account,
                                     on ? SUBSCRIPTION_EV_SUSPEND : SUBSCRIPTION_EV_RESUME);
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
    world_onboard_reset(w, site);
}

/* A filing must have been added at the new partner before the site can go there (FACTS D1.34); a
 * site without one may go and file there. */
static bool may_move(const struct world *w, uint32_t site, uint16_t to)
{
    return !filing_has_number((enum filing_state)w->sites[site].filing) ||
           world_access_at(w, site, to) == ACCESS_ACTIVE;
}

/* Sites that are there already stay; of the others all move or none. */
enum refusal world_partner_set(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    enum refusal refusal = REFUSAL_PARTNER_BAD_STATE;
    if (w->partners[e->to].state == PARTNER_ENDED) return REFUSAL_PARTNER_CONTRACT_ENDED;
    uint32_t first = world_partner_first(w, e);
    for (uint32_t s = first; s != CN_NONE32; s = world_partner_next(w, e, s)) {
        if (w->sites[s].partner == e->to) continue;
        if (!may_move(w, s, e->to)) return REFUSAL_ACCESS_NOT_FILED;
        refusal = REFUSAL_NONE;
    }
    if (refusal != REFUSAL_NONE) return refusal;
    for (uint32_t s = first; s != CN_NONE32; s = world_partner_next(w, e, s)) {
        if (w->sites[s].partner != e->to) move_site(w, s, e->to);
    }
    return REFUSAL_NONE;
}
