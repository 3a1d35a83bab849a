/* SPDX-License-Identifier: MIT
 * invariant_site.c: what a site may, from its raw state and without the policy's help. */
#include "invariant_internal.h"

/* Whether the site lacks a commercial licence that it needs (FACTS B2, C4.16). */
bool invariant_site_lacks_licence(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    if (!spec->needs_commercial) return false;
    if (spec->holder == CN_NONE32) return true;
    uint8_t state = w->holders[spec->holder].commercial;
    if (state == COMMERCIAL_EXPIRED || state == COMMERCIAL_REVOKED) {
        return w->choices->commercial_loss != COMMERCIAL_LOSS_IGNORED;
    }
    return state == COMMERCIAL_NONE || state == COMMERCIAL_APPLYING;
}

/* Penalised by the police where that matters (C4.17). */
bool invariant_site_punished(const struct world *w, const struct site *s)
{
    return w->choices->psb_affects_routing && s->psb == PSB_PENALISED;
}

/* What the CDN's own domain is for a site whose names lead through it, from raw state. */
enum chain_state invariant_site_chain(const struct world *w, uint32_t site)
{
    if (w->spec->sites[site].setup != SETUP_PARTIAL) return CHAIN_NONE;
    if (w->cdn_site == CN_NONE32) return CHAIN_FILED;
    const struct site *cdn = &w->sites[w->cdn_site];
    if (cdn->blacklisted) return CHAIN_BLACKLISTED;
    if (cdn->expired) return CHAIN_LOST;
    bool graced = cdn->status == STATUS_UNKNOWN && cdn->kept == STATUS_OK;
    if (graced) return cdn->grace_over ? CHAIN_MISSING : CHAIN_FILED;
    if (cdn->status == STATUS_OK) return CHAIN_FILED;
    bool gone =
        cdn->status_filing == FILING_REVOKED || cdn->status_filing == FILING_DEREGISTERED ||
        cdn->status_filing == FILING_SHELL_SITE || cdn->status_filing == FILING_SHELL_SUBJECT ||
        cdn->status_filing == FILING_ACCESS_CANCELLED || cdn->status_access == ACCESS_CANCELLED;
    return gone ? CHAIN_LOST : CHAIN_MISSING;
}

/* Entitled as DESIGN section 1 says, from the site's state as the partner has observed it. */
bool invariant_site_entitled(const struct world *w, uint32_t host)
{
    const struct host *h = &w->hosts[host];
    const struct site *s = &w->sites[h->site];
    bool graced = s->status == STATUS_UNKNOWN && s->kept == STATUS_OK && !s->grace_over;
    if (s->status != STATUS_OK && !graced) return false;
    if (s->status_access != ACCESS_ACTIVE) return false;
    if (s->vetting != VETTING_APPROVED && s->vetting != VETTING_RE_REVIEW) return false;
    if (invariant_site_lacks_licence(w, h->site) || invariant_site_punished(w, s)) return false;
    if (s->subscription != SUBSCRIPTION_ACTIVE) return false;
    if (h->provisioning != PROVISIONING_PROVISIONED) return false;
    if (s->suspended || s->blacklisted) return false;
    if (invariant_site_chain(w, h->site) > CHAIN_FILED) return false;
    if (w->partners[s->partner].state != PARTNER_ACTIVE) return false;
    return !s->by_holder;
}
