/* SPDX-License-Identifier: MIT
 * world_refusal.c: what an event met that was refused for it: a state, or a value. */
#include <stdio.h>

#include "world_internal.h"

/* What the event is about, as the code sees it: "the filing is SMS_PENDING". */
static const char *machine_of(const struct world *w, const struct event *e, enum refusal r,
                              const char **state)
{
    const struct site *s = e->site != CN_NONE32 ? &w->sites[e->site] : NULL;
    switch ((int)r) {
    case REFUSAL_ICP_BAD_STATE:
        if (s == NULL) return NULL;
        *state = filing_state_name((enum filing_state)s->filing);
        return "the filing";
    case REFUSAL_COMMERCIAL_BAD_STATE:
        *state = commercial_state_name((enum commercial_state)w->holders[e->holder].commercial);
        return "the commercial licence";
    case REFUSAL_PSB_BAD_STATE:
        if (s == NULL) return NULL;
        *state = psb_state_name((enum psb_state)s->psb);
        return "the police filing";
    case REFUSAL_VETTING_BAD_STATE:
        if (s == NULL) return NULL;
        *state = vetting_state_name((enum vetting_state)s->vetting);
        return "vetting";
    case REFUSAL_STATUS_BAD_STATE:
        if (s == NULL) return NULL;
        *state = filing_status_name((enum filing_status)s->status);
        return "the status";
    case REFUSAL_SUBSCRIPTION_BAD_STATE:
        *state =
            subscription_state_name((enum subscription_state)w->accounts[e->account].subscription);
        return "the subscription";
    case REFUSAL_PROVISION_BAD_STATE:
        *state = provisioning_state_name((enum provisioning_state)w->hosts[e->host].provisioning);
        return "the host";
    case REFUSAL_POP_BAD_STATE:
        *state = health_name((enum pop_health)w->pop_health[e->pop]);
        return "the PoP's health";
    case REFUSAL_INVALID_STATUS:
        *state = package_state_name((enum package_state)w->packages[e->package].state);
        return "the package";
    case REFUSAL_PRODUCT_BAD_STATE:
        *state = product_state_name((enum product_state)w->products[e->product].state);
        return "the product";
    default:
        return NULL;
    }
}

bool world_refusal_state(const struct world *w, const struct event *e, enum refusal r, char *out,
                         size_t cap)
{
    const char *state = "";
    const char *machine = machine_of(w, e, r, &state);
    if (machine == NULL) return world_refusal_value(w, e, r, out, cap);
    snprintf(out, cap, "%s is %s", machine, state);
    return true;
}
