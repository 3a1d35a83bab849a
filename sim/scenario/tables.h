/* SPDX-License-Identifier: MIT
 * tables.h: the objects of a scenario file, each a table of its keys. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_TABLES_H
#define CNEDGE_SIM_SCENARIO_TABLES_H

#include "format.h"

/* Makers of table entries. */
#define NEED(name, type, text)                                                                     \
    {                                                                                              \
        (name), &(type), true, NULL, (text), NULL                                                  \
    }
#define MAY(name, type, fallback, text)                                                            \
    {                                                                                              \
        (name), &(type), false, (fallback), (text), NULL                                           \
    }
#define OBJECT(id_, article, table, rules)                                                         \
    {                                                                                              \
        .name = (id_), .shape = SHAPE_OBJECT, .expected = (article), .keys = (table),              \
        .key_count = CN_ARRAY_LEN(table), .rule = (rules)                                          \
    }
#define LIST_OF(id_, of, least, most)                                                              \
    {                                                                                              \
        .name = (id_), .shape = SHAPE_LIST, .item = &(of), .min = (least), .max = (most)           \
    }

/* sim/scenario/objects.c */
extern const struct type objects_scenario; /* the whole file */
extern const struct type objects_partner, objects_holder, objects_account, objects_filing,
    objects_site;
/* Sites that are rows of a file, and what such files are named by. */
extern const struct type objects_row, objects_generate, objects_portfolio;
extern const struct type objects_registration, objects_host, objects_client, objects_clients;
extern const struct type objects_users, objects_population;

/* sim/scenario/geography.c */
extern const struct type geography_world;      /* the value of "world", when it is an object */
extern const struct type geography_world_file; /* what "world": {"file": ...} names */
extern const struct type geography_any_world;  /* the value of "world" */
extern const struct type geography_pop, geography_line, geography_prefix, geography_rtt;
extern const struct type geography_mmdb;
extern const struct type geography_addresses; /* {"v4", "v6"}: an origin */

/* sim/scenario/workdays.c */
extern const struct type workdays_calendar;

/* sim/scenario/purchases.c */
extern const struct type purchases_package, purchases_product, purchases_price, purchases_balance;

/* sim/scenario/settings.c */
extern const struct type settings_choices, settings_rules;

/* sim/scenario/timeline.c */
extern const struct type timeline_events, timeline_event, timeline_expects, timeline_expect;
extern const struct type timeline_window, timeline_seconds, timeline_changes;
extern const struct type timeline_quantity;
extern const struct type timeline_path, timeline_share;
extern const struct type timeline_spread, timeline_load, timeline_stale, timeline_moved;

#endif
