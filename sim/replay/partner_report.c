/* SPDX-License-Identifier: MIT
 * partner_report.c: the export for the partner. Every value goes through `put`, which knows only
 * the keys of the allow-list. */
#include "cnedge/replay/partner_report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "report_text.h"

enum object { OBJECT_EXPORT, OBJECT_SITE, OBJECT_APP, OBJECT_HOST, OBJECT_POP };

static const struct field {
    enum object object;
    const char *key, *why;
} fields[] = {
#define X(object, key, why) {OBJECT_##object, key, why},
    PARTNER_FIELDS(X)
#undef X
};

void partner_report_fields(FILE *out)
{
    static const char *const names[] = {"export", "site", "app", "host", "pop"};
    for (size_t i = 0; i < CN_ARRAY_LEN(fields); i++) {
        fprintf(out, "%s.%s\t%s\n", names[fields[i].object], fields[i].key, fields[i].why);
    }
}

static bool allowed(enum object object, const char *key)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(fields); i++) {
        if (fields[i].object == object && strcmp(fields[i].key, key) == 0) return true;
    }
    return false;
}

/* Takes the value. */
static void put(json_t *o, enum object object, const char *key, json_t *take_value)
{
    CN_ASSERT(allowed(object, key));
    json_object_set_new(o, key, take_value);
}

static void put_text(json_t *o, enum object object, const char *key, const char *text)
{
    put(o, object, key, text != NULL ? report_string(text) : json_null());
}

static void put_bool(json_t *o, enum object object, const char *key, bool value)
{
    put(o, object, key, json_boolean(value));
}

/* --- sites ------------------------------------------------------------------------------------ */

/* A site to be told of: one that has a state of its own, or a member, by its own name and number.
 */
struct told {
    uint32_t site;
    const uint8_t *apex;
    const char *domain, *number;
};

static json_t *host_of(const struct world *w, uint32_t host, const struct told *t)
{
    uint8_t wire[DNAME_MAX];
    const struct host *h = &w->hosts[host];
    const struct host_class *key = &w->classes[h->class_].key;
    char name[DNAME_TEXT_MAX];
    json_t *o = json_object();
    spec_member_host(w->spec, host, t->apex, wire);
    dname_show(wire, name);
    put_text(o, OBJECT_HOST, "name", name);
    put_text(o, OBJECT_HOST, "provisioning",
             provisioning_state_name((enum provisioning_state)h->provisioning));
    put_bool(o, OBJECT_HOST, "entitled", policy_entitled(key, world_partner_state(w, key)));
    return o;
}

static json_t *hosts_of(const struct world *w, const struct told *t)
{
    const struct site_spec *spec = &w->spec->sites[t->site];
    json_t *list = json_array();
    for (uint32_t i = 0; i < spec->host_count; i++) {
        uint32_t host = spec->host_first + i;
        if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) continue;
        json_array_append_new(list, host_of(w, host, t));
    }
    return list;
}

static void put_licences(json_t *o, const struct world *w, const struct told *t)
{
    uint32_t site = t->site;
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    bool numbered = filing_has_number((enum filing_state)s->filing);
    put_text(o, OBJECT_SITE, "filing_number", numbered ? t->number : NULL);
    put_text(o, OBJECT_SITE, "filing_state", filing_state_name((enum filing_state)s->filing));
    put_text(o, OBJECT_SITE, "filing_status", filing_status_name((enum filing_status)s->status));
    put_bool(o, OBJECT_SITE, "needs_commercial", spec->needs_commercial);
    put_text(o, OBJECT_SITE, "commercial_state",
             commercial_state_name(world_commercial_state(w, site)));
    bool licensed = spec->needs_commercial && spec->holder != CN_NONE32 &&
                    commercial_in_force(world_commercial_state(w, site));
    put_text(o, OBJECT_SITE, "commercial_number",
             licensed ? w->spec->holders[spec->holder].commercial_number : NULL);
    put_text(o, OBJECT_SITE, "psb_number", s->psb == PSB_FILED ? spec->psb_number : NULL);
    put_text(o, OBJECT_SITE, "vetting", vetting_state_name((enum vetting_state)s->vetting));
}

static json_t *site_of(const struct world *w, const struct told *t)
{
    uint32_t site = t->site;
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    const struct account *a = &w->accounts[spec->account];
    bool by_holder = spec->holder != CN_NONE32 && w->holders[spec->holder].suspended;
    bool several = w->spec->partner_count > 1;
    json_t *o = json_object();
    put_text(o, OBJECT_SITE, "domain", t->domain);
    if (several) put_text(o, OBJECT_SITE, "partner", w->spec->partners[s->partner].id);
    put_licences(o, w, t);
    put_text(o, OBJECT_SITE, "subscription",
             subscription_state_name((enum subscription_state)a->subscription));
    put_bool(o, OBJECT_SITE, "suspended", s->suspended || by_holder);
    put_bool(o, OBJECT_SITE, "blacklisted", s->blacklisted);
    put_text(o, OBJECT_SITE, "resolution", s->closed ? "closed" : "open");
    put_text(o, OBJECT_SITE, "coverage", coverage_name((enum coverage)s->coverage));
    put_text(o, OBJECT_SITE, "setup", setup_name(spec->setup));
    put_text(o, OBJECT_SITE, "revocation_policy", revocation_policy_name(spec->policy));
    put(o, OBJECT_SITE, "edge_group",
        spec->edge_name != CN_NONE32 ? json_integer(spec->edge_name) : json_null());
    put(o, OBJECT_SITE, "hosts", hosts_of(w, t));
    return o;
}

static int by_domain(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    return strcmp(x->domain, y->domain);
}

/* The domain of a member as text; NULL when memory is exhausted. To be freed. */
static char *member_domain(const uint8_t *name)
{
    char text[DNAME_TEXT_MAX];
    dname_show(name, text);
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL) memcpy(copy, text, size);
    return copy;
}

static struct told told_of(const struct world_spec *s, uint32_t site)
{
    const struct site_spec *spec = &s->sites[site];
    return (struct told){site, spec->apex, spec->domain, spec->number};
}

static struct told told_of_member(const struct world_spec *s, const uint8_t *name,
                                  const char *domain)
{
    uint32_t site = spec_member_site(s, name);
    const char *number = (const char *)name + dname_len(name);
    return (struct told){site, name, domain, *number != '\0' ? number : s->sites[site].number};
}

/* All sites, by domain, with `domains[i]` the text of member i's; false when memory is exhausted.
 */
static bool collect(const struct world_spec *s, struct told *order, char **domains)
{
    uint32_t count = s->site_count - s->app_count;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = told_of(s, i);
    }
    for (uint32_t i = 0; i < s->member_count; i++) {
        domains[i] = member_domain(s->members[i]);
        if (domains[i] == NULL) return false;
        order[count + i] = told_of_member(s, s->members[i], domains[i]);
    }
    qsort(order, (size_t)count + s->member_count, sizeof(*order), by_domain);
    return true;
}

/* NULL when memory is exhausted. Members of a cohort are told as sites like all others: that they
 * are one would show that they have a holder in common. */
static json_t *sites_of(const struct world *w)
{
    const struct world_spec *s = w->spec;
    size_t count = (size_t)s->site_count - s->app_count + s->member_count;
    struct told *order = malloc((count + 1) * sizeof(*order));
    char **domains = calloc((size_t)s->member_count + 1, sizeof(*domains));
    bool ok = order != NULL && domains != NULL && collect(s, order, domains);
    json_t *list = ok ? json_array() : NULL;
    for (size_t i = 0; list != NULL && i < count; i++) {
        json_array_append_new(list, site_of(w, &order[i]));
    }
    for (uint32_t i = 0; domains != NULL && i < s->member_count; i++) {
        free(domains[i]);
    }
    free(domains);
    free(order);
    return list;
}

/* --- apps ------------------------------------------------------------------------------------- */

/* An app's id is a word of whoever wrote the scenario; its number is the bureau's. */
static json_t *app_of(const struct world *w, uint32_t app)
{
    json_t *o = json_object();
    json_t *domains = json_array();
    put_text(o, OBJECT_APP, "filing_number", w->spec->sites[app].number);
    put_text(o, OBJECT_APP, "filing_state",
             filing_state_name((enum filing_state)w->sites[app].filing));
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        if (w->spec->sites[i].app_of != app + 1) continue;
        json_array_append_new(domains, report_string(w->spec->sites[i].domain));
    }
    for (uint32_t i = 0; i < w->spec->member_count; i++) {
        char text[DNAME_TEXT_MAX];
        const uint8_t *name = w->spec->members[i];
        if (w->spec->sites[spec_member_site(w->spec, name)].app_of != app + 1) continue;
        dname_show(name, text);
        json_array_append_new(domains, report_string(text));
    }
    put(o, OBJECT_APP, "domains", domains);
    return o;
}

/* Those that have a number and are carried by a partner; the others are not its business. */
static json_t *apps_of(const struct world *w)
{
    uint32_t partners = (1U << w->spec->partner_count) - 1;
    uint32_t last = w->spec->site_count;
    json_t *list = json_array();
    for (uint32_t i = last - w->spec->app_count; i < last; i++) {
        bool numbered = filing_has_number((enum filing_state)w->sites[i].filing);
        if (!numbered || w->spec->sites[i].number == NULL) continue;
        if ((w->sites[i].access & partners) == 0) continue;
        size_t at = 0; /* by number: the order of the file shows no owner */
        while (at < json_array_size(list)) {
            const json_t *other = json_object_get(json_array_get(list, at), "filing_number");
            if (strcmp(json_string_value(other), w->spec->sites[i].number) > 0) break;
            at++;
        }
        json_array_insert_new(list, at, app_of(w, i));
    }
    return list;
}

/* --- PoPs ------------------------------------------------------------------------------------- */

static json_t *carriers_of(const struct pop *p)
{
    json_t *list = json_array();
    for (unsigned c = 0; c < CARRIER_COUNT; c++) {
        if ((p->carriers >> c & 1U) == 0) continue;
        json_array_append_new(list, report_string(carrier_name((enum carrier)c)));
    }
    return list;
}

/* Those that are given in answers: spare ones and ones that were rotated out are not. */
static json_t *addresses_of(const struct world *w, uint16_t pop, enum family family)
{
    unsigned in_use = w->in_use[(size_t)pop * FAMILY_COUNT + family];
    char text[ADDRTEXT_MAX];
    json_t *list = json_array();
    for (unsigned i = 0; i < POP_POOL_MAX; i++) {
        if ((in_use & 1U << i) == 0) continue;
        topology_address_text(&w->topology->pops[pop], family, i, text);
        json_array_append_new(list, report_string(text));
    }
    return list;
}

static json_t *pop_of(const struct world *w, uint16_t pop)
{
    const struct pop *p = &w->topology->pops[pop];
    json_t *o = json_object();
    put_text(o, OBJECT_POP, "id", p->id);
    if (w->spec->partner_count > 1) {
        put_text(o, OBJECT_POP, "partner", w->spec->partners[p->partner].id);
    }
    put_text(o, OBJECT_POP, "province", w->topology->regions[p->region].name);
    put(o, OBJECT_POP, "carriers", carriers_of(p));
    put(o, OBJECT_POP, "v4", addresses_of(w, pop, FAMILY_V4));
    put(o, OBJECT_POP, "v6", addresses_of(w, pop, FAMILY_V6));
    put_bool(o, OBJECT_POP, "usable", w->pops[pop].usable);
    return o;
}

/* By id. */
static json_t *pops_of(const struct world *w)
{
    const struct topology *t = w->topology;
    json_t *list = json_array();
    for (uint16_t i = 0; i < t->pop_count; i++) {
        uint16_t pop = t->pop_by_id[i];
        if (t->pops[pop].class_ == POP_MAINLAND) json_array_append_new(list, pop_of(w, pop));
    }
    return list;
}

bool partner_report_write(FILE *out, const struct engine *e)
{
    char at[TIMETEXT_MAX];
    json_t *sites = sites_of(e->world);
    json_t *root = json_object();
    timetext_put_instant(simtime_wall(e->scenario->start, e->world->now), at);
    put(root, OBJECT_EXPORT, "format", json_integer(PARTNER_REPORT_FORMAT));
    put_text(root, OBJECT_EXPORT, "at", at);
    put(root, OBJECT_EXPORT, "sites", sites);
    put(root, OBJECT_EXPORT, "apps", apps_of(e->world));
    put(root, OBJECT_EXPORT, "pops", pops_of(e->world));
    bool ok =
        sites != NULL && json_dumpf(root, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(root);
    return ok;
}
