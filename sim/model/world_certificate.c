/* SPDX-License-Identifier: MIT
 * world_certificate.c: the certificate that a holder files with: a company's business licence, a
 * person's identity card (FACTS A2, D1.22).
 *
 *   state            certificate_expired  _renewed   cert_expire   cert_renew    change order
 * decided valid            no                   no         lapsed        valid (1)     valid lapsed
 * yes                  no         refused       renewed       valid (2) renewed          yes yes
 * lapsed        refused       valid
 *
 * (1) when its end is known, which the new one moves out of sight; else refused. (2) The order
 * brings the new one. That a certificate is renewed the bureau learns by a change order only: until
 * one is decided the audits of the holder's filings cannot be answered. */
#include "world_internal.h"

bool world_certificate_ok(const struct world *w, uint32_t holder)
{
    const struct holder *h = &w->holders[holder];
    if (h->certificate_expired) return h->certificate_renewed;
    return simtime_before(w->now, world_holder_timer_at(w, TIMER_CERTIFICATE, holder));
}

static void audit_site(struct world *w, const struct event *e, uint32_t site)
{
    (void)e;
    world_filing_audit(w, site, CAUSE_CERTIFICATE_EXPIRED);
}

static const struct world_pass of_holder = {world_work_of_holder, audit_site, NULL};

/* No answer changes: audits of the holder's filings set a deadline (D1.22). */
static enum refusal expire(struct world *w, const struct event *e)
{
    uint32_t holder = e->holder;
    struct holder *h = &w->holders[holder];
    if (h->certificate_expired && !h->certificate_renewed) return REFUSAL_CERT_BAD_STATE;
    h->certificate_expired = true;
    h->certificate_renewed = false;
    world_clear_holder_timer(w, TIMER_CERTIFICATE, holder);
    world_work_begin(w, &of_holder, e, h->site_first);
    return REFUSAL_NONE;
}

static enum refusal renew(struct world *w, uint32_t holder)
{
    struct holder *h = &w->holders[holder];
    bool ends = world_holder_timer_at(w, TIMER_CERTIFICATE, holder).ns != SIMTIME_NEVER.ns;
    if (h->certificate_expired ? h->certificate_renewed : !ends) return REFUSAL_CERT_BAD_STATE;
    h->certificate_renewed = h->certificate_expired;
    world_clear_holder_timer(w, TIMER_CERTIFICATE, holder);
    return REFUSAL_NONE;
}

enum refusal world_certificate_event(struct world *w, const struct event *e, int arg)
{
    return arg == CERTIFICATE_EV_EXPIRE ? expire(w, e) : renew(w, e->holder);
}

void world_certificate_changed(struct world *w, uint32_t holder)
{
    w->holders[holder].certificate_expired = false;
    w->holders[holder].certificate_renewed = false;
}

/* One that ended before the run has been found, or has not; no audit begins for it. */
void world_certificate_start(struct world *w, uint32_t holder)
{
    walltime until = w->spec->holders[holder].certificate_until;
    int64_t left = until.ns - w->spec->start.ns;
    if (until.ns == 0) return;
    if (left <= 0) {
        w->holders[holder].certificate_expired = true;
    } else {
        world_set_holder_timer(w, TIMER_CERTIFICATE, holder, (simtime){left});
    }
}

simtime world_certificate_end(const struct world *w, uint32_t site)
{
    uint32_t holder = w->spec->sites[site].holder;
    if (holder == CN_NONE32) return SIMTIME_NEVER;
    return world_holder_timer_at(w, TIMER_CERTIFICATE, holder);
}

simtime world_registration_end(const struct world *w, uint32_t site)
{
    return world_site_timer_at(w, TIMER_REGISTRATION, site);
}
