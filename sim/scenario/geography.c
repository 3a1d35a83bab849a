/* SPDX-License-Identifier: MIT */
#include "cnedge/model/topology.h"
#include "mmdb.h"
#include "tables.h"
#include "values.h"
#include "words.h"

/* --- addresses -------------------------------------------------------------------------------- */

static const struct type v4_list = LIST_OF("v4_list", values_v4, 1, POP_ADDRESSES_MAX);
static const struct type v6_list = LIST_OF("v6_list", values_v6, 1, POP_ADDRESSES_MAX);
static const struct type *const v4_either[] = {&values_v4, &v4_list, NULL};
static const struct type *const v6_either[] = {&values_v6, &v6_list, NULL};
static const struct type v4s = {.name = "v4s",
                                .shape = SHAPE_EITHER,
                                .expected = "an IPv4 address or a list of them",
                                .either = v4_either};
static const struct type v6s = {.name = "v6s",
                                .shape = SHAPE_EITHER,
                                .expected = "an IPv6 address or a list of them",
                                .either = v6_either};

static const struct key addresses_keys[] = {
    MAY("v4", v4s, NULL, "IPv4 address, or a list of at most 4"),
    MAY("v6", v6s, NULL, "IPv6 address, or a list of at most 4"),
};

static bool addresses_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.some = format_all_keys(&geography_addresses)};
    return i == 0;
}

const struct type geography_addresses =
    OBJECT("origin", "an object with \"v4\" or \"v6\"", addresses_keys, addresses_rule);

/* --- PoPs ------------------------------------------------------------------------------------- */

static const struct type carriers = LIST_OF("carriers", words_carrier, 1, CARRIER_COUNT);

static const struct key pop_keys[] = {
    NEED("id", values_pop_id,
         "the PoP's id; of equally near PoPs the one with the least id answers"),
    MAY("city", values_city, "", "where it is, for people"),
    NEED("country", values_country,
         "ISO 3166-1 alpha-2 code; cn is the mainland, hk mo tw jp kr sg are near, others global"),
    MAY("province", values_province, NULL, "the mainland province; with country cn only"),
    NEED("lat", values_lat, "latitude, degrees"),
    NEED("lon", values_lon, "longitude, degrees"),
    MAY("carriers", carriers, NULL, "the carriers it is attached to; with country cn only"),
    MAY("partner", values_id, NULL,
        "the partner that operates it; with country cn only; absent: the first"),
    NEED("v4", v4s, "IPv4 address, or a list of at most 4"),
    {"v6", &v6s, true, NULL, "IPv6 address, or a list of at most 4",
     "IPv6 is forced on for the whole network"},
    MAY("v4_spares", v4s, NULL, "spare IPv4 addresses, to be rotated in: one or at most 4"),
    MAY("v6_spares", v6s, NULL, "spare IPv6 addresses, to be rotated in: one or at most 4"),
};

static bool pop_rule(size_t i, struct rule *out)
{
    keyset mainland = format_keyset(&geography_pop, "province carriers");
    keyset partner = format_keyset(&geography_pop, "partner");
    *out = (struct rule){.when = "country", .value = "cn", .unless = i == 1};
    out->all = i == 0 ? mainland : 0;
    out->none = i == 0 ? 0 : mainland | partner;
    return i < 2;
}

const struct type geography_pop = OBJECT("pop", "a PoP", pop_keys, pop_rule);

/* --- lines, prefixes, round-trip times -------------------------------------------------------- */

static const struct key line_keys[] = {
    NEED("name", values_line_name,
         "\"cn/PROVINCE/CARRIER\" in the mainland; a country's code, or that and a part, outside"),
    NEED("lat", values_lat, "latitude of its clients, degrees"),
    NEED("lon", values_lon, "longitude of its clients, degrees"),
};
const struct type geography_line = OBJECT("line", "a line", line_keys, NULL);

static const struct key prefix_keys[] = {
    NEED("prefix", values_prefix, "an address or a prefix; of IPv6 at most 64 bits"),
    NEED("line", values_line_ref, "the line that clients in it belong to"),
    MAY("anycast", values_bool, "false",
        "an anycast resolver's: its address does not say where its clients are; see the setting "
        "anycast_resolvers"),
};
const struct type geography_prefix =
    OBJECT("prefix_entry", "an object with \"prefix\" and \"line\"", prefix_keys, NULL);

static const struct type carriers_by_value = {.name = "carriers_by_value",
                                              .shape = SHAPE_MAP,
                                              .expected = "an object of carriers by value",
                                              .item = &words_carrier,
                                              .map_key = &values_field_value,
                                              .max = MMDB_CARRIERS_MAX};

static const struct key mmdb_keys[] = {
    NEED("file", values_path, "the MaxMind DB, relative to the scenario's directory"),
    MAY("line", values_field, NULL, "the field that holds the name of a line"),
    MAY("country", values_field, NULL,
        "the field that holds a country's code: \"country.iso_code\" in GeoLite2"),
    MAY("province", values_field, NULL,
        "the field that holds a province, for records of country CN: \"subdivisions.0.iso_code\""),
    MAY("carrier", values_field, NULL,
        "the field that holds a carrier, or what \"carriers\" says the carrier of"),
    MAY("carriers", carriers_by_value, NULL,
        "the carrier of each value of the field \"carrier\", such as AS numbers"),
};

static bool mmdb_rule(size_t i, struct rule *out)
{
    static const char *const when[] = {"line", "province", "carriers"};
    static const char *const needs[] = {NULL, "country", "carrier"};
    keyset parts = format_keyset(&geography_mmdb, "country province carrier carriers");
    if (i == CN_ARRAY_LEN(when)) {
        *out = (struct rule){.some = format_keyset(&geography_mmdb, "line country carrier")};
        return true;
    }
    if (i > CN_ARRAY_LEN(when)) return false;
    *out = (struct rule){.when = when[i], .present = true};
    if (needs[i] != NULL) {
        out->all = format_keyset(&geography_mmdb, needs[i]);
    } else {
        out->none = parts;
    }
    return true;
}

const struct type geography_mmdb =
    OBJECT("mmdb", "an object with \"file\" and fields", mmdb_keys, mmdb_rule);

static const struct key rtt_keys[] = {
    MAY("access_us", values_us, "5000", "the client's own access, microseconds"),
    MAY("outside_us_per_1000km", values_us, "16500", "per 1000 km outside the mainland"),
    MAY("inside_us_per_1000km", values_us, "20000", "per 1000 km in the mainland"),
    MAY("border_us", values_us, "85000", "for crossing the border"),
    MAY("cross_carrier_us", values_us, "15000",
        "added when a mainland PoP does not serve the client's carrier"),
};
const struct type geography_rtt = OBJECT("rtt", "an object with round-trip times", rtt_keys, NULL);

/* --- the world -------------------------------------------------------------------------------- */

static const struct type pops = LIST_OF("pops", geography_pop, 0, TOPOLOGY_POPS_MAX);
static const struct type lines = LIST_OF("lines", geography_line, 0, TOPOLOGY_LINES_MAX - 1);
static const struct type prefixes = LIST_OF("prefixes", geography_prefix, 0, 1000000);
static const struct type mmdbs = LIST_OF("mmdbs", geography_mmdb, 0, MMDB_FILES_MAX);

static const struct key world_keys[] = {
    /* "file" is first: a world file has all keys but this one. */
    MAY("file", values_path, NULL,
        "a file with the other keys of this object, relative to the scenario's directory"),
    MAY("extends", words_extends, "nothing",
        "what the world starts from: nothing, or the built-in world, whose PoPs and lines of the "
        "same name are replaced"),
    MAY("pops", pops, NULL, "points of presence"),
    MAY("lines", lines, NULL, "where clients are; the line \"unknown\" is always there"),
    MAY("prefixes", prefixes, NULL, "which addresses belong to which line; longer prefixes win"),
    MAY("mmdb", mmdbs, NULL,
        "MaxMind DB files that say the same; \"prefixes\" win over them, a later file over an "
        "earlier one"),
    MAY("rtt", geography_rtt, NULL, "the model of round-trip times"),
    MAY("default_line", values_line_ref, "unknown",
        "the line that clients of the unknown line are treated as, unless the setting "
        "unknown_clients says otherwise"),
};

static bool world_rule(size_t i, struct rule *out)
{
    keyset file = format_keyset(&geography_world, "file");
    *out = (struct rule){
        .when = "file", .present = true, .none = format_all_keys(&geography_world) & ~file};
    return i == 0;
}

const struct type geography_world = OBJECT("world", "a world", world_keys, world_rule);
const struct type geography_world_file = {.name = "world_file",
                                          .shape = SHAPE_OBJECT,
                                          .expected = "a world",
                                          .keys = world_keys + 1,
                                          .key_count = CN_ARRAY_LEN(world_keys) - 1};

static const struct type *const world_either[] = {&words_builtin, &geography_world, NULL};
const struct type geography_any_world = {.name = "any_world",
                                         .shape = SHAPE_EITHER,
                                         .expected = "\"builtin\" or an object",
                                         .either = world_either};
