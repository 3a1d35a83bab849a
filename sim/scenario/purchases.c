/* SPDX-License-Identifier: MIT
 * The tables of what accounts buy: bandwidth packages, products, and what both cost. */
#include "cnedge/scenario/scenario.h"
#include "tables.h"
#include "values.h"
#include "words.h"

static const struct key price_keys[] = {
    NEED("currency", values_currency, "three capital letters; nothing is converted"),
    MAY("month", values_minor, "0", "minor units (cents) per month of 30 days"),
    MAY("mbps_month", values_minor, "0", "minor units per month for each Mbit/s"),
};
const struct type purchases_price = OBJECT("price", "a price", price_keys, NULL);

static const struct key balance_keys[] = {
    NEED("currency", values_currency, "that of all that the account buys"),
    NEED("amount", values_amount, "minor units (cents)"),
};
const struct type purchases_balance = OBJECT("balance", "a balance", balance_keys, NULL);

/* --- bandwidth packages ----------------------------------------------------------------------- */

static const struct key package_keys[] = {
    NEED("id", values_id, "names the package in this file"),
    MAY("account", values_id, NULL, "the account that pays; may be absent when there is one"),
    MAY("state", words_package_state, "IN_USE", "its state at the start; not TEMP_UPGRADED"),
    NEED("mbps", values_package_mbps, "its size"),
    MAY("cross_border", values_bool, "true", "whether it crosses the border"),
    MAY("charge", words_charge, "subscription", "how it is paid for"),
    MAY("expires", values_end, NULL,
        "when its term ends, as an instant or as a duration since the start; absent: not in this "
        "run"),
    MAY("temporary_upgrades", values_bool, "false", "whether temporary upgrades are switched on"),
    MAY("price", purchases_price, NULL, "what it costs; absent: not known"),
};

static bool package_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.when = "charge", .none = format_keyset(&purchases_package, "expires")};
    format_wordset_add(&out->words, WORDS_PAY_AS_YOU_GO);
    return i == 0;
}
const struct type purchases_package = OBJECT("package", "a package", package_keys, package_rule);

/* --- products --------------------------------------------------------------------------------- */

static const struct type carriers = LIST_OF("served_carriers", words_carrier, 1, CARRIER_COUNT);
static const struct type domains = LIST_OF("domains", values_fqdn, 1, SPEC_SITES_MAX);
static const struct type names = LIST_OF("host_names", values_routed, 1, SPEC_HOSTS_MAX);

static const struct key product_keys[] = {
    NEED("id", values_id, "names the product in this file"),
    NEED("kind", words_product_kind, "what it is"),
    NEED("provider", words_product_provider, "who sells it"),
    MAY("licensed", values_bool, NULL,
        "whether the provider may sell it; absent: as is known of it at that time"),
    MAY("account", values_id, NULL, "the account that pays; may be absent when there is one"),
    MAY("state", words_product_state, "ACTIVE", "its state at the start"),
    MAY("sites", domains, NULL,
        "the domains that use it; absent, as well as hosts: all of the account"),
    MAY("hosts", names, NULL, "full names of hosts that use it"),
    MAY("select", words_product_select, NULL,
        "what its traffic is known by; absent: address for carrier_tunnel, name for hk_entry"),
    MAY("edition", words_product_edition, NULL, "of hk_entry"),
    MAY("package", values_id, NULL, "the bandwidth package that a connection is on"),
    MAY("mbps", values_mbps, NULL,
        "what it carries at most, Mbit/s; absent: 10 for carrier_tunnel, no limit otherwise"),
    MAY("carriers", carriers, NULL, "whose clients it serves; absent: as the kind and edition do"),
    MAY("pop", values_pop_id, NULL,
        "the PoP where it ends; absent: the near PoPs for cen, those in Hong Kong for "
        "global_acceleration"),
    MAY("premium", values_pop_id, NULL,
        "of hk_entry: the PoP of the paired premium instance, for the remaining clients"),
    MAY("price", purchases_price, NULL, "what it costs; absent: as is known of its kind"),
};

/* What each kind needs and may not have. */
static const struct {
    const char *need, *none;
} by_kind[PRODUCT_KIND_COUNT] = {
    [PRODUCT_CARRIER_TUNNEL] = {"pop", "edition package premium"},
    [PRODUCT_HK_ENTRY] = {"edition pop", "package"},
    [PRODUCT_CEN] = {"package mbps", "edition premium select"},
    [PRODUCT_VPC_PEERING] = {"package mbps pop", "edition premium select"},
    [PRODUCT_GLOBAL_ACCELERATION] = {"", "edition package premium select"},
};

static bool product_rule(size_t i, struct rule *out)
{
    if (i == PRODUCT_KIND_COUNT) return false;
    *out = (struct rule){.when = "kind",
                         .all = format_keyset(&purchases_product, by_kind[i].need),
                         .none = format_keyset(&purchases_product, by_kind[i].none)};
    format_wordset_add(&out->words, (int)i);
    return true;
}
const struct type purchases_product = OBJECT("product", "a product", product_keys, product_rule);
