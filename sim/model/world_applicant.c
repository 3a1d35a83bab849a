/* SPDX-License-Identifier: MIT
 * world_applicant.c: who may apply, and with which domain: what the guards of an application look
 * at besides the machines' states (FACTS A1, A2). */
#include "world_internal.h"

#include <string.h>

walltime world_applicant_now(const struct world *w)
{
    return simtime_wall(w->spec->start, w->now);
}

static bool list_has(const struct choice_list *list, const char *word, size_t len)
{
    for (uint8_t i = 0; i < list->count; i++) {
        const char *item = list->item[i];
        if (strlen(item) == len && memcmp(item, word, len) == 0) return true;
    }
    return false;
}

bool world_applicant_tld_ok(const struct world *w, uint32_t site)
{
    const struct site_spec *s = &w->spec->sites[site];
    return s->app || spec_tld_ok(w->spec, s->apex, world_applicant_now(w));
}

struct duration_range world_applicant_sms_window(const struct world *w)
{
    const struct choices *c = w->choices;
    if (choices_given(c, offsetof(struct choices, sms_window))) return c->sms_window;
    return rules_duration(&w->spec->rules, RULES_SMS_WINDOW, world_applicant_now(w));
}

bool world_applicant_registrar_ok(const struct world *w, uint32_t site)
{
    const struct choices *c = w->choices;
    const struct rules *r = &w->spec->rules;
    const struct site_spec *s = &w->spec->sites[site];
    walltime now = world_applicant_now(w);
    if (!rules_bool(r, RULES_REGISTRAR_APPROVAL_REQUIRED, now)) return true;
    if (s->registrar == NULL) return s->registrar_ok;
    bool ministry = rules_word(r, RULES_REGISTRAR_AUTHORITY, now) == AUTHORITY_MIIT;
    const struct choice_list *list = ministry ? &c->approved_registrars : &c->registry_registrars;
    return list_has(list, s->registrar, strlen(s->registrar));
}

const char *world_applicant_sensitive(const struct world *w, uint32_t site)
{
    const struct choice_list *list = &w->choices->sensitive_words;
    if (w->spec->sites[site].app) return NULL; /* of domains */
    for (uint8_t i = 0; i < list->count; i++) {
        if (strstr(w->spec->sites[site].domain, list->item[i]) != NULL) return list->item[i];
    }
    return NULL;
}

bool world_applicant_sms_needed(const struct world *w, uint32_t site)
{
    uint32_t holder = w->spec->sites[site].holder;
    const struct province *p = holder != CN_NONE32 ? w->spec->holders[holder].province : NULL;
    if (p == NULL) return true; /* what is not said is not exempt */
    return rules_province(&w->spec->rules, RULES_SMS_PROVINCES, world_applicant_now(w), p->name);
}

/* --- the subject's other sites ---------------------------------------------------------------- */

/* Whether two sites of one holder go in one order. */
static bool same_order(const struct world *w, uint32_t a, uint32_t b)
{
    const struct site_spec *s = w->spec->sites;
    if (a == b) return true;
    bool order = s[a].order != CN_NONE32 && s[a].order == s[b].order;
    return order || (s[a].entry_shared && s[a].entry == s[b].entry);
}

static bool goes_alone(const struct site_spec *s)
{
    return s->order == CN_NONE32 && !s->entry_shared;
}

/* Whether it counts where a bureau limits sites: not an app, nor a domain under an app's filing. */
static bool is_site(const struct site_spec *s)
{
    return !s->app && s->app_of == 0;
}

/* Open filings of the order: with apps, or the sites alone. A domain that an app's filing covers is
 * no filing of its own. */
static uint32_t open_in_order(const struct world *w, uint32_t site, bool apps)
{
    const struct site_spec *spec = w->spec->sites;
    if (goes_alone(&spec[site])) {
        return filing_order_open((enum filing_state)w->sites[site].filing) ? 1 : 0;
    }
    uint32_t n = 0;
    uint32_t s = w->holders[spec[site].holder].site_first;
    for (; s != CN_NONE32; s = w->sites[s].next_of_holder) {
        bool open = filing_order_open((enum filing_state)w->sites[s].filing);
        bool counts = is_site(&spec[s]) || (apps && spec[s].app);
        if (open && counts && same_order(w, site, s)) n += spec_weight(&spec[s]);
    }
    return n;
}

uint32_t world_applicant_own_orders(const struct world *w, uint32_t site)
{
    return open_in_order(w, site, true);
}

/* Sites of the order that are handed in already, and this one. */
static uint32_t order_sites(const struct world *w, uint32_t site)
{
    if (!is_site(&w->spec->sites[site])) return 0;
    bool open = filing_order_open((enum filing_state)w->sites[site].filing);
    return open_in_order(w, site, false) + (open ? 0 : 1);
}

static bool shell_subject(const struct world *w, uint32_t holder)
{
    const struct holder *h = &w->holders[holder];
    if (h->numbers == 0 || h->accessible > 0) return false;
    for (uint32_t s = h->site_first; s != CN_NONE32; s = w->sites[s].next_of_holder) {
        if (w->sites[s].filing == FILING_SHELL_SUBJECT) return true;
    }
    return false;
}

/* --- the applicant ---------------------------------------------------------------------------- */

static uint8_t foreign_max(const struct world *w, const struct holder_spec *h)
{
    const struct rules *r = &w->spec->rules;
    walltime now = world_applicant_now(w);
    const char *province = h->province != NULL ? h->province->name : NULL;
    bool pilot = h->pilot_area && rules_province(r, RULES_PILOT_PROVINCES, now, province);
    enum rules_id rule =
        pilot ? RULES_COMMERCIAL_MAX_FOREIGN_PCT_PILOT : RULES_COMMERCIAL_MAX_FOREIGN_PCT;
    return (uint8_t)rules_number(r, rule, now);
}

static struct applicant_view view_of_holder(const struct world *w, uint32_t holder)
{
    const struct holder_spec *h = &w->spec->holders[holder];
    return (struct applicant_view){
        .type = h->type,
        .province = h->province,
        .home = h->home,
        .resident = h->resident,
        .certificate_ok = world_certificate_ok(w, holder),
        .age = h->age,
        .foreign_pct = h->foreign_pct,
        .foreign_max_pct = foreign_max(w, h),
    };
}

struct applicant_view world_applicant_view(const struct world *w, uint32_t site)
{
    uint32_t holder = w->spec->sites[site].holder;
    struct applicant_view v = view_of_holder(w, holder);
    const struct holder *h = &w->holders[holder];
    bool has = filing_has_number((enum filing_state)w->sites[site].filing);
    if (is_site(&w->spec->sites[site])) v.sites = h->numbers - h->app_numbers - (has ? 1 : 0);
    v.order_sites = order_sites(w, site);
    v.shell_subject = shell_subject(w, holder);
    return v;
}

enum refusal world_applicant_submit(const struct world *w, uint32_t site)
{
    struct applicant_view v = world_applicant_view(w, site);
    enum refusal refusal = applicant_may_file(&v);
    if (refusal != REFUSAL_NONE) return refusal;
    if (world_applicant_sensitive(w, site) != NULL) return REFUSAL_SENSITIVE_WORD;
    const struct site_spec *spec = &w->spec->sites[site];
    if (!is_site(spec)) {
        int who = rules_word(&w->spec->rules, RULES_APP_FILING, world_applicant_now(w));
        return who == APP_FILING_NONE ? REFUSAL_APP_FILING_NOT_YET : REFUSAL_NONE;
    }
    bool one = rules_bool(&w->spec->rules, RULES_ONE_DOMAIN_PER_SITE, world_applicant_now(w));
    if (one && w->spec->sites[site].entry_shared) return REFUSAL_FILING_ONE_DOMAIN;
    return REFUSAL_NONE;
}

bool world_applicant_may_sell(const struct world *w, uint32_t holder)
{
    struct applicant_view v = view_of_holder(w, holder);
    return applicant_may_sell(&v);
}
