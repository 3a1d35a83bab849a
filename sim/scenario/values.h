/* SPDX-License-Identifier: MIT
 * values.h: the kinds of single values in a scenario: texts, numbers. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_VALUES_H
#define CNEDGE_SIM_SCENARIO_VALUES_H

#include "format.h"

/* Texts for people: long, short, a reason. */
extern const struct type values_text, values_name, values_licence_number, values_city,
    values_reason, values_txt;

/* Names of things. */
extern const struct type values_id, values_event_id, values_pop_id, values_country, values_province;
extern const struct type values_line_pattern;
extern const struct type values_line_name, values_line_ref, values_group, values_path;
extern const struct type values_field, values_field_value, values_record, values_tld,
    values_list_word;

/* Domain names: of a site; in a zone ("@", "www"); of a host; what an expectation asks for. */
extern const struct type values_domain, values_counted_domain, values_label, values_routed,
    values_fqdn, values_asked;

/* Addresses, and where clients stand. */
extern const struct type values_v4, values_v6, values_address, values_prefix, values_stand;
extern const struct type values_from;

/* Times. */
extern const struct type values_instant, values_end, values_time, values_range, values_date;
extern const struct type values_duration;

/* Money and bandwidth. */
extern const struct type values_currency, values_minor, values_amount, values_mbps;
extern const struct type values_package_mbps;

/* Dated rules: any text; "all", "none" or names of provinces. */
extern const struct type values_rule_text, values_provinces;

/* Numbers, truth values, null. */
extern const struct type values_version, values_seed, values_access_count, values_us, values_ttl;
extern const struct type values_permille, values_share, values_port;
extern const struct type values_row, values_changes, values_pct, values_age, values_lat, values_lon,
    values_bool;
extern const struct type values_lasting_ttl, values_rate, values_weight, values_floor;
extern const struct type values_extend, values_percent;
extern const struct type values_capacity, values_users;
extern const struct type values_capacity_load;
extern const struct type values_generated, values_first;
extern const struct type values_true, values_null;

/* Writes `pattern` with its "%d", or "%06d", replaced by the number; as it is without one. False
 * when it is no such pattern or does not fit. */
CN_NONNULL CN_MUSTUSE bool values_counted(const char *pattern, uint32_t number, char *out,
                                          size_t cap);

#endif
