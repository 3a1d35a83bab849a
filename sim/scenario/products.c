/* SPDX-License-Identifier: MIT
 * Bandwidth packages and products: who pays, who uses them, what they cost. */
#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "load.h"
#include "tables.h"
#include "words.h"

static struct node item(const struct load *l, const char *key, const struct type *t, uint32_t i,
                        struct at *list)
{
    struct at at;
    json_t *v = node_value(&l->root, key, i, list, &at);
    return node_item(&l->root, t, v, at);
}

/* --- what both have --------------------------------------------------------------------------- */

/* The account that pays; the only one when none is named. */
static uint32_t read_account(const struct load *l, const struct node *n)
{
    if (node_get(n, "account") != NULL) {
        return load_refer(&l->accounts, n, "account", "the id of a declared account");
    }
    if (l->world->account_count > 1) {
        jsondoc_error(n->doc, &n->at,
                      "expected the key \"account\" (there are %u accounts), got none",
                      l->world->account_count);
    }
    return 0;
}

/* An account with a balance pays in its currency: nothing is converted. */
static void check_currency(const struct load *l, const struct node *n, uint32_t account,
                           const struct price *p)
{
    if (account == CN_NONE32 || p->currency[0] == '\0') return;
    const struct account_spec *a = &l->world->accounts[account];
    if (!a->limited || strcmp(a->currency, p->currency) == 0) return;
    jsondoc_error(n->doc, &n->at,
                  "expected a price in the currency of the account's balance (%s), got %s",
                  a->currency, p->currency);
}

/* The price that the file gives, or the one that is known. */
static struct price read_price(const struct load *l, const struct node *n, uint32_t account,
                               struct price known)
{
    json_t *v = node_get(n, "price");
    if (v != NULL) {
        struct node p = node_item(n, &purchases_price, v, node_at(n, "price"));
        snprintf(known.currency, sizeof(known.currency), "%s", node_text(&p, "currency"));
        known.month_minor = (uint32_t)node_integer(&p, "month");
        known.mbit_month_minor = (uint32_t)node_integer(&p, "mbps_month");
    }
    check_currency(l, n, account, &known);
    return known;
}

/* --- packages --------------------------------------------------------------------------------- */

static simtime read_expires(const struct load *l, const struct node *n)
{
    walltime wall;
    simdur d;
    const char *text = node_text(n, "expires");
    if (text == NULL) return SIMTIME_NEVER;
    if (!timetext_instant(text, &wall)) {
        bool ok = timetext_duration(text + 1, strlen(text + 1), &d);
        CN_ASSERT(ok);
        return simtime_add(SIMTIME_START, d);
    }
    if (wall.ns > l->s->start.ns) return (simtime){wall.ns - l->s->start.ns};
    const struct at at = node_at(n, "expires");
    jsondoc_error(n->doc, &at, "expected a time after the start, got \"%s\"", text);
    return SIMTIME_NEVER;
}

static void read_package(struct load *l, uint32_t i, struct package_spec *out)
{
    struct at list;
    struct node n = item(l, "packages", &purchases_package, i, &list);
    load_declare(&l->packages, &n, "id", "package", i);
    uint32_t account = read_account(l, &n);
    enum package_state state = (enum package_state)node_word(&n, "state");
    *out = (struct package_spec){.id = load_copy(l, node_text(&n, "id")),
                                 .account = account,
                                 .state = state,
                                 .mbit = (uint16_t)node_integer(&n, "mbps"),
                                 .cross_border = node_bool(&n, "cross_border"),
                                 .pay_as_you_go = node_word(&n, "charge") == WORDS_PAY_AS_YOU_GO,
                                 .temporary = node_bool(&n, "temporary_upgrades"),
                                 .bound = state == PACKAGE_EXPIRED,
                                 .expires = read_expires(l, &n),
                                 .price = read_price(l, &n, account, (struct price){"", 0, 0})};
    if (state != PACKAGE_TEMP_UPGRADED) return;
    const struct at at = node_at(&n, "state");
    jsondoc_error(n.doc, &at,
                  "expected a state that lasts at the start (upgrade it by an event), got "
                  "\"TEMP_UPGRADED\"");
}

/* --- who uses a product ----------------------------------------------------------------------- */

struct users {
    bool *host; /* [host] uses it */
    bool *site;
};

static void use_host(const struct load *l, struct users *u, uint32_t host)
{
    u->host[host] = true;
    u->site[l->world->hosts[host].site] = true;
}

static void use_site(const struct load *l, struct users *u, uint32_t site)
{
    const struct site_spec *s = &l->world->sites[site];
    for (uint32_t h = 0; h < s->host_count; h++) {
        use_host(l, u, s->host_first + h);
    }
}

/* Every domain, or every host, that a list names; reports those that are not declared. */
static void use_named(const struct load *l, const struct node *n, const char *key, struct users *u)
{
    bool sites = strcmp(key, "sites") == 0;
    const struct names *known = sites ? &l->sites : &l->hosts;
    for (size_t i = 0; i < node_count(n, key); i++) {
        struct at list;
        struct at at;
        char name[DNAME_TEXT_MAX];
        const char *text = json_string_value(node_value(n, key, i, &list, &at));
        load_canonical(text, name);
        uint32_t found = names_find(known, name);
        if (found == CN_NONE32) {
            load_dangling(
                known, n, &at,
                sites ? "the domain of a declared site" : "the full name of a declared host", name);
        } else if (sites) {
            use_site(l, u, found);
        } else {
            use_host(l, u, found);
        }
    }
}

/* The indices that are set, ascending, in the scenario's memory. */
static const uint32_t *indices(struct load *l, const bool *set, uint32_t count, uint32_t *out_count)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        n += set[i] ? 1 : 0;
    }
    uint32_t *list = arena_get(l->a, n, sizeof(*list));
    *out_count = 0;
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        if (set[i]) list[(*out_count)++] = i;
    }
    return list;
}

static void read_users(struct load *l, const struct node *n, struct product_spec *out)
{
    const struct world_spec *w = l->world;
    struct users u = {arena_get(l->scratch, w->host_count, sizeof(bool)),
                      arena_get(l->scratch, w->site_count, sizeof(bool))};
    if (u.host == NULL || u.site == NULL) return;
    use_named(l, n, "sites", &u);
    use_named(l, n, "hosts", &u);
    bool named = node_get(n, "sites") != NULL || node_get(n, "hosts") != NULL;
    for (uint32_t s = 0; !named && s < w->site_count; s++) {
        if (w->sites[s].account == out->account) use_site(l, &u, s);
    }
    out->hosts = indices(l, u.host, w->host_count, &out->host_count);
    out->sites = indices(l, u.site, w->site_count, &out->site_count);
}

/* --- products --------------------------------------------------------------------------------- */

static uint16_t read_carriers(const struct node *n)
{
    unsigned bits = 0;
    for (size_t i = 0; i < node_count(n, "carriers"); i++) {
        struct at list;
        struct at at;
        const json_t *v = node_value(n, "carriers", i, &list, &at);
        bits |= 1U << carrier_find(json_string_value(v));
    }
    return (uint16_t)bits;
}

/* The PoP that a product names; it lies outside the mainland. */
static uint16_t read_pop(const struct load *l, const struct node *n, const char *key)
{
    uint16_t pop = (uint16_t)load_refer(&l->pops, n, key, "the id of a PoP of the world");
    if (pop == CN_NONE16 || l->world->topology->pops[pop].class_ != POP_MAINLAND) return pop;
    const struct at at = node_at(n, key);
    jsondoc_error(n->doc, &at, "expected a PoP outside the mainland, got \"%s\"",
                  node_text(n, key));
    return CN_NONE16;
}

static enum licence_held read_licence(const struct node *n)
{
    if (node_get(n, "licensed") == NULL) return LICENCE_BY_DATE;
    return node_bool(n, "licensed") ? LICENCE_HELD : LICENCE_MISSING;
}

/* An active product could have been bought. */
static void check_active(const struct load *l, const struct node *n, const struct product_spec *p)
{
    if (p->state != PRODUCT_STATE_ACTIVE) return;
    bool licensed = p->licence == LICENCE_HELD;
    if (p->licence == LICENCE_BY_DATE) {
        licensed = product_licensed(p->provider, p->kind, l->s->start);
    }
    if (!licensed) {
        const struct at at = node_at(n, "provider");
        jsondoc_error(n->doc, &at,
                      "expected a provider that may sell %s at the start of the run (or \"state\": "
                      "\"NONE\"), got \"%s\"",
                      product_kind_name(p->kind), product_provider_name(p->provider));
    }
    if (p->kind == PRODUCT_HK_ENTRY && p->by_address) {
        const struct at at = node_at(n, "select");
        jsondoc_error(n->doc, &at,
                      "expected \"name\" (a service that is reached by address cannot be steered), "
                      "got \"address\"");
    }
}

/* By name, the hosts are named; by address, all that is at the address is selected. */
static void check_select(const struct node *n, const struct product_spec *p)
{
    bool hosts = node_get(n, "hosts") != NULL;
    if (p->kind != PRODUCT_CARRIER_TUNNEL || hosts != p->by_address) return;
    jsondoc_error(n->doc, &n->at, "expected %s, got %s",
                  hosts ? "\"select\": \"name\" with \"hosts\""
                        : "\"hosts\" with \"select\": \"name\"",
                  hosts ? "\"address\"" : "none");
}

static void read_product(struct load *l, uint32_t i, struct product_spec *out)
{
    struct at list;
    struct node n = item(l, "products", &purchases_product, i, &list);
    load_declare(&l->products, &n, "id", "product", i);
    if (strcmp(node_text(&n, "id"), "public") == 0) {
        const struct at at = node_at(&n, "id");
        jsondoc_error(n.doc, &at, "expected an id other than \"public\", which stands for none");
    }
    enum product_kind kind = (enum product_kind)node_word(&n, "kind");
    int edition = node_word(&n, "edition");
    int select = node_word(&n, "select");
    *out = (struct product_spec){
        .id = load_copy(l, node_text(&n, "id")),
        .kind = kind,
        .provider = (enum product_provider)node_word(&n, "provider"),
        .licence = read_licence(&n),
        .account = read_account(l, &n),
        .state = (enum product_state)node_word(&n, "state"),
        .edition = edition >= 0 ? (enum product_edition)edition : EDITION_MCA,
        .by_address = select >= 0 ? select == WORDS_BY_ADDRESS : kind == PRODUCT_CARRIER_TUNNEL,
        .package =
            (uint16_t)load_refer(&l->packages, &n, "package", "the id of a declared package"),
        .carriers = read_carriers(&n),
        .mbit = product_mbit(kind),
        .pop = read_pop(l, &n, "pop"),
        .premium = read_pop(l, &n, "premium")};
    if (node_get(&n, "mbps") != NULL) out->mbit = (uint32_t)node_integer(&n, "mbps");
    out->price = read_price(l, &n, out->account, product_price(kind));
    read_users(l, &n, out);
    check_select(&n, out);
    check_active(l, &n, out);
}

/* --- what holds between them ------------------------------------------------------------------ */

/* Connections that are bought fit on their packages. */
static void check_sums(const struct load *l)
{
    const struct world_spec *w = l->world;
    for (uint32_t p = 0; p < w->package_count; p++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < w->product_count; i++) {
            bool on_it = w->products[i].package == p;
            if (on_it && w->products[i].state == PRODUCT_STATE_ACTIVE) sum += w->products[i].mbit;
        }
        if (sum <= w->packages[p].mbit) continue;
        const struct at list = node_at(&l->root, "packages");
        const struct at at = {&list, NULL, p};
        jsondoc_error(l->root.doc, &at,
                      "expected a size of at least the sum of its connections (%llu), got %u",
                      (unsigned long long)sum, w->packages[p].mbit);
    }
}

/* DNS can lead a host to one entry only. */
static void check_entries(struct load *l)
{
    const struct world_spec *w = l->world;
    bool *taken = arena_get(l->scratch, w->host_count, sizeof(*taken));
    for (uint32_t i = 0; taken != NULL && i < w->product_count; i++) {
        const struct product_spec *p = &w->products[i];
        for (uint32_t h = 0; p->kind == PRODUCT_HK_ENTRY && h < p->host_count; h++) {
            if (taken[p->hosts[h]]) {
                const struct at list = node_at(&l->root, "products");
                const struct at at = {&list, NULL, i};
                jsondoc_error(l->root.doc, &at,
                              "expected hosts that no other hk_entry has, got some that one has");
                break;
            }
            taken[p->hosts[h]] = true;
        }
    }
}

void products_read(struct load *l)
{
    uint32_t packages = (uint32_t)node_count(&l->root, "packages");
    uint32_t products = (uint32_t)node_count(&l->root, "products");
    struct package_spec *package = arena_get(l->a, packages, sizeof(*package));
    struct product_spec *product = arena_get(l->a, products, sizeof(*product));
    if (package == NULL || product == NULL || !names_init(&l->packages, l->scratch, packages) ||
        !names_init(&l->products, l->scratch, products) || l->world->topology == NULL) {
        return;
    }
    for (uint32_t i = 0; i < packages && load_has_memory(l); i++) {
        read_package(l, i, &package[i]);
    }
    l->world->packages = package;
    l->world->package_count = (uint16_t)packages;
    for (uint32_t i = 0; i < products && load_has_memory(l); i++) {
        read_product(l, i, &product[i]);
    }
    l->world->products = product;
    l->world->product_count = (uint16_t)products;
    l->world->paths = packages > 0 || products > 0;
    check_sums(l);
    check_entries(l);
}
