/* SPDX-License-Identifier: MIT
 * world_return.c: the way back to the mainland (FACTS C4.11, C4.12, D1.39).
 *
 * A loss counts at once. A host that is in order again within return_cooldown of the site's last
 * loss stays outside until that is over, so that a status that flaps moves clients at most once per
 * cool-down. With return_steps above 1, clients return in equal shares, return_interval apart; who
 * belongs to which share is a hash of (seed, client, host) and never changes.
 *
 *   host.held    meaning
 *   0            every client may be answered from the mainland
 *   1..steps-1   this many shares are still outside
 *   steps        all are: the cool-down runs                     */
#include "world_internal.h"

#include <string.h>

#include "cnedge/base/dname.h"
#include "cnedge/base/rng.h"

/* In order, as far as the host itself is concerned: what befalls a whole partner is no flapping of
 * one site. */
static bool in_order(const struct world *w, uint32_t host)
{
    struct host_class key = world_class_key(w, host);
    return w->hosts[host].active && policy_entitled(&key, PARTNER_ACTIVE);
}

static void leave(struct world *w, struct host *h)
{
    struct site *s = &w->sites[h->site];
    simdur d = {0};
    if (w->choices->return_cooldown.max.ns > 0) {
        d = world_draw(w, h->site, w->choices->return_cooldown, "return_cooldown");
    }
    s->cool_until = simtime_add(w->now, d);
    s->left = true;
    h->held = 0;
}

static void come_back(struct world *w, struct host *h)
{
    struct site *s = &w->sites[h->site];
    uint8_t steps = (uint8_t)w->choices->return_steps;
    if (!s->left) return; /* the first time is no return */
    if (simtime_before(w->now, s->cool_until)) {
        h->held = steps;
        world_set_timer(w, TIMER_RETURN, h->site, s->cool_until);
    } else if (steps > 1) {
        h->held = (uint8_t)(steps - 1);
        world_start_timer(w, TIMER_RETURN, h->site, w->choices->return_interval, "return_interval");
    }
}

void world_return_note(struct world *w, uint32_t host)
{
    struct host *h = &w->hosts[host];
    bool order = in_order(w, host);
    if (h->in_order == order) return;
    h->in_order = order;
    if (order) {
        come_back(w, h);
    } else {
        leave(w, h);
    }
}

/* The timer: the next share of clients of every host of the site returns. */
enum refusal world_return_step(struct world *w, const struct event *e, int arg)
{
    (void)arg;
    const struct site_spec *spec = &w->spec->sites[e->site];
    bool more = false;
    for (uint32_t i = 0; i < spec->host_count; i++) {
        struct host *h = &w->hosts[spec->host_first + i];
        if (h->held > 0) h->held--;
        more = more || h->held > 0;
    }
    if (more) {
        world_start_timer(w, TIMER_RETURN, e->site, w->choices->return_interval, "return_interval");
    }
    world_class_site(w, e->site);
    return REFUSAL_NONE;
}

uint64_t world_line_client(const struct world *w, uint16_t line)
{
    const char *name = w->topology->lines[line].name;
    return rng_hash(0, name, strlen(name));
}

/* The same number for the same client and host, whatever else happens. */
uint64_t world_client_draw(const struct world *w, uint32_t host, uint64_t client)
{
    const uint8_t *name = w->spec->hosts[host].name;
    uint64_t h = rng_hash(w->spec->seed, name, dname_len(name));
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(client >> (8 * i));
    }
    return rng_hash(h, bytes, sizeof(bytes));
}

uint16_t world_class_for(const struct world *w, uint32_t host, uint64_t client)
{
    const struct host *h = &w->hosts[host];
    if (h->outside == CN_NONE16) return h->class_;
    bool outside = world_client_draw(w, host, client) % w->choices->return_steps < h->held;
    return outside ? h->outside : h->class_;
}
