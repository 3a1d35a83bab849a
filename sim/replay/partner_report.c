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

static json_t *host_of(const struct world *w, uint32_t host)
{
    const struct host *h = &w->hosts[host];
    const struct host_class *key = &w->classes[h->class_].key;
    char name[DNAME_TEXT_MAX];
    json_t *o = json_object();
    dname_show(w->spec->hosts[host].name, name);
    put_text(o, OBJECT_HOST, "name", name);
    put_text(o, OBJECT_HOST, "provisioning",
             provisioning_state_name((enum provisioning_state)h->provisioning));
    put_bool(o, OBJECT_HOST, "entitled", policy_entitled(key, world_partner_state(w, key)));
    return o;
}

static json_t *hosts_of(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    json_t *list = json_array();
    for (uint32_t i = 0; i < spec->host_count; i++) {
        uint32_t host = spec->host_first + i;
        if (!w->hosts[host].active || w->spec->hosts[host].cname != NULL) continue;
        json_array_append_new(list, host_of(w, host));
    }
    return list;
}

static void put_licences(json_t *o, const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    bool numbered = filing_has_number((enum filing_state)s->filing);
    put_text(o, OBJECT_SITE, "filing_number", numbered ? spec->number : NULL);
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

static json_t *site_of(const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    const struct site_spec *spec = &w->spec->sites[site];
    const struct account *a = &w->accounts[spec->account];
    bool by_holder = spec->holder != CN_NONE32 && w->holders[spec->holder].suspended;
    bool several = w->spec->partner_count > 1;
    json_t *o = json_object();
    put_text(o, OBJECT_SITE, "domain", spec->domain);
    if (several) put_text(o, OBJECT_SITE, "partner", w->spec->partners[s->partner].id);
    put_licences(o, w, site);
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
    put(o, OBJECT_SITE, "hosts", hosts_of(w, site));
    return o;
}

static int by_domain(const void *a, const void *b)
{
    const struct site_spec *const *x = a;
    const struct site_spec *const *y = b;
    return strcmp((*x)->domain, (*y)->domain);
}

/* NULL when memory is exhausted. */
static json_t *sites_of(const struct world *w)
{
    uint32_t count = w->spec->site_count - w->spec->app_count;
    const struct site_spec **order = malloc((count + 1) * sizeof(const struct site_spec *));
    if (order == NULL) return NULL;
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) {
        order[i] = &w->spec->sites[i];
    }
    qsort(order, count, sizeof(const struct site_spec *), by_domain);
    for (uint32_t i = 0; i < count; i++) {
        json_array_append_new(list, site_of(w, (uint32_t)(order[i] - w->spec->sites)));
    }
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
