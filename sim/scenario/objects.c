/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cnedge/scenario/scenario.h"
#include "tables.h"
#include "values.h"
#include "words.h"

/* --- holders, accounts, filings --------------------------------------------------------------- */

static const struct key holder_keys[] = {
    NEED("id", values_id, "names the holder in this file"),
    MAY("name", values_name, "", "its name, for people"),
    MAY("type", words_applicant_type, "mainland_company", "what kind of subject it is"),
    MAY("province", words_bureau, NULL, "where it files: its bureau's rules apply"),
    MAY("home_province", words_bureau, NULL, "of the identity card; absent: as province"),
    MAY("resident", values_bool, "true", "lives where it files, with the papers to prove it"),
    MAY("age", values_age, NULL, "of a natural person, in years; absent: old enough"),
    MAY("certificate_until", values_instant, NULL,
        "when the certificate that it files with ends; absent: never"),
    MAY("foreign_share_pct", values_pct, NULL,
        "owned by foreigners, per cent; required by type foreign_invested, else absent: 0"),
    MAY("pilot_area", values_bool, "false", "sits in a pilot area of its province"),
    MAY("barred", values_bool, "false", "may not file any more"),
    MAY("suspended", values_bool, "false", "suspended by the partner from the start"),
    MAY("proxy", values_bool, "false", "an ICP proxy: it holds filings for others"),
    MAY("commercial", words_commercial_state, "NONE", "the state of its commercial licence"),
    MAY("commercial_number", values_licence_number, NULL,
        "the number of the commercial licence, in either form; of one that was issued"),
    MAY("commercial_until", values_instant, NULL,
        "when its commercial licence expires; absent: not within the run"),
};

/* A foreign-invested company says how much of it is foreign. */
static bool holder_rule(size_t i, struct rule *out)
{
    *out =
        (struct rule){.when = "type", .all = format_keyset(&objects_holder, "foreign_share_pct")};
    format_wordset_add(&out->words, APPLICANT_FOREIGN_INVESTED);
    return i < 1;
}
const struct type objects_holder = OBJECT("holder", "a holder", holder_keys, holder_rule);

static const struct key partner_keys[] = {
    NEED("id", values_id, "names the partner in this file"),
    MAY("name", values_name, "", "its name, for people"),
    MAY("standing", words_partner_state, "ACTIVE", "how it stands to its customers at the start"),
};
const struct type objects_partner = OBJECT("partner", "a partner", partner_keys, NULL);

static const struct key account_keys[] = {
    NEED("id", values_id, "names the account in this file"),
    MAY("name", values_name, "", "the customer's name, for people"),
    MAY("subscription", words_subscription_state, "ACTIVE", "the state of its subscription"),
    MAY("balance", purchases_balance, NULL,
        "what its orders of packages and products are paid from; absent: as much as they need"),
};
const struct type objects_account = OBJECT("account", "an account", account_keys, NULL);

static const struct type accesses = {.name = "accesses",
                                     .shape = SHAPE_LIST,
                                     .expected = "a list of providers: ids of partners or others",
                                     .item = &values_id,
                                     .min = 1,
                                     .max = SPEC_PROVIDERS_MAX};

static const struct key filing_keys[] = {
    NEED("id", values_id, "names the filing in this file"),
    NEED("holder", values_id, "the holder whose filing it is"),
    MAY("kind", words_filing_kind, "site",
        "whether it is a site's or an app's; an app's needs no site, and may cover several"),
    MAY("online_since", values_instant, NULL,
        "of an app: since when people can get it; absent: before apps had to be filed"),
    MAY("number", values_name, NULL,
        "the number that the bureau gave; required in the states in which there is one"),
    MAY("state", words_filing_state, "ACTIVE", "its state at the start"),
    MAY("order", values_id, NULL,
        "filings of one holder with the same order are handed in together; absent: each alone"),
    MAY("accesses", accesses, NULL,
        "the providers that carry it: partners, or others by any id; before its approval: through "
        "which it is filed; where no access is left: whose was cancelled; absent: the site's "
        "partner"),
};

/* A number in the states that have one, or had one; none in the others. */
static bool filing_rule(size_t i, struct rule *out)
{
    if (i == 2) {
        *out =
            (struct rule){.when = "kind", .none = format_keyset(&objects_filing, "online_since")};
        format_wordset_add(&out->words, WORDS_SITE);
        return true;
    }
    *out = (struct rule){.when = "state"};
    for (int s = 0; s < FILING_STATE_COUNT; s++) {
        bool has = filing_has_number((enum filing_state)s);
        bool had = s == FILING_REVOKED || s == FILING_DEREGISTERED;
        if (i == 0 ? has : !has && !had) format_wordset_add(&out->words, s);
    }
    keyset number = format_keyset(&objects_filing, "number");
    out->all = i == 0 ? number : 0;
    out->none = i == 0 ? 0 : number;
    return i < 2;
}
const struct type objects_filing = OBJECT("filing", "a filing", filing_keys, filing_rule);

/* --- hosts ------------------------------------------------------------------------------------ */

static const struct type txts = LIST_OF("txts", values_txt, 1, SPEC_TXT_MAX);

static const struct key host_keys[] = {
    NEED("name", values_label, "the name within the site; \"@\" is the domain itself"),
    MAY("provisioning", words_provisioning_state, NULL,
        "its state at the start; absent: NOT_READY before vetting has passed; then READY for a "
        "host "
        "that is not active yet, PROVISIONED for the others"),
    MAY("active", values_bool, "true", "false: it comes into being by the event add_host"),
    MAY("cname", values_fqdn, NULL, "makes it an alias of this name, which is not routed"),
    MAY("txt", txts, NULL, "TXT records"),
};

static bool host_rule(size_t i, struct rule *out)
{
    *out = i == 0 ? (struct rule){.when = "cname",
                                  .present = true,
                                  .none = format_keyset(&objects_host, "provisioning")}
                  : (struct rule){.when = "name",
                                  .value = "@",
                                  .none = format_keyset(&objects_host, "cname"),
                                  .advice = "a domain itself cannot be an alias (RFC 1034 section "
                                            "3.6.2): route \"@\" like any host, or state the "
                                            "addresses that it should have in the zone, such as "
                                            "\"zone\": [\"@ A 192.0.2.1\"]; cnedge asks nobody for "
                                            "those of names elsewhere"};
    return i < 2;
}
const struct type objects_host = OBJECT("host", "a host", host_keys, host_rule);

static const struct type *const host_either[] = {&values_label, &objects_host, NULL};
static const struct type any_host = {.name = "any_host",
                                     .shape = SHAPE_EITHER,
                                     .expected = "a host's name within the site, or an object",
                                     .either = host_either};
static const struct type hosts = LIST_OF("hosts", any_host, 1, SPEC_HOSTS_MAX);

/* --- sites ------------------------------------------------------------------------------------ */

static const struct key registration_keys[] = {
    MAY("registrar", words_registrar, "approved", "whether the ministry approved the registrar"),
    MAY("registrar_name", values_list_word, NULL,
        "who the registrar is, in place of registrar: the settings list who is approved"),
    MAY("real_name", words_real_name, "match", "whether its data match the filing's holder"),
    MAY("real_name_since", values_instant, "1970-01-01T00:00:00Z", "when they were last changed"),
    MAY("expires", values_instant, NULL, "when the registration ends; absent: never"),
};

static bool registration_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.when = "registrar_name",
                         .present = true,
                         .none = format_keyset(&objects_registration, "registrar")};
    return i < 1;
}
const struct type objects_registration =
    OBJECT("registration", "an object about the domain's registration", registration_keys,
           registration_rule);

static const struct type *const resource_either[] = {&values_instant, &values_null, NULL};
static const struct type resource = {.name = "resource_until",
                                     .shape = SHAPE_EITHER,
                                     .expected = "an instant, or null for none",
                                     .either = resource_either};

static const struct type dedicated =
    LIST_OF("dedicated_addresses", values_address, 1, SPEC_DEDICATED_MAX);

static const struct type zone_lines =
    LIST_OF("zone_records", values_record, 1, SCENARIO_ZONE_LINES_MAX);
static const struct type *const zone_either[] = {&values_path, &zone_lines, NULL};
static const struct type zone = {.name = "zone",
                                 .shape = SHAPE_EITHER,
                                 .expected = "the name of a master file, or a list of records",
                                 .either = zone_either};

/* What a site has wherever it is written. */
#define SITE_KEYS                                                                                  \
    MAY("account", values_id, NULL, "the account it belongs to; may be absent when there is one"), \
        MAY("partner", values_id, NULL,                                                            \
            "the partner it is onboarded at, whose mainland PoPs alone serve it; absent: the "     \
            "first"),                                                                              \
        MAY("needs_commercial", values_bool, "false",                                              \
            "whether it needs its holder's commercial licence"),                                   \
        MAY("vetting", words_vetting_state, "APPROVED", "the state of the partner's vetting"),     \
        MAY("psb", words_psb_state, NULL,                                                          \
            "the state of its police filing; absent: FILED with an ICP filing in force, else "     \
            "NOT_DUE"),                                                                            \
        MAY("psb_number", values_licence_number, NULL,                                             \
            "the number that the police gave; of a police filing that is FILED"),                  \
        MAY("coverage", words_coverage, NULL,                                                      \
            "where it may be served from; absent: as in choices"),                                 \
        MAY("setup", words_setup, NULL,                                                            \
            "full: its zone is answered with addresses; partial: its hosts are aliases of names "  \
            "in the "                                                                              \
            "CDN's zone; absent: as in choices"),                                                  \
        MAY("revocation_policy", words_revocation_policy, NULL,                                    \
            "what the DNS does when it loses its entitlement; absent: as in choices"),             \
        MAY("edge_name", values_group, NULL,                                                       \
            "sites of the same edge name share it; absent: its own"),                              \
        MAY("site_name", values_name, NULL, "the name that it is filed under; it can be barred"),  \
        MAY("suspended", values_bool, "false", "suspended by the partner from the start"),         \
        MAY("blacklisted", values_bool, "false", "blacklisted from the start"),                    \
        MAY("resolution", words_resolution, "open",                                                \
            "whether the customer lets its names resolve"),                                        \
        MAY("registration", objects_registration, NULL, "the domain's registration"),              \
        MAY("mainland_resource_until", resource, NULL,                                             \
            "when its hosting in the mainland ends; absent: never; null: there is none"),          \
        MAY("origin", geography_addresses, NULL,                                                   \
            "the customer's own server; required by revocation_policy to_origin"),                 \
        MAY("demand_mbps", values_mbps, "0",                                                       \
            "what its mainland clients ask for across the border when they are sent there, "       \
            "Mbit/s"),                                                                             \
        MAY("dedicated_addresses", dedicated, NULL,                                                \
            "addresses that serve this site alone; a violation of its holder blacklists them")

static const struct key site_keys[] = {
    NEED("domain", values_domain, "the registered domain"),
    NEED("hosts", hosts, "the names in it that are served"),
    MAY("zone", zone, NULL,
        "what else is in it: a master file beside the scenario, or records as such a file has "
        "them; absent: nothing"),
    MAY("filing", values_id, NULL,
        "its filing, which no other site may have unless it is an app's; absent: none"),
    SITE_KEYS,
};
const struct type objects_site = OBJECT("site", "a site", site_keys, NULL);

/* --- portfolios ------------------------------------------------------------------------------- */

/* The filing of a site that is a row, which has no place of its own. */
#define ROW_KEYS                                                                                   \
    MAY("filing", values_id, NULL,                                                                 \
        "the app whose filing covers it; absent: it has its own or none"),                         \
        MAY("holder", values_id, NULL, "the holder of its filing; absent: it has no filing"),      \
        MAY("filing_state", words_filing_state, "ACTIVE", "the filing's state at the start"),      \
        MAY("filing_number", values_name, NULL,                                                    \
            "the number that the bureau gave; required in the states in which there is one"),      \
        MAY("filing_order", values_id, NULL, "as order of filings"),                               \
        MAY("filing_accesses", accesses, NULL, "as accesses of filings")

static const struct key row_keys[] = {
    NEED("domain", values_domain, "the registered domain"),
    NEED("hosts", hosts, "the names in it that are served"),
    ROW_KEYS,
    SITE_KEYS,
};

/* Without a holder there is no filing; under an app's there is no other; and only some states have
 * a number, or had one. */
static bool filing_of_row(const struct type *t, size_t i, struct rule *out)
{
    static const char *const own[] = {"filing_state", "filing_number", "filing_order",
                                      "filing_accesses"};
    if (i < CN_ARRAY_LEN(own)) {
        *out = (struct rule){.when = own[i], .present = true, .all = format_keyset(t, "holder")};
        return true;
    }
    if (i == CN_ARRAY_LEN(own)) {
        *out = (struct rule){.when = "filing", .present = true, .none = format_keyset(t, "holder")};
        return true;
    }
    *out = (struct rule){.when = "filing_state", .none = format_keyset(t, "filing_number")};
    for (int s = 0; s < FILING_STATE_COUNT; s++) {
        bool has = filing_has_number((enum filing_state)s);
        bool had = s == FILING_REVOKED || s == FILING_DEREGISTERED;
        if (!has && !had) format_wordset_add(&out->words, s);
    }
    return i == CN_ARRAY_LEN(own) + 1;
}

static bool row_rule(size_t i, struct rule *out)
{
    return filing_of_row(&objects_row, i, out);
}
const struct type objects_row = OBJECT("portfolio_site", "a site", row_keys, row_rule);

static const struct key generate_keys[] = {
    NEED("sites", values_generated, "how many sites there are"),
    MAY("first", values_first, "0", "the number of the first of them"),
    MAY("first", values_first, "0", "the number of the first of them"),
    NEED("domain", values_counted_domain,
         "their domains: %d is the number of the site, %06d the same in six digits"),
    NEED("hosts", hosts, "the names in each of them that are served"),
    ROW_KEYS,
    SITE_KEYS,
};

static bool generate_rule(size_t i, struct rule *out)
{
    return filing_of_row(&objects_generate, i, out);
}
const struct type objects_generate =
    OBJECT("generate", "an object about sites that are made up", generate_keys, generate_rule);

static const struct key portfolio_keys[] = {
    MAY("file", values_path, NULL,
        "a file beside the scenario: .csv, or .jsonl with one object a line"),
    MAY("generate", objects_generate, NULL, "sites that are made up, for tests under load"),
    MAY("individual", values_bool, "false",
        "whether each site has a state of its own; false: equal ones that nothing names share one"),
    MAY("hosts", hosts, NULL, "the names in each site, where the file does not say"),
    ROW_KEYS,
    SITE_KEYS,
};

/* What is made up says all by itself. */
static bool portfolio_rule(size_t i, struct rule *out)
{
    keyset all = format_all_keys(&objects_portfolio);
    keyset source = format_keyset(&objects_portfolio, "file generate");
    keyset own = source | format_keyset(&objects_portfolio, "individual");
    const struct rule rules[] = {
        {.one = source},
        {.when = "generate", .present = true, .none = all & ~own},
    };
    if (i == CN_ARRAY_LEN(rules)) return false;
    *out = rules[i];
    return true;
}
const struct type objects_portfolio =
    OBJECT("portfolio", "a portfolio", portfolio_keys, portfolio_rule);

/* --- the file --------------------------------------------------------------------------------- */

static const struct key client_keys[] = {
    NEED("at", values_stand, "where it stands: a line, an address or a prefix"),
    NEED("resolver", values_stand, "where its resolver stands: a line, an address or a prefix"),
    MAY("ecs", values_bool, "false", "whether that resolver tells us where the client is"),
};
const struct type objects_client = OBJECT("client", "a client", client_keys, NULL);

static const struct type *const client_either[] = {&values_stand, &objects_client, NULL};
static const struct type any_client = {
    .name = "any_client",
    .shape = SHAPE_EITHER,
    .expected = "a line, an address or a prefix, or an object with \"at\" and \"resolver\"",
    .either = client_either};

const struct type objects_clients = {.name = "clients",
                                     .shape = SHAPE_MAP,
                                     .expected = "an object of clients by name",
                                     .item = &any_client,
                                     .map_key = &values_id,
                                     .max = SCENARIO_CLIENTS_MAX};

static const struct key users_keys[] = {
    NEED("line", values_line_pattern, "a line, or a pattern of lines such as \"cn/*/telecom\""),
    NEED("users", values_users, "the weight of each line that it selects"),
};
const struct type objects_users =
    OBJECT("users_entry", "an object with \"line\" and \"users\"", users_keys, NULL);
static const struct type users = LIST_OF("users_list", objects_users, 0, TOPOLOGY_LINES_MAX);
static const struct key population_keys[] = {
    NEED("line", values_line_pattern, "the lines whose clients it is a part of"),
    NEED("profile", words_population_profile, "how its resolvers treat TTLs"),
    MAY("weight", values_weight, "1", "its size, beside the others of the same line"),
    MAY("rate_per_hour", values_rate, NULL,
        "queries for one name at one resolver; absent: so many that expired names are asked for "
        "again at once"),
    MAY("floor_s", values_floor, "60",
        "profile floor: how long entries are kept at least, seconds"),
    MAY("extend", values_extend, "10", "profile extend: how many times the TTL they are kept"),
};

/* What only one profile looks at. */
static bool population_rule(size_t i, struct rule *out)
{
    static const struct {
        const char *key;
        int profile;
    } own[] = {{"floor_s", POPULATION_FLOOR}, {"extend", POPULATION_EXTEND}};
    if (i > CN_ARRAY_LEN(own)) return false;
    *out = (struct rule){.when = "profile"};
    if (i == CN_ARRAY_LEN(own)) {
        format_wordset_add(&out->words, POPULATION_STALE_FOREVER);
        out->none = format_keyset(&objects_population, "rate_per_hour");
        return true;
    }
    for (int p = 0; p < POPULATION_COUNT; p++) {
        if (p != own[i].profile) format_wordset_add(&out->words, p);
    }
    out->none = format_keyset(&objects_population, own[i].key);
    return true;
}
const struct type objects_population =
    OBJECT("population", "a population", population_keys, population_rule);
static const struct type populations = LIST_OF("populations", objects_population, 0, 1024);

static const struct type capacities = {.name = "capacities",
                                       .shape = SHAPE_MAP,
                                       .expected = "an object of capacities by PoP",
                                       .item = &values_capacity,
                                       .map_key = &values_pop_id,
                                       .max = TOPOLOGY_POPS_MAX};

static const struct type nameservers = LIST_OF("nameservers", values_fqdn, 1, SPEC_NAMESERVERS_MAX);
static const struct type holders = LIST_OF("holders", objects_holder, 0, SPEC_HOLDERS_MAX);
static const struct type partners = LIST_OF("partners", objects_partner, 1, TOPOLOGY_PARTNERS_MAX);
static const struct type accounts = LIST_OF("accounts", objects_account, 0, SPEC_ACCOUNTS_MAX);
static const struct type filings = LIST_OF("filings", objects_filing, 0, SPEC_SITES_MAX);
static const struct type packages = LIST_OF("packages", purchases_package, 0, SPEC_PACKAGES_MAX);
static const struct type products = LIST_OF("products", purchases_product, 0, SPEC_PRODUCTS_MAX);
static const struct type portfolios =
    LIST_OF("portfolios", objects_portfolio, 0, SCENARIO_PORTFOLIOS_MAX);
static const struct type sites = LIST_OF("sites", objects_site, 0, SPEC_SITES_MAX);

static const struct key file_keys[] = {
    NEED("cnedge", values_version, "the version of this format"),
    NEED("name", values_name, "what the scenario is called"),
    MAY("description", values_text, "", "what it shows"),
    MAY("source", values_text, "", "where it comes from"),
    MAY("seed", values_seed, "1", "durations given as ranges are drawn from it"),
    NEED("start", values_instant, "when the run starts"),
    NEED("end", values_end, "when it ends, as an instant or as a duration since the start"),
    MAY("world", geography_any_world, "builtin", "PoPs, lines and the address table"),
    MAY("capacity_mbps", capacities, NULL,
        "what PoPs can carry, Mbit/s, by id; those that are not named have no limit"),
    MAY("users", users, NULL,
        "how many users lines have; later entries win; absent: thousands of people by province and "
        "carrier in the mainland, none outside"),
    MAY("populations", populations, NULL,
        "who asks from the lines, behind which resolvers; a line that no entry selects has the "
        "declared defaults"),
    MAY("choices", settings_choices, NULL, "settings that the sources leave open"),
    MAY("calendar", workdays_calendar, NULL, "days that differ from the built-in calendar"),
    MAY("rules", settings_rules, NULL,
        "dated rules that are fixed for the whole run; absent: the clock picks (see cnedge rules)"),
    MAY("nameservers", nameservers, NULL,
        "names of the zones' servers; absent: ns1.cnedge.example, ns2.cnedge.example"),
    MAY("partners", partners, NULL,
        "who operates mainland PoPs; the first one those of the built-in world; absent: one, "
        "\"default\""),
    MAY("holders", holders, NULL, "the subjects of filings"),
    MAY("accounts", accounts, NULL, "the partner's customers; absent: one, active"),
    MAY("filings", filings, NULL, "the filings at the start"),
    MAY("sites", sites, NULL, "the domains that are served"),
    MAY("portfolios", portfolios, NULL, "more of them, by the thousand, from files"),
    MAY("packages", packages, NULL, "bandwidth across the border that accounts buy"),
    MAY("products", products, NULL, "what carries or steers clients across the border"),
    MAY("clients", objects_clients, NULL, "names for where clients stand"),
    MAY("events", timeline_events, NULL, "what happens"),
    MAY("expect", timeline_expects, NULL, "what must be seen"),
};
const struct type objects_scenario = OBJECT("scenario", "a scenario", file_keys, NULL);
