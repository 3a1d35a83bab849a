/* SPDX-License-Identifier: MIT
 * Holders, accounts and filings. */
#include "entities.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/model/number.h"
#include "load.h"
#include "tables.h"
#include "words.h"

/* Reports what does not fit the state of the commercial licence at the start. */
static void check_commercial(const struct load *l, const struct node *n,
                             const struct holder_spec *h)
{
    const struct at at = node_at(n, "commercial");
    struct timetext_date day = timetext_date_of(calendar_day(l->s->start));
    if (h->commercial == COMMERCIAL_REPORT_DUE && day.month > 3) {
        jsondoc_error(n->doc, &at,
                      "expected \"REPORT_DUE\" in a run that starts from January to March only");
    }
    if (h->commercial_until.ns == 0 || commercial_in_force(h->commercial)) return;
    const struct at until = node_at(n, "commercial_until");
    jsondoc_error(n->doc, &until,
                  "expected no \"commercial_until\" of a licence that is not in force (it is "
                  "\"%s\"), got \"%s\"",
                  commercial_state_name(h->commercial), node_text(n, "commercial_until"));
}

/* A number of a licence that is there, or was. */
static void read_commercial_number(struct load *l, const struct node *n, struct holder_spec *h)
{
    h->commercial_number =
        load_number(l, n, "commercial_number",
                    1U << NUMBER_COMMERCIAL | 1U << NUMBER_COMMERCIAL_VAT, h->province);
    bool never = h->commercial == COMMERCIAL_NONE || h->commercial == COMMERCIAL_APPLYING;
    if (h->commercial_number == NULL || !never) return;
    const struct at at = node_at(n, "commercial_number");
    jsondoc_error(n->doc, &at,
                  "expected no \"commercial_number\" of a licence that was never issued (it is "
                  "\"%s\"), got \"%s\"",
                  commercial_state_name(h->commercial), h->commercial_number);
}

static void read_commercial(struct load *l, const struct node *n, struct holder_spec *h)
{
    h->commercial = (enum commercial_state)node_word(n, "commercial");
    h->commercial_until = node_instant(n, "commercial_until", (walltime){0});
    check_commercial(l, n, h);
    read_commercial_number(l, n, h);
}

/* The province that `key` names; NULL when absent. */
static const struct province *read_province(const struct node *n, const char *key)
{
    int word = node_word(n, key);
    return word >= 0 ? &province_table()[word] : NULL;
}

/* Who it is, for the rules on who may apply (FACTS A2). */
static void read_applicant(const struct node *n, struct holder_spec *h)
{
    h->type = (enum applicant_type)node_word(n, "type");
    h->province = read_province(n, "province");
    h->home = read_province(n, "home_province");
    h->resident = node_bool(n, "resident");
    h->pilot_area = node_bool(n, "pilot_area");
    h->certificate_until = node_instant(n, "certificate_until", (walltime){0});
    if (node_get(n, "age") != NULL) h->age = (uint8_t)node_integer(n, "age");
    if (node_get(n, "foreign_share_pct") == NULL) return;
    h->foreign_pct = (uint8_t)node_integer(n, "foreign_share_pct");
}

static void read_holders(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "holders");
    struct holder_spec *holders = arena_get(l->a, count, sizeof(*holders));
    if (!names_init(&l->holders, l->scratch, count) || holders == NULL) return;
    for (uint32_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "holders", i, &list, &at);
        struct node n = node_item(&l->root, &objects_holder, v, at);
        load_declare(&l->holders, &n, "id", "holder", i);
        holders[i] = (struct holder_spec){.id = load_copy(l, node_text(&n, "id")),
                                          .barred = node_bool(&n, "barred"),
                                          .suspended = node_bool(&n, "suspended"),
                                          .proxy = node_bool(&n, "proxy")};
        read_applicant(&n, &holders[i]);
        read_commercial(l, &n, &holders[i]);
    }
    l->world->holders = holders;
    l->world->holder_count = count;
}

static void read_balance(const struct node *n, struct account_spec *out)
{
    out->limited = true;
    out->balance_minor = node_integer(n, "amount");
    snprintf(out->currency, sizeof(out->currency), "%s", node_text(n, "currency"));
}

/* Without "accounts" there is one, so that small scenarios need not speak of accounts. */
static void read_accounts(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "accounts");
    struct account_spec *accounts = arena_get(l->a, count + 1, sizeof(*accounts));
    if (!names_init(&l->accounts, l->scratch, count + 1) || accounts == NULL) return;
    for (uint32_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "accounts", i, &list, &at);
        struct node n = node_item(&l->root, &objects_account, v, at);
        load_declare(&l->accounts, &n, "id", "account", i);
        json_t *balance = node_get(&n, "balance");
        struct node b = node_item(&n, &purchases_balance, balance, node_at(&n, "balance"));
        accounts[i] = (struct account_spec){
            .id = load_copy(l, node_text(&n, "id")),
            .subscription = (enum subscription_state)node_word(&n, "subscription")};
        if (balance != NULL) read_balance(&b, &accounts[i]);
    }
    if (count == 0) {
        names_add(&l->accounts, "default", 0);
        accounts[0] = (struct account_spec){.id = "default", .subscription = SUBSCRIPTION_ACTIVE};
        count = 1;
    }
    l->world->accounts = accounts;
    l->world->account_count = count;
}

/* The number of a provider, which need not have been declared: a site can be hosted anywhere. */
static uint32_t take_provider(struct load *l, const struct node *n, const struct at *at,
                              const char *id)
{
    uint32_t found = names_find(&l->providers, id);
    if (found != CN_NONE32) return found;
    if (l->world->provider_count == SPEC_PROVIDERS_MAX) {
        jsondoc_limit(n->doc, at,
                      "expected at most %d partners and other providers, got \"%s\" too",
                      SPEC_PROVIDERS_MAX, id);
        return 0;
    }
    const char *copy = load_copy(l, id);
    l->provider_ids[l->world->provider_count] = copy;
    names_add(&l->providers, copy, l->world->provider_count);
    return l->world->provider_count++;
}

static uint32_t read_accesses(struct load *l, const struct node *n, const char *key)
{
    uint32_t set = 0;
    for (size_t i = 0; i < node_count(n, key); i++) {
        struct at list;
        struct at at;
        const char *id = json_string_value(node_value(n, key, i, &list, &at));
        uint32_t bit = 1U << take_provider(l, n, &at, id);
        if ((set & bit) != 0) {
            jsondoc_error(n->doc, &at, "expected each provider once, got \"%s\" again", id);
        }
        set |= bit;
    }
    return set;
}

/* Partners are providers too. */
static bool init_providers(struct load *l)
{
    l->provider_ids = arena_get(l->a, SPEC_PROVIDERS_MAX, sizeof(*l->provider_ids));
    if (l->provider_ids == NULL) return false;
    if (!names_init(&l->providers, l->scratch, SPEC_PROVIDERS_MAX)) return false;
    for (uint8_t i = 0; i < l->world->partner_count; i++) {
        l->provider_ids[i] = l->world->partners[i].id;
        if (names_find(&l->providers, l->world->partners[i].id) != CN_NONE32) continue;
        names_add(&l->providers, l->world->partners[i].id, i);
    }
    l->world->providers = l->provider_ids;
    l->world->provider_count = l->world->partner_count;
    return true;
}

/* The number of an order, given to its name when it is met first. */
static uint32_t read_order(struct load *l, const struct node *n, const char *key)
{
    struct names *orders = &l->orders;
    const char *text = node_text(n, key);
    if (text == NULL) return CN_NONE32;
    uint32_t order = names_find(orders, text);
    if (order != CN_NONE32) return order;
    const char *copy = arena_text(l->scratch, text, strlen(text));
    if (copy == NULL) return CN_NONE32;
    order = (uint32_t)orders->count;
    names_add(orders, copy, order);
    return order;
}

bool entities_ministry(const char *number)
{
    return (uint8_t)number[0] >= 0x80 || strstr(number, "ICP备") != NULL;
}

/* A number in the ministry's letters is read strictly; any other text is taken as it is. */
static void check_number(const struct load *l, const struct node *n, const char *key,
                         const struct load_filing *f)
{
    const char *text = f->number;
    struct number number;
    struct number_error error;
    const struct at at = node_at(n, key);
    if (text == NULL || !entities_ministry(text)) return;
    if (!number_read(text, &number, &error)) {
        jsondoc_error(n->doc, &at, "expected %s at byte %zu of the number, got \"%s\"",
                      error.expected, error.at, text);
        return;
    }
    enum number_kind kind = f->is_app ? NUMBER_APP : NUMBER_SITE;
    if (number.kind != kind) {
        jsondoc_error(n->doc, &at, "expected %s, got \"%s\", %s", number_kind_text(kind), text,
                      number_kind_text(number.kind));
        return;
    }
    const struct province *p =
        f->holder != CN_NONE32 ? l->world->holders[f->holder].province : NULL;
    if (p == NULL || p == number.province) return;
    jsondoc_error(n->doc, &at, "expected a number of %s (%s), where its holder files, got \"%s\"",
                  p->name, p->glyph, text);
}

static void read_filings(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "filings");
    l->filing = arena_get(l->scratch, count, sizeof(*l->filing));
    if (!init_providers(l) || !names_init(&l->filings, l->scratch, count)) return;
    if (l->filing == NULL) return;
    if (!names_init(&l->orders, l->scratch, count)) return;
    for (uint32_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "filings", i, &list, &at);
        struct node n = node_item(&l->root, &objects_filing, v, at);
        const char *number = node_text(&n, "number");
        load_declare(&l->filings, &n, "id", "filing", i);
        l->filing[i] = (struct load_filing){
            .id = node_text(&n, "id"),
            .holder = load_refer(&l->holders, &n, "holder", "the id of a declared holder"),
            .number = number == NULL ? NULL : load_copy(l, number),
            .state = (enum filing_state)node_word(&n, "state"),
            .accesses = read_accesses(l, &n, "accesses"),
            .order = read_order(l, &n, "order"),
            .site = CN_NONE32,
            .app = CN_NONE32,
            .is_app = node_word(&n, "kind") == WORDS_APP,
            .online_since = node_instant(&n, "online_since", (walltime){0})};
        check_number(l, &n, "number", &l->filing[i]);
    }
}

struct load_filing entities_row_filing(struct load *l, const struct node *n)
{
    const char *number = node_text(n, "filing_number");
    struct load_filing f = {.id = "",
                            .holder =
                                load_refer(&l->holders, n, "holder", "the id of a declared holder"),
                            .number = number,
                            .state = (enum filing_state)node_word(n, "filing_state"),
                            .accesses = read_accesses(l, n, "filing_accesses"),
                            .order = read_order(l, n, "filing_order"),
                            .site = CN_NONE32,
                            .app = CN_NONE32};
    check_number(l, n, "filing_number", &f);
    if (number == NULL && filing_has_number(f.state)) {
        bool said = node_get(n, "filing_state") != NULL;
        jsondoc_error(
            n->doc, &n->at,
            "expected the key \"filing_number\" with \"filing_state\": \"%s\"%s, got none; "
            "write the number, or \"filing_state\": \"NONE\" if nothing is filed",
            filing_state_name(f.state), said ? "" : " (the default with a holder)");
    }
    return f;
}

/* Without "partners" there is one. */
void entities_partners(struct load *l)
{
    uint8_t count = (uint8_t)node_count(&l->root, "partners");
    struct partner_spec *partners = arena_get(l->a, (size_t)count + 1, sizeof(*partners));
    if (!names_init(&l->partners, l->scratch, (size_t)count + 1) || partners == NULL) return;
    for (uint8_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "partners", i, &list, &at);
        struct node n = node_item(&l->root, &objects_partner, v, at);
        load_declare(&l->partners, &n, "id", "partner", i);
        partners[i] = (struct partner_spec){.id = load_copy(l, node_text(&n, "id")),
                                            .state = (enum partner_state)node_word(&n, "standing")};
    }
    if (count == 0) {
        names_add(&l->partners, "default", 0);
        partners[0] = (struct partner_spec){"default", PARTNER_ACTIVE};
        count = 1;
    }
    l->world->partners = partners;
    l->world->partner_count = count;
}

void entities_read(struct load *l)
{
    read_holders(l);
    read_accounts(l);
    read_filings(l);
}
