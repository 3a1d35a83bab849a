/* SPDX-License-Identifier: MIT
 * verify_defer.c: last faults that need not be followed.
 *
 * Let g be a fault of the network: it reads and writes the network only, and sets no timer. Let the
 * step from a state s to the next position s' neither read nor write what such faults write. Then
 * g and the step may change places: the way that goes on from s with g comes through s' with g.
 * If g is the last fault, all that can go wrong on it is
 *   - at once: that is decided by the network of s, by g, and by the classes in use;
 *   - in the middle of the step, at a class that is in use neither before nor after it;
 *   - behind s' with g: and that fault is injected at s' as well.
 * So where every class in use at s, and in the middle of the step, was seen with each g in the same
 * network and found good, no such g need be injected at s.
 *
 * Hosts are checked against their sites, not against PoPs, so g changes nothing of those checks.
 * Where sites do look at PoPs (setting overseas_audit) or load decides answers (setting spill), all
 * this does not hold and is not used. */
#include "verify_internal.h"

bool verify_defer_init(struct verify_defer *d, struct verify_space *s, struct arena *a)
{
    bool bound = s->spec.choices.overseas_audit || s->w->spill.pop_count > 0;
    *d = (struct verify_defer){.s = s, .off = bound};
    return verify_memo_init(&d->seen, a) && verify_memo_init(&d->taken, a);
}

bool verify_defer_fault(const struct verify_defer *d, const struct event *e)
{
    if (d->off) return false;
    switch ((int)e->kind) {
    case EV_POP_DOWN:
    case EV_POP_UP:
    case EV_POP_OBEY:
    case EV_PROVINCE_DOWN:
    case EV_PROVINCE_UP:
    case EV_CARRIER_DOWN:
    case EV_CARRIER_UP:
    case EV_FAMILY_DOWN:
    case EV_FAMILY_UP:
        return true;
    default:
        return false;
    }
}

bool verify_defer_passes(const struct event *e)
{
    const struct event_info *info = event_info(e->kind);
    uint32_t network = PARAM_POP | PARAM_REGION | PARAM_CARRIER | PARAM_FAMILY | PARAM_ADDRESS |
                       PARAM_PARTNER | PARAM_PACKAGE | PARAM_PRODUCT;
    return ((info->required | info->optional) & network) == 0;
}

static struct verify_digest seen_digest(const struct verify_defer *d, struct verify_digest network,
                                        uint32_t class_)
{
    const struct host_class *key = &d->s->w->classes[class_].key;
    verify_state_mix(&network, key, sizeof(*key));
    return network;
}

bool verify_defer_seen(const struct verify_defer *d, struct verify_digest network)
{
    const struct world *w = d->s->w;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        if (verify_memo_find(&d->seen, seen_digest(d, network, i)) == NULL) return false;
    }
    return true;
}

bool verify_defer_known(const struct verify_defer *d, struct verify_digest network, uint32_t *taken)
{
    const struct verify_entry *e = verify_memo_find(&d->taken, network);
    if (d->off || e == NULL || !verify_defer_seen(d, network)) return false;
    *taken = (uint32_t)e->ways[0];
    return true;
}

void verify_defer_note(struct verify_defer *d, struct verify_digest network, uint32_t taken)
{
    const struct world *w = d->s->w;
    bool fresh;
    if (d->off) return;
    struct verify_entry *e = verify_memo_put(&d->taken, network, &fresh);
    if (e == NULL) return;
    e->ways[0] = taken;
    for (uint32_t i = 0; i < w->class_count; i++) {
        if (w->classes[i].hosts == 0) continue;
        if (verify_memo_put(&d->seen, seen_digest(d, network, i), &fresh) == NULL) return;
    }
}
