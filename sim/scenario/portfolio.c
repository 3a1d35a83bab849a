/* SPDX-License-Identifier: MIT */
#include "portfolio.h"

#include <stdio.h>
#include <string.h>

#include "apps.h"
#include "cnedge/base/rng.h"
#include "cnedge/model/number.h"
#include "cohorts.h"
#include "entities.h"
#include "numbers.h"
#include "rows.h"
#include "tables.h"
#include "utf8.h"
#include "values.h"

/* --- kinds ------------------------------------------------------------------------------------ */

/* The site that covers the domain: an app's filing. NULL without one, and, reported, for others. */
static const struct load_filing *covering(struct load *l, const struct node *n)
{
    uint32_t i = load_refer(&l->filings, n, "filing", "the id of a declared filing");
    if (i == CN_NONE32 || l->filing[i].is_app) return i == CN_NONE32 ? NULL : &l->filing[i];
    const struct at at = node_at(n, "filing");
    jsondoc_error(n->doc, &at,
                  "expected the id of a filing of kind \"app\" (a portfolio's sites have theirs in "
                  "\"holder\" and \"filing_number\"), got \"%s\"",
                  node_text(n, "filing"));
    return NULL;
}

/* Takes the filing of a row, which is its own or an app's. The number is the default one, if there
 * is one, for the rows of this kind that have none of their own. */
static void take_filing(const struct rows *rows, const struct node *n, struct portfolio_kind *k)
{
    struct load *l = rows->l;
    struct site_spec *s = &k->site;
    struct load_filing f = {.holder = CN_NONE32, .state = FILING_NONE, .order = CN_NONE32};
    k->app = covering(l, n);
    if (node_get(n, "holder") != NULL) f = entities_row_filing(l, n);
    const struct load_filing *from = k->app != NULL ? k->app : &f;
    s->holder = from->holder;
    const char *number = node_text(&rows->portfolio, "filing_number");
    if (number == NULL || from->number == NULL || k->app != NULL) number = from->number;
    s->number = number == NULL ? NULL : load_copy(l, number);
    s->filing = from->state;
    if (from->accesses != 0) s->accesses = from->accesses;
    s->order = from->order;
    s->entry = CN_NONE32; /* nobody shares it */
}

/* The longest name of a host before its domain. */
static size_t longest(const struct portfolio_kind *k, size_t apex_len)
{
    size_t most = 0;
    for (uint32_t i = 0; i < k->site.host_count; i++) {
        size_t len = dname_len(k->hosts[i].name) - apex_len;
        if (len > most) most = len;
    }
    return most;
}

/* Reads a row whole. False, reported, when anything is wrong with it. */
static bool read_row(struct rows *rows, struct portfolio_kind *out)
{
    struct node n;
    char domain[DNAME_TEXT_MAX];
    uint8_t apex[DNAME_MAX];
    struct names declared;
    struct load *l = rows->l;
    int before = l->root.doc->diags->errors;
    *out = (struct portfolio_kind){.next = 0};
    if (!rows_object(rows, &n)) return false;
    uint32_t hosts = (uint32_t)node_count(&n, "hosts");
    out->hosts = arena_get(l->a, hosts, sizeof(*out->hosts));
    if (out->hosts == NULL || !names_init(&declared, l->scratch, hosts)) return false;
    load_canonical(node_text(&n, "domain"), domain);
    out->site.domain = domain;
    struct sites_reader r = {
        .l = l, .sites = &out->site, .hosts = out->hosts, .declared = &declared, .row = true};
    sites_partner(&r, &n);
    take_filing(rows, &n, out);
    sites_parts(&r, &n);
    hosts_read(&r, &n);
    out->site.domain = NULL;
    if (!load_has_memory(l) || l->root.doc->diags->errors != before) return false;
    out->apex_len = dname_from_text(domain, apex);
    out->labels_max = longest(out, out->apex_len);
    return true;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Whether a number would pass what is asked of it when a row is read whole. */
static bool number_fits(const struct load *l, const struct portfolio_kind *k, const char *text)
{
    struct number number;
    struct number_error error;
    size_t len = strlen(text);
    if (len == 0 || len > FORMAT_NAME_MAX || utf8_good((const uint8_t *)text, len) < len) {
        return false;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if ((uint8_t)*p < 0x20) return false;
    }
    if (!entities_ministry(text)) return true;
    const struct province *p =
        k->site.holder != CN_NONE32 ? l->world->holders[k->site.holder].province : NULL;
    return number_read(text, &number, &error) && number.kind == NUMBER_SITE &&
           (p == NULL || p == number.province);
}

/* Whether what a plain row says is good in a site of that kind, of which one has been read. */
static bool row_fits(const struct load *l, const struct portfolio_kind *k, const struct rows *rows)
{
    size_t room = DNAME_TEXT_MAX - 1;
    size_t len = strlen(rows->domain);
    if (len > (size_t)values_domain.max || !values_domain.reads(rows->domain)) return false;
    size_t name = len + k->labels_max;
    if (k->site.setup == SETUP_PARTIAL) name += strlen(l->world->choices.cdn_zone.text) + 3;
    if (name > DNAME_MAX - 3 || name >= room) return false;
    return rows->number == NULL || number_fits(l, k, rows->number);
}

/* Reads a row whole. Its kind; CN_NONE32, reported: it is not good. */
static uint32_t take_row(struct portfolio_set *set, uint32_t portfolio, struct rows *rows)
{
    struct portfolio_kind kind;
    if (!read_row(rows, &kind)) return CN_NONE32;
    kind.portfolio = portfolio;
    if (!rows->plain) {
        const struct node n = {&rows->doc, &objects_row, rows->doc.root, AT_ROOT};
        rows->domain = node_text(&n, "domain");
        rows->number = json_string_value(json_object_get(rows->own, "filing_number"));
    }
    return portfolio_set_take_kind(set, &kind);
}

static void scan_row(struct portfolio_set *set, uint32_t portfolio, struct rows *rows)
{
    uint32_t kind = rows->plain ? portfolio_set_find_spelling(set, portfolio, rows) : CN_NONE32;
    bool known = kind != CN_NONE32;
    if (!known || !row_fits(rows->l, portfolio_set_kind(set, kind), rows)) {
        uint32_t read = take_row(set, portfolio, rows);
        if (read == CN_NONE32) return;
        if (!known && rows->plain) portfolio_set_add_spelling(set, portfolio, rows, read);
        kind = known ? kind : read;
    }
    portfolio_set_add_row(set, rows, kind);
}

/* Says what the defaults name wrongly, once and not in every row. */
static bool defaults_good(struct load *l, const struct node *n)
{
    int before = l->root.doc->diags->errors;
    (void)load_refer(&l->holders, n, "holder", "the id of a declared holder");
    (void)load_refer(&l->accounts, n, "account", "the id of a declared account");
    (void)load_refer(&l->partners, n, "partner", "the id of a declared partner");
    (void)load_refer(&l->filings, n, "filing", "the id of a declared filing");
    return l->root.doc->diags->errors == before;
}

/* The file of a portfolio, without "./"; NULL: it is made up. */
static const char *file_of(const struct load *l, uint32_t index)
{
    struct at list;
    struct at at;
    json_t *v = node_value(&l->root, "portfolios", index, &list, &at);
    const struct node n = node_item(&l->root, &objects_portfolio, v, at);
    const char *file = node_text(&n, "file");
    while (file != NULL && strncmp(file, "./", 2) == 0) {
        file += 2;
    }
    return file;
}

/* Whether no portfolio before this one has the same file; reports when one has. */
static bool file_is_new(const struct load *l, uint32_t index)
{
    const char *file = file_of(l, index);
    for (uint32_t i = 0; file != NULL && i < index; i++) {
        const char *other = file_of(l, i);
        if (other == NULL || strcmp(file, other) != 0) continue;
        const struct at list = node_at(&l->root, "portfolios");
        const struct at item = {&list, NULL, index};
        const struct at at = {&item, "file", 0};
        jsondoc_error(l->root.doc, &at,
                      "expected each file once, got \"%s\" again (it is in /portfolios/%u)", file,
                      i);
        return false;
    }
    return true;
}

/* A file without rows was probably cut. It is no error, unless there is no other site. */
static void tell_of_none(const struct portfolio_set *set, uint32_t index)
{
    const struct load *l = set->l;
    const struct rows *rows = &set->rows[index];
    const struct at at = node_at(&rows->portfolio, "file");
    if (set->row_list.count > 0 || node_count(&l->root, "sites") > 0) {
        jsondoc_warning(l->root.doc, &at, "no site is in \"%s\"", rows->file);
    } else {
        jsondoc_error(l->root.doc, &at, "expected sites in \"%s\", got none, and no other site",
                      rows->file);
    }
}

static void scan_portfolio(struct portfolio_set *set, uint32_t index)
{
    struct load *l = set->l;
    struct rows *rows = &set->rows[index];
    const struct diag_list *diags = l->root.doc->diags;
    int before = diags->errors;
    if (!file_is_new(l, index)) return;
    bool open = rows_open(rows, l, set->shape, index) && defaults_good(l, &rows->portfolio);
    set->individual[index] = node_bool(&rows->portfolio, "individual");
    int most = rows->form == ROWS_MADE ? 1 : PORTFOLIO_ERRORS_MAX; /* of sites made up, one place */
    enum rows_result got = open ? rows_next(rows) : ROWS_END;
    set->empty[index] = open && got == ROWS_END && diags->errors == before;
    while (got != ROWS_END && load_has_memory(l) && diags->errors < before + most) {
        if (set->row_list.count == l->limits->portfolio_sites) {
            jsondoc_limit(l->root.doc, &rows->portfolio.at,
                          "expected at most %u sites in all portfolios, got more with this one",
                          l->limits->portfolio_sites);
            break;
        }
        if (got == ROWS_ROW) scan_row(set, index, rows);
        got = rows_next(rows);
    }
    rows_close(rows);
}

void portfolio_scan(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "portfolios");
    int before = l->root.doc->diags->count;
    struct portfolio_set *set = count > 0 ? portfolio_set_new(l, count) : NULL;
    l->portfolios = set;
    for (uint32_t i = 0; set != NULL && i < count && load_has_memory(l); i++) {
        scan_portfolio(set, i);
    }
    if (set == NULL || !load_has_memory(l)) return;
    for (uint32_t i = 0; i < count; i++) {
        if (set->empty[i]) tell_of_none(set, i);
    }
    cohorts_index(set);
    diag_sort(l->root.doc->diags, before);
}

/* --- sites ------------------------------------------------------------------------------------ */

void portfolio_group(struct load *l, const struct site_spec *sites, uint32_t count)
{
    if (l->portfolios != NULL) cohorts_group(l->portfolios, sites, count);
}

static const struct portfolio_group *group_at(const struct load *l, uint32_t i)
{
    return steps_at(&l->portfolios->groups, i);
}

/* The row by whose name a site goes. */
static const struct portfolio_row *row_of(const struct load *l, uint32_t group)
{
    return portfolio_set_row(l->portfolios, group_at(l, group)->named);
}

uint32_t portfolio_sites(const struct load *l)
{
    return l->portfolios != NULL ? l->portfolios->groups.count : 0;
}

uint64_t portfolio_hosts(const struct load *l)
{
    uint64_t hosts = 0;
    for (uint32_t i = 0; i < portfolio_sites(l); i++) {
        hosts += portfolio_set_kind(l->portfolios, row_of(l, i)->kind)->site.host_count;
    }
    return hosts;
}

/* Domains that the scenario file has too; those that are rows twice have been told. */
static void check_twice(struct sites_reader *r)
{
    struct load *l = r->l;
    for (uint32_t i = 0; i < r->site; i++) {
        struct at list;
        struct at at;
        struct portfolio_place place;
        const uint8_t *apex = r->sites[i].apex;
        uint32_t row = apex != NULL ? cohorts_row(l->portfolios, apex) : CN_NONE32;
        if (row == CN_NONE32) continue;
        (void)node_value(&l->root, "sites", i, &list, &at);
        const struct at domain = {&at, "domain", 0};
        portfolio_set_place(l->portfolios, portfolio_set_row(l->portfolios, row), &place);
        jsondoc_error(l->root.doc, &domain,
                      "expected a domain that no other site has, got \"%s\" again (it is in %s)",
                      r->sites[i].domain, place.text);
    }
}

void portfolio_declare(struct sites_reader *r)
{
    char name[DNAME_TEXT_MAX];
    struct load *l = r->l;
    if (l->portfolios == NULL) return;
    check_twice(r);
    for (uint32_t i = 0; i < portfolio_sites(l) && load_has_memory(l); i++, r->site++) {
        const struct portfolio_row *row = row_of(l, i);
        struct site_spec *s = &r->sites[r->site];
        dname_show(row->name, name);
        s->domain = load_copy(l, name);
        s->apex = row->name;
        if (names_find(&l->sites, name) == CN_NONE32) names_add(&l->sites, s->domain, r->site);
    }
}

/* A host of the row: the kind's, below another domain. NULL when memory is exhausted. */
static const uint8_t *host_name(struct load *l, const struct portfolio_kind *k, uint32_t host,
                                const uint8_t *apex)
{
    const uint8_t *first = k->hosts[host].name;
    size_t before = dname_len(first) - k->apex_len;
    size_t len = dname_len(apex);
    if (before == 0) return apex;
    uint8_t *name = arena_get(l->a, before + len, 1);
    if (name == NULL) return NULL;
    memcpy(name, first, before);
    memcpy(name + before, apex, len);
    return name;
}

static void read_hosts(struct sites_reader *r, const struct portfolio_row *row,
                       const struct portfolio_kind *k)
{
    char text[DNAME_TEXT_MAX];
    struct load *l = r->l;
    struct site_spec *s = &r->sites[r->site];
    for (uint32_t i = 0; i < k->site.host_count; i++) {
        const uint8_t *name = host_name(l, k, i, s->apex);
        if (name == NULL) return;
        dname_show(name, text);
        const char *inner = hosts_inner(l, text, s->domain);
        if (inner != NULL) {
            portfolio_set_complain(l->portfolios, row, "hosts",
                                   "expected a host outside of the site \"%s\", got \"%s\"", inner,
                                   text);
            continue;
        }
        struct host_spec *h = &r->hosts[r->host_count];
        *h = k->hosts[i];
        h->name = name;
        h->site = r->site;
        const char *key = arena_text(l->scratch, text, strlen(text));
        if (key == NULL) return;
        names_add(&l->hosts, key, r->host_count++);
    }
}

static void read_site(struct sites_reader *r, uint32_t group)
{
    struct load *l = r->l;
    const struct portfolio_row *row = row_of(l, group);
    const struct portfolio_kind *k = portfolio_set_kind(l->portfolios, row->kind);
    struct site_spec *s = &r->sites[r->site];
    const char *domain = s->domain;
    const char *number = (const char *)row->name + dname_len(row->name);
    uint32_t count = group_at(l, group)->count;
    *s = k->site;
    s->domain = domain;
    s->apex = row->name;
    s->members = count > 1 ? count : 0;
    if (*number != '\0') s->number = number;
    if (k->app != NULL) apps_cover(r->sites, k->app, s);
    s->host_first = r->host_count;
    if (names_find(&l->sites, domain) == r->site) read_hosts(r, row, k);
    s->host_count = r->host_count - s->host_first;
}

void portfolio_read(struct sites_reader *r)
{
    for (uint32_t i = 0; i < portfolio_sites(r->l) && load_has_memory(r->l); i++, r->site++) {
        read_site(r, i);
    }
}

/* --- all together ----------------------------------------------------------------------------- */

static void warn_of_tld(struct sites_reader *r, uint32_t first, uint32_t group)
{
    char more[48] = "";
    struct load *l = r->l;
    const struct world_spec *w = l->world;
    const struct site_spec *s = &r->sites[first + group];
    if (s->holder == CN_NONE32 || spec_tld_ok(w, s->apex, w->start)) return;
    if (s->members > 0) snprintf(more, sizeof(more), " and %u more", s->members - 1);
    portfolio_set_warn(l->portfolios, row_of(l, group), "domain", SITES_TLD_TEXT, s->domain, more,
                       sites_tld_source(l));
}

/* Reports the site if it, or a host of it, lies in the CDN's zone. */
static void keep_out_of_cdn(struct sites_reader *r, uint32_t site, const uint8_t *zone,
                            const struct portfolio_row *row)
{
    const char *suffix = r->l->world->choices.cdn_zone.text;
    const struct site_spec *s = &r->sites[site];
    if (dname_within(row->name, zone)) {
        portfolio_set_complain(r->l->portfolios, row, "domain", SITES_CDN_TEXT, suffix, s->domain);
        return;
    }
    for (uint32_t k = 0; s->members == 0 && k < s->host_count; k++) {
        if (!dname_within(r->hosts[s->host_first + k].name, zone)) continue;
        portfolio_set_complain(r->l->portfolios, row, "hosts", SITES_CDN_HOST_TEXT, suffix);
    }
}

void portfolio_check(struct sites_reader *r, uint32_t first)
{
    uint8_t zone[DNAME_MAX];
    const struct load *l = r->l;
    struct portfolio_set *set = l->portfolios;
    bool zoned = sites_cdn_zone(r, zone);
    for (uint32_t i = 0; set != NULL && zoned && i < set->row_list.count; i++) {
        const struct portfolio_row *row = portfolio_set_row(set, i);
        keep_out_of_cdn(r, first + row->group, zone, row);
    }
    if (l->root.doc->diags->errors > 0) return;
    for (uint32_t i = 0; i < portfolio_sites(l); i++) {
        warn_of_tld(r, first, i);
    }
    if (set != NULL) numbers_check(set);
}

/* The key of the table of apexes: it need not be secret from who wrote the scenario. */
static void make_key(uint64_t seed, uint8_t key[SIPHASH_KEY_BYTES])
{
    for (int i = 0; i < SIPHASH_KEY_BYTES; i++) {
        key[i] = (uint8_t)rng_hash(seed, &i, sizeof(i));
    }
}

static bool add_apex(struct apex_table *t, const uint8_t *name, uint32_t site, bool member)
{
    bool added;
    struct apex_line *line = apex_table_add(t, name, site, &added);
    if (line != NULL && added) line->member = member;
    return line != NULL;
}

void portfolio_apexes(struct sites_reader *r, uint32_t first)
{
    uint8_t key[SIPHASH_KEY_BYTES];
    struct load *l = r->l;
    const struct portfolio_set *set = l->portfolios;
    uint32_t rows = set != NULL ? set->row_list.count : 0;
    uint32_t members = rows - portfolio_sites(l);
    if (members == 0) return;
    struct apex_table *t = arena_get(l->a, 1, sizeof(*t));
    const uint8_t **list = arena_get(l->a, members, sizeof(*list));
    make_key(l->s->seed, key);
    bool ok = t != NULL && list != NULL && apex_table_init(t, l->a, first + rows, key);
    for (uint32_t i = 0; ok && i < first; i++) {
        ok = add_apex(t, r->sites[i].apex, i, false);
    }
    l->world->members = list;
    for (uint32_t i = 0; ok && i < rows; i++) {
        const struct portfolio_row *row = portfolio_set_row(set, i);
        bool member = group_at(l, row->group)->named != i;
        ok = add_apex(t, row->name, first + row->group, member);
        if (member) list[l->world->member_count++] = row->name;
    }
    l->world->apexes = t;
}
