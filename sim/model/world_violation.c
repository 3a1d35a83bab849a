/* SPDX-License-Identifier: MIT
 * world_violation.c: a holder breaks the law, and everything on its licence goes with it (FACTS
 * A10, A11, B6): the subject is revoked, every domain and every dedicated address is blacklisted.
 * For an ICP proxy that is the sites of all its clients, who have done nothing. */
#include "world_internal.h"

uint8_t world_violation_own(const struct world *w, uint32_t site, enum family family)
{
    const struct site_spec *s = &w->spec->sites[site];
    unsigned n = 0;
    for (uint8_t i = 0; i < s->dedicated_count; i++) {
        n += s->dedicated[i].v6 == (family == FAMILY_V6) ? 1 : 0;
    }
    return (uint8_t)((1U << n) - 1);
}

/* Takes addresses off the answers; returns how many there were. */
static uint32_t list_addresses(struct world *w, uint32_t site, enum family family, uint8_t mask)
{
    struct site *s = &w->sites[site];
    uint32_t count = 0;
    for (unsigned gone = s->own[family] & mask; gone != 0; gone &= gone - 1) {
        count++;
    }
    s->own[family] = (uint8_t)(s->own[family] & ~mask);
    w->own_listed += count;
    return count;
}

static void list_site(struct world *w, uint32_t site)
{
    struct site *s = &w->sites[site];
    struct holder *h = &w->holders[w->spec->sites[site].holder];
    if (!s->blacklisted) world_site_list(w, site);
    uint32_t listed = 0;
    for (int f = 0; f < FAMILY_COUNT; f++) {
        listed += list_addresses(w, site, (enum family)f, UINT8_MAX);
    }
    s->addresses_listed = true;
    h->listed_sites += spec_weight(&w->spec->sites[site]);
    h->listed_addresses += listed;
    if (listed > 0) world_network_refresh(w, true);
    world_class_site(w, site);
}

/* An address that is blacklisted hardly ever comes off again (X2). */
enum refusal world_violation_address(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    uint8_t mask = (uint8_t)(1U << e->address);
    if (list_addresses(w, e->site, (enum family)e->family, mask) == 0) {
        return REFUSAL_ADDRESS_BAD_STATE;
    }
    world_network_refresh(w, true);
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}

/* At once, or each site after a time of its own (FACTS C4.24). */
static void cascade(struct world *w, uint32_t site)
{
    simdur delay = world_draw(w, site, w->choices->cascade_delay, "cascade_delay");
    if (delay.ns == 0) {
        list_site(w, site);
    } else {
        world_set_timer(w, TIMER_CASCADE, site, simtime_add(w->now, delay));
    }
}

static void reach_site(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    if (!w->spec->sites[site].app) cascade(w, site); /* an app has no name to be listed */
}

static const struct world_pass of_holder = {world_work_of_holder, reach_site, NULL};

void world_violation_cascade(struct world *w, const struct event *e)
{
    world_work_ends(w, REFUSAL_NONE);
    world_work_begin(w, &of_holder, e, w->holders[e->holder].site_first);
}

/* A subject without a number has none to lose. */
enum refusal world_violation_holder(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    struct holder *h = &w->holders[e->holder];
    if (h->violated) return REFUSAL_VIOLATION_BAD_STATE;
    h->violated = true;
    if (w->choices->violation_bars) h->barred = true;
    struct event revoke = *e;
    revoke.cause = CAUSE_ILLEGAL_CONTENT;
    enum refusal ignored = world_filing_subject(w, &revoke, FILING_EV_REVOKE);
    (void)ignored;
    if (w->work.pass == NULL) world_violation_cascade(w, e);
    return REFUSAL_NONE;
}

enum refusal world_violation_due(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    world_clear_timer(w, TIMER_CASCADE, e->site);
    list_site(w, e->site);
    return REFUSAL_NONE;
}

/* Under a proxy the domain is signed over to it for as long as the filing lasts: moving out means
 * giving the filing up first (FACTS A11). Nobody takes over what is blacklisted. */
static bool may_leave(const struct world *w, uint32_t site)
{
    uint32_t holder = w->spec->sites[site].holder;
    const struct site *s = &w->sites[site];
    if (s->transferred || s->blacklisted) return false;
    if (holder == CN_NONE32) return true;
    if (w->holders[holder].violated) return false;
    return !w->spec->holders[holder].proxy || !filing_has_number((enum filing_state)s->filing);
}

/* Afterwards its real-name data are somebody else's, and it cannot be filed under this holder. */
enum refusal world_violation_transfer(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    if (!may_leave(w, e->site)) return REFUSAL_TRANSFER_REFUSED;
    w->sites[e->site].transferred = true;
    return REFUSAL_NONE;
}
