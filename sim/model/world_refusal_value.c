/* SPDX-License-Identifier: MIT
 * world_refusal_value.c: the value that broke a rule, in words, and what the rule needs. An event
 * that was refused has changed nothing, so what the guard saw is what stands here. */
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/base/timetext.h"
#include "world_internal.h"

enum { DAY_TEXT_MAX = 16 };

struct put { /* where the text goes */
    char *out;
    size_t cap;
};

/* "2026-03-01", the day in China. */
static void day_text(walltime t, char out[DAY_TEXT_MAX])
{
    int32_t day = rules_day(t);
    snprintf(out, DAY_TEXT_MAX, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

/* "41 days after" or "3 days before" this instant. */
static void days_from_now(const struct world *w, walltime t, char *out, size_t cap)
{
    const int64_t day_ns = INT64_C(86400) * SIMDUR_SECOND;
    int64_t days = (t.ns - world_applicant_now(w).ns) / day_ns;
    bool before = t.ns < world_applicant_now(w).ns;
    if (days < 0) days = -days;
    snprintf(out, cap, "%" PRId64 " day%s %s", days, days == 1 ? "" : "s",
             before ? "before" : "after");
}

struct term { /* what has to last, and for how long: a setting */
    const char *what, *setting;
    walltime ends;
    struct duration_range least;
};

/* "WHAT 2026-03-01, 41 days after; it must last beyond 2026-04-20 (SETTING)". */
static bool put_term(const struct world *w, struct put p, const struct term *t)
{
    char ends[DAY_TEXT_MAX];
    char need[DAY_TEXT_MAX];
    char away[48];
    day_text(t->ends, ends);
    day_text(world_least_after(w, t->least, world_applicant_now(w)), need);
    days_from_now(w, t->ends, away, sizeof(away));
    snprintf(p.out, p.cap, "%s %s, %s; it must last beyond %s (setting %s)", t->what, ends, away,
             need, t->setting);
    return true;
}

static bool put_realname(const struct world *w, struct put p, const struct site_spec *s)
{
    char since[DAY_TEXT_MAX];
    char old[DAY_TEXT_MAX];
    if (!s->realname_matches) {
        snprintf(p.out, p.cap, "the registration's real name is not the holder's");
        return true;
    }
    day_text(s->realname_since, since);
    day_text(world_least_after(w, w->choices->realname_age, s->realname_since), old);
    snprintf(p.out, p.cap,
             "the registration's data were changed on %s; they are old enough on %s "
             "(setting realname_age)",
             since, old);
    return true;
}

static bool put_tld(const struct world *w, struct put p, const struct site_spec *s)
{
    const char *dot = s->domain;
    for (const char *c = s->domain; *c != '\0'; c++) {
        if (*c == '.') dot = c + 1;
    }
    bool given = choices_given(w->choices, offsetof(struct choices, approved_tlds));
    const char *set = rules_at(&w->spec->rules, RULES_TLD_SET, world_applicant_now(w));
    snprintf(p.out, p.cap, "the top-level domain is \"%s\", which is not in %s%s", dot,
             given ? "the setting approved_tlds" : "the rule tld_set of that day, ",
             given ? "" : set);
    return true;
}

static bool put_registrar(const struct world *w, struct put p, const struct site_spec *s)
{
    const struct rules *r = &w->spec->rules;
    bool ministry =
        rules_word(r, RULES_REGISTRAR_AUTHORITY, world_applicant_now(w)) == AUTHORITY_MIIT;
    if (s->registrar == NULL) {
        snprintf(p.out, p.cap, "the scenario says that the registrar is not approved");
        return true;
    }
    snprintf(p.out, p.cap, "the registrar is \"%s\", which is not in the setting %s", s->registrar,
             ministry ? "approved_registrars" : "registry_registrars");
    return true;
}

static bool put_domain(const struct world *w, struct put p, enum refusal r, uint32_t site)
{
    const struct site_spec *s = &w->spec->sites[site];
    switch ((int)r) {
    case REFUSAL_DOMAIN_TERM_SHORT:
        return put_term(w, p,
                        &(struct term){"the domain's registration ends", "domain_term",
                                       s->domain_expires, w->choices->domain_term});
    case REFUSAL_NO_MAINLAND_RESOURCE:
        if (s->resource_until.ns != 0) {
            return put_term(w, p,
                            &(struct term){"the mainland hosting ends", "resource_term",
                                           s->resource_until, w->choices->resource_term});
        }
        snprintf(p.out, p.cap, "the site has no mainland hosting");
        return true;
    case REFUSAL_REALNAME_MISMATCH:
        return put_realname(w, p, s);
    case REFUSAL_TLD_NOT_APPROVED:
        return put_tld(w, p, s);
    case REFUSAL_REGISTRAR_NOT_APPROVED:
        return put_registrar(w, p, s);
    case REFUSAL_SENSITIVE_WORD:
        snprintf(p.out, p.cap, "the domain contains \"%s\" (setting sensitive_words)",
                 world_applicant_sensitive(w, site));
        return true;
    default:
        return false;
    }
}

static bool put_person(struct put p, enum refusal r, const struct applicant_view *v)
{
    static const struct province any = {.name = "the province"};
    const struct province *there = v->province != NULL ? v->province : &any;
    const char *where = there->name;
    switch ((int)r) {
    case REFUSAL_FILING_NOT_ELIGIBLE:
        snprintf(p.out, p.cap, "the holder is %s%s%s", applicant_type_text(v->type),
                 v->province != NULL ? ", filing in " : "", v->province != NULL ? where : "");
        return true;
    case REFUSAL_APPLICANT_NOT_RESIDENT:
        snprintf(p.out, p.cap, "the holder is %s%s%s, and not resident",
                 applicant_type_text(v->type), v->home != NULL ? " of " : "",
                 v->home != NULL ? v->home->name : "");
        return true;
    case REFUSAL_APPLICANT_TOO_YOUNG:
        snprintf(p.out, p.cap, "the applicant is %u; %s asks for %u years", v->age, where,
                 there->age_min);
        return true;
    case REFUSAL_CROSS_PROVINCE:
        snprintf(p.out, p.cap, "the identity card is of %s, the order goes to %s", v->home->name,
                 where);
        return true;
    case REFUSAL_SITES_CAP:
        snprintf(p.out, p.cap, "the subject has %" PRIu32 " sites; %s allows %u", v->sites, where,
                 there->sites_max);
        return true;
    case REFUSAL_ORDER_SITES_CAP:
        snprintf(p.out, p.cap, "the order has %" PRIu32 " sites; %s allows %u", v->order_sites,
                 where, there->order_max);
        return true;
    case REFUSAL_SHELL_CANCEL_FIRST:
        snprintf(p.out, p.cap, "the subject files in %s", where);
        return true;
    default:
        return false;
    }
}

static bool put_certificate(const struct world *w, struct put p, uint32_t holder)
{
    char ends[DAY_TEXT_MAX];
    walltime until = w->spec->holders[holder].certificate_until;
    if (until.ns == 0 || until.ns > world_applicant_now(w).ns) { /* by an event: see the trace */
        snprintf(p.out, p.cap, "the certificate has lapsed");
        return true;
    }
    day_text(until, ends);
    snprintf(p.out, p.cap, "the certificate ended on %s", ends);
    return true;
}

static bool put_sms(const struct world *w, struct put p, enum refusal r, uint32_t site)
{
    const struct site *s = &w->sites[site];
    if (r == REFUSAL_SMS_EXPIRED) {
        char until[TIMETEXT_MAX];
        timetext_put_simtime(s->sms_deadline, until);
        snprintf(p.out, p.cap, "the code was good until %s", until);
        return true;
    }
    snprintf(p.out, p.cap, "%u codes were wrong; %" PRIu32 " are forgiven (setting sms_tries)",
             s->sms_wrong, w->choices->sms_tries);
    return true;
}

/* The site of the same holder, but not of the same order, whose order is open. */
static bool put_open_order(const struct world *w, struct put p, uint32_t site)
{
    const struct site_spec *spec = w->spec->sites;
    uint32_t s = w->holders[spec[site].holder].site_first;
    for (; s != CN_NONE32; s = w->sites[s].next_of_holder) {
        enum filing_state state = (enum filing_state)w->sites[s].filing;
        bool own = s == site || (spec[s].order != CN_NONE32 && spec[s].order == spec[site].order);
        own = own || (spec[s].entry_shared && spec[s].entry == spec[site].entry);
        if (own || !filing_order_open(state)) continue;
        snprintf(p.out, p.cap, "the order of %s is %s", spec[s].domain, filing_state_name(state));
        return true;
    }
    return false;
}

/* Of an app: what is wrong with it, or with the first domain of it that may not be filed. */
static bool put_app(const struct world *w, struct put p, enum refusal r, uint32_t app)
{
    uint32_t domain = world_app_offender(w, app);
    if (r == REFUSAL_APP_FILING_NOT_YET) {
        char day[DAY_TEXT_MAX];
        day_text(world_applicant_now(w), day);
        snprintf(p.out, p.cap, "on %s the rule app_filing is \"none\"", day);
        return true;
    }
    if (domain == CN_NONE32) return false;
    int used = snprintf(p.out, p.cap, "its domain %s: ", w->spec->sites[domain].domain);
    if (used < 0 || (size_t)used >= p.cap) return false;
    p.out += used;
    p.cap -= (size_t)used;
    return put_domain(w, p, r, domain);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): `out` is written through `p`. */
bool world_refusal_value(const struct world *w, const struct event *e, enum refusal r, char *out,
                         size_t cap)
{
    struct put p = {out, cap};
    if (e->site == CN_NONE32 || w->spec->sites[e->site].holder == CN_NONE32) return false;
    if (r == REFUSAL_ICP_ORDER_OPEN) return put_open_order(w, p, e->site);
    if (r == REFUSAL_SMS_EXPIRED || r == REFUSAL_SMS_LOCKED) return put_sms(w, p, r, e->site);
    if (r == REFUSAL_CERTIFICATE_EXPIRED) {
        return put_certificate(w, p, w->spec->sites[e->site].holder);
    }
    struct applicant_view v = world_applicant_view(w, e->site);
    if (w->spec->sites[e->site].app && put_app(w, p, r, e->site)) return true;
    if (w->spec->sites[e->site].app) return put_person(p, r, &v);
    return put_domain(w, p, r, e->site) || put_person(p, r, &v);
}
