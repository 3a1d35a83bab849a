/* SPDX-License-Identifier: MIT
 * Sites and their hosts. */
#include <string.h>

#include "apps.h"
#include "cnedge/base/addrtext.h"
#include "cnedge/model/number.h"
#include "load.h"
#include "portfolio.h"
#include "sites.h"
#include "tables.h"
#include "words.h"
#include "zones.h"

static struct node site_node(const struct load *l, uint32_t i, struct at *list)
{
    struct at at;
    json_t *v = node_value(&l->root, "sites", i, list, &at);
    return node_item(&l->root, &objects_site, v, at);
}

/* --- a site's parts --------------------------------------------------------------------------- */

/* Takes the filing that the site names; a filing is for one domain (FACTS A1). */
static void take_filing(struct sites_reader *r, const struct node *n)
{
    struct site_spec *s = &r->sites[r->site];
    s->holder = CN_NONE32;
    s->filing = FILING_NONE;
    s->order = CN_NONE32;
    s->entry = CN_NONE32;
    uint32_t i = load_refer(&r->l->filings, n, "filing", "the id of a declared filing");
    if (i == CN_NONE32) return;
    struct load_filing *f = &r->l->filing[i];
    const struct world_spec *w = r->l->world;
    if (f->is_app) {
        apps_cover(r->sites, f, s);
        return;
    }
    if (f->site != CN_NONE32 && rules_bool(&w->rules, RULES_ONE_DOMAIN_PER_SITE, w->start)) {
        const struct at at = node_at(n, "filing");
        jsondoc_error(
            n->doc, &at,
            "expected a filing of its own (one domain each), got \"%s\", which \"%s\" has", f->id,
            r->sites[f->site].domain);
        return;
    }
    if (f->site != CN_NONE32) {
        s->entry_shared = true;
        r->sites[f->site].entry_shared = true;
    }
    f->site = r->site;
    s->holder = f->holder;
    s->number = f->number;
    s->filing = f->state;
    if (f->accesses != 0) s->accesses = f->accesses;
    s->order = f->order;
    s->entry = i;
}

static void take_account(struct sites_reader *r, const struct node *n, struct site_spec *s)
{
    const struct load *l = r->l;
    s->account = 0;
    if (node_get(n, "account") != NULL) {
        s->account = load_refer(&l->accounts, n, "account", "the id of a declared account");
    } else if (l->world->account_count > 1) {
        jsondoc_error(n->doc, &n->at,
                      "expected the key \"account\" (there are %u accounts), got none",
                      l->world->account_count);
    }
}

void sites_partner(struct sites_reader *r, const struct node *n)
{
    struct site_spec *s = &r->sites[r->site];
    const char *what = "the id of a declared partner";
    uint32_t partner = load_refer(&r->l->partners, n, "partner", what);
    s->partner = partner != CN_NONE32 ? (uint8_t)partner : 0; /* absent: the first */
    s->accesses = 1U << s->partner;
}

static void take_edge_name(struct sites_reader *r, const struct node *n, struct site_spec *s)
{
    char name[DNAME_TEXT_MAX];
    const char *text = node_text(n, "edge_name");
    s->edge_name = CN_NONE32;
    if (text == NULL) return;
    load_canonical(text, name);
    s->edge_name = names_find(&r->l->edge_names, name);
    if (s->edge_name != CN_NONE32) return;
    const char *key = arena_text(r->l->scratch, name, strlen(name));
    if (key == NULL) return;
    s->edge_name = r->l->world->edge_name_count++;
    names_add(&r->l->edge_names, key, s->edge_name);
}

static void take_site_name(struct sites_reader *r, const struct node *n, struct site_spec *s)
{
    const char *text = node_text(n, "site_name");
    s->name_group = CN_NONE32;
    if (text == NULL) return;
    s->name_group = names_find(&r->l->site_names, text);
    if (s->name_group != CN_NONE32) return;
    const char *key = arena_text(r->l->scratch, text, strlen(text));
    if (key == NULL) return;
    s->name_group = r->l->world->name_group_count++;
    names_add(&r->l->site_names, key, s->name_group);
}

static void read_registration(struct load *l, const struct node *site, struct site_spec *s)
{
    /* Absent, its keys are absent too: jansson finds nothing in NULL. */
    struct node n = node_item(site, &objects_registration, node_get(site, "registration"),
                              node_at(site, "registration"));
    const char *registrar = node_text(&n, "registrar_name");
    s->registrar = registrar != NULL ? load_copy(l, registrar) : NULL;
    s->registrar_ok = node_word(&n, "registrar") == WORDS_APPROVED;
    s->realname_matches = node_word(&n, "real_name") == WORDS_MATCH;
    s->realname_since = node_instant(&n, "real_name_since", (walltime){0});
    s->domain_expires = node_instant(&n, "expires", (walltime){INT64_MAX});
}

static void read_resource(const struct node *site, struct site_spec *s)
{
    const json_t *v = node_get(site, "mainland_resource_until");
    s->resource_until = (walltime){v == NULL ? INT64_MAX : 0};
    if (json_is_string(v)) {
        s->resource_until = node_instant(site, "mainland_resource_until", s->resource_until);
    }
}

static void read_origin(struct load *l, const struct node *site, struct site_spec *s)
{
    json_t *v = node_get(site, "origin");
    if (v == NULL) {
        if (s->policy != POLICY_TO_ORIGIN) return;
        jsondoc_error(site->doc, &site->at,
                      "expected the key \"origin\" with \"revocation_policy\": \"to_origin\", got "
                      "none");
        return;
    }
    struct node n = node_item(site, &geography_addresses, v, node_at(site, "origin"));
    struct origin_spec *o = arena_get(l->a, 1, sizeof(*o));
    if (o == NULL) return;
    o->v4_count = node_addresses(&n, "v4", o->v4[0], 4);
    o->v6_count = node_addresses(&n, "v6", o->v6[0], 16);
    s->origin = o;
}

static void read_dedicated(struct load *l, const struct node *site, struct site_spec *s)
{
    size_t count = node_count(site, "dedicated_addresses");
    struct site_address *list = arena_get(l->a, count, sizeof(*list));
    for (size_t i = 0; list != NULL && i < count; i++) {
        struct at up;
        struct at at;
        struct addr_prefix p;
        const char *text = json_string_value(node_value(site, "dedicated_addresses", i, &up, &at));
        bool ok = addrtext_read_prefix(text, &p);
        CN_ASSERT(ok);
        list[i].v6 = p.v6;
        memcpy(list[i].address, p.address, sizeof(list[i].address));
    }
    s->dedicated = list;
    s->dedicated_count = (uint8_t)count;
}

/* Whoever has filed with the police has a number; others have none. */
static void read_psb_number(struct load *l, const struct node *n, struct site_spec *s)
{
    s->psb_number = load_number(l, n, "psb_number", 1U << NUMBER_PSB, NULL);
    if (s->psb_number == NULL || s->psb == PSB_FILED) return;
    const struct at at = node_at(n, "psb_number");
    jsondoc_error(
        n->doc, &at,
        "expected no \"psb_number\" unless the police filing is \"FILED\" (it is \"%s\"), "
        "got \"%s\"",
        psb_state_name(s->psb), s->psb_number);
}

/* A word, or the default that the choices give. */
static int word_or(const struct node *n, const char *key, int otherwise)
{
    int word = node_word(n, key);
    return word >= 0 ? word : otherwise;
}

void sites_parts(struct sites_reader *r, const struct node *n)
{
    struct load *l = r->l;
    struct site_spec *s = &r->sites[r->site];
    const struct choices *c = &l->world->choices;
    take_account(r, n, s);
    take_edge_name(r, n, s);
    take_site_name(r, n, s);
    s->needs_commercial = node_bool(n, "needs_commercial");
    s->vetting = (enum vetting_state)node_word(n, "vetting");
    bool filed = filing_serves(s->filing);
    s->psb = (enum psb_state)word_or(n, "psb", filed ? PSB_FILED : PSB_NOT_DUE);
    read_psb_number(l, n, s);
    s->coverage = (enum coverage)word_or(n, "coverage", c->coverage);
    s->setup = (enum setup)word_or(n, "setup", c->setup);
    s->policy = (enum revocation_policy)word_or(n, "revocation_policy", c->revocation_policy);
    s->suspended = node_bool(n, "suspended");
    s->blacklisted = node_bool(n, "blacklisted");
    s->resolution_closed = node_word(n, "resolution") == WORDS_CLOSED;
    read_registration(l, n, s);
    read_resource(n, s);
    read_origin(l, n, s);
    s->demand_mbit = (uint32_t)node_integer(n, "demand_mbps");
    read_dedicated(l, n, s);
}

static void read_site(struct sites_reader *r)
{
    struct at list;
    struct node n = site_node(r->l, r->site, &list);
    sites_partner(r, &n);
    take_filing(r, &n);
    sites_parts(r, &n);
    hosts_read(r, &n);
}

/* --- all sites -------------------------------------------------------------------------------- */

/* Declares every domain before any host, so that a host in an inner zone is seen. */
static void declare_domains(struct sites_reader *r, uint32_t count)
{
    char name[DNAME_TEXT_MAX];
    struct load *l = r->l;
    for (uint32_t i = 0; i < count && load_has_memory(l); i++) {
        struct at list;
        struct node n = site_node(l, i, &list);
        load_canonical(node_text(&n, "domain"), name);
        r->sites[i].domain = load_copy(l, name);
        r->sites[i].apex = load_wire(l, name);
        if (names_find(&l->sites, name) == CN_NONE32) {
            names_add(&l->sites, r->sites[i].domain, i);
            continue;
        }
        const struct at at = node_at(&n, "domain");
        jsondoc_error(n.doc, &at, "expected a domain that no other site has, got \"%s\" again",
                      name);
    }
}

/* How many hosts all sites have. */
static size_t count_hosts(const struct load *l, uint32_t sites)
{
    size_t hosts = 0;
    for (uint32_t i = 0; i < sites; i++) {
        struct at list;
        struct node n = site_node(l, i, &list);
        hosts += node_count(&n, "hosts");
    }
    return hosts;
}

/* A filing that no site has does nothing: probably a "filing" was forgotten. */
static void warn_of_idle_filings(const struct load *l)
{
    for (size_t i = 0; i < l->filings.count; i++) {
        if (l->filing[i].site != CN_NONE32 || l->filing[i].is_app) continue;
        const struct at list = node_at(&l->root, "filings");
        const struct at at = {&list, NULL, i};
        jsondoc_warning(l->root.doc, &at, "no site has the filing \"%s\"", l->filing[i].id);
    }
}

const char *sites_tld_source(const struct load *l)
{
    return choices_given(&l->world->choices, offsetof(struct choices, approved_tlds))
               ? "the setting approved_tlds"
               : "the list of the dated rule tld_set";
}

/* A domain under such a suffix cannot have been filed, and will not be: the lists here are not the
 * ministry's, so that it is no error. */
static void warn_of_tlds(const struct load *l, const struct site_spec *sites, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct at list;
        const struct world_spec *w = l->world;
        bool filed = sites[i].holder != CN_NONE32;
        if (!filed || spec_tld_ok(w, sites[i].apex, w->start)) continue;
        struct node n = site_node(l, i, &list);
        const struct at at = node_at(&n, "domain");
        jsondoc_warning(n.doc, &at, SITES_TLD_TEXT, sites[i].domain, "", sites_tld_source(l));
    }
}

bool sites_cdn_zone(const struct sites_reader *r, uint8_t zone[DNAME_MAX])
{
    const char *suffix = r->l->world->choices.cdn_zone.text;
    for (uint32_t i = 0; i < r->site; i++) {
        if (r->sites[i].setup == SETUP_PARTIAL) return dname_from_text(suffix, zone) > 0;
    }
    return false;
}

/* Reports sites and hosts that lie in the CDN's zone, which has names of its own. Every host that
 * was declared has been read. */
static void keep_out_of_cdn(const struct sites_reader *r, uint32_t count)
{
    struct load *l = r->l;
    uint8_t zone[DNAME_MAX];
    const char *suffix = l->world->choices.cdn_zone.text;
    if (!sites_cdn_zone(r, zone)) return;
    for (uint32_t i = 0; i < count; i++) {
        const struct site_spec *s = &r->sites[i];
        struct at list;
        struct node n = site_node(l, i, &list);
        const struct at domain = node_at(&n, "domain");
        if (dname_within(s->apex, zone)) {
            jsondoc_error(n.doc, &domain, SITES_CDN_TEXT, suffix, s->domain);
            continue;
        }
        for (uint32_t k = 0; k < s->host_count; k++) {
            const struct at hosts = node_at(&n, "hosts");
            const struct at at = {&hosts, NULL, k};
            if (!dname_within(r->hosts[s->host_first + k].name, zone)) continue;
            jsondoc_error(n.doc, &at, SITES_CDN_HOST_TEXT, suffix);
        }
    }
}

/* Reads the sites of the file, then the portfolios' rows, which have been scanned. */
static void read_all(struct sites_reader *r, uint32_t count)
{
    struct load *l = r->l;
    const struct diag_list *diags = l->root.doc->diags;
    r->site = count;
    portfolio_declare(r);
    apps_declare(l, r->sites, r->site);
    for (r->site = 0; r->site < count && load_has_memory(l); r->site++) {
        read_site(r);
    }
    portfolio_read(r);
    if (diags->errors == 0) keep_out_of_cdn(r, count);
    zones_read(l, r->sites, count, r->hosts);
    if (diags->errors == 0) {
        warn_of_idle_filings(l);
        warn_of_tlds(l, r->sites, count);
        portfolio_check(r, count);
    }
    if (diags->errors == 0) portfolio_apexes(r, count);
}

/* Reports more sites or hosts than there may be. */
static bool not_too_many(const struct load *l, uint64_t sites, uint64_t hosts)
{
    bool rows = portfolio_sites(l) > 0;
    const struct at at = node_at(&l->root, rows ? "portfolios" : "sites");
    if (sites > SPEC_SITES_MAX) {
        jsondoc_limit(l->root.doc, &at, "expected at most %d sites in all, got %llu",
                      SPEC_SITES_MAX, (unsigned long long)sites);
    } else if (hosts > SPEC_HOSTS_MAX) {
        jsondoc_limit(l->root.doc, &at, "expected at most %d hosts in all, got %llu",
                      SPEC_HOSTS_MAX, (unsigned long long)hosts);
    }
    return sites <= SPEC_SITES_MAX && hosts <= SPEC_HOSTS_MAX;
}

/* Memory for what the file and the portfolios have; the file's sites have been declared in `own`.
 */
static bool make_room(struct sites_reader *r, uint32_t count, uint32_t apps)
{
    struct load *l = r->l;
    const struct site_spec *own = r->sites;
    uint64_t sites = (uint64_t)count + portfolio_sites(l);
    uint64_t hosts = count_hosts(l, count) + portfolio_hosts(l);
    if (!load_has_memory(l) || !not_too_many(l, sites, hosts)) return false;
    r->sites = arena_get(l->a, sites + apps, sizeof(*r->sites));
    r->hosts = arena_get(l->a, hosts, sizeof(*r->hosts));
    if (r->sites == NULL || r->hosts == NULL) return false;
    memcpy(r->sites, own, count * sizeof(*own));
    return names_init(&l->hosts, l->scratch, hosts);
}

void sites_read(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "sites");
    struct sites_reader r = {.l = l, .declared = &l->hosts};
    uint32_t apps = apps_count(l);
    int before = l->root.doc->diags->errors;
    r.sites = arena_get(l->scratch, count, sizeof(*r.sites));
    if (r.sites == NULL || !names_init(&l->edge_names, l->scratch, count) ||
        !names_init(&l->site_names, l->scratch, count) ||
        !names_init(&l->sites, l->scratch, count) || !names_init(&l->apps, l->scratch, apps)) {
        return;
    }
    portfolio_scan(l);
    bool rows_good = l->root.doc->diags->errors == before;
    declare_domains(&r, count);
    portfolio_group(l, r.sites, count);
    if (!make_room(&r, count, apps)) return;
    read_all(&r, count);
    if (!rows_good) return; /* else who names a row that is missing would be told so */
    l->world->sites = r.sites;
    l->world->hosts = r.hosts;
    l->world->site_count = count + portfolio_sites(l) + apps;
    l->world->app_count = apps;
    l->world->host_count = r.host_count;
}
